// Likelihoods of a curve fit in terms of its residuals r = (model - y) / sigma: value, derivative by each residual and by the scale,
// and what normalises the term of each datum. One table.

import { logGamma } from "../random/log-gamma.js";
import type { Random } from "../random/philox.js";
import { poisson as count } from "../random/poisson.js";
import { log } from "../runtime/elementary.js";

export interface Likelihood {
  /** log likelihood of residual r of the datum y at scale s, without constants. */
  term(r: number, s: number, y: number): number;
  /** What is missing from `term`. */
  constant(y: number): number;
  /** By r. */
  slope(r: number, s: number, y: number): number;
  /** By s. */
  scaleSlope(r: number, s: number): number;
  /** A new observation of scale s where the model is `value`. */
  draw(value: number, s: number, random: Random): number;
}

/** log(2 pi) / 2. */
const HALF_LOG_2PI = 0.9189385332046728;

const gaussian: Likelihood = {
  term: (r, s) => -0.5 * (r / s) * (r / s) - log(s),
  constant: () => -HALF_LOG_2PI,
  slope: (r, s) => -r / (s * s),
  scaleSlope: (r, s) => ((r / s) * (r / s) - 1) / s,
  draw: (value, s, random) => value + s * random.normal(),
};

const student = (dof: number): Likelihood => ({
  term: (r, s) => -0.5 * (dof + 1) * log(1 + ((r / s) * (r / s)) / dof) - log(s),
  constant: () => logGamma(0.5 * (dof + 1)) - logGamma(0.5 * dof) - 0.5 * log(dof * Math.PI),
  slope: (r, s) => (-(dof + 1) * r) / (dof * s * s + r * r),
  scaleSlope: (r, s) => ((dof + 1) * r * r) / (s * (dof * s * s + r * r)) - 1 / s,
  // t = z / sqrt(chi2 / dof), chi2 = 2 gamma(dof / 2).
  draw: (value, s, random) => value + s * (random.normal() / Math.sqrt((2 * random.gamma(dof / 2)) / dof)),
});

const poisson: Likelihood = {
  term: (r, _s, y) => (r + y > 0 ? y * log(r + y) - (r + y) : y === 0 && r + y === 0 ? 0 : -Infinity),
  constant: (y) => -logGamma(y + 1),
  slope: (r, _s, y) => y / (r + y) - 1,
  scaleSlope: () => 0,
  draw: (value, _s, random) => count(random, value),
};

export type LikelihoodName = "gaussian" | "student" | "poisson";

export const likelihoodOf = (name: LikelihoodName, dof: number): Likelihood =>
  name === "gaussian" ? gaussian : name === "student" ? student(dof) : poisson;
