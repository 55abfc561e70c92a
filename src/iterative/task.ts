// One solve as a task of the driver: what all methods share. The recurrence of a method may only claim that it has
// converged; `confirm` computes b - A x anew, and the driver compares that with the tolerance.

import { Chunk } from "../driver/chunk.js";
import type { Ask, Iteration, Requests, Stopped, Task } from "../driver/task.js";
import { Measure } from "../driver/task.js";
import type { Warning } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { numbersToText, type Sealed, seal, textToNumbers, unseal } from "../runtime/saved.js";
import { type IterativeEnd, LEAST, NOT_FINITE, SOLVED, STALLED } from "./ends.js";
import type { System } from "./request.js";
import { type IterativeResult, Solution } from "./solution.js";
import type { SavedVectors, Space, Vec } from "./space.js";

/** Where a run stands, as plain data: `resume` takes it, with the same system and options. */
export interface IterativeState extends Sealed {
  readonly method: string;
  readonly rows: number;
  readonly cols: number;
  readonly nit: number;
  readonly nfev: number;
  readonly history: string;
  /** The last residual that bore out no claim, and the measures. */
  readonly last: string;
  readonly vectors: SavedVectors;
}

const FORMAT = "downhill.linear";
const VERSION = 2;
/** Limits that forbid one more call of the caller's. */
const FORBIDDING = ["abort", "maxTime", "maxEvaluations"];

/** What a solver yields; it ends itself only where it cannot go on. */
export type Steps = Generator<Ask, IterativeEnd, void>;

/** What a method knows of the run that it is part of. */
export abstract class LinearTask<N extends string = string>
  implements Task<IterativeEnd, IterativeResult, IterativeState>
{
  readonly watch: Watch;
  readonly chunk: Chunk;
  /** |r| at the start and after each iteration, in the units of b / `unit`. */
  readonly history: number[] = [];
  /** The residual that is compared with tolerance |b|: a true one, or Infinity. */
  readonly measure: Measure<IterativeEnd>;
  /** |A'r| / (|A| |r|) at a least squares solution, compared with the tolerance; or Infinity. */
  readonly gradient: Measure<IterativeEnd>;
  readonly mark = { kind: "iteration" as const, iterations: 1 };
  method!: Requests<IterativeEnd>;
  abstract readonly space: Space<N>;
  /** The last residual that did not bear out the recurrence's claim. */
  #last = Infinity;
  /** |b - A x| of the x at hand, once it was computed. */
  #truth = Number.NaN;

  protected constructor(
    readonly system: System,
    readonly bound: number,
    pulled: boolean,
    first = 1,
    most = Infinity,
  ) {
    this.measure = new Measure("residual", bound, SOLVED);
    this.gradient = new Measure("gradient", system.tolerance, LEAST);
    const longest = Math.max(1000, 10 * system.cols);
    this.watch = new Watch(system.where, system.limits, [this.measure, this.gradient], longest);
    this.chunk = new Chunk(this.watch, first, pulled ? 1 : most);
  }

  /** Products are calls of the caller's functions. */
  protected get foreign(): boolean {
    return false;
  }

  /** x as the caller knows it. */
  abstract solution(): Float64Array;

  /** r = b - A x into a vector of the run's own; its norm is asked for next. */
  abstract residual(): Generator<Ask, number, void>;

  /** The state is where the method may go on. */
  protected abstract begin(resumed: boolean): void;

  /** Brings x up to date where the method does so only now and then. */
  protected *settle(): Generator<Ask, void, void> {}

  /** Counts an iteration, or those of a call, with the |r| that they arrived at. */
  marked(norm: number, iterations = 1): Ask {
    if (iterations > 0 && this.history.length < this.watch.nit + iterations + 1) this.history.push(norm);
    this.mark.iterations = iterations;
    return this.mark;
  }

  /**
   * The recurrence says that |r| <= bound. "confirmed": so says b - A x. "again": it does not, but is half of what it was when
   * this was asked last, so that starting again from x helps (van der Vorst and Ye 2000). Otherwise the run has stalled.
   */
  *confirm(): Generator<Ask, "confirmed" | "again" | IterativeEnd, void> {
    const truth = yield* this.residual();
    this.#truth = truth;
    if (!(truth < Infinity)) return NOT_FINITE;
    if (truth <= this.bound) {
      this.measure.value = truth;
      return "confirmed";
    }
    return this.again(truth);
  }

  /** Whether starting again can help, for a measure of how far the goal is. */
  again(distance: number): "again" | IterativeEnd {
    const helps = distance < this.#last / 2;
    this.#last = Math.min(this.#last, distance);
    return helps ? "again" : STALLED;
  }

  start(state: unknown): void {
    if (state === undefined) {
      this.begin(false);
      return;
    }
    const { where, method, rows, cols } = this.system;
    const saved = unseal<IterativeState>(where, state, FORMAT, VERSION);
    const { nit, nfev } = saved;
    // Before the first request there is no residual yet.
    const begun = nit > 0 || saved.history !== "";
    const history = textToNumbers(saved.history, begun ? nit + 1 : 0);
    const last = textToNumbers(saved.last, 3);
    const same = saved.method === method && saved.rows === rows && saved.cols === cols;
    if (!same || !history || !last || !this.space.restore(saved.vectors)) {
      throw new DownhillError("SNAPSHOT", `${where}: the saved state is of another run`, {
        hint: `it is of ${saved.method} on ${saved.rows} x ${saved.cols}; method, sizes and options must be the same`,
        details: { method: saved.method, rows: saved.rows, cols: saved.cols },
      });
    }
    this.watch.nit = nit;
    this.watch.nfev = nfev;
    for (const norm of history) this.history.push(norm);
    [this.#last, this.measure.value, this.gradient.value] = [last[0]!, last[1]!, last[2]!];
    this.begin(begun);
  }

  look(): Iteration {
    const { watch, system } = this;
    const norm = (this.history.at(-1) ?? Number.NaN) * system.unit;
    return {
      nit: watch.nit,
      nfev: watch.nfev,
      x: this.solution(),
      fun: norm,
      gradNorm: norm,
      stepNorm: Number.NaN,
      elapsedMs: watch.elapsedMs,
    };
  }

  *after(end: IterativeEnd | Stopped): Generator<Ask, IterativeEnd | Stopped, void> {
    // The count of products is that of the iterations; this one belongs to the report.
    const { nfev } = this.watch;
    yield* this.settle();
    if (this.foreign && FORBIDDING.includes(end.reason)) {
      this.#truth = Number.NaN;
      return end;
    }
    this.#truth = yield* this.residual();
    yield* this.finish();
    this.watch.nfev = nfev;
    return end;
  }

  /** Computes what the answer says beside |b - A x|. */
  protected *finish(): Generator<Ask, void, void> {}

  /** |A'(b - A x)|, where it is part of the answer. */
  protected gradientNorm(): number | undefined {
    return undefined;
  }

  /** What the caller should know beside how the run ended. */
  protected warnings(): readonly Warning[] {
    return [];
  }

  out(end: IterativeEnd): IterativeResult {
    const { watch, system, bound } = this;
    const { unit, x0, size } = system;
    const claimed = this.history.at(-1) ?? (x0 ? Number.NaN : size);
    const residual = Number.isNaN(this.#truth) ? claimed : this.#truth;
    const { variant } = chosenRuntime(system.limits.runtime);
    return new Solution(
      end,
      watch,
      { kind: "linearSolution", method: system.method, variant, warnings: this.warnings() },
      {
        x: this.solution(),
        residualNorm: residual * unit,
        gradientNorm: this.gradientNorm(),
        history: Float64Array.from(this.history, (v) => v * unit),
        bound: bound * unit,
        size: `${system.rows} x ${system.cols}`,
      },
    );
  }

  ending(): void {
    this.space.keep();
  }

  save(): IterativeState {
    const { watch, system } = this;
    return seal(FORMAT, VERSION, {
      method: system.method,
      rows: system.rows,
      cols: system.cols,
      nit: watch.nit,
      nfev: watch.nfev,
      history: numbersToText(this.history),
      last: numbersToText([this.#last, this.measure.value, this.gradient.value]),
      vectors: this.space.save(),
    });
  }

  abstract release(): void;
}

/** A copy of x in the caller's units. */
export function inUnits({ f64 }: Vec, unit: number): Float64Array {
  const x = f64.slice();
  if (unit !== 1) for (let i = 0; i < x.length; i++) x[i] = x[i]! * unit;
  return x;
}
