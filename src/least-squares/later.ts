// What an asynchronous run needs beyond a synchronous one. The asynchronous facades hand it to the engine, so that a bundle
// of synchronous fits leaves it out.

import { driveAsync, Turns } from "../driver/drive.js";
import type { Monitor } from "../driver/monitor.js";
import type { Done, ResidualProblem } from "./problem.js";

export interface Later {
  readonly drive: typeof driveAsync;
  turns(): Turns;
  /** The rest of the differences, from the call under way on; false when they were interrupted. */
  finishDifferences(
    walk: Generator<Float64Array, void, void>,
    problem: ResidualProblem,
    monitor: Monitor,
    turns: Turns,
    x: Float64Array,
    first: Done,
  ): Promise<boolean>;
}

export const later: Later = {
  drive: driveAsync,
  turns: () => new Turns(),
  async finishDifferences(walk, problem, monitor, turns, x, first) {
    await first;
    for (let next = walk.next(); !next.done; next = walk.next()) {
      if (turns.due) await turns.give();
      if (monitor.interrupted()) return false;
      monitor.nfev++;
      await problem.residuals(x, next.value);
    }
    return true;
  },
};
