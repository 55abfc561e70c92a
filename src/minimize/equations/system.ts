// What solveEquations shares with its methods: F and its Jacobian as calls of the driver, the state, the result.

import { Answer, type Block, type Row } from "../../driver/answer.js";
import { calledWith } from "../../driver/called.js";
import { describe, measureLines, type StopMeasure, short, standing } from "../../driver/report.js";
import type { Call, End, Iteration, Measure, Method, Stopped, Task } from "../../driver/task.js";
import type { Limits } from "../../driver/types.js";
import { type Walk, walk } from "../../driver/walk.js";
import type { Watch } from "../../driver/watch.js";
import { type JacobianPattern, takeEntries } from "../../linalg/sparse-pattern.js";
import { checkFilled } from "../objective.js";
import { GroupedDifferences } from "./grouped.js";
import { fullMatrix, type LinearModel } from "./linear.js";
import { feels, firstStep, longerStep, TRIES } from "./steps.js";

export type EquationsEnd =
  | { status: "converged"; reason: "zero" | "step" }
  | { status: "failed"; reason: "nonFinite" | "stalled" };

export type Fill = (x: Float64Array, out: Float64Array) => unknown;

/** x, F there, its Jacobian; the counts. */
export class System {
  readonly n: number;
  readonly watch: Watch;
  readonly #F: Fill;
  readonly #jacobian: Fill | null;
  readonly #groups: GroupedDifferences | null;
  readonly #lent: Float64Array;
  /** The answer so far, and a trial. */
  readonly x: Float64Array;
  readonly f: Float64Array;
  readonly trial: Float64Array;
  readonly trialF: Float64Array;
  readonly J: Float64Array;
  stepNorm = NaN;
  readonly value: Call;
  readonly derivative: Call;

  constructor(
    watch: Watch,
    start: Float64Array,
    F: Fill,
    jacobian: Fill | null,
    /** The equations, where they were given one by one. */
    readonly functions: readonly unknown[],
    /** Where J has entries: it holds them alone, in this order. Null: all, row-major. */
    readonly pattern: JacobianPattern | null = null,
  ) {
    const n = start.length;
    this.n = n;
    this.watch = watch;
    this.#F = F;
    this.#jacobian = jacobian;
    this.#lent = new Float64Array(n);
    this.x = start;
    this.f = new Float64Array(n).fill(NaN);
    this.trial = start.slice();
    this.trialF = new Float64Array(n);
    this.J = pattern ? new Float64Array(pattern.colIdx.length) : fullMatrix(watch.where, n);
    this.#groups = pattern && !jacobian ? new GroupedDifferences(pattern) : null;
    const call = (cost: () => number, work: () => Walk<boolean>): Call => ({
      kind: "call",
      cost,
      run: () => {
        const done = walk(watch, work(), false);
        return done === true ? undefined : done;
      },
    });
    this.value = call(
      () => 1,
      () => this.#fill(this.trial, this.trialF),
    );
    this.derivative = call(
      () => (jacobian ? 0 : (this.#groups?.count ?? n)),
      () => this.#differentiate(),
    );
  }

  *#fill(x: Float64Array, out: Float64Array): Walk<boolean> {
    this.watch.nfev++;
    this.#lent.set(x);
    out.fill(NaN);
    checkFilled(this.watch.where, "F", yield this.#F(this.#lent, out));
    return true;
  }

  /** What is not finite at the start. */
  atStart(): string {
    const i = this.f.findIndex((v) => !(v - v === 0));
    const filled = "does it fill its whole last argument?";
    if (i >= 0) return `at the start F[${i}] is ${this.f[i]}; ${calledWith(this.functions[i], filled)}`;
    const k = this.J.findIndex((v) => !(v - v === 0));
    return `at the start the Jacobian has ${this.J[k]}${this.#jacobian ? `; ${filled}` : ""}`;
  }

  *#differentiate(): Walk<boolean> {
    const { n, x, f, J, watch } = this;
    watch.njev++;
    if (this.#jacobian) {
      this.#lent.set(x);
      J.fill(NaN);
      const done = yield this.#jacobian(this.#lent, J);
      if (!this.pattern || !takeEntries(`${watch.where}: jacobian`, done, this.pattern, J))
        checkFilled(watch.where, "jacobian", done);
      return true;
    }
    if (this.#groups) return yield* this.#groups.fill(this, (at, out) => this.#fill(at, out));
    const at = x.slice();
    const near = new Float64Array(n);
    const most = x.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    for (let j = 0; j < n; j++) {
      let h = firstStep(x[j]!, most);
      for (let k = 1; ; k++) {
        if (watch.before(1)) return false;
        at[j] = x[j]! + h;
        yield* this.#fill(at, near);
        if (k === TRIES || near.some((v, i) => feels(v, f[i]!))) break;
        h = longerStep(h, k, most);
      }
      const width = at[j]! - x[j]!;
      for (let i = 0; i < n; i++) J[i * n + j] = (near[i]! - f[i]!) / width;
      at[j] = x[j]!;
    }
    return true;
  }
}

export interface EquationsPlan {
  readonly method: string;
  readonly limits: Limits;
  readonly model: LinearModel;
  readonly measures: readonly Measure<EquationsEnd>[];
  readonly system: System;
  run(system: System): Method<EquationsEnd>;
}

export class EquationsTask implements Task<EquationsEnd, EquationsResult> {
  readonly watch: Watch;
  readonly method: Method<EquationsEnd>;
  readonly plan: EquationsPlan;

  constructor(plan: EquationsPlan) {
    this.plan = plan;
    this.watch = plan.system.watch;
    this.method = plan.run(plan.system);
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    const { x, f, stepNorm } = this.plan.system;
    return { nit, nfev, x: x.slice(), fun: norm(f), gradNorm: NaN, stepNorm, elapsedMs };
  }

  out(end: EquationsEnd | Stopped): EquationsResult {
    return new EquationsResult(end, this);
  }

  release(): void {
    this.plan.model.dispose();
  }
}

/** 2-norm without overflow. */
export function norm(v: Float64Array): number {
  let most = 0;
  for (const a of v) most = Math.max(most, Math.abs(a));
  if (!(most > 0) || most === Infinity) return v.some(Number.isNaN) ? NaN : most;
  let sum = 0;
  for (const a of v) sum += (a / most) * (a / most);
  return most * Math.sqrt(sum);
}

const words: Readonly<Record<string, string>> = {
  zero: "F is 0 there, to the tolerance",
  nonFinite: "F or its Jacobian is not finite where it is needed; choose another start",
  stalled:
    "no step brings F nearer to 0: there may be no root near, or the Jacobian is singular; choose another start, or check the jacobian",
};

/** The answer of `solveEquations`. */
export class EquationsResult extends Answer<End> {
  readonly x: Float64Array;
  /** F there. */
  readonly fun: Float64Array;
  /** Its 2-norm. */
  readonly norm: number;
  /** Calls of the Jacobian, or Jacobians by differences. */
  readonly njev: number;
  readonly #measures: readonly StopMeasure[];
  readonly #detail: string;

  constructor(end: EquationsEnd | Stopped, { plan, watch }: EquationsTask) {
    super(end, watch, { kind: "equationsRoot", method: plan.method, variant: "simd" });
    const { x, f } = plan.system;
    this.x = x.slice();
    this.fun = f.slice();
    this.norm = norm(f);
    this.njev = watch.njev;
    this.#measures = standing(plan.measures);
    this.#detail = end.reason === "nonFinite" && watch.nit === 0 ? plan.system.atStart() : "";
  }

  get message(): string {
    return describe(this, this.#measures, this.#detail, words);
  }

  protected get brief(): string {
    return `|F| = ${short(this.norm, 4)}, ${this.nit} iterations, ${this.nfev} evaluations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const rows: Row[] = [
      ["|F|", short(this.norm, 6)],
      ["iterations", this.nit],
      ["evaluations", `${this.nfev} of F, ${this.njev} of the Jacobian`],
    ];
    const line = (v: number, j: number) =>
      `    ${`x[${j}]`.padEnd(24)} = ${short(v, 12).padEnd(20)} F ${short(this.fun[j]!, 3)}`;
    return [
      { title: "Root", rows },
      { title: "Stop measures", lines: measureLines(this.#measures) },
      { title: "Variables", lines: Array.from(this.x.subarray(0, 20), line) },
    ];
  }
}
