// What the first-order convex solvers share: a task of the driver with one measure, and its answer.

import { Answer, type Block, type Shape } from "../../driver/answer.js";
import { describe, measureLines, type StopMeasure, short, standing } from "../../driver/report.js";
import { type Ask, CHECK, type Iteration, Measure, type Stopped, type Task } from "../../driver/task.js";
import type { Limits } from "../../driver/types.js";
import { Watch } from "../../driver/watch.js";
import { chosenRuntime } from "../../runtime/default.js";
import type { Variant } from "../../runtime/rooms.js";

export type ProximalEnd =
  | { status: "converged"; reason: "gap" | "residual" }
  | { status: "failed"; reason: "nonFinite" | "stalled" };
export type ProximalTermination = ProximalEnd | Stopped;
export type ProximalMethod = Generator<Ask, ProximalEnd, void>;

/** The numbers that a run keeps for its progress and its answer. */
export interface State {
  readonly x: Float64Array;
  fun: number;
  stepNorm: number;
}

export class ProximalAnswer extends Answer<ProximalTermination> {
  readonly x: Float64Array;
  /** The objective at x. */
  readonly fun: number;
  readonly #measures: readonly StopMeasure[];

  constructor(
    end: ProximalTermination,
    watch: Watch,
    method: string,
    variant: Variant,
    kind: string,
    state: State,
  ) {
    super(end, watch, { kind, method, variant });
    this.x = state.x.slice();
    this.fun = state.fun;
    this.#measures = standing(watch.measures);
  }

  get message(): string {
    return describe({ status: this.status, reason: this.reason } as ProximalTermination, this.#measures, "");
  }

  protected get brief(): string {
    return `f = ${short(this.fun, 8)}, ${this.nit} iterations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Convex minimum",
        rows: [
          ["f", short(this.fun, 12)],
          ["iterations", this.nit],
        ],
      },
      { title: "Stop measures", lines: measureLines(this.#measures) },
    ];
  }
}

export interface ProximalPlan<Out> {
  readonly where: string;
  readonly limits: Limits;
  /** The name of the measure is the reason of its end. */
  readonly measure: "gap" | "residual";
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly state: State;
  run(measure: Measure<ProximalEnd>, watch: Watch): ProximalMethod;
  out(end: ProximalTermination, watch: Watch, variant: Variant): Out;
  /** Gives memory of the core back. */
  release?(): void;
}

/** Limits are looked at before the first iteration too. */
function* begun(method: ProximalMethod): ProximalMethod {
  yield CHECK;
  return yield* method;
}

export function proximalTask<Out>(plan: ProximalPlan<Out>): Task<ProximalEnd, Out> {
  const { where, limits, measure: name, tolerance, state } = plan;
  const { variant } = chosenRuntime(limits.runtime);
  const measure = new Measure<ProximalEnd>(name, tolerance, { status: "converged", reason: name });
  const watch = new Watch(where, limits, [measure], plan.maxIterations);
  return {
    watch,
    method: begun(plan.run(measure, watch)),
    look: (): Iteration => ({
      nit: watch.nit,
      nfev: watch.nfev,
      x: state.x.slice(),
      fun: state.fun,
      gradNorm: measure.value,
      stepNorm: state.stepNorm,
      elapsedMs: watch.elapsedMs,
    }),
    out: (end) => plan.out(end, watch, variant),
    release: () => plan.release?.(),
  };
}

export type ProximalResult<T extends ProximalAnswer = ProximalAnswer> = ProximalTermination & Shape<T>;

/**
 * A residual as a share of the size of the parts that it is the difference of; no less than 1 counts for it, or than the largest that
 * was `seen` where all are smaller: in small units nothing is within 1e-8.
 */
export const shareOf = (residual: number, size: number, seen: number): number =>
  residual > 0 ? residual / Math.max(size, Math.min(1, seen)) : residual;
