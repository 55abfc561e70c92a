// What follows the last draw: whether the chains are on a way without end or ran into an edge, and what is said of each parameter. It takes as long as it
// takes, whatever the limits; an asynchronous run gives the event loop its turns meanwhile.

import type { Call, Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { drift } from "./drift.js";
import { DIVERGING, type SampleEnd } from "./ends.js";
import type { Evaluation } from "./evaluation.js";
import { outside } from "./outside.js";
import { type Quantity, quantitiesOf } from "./quantity.js";
import type { Recorded } from "./recorder.js";
import { inTurns } from "./steps.js";
import type { Target } from "./target.js";

export interface Afterwards {
  readonly end: SampleEnd | Stopped;
  /** What is to be said of it. */
  readonly detail: string;
  readonly quantities: readonly Quantity[];
  /** Trajectories diverged where the density is 0. */
  readonly outside: boolean;
}

export function* afterwards(
  end: SampleEnd | Stopped,
  target: Target,
  recorded: Recorded,
  watch: Watch,
): Generator<Evaluation | Call, Afterwards, void> {
  const beyond = yield* outside(target, recorded, watch);
  const { infiniteAt } = target;
  const told = end.status === "completed" ? yield* drift(target, recorded, watch) : null;
  // What is looked at far beyond all draws is no place of theirs.
  target.infiniteAt = infiniteAt;
  const quantities = yield* inTurns(quantitiesOf(recorded, target.size), watch);
  return { end: told === null ? end : DIVERGING, detail: told ?? "", quantities, outside: beyond };
}
