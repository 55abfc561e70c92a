// One minimisation as a task: its memory, its evaluations, its answer.

import type { Box } from "../driver/bounds.js";
import type { Call, Iteration, Measure, Requests, Stopped, Task } from "../driver/task.js";
import type { Limits, Termination, Tolerances, Warning } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import type { Workspace } from "../runtime/workspace.js";
import type { MinimizeState } from "./checkpoint.js";
import { confirmed } from "./curvature.js";
import { Evaluations } from "./evaluations.js";
import { type IntVector, layout, rescued, type Vector } from "./layout.js";
import type { MinimizeMethod } from "./methods/types.js";
import { doubtGradient, explain } from "./mismatch.js";
import type { MaybePromise, ObjectiveParts } from "./objective.js";
import { type MinimizeResult, readResult } from "./result.js";
import { Solve } from "./solve.js";
import { placed, type View } from "./view.js";

export interface MinimizeInput {
  readonly where: string;
  readonly objective: ObjectiveParts<MaybePromise<number>>;
  readonly start: ArrayLike<number>;
  /** In the method's variables, as are the steps. */
  readonly box: Box | null;
  /** How the method sees f and its variables; null: as they are. */
  readonly view: View | null;
  /** Steps of differences that the caller has fixed. */
  readonly differenceStep: Float64Array | null;
  /** gradTolRelative. */
  readonly relative: number;
  readonly method: MinimizeMethod;
  readonly tolerances: Tolerances;
  readonly central: boolean;
  readonly limits: Limits;
  readonly maxIterations: number;
}

const solves = new WeakMap<object, Solve>();
const suspicious = (end: Termination): boolean => end.reason === "lineSearch" || end.reason === "stalled";

export class Minimisation implements Task<Termination, MinimizeResult, MinimizeState> {
  readonly solve: Solve;
  readonly watch: Watch;
  readonly workspace: Workspace<Vector, never, IntVector>;
  readonly input: MinimizeInput;
  readonly method: Requests<Termination>;
  warnings: readonly Warning[] = [];
  /** Of a run that is pulled: others need not carry how it is written. */
  declare save?: () => MinimizeState;
  readonly evaluations: Evaluations;
  /** `within`: the watch of the task that this one is part of, and the iterations that it may make; `silent`: nobody is told of them. */
  constructor(
    input: MinimizeInput,
    within: { watch: Watch; maxIterations: number; silent?: boolean } | null = null,
  ) {
    const { where, objective, start, method, tolerances, limits, box } = input;
    const n = start.length;
    this.input = input;
    const exact = (objective.grad ?? objective.funGrad) !== undefined;
    // Limits are checked before memory is taken; the tests come with the solve.
    const runtime = chosenRuntime(limits.runtime);
    const measures: Measure<Termination>[] = [];
    this.watch =
      within?.watch.share(measures, within.maxIterations, within.silent) ??
      new Watch(where, limits, measures, input.maxIterations);
    this.workspace = takeWorkspace(limits.runtime, layout(method, n, box !== null, exact, runtime));
    const solve = solves.get(this.workspace) ?? new Solve(this.workspace, n, box !== null);
    solves.set(this.workspace, solve);
    this.solve = solve;
    this.evaluations = new Evaluations(input, solve, this.watch);
    solve.reset(tolerances, this.evaluations, input.relative);
    measures.push(...solve.measures);
    solve.exact = exact;
    solve.hasHess = objective.hess !== undefined;
    solve.hasHessVec = objective.hessVec !== undefined;
    const sizes = input.view?.sizes;
    if (sizes) for (let j = 0; j < n; j++) solve.here.x[j] = start[j]! / sizes[j]!;
    else solve.here.x.set(start);
    solve.here.g.fill(NaN);
    if (box) {
      solve.view("lower").set(box.lower);
      solve.view("upper").set(box.upper);
    }
    if (!exact) {
      solve.view("steps").fill(0);
      solve.view("noise").fill(0);
    }
    // No function made for this run: in what outlives it, one keeps every run alive until the old collector comes.
    solve.doubter = this;
    solve.judged = rescued(method.definition, n, exact);
    this.method = method.definition.run(solve, method.options);
  }

  look(): Iteration {
    const { watch, solve } = this;
    const { view } = this.input;
    return {
      ...this.input.method.definition.shows?.(solve),
      nit: watch.nit,
      nfev: watch.nfev,
      x: placed(solve.x, view),
      fun: view ? view.sign * solve.fun : solve.fun,
      gradNorm: solve.gradNorm,
      stepNorm: solve.stepNorm,
      elapsedMs: watch.elapsedMs,
    };
  }

  /** A claim is looked at with the Hessian at hand; a run that found no lower point may have been given a wrong gradient. */
  after(end: Termination | Stopped): Requests<Termination> | null {
    if (end.status === "converged") return confirmed(this, end);
    return suspicious(end) ? explain(this, end) : null;
  }

  doubt(): Generator<Call, boolean, void> {
    return doubtGradient(this);
  }

  out(end: Termination | Stopped): MinimizeResult {
    return readResult(this, end);
  }

  release(): void {
    this.workspace.release();
  }
}
