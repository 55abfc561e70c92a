// A saved run goes on with the density it was of.

import { short } from "../driver/report.js";
import { countsOf, type Watch } from "../driver/watch.js";
import { DownhillError } from "../runtime/errors.js";
import type { Evaluation } from "./evaluation.js";
import type { Mover } from "./mover.js";

/** Of a log density evaluated again, by another kernel perhaps. */
const SAME = 1e-6;

/** SNAPSHOT where the density has other values at the points of the chains, and the same each time. Not counted. */
export function* sameDensity(
  watch: Watch,
  evaluation: Evaluation,
  movers: readonly Mover[],
): Generator<Evaluation, void, void> {
  const counts = countsOf(watch);
  for (const mover of movers) {
    for (const [k, point] of mover.points.entries()) {
      evaluation.ask(point, mover.gradient && new Float64Array(point.length));
      yield evaluation;
      const [was, is] = [mover.lp[k]!, evaluation.value];
      if (Math.abs(is - was) <= SAME * Math.max(1, Math.abs(was))) continue;
      yield evaluation;
      // An estimate of a density has another value each time (Andrieu and Roberts 2009): nothing is known of it.
      if (evaluation.value !== is) break;
      throw new DownhillError(
        "SNAPSHOT",
        `${watch.where}: the saved state is of another density: its logarithm was ${short(was, 6)} where a chain stands, and is ${short(is, 6)}`,
        { hint: "resume with the density and the data of the saved run" },
      );
    }
  }
  Object.assign(watch, counts);
}
