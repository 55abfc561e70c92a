// The package as each bundler makes it, for production, opened in Chromium under a strict policy: the same bits as
// here, and a pool whose threads start. Vite, webpack and Rspack find the threads' file by themselves; esbuild and
// Rollup bundle no workers, there it is a second entry named "worker".
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rspack } from "@rspack/core";
import * as esbuild from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";
import * as downhill from "../dist/index.js";
import { fitText } from "../test/browser/fit.js";
import { launch, serve } from "./browser.mjs";
import { Checks } from "./run.mjs";

const FOLDER = "build/bundles";
const SOURCE = resolve(FOLDER, "source");
const PAGE =
  '<!doctype html><meta charset="utf-8"><title>bundled</title><script type="module" src="./main.js"></script>';
const entries = { main: join(SOURCE, "main.js"), worker: "downhill/worker-script" };

/** webpack and Rspack have one interface. */
const packed = (bundler) => (outdir) =>
  new Promise((done, failed) => {
    const options = {
      mode: "production",
      context: SOURCE,
      entry: entries.main,
      output: { path: outdir, filename: "main.js" },
      performance: { hints: false },
    };
    bundler(options, (error, stats) => {
      const warnings = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
      const said = [...(warnings.errors ?? []), ...(warnings.warnings ?? [])].map(({ message }) => message);
      if (error || said.length > 0) failed(error ?? new Error(said.join("\n")));
      else done();
    });
  });

const BUNDLERS = {
  vite: (outDir) =>
    vite({
      root: SOURCE,
      base: "./",
      logLevel: "error",
      configFile: false,
      build: { outDir, emptyOutDir: true },
    }),
  webpack: packed(webpack),
  rspack: packed(rspack),
  rollup: async (dir) => {
    const bundle = await rollup({ input: entries, plugins: [nodeResolve({ rootDir: SOURCE })] });
    await bundle.write({ dir, format: "es" });
    await bundle.close();
  },
  esbuild: (outdir) =>
    esbuild.build({
      entryPoints: entries,
      absWorkingDir: SOURCE,
      bundle: true,
      minify: true,
      splitting: true,
      format: "esm",
      outdir,
      logLevel: "silent",
    }),
};

/** Packages whose name is not the bundler's. */
const NAMES = { rspack: "@rspack/core" };

/** The sources of a page beside the built package, as an installation has it. */
function prepare() {
  rmSync(FOLDER, { recursive: true, force: true });
  const installed = join(SOURCE, "node_modules/downhill");
  mkdirSync(installed, { recursive: true });
  cpSync("dist", join(installed, "dist"), { recursive: true });
  cpSync("package.json", join(installed, "package.json"));
  for (const name of ["fit.js", "train.js"]) cpSync(join("test/browser", name), join(SOURCE, name));
  cpSync("test/browser/bundled.js", join(SOURCE, "main.js"));
  writeFileSync(join(SOURCE, "index.html"), PAGE);
  writeFileSync(join(SOURCE, "package.json"), '{ "type": "module", "private": true }\n');
  // A project of its own: bundlers that read the nearest tsconfig.json do not find the paths of ours.
  writeFileSync(join(SOURCE, "tsconfig.json"), "{}\n");
}

async function visit(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(url);
  await page.waitForFunction(() => globalThis.reports !== undefined);
  const reports = await page.evaluate(() => globalThis.reports);
  await context.close();
  return { ...reports, errors };
}

const checks = new Checks();
prepare();
const here = fitText(downhill);
const server = await serve(/^build\/bundles\/[\w./-]+$/);
const browser = await launch();
try {
  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    await checks.check(
      `bundled by ${name}: the same bits in a page, and in a pool of two threads`,
      async () => {
        const outdir = resolve(FOLDER, name);
        await bundle(outdir);
        // Vite writes a page of its own, which names its files.
        if (name !== "vite") writeFileSync(join(outdir, "index.html"), PAGE);
        const { port } = server.address();
        const url = `http://127.0.0.1:${port}/open/${FOLDER}/${name}/index.html`;
        const { text, pool, errors } = await visit(browser, url);
        assert.deepEqual(errors, []);
        assert.deepEqual(text, here);
        assert.deepEqual(pool, { values: here.answer.many });
        return JSON.parse(readFileSync(`node_modules/${NAMES[name] ?? name}/package.json`, "utf8")).version;
      },
    );
  }
} finally {
  await browser.close();
  server.close();
}
checks.close();
