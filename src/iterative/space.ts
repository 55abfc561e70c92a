// The vectors of one run, in WebAssembly memory under their names, the few operations on them, and themselves as data.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";
import { numbersToText, textToNumbers } from "../runtime/saved.js";
import type { Workspace } from "../runtime/workspace.js";
import { room, type SparseKernels } from "../wasm/sparse.js";

/** A vector by its address and as a view. */
export interface Vec {
  readonly at: number;
  readonly f64: Float64Array;
}

/** Every vector of a run: what it was saved with, and can go on from. */
export type SavedVectors = Readonly<Record<string, string>>;

/** What a run has in memory beside its vectors: the numbers of a matrix. */
export interface MatrixPart {
  readonly f64: Readonly<Record<string, number>>;
  readonly i32: Readonly<Record<string, number>>;
}

export class Space<N extends string> {
  readonly k: SparseKernels;
  readonly v: Readonly<Record<N, Vec>>;
  /** Vectors and matrix in one block: kernels take addresses of both, which only mean something in one memory. */
  readonly w: Workspace;
  readonly #names: readonly N[];
  #kept: Readonly<Record<string, Float64Array>> | null = null;

  /** `kept`: the vectors that are saved; default all. */
  constructor(
    runtime: Runtime | undefined,
    what: string,
    lengths: Readonly<Record<N, number>>,
    kept?: readonly N[],
    matrix: MatrixPart = { f64: {}, i32: {} },
  ) {
    const names = Object.keys(lengths) as N[];
    const f64: Readonly<Record<string, number>> = { ...lengths, ...matrix.f64 };
    const key = `${what} ${[f64, matrix.i32].map((part) => Object.entries(part).join(" ")).join(" | ")}`;
    // The kernels first: where they cannot be had, no memory is taken.
    chosenRuntime(runtime).kernels(room);
    const w = takeWorkspace<string, never, string>(runtime, { key, f64, i32: matrix.i32 });
    this.w = w;
    this.#names = kept ?? names;
    this.k = w.runtime.kernels(room);
    const v = {} as Record<N, Vec>;
    for (const name of names) {
      v[name] = { at: w.at[name]!, f64: w.f64[name]! };
      v[name].f64.fill(0);
    }
    this.v = v;
  }

  dot(x: Vec, y: Vec): number {
    return this.k.dotF64(x.f64.length, x.at, y.at);
  }

  norm(x: Vec): number {
    return this.k.nrm2F64(x.f64.length, x.at);
  }

  /** y += a x. */
  add(a: number, x: Vec, y: Vec): void {
    this.k.axpyF64(x.f64.length, a, x.at, y.at);
  }

  /** x *= a. */
  scale(a: number, x: Vec): void {
    this.k.scalF64(x.f64.length, a, x.at);
  }

  /** y = x. */
  copy(x: Vec, y: Vec): void {
    this.k.copyF64(x.f64.length, x.at, y.at);
  }

  /** y = x + b y. */
  turn(x: Vec, b: number, y: Vec): void {
    this.scale(b, y);
    this.add(1, x, y);
  }

  /** Row j of a matrix of rows as long as `row`. */
  row(all: Vec, j: number, length: number): Vec {
    return { at: all.at + 8 * j * length, f64: all.f64.subarray(j * length, (j + 1) * length) };
  }

  /** From here on `save` gives the vectors as they are now. */
  keep(): void {
    this.#kept = Object.fromEntries(this.#names.map((name) => [name, this.v[name].f64.slice()]));
  }

  save(): SavedVectors {
    const saved: Record<string, string> = {};
    for (const name of this.#names) saved[name] = numbersToText(this.#kept?.[name] ?? this.v[name].f64);
    return saved;
  }

  /** False where the data are not of these vectors; then nothing has been written. */
  restore(saved: SavedVectors): boolean {
    const found = this.#names.map((name) => textToNumbers(saved[name] ?? "", this.v[name].f64.length));
    if (found.some((values) => values === null)) return false;
    this.#names.forEach((name, i) => {
      this.v[name].f64.set(found[i]!);
    });
    return true;
  }

  release(): void {
    this.w.release();
  }
}
