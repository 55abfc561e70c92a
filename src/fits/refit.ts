// What functions of a finished fit share: the fit as it was prepared, its Jacobian at the answer, and refits of the same model
// to other y or weights from the answer, without reading the input again.

import { differences, newMemory } from "../driver/differences.js";
import { run } from "../driver/run.js";
import { LeastSquaresEngine } from "../least-squares/engine.js";
import { type PreparedFit, residualProblem } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { type Done, refusePromise } from "../least-squares/model.js";
import { preparedOf } from "../least-squares/prepared.js";
import { sumOfSquares } from "../least-squares/run.js";
import { readSettings } from "../least-squares/settings.js";
import { unlessDisposed } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";

/** The fit behind a result; OPTION where there is none. */
export function fitBehind(where: string, fit: unknown): PreparedFit {
  const known = typeof fit === "object" && fit !== null ? preparedOf(fit) : undefined;
  if (known) return known;
  throw new DownhillError("OPTION", `${where}: expected the result of curveFit, got ${quote(fit)}`, {
    hint: Array.isArray(fit)
      ? `write ${where}(...fits)`
      : "a report read from JSON becomes one by fromJSON(report)",
    details: { option: "fit", value: fit },
  });
}

/** UNSUPPORTED where something else than (model - y) / sigma is minimised. */
export function plainResiduals(where: string, fit: PreparedFit): void {
  if (!fit.form) return;
  throw new DownhillError("UNSUPPORTED", `${where}: the fit minimises no plain residuals`, {
    hint: 'fit without residuals: "log", likelihood and a matrix sigma',
  });
}

/** UNSUPPORTED unless the fit minimises plain sums of squares: with a robust loss the claim would not hold. */
export function plainSquares(where: string, fit: PreparedFit): void {
  const { loss = "linear" } = fit.options;
  if (loss === "linear") return;
  throw new DownhillError("UNSUPPORTED", `${where}: the fit has the loss ${quote(loss)}`, {
    hint: "fit with the linear loss",
    details: { option: "loss", value: loss },
  });
}

const settle =
  (where: string) =>
  (_: string, done: Done): undefined => {
    refusePromise(where, done, "this needs a synchronous model: fit the same data with curveFit");
  };

/** The free parameters at the answer. */
export const freeValues = (fit: FitResult): Float64Array =>
  Float64Array.from(fit.freeNames, (name) => fit.values[name]!);

export interface Linearised {
  /** Weighted residuals (model - y) / sigma, m, and their Jacobian over the free parameters, m*n row-major. */
  readonly residuals: Float64Array;
  readonly jacobian: Float64Array;
}

/** Residuals and Jacobian of a prepared fit at the free parameters p. */
export function linearise(where: string, fit: PreparedFit, p: Float64Array): Linearised {
  const problem = residualProblem(fit, settle(where));
  const { m } = problem;
  const n = p.length;
  const residuals = new Float64Array(m);
  problem.residuals(p, residuals);
  const jacobian = new Float64Array(m * n).fill(NaN);
  if (problem.jacobian) problem.jacobian(p, jacobian);
  else {
    const { free, lower, upper } = fit.parameters;
    const pick = (all: Float64Array) => Float64Array.from(free, (j) => all[j]!);
    const bounds = { lower: pick(lower), upper: pick(upper) };
    const space = { x: p.slice(), a: new Float64Array(m), b: new Float64Array(m) };
    const memory = newMemory(n, problem.size);
    for (const target of differences(p, residuals, jacobian, true, bounds, memory, space))
      problem.residuals(space.x, target);
  }
  return { residuals, jacobian };
}

export interface Refit {
  readonly x: Float64Array;
  readonly rss: number;
  readonly converged: boolean;
  /** The data determine the parameters. */
  readonly determined: boolean;
}

/** The residuals of a prepared fit, and the bounds of its free parameters. */
export function problemOf(where: string, fit: PreparedFit) {
  const { free, lower, upper, bounded } = fit.parameters;
  const pick = (all: Float64Array) => Float64Array.from(free, (j) => all[j]!);
  const bounds = bounded ? { lower: pick(lower), upper: pick(upper) } : null;
  return { problem: residualProblem(fit, settle(where)), bounds };
}

/** Fits the same model to other y and weights (1 / sigma; 0 leaves a point out), from `start`. */
export function refitter(
  where: string,
  fit: PreparedFit,
): (y: Float64Array, weights: Float64Array | null, start: Float64Array) => Refit {
  const settings = readSettings(where, fit.options);
  const runtime = unlessDisposed(fit.options.runtime);
  const limits = runtime ? { runtime } : {};
  return (y, weights, start) => {
    const { problem, bounds } = problemOf(where, { ...fit, y, weights });
    const input = { where, problem, start, bounds, settings, limits, passes: fit.passes };
    return run(
      new LeastSquaresEngine(input, (engine, end) => ({
        x: engine.solve.x.slice(),
        rss: sumOfSquares(engine.solve.best.view),
        converged: end.status === "converged",
        determined: engine.stale || engine.covariance().rank === start.length,
      })),
    );
  };
}
