// odr: orthogonal distance regression, errors in x as in y (Boggs, Byrd and Schnabel, SIAM J. Sci. Stat. Comput. 8 (1987) 1052; ODRPACK):
// curveFit with sigmaX under a name of its own, its result told as ODRPACK tells it.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { Termination } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import { curveFit, curveFitAsync, refuseElsewhere } from "../expressions/curve-fit.js";
import type { SigmaX } from "../expressions/distances.js";
import type { FullFitResult } from "../expressions/full-fit.js";
import type { CurveFitOptions, ModelX } from "../least-squares/curve-fit.js";
import type { Band, BandOptions, FitParam, FitX } from "../least-squares/fit-result.js";
import { inNameOf, inNameOfAsync } from "../runtime/in-name-of.js";
import { optionError } from "../runtime/options.js";

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
  readonly #fit: FullFitResult;

  constructor(fit: FullFitResult) {
    const { status, reason, method, variant, warnings, nit, nfev, elapsedMs, trace } = fit;
    super({ status, reason } as Termination, { nit, nfev, elapsedMs, trace } as unknown as Watch, {
      kind: "odr",
      method: `odr, ${method}`,
      variant,
      warnings,
    });
    this.values = fit.values;
    this.params = fit.params;
    this.covariance = fit.covariance;
    this.correlation = fit.correlation;
    this.freeNames = fit.freeNames;
    this.rss = fit.rss;
    this.rssY = fit.rssY!;
    this.rssX = fit.rssX!;
    this.dof = fit.dof;
    this.redChi2 = fit.redChi2;
    this.residualStd = fit.residualStd;
    this.delta = fit.delta!;
    this.epsilon = fit.epsilon!;
    this.#fit = fit;
  }

  get message(): string {
    return this.#fit.message;
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

  /** The curve at new x. */
  get predict(): (x: FitX) => Float64Array {
    return this.#fit.predict;
  }

  /** Its pointwise confidence band, as that of curveFit. */
  get band(): (x: FitX, options?: BandOptions) => Band {
    return this.#fit.band;
  }
}

/** The result of odr. */
export type OdrResult = Termination & Shape<Odr>;

/**
 * Fits a model to data with errors in x and in y: minimises the sum of squared distances to the curve, each in units of its errors.
 *
 * Starts may be left out for text: it begins at the answer of the ordinary fit then. Standard errors are ODRPACK's: sigma
 * and sigmaX are relative unless `absoluteSigma`, so that the covariance is scaled by rss / dof.
 *
 * @throws DownhillError as curveFit; OPTION where sigmaX is missing or not positive; UNSUPPORTED for tied parameters.
 * @example
 * const fit = odr({ model: "a + b*x", x: [0, 1, 2, 3], y: [0.1, 0.9, 2.2, 2.8], sigmaX: 0.1, sigma: 0.2 });
 * fit.values.b;  // 0.93
 * fit.delta.x;   // how far each x was moved
 */
export function odr<X extends ModelX = ArrayLike<number>>(options: OdrOptions<X>): OdrResult {
  checkOptions("odr", options);
  return new Odr(inNameOf("odr", "curveFit", () => curveFit(options as never))) as unknown as OdrResult;
}

/**
 * As odr; gives the event loop a turn at least every 8 ms. The model is synchronous: the curve is searched for the nearest point to each.
 *
 * @example
 * const data = { x: [0, 1, 2, 3], y: [0.1, 0.9, 2.2, 2.8], sigmaX: 0.1, sigma: 0.2 };
 * (await odrAsync({ model: "a + b*x", ...data })).values.b; // 0.93
 */
export async function odrAsync<X extends ModelX = ArrayLike<number>>(
  options: OdrOptions<X>,
): Promise<OdrResult> {
  checkOptions("odrAsync", options);
  const fit = await inNameOfAsync("odrAsync", "curveFitAsync", curveFitAsync(options as never));
  return new Odr(fit) as unknown as OdrResult;
}

function checkOptions(where: string, options: object): void {
  if (typeof options !== "object" || options === null)
    throw optionError(where, "options", options, "an object { model, x, y, sigmaX, ... }");
  refuseElsewhere(where, options);
  const { sigmaX } = options as { sigmaX?: unknown };
  if (sigmaX === undefined || sigmaX === null)
    throw optionError(where, "sigmaX", sigmaX, "the standard deviation of x");
  for (const key of ["loss", "lossScale", "data"])
    if ((options as never)[key] !== undefined)
      throw optionError(where, key, (options as never)[key], "left out: odr has no such option");
}
