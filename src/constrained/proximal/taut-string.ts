// Exact total variation in one dimension: argmin |x - v|^2 / 2 + lambda sum |x_{i+1} - x_i|, in O(n) in practice.
// L. Condat, A direct algorithm for 1-D total variation denoising, IEEE Signal Process. Lett. 20 (2013) 1054-1057.

/** x = prox of lambda TV at v; x may not be v. */
export function taut(v: Float64Array, lambda: number, x: Float64Array): void {
  const n = v.length;
  if (n === 0) return;
  if (lambda === 0 || n === 1) {
    x.set(v);
    return;
  }
  let k = 0;
  let k0 = 0;
  let kLow = 0;
  let kHigh = 0;
  let low = v[0]! - lambda;
  let high = v[0]! + lambda;
  let uLow = lambda;
  let uHigh = -lambda;
  const last = n - 1;
  for (;;) {
    while (k === last) {
      if (uLow < 0) {
        // A negative jump, before the end.
        do x[k0++] = low;
        while (k0 <= kLow);
        k = kLow = k0;
        low = v[k]!;
        uLow = lambda;
        uHigh = low + lambda - high;
      } else if (uHigh > 0) {
        do x[k0++] = high;
        while (k0 <= kHigh);
        k = kHigh = k0;
        high = v[k]!;
        uHigh = -lambda;
        uLow = high - lambda - low;
      } else {
        low += uLow / (k - k0 + 1);
        do x[k0++] = low;
        while (k0 <= k);
        return;
      }
    }
    uLow += v[k + 1]! - low;
    uHigh += v[k + 1]! - high;
    if (uLow < -lambda) {
      do x[k0++] = low;
      while (k0 <= kLow);
      k = kLow = kHigh = k0;
      low = v[k]!;
      high = low + 2 * lambda;
      uLow = lambda;
      uHigh = -lambda;
    } else if (uHigh > lambda) {
      do x[k0++] = high;
      while (k0 <= kHigh);
      k = kLow = kHigh = k0;
      high = v[k]!;
      low = high - 2 * lambda;
      uLow = lambda;
      uHigh = -lambda;
    } else {
      k++;
      if (uLow >= lambda) {
        low += (uLow - lambda) / (k - k0 + 1);
        kLow = k;
        uLow = lambda;
      }
      if (uHigh <= -lambda) {
        high += (uHigh + lambda) / (k - k0 + 1);
        kHigh = k;
        uHigh = -lambda;
      }
    }
  }
}
