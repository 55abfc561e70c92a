// What a user gets: packs the package, installs the tarball into an empty project and checks it there:
// contents, export map, types, loading by import and require, forbidden constructs, sizes of bundled programs.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { rooms } from "./rooms.mjs";
import { Checks, node, npm } from "./run.mjs";

/** Each program of test/size, bundled and minified by esbuild: its largest gzipped size, the modules it must hold. */
const PROGRAMS = {
  "vectors.js": { budget: 9_000, holds: [] },
  // 80,000 were meant; starts, statistics, global fits, bands, errors in x and vectors are part of it. ARCHITECTURE.md has the parts.
  "expression.js": {
    // Special functions are 3,662 of them, the search for starts term by term and under every loss 1,400, columns of the data 450,
    // a search that lets the event loop go on 600, derivatives at kinks and of narrow Voigt profiles 500, what texts mean and refuse 400,
    // calibration by replicates 400, fits that rest at 0 or leave it 900, points under a covariance matrix 200, names of other libraries 120.
    budget: 100_600,
    holds: ["least-squares.simd", "least-squares.relaxed", "models.simd", "models.relaxed"],
  },
  // 38,000 were meant; the names of other libraries are 190 of them, fits that rest at 0 or leave it 890.
  "curve-fit.js": { budget: 41_600, holds: ["least-squares.simd", "least-squares.relaxed"] },
  "minimize.js": { budget: 46_000, holds: ["smooth.simd"] },
  "adam.js": { budget: 18_100, holds: ["first-order.simd", "adam.simd"] },
  // d3's scales, shapes and contours are 14,700 of them; points by the ten thousand and labels without room 350.
  "plot.js": { budget: 40_615, holds: [] },
};

const FOLDER = "build/package";
const ENTRIES = ["index"];
const PACKED =
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY\.md|docs\/[\w-]+\.(md|svg)|dist\/[\w/.-]+\.(js|js\.map|d\.ts|wasm|schema\.json))$/;

/** What breaks bundlers, edge hosts, `require` or a Content-Security-Policy. */
const FORBIDDEN = [
  ["reads files", /["'](node:)?fs(\/promises)?["']/],
  ["imports a module of Node", /\bfrom\s*["']node:|import\s*\(?\s*["']node:/],
  ["fetches", /\bfetch\s*\(/],
  ["asks for its own address", /\bimport\.meta\b/],
  ["compiles text", /\bnew\s+Function\b|\bFunction\s*\(|\beval\s*\(/],
  ["calls require", /(?<![.\w])require\s*\(/],
  ["needs what Node 20 lacks", /\bfromBase64\b/],
];

const consumer = (args) => node(args, { cwd: FOLDER });

async function pack() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const { code, stdout, output } = await npm(["pack", "--json", "--pack-destination", FOLDER]);
  assert.equal(code, 0, output);
  const report = JSON.parse(stdout.slice(stdout.indexOf("[")));
  const [packed] = Array.isArray(report) ? report : Object.values(report);
  writeFileSync(join(FOLDER, "package.json"), '{ "private": true, "type": "module" }\n');
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--offline"];
  const installed = await npm(["install", ...flags, `./${packed.filename}`], { cwd: FOLDER });
  assert.equal(installed.code, 0, installed.output);
  return packed;
}

/** Every file an export map names, patterns expanded over the packed files. */
function targets(exports, files) {
  if (typeof exports === "object") return Object.values(exports).flatMap((value) => targets(value, files));
  const path = exports.slice(2);
  if (!path.includes("*")) return [path];
  const [head, tail] = path.split("*");
  return files.filter((file) => file.startsWith(head) && file.endsWith(tail));
}

/** The code of the default entry, with inlined modules and other long strings taken out. */
function defaultEntryCode() {
  const folder = join(FOLDER, "node_modules/downhill/dist");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => name.endsWith(".js") && !/^(workerd|edge|cli)\b/.test(name))
    .map((name) => [
      name,
      readFileSync(join(folder, name), "utf8").replace(/(?<=[:=,(]\s?)"[(-[\]-~]{200,}"(?=[,;)}\s])/g, '""'),
    ]);
}

async function types(moduleResolution, module) {
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: false,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    types: [],
    module,
    moduleResolution,
  };
  const config = { compilerOptions: options, files: ["consumer.ts"] };
  writeFileSync(join(FOLDER, "consumer.ts"), readFileSync("test/size/consumer.ts"));
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await node(["node_modules/typescript/bin/tsc", "-p", FOLDER]);
  assert.equal(code, 0, output);
}

/** An import of a .wasm file gives a compiled module, as it does in workerd; nothing where Node 20 lacks relaxed SIMD. */
const WASM_HOOK = `export async function load(url, context, next) {
  if (!url.endsWith(".wasm")) return next(url, context);
  const source = \`import { readFileSync } from "node:fs";
    const bytes = readFileSync(new URL("\${url}"));
    export default WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;\`;
  return { format: "module", source, shortCircuit: true };
}`;

/** The inlined text of every module but the one that unpacks them, from the sources that the build generated. */
function inlined() {
  return Object.entries(rooms)
    .filter(([, { plain }]) => !plain)
    .flatMap(([name, { relaxed }]) => {
      const source = readFileSync(join("src/wasm", `${name}.ts`), "utf8").match(
        /^const simd = { text: "([^"]+)"/m,
      )?.[1];
      assert.ok(source, `${name} was built`);
      return (relaxed ? ["simd", "relaxed"] : ["simd"]).map((variant) => ({
        name: `${name}.${variant}`,
        source,
      }));
    });
}

/** The examples of README and of the guides. */
function examples() {
  const guides = readdirSync("docs").filter((name) => name.endsWith(".md"));
  return ["README.md", ...guides.sort().map((name) => `docs/${name}`)].flatMap((path) => {
    const blocks = [...readFileSync(path, "utf8").matchAll(/^```js\n([\s\S]*?)^```/gm)];
    assert.ok(blocks.length > 0 || path !== "README.md", `${path} has examples`);
    return blocks.map(([, code], i) => ({
      name: `example ${i + 1} of ${path}`,
      code,
      id: `${basename(path, ".md")}-${i + 1}`,
    }));
  });
}

/** Every example as a user bundles it; threads are a file of their own, which stays outside. */
async function bundles(checks) {
  for (const { name, code: contents, id } of examples()) {
    await checks.check(`${name}, bundled`, async () => {
      const outfile = join(FOLDER, `${id}.bundle.mjs`);
      await build({
        stdin: { contents, resolveDir: FOLDER },
        outfile,
        bundle: true,
        minify: true,
        format: "esm",
        target: "es2022",
        external: ["downhill/workers"],
        logLevel: "silent",
      });
      const { code, output } = await consumer([basename(outfile)]);
      assert.equal(code, 0, output);
      return contents.match(/from "[^"]+"/g)?.join(", ") ?? "nothing imported";
    });
  }
}

async function sizes(checks) {
  const modules = inlined();
  for (const [program, { budget, holds }] of Object.entries(PROGRAMS)) {
    await checks.check(`size of ${program}`, async () => {
      const { outputFiles } = await build({
        stdin: { contents: readFileSync(join("test/size", program), "utf8"), resolveDir: FOLDER },
        bundle: true,
        minify: true,
        format: "esm",
        target: "es2022",
        write: false,
        logLevel: "silent",
      });
      const { text, contents: code } = outputFiles[0];
      const inside = modules.filter(({ source }) => text.includes(source)).map(({ name }) => name);
      for (const name of holds) assert.ok(inside.includes(name), `${name} is not inside`);
      if (holds.length === 0) assert.deepEqual(inside, [], "unused rooms are left out");
      const gzip = gzipSync(code, { level: 9 }).length;
      assert.ok(gzip <= budget, `${gzip} bytes gzipped, the budget is ${budget}`);
      return `${code.length} bytes, ${gzip} gzipped (budget ${budget}), ${inside.length} modules inside`;
    });
  }
}

async function main() {
  const checks = new Checks();
  const packed = await pack();
  const files = packed.files.map(({ path }) => path);
  const manifest = JSON.parse(readFileSync("package.json", "utf8"));

  await checks.check("docs/hosts.md tells the size of the one file", () => {
    const size = gzipSync(readFileSync("dist/bundle.js"), { level: 9 }).length;
    const [, told] = /\((\d+) kB gzipped/.exec(readFileSync("docs/hosts.md", "utf8")) ?? [];
    assert.ok(Math.abs(size - 1000 * Number(told)) < 10_000, `it is ${size} bytes, told are ${told} kB`);
    return `${size} bytes gzipped`;
  });
  await checks.check("the tarball holds the build and the documents, nothing else", () => {
    assert.deepEqual(
      files.filter((path) => !PACKED.test(path)),
      [],
    );
    for (const path of ["README.md", "CHANGELOG.md", "LICENSE", "THIRD-PARTY.md"])
      assert.ok(files.includes(path), path);
    return `${files.length} files, ${packed.size} bytes packed, ${packed.unpackedSize} unpacked`;
  });
  await checks.check("every export has its file", () => {
    const named = targets(manifest.exports, files);
    assert.ok(named.some((path) => path.endsWith(".wasm")));
    assert.deepEqual(
      named.filter((path) => !files.includes(path)),
      [],
    );
  });
  await checks.check("no runtime dependency", () => {
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    assert.deepEqual({ ...dependencies, ...peerDependencies, ...optionalDependencies }, {});
  });
  await checks.check("publint", async () => {
    const bytes = readFileSync(join(FOLDER, packed.filename));
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });
  await checks.check("are the types wrong", async () => {
    const attw = "node_modules/@arethetypeswrong/cli/dist/index.js";
    const flags = ["--profile", "esm-only", "--no-definitely-typed", "--no-color", "--no-emoji"];
    // A file for threads to run has no types.
    flags.push("--exclude-entrypoints", "worker-script");
    const { code, output } = await node([attw, join(FOLDER, packed.filename), ...flags, "--format", "ascii"]);
    assert.equal(code, 0, output);
  });
  await checks.check("types compile strictly, libraries checked: nodenext", () =>
    types("nodenext", "nodenext"),
  );
  await checks.check("types compile strictly, libraries checked: bundler", () => types("bundler", "esnext"));

  for (const entry of ENTRIES) {
    const name = entry === "index" ? "downhill" : `downhill/${entry}`;
    const use =
      'const v = loadSync({ memoryBytes: 65536 }).f64([1, 2]); console.log(v.data[1] === 2 ? "works" : "");';
    await checks.check(`import ${name}`, async () => {
      const code = `import { loadSync } from "${name}"; ${use}`;
      const { output } = await consumer(["--input-type=module", "-e", code]);
      assert.equal(output.trim(), "works");
    });
    await checks.check(`require("${name}"), which a top-level await would forbid`, async () => {
      const code = `const { loadSync } = require("${name}"); ${use}`;
      const { output } = await consumer(["--no-warnings", "--input-type=commonjs", "-e", code]);
      assert.equal(output.trim(), "works");
    });
  }
  await checks.check("the workerd entry, with .wasm files imported as modules", async () => {
    const hook = `data:text/javascript,${encodeURIComponent(WASM_HOOK)}`;
    const register = `import { register } from "node:module"; register(${JSON.stringify(hook)});`;
    const code = `import { report } from "../../test/browser/fit.js"; import * as downhill from "downhill";
      const { simd, error } = report(downhill); console.log(simd?.status ?? JSON.stringify(error));`;
    writeFileSync(join(FOLDER, "edge.mjs"), code);
    const preload = `data:text/javascript,${encodeURIComponent(register)}`;
    const { output } = await consumer([
      "--no-warnings",
      "--conditions=workerd",
      "--import",
      preload,
      "edge.mjs",
    ]);
    assert.equal(output.trim(), "converged");
  });

  for (const { name, code: example, id } of examples()) {
    await checks.check(`${name} runs`, async () => {
      writeFileSync(join(FOLDER, `${id}.mjs`), example);
      const { code, output } = await consumer([`${id}.mjs`]);
      assert.equal(code, 0, output);
    });
  }
  for (const [name, code] of defaultEntryCode()) {
    await checks.check(
      `${basename(name)} has nothing that a bundler, a host or a policy forbids`,
      async () => {
        // The pool names the file beside itself, in the form that bundlers know.
        const allowed = name === "workers.js" ? ["asks for its own address"] : [];
        const found = FORBIDDEN.filter(([, pattern]) => pattern.test(code)).map(([what]) => what);
        assert.deepEqual(found, allowed);
        await transform(code, { format: "esm", target: "es2022", supported: { "top-level-await": false } });
      },
    );
  }
  await bundles(checks);
  await sizes(checks);
  checks.close();
}

await main();
