// K^-1 of a sparse program, K = [P E'; E 0] with the rows E whose sides are equal, by the L D L' of the room's other methods.

import type { Core } from "./dual-set.js";
import type { Kkt } from "./kkt.js";
import { type Program, times } from "./program.js";

/** 1 / stiffness of a row that is left out. */
const LOOSE = 1e20;
/** Relative residual of a solution beyond which K counts as singular. */
const SINGULAR = 1e-7;
const SHIFT = { x: 1e-10, y: 1e-9 };
const REFINEMENTS = 8;

export class SparseCore implements Core {
  readonly p: Program;
  readonly f: Float64Array;
  readonly g: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  readonly held: Uint8Array;
  /** Every solution so far was one. */
  regular = true;
  readonly #kkt: Kkt;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  #factored = false;

  constructor(p: Program, kkt: Kkt) {
    const { n, m } = p;
    this.p = p;
    this.#kkt = kkt;
    [this.f, this.dx, this.#a] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    [this.g, this.dy, this.#b] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
    this.held = p.l.reduce((held, v, i) => {
      held[i] = v === p.u[i] ? 1 : 0;
      return held;
    }, new Uint8Array(m));
    for (let i = 0; i < m; i++) this.#b[i] = this.held[i] ? 0 : LOOSE;
  }

  /** The same rows have equal sides as before. */
  fits(): boolean {
    return this.held.every((h, i) => (h === 1) === (this.p.l[i] === this.p.u[i]));
  }

  /** Somebody else has used the matrix, or it has other numbers. */
  forget(): void {
    this.#factored = false;
    this.regular = true;
  }

  row(i: number): void {
    const { rowPtr, colIdx, values } = this.p.A;
    this.f.fill(0);
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) this.f[colIdx[k]!] = values[k]!;
  }

  solve(): void {
    if (!this.#factored) this.regular = this.#kkt.refactor(this.#a, this.#b, SHIFT);
    this.#factored = true;
    this.#kkt.solve(this.f, this.g, this.dx, this.dy, REFINEMENTS);
    if (!(this.#kkt.accuracy <= SINGULAR)) this.regular = false;
  }

  values(out: Float64Array): void {
    times(this.p.A, this.dx, out);
  }

  release(): void {}
}
