// What the kernels of objectives do with their roots: sums over the points, and values at a single point.

import type { GraphNode } from "./graph.js";
import type { LoopContext, Reduction, Sink, Target } from "./loop.js";
import * as LOOP from "./loop-params.js";
import * as PARAMS from "./params.js";
import * as SIMD from "./simd.js";

import type { Body } from "./wasm.js";
import type { ExpressionWriter } from "./write-expression.js";

/** More sums than this are accumulated in memory. */
const SUMS_IN_LOCALS = 24;

/** Sums of all roots over the block, added to the totals at its end. */
class Sums implements Sink {
  readonly #locals: readonly number[];

  constructor(
    readonly context: LoopContext,
    readonly writer: ExpressionWriter,
    readonly roots: readonly GraphNode[],
  ) {
    const { body } = context;
    this.#locals = roots.length <= SUMS_IN_LOCALS ? roots.map(() => body.v128Local()) : [];
    for (const root of roots) writer.use(root);
  }

  /** Writes `value` into accumulator i; `value` pushes. */
  #set(i: number, value: () => void): void {
    const { body, layout } = this.context;
    if (this.#locals.length === 0) body.get(LOOP.work);
    value();
    if (this.#locals.length > 0) body.set(this.#locals[i]!);
    else body.memory(SIMD.store, layout.accumulators + 16 * i);
  }
  #get(i: number): void {
    const { body, layout } = this.context;
    if (this.#locals.length > 0) {
      body.get(this.#locals[i]!);
      return;
    }
    body.get(LOOP.work);
    body.memory(SIMD.load, layout.accumulators + 16 * i);
  }

  begin(): void {
    for (const i of this.roots.keys()) this.#set(i, () => this.context.constant(0));
  }

  store(): void {
    const { context, writer } = this;
    for (const [i, root] of this.roots.entries()) {
      this.#set(i, () => {
        this.#get(i);
        writer.push(root);
        if (context.odd) context.body.firstLane();
        context.body.simd(SIMD.add);
      });
    }
  }

  end(): void {
    const { body, layout } = this.context;
    this.roots.forEach((_, i) => {
      body.get(LOOP.work);
      body.get(LOOP.work);
      body.memory(SIMD.load, layout.totals + 16 * i);
      this.#get(i);
      body.simd(SIMD.add);
      body.memory(SIMD.store, layout.totals + 16 * i);
    });
  }
}

export const reduction: Reduction = {
  sums: (context, writer, roots) => new Sums(context, writer, roots),

  clear(env, body, { roots }, { totals }) {
    roots.forEach((_, i) => {
      body.get(PARAMS.work);
      body.get(PARAMS.work);
      body.memory(SIMD.load, env.constantAt(0));
      body.memory(SIMD.store, totals + 16 * i);
    });
  },

  /** The two lanes' totals, first lane first. */
  totals(body, { targets }, { totals }) {
    const total = (i: number): void => {
      body.get(PARAMS.work);
      body.memory(SIMD.load, totals + 16 * i);
    };
    const kept = body.v128Local();
    storeEach(
      body,
      targets,
      (i) => {
        total(i);
        body.tee(kept);
        body.get(kept);
        body.get(kept);
        body.zip("high");
        body.simd(SIMD.add);
      },
      (i) => {
        for (const half of ["low", "high"] as const) {
          total(i);
          total(i + 1);
          body.zip(half);
        }
        body.simd(SIMD.add);
      },
    );
  },

  point(body, writer, { roots, targets }) {
    storeEach(
      body,
      targets,
      (i) => writer.push(roots[i]!),
      (i) => {
        writer.push(roots[i]!);
        writer.push(roots[i + 1]!);
        body.zip("low");
      },
    );
  },
};

/** Numbers side by side in one store: who loads them in pairs need not wait for two. `one` pushes number i, `two` i and i + 1. */
function storeEach(
  body: Body,
  targets: readonly (readonly Target[])[],
  one: (i: number) => void,
  two: (i: number) => void,
): void {
  for (let i = 0; i < targets.length; i++) {
    const [place, more] = targets[i]!;
    const [next, nextMore] = targets[i + 1] ?? [];
    const joined =
      place &&
      next &&
      !more &&
      !nextMore &&
      place[0] === next[0] &&
      place[1] + 8 === next[1] &&
      place[1] % 16 === 0;
    for (const [pointer, offset] of targets[i]!) {
      body.get(pointer);
      if (joined) {
        two(i++);
        body.memory(SIMD.store, offset);
        break;
      }
      one(i);
      body.memory(SIMD.store64Lane, offset, 0);
    }
  }
}
