// The dense layer: Y = X W + b for a batch X (m x k), weights W (k x n), all row-major without gaps, and its gradients
// dW = X'dY, db = column sums of dY, dX = dY W'. The products are gemm's; the bias is what C starts from.

import { gemm } from "../dense/gemm";
import { lanes } from "../simd";
import { put, take, tailOf, wholeBytes } from "../registers";

/** b = 0: no bias. work: gemmWork of the sizes. */
function affine<T>(m: i32, n: i32, k: i32, x: usize, w: usize, b: usize, y: usize, work: usize): void {
  if (b) {
    const size = <usize>n * sizeof<T>();
    let row = y;
    for (let i = 0; i < m; i++, row += size) memory.copy(row, b, size);
  }
  gemm<T>(m, n, k, 1, x, k, false, w, n, false, b ? <T>1 : <T>0, y, n, work);
}

// @ts-ignore: decorator
@inline
function add4<T>(x: usize, row: usize, sums: usize, tail: i32): void {
  const x1 = x + row, x2 = x1 + row, x3 = x2 + row;
  const left = v128.add<T>(take<T>(x, tail), take<T>(x1, tail));
  const right = v128.add<T>(take<T>(x2, tail), take<T>(x3, tail));
  put<T>(sums, v128.add<T>(take<T>(sums, tail), v128.add<T>(left, right)), tail);
}

function addRows4<T>(n: i32, x: usize, sums: usize): void {
  const row = <usize>n * sizeof<T>();
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, sums += 16) add4<T>(x, row, sums, 0);
  const tail = tailOf<T>(n);
  if (tail) add4<T>(x, row, sums, tail);
}

/** Sums of the columns of an m x n matrix, rows in ascending order four at a time. */
function columnSums<T>(m: i32, n: i32, x: usize, sums: usize): void {
  const row = <usize>n * sizeof<T>();
  memory.fill(sums, 0, row);
  let i = 0;
  for (; i + 4 <= m; i += 4, x += 4 * row) addRows4<T>(n, x, sums);
  for (; i < m; i++) {
    for (let j = 0; j < n; j += lanes<T>()) {
      const at = <usize>j * sizeof<T>(), tail = n - j < lanes<T>() ? n - j : 0;
      put<T>(sums + at, v128.add<T>(take<T>(sums + at, tail), take<T>(x + at, tail)), tail);
    }
    x += row;
  }
}

/** dw, db, dx = 0: not wanted. work: the largest gemmWork of (k, n, m) and (m, k, n). */
function affineBack<T>(
  m: i32, n: i32, k: i32, x: usize, w: usize, dy: usize, dw: usize, db: usize, dx: usize, work: usize,
): void {
  if (dw) gemm<T>(k, n, m, 1, x, k, true, dy, n, false, 0, dw, n, work);
  if (db) columnSums<T>(m, n, dy, db);
  if (dx) gemm<T>(m, k, n, 1, dy, n, false, w, n, true, 0, dx, k, work);
}

export function affineF64(m: i32, n: i32, k: i32, x: usize, w: usize, b: usize, y: usize, work: usize): void {
  affine<f64>(m, n, k, x, w, b, y, work);
}
export function affineF32(m: i32, n: i32, k: i32, x: usize, w: usize, b: usize, y: usize, work: usize): void {
  affine<f32>(m, n, k, x, w, b, y, work);
}
export function affineBackF64(
  m: i32, n: i32, k: i32, x: usize, w: usize, dy: usize, dw: usize, db: usize, dx: usize, work: usize,
): void {
  affineBack<f64>(m, n, k, x, w, dy, dw, db, dx, work);
}
export function affineBackF32(
  m: i32, n: i32, k: i32, x: usize, w: usize, dy: usize, dw: usize, db: usize, dx: usize, work: usize,
): void {
  affineBack<f32>(m, n, k, x, w, dy, dw, db, dx, work);
}
