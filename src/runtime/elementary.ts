// exp, log, pow and cos(pi x) from + - * / alone, so that they are the same on every engine (Math.exp and
// its kin are not). Errors below 1 ulp for pow, about 1 ulp for the others. For scalars outside hot loops;
// vectors have kernels of their own. Reductions after Cody & Waite 1980; double-double after Dekker 1971.

const words = new Float64Array(1);
const halves = new Uint32Array(words.buffer);

/** ln 2 in two parts; the first has 32 trailing zeros, so that k * LN2_HIGH is exact for |k| < 2^20. */
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;
const SPLITTER = 134217729;

/** 2^k for a normal result, -1022 <= k <= 1023. */
function power2(k: number): number {
  halves[0] = 0;
  halves[1] = (k + 1023) << 20;
  return words[0]!;
}

/** Multiplies by 2^k for any k, rounding once. */
export function scale2(x: number, k: number): number {
  if (k > 1023) return x * power2(1023) * power2(Math.min(k - 1023, 1023));
  if (k < -1022) return x * power2(Math.max(k + 200, -1022)) * power2(-200);
  return x * power2(k);
}

/** exp(high + low) for a low that is small against high. */
function expOf(high: number, low: number): number {
  if (Number.isNaN(high)) return high;
  if (high > 710) return Infinity;
  if (high < -746) return 0;
  const k = Math.round(high / Math.LN2);
  const top = high - k * LN2_HIGH;
  const r = top + (low - k * LN2_LOW);
  const lost = top - r + (low - k * LN2_LOW);
  // exp(r) = 1 + r + r^2 q by its Taylor series: |r| <= 0.35, the first term left out is below 2^-62.
  let q = 1 / 87178291200;
  q = q * r + 1 / 6227020800;
  q = q * r + 1 / 479001600;
  q = q * r + 1 / 39916800;
  q = q * r + 1 / 3628800;
  q = q * r + 1 / 362880;
  q = q * r + 1 / 40320;
  q = q * r + 1 / 5040;
  q = q * r + 1 / 720;
  q = q * r + 1 / 120;
  q = q * r + 1 / 24;
  q = q * r + 1 / 6;
  q = q * r + 1 / 2;
  return scale2(1 + (r + (lost + r * r * q)), k);
}

export function exp(x: number): number {
  return expOf(x, 0);
}

/** What rounding took from the last `sum`, `product` or `logParts`: a second result without an allocation. */
let rest = 0;

/** log(x) for a positive finite x; with `rest` its relative error is about 2^-65. */
function logParts(x: number): number {
  let k = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984;
    k = -54;
  }
  words[0] = x;
  k += (halves[1]! >>> 20) - 1023;
  halves[1] = (halves[1]! & 0xfffff) | 0x3ff00000;
  let m = words[0]!;
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  // log m = 2 atanh(s), s = (m - 1) / (m + 1) = s + sLow, |s| <= 0.172.
  const a = m - 1;
  const b = m + 1;
  const bLow = m - (b - 1);
  const s = a / b;
  const p = product(s, b);
  const sLow = (a - p - rest - s * bLow) / b;
  const z = product(s, s);
  const zLow = rest + 2 * s * sLow;
  // atanh(s) = s + s^3 / 3 + s^5 (1/5 + s^2/7 + ...); the cube is kept in two parts.
  let q = 1 / 25;
  q = q * z + 1 / 23;
  q = q * z + 1 / 21;
  q = q * z + 1 / 19;
  q = q * z + 1 / 17;
  q = q * z + 1 / 15;
  q = q * z + 1 / 13;
  q = q * z + 1 / 11;
  q = q * z + 1 / 9;
  q = q * z + 1 / 7;
  q = q * z + 1 / 5;
  const c = product(s, z);
  const cLow = rest + s * zLow + sLow * z;
  const third = c / 3;
  const t = product(third, 3);
  const thirdLow = (c - t - rest + cLow) / 3;
  const high = sum(2 * s, 2 * third);
  const low = rest + 2 * (sLow + thirdLow + c * z * q);
  const base = sum(k * LN2_HIGH, high);
  const baseLow = rest + low + k * LN2_LOW;
  const result = base + baseLow;
  rest = base - result + baseLow;
  return result;
}

/** a + b; its error goes to `rest`. */
function sum(a: number, b: number): number {
  const s = a + b;
  const t = s - a;
  rest = a - (s - t) + (b - t);
  return s;
}

/** a b; its error goes to `rest`. For factors far from the ends of the range. */
function product(a: number, b: number): number {
  const p = a * b;
  const ta = SPLITTER * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = SPLITTER * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  rest = ah * bh - p + ah * bl + al * bh + al * bl;
  return p;
}

export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return Infinity;
  return logParts(x);
}

/** x^y for x >= 0; NaN for a negative x, and the limits of the standard at 0, 1 and Infinity. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (!(x >= 0) || Number.isNaN(y)) return NaN;
  if (y === 1) return x;
  if (x === 0 || x === Infinity) return (x === 0) === y > 0 ? 0 : Infinity;
  if (Math.abs(y) === Infinity) return x > 1 === y > 0 ? Infinity : 0;
  const u = x - 1;
  if (Math.abs(u) < 0.002) {
    // Close to 1 short series do: log(1 + u) to u^7, then exp.
    const w = y * u * (1 - u * (1 / 2 - u * (1 / 3 - u * (1 / 4 - u * (1 / 5 - u * (1 / 6 - u / 7))))));
    if (Math.abs(w) < 0.005) {
      return 1 + w * (1 + w * (1 / 2 + w * (1 / 6 + w * (1 / 24 + w * (1 / 120 + w / 720)))));
    }
  }
  const high = logParts(x);
  const low = rest;
  if (Math.abs(y) > 1e290) return expOf(y * high, 0);
  const p = product(high, y);
  return expOf(p, rest + low * y);
}

/** cos(pi x), exact at multiples of a half. */
export function cosPi(x: number): number {
  let t = Math.abs(x) % 2;
  if (t > 1) t = 2 - t;
  if (t === 0.5) return 0;
  if (t <= 0.25) return cosSmall(t);
  if (t >= 0.75) return -cosSmall(1 - t);
  return sinSmall(0.5 - t);
}

/** pi in two parts: the product with t keeps its rounding error small against the result. */
const PI_LOW = 1.2246467991473532e-16;

/** cos(pi t), 0 <= t <= 1/4, by its Taylor series. */
function cosSmall(t: number): number {
  const r = t * Math.PI;
  const z = r * r;
  let q = 1 / 6402373705728000;
  for (let i = 0; i < TAYLOR_COS.length; i++) q = TAYLOR_COS[i]! - q * z;
  return 1 - z * q;
}

/** sin(pi t), |t| <= 1/4. */
function sinSmall(t: number): number {
  const r = product(t, Math.PI);
  const low = rest + t * PI_LOW;
  const z = r * r;
  let q = 1 / 121645100408832000;
  for (let i = 0; i < TAYLOR_SIN.length; i++) q = TAYLOR_SIN[i]! - q * z;
  return r + (low - r * z * q);
}

const TAYLOR_COS = /* @__PURE__ */ [20922789888000, 87178291200, 479001600, 3628800, 40320, 720, 24, 2].map(
  (factorial) => 1 / factorial,
);
const TAYLOR_SIN = /* @__PURE__ */ [
  355687428096000, 1307674368000, 6227020800, 39916800, 362880, 5040, 120, 6,
].map((factorial) => 1 / factorial);
