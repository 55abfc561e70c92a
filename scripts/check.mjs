// npm run check -- name [argument ...]: bundles bench/<name>.check.ts and runs it; without a name, what there is.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";

const [name, ...args] = process.argv.slice(2);
const source = `bench/${name}.check.ts`;
if (!name || !existsSync(source)) {
  for (const file of readdirSync("bench").filter((entry) => entry.endsWith(".check.ts"))) {
    const [first] = readFileSync(`bench/${file}`, "utf8").split("\n");
    console.log(`${file.replace(".check.ts", "").padEnd(12)} ${first.replace("// ", "")}`);
  }
  process.exit(name ? 2 : 0);
}
const outfile = `build/${name}.check.mjs`;
await build({
  entryPoints: [source],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile,
  logLevel: "error",
});
process.exit(spawnSync(process.execPath, [outfile, ...args], { stdio: "inherit" }).status ?? 1);
