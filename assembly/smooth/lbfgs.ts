// Limited-memory BFGS (Nocedal 1980): the two-loop recursion (Nocedal and Wright, algorithm 7.4) with each update
// fused with the scalar product that follows it, so that a pass reads three vectors and the history once a loop.
// The history is a ring of m pairs; rows of S and Y are `ld` doubles apart.

import { double as slot } from "../memory";
import { dot } from "../blas/level1";
import { madd, sumLanes, zero } from "../simd";
import { blendDot, bytes, finish, pairs } from "./vector";
import { S_COUNT, S_GAMMA, S_GRADIENT, S_HEAD, S_SLOPE, S_STEP, S_SY, S_UPDATED } from "../../src/abi/smooth";

/** A pair is kept when s'y > CURVATURE |s| |y|, whatever the units of f and x: the curvature along it is positive beyond rounding. */
const CURVATURE: f64 = 2.220446049250313e-16;

/**
 * s = x - x0 and y = g - g0 with their products, and max |g|, in one pass. The products go to `state`; returns s'y when
 * the pair may be used, otherwise 0.
 */
export function difference(n: i32, x: usize, g: usize, x0: usize, g0: usize, s: usize, y: usize, state: usize): f64 {
  const end = x + bytes(n);
  const stop = pairs(n, x);
  let ss = zero(), sy = zero(), yy = zero(), top = zero();
  for (; x < stop; x += 16, g += 16, x0 += 16, g0 += 16, s += 16, y += 16) {
    const vg = v128.load(g);
    const vs = f64x2.sub(v128.load(x), v128.load(x0));
    const vy = f64x2.sub(vg, v128.load(g0));
    v128.store(s, vs);
    v128.store(y, vy);
    ss = madd<f64>(vs, vs, ss);
    sy = madd<f64>(vs, vy, sy);
    yy = madd<f64>(vy, vy, yy);
    top = f64x2.pmax(top, f64x2.abs(vg));
  }
  let a = sumLanes<f64>(ss), b = sumLanes<f64>(sy), c = sumLanes<f64>(yy);
  let most = max<f64>(f64x2.extract_lane(top, 0), f64x2.extract_lane(top, 1));
  if (x < end) {
    const vg = load<f64>(g);
    const vs = load<f64>(x) - load<f64>(x0);
    const vy = vg - load<f64>(g0);
    store<f64>(s, vs);
    store<f64>(y, vy);
    a += vs * vs;
    b += vs * vy;
    c += vy * vy;
    most = max<f64>(most, abs(vg));
  }
  store<f64>(slot(state, S_GRADIENT), most);
  store<f64>(slot(state, S_STEP), sqrt(a));
  store<f64>(slot(state, S_SY), b);
  const good = b > CURVATURE * sqrt(a) * sqrt(c) && b < Infinity && c > 0 && c < Infinity;
  store<f64>(slot(state, S_UPDATED), good ? 1 : -1);
  if (!good) return 0;
  store<f64>(slot(state, S_GAMMA), b / c);
  return b;
}

/** Takes the step from x0 to x into the history. */
export function lbfgsUpdate(
  n: i32, m: i32, ld: i32, x: usize, g: usize, x0: usize, g0: usize, S: usize, Y: usize, rho: usize, state: usize,
): void {
  const head = <i32>load<f64>(slot(state, S_HEAD));
  const row = <usize>head * bytes(ld);
  const sy = difference(n, x, g, x0, g0, S + row, Y + row, state);
  if (sy == 0) return;
  store<f64>(rho + bytes(head), 1 / sy);
  store<f64>(slot(state, S_HEAD), <f64>((head + 1) % m));
  store<f64>(slot(state, S_COUNT), min<f64>(load<f64>(slot(state, S_COUNT)) + 1, m));
}

/** Up to this n a pass is so short that calls and unrolled loops cost more than they save. */
const SHORT: i32 = 32;

/** y = c y + a x; returns y'z of the new y. One plain loop, put in place. */
// @ts-ignore: decorator
@inline
function shortBlendDot(n: i32, c: f64, y: usize, a: f64, x: usize, z: usize): f64 {
  const even = bytes(n) & ~15;
  const va = f64x2.splat(a), vc = f64x2.splat(c);
  let s = zero();
  let o: usize = 0;
  for (; o < even; o += 16) {
    const v = madd<f64>(va, v128.load(x + o), f64x2.mul(vc, v128.load(y + o)));
    v128.store(y + o, v);
    s = madd<f64>(v, v128.load(z + o), s);
  }
  let sum = sumLanes<f64>(s);
  if (n & 1) {
    const v = c * load<f64>(y + o) + a * load<f64>(x + o);
    store<f64>(y + o, v);
    sum += v * load<f64>(z + o);
  }
  return sum;
}

/** d = -H g, its slope, and z = x + d. The history must not be empty. */
export function lbfgsDirection(
  n: i32, m: i32, ld: i32, x: usize, g: usize, z: usize, d: usize, S: usize, Y: usize, rho: usize, alpha: usize,
  state: usize,
): f64 {
  const count = <i32>load<f64>(slot(state, S_COUNT));
  const gamma = load<f64>(slot(state, S_GAMMA));
  const width = bytes(ld);
  const head = <i32>load<f64>(slot(state, S_HEAD));
  const newest = head == 0 ? m - 1 : head - 1;
  if (n == 2) return directionOfTwo(m, x, g, z, d, S, Y, rho, alpha, state, count, newest, gamma);
  const short = n <= SHORT;
  let i = newest;
  let sd = negate(n, g, d, S + <usize>i * width);
  for (let k = 1; k < count; k++) {
    const a = load<f64>(rho + bytes(i)) * sd;
    store<f64>(alpha + bytes(i), a);
    const y = Y + <usize>i * width;
    i = i == 0 ? m - 1 : i - 1;
    const s = S + <usize>i * width;
    sd = short ? shortBlendDot(n, 1, d, -a, y, s) : blendDot(n, 1, d, -a, y, s);
  }
  // i is the oldest pair: H0 = gamma I, applied in the same pass.
  const a = load<f64>(rho + bytes(i)) * sd;
  store<f64>(alpha + bytes(i), a);
  let yd = blendDot(n, gamma, d, -gamma * a, Y + <usize>i * width, Y + <usize>i * width);
  for (let k = 1; k < count; k++) {
    const c = load<f64>(alpha + bytes(i)) - load<f64>(rho + bytes(i)) * yd;
    const s = S + <usize>i * width;
    i = i == m - 1 ? 0 : i + 1;
    const y = Y + <usize>i * width;
    yd = short ? shortBlendDot(n, 1, d, c, s, y) : blendDot(n, 1, d, c, s, y);
  }
  const b = load<f64>(rho + bytes(i)) * yd;
  const slope = finish(n, load<f64>(alpha + bytes(i)) - b, S + <usize>i * width, d, g, x, z);
  store<f64>(slot(state, S_SLOPE), slope);
  return slope;
}

/** The same for n = 2, where d stays in one register. */
function directionOfTwo(
  m: i32, x: usize, g: usize, z: usize, d: usize, S: usize, Y: usize, rho: usize, alpha: usize, state: usize,
  count: i32, newest: i32, gamma: f64,
): f64 {
  const gradient = v128.load(g);
  let v = f64x2.neg(gradient);
  let i = newest;
  for (let k = 0; k < count; k++) {
    const o = <usize>i << 3;
    const a = load<f64>(rho + o) * sumLanes<f64>(f64x2.mul(v, v128.load(S + (o << 1))));
    store<f64>(alpha + o, a);
    v = madd<f64>(f64x2.splat(-a), v128.load(Y + (o << 1)), v);
    i = i == 0 ? m - 1 : i - 1;
  }
  v = f64x2.mul(f64x2.splat(gamma), v);
  for (let k = 0; k < count; k++) {
    i = i == m - 1 ? 0 : i + 1;
    const o = <usize>i << 3;
    const b = load<f64>(rho + o) * sumLanes<f64>(f64x2.mul(v, v128.load(Y + (o << 1))));
    v = madd<f64>(f64x2.splat(load<f64>(alpha + o) - b), v128.load(S + (o << 1)), v);
  }
  v128.store(d, v);
  v128.store(z, f64x2.add(v128.load(x), v));
  const slope = sumLanes<f64>(f64x2.mul(v, gradient));
  store<f64>(slot(state, S_SLOPE), slope);
  return slope;
}

/** d = -g; returns s'd. */
function negate(n: i32, g: usize, d: usize, s: usize): f64 {
  const end = g + bytes(n);
  const stop = pairs(n, g);
  let sum = zero();
  for (; g < stop; g += 16, d += 16, s += 16) {
    const v = f64x2.neg(v128.load(g));
    v128.store(d, v);
    sum = madd<f64>(v, v128.load(s), sum);
  }
  let total = sumLanes<f64>(sum);
  if (g < end) {
    const v = -load<f64>(g);
    store<f64>(d, v);
    total += v * load<f64>(s);
  }
  return total;
}

/** Update and, unless max |g| <= stop or the history is empty, the next direction and trial in one call. */
export function lbfgsStep(
  n: i32, m: i32, ld: i32, x: usize, g: usize, x0: usize, g0: usize, d: usize, S: usize, Y: usize, rho: usize,
  alpha: usize, state: usize, stop: f64,
): void {
  lbfgsUpdate(n, m, ld, x, g, x0, g0, S, Y, rho, state);
  if (load<f64>(slot(state, S_COUNT)) > 0 && !(load<f64>(slot(state, S_GRADIENT)) <= stop)) {
    lbfgsDirection(n, m, ld, x, g, x0, d, S, Y, rho, alpha, state);
  }
}

