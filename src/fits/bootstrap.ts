// bootstrap: refits of resampled data. Cases, leverage-adjusted residuals, or normal errors are drawn (Davison and Hinkley,
// Bootstrap Methods and their Application, 1997, sections 6.2.3, 6.2.4 and 7.3); the fits go through curveFitMany where the
// model is text, so that thousands of them are one call.

import type { Shape } from "../driver/answer.js";
import { Clock } from "../driver/clock.js";
import type { Limits } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { type CurveFitManyResult, curveFitMany, curveFitManyAsync } from "../expressions/many.js";
import type { CurveFitManyOptions } from "../expressions/many-input.js";
import { readLevel } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, choiceOption, type Elsewhere, numberOption, optionError } from "../runtime/options.js";
import { Bootstrapped } from "./bootstrapped.js";
import { influence } from "./influence.js";
import { fitBehind } from "./refit.js";
import {
  type BootstrapKind,
  Draws,
  drawMany,
  drawOneByOne,
  errorsOf,
  makeResampler,
  refitsAsMany,
} from "./resample.js";

/** `maxTimeMs` ends the draws with those so far, `signal` without: that of bootstrapAsync, which lets events come in. */
export interface BootstrapOptions extends Pick<Limits, "maxTimeMs" | "signal"> {
  /** Refits. Default 2000. */
  draws?: number | undefined;
  /**
   * "residual" (default): the fitted curve plus residuals drawn with replacement, each divided by sqrt(1 - leverage), their mean
   * taken off. "case": whole points are drawn. "parametric": normal errors, of the residual standard deviation (of sigma with
   * absoluteSigma); counts of Poisson's law (the default there) after `likelihood: "poisson"`,
   * which has "case" as its default, and no other, with `absoluteSigma: false`. A fit of logarithms has its errors there.
   */
  kind?: BootstrapKind | undefined;
  /** Default 1. */
  seed?: number | undefined;
  /** Level of the intervals in `params`. Default: that of the fit. */
  level?: number | undefined;
}

const kinds = ["case", "residual", "parametric"] as const;

export { type BootstrapParam, Bootstrapped } from "./bootstrapped.js";

/** The result of bootstrap; `method` is the kind of its draws. */
export type BootstrapResult = Shape<Bootstrapped>;

/**
 * Standard errors and intervals of a fit from refits of resampled data: percentile and BCa (Efron 1987).
 *
 * @throws DownhillError OPTION for what is no result of curveFit, for unknown options, and where fewer than two refits converge.
 * @example
 * const x = [0, 1, 2, 3, 4, 5];
 * const y = [2.1, 1.4, 0.95, 0.62, 0.43, 0.27];
 * const fit = curveFit({ model: "a*exp(-b*x)", x, y });
 * const { params } = bootstrap(fit, { draws: 2000, kind: "residual", seed: 1 });
 * params.b.bca; // [lower, upper]
 */
export function bootstrap(result: FitResult, options: BootstrapOptions = {}): BootstrapResult {
  const work = drawing("bootstrap", result, options, null);
  let asked = work.next();
  while (!asked.done) asked = work.next(asked.value ? curveFitMany(asked.value) : undefined);
  return asked.value;
}

/**
 * As bootstrap, to the bit; gives the event loop a turn at least every 8 ms, or after every refit that takes longer, and rejects with
 * the reason of `signal`.
 *
 * @example
 * const x = [0, 1, 2, 3, 4, 5];
 * const y = [2.1, 1.4, 0.95, 0.62, 0.43, 0.27];
 * const fit = curveFit({ model: "a*exp(-b*x)", x, y });
 * const { params } = await bootstrapAsync(fit, { draws: 2000, signal: AbortSignal.timeout(10_000) });
 * params.b.bca; // [lower, upper]
 */
export async function bootstrapAsync(
  result: FitResult,
  options: BootstrapOptions = {},
): Promise<BootstrapResult> {
  const clock = new Clock(undefined);
  const work = drawing("bootstrapAsync", result, options, clock);
  let asked = work.next();
  while (!asked.done) {
    if (clock.due) await clock.turn();
    asked = work.next(asked.value ? await curveFitManyAsync(asked.value) : undefined);
  }
  return asked.value;
}

/** What other programs call these options. */
const elsewhere: Elsewhere = {
  n: "draws",
  b: "draws",
  r: "draws",
  nboot: "draws",
  nresamples: "draws",
  iterations: "draws",
  samples: "draws",
  replicates: "draws",
  bootstraps: "draws",
  nsim: "draws",
  ndraws: "draws",
  alpha: "level is 1 - alpha",
  ci: "level",
  type: "kind",
  method: "kind, or of an interval: interval(name, { method })",
  confidencelevel: "level",
};

function* drawing(
  where: string,
  result: FitResult,
  options: BootstrapOptions,
  clock: Clock | null,
): Generator<CurveFitManyOptions | null, BootstrapResult, CurveFitManyResult | undefined> {
  checkKeys(where, options, ["draws", "kind", "seed", "level", "maxTimeMs", "signal"], elsewhere);
  const { maxTimeMs, signal } = options;
  const watch = new Watch(where, { maxTimeMs, signal }, [], Infinity);
  watch.clock = clock;
  const fit = fitBehind(where, result);
  const errors = errorsOf(where, fit);
  const draws = numberOption(where, "draws", options.draws, 2000, { min: 2, max: 1e6, integer: true });
  const counts = errors === "counts";
  // Overdispersed counts have no law.
  const law = fit.absoluteSigma ? "parametric" : "case";
  const kind = choiceOption(where, "kind", options.kind, kinds, counts ? law : "residual");
  if (counts && kind !== "case" && kind !== law)
    throw optionError(
      where,
      "kind",
      kind,
      `${law === "case" ? "" : '"parametric" or '}"case": counts have no errors that could be drawn`,
    );
  const known = counts || (kind === "parametric" && fit.absoluteSigma);
  if (result.dof < 1 && !known) {
    throw new DownhillError("OPTION", `${where}: no degree of freedom is left to tell the errors by`, {
      hint: "fit fewer parameters, or more points",
      details: { option: "fit" },
    });
  }
  const seed = numberOption(where, "seed", options.seed, 1, { min: 0, integer: true });
  const level = readLevel(where, options.level, fit.level);
  signal?.throwIfAborted();
  const at = influence(fit, result);
  const resampler = makeResampler(kind, errors, fit, result, at);
  const drawn = new Draws(draws, result.freeNames.length);
  const refit = refitsAsMany(fit) ? drawMany : drawOneByOne;
  yield* refit(fit, result, resampler, draws, new Random(seed), drawn, watch);
  signal?.throwIfAborted();
  const done = drawn.count + drawn.failed;
  if (done < Math.min(draws, 2 + drawn.failed))
    throw new DownhillError("OPTION", `${where}: the time was over after ${done} of ${draws} refits`, {
      hint: "give a larger maxTimeMs",
      details: { option: "maxTimeMs", value: maxTimeMs },
    });
  if (drawn.count < 2) {
    throw new DownhillError("OPTION", `${where}: ${drawn.failed} of ${draws} refits failed`, {
      hint: "the data do not determine the parameters: fix some, or bound them",
      details: { option: "fit" },
    });
  }
  const { elapsedMs } = watch;
  return new Bootstrapped({ kind, seed, level, elapsedMs, wanted: draws }, result, drawn, at.acceleration);
}
