// Q R of a small square matrix, and what Broyden's method does with it: Householder (Golub and Van Loan, algorithm 5.2.1), and the
// update by a matrix of rank one with Givens rotations (section 6.5.1). Row-major, n*n.

/** Q and R of J, which is left as it is. */
export function factorQR(n: number, J: Float64Array, Q: Float64Array, R: Float64Array): void {
  R.set(J);
  Q.fill(0);
  for (let i = 0; i < n; i++) Q[i * n + i] = 1;
  const [v, dots] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n - 1; k++) {
    let most = 0;
    for (let i = k; i < n; i++) most = Math.max(most, Math.abs(R[i * n + k]!));
    if (most === 0) continue;
    let sum = 0;
    for (let i = k; i < n; i++) {
      v[i] = R[i * n + k]! / most;
      sum += v[i]! * v[i]!;
    }
    const length = Math.sqrt(sum);
    v[k] = v[k]! + (v[k]! < 0 ? -length : length);
    let vv = 0;
    for (let i = k; i < n; i++) vv += v[i]! * v[i]!;
    // By rows: a column of a large R is another line of the cache at every element.
    dots.fill(0);
    for (let i = k; i < n; i++) {
      const t = v[i]!;
      for (let j = k; j < n; j++) dots[j] = dots[j]! + t * R[i * n + j]!;
    }
    for (let j = k; j < n; j++) dots[j] = (2 * dots[j]!) / vv;
    for (let i = k; i < n; i++) {
      const t = v[i]!;
      for (let j = k; j < n; j++) R[i * n + j] = R[i * n + j]! - dots[j]! * t;
    }
    for (let i = 0; i < n; i++) {
      let dot = 0;
      for (let j = k; j < n; j++) dot += Q[i * n + j]! * v[j]!;
      const t = (2 * dot) / vv;
      for (let j = k; j < n; j++) Q[i * n + j] = Q[i * n + j]! - t * v[j]!;
    }
    for (let i = k + 1; i < n; i++) R[i * n + k] = 0;
  }
}

/** Rotates rows i and i + 1 of R from column `from` on, and the same columns of Q, so that (a, b) becomes (r, 0); returns r. */
function rotate(
  n: number,
  Q: Float64Array,
  R: Float64Array,
  i: number,
  from: number,
  a: number,
  b: number,
): number {
  const r = Math.sqrt(a * a + b * b);
  if (r === 0) return 0;
  const c = a / r;
  const s = b / r;
  for (let j = from; j < n; j++) {
    const [x, y] = [R[i * n + j]!, R[(i + 1) * n + j]!];
    R[i * n + j] = c * x + s * y;
    R[(i + 1) * n + j] = c * y - s * x;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [Q[k * n + i]!, Q[k * n + i + 1]!];
    Q[k * n + i] = c * x + s * y;
    Q[k * n + i + 1] = c * y - s * x;
  }
  return r;
}

/** Q R becomes that of Q R + u v'; `w`: n, of workspace. */
export function updateQR(
  n: number,
  Q: Float64Array,
  R: Float64Array,
  u: Float64Array,
  v: Float64Array,
  w: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += Q[k * n + i]! * u[k]!;
    w[i] = sum;
  }
  // w becomes |w| e_1, R upper Hessenberg.
  for (let i = n - 2; i >= 0; i--) {
    w[i] = rotate(n, Q, R, i, i, w[i]!, w[i + 1]!);
    w[i + 1] = 0;
  }
  for (let j = 0; j < n; j++) R[j] = R[j]! + w[0]! * v[j]!;
  for (let i = 0; i < n - 1; i++) {
    rotate(n, Q, R, i, i, R[i * n + i]!, R[(i + 1) * n + i]!);
    R[(i + 1) * n + i] = 0;
  }
}

/** x with R x = b; a pivot of 0 counts as a rounding of the largest, so that what it leaves open becomes long. False where R is 0. */
export function solveR(n: number, R: Float64Array, b: Float64Array, x: Float64Array): boolean {
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(R[i * n + i]!));
  if (!(most > 0)) return false;
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let j = i + 1; j < n; j++) sum -= R[i * n + j]! * x[j]!;
    const pivot = R[i * n + i]!;
    x[i] = sum / (pivot !== 0 ? pivot : 2.220446049250313e-16 * most);
  }
  return true;
}
