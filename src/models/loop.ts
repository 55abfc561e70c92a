// The point loop of one stage of a kernel, as a function of its own, called once a block of points. A step takes two points.
// An odd last point is the business of a second function: there both lanes hold it, and only the first counts.

import type { GraphNode } from "./graph.js";
import type { ModelLayout } from "./layout.js";
import * as LOOP from "./loop-params.js";
import type { Schedule } from "./schedule.js";
import * as SIMD from "./simd.js";
import { Body, type ModuleWriter } from "./wasm.js";
import { type Context, ExpressionWriter } from "./write-expression.js";

/** Where a sum or a single value goes: parameter and byte offset. */
export type Target = readonly [parameter: number, offset: number];

export interface Kernel {
  readonly name: string;
  readonly roots: readonly GraphNode[];
  /** rows: the first root to out, the others to the Jacobian's columns; sum and point: to `targets`; normal: normal.ts. */
  readonly sink: "rows" | "sum" | "point" | "normal";
  readonly targets: readonly (readonly Target[])[];
  /** Of all but rows. */
  readonly reduction?: Reduction;
  /** Of a point without variables: one point in each lane, parameter i of both at 2i (pair.ts). */
  readonly pair?: boolean;
}

/** What a loop does with its roots. */
export interface Sink {
  begin(): void;
  store(): void;
  end(): void;
}

/** What a sink needs to know of the function it writes into. */
export interface LoopContext extends Context {
  readonly env: Environment;
  readonly layout: ModelLayout;
  /** Both lanes hold the last point. */
  readonly odd: boolean;
}

/** What is done instead of filling rows (reduce.ts, normal.ts). Handed in, so that a bundle of models leaves it out. */
export interface Reduction {
  sums(context: LoopContext, writer: ExpressionWriter, roots: readonly GraphNode[]): Sink;
  /** Before the first block. */
  clear?(env: Environment, body: Body, kernel: Kernel, layout: ModelLayout): void;
  /** After the last. */
  totals?(body: Body, kernel: Kernel, layout: ModelLayout): void;
  /** The values at a single point. */
  point?(body: Body, writer: ExpressionWriter, kernel: Kernel): void;
}

export interface Environment {
  readonly module: ModuleWriter;
  readonly relaxed: boolean;
  /** Function index of an elementary function. */
  imported(op: string): number;
  /** Offset of a constant in the work block. */
  constantAt(value: number): number;
}

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
  layout: ModelLayout,
  stage: number,
): number | undefined {
  const nodes = s.stages[stage]!;
  const kept = nodes.filter((node) => layout.buffers.has(node));
  const roots = stage === s.stages.length - 1 ? kernel.roots : [];
  if (kept.length + roots.length === 0) return undefined;
  const read = new Set(
    [...roots, ...nodes.flatMap((node) => node.args)].filter((node) => node.op === "variable"),
  );
  const variables = [...new Set([...read].map(({ value }) => value))];
  const own = new Set(nodes);
  const calls = new Set(s.calls.flat());

  const write = (last: number | undefined): number => {
    const odd = last === undefined;
    const body = new Body(LOOP.ARITY);
    const pointers = new Map(variables.map((v) => [v, v === 0 ? LOOP.x : body.i32Local()]));
    const source = (node: GraphNode): (() => void) | undefined => {
      if (own.has(node)) return undefined;
      if (node.op === "variable") {
        return () => {
          body.get(pointers.get(node.value)!);
          loadPoints(body, odd);
        };
      }
      const uniform = s.kind.get(node) === "uniform";
      return () => {
        body.get(uniform ? LOOP.work : LOOP.buffer);
        const at = (uniform ? layout.slots : layout.buffers).get(node)!;
        // A call writes exactly as many results as there are points.
        if (calls.has(node)) loadPoints(body, odd, at);
        else body.memory(SIMD.load, at);
      };
    };
    const context = { ...contextFor(env, body, LOOP.work, source), env, layout, odd };
    const writer = new ExpressionWriter(context);
    writer.announce(nodes);
    for (const node of kept) writer.use(node);
    const sink: Sink = kernel.reduction?.sums(context, writer, roots) ?? new Rows(body, writer, roots, odd);

    for (const [variable, local] of pointers) {
      if (local === LOOP.x) continue;
      body.element(LOOP.x, LOOP.ldx, variable);
      body.set(local);
    }
    const step = (): void => {
      writer.prepare(nodes);
      for (const node of kept) {
        body.get(LOOP.buffer);
        writer.pushRaw(node);
        body.memory(SIMD.store, layout.buffers.get(node)!);
      }
      sink.store();
    };
    sink.begin();
    if (odd) step();
    else {
      more(body, 1);
      body.block("if", () => {
        body.block("loop", () => {
          body.block("loop", () => {
            step();
            // x moves in any case: the function of the odd end starts from it.
            for (const local of new Set([LOOP.x, ...pointers.values()])) body.advance(local, 16);
            body.advance(LOOP.buffer, 16);
            body.advance(LOOP.count, -2);
            more(body, 1);
            body.branchIf(0);
          });
          more(body, 1);
          body.branchIf(0);
        });
      });
    }
    sink.end();
    if (!odd) {
      more(body, 0);
      body.block("if", () => {
        for (let i = 0; i < LOOP.ARITY; i++) body.get(i);
        body.call(last);
      });
    }
    return env.module.add(body, LOOP.ARITY);
  };
  return write(write(undefined));
}

/** Pushes whether more than `least` points are left. */
function more(body: Body, least: number): void {
  body.get(LOOP.count);
  body.i32(least);
  body.i32Greater();
}

/** The next two doubles of the array whose address is on the stack; at an odd end the last one twice. */
export function loadPoints(body: Body, odd: boolean, offset = 0): void {
  body.memory(odd ? SIMD.load64Splat : SIMD.load, offset);
}

/** Writes the vector on the stack, above its address, to two doubles of an array; at an odd end to the last one. */
export function storePoints(body: Body, odd: boolean): void {
  if (odd) body.memory(SIMD.store64Lane, 0, 0);
  else body.memory(SIMD.store, 0);
}

/** Values and rows of the Jacobian. */
class Rows implements Sink {
  readonly #second: number;

  constructor(
    readonly body: Body,
    readonly writer: ExpressionWriter,
    readonly roots: readonly GraphNode[],
    readonly odd: boolean,
  ) {
    this.#second = body.i32Local();
    roots.forEach((root, i) => {
      writer.use(root);
      if (i > 0 && !odd) writer.use(root);
    });
  }
  begin(): void {}
  end(): void {}

  store(): void {
    const { body, writer, roots, odd } = this;
    if (roots.length === 0) return;
    body.get(LOOP.out);
    writer.push(roots[0]!);
    storePoints(body, odd);
    body.advance(LOOP.out, 16);
    if (roots.length === 1) return;
    body.get(LOOP.jac);
    body.get(LOOP.ldj);
    body.i32Add();
    body.set(this.#second);
    const rows = odd ? (["low"] as const) : (["high", "low"] as const);
    for (let j = 1; j < roots.length; j += 2) {
      for (const half of rows) {
        body.get(half === "high" ? this.#second : LOOP.jac);
        writer.push(roots[j]!);
        if (j + 1 < roots.length) {
          writer.push(roots[j + 1]!);
          body.zip(half);
          body.memory(SIMD.store, 8 * (j - 1));
        } else body.memory(SIMD.store64Lane, 8 * (j - 1), half === "high" ? 1 : 0);
      }
    }
    body.element(LOOP.jac, LOOP.ldj, 2);
    body.set(LOOP.jac);
  }
}
