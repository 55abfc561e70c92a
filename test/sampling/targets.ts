// Densities with known moments, for the tests of the samplers. Moments of eight schools: mu and theta integrated analytically,
// tau by Gauss quadrature; of the logistic regression: trapezoid rule on a 2401 x 2401 grid.
import type { LogDensity } from "../../src/index.js";

export interface Known {
  readonly id: string;
  readonly d: number;
  readonly density: LogDensity;
  readonly start: readonly number[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

/** -(x - m)' P (x - m) / 2 for a precision matrix P. */
export function gaussian(id: string, m: number[], P: number[][], sd: number[]): Known {
  const d = m.length;
  return {
    id,
    d,
    density: {
      logDensityGrad(x, g) {
        let value = 0;
        for (let i = 0; i < d; i++) {
          let s = 0;
          for (let j = 0; j < d; j++) s += P[i]![j]! * (x[j]! - m[j]!);
          g[i] = -s;
          value -= 0.5 * s * (x[i]! - m[i]!);
        }
        return value;
      },
    },
    start: m.map(() => 0),
    mean: m,
    sd,
  };
}

/** Autoregressive correlations r^|i - j|: the precision is tridiagonal. */
export function autoregressive(d: number, r: number): Known {
  const c = 1 / (1 - r * r);
  const P = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => {
      if (i === j) return i === 0 || i === d - 1 ? c : c * (1 + r * r);
      return Math.abs(i - j) === 1 ? -c * r : 0;
    }),
  );
  return gaussian(`normal${d}_ar${r}`, new Array(d).fill(0), P, new Array(d).fill(1));
}

const schools = { y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

/** Non-centred: theta_j = mu + tau eta_j; the coordinates are eta, mu, tau. */
export const eightSchools: Known = {
  id: "eight_schools",
  d: 10,
  density: {
    logDensityGrad(x, g) {
      const mu = x[8]!;
      const tau = x[9]!;
      g.fill(0);
      let value = (-mu * mu) / 50 - Math.log1p((tau / 5) ** 2);
      g[8] = -mu / 25;
      g[9] = (-2 * tau) / (25 + tau * tau);
      for (let j = 0; j < 8; j++) {
        const e = x[j]!;
        const r = schools.y[j]! - mu - tau * e;
        const w = r / schools.sigma[j]! ** 2;
        value -= 0.5 * e * e + 0.5 * r * w;
        g[j] = tau * w - e;
        g[8] += w;
        g[9] += e * w;
      }
      return value;
    },
    constraints: [{ name: "eta", size: 8 }, { name: "mu" }, { name: "tau", kind: "positive" }],
  },
  start: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  mean: [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 4.396820714, 3.597705484],
  sd: [NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 3.317704463, 3.219958415],
};

const t = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
const hit = [0, 0, 0, 1, 0, 1, 1, 0, 1];

export const logistic: Known = {
  id: "logistic2",
  d: 2,
  density: {
    logDensityGrad(x, g) {
      const [a, b] = [x[0]!, x[1]!];
      let value = -(a * a + b * b) / 8;
      g[0] = -a / 4;
      g[1] = -b / 4;
      for (let i = 0; i < 9; i++) {
        const eta = a + b * t[i]!;
        const p = 1 / (1 + Math.exp(-eta));
        value += hit[i]! * eta - Math.log1p(Math.exp(eta));
        g[0] += hit[i]! - p;
        g[1] += (hit[i]! - p) * t[i]!;
      }
      return value;
    },
    names: ["a", "b"],
  },
  start: [0, 0],
  mean: [-0.3095417986, 1.14218185],
  sd: [0.7923071672, 0.7256678115],
};

export const banana: Known = {
  id: "banana_b0.03",
  d: 2,
  density: {
    logDensityGrad(x, g) {
      const u = x[1]! + 0.03 * x[0]! ** 2 - 3;
      g[0] = -x[0]! / 100 - u * 0.06 * x[0]!;
      g[1] = -u;
      return -(x[0]! ** 2) / 200 - (u * u) / 2;
    },
  },
  start: [0, 0],
  mean: [0, 0],
  sd: [10, Math.sqrt(19)],
};

export const mixture: Known = {
  id: "mixture_equal",
  d: 1,
  density: {
    logDensityGrad(x, g) {
      const [a, b] = [-0.5 * (x[0]! + 2) ** 2, -0.5 * (x[0]! - 2) ** 2];
      const top = Math.max(a, b);
      const sum = Math.exp(a - top) + Math.exp(b - top);
      const w = Math.exp(a - top) / sum;
      g[0] = -w * (x[0]! + 2) - (1 - w) * (x[0]! - 2);
      return top + Math.log(sum);
    },
  },
  start: [0],
  mean: [0],
  sd: [Math.sqrt(5)],
};

export const student: Known = {
  id: "student_t5",
  d: 1,
  density: {
    logDensityGrad(x, g) {
      g[0] = (-6 * x[0]!) / (5 + x[0]! ** 2);
      return -3 * Math.log1p(x[0]! ** 2 / 5);
    },
  },
  start: [0],
  mean: [0],
  sd: [Math.sqrt(5 / 3)],
};

export const exponential: Known = {
  id: "exponential",
  d: 1,
  density: {
    logDensityGrad(x, g) {
      g[0] = -1;
      return -x[0]!;
    },
    lower: [0],
    upper: [Infinity],
  },
  start: [1],
  mean: [1],
  sd: [1],
};

export const beta: Known = {
  id: "beta_2_5",
  d: 1,
  density: {
    logDensityGrad(x, g) {
      g[0] = 1 / x[0]! - 4 / (1 - x[0]!);
      return Math.log(x[0]!) + 4 * Math.log1p(-x[0]!);
    },
    lower: [0],
    upper: [1],
  },
  start: [0.5],
  mean: [2 / 7],
  sd: [Math.sqrt(0.025510204081632654)],
};

const r = 0.9;
const c = 1 / (1 - r * r);
export const known: readonly Known[] = [
  gaussian("normal1", [0], [[1]], [1]),
  gaussian(
    "normal2_corr0.9",
    [1, -2],
    [
      [c, -r * c],
      [-r * c, c],
    ],
    [1, 1],
  ),
  gaussian(
    "normal2_scales",
    [0, 0],
    [
      [1e4, 0],
      [0, 1e-4],
    ],
    [0.01, 100],
  ),
  autoregressive(10, 0.9),
  banana,
  mixture,
  student,
  exponential,
  beta,
  eightSchools,
  logistic,
];
