// A local search for what is not smooth or too badly scaled for differences: one run of CMA-ES with a small step from a point that a
// search has found (a memetic step: Molina, Lozano, Garcia-Martinez and Herrera, Evol. Comput. 18 (2010) 27).

import { FORM_FULL, FORM_SEPARABLE } from "../abi/global.js";
import type { Runtime } from "../runtime/runtime.js";
import { defaultPopulation } from "./cma-parameters.js";
import { CmaRun } from "./cma-run.js";
import { rankOf } from "./ranking.js";
import { pack, unpack } from "./saving.js";

/** The first standard deviation, in the cube. */
const STEP = 0.05;
/** Variables up to which the covariance is kept whole. */
const FULL = 100;

export interface PolishContext {
  readonly n: number;
  readonly seed: number;
  readonly runtime: Runtime | undefined;
  readonly cells: Int32Array;
}

export class CmaPolish {
  readonly n: number;
  readonly x: Float64Array;
  f: number;
  evaluations = 0;
  readonly #run: CmaRun;
  readonly #most: number;

  /** From `x` in the cube, whose value is `f`, for about `most` evaluations; each polish of a search has a stream of its own. */
  constructor(context: PolishContext, x: ArrayLike<number>, f: number, most: number, stream: number) {
    const { n, seed, runtime, cells } = context;
    this.n = n;
    this.x = Float64Array.from(x);
    this.f = f;
    this.#most = most;
    this.#run = new CmaRun(
      {
        n,
        rows: defaultPopulation(n),
        form: n <= FULL ? FORM_FULL : FORM_SEPARABLE,
        active: true,
        mean: this.x,
        spread: new Float64Array(n).fill(STEP),
        seed,
        stream,
        maxGenerations: Infinity,
        cells,
      },
      runtime,
    );
  }

  get rows(): number {
    return this.#run.rows;
  }

  get points(): Float64Array {
    return this.#run.points;
  }

  get values(): Float64Array {
    return this.#run.values;
  }

  /** The lowest point, in the cube. */
  get point(): Float64Array {
    return this.x;
  }

  ask(): void {
    this.#run.ask();
    this.evaluations += this.rows;
  }

  /** True where the search is over. */
  tell(): boolean {
    const { rows, points, values, n } = this;
    for (let k = 0; k < rows; k++) {
      const f = rankOf(values[k]!);
      if (!(f < this.f)) continue;
      this.f = f;
      this.x.set(points.subarray(k * n, (k + 1) * n));
    }
    return this.#run.tell(Infinity) !== null || this.evaluations >= this.#most;
  }

  save(): unknown {
    return [pack([this.f, this.evaluations], this.x), this.#run.save()];
  }

  restore(saved: unknown): boolean {
    const [numbers, run] = Array.isArray(saved) ? saved : [];
    const head = new Float64Array(2);
    if (!unpack(numbers, head, this.x)) return false;
    [this.f, this.evaluations] = head as unknown as [number, number];
    return this.#run.restore(run);
  }

  release(): void {
    this.#run.release();
  }
}
