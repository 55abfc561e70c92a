// A general matrix made ready for the QR iteration: balanced (Parlett and Reinsch 1969, in 2-norms as James, Langou and Lowery
// 2014), then Hessenberg by Householder reflectors (Golub and Van Loan, 4th ed., algorithm 7.4.2). Row-major doubles; the
// vectors Z are held by rows, row j the j-th vector.

import { double as at } from "../memory";
import { axpy, dot, fill, nrm2, scal } from "../blas/level1";
import { hypot2 } from "./reflector";

export { at };

// @ts-ignore: decorator
@inline
export function row(A: usize, n: i32, i: i32): usize {
  return A + (<usize>(i * n) << 3);
}

/** A := D^-1 A D with powers of two, so that rows and columns have about the same norm; d becomes the
 * diagonal of D. The diagonal of A counts: what is small beside it is left small (James, Langou and Lowery, On matrix balancing and eigenvector
 * computation, 2014). */
export function balance(n: i32, A: usize, d: usize): void {
  for (let i = 0; i < n; i++) store<f64>(at(d, i), 1);
  for (let turn = 0; turn < 100; turn++) {
    let done = true;
    for (let i = 0; i < n; i++) {
      let c: f64 = 0, r: f64 = 0;
      for (let j = 0; j < n; j++) {
        const down = load<f64>(at(row(A, n, j), i)), along = load<f64>(at(row(A, n, i), j));
        c += down * down;
        r += along * along;
      }
      c = sqrt(c);
      r = sqrt(r);
      if (c == 0 || r == 0) continue;
      const before = c + r;
      let f: f64 = 1;
      for (; c < 0.5 * r && f < 1e150; c *= 2, r *= 0.5) f *= 2;
      for (; r < 0.5 * c && f > 1e-150; c *= 0.5, r *= 2) f *= 0.5;
      if (f == 1 || !(c + r < 0.95 * before)) continue;
      done = false;
      store<f64>(at(d, i), load<f64>(at(d, i)) * f);
      scal<f64>(n, 1 / f, row(A, n, i));
      for (let j = 0; j < n; j++) {
        const p = at(row(A, n, j), i);
        store<f64>(p, load<f64>(p) * f);
      }
    }
    if (done) return;
  }
}

/** A := Z' A Z, upper Hessenberg; Z by rows where it is wanted, else 0. v, w: n numbers of workspace each. */
export function hessenberg(n: i32, A: usize, Z: usize, v: usize, w: usize): void {
  if (Z) {
    fill<f64>(n * n, 0, Z);
    for (let j = 0; j < n; j++) store<f64>(at(row(Z, n, j), j), 1);
  }
  for (let k = 0; k < n - 2; k++) {
    const count = n - k - 1;
    for (let i = 0; i < count; i++) store<f64>(at(v, i), load<f64>(at(row(A, n, k + 1 + i), k)));
    const alpha = load<f64>(v);
    const tail = nrm2<f64>(count - 1, at(v, 1));
    if (tail == 0) continue;
    const beta = -copysign<f64>(hypot2<f64>(alpha, tail), alpha);
    const tau = (beta - alpha) / beta;
    scal<f64>(count - 1, 1 / (alpha - beta), at(v, 1));
    store<f64>(v, 1);
    // Rows below k: A -= tau v (v'A), columns k on.
    reflectRows(n - k, count, tau, v, at(row(A, n, k + 1), k), n, w);
    for (let i = 1; i < count; i++) store<f64>(at(row(A, n, k + 1 + i), k), 0);
    // Columns right of k.
    for (let i = 0; i < n; i++) {
      const r = at(row(A, n, i), k + 1);
      axpy<f64>(count, -tau * dot<f64>(count, r, v), v, r);
    }
    if (Z) reflectRows(n, count, tau, v, row(Z, n, k + 1), n, w);
  }
}

/** B -= tau v (v'B) for B of `count` rows of `width` numbers, `ld` apart. */
function reflectRows(width: i32, count: i32, tau: f64, v: usize, B: usize, ld: i32, w: usize): void {
  fill<f64>(width, 0, w);
  for (let i = 0; i < count; i++) axpy<f64>(width, load<f64>(at(v, i)), row(B, ld, i), w);
  for (let i = 0; i < count; i++) axpy<f64>(width, -tau * load<f64>(at(v, i)), w, row(B, ld, i));
}

// @ts-ignore: decorator
@inline
export function get(H: usize, n: i32, i: i32, j: i32): f64 {
  return load<f64>(at(row(H, n, i), j));
}

// @ts-ignore: decorator
@inline
export function set(H: usize, n: i32, i: i32, j: i32, v: f64): void {
  store<f64>(at(row(H, n, i), j), v);
}
