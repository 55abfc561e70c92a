// npm run build: WASM rooms, then the bundles and the types in dist/.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
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
};
/** What the threads of a pool run. */
const scripts = { worker: "src/workers/worker.ts" };

/** Files that hold base64 and no code. */
const DATA = /\bsrc\/(wasm\/|models\/constants\.ts)/;

/** In the workerd build a room's bytes are an import of the .wasm file, which the host has compiled. */
const wasmModules = {
  name: "wasm-modules",
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]src[\\/]wasm[\\/][\w-]+\.ts$/ }, ({ path }) => {
      const room = basename(path, ".ts");
      const variants = rooms[room].relaxed ? ["simd", "relaxed"] : ["simd"];
      const imports = variants.map((v) => `import ${v} from "../wasm/${room}.${v}.wasm";`).join("\n");
      const { needs = [] } = rooms[room];
      const others = needs.map((name) => `import { room as ${camel(name)} } from "./${name}.js";`).join("\n");
      return {
        contents: `${imports}\n${others}\nexport const room = { name: "${room}", ${variants.join(", ")}${needing(needs)} };`,
        loader: "js",
      };
    });
    plugin.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, external: true }));
  },
};

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

/**
 * Entries first name the inlined modules that they reach: in a bundle their base64 then lies together, and what
 * compresses it finds the code in one piece too. By `sideEffects: false` a bundler keeps the order and nothing else.
 */
function modulesFirst() {
  const read = (path) => readFileSync(`dist/${path}`, "utf8");
  const importsOf = (text) =>
    [...text.matchAll(/(?:from|import) "\.\/((?:chunks\/)?chunk-\w+\.js)"/g)].map(([, name]) => name);
  const chunk = (name) => (name.startsWith("chunks/") ? name : `chunks/${name}`);
  for (const entry of [...Object.keys(entries), ...Object.keys(scripts)]) {
    const reached = new Set();
    const visit = (names) => {
      for (const name of names.map(chunk)) {
        if (reached.has(name)) continue;
        reached.add(name);
        visit(importsOf(read(name)));
      }
    };
    visit(importsOf(read(`${entry}.js`)));
    const inlined = [...reached].filter((name) => DATA.test(read(name)));
    const lines = inlined.map((name) => `import "./${name}";\n`);
    writeFileSync(`dist/${entry}.js`, lines.join("") + read(`${entry}.js`));
  }
}

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
    // The pool asks for worker.js beside itself: it stays in its entry.
    if (!folder.isDirectory() || folder.name === "workers") continue;
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

async function main() {
  const started = performance.now();
  await buildWasm(say);
  for (const dir of ["dist/chunks", "dist/workerd", "dist/types"])
    rmSync(dir, { recursive: true, force: true });
  const common = { bundle: true, format: "esm", target, logLevel: "warning", legalComments: "none" };
  // minifySyntax writes the value of a constant where it is used: a bundler later sees no constants between chunks.
  const library = { ...common, minifySyntax: true, plugins: [plainLoader] };
  await build({
    ...library,
    entryPoints: { ...entries, ...scripts, ...roomEntries() },
    outdir: "dist",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "neutral",
    mainFields: ["module", "main"],
  });
  rmSync("dist/rooms", { recursive: true, force: true });
  modulesFirst();
  await build({
    ...library,
    entryPoints: {
      index: entries.index,
      "least-squares": entries["least-squares"],
      testfunctions: entries.testfunctions,
    },
    outdir: "dist/workerd",
    platform: "neutral",
    mainFields: ["module", "main"],
    plugins: [plainLoader, wasmModules],
  });
  await build({
    ...common,
    entryPoints: ["demo/nist.ts", "demo/digits.ts"],
    outdir: "build/demo",
    platform: "node",
  });
  mkdirSync("dist/types", { recursive: true });
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"];
  const { status } = spawnSync(process.execPath, tsc, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  writeFileSync(
    "dist/wasm/module.d.ts",
    "declare const module: WebAssembly.Module;\nexport default module;\n",
  );
  say(`build: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

if (import.meta.filename === process.argv[1]) await main();
