// Products of Householder reflectors, many at a time: a block H_0 H_1 ... = I - V'T V of reflectors in the rows of V (Schreiber and
// Van Loan 1989) acts on the rows of a matrix by three products. Row-major doubles.

import { double as at } from "../memory";
import { gemm, gemmWork } from "../dense/gemm";
import { triangleT } from "./qr";

/** Reflectors of a block. */
// @ts-ignore: decorator
@inline
const BLOCK: i32 = 32;

/** Bytes of workspace for reflectors of length m that act on `rows` rows. */
export function reflectionsWork(m: i32, rows: i32): usize {
  const elements = <usize>BLOCK * <usize>(m + 2 * rows + 2 * BLOCK);
  return (elements << 3) + max(gemmWork<f64>(max(rows, BLOCK), m, BLOCK), gemmWork<f64>(max(rows, BLOCK), BLOCK, m));
}

/**
 * The `rows` rows of C (m numbers each, ldc apart) become C (H_0 H_1 ... H_(n-1))', reflector j in row j of F (ldf apart) from
 * number j on, with 1 for the number there. The last block acts first. With `own` C is F itself, and becomes the product's transpose.
 */
export function reflectRows(m: i32, n: i32, F: usize, ldf: i32, tau: usize, rows: i32, C: usize, ldc: i32, own: bool, work: usize): void {
  for (let k = (n - 1) & -BLOCK; k >= 0; k -= BLOCK) {
    const kb = min(BLOCK, n - k), width = m - k;
    const V = work, S = at(V, BLOCK * m), T = at(S, BLOCK * BLOCK), W = at(T, BLOCK * BLOCK), X = at(W, BLOCK * rows);
    const scratch = at(X, BLOCK * rows);
    for (let j = 0; j < kb; j++) {
      const v = at(V, j * width), f = F + (<usize>(k + j) * <usize>ldf << 3) + (<usize>k << 3);
      memory.fill(v, 0, <usize>j << 3);
      memory.copy(at(v, j), at(f, j), <usize>(width - j) << 3);
      store<f64>(at(v, j), 1);
      if (own) {
        memory.fill(f, 0, <usize>width << 3);
        store<f64>(at(f, j), 1);
      }
    }
    triangleT<f64>(width, kb, V, at(tau, k), S, T, scratch);
    const first = own ? k : 0, count = rows - first;
    const c = C + (<usize>first * <usize>ldc << 3) + (<usize>k << 3);
    gemm<f64>(count, kb, width, 1, c, ldc, false, V, width, true, 0, W, kb, scratch);
    gemm<f64>(count, kb, kb, 1, W, kb, false, T, kb, true, 0, X, kb, scratch);
    gemm<f64>(count, width, kb, -1, X, kb, false, V, width, false, 1, c, ldc, scratch);
  }
}
