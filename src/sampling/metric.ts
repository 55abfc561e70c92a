// Metrics of the kinetic energy p' M^-1 p / 2: diagonal, dense, and diagonal with a correction of low rank. A metric is plain
// numbers; M^-1 is meant to be the covariance of the density (Neal 2011, section 5.4.1).

import type { Random } from "../random/philox.js";
import { dot } from "./vectors.js";

/** A metric as plain data. `inverse` is the diagonal of M^-1, or M^-1 itself, row-major, where it is dense. */
export type MetricState =
  | { readonly kind: "diagonal"; readonly inverse: readonly number[] }
  | { readonly kind: "dense"; readonly inverse: readonly number[] }
  | {
      readonly kind: "lowRank";
      /** M^-1 = S (I + U (diag(values) - I) U') S, S diagonal; the vectors are rows. */
      readonly scale: readonly number[];
      readonly values: readonly number[];
      readonly vectors: readonly number[];
    };

export interface Metric {
  readonly d: number;
  /** p from N(0, M). */
  momentum(random: Random, p: Float64Array): void;
  /** v = M^-1 p. */
  velocity(p: Float64Array, v: Float64Array): void;
  state(): MetricState;
}

export class DiagonalMetric implements Metric {
  readonly d: number;
  /** The diagonal of M^-1; written by the warm-up. */
  readonly inverse: Float64Array;

  constructor(d: number, inverse?: ArrayLike<number>) {
    this.d = d;
    this.inverse = inverse ? Float64Array.from(inverse) : new Float64Array(d).fill(1);
  }

  momentum(random: Random, p: Float64Array): void {
    const { d, inverse } = this;
    for (let i = 0; i < d; i++) p[i] = random.normal() / Math.sqrt(inverse[i]!);
  }

  velocity(p: Float64Array, v: Float64Array): void {
    const { d, inverse } = this;
    for (let i = 0; i < d; i++) v[i] = inverse[i]! * p[i]!;
  }

  state(): MetricState {
    return { kind: "diagonal", inverse: [...this.inverse] };
  }
}

/** L with A = L L', row-major, into `out`; false where A is not positive definite. */
export function cholesky(d: number, a: Float64Array, out: Float64Array): boolean {
  out.fill(0);
  for (let j = 0; j < d; j++) {
    for (let i = j; i < d; i++) {
      let s = a[i * d + j]!;
      for (let k = 0; k < j; k++) s -= out[i * d + k]! * out[j * d + k]!;
      if (i > j) out[i * d + j] = s / out[j * d + j]!;
      else if (s > 0 && s < Infinity) out[i * d + i] = Math.sqrt(s);
      else return false;
    }
  }
  return true;
}

export class DenseMetric implements Metric {
  readonly d: number;
  readonly inverse: Float64Array;
  /** M^-1 = L L'. */
  readonly factor: Float64Array;
  readonly #trial: Float64Array;

  constructor(d: number, inverse?: ArrayLike<number>) {
    this.d = d;
    this.inverse = new Float64Array(d * d);
    this.factor = new Float64Array(d * d);
    this.#trial = new Float64Array(d * d);
    if (inverse) this.inverse.set(inverse);
    else for (let i = 0; i < d; i++) this.inverse[i * d + i] = 1;
    cholesky(d, this.inverse, this.factor);
  }

  /** Takes a covariance as M^-1; false, and nothing changed, where it is not positive definite. */
  take(covariance: Float64Array): boolean {
    if (!cholesky(this.d, covariance, this.#trial)) return false;
    this.inverse.set(covariance);
    this.factor.set(this.#trial);
    return true;
  }

  momentum(random: Random, p: Float64Array): void {
    const { d, factor } = this;
    for (let i = 0; i < d; i++) p[i] = random.normal();
    // p = L'^-1 z has covariance (L L')^-1 = M.
    for (let i = d - 1; i >= 0; i--) {
      let s = p[i]!;
      for (let k = i + 1; k < d; k++) s -= factor[k * d + i]! * p[k]!;
      p[i] = s / factor[i * d + i]!;
    }
  }

  velocity(p: Float64Array, v: Float64Array): void {
    const { d, inverse } = this;
    for (let i = 0; i < d; i++) {
      let even = 0;
      let odd = 0;
      const row = i * d;
      const pairs = d & ~1;
      for (let k = 0; k < pairs; k += 2) {
        even += inverse[row + k]! * p[k]!;
        odd += inverse[row + k + 1]! * p[k + 1]!;
      }
      if (pairs < d) even += inverse[row + pairs]! * p[pairs]!;
      v[i] = even + odd;
    }
  }

  state(): MetricState {
    return { kind: "dense", inverse: [...this.inverse] };
  }
}

export class LowRankMetric implements Metric {
  readonly d: number;
  readonly scale: Float64Array;
  values: Float64Array = new Float64Array(0);
  vectors: Float64Array[] = [];
  readonly #work: Float64Array;

  constructor(d: number, scale?: ArrayLike<number>) {
    this.d = d;
    this.scale = scale ? Float64Array.from(scale) : new Float64Array(d).fill(1);
    this.#work = new Float64Array(d);
  }

  momentum(random: Random, p: Float64Array): void {
    const { d, scale, values, vectors } = this;
    const z = this.#work;
    for (let i = 0; i < d; i++) z[i] = random.normal();
    p.set(z);
    // M^-1/2 has 1 / sqrt(value) along each vector.
    for (let k = 0; k < vectors.length; k++) {
      const u = vectors[k]!;
      const c = (1 / Math.sqrt(values[k]!) - 1) * dot(d, u, z);
      for (let i = 0; i < d; i++) p[i] = p[i]! + c * u[i]!;
    }
    for (let i = 0; i < d; i++) p[i] = p[i]! / scale[i]!;
  }

  velocity(p: Float64Array, v: Float64Array): void {
    const { d, scale, values, vectors } = this;
    const y = this.#work;
    for (let i = 0; i < d; i++) {
      y[i] = scale[i]! * p[i]!;
      v[i] = y[i]!;
    }
    for (let k = 0; k < vectors.length; k++) {
      const u = vectors[k]!;
      const c = (values[k]! - 1) * dot(d, u, y);
      for (let i = 0; i < d; i++) v[i] = v[i]! + c * u[i]!;
    }
    for (let i = 0; i < d; i++) v[i] = scale[i]! * v[i]!;
  }

  state(): MetricState {
    return {
      kind: "lowRank",
      scale: [...this.scale],
      values: [...this.values],
      vectors: this.vectors.flatMap((v) => [...v]),
    };
  }
}

/** A metric from its plain data. */
export function metricOf(state: MetricState, d: number): Metric {
  if (state.kind === "diagonal") return new DiagonalMetric(d, state.inverse);
  if (state.kind === "dense") return new DenseMetric(d, state.inverse);
  const metric = new LowRankMetric(d, state.scale);
  metric.values = Float64Array.from(state.values);
  metric.vectors = state.values.map((_, k) => Float64Array.from(state.vectors.slice(k * d, (k + 1) * d)));
  return metric;
}
