// sin, cos, tan: x = n pi/2 + r + low, |r| <= pi/4. For |x| <= 2^20 n pi/2 is taken off in four exact parts
// (Cody and Waite, Software Manual for the Elementary Functions, 1980); beyond, x 2/pi mod 4 comes from 192
// bits of 2/pi in integers (Payne and Hanek, SIGNUM 18 (1983) 19). r + low has a relative error below 2^-60,
// beside multiples of pi/2 too.
import { add, both, div, madd, mul, nmadd, poly5, select, sub } from "./lanes";
import * as K from "./layout";

/** n (low bits of q), r, d = -low and r^2 to F; x, out and two are handed through. */
// @ts-ignore: decorator
@inline function reduce<F>(k: usize, x: v128, out: usize, two: bool): v128 {
  const q = madd(x, v128.load(k, K.TRIG_INV), v128.load(k, K.MAGIC));
  const n = sub(q, v128.load(k, K.MAGIC));
  const a = nmadd(n, v128.load(k, K.PIO2_1), x);
  const n2 = mul(n, v128.load(k, K.PIO2_2));
  const n3 = mul(n, v128.load(k, K.PIO2_3));
  const b = sub(a, n2);
  const r = sub(b, n3);
  // What b and r lost, and the fourth part. r and low need not be disjoint: only their sum, rounded last,
  // matters.
  const lost = add(sub(sub(a, b), n2), sub(sub(b, r), n3));
  return changetype<F>(0).at(k, q, r, sub(mul(n, v128.load(k, K.PIO2_4)), lost), mul(r, r), x, out, two);
}

/** x 2/pi mod 4 for |x| >= 2^-10: two integer and 126 fraction bits, high word first. */
function turns(k: usize, x: f64): v128 {
  const word = reinterpret<u64>(x);
  const m = (word & 0xfffffffffffff) | 0x10000000000000;
  const m0 = m & 0xffffffff;
  const m1 = m >> 32;
  // |x| = m 2^e. Bits of 2/pi that make multiples of 4 do not matter: the window of 192 bits starts behind
  // them. 62 bits in front of it are in the table's leading zeros.
  const first = <u32>((word >> 52) & 0x7ff) - 1075 + 62;
  const shift = <u64>(first & 31);
  let p = k + (<usize>(first >> 5) << 3);
  let carry: u64 = 0;
  let previous: u64 = 0;
  let low: u64 = 0;
  let high: u64 = 0;
  // m W mod 2^192, limb by limb from the least; the upper 128 bits stay.
  for (let i = 0; i < 6; i++, p -= 8) {
    const left = <u64>load<f64>(p, K.TWO_OVER_PI + 40);
    const limb = ((left << shift) | (<u64>load<f64>(p, K.TWO_OVER_PI + 48) >> (32 - shift))) & 0xffffffff;
    const t = limb * m0;
    const s = previous * m1 + (t & 0xffffffff) + carry;
    previous = limb;
    carry = (s >> 32) + (t >> 32);
    low = (low >> 32) | (high << 32);
    high = (high >> 32) | (s << 32);
  }
  if (<i64>word < 0) {
    low = 0 - low;
    high = ~high + u64(low == 0);
  }
  return i64x2(high, low);
}

/** r and d of a lane from its turns. */
function angle(k: usize, turn: v128): v128 {
  let high = i64x2.extract_lane(turn, 0);
  let low = i64x2.extract_lane(turn, 1);
  high -= ((high + (1 << 61)) >> 62) << 62;
  const negative = high < 0;
  if (negative) {
    low = 0 - low;
    high = ~high + i64(low == 0);
  }
  const lead = high ? clz(high) : 64 + clz(low);
  if (lead >= 64) {
    high = low << (lead - 64);
    low = 0;
  } else if (lead) {
    high = (high << lead) | (low >>> (64 - lead));
    low <<= lead;
  }
  // g = head 2^38 + tail, head of 26 bits; g pi/2 with an exact leading product.
  const unit = reinterpret<f64>((1023 - 24 - lead) << 52);
  const head = <f64>(high >>> 38) * unit;
  const fraction = <f64>(low >>> 12) * (1.0 / 4503599627370496.0); // of 2^52
  const tail = (<f64>(high & 0x3fffffffff) + fraction) * unit * (1.0 / 274877906944.0); // of 2^38
  const c1 = load<f64>(k, K.PIO2_SHORT);
  const c2 = load<f64>(k, K.PIO2_SHORT_REST);
  const main = head * c1;
  const more = head * c2 + tail * (c1 + c2);
  const r = main + more;
  const d = r - main - more;
  return negative ? f64x2(-r, -d) : f64x2(r, d);
}

/** Replaces what reduce says of lanes beyond 2^20; NaN for infinities. The other lanes keep their bits. */
@unmanaged class Patch<F> {
  // @ts-ignore: decorator
  @inline at(k: usize, q: v128, r: v128, d: v128, z: v128, x: v128, out: usize, two: bool): v128 {
    const bound = load<f64>(k, K.TRIG_MAX);
    if (abs(f64x2.extract_lane(x, 0)) > bound) {
      const t = turns(k, f64x2.extract_lane(x, 0));
      const y = angle(k, t);
      q = i64x2.replace_lane(q, 0, (i64x2.extract_lane(t, 0) + (1 << 61)) >> 62);
      r = f64x2.replace_lane(r, 0, f64x2.extract_lane(y, 0));
      d = f64x2.replace_lane(d, 0, f64x2.extract_lane(y, 1));
      z = f64x2.replace_lane(z, 0, f64x2.extract_lane(mul(y, y), 0));
    }
    if (abs(f64x2.extract_lane(x, 1)) > bound) {
      const t = turns(k, f64x2.extract_lane(x, 1));
      const y = angle(k, t);
      q = i64x2.replace_lane(q, 1, (i64x2.extract_lane(t, 0) + (1 << 61)) >> 62);
      r = f64x2.replace_lane(r, 1, f64x2.extract_lane(y, 0));
      d = f64x2.replace_lane(d, 1, f64x2.extract_lane(y, 1));
      z = f64x2.replace_lane(z, 1, f64x2.extract_lane(mul(y, y), 0));
    }
    const finite = f64x2.lt(f64x2.abs(x), v128.load(k, K.INF));
    r = select(finite, r, sub(x, x));
    return changetype<F>(0).at(k, q, r, d, z, x, out, two);
  }
}

/** sin(r + low) = r - (d (1 - z/2) - r z S(z)), z = r^2. */
// @ts-ignore: decorator
@inline function sineTail(k: usize, r: v128, d: v128, z: v128, z2: v128, w: v128): v128 {
  return nmadd(mul(r, z), poly5(k + K.SIN0, z, z2), mul(d, w));
}

/** cos(r + low) = w + (((1 - w) - z/2) + (r d + z^2 C(z))), w = 1 - z/2 rounded. */
// @ts-ignore: decorator
@inline function cosineTail(k: usize, r: v128, d: v128, z2: v128, z: v128, half: v128, w: v128): v128 {
  const rest = sub(sub(v128.load(k, K.ONE), w), half);
  return add(rest, madd(z2, poly5(k + K.COS0, z, z2), mul(r, d)));
}

/** sin(r + low + q pi/2): sin or cos by q's low bit, the sign by the next. */
// @ts-ignore: decorator
@inline function turned(k: usize, q: v128, s: v128, c: v128): v128 {
  const one = v128.load(k, K.INT1);
  const odd = i64x2.eq(v128.and(q, one), one);
  return v128.xor(select(odd, c, s), i64x2.shl(v128.and(q, v128.load(k, K.INT2)), 62));
}

@unmanaged class Sine {
  // @ts-ignore: decorator
  @inline at(k: usize, q: v128, r: v128, d: v128, z: v128, _x: v128, _out: usize, _two: bool): v128 {
    const z2 = mul(z, z);
    const half = mul(z, v128.load(k, K.HALF));
    const w = sub(v128.load(k, K.ONE), half);
    return turned(k, q, sub(r, sineTail(k, r, d, z, z2, w)), add(w, cosineTail(k, r, d, z2, z, half, w)));
  }
}

@unmanaged class Cosine {
  // @ts-ignore: decorator
  @inline at(k: usize, q: v128, r: v128, d: v128, z: v128, x: v128, out: usize, two: bool): v128 {
    return changetype<Sine>(0).at(k, i64x2.add(q, v128.load(k, K.INT1)), r, d, z, x, out, two);
  }
}

/** Both: the sine is returned, the cosine stored at out (one lane or two). */
@unmanaged class Both {
  // @ts-ignore: decorator
  @inline at(k: usize, q: v128, r: v128, d: v128, z: v128, _x: v128, out: usize, two: bool): v128 {
    const z2 = mul(z, z);
    const half = mul(z, v128.load(k, K.HALF));
    const w = sub(v128.load(k, K.ONE), half);
    const s = sub(r, sineTail(k, r, d, z, z2, w));
    const c = add(w, cosineTail(k, r, d, z2, z, half, w));
    const y = turned(k, i64x2.add(q, v128.load(k, K.INT1)), s, c);
    if (two) v128.store(out, y);
    else v128.store_lane<f64>(out, y, 0);
    return turned(k, q, s, c);
  }
}

/**
 * sin/cos or -cos/sin, both in two parts; the remainder of the division, exact by Dekker's product, corrects
 * it.
 */
@unmanaged class Tangent {
  // @ts-ignore: decorator
  @inline at(k: usize, q: v128, r: v128, d: v128, z: v128, _x: v128, _out: usize, _two: bool): v128 {
    const z2 = mul(z, z);
    const half = mul(z, v128.load(k, K.HALF));
    const w = sub(v128.load(k, K.ONE), half);
    const st = sineTail(k, r, d, z, z2, w);
    const ct = cosineTail(k, r, d, z2, z, half, w);
    const s = sub(r, st);
    const sl = sub(sub(r, s), st);
    const c = add(w, ct);
    const cl = add(sub(w, c), ct);
    const one = v128.load(k, K.INT1);
    const odd = i64x2.eq(v128.and(q, one), one);
    const a = select(odd, c, s);
    const b = select(odd, s, c);
    const bl = select(odd, sl, cl);
    const y = div(a, b);
    const low27 = v128.load(k, K.LOW27);
    const yh = v128.andnot(y, low27);
    const yl = sub(y, yh);
    const bh = v128.andnot(b, low27);
    const bt = sub(b, bh);
    const p = mul(y, b);
    const e = add(add(add(sub(mul(yh, bh), p), mul(yh, bt)), mul(yl, bh)), mul(yl, bt));
    const excess = add(add(sub(p, a), e), sub(mul(y, bl), select(odd, cl, sl)));
    return v128.xor(sub(y, div(excess, b)), i64x2.shl(v128.and(q, one), 63));
  }
}

// @ts-ignore: decorator
@inline function moderate(k: usize, x: v128): bool {
  return both(f64x2.le(f64x2.abs(x), v128.load(k, K.TRIG_MAX)));
}

function sinWide(k: usize, x: v128): v128 {
  return reduce<Patch<Sine>>(k, x, 0, true);
}

function cosWide(k: usize, x: v128): v128 {
  return reduce<Patch<Cosine>>(k, x, 0, true);
}

function tanWide(k: usize, x: v128): v128 {
  return reduce<Patch<Tangent>>(k, x, 0, true);
}

/** sin(x), 0.8 ulp. */
// @ts-ignore: decorator
@inline export function sin(k: usize, x: v128): v128 {
  if (moderate(k, x)) return reduce<Sine>(k, x, 0, true);
  return sinWide(k, x);
}

/** cos(x), 0.8 ulp. */
// @ts-ignore: decorator
@inline export function cos(k: usize, x: v128): v128 {
  if (moderate(k, x)) return reduce<Cosine>(k, x, 0, true);
  return cosWide(k, x);
}

/** tan(x). */
// @ts-ignore: decorator
@inline export function tan(k: usize, x: v128): v128 {
  if (moderate(k, x)) return reduce<Tangent>(k, x, 0, true);
  return tanWide(k, x);
}

/** sin(x); cos(x) is stored at out, two lanes or one. The bits are those of sin and cos. */
// @ts-ignore: decorator
@inline export function sincos(k: usize, x: v128, out: usize, two: bool): v128 {
  if (moderate(k, x)) return reduce<Both>(k, x, out, two);
  const y = cosWide(k, x);
  if (two) v128.store(out, y);
  else v128.store_lane<f64>(out, y, 0);
  return sinWide(k, x);
}
