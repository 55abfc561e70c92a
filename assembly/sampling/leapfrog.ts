// The leapfrog step in two passes over the vectors, kicks fused with what follows them, and momenta. Sums run over even places,
// odd places, then both, as in src/sampling/vectors.ts.

import { F_INVERSE, F_RANDOM, F_WORDS } from "../../src/abi/sampling";
import { slot } from "./density";
import { fillNormals } from "./stream";

/** memory.copy leaves the module: for a few doubles a loop is several times faster. */
export function copy(d: i32, from: usize, to: usize): void {
  const end = to + (<usize>(d & ~1) << 3);
  for (; to < end; from += 16, to += 16) v128.store(to, v128.load(from));
  if (d & 1) store<f64>(to, load<f64>(from));
}

/** Even places, odd places, then both. */
export function dot(d: i32, a: usize, b: usize): f64 {
  let sum = f64x2.splat(0);
  const end = a + (<usize>(d & ~1) << 3);
  for (; a < end; a += 16, b += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a), v128.load(b)));
  let even = f64x2.extract_lane(sum, 0);
  if (d & 1) even += load<f64>(a) * load<f64>(b);
  return even + f64x2.extract_lane(sum, 1);
}

/** A kick of size `kick` and a drift of size e. */
export function kickAndDrift(d: i32, kick: f64, e: f64, inverse: usize, g: usize, p: usize, q: usize): void {
  const end = q + (<usize>(d & ~1) << 3);
  const kk = f64x2.splat(kick), ee = f64x2.splat(e);
  for (; q < end; inverse += 16, g += 16, p += 16, q += 16) {
    const moved = f64x2.add(v128.load(p), f64x2.mul(kk, v128.load(g)));
    v128.store(p, moved);
    v128.store(q, f64x2.add(v128.load(q), f64x2.mul(ee, f64x2.mul(v128.load(inverse), moved))));
  }
  if (d & 1) {
    const moved = load<f64>(p) + kick * load<f64>(g);
    store<f64>(p, moved);
    store<f64>(q, load<f64>(q) + e * (load<f64>(inverse) * moved));
  }
}

/** A kick, the velocity after it, and p'v. */
export function kickAndMeasure(d: i32, kick: f64, inverse: usize, g: usize, p: usize, v: usize): f64 {
  let sum = f64x2.splat(0);
  const end = v + (<usize>(d & ~1) << 3);
  const kk = f64x2.splat(kick);
  for (; v < end; inverse += 16, g += 16, p += 16, v += 16) {
    const moved = f64x2.add(v128.load(p), f64x2.mul(kk, v128.load(g)));
    const velocity = f64x2.mul(v128.load(inverse), moved);
    v128.store(p, moved);
    v128.store(v, velocity);
    sum = f64x2.add(sum, f64x2.mul(moved, velocity));
  }
  let even = f64x2.extract_lane(sum, 0);
  if (d & 1) {
    const moved = load<f64>(p) + kick * load<f64>(g);
    const velocity = load<f64>(inverse) * moved;
    store<f64>(p, moved);
    store<f64>(v, velocity);
    even += moved * velocity;
  }
  return even + f64x2.extract_lane(sum, 1);
}

/** A new momentum at p, its velocity at v. */
export function refresh(frame: usize, d: i32, p: usize, v: usize): void {
  let inverse = slot(frame, F_INVERSE);
  fillNormals(d, slot(frame, F_RANDOM), slot(frame, F_WORDS), p);
  const end = p + (<usize>(d & ~1) << 3);
  for (; p < end; p += 16, v += 16, inverse += 16) {
    const scale = v128.load(inverse);
    const momentum = f64x2.div(v128.load(p), f64x2.sqrt(scale));
    v128.store(p, momentum);
    v128.store(v, f64x2.mul(scale, momentum));
  }
  if (d & 1) {
    const scale = load<f64>(inverse), momentum = load<f64>(p) / sqrt(scale);
    store<f64>(p, momentum);
    store<f64>(v, scale * momentum);
  }
}
