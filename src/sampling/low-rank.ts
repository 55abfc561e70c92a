// The warm-up that learns a metric of low rank: a diagonal, and the directions in which draws and gradients say that it is
// off by more than a factor of two (Fisher divergence, arXiv 2603.18845; as nutpie). For a normal law d + 1 draws are enough.

import { eigSym } from "../linalg/eigen.js";
import type { Matrix } from "../linalg/matrix.js";
import type { Runtime } from "../runtime/runtime.js";
import { LowRankMetric } from "./metric.js";
import type { StepSize } from "./step-size.js";
import { axpy, dot } from "./vectors.js";
import type { Known, Warmup } from "./warmup.js";

/** Added to both covariances: directions that no draw has seen stay as they are. */
const RIDGE = 1e-5;
/** Eigenvalues between 1/CUTOFF and CUTOFF are noise, and left to the diagonal. */
const CUTOFF = 2;
const EARLY_WINDOW = 10;
const LATE_WINDOW = 80;
/** Draws between two estimates. */
const EVERY = 10;

export class LowRankWarmup implements Warmup {
  readonly metric: LowRankMetric;
  /** Draws and gradients since the older of the two windows began; the younger begins at `#young`. */
  #draws: Float64Array[] = [];
  #gradients: Float64Array[] = [];
  #young = 0;

  constructor(
    readonly d: number,
    readonly warmup: number,
    readonly stepSize: StepSize,
    readonly runtime?: Runtime | undefined,
  ) {
    this.metric = new LowRankMetric(d);
  }

  begin(_q: Float64Array, g: Float64Array, known: Known | null): void {
    const spread = known?.spread;
    for (let i = 0; i < this.d; i++) {
      const s = spread ? spread[i]! : Math.sqrt(1 / Math.abs(g[i]!));
      this.metric.scale[i] = s > 1e-10 && s < 1e10 ? s : 1;
    }
  }

  learn(t: number, q: Float64Array, g: Float64Array, acceptance: number, divergent: boolean): boolean {
    const { warmup, stepSize, d } = this;
    stepSize.learn(acceptance);
    const end = Math.floor(0.85 * warmup);
    if (t > end) return false;
    if (t === end) {
      this.#estimate();
      stepSize.restart(stepSize.step);
      this.#draws = [];
      this.#gradients = [];
      return false;
    }
    if (!divergent) {
      this.#draws.push(q.slice());
      this.#gradients.push(g.slice());
    }
    const late = Math.max(LATE_WINDOW, Math.min(d + 20, Math.floor(0.25 * warmup)));
    const window = t < 0.3 * warmup ? EARLY_WINDOW : late;
    if (this.#draws.length - this.#young >= window && t + window < end) {
      this.#draws = this.#draws.slice(this.#young);
      this.#gradients = this.#gradients.slice(this.#young);
      this.#young = this.#draws.length;
      this.#estimate();
    } else if (this.#draws.length % EVERY === 0) this.#estimate();
    return false;
  }

  /** M^-1 = S X S: X is the geometric mean of the covariance of S^-1 draws and the inverse of that of S gradients. */
  #estimate(): void {
    const { d, metric } = this;
    const n = this.#draws.length;
    if (n < 5) return;
    const draws = centred(this.#draws, d);
    const gradients = centred(this.#gradients, d);
    for (let i = 0; i < d; i++) {
      let x2 = 0;
      let g2 = 0;
      for (let k = 0; k < n; k++) {
        x2 += draws[k]![i]! * draws[k]![i]!;
        g2 += gradients[k]![i]! * gradients[k]![i]!;
      }
      const s = Math.sqrt(Math.sqrt(x2 / g2));
      if (s > 1e-10 && s < 1e10) metric.scale[i] = s;
    }
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < d; i++) {
        draws[k]![i] = draws[k]![i]! / metric.scale[i]!;
        gradients[k]![i] = gradients[k]![i]! * metric.scale[i]!;
      }
    }
    // Where there are fewer draws than dimensions, only the space that they span is looked at.
    const basis = 2 * n < d ? span([...draws, ...gradients], d) : null;
    const r = basis ? basis.length : d;
    const a = covariance(basis ? project(basis, draws, d) : draws, r);
    const b = covariance(basis ? project(basis, gradients, d) : gradients, r);
    const mean = geometricMean(a, b, r, this.runtime);
    if (!mean) return;
    const { values, vectors } = mean;
    const kept: number[] = [];
    for (let k = 0; k < r; k++) if (values[k]! > CUTOFF || values[k]! < 1 / CUTOFF) kept.push(k);
    metric.values = Float64Array.from(kept, (k) => values[k]!);
    metric.vectors = kept.map((k) => {
      if (!basis) return vectors[k]!;
      const u = new Float64Array(d);
      for (let j = 0; j < r; j++) axpy(d, vectors[k]![j]!, basis[j]!, u);
      return u;
    });
  }

  state(): object {
    return {
      metric: this.metric.state(),
      draws: this.#draws.map((x) => [...x]),
      gradients: this.#gradients.map((x) => [...x]),
      young: this.#young,
    };
  }

  restore(state: object): void {
    const given = state as {
      metric: { scale: number[]; values: number[]; vectors: number[] };
      draws: number[][];
      gradients: number[][];
      young: number;
    };
    const { d, metric } = this;
    metric.scale.set(given.metric.scale);
    metric.values = Float64Array.from(given.metric.values);
    metric.vectors = given.metric.values.map((_, k) =>
      Float64Array.from(given.metric.vectors.slice(k * d, (k + 1) * d)),
    );
    this.#draws = given.draws.map((x) => Float64Array.from(x));
    this.#gradients = given.gradients.map((x) => Float64Array.from(x));
    this.#young = given.young;
  }
}

function centred(rows: readonly Float64Array[], d: number): Float64Array[] {
  const mean = new Float64Array(d);
  for (const row of rows) axpy(d, 1 / rows.length, row, mean);
  return rows.map((row) => row.map((v, i) => v - mean[i]!));
}

/** An orthonormal basis of what the rows span (modified Gram-Schmidt, twice). */
function span(rows: readonly Float64Array[], d: number): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const row of rows) {
    const u = row.slice();
    const before = Math.sqrt(dot(d, u, u));
    for (let pass = 0; pass < 2; pass++) for (const e of basis) axpy(d, -dot(d, e, u), e, u);
    const length = Math.sqrt(dot(d, u, u));
    if (length > 1e-8 * before) basis.push(u.map((v) => v / length));
  }
  return basis;
}

const project = (basis: readonly Float64Array[], rows: readonly Float64Array[], d: number): Float64Array[] =>
  rows.map((row) => Float64Array.from(basis, (e) => dot(d, e, row)));

function covariance(rows: readonly Float64Array[], r: number): Float64Array {
  const c = new Float64Array(r * r);
  for (const row of rows)
    for (let i = 0; i < r; i++)
      for (let j = 0; j <= i; j++) c[i * r + j] = c[i * r + j]! + (row[i]! * row[j]!) / rows.length;
  for (let i = 0; i < r; i++) {
    c[i * r + i] = c[i * r + i]! + RIDGE;
    for (let j = 0; j < i; j++) c[j * r + i] = c[i * r + j]!;
  }
  return c;
}

const matrix = (data: Float64Array, n: number): Matrix<Float64Array> => ({ rows: n, cols: n, data });

/** f(A) = V f(D) V' of a symmetric A. */
function matrixFunction(
  a: Float64Array,
  n: number,
  f: (x: number) => number,
  runtime: Runtime | undefined,
): Float64Array {
  const { values, vectors } = eigSym(matrix(a, n), { check: false, runtime });
  const out = new Float64Array(n * n);
  const v = vectors.data;
  for (let k = 0; k < n; k++) {
    const y = f(values[k]!);
    for (let i = 0; i < n; i++) {
      const s = y * v[i * n + k]!;
      for (let j = 0; j < n; j++) out[i * n + j] = out[i * n + j]! + s * v[j * n + k]!;
    }
  }
  return out;
}

function times(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const s = a[i * n + k]!;
      for (let j = 0; j < n; j++) c[i * n + j] = c[i * n + j]! + s * b[k * n + j]!;
    }
  return c;
}

/** Eigenvalues and vectors (rows) of X with X B X = A: X = B^-1/2 (B^1/2 A B^1/2)^1/2 B^-1/2. Null where something is not finite. */
function geometricMean(
  a: Float64Array,
  b: Float64Array,
  n: number,
  runtime: Runtime | undefined,
): { values: Float64Array; vectors: Float64Array[] } | null {
  if (!a.every(Number.isFinite) || !b.every(Number.isFinite)) return null;
  const positive = (x: number): number => Math.max(x, 1e-12);
  const root = matrixFunction(b, n, (x) => Math.sqrt(positive(x)), runtime);
  const inverse = matrixFunction(b, n, (x) => 1 / Math.sqrt(positive(x)), runtime);
  const middle = matrixFunction(times(times(root, a, n), root, n), n, (x) => Math.sqrt(positive(x)), runtime);
  const x = times(times(inverse, middle, n), inverse, n);
  if (!x.every(Number.isFinite)) return null;
  const { values, vectors } = eigSym(matrix(x, n), { check: false, runtime });
  const columns = Array.from({ length: n }, (_, k) =>
    Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + k]!),
  );
  return { values: Float64Array.from(values), vectors: columns };
}
