// P^-1 of a small dense program by its Cholesky factor, and products with a dense A, in WebAssembly memory.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import { type DenseKernels, room } from "../wasm/dense.js";
import type { Core } from "./dual-set.js";
import type { Program, Rows } from "./program.js";

/** Up to this order a matrix counts as dense; beyond it where this share of P and A is there, up to MOST. */
const SMALL = 30;
const FILLED = 0.25;
const MOST = 600;
/** Sides of a program at most: each may want a column of that length. */
const MOST_SIDES = 4000;

/** Whether the dense kernels are faster than the sparse ones. */
export function isDense({ n, m, P, A }: Program): boolean {
  if (!P || n > MOST || m > MOST_SIDES) return false;
  return n <= SMALL || P.colIdx.length + A.colIdx.length >= FILLED * (n * n + n * m);
}

function scatter(A: Rows, to: Float64Array): void {
  const { rows, cols, rowPtr, colIdx, values } = A;
  if (values.length === rows * cols) {
    to.set(values);
    return;
  }
  to.fill(0);
  for (let i = 0; i < rows; i++)
    for (let k = rowPtr[i]!, end = rowPtr[i + 1]!; k < end; k++) to[i * cols + colIdx[k]!] = values[k]!;
}

export class DenseCore implements Core {
  readonly f: Float64Array;
  readonly g: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  readonly held = null;
  readonly #n: number;
  readonly #m: number;
  readonly #A: Float64Array;
  readonly #k: DenseKernels;
  readonly #at: Readonly<Record<"L" | "A" | "x" | "v", number>>;
  readonly #v: Float64Array;
  readonly #w: { release(): void };

  private constructor({ n, m, A }: Program, P: Rows, runtime: Runtime | undefined) {
    const work = Math.ceil(chosenRuntime(runtime).kernels(room).choleskyWorkF64(n) / 8) + 1;
    const w = takeWorkspace(runtime, {
      key: `dense core ${n} ${m}`,
      f64: { L: n * n, A: n * m, x: n, v: m, work },
    });
    this.#n = n;
    this.#m = m;
    this.#k = w.runtime.kernels(room);
    this.#at = w.at;
    this.#A = w.f64.A;
    this.#v = w.f64.v;
    this.dx = w.f64.x;
    this.f = w.f64.x;
    this.g = new Float64Array(m);
    this.dy = new Float64Array(m);
    scatter(P, w.f64.L);
    scatter(A, w.f64.A);
    this.positive = this.#k.choleskyF64(n, w.at.L, n, w.at.work) === 0;
    this.#w = w;
  }

  release(): void {
    this.#w.release();
  }

  readonly positive: boolean;

  /** Null where P is not positive definite. */
  static make(p: Program, runtime: Runtime | undefined): DenseCore | null {
    // P = 0 was read as none.
    if (!p.P) return null;
    const core = new DenseCore(p, p.P, runtime);
    if (core.positive) return core;
    core.release();
    return null;
  }

  row(i: number): void {
    const n = this.#n;
    this.f.set(this.#A.subarray(i * n, i * n + n));
  }

  solve(): void {
    this.#k.choleskySolveF64(this.#n, this.#at.L, this.#n, this.#at.x);
  }

  values(out: Float64Array): void {
    if (this.#m === 0) return;
    this.#k.gemvF64(this.#m, this.#n, 1, this.#at.A, this.#n, this.#at.x, 0, this.#at.v);
    out.set(this.#v);
  }
}
