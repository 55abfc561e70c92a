// Chromium and a server of local files, for the scripts that look at pages.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./engines.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
/** The first part of the path chooses the policy that every response of that page carries. */
const POLICIES = {
  open: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  offline: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; img-src 'self'",
  closed: "default-src 'self'",
};

/** Files whose path, behind the name of a policy, is `allowed`. */
export function serve(allowed) {
  const server = createServer((request, response) => {
    const [, policy, ...rest] = new URL(request.url, "http://localhost").pathname.split("/");
    const path = rest.join("/");
    const known = allowed.test(path) && !path.includes("..") && existsSync(path);
    const headers = { "content-type": TYPES[extname(path)] ?? "text/plain", "cache-control": "no-store" };
    if (POLICIES[policy]) headers["content-security-policy"] = POLICIES[policy];
    if (request.url.endsWith("favicon.ico")) response.writeHead(204, headers).end();
    else if (known) response.writeHead(200, headers).end(readFileSync(path));
    else response.writeHead(404, headers).end();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

export function launch() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium found; CHROMIUM=/path/to/it names one");
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}
