// Steps from a Hessian in full (n*n, symmetric): Newton's direction, made one of descent by adding to the diagonal
// where the Hessian is not positive definite (Nocedal and Wright, algorithm 3.3), and steps within a trust region.

import { axpy, copy, dot, fill, scal } from "../blas/level1";
import { gemv } from "../dense/gemv";
import { cholesky, choleskySolve, choleskyWork } from "../linalg/cholesky";
import { bytes } from "./vector";

/** First shift of the diagonal, relative to the size of the Hessian. */
const SHIFT: f64 = 1e-3;
const MAX_SHIFTS: i32 = 60;

/** Bytes of workspace for a factorisation. */
export function newtonWork(n: i32): usize {
  return choleskyWork<f64>(n);
}

/** L: Cholesky factor of H + tau I with the least tau tried that succeeds; returns tau, NaN when none does. */
export function shifted(n: i32, H: usize, L: usize, work: usize): f64 {
  const size = sqrt(dot<f64>(n * n, H, H));
  let least = Infinity;
  for (let i = 0; i < n; i++) least = min<f64>(least, load<f64>(H + bytes(i) * (<usize>n + 1)));
  const unit = size > 0 ? SHIFT * size : 1;
  let tau: f64 = least > 0 ? 0 : unit - least;
  for (let turn = 0; turn < MAX_SHIFTS; turn++) {
    copy<f64>(n * n, H, L);
    for (let i = 0; i < n; i++) {
      const at = L + bytes(i) * (<usize>n + 1);
      store<f64>(at, load<f64>(at) + tau);
    }
    if (cholesky<f64>(n, L, n, work) == 0) return tau;
    tau = max<f64>(2 * tau, unit);
  }
  return NaN;
}

/** d = -(H + tau I)^-1 g; returns the slope g'd, NaN when H is not finite. */
export function newtonDirection(n: i32, H: usize, L: usize, g: usize, d: usize, work: usize): f64 {
  const tau = shifted(n, H, L, work);
  if (!(tau >= 0)) return NaN;
  for (let i: usize = 0, end = bytes(n); i < end; i += 8) store<f64>(d + i, -load<f64>(g + i));
  choleskySolve<f64>(n, L, n, d);
  return dot<f64>(n, g, d);
}

/** -(g'p + p'Hp / 2). */
function decrease(n: i32, H: usize, g: usize, p: usize, Hp: usize): f64 {
  gemv<f64>(n, n, 1, H, n, p, 0, Hp);
  return -(dot<f64>(n, g, p) + dot<f64>(n, p, Hp) / 2);
}

/** Positive tau with |p + tau d| = radius. */
export function toBoundary(n: i32, p: usize, d: usize, radius: f64): f64 {
  const a = dot<f64>(n, d, d), b = dot<f64>(n, p, d), c = dot<f64>(n, p, p) - radius * radius;
  const root = sqrt(max<f64>(b * b - a * c, 0));
  // The stable one of the two forms (Higham 2002, section 1.8).
  return b > 0 ? -c / (b + root) : (root - b) / a;
}

/**
 * Step by conjugate gradients within |p| <= radius (Steihaug 1983; Nocedal and Wright, algorithm 7.2), to a residual of
 * `tolerance`; along a direction of negative curvature it goes to the boundary. Returns the predicted decrease.
 */
export function steihaug(
  n: i32, H: usize, g: usize, radius: f64, tolerance: f64, p: usize, r: usize, d: usize, Hd: usize,
): f64 {
  fill<f64>(n, 0, p);
  copy<f64>(n, g, r);
  for (let i: usize = 0, end = bytes(n); i < end; i += 8) store<f64>(d + i, -load<f64>(g + i));
  let rr = dot<f64>(n, r, r);
  for (let turn = 0; turn < 2 * n + 10 && sqrt(rr) > tolerance; turn++) {
    gemv<f64>(n, n, 1, H, n, d, 0, Hd);
    const curvature = dot<f64>(n, d, Hd);
    const alpha = rr / curvature;
    if (!(curvature > 0)) {
      axpy<f64>(n, toBoundary(n, p, d, radius), d, p);
      break;
    }
    const tau = toBoundary(n, p, d, radius);
    if (alpha >= tau) {
      axpy<f64>(n, tau, d, p);
      break;
    }
    axpy<f64>(n, alpha, d, p);
    axpy<f64>(n, alpha, Hd, r);
    const next = dot<f64>(n, r, r);
    const beta = next / rr;
    rr = next;
    for (let i: usize = 0, end = bytes(n); i < end; i += 8) {
      store<f64>(d + i, beta * load<f64>(d + i) - load<f64>(r + i));
    }
  }
  return decrease(n, H, g, p, Hd);
}

/**
 * Powell's dogleg (1970; Nocedal and Wright, section 4.1): from the minimiser along -g to Newton's point, of a Hessian
 * shifted where it has to be. Returns the predicted decrease, of the model with H itself; NaN when H is not finite.
 */
export function dogleg(
  n: i32, H: usize, L: usize, g: usize, radius: f64, p: usize, c: usize, Hd: usize, work: usize,
): f64 {
  const tau = shifted(n, H, L, work);
  if (!(tau >= 0)) return NaN;
  for (let i: usize = 0, end = bytes(n); i < end; i += 8) store<f64>(p + i, -load<f64>(g + i));
  choleskySolve<f64>(n, L, n, p);
  if (sqrt(dot<f64>(n, p, p)) <= radius) return decrease(n, H, g, p, Hd);
  gemv<f64>(n, n, 1, H, n, g, 0, Hd);
  const gg = dot<f64>(n, g, g);
  const curvature = dot<f64>(n, g, Hd) + tau * gg;
  const length = sqrt(gg);
  const cauchy = gg / curvature;
  if (!(curvature > 0) || cauchy * length >= radius) {
    copy<f64>(n, g, p);
    scal<f64>(n, -radius / length, p);
    return decrease(n, H, g, p, Hd);
  }
  copy<f64>(n, g, c);
  scal<f64>(n, -cauchy, c);
  axpy<f64>(n, -1, c, p);
  const t = toBoundary(n, c, p, radius);
  scal<f64>(n, t, p);
  axpy<f64>(n, 1, c, p);
  return decrease(n, H, g, p, Hd);
}
