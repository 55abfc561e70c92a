// How a fit ended and what is doubtful about it, in words.

import { short } from "../shell/numbers.js";
import type { FitView } from "./jobs.js";

export function ending({ status, reason, took, warnings, wrong }: FitView): string {
  const ms = `${short(took, 2)} ms`;
  if (wrong) return `There is no answer. ${wrong}`;
  const open = warnings.find(({ code }) => code === "W_COVARIANCE_SINGULAR");
  if (status === "converged")
    return open
      ? `One of many answers, after ${ms}: the data do not determine all parameters, and other values fit as well.`
      : `Converged in ${ms}.`;
  if (status === "stopped")
    return `Stopped (${reason}) after ${ms}: this is the best point so far, not yet the minimum.`;
  return `No minimum was reached (${reason}): this is the best point that was met.`;
}

/** How many standard deviations a reduced chi-square is from 1: the cube root is nearly normal (Wilson and Hilferty 1931). */
function deviation(redChi2: number, dof: number): number {
  const spread = 2 / (9 * dof);
  return (Math.cbrt(redChi2) - (1 - spread)) / Math.sqrt(spread);
}
const FAR = 3;

/** What the sums say about the fit, for who does not read reduced chi-squares every day. */
export function judgement({ stats, rows }: FitView, absolute: boolean): string[] {
  const found: string[] = [];
  if (absolute && stats.dof > 0) {
    const z = deviation(stats.redChi2, stats.dof);
    const times = short(Math.sqrt(stats.redChi2 > 1 ? stats.redChi2 : 1 / stats.redChi2), 2);
    if (z > FAR)
      found.push(
        `The points lie ${times} times further from the curve than their errors say (χ²/dof = ${short(stats.redChi2, 3)}): the errors are too small, or the model is not right.`,
      );
    if (z < -FAR)
      found.push(
        `The points lie ${times} times closer to the curve than their errors say (χ²/dof = ${short(stats.redChi2, 3)}): the errors may be too large, and so are those of the parameters.`,
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
