// The JavaScript engines beside the Node that runs the tests. `npm run engines` installs them from npm into
// build/engines (900 MB, so that not everybody has to); DOWNHILL_ENGINES names another folder.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { npm } from "./run.mjs";

const folder = resolve(process.env.DOWNHILL_ENGINES ?? "build/engines");
const system = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const exe = process.platform === "win32" ? ".exe" : "";
const bunSystem = system.replace("win-", "windows-").replace("arm64", "aarch64");
const denoSystem = process.platform === "linux" ? `${system}-glibc` : system.replace("win-", "win32-");
const workerdSystem = system.replace("x64", "64").replace("win", "windows");

/** name: the npm package that carries the binary, and where in it. */
const table = {
  "Node 22": { alias: "node-22", spec: `node-${system}@22.23.3`, binary: `bin/node${exe}` },
  "Node 24": { alias: "node-24", spec: `node-${system}@24.21.0`, binary: `bin/node${exe}` },
  "Node 26": { alias: "node-26", spec: `node-${system}@26.10.0`, binary: `bin/node${exe}` },
  workerd: {
    alias: "workerd",
    spec: `@cloudflare/workerd-${workerdSystem}@1.20261117.1`,
    binary: `bin/workerd${exe}`,
  },
  Bun: { alias: "bun", spec: `@oven/bun-${bunSystem}@1.4.5`, binary: `bin/bun${exe}` },
  Deno: { alias: "deno", spec: `@deno/${denoSystem}@2.9.6`, binary: `deno${exe}` },
};

/** The engines wanted, each with the path of its binary, or with null when it is not installed. */
export function findEngines() {
  return Object.entries(table).map(([name, { alias, binary }]) => {
    const path = join(folder, "node_modules", alias, binary);
    return { name, path: existsSync(path) ? path : null };
  });
}

/** Chromium in the path or in its usual place; CHROMIUM names another. */
export function findChromium() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin"];
  const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  return [process.env.CHROMIUM, ...places, mac].find((path) => path && existsSync(path));
}

async function install() {
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(
    Object.values(table).map(({ alias, spec }) => [alias, `npm:${spec}`]),
  );
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }, null, 2));
  const flags = ["--ignore-scripts", "--no-bin-links", "--no-audit", "--no-fund", "--no-package-lock"];
  const { code, output } = await npm(["install", ...flags], { cwd: folder });
  const missing = findEngines().filter(({ path }) => path === null);
  if (code === 0 && missing.length === 0) return;
  process.stderr.write(output);
  throw new Error(`not installed: ${missing.map(({ name }) => name).join(", ") || "npm failed"}`);
}

if (import.meta.filename === process.argv[1]) {
  await install();
  console.log(
    `engines: ${findEngines()
      .map(({ name }) => name)
      .join(", ")} in ${folder}`,
  );
}
