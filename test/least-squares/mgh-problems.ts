// The least-squares problems of Moré, Garbow and Hillstrom (ACM TOMS 7, 1981), numbered as there: each is one
// function that returns residual i (from 1) and fills its gradient g, which comes zeroed.

import { readFileSync } from "node:fs";

export interface Minimum {
  readonly kind: "global" | "local" | "limit";
  /** Sum of squares, without 1/2. */
  readonly f: number;
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly m: number;
  readonly x0: number[];
  readonly data?: { readonly y: number[]; readonly u?: number[] };
  readonly minima: Minimum[];
  readonly check: { f_x0: number; r_x0_first: number[]; jac_fro_x0: number; f_10x0: number | null };
}

export interface MghProblem extends Entry {
  /** x0, 10 x0 and 100 x0; where x0 = 0: 0, all 10, all 100. */
  readonly starts: readonly number[][];
  residuals(x: Float64Array, out: Float64Array): void;
  jacobian(x: Float64Array, out: Float64Array): void;
}

type Row = (i: number, x: Float64Array, g: Float64Array) => number;
type Make = (n: number, m: number, y: number[], u: number[]) => Row;

const { exp, log, sqrt, sin, cos, atan, abs, sign, PI } = Math;
const power = (x: number, k: number): number => {
  let value = 1;
  for (let i = 0; i < k; i++) value *= x;
  return value;
};
const total = (n: number, term: (j: number) => number): number => {
  let sum = 0;
  for (let j = 0; j < n; j++) sum += term(j);
  return sum;
};

const rosenbrock: Row = (i, x, g) => {
  const k = i % 2 === 1 ? i - 1 : i - 2;
  if (i % 2 === 0) {
    g[k] = -1;
    return 1 - x[k]!;
  }
  g[k] = -20 * x[k]!;
  g[k + 1] = 10;
  return 10 * (x[k + 1]! - x[k]! * x[k]!);
};

const helical: Row = (i, x, g) => {
  const [a, b, c] = [x[0]!, x[1]!, x[2]!];
  const q = a * a + b * b;
  if (i === 1) {
    const turn = atan(b / a) / (2 * PI);
    const theta = a > 0 ? turn : a < 0 ? turn + 0.5 : 0.25 * sign(b);
    g.set([(50 * b) / (PI * q), (-50 * a) / (PI * q), 10]);
    return 10 * (c - 10 * theta);
  }
  if (i === 3) {
    g[2] = 1;
    return c;
  }
  g.set([(10 * a) / sqrt(q), (10 * b) / sqrt(q)]);
  return 10 * (sqrt(q) - 1);
};

const watson: Make = (n) => (i, x, g) => {
  if (i === 30) {
    g[0] = 1;
    return x[0]!;
  }
  if (i === 31) {
    g.set([-2 * x[0]!, 1]);
    return x[1]! - x[0]! * x[0]! - 1;
  }
  const t = i / 29;
  const slope = total(n, (j) => (j === 0 ? 0 : j * x[j]! * power(t, j - 1)));
  const value = total(n, (j) => x[j]! * power(t, j));
  for (let j = 0; j < n; j++) g[j] = (j === 0 ? 0 : j * power(t, j - 1)) - 2 * value * power(t, j);
  return slope - value * value - 1;
};

/** Shifted Chebyshev polynomial T_i and its derivative at x in [0, 1]. */
const chebyshev = (i: number, x: number): [number, number] => {
  const z = 2 * x - 1;
  let [a, b, da, db] = [1, z, 0, 2];
  for (let k = 1; k < i; k++) [a, b, da, db] = [b, 2 * z * b - a, db, 4 * b + 2 * z * db - da];
  return [b, db];
};

const chebyquad: Make = (n) => (i, x, g) => {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const [value, slope] = chebyshev(i, x[j]!);
    sum += value;
    g[j] = slope / n;
  }
  return sum / n + (i % 2 === 0 ? 1 / (i * i - 1) : 0);
};

const table: Readonly<Record<string, Make>> = {
  mgh1: () => rosenbrock,
  mgh3: () => (i, x, g) => {
    const [a, b] = [x[0]!, x[1]!];
    g.set(i === 1 ? [1e4 * b, 1e4 * a] : [-exp(-a), -exp(-b)]);
    return i === 1 ? 1e4 * a * b - 1 : exp(-a) + exp(-b) - 1.0001;
  },
  mgh5: (_n, _m, y) => (i, x, g) => {
    g.set([power(x[1]!, i) - 1, i * x[0]! * power(x[1]!, i - 1)]);
    return y[i - 1]! - x[0]! * (1 - power(x[1]!, i));
  },
  mgh6: () => (i, x, g) => {
    const [e, f] = [exp(i * x[0]!), exp(i * x[1]!)];
    g.set([-i * e, -i * f]);
    return 2 + 2 * i - e - f;
  },
  mgh7: () => helical,
  mgh8: (_n, _m, y) => (i, x, g) => {
    const v = 16 - i;
    const w = i < v ? i : v;
    const d = v * x[1]! + w * x[2]!;
    g.set([-1, (i * v) / (d * d), (i * w) / (d * d)]);
    return y[i - 1]! - (x[0]! + i / d);
  },
  mgh9: (_n, _m, y) => (i, x, g) => {
    const d = (8 - i) / 2 - x[2]!;
    const e = exp((-x[1]! * d * d) / 2);
    g.set([e, (-x[0]! * e * d * d) / 2, x[0]! * x[1]! * e * d]);
    return x[0]! * e - y[i - 1]!;
  },
  mgh10: (_n, _m, y) => (i, x, g) => {
    const d = 45 + 5 * i + x[2]!;
    const e = exp(x[1]! / d);
    g.set([e, (x[0]! * e) / d, (-x[0]! * x[1]! * e) / (d * d)]);
    return x[0]! * e - y[i - 1]!;
  },
  mgh11: () => (i, x, g) => {
    const t = i / 100;
    const d = 25 + (-50 * log(t)) ** (2 / 3) - x[1]!;
    const q = abs(d) ** x[2]! / x[0]!;
    const e = exp(-q);
    g.set([(e * q) / x[0]!, (e * q * x[2]!) / d, -e * q * log(abs(d))]);
    return e - t;
  },
  mgh12: () => (i, x, g) => {
    const t = i / 10;
    const [e, f, h] = [exp(-t * x[0]!), exp(-t * x[1]!), exp(-t) - exp(-10 * t)];
    g.set([-t * e, t * f, -h]);
    return e - f - x[2]! * h;
  },
  mgh13: () => (i, x, g) => {
    if (i === 1) {
      g.set([1, 10]);
      return x[0]! + 10 * x[1]!;
    }
    if (i === 2) {
      g.set([0, 0, sqrt(5), -sqrt(5)]);
      return sqrt(5) * (x[2]! - x[3]!);
    }
    const d = i === 3 ? x[1]! - 2 * x[2]! : x[0]! - x[3]!;
    g.set(i === 3 ? [0, 2 * d, -4 * d] : [2 * sqrt(10) * d, 0, 0, -2 * sqrt(10) * d]);
    return i === 3 ? d * d : sqrt(10) * d * d;
  },
  mgh15: (_n, _m, y, u) => (i, x, g) => {
    const s = u[i - 1]!;
    const [p, d] = [s * (s + x[1]!), s * (s + x[2]!) + x[3]!];
    g.set([-p / d, (-x[0]! * s) / d, (x[0]! * p * s) / (d * d), (x[0]! * p) / (d * d)]);
    return y[i - 1]! - (x[0]! * p) / d;
  },
  mgh17: (_n, _m, y) => (i, x, g) => {
    const t = 10 * (i - 1);
    const [e, f] = [exp(-t * x[3]!), exp(-t * x[4]!)];
    g.set([-1, -e, -f, t * x[1]! * e, t * x[2]! * f]);
    return y[i - 1]! - (x[0]! + x[1]! * e + x[2]! * f);
  },
  mgh20a: watson,
  mgh20c: watson,
  mgh21: () => rosenbrock,
  mgh23a: (n) => (i, x, g) => {
    if (i <= n) {
      g[i - 1] = sqrt(1e-5);
      return sqrt(1e-5) * (x[i - 1]! - 1);
    }
    for (let j = 0; j < n; j++) g[j] = 2 * x[j]!;
    return total(n, (j) => x[j]! * x[j]!) - 0.25;
  },
  mgh25: (n) => (i, x, g) => {
    if (i <= n) {
      g[i - 1] = 1;
      return x[i - 1]! - 1;
    }
    const s = total(n, (j) => (j + 1) * (x[j]! - 1));
    for (let j = 0; j < n; j++) g[j] = (j + 1) * (i === n + 1 ? 1 : 2 * s);
    return i === n + 1 ? s : s * s;
  },
  mgh26: (n) => (i, x, g) => {
    for (let j = 0; j < n; j++) g[j] = sin(x[j]!);
    const xi = x[i - 1]!;
    g[i - 1]! += i * sin(xi) - cos(xi);
    return n - total(n, (j) => cos(x[j]!)) + i * (1 - cos(xi)) - sin(xi);
  },
  mgh29: (n) => (i, x, g) => {
    const h = 1 / (n + 1);
    const t = i * h;
    const sum = total(n, (j) => {
      const s = (j + 1) * h;
      const weight = j < i ? (1 - t) * s : t * (1 - s);
      const c = x[j]! + s + 1;
      g[j] = (j === i - 1 ? 1 : 0) + 1.5 * h * weight * c * c;
      return weight * c * c * c;
    });
    return x[i - 1]! + (h / 2) * sum;
  },
  mgh30: (n) => (i, x, g) => {
    const k = i - 1;
    if (k > 0) g[k - 1] = -1;
    if (k < n - 1) g[k + 1] = -2;
    g[k] = 3 - 4 * x[k]!;
    return (3 - 2 * x[k]!) * x[k]! - (x[k - 1] ?? 0) - 2 * (x[k + 1] ?? 0) + 1;
  },
  mgh31: (n) => (i, x, g) => {
    const k = i - 1;
    let sum = 0;
    for (let j = k > 5 ? k - 5 : 0; j <= k + 1 && j < n; j++) {
      if (j === k) continue;
      sum += x[j]! * (1 + x[j]!);
      g[j] = -1 - 2 * x[j]!;
    }
    g[k] = 2 + 15 * x[k]! * x[k]!;
    return x[k]! * (2 + 5 * x[k]! * x[k]!) + 1 - sum;
  },
  mgh32: (n, m) => (i, x, g) => {
    for (let j = 0; j < n; j++) g[j] = (j === i - 1 ? 1 : 0) - 2 / m;
    return (i <= n ? x[i - 1]! : 0) - (2 / m) * total(n, (j) => x[j]!) - 1;
  },
  mgh33: (n) => (i, x, g) => {
    for (let j = 0; j < n; j++) g[j] = i * (j + 1);
    return i * total(n, (j) => (j + 1) * x[j]!) - 1;
  },
  mgh35b: chebyquad,
  mgh35c: chebyquad,
};

function problemOf(entry: Entry): MghProblem {
  const { id, n, m, x0, data } = entry;
  const row = table[id]?.(n, m, data?.y ?? [], data?.u ?? []);
  if (!row) throw new RangeError(`no residuals are written for ${id}`);
  const g = new Float64Array(n);
  const zero = x0.every((value) => value === 0);
  return {
    ...entry,
    starts: [1, 10, 100].map((f) => x0.map((value) => (zero && f > 1 ? f : f * value))),
    residuals(x, out) {
      for (let i = 0; i < m; i++) out[i] = row(i + 1, x, g);
    },
    jacobian(x, out) {
      out.fill(0);
      for (let i = 0; i < m; i++) row(i + 1, x, out.subarray(i * n, i * n + n));
    },
  };
}

const file = new URL("../reference-data/mgh.json", import.meta.url);
export const mghProblems: MghProblem[] = (
  JSON.parse(readFileSync(file, "utf8")) as { problems: Entry[] }
).problems.map(problemOf);

/** The listed minimum that a sum of squares agrees with: |f - f*| <= 1e-4 (f* if f* > 0 else 1). */
export const reached = ({ minima }: MghProblem, rss: number): Minimum | undefined =>
  minima.find(({ f }) => Math.abs(rss - f) <= 1e-4 * (f > 0 ? f : 1));
