// The passes of a robust solve, and the scale of its loss taken from the data ("mad").

import { LINEAR } from "../abi/least-squares.js";
import type { FitSolve } from "./method.js";
import type { LossName, Settings } from "./settings.js";

/** Scale factor of "mad" by loss: 95 % efficient on normal data (Holland and Welsch 1977); softL1 and arctan by analogy. */
const TUNING: Record<LossName, number> = {
  linear: 1,
  softL1: 1.345,
  huber: 1.345,
  cauchy: 2.3849,
  arctan: 2.5,
  tukey: 4.6851,
};
/** 1 / quantile of the normal distribution at 3/4. */
const MAD_TO_SIGMA = 1.482602218505602;
/** "mad": the scale has settled when it changes by less than this, and is renewed at most so often. */
const SCALE_SETTLED = 0.01;
const MAX_SCALE_PASSES = 10;

export interface LossPass {
  readonly loss: LossName;
  /** The scale of this pass comes from the residuals at its start. */
  readonly fromStart: boolean;
  /** No other pass follows, so what it converges to is the end. */
  readonly last: boolean;
}

/** What passes read of a solve, and the scale that they set. */
export interface ScaledLoss extends Pick<FitSolve, "lossScale"> {
  readonly best: Pick<FitSolve["best"], "view">;
}

/** Pass number k of a solve; null where none follows, undefined where the limit of passes is met before the scale settled. */
export type Passes = (k: number, settings: Settings, solve: ScaledLoss) => LossPass | null | undefined;

/**
 * Pass number k, or null: one pass, unless the loss or its scale need a first approximation. Tukey and arctan give no weight to
 * what is far away, so a softL1 fit goes before; "mad" takes the scale from the residuals, first those of the start (a plain fit
 * may follow one wild point to infinity), then those of the last pass, until it settles.
 */
export const lossPass: Passes = (k, { loss, lossScale }, solve) => {
  if (loss === "linear" || lossScale !== "mad") {
    const passes: readonly LossName[] = loss === "tukey" || loss === "arctan" ? ["softL1", loss] : [loss];
    return k < passes.length ? { loss: passes[k]!, fromStart: false, last: k === passes.length - 1 } : null;
  }
  if (k === 0) return { loss: "softL1", fromStart: true, last: false };
  const before = solve.lossScale;
  const scale = TUNING[loss] * medianDeviation(solve.best.view);
  if (!(scale > 0) || (k > 1 && Math.abs(scale - before) <= SCALE_SETTLED * before)) return null;
  solve.lossScale = scale;
  if (k > MAX_SCALE_PASSES) return undefined;
  return { loss, fromStart: false, last: false };
};

/** The scale of softL1 from the residuals at the start; plain least squares when more than half of them are 0. */
export function scaleFromStart(solve: FitSolve): void {
  solve.lossScale = TUNING.softL1 * medianDeviation(solve.best.view);
  if (!(solve.lossScale > 0)) solve.loss = LINEAR;
}

/** 1.4826 median |r|: the standard deviation of normal residuals, blind to half of the data being wrong. */
function medianDeviation(r: Float64Array): number {
  const sizes = r.map(Math.abs).sort();
  const half = sizes.length >> 1;
  const middle = sizes.length % 2 ? sizes[half]! : (sizes[half - 1]! + sizes[half]!) / 2;
  return MAD_TO_SIGMA * middle;
}
