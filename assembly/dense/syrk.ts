// C = A'A for row-major A (m x n, usually m >> n): the J'J of least squares. The lower triangle is computed and mirrored,
// so C is exactly symmetric. Sums over rows run in ascending order in chunks, the same for every alignment.

import { packColumns } from "./pack";
import { at, scaleMatrix } from "./gemm";
import { LINE, QUAD, SCRATCH, panelBytes, quadAt, tile, tilePart, width } from "./tile";

/** Rows packed at a time: the panel should stay in L1 for small n, in L2 for large. */
// @ts-ignore: decorator
@inline
function chunk(n: i32): i32 {
  return n <= 64 ? 64 : 256;
}

/** Bytes of workspace that syrk wants for these sizes. */
export function syrkWork<T>(m: i32, n: i32): usize {
  return SCRATCH + panelBytes<T>(n, min(m, chunk(n)));
}

/** C = A'A, both triangles. */
export function syrk<T>(m: i32, n: i32, A: usize, lda: i32, C: usize, ldc: i32, work: usize): void {
  scaleMatrix<T>(n, n, <T>0, C, ldc);
  const rowA = <usize>lda * sizeof<T>(), rowC = <usize>ldc * sizeof<T>();
  const kc = chunk(n);
  for (let p = 0; p < m; p += kc) {
    const k = min(kc, m - p);
    packColumns<T>(k, n, at<T>(A, p, rowA, 0), rowA, work + SCRATCH);
    lowerPanels<T>(n, k, <T>1, work + SCRATCH, C, rowC, work);
  }
  mirror<T>(n, C, rowC);
}

/** Lower triangle of C[n][n] += alpha panel' panel for a packed panel of depth k; the strict upper one is not touched. */
export function lowerPanels<T>(n: i32, k: i32, alpha: T, panel: usize, C: usize, ldc: usize, scratch: usize): void {
  const w = width<T>();
  for (let i = 0; i < n; i += QUAD) {
    const a = quadAt<T>(panel, i, k);
    const rows = min(QUAD, n - i);
    const row = C + <usize>i * ldc;
    // Columns 0 .. i lie in row i, so block j is whole while its last column is <= i.
    let j = 0;
    if (rows == QUAD) {
      for (; j + w <= i + 1; j += w) {
        tile<T>(k, a, LINE, quadAt<T>(panel, j, k), LINE, row + <usize>j * sizeof<T>(), ldc, alpha);
      }
    }
    for (; j < i + rows; j += w) {
      const b = quadAt<T>(panel, j, k);
      tilePart<T>(k, a, LINE, b, LINE, row + <usize>j * sizeof<T>(), ldc, alpha, rows, i - j + 1, 1, scratch);
    }
  }
}

/** Copies the strict lower triangle onto the upper. */
export function mirror<T>(n: i32, C: usize, ldc: usize): void {
  for (let i = 1; i < n; i++) {
    let from = C + <usize>i * ldc;
    let to = C + <usize>i * sizeof<T>();
    for (const end = from + <usize>i * sizeof<T>(); from < end; from += sizeof<T>()) {
      store<T>(to, load<T>(from));
      to += ldc;
    }
  }
}
