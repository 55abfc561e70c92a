// The densities of the samplers' benchmark by hand, in plain JavaScript: the value is returned and g is filled, on the free scale,
// with every constant worked out beforehand and the engine's own exp and log.

import type { PlainGradient } from "./nuts.js";

const y = [28, 8, -3, 7, -1, 1, 18, 12];
const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
const weight = Float64Array.from(sigma, (s) => 1 / (s * s));
const data = Float64Array.from(y);

/** Eight schools, non-centred, tau = e^u: e1 ... e8, mu, u. */
export const eightSchools: PlainGradient = (q, g) => {
  const mu = q[8]!;
  const tau = Math.exp(q[9]!);
  const t = tau * 0.2;
  const t2 = t * t;
  let lp = -mu * mu * 0.02 - Math.log1p(t2) + q[9]!;
  let gm = -mu * 0.04;
  let gt = (-0.4 * t) / (1 + t2);
  for (let j = 0; j < 8; j++) {
    const e = q[j]!;
    const r = data[j]! - mu - tau * e;
    const w = r * weight[j]!;
    lp -= 0.5 * (e * e + r * w);
    g[j] = tau * w - e;
    gm += w;
    gt += e * w;
  }
  g[8] = gm;
  g[9] = gt * tau + 1;
  return lp;
};

/** Independent normal coordinates with standard deviations 1 to d. */
export function normals(d: number): PlainGradient {
  const precision = Float64Array.from({ length: d }, (_, i) => 1 / (i + 1) ** 2);
  return (q, g) => {
    let lp = 0;
    for (let i = 0; i < d; i++) {
      const x = q[i]!;
      const slope = -precision[i]! * x;
      g[i] = slope;
      lp += slope * x;
    }
    return 0.5 * lp;
  };
}

/** Logistic regression: an intercept and three slopes, priors normal(0, 2). */
export function logistic(columns: readonly Float64Array[], hit: Float64Array): PlainGradient {
  const [x, z, w] = columns as [Float64Array, Float64Array, Float64Array];
  return (q, g) => {
    const [a, b, c, e] = [q[0]!, q[1]!, q[2]!, q[3]!];
    let lp = -(a * a + b * b + c * c + e * e) / 8;
    let [g0, g1, g2, g3] = [-a / 4, -b / 4, -c / 4, -e / 4];
    for (let i = 0; i < hit.length; i++) {
      const eta = a + b * x[i]! + c * z[i]! + e * w[i]!;
      const t = Math.exp(-Math.abs(eta));
      const s = eta > 0 ? 1 / (1 + t) : t / (1 + t);
      lp += hit[i]! * eta - (eta > 0 ? eta : 0) - Math.log1p(t);
      const r = hit[i]! - s;
      g0 += r;
      g1 += r * x[i]!;
      g2 += r * z[i]!;
      g3 += r * w[i]!;
    }
    g[0] = g0;
    g[1] = g1;
    g[2] = g2;
    g[3] = g3;
    return lp;
  };
}
