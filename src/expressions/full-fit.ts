// The result of curveFit in the main entry: what the fit of the small entry has, and the statistics that are worked out when they
// are asked for.

import type { Block } from "../driver/answer.js";
import type { Termination, Warning } from "../driver/types.js";
import { analysisRows } from "../least-squares/analysis.js";
import type { LeastSquaresEngine } from "../least-squares/engine.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import {
  type Band,
  type BandOptions,
  FitAnswer,
  type FitFields,
  type FitResult,
  type FitX,
} from "../least-squares/fit-result.js";
import type { Calibrated, CalibrateOptions } from "../least-squares/fit-set.js";
import type { FitRun } from "../least-squares/run.js";
import { type FitStatistics, fitStatistics, totalSquares } from "../least-squares/statistics.js";
import { advice } from "./advice.js";
import { calibrate } from "./calibrate.js";
import { type Derived, derive } from "./derive.js";
import { leverageOf, type ResidualTests, restOf, testsOf } from "./diagnostics.js";
import { type FormedBand, formedBand, SET } from "./formed-band.js";
import { predictorsOf } from "./odr-distance.js";
import type { DistanceParts } from "./odr-form.js";
import { type ProfileCurve, profileCurve, type Region, region } from "./profiles.js";
import { type Form, fittedAt } from "./residual-forms.js";

/** A prepared fit of the main entry. */
export interface FullPrepared extends PreparedFit {
  /** What makes `form`, and how its numbers are told. */
  readonly rule?: Form | null | undefined;
  readonly residuals?: "plain" | "relative" | "log" | undefined;
  readonly counts?: boolean | undefined;
  /** Errors are of Student's law. */
  readonly heavy?: boolean | undefined;
  readonly dropped?: number | undefined;
}

/** As methods, so that a fit with names of its own is one with any. */
interface Asked<P extends string> {
  profileCurve(name: P): ProfileCurve;
  region(a: P, b: P, options?: { level?: number | undefined }): Region;
}

/** Sum of squares around the mean of each set. */
function withinSets(
  fit: FullPrepared,
  y: Float64Array,
  weights: Float64Array | null,
  set: Float64Array,
): number {
  let total = 0;
  for (let from = 0, to = 0; from < y.length; from = to) {
    while (set[to] === set[from]) to++;
    total +=
      fit.rule?.total?.(fit, fit.y.subarray(from, to)) ??
      totalSquares(y.subarray(from, to), weights?.subarray(from, to) ?? null);
  }
  return total;
}

export class FullFit<P extends string = string> extends FitAnswer<P> {
  /** Points that `missing`, `mask` or a weight of 0 left out; there where one of these was given. */
  declare readonly dropped?: number;
  /** Of a fit with sigmaX: how far each x was moved, by predictor ("x" where there is one), and model - y there. */
  declare readonly delta?: DistanceParts["delta"];
  declare readonly epsilon?: Float64Array;
  /** rss of it in two: the squares of epsilon / sigma and of delta / sigmaX. */
  declare readonly rssY?: number;
  declare readonly rssX?: number;
  readonly #fit: FullPrepared;
  readonly #run: FitRun;
  #h: Float64Array | undefined;
  #own: Pick<FitRun, "residuals" | "jacobian"> | undefined;
  readonly #others: readonly Warning[];
  readonly #end: Termination;
  #told: readonly Warning[] | undefined;
  /**
   * Warnings are looked for when they are read: what they rest on is kept, and a fit whose answer is a number does not pay. One getter
   * for all and no closure: with one for each, results outlive young collections, and many small fits take twice as long.
   */
  static readonly #later: PropertyDescriptor & ThisType<FullFit> = {
    enumerable: true,
    configurable: true,
    get() {
      this.#told ??= [
        ...this.#others,
        ...advice(this.#fit, this.#end, this.#run, this.#asked, () => ({ ...this.#alone, h: this.leverage })),
      ];
      return this.#told;
    },
  };

  constructor(
    fit: FullPrepared,
    end: Termination,
    engine: LeastSquaresEngine,
    run: FitRun,
    statistics: FitStatistics,
  ) {
    const { rule, form } = fit;
    const n = run.used;
    let [told, stats, fitted]: [FitRun, FitStatistics, Float64Array | null] = [run, statistics, null];
    const { y, weights } = rule && form ? form(fit.y, fit.weights) : fit;
    if (rule && form) {
      told = rule.revise?.(run, fit) ?? run;
      fitted = fittedAt(fit, run.x);
      stats = fitStatistics(statistics.rss, n, y, weights);
      stats = rule.statistics?.(stats, fit, fitted, n) ?? stats;
    }
    // Only a fit of several sets has more to say at its end; a predictor of others may bear that name.
    const set = fit.finish && (fit.data.x as Readonly<Record<string, Float64Array>>)[SET];
    if (set) stats = { ...stats, r2: 1 - stats.rss / withinSets(fit, y, weights, set) };
    // A parameter that overflows is in all rows; 0 in a logarithm is in one.
    const i = end.reason === "nonFinite" ? run.residuals.findIndex((v) => !Number.isFinite(v)) : -1;
    if (i >= 0) {
      const at = predictorsOf(fit).map(([name, v]) => `${name} = ${v[i]}`);
      const what = `the ${form ? "residual" : "model"} is not finite at row ${i} (${at.join(", ")}): drop it, or`;
      told = { ...told, detail: run.detail.replace(/^[^;]*;/, what) };
    }
    let others: readonly Warning[] = [];
    super(fit, end, engine, told, stats, (warnings) => {
      others = warnings;
    });
    this.#fit = fit;
    this.#run = told;
    if (fitted && rule) {
      const residuals = fitted.map((v, i) => v - fit.y[i]!);
      Object.assign(this, { fitted, residuals, ...rule.tell?.(fit, run.x) });
    }
    if (fit.dropped !== undefined) this.dropped = fit.dropped;
    this.#others = others;
    this.#end = end;
    Object.defineProperty(this, "warnings", FullFit.#later);
  }

  /** With what was minimised. */
  protected override get blocks(): readonly [Block, ...Block[]] {
    const [first, ...others] = super.blocks;
    return [{ ...first, rows: [...first.rows!, ...analysisRows(this.#asked)] }, ...others];
  }

  get #asked(): FitFields {
    return this as unknown as FitFields;
  }

  /** Residuals and Jacobian by points. */
  get #alone(): Pick<FitRun, "residuals" | "jacobian"> {
    this.#own ??= this.#fit.rule?.alone?.(this.#run) ?? this.#run;
    return this.#own;
  }

  /**
   * How much each point can move its own fitted value, 0 to 1, m; their sum is the number of free parameters. NaN without a covariance.
   * With a matrix sigma this and what follows is of each residual beside what the errors of the other points tell of it, and there is no such sum.
   */
  get leverage(): Float64Array {
    const n = this.freeNames.length;
    this.#h ??= this.covariance
      ? leverageOf(this.#run.jacobian, n, this.#alone.jacobian)
      : new Float64Array(this.residuals.length).fill(NaN);
    return this.#h.slice();
  }

  /**
   * Residuals (model - y, weighted) over their own standard deviation s (1 - h_i)^(1/2), m: internally studentised, R's rstandard with
   * the other sign. With a likelihood or form of residuals of its own, those residuals.
   */
  get standardized(): Float64Array {
    const h = this.leverage;
    const s = Math.sqrt(this.solved.scale);
    return this.#alone.residuals.map((r, i) => r / (s * Math.sqrt(restOf(h[i]!))));
  }

  /** The same with s from the other points: R's rstudent with the other sign, of Student's law with dof - 1. */
  get studentized(): Float64Array {
    const dof = this.#asked.dof;
    const absolute = this.#fit.absoluteSigma;
    // With one degree of freedom the others leave none.
    const others = dof > 1 ? dof - 1 : NaN;
    return this.standardized.map((e) => (absolute ? e : e * Math.sqrt(others / (dof - e * e))));
  }

  /** Cook's distance of each point, m: how far the fitted values move when it is left out, in units of their confidence region. */
  get cook(): Float64Array {
    const h = this.leverage;
    const n = this.freeNames.length;
    return this.standardized.map((e, i) => (e * e * h[i]!) / (n * restOf(h[i]!)));
  }

  /** Whether the residuals look like noise: runs of signs, Durbin and Watson's ratio, normality. */
  get tests(): ResidualTests {
    const { data, options } = this.#fit;
    return testsOf(data.x, this.#run.residuals, options.runtime);
  }

  /** As that of the small entry; limits of a fit of logarithms are those of the logarithm. `warnings` where x lies beyond the data. */
  override get band(): (x: FitX, options?: BandOptions) => FormedBand {
    const plain = super.band;
    return (x, options = {}) =>
      formedBand(
        this.#fit,
        this.solved,
        plain as (x: FitX, o?: BandOptions) => Band,
        x,
        options,
        this.#run.lossScale,
      );
  }

  /**
   * An expression of the parameters with its standard error and interval by the delta method: `fit.derive("log(2)/k")`.
   *
   * @throws DownhillError EXPRESSION, with position and caret.
   */
  get derive(): (expression: string) => Derived {
    return (expression) => derive(this.#fit, this.solved, expression);
  }

  /** The profile of the sum of squares along one parameter, four standard errors to each side inside its bounds (Bates and Watts 1988, section 6.1). */
  get profileCurve(): Asked<P>["profileCurve"] {
    return (name) => profileCurve(this.solved, this.#asked, name);
  }

  /**
   * The joint confidence region of two parameters, the others fitted anew at each point: where the sum of squares exceeds its least
   * by 2 s^2 F(level; 2, dof) (chi-square with absoluteSigma), as points around it.
   */
  get region(): Asked<P>["region"] {
    return (a, b, options = {}) => region(this.solved, this.#asked, [a, b], options);
  }

  /**
   * The x at which a new observation was y, with its interval: where y leaves the prediction band (`kind: "confidence"`: the band of
   * the curve). Several y are replicates: their mean, with a variance to which their scatter adds (R's investr). x is NaN where the curve does not reach y inside the data, a tenth of their range added on each side; an end of the
   * interval is infinite where the band does not leave y. Of one predictor.
   */
  get calibrate(): (y: number | ArrayLike<number>, options?: CalibrateOptions) => Calibrated {
    return (y, options = {}) => calibrate(this.#fit.data.x, this, this as unknown as FitResult, y, options);
  }
}

export type FullFitResult<P extends string = string> = Termination &
  Omit<FitFields<P>, "band"> &
  Pick<
    FullFit<P>,
    | "dropped"
    | "delta"
    | "epsilon"
    | "rssY"
    | "rssX"
    | "leverage"
    | "standardized"
    | "studentized"
    | "cook"
    | "tests"
    | "band"
    | "derive"
    | "profileCurve"
    | "region"
    | "calibrate"
  >;
