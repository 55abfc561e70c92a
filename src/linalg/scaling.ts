// Powers of two to scale with, which round nothing.

import type { Rows } from "./csr-parts.js";
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

/** 2^exponent, which is normal. */
function powerOf(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
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

/** Passes over the entries at most: each halves the exponents that are left. */
const PASSES = 20;

/**
 * Powers of two s for a sparse symmetric matrix, of which the lower triangle counts: every row of S A S has its largest |element| about 1
 * (Ruiz 2001). Null where all are the same: then nothing depends on units.
 */
export function symmetricScales({ rows: n, rowPtr, colIdx, values }: Rows): Float64Array | null {
  const s = new Float64Array(n).fill(1);
  const most = new Float64Array(n);
  for (let pass = 0; pass < PASSES; pass++) {
    most.fill(0);
    for (let i = 0; i < n; i++) {
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const j = colIdx[k]!;
        if (j > i) continue;
        const size = Math.abs(values[k]! * s[i]! * s[j]!);
        most[i] = Math.max(most[i]!, size);
        most[j] = Math.max(most[j]!, size);
      }
    }
    let same = true;
    for (let i = 0; i < n; i++) {
      const power = powerBelow(Math.sqrt(most[i]!));
      s[i] = s[i]! / power;
      same &&= power === 1;
    }
    if (same) break;
  }
  return s.every((v) => v === s[0]) ? null : s;
}

/** Rows and columns in turn, so often. */
const MEANS = 100;

/**
 * Powers of two r and c that bring the elements of diag(r) A diag(c) as near to 1 as can be, in the mean of the squares of their exponents (Curtis
 * and Reid 1972): units of rows and columns are undone where A has zeros too, which largest elements alone do not tell.
 */
export function meanScales({ rows: n, rowPtr, colIdx, values }: Rows, precision: Precision = "f64") {
  const most = precision === "f64" ? 1000 : 120;
  const [r, c] = [new Float64Array(n), new Float64Array(n)];
  const [sums, counts] = [new Float64Array(n), new Float64Array(n)];
  const exponents = Float64Array.from(values, (v) => (v === 0 ? NaN : exponentOf(powerBelow(Math.abs(v)))));
  for (let pass = 0; pass < MEANS; pass++) {
    sums.fill(0);
    counts.fill(0);
    for (let i = 0; i < n; i++) {
      let [sum, count] = [0, 0];
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
        if (values[k] !== 0) [sum, count] = [sum + exponents[k]! + c[colIdx[k]!]!, count + 1];
      r[i] = count > 0 ? -sum / count : 0;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const j = colIdx[k]!;
        if (values[k] !== 0) [sums[j], counts[j]] = [sums[j]! + exponents[k]! + r[i]!, counts[j]! + 1];
      }
    }
    for (let j = 0; j < n; j++) c[j] = counts[j]! > 0 ? -sums[j]! / counts[j]! : 0;
  }
  const power = (e: number): number => powerOf(Math.min(Math.max(Math.round(e), -most), most));
  return { r: r.map(power), c: c.map(power) };
}

/** F = diag(r) F diag(c) (n x n, row by row) with these powers. */
export function scaleByMeans(n: number, F: Real, r: Real, c: Real, precision: Precision): void {
  const colIdx = Int32Array.from(F, (_, at) => at % n);
  const rowPtr = Int32Array.from({ length: n + 1 }, (_, i) => i * n);
  const scales = meanScales({ rows: n, cols: n, rowPtr, colIdx, values: Float64Array.from(F) }, precision);
  r.set(scales.r);
  c.set(scales.c);
  for (let at = 0; at < F.length; at++) F[at] = F[at]! * r[Math.floor(at / n)]! * c[at % n]!;
}

/** Rows whose sizes differ by more are put in order. */
const ROW_RATIO = 64;

/**
 * The order of the rows of A (columns, ld = m), largest first, in which Householder's QR loses no digits of rows in small units; Cox and Higham (1998).
 * Sizes are in units of the columns. A is put into this order; null where its rows are about as large, and nothing was done.
 */
export function sortRows(m: number, n: number, A: Real): Int32Array | null {
  const size = new Float64Array(m);
  for (let j = 0; j < n; j++) {
    const column = A.subarray(j * m, j * m + m);
    const most = largestOf(column);
    if (most > 0) for (let i = 0; i < m; i++) size[i] = Math.max(size[i]!, Math.abs(column[i]!) / most);
  }
  let least = Infinity;
  for (let i = 0; i < m; i++) if (size[i]! > 0) least = Math.min(least, size[i]!);
  if (!(largestOf(size) > ROW_RATIO * least)) return null;
  const order = Int32Array.from(size, (_, i) => i).sort((a, b) => size[b]! - size[a]! || a - b);
  for (let j = 0; j < n; j++) {
    const column = A.subarray(j * m, j * m + m);
    const before = column.slice();
    for (let i = 0; i < m; i++) column[i] = before[order[i]!]!;
  }
  return order;
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
