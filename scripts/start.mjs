// npm start: a fit as soon as its kernels are compiled, then everything else, the digits, and NIST's problems with their totals.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { buildWasm } from "./build-wasm.mjs";

const show = (args, env = {}) => {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
};

console.log("A first fit. Its kernels are compiled from AssemblyScript first, which takes some seconds.\n");
await buildWasm(undefined, ["unpack", "least-squares"]);
const outfile = "build/demo/first.js";
const common = { bundle: true, platform: "node", format: "esm", target: "es2022", logLevel: "warning" };
await build({ ...common, entryPoints: ["demo/first.ts"], outfile });
show([outfile]);

console.log("Now the whole library: the first time this compiles all its kernels, for a minute or two.\n");
show(["scripts/build.mjs"]);
show(["build/demo/digits.js", "--summary=build/demo/digits.txt"]);
console.log();
show(["build/demo/nist.js", "build/demo/digits.txt"]);
