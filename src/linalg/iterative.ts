// Iterative solvers of A x = b: jacobi, gaussSeidel (SOR) and preconditioned conjugate gradients. For dense and sparse
// matrices the iteration runs inside WebAssembly, in chunks between which limits, progress and signals are looked at.

import { macrotask } from "../driver/drive.js";
import { Monitor } from "../driver/monitor.js";
import { type Iteration, type Limits, limitKeys, type Progress } from "../driver/types.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";
import { isSparse, type SparseMatrix } from "./csr.js";
import { checkSquare } from "./factor.js";
import { checkMatrixFinite, checkVector, type MatrixLike, readMatrix, shapeError } from "./matrix.js";
import { operatorRun } from "./operator.js";
import { storedRun } from "./stored.js";

/** out = A x; x is borrowed for the call. */
export type Operator = (x: Float64Array, out: Float64Array) => void;

export interface IterativeOptions extends Limits {
  /** Stops when |b - A x| <= tolerance |b| (2-norms); default 1e-10. */
  tolerance?: number | undefined;
  /** Start; default 0. */
  x0?: ArrayLike<number> | undefined;
}

export interface JacobiOptions extends IterativeOptions {
  /** Damping in (0, 2); default 1. */
  omega?: number | undefined;
  /** The diagonal of A, where A is a function. */
  diagonal?: ArrayLike<number> | undefined;
}

export interface GaussSeidelOptions extends IterativeOptions {
  /** Relaxation in (0, 2): over 1 is SOR; default 1. */
  omega?: number | undefined;
  /** A sweep down and one up make an iteration; default false. */
  symmetric?: boolean | undefined;
}

export interface CgOptions extends IterativeOptions {
  /** Default none. A function gets r and fills z = M^-1 r; M must be symmetric positive definite. */
  preconditioner?:
    | "none"
    | "jacobi"
    | "ssor"
    | "ic0"
    | ((r: Float64Array, out: Float64Array) => void)
    | undefined;
  /** Relaxation of "ssor", in (0, 2); default 1. */
  omega?: number | undefined;
  /** Refuses a dense or sparse A that is not symmetric to rounding (100 eps max |A|); default true. */
  check?: boolean | undefined;
  /** The diagonal of A, for "jacobi" where A is a function. */
  diagonal?: ArrayLike<number> | undefined;
}

export type IterativeEnd =
  | { status: "converged"; reason: "residual" }
  | { status: "stopped"; reason: "maxIterations" | "maxEvaluations" | "maxTime" | "callback" | "abort" }
  | { status: "failed"; reason: "breakdown" | "notPositiveDefinite" | "diverging" };

export type IterativeResult = IterativeEnd & {
  readonly x: Float64Array;
  readonly success: boolean;
  readonly message: string;
  /** Iterations taken. */
  readonly nit: number;
  /** |b - A x| of this x, computed at the end. */
  readonly residualNorm: number;
  /** |r| at the start and after each iteration, as the iteration carries it. */
  readonly history: Float64Array;
  readonly elapsedMs: number;
  /** Every iteration, with `trace: true`; `fun` and `gradNorm` are |r|, steps are not measured. */
  readonly trace?: readonly Iteration[];
};

/** What jacobi, gaussSeidel and cg hand to a run, all checked. */
export interface Request {
  readonly where: "jacobi" | "gaussSeidel" | "cg";
  readonly n: number;
  readonly A: SparseMatrix | Float64Array | Operator;
  readonly b: Float64Array;
  readonly x0: Float64Array | null;
  readonly omega: number;
  readonly symmetric: boolean;
  readonly preconditioner:
    | "none"
    | "jacobi"
    | "ssor"
    | "ic0"
    | ((r: Float64Array, out: Float64Array) => void);
  readonly diagonal: Float64Array | null;
  readonly tolerance: number;
  readonly limits: Limits;
}

/** A run between two looks at the limits. */
export interface Run {
  readonly n: number;
  readonly history: number[];
  /** Takes up to so many iterations and says how they ended, or null to go on. */
  advance(steps: number): IterativeEnd | null;
  x(): Float64Array;
  /** |b - A x|, computed anew. */
  residualNorm(): number;
  release(): void;
}

const keys = [...limitKeys, "tolerance", "x0", "omega"] as const;

/** x += omega D^-1 (b - A x). */
export function jacobi(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions = {},
): IterativeResult {
  return runSync(requestJacobi(A, b, o));
}

/** As `jacobi`, giving the event loop a turn at least every 8 ms; rejects with `signal.reason` on abort. */
export async function jacobiAsync(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions = {},
): Promise<IterativeResult> {
  return runAsync(requestJacobi(A, b, o));
}

/** Gauss-Seidel sweeps, with relaxation `omega` (SOR), symmetric on demand. */
export function gaussSeidel(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions = {},
): IterativeResult {
  return runSync(requestGaussSeidel(A, b, o));
}

/** As `gaussSeidel`, giving the event loop a turn at least every 8 ms; rejects with `signal.reason` on abort. */
export async function gaussSeidelAsync(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions = {},
): Promise<IterativeResult> {
  return runAsync(requestGaussSeidel(A, b, o));
}

/** Preconditioned conjugate gradients for symmetric positive definite A. */
export function cg(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: CgOptions = {},
): IterativeResult {
  return runSync(requestCg(A, b, o));
}

/** As `cg`, giving the event loop a turn at least every 8 ms; rejects with `signal.reason` on abort. */
export async function cgAsync(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: CgOptions = {},
): Promise<IterativeResult> {
  return runAsync(requestCg(A, b, o));
}

function requestJacobi(
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions,
): Request {
  checkKeys("jacobi", o, [...keys, "diagonal"]);
  const request = readSystem("jacobi", A, b, o, o.diagonal);
  if (typeof A === "function" && !request.diagonal)
    throw optionError("jacobi", "diagonal", o.diagonal, "the diagonal of A, when A is a function");
  zeroDiagonal(request);
  return request;
}

function requestGaussSeidel(
  A: MatrixLike | SparseMatrix,
  b: ArrayLike<number>,
  o: GaussSeidelOptions,
): Request {
  checkKeys("gaussSeidel", o, [...keys, "symmetric"]);
  if (typeof A === "function") {
    throw new DownhillError("UNSUPPORTED", "gaussSeidel: A must be a matrix, got a function", {
      hint: "sweeps need the elements; cg and jacobi take functions",
    });
  }
  const request = {
    ...readSystem("gaussSeidel", A, b, o, undefined),
    symmetric: booleanOption("gaussSeidel", "symmetric", o.symmetric, false),
  };
  zeroDiagonal(request);
  return request;
}

function requestCg(A: MatrixLike | SparseMatrix | Operator, b: ArrayLike<number>, o: CgOptions): Request {
  const where = "cg";
  checkKeys(where, o, [...keys, "preconditioner", "check", "diagonal"]);
  const given = o.preconditioner;
  const preconditioner =
    typeof given === "function"
      ? given
      : choiceOption(where, "preconditioner", given, ["none", "jacobi", "ssor", "ic0"], "none");
  const request = { ...readSystem(where, A, b, o, o.diagonal), preconditioner };
  if (typeof A === "function") {
    if (preconditioner === "ssor" || preconditioner === "ic0")
      throw optionError(
        where,
        "preconditioner",
        given,
        '"jacobi" with `diagonal`, or a function, when A is one',
      );
    if (preconditioner === "jacobi" && !request.diagonal)
      throw optionError(
        where,
        "diagonal",
        o.diagonal,
        'the diagonal of A, for "jacobi" when A is a function',
      );
  } else if (booleanOption(where, "check", o.check, true)) {
    checkSymmetric(request);
  }
  return request;
}

function readSystem(
  where: Request["where"],
  A: MatrixLike | SparseMatrix | Operator,
  b: ArrayLike<number>,
  o: JacobiOptions,
  diagonal: ArrayLike<number> | undefined,
): Request {
  let n: number;
  let stored: Request["A"];
  if (typeof A === "function") {
    n = checkVector(where, "b", b, (b as ArrayLike<number> | undefined)?.length ?? -1).length;
    if (n === 0) throw shapeError(where, "b is empty", { argument: "b" });
    stored = A;
  } else if (isSparse(A)) {
    n = A.rows;
    if (n !== A.cols || n === 0) {
      const wanted = "a square matrix with at least one row";
      throw shapeError(where, `A is ${n} x ${A.cols}, expected ${wanted}`, { argument: "A" });
    }
    stored = A;
  } else {
    const s = readMatrix(where, "A", A);
    checkSquare(where, s);
    checkMatrixFinite(where, "A", s);
    n = s.rows;
    const plain = s.flat instanceof Float64Array && s.offset === 0 && s.colStride === 1 && s.rowStride === n;
    stored = plain
      ? (s.flat as Float64Array)
      : Float64Array.from({ length: n * n }, (_, i) => {
          const [r, c] = [Math.floor(i / n), i % n];
          const row = s.nested?.[r];
          return (row ? row[c] : s.flat?.[s.offset + r * s.rowStride + c * s.colStride]) as number;
        });
  }
  checkVector(where, "b", b, n);
  if (o.x0 !== undefined) checkVector(where, "x0", o.x0, n);
  if (diagonal !== undefined) checkVector(where, "diagonal", diagonal, n);
  return {
    where,
    n,
    A: stored,
    b: new Float64Array(b),
    x0: o.x0 === undefined ? null : new Float64Array(o.x0),
    omega: numberOption(where, "omega", o.omega, 1, { min: 0, max: 1.9999999999999998, exclusive: true }),
    symmetric: false,
    preconditioner: "none",
    diagonal: diagonal === undefined ? diagonalOf(n, stored) : new Float64Array(diagonal),
    tolerance: numberOption(where, "tolerance", o.tolerance, 1e-10, { min: 0 }),
    limits: o,
  };
}

function diagonalOf(n: number, A: Request["A"]): Float64Array | null {
  if (typeof A === "function") return null;
  const d = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (A instanceof Float64Array) d[i] = A[i * n + i] as number;
    else {
      for (let k = A.rowPtr[i] as number; k < (A.rowPtr[i + 1] as number); k++)
        if (A.colIdx[k] === i) d[i] = A.values[k] as number;
    }
  }
  return d;
}

function zeroDiagonal({ where, diagonal }: Request): void {
  const pivot = (diagonal as Float64Array).indexOf(0);
  if (pivot < 0) return;
  throw new DownhillError("SINGULAR", `${where}: A[${pivot}][${pivot}] is 0, and each step divides by it`, {
    hint: "reorder the rows, or use solve",
    details: { pivot, rcond: 0 },
  });
}

function checkSymmetric({ n, A }: Request): void {
  const refuse = (row: number, col: number, a: number, b: number) => {
    throw new DownhillError(
      "NOT_POSITIVE_DEFINITE",
      `cg: A is not symmetric: A[${row}][${col}] is ${quote(a)}, A[${col}][${row}] is ${quote(b)}`,
      {
        hint: "check: false goes on all the same",
        details: { pivot: Math.max(row, col), rcond: 0, row, col, index: row * n + col },
      },
    );
  };
  if (A instanceof Float64Array) {
    let largest = 0;
    for (let i = 0; i < A.length; i++) largest = Math.max(largest, Math.abs(A[i] as number));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [A[j * n + i] as number, A[i * n + j] as number];
        if (Math.abs(a - b) > 2.3e-14 * largest) refuse(j, i, a, b);
      }
    }
    return;
  }
  const { rowPtr, colIdx, values } = A as SparseMatrix;
  let largest = 0;
  for (let k = 0; k < values.length; k++) largest = Math.max(largest, Math.abs(values[k] as number));
  // Rows in order meet the elements of each column in order, so one cursor a row finds the partner.
  const cursor = rowPtr.slice(0, n);
  const partner = (i: number, j: number): number => {
    let k = cursor[j] as number;
    const end = rowPtr[j + 1] as number;
    while (k < end && (colIdx[k] as number) < i) k++;
    cursor[j] = k;
    return k < end && colIdx[k] === i ? (values[k] as number) : 0;
  };
  for (let i = 0; i < n; i++) {
    for (let k = rowPtr[i] as number; k < (rowPtr[i + 1] as number); k++) {
      const j = colIdx[k] as number;
      if (j === i) continue;
      const a = values[k] as number;
      const b = partner(i, j);
      if (Math.abs(a - b) > 2.3e-14 * largest) refuse(i, j, a, b);
    }
  }
}

/** Iterations of the first chunk; later ones are sized to take about SLICE_MS. */
const FIRST = 16;
const LONGEST = 1024;
const SLICE_MS = 4;

class Session {
  readonly run: Run;
  readonly #monitor: Monitor;
  readonly #progress: Progress;
  readonly #stride: number;
  readonly #room: number;
  readonly #watched: boolean;
  #chunk = FIRST;

  constructor(request: Request) {
    const { where, limits, n } = request;
    const never = { gradTol: -1, stepTol: -1, funTol: -1, target: -Infinity };
    const most = Math.max(1000, 10 * n);
    this.#monitor = new Monitor(where, limits, never, most);
    this.#watched = limits.onIteration !== undefined || limits.trace === true;
    this.#stride = limits.trace ? 1 : limits.onIteration ? (limits.every ?? 1) : LONGEST;
    this.#room = Math.min(limits.maxIterations ?? most, (limits.maxEvaluations ?? Infinity) - 1);
    this.run = typeof request.A === "function" ? operatorRun(request) : storedRun(request);
    this.#progress = {
      x: new Float64Array(0),
      fun: Infinity,
      gradNorm: Infinity,
      stepNorm: Number.NaN,
      gradient: Infinity,
      step: Infinity,
      decrease: Infinity,
    };
  }

  get elapsedMs(): number {
    return this.#monitor.elapsedMs;
  }

  /** One chunk; how the run ended, or null. */
  next(): IterativeEnd | null {
    const { run } = this;
    const monitor = this.#monitor;
    const left = Math.min(this.#stride - (monitor.nit % this.#stride), this.#room - monitor.nit);
    if (!(left > 0)) return this.#limit();
    const before = monitor.elapsedMs;
    const steps = Math.min(this.#chunk, left);
    const end = run.advance(steps);
    const nit = run.history.length - 1;
    monitor.nfev = nit + 1;
    monitor.nit = nit;
    const spent = monitor.elapsedMs - before;
    if (spent < SLICE_MS / 2) this.#chunk = Math.min(LONGEST, this.#chunk * 2);
    else if (spent > SLICE_MS) this.#chunk = Math.max(1, this.#chunk >> 1);
    const due = this.#watched && nit > 0 && nit % this.#stride === 0;
    const stop = due ? this.#report(nit) : monitor.interrupted();
    if (end) return end;
    return stop?.status === "stopped" ? stop : null;
  }

  #report(nit: number) {
    const progress = this.#progress;
    progress.x = this.run.x();
    progress.fun = this.run.history[nit] as number;
    progress.gradNorm = progress.fun;
    // afterIteration counts the iteration itself.
    this.#monitor.nit = nit - 1;
    return this.#monitor.afterIteration(progress);
  }

  #limit(): IterativeEnd {
    const { nit } = this.#monitor;
    const byCount = nit >= this.#room;
    const iterations = !Number.isFinite(this.#room) || !byCount || this.#monitor.beforeEvaluation(1) === null;
    return { status: "stopped", reason: iterations ? "maxIterations" : "maxEvaluations" };
  }

  result(end: IterativeEnd): IterativeResult {
    const { run } = this;
    const history = new Float64Array(run.history);
    const residualNorm = run.residualNorm();
    return {
      ...end,
      x: run.x(),
      success: end.status === "converged",
      message: describe(end, history.length - 1),
      nit: history.length - 1,
      residualNorm,
      history,
      elapsedMs: this.elapsedMs,
      ...(this.#monitor.trace ? { trace: this.#monitor.trace } : {}),
    };
  }
}

function runSync(request: Request): IterativeResult {
  const session = new Session(request);
  try {
    let end = session.run.advance(0);
    while (!end) end = session.next();
    return session.result(end);
  } finally {
    session.run.release();
  }
}

async function runAsync(request: Request): Promise<IterativeResult> {
  const session = new Session(request);
  try {
    let slice = performance.now();
    let end = session.run.advance(0);
    while (!end) {
      if (performance.now() - slice >= SLICE_MS) {
        await macrotask();
        slice = performance.now();
      }
      end = session.next();
    }
    if (end.reason === "abort") throw request.limits.signal?.reason;
    return session.result(end);
  } finally {
    session.run.release();
  }
}

const words: Record<IterativeEnd["reason"], string> = {
  residual: "converged: |b - A x| <= tolerance |b|",
  maxIterations: "stopped at the limit maxIterations",
  maxEvaluations: "stopped before a product beyond maxEvaluations",
  maxTime: "stopped at the limit maxTimeMs",
  callback: 'stopped because onIteration returned "stop"',
  abort: "stopped by the AbortSignal",
  breakdown: "the preconditioner is not positive definite, or not finite",
  notPositiveDefinite: "A is not positive definite: a direction of curvature <= 0 was met",
  diverging: "the residual grows without bound",
};

function describe(end: IterativeEnd, nit: number): string {
  return `${words[end.reason]} after ${nit} iterations`;
}
