// Projections on a box.

import { bytes } from "./vector";

// @ts-ignore: decorator
@inline
export function clamp(v: f64, lower: usize, upper: usize): f64 {
  return min<f64>(max<f64>(v, load<f64>(lower)), load<f64>(upper));
}

/** The longest step along d that stays in the box. */
export function boxLongest(n: i32, x: usize, d: usize, lower: usize, upper: usize): f64 {
  let most: f64 = 1e20;
  for (const end = x + bytes(n); x < end; x += 8, d += 8, lower += 8, upper += 8) {
    const v = load<f64>(d);
    if (v > 0) most = min<f64>(most, (load<f64>(upper) - load<f64>(x)) / v);
    else if (v < 0) most = min<f64>(most, (load<f64>(lower) - load<f64>(x)) / v);
  }
  return most;
}

/** d = P(x - t g) - x: the feasible direction of the projected gradient; returns its slope. */
export function projectedDirection(n: i32, t: f64, x: usize, g: usize, d: usize, lower: usize, upper: usize): f64 {
  let slope: f64 = 0;
  for (const end = x + bytes(n); x < end; x += 8, g += 8, d += 8, lower += 8, upper += 8) {
    const from = load<f64>(x);
    const v = clamp(from - t * load<f64>(g), lower, upper) - from;
    store<f64>(d, v);
    slope += v * load<f64>(g);
  }
  return slope;
}

/** x = P(x). */
export function project(n: i32, x: usize, lower: usize, upper: usize): void {
  for (const end = x + bytes(n); x < end; x += 8, lower += 8, upper += 8) {
    store<f64>(x, clamp(load<f64>(x), lower, upper));
  }
}
