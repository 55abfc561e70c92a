// Plain definitions for the room `linalg`: products, norms and LAPACK's test ratios, in double precision.

export interface Dense {
  readonly rows: number;
  readonly cols: number;
  readonly data: ArrayLike<number>;
}

/** Unit roundoff by precision, as LAPACK's ratios take it. */
export const roundoff = { f64: 2 ** -53, f32: 2 ** -24 } as const;

/** Uniform numbers in [-1, 1) that repeat from run to run (xorshift32). */
export function uniform(seed: number): () => number {
  let s = seed | 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s | 0) / 2147483648;
  };
}

/** A copy as doubles: an access that has seen one kind of array only is several times faster. */
const doubles = (A: Dense): Float64Array => new Float64Array(A.data);

export function product(A: Dense, B: Dense): Dense {
  const data = new Float64Array(A.rows * B.cols);
  const left = doubles(A);
  const right = doubles(B);
  for (let i = 0; i < A.rows; i++) {
    for (let p = 0; p < A.cols; p++) {
      const a = left[i * A.cols + p]!;
      for (let j = 0; j < B.cols; j++) data[i * B.cols + j]! += a * right[p * B.cols + j]!;
    }
  }
  return { rows: A.rows, cols: B.cols, data };
}

export function transposed(A: Dense): Dense {
  const data = new Float64Array(A.rows * A.cols);
  const from = doubles(A);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) data[j * A.rows + i] = from[i * A.cols + j]!;
  return { rows: A.cols, cols: A.rows, data };
}

export function difference(A: Dense, B: Dense): Dense {
  const data = doubles(A);
  const other = doubles(B);
  for (let i = 0; i < data.length; i++) data[i]! -= other[i]!;
  return { ...A, data };
}

export function identity(n: number): Dense {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return { rows: n, cols: n, data };
}

/** Rows (or with `columns` the columns) of A in the order of perm. */
export function permuted(A: Dense, perm: ArrayLike<number>, columns = false): Dense {
  const data = new Float64Array(A.rows * A.cols);
  const given = doubles(A);
  for (let i = 0; i < A.rows; i++) {
    for (let j = 0; j < A.cols; j++) {
      const from = columns ? i * A.cols + perm[j]! : perm[i]! * A.cols + j;
      data[i * A.cols + j] = given[from]!;
    }
  }
  return { ...A, data };
}

/** |A|_1. */
export function norm1(A: Dense): number {
  const data = doubles(A);
  const sums = new Float64Array(A.cols);
  for (let i = 0; i < A.rows; i++)
    for (let j = 0; j < A.cols; j++) sums[j]! += Math.abs(data[i * A.cols + j]!);
  return sums.reduce((most, v) => Math.max(most, v), 0);
}

/** |A - B|_1 / (n |A|_1 eps): how far a product of factors is from the matrix. */
export function factorRatio(A: Dense, B: Dense, eps: number): number {
  const size = norm1(A);
  return size === 0 ? 0 : norm1(difference(A, B)) / (Math.max(A.rows, A.cols) * size * eps);
}

/** |B - A X|_1 / (|A|_1 |X|_1 eps). */
export function solveRatio(A: Dense, X: Dense, B: Dense, eps: number): number {
  const size = norm1(A) * norm1(X);
  return size === 0 ? 0 : norm1(difference(B, product(A, X))) / (size * eps);
}

/** |I - Q'Q|_1 / (rows eps). */
export function orthogonalityRatio(Q: Dense, eps: number): number {
  return norm1(difference(identity(Q.cols), product(transposed(Q), Q))) / (Math.max(1, Q.rows) * eps);
}
