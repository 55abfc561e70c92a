// Powers of two to scale with, which round nothing.

import type { Precision, Real } from "./matrix.js";

const bits = new DataView(new ArrayBuffer(8));

/** The power of two at or just below a > 0; 1 for 0. Its reciprocal is normal too. */
export function powerBelow(a: number): number {
  if (!(a > 0)) return 1;
  bits.setFloat64(0, a);
  const exponent = Math.min(Math.max((bits.getUint32(0) >>> 20) & 0x7ff, 2), 2044);
  bits.setUint32(0, exponent << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** The exponent of a normal power of two. */
export function exponentOf(power: number): number {
  bits.setFloat64(0, power);
  return (bits.getUint32(0) >>> 20) - 1023;
}

/** The largest |element|. */
export function largestOf(x: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]!));
  return most;
}

/**
 * F = S F S (n x n, row by row) with powers of two that bring the diagonal of a positive definite matrix into [1, 4):
 * within a factor n of the best conditioned scaling (van der Sluis 1969). False where S is a multiple of the identity:
 * then nothing is done, as that changes no condition number.
 */
export function scaleSymmetric(n: number, F: Real, s: Real): boolean {
  let [least, most] = [Infinity, 0];
  for (let i = 0; i < n; i++) {
    const d = F[i * (n + 1)]!;
    const scale = d > 0 && d < Infinity ? 1 / powerBelow(Math.sqrt(d)) : 1;
    s[i] = scale;
    least = Math.min(least, scale);
    most = Math.max(most, scale);
  }
  if (least === most) return false;
  for (let i = 0; i < n; i++) {
    const si = s[i]!;
    for (let j = 0; j < n; j++) F[i * n + j] = F[i * n + j]! * si * s[j]!;
  }
  return true;
}

/** Row i of X (`count` numbers) times s[i]. */
export function scaleRows(count: number, X: Real, s: Real): void {
  for (let i = 0; i < X.length; i++) X[i] = X[i]! * s[Math.floor(i / count)]!;
}

/** A power of two that takes numbers near the ends of the range to its middle, where products and sums stay in it; else 1. */
export function middleScale(largest: number, precision: Precision): number {
  const [low, high] = precision === "f64" ? [1e-100, 1e100] : [1e-14, 1e14];
  return largest > high || (largest > 0 && largest < low) ? 1 / powerBelow(largest) : 1;
}
