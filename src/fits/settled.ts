// A robust fit at its answer: the loss that the run ended with at the scale that it ended with. A run of no iterations would show
// the first of its passes, an approximation.

import { run } from "../driver/run.js";
import type { Limits } from "../driver/types.js";
import { LeastSquaresEngine } from "../least-squares/engine.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import { type FitResult, finishFit } from "../least-squares/fit-result.js";
import { lossPass } from "../least-squares/robust.js";
import { type LossName, readSettings } from "../least-squares/settings.js";
import { unlessDisposed } from "../runtime/default.js";
import { fitBehind, freeValues, type Linearised, problemOf } from "./refit.js";

/** The scale of the loss in a report; undefined of plain least squares. */
export function scaleOf(report: Readonly<Record<string, unknown>>): number | undefined {
  const { lossScale } = report;
  return typeof lossScale === "number" && lossScale > 0 && lossScale < Infinity ? lossScale : undefined;
}

/** A run of the last pass alone, from p. */
function lastPass(where: string, prepared: PreparedFit, p: Float64Array, lossScale: number, limits: Limits) {
  const settings = readSettings(where, { ...prepared.options, lossScale });
  const { problem, bounds } = problemOf(where, prepared);
  const passes = () => ({ loss: settings.loss, fromStart: false, last: true });
  return { where, problem, core: prepared.plan, start: p, bounds, settings, limits, passes };
}

/** `fit`, read from a report of a robust fit, once more at the same parameters with the scale told. */
export function atScale(where: string, fit: FitResult, lossScale: number): FitResult {
  const prepared = fitBehind(where, fit);
  const input = lastPass(where, prepared, freeValues(fit), lossScale, prepared.options);
  return run(new LeastSquaresEngine(input, (engine, end) => finishFit(prepared, engine, end)));
}

const costAfter =
  (more: Limits) =>
  (where: string, fit: PreparedFit, p: Float64Array, lossScale: number): number => {
    const runtime = unlessDisposed(fit.options.runtime);
    const input = lastPass(where, fit, p, lossScale, { ...(runtime && { runtime }), ...more });
    return run(new LeastSquaresEngine(input, (engine) => engine.solve.fun));
  };

/** The robust sum at p, halved, and the least one that the last pass finds from there. */
export const costAt = costAfter({ maxIterations: 0 });
export const lowestCost = costAfter({});

/** The scale is the one that was given, or what the fit takes from these residuals. */
export function scaleFollows(fit: PreparedFit, residuals: Float64Array, lossScale: number): boolean {
  const { passes = lossPass, options, where } = fit;
  const { lossScale: given = 1 } = options;
  if (given !== "mad") return given === lossScale;
  return passes(2, readSettings(where, options), { lossScale, best: { view: residuals } }) === null;
}

/** rho'(z) of the losses at z = (r / scale)^2: what a residual weighs. */
const WEIGHTS: Readonly<Record<LossName, (z: number) => number>> = {
  linear: () => 1,
  softL1: (z) => 1 / Math.sqrt(1 + z),
  huber: (z) => Math.min(1, 1 / Math.sqrt(z)),
  cauchy: (z) => 1 / (1 + z),
  arctan: (z) => 1 / (1 + z * z),
  tukey: (z) => Math.max(0, 1 - z) * Math.max(0, 1 - z),
};

/** sqrt(rho') times residuals and rows of the Jacobian: at a minimum they are orthogonal. */
export function weighted(name: LossName, lossScale: number, { residuals, jacobian }: Linearised): Linearised {
  const n = jacobian.length / residuals.length;
  const roots = residuals.map((r) => Math.sqrt(WEIGHTS[name]((r / lossScale) * (r / lossScale))));
  return {
    residuals: residuals.map((r, i) => r * roots[i]!),
    jacobian: jacobian.map((v, k) => v * roots[Math.floor(k / n)]!),
  };
}
