// The option sigmaX: the distances of the points to the curve in place of (model - y) / sigma. Without starts it begins at the answer
// of the ordinary fit.

import type { Watch } from "../driver/watch.js";
import { fitWithin } from "../least-squares/curve-fit.js";
import type { ExpressionReader, StartRequest } from "../least-squares/expression.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import { allParameters } from "../least-squares/parameters.js";
import { fitStatistics } from "../least-squares/statistics.js";
import { distancesOf } from "./distances.js";
import { curveOf } from "./odr-curve.js";
import { predictorsOf } from "./odr-distance.js";
import type { Form } from "./residual-forms.js";
import { Searching, type Work } from "./searching.js";
import { isMissing, withoutLimits } from "./start-options.js";

/** What a fit with errors in x says beside what every fit says. */
export interface DistanceParts {
  /** Shift of each x onto the curve, by predictor ("x" where there is one), and model - y there. */
  readonly delta: Readonly<Record<string, Float64Array>>;
  readonly epsilon: Float64Array;
  /** rss in two: squares of epsilon / sigma, and of delta / sigmaX. */
  readonly rssY: number;
  readonly rssX: number;
}

/** `spreads`: m standard deviations of each predictor. */
export const distanceForm = (where: string, spreads: readonly Float64Array[]): Form => ({
  of(fit) {
    const curve = curveOf(fit);
    return (y, weights) => {
      const { bound } = distancesOf(where, fit, spreads, y, weights, curve);
      return { bound, y: new Float64Array(y.length), weights: null };
    };
  },
  // Distances are no share of the squares of y.
  statistics: ({ rss }, { y, weights }, _, n) => ({ ...fitStatistics(rss, n, y, weights), r2: NaN }),
  tell: (fit, x) => partsOf(where, fit, spreads, x),
});

function partsOf(
  where: string,
  fit: PreparedFit,
  spreads: readonly Float64Array[],
  x: Float64Array,
): DistanceParts {
  const { distances, errors } = distancesOf(where, fit, spreads, fit.y, fit.weights, curveOf(fit));
  distances.search(allParameters(fit.parameters, x));
  const { epsilon, shifts } = distances;
  const columns = predictorsOf(fit);
  const v = columns.length;
  const squares = (values: Float64Array, own: Float64Array): number => {
    let sum = 0;
    values.forEach((value, at) => {
      sum += (value / own[at]!) * (value / own[at]!);
    });
    return sum;
  };
  const delta = Object.fromEntries(
    columns.map(([name], k) => [name, Float64Array.from(epsilon, (_, i) => shifts[i * v + k]!)]),
  );
  return { delta, epsilon, rssY: squares(epsilon, errors.y), rssX: squares(shifts, errors.x) };
}

/** The ordinary fit's answer as starts, where some are missing or more are asked for. */
export function ordinaryStarts(request: StartRequest, reader: ExpressionReader): Searching | null {
  const { options } = request;
  const given = options.params;
  const known = typeof given === "object" && given !== null && !Object.values(given).some(isMissing);
  if (known && options.starts === undefined) return null;
  return new Searching(request, ({ watch }) => ordinary(request, reader, watch));
}

function* ordinary({ options, late }: StartRequest, reader: ExpressionReader, watch: Watch): Work {
  const { signal } = options;
  const ordinary = { ...withoutLimits(options), starts: options.starts, ...(late && { signal }) };
  const fit = yield* fitWithin(reader, ordinary, late, watch);
  const specs = (options.params ?? {}) as Record<string, unknown>;
  const params = Object.fromEntries(
    Object.entries(fit.params).map(([name, { value, init, fixed, expr }]) => {
      const spec = specs[name];
      if (fixed || expr !== undefined) return [name, spec];
      const others = typeof spec === "object" ? spec : {};
      return [name, { ...others, init: Number.isFinite(value) ? value : init }];
    }),
  );
  // What the search for starts noticed counts here too.
  const warnings = fit.warnings.filter(({ code }) => code === "W_OTHER_MINIMUM");
  return { params, starts: fit.starts, warnings };
}
