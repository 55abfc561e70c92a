// A tape: graph nodes in order, run number by number in JavaScript, for what is asked for once, and where a host compiles nothing at run
// time. The same operations in the same order as the model's kernels, elementary functions from the core: the same bits.

import type { FunctionTable } from "../models/evaluate.js";
import { type GraphNode, reachable } from "../models/graph.js";
import { type Binary as Pair, BINARY as TWO } from "../models/language.js";

type Step = (r: Float64Array) => void;
type Unary = (a: number) => number;
type Binary = (a: number, b: number) => number;

const UNARY: Readonly<Record<string, Unary>> = {
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
};
const BINARY: Readonly<Record<string, Binary>> = {
  min: Math.min,
  max: Math.max,
  lt: (a, b) => +(a < b),
  le: (a, b) => +(a <= b),
  eq: (a, b) => +(a === b),
  ne: (a, b) => +(a !== b),
};

function stepOf(op: string, a: number, b: number, c: number, out: number, table: FunctionTable): Step {
  switch (op) {
    case "add":
      return (r) => {
        r[out] = r[a]! + r[b]!;
      };
    case "sub":
      return (r) => {
        r[out] = r[a]! - r[b]!;
      };
    case "mul":
      return (r) => {
        r[out] = r[a]! * r[b]!;
      };
    case "div":
      return (r) => {
        r[out] = r[a]! / r[b]!;
      };
    case "select":
      return (r) => {
        r[out] = Math.abs(r[a]!) > 0 ? r[b]! : r[c]!;
      };
  }
  const one = UNARY[op];
  if (one)
    return (r) => {
      r[out] = one(r[a]!);
    };
  const two = BINARY[op];
  if (two)
    return (r) => {
      r[out] = two(r[a]!, r[b]!);
    };
  const x = new Float64Array(1);
  const y = new Float64Array(1);
  const value = new Float64Array(1);
  if (TWO.includes(op)) {
    const f = table.binary(op as Pair);
    return (r) => {
      x[0] = r[a]!;
      y[0] = r[b]!;
      f(1, x, y, value);
      r[out] = value[0]!;
    };
  }
  const f = table.unary(op as Parameters<FunctionTable["unary"]>[0]);
  return (r) => {
    x[0] = r[a]!;
    f(1, x, value);
    r[out] = value[0]!;
  };
}

/** Roots over inputs, the graph's parameters by index. */
export class Tape {
  readonly #registers: Float64Array;
  readonly #inputs: readonly (readonly [index: number, register: number])[];
  readonly #steps: readonly Step[];
  readonly #roots: Int32Array;

  constructor(roots: readonly GraphNode[], table: FunctionTable) {
    const nodes = reachable(roots);
    const place = new Map(nodes.map((node, i) => [node, i]));
    this.#registers = new Float64Array(nodes.length);
    const inputs: [number, number][] = [];
    const steps: Step[] = [];
    nodes.forEach((node, i) => {
      if (node.op === "const") this.#registers[i] = node.value;
      else if (node.op === "param") inputs.push([node.value, i]);
      else {
        const [a = 0, b = 0, c = 0] = node.args.map((arg) => place.get(arg)!);
        steps.push(stepOf(node.op, a, b, c, i, table));
      }
    });
    this.#inputs = inputs;
    this.#steps = steps;
    this.#roots = Int32Array.from(roots, (root) => place.get(root)!);
  }

  /** Fills out with the roots' values. */
  run(input: Float64Array, out: Float64Array): void {
    const r = this.#registers;
    for (const [index, register] of this.#inputs) r[register] = input[index]!;
    for (const step of this.#steps) step(r);
    for (let i = 0; i < this.#roots.length; i++) out[i] = r[this.#roots[i]!]!;
  }
}
