// The records of paths (test/paths) held against what another engine made of the built package.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

/** Draws that only the sources show. */
const OF_SOURCES = ["random-laws"];

/** `found`: the text of each record by its name. Gives the number of lines that agree. */
export function checkPaths(found) {
  const names = readdirSync("test/paths")
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.slice(0, -4))
    .filter((name) => !OF_SOURCES.includes(name));
  assert.deepEqual(Object.keys(found).sort(), names.sort(), "test/paths/all.js names every record");
  let count = 0;
  for (const name of names) {
    const lines = readFileSync(`test/paths/${name}.txt`, "utf8").split("\n");
    const there = found[name].split("\n");
    const other = lines.filter((line, i) => line !== there[i]);
    const now = there.filter((line, i) => line !== lines[i]);
    assert.deepEqual(now, other, name);
    count += lines.length - 1;
  }
  return `${count} lines`;
}
