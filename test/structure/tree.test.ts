// What no file of the project may carry: marks of an unfinished merge, or paths of somebody's machine.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const MADE = new Set(["node_modules", "build", "dist", ".git"]);
const TEXT = /\.(ts|mts|mjs|js|json|md|py|c|html|toml|yml)$|^(LICENSE|run|\.\w+)$/;

function texts(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return MADE.has(name) ? [] : texts(path);
    return TEXT.test(name) ? [path] : [];
  });
}

const files = texts(".").map((path) => ({ path, text: readFileSync(path, "utf8") }));

test.each([
  ["marks of a merge", /^(<{7}|>{7}|\|{7})( |$)/m],
  ["paths of a machine", /(?<![\w.])\/(home|root|Users|work)\/\w/],
])("no file has %s", (_, pattern) => {
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
});
