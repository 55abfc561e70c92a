// P A P' = L D L' of a sparse symmetric matrix in WebAssembly memory: the pattern is analysed once (minimum degree, supernodes),
// numbers are factored as often as wanted in the same memory. There is no pivoting: the matrix must be definite, or quasi-definite
// (Vanderbei 1995), or have its pivots raised. `sparseLdl`, `sparseCholesky` and the room constrained stand on it.

import * as F from "../abi/ldl.js";
import { takeWorkspace } from "../runtime/default.js";
import { log } from "../runtime/elementary.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { type LdlKernels, room } from "../wasm/ldl.js";
import { analyse, type LowerPattern, type Symbolic } from "./symbolic.js";

/** Numbers of the packed rows of assembly/sparse/front.ts: 4 x 64. */
export const PACKED = 256;

/** Where the vectors of a factorisation stand; d, y, t: n, the longest panel, n. */
export type LdlAddresses = Readonly<
  Record<
    | "first"
    | "rowsAt"
    | "rows"
    | "valuesAt"
    | "L"
    | "up"
    | "map"
    | "stack"
    | "local"
    | "sign"
    | "d"
    | "y"
    | "W"
    | "waiting"
    | "order"
    | "t",
    number
  >
>;

/** Tells the kernels where everything stands. */
export function fillLdlFrame(
  frame: Int32Array,
  n: number,
  count: number,
  nnz: number,
  at: LdlAddresses,
): void {
  frame[F.L_N] = n;
  frame[F.L_COUNT] = count;
  frame[F.L_ENTRIES] = nnz;
  frame[F.L_FIRST] = at.first;
  frame[F.L_ROWS_AT] = at.rowsAt;
  frame[F.L_ROWS] = at.rows;
  frame[F.L_VALUES_AT] = at.valuesAt;
  frame[F.L_VALUES] = at.L;
  frame[F.L_UP] = at.up;
  frame[F.L_MAP] = at.map;
  frame[F.L_STACK] = at.stack;
  frame[F.L_LOCAL] = at.local;
  frame[F.L_SIGN] = at.sign;
  frame[F.L_D] = at.d;
  frame[F.L_Y] = at.y;
  frame[F.L_W] = at.W;
  frame[F.L_WAITING] = at.waiting;
  frame[F.L_ORDER] = at.order;
  frame[F.L_X] = at.t;
}

export interface SymmetricFactorOptions {
  runtime?: Runtime | undefined;
  /** The sign of the pivot of each index: 1, -1, or 0 where either will do (the default). */
  signs?: ArrayLike<number> | undefined;
  /** order[k]: the index to eliminate k-th; default approximate minimum degree. */
  order?: ArrayLike<number> | undefined;
}

export class SymmetricFactor {
  readonly n: number;
  readonly symbolic: Symbolic;
  /** The values of the entries, in the order of the pattern: write them, then `factor`. */
  readonly values: Float64Array;
  /** Right-hand side and solution of `solve`. */
  readonly b: Float64Array;
  readonly x: Float64Array;
  /** b - A x after `residual`. */
  readonly r: Float64Array;
  /** Pivots in the order of elimination. */
  readonly d: Float64Array;
  /** The panels of the supernodes, one after the other (see Symbolic). */
  readonly L: Float64Array;
  readonly #w: Workspace;
  readonly #k: LdlKernels;
  readonly #at: Readonly<Record<string, number>>;

  constructor(pattern: LowerPattern, o: SymmetricFactorOptions = {}) {
    const { n, rowPtr, colIdx } = pattern;
    const nnz = colIdx.length;
    const s = analyse(pattern, o.runtime, o.order);
    this.n = n;
    this.symbolic = s;
    const vectors = { a: nnz, d: n, y: s.longest, W: PACKED, t: n, x: n, b: n, r: n };
    const w = takeWorkspace(o.runtime, {
      key: `ldl ${n} ${nnz} ${s.count} ${s.rows.length} ${s.stored} ${s.stack}`,
      f64: { L: s.stored, stack: s.stack, ...vectors },
      i32: {
        frame: F.LDL_WORDS,
        rowPtr: n + 1,
        colIdx: nnz,
        map: nnz,
        first: s.count + 1,
        rowsAt: s.count + 1,
        rows: s.rows.length,
        valuesAt: s.count + 1,
        up: s.count,
        local: n,
        sign: Math.ceil(n / 4),
        waiting: s.count,
        order: n,
      },
    });
    const { at, i32, f64 } = w;
    this.#w = w;
    this.#at = at;
    this.#k = w.runtime.kernels(room);
    this.values = f64.a!;
    this.b = f64.b!;
    this.x = f64.x!;
    this.r = f64.r!;
    this.d = f64.d!;
    this.L = f64.L!;
    i32.rowPtr!.set(rowPtr);
    i32.colIdx!.set(colIdx);
    for (const name of ["map", "first", "rowsAt", "rows", "valuesAt", "up", "order"] as const)
      i32[name]!.set(s[name]);
    const sign = new Int8Array(w.runtime.buffer, at.sign!, n);
    for (let k = 0; k < n; k++) sign[k] = o.signs ? o.signs[s.order[k]!]! : 0;
    fillLdlFrame(i32.frame, n, s.count, nnz, at as LdlAddresses);
  }

  /**
   * Factors `values`. A pivot that is not larger than `least`, or has not its sign, becomes `raise` with that sign. Returns how many
   * were raised; with raise = 0 it ends there and returns -1 - (the index without a pivot). Numbers that are not finite end it too.
   */
  factor(least = 0, raise = 0): number {
    const raised = this.#k.factor(this.#at.frame!, this.#at.a!, least, raise);
    return raised < 0 ? -1 - this.symbolic.order[-1 - raised]! : raised;
  }

  /** x = A^-1 b of the factored matrix. */
  solve(): void {
    this.#k.solve(this.#at.frame!, this.#at.b!, this.#at.x!);
  }

  /** r = b - A x with the current `values`. */
  residual(): void {
    const { rowPtr, colIdx, a, b, x, r } = this.#at;
    this.#k.symmetricResidual(this.n, rowPtr!, colIdx!, a!, b!, x!, r!);
  }

  /** Pivots below 0. */
  get negative(): number {
    return this.#k.negativePivots(this.n, this.#at.d!);
  }

  /** ln |det A| of what was factored. */
  logDet(): number {
    let sum = 0;
    for (let k = 0; k < this.n; k++) sum += log(Math.abs(this.d[k]!));
    return sum;
  }

  get disposed(): boolean {
    return !this.#w.taken || this.#w.runtime.disposed;
  }

  release(): void {
    this.#w.release();
  }
}
