// How a chain of `sample` begins at the start "pathfinder": from its random point along a path of its own, to a draw near the mode.

import { Random } from "../random/philox.js";
import { climb } from "./climb.js";
import type { Evaluation } from "./evaluation.js";
import { Hamiltonian } from "./hamiltonian.js";
import type { Mover } from "./mover.js";
import type { Settings } from "./settings.js";
import { allFinite } from "./vectors.js";

/** Streams of the paths of chains, apart from those of chains. */
const PATHS = 2 ** 43;
const TRIES = 100;

/** Moves walker k of a mover, which is at a point of finite density; where its path gives no law, it stays. */
export function* followPath(
  { target, seed }: Settings,
  evaluation: Evaluation,
  chain: number,
  mover: Mover,
  k: number,
): Generator<Evaluation, void, void> {
  const random = new Random(seed, PATHS + chain);
  const q = mover.points[k]!;
  const g = new Float64Array(target.free);
  evaluation.ask(q, g);
  yield evaluation;
  const path = allFinite(g.length, g) ? yield* climb(evaluation, q, g, mover.lp[k]!, random) : null;
  const u = new Float64Array(target.free);
  for (let tries = 0; path && tries < TRIES; tries++) {
    path.normal.draw(random, u);
    evaluation.ask(u, g);
    yield evaluation;
    if (evaluation.value === -Infinity || !allFinite(g.length, g)) continue;
    q.set(u);
    mover.gradient?.set(g);
    mover.lp[k] = evaluation.value;
    // The path's variances are the first metric.
    if (mover instanceof Hamiltonian) mover.known = { spread: path.normal.variances.map(Math.sqrt) };
    return;
  }
}
