// Sine and cosine for the special functions, by their own series on a quarter of the circle.

/** pi/2 in parts of 25 bits and the rest: n times a part is exact for |n| < 2^28 (Cody and Waite 1980). */
const PART1: f64 = 1.5707963109016418;
const PART2: f64 = 1.5893254712295857e-8;
const PART3: f64 = 6.123233995736766e-17;
/** Up to here an angle can be reduced. */
export const FARTHEST: f64 = 4e8;

/** sin(x + quarters pi/2) for |x| <= FARTHEST. */
export function sine(x: f64, quarters: i32): f64 {
  const n = nearest(x * 0.6366197723675814);
  const r = x - n * PART1 - n * PART2 - n * PART3;
  const turn = (<i32>n + quarters) & 3;
  const z = -r * r;
  const odd = turn & 1;
  let term = odd ? 1.0 : r;
  let sum = term;
  for (let k = odd ? 1.0 : 2.0; k < 18; k += 2) {
    term *= z / (k * (k + 1));
    sum += term;
  }
  return turn & 2 ? -sum : sum;
}

/** sin(pi x), exact at whole and half numbers. */
export function sinePi(x: f64): f64 {
  const r = x - 2 * nearest(x * 0.5);
  const a = abs(r);
  return copysign<f64>(sine(3.141592653589793 * (a > 0.5 ? 1 - a : a), 0), r);
}
