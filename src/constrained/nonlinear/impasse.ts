// Steps that weigh f against a violation that cannot reach 0 may go to and fro for ever. Where the violation has not fallen for long it is
// made small by itself, which ends within the rows or where the violation is stationary.

import { restore } from "./restore.js";
import type { Phase, ProgramSolve } from "./solve.js";
import { violationHolds } from "./violation-holds.js";

/** Iterations in which the violation did not halve. */
const PATIENCE = 30;
const MOST_RESTORATIONS = 3;

export class Impasse {
  readonly #solve: ProgramSolve;
  #from = Infinity;
  #waited = 0;
  #restorations = 0;

  constructor(solve: ProgramSolve) {
    this.#solve = solve;
  }

  /** Looks at the violation of an iteration; whether it is one. */
  meets(theta: number, violated: boolean): boolean {
    const falls = !violated || theta < 0.5 * this.#from;
    if (falls) this.#from = violated ? theta : Infinity;
    this.#waited = falls ? 0 : this.#waited + 1;
    return this.#waited >= PATIENCE && this.open;
  }

  /** Whether the violation may be made small by itself once more. */
  get open(): boolean {
    return this.#restorations < MOST_RESTORATIONS;
  }

  /** True where the violation is stationary: the claim "infeasible". */
  *ends(): Phase<boolean> {
    const solve = this.#solve;
    this.#restorations++;
    this.#waited = 0;
    const end = yield* restore(solve, () => solve.violationOf(solve.here, true) <= solve.tolerances.feasTol);
    return end === "infeasible" && (yield* violationHolds(solve));
  }
}
