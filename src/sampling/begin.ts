// Where a search for the mode begins.

import type { Random } from "../random/philox.js";
import type { Evaluation } from "./evaluation.js";
import { allFinite } from "./vectors.js";

/** Starts that are drawn until one has a density. */
const TRIES = 100;

/** A finite start into u and g: the one given, or drawn on (-2, 2); its log density, -Infinity where there is none. */
export function* begin(
  evaluation: Evaluation,
  start: Float64Array | null,
  random: Random,
  u: Float64Array,
  g: Float64Array,
): Generator<Evaluation, number, void> {
  for (let tries = 0; tries < (start ? 1 : TRIES); tries++) {
    if (start) evaluation.target.unconstrain(start, u);
    else for (let i = 0; i < u.length; i++) u[i] = 4 * random.uniform() - 2;
    evaluation.ask(u, g);
    yield evaluation;
    if (evaluation.value > -Infinity && allFinite(g.length, g)) return evaluation.value;
  }
  return -Infinity;
}
