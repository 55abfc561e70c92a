// One linear system: the factorisations that `solve` chooses among.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { booleanOption } from "../runtime/options.js";
import type { Workspace } from "../runtime/workspace.js";
import { CHOLESKY, LU, TRIANGLE } from "./factor.js";
import { element, type Precision, type Real, type Source, writeRows } from "./matrix.js";
import { doubles, epsilon, type Kernels, kernelsOf, vector, view } from "./precision.js";
import { notPositiveDefinite, notSymmetric, singular } from "./refusals.js";
import type { SolveMethod, SolveOptions, SolveReport } from "./solve.js";

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
  readonly #wantRcond: boolean;
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
    this.#wantRcond = booleanOption("solve", "report", o.report, false);
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

  solve(method: "auto" | SolveMethod): SolveReport<Real> {
    if (method === "cholesky" || method === "auto") {
      const answer = this.#cholesky(method === "cholesky");
      if (answer) return answer;
    }
    return this.#general(method);
  }

  #finish(method: SolveMethod, rcond: number, again: () => void): SolveReport<Real> {
    const n = this.#n;
    const length = n * this.#count;
    const x = vector(length, this.precision);
    x.set(this.#view("X", length));
    if (this.#refine) {
      this.#residuals(x);
      again();
      const d = this.#view("X", length);
      for (let i = 0; i < length; i++) x[i] = (x[i] as number) + (d[i] as number);
    }
    return { x, method, rcond };
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
        xs[i] = x[i * count + j] as number;
        bs[i] = B[i * count + j] as number;
      }
      this.#k.residual(n, n, A, n, y, one, this.#at.norms);
      for (let i = 0; i < n; i++) X[i * count + j] = rs[i] as number;
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
      throw notSymmetric("solve", this.s, i, j, element(this.s, i, j), element(this.s, j, i));
    }
    this.#view("F", n * n).set(this.#view("A", n * n));
    const failed = k.cholesky(n, F, n, work);
    if (failed) {
      if (!forced) return null;
      throw notPositiveDefinite("solve", failed - 1);
    }
    let rcond = 0;
    if (this.#wantRcond) {
      const norm = k.norm1(n, n, A, n, norms);
      rcond = k.condition(CHOLESKY, n, norm, F, n, 0, 0, norms);
    }
    const run = () => {
      const { X } = this.#at;
      if (this.#count === 1) k.choleskySolve(n, F, n, X);
      else {
        k.trsm(false, false, false, n, this.#count, F, n, X, this.#count, work);
        k.trsm(false, true, false, n, this.#count, F, n, X, this.#count, work);
      }
    };
    this.#view("X", n * this.#count).set(this.right.data);
    run();
    return this.#finish("cholesky", rcond, run);
  }

  #general(method: "auto" | SolveMethod): SolveReport<Real> {
    const n = this.#n;
    const k = this.#k;
    const { F, r, c, perm, norms, work } = this.#at;
    this.#view("F", n * n).set(this.#view("A", n * n));
    k.equilibrate(n, F, n, r, c);
    const norm = k.norm1(n, n, F, n, norms);
    const top = k.largestEntry(n, n, F, n);
    if (method !== "qr") {
      const failed = k.lu(n, F, n, perm, work);
      if (failed) throw singular("solve", failed - 1, 0);
      const growth = k.largestEntry(n, n, F, n) / top;
      if (method === "lu" || growth <= GROWTH) {
        const rcond = k.condition(LU, n, norm, F, n, perm, 0, norms);
        if (rcond < this.#least) throw singular("solve", this.#smallest(n + 1), rcond);
        const run = () => this.#luSolve();
        this.#view("X", n * this.#count).set(this.right.data);
        run();
        return this.#finish("lu", rcond, run);
      }
      this.#view("F", n * n).set(this.#view("A", n * n));
      k.equilibrate(n, F, n, r, c);
    }
    return this.#qr();
  }

  /** Index of the smallest |diagonal element|. */
  #smallest(step: number): number {
    const F = this.#view("F", this.#n * this.#n);
    let least = 0;
    for (let i = 1; i < this.#n; i++) {
      if (Math.abs(F[i * step] as number) < Math.abs(F[least * step] as number)) least = i;
    }
    return least;
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
      const from = order[i] as number;
      const scale = rows[from] as number;
      for (let j = 0; j < count; j++) x[i * count + j] = scale * (given[from * count + j] as number);
    }
    k.trsm(false, false, true, n, count, F, n, X, count, work);
    k.trsm(true, false, false, n, count, F, n, X, count, work);
    for (let i = 0; i < n; i++) {
      const scale = columns[i] as number;
      for (let j = 0; j < count; j++) x[i * count + j] = scale * (x[i * count + j] as number);
    }
  }

  /** By QR of the equilibrated matrix, which stands in F row by row. */
  #qr(): SolveReport<Real> {
    const n = this.#n;
    const count = this.#count;
    const k = this.#k;
    const { F, tau, norms, work, r, c, y } = this.#at;
    const f = this.#view("F", n * n);
    for (let i = 1; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const t = f[i * n + j] as number;
        f[i * n + j] = f[j * n + i] as number;
        f[j * n + i] = t;
      }
    }
    k.qrBlocked(n, n, F, n, tau, work);
    for (let i = 0; i < n; i++) if (f[i * (n + 1)] === 0) throw singular("solve", i, 0);
    const rcond = k.condition(TRIANGLE, n, k.normR(n, F, n), F, n, 0, 0, norms);
    if (rcond < this.#least) throw singular("solve", this.#smallest(n + 1), rcond);
    const run = () => {
      const X = this.#view("X", n * count);
      const one = this.#view("y", n);
      for (let j = 0; j < count; j++) {
        for (let i = 0; i < n; i++) one[i] = X[i * count + j] as number;
        k.multiply(n, r, y);
        k.applyQT(n, n, F, n, tau, y);
        k.solveR(n, F, n, y);
        k.multiply(n, c, y);
        for (let i = 0; i < n; i++) X[i * count + j] = one[i] as number;
      }
    };
    this.#view("X", n * count).set(this.right.data);
    run();
    return this.#finish("qr", rcond, run);
  }
}
