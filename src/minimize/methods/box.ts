// Directions within bounds: L-BFGS-B, and the spectral projected gradient (Birgin, Martínez and Raydan 2000).

import { S_COUNT, S_GAMMA, S_GRADIENT, S_HEAD, S_STEP, S_SY, S_UPDATED } from "../../abi/smooth.js";
import type { Vectors } from "../layout.js";
import type { Solve } from "../solve.js";
import type { Director } from "./descent.js";

/** Rows of the history are whole registers. */
export const rowLength = (n: number): number => n + (n & 1);

export function boxVectors(n: number, m: number): Vectors {
  // small: three square matrices of 2m, five vectors of 2m.
  return { SS: m * m, SY: m * m, breaks: n, cauchy: n, r: n, small: 12 * m * m + 10 * m };
}

const VECTORS = ["d", "S", "Y", "SS", "SY", "breaks", "cauchy", "r", "small", "heap"] as const;
type Vector = (typeof VECTORS)[number];

export class BoxLimitedMemory implements Director {
  slope = 0;
  readonly first = 1;
  longest = 1;
  readonly ready = NaN;
  readonly #solve: Solve;
  readonly #m: number;
  readonly #ld: number;
  readonly #at: Readonly<Record<Vector, number>>;

  constructor(solve: Solve, m: number) {
    this.#solve = solve;
    this.#m = m;
    this.#ld = rowLength(solve.n);
    this.#at = Object.fromEntries(VECTORS.map((name) => [name, solve.address(name)])) as Record<
      Vector,
      number
    >;
  }

  direct(): null {
    const { n, kernels: k, here, lower, upper, state, s } = this.#solve;
    const { d, S, Y, SS, SY, breaks, cauchy, r, small, heap } = this.#at;
    const [m, ld] = [this.#m, this.#ld];
    const make = (): number => {
      // Before the first pair the model's minimum along the gradient is a step of the length that `reach` expects, in any units.
      if (s[S_COUNT] === 0) {
        const gamma = this.#solve.reach / this.#solve.steepness;
        s[S_GAMMA] = gamma > 0 && gamma < Infinity ? gamma : 1;
      }
      return k.boxDirection(
        n,
        m,
        ld,
        here.xp,
        here.gp,
        d,
        S,
        Y,
        SS,
        SY,
        lower,
        upper,
        breaks,
        cauchy,
        r,
        heap,
        small,
        state,
      );
    };
    this.slope = make();
    if (!(this.slope < 0) && this.forget()) this.slope = make();
    this.longest = k.boxLongest(n, here.xp, d, lower, upper);
    return null;
  }

  advance(): void {
    const { n, kernels, here, there, lower, upper, state } = this.#solve;
    const { S, Y, SS, SY } = this.#at;
    kernels.boxUpdate(
      n,
      this.#m,
      this.#ld,
      here.xp,
      here.gp,
      there.xp,
      there.gp,
      S,
      Y,
      SS,
      SY,
      lower,
      upper,
      state,
    );
  }

  forget(): boolean {
    const { s } = this.#solve;
    if (s[S_COUNT] === 0) return false;
    s[S_COUNT] = s[S_HEAD] = 0;
    return true;
  }
}

export class SpectralProjected implements Director {
  slope = 0;
  readonly first = 1;
  readonly longest = 1;
  readonly ready = NaN;
  readonly #solve: Solve;
  /** A fixed step, or 0: Barzilai and Borwein's. */
  readonly #fixed: number;

  constructor(solve: Solve, fixed: number) {
    this.#solve = solve;
    this.#fixed = fixed;
  }

  direct(): null {
    const { n, kernels, here, lower, upper, s } = this.#solve;
    let t = this.#fixed;
    if (t === 0) {
      t = s[S_COUNT] === 0 ? this.#solve.reach / this.#solve.steepness : s[S_GAMMA]!;
    }
    const d = this.#solve.address("d");
    this.slope = kernels.projectedDirection(n, t, here.xp, here.gp, d, lower, upper);
    return null;
  }

  advance(): void {
    const { n, kernels, here, there, s } = this.#solve;
    let sy = 0;
    let ss = 0;
    for (let j = 0; j < n; j++) {
      const dx = here.x[j]! - there.x[j]!;
      ss += dx * dx;
      sy += dx * (here.g[j]! - there.g[j]!);
    }
    s[S_UPDATED] = sy > 0 ? 1 : 0;
    s[S_SY] = sy;
    // Without curvature along the step, as long a step as this one was.
    s[S_GAMMA] = sy > 0 ? ss / sy : Math.sqrt(ss) / this.#solve.steepness;
    s[S_COUNT] = 1;
    s[S_GRADIENT] = this.#solve.gradientSize(here);
    s[S_STEP] = kernels.distance(n, here.xp, there.xp);
  }

  forget(): boolean {
    const { s } = this.#solve;
    if (s[S_COUNT] === 0) return false;
    s[S_COUNT] = 0;
    return true;
  }
}
