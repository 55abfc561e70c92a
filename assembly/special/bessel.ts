// Bessel functions of the first kind of whole order, without a table: Miller's backward recurrence near 0, Hankel's expansion far out.

import { FARTHEST, sine } from "./sine";

const PI: f64 = 3.141592653589793;
/** From here on Hankel's terms fall below the last bit. */
const FAR: f64 = 25;

/** J_n(x), n = 0..3; the error is a few units of 1e-16 of its amplitude, to |x| = 4e8 (NaN beyond). */
export function besselj(n: i32, x: f64): f64 {
  const a = abs(x);
  const sign: f64 = x < 0 && n & 1 ? -1 : 1;
  if (a == Infinity) return 0;
  if (a < 1e-5) {
    // DLMF 10.2.2: two terms.
    let y: f64 = sign;
    for (let k = 1; k <= n; k++) y *= a / <f64>(2 * k);
    return y * (1 - (a * a) / <f64>(4 * (n + 1)));
  }
  if (a < FAR) {
    // DLMF 3.6(ii): downwards from where J vanishes, scaled by 1 = J_0 + 2 J_2 + 2 J_4 + ...
    const inverse = 2 / a;
    let above: f64 = 0, y: f64 = 1e-200, found: f64 = 0, sum: f64 = 0;
    for (let k = 2 * (<i32>a / 2 + 22); k > 0; k--) {
      const next = <f64>k * inverse * y - above;
      above = y;
      y = next;
      if (abs(y) > 1e200) {
        y *= 1e-200;
        above *= 1e-200;
        sum *= 1e-200;
        found *= 1e-200;
      }
      if (k - 1 == n) found = y;
      if (k & 1 && k > 1) sum += 2 * y;
    }
    return (sign * found) / (sum + y);
  }
  if (!(a <= FARTHEST)) return NaN;
  // DLMF 10.17.3.
  let p: f64 = 1, q: f64 = 0, term: f64 = 1;
  for (let k = 1; k < 40 && abs(term) > 1e-18; k++) {
    const odd = <f64>(2 * k - 1);
    term *= (<f64>(4 * n * n) - odd * odd) / (<f64>(8 * k) * a);
    if (k & 1) q += k & 2 ? -term : term;
    else p += k & 2 ? -term : term;
  }
  const c = sine(a, 1 - n), s = sine(a, -n);
  return (sign * (p * (c + s) - q * (s - c))) / sqrt(PI * a);
}
