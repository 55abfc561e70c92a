// Sums over two vectors in the order of a SIMD register: even places, odd places, then both. The kernels of assembly/sampling
// add in the same order, so a trajectory has the same bits in JavaScript and in the core.

export function dot(n: number, a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const pairs = n & ~1;
  for (let i = 0; i < pairs; i += 2) {
    even += a[i]! * b[i]!;
    odd += a[i + 1]! * b[i + 1]!;
  }
  if (pairs < n) even += a[pairs]! * b[pairs]!;
  return even + odd;
}

/** v'(a + b), without forming the sum. */
export function dotSum(n: number, v: Float64Array, a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const pairs = n & ~1;
  for (let i = 0; i < pairs; i += 2) {
    even += v[i]! * (a[i]! + b[i]!);
    odd += v[i + 1]! * (a[i + 1]! + b[i + 1]!);
  }
  if (pairs < n) even += v[pairs]! * (a[pairs]! + b[pairs]!);
  return even + odd;
}

/** y += s x. */
export function axpy(n: number, s: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < n; i++) y[i] = y[i]! + s * x[i]!;
}

export function allFinite(n: number, x: ArrayLike<number>): boolean {
  for (let i = 0; i < n; i++) if (!Number.isFinite(x[i]!)) return false;
  return true;
}

/** The least of numbers, NaN left out; NaN where there is none. */
export function leastOf(values: readonly number[]): number {
  return values.reduce((least, v) => (v < least || Number.isNaN(least) ? v : least), NaN);
}
