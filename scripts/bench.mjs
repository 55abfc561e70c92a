// npm run bench -- [filters] [--json] [--sizes=..] [--rounds=..]: bundles bench/*.bench.ts and runs them one
// after the other, each in a process of its own. `--file=<room>` runs one file only.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { buildWasm } from "./build-wasm.mjs";

const args = process.argv.slice(2);
const only = args.find((arg) => arg.startsWith("--file="))?.slice(7);
const files = readdirSync("bench")
  .filter((file) => file.endsWith(".bench.ts") && (!only || file === `${only}.bench.ts`))
  .sort();

await buildWasm();
await build({
  entryPoints: files.map((file) => `bench/${file}`),
  outdir: "build/bench",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});

let failed = false;
for (const file of files) {
  const script = `build/bench/${basename(file, ".ts")}.js`;
  const { status } = spawnSync(
    process.execPath,
    [script, ...args.filter((arg) => !arg.startsWith("--file="))],
    {
      stdio: "inherit",
    },
  );
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
