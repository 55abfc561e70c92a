// Nonlinear least squares: one flat generator that asks for residuals and Jacobians; policies say how long a step is.

import { normalEquations } from "./linalg.js";
import { type LossName, reweight, cost as robustCost } from "./loss.js";
import {
  Damping,
  Dogleg,
  Halving,
  type Policy,
  quadraticForm,
  type Situation,
  TrustRegion,
  type Verdict,
} from "./policy.js";
import { EPS, NormalModel, OrthogonalModel, type Quadratic } from "./quadratic.js";

/** The one reused request. Residuals at x go to `residuals`; the Jacobian (m x n) to `jacobian`, with `residuals` holding r(x). */
export interface Request {
  kind: "residuals" | "jacobian";
  x: Float64Array;
  residuals: Float64Array;
  jacobian: Float64Array;
  /** What difference steps should be: coarse = forward, fine = central. */
  fine: boolean;
  /** The answerer sets it where the Jacobian is exact, so no second pass is needed. */
  exact: boolean;
  /** Largest |x_j| so far (1 where that is 0): the size of a parameter, for difference steps. */
  span: Float64Array;
}
export type Method = "levenbergMarquardt" | "levenberg" | "dogleg" | "gaussNewton";
export interface Options {
  method?: Method;
  lower?: ArrayLike<number>;
  upper?: ArrayLike<number>;
  loss?: LossName;
  lossScale?: number;
  /** |J p_GN| <= gradTol |r|: the cosine of the angle between r and the tangent plane (relative offset, Bates and Watts 1981). */
  gradTol?: number;
  /** |p_j| <= stepTol |x_j| for every j, p the full Gauss-Newton step. */
  stepTol?: number;
  /** predicted <= funTol cost, with an actual reduction that is as small or below rounding. */
  funTol?: number;
  maxIterations?: number;
  factor?: number;
  linear?: "auto" | "normal" | "qr";
  trace?: (line: string) => void;
}
export interface Outcome {
  status: "converged" | "stopped" | "failed";
  reason: string;
  x: Float64Array;
  residuals: Float64Array;
  cost: number; // sum of squares, or the robust sum
  rss: number;
  nit: number;
  nfev: number;
  njev: number;
  qrSteps: number;
  offset: number;
  cosine: number;
  pivot: number;
  rank: number;
}

const PIVOT = 1e-8; // below it the step comes from QR: the normal equations would leave less than 8 digits of it
const SINGULAR = 2 ** -40; // relative pivot of a Jacobian that is rank deficient to rounding
const NOISE = 4 * EPS;
const TRUST = 0.9; // a step too small for the cost to judge must shrink the offset by this
const FINE_OFFSET = 1e-2; // relative Gauss-Newton step at which differences become central
const STALL_COSINE = 1e-6; // |J_j'r| <= this |J_j| |r|: as stationary as the cost can show
const STALL_OFFSET = 1e-5; // and, where J has full rank, a Gauss-Newton step that explains no more than this of r

export function* leastSquares(
  m: number,
  n: number,
  x0: ArrayLike<number>,
  o: Options = {},
): Generator<Request, Outcome, void> {
  const {
    method = "levenbergMarquardt",
    loss = "linear",
    lossScale: C = 1,
    linear = "auto",
    lower,
    upper,
  } = o;
  const { gradTol = 1e-10, stepTol = 1e-10, funTol = 1e-18, maxIterations = 1000, factor = 1 } = o;
  const f64 = (k: number): Float64Array => new Float64Array(k);
  const low = (j: number): number => lower?.[j] ?? Number.NEGATIVE_INFINITY;
  const high = (j: number): number => upper?.[j] ?? Number.POSITIVE_INFINITY;
  const bounded = lower !== undefined || upper !== undefined;

  const x = Float64Array.from(x0);
  const trial = f64(n);
  const before = f64(n); // where the last accepted step came from
  const p = f64(n);
  const gn = f64(n);
  const zero = f64(n);
  const g = f64(n);
  const d = f64(n).fill(1);
  const A = f64(n * n);
  const J = f64(m * n);
  let r = f64(m);
  let rTrial = f64(m); // after an accepted step it still holds the residuals at `before`
  const f = loss === "linear" ? null : f64(m);
  const free = new Int32Array(n);
  const normal = new NormalModel(n, A, g, d);
  let orthogonal: OrthogonalModel | null = null;
  const box = bounded ? new Box(n, x, A, g, d, low, high) : null;
  const policy: Policy =
    method === "gaussNewton"
      ? new Halving()
      : method === "dogleg"
        ? new Dogleg(factor)
        : method === "levenberg"
          ? new Damping()
          : new TrustRegion(factor);
  const span = Float64Array.from(x, (v) => Math.abs(v) || 1);
  const request: Request = {
    kind: "residuals",
    x,
    residuals: r,
    jacobian: J,
    fine: false,
    exact: false,
    span,
  };
  const situation: Situation = { n, k: 0, free, A, g, d, quadratic: normal, p };
  const verdict: Verdict = {
    accepted: false,
    ratio: 0,
    actual: 0,
    cost: 0,
    trialCost: 0,
    slope: 0,
    length: 0,
    clipped: false,
  };

  let nit = 0;
  let nfev = 0;
  let njev = 0;
  let qrSteps = 0;
  let cost = 0;
  let costBefore = 0;
  let offset = Number.POSITIVE_INFINITY;
  let offsetBefore = 0;
  let cosine = 0;
  let quadratic: Quadratic = normal;
  let onTrust = false; // the last step was accepted because the cost cannot tell; the offset must confirm it
  let shrinks = 0;

  const norm = (v: Float64Array): number => {
    let s = 0;
    for (let j = 0; j < n; j++) s += (d[j]! * v[j]!) ** 2;
    return Math.sqrt(s);
  };
  const refine = (): void => {
    request.fine = true;
    onTrust = false;
    policy.widen(Math.min(2 * norm(gn), Math.sqrt(cost)));
  };
  const revert = (): void => {
    x.set(before);
    [r, rTrial] = [rTrial, r];
    cost = costBefore;
  };
  const done = (status: Outcome["status"], reason: string): Outcome => {
    if (status === "converged") {
      // a parameter that no longer moves the residuals over its whole range so far: |J_j| span_j <= eps max_k |J_k| span_k
      let most = 0;
      for (let j = 0; j < n; j++) most = Math.max(most, Math.sqrt(A[j * n + j]!) * span[j]!);
      for (let j = 0; j < n; j++)
        if (low(j) < high(j) && !(Math.sqrt(A[j * n + j]!) * span[j]! > EPS * most))
          [status, reason] = ["failed", "singular"];
    }
    let rss = 0;
    for (let i = 0; i < m; i++) rss += r[i]! * r[i]!;
    return {
      status,
      reason,
      x,
      residuals: r,
      cost,
      rss,
      nit,
      nfev,
      njev,
      qrSteps,
      offset,
      cosine,
      pivot: quadratic.pivot,
      rank: quadratic.rank,
    };
  };

  yield request;
  nfev++;
  cost = robustCost(m, r, loss, C);
  if (cost === Number.POSITIVE_INFINITY) return done("failed", "nonFinite");
  const firstCost = cost;

  for (;;) {
    // ----- linearise -----
    request.kind = "jacobian";
    request.x = x;
    request.residuals = r;
    yield request;
    njev++;
    const recovering = !finite(m * n, J);
    if (recovering) {
      if (njev === 1 || shrinks >= 60) return done("failed", "nonFinite");
      revert();
      onTrust = false;
    } else {
      if (f !== null) reweight(m, n, r, f, J, loss, C);
      normalEquations(m, n, J, f ?? r, A, g);
      if (!finite(n * n, A)) return done("failed", "nonFinite");
      if (method !== "levenberg") {
        // More (1978), section 4: the largest column so far; a column that has always been 0 gets any small number
        for (let j = 0; j < n; j++) d[j] = Math.max(Math.sqrt(A[j * n + j]!), njev === 1 ? 0 : d[j]!);
        const most = Math.max(...d);
        for (let j = 0; j < n; j++) if (d[j] === 0) d[j] = most > 0 ? EPS * most : 1;
      }
      if (njev === 1) policy.begin(Math.sqrt(cost));
    }
    const accurate = request.fine || request.exact;

    // ----- free variables and the Gauss-Newton step -----
    let k = 0;
    cosine = 0;
    for (let j = 0; j < n; j++) {
      if (low(j) === high(j) || (x[j]! <= low(j) && g[j]! >= 0) || (x[j]! >= high(j) && g[j]! <= 0)) continue;
      free[k++] = j;
      if (A[j * n + j]! > 0)
        cosine = Math.max(cosine, Math.abs(g[j]!) / (Math.sqrt(A[j * n + j]!) * Math.sqrt(cost)));
    }
    situation.k = k;
    gn.fill(0);
    offset = 0;
    if (cost > 0 && k > 0 && cosine > 0) {
      quadratic = normal;
      if (linear !== "qr") {
        normal.restrict(k, free, zero);
        normal.gaussNewton(gn);
      }
      if (linear === "qr" || (linear === "auto" && normal.pivot < PIVOT)) {
        orthogonal ??= new OrthogonalModel(m, n, d);
        if (!recovering) orthogonal.factor(J, f ?? r);
        qrSteps++;
        quadratic = orthogonal;
        orthogonal.restrict(k, free, zero);
        orthogonal.gaussNewton(gn);
      }
      let decrease = 0;
      for (let j = 0; j < n; j++) decrease -= g[j]! * gn[j]!;
      offset = quadratic.rank > 0 ? Math.sqrt(Math.max(decrease, 0) / cost) : Number.POSITIVE_INFINITY;
    }
    situation.quadratic = quadratic;
    if (onTrust) {
      onTrust = false;
      if (!(offset <= TRUST * offsetBefore)) {
        if (offset > offsetBefore) {
          revert();
          offset = offsetBefore;
        }
        return done("converged", "fun");
      }
    }
    if (offset === 0 || (offset <= gradTol && quadratic.rank === k)) {
      if (accurate || cost === 0) return done("converged", "gradient");
      refine();
      continue;
    }
    if (recovering) {
      verdict.accepted = false;
      verdict.ratio = -1;
      verdict.actual = Number.NEGATIVE_INFINITY;
      verdict.trialCost = Number.POSITIVE_INFINITY;
      policy.judge(verdict);
      shrinks++;
    } else shrinks = 0;

    // ----- trial steps from this linearisation -----
    let scale = 0;
    for (let j = 0; j < n; j++) scale += A[j * n + j]! * x[j]! * x[j]!;
    const noise = NOISE * (cost + Math.sqrt(cost) * Math.sqrt(scale)); // rounding of the cost, with |J_j x_j| for the size of what residuals are differences of
    if (quadratic.rank === k && offset * offset * cost <= noise) policy.widen(norm(gn)); // the cost cannot judge the step
    let again = true;
    let stale = false;
    while (again) {
      p.set(gn);
      if (stale) {
        quadratic.restrict(k, free, zero);
        quadratic.gaussNewton(p); // brings back the undamped factor that the last trial overwrote
      }
      stale = true;
      policy.step(situation);
      const clipped =
        box?.fit(situation, policy.lambda, method === "levenbergMarquardt" || method === "levenberg") ??
        false;
      const full = policy.full && !clipped;
      let slope = 0;
      for (let j = 0; j < n; j++) slope += 2 * g[j]! * p[j]!;
      const length = norm(p);
      // cost - |r + J p|^2, without cancellation for a damped solution
      let predicted =
        policy.lambda > 0 && !clipped
          ? policy.lambda * length * length - slope / 2
          : -slope - quadraticForm(n, A, p);
      if (full) predicted = -slope / 2;
      let moved = false;
      for (let j = 0; j < n; j++) {
        trial[j] = bounded ? Math.min(Math.max(x[j]! + p[j]!, low(j)), high(j)) : x[j]! + p[j]!;
        if (trial[j] !== x[j]) moved = true;
      }
      nit++;
      request.kind = "residuals";
      request.x = trial;
      request.residuals = rTrial;
      yield request;
      nfev++;
      const trialCost = robustCost(m, rTrial, loss, C);
      const actual = cost - trialCost;
      const ratio = predicted > 0 ? actual / predicted : -1;
      o.trace?.(
        `${nit} cost ${cost} ratio ${ratio} lambda ${policy.lambda} length ${length} offset ${offset} pivot ${quadratic.pivot}`,
      );

      let small = full;
      const near = full && offset <= FINE_OFFSET;
      if (!(offset * offset * cost <= stepTol * firstCost || predicted <= noise)) small = false;
      for (let j = 0; j < n; j++) {
        if (Math.abs(p[j]!) > stepTol * Math.abs(x[j]!)) small = false;
      }
      const flat =
        predicted <= funTol * cost &&
        Math.abs(actual) <= Math.max(funTol * cost, noise) &&
        (full || offset * offset <= funTol);
      const clear = method === "levenbergMarquardt" && predicted > 1e4 * noise;
      let accepted = ratio > (clear ? 0.25 : 1e-4) && actual > 0;
      if (!accepted && full && predicted <= noise && Math.abs(actual) <= noise && quadratic.rank === k) {
        accepted = onTrust = true;
        offsetBefore = offset;
        policy.widen(2 * length);
      } else {
        verdict.accepted = accepted;
        verdict.ratio = ratio;
        verdict.actual = actual;
        verdict.cost = cost;
        verdict.trialCost = trialCost;
        verdict.slope = slope;
        verdict.length = length;
        verdict.clipped = clipped;
        policy.judge(verdict);
      }
      if (accepted) {
        before.set(x);
        costBefore = cost;
        x.set(trial);
        cost = trialCost;
        [r, rTrial] = [rTrial, r];
        for (let j = 0; j < n; j++) span[j] = Math.max(span[j]!, Math.abs(x[j]!));
        again = false;
      }
      if (small || flat) {
        if (accurate) return done("converged", small ? "step" : "fun");
        refine();
        again = false;
      } else if (nit >= maxIterations) return done("stopped", "maxIterations");
      else if (accepted) {
        if (near && !accurate) refine();
      } else if (predicted <= noise || !moved || ++shrinks >= 60) {
        // the cost cannot judge any shorter step
        if (accurate)
          return cosine <= STALL_COSINE && (offset <= STALL_OFFSET || quadratic.pivot < SINGULAR)
            ? done("converged", "fun")
            : done("failed", "stalled");
        refine();
        again = false;
      }
    }
  }
}

function finite(k: number, v: Float64Array): boolean {
  let s = 0;
  for (let i = 0; i < k; i++) s += v[i]! - v[i]!;
  return s === 0;
}

/** min g'p + p'(A + lambda D^2) p / 2 over l <= x + p <= u by a primal active set (Lawson-Hanson / BVLS): each round lowers the model, so the result descends. */
class Box {
  private readonly z: Float64Array;
  private readonly held: Float64Array;
  private readonly side: Int8Array;
  private readonly sub: Int32Array;
  constructor(
    private readonly n: number,
    private readonly x: Float64Array,
    private readonly A: Float64Array,
    private readonly g: Float64Array,
    private readonly d: Float64Array,
    private readonly low: (j: number) => number,
    private readonly high: (j: number) => number,
  ) {
    this.z = new Float64Array(n);
    this.held = new Float64Array(n);
    this.side = new Int8Array(n);
    this.sub = new Int32Array(n);
  }
  /** Fits the step s.p into the box; false when it was inside. */
  fit(s: Situation, lambda: number, solve: boolean): boolean {
    const { p, k, free } = s;
    let outside = false;
    for (let a = 0; a < k; a++) {
      const j = free[a]!;
      if (p[j]! < this.low(j) - this.x[j]! || p[j]! > this.high(j) - this.x[j]!) outside = true;
    }
    if (!outside) return false;
    const asked = norm(s, p);
    if (solve && (lambda > 0 || s.quadratic.rank === k)) this.activeSet(s, lambda);
    else for (let a = 0; a < k; a++) p[free[a]!] = this.clamp(free[a]!, p[free[a]!]!);
    if (!(this.model(p) > 0)) this.projectedGradient(s, asked);
    return true;
  }
  private clamp(j: number, v: number): number {
    return Math.min(Math.max(v, this.low(j) - this.x[j]!), this.high(j) - this.x[j]!);
  }
  private model(p: Float64Array): number {
    let s = 0;
    for (let j = 0; j < this.n; j++) s -= 2 * this.g[j]! * p[j]!;
    return s - quadraticForm(this.n, this.A, p);
  }
  private activeSet(s: Situation, lambda: number): void {
    const { n, x, A, g, d, z, held, side, sub } = this;
    const { p, free, quadratic } = s;
    p.fill(0);
    side.fill(0);
    for (let round = 0; round < 3 * n + 10; round++) {
      let k = 0;
      held.fill(0);
      for (let a = 0; a < s.k; a++) {
        const j = free[a]!;
        if (side[j] === 0) sub[k++] = j;
        else held[j] = p[j]!;
      }
      let hit = -1;
      if (k > 0) {
        quadratic.restrict(k, sub, held);
        z.fill(0);
        if (lambda === 0) quadratic.gaussNewton(z);
        else quadratic.damped(lambda, z);
        let alpha = 1;
        for (let a = 0; a < k; a++) {
          const j = sub[a]!;
          const wall =
            z[j]! < this.low(j) - x[j]!
              ? this.low(j) - x[j]!
              : z[j]! > this.high(j) - x[j]!
                ? this.high(j) - x[j]!
                : z[j]!;
          if (wall === z[j]) continue;
          const t = (wall - p[j]!) / (z[j]! - p[j]!);
          if (t < alpha || hit < 0) [alpha, hit] = [t, j];
        }
        for (let a = 0; a < k; a++) {
          const j = sub[a]!;
          p[j] = hit < 0 ? z[j]! : this.clamp(j, p[j]! + alpha * (z[j]! - p[j]!));
        }
        if (hit >= 0) {
          const below = z[hit]! < this.low(hit) - x[hit]!;
          side[hit] = below ? -1 : 1;
          p[hit] = below ? this.low(hit) - x[hit]! : this.high(hit) - x[hit]!;
          continue;
        }
      }
      let worst = 0;
      let out = -1; // the bound variable that the model pulls inwards most
      for (let a = 0; a < s.k; a++) {
        const j = free[a]!;
        if (side[j] === 0) continue;
        let t = g[j]! + lambda * d[j]! * d[j]! * p[j]!;
        for (let c = 0; c < n; c++) t += A[j * n + c]! * p[c]!;
        if ((t * side[j]!) / d[j]! > worst) [worst, out] = [(t * side[j]!) / d[j]!, j];
      }
      if (out < 0) return;
      side[out] = 0;
    }
  }
  /** The scaled gradient, clipped, halved until the model falls: for the rare step that clipping turned uphill. */
  private projectedGradient(s: Situation, length: number): void {
    const { z } = this;
    z.fill(0);
    for (let a = 0; a < s.k; a++) z[s.free[a]!] = -this.g[s.free[a]!]! / this.d[s.free[a]!]! ** 2;
    let t = length / norm(s, z);
    for (let i = 0; i < 60; i++, t /= 2) {
      s.p.fill(0);
      for (let a = 0; a < s.k; a++) s.p[s.free[a]!] = this.clamp(s.free[a]!, t * z[s.free[a]!]!);
      if (this.model(s.p) > 0) return;
    }
  }
}
function norm(s: Situation, v: Float64Array): number {
  let t = 0;
  for (let j = 0; j < s.n; j++) t += (s.d[j]! * v[j]!) ** 2;
  return Math.sqrt(t);
}
