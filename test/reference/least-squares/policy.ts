// How long a step may be: More's trust region, Powell's dogleg, Levenberg's lambda I with Nielsen's update, Gauss-Newton with halving.
import type { Quadratic } from "./quadratic.js";

/** What a policy needs to know about the linearisation. p holds the Gauss-Newton step on entry and the step on return. */
export interface Situation {
  n: number;
  k: number;
  free: Int32Array;
  A: Float64Array;
  g: Float64Array;
  d: Float64Array;
  quadratic: Quadratic;
  p: Float64Array;
}
/** What came of a trial: ratio = actual / predicted; slope = 2 g'p. */
export interface Verdict {
  accepted: boolean;
  ratio: number;
  actual: number;
  cost: number;
  trialCost: number;
  slope: number;
  length: number;
  clipped: boolean;
}
export interface Policy {
  /** Damping of the last step; 0 for an undamped one. */
  lambda: number;
  /** True where the last step was the whole Gauss-Newton step. */
  full: boolean;
  /** `size`: of the residuals, which is what |D p| is compared with. */
  begin(size: number): void;
  step(s: Situation): void;
  judge(v: Verdict): void;
  /** Before the Jacobian becomes finer: let steps of this length through again. */
  widen(length: number): void;
}

function freeNorm(s: Situation, v: Float64Array): number {
  let t = 0;
  for (let a = 0; a < s.k; a++) {
    const j = s.free[a]!;
    t += (s.d[j]! * v[j]!) ** 2;
  }
  return Math.sqrt(t);
}
function scaledGradientNorm(s: Situation): number {
  let t = 0;
  for (let a = 0; a < s.k; a++) {
    const j = s.free[a]!;
    t += (s.g[j]! / s.d[j]!) ** 2;
  }
  return Math.sqrt(t);
}

/** More (1978), as in MINPACK's lmpar and lmder: |D p| <= radius within 10 %. */
export class TrustRegion implements Policy {
  lambda = 0;
  full = false;
  protected radius = 0;
  private first = true;
  constructor(private readonly factor = 1) {}
  begin(size: number): void {
    this.radius = this.factor * (size > 0 ? size : 1);
  }
  step(s: Situation): void {
    const { quadratic: q, p } = s;
    const { radius } = this;
    const usable = q.rank > 0;
    const gn = usable ? freeNorm(s, p) : Number.POSITIVE_INFINITY;
    this.full = true;
    const gradient = scaledGradientNorm(s);
    if ((usable && gn <= 1.1 * radius) || gradient === 0) {
      this.lambda = 0;
      return;
    }
    this.full = false;
    let low = q.rank === s.k ? (gn - radius) / radius / q.newtonDenominator(p, gn) : 0;
    let high = gradient / radius;
    let lambda = Math.min(Math.max(this.lambda, low), high);
    if (lambda === 0) lambda = usable ? gradient / gn : 0.001 * high;
    let phi = gn - radius;
    for (let i = 0; ; i++) {
      if (!(lambda > 0)) lambda = Math.max(1e-300, 0.001 * high);
      for (let t = 0; !q.damped(lambda, p) && t < 60; t++) lambda = Math.max(10 * lambda, 2 ** -52);
      const length = freeNorm(s, p);
      const before = phi;
      phi = length - radius;
      if (Math.abs(phi) <= 0.1 * radius || (low === 0 && phi <= before && before < 0) || i >= 10) break;
      const correction = phi / radius / q.newtonDenominator(p, length);
      if (phi > 0) low = Math.max(low, lambda);
      else high = Math.min(high, lambda);
      lambda = Math.max(low, lambda + correction);
    }
    this.lambda = lambda;
  }
  judge(v: Verdict): void {
    if (this.first) this.radius = Math.min(this.radius, v.length || this.radius);
    this.first = false;
    if (v.ratio <= 0.25) {
      let t = 0.5;
      if (v.actual < 0) t = -v.slope / (2 * (v.trialCost - v.cost - v.slope)); // minimiser of the parabola through cost, slope and trialCost
      if (!(t >= 0.1) || v.trialCost >= 100 * v.cost) t = 0.1;
      t = Math.min(t, 0.5);
      this.radius = t * Math.min(this.radius, v.length);
      this.lambda /= t;
    } else if (this.full || v.ratio >= 0.75) {
      this.radius = v.clipped ? Math.max(this.radius, 2 * v.length) : 2 * v.length;
      this.lambda *= 0.5;
    }
  }
  widen(length: number): void {
    this.radius = Math.max(this.radius, length);
  }
}

/** Powell's dogleg from the Cauchy point to the Gauss-Newton point in the scaled variables; radius as above. */
export class Dogleg extends TrustRegion {
  override step(s: Situation): void {
    const { k, free, g, d, A, n, p } = s;
    const usable = s.quadratic.rank > 0;
    this.full = usable && freeNorm(s, p) <= this.radius;
    if (this.full) return;
    const gradient = scaledGradientNorm(s);
    const u = new Float64Array(n);
    for (let a = 0; a < k; a++) u[free[a]!] = -g[free[a]!]! / d[free[a]!]! ** 2;
    const curvature = quadraticForm(n, A, u);
    const t = curvature > 0 ? gradient ** 2 / curvature : Number.POSITIVE_INFINITY;
    const length = t * gradient;
    if (!(length < this.radius) || !usable) {
      const c = Math.min(t, this.radius / gradient);
      for (let a = 0; a < k; a++) p[free[a]!] = c * u[free[a]!]!;
      return;
    }
    let aa = 0;
    let ab = 0;
    for (let a = 0; a < k; a++) {
      const j = free[a]!;
      const c = d[j]! * t * u[j]!;
      const v = d[j]! * p[j]! - c;
      aa += v * v;
      ab += c * v;
    }
    const gap = this.radius ** 2 - length ** 2;
    const w = gap / (ab + Math.sqrt(ab * ab + aa * gap));
    for (let a = 0; a < k; a++) {
      const j = free[a]!;
      p[j] = t * u[j]! + w * (p[j]! - t * u[j]!);
    }
  }
}

/** lambda D^2 with Nielsen's (1999) update; D = I gives Levenberg's method. */
export class Damping implements Policy {
  lambda = 0;
  full = false;
  private mu = 0;
  private nu = 2;
  constructor(private readonly tau = 1e-3) {}
  begin(): void {}
  step(s: Situation): void {
    const { p, d, g, quadratic } = s;
    if (this.mu === 0)
      for (let j = 0; j < s.n; j++) this.mu = Math.max(this.mu, (this.tau * s.A[j * s.n + j]!) / d[j]! ** 2);
    let decrease = 0;
    for (let a = 0; a < s.k; a++) decrease -= g[s.free[a]!]! * p[s.free[a]!]!;
    // where damping takes less than a millionth of the model away, the Gauss-Newton step stands and can end the run
    this.full = quadratic.rank === s.k && this.mu * freeNorm(s, p) ** 2 <= 1e-6 * decrease;
    this.lambda = this.full ? 0 : this.mu;
    if (this.full) return;
    for (let t = 0; !quadratic.damped(this.mu, p) && t < 60; t++) this.mu *= 4;
    this.lambda = this.mu;
  }
  judge(v: Verdict): void {
    if (v.accepted) {
      const t = 2 * v.ratio - 1;
      this.mu *= Math.max(1 / 3, 1 - t * t * t);
      this.nu = 2;
    } else {
      this.mu *= this.nu;
      this.nu *= 2;
    }
  }
  widen(): void {}
}

/** The Gauss-Newton step, halved until the cost falls. */
export class Halving implements Policy {
  lambda = 0;
  full = true;
  private fraction = 1;
  begin(): void {}
  step(s: Situation): void {
    for (let a = 0; a < s.k; a++) s.p[s.free[a]!]! *= this.fraction;
    this.full = this.fraction === 1;
  }
  judge(v: Verdict): void {
    this.fraction = v.accepted ? 1 : this.fraction / 2;
  }
  widen(): void {
    this.fraction = 1;
  }
}

export function quadraticForm(n: number, A: Float64Array, p: Float64Array): number {
  let s = 0;
  for (let j = 0; j < n; j++) {
    let t = 0;
    for (let k = 0; k < n; k++) t += A[j * n + k]! * p[k]!;
    s += t * p[j]!;
  }
  return s;
}
