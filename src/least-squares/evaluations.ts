// What a least-squares run asks of its problem: residuals at `solve.at`, the Jacobian at `solve.x`, by differences where the problem
// has none.

import * as S from "../abi/least-squares.js";
import {
  comeNear,
  type DifferenceMemory,
  type DifferenceSpace,
  differenceCost,
  differences,
  forget,
  roundingOf,
} from "../driver/differences.js";
import type { Call } from "../driver/task.js";
import { type Walk, walk } from "../driver/walk.js";
import { DownhillError } from "../runtime/errors.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { ResidualProblem } from "./problem.js";
import { scaleFromStart } from "./robust.js";
import { lowerAlong } from "./weakest.js";

export class Evaluations {
  readonly evaluate: Call;
  readonly differentiate: Call;
  /** Three evaluations along the direction of which differences say nothing; `refuted` then says whether there is a lower sum. */
  readonly lookAlong: Call;
  refuted = false;
  readonly #engine: LeastSquaresEngine;
  readonly #problem: ResidualProblem;
  /** The scale of the loss waits for the residuals at the start. */
  #unscaled = false;

  constructor(engine: LeastSquaresEngine, problem: ResidualProblem) {
    this.#engine = engine;
    this.#problem = problem;
    if (!problem.jacobian) forget(engine.workspace.f64 as unknown as DifferenceMemory, problem.size);
    this.evaluate = { kind: "call", cost: () => 1, run: () => this.#residuals() };
    this.differentiate = {
      kind: "call",
      cost: () => (engine.exact ? 0 : differenceCost(engine.n, engine.fine)),
      run: () => this.#jacobian(),
    };
    this.lookAlong = { kind: "call", cost: () => 3, run: () => walk(engine.watch, this.#along(), false) };
  }

  /** Differences do not tell the columns apart, so that a claim has to be looked at. */
  get blurred(): boolean {
    const { s } = this.#engine.solve;
    return s[S.S_RANK] === s[S.S_FREE] && s[S.S_ROUNDED]! > Math.sqrt(s[S.S_PIVOT]!);
  }

  *#along(): Walk<boolean> {
    const { solve, watch, workspace, input } = this.#engine;
    const { at, a, b, J } = workspace.f64 as Record<"at" | "a" | "b" | "J", Float64Array>;
    const memory = workspace.f64 as unknown as DifferenceMemory;
    const { x, best, m, kernels, loss, lossScale } = solve;
    const costOf = (r: number) => kernels.cost(m, r, loss, lossScale);
    const claim = { x, r: best.view, J, cost: costOf(best.ptr), box: input.bounds };
    const work = lowerAlong(claim, memory, at, a, b);
    for (
      let next = work.next(0);
      ;
      next = work.next(costOf(next.value === a ? a.byteOffset : b.byteOffset))
    ) {
      if (next.done) {
        this.refuted = next.value;
        return true;
      }
      if (watch.before(1)) return false;
      watch.nfev++;
      yield this.#problem.residuals(at, next.value);
      this.#alive();
    }
  }

  beginPass(unscaled: boolean): void {
    this.#unscaled = unscaled;
  }

  #residuals(): unknown {
    const { solve, watch } = this.#engine;
    watch.nfev++;
    const done = this.#problem.residuals(solve.at, solve.at === solve.x ? solve.best.view : solve.other.view);
    return done === undefined ? this.#evaluated() : done.then(() => this.#evaluated());
  }

  /** The callback of the last answer may have disposed the runtime, whose memory is then no longer ours. */
  #alive(): undefined {
    const { workspace, watch } = this.#engine;
    if (workspace.runtime.disposed)
      throw new DownhillError("DISPOSED", `${watch.where}: the runtime was disposed during the run`);
  }

  #evaluated(): undefined {
    this.#alive();
    if (this.#unscaled) scaleFromStart(this.#engine.solve);
    this.#unscaled = false;
  }

  #jacobian(): unknown {
    const { watch, solve, workspace } = this.#engine;
    watch.njev++;
    if (!this.#problem.jacobian) return walk(watch, this.#columns(), false);
    const done = this.#problem.jacobian(solve.x, workspace.f64.J);
    return done === undefined ? this.#alive() : done.then(() => this.#alive());
  }

  /** The Jacobian by differences; false when it was interrupted. */
  *#columns(): Walk<boolean> {
    const { solve, watch, input, fine, workspace } = this.#engine;
    const { at, a, b, J } = workspace.f64 as Record<"at" | "a" | "b" | "J", Float64Array>;
    const memory = workspace.f64 as unknown as DifferenceMemory;
    const { best, x, s } = solve;
    comeNear(x, memory, fine);
    const work = differences(x, best.view, J, fine, input.bounds, memory, {
      x: at,
      a,
      b,
    } satisfies DifferenceSpace);
    for (let next = work.next(); ; next = work.next()) {
      if (next.done) {
        s[S.S_BLUR] = next.value;
        s[S.S_ROUNDED] = Math.max(next.value, roundingOf(x, memory));
        return true;
      }
      if (watch.before(1)) return false;
      watch.nfev++;
      yield this.#problem.residuals(at, next.value);
      this.#alive();
    }
  }
}
