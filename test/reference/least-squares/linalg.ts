// Small dense kernels of a Levenberg-Marquardt step, row-major. Each maps one to one to a WASM kernel of the same name.

/** A = J'J (both triangles) and g = J'r, J is m x n. */
export function normalEquations(
  m: number,
  n: number,
  J: Float64Array,
  r: Float64Array,
  A: Float64Array,
  g: Float64Array,
): void {
  A.fill(0, 0, n * n);
  g.fill(0, 0, n);
  for (let i = 0; i < m; i++) {
    const row = i * n;
    const ri = r[i]!;
    for (let j = 0; j < n; j++) {
      const a = J[row + j]!;
      g[j]! += a * ri;
      for (let k = 0; k <= j; k++) A[j * n + k]! += a * J[row + k]!;
    }
  }
  for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) A[k * n + j] = A[j * n + k]!;
}

/**
 * L L' = A + lambda diag(d)^2 on the k rows and columns listed in `free`. Returns the smallest pivot over its own diagonal entry, which is
 * the smallest pivot of the matrix scaled to unit diagonal (Cholesky is invariant under that scaling); 0 when a pivot is not positive.
 */
export function dampedCholesky(
  k: number,
  n: number,
  free: Int32Array,
  A: Float64Array,
  d: Float64Array,
  L: Float64Array,
  lambda: number,
): number {
  let least = 1;
  for (let a = 0; a < k; a++) {
    const i = free[a]!;
    for (let b = 0; b <= a; b++) {
      let s = A[i * n + free[b]!]!;
      if (a === b) s += lambda * d[i]! * d[i]!;
      const diagonal = s;
      for (let c = 0; c < b; c++) s -= L[a * n + c]! * L[b * n + c]!;
      if (a !== b) L[a * n + b] = s / L[b * n + b]!;
      else {
        if (!(s > 0)) return 0;
        least = Math.min(least, s / diagonal);
        L[a * n + a] = Math.sqrt(s);
      }
    }
  }
  return least;
}

/** b <- inv(L) b */
export function solveLower(k: number, n: number, L: Float64Array, b: Float64Array): void {
  for (let a = 0; a < k; a++) {
    let s = b[a]!;
    for (let c = 0; c < a; c++) s -= L[a * n + c]! * b[c]!;
    b[a] = s / L[a * n + a]!;
  }
}

/** b <- inv(L') b */
export function solveLowerTransposed(k: number, n: number, L: Float64Array, b: Float64Array): void {
  for (let a = k - 1; a >= 0; a--) {
    let s = b[a]!;
    for (let c = a + 1; c < k; c++) s -= L[c * n + a]! * b[c]!;
    b[a] = s / L[a * n + a]!;
  }
}

/** y with R y = b for the leading k x k triangle of R (leading dimension n). */
export function solveUpper(k: number, n: number, R: Float64Array, b: Float64Array, y: Float64Array): void {
  for (let a = k - 1; a >= 0; a--) {
    let s = b[a]!;
    for (let c = a + 1; c < k; c++) s -= R[a * n + c]! * y[c]!;
    y[a] = s / R[a * n + a]!;
  }
}

/** Householder QR with column pivoting of B (m x k, leading dimension ld) in place; c <- Q'c. R is left in the upper triangle, zeros below. */
export function pivotedQr(
  m: number,
  k: number,
  ld: number,
  B: Float64Array,
  c: Float64Array,
  perm: Int32Array,
): void {
  for (let j = 0; j < k; j++) perm[j] = j;
  for (let s = 0; s < Math.min(m, k); s++) {
    let pivot = s;
    let most = -1;
    for (let j = s; j < k; j++) {
      let t = 0;
      for (let i = s; i < m; i++) t += B[i * ld + j]! * B[i * ld + j]!;
      if (t > most) {
        most = t;
        pivot = j;
      }
    }
    if (pivot !== s) {
      for (let i = 0; i < m; i++) [B[i * ld + s], B[i * ld + pivot]] = [B[i * ld + pivot]!, B[i * ld + s]!];
      [perm[s], perm[pivot]] = [perm[pivot]!, perm[s]!];
    }
    if (most === 0) continue;
    const head = B[s * ld + s]!;
    const alpha = head > 0 ? -Math.sqrt(most) : Math.sqrt(most);
    const beta = 1 / (most - head * alpha); // H = I - beta v v', v = column - alpha e1, v'v = 2 (most - head alpha)
    B[s * ld + s] = head - alpha;
    for (let j = s + 1; j < k; j++) {
      let w = 0;
      for (let i = s; i < m; i++) w += B[i * ld + s]! * B[i * ld + j]!;
      w *= beta;
      for (let i = s; i < m; i++) B[i * ld + j]! -= w * B[i * ld + s]!;
    }
    let w = 0;
    for (let i = s; i < m; i++) w += B[i * ld + s]! * c[i]!;
    w *= beta;
    for (let i = s; i < m; i++) c[i]! -= w * B[i * ld + s]!;
    B[s * ld + s] = alpha;
    for (let i = s + 1; i < m; i++) B[i * ld + s] = 0;
  }
}

/** Givens rotations take the rows diag(e) into the triangle T (rows x k): M'M = T'T + diag(e)^2, z = the rotated right-hand side q. */
export function dampTriangle(
  rows: number,
  k: number,
  n: number,
  T: Float64Array,
  q: Float64Array,
  e: Float64Array,
  M: Float64Array,
  z: Float64Array,
  row: Float64Array,
): void {
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) M[a * n + b] = a < rows && b >= a ? T[a * n + b]! : 0;
    z[a] = a < rows ? q[a]! : 0;
  }
  for (let a = 0; a < k; a++) {
    row.fill(0, 0, k);
    row[a] = e[a]!;
    let rhs = 0;
    for (let b = a; b < k; b++) {
      if (row[b] === 0) continue;
      const t = M[b * n + b]!;
      const u = row[b]!;
      const h = Math.sqrt(t * t + u * u);
      const cs = t / h;
      const sn = u / h;
      for (let c = b; c < k; c++) {
        const v = M[b * n + c]!;
        const w = row[c]!;
        M[b * n + c] = cs * v + sn * w;
        row[c] = cs * w - sn * v;
      }
      const v = z[b]!;
      z[b] = cs * v + sn * rhs;
      rhs = cs * rhs - sn * v;
    }
  }
}
