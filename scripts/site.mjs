// npm run site: bundles the studio into build/site, which any static server can serve from any folder.
//   npm run site -- --serve [--port=8080]     and serves it under the strict policy

import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { guideList, guides, ICON } from "./site-guides.mjs";

export const OUT = "build/site";

/** Every page: its file, its title, and what search engines and readers of link lists see. */
export const pages = {
  index: [
    "downhill studio",
    "See optimisation, try it on your own numbers, and learn how it works, in your browser.",
  ],
  race: [
    "Race",
    "Thirty optimizers from one start on a function of yours: paths, losses, and why each stopped.",
  ],
  fit: [
    "Fit",
    "Paste a table, type a model, read the parameters with their uncertainties. No starting values.",
  ],
  train: ["Train", "Small networks on points and on handwritten digits, layer by layer."],
  sample: ["Sample", "NUTS, HMC and a random walk side by side on the same density."],
  constrained: ["Constrained", "Draw a linear program and see it solved; take the noise out of a picture."],
  measure: ["Measure", "WebAssembly kernels against plain JavaScript on your own machine."],
  results: ["Results", "What is solved and what is claimed, set by set, with a column of untrue claims."],
  learn: ["Learn", "Chapters on optimisation, each one screen with a live picture, and the guides."],
};

/** What the pages' own elements are allowed; the README asks the same of a user's page. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  "font-src 'self'; worker-src 'self'; frame-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/** Of the frame in which examples run: it may compile programs, and reach nothing at all. */
export const RUN_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'";
/** typedoc sets the theme by a line of its own within each page. */
const REFERENCE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'";

const policyOf = (path) =>
  path.endsWith("/run.html") ? RUN_POLICY : path.includes("/reference/") ? REFERENCE_POLICY : POLICY;

const runFrame = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${RUN_POLICY}">
    <title>Where the examples run</title>
    <script src="assets/run.js"></script>
  </head>
</html>
`;

const html = (name, [title, description]) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${POLICY}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${name === "index" ? title : `${title} · downhill studio`}</title>
    <meta name="description" content="${description}">
    ${ICON}
    <link rel="preload" href="assets/serif.woff2" as="font" type="font/woff2" crossorigin>
    <script src="assets/theme.js"></script>
    <link rel="stylesheet" href="assets/studio.css">
    <script type="module" src="assets/${name}.js"></script>
  </head>
  <body><div id="app"></div></body>
</html>
`;

const alias = {
  downhill: "./dist/index.js",
  "downhill/plot": "./dist/plot.js",
  "downhill/testfunctions": "./dist/testfunctions.js",
};
/** What `npm run docs` writes. */
const REFERENCE = "build/docs";

export async function buildSite() {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(`${OUT}/assets`, { recursive: true });
  const common = {
    bundle: true,
    minify: true,
    target: "es2022",
    outdir: `${OUT}/assets`,
    logLevel: "warning",
    logOverride: { "ignored-bare-import": "silent" }, // the chunks of dist are without side effects, and say so
    entryNames: "[name]",
    loader: { ".csv": "text", ".md": "text", ".woff2": "file", ".svg": "text" },
  };
  const names = Object.keys(pages).filter((name) => existsSync(`site/pages/${name}.tsx`));
  const { metafile } = await build({
    ...common,
    entryPoints: [...names.map((name) => `site/pages/${name}.tsx`), "site/worker.ts"],
    format: "esm",
    splitting: true,
    metafile: true,
    chunkNames: "chunk-[hash]",
    jsx: "automatic",
    jsxImportSource: "preact",
    define: {
      GUIDES: JSON.stringify(guideList()),
      REFERENCE: JSON.stringify(existsSync(REFERENCE)),
    },
    alias,
  });
  await build({ ...common, entryPoints: ["site/shell/theme.ts"], format: "iife" });
  await build({ ...common, entryPoints: ["site/guide.ts"], format: "esm" });
  // A frame of an origin of its own cannot load modules: one classic script with all of the library.
  await build({
    ...common,
    entryPoints: ["site/run.ts"],
    format: "iife",
    alias,
    define: { "import.meta.url": '""' },
  });
  writeFileSync(`${OUT}/run.html`, runFrame);
  if (existsSync(REFERENCE)) {
    cpSync(REFERENCE, `${OUT}/reference`, { recursive: true });
    copyFileSync("site/styles/reference.css", `${OUT}/reference/assets/custom.css`);
  }
  await build({ ...common, entryPoints: ["site/styles/studio.css"], external: ["*.woff2"] });
  const font = "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght";
  copyFileSync(`${font}-normal.woff2`, `${OUT}/assets/serif.woff2`);
  copyFileSync(`${font}-italic.woff2`, `${OUT}/assets/serif-italic.woff2`);
  copyFileSync("node_modules/@fontsource-variable/source-serif-4/LICENSE", `${OUT}/assets/serif-licence.txt`);
  copyFileSync("site/styles/mark.svg", `${OUT}/assets/mark.svg`);
  for (const name of names) writeFileSync(`${OUT}/${name}.html`, html(name, pages[name]));
  guides(
    OUT,
    names.map((name) => [name, ...pages[name]]),
    POLICY,
  );
  return metafile;
}

/** Bytes, gzipped, of everything that a page loads at once and that is not wholly of the library. */
export function weight(metafile, name) {
  const seen = new Set();
  const visit = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: to, kind } of metafile.outputs[path].imports)
      if (kind === "import-statement") visit(to);
  };
  visit(`${OUT}/assets/${name}.js`);
  const own = [...seen].filter(
    (path) => !Object.keys(metafile.outputs[path].inputs).every((input) => input.startsWith("dist/")),
  );
  return own.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** Serves the folder below `base`, with the policy on every response; resolves to the server once it listens. */
export function serveSite({ port = 0, base = "/" } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = normalize(join(OUT, pathname.slice(base.length - 1).replace(/\/$/, "/index.html")));
    const headers = { "content-security-policy": policyOf(path), "cache-control": "no-store" };
    if (!pathname.startsWith(base) || !path.startsWith(normalize(OUT)) || !existsSync(path)) {
      response.writeHead(404, headers).end();
      return;
    }
    response
      .writeHead(200, { ...headers, "content-type": TYPES[extname(path)] ?? "application/octet-stream" })
      .end(readFileSync(path));
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(REFERENCE))
    execFileSync(process.execPath, ["node_modules/typedoc/bin/typedoc"], { stdio: "inherit" });
  await buildSite();
  console.log(`${OUT}: ${readdirSync(OUT).filter((name) => name.endsWith(".html")).length} pages`);
  if (process.argv.includes("--serve")) {
    const port = Number(process.argv.find((arg) => arg.startsWith("--port="))?.slice(7) ?? 8080);
    await serveSite({ port });
    console.log(`http://localhost:${port}/`);
  }
}
