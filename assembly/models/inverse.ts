// asin, acos, atan, atan2: no range needs another path.
import { add, div, madd, mul, nmadd, poly3, poly12, select, sub } from "./lanes";
import * as K from "./layout";

// asin(x) = s + s z P(z). Up to 1/2 s = |x|, z = x^2; above, asin(x) = pi/2 - 2 asin(s), s^2 = z = (1 -
// |x|)/2.

/** asin(x). */
// @ts-ignore: decorator
@inline export function asin(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const half = v128.load(k, K.HALF);
  const large = f64x2.gt(a, half);
  const z = select(large, mul(sub(v128.load(k, K.ONE), a), half), mul(a, a));
  const s = select(large, f64x2.sqrt(z), a);
  const u = mul(mul(s, z), poly12(k + K.ASIN0, z, mul(z, z)));
  const far = sub(sub(v128.load(k, K.HALF_PI), add(s, s)), sub(add(u, u), v128.load(k, K.HALF_PI_LOW)));
  return v128.or(select(large, far, add(s, u)), v128.and(x, v128.load(k, K.SIGN)));
}

/** acos(x): pi/2 - asin(x), or 2 asin(s), or pi - 2 asin(s). */
// @ts-ignore: decorator
@inline export function acos(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const half = v128.load(k, K.HALF);
  const large = f64x2.gt(a, half);
  const z = select(large, mul(sub(v128.load(k, K.ONE), a), half), mul(a, a));
  const s = select(large, f64x2.sqrt(z), x);
  const u = mul(mul(s, z), poly12(k + K.ASIN0, z, mul(z, z)));
  const near = sub(v128.load(k, K.HALF_PI), sub(s, sub(v128.load(k, K.HALF_PI_LOW), u)));
  const s2 = add(s, s);
  const u2 = add(u, u);
  const behind = sub(sub(v128.load(k, K.PI), s2), sub(u2, v128.load(k, K.PI_LOW)));
  return select(large, select(f64x2.lt(x, half), behind, add(s2, u2)), near);
}

/** The table row (head, rest) of atan(j/16). A NaN's index may be up to 31: still inside the block. */
// @ts-ignore: decorator
@inline function row(k: usize, j: i32): v128 {
  return v128.load(k + (<usize>(j & 31) << 4), K.ATAN_TABLE);
}

/**
 * origin +- atan(q), 0 <= q <= 1: atan(q) = atan(c) + atan((q - c)/(1 + q c)), c = j/16 next to q. Heads add
 * exactly.
 */
// @ts-ignore: decorator
@inline function arc(k: usize, q: v128, origin: v128, low: v128, flip: v128): v128 {
  const one = v128.load(k, K.ONE);
  const magic = v128.load(k, K.MAGIC);
  const j = add(mul(q, v128.load(k, K.SIXTEEN)), magic);
  const c = mul(sub(j, magic), v128.load(k, K.SIXTEENTH));
  const p = mul(q, c);
  const d = add(one, p);
  const lost = add(sub(one, d), p);
  const t0 = div(sub(q, c), d);
  const t = nmadd(t0, lost, t0);
  const z = mul(t, t);
  const a = row(k, i32x4.extract_lane(j, 0));
  const b = row(k, i32x4.extract_lane(j, 2));
  const rest = add(v128.shuffle<f64>(a, b, 1, 3), madd(mul(t, z), poly3(k + K.ATAN0, z, mul(z, z)), t));
  return add(add(origin, v128.xor(v128.shuffle<f64>(a, b, 0, 2), flip)), add(low, v128.xor(rest, flip)));
}

/** atan(x). */
// @ts-ignore: decorator
@inline export function atan(k: usize, x: v128): v128 {
  const a = f64x2.abs(x);
  const one = v128.load(k, K.ONE);
  const sign = v128.load(k, K.SIGN);
  const far = f64x2.gt(a, one);
  const q = div(select(far, one, a), select(far, a, one));
  const origin = v128.and(far, v128.load(k, K.ATAN_PIO2_HI));
  const y = arc(k, q, origin, v128.and(far, v128.load(k, K.ATAN_PIO2_LO)), v128.and(far, sign));
  return v128.or(y, v128.and(x, sign));
}

/** Math.atan2(y, x). */
// @ts-ignore: decorator
@inline export function atan2(k: usize, y: v128, x: v128): v128 {
  const a = f64x2.abs(y);
  const b = f64x2.abs(x);
  const sign = v128.load(k, K.SIGN);
  const zero = f64x2.splat(0);
  const steep = f64x2.gt(a, b);
  const behind = v128.lt<i64>(x, zero);
  const large = select(steep, a, b);
  // Equal: 1, and 0 for 0/0; infinities too.
  const equal = f64x2.eq(a, b);
  const same = v128.and(f64x2.gt(large, zero), v128.load(k, K.ONE));
  const q = select(equal, same, div(select(steep, b, a), large));
  const origin = select(steep, v128.load(k, K.ATAN_PIO2_HI), v128.and(behind, v128.load(k, K.ATAN_PI_HI)));
  const low = select(steep, v128.load(k, K.ATAN_PIO2_LO), v128.and(behind, v128.load(k, K.ATAN_PI_LO)));
  const angle = arc(k, q, origin, low, v128.and(v128.xor(steep, behind), sign));
  return v128.or(angle, v128.and(y, sign));
}
