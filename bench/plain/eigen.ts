// The eigendecomposition of the baseline of CMA-ES, in plain JavaScript written for speed: Householder tridiagonalisation and implicit QL
// with Wilkinson's shift, vectors held by rows so that a rotation runs along two of them (Wilkinson and Reinsch 1971, II/4).

/** A (n x n, both triangles) becomes the eigenvectors by rows; d their values, in no order. `e` and `tau`: room for n numbers each. */
export function plainEigen(
  n: number,
  A: Float64Array,
  d: Float64Array,
  e: Float64Array,
  tau: Float64Array,
): void {
  for (let i = n - 1; i > 0; i--) {
    const at = i * n;
    const alpha = A[at + i - 1]!;
    const own = A[at + i]!;
    let squares = 0;
    for (let j = 0; j < i - 1; j++) squares += A[at + j]! * A[at + j]!;
    tau[i] = 0;
    e[i - 1] = alpha;
    if (squares > 0) {
      const beta = alpha > 0 ? -Math.sqrt(alpha * alpha + squares) : Math.sqrt(alpha * alpha + squares);
      const t = (beta - alpha) / beta;
      const scale = 1 / (alpha - beta);
      for (let j = 0; j < i - 1; j++) A[at + j]! *= scale;
      A[at + i - 1] = 1;
      tau[i] = t;
      e[i - 1] = beta;
      let along = 0;
      for (let j = 0; j < i; j++) {
        let sum = 0;
        for (let k = 0; k < i; k++) sum += A[j * n + k]! * A[at + k]!;
        d[j] = t * sum;
        along += d[j]! * A[at + j]!;
      }
      for (let j = 0; j < i; j++) d[j]! -= 0.5 * t * along * A[at + j]!;
      for (let j = 0; j < i; j++) {
        const x = A[at + j]!;
        const y = d[j]!;
        for (let k = 0; k < i; k++) A[j * n + k]! -= x * d[k]! + y * A[at + k]!;
      }
    }
    d[i] = own;
  }
  d[0] = A[0]!;
  tau[0] = 0;
  for (let i = 0; i < n; i++) {
    const at = i * n;
    const t = tau[i]!;
    if (t !== 0) {
      for (let j = 0; j < i; j++) {
        let sum = 0;
        for (let k = 0; k < i; k++) sum += A[j * n + k]! * A[at + k]!;
        for (let k = 0; k < i; k++) A[j * n + k]! -= t * sum * A[at + k]!;
      }
    }
    for (let k = 0; k < i; k++) A[at + k] = A[k * n + i] = 0;
    A[at + i] = 1;
  }
  e[n - 1] = 0;
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; sweep < 60; sweep++) {
      let m = l;
      for (; m < n - 1; m++)
        if (Math.abs(e[m]!) <= 2.220446049250313e-16 * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) break;
      if (m === l) break;
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      const root = Math.sqrt(g * g + 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g < 0 ? -root : root));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        const r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        const q = (d[i]! - g) * s + 2 * c * b;
        p = s * q;
        d[i + 1] = g + p;
        g = c * q - b;
        for (let k = i * n, end = k + n; k < end; k++) {
          const x = A[k]!;
          const y = A[k + n]!;
          A[k] = c * x - s * y;
          A[k + n] = s * x + c * y;
        }
      }
      if (i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}
