// Random numbers of src/random: Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) and normal numbers by inversion, the same bits for
// the same words. Where a stream stands is in stream.ts.

import { log } from "../stats/elementary";

/**
 * Blocks `counter` and `counter + 1` to `out` and `next`: one in the even lanes, the other in the odd ones. Key and stream: two words
 * each, in both halves.
 */
export function twoBlocks(given: v128, stream: v128, counter: u64, out: usize, next: usize): void {
  const other = counter + 1;
  const multipliers = i32x4(0xd2511f53, 0xd2511f53, 0xcd9e8d57, 0xcd9e8d57);
  const raise = i32x4(0x9e3779b9, 0x9e3779b9, 0xbb67ae85, 0xbb67ae85);
  let key = v128.shuffle<i32>(given, given, 0, 0, 1, 1);
  // Words 0 and 2 of both blocks, then words 1 and 3.
  let even = i32x4.replace_lane(i32x4.replace_lane(v128.shuffle<i32>(stream, stream, 0, 0, 0, 0), 0, <i32>counter), 1, <i32>other);
  let odd = i32x4.replace_lane(
    i32x4.replace_lane(v128.shuffle<i32>(stream, stream, 1, 1, 1, 1), 0, <i32>(counter >> 32)), 1, <i32>(other >> 32),
  );
  for (let round = 0; round < 10; round++) {
    const a = i64x2.extmul_low_i32x4_u(even, multipliers), b = i64x2.extmul_high_i32x4_u(even, multipliers);
    even = v128.xor(v128.xor(v128.shuffle<i32>(b, a, 1, 3, 5, 7), odd), key);
    odd = v128.shuffle<i32>(b, a, 0, 2, 4, 6);
    key = i32x4.add(key, raise);
  }
  v128.store(out, v128.shuffle<i32>(even, odd, 0, 4, 2, 6));
  v128.store(next, v128.shuffle<i32>(even, odd, 1, 5, 3, 7));
}

/** The share that two words make, as everywhere. */
// @ts-ignore: decorator
@inline
export function share(words: usize): f64 {
  return (<f64>(load<u32>(words) >> 6) * 67108864 + <f64>(load<u32>(words, 4) >> 6) + 0.5) / 9007199254740992;
}

/** The middle of AS 241 in two lanes, q = 1/2 - p <= 0.425. */
function middle(q: v128): v128 {
  const r = f64x2.sub(f64x2.splat(0.180625), f64x2.mul(q, q));
  let a = f64x2.splat(2509.0809287301227);
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(33430.57558358813));
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(67265.7709270087));
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(45921.95393154987));
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(13731.69376550946));
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(1971.5909503065513));
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(133.14166789178438));
  a = f64x2.add(f64x2.mul(a, r), f64x2.splat(3.3871328727963665));
  let b = f64x2.splat(5226.495278852854);
  b = f64x2.add(f64x2.mul(b, r), f64x2.splat(28729.085735721943));
  b = f64x2.add(f64x2.mul(b, r), f64x2.splat(39307.89580009271));
  b = f64x2.add(f64x2.mul(b, r), f64x2.splat(21213.794301586597));
  b = f64x2.add(f64x2.mul(b, r), f64x2.splat(5394.196021424751));
  b = f64x2.add(f64x2.mul(b, r), f64x2.splat(687.1870074920579));
  b = f64x2.add(f64x2.mul(b, r), f64x2.splat(42.31333070160091));
  return f64x2.div(f64x2.mul(q, a), f64x2.add(f64x2.mul(b, r), f64x2.splat(1)));
}

/** Two standard normal numbers from four words, exactly as one by one. */
// @ts-ignore: decorator
@inline
export function normalPair(words: usize): v128 {
  const p0 = share(words), p1 = share(words + 8);
  const q0 = 0.5 - p0, q1 = 0.5 - p1;
  let z = middle(f64x2.replace_lane(f64x2.splat(q0), 1, q1));
  if (q0 > 0.425) z = f64x2.replace_lane(z, 0, normalTail(p0));
  if (q1 > 0.425) z = f64x2.replace_lane(z, 1, normalTail(p1));
  // The lowest bit is the sign: 0 is negative.
  const flip = i64x2.splat(<i64>((load<u32>(words) & 1) ^ 1) << 63);
  return v128.xor(z, i64x2.replace_lane(flip, 1, <i64>((load<u32>(words, 8) & 1) ^ 1) << 63));
}

/** |z| with P(Z <= -|z|) = p, 0 < p < 1/2: AS 241 (Wichura 1988). */
export function normalTail(p: f64): f64 {
  const q = 0.5 - p;
  if (q <= 0.425) {
    const r = 0.180625 - q * q;
    let a: f64 = 2509.0809287301227;
    a = a * r + 33430.57558358813;
    a = a * r + 67265.7709270087;
    a = a * r + 45921.95393154987;
    a = a * r + 13731.69376550946;
    a = a * r + 1971.5909503065513;
    a = a * r + 133.14166789178438;
    a = a * r + 3.3871328727963665;
    let b: f64 = 5226.495278852854;
    b = b * r + 28729.085735721943;
    b = b * r + 39307.89580009271;
    b = b * r + 21213.794301586597;
    b = b * r + 5394.196021424751;
    b = b * r + 687.1870074920579;
    b = b * r + 42.31333070160091;
    return (q * a) / (b * r + 1);
  }
  let r = sqrt(-log(p));
  if (r <= 5) {
    r -= 1.6;
    let a: f64 = 0.0007745450142783414;
    a = a * r + 0.022723844989269184;
    a = a * r + 0.2417807251774506;
    a = a * r + 1.2704582524523684;
    a = a * r + 3.6478483247632045;
    a = a * r + 5.769497221460691;
    a = a * r + 4.630337846156546;
    a = a * r + 1.4234371107496835;
    let b: f64 = 1.0507500716444169e-9;
    b = b * r + 0.0005475938084995345;
    b = b * r + 0.015198666563616457;
    b = b * r + 0.14810397642748008;
    b = b * r + 0.6897673349851;
    b = b * r + 1.6763848301838038;
    b = b * r + 2.053191626637759;
    return a / (b * r + 1);
  }
  r -= 5;
  let a: f64 = 2.0103343992922881e-7;
  a = a * r + 0.000027115555687434876;
  a = a * r + 0.0012426609473880784;
  a = a * r + 0.026532189526576124;
  a = a * r + 0.29656057182850487;
  a = a * r + 1.7848265399172913;
  a = a * r + 5.463784911164114;
  a = a * r + 6.657904643501103;
  let b: f64 = 2.0442631033899397e-15;
  b = b * r + 1.421511758316446e-7;
  b = b * r + 0.000018463183175100548;
  b = b * r + 0.0007868691311456133;
  b = b * r + 0.014875361290850615;
  b = b * r + 0.1369298809227358;
  b = b * r + 0.599832206555888;
  return a / (b * r + 1);
}
