// The polish of a point that is nearly optimal: proximal-point steps min f(x) + delta |x - x0|^2 / 2 over the constraints, each solved
// to rounding by the dual active-set method, which begins with the sides of the last (Rockafellar 1976; Arnstrom, Bemporad and Axehill
// 2022, "DAQP", section 4). Where few sides change, a step costs little more than their columns.

import type { Runtime } from "../runtime/runtime.js";
import { beside } from "../runtime/workspace.js";
import { DualSet } from "./dual-set.js";
import { Kkt } from "./kkt.js";
import { largest, type Program, type Rows, times } from "./program.js";
import { SparseCore } from "./sparse-core.js";

/** Sides of the programs this is for: each that binds wants a column of that length. */
const MOST_SIDES = 4000;
const STEPS = 20;
/** Changes of the set over the sides at which it is given up. */
const PATIENCE = 3;
const VIOLATED = 1e-10;
/** Moves below this share of the size of x are the last. */
const SETTLED = 1e-12;

/** P + delta I. */
function lifted({ n, P }: Program, delta: number): Rows {
  const rowPtr = new Int32Array(n + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    let own = delta;
    let placed = false;
    const put = () => {
      placed = true;
      colIdx.push(i);
      values.push(own);
    };
    for (let k = P?.rowPtr[i] ?? 0, end = P?.rowPtr[i + 1] ?? 0; k < end; k++) {
      const j = P!.colIdx[k]!;
      if (j === i) own += P!.values[k]!;
      if (j >= i && !placed) put();
      if (j === i) continue;
      colIdx.push(j);
      values.push(P!.values[k]!);
    }
    if (!placed) put();
    rowPtr[i + 1] = colIdx.length;
  }
  return { rows: n, cols: n, rowPtr, colIdx: Int32Array.from(colIdx), values: Float64Array.from(values) };
}

const fits = ({ n, m }: Program): boolean => n + m <= MOST_SIDES;

export class ProximalPolish {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly #p: Program;
  readonly #step: Program;
  readonly #kkt: Kkt;
  readonly #set: DualSet;
  readonly #core: SparseCore;
  readonly #Ax: Float64Array;
  readonly #Px: Float64Array;

  private constructor(p: Program, delta: number, runtime: Runtime | undefined) {
    const { n, m, l, u, lower, upper } = p;
    this.#p = p;
    const sides = { l: l.slice(), u: u.slice(), lower: lower.slice(), upper: upper.slice() };
    this.#step = { ...p, ...sides, P: lifted(p, delta), q: new Float64Array(n) };
    this.#kkt = new Kkt(this.#step, runtime);
    this.#core = new SparseCore(this.#step, this.#kkt);
    this.#set = beside(this.#kkt, () => new DualSet(this.#step, this.#core, runtime));
    [this.x, this.#Px] = [new Float64Array(n), new Float64Array(n)];
    [this.y, this.#Ax] = [new Float64Array(m), new Float64Array(m)];
  }

  /** Null for a program that is too large for it. */
  static make(p: Program, delta: number, runtime: Runtime | undefined): ProximalPolish | null {
    return fits(p) ? new ProximalPolish(p, delta, runtime) : null;
  }

  /** Its matrix could be solved with so far. */
  get regular(): boolean {
    return this.#core.regular;
  }
  set regular(value: boolean) {
    this.#core.regular = value;
  }

  /** From x and the sides that seem to bind (rows, then variables: -1, 0, 1); false where the set does not settle. */
  run(x0: Float64Array, side: Int8Array): boolean {
    const { x, y } = this;
    const [p, step, set] = [this.#p, this.#step, this.#set];
    x.set(x0);
    set.reset();
    set.suppose(side);
    for (let turn = 0; turn < STEPS; turn++) {
      // In terms of d = x - x0, so that no number is larger than it must be.
      times(p.A, x, this.#Ax);
      if (p.P) times(p.P, x, this.#Px);
      for (let j = 0; j < p.n; j++) {
        step.q[j] = this.#Px[j]! + p.q[j]!;
        step.lower[j] = p.lower[j]! - x[j]!;
        step.upper[j] = p.upper[j]! - x[j]!;
      }
      for (let i = 0; i < p.m; i++) {
        step.l[i] = p.l[i]! - this.#Ax[i]!;
        step.u[i] = p.u[i]! - this.#Ax[i]!;
      }
      set.begin();
      for (;;) {
        if (!this.#core.regular || set.changes > PATIENCE * (p.n + p.m)) return turn > 0;
        const end = set.advance(50, VIOLATED);
        if (end === "solved") break;
        if (end !== "more") return turn > 0;
      }
      set.finish();
      set.correct();
      for (let j = 0; j < p.n; j++) {
        x[j] = Math.min(p.upper[j]!, Math.max(p.lower[j]!, x[j]! + set.x[j]!));
      }
      y.set(set.y);
      if (largest(set.x) <= SETTLED * Math.max(1, largest(x))) break;
    }
    return true;
  }

  release(): void {
    this.#set.release();
    this.#kkt.release();
  }
}
