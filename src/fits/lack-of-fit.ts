// lackOfFit: whether the model misses something, judged by points that were measured more than once (Bates and Watts 1988, section
// 1.3.2; Seber and Wild 1989, section 2.1.4).

import type { FitResult } from "../least-squares/fit-result.js";
import { unlessDisposed } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { fUpper } from "../stats/distributions.js";
import { fitBehind, plainResiduals, plainSquares } from "./refit.js";

export interface LackOfFit {
  /** (lack / dof[0]) / (error / dof[1]); NaN where the fit leaves nothing but rounding: neither replicates nor curve err then. */
  readonly F: number;
  readonly dof: readonly [number, number];
  /** P(F > this) where the model is right; NaN as F. */
  readonly p: number;
  /** The rss in two: of the replicates around their means (pure error), and of these around the curve (lack of fit). */
  readonly error: number;
  readonly lack: number;
  /** Different x that were measured more than once. */
  readonly replicated: number;
}

/** Share of the squares of y that is rounding: R calls such a fit essentially perfect. */
const ROUNDING = 1e-30;

/**
 * The F-test of lack of fit: the scatter of replicates, points with the same x (in all predictors, of the same set), needs no model;
 * where the curve misses their means by more than that allows, the model is wrong. R: `anova(fit, lm(y ~ factor(x)))`.
 *
 * @throws DownhillError OPTION for what is no result of curveFit; SHAPE without replicates, or where there are no more different x than
 * parameters; UNSUPPORTED with a robust loss or residuals of another form.
 * @example
 * const [x, y] = [[1, 1, 2, 2, 3, 3], [1.0, 1.1, 1.8, 2.1, 2.4, 2.5]];
 * lackOfFit(curveFit({ model: "a + b*x", x, y })).p; // 0.187
 */
export function lackOfFit(fit: FitResult): LackOfFit {
  const where = "lackOfFit";
  const prepared = fitBehind(where, fit);
  plainSquares(where, prepared);
  plainResiduals(where, prepared);
  const { data, y, weights } = prepared;
  const columns = data.x instanceof Float64Array ? [data.x] : Object.values(data.x);
  const groups = new Map<string, number[]>();
  y.forEach((_, i) => {
    // -0 is 0.
    const key = columns.map((column) => String(column[i]! + 0)).join();
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  });
  let [error, replicated, size] = [0, 0, 0];
  for (const group of groups.values()) {
    if (group.length > 1) replicated++;
    const square = (i: number) => (weights ? weights[i]! * weights[i]! : 1);
    let [mass, sum] = [0, 0];
    for (const i of group) {
      mass += square(i);
      sum += square(i) * (y[i]! - y[group[0]!]!);
    }
    const mean = y[group[0]!]! + sum / mass;
    for (const i of group) {
      error += square(i) * (y[i]! - mean) * (y[i]! - mean);
      size += square(i) * y[i]! * y[i]!;
    }
  }
  const n = y.length - fit.dof;
  const dof: [number, number] = [groups.size - n, y.length - groups.size];
  if (dof[0] < 1 || dof[1] < 1)
    throw new DownhillError(
      "SHAPE",
      `${where}: ${groups.size} different x for ${y.length} points and ${n} parameters`,
      {
        hint: "measure some x more than once, and at more x than there are parameters",
        details: { argument: "x" },
      },
    );
  const lack = Math.max(fit.rss - error, 0);
  const F = lack + error > ROUNDING * size ? lack / dof[0] / (error / dof[1]) : NaN;
  const p = F >= 0 ? fUpper(F, dof[0], dof[1], unlessDisposed(prepared.options.runtime)) : NaN;
  return { F, dof, p, error, lack, replicated };
}
