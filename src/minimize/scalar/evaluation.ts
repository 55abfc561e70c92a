// One function of one variable under the driver: the call that a method yields, the task around it, and its answer.

import { Answer, type Block, type Row } from "../../driver/answer.js";
import { describe, measureLines, type StopMeasure, short, standing } from "../../driver/report.js";
import type { Call, End, Iteration, Measure, Method, Stopped, Task } from "../../driver/task.js";
import type { Limits } from "../../driver/types.js";
import { walk } from "../../driver/walk.js";
import { Watch } from "../../driver/watch.js";
import { checkRuntime } from "../../runtime/default.js";
import { checkValue, type MaybePromise } from "../objective.js";

export type ScalarFunction = (x: number) => MaybePromise<number>;

export type ScalarEnd =
  | { status: "converged"; reason: "step" | "zero" }
  | { status: "failed"; reason: "nonFinite" | "bracket" };

/** f at `x`, where the method says; it comes as `value`. */
export class Probe implements Call {
  readonly kind = "call";
  x = NaN;
  value = NaN;
  readonly #f: ScalarFunction;
  readonly #watch: Watch;

  constructor(f: ScalarFunction, watch: Watch) {
    this.#f = f;
    this.#watch = watch;
  }

  cost(): number {
    return 1;
  }

  run(): unknown {
    const done = walk(this.#watch, this.#take(), false);
    return done === true ? undefined : done;
  }

  *#take(): Generator<unknown, boolean, unknown> {
    this.#watch.nfev++;
    this.value = checkValue(this.#watch.where, yield this.#f(this.x));
    return true;
  }
}

/** What a method and its task share. */
export interface ScalarState {
  /** The answer so far: a point and f there. */
  x: number;
  fun: number;
  /** The interval that holds it. */
  lower: number;
  upper: number;
  detail: string;
}

export interface ScalarPlan {
  readonly where: string;
  readonly kind: string;
  readonly method: string;
  readonly limits: Limits;
  readonly measures: readonly Measure<ScalarEnd>[];
  readonly f: ScalarFunction;
  readonly state: ScalarState;
  run(probe: Probe, state: ScalarState): Method<ScalarEnd>;
}

export class ScalarTask implements Task<ScalarEnd, ScalarResult> {
  readonly watch: Watch;
  readonly method: Method<ScalarEnd>;
  readonly plan: ScalarPlan;

  constructor(plan: ScalarPlan) {
    this.plan = plan;
    checkRuntime(plan.limits.runtime);
    this.watch = new Watch(plan.where, plan.limits, plan.measures, 1000);
    this.method = plan.run(new Probe(plan.f, this.watch), plan.state);
  }

  look(): Iteration {
    const { watch } = this;
    const { x, fun, lower, upper } = this.plan.state;
    const { nit, nfev, elapsedMs } = watch;
    return { nit, nfev, x: Float64Array.of(x), fun, gradNorm: NaN, stepNorm: upper - lower, elapsedMs };
  }

  out(end: ScalarEnd | Stopped): ScalarResult {
    return new ScalarResult(end, this);
  }

  release(): void {}
}

const words: Readonly<Record<string, string>> = {
  zero: "f is 0 there",
  nonFinite: "f is not a finite number where it is needed",
  bracket: "no interval with a minimum inside was found: f falls as far as was looked",
};

/** The answer of `minimizeScalar` and `findRoot`. */
export class ScalarResult extends Answer<End> {
  readonly x: number;
  /** f there. */
  readonly fun: number;
  /** The interval that holds the answer. */
  readonly bracket: readonly [lower: number, upper: number];
  readonly #measures: readonly StopMeasure[];
  readonly #detail: string;
  readonly #title: string;

  constructor(end: ScalarEnd | Stopped, { plan, watch }: ScalarTask) {
    super(end, watch, { kind: plan.kind, method: plan.method, variant: "simd" });
    const { x, fun, lower, upper, detail } = plan.state;
    this.x = x;
    this.fun = fun;
    this.bracket = [Math.min(lower, upper), Math.max(lower, upper)];
    this.#measures = standing(plan.measures);
    this.#detail = detail;
    this.#title = plan.kind === "root" ? "Root" : "Minimum";
  }

  get message(): string {
    return describe(this, this.#measures, this.#detail, words);
  }

  protected get brief(): string {
    return `x = ${short(this.x, 12)}, f = ${short(this.fun, 8)}, ${this.nfev} evaluations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const rows: Row[] = [
      ["x", short(this.x, 15)],
      ["f", short(this.fun, 12)],
      ["interval", `[${short(this.bracket[0], 15)}, ${short(this.bracket[1], 15)}]`],
      ["iterations", this.nit],
      ["evaluations", this.nfev],
    ];
    return [
      { title: this.#title, rows },
      { title: "Stop measures", lines: measureLines(this.#measures) },
    ];
  }
}
