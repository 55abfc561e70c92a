// Least squares by pivoted QR: min |A x - b|, the x of least norm when the columns depend on each other.

import { takeWorkspace } from "../runtime/default.js";
import { booleanOption, checkKeys, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { TRIANGLE } from "./factor.js";
import {
  checkMatrixFinite,
  isVector,
  type Matrix,
  type MatrixLike,
  type Precision,
  type Real,
  readMatrix,
  type Source,
  shapeError,
  writeColumns,
} from "./matrix.js";
import { choosePrecision, doubles, epsilon, type Kernels, kernelsOf, vector, view } from "./precision.js";
import { largestOf, middleScale, sortRows } from "./scaling.js";
import { checkResult, checkVector, copyArray } from "./vectors.js";

export interface LstsqOptions {
  /** Columns whose part independent of the others is below this share of the largest count as dependent; default max(m, n) eps. */
  tolerance?: number | undefined;
  /** One step of iterative refinement, with residuals in twice the precision; default true. */
  refine?: boolean | undefined;
  dtype?: Precision | undefined;
  runtime?: Runtime | undefined;
}

/** What the factor of A says, whatever the right-hand side. */
export interface LstsqRank {
  /** Columns that count as independent; the columns are scaled to about unit norm first. */
  readonly rank: number;
  /** Estimated 1 / (|R|_1 |R^-1|_1) of the column-scaled A = Q R; 0 when rank < min(m, n). */
  readonly rcond: number;
}

export interface LstsqResult<T extends Real = Float64Array> extends LstsqRank {
  readonly x: T;
  /** |A x - b|, the 2-norm. */
  readonly residualNorm: number;
}

export interface LstsqManyResult<T extends Real = Float64Array> extends LstsqRank {
  /** Column j solves for column j of B. */
  readonly x: Matrix<T>;
  /** |A x - b| of each column. */
  readonly residualNorm: Float64Array;
}

const keys = ["tolerance", "refine", "dtype", "runtime"] as const;

/**
 * x with the least |A x - b|, and of these the one of least norm. A has rows >= columns, fewer, or dependent columns:
 * `rank` says how many count. Full rank means also that the equilibrated A is not singular to working precision, by the
 * rule of `solve`. A matrix B in place of b gives the solutions of all its columns, from one factorisation.
 * Golub and Van Loan, 4th ed., sections 5.4 to 5.5; refined as Björck (1967); rows of mixed units are taken in order of size.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT; UNSUPPORTED where the solution leaves the range of the precision.
 * @example
 * lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x; // Float64Array [1, 2]
 */
export function lstsq(
  A: Matrix<Float32Array>,
  b: ArrayLike<number>,
  o?: LstsqOptions,
): LstsqResult<Float32Array>;
export function lstsq(A: MatrixLike, b: ArrayLike<number>, o?: LstsqOptions): LstsqResult;
export function lstsq(
  A: Matrix<Float32Array>,
  B: MatrixLike,
  o?: LstsqOptions,
): LstsqManyResult<Float32Array>;
export function lstsq(A: MatrixLike, B: MatrixLike, o?: LstsqOptions): LstsqManyResult;
export function lstsq(
  A: MatrixLike,
  b: ArrayLike<number> | MatrixLike,
  o: LstsqOptions = {},
): LstsqResult<Real> | LstsqManyResult<Real> {
  const where = "lstsq";
  checkKeys(where, o, keys, { rcond: "tolerance", cond: "tolerance" });
  const source = readMatrix(where, "A", A);
  const { rows: m, cols: n } = source;
  const precision = choosePrecision(where, o.dtype, A);
  const tolerance = numberOption(where, "tolerance", o.tolerance, Math.max(m, n) * epsilon[precision], {
    min: 0,
    max: 1,
  });
  checkMatrixFinite(where, "A", source, precision);
  const refine = booleanOption(where, "refine", o.refine, true);
  const right = isVector(b) ? null : readMatrix(where, "b", b);
  const single = right ? null : checkVector(where, "b", b, m, precision);
  if (right) {
    if (right.rows !== m)
      throw shapeError(where, `b has ${right.rows} rows, expected ${m}`, { argument: "b", expected: m });
    checkMatrixFinite(where, "b", right, precision);
  }
  const system = new LeastSquares(source, precision, tolerance, refine, o.runtime);
  try {
    const { rank, rcond } = system;
    if (single) {
      const x = vector(n, precision);
      return { x, rank, residualNorm: system.solve(single, x), rcond };
    }
    const count = right!.cols;
    const data = vector(n * count, precision);
    const residualNorm = new Float64Array(count);
    const [column, x] = [vector(m, precision), vector(n, precision)];
    for (let j = 0; j < count; j++) {
      const s = right!;
      for (let i = 0; i < m; i++) column[i] = s.flat[s.offset + i * s.rowStride + j * s.colStride]!;
      residualNorm[j] = system.solve(column, x);
      for (let i = 0; i < n; i++) data[i * count + j] = x[i]!;
    }
    return { x: { rows: n, cols: count, data }, rank, residualNorm, rcond };
  } finally {
    system.release();
  }
}

type Name = "A" | "given" | "scales" | "tau" | "perm" | "norms" | "b" | "r" | "x" | "work";

/** A in its workspace, factored; then right-hand sides one by one. */
class LeastSquares {
  readonly rank: number;
  readonly rcond: number;
  readonly #w: Workspace;
  readonly #k: Kernels;
  readonly #at: Readonly<Record<Name, number>>;
  /** A was multiplied with this power of two, so that sums of squares stay in range. */
  readonly #scale: number;
  readonly #order: Int32Array | null;

  constructor(
    s: Source,
    readonly precision: Precision,
    tolerance: number,
    readonly refine: boolean,
    runtime: Runtime | undefined,
  ) {
    const { rows: m, cols: n } = s;
    const steps = Math.min(m, n);
    const work = Math.max(m + 2 * n, n * steps + 3 * n, 4 * n);
    const size = (count: number) => doubles(count, precision);
    const w = takeWorkspace(runtime, {
      key: `lstsq ${precision} ${m} ${n} ${refine}`,
      f64: {
        A: size(m * n),
        given: refine ? size(m * n) : 0,
        scales: size(n),
        tau: size(steps),
        norms: size(2 * n),
        b: size(m),
        r: size(m),
        x: size(n),
        work: size(work),
      },
      i32: { perm: n },
    });
    this.#w = w;
    const k = kernelsOf(w.runtime, precision);
    this.#k = k;
    const at = w.at as Readonly<Record<Name, number>>;
    this.#at = at;
    this.m = m;
    this.n = n;
    const columns = view(w, "A", m * n, precision);
    writeColumns(s, columns, m);
    const scale = middleScale(largestOf(columns), precision);
    this.#scale = scale;
    if (scale !== 1) for (let i = 0; i < columns.length; i++) columns[i] = columns[i]! * scale;
    this.#order = sortRows(m, n, columns);
    if (refine) view(w, "given", m * n, precision).set(columns);
    let rank = k.lstsqFactor(m, n, at.A, at.scales, at.tau, at.perm, at.norms, tolerance);
    const condition = (size: number) =>
      size > 0 ? k.condition(TRIANGLE, size, k.normR(size, at.A, m), at.A, m, 0, 0, at.work) : 0;
    let rcond = condition(rank);
    // Diagonal elements may hide a dependence of columns (Kahan's matrix); the estimate sees it.
    while (rank > 0 && rcond < epsilon[precision] / 2) rcond = condition(--rank);
    this.rank = rank;
    this.rcond = rank < steps ? 0 : rcond;
  }

  readonly m: number;
  readonly n: number;

  /** Fills x and answers |A x - b|. */
  solve(b: ArrayLike<number>, x: Real): number {
    const { m, n, rank, precision, refine } = this;
    const { A, given, scales, tau, perm, b: pb, r: pr, x: px, work } = this.#at;
    const k = this.#k;
    const r = view(this.#w, "r", m, precision);
    const order = this.#order;
    if (order) for (let i = 0; i < m; i++) r[i] = b[order[i]!]!;
    else copyArray(b, r, m);
    const scale = middleScale(largestOf(r), precision);
    if (scale !== 1) for (let i = 0; i < m; i++) r[i] = r[i]! * scale;
    if (refine) view(this.#w, "b", m, precision).set(r);
    const solution = view(this.#w, "x", n, precision);
    solution.fill(0);
    k.lstsqSolve(m, n, rank, A, scales, tau, perm, pr, px, work);
    if (refine && rank === n) k.lstsqRefine(m, n, given, A, scales, tau, perm, pb, px, pr, work);
    // (s A) y = t b: x = (s / t) y, in two steps that do not overflow where x does not.
    for (let j = 0; j < n; j++) {
      const y = solution[j]!;
      x[j] = this.#scale > 1 && scale > 1 ? (y / scale) * this.#scale : y * this.#scale * (1 / scale);
    }
    checkResult("lstsq", x);
    return k.nrm2(m, pr) / scale;
  }

  release(): void {
    this.#w.release();
  }
}
