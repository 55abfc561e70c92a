// Random numbers by the block: Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, section 3.3) and the normal law by
// inversion. The same operations in the same order as src/random, and so the same bits.

import { log } from "../stats/elementary";

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;

/** Four words of the counter (block, stream) under a key, written to `out`. */
function philox(block: u64, stream: u64, key: u64, out: usize): void {
  let c0 = <u32>block, c1 = <u32>(block >> 32), c2 = <u32>stream, c3 = <u32>(stream >> 32);
  let k0 = <u32>key, k1 = <u32>(key >> 32);
  for (let round = 0; round < 10; round++) {
    const p0 = M0 * <u64>c0, p1 = M1 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c1 = <u32>p1;
    c3 = <u32>p0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/** (high, low) words to a standard normal number: sign from the lowest bit, size by the quantile of (k + 1/2) / 2^53. */
function normalOf(high: u32, low: u32): f64 {
  const p = (<f64>(high >> 6) * 67108864 + <f64>(low >> 6) + 0.5) / 9007199254740992.0;
  const z = normalTail(p);
  return high & 1 ? z : -z;
}

/** |z| with P(Z <= -|z|) = p: algorithm AS 241 (PPND16), Wichura, Applied Statistics 37 (1988) 477. */
function normalTail(p: f64): f64 {
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
  return farTail(sqrt(-log(p)));
}

function farTail(r: f64): f64 {
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

/**
 * out[0 .. n-1] = the standard normal numbers that `Random.normal` gives from word `position`, a multiple of 4, on. Key and
 * stream in two words each. The last 16 bytes before `out + 8 n` rounded up may be used: out has room for an even n.
 */
export function normals(n: i32, key0: u32, key1: u32, stream0: u32, stream1: u32, position: f64, out: usize): void {
  const key = (<u64>key1 << 32) | <u64>key0, stream = (<u64>stream1 << 32) | <u64>stream0;
  let block = <u64>position >> 2;
  const end = out + (<usize>n << 3);
  for (; out < end; out += 16, block++) {
    philox(block, stream, key, out);
    const h0 = load<u32>(out), l0 = load<u32>(out, 4), h1 = load<u32>(out, 8), l1 = load<u32>(out, 12);
    store<f64>(out, normalOf(h0, l0));
    store<f64>(out, normalOf(h1, l1), 8);
  }
}

/** As normals, for uniform numbers on [0, 1), the ones of `Random.uniform`. */
export function uniforms(n: i32, key0: u32, key1: u32, stream0: u32, stream1: u32, position: f64, out: usize): void {
  const key = (<u64>key1 << 32) | <u64>key0, stream = (<u64>stream1 << 32) | <u64>stream0;
  let block = <u64>position >> 2;
  const end = out + (<usize>n << 3);
  for (; out < end; out += 16, block++) {
    philox(block, stream, key, out);
    const h0 = load<u32>(out), l0 = load<u32>(out, 4), h1 = load<u32>(out, 8), l1 = load<u32>(out, 12);
    store<f64>(out, (<f64>(h0 >> 5) * 67108864 + <f64>(l0 >> 6)) / 9007199254740992.0);
    store<f64>(out, (<f64>(h1 >> 5) * 67108864 + <f64>(l1 >> 6)) / 9007199254740992.0, 8);
  }
}
