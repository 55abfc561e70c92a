// P A P' = L D L' for symmetric A, D with blocks of order 1 and 2: bounded Bunch-Kaufman (rook) pivoting
// (Ashcraft, Grimes and Lewis 1998), which keeps L bounded. Its blocks made positive give the modified Cholesky of
// Cheng and Higham (1998). A is held in full, so that a column can be read along its row.
// Factor: unit lower L below the diagonal, D's diagonal on it, D's subdiagonal in e (0 before a block of order 1).

import { item } from "../memory";
import { axpy, dot, iamax } from "../blas/level1";
import { swapRows } from "./swap";

/** (1 + sqrt 17) / 8. */
const ALPHA: f64 = 0.6403882032022076;

// @ts-ignore: decorator
@inline
function entry<T>(A: usize, ld: i32, i: i32, j: i32): usize {
  return A + (<usize>i * <usize>ld + <usize>j) * sizeof<T>();
}

/** Index of the largest |A[r][j]|, k <= j < n, j != r; -1 when n = k + 1. */
function offDiagonal<T>(n: i32, k: i32, A: usize, ld: i32, r: i32): i32 {
  const left = iamax<T>(r - k, entry<T>(A, ld, r, k));
  const right = iamax<T>(n - r - 1, entry<T>(A, ld, r, r + 1));
  if (left < 0) return right < 0 ? -1 : r + 1 + right;
  if (right < 0) return k + left;
  const a = abs<T>(load<T>(entry<T>(A, ld, r, k + left)));
  const b = abs<T>(load<T>(entry<T>(A, ld, r, r + 1 + right)));
  return b > a ? r + 1 + right : k + left;
}

/** Exchanges rows and columns i and j of the trailing matrix, and the rows of L before it. */
function exchange<T>(n: i32, k: i32, A: usize, ld: i32, perm: usize, i: i32, j: i32): void {
  if (i == j) return;
  swapRows<T>(n, entry<T>(A, ld, i, 0), entry<T>(A, ld, j, 0));
  for (let r = k; r < n; r++) {
    const a = entry<T>(A, ld, r, i), b = entry<T>(A, ld, r, j);
    const t = load<T>(a);
    store<T>(a, load<T>(b));
    store<T>(b, t);
  }
  const p = perm + (<usize>i << 2), q = perm + (<usize>j << 2);
  const t = load<i32>(p);
  store<i32>(p, load<i32>(q));
  store<i32>(q, t);
}

/** A (both triangles) becomes L and D; e: n numbers; perm[i] (i32) is the row of A at i. A zero pivot stays in D. */
export function ldl<T>(n: i32, A: usize, ld: i32, e: usize, perm: usize): void {
  for (let i = 0; i < n; i++) store<i32>(perm + (<usize>i << 2), i);
  const alpha = <T>ALPHA;
  for (let k = 0; k < n; ) {
    store<T>(item<T>(e, k), <T>0);
    let i = offDiagonal<T>(n, k, A, ld, k);
    let most = i < 0 ? <T>0 : abs<T>(load<T>(entry<T>(A, ld, k, i)));
    let order = 1;
    if (!(abs<T>(load<T>(entry<T>(A, ld, k, k))) >= <T>(alpha * most))) {
      let p = k;
      // Each turn finds a larger element, so the walk ends; n turns bound it against NaN.
      for (let turn = 0; turn < n; turn++) {
        const j = offDiagonal<T>(n, k, A, ld, i);
        const row = abs<T>(load<T>(entry<T>(A, ld, i, j)));
        if (abs<T>(load<T>(entry<T>(A, ld, i, i))) >= <T>(alpha * row)) break;
        if (j == p || row <= most) {
          order = 2;
          break;
        }
        p = i;
        most = row;
        i = j;
      }
      if (order == 2) {
        exchange<T>(n, k, A, ld, perm, k, p);
        // i may have been k itself, which now stands at p.
        exchange<T>(n, k, A, ld, perm, k + 1, i == k ? p : i);
      } else {
        exchange<T>(n, k, A, ld, perm, k, i);
      }
    }
    if (order == 1) eliminateOne<T>(n, k, A, ld);
    else eliminateTwo<T>(n, k, A, ld, e);
    k += order;
  }
}

function eliminateOne<T>(n: i32, k: i32, A: usize, ld: i32): void {
  const d = load<T>(entry<T>(A, ld, k, k));
  if (d == 0) {
    for (let i = k + 1; i < n; i++) store<T>(entry<T>(A, ld, i, k), <T>0);
    return;
  }
  const row = entry<T>(A, ld, k, k + 1);
  for (let i = k + 1; i < n; i++) {
    const at = entry<T>(A, ld, i, k);
    const l = <T>(load<T>(at) / d);
    store<T>(at, l);
    if (l != 0) axpy<T>(n - k - 1, <T>-l, row, at + sizeof<T>());
  }
}

function eliminateTwo<T>(n: i32, k: i32, A: usize, ld: i32, e: usize): void {
  const a = load<T>(entry<T>(A, ld, k, k)), b = load<T>(entry<T>(A, ld, k + 1, k)), c = load<T>(entry<T>(A, ld, k + 1, k + 1));
  store<T>(item<T>(e, k), b);
  store<T>(item<T>(e, k + 1), <T>0);
  store<T>(entry<T>(A, ld, k + 1, k), <T>0);
  // The block's inverse, scaled by its large subdiagonal b as in LAPACK's sytf2.
  const aa = <T>(a / b), cc = <T>(c / b);
  const t = <T>(<T>1 / <T>(<T>(aa * cc) - <T>1));
  const rest = n - k - 2;
  const row1 = entry<T>(A, ld, k, k + 2), row2 = entry<T>(A, ld, k + 1, k + 2);
  for (let i = k + 2; i < n; i++) {
    const at = entry<T>(A, ld, i, k);
    const x = <T>(load<T>(at) / b), y = <T>(load<T>(at + sizeof<T>()) / b);
    const l1 = <T>(t * <T>(<T>(cc * x) - y)), l2 = <T>(t * <T>(<T>(aa * y) - x));
    store<T>(at, l1);
    store<T>(at + sizeof<T>(), l2);
    axpy<T>(rest, <T>-l1, row1, at + 2 * sizeof<T>());
    axpy<T>(rest, <T>-l2, row2, at + 2 * sizeof<T>());
  }
}

/** Index + 1 of the first block of D that is singular; 0 when there is none. */
export function ldlSingular<T>(n: i32, A: usize, ld: i32, e: usize): i32 {
  for (let k = 0; k < n; k++) {
    const d = load<T>(entry<T>(A, ld, k, k)), b = load<T>(item<T>(e, k));
    if (b != 0) k++;
    else if (!(abs<T>(d) > 0)) return k + 1;
  }
  return 0;
}

/** Negative eigenvalues of D, and so of A. A block of order 2 has one of either sign. */
export function ldlNegative<T>(n: i32, A: usize, ld: i32, e: usize): i32 {
  let count = 0;
  for (let k = 0; k < n; k++) {
    if (load<T>(item<T>(e, k)) != 0) {
      count++;
      k++;
    } else if (load<T>(entry<T>(A, ld, k, k)) < 0) count++;
  }
  return count;
}

/** Raises every eigenvalue of D below delta > 0 to delta; the number raised. */
export function ldlModify<T>(n: i32, A: usize, ld: i32, e: usize, delta: T): i32 {
  let raised = 0;
  for (let k = 0; k < n; k++) {
    const top = entry<T>(A, ld, k, k);
    const a = load<T>(top), b = load<T>(item<T>(e, k));
    if (b == 0) {
      if (a >= delta) continue;
      store<T>(top, delta);
      raised++;
      continue;
    }
    const bottom = entry<T>(A, ld, k + 1, k + 1);
    raised += raisePair<T>(top, bottom, item<T>(e, k), delta);
    k++;
  }
  return raised;
}

/** [a b; b c] = Q diag Q' by one Jacobi rotation (Golub and Van Loan, 4th ed., algorithm 8.5.1), raised, put back. */
function raisePair<T>(pa: usize, pc: usize, pb: usize, delta: T): i32 {
  const a = load<T>(pa), b = load<T>(pb), c = load<T>(pc);
  const tau = <T>(<T>(c - a) / <T>(<T>2 * b));
  const big = abs<T>(tau);
  const root = big > <T>1e18 ? big : sqrt<T>(<T>(<T>1 + <T>(tau * tau)));
  const t = tau >= 0 ? <T>(<T>1 / <T>(tau + root)) : <T>(<T>1 / <T>(tau - root));
  const cos = <T>(<T>1 / sqrt<T>(<T>(<T>1 + <T>(t * t))));
  const sin = <T>(t * cos);
  // Eigenvector (cos, -sin) has a - t b, (sin, cos) has c + t b.
  let first = <T>(a - <T>(t * b)), second = <T>(c + <T>(t * b));
  let raised = 0;
  if (!(first >= delta)) {
    first = delta;
    raised++;
  }
  if (!(second >= delta)) {
    second = delta;
    raised++;
  }
  store<T>(pa, <T>(<T>(<T>(cos * cos) * first) + <T>(<T>(sin * sin) * second)));
  store<T>(pc, <T>(<T>(<T>(sin * sin) * first) + <T>(<T>(cos * cos) * second)));
  store<T>(pb, <T>(<T>(cos * sin) * <T>(second - first)));
  return raised;
}

/** [a b; b c]^-1 on two numbers: a proper block has |b| >= |a|, one that was modified need not. */
// @ts-ignore: decorator
@inline
function solvePair<T>(a: T, b: T, c: T, x: usize): void {
  const u = load<T>(x), v = load<T>(x + sizeof<T>());
  if (abs<T>(b) >= abs<T>(a)) {
    const aa = <T>(a / b), cc = <T>(c / b);
    const p = <T>(u / b), q = <T>(v / b);
    const t = <T>(<T>1 / <T>(<T>(aa * cc) - <T>1));
    store<T>(x, <T>(t * <T>(<T>(cc * p) - q)));
    store<T>(x + sizeof<T>(), <T>(t * <T>(<T>(aa * q) - p)));
    return;
  }
  const l = <T>(b / a);
  const y = <T>(<T>(v - <T>(l * u)) / <T>(c - <T>(l * b)));
  store<T>(x, <T>(<T>(u - <T>(b * y)) / a));
  store<T>(x + sizeof<T>(), y);
}

/** x = A^-1 b from the factor; x and b must not overlap. */
export function ldlSolve<T>(n: i32, A: usize, ld: i32, e: usize, perm: usize, b: usize, x: usize, work: usize): void {
  for (let i = 0; i < n; i++) {
    const s = load<T>(item<T>(b, load<i32>(perm + (<usize>i << 2))));
    store<T>(item<T>(work, i), <T>(s - dot<T>(i, entry<T>(A, ld, i, 0), work)));
  }
  for (let k = 0; k < n; k++) {
    const at = item<T>(work, k);
    const off = load<T>(item<T>(e, k));
    const a = load<T>(entry<T>(A, ld, k, k));
    if (off == 0) {
      store<T>(at, <T>(load<T>(at) / a));
      continue;
    }
    solvePair<T>(a, off, load<T>(entry<T>(A, ld, k + 1, k + 1)), at);
    k++;
  }
  for (let i = n - 1; i >= 0; i--) {
    const v = load<T>(item<T>(work, i));
    axpy<T>(i, <T>-v, entry<T>(A, ld, i, 0), work);
    store<T>(item<T>(x, load<i32>(perm + (<usize>i << 2))), v);
  }
}
