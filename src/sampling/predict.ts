// Bands of a fitted model over the draws of its parameters.

import type { FitX } from "../least-squares/fit-result.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import type { DensityExtras } from "./density.js";
import { quantileOf } from "./diagnostics.js";
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
  const kind = choiceOption(where, "kind", options.kind, ["credible", "prediction"], "credible");
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
  const columns = Array.from({ length: m }, () => new Float64Array(used));
  const out = new Float64Array(m);
  for (let k = 0; k < used; k++) {
    const at = Math.floor((k * total) / used) * n;
    const draw = of.draws.subarray(at, at + n);
    values(draw, out);
    if (kind === "prediction") observe(draw, out, random);
    for (let i = 0; i < m; i++) columns[i]![k] = out[i]!;
  }
  const mean = Float64Array.from(columns, (c) => c.reduce((a, b) => a + b, 0) / used);
  for (const c of columns) c.sort();
  const limit = (p: number) => Float64Array.from(columns, (c) => quantileOf(c, p));
  return { mean, lower: limit((1 - level) / 2), upper: limit((1 + level) / 2) };
}
