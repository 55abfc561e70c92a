// Singular values by one-sided Jacobi rotations, for the nuclear norm: small matrices, every singular value to its own relative
// accuracy. J. Demmel and K. Veselic, SIAM J. Matrix Anal. Appl. 13 (1992).

/** Columns of a rows x cols matrix (rows >= cols after turning) made orthogonal; V collects the rotations. */
function orthogonalise(rows: number, cols: number, U: Float64Array, V: Float64Array): void {
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    for (let p = 0; p < cols; p++) {
      for (let q = p + 1; q < cols; q++) {
        let a = 0;
        let b = 0;
        let c = 0;
        for (let i = 0; i < rows; i++) {
          const [x, y] = [U[i * cols + p]!, U[i * cols + q]!];
          a += x * x;
          b += y * y;
          c += x * y;
        }
        if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b)) continue;
        turned = true;
        const zeta = (b - a) / (2 * c);
        const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cos = 1 / Math.sqrt(1 + t * t);
        const sin = cos * t;
        turn(rows, cols, U, p, q, cos, sin);
        turn(cols, cols, V, p, q, cos, sin);
      }
    }
    if (!turned) return;
  }
}

function turn(
  rows: number,
  cols: number,
  M: Float64Array,
  p: number,
  q: number,
  cos: number,
  sin: number,
): void {
  for (let i = 0; i < rows; i++) {
    const [x, y] = [M[i * cols + p]!, M[i * cols + q]!];
    M[i * cols + p] = cos * x - sin * y;
    M[i * cols + q] = sin * x + cos * y;
  }
}

/** U S of x (or of its transpose, where that is the taller), with V. */
function factor(rows: number, cols: number, x: ArrayLike<number>) {
  const flip = rows < cols;
  const [m, n] = flip ? [cols, rows] : [rows, cols];
  const U = new Float64Array(m * n);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) U[flip ? j * n + i : i * n + j] = x[i * cols + j]!;
  const V = new Float64Array(n * n);
  for (let j = 0; j < n; j++) V[j * n + j] = 1;
  orthogonalise(m, n, U, V);
  const s = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let t = 0;
    for (let i = 0; i < m; i++) t += U[i * n + j]! * U[i * n + j]!;
    s[j] = Math.sqrt(t);
  }
  return { flip, m, n, U, V, s };
}

export const singularValues = (rows: number, cols: number, x: ArrayLike<number>): Float64Array =>
  factor(rows, cols, x).s;

/** out = U max(S - by, 0) V'. */
export function nuclearProx(
  rows: number,
  cols: number,
  x: Float64Array,
  by: number,
  out: Float64Array,
): void {
  const { flip, m, n, U, V, s } = factor(rows, cols, x);
  for (let j = 0; j < n; j++) {
    const keep = s[j]! > by ? 1 - by / s[j]! : 0;
    for (let i = 0; i < m; i++) U[i * n + j]! *= keep;
  }
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < n; k++) {
      let t = 0;
      for (let j = 0; j < n; j++) t += U[i * n + j]! * V[k * n + j]!;
      out[flip ? k * cols + i : i * cols + k] = t;
    }
  }
}
