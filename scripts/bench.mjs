// npm run bench -- [filters] [--json] [--sizes=..] [--rounds=..]: bundles bench/*.bench.ts and runs them one
// after the other, each in a process of its own. `--file=<room>` runs one file only. A file with a line
// `// passes: a b` gets a process for each word, in which only the comparisons with that word in their name run:
// plain JavaScript that has met both Float64Array and Float32Array is slower on each.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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
  const passes = /^\/\/ passes: (.+)$/m.exec(readFileSync(`bench/${file}`, "utf8"))?.[1].split(" ") ?? [""];
  const rest = args.filter((arg) => !arg.startsWith("--file="));
  for (const pass of passes) {
    const { status } = spawnSync(process.execPath, [script, `--pass=${pass}`, ...rest], { stdio: "inherit" });
    failed ||= status !== 0;
  }
}
process.exitCode = failed ? 1 : 0;
