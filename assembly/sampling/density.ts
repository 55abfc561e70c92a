// The density of a trajectory: free coordinates to the user's, the compiled terms through the function table, and the gradient
// back, with log |Jacobian|. The operations are those of src/sampling/target.ts and transforms.ts.

import {
  F_BLOCK_COUNT, F_BLOCKS, F_BOUNDS, F_D, F_FIRST_PART, F_GX, F_PARTS, F_PLAIN, F_X, K_INTERVAL, K_LOWER, K_POSITIVE, K_REAL, PART_SLOTS,
} from "../../src/abi/sampling";
import { exp, log, logSigmoid, sigmoid } from "./elementary";

// @ts-ignore: decorator
@inline
export function slot(frame: usize, k: i32): usize {
  return <usize>load<u32>(frame + (<usize>k << 2));
}

/** y = 0 + x for one block of coordinates: -0 becomes 0, as where sums begin with 0. */
function move(from: usize, to: usize, x: usize, y: usize): void {
  const zero = f64x2.splat(0);
  const even = from + ((to - from) & ~15);
  for (; from < even; from += 16) v128.store(y + from, f64x2.add(zero, v128.load(x + from)));
  if (from < to) store<f64>(y + from, 0.0 + load<f64>(x + from));
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
      for (let i = from; i < to; i += 8) store<f64>(x + i, load<f64>(u + i));
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

/** g from the gradient by x. */
function pull(frame: usize, u: usize, x: usize, gx: usize, g: usize): void {
  const count = <i32>slot(frame, F_BLOCK_COUNT);
  for (let k = 0, b = slot(frame, F_BLOCKS), bounds = slot(frame, F_BOUNDS); k < count; k++, b += 12, bounds += 16) {
    const kind = load<i32>(b);
    const from = <usize>load<u32>(b, 4) << 3;
    const to = from + (<usize>load<u32>(b, 8) << 3);
    if (kind == K_REAL) {
      move(from, to, gx, g);
      continue;
    }
    const lower = load<f64>(bounds), upper = load<f64>(bounds, 8);
    for (let i = from; i < to; i += 8) {
      const slope = load<f64>(gx + i);
      if (kind == K_POSITIVE) store<f64>(g + i, slope * load<f64>(x + i) + 1);
      else if (kind == K_LOWER) store<f64>(g + i, slope * exp(load<f64>(u + i)) + 1);
      else if (kind == K_INTERVAL) {
        const s = sigmoid(load<f64>(u + i));
        store<f64>(g + i, slope * (upper - lower) * s * (1 - s) + 1 - 2 * s);
      } else store<f64>(g + i, 1 - slope * exp(load<f64>(u + i)));
    }
  }
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
    move(0, <usize>d << 3, gx, gx);
    add(d, grad, gx);
  }
  if (!plain) pull(frame, u, x, gx, g);
  else if (parts == 1) move(0, <usize>d << 3, g, g);
  const sum = value + jacobian;
  return sum != sum || sum == Infinity ? -Infinity : sum;
}
