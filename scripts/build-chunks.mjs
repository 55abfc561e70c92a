// The parts that entries share: named by the room they hold, so that a stack trace can be read, with source maps.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The folder of src that most of a part comes from; the file for a part that holds one module's text. */
function roomOf(inputs) {
  const bytes = new Map();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const [folder, file] = path.match(/^src\/([\w-]+)(?:\/(.*))?\.ts$/)?.slice(1) ?? ["library", ""];
    const name = folder === "wasm" ? `wasm-${basename(file)}` : folder;
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput + 1);
  }
  return [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "empty";
}

/** Renames part-<hash>.js to <room>.js, <room>-2.js ...; maps of what is only text (`data`) are left out. */
export function nameChunks(outdir, { outputs }, data) {
  const names = new Map();
  const used = new Map();
  const parts = Object.entries(outputs).filter(([path]) => /\bpart-\w+\.js$/.test(path));
  const size = ([, { bytes }]) => bytes;
  // The largest part of a room has its plain name.
  for (const [path, { inputs }] of parts.sort((a, b) => size(b) - size(a) || (a[0] < b[0] ? -1 : 1))) {
    const room = roomOf(inputs);
    const count = (used.get(room) ?? 0) + 1;
    used.set(room, count);
    // An entry may have the room's name, and lie in the same folder.
    const taken = existsSync(join(dirname(path), `${room}.js`));
    names.set(basename(path, ".js"), `${taken ? "room-" : ""}${room}${count > 1 ? `-${count}` : ""}`);
  }
  const rename = (text) => text.replace(/\bpart-\w+/g, (part) => names.get(part) ?? part);
  for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    if (/(wasm|types|workerd|edge)$/.test(entry.parentPath) && entry.parentPath !== outdir) continue;
    const text = readFileSync(path, "utf8");
    const code = path.replace(/\.map$/, "");
    const plain = data.test(Object.keys(outputs[code]?.inputs ?? {}).join());
    if (path.endsWith(".map")) {
      if (plain) rmSync(path);
      else writeFileSync(path, text);
    } else writeFileSync(path, rename(plain ? text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n") : text));
    const to = join(dirname(path), rename(entry.name));
    if (to !== path && existsSync(path)) renameSync(path, to);
  }
}

/**
 * Entries first name the inlined modules that they reach: in a bundle their letters then lie together, and what
 * compresses it finds the code in one piece too. By `sideEffects: false` a bundler keeps the order and nothing else.
 */
export function modulesFirst(outdir, entries, data) {
  const read = (path) => readFileSync(join(outdir, path), "utf8");
  const importsOf = (text) =>
    [...text.matchAll(/(?:from|import) "\.\/((?:chunks\/)?[\w-]+\.js)"/g)].map(([, name]) => name);
  for (const entry of entries) {
    const reached = new Set();
    const visit = (names) => {
      for (const name of names.map((at) => (at.startsWith("chunks/") ? at : `chunks/${at}`))) {
        if (reached.has(name)) continue;
        reached.add(name);
        visit(importsOf(read(name)));
      }
    };
    const text = read(`${entry}.js`);
    visit(importsOf(text));
    const inlined = [...reached].filter((name) => data.test(read(name)));
    writeFileSync(
      join(outdir, `${entry}.js`),
      inlined.map((name) => `import "./${name}";\n`).join("") + text,
    );
    const map = JSON.parse(read(`${entry}.js.map`));
    map.mappings = ";".repeat(inlined.length) + map.mappings;
    writeFileSync(join(outdir, `${entry}.js.map`), JSON.stringify(map));
  }
}
