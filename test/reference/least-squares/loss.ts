// Robust losses: cost = sum C^2 rho((r/C)^2), as scipy.optimize.least_squares defines them.
export type LossName = "linear" | "softL1" | "huber" | "cauchy" | "arctan" | "tukey";

/** rho(z) and rho'(z) into out[0], out[1]. */
export function rho(loss: LossName, z: number, out: Float64Array): void {
  switch (loss) {
    case "linear":
      out[0] = z;
      out[1] = 1;
      return;
    case "softL1": {
      const s = Math.sqrt(1 + z);
      out[0] = (2 * z) / (s + 1);
      out[1] = 1 / s;
      return;
    }
    case "huber": {
      const s = Math.sqrt(z);
      out[0] = z <= 1 ? z : 2 * s - 1;
      out[1] = z <= 1 ? 1 : 1 / s;
      return;
    }
    case "cauchy":
      out[0] = Math.log1p(z);
      out[1] = 1 / (1 + z);
      return; // the core's own log and atan in the library
    case "arctan":
      out[0] = Math.atan(z);
      out[1] = 1 / (1 + z * z);
      return;
    case "tukey": {
      const u = 1 - z;
      out[0] = z <= 1 ? z * (1 - z * (1 - z / 3)) : 1 / 3;
      out[1] = z <= 1 ? u * u : 0;
      return;
    }
  }
}
const pair = new Float64Array(2);
/** The cost; Infinity where a residual is NaN or infinite or the sum overflows, so that every comparison rejects it. */
export function cost(m: number, r: Float64Array, loss: LossName, C: number): number {
  let s = 0;
  let raw = 0;
  for (let i = 0; i < m; i++) {
    const q = r[i]! * r[i]!;
    raw += q;
    if (loss === "linear") continue;
    rho(loss, q / (C * C), pair);
    s += C * C * pair[0]!;
  }
  const value = loss === "linear" ? raw : s;
  return Number.isFinite(raw) && Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
}
/** Iterated reweighting: f_i = sqrt(rho') r_i and row i of J times sqrt(rho'). J'f is half the exact gradient; J'J majorises its Hessian as every rho here is concave. */
export function reweight(
  m: number,
  n: number,
  r: Float64Array,
  f: Float64Array,
  J: Float64Array,
  loss: LossName,
  C: number,
): void {
  for (let i = 0; i < m; i++) {
    rho(loss, (r[i]! / C) ** 2, pair);
    const w = Math.sqrt(pair[1]!);
    f[i] = w * r[i]!;
    for (let j = 0; j < n; j++) J[i * n + j]! *= w;
  }
}
/** 1.4826 median |r|: the standard deviation of normal residuals, blind to half of the data being wrong. */
export function mad(r: ArrayLike<number>): number {
  const a = Float64Array.from(r as ArrayLike<number>, Math.abs).sort();
  const h = a.length >> 1;
  return 1.482602218505602 * (a.length % 2 ? a[h]! : (a[h - 1]! + a[h]!) / 2);
}
/** lossScale "mad": C = tuning * mad(r), 95 % efficient on normal data (Holland and Welsch 1977); softL1 and arctan by analogy, not computed. */
export const TUNING: Record<LossName, number> = {
  linear: 1,
  softL1: 1.345,
  huber: 1.345,
  cauchy: 2.3849,
  arctan: 2.5,
  tukey: 4.6851,
};
