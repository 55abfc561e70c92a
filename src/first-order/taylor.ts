// Why a learning rate diverges: the second-order Taylor model of one gradient step, and the extreme eigenvalues of the
// Hessian by Lanczos' method (Golub & Van Loan 2013, section 10.1, with full reorthogonalisation) from Hessian-vector products.

import { largestOf, middleScale } from "../linalg/scaling.js";
import { Random } from "../random/philox.js";
import { takeWorkspace } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, isArrayLike, numberOption, optionError } from "../runtime/options.js";
import { forget, isPromise } from "../runtime/promises.js";
import type { Runtime } from "../runtime/runtime.js";
import { type BlasKernels, room } from "../wasm/blas.js";

export interface StepAnalysisOptions {
  /** Most Hessian-vector products: 30, and never more than there are parameters. */
  products?: number | undefined;
  /** Stops when the extreme eigenvalues change by less than this relative to the largest: 1e-6. */
  tolerance?: number | undefined;
  /** Of the random direction that joins the gradient in the start vector: 0. */
  seed?: number | undefined;
  runtime?: Runtime | undefined;
}

export interface StepAnalysis {
  /** g'g and g'Hg. */
  readonly slope: number;
  readonly curvature: number;
  /** Change of the function that the Taylor model predicts for x - lr g: -lr g'g + lr^2 g'Hg / 2. */
  predict(lr: number): number;
  /** Where the prediction is lowest: g'g / g'Hg; Infinity when the curvature along g is not positive. */
  readonly bestLr: number;
  /** A step below this lowers the prediction: 2 bestLr. */
  readonly descentLr: number;
  /** Gradient descent on the quadratic model is stable below this: 2 / largest eigenvalue; Infinity when none is positive. */
  readonly stableLr: number;
  readonly largest: number;
  readonly smallest: number;
  /** largest / smallest, an estimate from below that is exact with as many products as parameters; Infinity unless smallest > 0. */
  readonly conditionNumber: number;
  /** Hessian-vector products used. */
  readonly products: number;
}

/**
 * The second-order Taylor model of a gradient step, and the extreme eigenvalues of the Hessian by Lanczos' method. `hessVec(v,
 * out)` writes H v to `out`, which holds 0; both are borrowed for the call.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT; CALLBACK_RESULT for a product that is not finite, or returned instead of filled in.
 * @example
 * stepAnalysis([2, 40], (v, out) => { out[0] = 2 * v[0]; out[1] = 20 * v[1]; }).stableLr; // 2 / 20
 */
export function stepAnalysis(
  grad: ArrayLike<number>,
  hessVec: (v: Float64Array, out: Float64Array) => unknown,
  options: StepAnalysisOptions = {},
): StepAnalysis {
  const where = "stepAnalysis";
  const own = copyNumbers(where, "grad", grad);
  checkFinite(where, "grad", own);
  if (typeof hessVec !== "function") throw optionError(where, "hessVec", hessVec, "a function (v, out)");
  checkKeys(where, options, ["products", "tolerance", "seed", "runtime"]);
  const n = own.length;
  if (n === 0) throw new DownhillError("SHAPE", `${where}: grad is empty`);
  const wanted = numberOption(where, "products", options.products, 30, { min: 1, integer: true });
  const tolerance = numberOption(where, "tolerance", options.tolerance, 1e-6, { min: 0 });
  const seed = numberOption(where, "seed", options.seed, 0, { min: 0, max: 2 ** 53 - 1, integer: true });
  const most = Math.min(wanted, n);
  // Whole registers between the rows of the basis.
  const row = n + (n % 2);
  const workspace = takeWorkspace(options.runtime, {
    key: `stepAnalysis.${most}x${n}`,
    f64: { g: n, w: n, v: n, basis: most * row },
  });
  try {
    const blas = workspace.runtime.kernels<BlasKernels>(room);
    const { at, f64 } = workspace;
    const { g, w, v, basis } = at;
    const views = f64;
    // Copies: what hessVec does to its input reaches nobody.
    const [input, output] = [new Float64Array(n), new Float64Array(n)];
    const multiply = (from: number) => {
      blas.copyF64(n, from, v);
      input.set(views.v);
      output.fill(0);
      takeAnswer(where, hessVec(input, output), output);
      views.w.set(output);
      const norm = blas.nrm2F64(n, w);
      if (norm < Infinity) return;
      const index = views.w.findIndex((value) => !Number.isFinite(value));
      throw new DownhillError(
        "CALLBACK_RESULT",
        `${where}: hessVec wrote ${quote(views.w[index])} at ${index}`,
        {
          details: { index, value: views.w[index] },
        },
      );
    };
    // In a unit in which squares are numbers: a power of two near the ends of the range, and 1 elsewhere.
    const unit = middleScale(largestOf(own), "f64");
    views.g.set(own);
    blas.scalF64(n, unit, g);
    const squares = blas.dotF64(n, g, g);
    multiply(g);
    const bend = blas.dotF64(n, g, w);

    // The start has a part in every direction: the gradient alone may lie in an invariant subspace.
    const random = new Random(seed);
    const size = squares > 0 ? Math.sqrt(squares / n) : 1;
    for (let i = 0; i < n; i++) views.v[i] = views.g[i]! + size * (2 * random.uniform() - 1);
    blas.copyF64(n, v, basis);
    blas.scalF64(n, 1 / blas.nrm2F64(n, basis), basis);
    const alpha: number[] = [];
    const beta: number[] = [];
    let ends: [number, number] = [NaN, NaN];
    for (let j = 0; j < most; j++) {
      multiply(basis + j * row * 8);
      alpha.push(blas.dotF64(n, w, basis + j * row * 8));
      for (let twice = 0; twice < 2; twice++) {
        for (let i = 0; i <= j; i++) {
          const q = basis + i * row * 8;
          blas.axpyF64(n, -blas.dotF64(n, w, q), q, w);
        }
      }
      const before = ends;
      ends = extremes(alpha, beta);
      const scale = Math.max(Math.abs(ends[0]), Math.abs(ends[1]));
      const rest = blas.nrm2F64(n, w);
      if (rest <= 1e-14 * scale || j === most - 1) break;
      if (Math.max(Math.abs(ends[0] - before[0]), Math.abs(ends[1] - before[1])) < tolerance * scale) break;
      beta.push(rest);
      blas.copyF64(n, w, basis + (j + 1) * row * 8);
      blas.scalF64(n, 1 / rest, basis + (j + 1) * row * 8);
    }
    const [smallest, largest] = ends;
    const bestLr = bend > 0 ? squares / bend : Infinity;
    const back = (value: number): number => value / unit / unit;
    return {
      slope: back(squares),
      curvature: back(bend),
      predict: (lr) => {
        numberOption("predict", "lr", lr, null, { infinite: true });
        return back(-lr * squares + (lr * lr * bend) / 2);
      },
      bestLr,
      descentLr: 2 * bestLr,
      stableLr: largest > 0 ? 2 / largest : Infinity,
      largest,
      smallest,
      conditionNumber: smallest > 0 ? largest / smallest : Infinity,
      products: alpha.length + 1,
    };
  } finally {
    workspace.release();
  }
}

/** CALLBACK_RESULT for a promise, or for an array returned where `out`, still 0, was to be filled. */
function takeAnswer(where: string, answer: unknown, out: Float64Array): void {
  const promised = isPromise(answer);
  const returned = answer !== out && isArrayLike(answer) && answer.length > 0 && out.every((v) => v === 0);
  if (!promised && !returned) return;
  if (promised) forget(answer);
  throw new DownhillError(
    "CALLBACK_RESULT",
    `${where}: hessVec returned ${quote(answer)}, expected it to fill out`,
    {
      hint: "write the result into out: (v, out) => { out[0] = ... }",
      details: { argument: "hessVec" },
    },
  );
}

/** Smallest and largest eigenvalue of a symmetric tridiagonal matrix, in a unit in which squares are numbers. */
function extremes(alpha: readonly number[], beta: readonly number[]): [number, number] {
  const unit = middleScale(Math.max(largestOf(alpha), largestOf(beta)), "f64");
  const scaled = (list: readonly number[]) => list.map((v) => v * unit);
  const [low, high] = bisected(scaled(alpha), scaled(beta));
  return [low / unit, high / unit];
}

/** By bisection on Sturm counts (Golub & Van Loan, 8.4.1). */
function bisected(alpha: readonly number[], beta: readonly number[]): [number, number] {
  const n = alpha.length;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < n; i++) {
    const radius = Math.abs(beta[i] ?? 0) + Math.abs(beta[i - 1] ?? 0);
    low = Math.min(low, alpha[i]! - radius);
    high = Math.max(high, alpha[i]! + radius);
  }
  const tiny = Math.max(Math.abs(low), Math.abs(high)) * 2 ** -60 + Number.MIN_VALUE;
  const below = (x: number): number => {
    let count = 0;
    let d = 1;
    for (let i = 0; i < n; i++) {
      const b = i === 0 ? 0 : beta[i - 1]!;
      d = alpha[i]! - x - (b * b) / d;
      if (d === 0) d = tiny;
      if (d < 0) count++;
    }
    return count;
  };
  /** Where the count of eigenvalues below x reaches k. */
  const find = (k: number): number => {
    let a = low - tiny;
    let b = high + tiny;
    for (let turn = 0; turn < 120; turn++) {
      const middle = a + (b - a) / 2;
      if (!(middle > a && middle < b)) break;
      if (below(middle) >= k) b = middle;
      else a = middle;
    }
    return a + (b - a) / 2;
  };
  return [find(1), find(n)];
}
