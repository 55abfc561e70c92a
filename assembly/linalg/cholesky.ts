// A = L L' for symmetric positive definite A, row-major. Reads and writes the lower triangle only; the strict upper one
// is left alone. Blocked right-looking (Golub and Van Loan, 4th ed., section 4.2.9) over the one micro-kernel.

import { at } from "../dense/gemm";
import { packRows, unpackRows } from "../dense/pack";
import { lowerPanels } from "../dense/syrk";
import { SCRATCH, panelBytes, quadAt, width } from "../dense/tile";
import { solveLower, solveLowerPanel, solveLowerT } from "./triangular";

/** Up to this order the plain loops win. */
// @ts-ignore: decorator
@inline
const PLAIN: i32 = 12;

/** Columns factored at a time: a multiple of 4. */
// @ts-ignore: decorator
@inline
function blockSize(n: i32): i32 {
  return n < 128 ? 8 : n < 256 ? 16 : 32;
}

/** Bytes of workspace that cholesky wants; 0 when it needs none. */
export function choleskyWork<T>(n: i32): usize {
  if (n <= PLAIN) return 0;
  const nb = blockSize(n);
  return SCRATCH + <usize>nb * sizeof<T>() + panelBytes<T>(nb, nb) + panelBytes<T>(n, nb);
}

/**
 * The lower triangle of A becomes L. Returns 0, or the index + 1 of the first pivot that is not positive and finite (NaN included);
 * the columns before it are then final, the rest of the triangle is not defined.
 */
export function cholesky<T>(n: i32, A: usize, lda: i32, work: usize): i32 {
  const ld = <usize>lda * sizeof<T>();
  if (n <= PLAIN) return factorPlain<T>(n, A, ld, 0);
  const nb = blockSize(n);
  const reciprocals = work + SCRATCH;
  const packed = reciprocals + <usize>nb * sizeof<T>();
  const panel = packed + panelBytes<T>(nb, nb);
  for (let k = 0; k < n; k += nb) {
    const kb = min(nb, n - k);
    const diagonal = at<T>(A, k, ld, k);
    const failed = factorPlain<T>(kb, diagonal, ld, reciprocals);
    if (failed) return k + failed;
    const rest = n - k - kb;
    if (rest <= 0) break;
    const below = diagonal + <usize>kb * ld;
    packRows<T>(kb, kb, diagonal, ld, packed);
    packRows<T>(rest, kb, below, ld, panel);
    for (let i = 0; i < rest; i += width<T>()) solveLowerPanel<T>(kb, packed, reciprocals, quadAt<T>(panel, i, kb));
    unpackRows<T>(rest, kb, panel, below, ld);
    lowerPanels<T>(rest, kb, <T>-1, panel, at<T>(below, 0, ld, kb), ld, work);
  }
  return 0;
}

/** Right-looking, one division per column; stores 1 / L[j][j] where `reciprocals` is not 0. ld in bytes. */
function factorPlain<T>(n: i32, A: usize, ld: usize, reciprocals: usize): i32 {
  const end = A + <usize>max(n, 0) * ld;
  let row = A;
  for (let j: usize = 0; row < end; j += sizeof<T>(), row += ld) {
    const d = load<T>(row + j);
    if (!(d > <T>0 && d < <T>Infinity)) return <i32>(j / sizeof<T>()) + 1;
    const s = sqrt<T>(d);
    const r = <T>(<T>1 / s);
    store<T>(row + j, s);
    if (reciprocals) store<T>(reciprocals + j, r);
    for (let p = row + ld; p < end; p += ld) store<T>(p + j, <T>(load<T>(p + j) * r));
    // Row p of the trailing triangle loses l[p][j] * l[q][j] for j < q <= p.
    for (let p = row + ld, last = j + sizeof<T>(); p < end; p += ld, last += sizeof<T>()) {
      const l = load<T>(p + j);
      let q = row + ld;
      for (let c = j + sizeof<T>(); c <= last; c += sizeof<T>()) {
        store<T>(p + c, <T>(load<T>(p + c) - <T>(l * load<T>(q + j))));
        q += ld;
      }
    }
  }
  return 0;
}

/** b = (L L')^-1 b in place. */
export function choleskySolve<T>(n: i32, L: usize, lda: i32, b: usize): void {
  solveLower<T>(n, L, lda, b);
  solveLowerT<T>(n, L, lda, b);
}
