// What a sparse Jacobian goes through (assembly/least-squares/sparse.ts, givens.ts, selected.ts), on full square arrays: the same
// rotations in the same order, and the plainest way to everything else.

/** J: m x n row-major; order[k]: the column eliminated k-th; rowOrder: rows in the order in which they are rotated in. */
export interface Given {
  readonly m: number;
  readonly n: number;
  readonly J: Float64Array;
  readonly r: Float64Array;
  readonly order: ArrayLike<number>;
  readonly rowOrder: ArrayLike<number>;
}

/** R (n x n, rows and columns in the order of elimination) and Q'r. */
export interface Triangle {
  readonly R: Float64Array;
  readonly qt: Float64Array;
}

const hypot2 = (a: number, b: number): number => {
  const big = Math.max(Math.abs(a), Math.abs(b));
  const small = Math.min(Math.abs(a), Math.abs(b));
  return big === 0 ? 0 : big * Math.sqrt(1 + (small / big) * (small / big));
};

/** Rotates a row z with the right-hand side b into the triangle. */
function rotateIn(n: number, { R, qt }: Triangle, z: Float64Array, b: number): void {
  for (let k = 0; k < n; k++) {
    if (z[k] === 0) continue;
    if (R[k * n + k] === 0) {
      for (let c = k; c < n; c++) R[k * n + c] = z[c]!;
      qt[k] = b;
      return;
    }
    const h = hypot2(R[k * n + k]!, z[k]!);
    const cos = R[k * n + k]! / h;
    const sin = z[k]! / h;
    R[k * n + k] = h;
    z[k] = 0;
    for (let c = k + 1; c < n; c++) {
      const u = R[k * n + c]!;
      R[k * n + c] = cos * u + sin * z[c]!;
      z[c] = cos * z[c]! - sin * u;
    }
    const u = qt[k]!;
    qt[k] = cos * u + sin * b;
    b = cos * b - sin * u;
  }
}

/** 1 / |J_j|, 1 for a column of zeros. */
export function unitColumns({ m, n, J }: Given): Float64Array {
  return Float64Array.from({ length: n }, (_, j) => {
    let most = 0;
    for (let i = 0; i < m; i++) most = Math.max(most, Math.abs(J[i * n + j]!));
    if (most === 0) return 1;
    let squares = 0;
    for (let i = 0; i < m; i++) squares += (J[i * n + j]! / most) * (J[i * n + j]! / most);
    return 1 / (most * Math.sqrt(squares));
  });
}

export function reduce(given: Given): Triangle {
  const { m, n, J, r, order, rowOrder } = given;
  const s = unitColumns(given);
  const to = { R: new Float64Array(n * n), qt: new Float64Array(n) };
  for (let a = 0; a < m; a++) {
    const i = rowOrder[a]!;
    const z = Float64Array.from({ length: n }, (_, k) => J[i * n + order[k]!]! * s[order[k]!]!);
    rotateIn(n, to, z, r[i]!);
  }
  return to;
}

/** The triangle of the variables in `free` and its rank: rows of R without the other columns, dependent columns left out. */
export function restrict(
  given: Given,
  from: Triangle,
  free: ReadonlySet<number>,
  tolerance: number,
): Triangle & { rank: number } {
  const { m, n, order } = given;
  const to = { R: new Float64Array(n * n), qt: new Float64Array(n) };
  if (free.size === n) {
    to.R.set(from.R);
    to.qt.set(from.qt);
  } else {
    for (let a = 0; a < n; a++) {
      const z = Float64Array.from({ length: n }, (_, c) => (free.has(order[c]!) ? from.R[a * n + c]! : 0));
      rotateIn(n, to, z, from.qt[a]!);
    }
  }
  const least = Math.max(20 * 2 ** -52 * (m + n), tolerance);
  let rank = 0;
  for (let k = 0; k < n; k++) {
    if (!free.has(order[k]!)) continue;
    if (Math.abs(to.R[k * n + k]!) > least) {
      rank++;
      continue;
    }
    const z = to.R.slice(k * n, (k + 1) * n);
    z[k] = 0;
    to.R.fill(0, k * n, (k + 1) * n);
    const b = to.qt[k]!;
    to.qt[k] = 0;
    rotateIn(n, to, z, b);
  }
  return { ...to, rank };
}

/** -R^-1 qt, 0 for columns that are left out. */
export function back(n: number, { R, qt }: Triangle): Float64Array {
  const y = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    if (R[k * n + k] === 0) continue;
    let sum = -qt[k]!;
    for (let c = k + 1; c < n; c++) sum -= R[k * n + c]! * y[c]!;
    y[k] = sum / R[k * n + k]!;
  }
  return y;
}

/** Diagonal of (R'R)^-1: the squares of the rows of R^-1, 0 for columns that are left out. */
export function inverseDiagonal(n: number, R: Float64Array): Float64Array {
  const sum = new Float64Array(n);
  for (let c = 0; c < n; c++) {
    if (R[c * n + c] === 0) continue;
    const qt = new Float64Array(n);
    qt[c] = -1;
    const column = back(n, { R, qt });
    for (let k = 0; k < n; k++) sum[k]! += column[k]! * column[k]!;
  }
  return sum;
}

/** The share of each place in the vectors that R, with rows of zeros for dependent columns, maps to 0; the largest of a vector is 1. */
export function blindShares(n: number, R: Float64Array, isFree: (k: number) => boolean): Float64Array {
  const share = new Float64Array(n);
  for (let c = 0; c < n; c++) {
    if (!isFree(c) || R[c * n + c] !== 0) continue;
    const y = new Float64Array(n);
    y[c] = -1;
    for (let k = c - 1; k >= 0; k--) {
      if (R[k * n + k] === 0) continue;
      let sum = 0;
      for (let i = k + 1; i <= c; i++) sum -= R[k * n + i]! * y[i]!;
      y[k] = sum / R[k * n + k]!;
    }
    const largest = y.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    for (let k = 0; k <= c; k++) share[k] = Math.max(share[k]!, Math.abs(y[k]!) / largest);
  }
  return share;
}

/** The step of min |r + J p|^2 + lambda |D p|^2 over the variables in `free`, by rotations of J and of sqrt(lambda) D; 0 elsewhere. */
export function dampedStep(
  given: Given,
  free: ReadonlySet<number>,
  lambda: number,
  d: ArrayLike<number>,
): Float64Array {
  const { m, n, J, r, order } = given;
  const s = unitColumns(given);
  const to = { R: new Float64Array(n * n), qt: new Float64Array(n) };
  const scaled = (value: (j: number) => number) =>
    Float64Array.from({ length: n }, (_, k) => (free.has(order[k]!) ? value(order[k]!) * s[order[k]!]! : 0));
  for (let i = 0; i < m; i++)
    rotateIn(
      n,
      to,
      scaled((j) => J[i * n + j]!),
      r[i]!,
    );
  for (const own of free)
    rotateIn(
      n,
      to,
      scaled((j) => (j === own ? Math.sqrt(lambda) * d[j]! : 0)),
      0,
    );
  const y = back(n, to);
  const p = new Float64Array(n);
  for (let k = 0; k < n; k++) p[order[k]!] = y[k]! * s[order[k]!]!;
  return p;
}
