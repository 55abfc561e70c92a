// Passes over vectors that every smooth method shares: trial points, slopes, stop measures, one direction of
// descent. Exact kernels: nothing past n is touched; each sum has one fixed order.

import { amax, dot, nrm2 } from "../blas/level1";
import { madd, sumLanes, zero } from "../simd";

/** End of the last whole register. */
// @ts-ignore: decorator
@inline
export function pairs(n: i32, x: usize): usize {
  return x + ((<usize>n << 3) & ~15);
}

// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return <usize>n << 3;
}

/** z = x + t d. */
export function move(n: i32, t: f64, d: usize, x: usize, z: usize): void {
  const end = x + bytes(n);
  const stop = pairs(n, x);
  const vt = f64x2.splat(t);
  for (; x < stop; x += 16, d += 16, z += 16) v128.store(z, madd<f64>(vt, v128.load(d), v128.load(x)));
  if (x < end) store<f64>(z, load<f64>(x) + t * load<f64>(d));
}

/** z = min(max(x + t d, lower), upper): rounding never leaves the box. */
export function moveInBox(n: i32, t: f64, d: usize, x: usize, z: usize, lower: usize, upper: usize): void {
  const end = x + bytes(n);
  for (; x < end; x += 8, d += 8, z += 8, lower += 8, upper += 8) {
    const v = load<f64>(x) + t * load<f64>(d);
    store<f64>(z, min<f64>(max<f64>(v, load<f64>(lower)), load<f64>(upper)));
  }
}

/** y = c y + a x; returns y'z of the new y. */
export function blendDot(n: i32, c: f64, y: usize, a: f64, x: usize, z: usize): f64 {
  const end = y + bytes(n);
  const block = y + (bytes(n) & ~63);
  const vc = f64x2.splat(c), va = f64x2.splat(a);
  let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
  for (; y < block; y += 64, x += 64, z += 64) {
    const a0 = madd<f64>(va, v128.load(x), f64x2.mul(vc, v128.load(y)));
    const a1 = madd<f64>(va, v128.load(x, 16), f64x2.mul(vc, v128.load(y, 16)));
    const a2 = madd<f64>(va, v128.load(x, 32), f64x2.mul(vc, v128.load(y, 32)));
    const a3 = madd<f64>(va, v128.load(x, 48), f64x2.mul(vc, v128.load(y, 48)));
    v128.store(y, a0);
    v128.store(y, a1, 16);
    v128.store(y, a2, 32);
    v128.store(y, a3, 48);
    s0 = madd<f64>(a0, v128.load(z), s0);
    s1 = madd<f64>(a1, v128.load(z, 16), s1);
    s2 = madd<f64>(a2, v128.load(z, 32), s2);
    s3 = madd<f64>(a3, v128.load(z, 48), s3);
  }
  for (const stop = y + ((end - y) & ~15); y < stop; y += 16, x += 16, z += 16) {
    const v = madd<f64>(va, v128.load(x), f64x2.mul(vc, v128.load(y)));
    v128.store(y, v);
    s0 = madd<f64>(v, v128.load(z), s0);
  }
  let s = sumLanes<f64>(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  if (y < end) {
    const v = c * load<f64>(y) + a * load<f64>(x);
    store<f64>(y, v);
    s += v * load<f64>(z);
  }
  return s;
}

/** d += a x and z = p + d; returns d'g: the last pass of a direction, with its unit step and slope. */
export function finish(n: i32, a: f64, x: usize, d: usize, g: usize, p: usize, z: usize): f64 {
  const end = d + bytes(n);
  const stop = pairs(n, d);
  const va = f64x2.splat(a);
  let s0 = zero(), s1 = zero();
  for (const block = d + (bytes(n) & ~31); d < block; d += 32, x += 32, g += 32, p += 32, z += 32) {
    const a0 = madd<f64>(va, v128.load(x), v128.load(d));
    const a1 = madd<f64>(va, v128.load(x, 16), v128.load(d, 16));
    v128.store(d, a0);
    v128.store(d, a1, 16);
    s0 = madd<f64>(a0, v128.load(g), s0);
    s1 = madd<f64>(a1, v128.load(g, 16), s1);
    v128.store(z, f64x2.add(v128.load(p), a0));
    v128.store(z, f64x2.add(v128.load(p, 16), a1), 16);
  }
  for (; d < stop; d += 16, x += 16, g += 16, p += 16, z += 16) {
    const v = madd<f64>(va, v128.load(x), v128.load(d));
    v128.store(d, v);
    s0 = madd<f64>(v, v128.load(g), s0);
    v128.store(z, f64x2.add(v128.load(p), v));
  }
  let s = sumLanes<f64>(f64x2.add(s0, s1));
  if (d < end) {
    const v = load<f64>(d) + a * load<f64>(x);
    store<f64>(d, v);
    s += v * load<f64>(g);
    store<f64>(z, load<f64>(p) + v);
  }
  return s;
}

/** d = -g, of length `reach`; returns the slope g'd. */
export function steepest(n: i32, reach: f64, g: usize, d: usize): f64 {
  const length = nrm2<f64>(n, g);
  if (!(length > 0)) {
    memory.fill(d, 0, bytes(n));
    return 0;
  }
  const end = g + bytes(n);
  // The quotient may overflow where the product does not.
  for (; g < end; g += 8, d += 8) store<f64>(d, -(load<f64>(g) / length) * reach);
  return -length * reach;
}

/** max |s_j| / |x_j|, where s = x - x0; a variable that moved from or to 0 counts as 1. */
export function relativeStep(n: i32, x: usize, x0: usize): f64 {
  let most: f64 = 0;
  const end = x + bytes(n);
  for (; x < end; x += 8, x0 += 8) {
    const a = load<f64>(x), b = load<f64>(x0);
    const s = abs(a - b);
    if (s == 0) continue;
    most = max<f64>(most, s / max<f64>(abs(a), abs(b)));
  }
  return most;
}

/** max |g_j| over the variables that no bound holds against -g: at a minimum within the box it is 0, in every unit. */
export function projectedGradient(n: i32, x: usize, g: usize, lower: usize, upper: usize): f64 {
  let most: f64 = 0;
  const end = x + bytes(n);
  for (; x < end; x += 8, g += 8, lower += 8, upper += 8) {
    const at = load<f64>(x), slope = load<f64>(g);
    const held = slope > 0 ? at <= load<f64>(lower) : at >= load<f64>(upper);
    if (!held) most = max<f64>(most, abs(slope));
  }
  return most;
}

/** Index of the first element that is NaN or infinite; -1 when all are finite. */
export function firstNonFinite(n: i32, x: usize): i32 {
  for (let i = 0; i < n; i++) {
    const v = load<f64>(x + bytes(i));
    if (!(v - v == 0)) return i;
  }
  return -1;
}


