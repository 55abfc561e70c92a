// Directions from gradients: -g, and conjugate directions d = -g + beta d (Hager and Zhang, "A survey of nonlinear
// conjugate gradient methods", 2006).

import { dot } from "../blas/level1";
import { bytes } from "./vector";

/** d = -g; returns the slope -g'g. */
export function negative(n: i32, g: usize, d: usize): f64 {
  const end = g + bytes(n);
  for (let p = g, q = d; p < end; p += 8, q += 8) store<f64>(q, -load<f64>(p));
  return -dot<f64>(n, g, g);
}

/** |x - y|. */
export function distance(n: i32, x: usize, y: usize): f64 {
  let s: f64 = 0;
  for (const end = x + bytes(n); x < end; x += 8, y += 8) {
    const v = load<f64>(x) - load<f64>(y);
    s += v * v;
  }
  return sqrt(s);
}

/** Polak and Ribière; Hestenes and Stiefel; Hager and Zhang 2005, eq. 1.3, with the lower bound of their paper of 2013. */
const PR_PLUS: i32 = 0;
const HESTENES_STIEFEL: i32 = 1;
/** beta >= ETA d'g0 / |d|^2 (Hager and Zhang, SIAM J. Optim. 23, 2013, 2150-2168): that of 2005, -1 / (|d| min(0.01, |g0|)), has a unit. */
const ETA: f64 = 0.4;

/** d = -g + beta d, where g0 is the gradient before and d the last direction; returns the new slope. */
export function conjugate(n: i32, kind: i32, g: usize, g0: usize, d: usize): f64 {
  let yg: f64 = 0, yy: f64 = 0, g0g0: f64 = 0, dy: f64 = 0, dg: f64 = 0, dd: f64 = 0;
  for (let i: usize = 0, end = bytes(n); i < end; i += 8) {
    const a = load<f64>(g + i), b = load<f64>(g0 + i), v = load<f64>(d + i);
    const y = a - b;
    yg += y * a;
    yy += y * y;
    g0g0 += b * b;
    dy += v * y;
    dg += v * a;
    dd += v * v;
  }
  let beta: f64 = 0;
  if (kind == PR_PLUS) {
    beta = max<f64>(0, yg / g0g0);
  } else if (kind == HESTENES_STIEFEL) {
    beta = max<f64>(0, yg / dy);
  } else {
    const low = ETA * (dg - dy) / dd;
    beta = max<f64>((yg - 2 * yy * dg / dy) / dy, low);
  }
  if (!(beta - beta == 0)) beta = 0;
  let slope: f64 = 0;
  for (let i: usize = 0, end = bytes(n); i < end; i += 8) {
    const a = load<f64>(g + i);
    const v = beta * load<f64>(d + i) - a;
    store<f64>(d + i, v);
    slope += a * v;
  }
  return slope;
}
