// Runs on dense and sparse matrices: the system is copied into WebAssembly once, a kernel takes the iterations, as many in
// a call as the driver's chunk says.

import * as slots from "../abi/iterative.js";
import { type Ask, type Call, CHECK } from "../driver/task.js";
import type { Rows } from "../linalg/csr-parts.js";
import type { Workspace } from "../runtime/workspace.js";
import { BROKEN, DIVERGED, INDEFINITE, type IterativeEnd, NOT_FINITE } from "./ends.js";
import type { Form, System } from "./request.js";
import { compress, copyPairedRows, copyRows, lowerTriangle } from "./rows.js";
import { Space } from "./space.js";
import { inUnits, LinearTask, type Steps } from "./task.js";

/** Iterations of a call at most: as many residuals as are recorded. */
const RECORDED = 1024;
/** Of the first call of a run that is timed. */
const FIRST = 16;
/** |r| beyond this many times |b| + |r0| is divergence. */
const GROWTH = 1e8;

const faults: Readonly<Record<number, IterativeEnd>> = {
  [slots.BREAKDOWN]: BROKEN,
  [slots.NOT_POSITIVE_DEFINITE]: INDEFINITE,
  [slots.DIVERGING]: DIVERGED,
  [slots.NON_FINITE]: NOT_FINITE,
};

/** A method whose iteration is a kernel. */
export interface KernelMethod {
  readonly name: "jacobi" | "gaussSeidel" | "cg";
  readonly omega: number;
  readonly symmetric: boolean;
  readonly preconditioner: "none" | "jacobi" | "ssor" | "ic0";
  readonly diagonal: Float64Array;
}

const codes = { none: slots.PLAIN, jacobi: slots.JACOBI, ssor: slots.SSOR, ic0: slots.IC0 } as const;

type MatrixSpace = Workspace<
  "values" | "other",
  never,
  "frame" | "rowPtr" | "offsets" | "otherPtr" | "otherOffsets"
>;
type Vectors = "scalars" | "d" | "b" | "x" | "r" | "p" | "q" | "z" | "history";

export class StoredRun extends LinearTask<Vectors> {
  readonly space: Space<Vectors>;
  readonly #method: KernelMethod;
  readonly #w: MatrixSpace;
  readonly #frame: number;
  readonly #lower: Rows | null;
  readonly #other: { readonly ptr: number; readonly offsets: number; readonly values: number };
  /** Iterations of the last call | code << 24. */
  #outcome = 0;
  #steps = 0;
  /** r = b - A x. */
  readonly #product: Call = {
    kind: "call",
    cost: () => 1,
    run: () => {
      this.watch.nfev++;
      this.space.k.residualOf(this.#frame);
    },
  };

  constructor(system: System, method: KernelMethod, form: Form) {
    super(system, system.tolerance * system.size, form === "pulled", FIRST, RECORDED);
    const { rows: n, limits } = system;
    const A = system.A as Rows | Float64Array;
    const sparse = A instanceof Float64Array ? null : A;
    const dense = A instanceof Float64Array ? A : null;
    const { preconditioner } = method;
    // SSOR and IC(0) walk along rows, also of a dense matrix.
    const walked = preconditioner === "ssor" || preconditioner === "ic0";
    const rows = walked ? (sparse ?? compress(n, dense!)) : null;
    const lower = preconditioner === "ic0" ? lowerTriangle(n, rows!) : null;
    const other = lower ?? (sparse ? null : rows);
    const vectors = { scalars: slots.SCALARS, d: n, b: n, x: n, r: n, p: n, q: n, z: n, history: RECORDED };
    const nnz = sparse?.values.length ?? 0;
    const more = other?.values.length ?? 0;
    this.space = new Space<Vectors>(limits.runtime, method.name, vectors, ["scalars", "x", "r", "p"], {
      f64: { values: sparse ? nnz : n * n, other: more },
      i32: {
        frame: slots.FRAME_WORDS,
        rowPtr: sparse ? n + 1 : 0,
        offsets: nnz,
        otherPtr: other ? n + 1 : 0,
        otherOffsets: more,
      },
    });
    this.#method = method;
    this.#lower = lower;
    this.#w = this.space.w as MatrixSpace;
    const { at, i32, f64 } = this.#w;
    this.#frame = at.frame;
    this.#other = { ptr: at.otherPtr, offsets: at.otherOffsets, values: at.other };
    const own = { rowPtr: i32.rowPtr, offsets: i32.offsets, values: f64.values };
    // Sweeps and SSOR read rows one by one; only products may have them paired.
    if (sparse && method.name !== "gaussSeidel" && preconditioner !== "ssor") copyPairedRows(own, sparse, n);
    else if (sparse) copyRows(own, sparse);
    else f64.values.set(dense!);
    if (other) copyRows({ rowPtr: i32.otherPtr, offsets: i32.otherOffsets, values: f64.other }, other);
    this.#fillFrame(i32.frame, sparse !== null, other !== null);
    try {
      this.start(system.resume);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  #fillFrame(frame: Int32Array, sparse: boolean, other: boolean): void {
    const { at } = this.#w;
    const { v } = this.space;
    const { system } = this;
    const { name, preconditioner, diagonal, omega } = this.#method;
    v.d.f64.set(diagonal);
    v.b.f64.set(system.b);
    frame[slots.F_N] = system.rows;
    frame[slots.F_KIND] = sparse ? 1 : 0;
    frame[slots.F_A] = sparse ? at.rowPtr : at.values;
    frame[slots.F_OFFSETS] = at.offsets;
    frame[slots.F_VALUES] = at.values;
    frame[slots.F_PRECONDITIONER] = codes[preconditioner];
    frame[slots.F_DIAGONAL] = v.d.at;
    frame[slots.F_M_ROWS] = other ? at.otherPtr : at.rowPtr;
    frame[slots.F_M_OFFSETS] = other ? at.otherOffsets : at.offsets;
    frame[slots.F_M_VALUES] = other ? at.other : at.values;
    frame[slots.F_B] = v.b.at;
    frame[slots.F_X] = v.x.at;
    frame[slots.F_R] = v.r.at;
    frame[slots.F_P] = v.p.at;
    frame[slots.F_Q] = v.q.at;
    frame[slots.F_Z] = v.z.at;
    frame[slots.F_HISTORY] = v.history.at;
    frame[slots.F_SCALARS] = v.scalars.at;
    v.scalars.f64[slots.S_OMEGA] = omega;
    v.scalars.f64[slots.S_BOUND] = this.bound;
    v.scalars.f64[slots.S_MOST] = name === "cg" ? Number.MAX_VALUE : Infinity;
  }

  protected begin(resumed: boolean): void {
    if (!resumed && this.system.x0) this.space.v.x.f64.set(this.system.x0);
    this.method = this.#iterate(resumed);
  }

  *#iterate(resumed: boolean): Steps {
    const { name } = this.#method;
    const { history } = this;
    const recorded = this.space.v.history.f64;
    const fault = this.#prepare();
    if (!resumed) {
      const first = yield* this.residual();
      history.push(first);
      this.measure.value = first;
      this.space.v.scalars.f64[slots.S_MOST] =
        name === "cg" ? Number.MAX_VALUE : GROWTH * (this.system.size + first);
      yield CHECK;
      if (fault) return fault;
      const none = this.#direct();
      if (none) return none;
    } else if (history.at(-1)! <= this.bound && (yield* this.confirm()) === "confirmed") yield CHECK;
    const call: Call = {
      kind: "call",
      cost: () => this.#steps,
      run: () => {
        this.#outcome = this.#advance(this.#steps);
        this.watch.nfev += this.#outcome & 0xffffff;
        this.chunk.done();
      },
    };
    for (;;) {
      this.#steps = Math.max(1, Math.min(this.chunk.begin(), this.watch.maxEvaluations - this.watch.nfev));
      yield call;
      const taken = this.#outcome & 0xffffff;
      const code = this.#outcome >>> 24;
      let fault = faults[code] ?? null;
      for (let t = 0; t < taken - 1; t++) history.push(recorded[t]!);
      const norm = taken > 0 ? recorded[taken - 1]! : history.at(-1)!;
      if (code === slots.CONVERGED) {
        const verdict = yield* this.confirm();
        if (verdict === "again") fault = this.#direct();
        else if (verdict !== "confirmed") fault = verdict;
      }
      yield this.marked(norm, taken);
      if (fault) return fault;
    }
  }

  #advance(steps: number): number {
    const { k } = this.space;
    const { name, symmetric } = this.#method;
    if (name === "cg") return k.cgRun(this.#frame, steps);
    return name === "jacobi"
      ? k.jacobiRun(this.#frame, steps)
      : k.gaussSeidelRun(this.#frame, steps, symmetric);
  }

  *residual(): Generator<Ask, number, void> {
    yield this.#product;
    return this.space.v.scalars.f64[slots.S_RESIDUAL]!;
  }

  /** The preconditioner; how the run fails where there is none. */
  #prepare(): IterativeEnd | null {
    const { name, preconditioner } = this.#method;
    if (name !== "cg" || preconditioner === "none") return null;
    const { k } = this.space;
    const n = this.system.rows;
    const d = this.space.v.d.f64;
    for (const v of d) if (!(v > 0)) return INDEFINITE;
    if (preconditioner === "jacobi") for (let i = 0; i < n; i++) d[i] = 1 / d[i]!;
    if (preconditioner === "ic0") {
      const { ptr, offsets, values } = this.#other;
      // A shift of the diagonal makes every IC(0) succeed in the end (Manteuffel 1980).
      let shift = 0;
      while (k.incompleteCholesky(n, ptr, offsets, values, shift)) {
        shift = shift === 0 ? 1e-3 : 2 * shift;
        if (shift > 1e6) return BROKEN;
        this.#w.f64.other.set(this.#lower!.values);
      }
    }
    return null;
  }

  /** The first direction of conjugate gradients, from the residual just computed. */
  #direct(): IterativeEnd | null {
    if (this.#method.name !== "cg") return null;
    this.space.k.cgStart(this.#frame);
    const rz = this.space.v.scalars.f64[slots.S_RZ]!;
    if (rz > 0) return null;
    return Number.isNaN(rz) ? NOT_FINITE : BROKEN;
  }

  solution(): Float64Array {
    return inUnits(this.space.v.x, this.system.unit);
  }

  release(): void {
    this.space.release();
  }
}
