// How a fit ended and what is doubtful about it, in words.

import { short } from "../shell/numbers.js";
import type { FitView } from "./jobs.js";

export function ending({ status, reason, took }: FitView): string {
  const ms = `${short(took, 2)} ms`;
  if (status === "converged") return `Converged in ${ms}.`;
  if (status === "stopped")
    return `Stopped (${reason}) after ${ms}: this is the best point so far, not yet the minimum.`;
  return `No minimum was reached (${reason}): this is the best point that was met.`;
}

/** What the sums say about the fit, for who does not read reduced chi-squares every day. */
export function judgement({ stats, rows }: FitView, absolute: boolean): string[] {
  const found: string[] = [];
  if (absolute && stats.dof > 0) {
    if (stats.redChi2 > 1 + 4 * Math.sqrt(2 / stats.dof))
      found.push(
        `The points lie further from the curve than their errors allow (χ²/dof = ${short(stats.redChi2, 3)}): the errors are too small, or the model is not right.`,
      );
    if (stats.redChi2 < 1 - 3 * Math.sqrt(2 / stats.dof) && stats.redChi2 < 0.5)
      found.push(
        `The points lie closer to the curve than their errors say (χ²/dof = ${short(stats.redChi2, 3)}): the errors may be too large.`,
      );
  }
  for (const { name, value, stderr, fixed, atBound } of rows) {
    if (atBound)
      found.push(`${name} stands at its bound; its error and those of the others assume that it could move.`);
    else if (!fixed && stderr !== null && stderr > Math.abs(value))
      found.push(`${name} is not told apart from zero by these data.`);
  }
  return found;
}
