// Inverses of the small dense matrices of L-BFGS-B, of order 2m at most.

import { axpy } from "../blas/level1";

// @ts-ignore: decorator
@inline
export function at(A: usize, ld: i32, i: i32, j: i32): usize {
  return A + (<usize>(i * ld + j) << 3);
}

/** A (k*k) becomes its inverse by Gauss-Jordan elimination with row pivoting; B: k*k of workspace. False when singular. */
export function invert(k: i32, A: usize, B: usize): bool {
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) store<f64>(at(B, k, i, j), i == j ? 1 : 0);
  for (let c = 0; c < k; c++) {
    let p = c;
    for (let i = c + 1; i < k; i++) {
      if (abs(load<f64>(at(A, k, i, c))) > abs(load<f64>(at(A, k, p, c)))) p = i;
    }
    const pivot = load<f64>(at(A, k, p, c));
    if (!(abs(pivot) > 0 && abs(pivot) < Infinity)) return false;
    if (p != c) {
      swap(k, at(A, k, p, 0), at(A, k, c, 0));
      swap(k, at(B, k, p, 0), at(B, k, c, 0));
    }
    for (let j = 0; j < k; j++) {
      store<f64>(at(A, k, c, j), load<f64>(at(A, k, c, j)) / pivot);
      store<f64>(at(B, k, c, j), load<f64>(at(B, k, c, j)) / pivot);
    }
    for (let i = 0; i < k; i++) {
      const f = load<f64>(at(A, k, i, c));
      if (i == c || f == 0) continue;
      axpy<f64>(k, -f, at(A, k, c, 0), at(A, k, i, 0));
      axpy<f64>(k, -f, at(B, k, c, 0), at(B, k, i, 0));
    }
  }
  memory.copy(A, B, <usize>(k * k) << 3);
  return true;
}

function swap(k: i32, x: usize, y: usize): void {
  for (let i = 0; i < k; i++, x += 8, y += 8) {
    const v = load<f64>(x);
    store<f64>(x, load<f64>(y));
    store<f64>(y, v);
  }
}
