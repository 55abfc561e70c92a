// Singular values of a square matrix by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselić 1992; convergence
// helped by a pivoted QR before, Drmač and Veselić 2008). Columns are contiguous; doubles.

import { EPS } from "../memory";
import { fill } from "../blas/level1";
import { rotate } from "./eigen";

/** Sweeps before giving up; 6 to 10 are usual. */
const SWEEPS: i32 = 60;
/** Squares of norms below this have lost their digits: such columns are left alone. */
const TINY: f64 = 1e-290;

// @ts-ignore: decorator
@inline
function sum(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** x'y; x'x and y'y at `norms`. */
function gram(n: i32, x: usize, y: usize, norms: usize): f64 {
  const end = x + (<usize>n << 3);
  let xx = f64x2.splat(0), xy = xx, yy = xx;
  for (; x + 16 <= end; x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    xx = f64x2.add(xx, f64x2.mul(a, a));
    xy = f64x2.add(xy, f64x2.mul(a, b));
    yy = f64x2.add(yy, f64x2.mul(b, b));
  }
  let sxx = sum(xx), sxy = sum(xy), syy = sum(yy);
  if (x < end) {
    const a = load<f64>(x), b = load<f64>(y);
    sxx += a * a;
    sxy += a * b;
    syy += b * b;
  }
  store<f64>(norms, sxx);
  store<f64>(norms, syy, 8);
  return sxy;
}

/**
 * X (k columns of length n) becomes X V with columns orthogonal to each other: |x'y| <= eps sqrt(n) |x| |y|. V (k x k by
 * columns) becomes the rotations; 0 where they are not wanted. norms: 2 numbers of workspace. Returns 0, or 1 when 60 sweeps
 * were not enough.
 */
export function jacobiSvd(n: i32, k: i32, X: usize, V: usize, norms: usize): i32 {
  if (V) {
    fill<f64>(k * k, 0, V);
    for (let j = 0; j < k; j++) store<f64>(V + (<usize>(j * k + j) << 3), 1);
  }
  const tolerance = EPS * sqrt(<f64>n);
  const step = <usize>n << 3, stepV = <usize>k << 3;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < k - 1; p++) {
      const x = X + <usize>p * step;
      for (let q = p + 1; q < k; q++) {
        const y = X + <usize>q * step;
        const product = gram(n, x, y, norms);
        const a = load<f64>(norms), b = load<f64>(norms, 8);
        if (!(abs(product) > tolerance * sqrt(a) * sqrt(b)) || a < TINY || b < TINY) continue;
        turned = true;
        // The rotation that diagonalises [a product; product b] (Golub and Van Loan, section 8.5.2).
        const zeta = (b - a) / (2 * product);
        const t = (zeta < 0 ? -1.0 : 1.0) / (abs(zeta) + sqrt(1 + zeta * zeta));
        const c = 1 / sqrt(1 + t * t);
        rotate(n, c, c * t, x, y);
        if (V) rotate(k, c, c * t, V + <usize>p * stepV, V + <usize>q * stepV);
      }
    }
    if (!turned) return 0;
  }
  return 1;
}
