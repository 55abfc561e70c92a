// odr: orthogonal distance regression, errors in x as in y (Boggs, Byrd and Schnabel, SIAM J. Sci. Stat. Comput. 8 (1987) 1052; ODRPACK).
// The shifts of x are eliminated (distances.ts), so that this is an ordinary fit of distances; here is what its
// result tells of them.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { Termination } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import { curveFit } from "../expressions/curve-fit.js";
import { fitBand } from "../least-squares/bands.js";
import { type CurveFitOptions, fitNow, type ModelX } from "../least-squares/curve-fit.js";
import type { Band, BandOptions, FitParam, FitResult, FitX } from "../least-squares/fit-result.js";
import { preparedOf } from "../least-squares/prepared.js";
import { optionError } from "../runtime/options.js";
import { distancesOf, type SigmaX } from "./distances.js";
import { curveOf } from "./odr-curve.js";
import { predictorsOf } from "./odr-distance.js";
import { fitBehind, linearise } from "./refit.js";

export interface OdrOptions<X extends ModelX = ArrayLike<number>>
  extends Omit<CurveFitOptions<string, X>, "loss" | "lossScale"> {
  /** Standard deviation of x: a number, one for each point, or with several predictors an object of such. */
  sigmaX: SigmaX;
}

export class Odr extends Answer<Termination> {
  readonly values: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, FitParam>>;
  /** n*n over the free parameters: inv(J'J) redChi2 (absoluteSigma: without redChi2). */
  readonly covariance: Float64Array | null;
  readonly correlation: Float64Array | null;
  readonly freeNames: readonly string[];
  /** Sum of the squared distances, (f(x + delta) - y)^2 / sigma^2 + delta^2 / sigmaX^2, and its two parts. */
  readonly rss: number;
  readonly rssY: number;
  readonly rssX: number;
  /** Points less free parameters. */
  readonly dof: number;
  readonly redChi2: number;
  readonly residualStd: number;
  /** Shift of each x onto the curve, by predictor ("x" where there is one), and f(x + delta) - y. */
  readonly delta: Readonly<Record<string, Float64Array>>;
  readonly epsilon: Float64Array;
  readonly #inner: FitResult;
  readonly #plain: FitResult;

  constructor(
    inner: FitResult,
    plain: FitResult,
    parts: { rssY: number; rssX: number; delta: Record<string, Float64Array>; epsilon: Float64Array },
    watch: Watch,
  ) {
    const { status, reason, method, variant, warnings } = inner;
    super({ status, reason } as Termination, watch, {
      kind: "odr",
      method: `odr, ${method}`,
      variant,
      // What the search for starts noticed counts here too.
      warnings: [...warnings, ...plain.warnings.filter(({ code }) => code === "W_OTHER_MINIMUM")],
    });
    this.values = inner.values;
    this.params = inner.params;
    this.covariance = inner.covariance;
    this.correlation = inner.correlation;
    this.freeNames = inner.freeNames;
    this.rss = inner.rss;
    this.rssY = parts.rssY;
    this.rssX = parts.rssX;
    this.dof = inner.dof;
    this.redChi2 = inner.redChi2;
    this.residualStd = inner.residualStd;
    this.delta = parts.delta;
    this.epsilon = parts.epsilon;
    this.#inner = inner;
    this.#plain = plain;
  }

  get message(): string {
    return this.#inner.message;
  }

  protected get brief(): string {
    return Object.entries(this.params)
      .map(
        ([name, p]) => `${name} = ${short(p.value)}${p.stderr === null ? "" : ` +/- ${short(p.stderr, 3)}`}`,
      )
      .join(", ");
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const lines = Object.entries(this.params).map(
      ([name, p]) =>
        `    ${name}: ${short(p.value, 9)} +/- ${p.stderr === null ? "not known" : short(p.stderr, 6)}${p.fixed ? " (fixed)" : ""}`,
    );
    return [
      {
        title: "Orthogonal distance regression",
        rows: [
          ["data points", this.epsilon.length],
          ["degrees of freedom", this.dof],
          ["sum of squared distances", short(this.rss, 8)],
          ["of it in x", short(this.rssX, 8)],
          ["reduced chi-square", short(this.redChi2, 8)],
        ],
      },
      { title: "Variables", lines },
    ];
  }

  get #solved() {
    const fit = preparedOf(this.#plain)!;
    const x = Float64Array.from(this.freeNames, (name) => this.values[name]!);
    const scale = fit.absoluteSigma ? 1 : this.redChi2;
    const { jacobian } = linearise("band", preparedOf(this.#inner)!, x);
    return { fit, x, covariance: this.covariance, jacobian, scale, statistics: this };
  }

  /** The curve at new x. */
  get predict(): (x: FitX) => Float64Array {
    return (x) => fitBand(this.#solved, x, null).fit;
  }

  /** Its pointwise confidence band, as that of curveFit. */
  get band(): (x: FitX, options?: BandOptions) => Band {
    return (x, options = {}) => fitBand(this.#solved, x, options);
  }
}

/** The result of odr. */
export type OdrResult = Termination & Shape<Odr>;

/**
 * Fits a model to data with errors in x and in y: minimises the sum of squared distances to the curve, each in units of its errors.
 *
 * Starts as curveFit does (they may be left out for text) from the ordinary fit of the same data. Standard errors are ODRPACK's: sigma
 * and sigmaX are relative unless `absoluteSigma`, so that the covariance is scaled by rss / dof.
 *
 * @throws DownhillError as curveFit; OPTION where sigmaX is missing or not positive; UNSUPPORTED for tied parameters.
 * @example
 * const fit = odr({ model: "a + b*x", x: [0, 1, 2, 3], y: [0.1, 0.9, 2.2, 2.8], sigmaX: 0.1, sigma: 0.2 });
 * fit.values.b;  // 0.93
 * fit.delta.x;   // how far each x was moved
 */
export function odr<X extends ModelX = ArrayLike<number>>(options: OdrOptions<X>): OdrResult {
  const where = "odr";
  if (typeof options !== "object" || options === null)
    throw optionError(where, "options", options, "an object { model, x, y, sigmaX, ... }");
  const { sigmaX, ...ordinary } = options;
  if (sigmaX === undefined || sigmaX === null)
    throw optionError(where, "sigmaX", sigmaX, "the standard deviation of x");
  for (const key of ["loss", "lossScale", "data"])
    if (key in ordinary)
      throw optionError(where, key, (ordinary as never)[key], "nothing: odr has no such option");
  const plain = curveFit(ordinary as never) as FitResult;
  const fit = fitBehind(where, plain);
  const { parameters, y, weights } = fit;
  const m = y.length;
  const columns = predictorsOf(fit);
  const v = columns.length;
  const { distances, bound, errors } = distancesOf(where, fit, sigmaX, y, weights, curveOf(fit));
  const model = {
    evaluate: (_: Float64Array, p: Float64Array, out: Float64Array) => bound.evaluate(p, out),
    jacobian: (_: Float64Array, p: Float64Array, out: Float64Array) => bound.jacobian!(p, out),
  };
  const { free, init, lower, upper, names } = parameters;
  const params = Object.fromEntries(
    names.map((name, j) => {
      if (!free.includes(j)) return [name, { init: init[j]!, fixed: true }];
      const value = plain.values[name]!;
      return [name, { init: Number.isFinite(value) ? value : init[j]!, min: lower[j]!, max: upper[j]! }];
    }),
  );
  const {
    model: _,
    x: __,
    y: ___,
    params: ____,
    sigma,
    starts,
    absoluteSigma,
    ...settings
  } = ordinary as never as Record<string, unknown>;
  const known = absoluteSigma ? { absoluteSigma, sigma: 1 } : {};
  const inner = fitNow(null, {
    ...settings,
    ...known,
    model,
    x: y.map((_, i) => i),
    y: new Float64Array(m),
    params,
  } as never) as FitResult;
  // What the last evaluation left may be of another trial.
  distances.search(Float64Array.from(names, (name) => inner.values[name]!));
  let rssY = 0;
  let rssX = 0;
  for (let i = 0; i < m; i++) {
    const e = distances.epsilon[i]! / errors.y[i]!;
    rssY += e * e;
  }
  distances.shifts.forEach((shift, at) => {
    const d = shift / errors.x[at]!;
    rssX += d * d;
  });
  const delta = Object.fromEntries(
    columns.map(([name], k) => [
      name,
      Float64Array.from({ length: m }, (_, i) => distances.shifts[i * v + k]!),
    ]),
  );
  const watch = {
    nit: inner.nit,
    nfev: inner.nfev,
    elapsedMs: plain.elapsedMs + inner.elapsedMs,
    trace: inner.trace,
  };
  const parts = { rssY, rssX, delta, epsilon: distances.epsilon.slice() };
  return new Odr(inner, plain, parts, watch as unknown as Watch) as unknown as OdrResult;
}
