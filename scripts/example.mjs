// npm run example [name]: bundles examples/<name>.ts and runs it; without a name lists them.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { build } from "esbuild";
import { buildWasm } from "./build-wasm.mjs";

const [name, ...args] = process.argv.slice(2);
if (!name || !existsSync(`examples/${name}.ts`)) {
  const names = readdirSync("examples").filter((file) => file.endsWith(".ts"));
  console.log(`examples: ${names.map((file) => file.slice(0, -3)).join(", ")}`);
  process.exit(name ? 2 : 0);
}
await buildWasm();
const outfile = `build/examples/${name}.js`;
await build({
  entryPoints: [`examples/${name}.ts`],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1;
