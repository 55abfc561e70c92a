// The baseline of the samplers' benchmark: leapfrog steps of hand-written densities in plain JavaScript, one function each, with
// the engine's own exp and log, kick and drift fused into as few loops as there can be.

export interface PlainLeapfrog {
  /** `steps` leapfrog steps of size e from where it stands; returns the energy. */
  run(steps: number, e: number): number;
}

type Gradient = (q: Float64Array, g: Float64Array) => number;

function leapfrogs(q: Float64Array, gradient: Gradient): PlainLeapfrog {
  const d = q.length;
  const p = new Float64Array(d).fill(0.1);
  const g = new Float64Array(d);
  let lp = gradient(q, g);
  return {
    run(steps, e) {
      const half = 0.5 * e;
      let energy = 0;
      for (let s = 0; s < steps; s++) {
        for (let i = 0; i < d; i++) {
          p[i]! += half * g[i]!;
          q[i]! += e * p[i]!;
        }
        lp = gradient(q, g);
        energy = -lp;
        for (let i = 0; i < d; i++) {
          p[i]! += half * g[i]!;
          energy += 0.5 * p[i]! * p[i]!;
        }
      }
      return energy;
    },
  };
}

const y = [28, 8, -3, 7, -1, 1, 18, 12];
const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
const weight = sigma.map((s) => 1 / (s * s));

/** Eight schools, non-centred, tau = e^u. */
export const eightSchools = (): PlainLeapfrog =>
  leapfrogs(new Float64Array(10), (q, g) => {
    const mu = q[8]!;
    const tau = Math.exp(q[9]!);
    const t = tau / 5;
    let lp = -mu * mu * 0.02 - Math.log1p(t * t) + q[9]!;
    let gm = -mu * 0.04;
    let gt = (-2 * tau) / (25 + tau * tau);
    for (let j = 0; j < 8; j++) {
      const e = q[j]!;
      const r = y[j]! - mu - tau * e;
      const w = r * weight[j]!;
      lp -= 0.5 * (e * e + r * w);
      g[j] = tau * w - e;
      gm += w;
      gt += e * w;
    }
    g[8] = gm;
    g[9] = gt * tau + 1;
    return lp;
  });

/** Independent normal coordinates with standard deviations 1 to d. */
export const normal = (d: number): PlainLeapfrog =>
  leapfrogs(new Float64Array(d).fill(0.3), (q, g) => {
    let lp = 0;
    for (let i = 0; i < d; i++) {
      const z = q[i]! / (i + 1);
      g[i] = -z / (i + 1);
      lp -= 0.5 * z * z;
    }
    return lp;
  });

/** Logistic regression: an intercept and three slopes. */
export const logistic = (columns: readonly Float64Array[], hit: Float64Array): PlainLeapfrog =>
  leapfrogs(new Float64Array(4), (q, g) => {
    const [x, z, w] = columns as [Float64Array, Float64Array, Float64Array];
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
  });
