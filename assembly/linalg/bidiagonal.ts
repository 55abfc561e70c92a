// A = Q B P' with an upper bidiagonal B (Golub and Kahan 1965), in blocks: what the reflectors of a block do to the rest of A is kept as
// a sum of outer products L'R until the block is done, so that a column and a row cost one pass over A each (Dongarra, Sorensen and
// Hammarling 1989). Row-major doubles.

import { double as at } from "../memory";
import { copy, scal } from "../blas/level1";
import { gemm, gemmWork } from "../dense/gemm";
import { gemv, gemvT } from "../dense/gemv";
import { makeReflector } from "./reflector";

/** Columns of a block. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 32;

/** Bytes of workspace that bidiagonalise wants. */
export function bidiagonalWork(n: i32): usize {
  return (<usize>(4 * BLOCK) * <usize>(n + 1) << 3) + gemmWork<f64>(n, n, 2 * BLOCK);
}

/**
 * A (n x n) is spoilt. d: the diagonal of B, e: the n - 1 numbers above it. Row j of U (ld apart; 0: one row for all) is reflector j of
 * Q from number j on, row j of V reflector j of P from number j + 1 on, zeros before; tauQ and tauP (n numbers) their factors.
 */
export function bidiagonalise(
  n: i32, A: usize, U: usize, V: usize, ld: i32, d: usize, e: usize, tauQ: usize, tauP: usize, work: usize,
): void {
  const L = work, R = at(L, 2 * BLOCK * n), c = at(R, 2 * BLOCK * n), scratch = at(c, 4 * BLOCK);
  for (let from = 0; from < n; from += BLOCK) {
    const to = min(n, from + BLOCK);
    let terms = 0;
    for (let i = from; i < to; i++) {
      const below = n - i, right = below - 1;
      const u = U + (<usize>i * <usize>ld << 3), v = V + (<usize>i * <usize>ld << 3);
      // Column i as it is now, and its reflector.
      const head = at(u, i);
      memory.fill(u, 0, <usize>i << 3);
      for (let r = 0; r < below; r++) store<f64>(at(head, r), load<f64>(at(A, (i + r) * n + i)));
      column(terms, n, R, i, c);
      gemvT<f64>(terms, below, -1, at(L, i), n, c, 1, head);
      const tq = makeReflector<f64>(below - 1, head);
      store<f64>(at(tauQ, i), tq);
      store<f64>(at(d, i), load<f64>(head));
      store<f64>(head, 1);
      if (right == 0) {
        store<f64>(at(tauP, i), 0);
        break;
      }
      // y = tau A'u, to the right of the column: the reflector takes u y' off A.
      const y = at(R, terms * n + i + 1);
      gemvT<f64>(below, right, 1, at(A, i * n + i + 1), n, head, 0, y);
      gemv<f64>(terms, below, 1, at(L, i), n, head, 0, c);
      gemvT<f64>(terms, right, -1, at(R, i + 1), n, c, 1, y);
      scal<f64>(right, tq, y);
      copy<f64>(below, head, at(L, terms * n + i));
      terms++;
      // Row i as it is now, and its reflector.
      const p = at(v, i + 1);
      memory.fill(v, 0, <usize>(i + 1) << 3);
      copy<f64>(right, at(A, i * n + i + 1), p);
      column(terms, n, L, i, c);
      gemvT<f64>(terms, right, -1, at(R, i + 1), n, c, 1, p);
      const tp = makeReflector<f64>(right - 1, p);
      store<f64>(at(tauP, i), tp);
      store<f64>(at(e, i), load<f64>(p));
      store<f64>(p, 1);
      // x = tau A v, below the row: the reflector takes x v' off A.
      const x = at(L, terms * n + i + 1);
      gemv<f64>(right, right, 1, at(A, (i + 1) * n + i + 1), n, p, 0, x);
      gemv<f64>(terms, right, 1, at(R, i + 1), n, p, 0, c);
      gemvT<f64>(terms, right, -1, at(L, i + 1), n, c, 1, x);
      scal<f64>(right, tp, x);
      copy<f64>(right, p, at(R, terms * n + i + 1));
      terms++;
    }
    const rest = n - to;
    if (rest > 0) gemm<f64>(rest, rest, terms, -1, at(L, to), n, true, at(R, to), n, false, 1, at(A, to * n + to), n, scratch);
  }
}

/** c = column i of the first `count` rows. */
function column(count: i32, n: i32, X: usize, i: i32, c: usize): void {
  for (let t = 0; t < count; t++) store<f64>(at(c, t), load<f64>(at(X, t * n + i)));
}
