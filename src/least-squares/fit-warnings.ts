// What a result of curveFit warns of, beyond what every run says: too few points, and the
// notes of whoever read the model.

import type { Termination, Warning } from "../driver/types.js";
import type { PreparedFit } from "./fit-problem.js";

const OUT_OF_RANGE = "the covariance lies beyond the range of numbers";

/** Other units help a fit that has found its minimum, not a parameter that ran away. */
export const outOfRange = ({ status }: Termination): Warning => ({
  code: "W_COVARIANCE_SINGULAR",
  message: status === "converged" ? `${OUT_OF_RANGE}; give data and parameters in other units` : OUT_OF_RANGE,
});

export function fitWarnings(fit: PreparedFit, dof: number, others: readonly Warning[]): readonly Warning[] {
  if (dof > 0 && !fit.notes) return others;
  const warnings = [...others, ...(fit.notes ?? [])];
  if (dof < 1) {
    const effect = fit.absoluteSigma ? "the fit cannot be tested" : "its errors are not known";
    warnings.push({ code: "W_FEW_DOF", message: `as many free parameters as points: ${effect}` });
  }
  return warnings;
}
