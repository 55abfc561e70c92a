// Why a run ended, in words; every sentence rests on numbers recomputed at the point.

import { short } from "../shell/numbers.js";
import { methods } from "./entrants.js";
import type { Run } from "./run.js";

/** The lowest f above which a point counts as another valley. */
const SAME = 1e-3;

export function whyStopped(run: Run, least: number, budget: number, floor: boolean): string {
  const { status, reason, gradNorm, bend, fun } = run;
  if (run.violation > 1e-6)
    return status === "failed"
      ? `Found no way to a point that the walls allow (${reason}).`
      : `Ended ${short(run.violation, 2)} outside: it does not know this wall.`;
  const higher = fun - least > SAME * (1 + Math.abs(least));
  if (status === "converged") {
    if (gradNorm < 1e-5 && bend < -1e-6)
      return "At a saddle: the slope is zero, but one direction still leads down.";
    const where = higher ? "In a higher valley" : "At the minimum";
    switch (reason) {
      case "kkt":
        if (run.pushes.length === 0) return `${where}: the slope is ${short(gradNorm, 2)}, flat enough.`;
        return `${where}: what is left of the slope after the walls push back is ${short(gradNorm, 2)}.`;
      case "gradient":
        return `${where}: the slope is ${short(gradNorm, 2)}, flat enough.`;
      case "step":
        return `${where}: its points have drawn together.`;
      case "fun":
        return `${where}: f falls no further.`;
      case "target":
        return "Reached the target.";
      default:
        return `${where}: no new search finds lower.`;
    }
  }
  // Advice only for who has a rate.
  const rate = methods.some(({ id, lr }) => id === run.id && lr !== undefined)
    ? ` A smaller rate would help${floor ? "" : ", unless f has no lower end"}.`
    : "";
  switch (reason) {
    case "maxEvaluations":
      if (run.noisy) return `Where the noise left it when the ${budget} evaluations were spent.`;
      if (!higher && gradNorm < 1e-3) return `As good as there when the ${budget} evaluations were spent.`;
      return gradNorm < 1e-3 && higher
        ? `Out of evaluations (${budget}) where the slope is only ${short(gradNorm, 2)}.`
        : `Still on its way when the ${budget} evaluations were spent.`;
    case "maxIterations":
      return "Out of iterations.";
    case "diverging":
      if (run.fun === -Infinity)
        return `f is −∞ ${run.path.length <= 2 ? "at the start" : "where it came to"}: it has no lower end, or is not defined there.`;
      return `Ran away: its steps grew without end.${rate}`;
    case "nonFinite":
      if (run.path.length <= 2)
        return Number.isFinite(run.fun)
          ? "A derivative of f is not a number at the start: drag the start elsewhere."
          : "f is not a number at the start: drag the start elsewhere.";
      return `Left the region where f is a number.${rate}`;
    case "lineSearch":
      return "No step along its direction lowers f any more.";
    case "saddle":
      return "At a saddle: the slope is zero, but one direction still leads down.";
    case "stalled":
      return "No step makes progress any more.";
    case "infeasible":
      return "Found no point that all walls allow.";
    case "flat":
      return "Saw the same value everywhere.";
    default:
      return `Ended: ${reason}.`;
  }
}
