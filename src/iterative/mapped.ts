// Runs whose iteration is written in TypeScript around products: with a stored matrix, or with functions of the caller. A
// method is data: the vectors it wants, and its steps.

import { type Ask, CHECK } from "../driver/task.js";
import type { Warning } from "../driver/types.js";
import { isArrayLike } from "../runtime/options.js";
import { Called, Diagonal, type Fill, matrixPart, type Product, Stored } from "./mapping.js";
import type { Form, LinearMap, System } from "./request.js";
import { Space } from "./space.js";
import { inUnits, LinearTask, type Steps } from "./task.js";

export interface LinearMethod<N extends string> {
  readonly lengths: (system: System) => Readonly<Record<N, number>>;
  readonly steps: (run: Mapped<N>, resumed: boolean) => Steps;
  /** Brings x up to date at the end. */
  readonly settle?: (run: Mapped<N>) => Generator<Ask, void, void>;
  /** |A'(b - A x)|, from the residual just computed. */
  readonly gradient?: (run: Mapped<N>) => Generator<Ask, number, void>;
}

type Common = "x" | "b" | "r" | "scalars";

/** Numbers that a method keeps from one iteration to the next. */
const SCALARS = 24;

export class Mapped<N extends string> extends LinearTask<N | Common> {
  readonly space: Space<N | Common>;
  /** y = A x. */
  readonly A: Product;
  /** x = A'y; only where the system has it. */
  readonly transposed: Product;
  /** z = M^-1 r, or null for M = I. */
  readonly M: Product | null;
  readonly #definition: LinearMethod<N>;
  readonly #stored: boolean;
  #gradientNorm: number | undefined = undefined;

  /** `preconditioner`: a function, or the diagonal to divide by. */
  constructor(
    system: System,
    definition: LinearMethod<N>,
    preconditioner: Fill | Float64Array | null,
    form: Form,
  ) {
    super(system, system.tolerance * system.size, form === "pulled");
    this.#definition = definition;
    const { A, rows, cols, limits, method } = system;
    const { runtime } = limits;
    const lengths = { x: cols, b: rows, r: rows, scalars: SCALARS, ...definition.lengths(system) };
    const matrix = A instanceof Float64Array || "rowPtr" in A ? A : null;
    this.#stored = matrix !== null;
    const part = matrix ? matrixPart(matrix, rows) : undefined;
    this.space = new Space(runtime, method, lengths as Record<N | Common, number>, undefined, part);
    try {
      if (matrix) {
        const stored = new Stored(this.watch, this.space, matrix, rows, cols);
        this.A = stored.times;
        this.transposed = stored.timesTransposed;
      } else if (typeof A === "function") {
        this.A = new Called(this.watch, true, "A", A, cols, rows);
        this.transposed = this.A;
      } else {
        const map = A as LinearMap;
        const name = "A.multiplyTransposed";
        this.A = new Called(this.watch, true, "A.multiply", (x, out) => map.multiply(x, out), cols, rows);
        this.transposed = new Called(
          this.watch,
          true,
          name,
          (y, out) => map.multiplyTransposed(y, out),
          rows,
          cols,
        );
      }
      this.M =
        typeof preconditioner === "function"
          ? new Called(this.watch, false, "preconditioner", preconditioner, rows, rows)
          : isArrayLike(preconditioner)
            ? new Diagonal(
                this.watch,
                Float64Array.from(preconditioner, (d) => 1 / d),
              )
            : null;
      this.common.b.f64.set(system.b);
      this.start(system.resume);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** The vectors that every method has. */
  get common() {
    return this.space.v as Readonly<Record<Common, Space<Common>["v"]["x"]>>;
  }

  protected begin(resumed: boolean): void {
    if (!resumed && this.system.x0) this.common.x.f64.set(this.system.x0);
    this.method = this.#steps(resumed);
  }

  *#steps(resumed: boolean): Steps {
    const claimed = resumed && this.history.at(-1)! <= this.bound;
    if (claimed && (yield* this.confirm()) === "confirmed") yield CHECK;
    if (!resumed) {
      const norm = this.system.x0 ? yield* this.residual() : this.system.size;
      if (!this.system.x0) this.space.copy(this.common.b, this.common.r);
      this.history.push(norm);
      this.measure.value = norm;
      yield CHECK;
    }
    return yield* this.#definition.steps(this, resumed);
  }

  *residual(): Generator<Ask, number, void> {
    const { x, b, r } = this.common;
    yield this.A.of(x, r);
    const [from, to] = [b.f64, r.f64];
    for (let i = 0; i < to.length; i++) to[i] = from[i]! - to[i]!;
    return this.space.norm(r);
  }

  protected override get foreign(): boolean {
    return !this.#stored;
  }

  protected override *settle(): Generator<Ask, void, void> {
    if (this.#definition.settle) yield* this.#definition.settle(this);
  }

  protected override *finish(): Generator<Ask, void, void> {
    const { gradient } = this.#definition;
    if (gradient) this.#gradientNorm = (yield* gradient(this)) * this.system.unit;
  }

  protected override gradientNorm(): number | undefined {
    return this.#gradientNorm;
  }

  protected override warnings(): readonly Warning[] {
    const silent = [this.A, this.transposed, this.M].flatMap((product) => {
      const name = product instanceof Called ? product.silent : null;
      return name === null ? [] : [name];
    });
    return [...new Set(silent)].map((name) => ({
      code: "W_NO_PRODUCT",
      message: `each product that ${name} gave was 0: does it fill out, its second argument?`,
    }));
  }

  solution(): Float64Array {
    return inUnits(this.common.x, this.system.unit);
  }

  release(): void {
    this.space.release();
  }
}
