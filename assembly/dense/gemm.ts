// C = alpha op(A) op(B) + beta C, row-major, op(X) = X or X'. Blocked as Goto and van de Geijn (2008): a KC x
// NC slice of B is packed once, an MC x KC slice of A stays in L2, a KC x WIDTH block of B stays in L1 under
// the micro-kernel. Sums over k run in ascending order in pieces of KC, so the result depends on the shapes
// only.

import { fill, scal } from "../blas/level1";
import { packColumns, packRows } from "./pack";
import { LINE, QUAD, SCRATCH, panelBytes, quadAt, tile, tilePart, width } from "./tile";

// @ts-ignore: decorator
@inline
const MC: i32 = 64;
// @ts-ignore: decorator
@inline
const KC: i32 = 256;
// @ts-ignore: decorator
@inline
const NC: i32 = 512;

/** Bytes of workspace that gemm wants for these sizes. */
export function gemmWork<T>(m: i32, n: i32, k: i32): usize {
  const depth = min(k, KC);
  return SCRATCH + panelBytes<T>(min(m, MC), depth) + panelBytes<T>(min(n, NC), depth);
}

/**
 * op(A) is m x k, op(B) k x n, C m x n. beta = 0 writes C without reading it; alpha = 0 reads neither A nor
 * B.
 */
export function gemm<T>(
  m: i32, n: i32, k: i32, alpha: T, A: usize, lda: i32, transA: bool, B: usize, ldb: i32, transB: bool,
  beta: T, C: usize, ldc: i32, work: usize,
): void {
  scaleMatrix<T>(m, n, beta, C, ldc);
  if (m <= 0 || n <= 0 || k <= 0 || alpha == 0) return;
  const rowA = <usize>lda * sizeof<T>(), rowB = <usize>ldb * sizeof<T>(), rowC = <usize>ldc * sizeof<T>();
  const panelA = work + SCRATCH;
  const panelB = panelA + panelBytes<T>(min(m, MC), min(k, KC));
  for (let j = 0; j < n; j += NC) {
    const nc = min(NC, n - j);
    for (let p = 0; p < k; p += KC) {
      const kc = min(KC, k - p);
      if (transB) packRows<T>(nc, kc, at<T>(B, j, rowB, p), rowB, panelB, <usize>kc * LINE);
      else packColumns<T>(kc, nc, at<T>(B, p, rowB, j), rowB, panelB);
      for (let i = 0; i < m; i += MC) {
        const mc = min(MC, m - i);
        if (transA) packColumns<T>(kc, mc, at<T>(A, p, rowA, i), rowA, panelA);
        else packRows<T>(mc, kc, at<T>(A, i, rowA, p), rowA, panelA, <usize>kc * LINE);
        multiplyPanels<T>(mc, nc, kc, alpha, panelA, panelB, at<T>(C, i, rowC, j), rowC, work);
      }
    }
  }
}

/** C[m][n] += alpha panelA' panelB for two packed panels of depth k; C's rows are `ldc` bytes apart. */
export function multiplyPanels<T>(
  m: i32, n: i32, k: i32, alpha: T, panelA: usize, panelB: usize, C: usize, ldc: usize, scratch: usize,
): void {
  const w = width<T>();
  const block = <usize>k * LINE;
  for (let j = 0; j < n; j += w) {
    const b = quadAt<T>(panelB, j, block);
    const cols = n - j;
    let c = C + <usize>j * sizeof<T>();
    for (let i = 0; i < m; i += QUAD) {
      const a = quadAt<T>(panelA, i, block);
      if (cols >= w && i + QUAD <= m) tile<T>(k, a, b, LINE, c, ldc, alpha);
      else tilePart<T>(k, a, b, LINE, c, ldc, alpha, min(QUAD, m - i), cols, 0, scratch);
      c += <usize>QUAD * ldc;
    }
  }
}

/** C *= beta, row by row; beta = 0 writes zeros without reading. */
export function scaleMatrix<T>(m: i32, n: i32, beta: T, C: usize, ldc: i32): void {
  if (beta == 1) return;
  for (let i = 0; i < m; i++) {
    if (beta == 0) fill<T>(n, <T>0, C);
    else scal<T>(n, beta, C);
    C += <usize>ldc * sizeof<T>();
  }
}

/** Address of X[i][j] with rows `ldx` bytes apart. */
// @ts-ignore: decorator
@inline
export function at<T>(X: usize, i: i32, ldx: usize, j: i32): usize {
  return X + <usize>i * ldx + <usize>j * sizeof<T>();
}
