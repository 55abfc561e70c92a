// exp and expm1: x = n ln2/64 + r, n = 64 m + j, exp(x) = 2^m 2^(j/64) exp(r), |r| <= ln2/128.
// Tang, "Table-driven implementation of the exponential function", ACM TOMS 15 (1989) 144.
import { add, both, madd, mul, nmadd, poly3, poly4, select, sub } from "./lanes";
import * as K from "./layout";

/** The table row (head, rest) of 2^(j/64), j in the low six bits of n. */
// @ts-ignore: decorator
@inline function row(k: usize, n: i32): v128 {
  return v128.load(k + (<usize>(n & 63) << 4), K.EXP_TABLE);
}

/** n, as an integer in the low bits of MAGIC + n. */
// @ts-ignore: decorator
@inline function index(k: usize, x: v128): v128 {
  return madd(x, v128.load(k, K.EXP_INV), v128.load(k, K.MAGIC));
}

/** r = x - n ln2/64; the first product is exact. */
// @ts-ignore: decorator
@inline function rest(k: usize, x: v128, n: v128): v128 {
  return nmadd(n, v128.load(k, K.EXP_STEP_LO), nmadd(n, v128.load(k, K.EXP_STEP_HI), x));
}

/** 2^(j/64) exp(r). */
// @ts-ignore: decorator
@inline function finish(k: usize, n: v128, r: v128): v128 {
  const r2 = mul(r, r);
  const p = madd(r2, poly3(k + K.EXP0, r, r2), r);
  const a = row(k, i32x4.extract_lane(n, 0));
  const b = row(k, i32x4.extract_lane(n, 2));
  const head = v128.shuffle<f64>(a, b, 0, 2);
  return add(head, madd(head, p, v128.shuffle<f64>(a, b, 1, 3)));
}

/** exp(x) for |x| <= 708; a NaN stays one. */
// @ts-ignore: decorator
@inline export function expFast(k: usize, x: v128): v128 {
  const n = index(k, x);
  const y = finish(k, n, rest(k, x, sub(n, v128.load(k, K.MAGIC))));
  return i64x2.add(y, i64x2.shl(i64x2.shr_u(n, 6), 52));
}

/** exp(x + low) for |x| <= 708, |low| <= 0.001. */
// @ts-ignore: decorator
@inline export function expSum(k: usize, x: v128, low: v128): v128 {
  const n = index(k, x);
  const y = finish(k, n, add(rest(k, x, sub(n, v128.load(k, K.MAGIC))), low));
  return i64x2.add(y, i64x2.shl(i64x2.shr_u(n, 6), 52));
}

/** 2^m, m an integer-valued double in [-1022, 1023]. */
// @ts-ignore: decorator
@inline function power2(k: usize, m: v128): v128 {
  return i64x2.shl(add(m, v128.load(k, K.MAGIC_BIAS)), 52);
}

/**
 * exp(x + low) everywhere. 2^m comes in two factors, so that a subnormal result is rounded once and a large
 * one overflows.
 */
export function expWide(k: usize, x: v128, low: v128): v128 {
  const c = f64x2.min(f64x2.max(x, v128.load(k, K.EXP_LOW)), v128.load(k, K.EXP_HIGH));
  const n = index(k, c);
  const whole = sub(n, v128.load(k, K.MAGIC));
  const y = finish(k, n, add(rest(k, c, whole), low));
  const m = f64x2.floor(mul(whole, v128.load(k, K.EXP_SIXTYFOURTH)));
  const half = f64x2.floor(mul(m, v128.load(k, K.HALF)));
  return mul(mul(y, power2(k, half)), power2(k, sub(m, half)));
}

/**
 * exp(x) - 1 = (2^m T - 1) + 2^m T (exp(r) - 1): the first is exact where it cancels, r is carried in two
 * parts.
 */
// @ts-ignore: decorator
@inline function expm1Fast(k: usize, x: v128): v128 {
  const n = index(k, x);
  const whole = sub(n, v128.load(k, K.MAGIC));
  const r1 = sub(x, mul(whole, v128.load(k, K.EXP_STEP_HI)));
  const step = mul(whole, v128.load(k, K.EXP_STEP_LO));
  const r = sub(r1, step);
  const lost = sub(sub(r1, r), step);
  const r2 = mul(r, r);
  const low = madd(r2, poly4(k + K.EXPM1_0, r, r2), lost);
  const a = row(k, i32x4.extract_lane(n, 0));
  const b = row(k, i32x4.extract_lane(n, 2));
  const m = i64x2.shl(i64x2.shr_u(n, 6), 52);
  const scale = i64x2.add(v128.load(k, K.ONE), m);
  const head = i64x2.add(v128.shuffle<f64>(a, b, 0, 2), m);
  const tail = madd(scale, v128.shuffle<f64>(a, b, 1, 3), mul(head, low));
  const y = add(sub(head, v128.load(k, K.ONE)), madd(head, r, tail));
  return v128.or(y, v128.and(x, v128.load(k, K.SIGN)));
}

function expm1Wide(k: usize, x: v128): v128 {
  const one = v128.load(k, K.ONE);
  const inside = f64x2.lt(f64x2.abs(x), v128.load(k, K.EXP_MAX));
  return select(inside, expm1Fast(k, v128.and(x, inside)), sub(expWide(k, x, f64x2.splat(0)), one));
}

/** exp(x) - 1. */
// @ts-ignore: decorator
@inline export function expm1(k: usize, x: v128): v128 {
  if (both(f64x2.lt(f64x2.abs(x), v128.load(k, K.EXP_MAX)))) return expm1Fast(k, x);
  return expm1Wide(k, x);
}

/**
 * out[i] = exp(x[i]), 0.53 ulp: expFast with its constants in registers as long as both elements of a pair allow it, which is
 * a fifth faster than a choice for each pair; expWide gives the same bits where they do.
 */
export function expArray(k: usize, n: i32, x: usize, out: usize): void {
  const inv = v128.load(k, K.EXP_INV), magic = v128.load(k, K.MAGIC), most = v128.load(k, K.EXP_MAX);
  const high = v128.load(k, K.EXP_STEP_HI), low = v128.load(k, K.EXP_STEP_LO);
  const c0 = v128.load(k, K.EXP0), c1 = v128.load(k, K.EXP1), c2 = v128.load(k, K.EXP2), c3 = v128.load(k, K.EXP3);
  for (const end = x + (<usize>n << 3); x < end; x += 16, out += 16) {
    for (; x + 16 <= end; x += 16, out += 16) {
      const v = v128.load(x);
      if (!both(f64x2.lt(f64x2.abs(v), most))) break;
      const i = madd(v, inv, magic);
      const whole = sub(i, magic);
      const r = nmadd(whole, low, nmadd(whole, high, v));
      const r2 = mul(r, r);
      const p = madd(r2, madd(madd(c3, r, c2), r2, madd(c1, r, c0)), r);
      const a = row(k, i32x4.extract_lane(i, 0));
      const b = row(k, i32x4.extract_lane(i, 2));
      const head = v128.shuffle<f64>(a, b, 0, 2);
      const y = add(head, madd(head, p, v128.shuffle<f64>(a, b, 1, 3)));
      v128.store(out, i64x2.add(y, i64x2.shl(i64x2.shr_u(i, 6), 52)));
    }
    if (x >= end) return;
    const two = x + 16 <= end;
    const y = expWide(k, two ? v128.load(x) : v128.load_splat<f64>(x), f64x2.splat(0));
    if (two) v128.store(out, y);
    else v128.store_lane<f64>(out, y, 0);
  }
}
