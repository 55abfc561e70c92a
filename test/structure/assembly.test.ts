// What AssemblyScript sources may not do: call a Math that brings static data, allocate, throw, or keep state.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
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

/** What a file of kernels imports or exports on: [from, to], without those that name types only. */
const imports = files.flatMap((path) => {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/^(?:import|export)\s[^;]*?from\s+"([^"]+)"/gm)].map(([, to]) => ({
    from: path,
    to: `${normalize(join(dirname(path), to as string))}.ts`,
  }));
});

test("kernels share with the facade only the folder that both sides compile, and what is there imports nothing", () => {
  const outside = imports.filter(({ to }) => !to.startsWith(`assembly${sep}`));
  expect(outside.length).toBeGreaterThan(20);
  expect(outside.filter(({ to }) => !to.startsWith(join("src", "abi")))).toEqual([]);
  const abi = readdirSync("src/abi").map((name) => readFileSync(join("src/abi", name), "utf8"));
  expect(abi.filter((text) => /^import|\bfrom "/m.test(text))).toEqual([]);
});

test("no file of kernels imports itself through others", () => {
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { from, to } of imports) {
      const circle = from === file ? walk(to, [...trail, file]) : [];
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  expect(files.map((file) => walk(file, [])).filter(({ length }) => length > 0)).toEqual([]);
});

test("slots of a frame have names", () => {
  const numbered = /\b(?:word|slot|getInteger|setInteger)\((?:f|frame|state), \d/;
  expect(lines((line) => numbered.test(line))).toEqual([]);
});

/** Exported for other reasons than a call from the facade. */
const uncalled: Record<string, string> = {
  asum: "level 1 of BLAS, whole in both precisions",
  amax: "as asum",
  iamax: "as asum",
  axpby: "as asum",
  scal: "as asum",
  gemv: "level 2, in both precisions",
  gemvT: "as gemv",
  syrkWork: "says how much memory the exported syrk takes",
  gemmWork: "as syrkWork",
  solveLower: "goes with the exported cholesky",
  solveLowerT: "as solveLower",
  lbfgsDirection:
    "a part of lbfgsStep; as an export it is not inlined, which is to be measured before it goes",
  lbfgsUpdate: "as lbfgsDirection",
  blendDot: "as lbfgsDirection",
  vsincos: "called by compiled models, under a name that models/emit.ts puts together",
  uniforms: "the random block of the core, held against Random by its test",
};

test("every kernel that a room exports is called", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const generated = sources.filter((name) => name.startsWith(`wasm${sep}`));
  const facade = sources
    .filter((name) => !name.startsWith(`wasm${sep}`))
    .map((name) => readFileSync(join("src", name), "utf8"));
  // Rooms that call kernels of another room declare them as external.
  const declared = files
    .map((path) => readFileSync(path, "utf8"))
    .filter((text) => text.includes("@external"));
  // A word of a comment is no call.
  const code = [...facade, ...declared].join("\n").replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  const known = new Set([...code.matchAll(/\w+/g)].map(([word]) => word));
  const idle = generated.flatMap((name) =>
    [...readFileSync(join("src", name), "utf8").matchAll(/^ {2}(\w+)\(/gm)].flatMap(([, kernel]) => {
      // A room that is asked for in either precision knows its kernels by their stems (linalg/precision.ts).
      const stem = (kernel as string).replace(/F(?:32|64)$/, "");
      // Functions of texts are called by their names with a v before them (models/elementary.ts).
      // those of an order under a name that is put together from that of order 0.
      const named =
        known.has(stem.replace(/^v/, "").replace(/\d$/, "0")) || known.has(stem.replace(/^v/, ""));
      const called = known.has(kernel as string) || known.has(stem) || named;
      return called || uncalled[stem] !== undefined ? [] : [`${name}: ${kernel}`];
    }),
  );
  expect(generated.length).toBeGreaterThan(10);
  expect(idle).toEqual([]);
});
