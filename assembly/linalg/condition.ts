// 1-norm condition of a factored matrix from a few solves: Hager (1984) with Higham's (1988) alternating
// start-over, algorithm 15.1 of Accuracy and Stability of Numerical Algorithms (2nd ed.).

import { item } from "../memory";
import { asum, copy, iamax } from "../blas/level1";
import { choleskySolve } from "./cholesky";
import { ldlSolve } from "./ldl";
import { luSolve, luSolveT } from "./lu";
import { solveR, solveRT } from "./qr";

/** What a factor holds; src/linalg/factor.ts has the same numbers. */
export const TRIANGLE: i32 = 0;
export const CHOLESKY: i32 = 1;
export const LU: i32 = 2;
export const LDL: i32 = 3;

/** x = op(A)^-1 x from the factor F; `e` is the subdiagonal of LDL'. other: 2 n numbers of workspace. */
function inverseTimes<T>(
  kind: i32, transposed: bool, n: i32, F: usize, ld: i32, perm: usize, e: usize, x: usize, other: usize,
): void {
  if (kind == TRIANGLE) {
    if (transposed) solveRT<T>(n, F, ld, x);
    else solveR<T>(n, F, ld, x);
  } else if (kind == CHOLESKY) {
    choleskySolve<T>(n, F, ld, x);
  } else {
    if (kind == LDL) ldlSolve<T>(n, F, ld, e, perm, x, other, item<T>(other, n));
    else if (transposed) luSolveT<T>(n, F, ld, perm, x, other);
    else luSolve<T>(n, F, ld, perm, x, other);
    copy<T>(n, other, x);
  }
}

/** An estimate from below of |A^-1|_1, almost always within a factor of 3. work: 4 n numbers. */
export function inverseNorm<T>(kind: i32, n: i32, F: usize, ld: i32, perm: usize, e: usize, work: usize): T {
  if (n <= 0) return <T>0;
  const x = work, signs = item<T>(work, n), other = item<T>(signs, n);
  for (let i = 0; i < n; i++) store<T>(item<T>(x, i), <T>(<T>1 / <T>n));
  inverseTimes<T>(kind, false, n, F, ld, perm, e, x, other);
  let estimate = asum<T>(n, x);
  if (n == 1) return estimate;
  takeSigns<T>(n, x, signs);
  inverseTimes<T>(kind, true, n, F, ld, perm, e, x, other);
  let j = iamax<T>(n, x);
  for (let turn = 0; turn < 5; turn++) {
    memory.fill(x, 0, <usize>n * sizeof<T>());
    store<T>(item<T>(x, j), <T>1);
    inverseTimes<T>(kind, false, n, F, ld, perm, e, x, other);
    const better = asum<T>(n, x);
    if (!(better > estimate)) break;
    estimate = better;
    if (takeSigns<T>(n, x, signs)) break;
    inverseTimes<T>(kind, true, n, F, ld, perm, e, x, other);
    const last = abs<T>(load<T>(item<T>(x, j)));
    j = iamax<T>(n, x);
    if (last == abs<T>(load<T>(item<T>(x, j)))) break;
  }
  for (let i = 0; i < n; i++) {
    const v = <T>(<T>1 + <T>(<T>i / <T>(n - 1)));
    store<T>(item<T>(x, i), i & 1 ? <T>-v : v);
  }
  inverseTimes<T>(kind, false, n, F, ld, perm, e, x, other);
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

/** 1 / (|A|_1 |A^-1|_1) for A of this norm; 0 when that is not a number between 0 and 1. work: 4 n numbers. */
export function condition<T>(
  kind: i32, n: i32, norm: T, F: usize, ld: i32, perm: usize, e: usize, work: usize,
): T {
  const r = <T>(<T>(<T>1 / norm) / inverseNorm<T>(kind, n, F, ld, perm, e, work));
  return r > 0 && r < <T>Infinity ? min<T>(r, <T>1) : <T>0;
}

/** |R|_1 of the leading k x k triangle, held by columns. */
export function normR<T>(k: i32, R: usize, ld: i32): T {
  let norm: T = 0;
  for (let j = 0; j < k; j++) norm = max<T>(norm, asum<T>(j + 1, R + <usize>j * <usize>ld * sizeof<T>()));
  return norm;
}
