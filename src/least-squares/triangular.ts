// The triangle of a Jacobian, and what it says of directions.

/**
 * The upper triangle R of J = Q R (n*n, row-major) by modified Gram-Schmidt. It is as exact as J, while (J'J)^-1 has lost twice as
 * many digits: far from the origin of x (seconds since 1970) none of them would be left in v'(J'J)^-1 v.
 */
export function triangular(J: Float64Array, n: number): Float64Array {
  const Q = J.slice();
  const R = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = a; b < n; b++) {
      let dot = 0;
      for (let i = 0; i < Q.length; i += n) dot += Q[i + a]! * Q[i + b]!;
      const size = b > a ? dot : Math.sqrt(dot);
      R[a * n + b] = size;
      for (let i = 0; i < Q.length; i += n) {
        if (b > a) Q[i + b]! -= size * Q[i + a]!;
        else Q[i + a]! /= size;
      }
    }
  }
  return R;
}

/** v'(R'R)^-1 v; v becomes R^-T v. */
export function spreadIn(R: Float64Array, v: Float64Array): number {
  const n = v.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) v[i]! -= R[k * n + i]! * v[k]!;
    v[i]! /= R[i * n + i]!;
    sum += v[i]! * v[i]!;
  }
  return sum;
}
