// The density of a fit's parameters, given its data. Chains start around the fit, at the scale of its standard
// errors; draws predict through the fitted model.

import { type PreparedFit, residualProblem } from "../least-squares/fit-problem.js";
import type { FitResult, FitX } from "../least-squares/fit-result.js";
import type { Done } from "../least-squares/model.js";
import { bindModel, readPredictors, refusePromise } from "../least-squares/model.js";
import type { ResidualProblem } from "../least-squares/problem.js";
import { logGamma } from "../random/log-gamma.js";
import type { Random } from "../random/philox.js";
import { chosenRuntime } from "../runtime/default.js";
import { log } from "../runtime/elementary.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption } from "../runtime/options.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { CompiledDensity } from "./compile-density.js";
import { checkConstraint, confined } from "./constraint.js";
import type { LogDensity, Predictor } from "./density.js";
import type { DensityPart } from "./density-part.js";
import {
  fittedOf,
  jacobianOf,
  keepInside,
  newObservations,
  type Observation,
  readObservation,
} from "./fit-observation.js";
import { type FitPosteriorOptions, mentions, readPrior } from "./fit-prior.js";
import { compiledFit } from "./fit-text.js";
import { type Likelihood, likelihoodOf } from "./likelihoods.js";

/** Differences of models without Jacobian: eps^(1/3), relative to the standard error or the value. */
const STEP = 6.055454452393343e-6;

/** The density of a fit's free parameters, as `sample` takes it; of a model given as text it runs in the core and in threads. */
export class FitDensity implements LogDensity {
  readonly names: readonly string[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The fit, and the variances of its parameters. */
  readonly start: Float64Array;
  readonly scale: Float64Array;
  readonly correlation?: Float64Array;
  /** Of a model given as text: the same density in the core. */
  declare readonly compiled?: CompiledDensity;
  readonly #fit: PreparedFit;
  readonly #observation: Observation;
  readonly #problem: ResidualProblem;
  readonly #likelihood: Likelihood;
  readonly #sigma: "known" | "estimated" | "marginalised";
  readonly #prior: DensityPart | null;
  readonly #left: DensityPart | null;
  readonly #observed: boolean;
  /** Whether sigma has the prior 1/sigma. */
  readonly #scaleFree: boolean;
  readonly #runtime: CoreRuntime;
  readonly #r: Float64Array;
  readonly #near: Float64Array;
  readonly #J: Float64Array;
  readonly #n: number;

  constructor(result: FitResult, fit: PreparedFit, options: FitPosteriorOptions) {
    const where = "posterior";
    const observation = readObservation(where, fit, options);
    const { likelihood, dof, sigma } = observation;
    const { parameters, y } = fit;
    const { freeNames } = parameters;
    this.#observation = observation;
    this.#fit = observation.fit;
    this.#n = freeNames.length;
    this.#likelihood = likelihoodOf(likelihood, dof);
    this.#sigma = sigma;
    this.#observed = booleanOption(where, "observed", options.observed, true);
    const estimated = sigma === "estimated";
    // A name that nothing else in the model bears.
    const taken = [
      ...parameters.names,
      ...parameters.tied.map(({ name }) => name),
      ...(fit.predictors ?? []),
    ];
    let own = "sigma";
    while (taken.includes(own)) own += "_";
    const { prior } = options;
    this.#scaleFree = estimated && !mentions(prior, own);
    this.names = estimated ? [...freeNames, own] : freeNames;
    const { free, lower, upper } = parameters;
    const tail = (value: number) => (estimated ? [value] : []);
    this.lower = Float64Array.from([...free.map((i) => lower[i]!), ...tail(0)]);
    this.upper = Float64Array.from([...free.map((i) => upper[i]!), ...tail(Infinity)]);
    const { values, variances } = fittedOf(where, result, freeNames);
    const s = Math.sqrt(result.rss / Math.max(1, y.length - this.#n));
    const sAt = s > 0 && Number.isFinite(s) ? s : 1;
    this.start = Float64Array.from([...values, ...tail(sAt)]);
    this.scale = Float64Array.from([
      ...variances,
      ...tail((sAt * sAt) / (2 * Math.max(1, y.length - this.#n))),
    ]);
    if (result.correlation && freeNames.length > 1)
      this.correlation = bordered(result.correlation, freeNames.length, this.names.length);
    const { part, left, domains } = readPrior(where, options.prior, this.names, this.lower);
    this.#prior = part;
    this.#left = left;
    this.names.forEach((name, i) => {
      const which = `${where}: ${name}`;
      const bounds = checkConstraint(which, { lower: this.lower[i]!, upper: this.upper[i]! });
      const within = confined(which, bounds, [name], domains);
      this.lower[i] = within.lower;
      this.upper[i] = within.upper;
    });
    keepInside(this.start, this.lower, this.upper, this.scale);
    const problem = residualProblem(this.#fit, synchronous);
    this.#problem = problem;
    this.#runtime = chosenRuntime(fit.options.runtime);
    this.#r = new Float64Array(y.length);
    this.#near = new Float64Array(y.length);
    this.#J = new Float64Array(y.length * this.#n);
    const compiled = compiledFit(observation, {
      ...{ scale: own, prior },
      ...{ names: this.names, lower: this.lower, upper: this.upper },
      ...{ observed: this.#observed, scaleFree: this.#scaleFree },
    });
    if (compiled) this.compiled = compiled;
  }

  /** What normalises likelihood and priors and depends on no parameter: `logDensity` leaves it out, an evidence takes it in. */
  get logConstant(): number {
    const { y } = this.#fit;
    const m = y.length;
    let sum = 0;
    if (this.#left) sum += this.#left.terms(this.#runtime, new Float64Array(0))[0]!;
    if (!this.#observed) return sum;
    // The integral of sigma^-(m + 1) exp(-rss / (2 sigma^2)) is gamma(m/2) 2^(m/2 - 1) rss^(-m/2).
    if (this.#sigma === "marginalised") sum += logGamma(0.5 * m) + (0.5 * m - 1) * log(2);
    for (let i = 0; i < m; i++) sum += this.#likelihood.constant(y[i]!) + jacobianOf(this.#observation, i);
    return sum;
  }

  logDensity(x: ArrayLike<number>): number {
    return this.#evaluate(x, null);
  }

  logDensityGrad(x: ArrayLike<number>, g: Float64Array): number {
    return this.#evaluate(x, g);
  }

  #scaleOf(x: ArrayLike<number>): number {
    return this.#sigma === "estimated" ? x[this.#n]! : 1;
  }

  /** The parameters of the model, without sigma. */
  #own(x: ArrayLike<number>): Float64Array {
    return Float64Array.from({ length: this.#n }, (_, j) => x[j]!);
  }

  /**
   * Sigma that goes with a draw where it is marginalised: rss / sigma^2 is a chi-square variate of m degrees of freedom under the law
   * 1 / sigma (Gelman et al. 2013, section 14.2).
   */
  #marginalScale(x: ArrayLike<number>, random: Random): number {
    const r = this.#r;
    this.#problem.residuals(this.#own(x), r);
    let rss = 0;
    for (const v of r) rss += v * v;
    return Math.sqrt(rss / (2 * random.gamma(r.length / 2)));
  }

  #evaluate(x: ArrayLike<number>, g: Float64Array | null): number {
    const { compiled } = this;
    if (compiled) return g ? compiled.logDensityGrad(x, g) : compiled.logDensity(x);
    g?.fill(0);
    const value = this.#observed ? this.#likelihoodAt(x, g) : 0;
    const own = this.#scaleFree ? x[this.#n]! : 1;
    if (g && this.#scaleFree) g[this.#n] = g[this.#n]! - 1 / own;
    return value - log(own) + (this.#prior ? this.#prior.evaluate(this.#runtime, x, g) : 0);
  }

  #likelihoodAt(x: ArrayLike<number>, g: Float64Array | null): number {
    const { y } = this.#fit;
    const r = this.#r;
    const n = this.#n;
    const m = y.length;
    const p = Float64Array.from({ length: n }, (_, j) => x[j]!);
    this.#problem.residuals(p, r);
    let value: number;
    const s = this.#scaleOf(x);
    if (this.#sigma === "marginalised") {
      let rss = 0;
      for (let i = 0; i < m; i++) rss += r[i]! * r[i]!;
      value = -0.5 * m * log(rss);
      if (g) for (let i = 0; i < m; i++) r[i] = (-m * r[i]!) / rss;
    } else {
      const law = this.#likelihood;
      value = 0;
      let slope = 0;
      for (let i = 0; i < m; i++) {
        value += law.term(r[i]!, s, y[i]!);
        if (!g) continue;
        slope += law.scaleSlope(r[i]!, s);
        r[i] = law.slope(r[i]!, s, y[i]!);
      }
      if (g && this.#sigma === "estimated") g[n] = slope;
    }
    if (g) {
      // r holds d value / d residual from here on.
      const J = this.#jacobian(p);
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) g[j] = g[j]! + r[i]! * J[i * n + j]!;
    }
    return value;
  }

  #jacobian(p: Float64Array): Float64Array {
    const J = this.#J;
    const n = this.#n;
    if (this.#problem.jacobian) {
      this.#problem.jacobian(p, J);
      return J;
    }
    const ahead = new Float64Array(this.#r.length);
    const behind = this.#near;
    for (let j = 0; j < n; j++) {
      const at = p[j]!;
      // Within the bounds, where the model is meant to be evaluated.
      const h = STEP * Math.max(Math.abs(at), Math.sqrt(this.scale[j]!));
      const high = Math.min(at + h, this.upper[j]!);
      const low = Math.max(at - h, this.lower[j]!);
      p[j] = high;
      this.#problem.residuals(p, ahead);
      p[j] = low;
      this.#problem.residuals(p, behind);
      p[j] = at;
      for (let i = 0; i < ahead.length; i++) J[i * n + j] = (ahead[i]! - behind[i]!) / (high - low);
    }
    return J;
  }

  /** log likelihood of each datum at x, with all its constants. */
  pointwise(x: ArrayLike<number>): Float64Array {
    const { y } = this.#fit;
    const marginalised = this.#sigma === "marginalised";
    if (marginalised || this.#observation.errors === "joint") {
      const why = marginalised ? "sigma marginalised" : "a matrix sigma";
      throw new DownhillError("UNSUPPORTED", `posterior: with ${why} the data are not independent`, {
        hint: marginalised
          ? 'use sigma: "estimated" for loo and waic'
          : "loo and waic need a sigma of each datum",
      });
    }
    const r = new Float64Array(y.length);
    this.#problem.residuals(this.#own(x), r);
    const s = this.#scaleOf(x);
    const law = this.#likelihood;
    return r.map((v, i) => law.term(v, s, y[i]!) + law.constant(y[i]!) + jacobianOf(this.#observation, i));
  }

  /** The model at new x, for the parameters of a draw; and a new observation there. */
  predictor(x: unknown): Predictor {
    const where = "predict";
    const fit = this.#fit;
    const bound = bindModel(
      where,
      fit.model,
      fit.parameters.names,
      readPredictors(where, x as FitX, fit.predictors),
    );
    const y = new Float64Array(bound.m);
    const problem = residualProblem(
      { bound, parameters: fit.parameters, y, weights: null, where },
      synchronous,
    );
    const observe = newObservations(where, this.#observation, this.#likelihood);
    const marginalised = this.#sigma === "marginalised";
    return {
      m: bound.m,
      values: (draw, out) => {
        problem.residuals(this.#own(draw), out);
      },
      observe: (draw, values, random) =>
        observe(marginalised ? this.#marginalScale(draw, random) : this.#scaleOf(draw), values, random),
    };
  }
}

const synchronous = (where: string, done: Done): undefined => {
  refusePromise(
    where,
    done,
    "the posterior of a fit needs a synchronous model: fit the same data with curveFit",
  );
};

/** The correlations of n parameters among d, the rest being independent. */
const bordered = (correlation: ArrayLike<number>, n: number, d: number): Float64Array =>
  Float64Array.from({ length: d * d }, (_, k) => {
    const [i, j] = [Math.floor(k / d), k % d];
    return i < n && j < n ? correlation[i * n + j]! : +(i === j);
  });
