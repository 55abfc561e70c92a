// The minima that fits from several starts ended in, and what is to be said where a second one matters.

import { short } from "../driver/report.js";
import type { Warning } from "../driver/types.js";
import type { StartsReport } from "../least-squares/expression.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { MOST_STARTS } from "./start-options.js";

/** Curves this near, in standard deviations of the residuals and relative to the curve, are one: terms may have changed places. */
const SAME = 1e-3;
const SAME_EXACT = 1e-9;

function sameCurve(a: FitResult, b: FitResult): boolean {
  let size = 0;
  let apart = 0;
  a.fitted.forEach((value, i) => {
    size = Math.max(size, Math.abs(value));
    apart = Math.max(apart, Math.abs(value - b.fitted[i]!));
  });
  const spread = Math.sqrt(a.residuals.reduce((sum, r) => sum + r * r, 0) / a.residuals.length);
  return apart <= SAME * spread + SAME_EXACT * size;
}

/** Distinct minima of fits in the order of their rss. */
export function minimaOf(ended: readonly FitResult[]): StartsReport["minima"] {
  const firsts: FitResult[] = [];
  const minima: { values: Record<string, number>; rss: number; hits: number }[] = [];
  for (const fit of ended) {
    const known = firsts.findIndex((other) => sameCurve(other, fit));
    if (known >= 0) minima[known]!.hits++;
    else if (fit.status === "converged" || firsts.length === 0) {
      firsts.push(fit);
      minima.push({ values: { ...fit.values }, rss: fit.rss, hits: 1 });
    }
  }
  return minima;
}

/** A second minimum this near in rss, in units of what one parameter explains by chance (chi-square 95 % is 3.84). */
const NEAR = 3.84;
/** One that a single fit found is by chance the lowest where others are not so many times as high. */
const STANDS_OUT = 4;

/** `doubtful`: what the best fit leaves is no noise; `wanted`: points that were asked for. */
export function otherMinimum(
  minima: StartsReport["minima"],
  best: FitResult,
  polished: number,
  doubtful: boolean,
  wanted?: number,
): Warning[] {
  const [first, second] = minima;
  if (!first || polished < 2) return [];
  const nearly = second && second.rss - first.rss <= NEAR * (first.rss / Math.max(1, best.dof));
  const more = wanted ? 10 * wanted : 10000;
  const advice = more > MOST_STARTS ? "bounds" : `starts: ${more} or bounds`;
  const message = nearly
    ? `another minimum fits nearly as well (rss ${short(second.rss, 4)} against ${short(first.rss, 4)}): ${Object.entries(
        second.values,
      )
        .map(([name, value]) => `${name} = ${short(value, 4)}`)
        .join(", ")}; compare both, or give bounds`
    : (first.hits === 1 && second && second.rss < STANDS_OUT * first.rss) ||
        (first.hits < polished && doubtful)
      ? `${first.hits} of ${polished} fits ended at this minimum${second ? `, others at rss ${short(second.rss, 4)}` : ""}${doubtful ? ", the residuals are no noise" : ""}: there may be a lower one; try ${advice}`
      : null;
  return message ? [{ code: "W_OTHER_MINIMUM", message }] : [];
}
