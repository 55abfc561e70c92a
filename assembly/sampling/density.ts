// The density of a trajectory: free coordinates to the user's, the compiled terms through the function table, and the gradient
// back, with log |Jacobian|. The operations are those of src/sampling/target.ts and transforms.ts.

import {
  F_BLOCK_COUNT, F_BLOCKS, F_BOUNDS, F_D, F_EACH_BOUNDS, F_FIRST_PART, F_GX, F_KINDS, F_PARTS, F_PLAIN, F_X, K_INTERVAL, K_LOWER,
  K_POSITIVE, K_REAL, PART_SLOTS,
} from "../../src/abi/sampling";
import { exp, log, logSigmoid, sigmoid } from "./elementary";

// @ts-ignore: decorator
@inline
export function slot(frame: usize, k: i32): usize {
  return <usize>load<u32>(frame + (<usize>k << 2));
}

/** y += x. */
function add(d: i32, x: usize, y: usize): void {
  const end = y + (<usize>(d & ~1) << 3);
  for (; y < end; x += 16, y += 16) v128.store(y, f64x2.add(v128.load(y), v128.load(x)));
  if (d & 1) store<f64>(y, load<f64>(y) + load<f64>(x));
}

/** x from u; returns log |Jacobian|, summed block by block. */
function constrain(frame: usize, u: usize, x: usize): f64 {
  const count = <i32>slot(frame, F_BLOCK_COUNT);
  let total: f64 = 0;
  for (let k = 0, b = slot(frame, F_BLOCKS), bounds = slot(frame, F_BOUNDS); k < count; k++, b += 12, bounds += 16) {
    const kind = load<i32>(b);
    const from = <usize>load<u32>(b, 4) << 3;
    const to = from + (<usize>load<u32>(b, 8) << 3);
    if (kind == K_REAL) {
      // Pairs begin at even places, as they were stored: a load across two stores would wait for both.
      let i = from;
      if (i & 8 && i < to) {
        store<f64>(x + i, load<f64>(u + i));
        i += 8;
      }
      for (; i + 8 < to; i += 16) v128.store(x + i, v128.load(u + i));
      if (i < to) store<f64>(x + i, load<f64>(u + i));
      continue;
    }
    const lower = load<f64>(bounds), upper = load<f64>(bounds, 8);
    let jacobian: f64 = 0;
    for (let i = from; i < to; i += 8) {
      const v = load<f64>(u + i);
      if (kind == K_INTERVAL) {
        store<f64>(x + i, lower + (upper - lower) * sigmoid(v));
        jacobian += log(upper - lower) + logSigmoid(v) + logSigmoid(-v);
      } else {
        const e = exp(v);
        store<f64>(x + i, kind == K_POSITIVE ? e : kind == K_LOWER ? lower + e : upper - e);
        jacobian += v;
      }
    }
    total += jacobian;
  }
  return total;
}

/** d log density / du of one coordinate. */
// @ts-ignore: decorator
@inline
export function slopeBy(kind: i32, bounds: usize, u: usize, x: usize, gx: usize): f64 {
  const slope = load<f64>(gx);
  if (kind == K_REAL) return slope;
  if (kind == K_POSITIVE) return slope * load<f64>(x) + 1;
  if (kind == K_LOWER) return slope * exp(load<f64>(u)) + 1;
  if (kind == K_INTERVAL) {
    const s = sigmoid(load<f64>(u));
    return slope * (load<f64>(bounds, 8) - load<f64>(bounds)) * s * (1 - s) + 1 - 2 * s;
  }
  return 1 - slope * exp(load<f64>(u));
}

/** g from the gradient by x, two coordinates a store: what reads them in pairs need not wait for two stores. */
function pull(frame: usize, d: i32, u: usize, x: usize, gx: usize, g: usize): void {
  let kinds = slot(frame, F_KINDS), bounds = slot(frame, F_EACH_BOUNDS);
  const end = g + (<usize>(d & ~1) << 3);
  for (; g < end; kinds += 8, bounds += 32, u += 16, x += 16, gx += 16, g += 16) {
    const kind = load<i32>(kinds), next = load<i32>(kinds, 4);
    if ((kind | next) == K_REAL) {
      v128.store(g, v128.load(gx));
      continue;
    }
    const first = f64x2.splat(slopeBy(kind, bounds, u, x, gx));
    v128.store(g, f64x2.replace_lane(first, 1, slopeBy(next, bounds + 16, u + 8, x + 8, gx + 8)));
  }
  if (d & 1) store<f64>(g, slopeBy(load<i32>(kinds), bounds, u, x, gx));
}

/** Term k of the density at x; its gradient by x into `grad`. */
// @ts-ignore: decorator
@inline
function term(frame: usize, k: i32, x: usize, grad: usize): f64 {
  const at = F_FIRST_PART + k * PART_SLOTS;
  const m = slot(frame, at + 1), out = slot(frame, at + 3);
  call_indirect<void>(<u32>slot(frame, at), <i32>m, slot(frame, at + 2), m, x, out, grad, <usize>0, slot(frame, at + 5));
  return load<f64>(out);
}

/** The log density at u on the free scale, and its gradient; -Infinity where it is not a number. */
export function density(frame: usize, u: usize, g: usize): f64 {
  const d = <i32>slot(frame, F_D), parts = <i32>slot(frame, F_PARTS);
  const plain = slot(frame, F_PLAIN) == 1;
  const x = plain ? u : slot(frame, F_X), gx = plain ? g : slot(frame, F_GX);
  const jacobian: f64 = plain ? 0 : constrain(frame, u, x);
  let value: f64 = 0;
  value += term(frame, 0, x, gx);
  for (let k = 1; k < parts; k++) {
    const grad = slot(frame, F_FIRST_PART + k * PART_SLOTS + 4);
    value += term(frame, k, x, grad);
    add(d, grad, gx);
  }
  if (!plain) pull(frame, d, u, x, gx, g);
  const sum = value + jacobian;
  return sum != sum || sum == Infinity ? -Infinity : sum;
}
