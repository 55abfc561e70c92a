// The point loop of one stage of a kernel, as a function of its own, called once a block of points.
// A step takes two points. At an odd end `step` and `rowStep`, the distances from the first lane to the second, become 0:
// the second lane then repeats the first, reads and writes the same places, and is masked out of sums.

import type { GraphNode } from "./graph.js";
import type { Layout } from "./layout.js";
import type { Schedule } from "./schedule.js";
import { Body, type ModuleWriter, SIMD } from "./wasm.js";
import { type Context, ExpressionWriter } from "./write-expression.js";

/** Where a sum or a single value goes: parameter and byte offset. */
export type Target = readonly ["out" | "jac" | "ldj", number];

export interface Kernel {
  readonly name: string;
  readonly roots: readonly GraphNode[];
  /** rows: the first root to out, the others to the Jacobian's columns; sum and point: to `targets`. */
  readonly sink: "rows" | "sum" | "point";
  readonly targets: readonly (readonly Target[])[];
  /** Of sum and point. */
  readonly reduction?: Reduction;
}

/** What a loop does with its roots. */
export interface Sink {
  begin(): void;
  /** At an odd end, before the last step. */
  odd(): void;
  store(): void;
  end(): void;
}

/** What objectives do instead of filling rows (reduce.ts). Handed in, so that a bundle of models leaves it out. */
export interface Reduction {
  sums(
    body: Body,
    writer: ExpressionWriter,
    roots: readonly GraphNode[],
    layout: Layout,
    constant: (value: number) => void,
  ): Sink;
  /** Before the first block. */
  clear(env: Environment, body: Body, kernel: Kernel, layout: Layout): void;
  /** After the last. */
  totals(body: Body, kernel: Kernel, layout: Layout): void;
  /** The values at a single point. */
  point(body: Body, writer: ExpressionWriter, kernel: Kernel): void;
}

export interface Environment {
  readonly module: ModuleWriter;
  readonly relaxed: boolean;
  /** Function index of an elementary function. */
  imported(op: string): number;
  /** Offset of a constant in the work block. */
  constantAt(value: number): number;
}

/** Parameters of a point loop; strides in bytes. */
export const LOOP = { count: 0, x: 1, ldx: 2, out: 3, jac: 4, ldj: 5, work: 6 } as const;
const ARITY = 7;

/** What every writer of expressions shares: the constants in the work block. */
export function contextFor(env: Environment, body: Body, work: number, source: Context["source"]): Context {
  const constant = (value: number): void => {
    body.get(work);
    body.memory(SIMD.load, env.constantAt(value));
  };
  return { body, relaxed: env.relaxed, constant, source };
}

/** Function index of the loop; undefined where the stage has nothing to do. */
export function writeLoop(
  env: Environment,
  kernel: Kernel,
  s: Schedule,
  layout: Layout,
  stage: number,
): number | undefined {
  const nodes = s.stages[stage]!;
  const kept = nodes.filter((node) => layout.buffers.has(node));
  const roots = stage === s.stages.length - 1 ? kernel.roots : [];
  if (kept.length + roots.length === 0) return undefined;

  const body = new Body(ARITY);
  const step = body.i32Local();
  const rowStep = body.i32Local();
  const buffer = body.i32Local();
  const read = new Set(
    [...roots, ...nodes.flatMap((node) => node.args)].filter((node) => node.op === "variable"),
  );
  const pointers = new Map([...read].map(({ value }) => [value, value === 0 ? LOOP.x : body.i32Local()]));

  const own = new Set(nodes);
  const calls = new Set(s.calls.flat());
  const source = (node: GraphNode): (() => void) | undefined => {
    if (own.has(node)) return undefined;
    if (node.op === "variable") return () => loadPair(body, pointers.get(node.value)!, step, 0);
    if (calls.has(node)) return () => loadPair(body, buffer, step, layout.buffers.get(node)!);
    const uniform = s.kind.get(node) === "uniform";
    return () => {
      body.get(uniform ? LOOP.work : buffer);
      body.memory(SIMD.load, (uniform ? layout.slots : layout.buffers).get(node)!);
    };
  };
  const context = contextFor(env, body, LOOP.work, source);
  const writer = new ExpressionWriter(context);
  writer.announce(nodes);
  for (const node of kept) writer.use(node);
  const sink: Sink =
    kernel.reduction?.sums(body, writer, roots, layout, context.constant) ??
    new Rows(body, writer, roots, step, rowStep);

  body.i32(8);
  body.set(step);
  body.get(LOOP.ldj);
  body.set(rowStep);
  body.get(LOOP.work);
  body.set(buffer);
  for (const [variable, local] of pointers) {
    if (local === LOOP.x) continue;
    body.get(LOOP.x);
    body.get(LOOP.ldx);
    body.i32(variable);
    body.i32Mul();
    body.i32Add();
    body.set(local);
  }
  sink.begin();
  body.block("loop", () => {
    body.i32(2);
    body.get(LOOP.count);
    body.i32Greater();
    body.block("if", () => {
      body.i32(0);
      body.tee(step);
      body.set(rowStep);
      sink.odd();
    });
    writer.prepare(nodes);
    for (const node of kept) {
      body.get(buffer);
      writer.pushRaw(node);
      body.memory(SIMD.store, layout.buffers.get(node)!);
    }
    sink.store();
    for (const local of pointers.values()) body.advance(local, 16);
    body.advance(buffer, 16);
    body.advance(LOOP.count, -2);
    body.get(LOOP.count);
    body.i32(0);
    body.i32Greater();
    body.branchIf(0);
  });
  sink.end();
  return env.module.add(body, ARITY);
}

/** Two doubles `step` apart, of an array whose end may be odd. */
function loadPair(body: Body, pointer: number, step: number, offset: number): void {
  body.get(pointer);
  body.get(step);
  body.i32Add();
  body.get(pointer);
  body.memory(SIMD.load64Zero, offset);
  body.memory(SIMD.load64Lane, offset, 1);
}

/** Values and rows of the Jacobian. */
class Rows implements Sink {
  readonly #second: number;

  constructor(
    readonly body: Body,
    readonly writer: ExpressionWriter,
    readonly roots: readonly GraphNode[],
    readonly step: number,
    readonly rowStep: number,
  ) {
    this.#second = body.i32Local();
    for (const root of [...roots, ...roots]) writer.use(root); // one use a lane
  }
  begin(): void {}
  odd(): void {}
  end(): void {}

  store(): void {
    const { body, writer, roots } = this;
    if (roots.length === 0) return;
    this.#address(LOOP.out, this.step);
    this.#lanes(LOOP.out, roots[0]!, 0);
    body.advance(LOOP.out, 16);
    if (roots.length === 1) return;
    this.#address(LOOP.jac, this.rowStep);
    for (let j = 1; j + 1 < roots.length; j += 2) {
      for (const half of ["high", "low"] as const) {
        body.get(half === "high" ? this.#second : LOOP.jac);
        writer.push(roots[j]!);
        writer.push(roots[j + 1]!);
        body.zip(half);
        body.memory(SIMD.store, 8 * (j - 1));
      }
    }
    if (roots.length % 2 === 0) this.#lanes(LOOP.jac, roots[roots.length - 1]!, 8 * (roots.length - 2));
    body.get(LOOP.jac);
    body.get(LOOP.ldj);
    body.i32Shl(1);
    body.i32Add();
    body.set(LOOP.jac);
  }

  #address(first: number, distance: number): void {
    this.body.get(first);
    this.body.get(distance);
    this.body.i32Add();
    this.body.set(this.#second);
  }

  #lanes(first: number, root: GraphNode, offset: number): void {
    for (const lane of [1, 0]) {
      this.body.get(lane === 1 ? this.#second : first);
      this.writer.push(root);
      this.body.memory(SIMD.store64Lane, offset, lane);
    }
  }
}
