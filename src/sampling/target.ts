// A density as the samplers see it: on free coordinates, Jacobians included, with its gradient where it has one. What the user
// gave is called in the user's space.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Block } from "./transform.js";
import { transforms } from "./transforms.js";

/** What the user's functions are called with; a promise makes the run an asynchronous one. */
export interface DensityFunctions {
  readonly value: ((x: Float64Array) => unknown) | null;
  readonly gradient: ((x: Float64Array, g: Float64Array) => unknown) | null;
}

/** Steps of central differences on the free scale: eps^(1/3) max(1, |u|). */
const STEP = 6.055454452393343e-6;

export class Target {
  readonly where: string;
  readonly blocks: readonly Block[];
  readonly names: readonly string[];
  /** Coordinates of the user, and free ones. */
  readonly size: number;
  readonly free: number;
  readonly #functions: DensityFunctions;
  /** Gradients come from differences of the value. */
  readonly #differences: boolean;
  readonly #x: Float64Array;
  readonly #gx: Float64Array;
  readonly #near: Float64Array;
  readonly #plain: boolean;
  /** The first point of numbers at which the log density was +Infinity. */
  infiniteAt: Float64Array | null = null;

  constructor(
    where: string,
    functions: DensityFunctions,
    blocks: readonly Block[],
    names: readonly string[],
    differences: boolean,
  ) {
    this.where = where;
    this.blocks = blocks;
    this.names = names;
    this.size = blocks.reduce((sum, b) => sum + b.size, 0);
    this.free = blocks.reduce((sum, b) => sum + transforms[b.kind].free(b.size), 0);
    this.#functions = functions;
    this.#differences = differences;
    this.#x = new Float64Array(this.size);
    this.#gx = new Float64Array(this.size);
    this.#near = new Float64Array(this.free);
    this.#plain = blocks.every((b) => b.kind === "real");
  }

  /** First steps go far: what they met is nothing that the draws have met. */
  forget(): void {
    this.infiniteAt = null;
  }

  /** The density as it was given, where that is one function of x. */
  get function(): unknown {
    return this.#functions.value;
  }

  /** Whether gradients can be had at all. */
  get differentiable(): boolean {
    return this.#functions.gradient !== null || this.#differences;
  }

  /** Evaluations of the user's function that one gradient takes. */
  get gradientCost(): number {
    return this.#functions.gradient ? 1 : 2 * this.free + 1;
  }

  /** x from free coordinates; returns log |Jacobian|. */
  constrain(u: Float64Array, x: Float64Array): number {
    if (this.#plain) {
      x.set(u);
      return 0;
    }
    let jacobian = 0;
    for (let k = 0; k < this.blocks.length; k++) {
      const b = this.blocks[k]!;
      jacobian += transforms[b.kind].constrain(b, u, x);
    }
    return jacobian;
  }

  unconstrain(x: ArrayLike<number>, u: Float64Array): void {
    for (const b of this.blocks) transforms[b.kind].unconstrain(b, x, u);
  }

  /** The log density on the free scale; fills g where it is given. NaN and +Infinity count as impossible: -Infinity. */
  evaluate(u: Float64Array, g: Float64Array | null): number | PromiseLike<number> {
    if (g && !this.#functions.gradient) return this.#byDifferences(u, g);
    const x = this.#x;
    const jacobian = this.constrain(u, x);
    if (!g) return this.#finish(this.#call(x), jacobian);
    const gx = this.#gx;
    gx.fill(0);
    const value = this.#functions.gradient!(x, gx);
    if (typeof value === "number") return this.#pull(value, jacobian, u, g);
    return this.#late(value, (late) => {
      // A callback may have kept other evaluations in between: the point is transformed again.
      const again = this.constrain(u, x);
      return this.#pull(late, again, u, g);
    });
  }

  #call(x: Float64Array): unknown {
    const { value, gradient } = this.#functions;
    return value ? value(x) : gradient!(x, this.#gx);
  }

  #finish(value: unknown, jacobian: number): number | PromiseLike<number> {
    if (typeof value === "number") return this.#judge(value, jacobian);
    return this.#late(value, (late) => this.#judge(late, jacobian));
  }

  #pull(value: number, jacobian: number, u: Float64Array, g: Float64Array): number {
    if (this.#plain) g.set(this.#gx);
    else {
      for (let k = 0; k < this.blocks.length; k++) {
        const b = this.blocks[k]!;
        transforms[b.kind].pull(b, u, this.#x, this.#gx, g);
      }
    }
    return this.#judge(value, jacobian);
  }

  /** NaN and +Infinity are nowhere: the density counts as zero there, and a trajectory that meets it diverges. */
  #judge(value: number, jacobian: number): number {
    if (value === Infinity && this.#x.every(Number.isFinite)) this.infiniteAt ??= this.#x.slice();
    const sum = value + jacobian;
    return Number.isNaN(sum) || sum === Infinity ? -Infinity : sum;
  }

  #late(value: unknown, then: (value: number) => number): PromiseLike<number> {
    if (typeof value === "object" && value !== null && "then" in value) {
      return (value as PromiseLike<unknown>).then((late) => {
        if (typeof late !== "number") throw this.#refuse(late);
        return then(late);
      });
    }
    throw this.#refuse(value);
  }

  #refuse(value: unknown): DownhillError {
    return new DownhillError(
      "CALLBACK_RESULT",
      `${this.where}: the log density must be a number, got ${quote(value)}`,
      {
        hint: "return -Infinity where the density is zero",
      },
    );
  }

  /** Central differences: truncation and rounding meet at about eps^(2/3). */
  #byDifferences(u: Float64Array, g: Float64Array): number | PromiseLike<number> {
    const here = this.evaluate(u, null);
    if (typeof here !== "number") return this.#lateDifferences(here, u, g);
    const near = this.#near;
    near.set(u);
    for (let i = 0; i < u.length; i++) {
      const h = STEP * Math.max(1, Math.abs(u[i]!));
      near[i] = u[i]! + h;
      const ahead = this.evaluate(near, null);
      if (typeof ahead !== "number") return this.#lateDifferences(here, u, g, i, ahead);
      near[i] = u[i]! - h;
      const behind = this.evaluate(near, null);
      if (typeof behind !== "number") return this.#lateDifferences(here, u, g, i, ahead, behind);
      near[i] = u[i]!;
      g[i] = (ahead - behind) / (2 * h);
    }
    return here;
  }

  /** From the first answer that is a promise: at u itself, or on either side of it along coordinate `from`. */
  async #lateDifferences(
    here: number | PromiseLike<number>,
    u: Float64Array,
    g: Float64Array,
    from = 0,
    ...sides: (number | PromiseLike<number>)[]
  ): Promise<number> {
    const value = typeof here === "number" ? here : await here;
    const near = u.slice();
    for (let i = from; i < u.length; i++) {
      const h = STEP * Math.max(1, Math.abs(u[i]!));
      near[i] = u[i]! + h;
      const ahead = await (sides.shift() ?? this.evaluate(near, null));
      near[i] = u[i]! - h;
      const behind = await (sides.shift() ?? this.evaluate(near, null));
      near[i] = u[i]!;
      g[i] = (ahead - behind) / (2 * h);
    }
    return value;
  }
}
