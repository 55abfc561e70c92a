// BFGS with the inverse Hessian held in full (Nocedal and Wright, eq. 6.17), scaled by s'y / y'y before the first
// update (eq. 6.20). A row of H is updated and multiplied with the gradient in one pass.

import { double as slot } from "../memory";
import { dot } from "../blas/level1";
import { gemv } from "../dense/gemv";
import { difference } from "./lbfgs";
import { S_COUNT, S_GAMMA, S_GRADIENT, S_SLOPE } from "../../src/abi/smooth";
import { bytes } from "./vector";
import { madd, sumLanes, zero } from "../simd";

/** h += a s + b u; returns h'g. */
function updateRow(n: i32, h: usize, a: f64, s: usize, b: f64, u: usize, g: usize): f64 {
  const end = h + bytes(n);
  const stop = h + (bytes(n) & ~15);
  const va = f64x2.splat(a), vb = f64x2.splat(b);
  let s0 = zero(), s1 = zero();
  for (const block = h + (bytes(n) & ~31); h < block; h += 32, s += 32, u += 32, g += 32) {
    const v0 = madd<f64>(vb, v128.load(u), madd<f64>(va, v128.load(s), v128.load(h)));
    const v1 = madd<f64>(vb, v128.load(u, 16), madd<f64>(va, v128.load(s, 16), v128.load(h, 16)));
    v128.store(h, v0);
    v128.store(h, v1, 16);
    s0 = madd<f64>(v0, v128.load(g), s0);
    s1 = madd<f64>(v1, v128.load(g, 16), s1);
  }
  for (; h < stop; h += 16, s += 16, u += 16, g += 16) {
    const v = madd<f64>(vb, v128.load(u), madd<f64>(va, v128.load(s), v128.load(h)));
    v128.store(h, v);
    s0 = madd<f64>(v, v128.load(g), s0);
  }
  let sum = sumLanes<f64>(f64x2.add(s0, s1));
  if (h < end) {
    const v = load<f64>(h) + a * load<f64>(s) + b * load<f64>(u);
    store<f64>(h, v);
    sum += v * load<f64>(g);
  }
  return sum;
}

/**
 * After a step from x0 to x: updates H (n*n) and makes d = -H g with its slope, and z = x + d in the place of x0.
 * With no usable pair so far, nothing but the measures is set and S_COUNT stays 0.
 */
export function bfgsStep(
  n: i32, x: usize, g: usize, x0: usize, g0: usize, d: usize, H: usize, s: usize, y: usize, u: usize, state: usize,
  stop: f64,
): void {
  const sy = difference(n, x, g, x0, g0, s, y, state);
  const count = load<f64>(slot(state, S_COUNT));
  const width = bytes(n);
  if (load<f64>(slot(state, S_GRADIENT)) <= stop) return;
  if (sy > 0) {
    if (count == 0) {
      memory.fill(H, 0, <usize>n * width);
      const gamma = load<f64>(slot(state, S_GAMMA));
      for (let i = 0; i < n; i++) store<f64>(H + <usize>i * (width + 8), gamma);
    }
    gemv<f64>(n, n, 1, H, n, y, 0, u);
    const c = (1 + dot<f64>(n, y, u) / sy) / sy;
    let row = H;
    for (let i = 0; i < n; i++, row += width) {
      const si = load<f64>(s + bytes(i));
      store<f64>(d + bytes(i), -updateRow(n, row, c * si - load<f64>(u + bytes(i)) / sy, s, -si / sy, u, g));
    }
    store<f64>(slot(state, S_COUNT), count + 1);
  } else if (count > 0) gemv<f64>(n, n, -1, H, n, g, 0, d);
  else return;
  let slope: f64 = 0;
  for (let i: usize = 0; i < width; i += 8) {
    const v = load<f64>(d + i);
    slope += v * load<f64>(g + i);
    store<f64>(x0 + i, load<f64>(x + i) + v);
  }
  store<f64>(slot(state, S_SLOPE), slope);
}
