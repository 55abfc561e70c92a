// sandwich: covariances that hold where the errors of the points are not of one size (White, Econometrica 48 (1980) 817; HC1 to HC3:
// MacKinnon and White, J. Econometrics 29 (1985) 305), with the tangent plane of the model in place of a design matrix.

import { leverageOf, restOf } from "../expressions/diagnostics.js";
import type { FullPrepared } from "../expressions/full-fit.js";
import { readLevel, studentOf } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { spreadIn, triangular } from "../least-squares/triangular.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, choiceOption } from "../runtime/options.js";
import { fitBehind, freeValues, linearise, plainSquares } from "./refit.js";

const kinds = ["HC0", "HC1", "HC2", "HC3"] as const;
export type SandwichKind = (typeof kinds)[number];

export interface SandwichOptions {
  /**
   * What stands for the variance of point i: its squared residual ("HC0"), that times m / (m - n) ("HC1", Stata's), over 1 - h_i with
   * the leverage h_i ("HC2"), or over (1 - h_i)^2 ("HC3", the default, best for few points: Long and Ervin, Am. Stat. 54 (2000) 217).
   */
  kind?: SandwichKind | undefined;
  /** Default: the level of the fit. */
  level?: number | undefined;
}

/** Covariance, standard errors and intervals of the free parameters. */
export interface Sandwich {
  readonly kind: SandwichKind;
  /** n*n over the free parameters, in the order of freeNames. */
  readonly covariance: Float64Array;
  readonly stderr: Readonly<Record<string, number>>;
  /** value +/- t stderr, with Student's t of the fit's degrees of freedom (the normal law with absoluteSigma). */
  readonly ci: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * The covariance of a fit whose sigma may be wrong from point to point: (J'J)^-1 J' diag(w) J (J'J)^-1, where w comes from the
 * residuals. The values stay; only what is said of their errors changes.
 *
 * @throws DownhillError OPTION for what is no result of curveFit; UNSUPPORTED with a robust loss, which has its own covariance; SINGULAR
 * where the data do not determine the parameters.
 * @example
 * const [x, y] = [[1, 2, 3, 4, 5, 6], [1.1, 1.9, 3.2, 3.7, 5.6, 5.3]];
 * const fit = curveFit({ model: "a + b*x", x, y });
 * sandwich(fit, { kind: "HC3" }).stderr.b; // 0.175
 */
export function sandwich(fit: FitResult, options: SandwichOptions = {}): Sandwich {
  const where = "sandwich";
  const prepared = fitBehind(where, fit);
  checkKeys(where, options, ["kind", "level"]);
  const kind = choiceOption(where, "kind", options.kind, kinds, "HC3");
  const level = readLevel(where, options.level, prepared.level);
  plainSquares(where, prepared);
  if (!fit.covariance)
    throw new DownhillError("SINGULAR", `${where}: the data do not determine the parameters`, {
      hint: "fit fewer parameters, or hold some of them",
    });
  const { counts } = prepared as FullPrepared;
  const { dispersion = 1 } = fit;
  const p = freeValues(fit);
  const n = p.length;
  const { residuals, jacobian } = linearise(where, prepared, p);
  const m = residuals.length;
  const h = leverageOf(jacobian, n);
  const R = triangular(jacobian, n);
  const covariance = new Float64Array(n * n);
  const row = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) row[j] = jacobian[i * n + j]!;
    if (counts) {
      // Scores are spread by the expected information.
      const own = row.slice();
      for (let j = 0; j < n; j++) {
        row[j] = 0;
        for (let k = 0; k < n; k++) row[j]! += (fit.covariance[j * n + k]! / dispersion) * own[k]!;
      }
    } else {
      // (R'R)^-1 J_i.
      spreadIn(R, row);
      for (let j = n - 1; j >= 0; j--) {
        for (let k = j + 1; k < n; k++) row[j]! -= R[j * n + k]! * row[k]!;
        row[j]! /= R[j * n + j]!;
      }
    }
    const e = residuals[i]!;
    const rest = kind === "HC2" || kind === "HC3" ? restOf(h[i]!) : 1;
    const variance = (e * e * (kind === "HC1" ? m / (m - n) : 1)) / (kind === "HC3" ? rest * rest : rest);
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++) covariance[j * n + k]! += variance * row[j]! * row[k]!;
  }
  const t = studentOf(prepared, fit.dof, level);
  const errors = fit.freeNames.map((name, j) => [name, Math.sqrt(covariance[j * n + j]!)] as const);
  return {
    kind,
    covariance,
    stderr: Object.fromEntries(errors),
    ci: Object.fromEntries(
      errors.map(([name, s]) => [name, [fit.values[name]! - t * s, fit.values[name]! + t * s] as const]),
    ),
  };
}
