// The closure evaluator: the same programs as the emitter's, run in plain JavaScript where compiling is forbidden, and the
// oracle of the emitter's tests. It does the emitter's operations in the emitter's order, so with the same elementary
// functions it gives the same bits (as the simd variant).

import { type GraphNode, reachable } from "./graph.js";
import { type Binary, BINARY as TWO, type Unary } from "./language.js";
import { BLOCK } from "./layout.js";
import type { Program } from "./program.js";

/** out[i] = f(x[i]), or f(x[i], y[i]), for i < n. */
export type ArrayFunction = (n: number, x: Float64Array, y: Float64Array, out: Float64Array) => void;
export interface FunctionTable {
  unary(name: Unary): (n: number, x: Float64Array, out: Float64Array) => void;
  binary(name: Binary): ArrayFunction;
  /** Memory that the functions can reach; ordinary memory by default. */
  buffer?(length: number): Float64Array;
}

type Step = (n: number) => void;

const UNARY: Readonly<Record<string, (a: number) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
};
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  lt: (a, b) => +(a < b),
  le: (a, b) => +(a <= b),
  eq: (a, b) => +(a === b),
  ne: (a, b) => +(a !== b),
};

function stepOf(
  { op }: GraphNode,
  args: readonly Float64Array[],
  out: Float64Array,
  table: FunctionTable,
): Step {
  const [a, b, c] = args as [Float64Array, Float64Array, Float64Array];
  const one = UNARY[op];
  if (one)
    return (n) => {
      for (let i = 0; i < n; i++) out[i] = one(a[i]!);
    };
  const two = BINARY[op];
  if (two)
    return (n) => {
      for (let i = 0; i < n; i++) out[i] = two(a[i]!, b[i]!);
    };
  if (op === "select")
    return (n) => {
      for (let i = 0; i < n; i++) out[i] = Math.abs(a[i]!) > 0 ? b[i]! : c[i]!;
    };
  if (TWO.includes(op)) {
    const f = table.binary(op as Binary);
    return (n) => f(n, a, b, out);
  }
  const f = table.unary(op as Unary);
  return (n) => f(n, a, out);
}

/** Evaluates roots over blocks of points. */
class BlockEvaluator {
  readonly #buffers = new Map<GraphNode, Float64Array>();
  readonly #uniform: Step[] = [];
  readonly #varying: Step[] = [];
  readonly #params: [number, Float64Array][] = [];
  readonly #variables: [number, Float64Array][] = [];

  constructor(roots: readonly GraphNode[], table: FunctionTable) {
    const varies = new Set<GraphNode>();
    for (const node of reachable(roots)) {
      const buffer = table.buffer?.(BLOCK) ?? new Float64Array(BLOCK);
      this.#buffers.set(node, buffer);
      if (node.op === "const") buffer.fill(node.value);
      else if (node.op === "param") this.#params.push([node.value, buffer]);
      else if (node.op === "variable") {
        varies.add(node);
        this.#variables.push([node.value, buffer]);
      } else {
        const args = node.args.map((arg) => this.#buffers.get(arg)!);
        const step = stepOf(node, args, buffer, table);
        if (node.args.some((arg) => varies.has(arg))) {
          varies.add(node);
          this.#varying.push(step);
        } else {
          this.#uniform.push((_) => {
            step(1);
            buffer.fill(buffer[0]!);
          });
        }
      }
    }
  }

  buffer(root: GraphNode): Float64Array {
    return this.#buffers.get(root)!;
  }

  begin(p: ArrayLike<number>): void {
    for (const [index, buffer] of this.#params) buffer.fill(p[index]!);
    for (const step of this.#uniform) step(1);
  }

  /** The points from..from+n of x, where variable v of point i is x[v*ldx + i]. */
  block(x: ArrayLike<number>, ldx: number, from: number, n: number): void {
    for (const [variable, buffer] of this.#variables) {
      const start = variable * ldx + from;
      for (let i = 0; i < n; i++) buffer[i] = x[start + i]!;
    }
    for (const step of this.#varying) step(n);
  }
}

export type Numbers = { [index: number]: number };

/** What the exports `values` and `jacobian` of an emitted model do (emit.ts), on arrays. */
export interface ModelEvaluator {
  values(m: number, x: ArrayLike<number>, ldx: number, p: ArrayLike<number>, out: Numbers): void;
  jacobian(
    m: number,
    x: ArrayLike<number>,
    ldx: number,
    p: ArrayLike<number>,
    out: Numbers,
    jac: Numbers,
    ldj: number,
  ): void;
}

export function modelEvaluator(program: Program, table: FunctionTable): ModelEvaluator {
  const make = (first: readonly GraphNode[]): ModelEvaluator["jacobian"] => {
    const evaluator = new BlockEvaluator([program.value, ...first], table);
    const value = evaluator.buffer(program.value);
    const columns = first.map((root) => evaluator.buffer(root));
    return (m, x, ldx, p, out, jac, ldj) => {
      evaluator.begin(p);
      for (let from = 0; from < m; from += BLOCK) {
        const n = Math.min(BLOCK, m - from);
        evaluator.block(x, ldx, from, n);
        for (let i = 0; i < n; i++) out[from + i] = value[i]!;
        columns.forEach((column, j) => {
          for (let i = 0; i < n; i++) jac[(from + i) * ldj + j] = column[i]!;
        });
      }
    };
  };
  const values = make([]);
  return { values: (m, x, ldx, p, out) => values(m, x, ldx, p, out, [], 0), jacobian: make(program.first) };
}

/** What the exports `value` and `gradient` of an emitted objective do. Without data: m = 1 and no variables. */
export interface ObjectiveEvaluator {
  value(m: number, x: ArrayLike<number>, ldx: number, p: ArrayLike<number>): number;
  gradient(m: number, x: ArrayLike<number>, ldx: number, p: ArrayLike<number>, grad: Numbers): number;
}

/** Sums of roots over points, into an array that the next call writes again. */
export type RootSums = (m: number, x: ArrayLike<number>, ldx: number, p: ArrayLike<number>) => Float64Array;

/** Even points and odd points are summed apart, by blocks, as two lanes do; without variables there is one point. */
export function rootSums(program: Program, roots: readonly GraphNode[], table: FunctionTable): RootSums {
  const evaluator = new BlockEvaluator(roots, table);
  const columns = roots.map((root) => evaluator.buffer(root));
  const lanes = program.variables === 0 ? [0] : [0, 1];
  const sums = new Float64Array(roots.length);
  const totals = new Float64Array(2 * roots.length);
  return (m, x, ldx, p) => {
    totals.fill(0);
    evaluator.begin(p);
    for (let from = 0; from < m; from += BLOCK) {
      const count = Math.min(BLOCK, m - from);
      evaluator.block(x, ldx, from, count);
      columns.forEach((column, k) => {
        for (const lane of lanes) {
          let sum = 0;
          for (let i = lane; i < count; i += 2) sum += column[i]!;
          totals[2 * k + lane]! += sum;
        }
      });
    }
    for (let k = 0; k < sums.length; k++)
      sums[k] = lanes.length > 1 ? totals[2 * k]! + totals[2 * k + 1]! : totals[2 * k]!;
    return sums;
  };
}

export function objectiveEvaluator(program: Program, table: FunctionTable): ObjectiveEvaluator {
  const value = rootSums(program, [program.value], table);
  const gradient = rootSums(program, [program.value, ...program.first], table);
  return {
    value: (m, x, ldx, p) => value(m, x, ldx, p)[0]!,
    gradient: (m, x, ldx, p, grad) => {
      const sums = gradient(m, x, ldx, p);
      for (let i = 1; i < sums.length; i++) grad[i - 1] = sums[i]!;
      return sums[0]!;
    },
  };
}
