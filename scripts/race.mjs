// npm run demo:race: bundles the race and its page, runs it, and writes build/demo/race.html.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { buildWasm } from "./build-wasm.mjs";

await buildWasm();
const common = { bundle: true, outdir: "build/demo", target: "es2022", logLevel: "warning" };
await build({
  ...common,
  entryPoints: ["demo/race-page.ts"],
  platform: "browser",
  format: "iife",
  minify: true,
});
await build({ ...common, entryPoints: ["demo/race.ts"], platform: "node", format: "esm" });
const { status } = spawnSync(process.execPath, ["build/demo/race.js"], { stdio: "inherit" });
process.exitCode = status ?? 1;
