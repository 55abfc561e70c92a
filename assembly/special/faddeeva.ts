// The complementary error function and Faddeeva's w(z) = exp(-z^2) erfc(-i z), by trapezium rules of twelve points with the residues of
// their poles: M. Al Azah and S. N. Chandler-Wilde, SIAM J. Numer. Anal. 59 (2021) 2346, equations 1.5 to 1.9.

import { exp } from "../stats/elementary";
import { head } from "./gamma";
import { sine, sinePi } from "./sine";

const POINTS: i32 = 12;
/** sqrt(pi/12), the distance of the points, and pi over it. */
const H: f64 = 0.5116633539732443;
const LIMIT: f64 = 6.139960247678931;
/** 2 H/pi. */
const WEIGHT: f64 = 0.32573500793527993;
const INV_ROOT_PI: f64 = 0.5641895835477563;
/** |z|^2 from which twelve terms of the expansion at infinity are exact. */
const FAR: f64 = 144;

/** erfc(x): a few ulp, in the tail too. */
export function erfc(x: f64): f64 {
  if (x < 0) return 2 - erfc(-x);
  if (x > 28) return 0;
  const z = x * x;
  const a = head(x), b = x - a;
  const low = a * a - z + 2 * a * b + b * b;
  let sum: f64 = 0;
  for (let k = 0; k < POINTS; k++) {
    const t = (<f64>k + 0.5) * H;
    sum += exp(-t * t) / (z + t * t);
  }
  const y = WEIGHT * x * sum * (1 - low) * exp(-z);
  return x < LIMIT ? y + 2 / (1 + exp(2 * LIMIT * x)) : y;
}

/** Of w(x + iy), y >= 0: 0 its real part, 1 its imaginary part; 2 and 3 those of its derivative w' = 2i/sqrt(pi) - 2 z w. */
export function faddeeva(part: i32, x: f64, y: f64): f64 {
  // w of -conj(z) is conj(w).
  const sign: f64 = x < 0 && (part == 1 || part == 2) ? -1 : 1;
  x = abs(x);
  const size = x * x + y * y;
  const derived = part > 1;
  let u: f64 = 0, v: f64 = 0;
  if (size >= FAR) {
    if (size == Infinity) return 0;
    // DLMF 7.12.1: w = i/(sqrt(pi) z) (1 + 1/(2 z^2) + 1 3/(2 z^2)^2 + ...), and its derivative.
    const a = x / size, b = -y / size;
    const c = (a - b) * (a + b) * 0.5, d = a * b;
    let tr: f64 = 1, ti: f64 = 0, sr: f64 = 1, si: f64 = 0;
    for (let k: f64 = derived ? 3 : 1; k < 27; k += 2) {
      const re = k * (tr * c - ti * d);
      ti = k * (tr * d + ti * c);
      tr = re;
      sr += tr;
      si += ti;
    }
    const p = derived ? -2 * c : a, q = derived ? -2 * d : b;
    u = -INV_ROOT_PI * (p * si + q * sr);
    v = INV_ROOT_PI * (p * sr - q * si);
    return sign * (part & 1 ? v : u);
  }
  const far = y >= max(x, LIMIT);
  const t = x / H;
  const phase = t - floor(t);
  // Points on whole multiples of H where x is near a half one.
  const whole = !far && y < x && phase >= 0.25 && phase <= 0.75;
  const cross = 2 * x * y, difference = (x - y) * (x + y);
  let sr: f64 = 0, si: f64 = 0;
  for (let k = 0; k < POINTS; k++) {
    const s = (<f64>k + (whole ? 1.0 : 0.5)) * H;
    const re = difference - s * s;
    const g = exp(-s * s) / (re * re + cross * cross);
    sr += g * re;
    si -= g * cross;
  }
  u = -WEIGHT * (y * sr + x * si);
  v = WEIGHT * (x * sr - y * si);
  if (whole) {
    u += (WEIGHT * 0.5 * y) / size;
    v += (WEIGHT * 0.5 * x) / size;
  }
  if (!far) {
    // 2 exp(-z^2) / (1 +- exp(-2 i pi z/H)).
    const e = 2 * exp(-difference);
    const f = whole ? -exp(2 * LIMIT * y) : exp(2 * LIMIT * y);
    const dr = 1 + f * sinePi(2 * phase + 0.5), di = -f * sinePi(2 * phase);
    const c = sine(cross, 1), s = -sine(cross, 0);
    const g = e / (dr * dr + di * di);
    u += g * (c * dr + s * di);
    v += g * (s * dr - c * di);
  }
  if (part == 0) return u;
  if (part == 1) return sign * v;
  return part == 2 ? -2 * sign * (x * u - y * v) : 2 * (INV_ROOT_PI - x * v - y * u);
}
