// Running means and second central moments of draws and of gradients (Welford 1962), from which the warm-up makes metrics.

export interface MomentsState {
  readonly count: number;
  readonly mean: readonly number[];
  readonly squares: readonly number[];
}

/** Mean and sums of squared deviations of each coordinate. */
export class Moments {
  count = 0;
  readonly mean: Float64Array;
  readonly squares: Float64Array;

  constructor(readonly d: number) {
    this.mean = new Float64Array(d);
    this.squares = new Float64Array(d);
  }

  add(x: Float64Array): void {
    const { d, mean, squares } = this;
    const n = ++this.count;
    for (let i = 0; i < d; i++) {
      const delta = x[i]! - mean[i]!;
      mean[i] = mean[i]! + delta / n;
      squares[i] = squares[i]! + delta * (x[i]! - mean[i]!);
    }
  }

  clear(): void {
    this.count = 0;
    this.mean.fill(0);
    this.squares.fill(0);
  }

  state(): MomentsState {
    return { count: this.count, mean: [...this.mean], squares: [...this.squares] };
  }

  restore(state: MomentsState): void {
    this.count = state.count;
    this.mean.set(state.mean);
    this.squares.set(state.squares);
  }
}

/** Mean and the whole matrix of sums of products of deviations, row-major. */
export class CrossMoments {
  count = 0;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
  readonly #delta: Float64Array;

  constructor(readonly d: number) {
    this.mean = new Float64Array(d);
    this.squares = new Float64Array(d * d);
    this.#delta = new Float64Array(d);
  }

  add(x: Float64Array): void {
    const { d, mean, squares } = this;
    const delta = this.#delta;
    const n = ++this.count;
    for (let i = 0; i < d; i++) {
      delta[i] = x[i]! - mean[i]!;
      mean[i] = mean[i]! + delta[i]! / n;
    }
    // (x - old mean)(x - new mean)' = delta delta' (n - 1) / n, symmetric.
    const factor = (n - 1) / n;
    for (let i = 0; i < d; i++) {
      const s = factor * delta[i]!;
      for (let j = 0; j < d; j++) squares[i * d + j] = squares[i * d + j]! + s * delta[j]!;
    }
  }

  /** Becomes what it would be with the draws of `other` too (Chan, Golub and LeVeque 1983). */
  pool(other: CrossMoments): void {
    if (other.count === 0) return;
    const { d, mean, squares } = this;
    const delta = this.#delta;
    const total = this.count + other.count;
    const factor = (this.count * other.count) / total;
    for (let i = 0; i < d; i++) delta[i] = other.mean[i]! - mean[i]!;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++)
        squares[i * d + j] = squares[i * d + j]! + other.squares[i * d + j]! + factor * delta[i]! * delta[j]!;
      mean[i] = mean[i]! + (delta[i]! * other.count) / total;
    }
    this.count = total;
  }

  clear(): void {
    this.count = 0;
    this.mean.fill(0);
    this.squares.fill(0);
  }

  state(): MomentsState {
    return { count: this.count, mean: [...this.mean], squares: [...this.squares] };
  }

  restore(state: MomentsState): void {
    this.count = state.count;
    this.mean.set(state.mean);
    this.squares.set(state.squares);
  }
}
