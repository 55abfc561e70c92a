// How the trust radius shapes the step: Moré's lambda for |D p| = radius, and Powell's dogleg.

import { EPS } from "../memory";
import { F_A, F_D, F_FREE, F_GF, F_P, F_W, S_LAMBDA, S_RADIUS, S_RANK } from "../../src/abi/least-squares";
import { dampAgain, freeLength, newtonDenominator } from "./quadratic";
import { addRow, get, index, set, slot } from "./frame";

const TINY: f64 = 1e-300;

/** |D^-1 g| over the free variables. */
function gradientLength(k: i32, frame: usize): f64 {
  const free = slot(frame, F_FREE), g = slot(frame, F_GF), d = slot(frame, F_D);
  let s = 0.0;
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const t = get(g, j) / get(d, j);
    s += t * t;
  }
  return sqrt<f64>(s);
}

/**
 * Moré's lambda (1978, section 5): |D p| within 10 % of the radius. F_P holds the Gauss-Newton step of length gn
 * on entry (Infinity: there is none). Returns true when that step itself is taken.
 */
export function stepForRadius(n: i32, k: i32, gn: f64, frame: usize, state: usize): bool {
  const radius = get(state, S_RADIUS);
  const usable = gn < Infinity;
  const inside = usable && gn <= 1.1 * radius;
  const gradient = inside ? 0 : gradientLength(k, frame);
  if (gradient == 0) {
    set(state, S_LAMBDA, 0);
    return true;
  }
  let phi = gn - radius;
  let low = 0.0;
  let high = gradient / radius;
  if (<i32>get(state, S_RANK) == k) low = phi / radius / newtonDenominator(n, k, gn, frame, state);
  let lambda = min<f64>(max<f64>(get(state, S_LAMBDA), low), high);
  if (lambda == 0) lambda = usable ? gradient / gn : 0.001 * high;
  for (let i = 0; i < 70; i++) {
    if (!(lambda > 0)) lambda = max<f64>(TINY, 0.001 * high);
    if (!dampAgain(n, k, lambda, frame, state)) {
      lambda = max<f64>(10 * lambda, EPS);
      continue;
    }
    const length = freeLength(k, frame);
    const before = phi;
    phi = length - radius;
    if (abs<f64>(phi) <= 0.1 * radius || (low == 0 && phi <= before && before < 0) || i >= 10) break;
    const correction = phi / radius / newtonDenominator(n, k, length, frame, state);
    if (phi > 0) low = max<f64>(low, lambda);
    else if (phi < 0) high = min<f64>(high, lambda);
    lambda = max<f64>(low, lambda + correction);
  }
  set(state, S_LAMBDA, lambda);
  return false;
}

/** v'A v for v given on the free variables only. */
function freeCurvature(n: i32, k: i32, A: usize, free: usize, v: usize, frame: usize): f64 {
  let s = 0.0;
  for (let a = 0; a < k; a++) {
    const i = index(free, a);
    let t = 0.0;
    // A v of a sparse A is whole: v is 0 where it is not free.
    if (SPARSE) t = addRow(n, i, 0, A, v, frame);
    else {
      for (let b = 0; b < k; b++) {
        const j = index(free, b);
        t += get(A, i * n + j) * get(v, j);
      }
    }
    s += t * get(v, i);
  }
  return s;
}

/** Powell's dogleg in the scaled space; returns true when it ends at the Gauss-Newton step. */
export function doglegStep(n: i32, k: i32, gn: f64, frame: usize, state: usize): bool {
  const radius = get(state, S_RADIUS);
  if (gn <= radius) return true;
  const free = slot(frame, F_FREE), g = slot(frame, F_GF), d = slot(frame, F_D), p = slot(frame, F_P), w = slot(frame, F_W);
  const gradient = gradientLength(k, frame);
  if (SPARSE) memory.fill(w, 0, <usize>n << 3);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    set(w, j, -get(g, j) / (get(d, j) * get(d, j)));
  }
  const h = freeCurvature(n, k, slot(frame, F_A), free, w, frame);
  const t = h > 0 ? (gradient * gradient) / h : Infinity;
  const cauchy = t * gradient;
  if (!(cauchy < radius) || gn == Infinity) {
    const u = min<f64>(t, radius / gradient);
    for (let a = 0; a < k; a++) {
      const j = index(free, a);
      set(p, j, u * get(w, j));
    }
    return false;
  }
  let aa = 0.0, ab = 0.0;
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const u = get(d, j) * t * get(w, j);
    const v = get(d, j) * get(p, j) - u;
    aa += v * v;
    ab += u * v;
  }
  const c = radius * radius - cauchy * cauchy;
  const along = c / (ab + sqrt<f64>(ab * ab + aa * c));
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    const from = t * get(w, j);
    set(p, j, from + along * (get(p, j) - from));
  }
  return false;
}
