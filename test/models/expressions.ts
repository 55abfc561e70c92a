// Random well-formed expressions, and how far rounding may move their value.

import fc from "fast-check";
import { build } from "../../src/models/build.js";
import { Graph, type GraphNode, reachable } from "../../src/models/graph.js";
import { parse } from "../../src/models/parse.js";
import { scalar } from "./harness.js";

export const NAMES = { variables: ["x", "t"], params: ["a", "b", "c"] };

const number = fc.oneof(
  fc.constantFrom("0", "1", "2", "3", "0.5", "10", "1.5", "-1", "4"),
  fc.double({ min: 0.01, max: 20, noNaN: true }).map((v) => String(Number(v.toPrecision(4)))),
);
const name = fc.constantFrom("x", "t", "a", "b", "c", "x", "a");
const UNARY =
  "exp expm1 log log1p log2 log10 sqrt cbrt abs sign sin cos tan asin acos atan sinh cosh tanh erf gaussian lorentzian sigmoid step";
const BINARY = "pow atan2 min max gaussian lorentzian sigmoid";

/** Sources with spaces, redundant parentheses and missing ones, so that precedence is exercised too. */
export const expression = fc.letrec<{ any: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    { weight: 3, arbitrary: name },
    { weight: 1, arbitrary: number.map((n) => (n.startsWith("-") ? `(${n})` : n)) },
  ),
  any: fc.oneof(
    { maxDepth: 5, depthSize: "medium", withCrossShrink: true },
    tie("leaf"),
    fc
      .tuple(tie("any"), fc.constantFrom("+", "-", "*", "/", " + ", " - ", " * "), tie("any"))
      .map(([a, op, b]) => a + op + b),
    fc.tuple(tie("any"), tie("any"), fc.constantFrom("*", "/", "+")).map(([a, b, op]) => `(${a})${op}(${b})`),
    tie("any").map((a) => `(${a})`),
    tie("any").map((a) => `(-${a})`),
    fc
      .tuple(tie("any"), fc.constantFrom("^2", "^3", "^-1", "^0.5", "^-2", "^1.5", "^5", "^1.7", "^0"))
      .map(([a, n]) => `(${a})${n}`),
    fc.tuple(tie("leaf"), tie("any")).map(([a, b]) => `${a}^(${b})`),
    fc.tuple(fc.constantFrom(...UNARY.split(" ")), tie("any")).map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(fc.constantFrom(...BINARY.split(" ")), tie("any"), tie("any"))
      .map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc
      .tuple(
        tie("any"),
        fc.constantFrom("<", "<=", ">", ">=", "==", "!="),
        tie("any"),
        tie("any"),
        tie("any"),
      )
      .map(([a, op, b, yes, no]) => `((${a}) ${op} (${b}) ? ${yes} : ${no})`),
    fc.tuple(tie("any"), fc.constantFrom("<", ">="), tie("any")).map(([a, op, b]) => `((${a}) ${op} (${b}))`),
  ),
})).any;

/** One operation in plain JavaScript: written apart from the evaluator. */
function apply(op: string, [a, b, c]: number[]): number {
  const x = a!;
  const y = b!;
  switch (op) {
    case "neg":
      return -x;
    case "abs":
      return Math.abs(x);
    case "sqrt":
      return Math.sqrt(x);
    case "sign":
      return Math.sign(x);
    case "sigmoid":
      return 1 / (1 + Math.exp(-x));
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return x * y;
    case "div":
      return x / y;
    case "min":
      return Math.min(x, y);
    case "max":
      return Math.max(x, y);
    case "lt":
      return Number(x < y);
    case "le":
      return Number(x <= y);
    case "eq":
      return Number(x === y);
    case "ne":
      return Number(x !== y);
    case "select":
      return x ? y : c!;
    default:
      return scalar[op]!(x, y);
  }
}

const EXACT = new Set(["neg", "abs", "sign", "min", "max", "lt", "le", "eq", "ne"]);

export interface Rounded {
  readonly value: number;
  /** Bound on what rounding of a few ulp an operation can change; Infinity where that is unclear. */
  readonly error: number;
  /** No intermediate value overflows or is NaN. */
  readonly tame: boolean;
  /** The largest size of an intermediate value. */
  readonly peak: number;
}

/** The value by `apply`, with a bound on rounding errors from moving each operation's arguments to their corners. */
export function valueWithError(source: string, x: Record<string, number>): Rounded {
  const g = new Graph();
  const root = build(g, parse(source, NAMES));
  const known = new Map<GraphNode, Rounded>();
  const exactly = (value: number): Rounded => ({ value, error: 0, tame: true, peak: Math.abs(value) });
  for (const node of reachable([root])) {
    const args = node.args.map((arg) => known.get(arg)!);
    if (node.op === "const")
      known.set(node, { ...exactly(node.value), error: 1e-15 * Math.abs(node.value) }); // folded
    else if (node.op === "variable") known.set(node, exactly(x[NAMES.variables[node.value]!]!));
    else if (node.op === "param") known.set(node, exactly(x[NAMES.params[node.value]!]!));
    else known.set(node, rounded(node, args));
  }
  return known.get(root)!;
}

function rounded(node: GraphNode, args: readonly Rounded[]): Rounded {
  const value = apply(
    node.op,
    args.map((arg) => arg.value),
  );
  const tame = Number.isFinite(value) && args.every((arg) => arg.tame);
  const peak = Math.max(Math.abs(value), ...args.map((arg) => arg.peak));
  if (node.op === "select") {
    const [condition, yes, no] = args as [Rounded, Rounded, Rounded];
    const clear = condition.error === 0 || Math.abs(condition.value) > condition.error;
    return { value, error: clear ? (condition.value ? yes : no).error : Infinity, tame, peak };
  }
  if (args.some(({ error }) => !Number.isFinite(error))) return { value, error: Infinity, tame: false, peak };
  let error = EXACT.has(node.op) ? 0 : 8 * 2.3e-16 * Math.abs(value) + 1e-300;
  for (let corner = 0; corner < 3 ** args.length; corner++) {
    const moved = args.map(({ value, error }, k) => value + error * ((Math.floor(corner / 3 ** k) % 3) - 1));
    const there = apply(node.op, moved);
    if (!Object.is(there, value)) error += Math.abs(there - value);
  }
  return { value, error: Number.isNaN(error) ? Infinity : error, tame, peak };
}
