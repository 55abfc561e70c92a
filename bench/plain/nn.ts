// The digits network in plain JavaScript: typed arrays, loops in memory order, products by the 4 x 4 register tiles of tile.ts
// over packed panels. What a careful programmer writes without WebAssembly.

import { Random } from "../../src/random/philox.js";
import { packColumns, packRows, tile, tilePart } from "./tile.js";

let left = new Float32Array(0);
let right = new Float32Array(0);
const scratch = new Float32Array(16);

/** Room for panels of so many vectors of length k. */
function reserve(rows: number, cols: number, k: number): void {
  const [a, b] = [(rows + 3) & ~3, (cols + 3) & ~3];
  if (left.length < a * k) left = new Float32Array(a * k);
  if (right.length < b * k) right = new Float32Array(b * k);
}

/** C (rows x cols) += the product of the panels, each k deep. */
function multiply(rows: number, cols: number, k: number, c: Float32Array): void {
  for (let i = 0; i < rows; i += 4) {
    const high = Math.min(4, rows - i);
    for (let j = 0; j < cols; j += 4) {
      const wide = Math.min(4, cols - j);
      const at = i * cols + j;
      if (high === 4 && wide === 4) tile(k, 1, left, i * k, 4, right, j * k, 4, c, at, cols);
      else tilePart(k, 1, left, i * k, right, j * k, c, at, cols, high, wide, 0, scratch);
    }
  }
}

/** C (m x n) = A (m x k) B (k x n), plus `bias` by row where given. */
export function product(
  m: number,
  n: number,
  k: number,
  a: Float32Array,
  b: Float32Array,
  bias: Float32Array | null,
  c: Float32Array,
): void {
  if (bias) for (let i = 0; i < m; i++) c.set(bias, i * n);
  else c.fill(0, 0, m * n);
  reserve(m, n, k);
  packRows(m, k, a, 0, k, left);
  packColumns(k, n, b, 0, n, right);
  multiply(m, n, k, c);
}

/** C (k x n) = A' B for A (m x k), B (m x n). */
export function productT(
  m: number,
  n: number,
  k: number,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): void {
  c.fill(0);
  reserve(k, n, m);
  packColumns(m, k, a, 0, k, left);
  packColumns(m, n, b, 0, n, right);
  multiply(k, n, m, c);
}

/** C (m x k) = A B' for A (m x n), B (k x n). */
export function productBT(
  m: number,
  k: number,
  n: number,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): void {
  c.fill(0, 0, m * k);
  reserve(m, k, n);
  packRows(m, n, a, 0, n, left);
  packRows(k, n, b, 0, n, right);
  multiply(m, k, n, c);
}

/** Mean and variance (biased) of columns in two passes, in memory order. */
export function statistics(
  m: number,
  n: number,
  x: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
): void {
  mean.fill(0);
  variance.fill(0);
  const whole = m - (m % 4);
  for (let i = 0; i < whole; i += 4) {
    const [r0, r1, r2, r3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
    for (let j = 0; j < n; j++) {
      mean[j] =
        (mean[j] as number) +
        ((x[r0 + j] as number) + (x[r1 + j] as number)) +
        ((x[r2 + j] as number) + (x[r3 + j] as number));
    }
  }
  for (let i = whole; i < m; i++) {
    for (let j = 0; j < n; j++) mean[j] = (mean[j] as number) + (x[i * n + j] as number);
  }
  for (let j = 0; j < n; j++) mean[j] = (mean[j] as number) / m;
  for (let i = 0; i < whole; i += 4) {
    const [r0, r1, r2, r3] = [i * n, (i + 1) * n, (i + 2) * n, (i + 3) * n];
    for (let j = 0; j < n; j++) {
      const mu = mean[j] as number;
      const d0 = (x[r0 + j] as number) - mu;
      const d1 = (x[r1 + j] as number) - mu;
      const d2 = (x[r2 + j] as number) - mu;
      const d3 = (x[r3 + j] as number) - mu;
      variance[j] = (variance[j] as number) + (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
    }
  }
  for (let i = whole; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const d = (x[i * n + j] as number) - (mean[j] as number);
      variance[j] = (variance[j] as number) + d * d;
    }
  }
  for (let j = 0; j < n; j++) variance[j] = (variance[j] as number) / m;
}

/** Gradients of batch normalisation in two passes. */
export function batchNormBack(
  m: number,
  n: number,
  x: Float32Array,
  gamma: Float32Array,
  dy: Float32Array,
  mean: Float32Array,
  inv: Float32Array,
  dgamma: Float32Array,
  dbeta: Float32Array,
  dx: Float32Array,
): void {
  dgamma.fill(0);
  dbeta.fill(0);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    for (let j = 0; j < n; j++) {
      const d = dy[row + j] as number;
      dbeta[j] = (dbeta[j] as number) + d;
      dgamma[j] =
        (dgamma[j] as number) + d * ((x[row + j] as number) - (mean[j] as number)) * (inv[j] as number);
    }
  }
  for (let i = 0; i < m; i++) {
    const row = i * n;
    for (let j = 0; j < n; j++) {
      const h = ((x[row + j] as number) - (mean[j] as number)) * (inv[j] as number);
      const centred = (dy[row + j] as number) - ((dbeta[j] as number) + h * (dgamma[j] as number)) / m;
      dx[row + j] = (gamma[j] as number) * (inv[j] as number) * centred;
    }
  }
}

class Dense {
  readonly w: Float32Array;
  readonly dw: Float32Array;
  readonly b: Float32Array | null;
  readonly db: Float32Array | null;
  readonly y: Float32Array;
  readonly dx: Float32Array;

  constructor(
    readonly k: number,
    readonly n: number,
    rows: number,
    bias: boolean,
    random: Random,
  ) {
    const bound = 1 / Math.sqrt(k);
    this.w = Float32Array.from({ length: k * n }, () => bound * (2 * random.uniform() - 1));
    this.dw = new Float32Array(k * n);
    this.b = bias ? new Float32Array(n) : null;
    this.db = bias ? new Float32Array(n) : null;
    this.y = new Float32Array(rows * n);
    this.dx = new Float32Array(rows * k);
  }

  forward(m: number, x: Float32Array): Float32Array {
    product(m, this.n, this.k, x, this.w, this.b, this.y);
    return this.y;
  }

  backward(m: number, x: Float32Array, dy: Float32Array, wanted: boolean): Float32Array {
    const { n, k, db } = this;
    productT(m, n, k, x, dy, this.dw);
    if (db) {
      db.fill(0);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) db[j] = (db[j] as number) + (dy[i * n + j] as number);
      }
    }
    if (wanted) productBT(m, k, n, dy, this.w, this.dx);
    return this.dx;
  }
}

/** Batch normalisation and relu. */
class Norm {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly dgamma: Float32Array;
  readonly dbeta: Float32Array;
  readonly y: Float32Array;
  readonly dx: Float32Array;
  readonly #mean: Float32Array;
  readonly #inv: Float32Array;

  constructor(
    readonly n: number,
    rows: number,
  ) {
    this.gamma = new Float32Array(n).fill(1);
    this.beta = new Float32Array(n);
    this.dgamma = new Float32Array(n);
    this.dbeta = new Float32Array(n);
    this.y = new Float32Array(rows * n);
    this.dx = new Float32Array(rows * n);
    this.#mean = new Float32Array(n);
    this.#inv = new Float32Array(n);
  }

  forward(m: number, x: Float32Array): Float32Array {
    const { n, gamma, beta, y } = this;
    const [mean, inv] = [this.#mean, this.#inv];
    statistics(m, n, x, mean, inv);
    for (let j = 0; j < n; j++) inv[j] = 1 / Math.sqrt(1e-5 + (inv[j] as number));
    for (let i = 0; i < m; i++) {
      const row = i * n;
      for (let j = 0; j < n; j++) {
        const h = ((x[row + j] as number) - (mean[j] as number)) * (inv[j] as number);
        const v = h * (gamma[j] as number) + (beta[j] as number);
        y[row + j] = v > 0 ? v : 0;
      }
    }
    return y;
  }

  backward(m: number, x: Float32Array, dy: Float32Array): Float32Array {
    const { n, y } = this;
    for (let i = 0; i < m * n; i++) if ((y[i] as number) <= 0) dy[i] = 0;
    batchNormBack(m, n, x, this.gamma, dy, this.#mean, this.#inv, this.dgamma, this.dbeta, this.dx);
    return this.dx;
  }
}

/** One epoch of 64-128-BN-relu-64-BN-relu-10 with Adam at a time; returns the mean loss. */
export function plainDigits(x: Float32Array, labels: Int32Array, batch: number): { epoch(): number } {
  const random = new Random(0);
  const rows = labels.length;
  const [d1, d2, d3] = [
    new Dense(64, 128, batch, false, random),
    new Dense(128, 64, batch, false, random),
    new Dense(64, 10, batch, true, random),
  ];
  const [n1, n2] = [new Norm(128, batch), new Norm(64, batch)];
  const pairs: [Float32Array, Float32Array][] = [
    [d1.w, d1.dw],
    [n1.gamma, n1.dgamma],
    [n1.beta, n1.dbeta],
    [d2.w, d2.dw],
    [n2.gamma, n2.dgamma],
    [n2.beta, n2.dbeta],
    [d3.w, d3.dw],
    [d3.b as Float32Array, d3.db as Float32Array],
  ];
  const first = pairs.map(([p]) => new Float32Array(p.length));
  const second = pairs.map(([p]) => new Float32Array(p.length));
  const input = new Float32Array(batch * 64);
  const target = new Int32Array(batch);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const dz = new Float32Array(batch * 10);
  let steps = 0;

  function lossGradient(m: number, z: Float32Array): number {
    let total = 0;
    for (let i = 0; i < m; i++) {
      const row = i * 10;
      let top = z[row] as number;
      for (let j = 1; j < 10; j++) top = Math.max(top, z[row + j] as number);
      let sum = 0;
      for (let j = 0; j < 10; j++) {
        dz[row + j] = Math.exp((z[row + j] as number) - top);
        sum += dz[row + j] as number;
      }
      const own = target[i] as number;
      total += Math.log(sum) + top - (z[row + own] as number);
      for (let j = 0; j < 10; j++) dz[row + j] = (dz[row + j] as number) / (sum * m);
      dz[row + own] = (dz[row + own] as number) - 1 / m;
    }
    return total / m;
  }

  function adamStep(): void {
    steps++;
    const root = 1 / Math.sqrt(1 - 0.999 ** steps);
    const lr = 1e-3 / (1 - 0.9 ** steps);
    for (const [i, [p, g]] of pairs.entries()) {
      const [m, v] = [first[i] as Float32Array, second[i] as Float32Array];
      for (let j = 0; j < p.length; j++) {
        const d = g[j] as number;
        const mj = 0.9 * (m[j] as number) + 0.1 * d;
        const vj = 0.999 * (v[j] as number) + 0.001 * d * d;
        m[j] = mj;
        v[j] = vj;
        p[j] = (p[j] as number) - (lr * mj) / (Math.sqrt(vj) * root + 1e-8);
      }
    }
  }

  return {
    epoch() {
      random.shuffle(order);
      let sum = 0;
      for (let at = 0; at < rows; at += batch) {
        const m = Math.min(batch, rows - at);
        for (let i = 0; i < m; i++) {
          const from = (order[at + i] as number) * 64;
          for (let j = 0; j < 64; j++) input[i * 64 + j] = x[from + j] as number;
          target[i] = labels[order[at + i] as number] as number;
        }
        const y1 = d1.forward(m, input);
        const h1 = n1.forward(m, y1);
        const y2 = d2.forward(m, h1);
        const h2 = n2.forward(m, y2);
        sum += lossGradient(m, d3.forward(m, h2)) * m;
        const g2 = n2.backward(m, y2, d3.backward(m, h2, dz, true));
        const g1 = n1.backward(m, y1, d2.backward(m, h1, g2, true));
        d1.backward(m, input, g1, false);
        adamStep();
      }
      return sum / rows;
    },
  };
}
