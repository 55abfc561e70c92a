// The answer of a global search: the lowest point, every distinct minimum met, and how the search ended.

import { Answer, type Block, type Row, type Shape } from "../driver/answer.js";
import { calledWith } from "../driver/called.js";
import { describe, measureLines, type StopMeasure, short } from "../driver/report.js";
import type { Iteration, Stopped } from "../driver/task.js";
import type { Warning } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import type { Variant } from "../runtime/rooms.js";
import type { SearchEnd } from "./search.js";
import type { Values, Variables } from "./variables.js";

export type GlobalEnd = SearchEnd | { status: "failed"; reason: "diverging" } | Stopped;

export interface GlobalMinimum {
  readonly x: Float64Array;
  readonly fun: number;
  /** Runs that ended there. */
  readonly hits: number;
  /**
   * The point is stationary, and the Hessian, over the variables that lie within their bounds, positive definite. Null where nobody looked: no gradient, `polish: false`, more
   * than 20 variables, constraints, a search that a limit stopped, a minimum that is not among the ten lowest.
   */
  readonly isMinimum: boolean | null;
}

export interface GlobalPopulation {
  readonly points: readonly Float64Array[];
  readonly values: Float64Array;
}

/** What onIteration gets of a global search. `gradNorm` is NaN; `stepNorm` is the spread of the population, in first spreads. */
export interface GlobalIteration extends Iteration {
  /** The generation just evaluated. */
  readonly population: GlobalPopulation;
  readonly restarts: number;
}

export interface GlobalContent {
  /** What was minimised, as it was given. */
  readonly function: unknown;
  readonly x: Float64Array;
  readonly fun: number;
  readonly grad: Float64Array;
  readonly restarts: number;
  readonly minima: readonly GlobalMinimum[];
  readonly population: GlobalPopulation;
  readonly measures: readonly StopMeasure[];
  readonly violation: number;
  /** Some point satisfied the constraints. */
  readonly met: boolean;
  /** Every point of the box was looked at. */
  readonly whole: boolean;
  readonly method: string;
  readonly variant: Variant;
  readonly warnings: readonly Warning[];
}

const WORDS: Readonly<Record<string, string>> = {
  fun: "the values of the last generations agree to rounding",
  step: "the population has shrunk to a point",
  cooled: "the annealing has cooled down, once (patience starts it again)",
  generations: "the population has run through all its generations without shrinking to a point",
  flat: "the function has one value everywhere that was looked at",
  stagnation:
    "the best value has not become lower for a long time, although the population has not shrunk to a point",
  nonFinite: "every evaluation gave NaN or Infinity",
  infeasible: "no point that was looked at satisfies the constraints",
  whole: "every point of the box was looked at",
  valueless: "every point that satisfies the constraints gave NaN or Infinity",
  diverging: "the function is -Infinity at the point returned",
};

export class GlobalAnswer extends Answer<GlobalEnd> {
  /** The lowest point. */
  readonly x: Float64Array;
  /** f there: calling it again gives the same bits. */
  readonly fun: number;
  /** The gradient there; NaN where there is none. */
  readonly grad: Float64Array;
  /** Calls of the gradient, of the Hessian: by the polishing. */
  readonly njev: number;
  readonly nhev: number;
  /** max |gradient| of the variables that may move; NaN without a gradient. */
  readonly optimality: number;
  /** Runs after the first. */
  readonly restarts: number;
  /** The largest violation of a constraint at x; 0 without constraints. */
  readonly violation: number;
  /** The same, by the name that others give it. */
  readonly maxViolation: number;
  /** Every distinct point that a run ended in, the lowest first. */
  readonly minima: readonly GlobalMinimum[];
  /** The last generation. */
  readonly population: GlobalPopulation;
  /** Where the variables have names: x by them, with each choice itself. */
  declare readonly values?: Values;
  readonly #measures: readonly StopMeasure[];
  readonly #words: Readonly<Record<string, string>>;

  constructor(end: GlobalEnd, watch: Watch, content: GlobalContent, variables: Variables) {
    super(end, watch, {
      kind: "globalMinimum",
      method: content.method,
      variant: content.variant,
      warnings: content.warnings,
    });
    const { x, lower, upper } = { x: content.x, lower: variables.lower, upper: variables.upper };
    this.x = x;
    this.fun = content.fun;
    this.grad = content.grad;
    this.njev = watch.njev;
    this.nhev = watch.nhev;
    this.optimality = content.grad.reduce(
      (most, g, j) => {
        const held = (x[j]! <= lower[j]! && g >= 0) || (x[j]! >= upper[j]! && g <= 0);
        return held ? most : Math.max(most, Math.abs(g));
      },
      content.grad.some(Number.isNaN) ? NaN : 0,
    );
    this.restarts = content.restarts;
    this.violation = content.violation;
    this.maxViolation = content.violation;
    this.minima = content.minima;
    this.population = content.population;
    if (variables.names) this.values = variables.named(x);
    this.#measures = content.measures;
    const how = variables.names
      ? `it is called with one object: ({ ${variables.names.slice(0, 3).join(", ")} }) => ...`
      : calledWith(content.function, "has it values in the box? it is called with one array of numbers");
    const infeasible = WORDS[content.met ? "valueless" : "infeasible"]!;
    const again = content.restarts > 0 ? ", and no restart found a lower one" : "; nothing was started again";
    this.#words = {
      ...WORDS,
      infeasible,
      fun: WORDS.fun + again,
      step: content.whole ? WORDS.whole! : WORDS.step + again,
      restarts: content.restarts > 0 ? "further runs found nothing lower" : WORDS.cooled!,
      nonFinite: `${WORDS.nonFinite}; ${how}`,
    };
  }

  get message(): string {
    const none = this.nfev > 0 && !Number.isFinite(this.fun) ? this.#words.nonFinite : undefined;
    return describe(this as GlobalEnd, this.#measures, this.#words[this.reason], this.#words, none);
  }

  protected get brief(): string {
    return `f = ${short(this.fun, 8)}, ${this.nfev} evaluations, ${this.restarts} restarts`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const rows: Row[] = [
      ["f", short(this.fun, 12)],
      ["generations", this.nit],
      ["evaluations", this.nfev],
      ["restarts", this.restarts],
      ...(this.violation > 0 ? [["violation", short(this.violation, 4)] satisfies Row] : []),
      ["distinct minima", this.minima.length],
    ];
    const shown = Array.from(
      this.x.subarray(0, SHOWN),
      (value, j): Row => [this.values ? Object.keys(this.values)[j]! : `x[${j}]`, short(value, 9)],
    );
    const more = this.x.length > SHOWN ? [`    and ${this.x.length - SHOWN} more`] : [];
    return [
      { title: "Global minimum", rows },
      ...(this.#measures.length > 0 ? [{ title: "Stop measures", lines: measureLines(this.#measures) }] : []),
      { title: "Variables", rows: shown, lines: more },
    ];
  }
}

const SHOWN = 20;

export type GlobalResult = Shape<GlobalAnswer> & GlobalEnd;
