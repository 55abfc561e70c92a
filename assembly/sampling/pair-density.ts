// The density at two points, one of each of two chains: numbers side by side, one in each lane, so that what depends on nothing but the
// chain is done once for both. Lane for lane the operations are those of density.ts.

import {
  F_BLOCK_COUNT, F_BLOCKS, F_BOUNDS, K_INTERVAL, K_LOWER, K_POSITIVE, K_REAL, P_FUNCTION, P_G, P_U, P_VALUE, P_WORK, P_X,
} from "../../src/abi/sampling";
import { slopeBy, slot } from "./density";
import { exp, log, logSigmoid, sigmoid } from "./elementary";

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** 1.5 2^52: what is added to it is rounded to a whole number, in the lowest bits. */
const WHOLE: f64 = 6755399441055744;

// @ts-ignore: decorator
@inline
export function lanes(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

function expEach(x: v128): v128 {
  return lanes(exp(f64x2.extract_lane(x, 0)), exp(f64x2.extract_lane(x, 1)));
}

/** c + x y. */
// @ts-ignore: decorator
@inline
function and(c: f64, x: v128, y: v128): v128 {
  return f64x2.add(f64x2.splat(c), f64x2.mul(x, y));
}

// @ts-ignore: decorator
@inline
function times(x: v128, c: f64): v128 {
  return f64x2.mul(x, f64x2.splat(c));
}

/** e^x in both lanes, the bits of `exp`. */
export function expPair(x: v128): v128 {
  // Within these the power of two is a normal number.
  if (i64x2.bitmask(f64x2.lt(f64x2.abs(x), f64x2.splat(700))) != 3) return expEach(x);
  const k = f64x2.floor(f64x2.add(times(x, LOG2_E), f64x2.splat(0.5)));
  const low = times(f64x2.neg(k), LN2_LOW);
  const top = f64x2.sub(x, times(k, LN2_HIGH));
  const r = f64x2.add(top, low);
  const lost = f64x2.add(f64x2.sub(top, r), low);
  const s = f64x2.mul(r, r), t = f64x2.mul(s, s), u = f64x2.mul(t, t);
  const a = f64x2.add(and(1 / 2.0, r, f64x2.splat(1 / 6.0)), f64x2.mul(s, and(1 / 24.0, r, f64x2.splat(1 / 120.0))));
  const b = f64x2.add(and(1 / 720.0, r, f64x2.splat(1 / 5040.0)), f64x2.mul(s, and(1 / 40320.0, r, f64x2.splat(1 / 362880.0))));
  const c = f64x2.add(
    and(1 / 3628800.0, r, f64x2.splat(1 / 39916800.0)), f64x2.mul(s, and(1 / 479001600.0, r, f64x2.splat(1 / 6227020800.0))),
  );
  const d = f64x2.add(c, times(t, 1 / 87178291200.0));
  const inner = f64x2.add(f64x2.add(a, f64x2.mul(t, b)), f64x2.mul(u, d));
  const value = f64x2.add(f64x2.splat(1), f64x2.add(r, f64x2.add(lost, f64x2.mul(s, inner))));
  const power = i64x2.add(i64x2.shl(f64x2.add(k, f64x2.splat(WHOLE)), 52), i64x2.splat(<i64>1023 << 52));
  return f64x2.mul(value, power);
}

/** The constrained coordinates of P_X from the free ones that stand there, which go to P_U; log |Jacobian| of both. */
function constrainPair(frame: usize, pair: usize): v128 {
  const count = <i32>slot(frame, F_BLOCK_COUNT);
  const x = slot(pair, P_X), u = slot(pair, P_U);
  let total = f64x2.splat(0);
  for (let k = 0, b = slot(frame, F_BLOCKS), bounds = slot(frame, F_BOUNDS); k < count; k++, b += 12, bounds += 16) {
    const kind = load<i32>(b);
    if (kind == K_REAL) continue;
    const from = <usize>load<u32>(b, 4) << 4;
    const to = from + (<usize>load<u32>(b, 8) << 4);
    const lower = load<f64>(bounds), upper = load<f64>(bounds, 8);
    let jacobian = f64x2.splat(0);
    for (let i = from; i < to; i += 16) {
      const v = v128.load(x + i);
      v128.store(u + i, v);
      if (kind == K_INTERVAL) {
        const v0 = f64x2.extract_lane(v, 0), v1 = f64x2.extract_lane(v, 1);
        v128.store(x + i, lanes(lower + (upper - lower) * sigmoid(v0), lower + (upper - lower) * sigmoid(v1)));
        const width = log(upper - lower);
        jacobian = f64x2.add(
          jacobian, lanes(width + logSigmoid(v0) + logSigmoid(-v0), width + logSigmoid(v1) + logSigmoid(-v1)),
        );
      } else {
        const e = expPair(v);
        v128.store(
          x + i,
          kind == K_POSITIVE ? e : kind == K_LOWER ? f64x2.add(f64x2.splat(lower), e) : f64x2.sub(f64x2.splat(upper), e),
        );
        jacobian = f64x2.add(jacobian, v);
      }
    }
    total = f64x2.add(total, jacobian);
  }
  return total;
}

/** P_G, the gradient by the density's own coordinates, becomes that by the free ones. */
function pullPair(frame: usize, pair: usize): void {
  const count = <i32>slot(frame, F_BLOCK_COUNT);
  const x = slot(pair, P_X), u = slot(pair, P_U), g = slot(pair, P_G);
  for (let k = 0, b = slot(frame, F_BLOCKS), bounds = slot(frame, F_BOUNDS); k < count; k++, b += 12, bounds += 16) {
    const kind = load<i32>(b);
    if (kind == K_REAL) continue;
    const from = <usize>load<u32>(b, 4) << 4;
    const to = from + (<usize>load<u32>(b, 8) << 4);
    for (let i = from; i < to; i += 16) {
      const pulled = kind == K_POSITIVE
        ? f64x2.add(f64x2.mul(v128.load(g + i), v128.load(x + i)), f64x2.splat(1))
        : lanes(slopeBy(kind, bounds, u + i, x + i, g + i), slopeBy(kind, bounds, u + i + 8, x + i + 8, g + i + 8));
      v128.store(g + i, pulled);
    }
  }
}

/** The log density at the free coordinates in P_X, and its gradient at P_G; -Infinity where it is not a number. */
export function pairDensity(frame: usize, pair: usize): v128 {
  const x = slot(pair, P_X), value = slot(pair, P_VALUE), g = slot(pair, P_G);
  const plain = slot(pair, P_U) == x;
  const jacobian = plain ? f64x2.splat(0) : constrainPair(frame, pair);
  call_indirect<void>(<u32>slot(pair, P_FUNCTION), 1, <usize>0, <usize>1, x, value, g, <usize>0, slot(pair, P_WORK));
  if (!plain) pullPair(frame, pair);
  const sum = f64x2.add(f64x2.add(f64x2.splat(0), v128.load(value)), jacobian);
  // Neither NaN nor Infinity is below Infinity.
  return v128.bitselect(sum, f64x2.splat(-Infinity), f64x2.lt(sum, f64x2.splat(Infinity)));
}
