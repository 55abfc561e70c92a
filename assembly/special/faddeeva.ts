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
/** |z|^2 from which the expansion at infinity is exact; of derivatives, whose recurrence loses digits there, to 1e-13. */
const FAR: f64 = 144;
const FAR_SLOPES: f64 = 45;
/** Below it exp(-z^2) counts beyond those, and is that of the real axis. */
const NEAR: f64 = 0.01;

/** exp(rest - x^2), the square in two parts. */
function bell(x: f64, rest: f64): f64 {
  const z = x * x;
  const a = head(x), b = x - a;
  const low = a * a - z + 2 * a * b + b * b;
  return exp(rest - z) * (1 - low);
}

/** erfc(x): a few ulp, in the tail too. */
export function erfc(x: f64): f64 {
  if (x < 0) return 2 - erfc(-x);
  if (x > 28) return 0;
  const z = x * x;
  let sum: f64 = 0;
  for (let k = 0; k < POINTS; k++) {
    const t = (<f64>k + 0.5) * H;
    sum += exp(-t * t) / (z + t * t);
  }
  const y = WEIGHT * x * sum * bell(x, 0);
  return x < LIMIT ? y + 2 / (1 + exp(2 * LIMIT * x)) : y;
}

/**
 * A part of a derivative of w(x + iy), y >= 0: the real part of the one of order n is number 2n, its imaginary part 2n + 1. Values to
 * a few ulp; by recurrence derivatives lose (2 |z|^2)^n / n! of their digits, far out none.
 */
export function faddeeva(part: i32, x: f64, y: f64): f64 {
  const order = part >> 1;
  // w of -conj(z) is conj(w), and each derivative turns the sign.
  const sign: f64 = x < 0 && ((order ^ part) & 1) == 1 ? -1 : 1;
  x = abs(x);
  const size = x * x + y * y;
  let u: f64 = 0, v: f64 = 0;
  if (size >= (order ? FAR_SLOPES : FAR)) {
    if (size == Infinity) return 0;
    // DLMF 7.12.1: w = i/(sqrt(pi) z) (1 + 1/(2 z^2) + 1 3/(2 z^2)^2 + ...), derived term by term.
    const a = x / size, b = -y / size;
    const c = (a - b) * (a + b) * 0.5, d = a * b;
    let tr: f64 = 1, ti: f64 = 0, sr: f64 = 1, si: f64 = 0;
    for (let k: f64 = 2; k < 84 && abs(tr) + abs(ti) > 1e-19; k += 2) {
      const by = ((k + order - 1) * (k + order)) / k;
      const re = by * (tr * c - ti * d);
      ti = by * (tr * d + ti * c);
      tr = re;
      sr += tr;
      si += ti;
    }
    let p = a, q = b;
    // On the real axis what is left of w is exp(-z^2), with the Hermite polynomials before it.
    let h: f64 = y < NEAR ? bell(x, 0) : 0, before: f64 = 0;
    for (let n: f64 = 1; n <= order; n += 1) {
      const re = -n * (p * a - q * b);
      q = -n * (p * b + q * a);
      p = re;
      const next = -2 * (x * h + (n - 1) * before);
      before = h;
      h = next;
    }
    u = h - INV_ROOT_PI * (p * si + q * sr);
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
    const e = 2 * bell(x, y * y);
    const f = whole ? -exp(2 * LIMIT * y) : exp(2 * LIMIT * y);
    const dr = 1 + f * sinePi(2 * phase + 0.5), di = -f * sinePi(2 * phase);
    const c = sine(cross, 1), s = -sine(cross, 0);
    const g = e / (dr * dr + di * di);
    u += g * (c * dr + s * di);
    v += g * (s * dr - c * di);
  }
  // w' = 2i/sqrt(pi) - 2 z w, and w^(n+1) = -2 z w^(n) - 2n w^(n-1).
  let beforeU: f64 = 0, beforeV: f64 = -INV_ROOT_PI;
  for (let n = 0; n < order; n++) {
    const by: f64 = max(n, 1);
    const re = -2 * (x * u - y * v + by * beforeU);
    const im = -2 * (x * v + y * u + by * beforeV);
    beforeU = u;
    beforeV = v;
    u = re;
    v = im;
  }
  return sign * (part & 1 ? v : u);
}
