// Products with A, with its transpose and with a preconditioner as requests to the driver: stored matrices multiply in
// WebAssembly, functions get copies, so that what they do to their input reaches nobody.

import type { Call } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Rows } from "../linalg/csr-parts.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { isArrayLike } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import type { Workspace } from "../runtime/workspace.js";
import type { MatrixPart, Space, Vec } from "./space.js";

/** Fills out with the product; out holds 0 when it is called, both are borrowed for the call. */
export type Fill = (x: Float64Array, out: Float64Array) => unknown;

/** One kind of product; `of` says which vectors, then it is yielded. */
export abstract class Product implements Call {
  readonly kind = "call";
  protected from!: Vec;
  protected to!: Vec;

  /** `counted`: it is a product with A, an evaluation. */
  constructor(
    readonly watch: Watch,
    readonly counted: boolean,
  ) {}

  /** to = A from. */
  of(from: Vec, to: Vec): this {
    this.from = from;
    this.to = to;
    return this;
  }

  cost(): number {
    return this.counted ? 1 : 0;
  }

  run(): unknown {
    if (this.counted) this.watch.nfev++;
    return this.multiply();
  }

  protected abstract multiply(): unknown;
}

/** By the caller's function, which may be asynchronous in an asynchronous run. */
export class Called extends Product {
  readonly #f: Fill;
  readonly #what: string;
  readonly #x: Float64Array;
  readonly #out: Float64Array;
  /** It was asked for a product, and one was not 0. */
  #asked = false;
  #answered = false;

  constructor(watch: Watch, counted: boolean, what: string, f: Fill, columns: number, rows: number) {
    super(watch, counted);
    this.#f = f;
    this.#what = what;
    this.#x = new Float64Array(columns);
    this.#out = new Float64Array(rows);
  }

  /** What it is called, where each product was 0: as of a function that fills nothing. */
  get silent(): string | null {
    return this.#asked && !this.#answered ? this.#what : null;
  }

  protected multiply(): unknown {
    this.#x.set(this.from.f64);
    this.#asked ||= this.#x.some((v) => v !== 0);
    this.#out.fill(0);
    const answer = this.#f(this.#x, this.#out);
    if (isPromise(answer)) return answer.then((value) => this.#take(value));
    this.#take(answer);
    return undefined;
  }

  #take(answer: unknown): void {
    const out = this.#out;
    this.#answered ||= out.some((v) => v !== 0);
    // An arrow function may return what its last expression was; an array that is not `out`, which is still 0, was the answer.
    if (answer !== out && isArrayLike(answer) && answer.length > 0 && out.every((v) => v === 0)) {
      const { where } = this.watch;
      throw new DownhillError(
        "CALLBACK_RESULT",
        `${where}: ${this.#what} returned ${quote(answer)}, expected it to fill out, its second argument`,
        {
          hint: "write the result into out: (x, out) => { out[0] = ... }",
          details: { argument: this.#what },
        },
      );
    }
    this.to.f64.set(out);
  }
}

/** By the reciprocals of a diagonal. */
export class Diagonal extends Product {
  readonly #inverse: Float64Array;

  constructor(watch: Watch, inverse: Float64Array) {
    super(watch, false);
    this.#inverse = inverse;
  }

  protected multiply(): void {
    const [x, y, d] = [this.from.f64, this.to.f64, this.#inverse];
    for (let i = 0; i < y.length; i++) y[i] = x[i]! * d[i]!;
  }
}

/** What a matrix takes of a run's memory. */
export function matrixPart(A: Rows | Float64Array, rows: number): MatrixPart {
  const dense = A instanceof Float64Array;
  const nnz = dense ? A.length : A.values.length;
  return { f64: { values: nnz }, i32: { rowPtr: dense ? 0 : rows + 1, offsets: dense ? 0 : nnz } };
}

/** A matrix in the memory of a run that has its part. */
export class Stored {
  readonly times: Product;
  readonly timesTransposed: Product;

  constructor(watch: Watch, space: Space<string>, A: Rows | Float64Array, rows: number, cols: number) {
    const w = space.w as Workspace<"values", never, "rowPtr" | "offsets">;
    const { k } = space;
    const values = w.at.values;
    if (A instanceof Float64Array) {
      w.f64.values.set(A);
      this.times = new Kernel(watch, (x, y) => k.gemvF64(rows, cols, values, x, y));
      this.timesTransposed = new Kernel(watch, (x, y) => k.gemvTF64(rows, cols, values, x, y));
      return;
    }
    w.f64.values.set(A.values);
    w.i32.rowPtr.set(A.rowPtr);
    const to = w.i32.offsets;
    for (let i = 0; i < to.length; i++) to[i] = A.colIdx[i]! << 3;
    const [rowPtr, offsets] = [w.at.rowPtr, w.at.offsets];
    this.times = new Kernel(watch, (x, y) => {
      k.csrMultiply(rows, rowPtr, offsets, values, x, y);
    });
    this.timesTransposed = new Kernel(watch, (x, y) =>
      k.csrMultiplyT(rows, cols, rowPtr, offsets, values, x, y),
    );
  }
}

class Kernel extends Product {
  readonly #f: (x: number, y: number) => void;

  constructor(watch: Watch, f: (x: number, y: number) => void) {
    super(watch, true);
    this.#f = f;
  }

  protected multiply(): void {
    this.#f(this.from.at, this.to.at);
  }
}
