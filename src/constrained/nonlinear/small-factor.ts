// The Cholesky factor of a small dense matrix, and lengths, for the active-set solver.

/** Lower Cholesky factor in place (the upper triangle is left alone); false where H is not positive definite. */
export function factorInPlace(n: number, L: Float64Array, least: number): boolean {
  for (let i = 0; i < n; i++) {
    const ri = i * n;
    for (let j = 0; j <= i; j++) {
      const rj = j * n;
      let s = L[ri + j]!;
      for (let k = 0; k < j; k++) s -= L[ri + k]! * L[rj + k]!;
      if (j < i) L[ri + j] = s / L[rj + j]!;
      else {
        if (!(s > least)) return false;
        L[ri + i] = Math.sqrt(s);
      }
    }
  }
  return true;
}

/** sqrt(a^2 + b^2) without overflow. */
export function length2(a: number, b: number): number {
  const [x, y] = [Math.abs(a), Math.abs(b)];
  const big = Math.max(x, y);
  if (big === 0) return 0;
  const r = Math.min(x, y) / big;
  return big * Math.sqrt(1 + r * r);
}

/** The 2-norm of each of m rows. */
export function rowLengths(m: number, n: number, J: Float64Array, out: Float64Array): void {
  for (let i = 0; i < m; i++) {
    let s = 0;
    for (let j = 0; j < n; j++) s += J[i * n + j]! * J[i * n + j]!;
    out[i] = Math.sqrt(s);
  }
}
