// C = A'A for row-major A (m x n, usually m >> n): the J'J of least squares. The lower triangle is computed
// and mirrored, so C is exactly symmetric. Sums over rows run in ascending order in chunks, the same for
// every alignment.

import { packColumns } from "./pack";
import { scaleMatrix } from "./gemm";
import { lanes, madd, sumLanes, zero } from "../simd";
import { LINE, QUAD, SCRATCH, pairPart, panelBytes, quadAt, tile, tileLower, tilePart, width } from "./tile";

/** Most rows taken at a time. */
// @ts-ignore: decorator
@inline
const CHUNK: i32 = 256;

/** Rows up to so many bytes apart are used where they lie, so many bytes of them at a time that they stay in L1. */
// @ts-ignore: decorator
@inline
const DIRECT: usize = 512;
// @ts-ignore: decorator
@inline
const L1: usize = 24576;

/** Rows taken at a time: by n alone, so that sums do not depend on where rows lie. */
// @ts-ignore: decorator
@inline
function chunkOf<T>(n: i32): i32 {
  const row = <usize>n * sizeof<T>();
  return row > DIRECT ? CHUNK : min(CHUNK, <i32>(L1 / row));
}

/** Bytes of workspace that syrk wants for these sizes. */
export function syrkWork<T>(m: i32, n: i32): usize {
  return SCRATCH + panelBytes<T>(n, min(m, CHUNK));
}

/** C = A'A, both triangles. */
export function syrk<T>(m: i32, n: i32, A: usize, lda: i32, C: usize, ldc: i32, work: usize): void {
  if (n <= 3) {
    narrow<T>(m, n, A, <usize>lda * sizeof<T>(), C, <usize>ldc * sizeof<T>());
    return;
  }
  scaleMatrix<T>(n, n, <T>0, C, ldc);
  const rowA = <usize>lda * sizeof<T>(), rowC = <usize>ldc * sizeof<T>();
  const panel = work + SCRATCH;
  const chunk = chunkOf<T>(n);
  // A part of a quad is read as a whole one, which takes it up to two rows on: there must be such rows.
  const last = rowA > DIRECT ? 0 : (n & (QUAD - 1)) == 0 ? m : m - 2;
  for (let p = 0; p < m; p += chunk) {
    const k = min(chunk, m - p);
    const rows = A + <usize>p * rowA;
    if (p + k <= last) {
      lowerPanels<T>(n, k, <T>1, rows, rowA, LINE, C, rowC, work);
    } else {
      packColumns<T>(k, n, rows, rowA, panel);
      lowerPanels<T>(n, k, <T>1, panel, LINE, <usize>k * LINE, C, rowC, work);
    }
  }
  mirror<T>(n, C, rowC);
}

/**
 * Lower triangle of C[n][n] += alpha P'P for the k x n matrix P in a panel (or in place: `line` bytes between
 * its lines, `block` between its blocks). The strict upper triangle of C is not touched.
 */
export function lowerPanels<T>(
  n: i32, k: i32, alpha: T, panel: usize, line: usize, block: usize, C: usize, ldc: usize, scratch: usize,
): void {
  const w = width<T>();
  for (let i = 0; i < n; i += QUAD) {
    const a = quadAt<T>(panel, i, block);
    const rows = min(QUAD, n - i);
    let c = C + <usize>i * ldc;
    let b = panel;
    let j = 0;
    if (rows == QUAD) {
      for (; j + w <= i; j += w) {
        tile<T>(k, a, b, line, c, ldc, alpha);
        b += block;
        c += LINE;
      }
      if (j == i) {
        tileLower<T>(k, a, line, c, ldc, alpha);
        continue;
      }
    }
    if (rows <= 2) {
      for (; j + w < i + rows; j += 2 * w) {
        pairPart<T>(k, a, b, block, line, c, ldc, alpha, rows, i - j + 1, scratch);
        b += 2 * block;
        c += 2 * LINE;
      }
    }
    for (; j < i + rows; j += w) {
      tilePart<T>(k, a, b, line, c, ldc, alpha, rows, i - j + 1, 1, scratch);
      b += block;
      c += LINE;
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

/** The numbers of one column in as many rows as a register has lanes. */
// @ts-ignore: decorator
@inline
function column<T>(p: usize, ld: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_lane(p + ld, v128.load64_zero(p), 1);
  const v = v128.load32_lane(p + ld, v128.load32_zero(p), 1);
  return v128.load32_lane(p + 3 * ld, v128.load32_lane(p + 2 * ld, v, 2), 3);
}

/** The number of one row, the other lanes 0. */
// @ts-ignore: decorator
@inline
function single<T>(p: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_zero(p);
  return v128.load32_zero(p);
}

/** n = 1, 2, 3: every lane of a register takes its own row, so no product is computed in vain. */
function narrow<T>(m: i32, n: i32, A: usize, ld: usize, C: usize, ldc: usize): void {
  if (n <= 0) return;
  const turn = <usize>lanes<T>() * ld;
  const stop = m & -lanes<T>();
  let xx = zero(), xy = zero(), yy = zero(), xz = zero(), yz = zero(), zz = zero();
  let i = 0;
  if (n == 1) {
    for (; i < stop; i += lanes<T>(), A += turn) {
      const x = column<T>(A, ld);
      xx = madd<T>(x, x, xx);
    }
    for (; i < m; i++, A += ld) xx = madd<T>(single<T>(A), single<T>(A), xx);
  } else if (n == 2) {
    for (; i < stop; i += lanes<T>(), A += turn) {
      const x = column<T>(A, ld), y = column<T>(A + sizeof<T>(), ld);
      xx = madd<T>(x, x, xx);
      xy = madd<T>(x, y, xy);
      yy = madd<T>(y, y, yy);
    }
    for (; i < m; i++, A += ld) {
      const x = single<T>(A), y = single<T>(A + sizeof<T>());
      xx = madd<T>(x, x, xx);
      xy = madd<T>(x, y, xy);
      yy = madd<T>(y, y, yy);
    }
  } else {
    for (; i < stop; i += lanes<T>(), A += turn) {
      const x = column<T>(A, ld), y = column<T>(A + sizeof<T>(), ld), z = column<T>(A + 2 * sizeof<T>(), ld);
      xx = madd<T>(x, x, xx);
      xy = madd<T>(x, y, xy);
      yy = madd<T>(y, y, yy);
      xz = madd<T>(x, z, xz);
      yz = madd<T>(y, z, yz);
      zz = madd<T>(z, z, zz);
    }
    for (; i < m; i++, A += ld) {
      const x = single<T>(A), y = single<T>(A + sizeof<T>()), z = single<T>(A + 2 * sizeof<T>());
      xx = madd<T>(x, x, xx);
      xy = madd<T>(x, y, xy);
      yy = madd<T>(y, y, yy);
      xz = madd<T>(x, z, xz);
      yz = madd<T>(y, z, yz);
      zz = madd<T>(z, z, zz);
    }
  }
  store<T>(C, sumLanes<T>(xx));
  if (n > 1) {
    store<T>(C + ldc, sumLanes<T>(xy));
    store<T>(C + ldc + sizeof<T>(), sumLanes<T>(yy));
  }
  if (n > 2) {
    store<T>(C + 2 * ldc, sumLanes<T>(xz));
    store<T>(C + 2 * ldc + sizeof<T>(), sumLanes<T>(yz));
    store<T>(C + 2 * ldc + 2 * sizeof<T>(), sumLanes<T>(zz));
  }
  mirror<T>(n, C, ldc);
}
