// The best plain JavaScript we can write for the room `linalg`: blocked LU and QR over the tiled gemm of dense.ts,
// blocked triangular solves, and conjugate gradients with fused passes. Doubles.

import { gemm } from "./dense.js";

/** Smallest order at which blocks pay. */
const BLOCKED = 48;

/** P A = L U in place, perm[i] the row of A at i; 0 or failing index + 1. */
export function lu(n: number, A: Float64Array, perm: Int32Array): number {
  for (let i = 0; i < n; i++) perm[i] = i;
  const nb = n < BLOCKED ? n : 32;
  for (let k = 0; k < n; k += nb) {
    const kb = Math.min(nb, n - k);
    const failed = luPanel(n, k, k + kb, A, perm);
    if (failed) return failed;
    const rest = n - k - kb;
    if (rest <= 0) break;
    const next = k + kb;
    for (let i = k + 1; i < next; i++) {
      const row = A.subarray(i * n + next, i * n + n);
      for (let p = k; p < i; p++) {
        const l = A[i * n + p]!;
        const from = p * n + next;
        for (let j = 0; j < rest; j++) row[j] = row[j]! - l * A[from + j]!;
      }
    }
    const below = A.subarray(next * n + k);
    gemm(
      rest,
      rest,
      kb,
      -1,
      below,
      n,
      false,
      A.subarray(k * n + next),
      n,
      false,
      1,
      A.subarray(next * n + next),
      n,
    );
  }
  return 0;
}

/** Columns from .. to-1 right-looking, whole rows exchanged. */
function luPanel(n: number, from: number, to: number, A: Float64Array, perm: Int32Array): number {
  for (let j = from; j < to; j++) {
    let best = j;
    let most = Math.abs(A[j * n + j]!);
    for (let i = j + 1; i < n; i++) {
      const v = Math.abs(A[i * n + j]!);
      if (v > most) {
        most = v;
        best = i;
      }
    }
    if (!(most > 0)) return j + 1;
    if (best !== j) {
      for (let c = 0, a = j * n, b = best * n; c < n; c++, a++, b++) {
        const t = A[a]!;
        A[a] = A[b]!;
        A[b] = t;
      }
      const t = perm[j]!;
      perm[j] = perm[best]!;
      perm[best] = t;
    }
    const r = 1 / A[j * n + j]!;
    const top = j * n;
    for (let i = j + 1; i < n; i++) {
      const row = i * n;
      const l = A[row + j]! * r;
      A[row + j] = l;
      for (let c = j + 1; c < to; c++) A[row + c] = A[row + c]! - l * A[top + c]!;
    }
  }
  return 0;
}

/** X = (P'L U)^-1 B for `count` right-hand sides. */
export function luSolve(
  n: number,
  F: Float64Array,
  perm: Int32Array,
  count: number,
  B: Float64Array,
  X: Float64Array,
): void {
  const nb = n < BLOCKED ? n : 32;
  for (let i = 0; i < n; i++) {
    const from = perm[i]! * count;
    for (let j = 0; j < count; j++) X[i * count + j] = B[from + j]!;
  }
  for (let k = 0; k < n; k += nb) {
    const end = Math.min(n, k + nb);
    for (let i = k + 1; i < end; i++) takeRows(n, F, i, k, i, count, X);
    const rest = n - end;
    if (rest > 0) {
      const left = F.subarray(end * n + k);
      gemm(
        rest,
        count,
        end - k,
        -1,
        left,
        n,
        false,
        X.subarray(k * count),
        count,
        false,
        1,
        X.subarray(end * count),
        count,
      );
    }
  }
  for (let end = n; end > 0; ) {
    const start = Math.max(0, end - nb);
    for (let i = end - 1; i >= start; i--) {
      takeRows(n, F, i, i + 1, end, count, X);
      const r = 1 / F[i * n + i]!;
      for (let j = 0, x = i * count; j < count; j++, x++) X[x] = X[x]! * r;
    }
    if (start > 0) {
      gemm(
        start,
        count,
        end - start,
        -1,
        F.subarray(start),
        n,
        false,
        X.subarray(start * count),
        count,
        false,
        1,
        X,
        count,
      );
    }
    end = start;
  }
}

/** Row i of X loses F[i][p] times row p, from <= p < to, two at a time. */
function takeRows(
  n: number,
  F: Float64Array,
  i: number,
  from: number,
  to: number,
  count: number,
  X: Float64Array,
): void {
  const x = i * count;
  let p = from;
  for (; p + 2 <= to; p += 2) {
    const a = F[i * n + p]!;
    const b = F[i * n + p + 1]!;
    const y = p * count;
    const z = y + count;
    for (let j = 0; j < count; j++) X[x + j] = X[x + j]! - a * X[y + j]! - b * X[z + j]!;
  }
  if (p < to) {
    const a = F[i * n + p]!;
    for (let j = 0, y = p * count; j < count; j++) X[x + j] = X[x + j]! - a * X[y + j]!;
  }
}

/** Householder QR of an m x n matrix held by columns, compact WY blocks of 16. */
export function qr(m: number, n: number, A: Float64Array, tau: Float64Array): void {
  const steps = Math.min(m, n);
  const nb = n < BLOCKED ? n : 16;
  const V = new Float64Array(nb * m);
  const S = new Float64Array(nb * nb);
  const T = new Float64Array(nb * nb);
  const W = new Float64Array(nb * n);
  const U = new Float64Array(nb * n);
  for (let k = 0; k < steps; k += nb) {
    const kb = Math.min(nb, steps - k);
    const rows = m - k;
    for (let j = k; j < k + kb; j++) {
      tau[j] = reflector(m, j, A);
      for (let c = j + 1; c < k + kb; c++) reflect(m, j, A, tau[j]!, c);
    }
    const rest = n - k - kb;
    if (rest <= 0) continue;
    for (let j = 0; j < kb; j++) {
      for (let i = 0; i < rows; i++) V[j * rows + i] = i < j ? 0 : i === j ? 1 : A[(k + j) * m + k + i]!;
    }
    gemm(kb, kb, rows, 1, V, rows, false, V, rows, true, 0, S, kb);
    T.fill(0);
    for (let j = 0; j < kb; j++) {
      const t = tau[k + j]!;
      for (let i = 0; i < j; i++) {
        let s = 0;
        for (let p = i; p < j; p++) s += T[i * kb + p]! * S[j * kb + p]!;
        T[i * kb + j] = -t * s;
      }
      T[j * kb + j] = t;
    }
    const C = A.subarray((k + kb) * m + k);
    gemm(rest, kb, rows, 1, C, m, false, V, rows, true, 0, W, kb);
    gemm(rest, kb, kb, 1, W, kb, false, T, kb, false, 0, U, kb);
    gemm(rest, rows, kb, -1, U, kb, false, V, rows, false, 1, C, m);
  }
}

function reflector(m: number, j: number, A: Float64Array): number {
  const top = j * m + j;
  const end = (j + 1) * m;
  let sum = 0;
  for (let i = top + 1; i < end; i++) sum += A[i]! * A[i]!;
  if (sum === 0) return 0;
  const alpha = A[top]!;
  const beta = alpha > 0 ? -Math.sqrt(alpha * alpha + sum) : Math.sqrt(alpha * alpha + sum);
  const r = 1 / (alpha - beta);
  for (let i = top + 1; i < end; i++) A[i] = A[i]! * r;
  A[top] = beta;
  return (beta - alpha) / beta;
}

function reflect(m: number, j: number, A: Float64Array, tau: number, c: number): void {
  const v = j * m;
  const x = c * m;
  let s0 = A[x + j]!;
  let s1 = 0;
  let i = j + 1;
  for (; i + 2 <= m; i += 2) {
    s0 += A[v + i]! * A[x + i]!;
    s1 += A[v + i + 1]! * A[x + i + 1]!;
  }
  if (i < m) s0 += A[v + i]! * A[x + i]!;
  const w = tau * (s0 + s1);
  A[x + j] = A[x + j]! - w;
  for (i = j + 1; i < m; i++) A[x + i] = A[x + i]! - w * A[v + i]!;
}

/** The usual hand-written solver of a small system: elimination with partial pivoting on copies of A and b. */
export function solveOnce(
  n: number,
  A: Float64Array,
  b: Float64Array,
  F: Float64Array,
  x: Float64Array,
): void {
  for (let i = 0; i < n * n; i++) F[i] = A[i]!;
  for (let i = 0; i < n; i++) x[i] = b[i]!;
  for (let j = 0; j < n; j++) {
    let best = j;
    for (let i = j + 1; i < n; i++) if (Math.abs(F[i * n + j]!) > Math.abs(F[best * n + j]!)) best = i;
    if (best !== j) {
      for (let c = j; c < n; c++) {
        const t = F[j * n + c]!;
        F[j * n + c] = F[best * n + c]!;
        F[best * n + c] = t;
      }
      const t = x[j]!;
      x[j] = x[best]!;
      x[best] = t;
    }
    for (let i = j + 1; i < n; i++) {
      const l = F[i * n + j]! / F[j * n + j]!;
      for (let c = j + 1; c < n; c++) F[i * n + c] = F[i * n + c]! - l * F[j * n + c]!;
      x[i] = x[i]! - l * x[j]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i]!;
    for (let j = i + 1; j < n; j++) s -= F[i * n + j]! * x[j]!;
    x[i] = s / F[i * n + i]!;
  }
}

export interface Csr {
  readonly rows: number;
  readonly rowPtr: Int32Array;
  readonly colIdx: Int32Array;
  readonly values: Float64Array;
}

/** Jacobi-preconditioned conjugate gradients, three fused passes an iteration; the iterations taken. */
export function cg(
  A: Csr,
  d: Float64Array,
  b: Float64Array,
  x: Float64Array,
  tolerance: number,
  most: number,
): number {
  const { rows: n, rowPtr, colIdx, values } = A;
  const r = Float64Array.from(b);
  const p = new Float64Array(n);
  const q = new Float64Array(n);
  let rz = 0;
  let bb = 0;
  x.fill(0);
  for (let i = 0; i < n; i++) {
    p[i] = d[i]! * r[i]!;
    rz += r[i]! * p[i]!;
    bb += b[i]! * b[i]!;
  }
  const bound = tolerance * tolerance * bb;
  for (let t = 1; t <= most; t++) {
    let curvature = 0;
    for (let i = 0, k = 0; i < n; i++) {
      const end = rowPtr[i + 1]!;
      let s = 0;
      for (; k < end; k++) s += values[k]! * p[colIdx[k]!]!;
      q[i] = s;
      curvature += s * p[i]!;
    }
    const alpha = rz / curvature;
    let next = 0;
    let rr = 0;
    for (let i = 0; i < n; i++) {
      x[i] = x[i]! + alpha * p[i]!;
      const v = r[i]! - alpha * q[i]!;
      r[i] = v;
      rr += v * v;
      next += v * v * d[i]!;
    }
    if (rr <= bound) return t;
    const beta = next / rz;
    for (let i = 0; i < n; i++) p[i] = d[i]! * r[i]! + beta * p[i]!;
    rz = next;
  }
  return most;
}
