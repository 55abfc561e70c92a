// One linear system: the factorisations that `solve` chooses among.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { booleanOption } from "../runtime/options.js";
import type { Workspace } from "../runtime/workspace.js";
import { CHOLESKY, LU, TRIANGLE } from "./factor.js";
import { element, type Precision, type Real, type Source, writeRows } from "./matrix.js";
import { doubles, epsilon, type Kernels, kernelsOf, vector, view } from "./precision.js";
import { conditionWarnings, notPositiveDefinite, notSymmetric, singular } from "./refusals.js";
import { scaleByMeans, scaleRows, scaleSymmetric } from "./scaling.js";
import type { DenseMethod, SolveOptions, SolveReport } from "./solve.js";
import { checkResult } from "./vectors.js";

/** An LU whose elements grow by more than this has lost digits that QR keeps. */
const GROWTH = 1e4;

export interface RightSide {
  readonly data: Real;
  readonly count: number;
  readonly vector: boolean;
}

/** One system in its workspace: A as it came, a factor, the right-hand sides X that become the solution. */
export class System {
  readonly #n: number;
  readonly #count: number;
  readonly #w: Workspace;
  readonly #k: Kernels;
  readonly #refine: boolean;
  readonly #at: Readonly<
    Record<"A" | "F" | "X" | "B" | "r" | "c" | "y" | "one" | "norms" | "tau" | "work" | "perm", number>
  >;
  readonly #least: number;

  constructor(
    readonly s: Source,
    readonly right: RightSide,
    readonly precision: Precision,
    o: SolveOptions,
  ) {
    const n = s.rows;
    const { count } = right;
    this.#n = n;
    this.#count = count;
    this.#least = epsilon[precision] / 2;
    this.#refine = booleanOption("solve", "refine", o.refine, false);
    const size = (numbers: number) => doubles(numbers, precision);
    const sizes = kernelsOf(chosenRuntime(o.runtime), precision);
    const bytes = Math.max(
      sizes.luWork(n),
      sizes.choleskyWork(n),
      sizes.qrWork(n, n),
      sizes.trsmWork(n, count),
    );
    this.#w = takeWorkspace(o.runtime, {
      key: `solve ${precision} ${n} ${count}`,
      f64: {
        A: size(n * n),
        F: size(n * n),
        X: size(n * count),
        B: size(n * count),
        r: size(n),
        c: size(n),
        y: size(n),
        one: size(n),
        norms: size(4 * n),
        tau: size(n),
        work: Math.ceil(bytes / 8),
      },
      i32: { perm: n },
    });
    this.#k = kernelsOf(this.#w.runtime, precision);
    this.#at = this.#w.at as never;
    writeRows(s, this.#view("A", n * n));
    this.#view("B", n * count).set(right.data);
  }

  #view(name: string, length: number): Real {
    return view(this.#w, name, length, this.precision);
  }

  release(): void {
    this.#w.release();
  }

  solve(method: "auto" | DenseMethod): SolveReport<Real> {
    if (method === "cholesky" || method === "auto") {
      const answer = this.#cholesky(method === "cholesky");
      if (answer) return answer;
    }
    return this.#general(method);
  }

  #finish(method: DenseMethod, rcond: number, again: () => void): SolveReport<Real> {
    const n = this.#n;
    const length = n * this.#count;
    const x = vector(length, this.precision);
    x.set(this.#view("X", length));
    if (this.#refine) {
      this.#residuals(x);
      again();
      const d = this.#view("X", length);
      for (let i = 0; i < length; i++) x[i] = x[i]! + d[i]!;
    }
    checkResult("solve", x);
    return { x, method, rcond, warnings: conditionWarnings(rcond, this.precision === "f64") };
  }

  /** X = B - A x, each column in twice the precision. */
  #residuals(x: Real): void {
    const n = this.#n;
    const count = this.#count;
    const { A, y, one } = this.#at;
    const [xs, bs, rs] = [this.#view("y", n), this.#view("one", n), this.#view("norms", n)];
    const B = this.#view("B", n * count);
    const X = this.#view("X", n * count);
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < n; i++) {
        xs[i] = x[i * count + j]!;
        bs[i] = B[i * count + j]!;
      }
      this.#k.residual(n, n, A, n, y, one, this.#at.norms);
      for (let i = 0; i < n; i++) X[i * count + j] = rs[i]!;
    }
  }

  #cholesky(forced: boolean): SolveReport<Real> | null {
    const n = this.#n;
    const k = this.#k;
    const { A, F, norms, work } = this.#at;
    const at = k.asymmetry(n, A, n, 0);
    if (at >= 0) {
      if (!forced) return null;
      const [i, j] = [Math.floor(at / n), at % n];
      throw notSymmetric(
        "solve",
        this.s.cols,
        i,
        j,
        element(this.s, i, j),
        element(this.s, j, i),
        'method: "auto" takes any A',
      );
    }
    const s = this.#view("r", n);
    let scaled = false;
    const factor = () => {
      this.#view("F", n * n).set(this.#view("A", n * n));
      scaled = scaleSymmetric(n, this.#view("F", n * n), s);
      const norm = k.norm1(n, n, F, n, norms);
      const failed = k.cholesky(n, F, n, work);
      return failed ? -failed : k.condition(CHOLESKY, n, norm, F, n, 0, 0, norms);
    };
    const rcond = factor();
    if (rcond < 0) {
      if (!forced) return null;
      throw notPositiveDefinite("solve", -rcond - 1);
    }
    const second = this.#secondOpinion(rcond);
    if (second && !forced) return second;
    if (second) factor();
    const run = () => {
      const { X } = this.#at;
      if (scaled) scaleRows(this.#count, this.#view("X", n * this.#count), s);
      if (this.#count === 1) k.choleskySolve(n, F, n, X);
      else {
        k.trsm(false, false, false, n, this.#count, F, n, X, this.#count, work);
        k.trsm(false, true, false, n, this.#count, F, n, X, this.#count, work);
      }
      if (scaled) scaleRows(this.#count, this.#view("X", n * this.#count), s);
    };
    this.#view("X", n * this.#count).set(this.right.data);
    run();
    return this.#finish("cholesky", rcond, run);
  }

  #general(method: "auto" | DenseMethod): SolveReport<Real> {
    const n = this.#n;
    const k = this.#k;
    const { F, r, c, perm, norms, work } = this.#at;
    if (method === "qr") return this.#qr();
    let norm = 0;
    let top = 0;
    const factor = () => {
      this.#view("F", n * n).set(this.#view("A", n * n));
      k.equilibrate(n, F, n, r, c);
      norm = k.norm1(n, n, F, n, norms);
      top = k.largestEntry(n, n, F, n);
      return k.lu(n, F, n, perm, work);
    };
    const failed = factor();
    if (failed) {
      // An element can be lost, and a pivot 0, where numbers in large units stand beside it.
      const rcond = method === "auto" ? this.#bestQr() : 0;
      if (rcond >= this.#least) return this.#qr(rcond);
      throw singular("solve", failed - 1, 0);
    }
    const growth = k.largestEntry(n, n, F, n) / top;
    if (method === "auto" && growth > GROWTH) return this.#qr();
    const rcond = k.condition(LU, n, norm, F, n, perm, 0, norms);
    const second = this.#secondOpinion(rcond);
    if (second && method === "auto") return second;
    if (second) factor();
    const run = () => this.#luSolve();
    this.#view("X", n * this.#count).set(this.right.data);
    run();
    return this.#finish("lu", rcond, run);
  }

  /**
   * A factorisation is exact for a matrix that differs by about n u, u = eps / 2, so an rcond below 2 n u may be that of
   * rounding errors alone, or too small by as much. There QR, whose errors are smallest, answers, and is SINGULAR where its
   * rcond < u. Null where rcond is beyond that doubt; else QR stands in the place of the factor.
   */
  #secondOpinion(rcond: number): SolveReport<Real> | null {
    return rcond < 2 * this.#n * this.#least ? this.#qr() : null;
  }

  /** X = diag(c) (P' L U)^-1 diag(r) X. */
  #luSolve(): void {
    const n = this.#n;
    const count = this.#count;
    const k = this.#k;
    const { F, X, r, c, perm, work, y } = this.#at;
    if (count === 1) {
      k.multiply(n, r, X);
      k.luSolve(n, F, n, perm, X, y);
      k.multiply(n, c, y);
      this.#view("X", n).set(this.#view("y", n));
      return;
    }
    const order = this.#w.i32.perm as Int32Array;
    const x = this.#view("X", n * count);
    const [rows, columns] = [this.#view("r", n), this.#view("c", n)];
    const given = x.slice();
    for (let i = 0; i < n; i++) {
      const from = order[i]!;
      const scale = rows[from]!;
      for (let j = 0; j < count; j++) x[i * count + j] = scale * given[from * count + j]!;
    }
    k.trsm(false, false, true, n, count, F, n, X, count, work);
    k.trsm(true, false, false, n, count, F, n, X, count, work);
    for (let i = 0; i < n; i++) {
      const scale = columns[i]!;
      for (let j = 0; j < count; j++) x[i * count + j] = scale * x[i * count + j]!;
    }
  }

  /** QR of the scaled matrix, with scales that undo units (`means`) or equilibrate: its rcond, 0 where R has a zero. */
  #qrFactor(means: boolean): number {
    const [n, k] = [this.#n, this.#k];
    const { F, tau, norms, work, r, c } = this.#at;
    const f = this.#view("F", n * n);
    f.set(this.#view("A", n * n));
    if (means) scaleByMeans(n, f, this.#view("r", n), this.#view("c", n), this.precision);
    else k.equilibrate(n, F, n, r, c);
    for (let i = 1; i < n; i++)
      for (let j = 0; j < i; j++) [f[i * n + j], f[j * n + i]] = [f[j * n + i]!, f[i * n + j]!];
    k.qrBlocked(n, n, F, n, tau, work);
    for (let i = 0; i < n; i++) if (f[i * (n + 1)] === 0) return 0;
    return k.condition(TRIANGLE, n, k.normR(n, F, n), F, n, 0, 0, norms);
  }

  /** QR in the scales in which A is best conditioned: its rcond. */
  #bestQr(): number {
    const first = this.#qrFactor(false);
    if (first >= 2 * this.#n * this.#least) return first;
    const rcond = this.#qrFactor(true);
    return rcond >= Math.max(first, this.#least) ? rcond : this.#qrFactor(false);
  }

  /** By that QR. */
  #qr(rcond = this.#bestQr()): SolveReport<Real> {
    const [n, count, k] = [this.#n, this.#count, this.#k];
    const { F, tau, r, c, y } = this.#at;
    if (rcond < this.#least) throw singular("solve", smallestPivot(n, this.#view("F", n * n)), rcond);
    const run = () => {
      const X = this.#view("X", n * count);
      const one = this.#view("y", n);
      for (let j = 0; j < count; j++) {
        for (let i = 0; i < n; i++) one[i] = X[i * count + j]!;
        k.multiply(n, r, y);
        k.applyQT(n, n, F, n, tau, y);
        k.solveR(n, F, n, y);
        k.multiply(n, c, y);
        for (let i = 0; i < n; i++) X[i * count + j] = one[i]!;
      }
    };
    this.#view("X", n * count).set(this.right.data);
    run();
    return this.#finish("qr", rcond, run);
  }
}

/** Index of the smallest |diagonal element|. */
function smallestPivot(n: number, F: Real): number {
  let least = 0;
  for (let i = 1; i < n; i++) if (Math.abs(F[i * (n + 1)]!) < Math.abs(F[least * (n + 1)]!)) least = i;
  return least;
}
