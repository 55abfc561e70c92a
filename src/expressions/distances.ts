// Errors in x: the signed distance of each point to the curve, in units of its errors, as the residual of an ordinary fit. At the
// nearest place the derivative of the distance is (df/dp) / sqrt(sy^2 + sum (df/dx_k)^2 sx_k^2), so that minimum, covariance and
// degrees of freedom are ODRPACK's (Boggs, Byrd and Schnabel, SIAM J. Sci. Stat. Comput. 8 (1987) 1052).

import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { BoundModel } from "../least-squares/model.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, isRecord } from "../runtime/options.js";
import { type Curve, Distances, type Errors, predictorsOf } from "./odr-distance.js";

/** Standard deviations of x: a number, one for each point, or by predictor. */
export type SigmaX = number | ArrayLike<number> | Readonly<Record<string, number | ArrayLike<number>>>;

/** m numbers > 0. */
function spreadOf(where: string, argument: string, given: unknown, m: number): Float64Array {
  const values =
    typeof given === "number" ? new Float64Array(m).fill(given) : copyNumbers(where, argument, given, m);
  checkFinite(where, argument, values);
  const bad = values.findIndex((s) => !(s > 0));
  if (bad < 0) return values;
  throw new DownhillError("OPTION", `${where}: ${argument}[${bad}] must be > 0, got ${values[bad]}`, {
    hint: "for an x without error, curveFit without sigmaX; a tiny sigmaX stands for one that is nearly known",
    details: { option: "sigmaX", index: bad, value: values[bad] },
  });
}

/** m standard deviations of each predictor. */
export function readSpreads(
  where: string,
  sigmaX: unknown,
  predictors: readonly string[],
  m: number,
): Float64Array[] {
  const keyed = isRecord(sigmaX) && !("length" in sigmaX);
  return predictors.map((name) =>
    keyed
      ? spreadOf(where, `sigmaX.${name}`, (sigmaX as Readonly<Record<string, unknown>>)[name], m)
      : spreadOf(where, "sigmaX", sigmaX, m),
  );
}

/** The distances of a fit's points to its curve, their model over all parameters, and the errors they are measured in. */
export function distancesOf(
  where: string,
  fit: PreparedFit,
  /** Of each predictor. */
  spreads: readonly Float64Array[],
  y: Float64Array,
  weights: Float64Array | null,
  curve: Curve,
): { distances: Distances; bound: BoundModel; errors: Errors } {
  const { parameters } = fit;
  if (parameters.tied.length > 0) {
    throw new DownhillError("UNSUPPORTED", `${where}: tied parameters are not supported with errors in x`, {
      hint: `write ${parameters.tied[0]!.expr} for ${parameters.tied[0]!.name} in the model`,
    });
  }
  const m = y.length;
  const columns = predictorsOf(fit);
  const v = columns.length;
  const errors = {
    x: Float64Array.from({ length: m * v }, (_, at) => spreads[at % v]![Math.floor(at / v)]!),
    y: weights ? weights.map((w) => 1 / w) : new Float64Array(m).fill(1),
  };
  const flat = new Float64Array(m * v);
  columns.forEach(([, column], k) => {
    flat.set(column, k * m);
  });
  const distances = new Distances(curve, flat, y, errors);
  const bound: BoundModel = {
    m,
    memory: [distances.shifts, ...(curve.memory ?? [])],
    evaluate(p, out) {
      distances.search(p);
      distances.residuals(out);
    },
    jacobian(p, out) {
      distances.search(p);
      curve.jacobian(distances.place, p, out);
      const total = p.length;
      for (let i = 0; i < m; i++) {
        let variance = errors.y[i]! * errors.y[i]!;
        for (let k = 0; k < v; k++) {
          const part = distances.slopes[i * v + k]! * errors.x[i * v + k]!;
          variance += part * part;
        }
        const scale = 1 / Math.sqrt(variance);
        for (let j = 0; j < total; j++) out[i * total + j]! *= scale;
      }
    },
  };
  return { distances, bound, errors };
}
