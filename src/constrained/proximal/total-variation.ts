// Total variation of a picture: the dual of |u - f|^2 / 2 + lambda sum |grad u| by accelerated projected gradients with restart.
// A. Chambolle, J. Math. Imaging Vis. 20 (2004) 89-97 for the dual; A. Beck and M. Teboulle, IEEE Trans. Image Process. 18 (2009)
// 2419-2434 for the acceleration; B. O'Donoghue and E. Candes, Found. Comput. Math. 15 (2015) for the restart.

import { takeWorkspace } from "../../runtime/default.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { Workspace } from "../../runtime/workspace.js";
import { type ConvexKernels, room } from "../../wasm/convex.js";

type Vectors = "f" | "u" | "px" | "py" | "qx" | "qy" | "sums";

/** Vectors of a run over a picture of `width` x `height`, one channel. */
export class TotalVariation {
  readonly width: number;
  readonly height: number;
  readonly lambda: number;
  readonly f: Float64Array;
  /** The picture f + lambda div p. */
  readonly u: Float64Array;
  readonly #w: Workspace<Vectors, never, never>;
  readonly #k: ConvexKernels;
  #t = 1;
  /** After `measure`: |u - f|^2 / 2 + lambda TV(u), and how far it is from the minimum at most. */
  objective = Infinity;
  gap = Infinity;

  /** f is to be filled before the first step. */
  constructor(width: number, height: number, lambda: number, runtime: Runtime | undefined) {
    const size = width * height;
    this.width = width;
    this.height = height;
    this.lambda = lambda;
    this.#w = takeWorkspace(runtime, {
      key: `total variation ${size}`,
      f64: { f: size, u: size, px: size, py: size, qx: size, qy: size, sums: 3 },
    });
    this.#k = this.#w.runtime.kernels(room);
    const { f64 } = this.#w;
    for (const name of ["px", "py", "qx", "qy"] as const) f64[name].fill(0);
    this.f = f64.f;
    this.u = f64.u;
  }

  step(): void {
    const { width, height, lambda } = this;
    const { f, u, px, py, qx, qy } = this.#w.at;
    this.#k.tvPicture(width, height, lambda, f, qx, qy, u);
    // FISTA's weights; a step that turns against the momentum begins anew.
    const next = (1 + Math.sqrt(1 + 4 * this.#t * this.#t)) / 2;
    const beta = (this.#t - 1) / next;
    const against = this.#k.tvAscend(width, height, 1 / (8 * lambda), beta, u, px, py, qx, qy) > 0;
    this.#t = against ? 1 : next;
  }

  /** u, objective and gap of the dual point itself. */
  measure(): void {
    const { width, height, lambda } = this;
    const { f, u, px, py, sums } = this.#w.at;
    this.#k.tvPicture(width, height, lambda, f, px, py, u);
    this.#k.tvMeasure(width, height, f, u, px, py, sums);
    const [variation, product, square] = this.#w.f64.sums as unknown as [number, number, number];
    this.objective = square / 2 + lambda * variation;
    // primal - dual = lambda sum (|grad u| - p . grad u).
    this.gap = Math.max(0, lambda * (variation - product));
  }

  release(): void {
    this.#w.release();
  }
}
