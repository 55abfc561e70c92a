// The import rules of ARCHITECTURE.md, read from the sources: rooms import one way, files in no circle, and
// WebAssembly is reached only through the runtime room.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/** A room imports itself and the rooms of the levels before its own: the list is that of ARCHITECTURE.md. */
const written = readFileSync("ARCHITECTURE.md", "utf8").match(/^```levels\n([\s\S]*?)^```/m)?.[1] ?? "";
const levels = written
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/));
/** Longer than 300 lines, each with the reason why one file reads better. */
const longFiles: Record<string, string> = {
  "assembly/least-squares/turn.ts": "one iteration: every step of it works on the same state",
  "assembly/sparse/amd.ts": "one algorithm: every step of it works on the same records and lists",
  "src/constrained/lp-file.ts": "one pass over the words: every section fills the same program",
  "src/constrained/mps-reader.ts": "one pass over the lines: every section fills the same program",
  "src/constrained/interior-point.ts": "one iteration: what it reads and writes is private to it",
  "src/constrained/dual-set.ts": "one object: the method's memory, and what is read out of it",
  "src/constrained/nonlinear/interior.ts":
    "one object: the inner point with its slacks and multipliers, and what is measured of it",
  "src/constrained/nonlinear/evaluator.ts":
    "one object: what is evaluated, in which units, and how well differences know it",
  "src/constrained/nonlinear/solve.ts":
    "one object: what three methods share, and the one measure of convergence",
  "src/constrained/nonlinear/verify.ts": "one claim: every measure of it is taken at the same point",
  "src/constrained/model.ts": "one small layer: text and builder fill the same draft, which answers by name",
  "src/constrained/run.ts": "one task: its attempts, proofs and pivots, and what survives it",
  "src/constrained/session.ts": "one object: what is kept between two solves, and the solve that uses it",
  "src/global/cma-search.ts": "one search: its runs, restarts and local searches share one budget",
  "src/global/local-search.ts":
    "one state machine: differences, line and update share the vectors and their lengths",
  "src/index.ts": "a list: every public name",
  "src/first-order/stepper.ts": "one class: what a step does, when it is refused, and what survives it",
  "src/minimize/methods/nelder-mead.ts": "one iteration: every step of it works on the same simplex",
  "src/minimize/solve.ts": "what methods and problem share, in one object",
  "src/global/genetic-search.ts": "one state machine: both ways of succession work on the same islands",
  "src/global/engine.ts": "one task: a generation's evaluation in each of its forms, and what survives it",
  "src/nn/body.ts": "memory and passes of a network know the same addresses",
  "src/nn/trainer.ts": "one object holds the state of a training run",
  "src/nn/network.ts": "the one class that users of networks see: checks, then one call each",
};
const EXACT = new Set(
  "sqrt abs floor round ceil trunc min max fround imul sign clz32 PI LN2 SQRT2 E LOG2E LOG10E".split(" "),
);
/** "file: expression" that no result depends on, each with its reason. */
const inexact: Record<string, string> = {
  "src/testfunctions/multimodal.ts: Math.E": "a constant",
  "src/testfunctions/shapes.ts: Math.SQRT1_2": "a constant",
};
const PACKAGES = new Map([
  ["@assemblyscript/loader", ["runtime"]],
  ["d3-array", ["plot"]],
  ["d3-contour", ["plot"]],
  ["d3-scale", ["plot"]],
  ["d3-shape", ["plot"]],
]);

interface Import {
  readonly from: string;
  readonly to: string;
  /** Erased by the compiler: creates no dependency at run time. */
  readonly typeOnly: boolean;
}

const list = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [])
    .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
    .map((name) => join(folder, name));

const sources = list("src").map((path) => {
  const text = readFileSync(path, "utf8");
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
});

function importsOf({ path, tree }: (typeof sources)[number]): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Expression | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const name = specifier.text;
    const relative = name.startsWith(".");
    const to = relative ? normalize(join(dirname(path), name)).replace(/\.js$/, ".ts") : name;
    found.push({ from: path, to, typeOnly });
  };
  const visit = (at: ts.Node): void => {
    if (ts.isImportDeclaration(at)) add(at.moduleSpecifier, at.importClause?.isTypeOnly ?? false);
    else if (ts.isExportDeclaration(at)) add(at.moduleSpecifier, at.isTypeOnly);
    else if (ts.isCallExpression(at) && at.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(at.arguments[0], false);
    else if (ts.isImportTypeNode(at) && ts.isLiteralTypeNode(at.argument)) {
      add(at.argument.literal as ts.StringLiteral, true);
    }
    ts.forEachChild(at, visit);
  };
  visit(tree);
  return found;
}

const imports = sources.flatMap(importsOf);
const inside = imports.filter(({ to }) => to.startsWith(`src${sep}`));
const roomOf = (path: string): string => (path.split(sep).length > 2 ? (path.split(sep)[1] as string) : "");
const levelOf = (room: string): number => levels.findIndex((rooms) => rooms.includes(room));
const arrow = ({ from, to }: Import) => `${from} -> ${to}`;

/** The first circle among the imports that remain at run time, as a list of files. */
function findCircle(): string[] {
  const done = new Set<string>();
  const walk = (file: string, trail: string[]): string[] => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { from, to, typeOnly } of inside) {
      if (from !== file || typeOnly) continue;
      const circle = walk(to, [...trail, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const { path } of sources) {
    const circle = walk(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

/** Where a file names the global `WebAssembly` as a value; naming its types is free. */
function touchesWebAssembly(tree: ts.SourceFile): boolean {
  let touches = false;
  const visit = (at: ts.Node): void => {
    if (ts.isTypeNode(at)) return;
    if (ts.isIdentifier(at) && at.text === "WebAssembly") touches = true;
    ts.forEachChild(at, visit);
  };
  visit(tree);
  return touches;
}

/** Calls whose last bits differ between engine versions; powers of literals are folded and exact. */
function inexactMath(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isPropertyAccessExpression(at) && at.expression.getText() === "Math" && !EXACT.has(at.name.text))
      found.push(at.getText());
    const power = ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken;
    if (power && !(ts.isNumericLiteral(at.left) && /^-?\d+$/.test(at.right.getText())))
      found.push(at.getText());
    ts.forEachChild(at, visit);
  };
  visit(tree);
  return found;
}

test("the sources were found and import one another", () => {
  expect(sources.length).toBeGreaterThan(10);
  expect(inside.length).toBeGreaterThan(20);
});

test("every room has its level", () => {
  const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter((room) => room !== ""));
  expect([...rooms].filter((room) => levelOf(room) < 0)).toEqual([]);
});

test("rooms import one way", () => {
  const wrong = inside.filter(({ from, to, typeOnly }) => {
    const [a, b] = [roomOf(from), roomOf(to)];
    if (a === "" || a === b) return false;
    if (b === "abi") return false;
    if (a === "wasm") return b !== "runtime" || !typeOnly;
    if (a === "runtime") return b !== "wasm";
    return levelOf(b) >= levelOf(a) || b === "";
  });
  expect(wrong.map(arrow)).toEqual([]);
});

test("no file imports itself through others", () => {
  expect(findCircle()).toEqual([]);
});

test("WebAssembly and its loader are reached only through the runtime room", () => {
  const own = (path: string) => ["runtime", "wasm"].includes(roomOf(path));
  const direct = sources.filter(({ path, tree }) => !own(path) && touchesWebAssembly(tree));
  expect(direct.map(({ path }) => path)).toEqual([]);
});

test("the library imports only the packages that are bundled into it", () => {
  const outside = imports.filter(({ from, to }) => {
    if (to.startsWith(`src${sep}`) || roomOf(from) === "cli") return false;
    return !PACKAGES.get(to)?.includes(roomOf(from));
  });
  expect(outside.map(arrow)).toEqual([]);
});

test("results use only the functions of Math that are the same on every engine", () => {
  const found = sources.flatMap(({ path, tree }) =>
    inexactMath(tree).map((what) => ({ path: path.replaceAll(sep, "/"), what })),
  );
  const unexplained = found.filter(({ path, what }) => inexact[`${path}: ${what}`] === undefined);
  expect(unexplained).toEqual([]);
});

test("nothing is called a number that the compiler does not know to be one", () => {
  const casts = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\bas (?:unknown as )?number\b(?!\[)/g)].map(
      ({ index }) => `${path}:${text.slice(0, index).split("\n").length}`,
    ),
  );
  expect(casts.filter((place) => !place.startsWith(`src${sep}wasm`))).toEqual([]);
});

test("no file is a drawer for this and that", () => {
  const drawers = /(^|[\\/.-])(utils?|helpers?|misc|common)([\\/.-]|$)/i;
  const files = [...list("src"), ...list("assembly"), ...list("test"), ...list("bench")];
  expect(files.filter((path) => drawers.test(path))).toEqual([]);
});

/** Lines, those of examples in the documentation aside. */
const lengthOf = (text: string) =>
  text.replace(/^ \* @example\n(?: \* (?!@).*\n| \*\n)*/gm, "").split("\n").length - 1;

test("files are short enough to read in one go, or say why not", () => {
  const files = [...list("src"), ...list("assembly")].filter((path) => roomOf(path) !== "wasm");
  const long = files
    .map((path) => ({ path, lines: lengthOf(readFileSync(path, "utf8")) }))
    .filter(({ lines }) => lines > 300);
  const unexplained = long.filter(({ path }) => longFiles[path.replaceAll(sep, "/")] === undefined);
  expect(unexplained.map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([]);
  const stale = Object.keys(longFiles).filter((path) => !long.some((file) => file.path === join(path)));
  expect(stale).toEqual([]);
});
