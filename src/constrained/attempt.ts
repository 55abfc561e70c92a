// One attempt at a program by the interior point method: presolved, scaled, iterated; the best point by what it is worth in the
// program as given.

import type { Runtime } from "../runtime/runtime.js";
import type { Engine, Parts } from "./engine.js";
import { InteriorPoint } from "./interior-point.js";
import type { Shift } from "./kkt.js";
import { type Measures, Meter, worst } from "./measures.js";
import { type Presolved, presolve } from "./presolve.js";
import type { Program } from "./program.js";
import { equilibrate, type Scaled } from "./scaling.js";

function interiorPoint(p: Program, o: AttemptOptions): InteriorPoint {
  const point = new InteriorPoint(p, o.runtime);
  if (o.shift) point.shift = o.shift;
  return point;
}

export interface AttemptOptions {
  readonly presolve: boolean;
  /** Of the program without its far sides. */
  readonly near?: boolean | undefined;
  readonly shift?: Shift | undefined;
  readonly runtime?: Runtime | undefined;
  /** Of violation and stationarity, in what a point is worth; default 1. */
  readonly weight?: number | undefined;
  /** Default: the interior point method. */
  readonly engine?: ((p: Program, runtime: Runtime | undefined) => Engine) | undefined;
}

export class Attempt {
  readonly program: Program;
  readonly presolved: Presolved | null;
  readonly scaled: Scaled;
  readonly point: Engine;
  /** The measures of the best point, in the reduced program. */
  best = Infinity;
  measures: Measures | null = null;
  /** The best point of the reduced program. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly #meter: Meter;
  readonly #tryX: Float64Array;
  readonly #tryY: Float64Array;
  readonly #weight: number;
  #waited = 0;
  /** Residuals and mu of the scaled program, their least sum. */
  #distance = Infinity;
  #begun = false;
  failed = false;

  /** Null where presolve found a contradiction. */
  static make(program: Program, o: AttemptOptions): Attempt | null {
    const presolved = o.presolve ? presolve(program) : null;
    if (presolved && presolved.program === null) return null;
    return new Attempt(program, presolved, o);
  }

  constructor(program: Program, presolved: Presolved | null, o: AttemptOptions) {
    const reduced = presolved?.program ?? program;
    this.program = program;
    this.#weight = o.weight ?? 1;
    this.presolved = presolved;
    this.scaled = equilibrate(reduced);
    this.point = o.engine?.(this.scaled.program, o.runtime) ?? interiorPoint(this.scaled.program, o);
    this.#meter = new Meter(reduced);
    const { n, m } = reduced;
    [this.x, this.#tryX] = [new Float64Array(n), new Float64Array(n)];
    [this.y, this.#tryY] = [new Float64Array(m), new Float64Array(m)];
  }

  get reduced(): Program {
    return this.presolved?.program ?? this.program;
  }

  /** One iteration; false when no further one makes sense. */
  *step(): Parts {
    const made = this.#begun ? this.point.step() : this.point.start();
    const ok = typeof made === "boolean" ? made : yield* made;
    this.#begun = true;
    if (!ok) {
      this.failed = true;
      return false;
    }
    this.#look();
    return this.more;
  }

  /** Whether a further step makes sense. */
  get more(): boolean {
    return !this.failed && this.#waited < this.point.patience;
  }

  /** Whether the last step made progress. */
  get gains(): boolean {
    return this.#waited === 0;
  }

  /** Everything that further steps and the best point depend on. */
  save(): Float64Array[] {
    const numbers = [this.best, this.#waited, this.#distance, this.failed ? 1 : 0];
    return [Float64Array.from(numbers), this.x, this.y, ...this.point.save()];
  }

  /** Puts a new attempt at the same program there. */
  restore([numbers, x, y, ...engine]: readonly Float64Array[]): void {
    this.x.set(x!);
    this.y.set(y!);
    this.point.restore(engine);
    this.best = numbers![0]!;
    this.#waited = numbers![1]!;
    this.#distance = numbers![2]!;
    this.failed = numbers![3] === 1;
    this.#begun = true;
    if (this.best < Infinity) this.measures = this.#meter.measure(this.x, this.y);
  }

  /** So long without progress that there may be no solution. */
  get doubtful(): boolean {
    const { doubt, patience } = this.point;
    return this.#waited >= (doubt ?? patience);
  }

  #look(): void {
    const { rp, rd, mu, polished } = this.point;
    const before = this.best;
    this.#try(this.point.x, this.point.y);
    if (polished) {
      this.#try(polished.x, polished.y);
      this.point.polished = null;
    }
    const distance = rp + rd + mu;
    // Progress is a tenth less of the worst measure, or of the residuals.
    const better = this.best < 0.9 * before || distance < 0.9 * this.#distance;
    this.#waited = better ? 0 : this.#waited + 1;
    this.#distance = better ? Math.min(this.#distance, distance) : this.#distance;
  }

  #try(x: Float64Array, y: Float64Array): void {
    const { D, E, cost } = this.scaled;
    const [tx, ty] = [this.#tryX, this.#tryY];
    for (let j = 0; j < tx.length; j++) tx[j] = D[j]! * x[j]!;
    for (let i = 0; i < ty.length; i++) ty[i] = (E[i]! * y[i]!) / cost;
    const measures = this.#meter.measure(tx, ty);
    const value = worst(measures, this.#weight);
    if (!(value < this.best)) return;
    this.best = value;
    this.measures = measures;
    this.x.set(tx);
    this.y.set(ty);
  }

  /** The best point of the whole program. */
  whole(): { x: Float64Array; y: Float64Array } {
    return this.presolved?.undo(this.x, this.y, true) ?? { x: this.x.slice(), y: this.y.slice() };
  }

  release(): void {
    this.point.release();
  }
}
