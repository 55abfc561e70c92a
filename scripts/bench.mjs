// npm run bench -- [filters] [--json] [--sizes=..] [--rounds=..]: bundles bench/*.bench.ts and runs them one
// after the other, each in a process of its own. `--file=<room>` runs one file only; `--peers` runs
// bench/peers/*.bench.ts, other packages, once they are installed: npm install --prefix bench/peers
// `--against=<checkout>` measures this checkout beside another one instead (bench-against.mjs).
// A file with a line `// passes: a b` gets a process for each word, in which only the comparisons with that word
// in their name run: plain JavaScript that has met both Float64Array and Float32Array is slower on each.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { benchAgainst } from "./bench-against.mjs";
import { buildWasm } from "./build-wasm.mjs";

const args = process.argv.slice(2);
const only = args.find((arg) => arg.startsWith("--file="))?.slice(7);
const peers = args.includes("--peers");
const folder = peers ? "bench/peers" : "bench";
if (peers && !existsSync("bench/peers/node_modules")) {
  console.error("the peers are not installed: npm install --prefix bench/peers");
  process.exit(2);
}
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.ts") && (!only || file === `${only}.bench.ts`))
  .sort();
if (files.length === 0) {
  console.error(`no file ${folder}/${only}.bench.ts`);
  process.exit(2);
}

await buildWasm();
const against = args.find((arg) => arg.startsWith("--against="))?.slice(10);
if (against) {
  if (await benchAgainst(against, only)) process.exit(0);
  console.error(
    `no comparison that both have matches: ${args.filter((arg) => !arg.startsWith("--")).join(" ")}`,
  );
  process.exit(1);
}
await build({
  entryPoints: files.map((file) => `${folder}/${file}`),
  outdir: `build/${folder}`,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});

/** The exit code of bench/harness.ts for a file in which no comparison matched. */
const NOTHING_MATCHED = 3;
let failed = false;
let matched = false;
const rest = args.filter((arg) => !arg.startsWith("--file=") && arg !== "--peers");
for (const file of files) {
  const script = `build/${folder}/${basename(file, ".ts")}.js`;
  const passes = /^\/\/ passes: (.+)$/m.exec(readFileSync(`${folder}/${file}`, "utf8"))?.[1].split(" ") ?? [
    "",
  ];
  for (const pass of passes) {
    const { status } = spawnSync(process.execPath, [script, `--pass=${pass}`, ...rest], { stdio: "inherit" });
    failed ||= status !== 0 && status !== NOTHING_MATCHED;
    matched ||= status !== NOTHING_MATCHED;
  }
}
if (!matched) {
  console.error(`no comparison matches: ${rest.join(" ")}`);
  failed = true;
}
process.exitCode = failed ? 1 : 0;
