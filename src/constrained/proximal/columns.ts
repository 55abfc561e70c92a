// A regression matrix by columns, as coordinate descent walks over it.

import { element, readMatrix } from "../../linalg/matrix.js";
import { DownhillError } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkFinite } from "../../runtime/options.js";

export interface Columns {
  readonly m: number;
  readonly n: number;
  /** Column j is data[j*m .. j*m + m). */
  readonly data: Float64Array;
  /** Squared lengths of the columns. */
  readonly squares: Float64Array;
  readonly b: Float64Array;
}

/** A and b, copied and checked; with `center` each column and b without their means, which are returned too. */
export function readColumns(where: string, A: unknown, b: unknown, center = false) {
  const s = readMatrix(where, "A", A);
  const [m, n] = [s.rows, s.cols];
  if (m === 0 || n === 0)
    throw new DownhillError("SHAPE", `${where}: A is empty (${m} x ${n})`, { details: { argument: "A" } });
  const rhs = copyNumbers(where, "b", b, m);
  checkFinite(where, "b", rhs);
  const data = new Float64Array(m * n);
  for (let j = 0; j < n; j++) for (let i = 0; i < m; i++) data[j * m + i] = element(s, i, j);
  checkFinite(where, "A", data);
  const means = new Float64Array(n);
  let mean = 0;
  if (center) {
    for (let j = 0; j < n; j++) means[j] = centre(data.subarray(j * m, j * m + m));
    mean = centre(rhs);
  }
  const squares = new Float64Array(n);
  for (let j = 0; j < n; j++) squares[j] = dot(m, data, j * m, data, j * m);
  const columns: Columns = { m, n, data, squares, b: rhs };
  return { columns, means, mean };
}

function centre(v: Float64Array): number {
  let s = 0;
  for (const value of v) s += value;
  const mean = s / v.length;
  for (let i = 0; i < v.length; i++) v[i]! -= mean;
  return mean;
}

/** Four sums, so that the loop does not wait for its own additions. */
export function dot(m: number, a: Float64Array, pa: number, b: Float64Array, pb: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    s0 += a[pa + i]! * b[pb + i]!;
    s1 += a[pa + i + 1]! * b[pb + i + 1]!;
    s2 += a[pa + i + 2]! * b[pb + i + 2]!;
    s3 += a[pa + i + 3]! * b[pb + i + 3]!;
  }
  for (; i < m; i++) s0 += a[pa + i]! * b[pb + i]!;
  return s0 + s1 + (s2 + s3);
}

/** r -= by * column j. */
export function subtract({ m, data }: Columns, j: number, by: number, r: Float64Array): void {
  const p = j * m;
  for (let i = 0; i < m; i++) r[i]! -= by * data[p + i]!;
}
