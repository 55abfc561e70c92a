// The twins in plain JavaScript of LU and Cholesky for n <= SMALL, where crossing into WebAssembly costs more than the
// arithmetic. Row-major in place, the same conventions as the kernels: 0, or the failing index + 1.

/**
 * Up to this order the twins run. Measured crossover (bench "small solve", Node 20): hand-written loops take 0.7 times as
 * long as the way through WebAssembly at n = 5, as long at 6, 1.7 times as long at 10.
 */
export const SMALL = 4;

/** factorSmall for n = 3, unrolled: two comparisons choose the first pivot, one the second. */
function factor3(F: Float64Array, perm: Int32Array): number {
  let p = 0;
  let q = 1;
  let r = 2;
  let most = Math.abs(F[0]!);
  const second = Math.abs(F[3]!);
  if (second > most) {
    most = second;
    p = 1;
    q = 0;
  }
  if (Math.abs(F[6]!) > most) {
    r = p;
    p = 2;
  }
  const a0 = F[3 * p]!;
  if (!(Math.abs(a0) > 0)) return 1;
  const a1 = F[3 * p + 1]!;
  const a2 = F[3 * p + 2]!;
  let b0 = F[3 * q]! / a0;
  let b1 = F[3 * q + 1]! - b0 * a1;
  let b2 = F[3 * q + 2]! - b0 * a2;
  let c0 = F[3 * r]! / a0;
  let c1 = F[3 * r + 1]! - c0 * a1;
  let c2 = F[3 * r + 2]! - c0 * a2;
  if (Math.abs(c1) > Math.abs(b1)) {
    [q, r] = [r, q];
    let t = b0;
    b0 = c0;
    c0 = t;
    t = b1;
    b1 = c1;
    c1 = t;
    t = b2;
    b2 = c2;
    c2 = t;
  }
  if (!(Math.abs(b1) > 0)) return 2;
  c1 /= b1;
  c2 -= c1 * b2;
  if (!(Math.abs(c2) > 0)) return 3;
  F[0] = a0;
  F[1] = a1;
  F[2] = a2;
  F[3] = b0;
  F[4] = b1;
  F[5] = b2;
  F[6] = c0;
  F[7] = c1;
  F[8] = c2;
  perm[0] = p;
  perm[1] = q;
  perm[2] = r;
  return 0;
}

/** P A = L U; perm[i] is the row of A that stands at i. */
export function factorSmall(n: number, F: Float64Array, perm: Int32Array): number {
  if (n === 3) return factor3(F, perm);
  for (let i = 0; i < n; i++) perm[i] = i;
  for (let j = 0; j < n; j++) {
    let best = j;
    let most = Math.abs(F[j * n + j]!);
    for (let i = j + 1; i < n; i++) {
      const v = Math.abs(F[i * n + j]!);
      if (v > most) {
        most = v;
        best = i;
      }
    }
    if (!(most > 0)) return j + 1;
    const row = j * n;
    if (best !== j) {
      const other = best * n;
      for (let c = 0; c < n; c++) {
        const t = F[row + c]!;
        F[row + c] = F[other + c]!;
        F[other + c] = t;
      }
      const t = perm[j]!;
      perm[j] = perm[best]!;
      perm[best] = t;
    }
    const pivot = F[row + j]!;
    const r = 1 / pivot;
    for (let i = j + 1; i < n; i++) {
      const at = i * n;
      const l = Math.abs(r) < Infinity ? F[at + j]! * r : F[at + j]! / pivot;
      F[at + j] = l;
      for (let c = j + 1; c < n; c++) F[at + c] = F[at + c]! - l * F[row + c]!;
    }
  }
  return 0;
}

/** x = A^-1 b; b and x may be the same array. */
export function solveSmall(
  n: number,
  F: Float64Array,
  perm: Int32Array,
  b: Float64Array,
  x: Float64Array,
): void {
  let x0 = b[perm[0]!]!;
  if (n === 1) {
    x[0] = x0 / F[0]!;
    return;
  }
  let x1 = b[perm[1]!]! - F[n]! * x0;
  if (n === 2) {
    x1 /= F[3]!;
    x[0] = (x0 - F[1]! * x1) / F[0]!;
    x[1] = x1;
    return;
  }
  const r2 = 2 * n;
  let x2 = b[perm[2]!]! - F[r2]! * x0 - F[r2 + 1]! * x1;
  if (n === 4) {
    const s = F[12]! * x0 + F[13]! * x1 + F[14]! * x2;
    const x3 = (b[perm[3]!]! - s) / F[15]!;
    x0 -= F[3]! * x3;
    x1 -= F[7]! * x3;
    x2 -= F[11]! * x3;
    x[3] = x3;
  }
  x2 /= F[r2 + 2]!;
  x1 = (x1 - F[n + 2]! * x2) / F[n + 1]!;
  x0 = (x0 - F[1]! * x1 - F[2]! * x2) / F[0]!;
  x[0] = x0;
  x[1] = x1;
  x[2] = x2;
}

/** A = L L', lower triangle only. */
export function choleskySmall(n: number, F: Float64Array): number {
  for (let j = 0; j < n; j++) {
    const row = j * n;
    let d = F[row + j]!;
    for (let p = 0; p < j; p++) d -= F[row + p]! * F[row + p]!;
    if (!(d > 0 && d < Infinity)) {
      F[row + j] = d;
      return j + 1;
    }
    const s = Math.sqrt(d);
    F[row + j] = s;
    for (let i = j + 1; i < n; i++) {
      const at = i * n;
      let v = F[at + j]!;
      for (let p = 0; p < j; p++) v -= F[at + p]! * F[row + p]!;
      F[at + j] = v / s;
    }
  }
  return 0;
}

/** x = (L L')^-1 x. */
export function choleskySolveSmall(n: number, F: Float64Array, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let s = x[i]!;
    for (let j = 0; j < i; j++) s -= F[i * n + j]! * x[j]!;
    x[i] = s / F[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i]!;
    for (let j = i + 1; j < n; j++) s -= F[j * n + i]! * x[j]!;
    x[i] = s / F[i * n + i]!;
  }
}
