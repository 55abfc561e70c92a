// Layers, losses and their gradients as the formulas stand, in double precision: the oracle of the kernels.

export type Rows = number[][];

export const zeros = (m: number, n: number): Rows => Array.from({ length: m }, () => new Array(n).fill(0));

/** y = x w + b; w is inputs x outputs. */
export function dense(x: Rows, w: Rows, b: readonly number[]): Rows {
  return x.map((row) =>
    b.map((bias, j) => row.reduce((sum, value, i) => sum + value * ((w[i] as number[])[j] as number), bias)),
  );
}

export function denseBack(x: Rows, w: Rows, dy: Rows): { dw: Rows; db: number[]; dx: Rows } {
  const outputs = (dy[0] as number[]).length;
  const dw = zeros(w.length, outputs);
  const db = new Array(outputs).fill(0);
  const dx = zeros(x.length, w.length);
  for (const [r, g] of dy.entries()) {
    for (const [j, d] of g.entries()) {
      db[j] += d;
      for (let i = 0; i < w.length; i++) {
        (dw[i] as number[])[j] = ((dw[i] as number[])[j] as number) + ((x[r] as number[])[i] as number) * d;
        (dx[r] as number[])[i] = ((dx[r] as number[])[i] as number) + ((w[i] as number[])[j] as number) * d;
      }
    }
  }
  return { dw, db, dx };
}

const column = (x: Rows, j: number): number[] => x.map((row) => row[j] as number);
const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;

/** Mean and sum of squared deviations of every column. */
export function moments(x: Rows): { mean: number[]; squares: number[] } {
  const n = (x[0] as number[]).length;
  const means = Array.from({ length: n }, (_, j) => mean(column(x, j)));
  const squares = means.map((mu, j) => column(x, j).reduce((s, v) => s + (v - mu) ** 2, 0));
  return { mean: means, squares };
}

/** (x - mean) / sqrt(eps + var) gamma + beta with the batch's moments. */
export function batchNorm(x: Rows, gamma: readonly number[], beta: readonly number[], eps: number): Rows {
  const { mean: mu, squares } = moments(x);
  return x.map((row) =>
    row.map((v, j) => {
      const variance = (squares[j] as number) / x.length;
      return (
        ((v - (mu[j] as number)) / Math.sqrt(eps + variance)) * (gamma[j] as number) + (beta[j] as number)
      );
    }),
  );
}

/** Ioffe & Szegedy 2015, section 3, in the simplified form. */
export function batchNormBack(x: Rows, gamma: readonly number[], dy: Rows, eps: number) {
  const m = x.length;
  const { mean: mu, squares } = moments(x);
  const inv = squares.map((s) => 1 / Math.sqrt(eps + s / m));
  const hat = x.map((row) => row.map((v, j) => (v - (mu[j] as number)) * (inv[j] as number)));
  const dbeta = gamma.map((_, j) => column(dy, j).reduce((a, b) => a + b, 0));
  const dgamma = gamma.map((_, j) =>
    dy.reduce((s, row, i) => s + (row[j] as number) * ((hat[i] as number[])[j] as number), 0),
  );
  const dx = dy.map((row, i) =>
    row.map((d, j) => {
      const h = (hat[i] as number[])[j] as number;
      const centred = d - (dbeta[j] as number) / m - (h * (dgamma[j] as number)) / m;
      return (gamma[j] as number) * (inv[j] as number) * centred;
    }),
  );
  return { dgamma, dbeta, dx };
}

/** By the continued fraction, or 1 - erf by its series without cancellation (Abramowitz & Stegun 7.1.6). */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 200; k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let f = 0;
  for (let k = 120; k >= 1; k--) f = k / 2 / (x + f);
  return Math.exp(-x * x) / (x + f) / Math.sqrt(Math.PI);
}

export const activations: Readonly<Record<string, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gelu: (x) => (x * erfc(-x / Math.SQRT2)) / 2,
};

export const derivatives: Readonly<Record<string, (x: number) => number>> = {
  relu: (x) => (x > 0 ? 1 : 0),
  leakyRelu: (x) => (x > 0 ? 1 : 0.01),
  tanh: (x) => 1 / Math.cosh(x) ** 2,
  sigmoid: (x) => 1 / ((1 + Math.exp(-x)) * (1 + Math.exp(x))),
  softplus: (x) => 1 / (1 + Math.exp(-x)),
  gelu: (x) => erfc(-x / Math.SQRT2) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
};

/** Mean losses of a batch of outputs z. */
export function softmaxCrossEntropy(z: Rows, labels: readonly number[]): number {
  return mean(
    z.map((row, i) => {
      const top = Math.max(...row);
      return (
        Math.log(row.reduce((s, v) => s + Math.exp(v - top), 0)) + top - (row[labels[i] as number] as number)
      );
    }),
  );
}

export const elementLosses: Readonly<Record<string, (z: number, t: number) => number>> = {
  binaryCrossEntropy: (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))),
  mse: (z, t) => (z - t) ** 2,
  huber: (z, t) => (Math.abs(z - t) <= 1 ? (z - t) ** 2 / 2 : Math.abs(z - t) - 0.5),
};
