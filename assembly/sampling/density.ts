// The density of a trajectory: free coordinates to the user's, the compiled terms through the function table, and the gradient
// back, with log |Jacobian|. The operations are those of src/sampling/target.ts and transforms.ts.

import {
  F_BLOCK_COUNT, F_BLOCKS, F_BOUNDS, F_D, F_FIRST_PART, F_GX, F_PARTS, F_X, K_INTERVAL, K_LOWER, K_POSITIVE, K_REAL, PART_SLOTS,
} from "../../src/sampling/frame";
import { exp, log, logSigmoid, sigmoid } from "./elementary";

// @ts-ignore: decorator
@inline
export function slot(frame: usize, k: i32): usize {
  return <usize>load<u32>(frame + (<usize>k << 2));
}

/** x from u; returns log |Jacobian|, summed block by block. */
function constrain(frame: usize, u: usize, x: usize): f64 {
  const count = <i32>slot(frame, F_BLOCK_COUNT);
  let total: f64 = 0;
  for (let k = 0, b = slot(frame, F_BLOCKS), bounds = slot(frame, F_BOUNDS); k < count; k++, b += 12, bounds += 16) {
    const kind = load<i32>(b);
    const from = <usize>load<u32>(b, 4) << 3;
    const to = from + (<usize>load<u32>(b, 8) << 3);
    const lower = load<f64>(bounds), upper = load<f64>(bounds, 8);
    let jacobian: f64 = 0;
    for (let i = from; i < to; i += 8) {
      const v = load<f64>(u + i);
      if (kind == K_REAL) store<f64>(x + i, v);
      else if (kind == K_INTERVAL) {
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
    const lower = load<f64>(bounds), upper = load<f64>(bounds, 8);
    for (let i = from; i < to; i += 8) {
      const slope = load<f64>(gx + i);
      if (kind == K_REAL) store<f64>(g + i, slope);
      else if (kind == K_POSITIVE) store<f64>(g + i, slope * load<f64>(x + i) + 1);
      else if (kind == K_LOWER) store<f64>(g + i, slope * exp(load<f64>(u + i)) + 1);
      else if (kind == K_INTERVAL) {
        const s = sigmoid(load<f64>(u + i));
        store<f64>(g + i, slope * (upper - lower) * s * (1 - s) + 1 - 2 * s);
      } else store<f64>(g + i, 1 - slope * exp(load<f64>(u + i)));
    }
  }
}

/** The log density at u on the free scale, and its gradient; -Infinity where it is not a number. */
export function density(frame: usize, u: usize, g: usize): f64 {
  const d = <i32>slot(frame, F_D), x = slot(frame, F_X), gx = slot(frame, F_GX);
  const jacobian = constrain(frame, u, x);
  const parts = <i32>slot(frame, F_PARTS);
  let value: f64 = 0;
  for (let k = 0, at = F_FIRST_PART; k < parts; k++, at += PART_SLOTS) {
    const m = slot(frame, at + 1), data = slot(frame, at + 2), out = slot(frame, at + 3), grad = slot(frame, at + 4);
    call_indirect<void>(<u32>slot(frame, at), <i32>m, data, m, x, out, grad, <usize>0, slot(frame, at + 5));
    value += load<f64>(out);
    for (let i: usize = 0, n = <usize>d << 3; i < n; i += 8)
      store<f64>(gx + i, (k == 0 ? 0.0 : load<f64>(gx + i)) + load<f64>(grad + i));
  }
  pull(frame, u, x, gx, g);
  const sum = value + jacobian;
  return sum != sum || sum == Infinity ? -Infinity : sum;
}
