// log, log1p, log2, log10, and the logarithm to 68 bits behind pow: x = 2^k m, m in [0.69, 1.38), q = 1/c
// from a table of 64 intervals, q with few bits; r = m q - 1, |r| <= 2^-6.9, log(x) = k ln2 + log(c) + log(1
// + r). The interval around 1 has q = 1, so nothing cancels there. Tang, ACM TOMS 16 (1990) 378; q as in Gal
// and Bachelis, TOMS 17 (1991) 26.
import { add, both, madd, mul, nmadd, poly5, poly6, select, sub } from "./lanes";
import * as K from "./layout";

/** Biased exponent k + 1023 in the high 12 bits, m's distance from 0.69 below it. */
// @ts-ignore: decorator
@inline function split(k: usize, x: v128): v128 {
  return i64x2.add(x, v128.load(k, K.LOG_ADD));
}

// @ts-ignore: decorator
@inline function exponent(k: usize, t: v128): v128 {
  return sub(v128.or(i64x2.shr_u(t, 52), v128.load(k, K.LOG_TWO52)), v128.load(k, K.LOG_BIAS));
}

// @ts-ignore: decorator
@inline function significand(k: usize, t: v128): v128 {
  return i64x2.add(v128.and(t, v128.load(k, K.LOG_MASK)), v128.load(k, K.LOG_OFF));
}

/** Byte offset of the table row of the lane whose high word is given. */
// @ts-ignore: decorator
@inline function offset(high: i32): usize {
  return <usize>((high >>> 9) & 0x7e0);
}

/** The rests of log(c) from the rows at i and j. */
// @ts-ignore: decorator
@inline function rests(i: usize, j: usize): v128 {
  return v128.shuffle<f64>(v128.load(i, K.LOG_TABLE + 16), v128.load(j, K.LOG_TABLE + 16), 0, 2);
}

/** log(x 2^shift) for x normal and positive; `extra` is a small addend of x (log1p), 0 elsewhere. */
// @ts-ignore: decorator
@inline function logCore(k: usize, x: v128, shift: v128, extra: v128, hasShift: bool, hasExtra: bool): v128 {
  const t = split(k, x);
  const m = significand(k, t);
  let e = exponent(k, t);
  const i = k + offset(i32x4.extract_lane(t, 1));
  const j = k + offset(i32x4.extract_lane(t, 3));
  const a = v128.load(i, K.LOG_TABLE);
  const b = v128.load(j, K.LOG_TABLE);
  const q = v128.shuffle<f64>(a, b, 0, 2);
  // m in two parts, so that both products are exact and the first difference too.
  const head = v128.andnot(m, v128.load(k, K.LOW27));
  const r1 = sub(mul(head, q), v128.load(k, K.ONE));
  const r2 = mul(sub(m, head), q);
  let r = add(r1, r2);
  if (hasShift) e = add(e, shift);
  // k ln2 + log(c): heads are multiples of 2^-42, their sum with r1 is exact.
  const h = add(madd(e, v128.load(k, K.LN2_HI), v128.shuffle<f64>(a, b, 1, 3)), r1);
  const l = madd(e, v128.load(k, K.LN2_LO), rests(i, j));
  let s = add(h, r2);
  let lost = add(sub(h, s), r2);
  if (hasExtra) {
    // Added last: beside r2 it would be rounded where r1 + r2 cancels. 2^-k: its exponent field and 2^k's add
    // to 2^1023's.
    const scale = i64x2.sub(v128.load(k, K.TWO1023), i64x2.shl(i64x2.shr_u(t, 52), 52));
    const tail = mul(mul(extra, scale), q);
    const sum = add(s, tail);
    lost = add(lost, add(sub(s, sum), tail));
    s = sum;
    r = add(r, tail);
  }
  const rr = mul(r, r);
  return add(s, madd(rr, poly5(k + K.LOG_HALF, r, rr), add(lost, l)));
}

/** Positive, normal and finite in both lanes: by the high words, which the table index needs anyway. */
// @ts-ignore: decorator
@inline function normal(k: usize, x: v128): bool {
  const t = split(k, x);
  // split(2^-1022) and split(Infinity) have the high words 0x0019e000 and 0x7ff9e000.
  const a = <u32>i32x4.extract_lane(t, 1) - 0x0019e000;
  const b = <u32>i32x4.extract_lane(t, 3) - 0x0019e000;
  return a < 0x7fe00000 && b < 0x7fe00000;
}

/** ECMAScript's log of what is no positive normal number; y elsewhere. */
// @ts-ignore: decorator
@inline function special(k: usize, x: v128, y: v128): v128 {
  const zero = f64x2.splat(0);
  const inf = v128.load(k, K.INF);
  y = select(f64x2.eq(x, inf), inf, y);
  y = select(f64x2.eq(x, zero), f64x2.neg(inf), y);
  return select(f64x2.ge(x, zero), y, sub(inf, inf));
}

export function logWide(k: usize, x: v128): v128 {
  const small = f64x2.lt(x, v128.load(k, K.MIN_NORMAL));
  const scaled = select(small, mul(x, v128.load(k, K.TWO54)), x);
  const y = logCore(k, scaled, v128.and(small, v128.load(k, K.MINUS_54)), scaled, true, false);
  return special(k, x, y);
}

/** log(x), 0.6 ulp. */
// @ts-ignore: decorator
@inline export function log(k: usize, x: v128): v128 {
  if (normal(k, x)) return logCore(k, x, x, x, false, false);
  return logWide(k, x);
}

/** log(1 + x) from the exact sum u + extra of 1 and x. */
// @ts-ignore: decorator
@inline function log1pFast(k: usize, x: v128): v128 {
  const one = v128.load(k, K.ONE);
  const u = add(one, x);
  const y = sub(u, one);
  const extra = add(sub(one, sub(u, y)), sub(x, y));
  return v128.or(logCore(k, u, u, extra, false, true), v128.and(x, v128.load(k, K.SIGN)));
}

// @ts-ignore: decorator
@inline function log1pMask(k: usize, x: v128): v128 {
  return v128.and(f64x2.gt(x, v128.load(k, K.MINUS_ONE)), f64x2.lt(x, v128.load(k, K.LOG1P_MAX)));
}

function log1pWide(k: usize, x: v128): v128 {
  const inside = log1pMask(k, x);
  const one = v128.load(k, K.ONE);
  const outside = logWide(k, select(f64x2.gt(x, one), x, add(x, one)));
  return select(inside, log1pFast(k, v128.and(x, inside)), outside);
}

/** log(1 + x). */
// @ts-ignore: decorator
@inline export function log1p(k: usize, x: v128): v128 {
  if (both(log1pMask(k, x))) return log1pFast(k, x);
  return log1pWide(k, x);
}

/** Head (26 bits) and rest of log(x 2^shift), relative error 2^-67, handed to F with y. */
// @ts-ignore: decorator
@inline export function logPair<F>(k: usize, x: v128, shift: v128, hasShift: bool, y: v128): v128 {
  const t = split(k, x);
  const m = significand(k, t);
  let e = exponent(k, t);
  if (hasShift) e = add(e, shift);
  const i = k + offset(i32x4.extract_lane(t, 1));
  const j = k + offset(i32x4.extract_lane(t, 3));
  const a = v128.load(i, K.LOG_TABLE);
  const b = v128.load(j, K.LOG_TABLE);
  const q = v128.shuffle<f64>(a, b, 0, 2);
  const low27 = v128.load(k, K.LOW27);
  const head = v128.andnot(m, low27);
  const r1 = sub(mul(head, q), v128.load(k, K.ONE));
  const r2 = mul(sub(m, head), q);
  const r = add(r1, r2);
  const h = add(madd(e, v128.load(k, K.LN2_HI), v128.shuffle<f64>(a, b, 1, 3)), r1);
  const l = madd(e, v128.load(k, K.LN2_LO), rests(i, j));
  const s = add(h, r2);
  const lost = add(sub(h, s), r2);
  // r^2/2 = ra^2/2 + rb (ra + rb/2), ra a multiple of 2^-32: the first is exact.
  const to25 = v128.load(k, K.TO25);
  const half = v128.load(k, K.HALF);
  const ra = sub(add(r, to25), to25);
  const rb = add(sub(r1, ra), r2);
  const square = mul(mul(ra, half), ra);
  const s2 = sub(s, square);
  const lost2 = sub(sub(s, s2), square);
  const rr = mul(r, r);
  let low = madd(mul(r, rr), poly6(k + K.LOGX0, r, rr), l);
  low = nmadd(rb, madd(rb, half, ra), low);
  low = add(low, add(lost, lost2));
  const sum = add(s2, low);
  const lh = v128.andnot(sum, low27);
  return changetype<F>(0).at(k, lh, add(sub(s2, lh), low), y);
}

@unmanaged class Scale2 {
  // @ts-ignore: decorator
  @inline at(k: usize, h: v128, l: v128, _y: v128): v128 {
    const c = v128.load(k, K.LOG2E_HI);
    return madd(h, c, madd(l, c, mul(add(h, l), v128.load(k, K.LOG2E_LO))));
  }
}

@unmanaged class Scale10 {
  // @ts-ignore: decorator
  @inline at(k: usize, h: v128, l: v128, _y: v128): v128 {
    const c = v128.load(k, K.LOG10E_HI);
    return madd(h, c, madd(l, c, mul(add(h, l), v128.load(k, K.LOG10E_LO))));
  }
}

// @ts-ignore: decorator
@inline function scaledWide<F>(k: usize, x: v128): v128 {
  const small = f64x2.lt(x, v128.load(k, K.MIN_NORMAL));
  const scaled = select(small, mul(x, v128.load(k, K.TWO54)), x);
  return special(k, x, logPair<F>(k, scaled, v128.and(small, v128.load(k, K.MINUS_54)), true, x));
}

function log2Wide(k: usize, x: v128): v128 {
  return scaledWide<Scale2>(k, x);
}

function log10Wide(k: usize, x: v128): v128 {
  return scaledWide<Scale10>(k, x);
}

/** log2(x): exact at powers of two. */
// @ts-ignore: decorator
@inline export function log2(k: usize, x: v128): v128 {
  if (normal(k, x)) return logPair<Scale2>(k, x, x, false, x);
  return log2Wide(k, x);
}

/** log10(x): exact at powers of ten. */
// @ts-ignore: decorator
@inline export function log10(k: usize, x: v128): v128 {
  if (normal(k, x)) return logPair<Scale10>(k, x, x, false, x);
  return log10Wide(k, x);
}
