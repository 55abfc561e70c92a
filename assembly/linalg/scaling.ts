// Norms, equilibration, symmetry and determinants of row-major matrices.

import { item } from "../memory";
import { amax } from "../blas/level1";
import { log } from "../stats/elementary";

/** |A|_1, the largest column sum; sums: n numbers of workspace. */
export function norm1<T>(m: i32, n: i32, A: usize, lda: i32, sums: usize): T {
  if (n <= 0 || m <= 0) return <T>0;
  memory.fill(sums, 0, <usize>n * sizeof<T>());
  const ld = <usize>lda * sizeof<T>(), bytes = <usize>n * sizeof<T>();
  for (; m > 0; m--, A += ld) {
    let j: usize = 0;
    for (; j + 16 <= bytes; j += 16) {
      v128.store(sums + j, v128.add<T>(v128.load(sums + j), v128.abs<T>(v128.load(A + j))));
    }
    for (; j < bytes; j += sizeof<T>()) store<T>(sums + j, <T>(load<T>(sums + j) + abs<T>(load<T>(A + j))));
  }
  return amax<T>(n, sums);
}

/** The largest |A[i][j]|. */
export function largestEntry<T>(m: i32, n: i32, A: usize, lda: i32): T {
  let most: T = 0;
  for (; m > 0; m--, A += <usize>lda * sizeof<T>()) most = max<T>(most, amax<T>(n, A));
  return most;
}

/** The power of two just below a > 0; 1 for 0. Its reciprocal is normal too. */
export function powerOfTwo<T>(a: T): T {
  if (!(a > 0)) return <T>1;
  if (sizeof<T>() == 8) {
    const bits = reinterpret<u64>(<f64>a) & 0x7ff0000000000000;
    return <T>reinterpret<f64>(min<u64>(max<u64>(bits, 2 << 52), <u64>2044 << 52));
  }
  const bits = reinterpret<u32>(<f32>a) & 0x7f800000;
  return <T>reinterpret<f32>(min<u32>(max<u32>(bits, 2 << 23), <u32>252 << 23));
}

/**
 * A becomes diag(r) A diag(c) with rows, then columns, whose largest element is in [1, 2): powers of two, so
 * nothing is rounded (LAPACK's geequ and laqge). A zero row or column is left alone.
 */
export function equilibrate<T>(n: i32, A: usize, lda: i32, r: usize, c: usize): void {
  const ld = <usize>lda * sizeof<T>();
  const end = A + <usize>n * ld;
  memory.fill(c, 0, <usize>n * sizeof<T>());
  for (let row = A; row < end; row += ld, r += sizeof<T>()) {
    const s = <T>(<T>1 / powerOfTwo<T>(amax<T>(n, row)));
    store<T>(r, s);
    for (let j: usize = 0, bytes = <usize>n * sizeof<T>(); j < bytes; j += sizeof<T>()) {
      const v = <T>(load<T>(row + j) * s);
      store<T>(row + j, v);
      store<T>(c + j, max<T>(load<T>(c + j), abs<T>(v)));
    }
  }
  for (let j = 0; j < n; j++) store<T>(item<T>(c, j), <T>(<T>1 / powerOfTwo<T>(load<T>(item<T>(c, j)))));
  for (let row = A; row < end; row += ld) multiply<T>(n, c, row);
}

/** x[i] *= d[i]. */
export function multiply<T>(n: i32, d: usize, x: usize): void {
  for (const end = x + <usize>n * sizeof<T>(); x < end; x += sizeof<T>(), d += sizeof<T>()) {
    store<T>(x, <T>(load<T>(x) * load<T>(d)));
  }
}

/** Row * n + column of the first pair with |a_ij - a_ji| > tol; -1 when symmetric. */
export function asymmetry<T>(n: i32, A: usize, lda: i32, tol: T): i32 {
  const ld = <usize>lda * sizeof<T>();
  let first = -1;
  // Square blocks: both sides of the diagonal stay in cache.
  for (let ib = 0; ib < n; ib += 16) {
    const iEnd = min(n, ib + 16);
    for (let jb = 0; jb <= ib; jb += 16) {
      for (let i = ib; i < iEnd; i++) {
        const jEnd = min(i, jb + 16);
        let p = A + <usize>i * ld + <usize>jb * sizeof<T>(), q = A + <usize>jb * ld + <usize>i * sizeof<T>();
        for (let j = jb; j < jEnd; j++, p += sizeof<T>(), q += ld) {
          if (abs<T>(<T>(load<T>(p) - load<T>(q))) <= tol) continue;
          const index = j * n + i;
          if (first < 0 || index < first) first = index;
        }
      }
    }
  }
  return first;
}

/** Product of x[i * step] as mantissa in [1, 2) (with sign) at out[0] and exponent at out[1], doubles. */
export function scaledProduct<T>(n: i32, x: usize, step: i32, out: usize): void {
  let mantissa: f64 = 1;
  let exponent: i64 = 0;
  for (let i = 0; i < n; i++, x += <usize>step * sizeof<T>()) {
    let v = <f64>load<T>(x);
    if (v == 0 || !(abs(v) < Infinity)) {
      store<f64>(out, mantissa * v);
      store<f64>(out, 0, 8);
      return;
    }
    if (abs(v) < 2.2250738585072014e-308) {
      v *= 18014398509481984;
      exponent -= 54;
    }
    // v in [1, 2) first, so that no product leaves the range.
    let bits = reinterpret<i64>(v);
    let e = ((bits >> 52) & 0x7ff) - 1023;
    mantissa *= reinterpret<f64>(bits - (e << 52));
    exponent += e;
    bits = reinterpret<i64>(mantissa);
    e = ((bits >> 52) & 0x7ff) - 1023;
    mantissa = reinterpret<f64>(bits - (e << 52));
    exponent += e;
  }
  store<f64>(out, mantissa);
  store<f64>(out, <f64>exponent, 8);
}

/** ln |mantissa 2^exponent| of scaledProduct's two numbers; -Infinity for 0. */
export function logScaled(pair: usize): f64 {
  return log(abs(load<f64>(pair))) + load<f64>(pair, 8) * 0.6931471805599453;
}
