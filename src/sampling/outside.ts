// Whether trajectories diverged because the density is 0 where they came to: an edge, which bounds take away, and no curvature.

import type { Call } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import type { Evaluation } from "./evaluation.js";
import { Probe } from "./probe.js";
import type { Recorded } from "./recorder.js";
import type { Target } from "./target.js";

/** Divergences that are looked at, spread over all. */
const MOST = 8;

/** Whether the density is 0 at most of the points, finite themselves, at which trajectories diverged. */
export function* outside(
  target: Target,
  { divergences }: Recorded,
  watch: Watch,
): Generator<Evaluation | Call, boolean, void> {
  if (watch.counts) return false;
  const probe = new Probe(target, watch);
  const u = new Float64Array(target.free);
  const count = Math.min(MOST, divergences.length);
  let zero = 0;
  for (let k = 0; k < count && !watch.interrupted(); k++) {
    target.unconstrain(divergences[Math.floor((k * divergences.length) / count)]!.x, u);
    if (!u.every(Number.isFinite)) continue;
    probe.ask(u, null);
    yield probe;
    if (probe.value === -Infinity) zero++;
  }
  return 2 * zero > count;
}
