// chambollePock: F(Kx) + G(x) by the primal-dual hybrid gradient method with balanced steps. A. Chambolle and T. Pock, J. Math. Imaging
// Vis. 40 (2011) 120-145, algorithm 1; T. Goldstein, M. Li, X. Yuan, NIPS 2015, for the residuals and the balance.

import { run, runAsync } from "../../driver/run.js";
import { type Call, ITERATION, type Measure, type Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import type { Watch } from "../../driver/watch.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption } from "../../runtime/options.js";
import { type Applied, readOperator } from "./callbacks.js";
import { type MatrixFree, normOf, readMap } from "./linear-map.js";
import { norm2, type ProximalOperator } from "./operators.js";
import {
  ProximalAnswer,
  type ProximalEnd,
  type ProximalMethod,
  type ProximalResult,
  proximalTask,
  type State,
  shareOf,
} from "./task.js";

export interface ChambollePockProblem extends Limits {
  /** A matrix, a sparse one, or { rows, cols, apply, adjoint }. */
  K: unknown;
  /** Of F, which takes Kx (its conjugate's is found by Moreau's identity), and of G. */
  proxF: ProximalOperator;
  proxG: ProximalOperator;
  x0?: ArrayLike<number> | undefined;
  y0?: ArrayLike<number> | undefined;
  /**
   * Of both residuals, relative to K'y and Kx, or to 1 where that is more; where these never were as large as 1, to the largest that
   * they were. Default 1e-8.
   */
  tolerance?: number | undefined;
}

export class ChambollePockAnswer extends ProximalAnswer {
  /** The dual point: a subgradient of F at Kx. */
  readonly y: Float64Array;

  constructor(base: ConstructorParameters<typeof ProximalAnswer>, y: Float64Array) {
    super(...base);
    this.y = y.slice();
  }
}
export type ChambollePockResult = ProximalResult<ChambollePockAnswer>;

/**
 * Minimises F(Kx) + G(x).
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * // Basis pursuit: min |x|_1 with x1 + 2 x2 = 2, where F is the indicator of the point 2.
 * chambollePock({ K: [[1, 2]], proxF: project.box([2], [2]), proxG: prox.l1(1) }).x; // [0, 1]
 */
export function chambollePock(o: ChambollePockProblem): ChambollePockResult {
  return run(chambollePockTask("chambollePock", o));
}

/**
 * chambollePock that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await chambollePockAsync({ K: [[1, 2]], proxF: project.box([2], [2]), proxG: prox.l1(1) })).x; // [0, 1]
 */
export async function chambollePockAsync(o: ChambollePockProblem): Promise<ChambollePockResult> {
  return runAsync(chambollePockTask("chambollePockAsync", o));
}

function chambollePockTask(where: string, o: ChambollePockProblem): Task<ProximalEnd, ChambollePockResult> {
  checkKeys(where, o, [...limitKeys, "K", "proxF", "proxG", "x0", "y0", "tolerance"]);
  const K = readMap(where, "K", o.K);
  const F = readOperator(where, "proxF", o.proxF);
  const G = readOperator(where, "proxG", o.proxG);
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-8, { min: 0, exclusive: true });
  const vector = (name: "x0" | "y0", length: number): Float64Array => {
    const given = o[name];
    if (given === undefined) return new Float64Array(length);
    const own = copyNumbers(where, name, given, length);
    checkFinite(where, name, own);
    return own;
  };
  const state = { x: vector("x0", K.cols), fun: NaN, stepNorm: 0 };
  const y = vector("y0", K.rows);
  return proximalTask({
    where,
    limits: o,
    measure: "residual",
    tolerance,
    maxIterations: 50_000,
    state,
    run: (measure, watch) => primalDual(K, F, G, state, y, measure, watch),
    out: (end, watch, variant) => {
      const Kx = new Float64Array(K.rows);
      K.apply(state.x, Kx);
      state.fun = F.value(Kx) + G.value(state.x);
      return new ChambollePockAnswer(
        [end, watch, "chambollePock", variant, "convexMinimum", state],
        y,
      ) as unknown as ChambollePockResult;
    },
  });
}

/** How fast the balance of the two steps changes at first, and how that fades. */
const BALANCE = 0.5;
const FADE = 0.95;

function* primalDual(
  K: MatrixFree,
  F: Applied,
  G: Applied,
  state: State,
  y: Float64Array,
  measure: Measure<ProximalEnd>,
  watch: Watch,
): ProximalMethod {
  const { x } = state;
  const [n, m] = [x.length, y.length];
  const size = normOf(K) || 1;
  let tau = 1 / size;
  let sigma = 1 / size;
  let balance = BALANCE;
  const Kty = new Float64Array(n);
  const Kx = new Float64Array(m);
  K.adjoint(y, Kty);
  K.apply(x, Kx);
  const [xNew, v] = [new Float64Array(n), new Float64Array(n)];
  const [yNew, w, KxNew] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
  const KtyNew = new Float64Array(n);
  let seen = 0;
  let seenDual = 0;
  // Both steps are one evaluation.
  const steps: Call = { kind: "call", cost: () => 1, run: () => void watch.nfev++ };
  for (;;) {
    yield steps;
    for (let j = 0; j < n; j++) v[j] = x[j]! - tau * Kty[j]!;
    G.prox(v, tau, xNew);
    K.apply(xNew, KxNew);
    // prox of sigma F* at w is w - sigma prox of F / sigma at w / sigma (Moreau).
    for (let i = 0; i < m; i++) w[i] = y[i]! / sigma + 2 * KxNew[i]! - Kx[i]!;
    F.prox(w, 1 / sigma, yNew);
    for (let i = 0; i < m; i++) yNew[i] = sigma * (w[i]! - yNew[i]!);
    K.adjoint(yNew, KtyNew);
    // What the optimality conditions miss at the new point.
    let p = 0;
    let q = 0;
    let moved = 0;
    for (let j = 0; j < n; j++) {
      const dx = x[j]! - xNew[j]!;
      const e = dx / tau - (Kty[j]! - KtyNew[j]!);
      p += e * e;
      moved += dx * dx;
    }
    for (let i = 0; i < m; i++) {
      const e = (y[i]! - yNew[i]!) / sigma - (Kx[i]! - KxNew[i]!);
      q += e * e;
    }
    const [slope, image] = [norm2(KtyNew), norm2(KxNew)];
    // A multiplier of 0 stays so: then what the step itself is made of counts.
    seenDual = Math.max(seenDual, slope, norm2(xNew) / tau);
    seen = Math.max(seen, image, norm2(yNew) / sigma);
    const primal = shareOf(Math.sqrt(p), slope, seenDual);
    const dual = shareOf(Math.sqrt(q), image, seen);
    x.set(xNew);
    y.set(yNew);
    Kx.set(KxNew);
    Kty.set(KtyNew);
    state.stepNorm = Math.sqrt(moved);
    measure.value = Math.max(primal, dual);
    if (!(measure.value - measure.value === 0)) return { status: "failed", reason: "nonFinite" };
    yield ITERATION;
    if (primal > 2 * dual || dual > 2 * primal) {
      const by = primal > dual ? 1 / (1 - balance) : 1 - balance;
      tau *= by;
      sigma /= by;
      balance *= FADE;
    }
  }
}
