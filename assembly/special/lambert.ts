// The principal branch of Lambert's W, w exp(w) = x.

import { exp, log, log1p } from "../stats/elementary";

const E: f64 = 2.718281828459045;
/** 1/e in two parts. */
const INV_E: f64 = 0.36787944117144233;
const INV_E_LOW: f64 = -1.2428753672788363e-17;

/** W(x) for x >= -1/e, NaN below; a few ulp. */
export function lambertw(x: f64): f64 {
  if (x == 0 || x == Infinity) return x;
  if (!(x >= -INV_E)) return NaN;
  if (x < -0.2) {
    // With d = 1 + w: 1 + (d - 1) exp(d) = d^2/2 + d^3/3 + d^4/8 + ... (k - 1) d^k/k! = 1 + e x, which cancels nowhere.
    const q = E * (x + INV_E + INV_E_LOW);
    if (!(q > 0)) return -1;
    const p = sqrt(2 * q);
    let d = p * (1 - p * (1 / 3.0 - p * (11 / 72.0)));
    for (let turn = 0; turn < 5; turn++) {
      let power = d, sum: f64 = -q;
      for (let k: f64 = 2; k < 24; k += 1) {
        power *= d / k;
        sum += (k - 1) * power;
      }
      d -= sum / (d * exp(d));
    }
    return d - 1;
  }
  const l = log1p(x);
  let w = l * (1 - log1p(l) / (2 + l));
  // F. N. Fritsch, R. E. Shafer and W. P. Crowley, Comm. ACM 16 (1973) 123: algorithm 443, of fourth order.
  for (let turn = 0; turn < 3; turn++) {
    const z = log(x / w) - w;
    const q = 2 * (1 + w) * (1 + w + z * (2 / 3.0));
    w *= 1 + (z / (1 + w)) * ((q - z) / (q - 2 * z));
  }
  return w;
}
