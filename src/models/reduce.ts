// What the kernels of objectives do with their roots: sums over the points, and values at a single point.

import type { GraphNode } from "./graph.js";
import { PARAMS } from "./kernel.js";
import type { Layout } from "./layout.js";
import { LOOP, type Reduction, type Sink } from "./loop.js";
import { type Body, SIMD } from "./wasm.js";
import type { ExpressionWriter } from "./write-expression.js";

/** More sums than this are accumulated in memory. */
const SUMS_IN_LOCALS = 24;

/** Sums of all roots over the block, added to the totals at its end. */
class Sums implements Sink {
  readonly #mask: number;
  readonly #locals: readonly number[];

  constructor(
    readonly body: Body,
    readonly writer: ExpressionWriter,
    readonly roots: readonly GraphNode[],
    readonly layout: Layout,
    readonly constant: (value: number) => void,
  ) {
    this.#mask = body.v128Local();
    this.#locals = roots.length <= SUMS_IN_LOCALS ? roots.map(() => body.v128Local()) : [];
    for (const root of roots) writer.use(root);
  }

  /** Writes `value` into accumulator i; `value` pushes. */
  #set(i: number, value: () => void): void {
    if (this.#locals.length === 0) this.body.get(LOOP.work);
    value();
    if (this.#locals.length > 0) this.body.set(this.#locals[i]!);
    else this.body.memory(SIMD.store, this.layout.accumulators + 16 * i);
  }
  #get(i: number): void {
    if (this.#locals.length > 0) {
      this.body.get(this.#locals[i]!);
      return;
    }
    this.body.get(LOOP.work);
    this.body.memory(SIMD.load, this.layout.accumulators + 16 * i);
  }

  begin(): void {
    this.body.mask(true);
    this.body.set(this.#mask);
    for (const i of this.roots.keys()) this.#set(i, () => this.constant(0));
  }
  odd(): void {
    this.body.mask(false);
    this.body.set(this.#mask);
  }

  store(): void {
    const { body, writer } = this;
    for (const [i, root] of this.roots.entries()) {
      this.#set(i, () => {
        this.#get(i);
        writer.push(root);
        body.get(this.#mask);
        body.simd(SIMD.and);
        body.simd(SIMD.add);
      });
    }
  }

  end(): void {
    const { body, layout } = this;
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
  sums: (body, writer, roots, layout, constant) => new Sums(body, writer, roots, layout, constant),

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
    const total = body.v128Local();
    targets.forEach((places, i) => {
      for (const [pointer, offset] of places) {
        body.get(PARAMS[pointer]);
        body.get(PARAMS.work);
        body.memory(SIMD.load, totals + 16 * i);
        body.tee(total);
        body.get(total);
        body.get(total);
        body.zip("high");
        body.simd(SIMD.add);
        body.memory(SIMD.store64Lane, offset, 0);
      }
    });
  },

  point(body, writer, { roots, targets }) {
    roots.forEach((root, i) => {
      for (const [pointer, offset] of targets[i]!) {
        body.get(PARAMS[pointer]);
        writer.push(root);
        body.memory(SIMD.store64Lane, offset, 0);
      }
    });
  },
};
