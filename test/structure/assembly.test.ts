// What AssemblyScript sources may not do: call a Math that brings static data, allocate, throw, or keep state.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const files = readdirSync("assembly", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join("assembly", name));

/** Code without comments and strings, so that prose may name what code may not. */
const bare = (path: string): string =>
  readFileSync(path, "utf8").replace(/\/\/.*|\/\*[\s\S]*?\*\/|"[^"\n]*"|'[^'\n]*'/g, (text) =>
    text.replace(/[^\n]/g, " "),
  );

const lines = (wrong: (line: string) => boolean): string[] =>
  files.flatMap((path) =>
    bare(path)
      .split("\n")
      .flatMap((line, i) => (wrong(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );

const EXACT = new Set(["sqrt", "abs", "floor", "ceil", "trunc", "nearest", "min", "max", "copysign"]);

test("kernels use only the exact functions of Math", () => {
  const inexact = (line: string) =>
    [...line.matchAll(/\b(?:Native|JS)?Mathf?\s*\.\s*(\w+)/g)].some(([, name]) => !EXACT.has(name as string));
  expect(files.length).toBeGreaterThan(1);
  expect(lines(inexact)).toEqual([]);
});

test("kernels raise no number to a power, which would call Math.pow", () => {
  expect(lines((line) => /[\w)\]]\s*\*\*\s*[\w(]/.test(line))).toEqual([]);
});

test("kernels allocate nothing, throw nothing and keep nothing", () => {
  const forbidden =
    /\b(new|throw|assert|abort|memory\.data|heap\.|__new|StaticArray|Float(?:32|64)Array)\b|^\s*(?:export\s+)?(?:let|var)\b/;
  const topLevel = (line: string) => !/^\s+(?:let|var)\b/.test(line);
  expect(lines((line) => forbidden.test(line) && topLevel(line))).toEqual([]);
});
