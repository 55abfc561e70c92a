// npm run build: WASM rooms, then the bundles and the types in dist/.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { modulesFirst, nameChunks } from "./build-chunks.mjs";
import { buildTypes } from "./build-types.mjs";
import { buildWasm, camel, needing } from "./build-wasm.mjs";
import { rooms } from "./rooms.mjs";

const quiet = process.argv.includes("--quiet");
const say = (text) => quiet || console.log(text);
const target = "es2022";

/** Public entries: each becomes dist/<name>.js with types. */
export const entries = {
  index: "src/index.ts",
  "least-squares": "src/least-squares/index.ts",
  testfunctions: "src/testfunctions/index.ts",
  workers: "src/workers/index.ts",
  plot: "src/plot/index.ts",
};
/** What the threads of a pool run. */
const scripts = { worker: "src/workers/worker.ts" };

/** Files that hold bytes as text and no code. */
const DATA = /\bsrc\/(wasm\/|models\/constants\.ts)/;

/** Hosts that compile modules themselves, and how their bundlers want a .wasm file to be asked for. */
const HOSTS = { workerd: "", edge: "?module" };

/** In a host's build a room's bytes are an import of the .wasm file, which the host has compiled. */
const wasmModules = (query) => ({
  name: "wasm-modules",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]src[\\/]wasm[\\/][\w-]+\.ts$/ }, ({ path }) => {
      const room = basename(path, ".ts");
      const variants = rooms[room].relaxed ? ["simd", "relaxed"] : ["simd"];
      const imports = variants.map((v) => `import ${v} from "../wasm/${room}.${v}.wasm${query}";`).join("\n");
      const { needs = [] } = rooms[room];
      const others = needs.map((name) => `import { room as ${camel(name)} } from "./${name}.js";`).join("\n");
      return {
        contents: `${imports}\n${others}\nexport const room = { name: "${room}", ${variants.join(", ")}${needing(needs)} };`,
        loader: "js",
      };
    });
    plugin.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({ path, external: true }));
  },
});

/**
 * The loader serves AssemblyScript's runtime and library (strings, arrays, classes, abort), which our modules leave out,
 * and demangles exports: without that it is 5 kB less. What instantiates is untouched.
 */
const plainLoader = {
  name: "plain-loader",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]@assemblyscript[\\/]loader[\\/]index\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [part, instead] of [
        [/(?<=\nfunction preInstantiate\(imports\) \{\n)[\s\S]*?(?=\n\}\n)/, "return {};"],
        [
          /(?<=\nfunction postInstantiate\(extendedExports, instance\) \{\n)[\s\S]*?(?=\n\}\n)/,
          "return instance.exports;",
        ],
        [/\nconst utf16 = new TextDecoder.*/, ""],
        [/\nObject\.hasOwn = [\s\S]*?\n\};/, ""],
        [/\nexport default \{[\s\S]*$/, ""],
      ]) {
        if (!part.test(contents)) throw new Error(`the loader is not the one that was expected: no ${part}`);
        contents = contents.replace(part, instead);
      }
      return { contents, loader: "js" };
    });
  },
};

/** d3's packages come as one file each, whose constants are made by calls: marked as pure, those that no picture uses are left out. */
const pureD3 = {
  name: "pure-d3",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]d3-[\w-]+\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        /^((?:var|let|const) [\w$]+ = )(?=[\w$.]+\(|\(function)/gm,
        "$1/* @__PURE__ */ ",
      ),
      loader: "js",
    }));
  },
};

/**
 * One more entry for each folder of src, so that the splitter gives each room a file of its own: a program that
 * uses one room then leaves the others out by the file (`sideEffects: false`), whatever its bundler can prove.
 * The entries themselves are thrown away.
 */
function roomEntries() {
  rmSync("build/rooms", { recursive: true, force: true });
  mkdirSync("build/rooms", { recursive: true });
  const made = {};
  for (const folder of readdirSync("src", { withFileTypes: true })) {
    // The pool asks for worker.js beside itself: it stays in its entry. The command line is a program of its own.
    if (!folder.isDirectory() || folder.name === "workers" || folder.name === "cli") continue;
    const inside = readdirSync(`src/${folder.name}`, { recursive: true }).map(String);
    const files = inside.filter((file) => file.endsWith(".ts"));
    const alone = (file) => DATA.test(`src/${folder.name}/${file}`);
    const groups = [...files.filter(alone).map((file) => [file]), files.filter((file) => !alone(file))];
    for (const group of groups.filter(({ length }) => length > 0)) {
      const name = group.length === 1 ? `${folder.name}-${basename(group[0], ".ts")}` : folder.name;
      const lines = group.map((file) => `export * from "../../src/${folder.name}/${file}";\n`);
      writeFileSync(`build/rooms/${name}.ts`, lines.join(""));
      made[`rooms/${name}`] = `build/rooms/${name}.ts`;
    }
  }
  return made;
}

/** What all builds of the library have in common. minifySyntax writes the value of a constant where it is used. */
const common = { bundle: true, format: "esm", target, logLevel: "warning", legalComments: "none" };
const library = {
  ...common,
  minifySyntax: true,
  splitting: true,
  metafile: true,
  platform: "neutral",
  mainFields: ["module", "main"],
};

/** The entries in one folder, their shared parts named by the room that they hold. */
async function buildLibrary(outdir, chunks, entryPoints, plugins, sourcemap) {
  rmSync(`${outdir}/${chunks}`, { recursive: true, force: true });
  const made = await build({
    ...library,
    entryPoints: { ...entryPoints, ...roomEntries() },
    outdir,
    chunkNames: `${chunks}part-[hash]`,
    plugins: [plainLoader, pureD3, ...plugins],
    sourcemap,
  });
  rmSync(`${outdir}/rooms`, { recursive: true, force: true });
  nameChunks(outdir, made.metafile, DATA);
}

/** Main entry and pictures as one classic script, for a page without a bundler: `downhill.curveFit(...)`, `downhill.plot(...)`. */
async function buildBundle() {
  await build({
    ...common,
    format: "iife",
    globalName: "downhill",
    // A script that is imported as a module keeps its names to itself.
    footer: { js: "globalThis.downhill = downhill;" },
    stdin: {
      contents: 'export * from "./src/index.ts"; export * from "./src/plot/index.ts";',
      resolveDir: ".",
      loader: "ts",
    },
    outfile: "dist/bundle.js",
    platform: "neutral",
    mainFields: ["module", "main"],
    minify: true,
    plugins: [plainLoader],
  });
  writeFileSync(
    "dist/types/bundle.d.ts",
    'type Everything = typeof import("./index.js") & typeof import("./plot.js");\ndeclare global {\n  var downhill: Everything;\n}\nexport {};\n',
  );
}

async function main() {
  const started = performance.now();
  await buildWasm(say);
  await buildLibrary("dist", "chunks/", { ...entries, ...scripts }, [], "linked");
  modulesFirst("dist", Object.keys({ ...entries, ...scripts }), DATA);
  const { workers: _, ...everywhere } = entries;
  // The parts lie beside the entries, so that one path leads to the modules from all of them.
  for (const [host, query] of Object.entries(HOSTS)) {
    rmSync(`dist/${host}`, { recursive: true, force: true });
    await buildLibrary(`dist/${host}`, "", everywhere, [wasmModules(query)], false);
  }
  await build({
    ...common,
    entryPoints: ["demo/nist.ts", "demo/digits.ts"],
    outdir: "build/demo",
    platform: "node",
  });
  // The command line: one file with the packages that it uses, one of which asks for modules of Node by `require`.
  await build({
    ...common,
    entryPoints: { downhill: "src/cli/downhill.ts" },
    outdir: "dist/cli",
    platform: "node",
    minify: true,
    plugins: [plainLoader],
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  await buildTypes(entries);
  await buildBundle();
  copyFileSync("src/driver/report.schema.json", "dist/report.schema.json");
  say(`build: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

if (import.meta.filename === process.argv[1]) await main();
