// Residuals in twice the working precision, for one step of iterative refinement: each sum is carried with
// its rounding errors (Ogita, Rump and Oishi 2005, algorithm 5.3, Dot2); single precision simply sums doubles.

/** The factor 2^27 + 1 of Veltkamp's split of a double. */
const SPLIT: f64 = 134217729;
/** Beyond this a split overflows; such products are taken without their error. */
const LARGE: f64 = 6.69e299;

/** High half of a: 26 bits. */
// @ts-ignore: decorator
@inline
function upper(a: f64): f64 {
  const c = SPLIT * a;
  return c - (c - a);
}

/** Error of the rounded product p = a * b (Dekker). */
// @ts-ignore: decorator
@inline
function productError(a: f64, b: f64, p: f64): f64 {
  if (!(abs(a) < LARGE && abs(b) < LARGE && abs(p) < LARGE)) return 0;
  const ah = upper(a), bh = upper(b);
  const al = a - ah, bl = b - bh;
  return al * bl - (((p - ah * bh) - al * bh) - ah * bl);
}

/** Error of the rounded sum s = a + b (Knuth). */
// @ts-ignore: decorator
@inline
function sumError(a: f64, b: f64, s: f64): f64 {
  const z = s - a;
  return (a - (s - z)) + (b - z);
}

/** start + more - sum of a[i * stepA] x[i], i < n, rounded once at the end. Steps in bytes. */
export function residualDot<T>(n: i32, start: T, more: T, a: usize, stepA: usize, x: usize): T {
  let sum = <f64>start + <f64>more;
  let lost = sumError(<f64>start, <f64>more, sum);
  for (let i = 0; i < n; i++) {
    const u = -(<f64>load<T>(a)), v = <f64>load<T>(x);
    const p = u * v;
    const s = sum + p;
    lost += sumError(sum, p, s);
    if (sizeof<T>() == 8) lost += productError(u, v, p);
    sum = s;
    a += stepA;
    x += sizeof<T>();
  }
  return <T>(sum + lost);
}

/** r = b - A x for row-major A (m x n, ld in elements). */
export function residual<T>(m: i32, n: i32, A: usize, ld: i32, x: usize, b: usize, r: usize): void {
  for (let i = 0; i < m; i++) {
    const at = <usize>i * sizeof<T>();
    store<T>(r + at, residualDot<T>(n, load<T>(b + at), <T>0, A + at * <usize>ld, sizeof<T>(), x));
  }
}
