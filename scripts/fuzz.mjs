// npm run fuzz -- --calls=1000000 --seed=1 [--from=N] [--only=function]: hostile calls of every public function.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { buildWasm } from "./build-wasm.mjs";

await buildWasm();
await build({
  entryPoints: ["test/fuzz/main.ts"],
  outfile: "build/fuzz/main.js",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, ["build/fuzz/main.js", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
