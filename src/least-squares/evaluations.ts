// What a least-squares run asks of its problem: residuals at `solve.at`, the Jacobian at `solve.x`, by differences where the problem
// has none.

import { differenceCost, differences } from "../driver/differences.js";
import type { Call } from "../driver/task.js";
import { type Walk, walk } from "../driver/walk.js";
import { DownhillError } from "../runtime/errors.js";
import type { LeastSquaresEngine } from "./engine.js";
import type { ResidualProblem } from "./problem.js";
import { scaleFromStart } from "./robust.js";

export class Evaluations {
  readonly evaluate: Call;
  readonly differentiate: Call;
  /** No derivative was taken yet in this pass. */
  fresh = true;
  readonly #engine: LeastSquaresEngine;
  readonly #problem: ResidualProblem;
  /** The scale of the loss waits for the residuals at the start. */
  #unscaled = false;

  constructor(engine: LeastSquaresEngine, problem: ResidualProblem) {
    this.#engine = engine;
    this.#problem = problem;
    this.evaluate = { kind: "call", cost: () => 1, run: () => this.#residuals() };
    this.differentiate = {
      kind: "call",
      cost: () => (engine.exact ? 0 : differenceCost(engine.n, engine.fine)),
      run: () => this.#jacobian(),
    };
  }

  beginPass(unscaled: boolean): void {
    this.#unscaled = unscaled;
    this.fresh = true;
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
    const { at, a, b, span, J } = workspace.f64 as Record<"at" | "a" | "b" | "span" | "J", Float64Array>;
    for (let j = 0; j < solve.n; j++) {
      const size = Math.abs(solve.x[j]!);
      span[j] = this.fresh ? size || 1 : Math.max(size, span[j]!);
    }
    this.fresh = false;
    const { best, x } = solve;
    for (const out of differences(x, best.view, J, fine, input.bounds, span, { x: at, a, b })) {
      watch.nfev++;
      yield this.#problem.residuals(at, out);
      this.#alive();
      if (watch.interrupted()) return false;
    }
    return true;
  }
}
