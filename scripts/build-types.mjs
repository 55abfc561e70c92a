// Types of the package: the compiler's declarations, rolled up to one file for each entry, so that what is internal
// stays inside; rolled only when a declaration has changed since the last time.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

/** What the rolled types depend on: this script, the entries and every declaration. */
function fingerprint(entries) {
  const hash = createHash("sha256")
    .update(JSON.stringify(entries))
    .update(readFileSync(import.meta.filename));
  const files = readdirSync("build/types", { recursive: true, withFileTypes: true }).filter((f) =>
    f.isFile(),
  );
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort())
    hash.update(path).update(readFileSync(path));
  return hash.digest("hex");
}

export async function buildTypes(entries) {
  rmSync("build/types", { recursive: true, force: true });
  const tsc = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"];
  const { status } = spawnSync(process.execPath, tsc, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  const now = fingerprint(entries);
  const made = "build/types.sha256";
  const names = Object.keys(entries).map((name) => `dist/types/${name}.d.ts`);
  if (names.every((name) => existsSync(name)) && existsSync(made) && readFileSync(made, "utf8") === now)
    return;
  rmSync("dist/types", { recursive: true, force: true });
  mkdirSync("dist/types", { recursive: true });
  const emitted = (source) => source.replace(/^src\//, "build/types/").replace(/\.ts$/, ".d.ts");
  const input = Object.fromEntries(Object.entries(entries).map(([name, source]) => [name, emitted(source)]));
  const bundle = await rollup({
    input,
    plugins: [dts()],
    // Internal types that a public class mentions need no name of their own.
    onwarn({ message }) {
      if (!message.includes("private shared type exports")) throw new Error(`types: ${message}`);
    },
  });
  const [entryFileNames, chunkFileNames] = ["[name].d.ts", "shared/[name].ts"];
  // The rolling drops what brings `Disposable` to a project whose libraries end at es2022.
  const banner = '/// <reference lib="esnext.disposable" />';
  await bundle.write({ dir: "dist/types", format: "es", entryFileNames, chunkFileNames, banner });
  await bundle.close();
  writeFileSync(
    "dist/wasm/module.d.ts",
    'import type { WasmModule } from "../types/index.js";\ndeclare const module: WasmModule;\nexport default module;\n',
  );
  writeFileSync(made, now);
}
