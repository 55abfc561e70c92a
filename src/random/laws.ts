// What the draws of `Random` need: ln and the normal quantile from + - * / and sqrt alone, one fixed order of operations.
// A kernel that does the same operations gives the same bits: inversion takes one uniform number for one normal number.

const words = new Float64Array(1);
const halves = new Int32Array(words.buffer);
/** High word of sqrt(1/2): mantissas are reduced to about [sqrt(1/2), sqrt(2)). */
const SQRT_HALF = 0x3fe6a09e;
const SQRT_HALF_LOW = 0x667f3bcd;
/** ln 2 in two parts; the first has 32 trailing zeros, so that k LN2_HIGH is exact for |k| < 2^20. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * ln x of a normal x > 0, error below 1 ulp: x = 2^k (1 + f), s = f / (2 + f), log(1 + f) = 2 atanh(s). The operations are
 * those of `log` in assembly/stats/elementary.ts, and so are the bits.
 */
export function ln(x: number): number {
  words[0] = x;
  // Borrow from the low word where it is below that of sqrt(1/2): the 64-bit difference, shifted by 52.
  const borrow = halves[0]! >>> 0 < SQRT_HALF_LOW ? 1 : 0;
  const k = (halves[1]! - SQRT_HALF - borrow) >> 20;
  halves[1] = halves[1]! - (k << 20);
  const f = words[0]! - 1;
  const s = f / (2 + f);
  const z = s * s;
  let r = 2 / 21;
  r = r * z + 2 / 19;
  r = r * z + 2 / 17;
  r = r * z + 2 / 15;
  r = r * z + 2 / 13;
  r = r * z + 2 / 11;
  r = r * z + 2 / 9;
  r = r * z + 2 / 7;
  r = r * z + 2 / 5;
  r = r * z + 2 / 3;
  const half = 0.5 * f * f;
  const small = half - (s * (half + r * z) + k * LN2_LOW);
  return k * LN2_HIGH - (small - f);
}

/**
 * |z| with P(Z <= -|z|) = p for 0 < p < 1/2: algorithm AS 241 (PPND16), Wichura, Applied Statistics 37 (1988) 477, a ratio
 * of polynomials of degree 7 for each of three ranges; relative error about 1e-16.
 */
export function normalTail(p: number): number {
  const q = 0.5 - p;
  if (q <= 0.425) {
    const r = 0.180625 - q * q;
    let a = 2509.0809287301227;
    a = a * r + 33430.57558358813;
    a = a * r + 67265.7709270087;
    a = a * r + 45921.95393154987;
    a = a * r + 13731.69376550946;
    a = a * r + 1971.5909503065513;
    a = a * r + 133.14166789178438;
    a = a * r + 3.3871328727963665;
    let b = 5226.495278852854;
    b = b * r + 28729.085735721943;
    b = b * r + 39307.89580009271;
    b = b * r + 21213.794301586597;
    b = b * r + 5394.196021424751;
    b = b * r + 687.1870074920579;
    b = b * r + 42.31333070160091;
    return (q * a) / (b * r + 1);
  }
  let r = Math.sqrt(-ln(p));
  if (r <= 5) {
    r -= 1.6;
    let a = 0.0007745450142783414;
    a = a * r + 0.022723844989269184;
    a = a * r + 0.2417807251774506;
    a = a * r + 1.2704582524523684;
    a = a * r + 3.6478483247632045;
    a = a * r + 5.769497221460691;
    a = a * r + 4.630337846156546;
    a = a * r + 1.4234371107496835;
    let b = 1.0507500716444169e-9;
    b = b * r + 0.0005475938084995345;
    b = b * r + 0.015198666563616457;
    b = b * r + 0.14810397642748008;
    b = b * r + 0.6897673349851;
    b = b * r + 1.6763848301838038;
    b = b * r + 2.053191626637759;
    return a / (b * r + 1);
  }
  r -= 5;
  let a = 2.0103343992922881e-7;
  a = a * r + 0.000027115555687434876;
  a = a * r + 0.0012426609473880784;
  a = a * r + 0.026532189526576124;
  a = a * r + 0.29656057182850487;
  a = a * r + 1.7848265399172913;
  a = a * r + 5.463784911164114;
  a = a * r + 6.657904643501103;
  let b = 2.0442631033899397e-15;
  b = b * r + 1.421511758316446e-7;
  b = b * r + 0.000018463183175100548;
  b = b * r + 0.0007868691311456133;
  b = b * r + 0.014875361290850615;
  b = b * r + 0.1369298809227358;
  b = b * r + 0.599832206555888;
  return a / (b * r + 1);
}
