// Bands of a fitted model over the draws of its parameters.

import type { FitX } from "../least-squares/fit-result.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import type { DensityExtras } from "./density.js";
import { quantileOf } from "./effective.js";
import type { Settings } from "./settings.js";

export interface PredictOptions {
  /** Default 0.95. */
  level?: number | undefined;
  /** "credible" (default): of the curve. "prediction": of a new observation. */
  kind?: "credible" | "prediction" | undefined;
}

/** Mean over the draws, and limits that leave out as much on either side, at each x. */
export interface CredibleBand {
  readonly mean: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Draws of the model, or of new observations, at each x. */
export interface PredictiveDraws {
  /** [draw][x] */
  readonly values: Float64Array;
  readonly draws: number;
  readonly points: number;
}

/** As many draws as a band needs. */
const MOST = 1000;
/** Streams of new observations, apart from those of the chains. */
const OBSERVATIONS = 2 ** 40;

export function predictBand(
  of: { readonly draws: Float64Array; readonly names: readonly string[] },
  settings: Settings,
  x: FitX,
  options: PredictOptions,
): CredibleBand {
  const where = "predict";
  checkKeys(where, options, ["level", "kind"]);
  const level = numberOption(where, "level", options.level, 0.95, { min: 0, exclusive: true, below: 1 });
  const { values, draws, points } = predictiveDraws(where, of, settings, x, options.kind);
  const columns = Array.from({ length: points }, (_, i) =>
    Float64Array.from({ length: draws }, (_, k) => values[k * points + i]!),
  );
  const mean = Float64Array.from(columns, (c) => c.reduce((a, b) => a + b, 0) / draws);
  for (const c of columns) c.sort();
  const limit = (p: number) => Float64Array.from(columns, (c) => quantileOf(c, p));
  return { mean, lower: limit((1 - level) / 2), upper: limit((1 + level) / 2) };
}

/** The model, or a new observation, at each x for at most MOST draws, spread over all. */
export function predictiveDraws(
  where: string,
  of: { readonly draws: Float64Array; readonly names: readonly string[] },
  settings: Settings,
  x: FitX,
  given: PredictOptions["kind"],
): PredictiveDraws {
  const kind = choiceOption(where, "kind", given, ["credible", "prediction"], "credible");
  const density = settings.density as DensityExtras;
  const n = of.names.length;
  const total = of.draws.length / n;
  if (!density.predictor || total === 0) {
    throw new DownhillError(
      "UNSUPPORTED",
      `Posterior.${where}: ${total === 0 ? "there are no draws" : "the density has no model"}`,
      {
        hint: "sample posterior(fit) of a curve fit",
      },
    );
  }
  const { m, values, observe } = density.predictor.call(density, x);
  const used = Math.min(MOST, total);
  const random = new Random(settings.seed, OBSERVATIONS);
  const all = new Float64Array(used * m);
  for (let k = 0; k < used; k++) {
    const at = Math.floor((k * total) / used) * n;
    const draw = of.draws.subarray(at, at + n);
    const out = all.subarray(k * m, (k + 1) * m);
    values(draw, out);
    if (kind === "prediction") observe(draw, out, random);
  }
  return { values: all, draws: used, points: m };
}
