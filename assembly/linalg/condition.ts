// 1-norm condition of a factored matrix from a few solves: Hager (1984) with Higham's (1988) alternating
// start-over, algorithm 15.1 of Accuracy and Stability of Numerical Algorithms (2nd ed.).

import { asum, copy, iamax } from "../blas/level1";
import { solveR, solveRT } from "./qr";

/** What `F` holds, for inverseTimes. */
export const R_COLUMNS: i32 = 0;

// @ts-ignore: decorator
@inline
function item<T>(x: usize, i: i32): usize {
  return x + <usize>i * sizeof<T>();
}

/** x = op(A)^-1 x from the factor F of A. */
function inverseTimes<T>(kind: i32, transposed: bool, n: i32, F: usize, ld: i32, perm: usize, x: usize): void {
  if (transposed) solveRT<T>(n, F, ld, x);
  else solveR<T>(n, F, ld, x);
}

/** An estimate from below of |A^-1|_1, almost always within a factor of 3. work: 2 n numbers. */
export function inverseNorm<T>(kind: i32, n: i32, F: usize, ld: i32, perm: usize, work: usize): T {
  if (n <= 0) return <T>0;
  const x = work, signs = item<T>(work, n);
  for (let i = 0; i < n; i++) store<T>(item<T>(x, i), <T>(<T>1 / <T>n));
  inverseTimes<T>(kind, false, n, F, ld, perm, x);
  let estimate = asum<T>(n, x);
  if (n == 1) return estimate;
  takeSigns<T>(n, x, signs);
  inverseTimes<T>(kind, true, n, F, ld, perm, x);
  let j = iamax<T>(n, x);
  for (let turn = 0; turn < 5; turn++) {
    memory.fill(x, 0, <usize>n * sizeof<T>());
    store<T>(item<T>(x, j), <T>1);
    inverseTimes<T>(kind, false, n, F, ld, perm, x);
    const better = asum<T>(n, x);
    if (!(better > estimate)) break;
    estimate = better;
    if (takeSigns<T>(n, x, signs)) break;
    inverseTimes<T>(kind, true, n, F, ld, perm, x);
    const last = abs<T>(load<T>(item<T>(x, j)));
    j = iamax<T>(n, x);
    if (last == abs<T>(load<T>(item<T>(x, j)))) break;
  }
  for (let i = 0; i < n; i++) {
    const v = <T>(<T>1 + <T>(<T>i / <T>(n - 1)));
    store<T>(item<T>(x, i), i & 1 ? <T>-v : v);
  }
  inverseTimes<T>(kind, false, n, F, ld, perm, x);
  return max<T>(estimate, <T>(<T>(<T>2 * asum<T>(n, x)) / <T>(<T>3 * <T>n)));
}

/** x and `signs` become the signs of x; true when `signs` held them already. */
function takeSigns<T>(n: i32, x: usize, signs: usize): bool {
  let same = true;
  for (let i = 0; i < n; i++) {
    const s = load<T>(item<T>(x, i)) < 0 ? <T>-1 : <T>1;
    if (load<T>(item<T>(signs, i)) != s) same = false;
    store<T>(item<T>(x, i), s);
  }
  copy<T>(n, x, signs);
  return same;
}

/** 1 / (|A|_1 |A^-1|_1); 0 when that is not finite. */
export function reciprocal<T>(norm: T, inverse: T): T {
  const r = <T>(<T>(<T>1 / norm) / inverse);
  return r > 0 && r < <T>Infinity ? min<T>(r, <T>1) : <T>0;
}

/** Reciprocal condition of the leading k x k triangle R, held by columns. work: 2 k numbers. */
export function conditionR<T>(k: i32, R: usize, ld: i32, work: usize): T {
  let norm: T = 0;
  for (let j = 0; j < k; j++) norm = max<T>(norm, asum<T>(j + 1, R + <usize>j * <usize>ld * sizeof<T>()));
  return reciprocal<T>(norm, inverseNorm<T>(R_COLUMNS, k, R, ld, 0, work));
}
