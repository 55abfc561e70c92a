// Warnings of a fit that explain: each says what was seen and what to try, from what the run has in hand.

import type { Termination, Warning } from "../driver/types.js";
import type { FitFields } from "../least-squares/fit-result.js";
import type { FitRun } from "../least-squares/run.js";
import { weakestDirection } from "../least-squares/weakest.js";
import { TextModel } from "../models/model.js";
import { unlessDisposed } from "../runtime/default.js";
import { studentT } from "../stats/student.js";
import { biasingError, inOrder, runsOf } from "./diagnostics.js";
import type { FullPrepared } from "./full-fit.js";
import { occurring } from "./occurring.js";

/** Condition number of unit columns from which parameters are looked at together: that of W_ILL_CONDITIONED. */
const TOGETHER = 1048576;
/** Share of a direction from which a parameter belongs to it, and how well a simple combination has to fit it. */
const SHARE = 0.05;
const SIMPLE = 1e-3;
/** Derivatives of a function at two points that differ by no more are the same: differences err by less. */
const ALIKE = 1e-6;
const ROUNDED = 4e-16;
/** z of the runs test below which signs are no noise: p = 3e-7 in each fit. */
const FEW_RUNS = -5;
/**
 * Share of the residuals' variance that is left in their third differences, 20 times smaller, below which they are a curve and no noise;
 * from so many points. Of noise of 12 points (9 differences, about 4 degrees of freedom) p = 2e-6.
 */
const SMOOTH = 1e-3;
const FEWEST = 12;
/** z of chi-square from which sigma cannot be, and the least factor of it that matters: means of few counts add 0.15 at most. */
const CHI_SQUARE = 5;
const FACTOR = 1.5;
/** Cook's distance of a point that carries a fit, and the chance of so wild a residual among all points. */
const CARRIES = 0.5;
const CHANCE = 1e-3;
/** A start is far where so many iterations were needed and a parameter came from so many times its value away. */
const FAR_ITERATIONS = 50;
const FAR = 10;

/** A text that only names a model; gamma and its like are parameters. */
const NAMED =
  /^(linear|hill|sine|(poly|exp|gauss|power|sin|fourier)\d?|.*(ential|ithmic|ussian|ntzian|oigt|istic\d?|bull|enten))$/;

const round = (value: number): string => String(Number(value.toPrecision(3)));
export function advice(
  fit: FullPrepared,
  end: Termination,
  run: FitRun,
  result: FitFields,
  points: () => Points,
): Warning[] {
  const found: Warning[] = [];
  const say: Say = (code, message, params) => {
    found.push({ code, message, ...(params && { params }) });
  };
  const { parameters, model, options } = fit;
  const { freeNames } = parameters;
  const { dof, r2, rss, redChi2, fitted, residuals } = result;
  const n = freeNames.length;
  let flat: boolean;
  if (model instanceof TextModel) {
    flat = !occurring(model.core).varies;
    // A function is only seen: it may be flat on the way of a fit, or at a minimum about which it is not.
  } else {
    const alike = (v: number, i: number, J: Float64Array): boolean => {
      const first = J[i % n]!;
      return Math.abs(v - first) <= ALIKE * Math.abs(first);
    };
    // y + (f - y) rounds.
    const level = (v: number, i: number): boolean =>
      Math.abs(v - fitted[0]!) <= ROUNDED * (Math.abs(v) + Math.abs(fit.y[i]!) + Math.abs(fit.y[0]!));
    flat = end.status === "converged" && fitted.every(level) && run.jacobian.every(alike);
  }
  const [name] = freeNames;
  if (flat && n === 1 && (options as { params?: unknown }).params === undefined && NAMED.test(name!))
    say("W_NO_X", `${name} is a parameter here: named models are given as models.gaussian`);
  // One parameter alone is a mean, which is meant.
  flat &&= n > 1;
  if (flat && found.length === 0)
    say(
      "W_NO_X",
      fit.data.x instanceof Float64Array
        ? "the model does not depend on x: write x for the variable, or give x: { t: [...] }"
        : `the model does not depend on ${Object.keys(fit.data.x).join(", ")}, the keys of x`,
    );
  const idle = model instanceof TextModel && flat ? [] : unanswered(run, result);
  if (idle.length > 0)
    say(
      "W_PARAM_UNUSED",
      `no point depends on ${idle.join(", ")} here: correct the model, or hold it (fixed: true)`,
      idle,
    );
  if (end.status !== "converged") return found;
  if (!flat && (run.uncertainty.conditionNumber > TOGETHER || run.uncertainty.rank < n))
    together(run, freeNames, say);
  if (options.loss !== undefined && options.loss !== "linear") return found;
  if (fit.counts && fitted.some((v) => v < 0))
    say(
      "W_NEGATIVE_MEAN",
      "the curve is below 0 at some points, which no mean of counts is: bound the parameters, or fit a model that is positive",
    );
  const share = fit.residuals === "relative" && fit.weights ? biasingError(fit.y, fit.weights, rss, dof) : 0;
  if (share > 0)
    say(
      "W_RELATIVE_BIAS",
      `errors of ${round(100 * share)} % of y pull the curve about ${round(200 * share * share)} % too near to 0: ${fit.y.every((v) => v > 0) ? 'use residuals: "log", or ' : ""}fit again with sigma: fit.fitted.map(Math.abs), times the sigma that was given`,
    );
  if (r2 < -1e-9)
    say(
      "W_WORSE_THAN_CONSTANT",
      `a constant fits better (R2 = ${round(r2)}): check model and data, or add a constant`,
    );
  let largest = 0;
  for (const v of fitted) largest = Math.max(largest, Math.abs(v));
  // The square of one point that is to blame.
  let pulled = 0;
  // Residuals that are rounding have no pattern that matters.
  if (dof > 1 && residuals.some((r) => Math.abs(r) > 1e-10 * largest)) {
    const ordered = inOrder(fit.data.x, run.residuals);
    const { count, expected, z } = runsOf(ordered);
    // Where one point pulls the curve away, the others lie on one side.
    pulled = result.covariance ? outlier(fit, run, result, points, say) : 0;
    if (!pulled && (z < FEW_RUNS || isSmooth(ordered)))
      say(
        "W_RESIDUALS_NOT_RANDOM",
        `the residuals are not random, ${count} runs of one sign for ${round(expected)} expected: the model misses something, or errors are correlated; plot them`,
      );
  }
  if (fit.absoluteSigma && dof > 0 && isImplausible(rss - pulled, dof - (pulled && 1))) {
    const seen = `reduced chi-square is ${round(redChi2)}: `;
    const other = "or the model, or this minimum, is not the right one";
    if (!fit.counts)
      say(
        "W_SIGMA_IMPLAUSIBLE",
        redChi2 > 1
          ? `${seen}sigma is ${round(Math.sqrt(redChi2))} times too small, ${other}; leave absoluteSigma out where sigma is not certain`
          : `${seen}sigma is ${round(1 / Math.sqrt(redChi2))} times too large; leave absoluteSigma out`,
      );
    else if (redChi2 > 1)
      say(
        "W_OVERDISPERSED",
        `${seen}counts scatter ${round(Math.sqrt(redChi2))} times as much as Poisson's law has it, ${other}; absoluteSigma: false scales the errors (quasi-Poisson)`,
      );
  }
  if (result.nit < FAR_ITERATIONS || fit.starts) return found;
  const distant = freeNames.find((name) => {
    const { value, init } = result.params[name]!;
    return Math.abs(init - value) > FAR * Math.abs(value);
  });
  if (distant)
    say(
      "W_FAR_START",
      `the start was far: ${distant} began at ${round(result.params[distant]!.init)}: try starts: "auto"`,
      [distant],
    );
  return found;
}

/** Parameters with a column of exact zeros: the model does not use them, is a step in them, or has lost them on the way. */
function unanswered({ jacobian }: FitRun, { freeNames }: FitFields): string[] {
  const n = freeNames.length;
  return freeNames.filter((_, k) => jacobian.every((v, at) => at % n !== k || v === 0));
}

/** Residuals of single points, and how much each can move its own fitted value. */
interface Points {
  readonly residuals: Float64Array;
  readonly h: Float64Array;
}

type Say = (code: Warning["code"], message: string, params?: string[]) => void;

/** Third differences, whose variance is 20 times that of noise, find next to none. */
export function isSmooth(e: Float64Array): boolean {
  const m = e.length;
  if (m < FEWEST) return false;
  let [whole, rough] = [0, 0];
  for (let i = 0; i < m; i++) {
    whole += e[i]! * e[i]!;
    if (i < 3) continue;
    const d = e[i]! - 3 * e[i - 1]! + 3 * e[i - 2]! - e[i - 3]!;
    rough += d * d;
  }
  return rough / (20 * (m - 3)) < (SMOOTH * whole) / m;
}

/** The parameters of which the direction that moves the residuals least is made. */
function together({ jacobian, x }: FitRun, names: readonly string[], say: Say): void {
  const { v, sizes } = weakestDirection(jacobian, names.length);
  const least = SHARE * v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const those = [...v.keys()].filter((j) => Math.abs(v[j]!) > least);
  if (those.length < 2) return;
  const list = those.map((j) => names[j]!);
  const [a, b] = list as [string, string];
  const [da, db] = those.map((j) => v[j]! / sizes[j]!) as [number, number];
  const [ra, rb] = [da / x[those[0]!]!, db / x[those[1]!]!];
  // A parameter that is 0 has an infinite share, which is no likeness.
  const near = (u: number, w: number) => Math.abs(u - w) <= SIMPLE * Math.min(Math.abs(u), Math.abs(w));
  const forms: [boolean, string][] = [
    [near(ra, -rb), `${a}*${b}`],
    [near(ra, rb), `${a}/${b}`],
    [near(da, -db), `${a} + ${b}`],
  ];
  const how = list.length < 3 && forms.find(([fits]) => fits);
  say(
    "W_PARAMS_TOGETHER",
    `${list.join(", ")} matter only together${how ? `, as ${how[1]}` : ""}: fix one`,
    list,
  );
}

/** A share of the limit below which no point comes near it: h is known to 2e-4 here. */
const NEAR = 0.95;
/** 2 ln(1 / CHANCE), and 2 ln 2. */
const LEAST = 13.8155;
const DOUBLING = 1.38629;

/**
 * Whether a point's residual comes near the limit, with h_i = J_i (J'J)^-1 J_i' from the inverse at hand: it costs no factorisation,
 * and its error of eps cond^2 (2e-4 at most) is no matter for this question. Student's quantiles are beyond the normal ones, and
 * these beyond z^2 = 2L - ln 2L - ln(pi/2) with L = ln(m / CHANCE), which is at least ln(1 / CHANCE) + ln 2 for each doubling of m.
 */
function mayBeWild(
  { jacobian, residuals, uncertainty }: FitRun,
  n: number,
  { redChi2, dof }: Pick<FitFields, "redChi2" | "dof">,
  known: boolean,
): boolean {
  const { inverse, conditionNumber } = uncertainty;
  if (!inverse || conditionNumber > TOGETHER) return true;
  const twice = LEAST + DOUBLING * (31 - Math.clz32(residuals.length));
  // ln 2L lies below its tangent at 14.
  const tame = (13 / 14) * twice - 2.091;
  // t^2 = e^2 (dof - 1) / (dof - e^2).
  const limit = NEAR * tame * (known ? 1 : (redChi2 * dof) / (dof - 1 + tame));
  for (let i = 0, at = 0; i < residuals.length; i++, at += n) {
    const r = residuals[i]!;
    let h = 0;
    for (let j = 0; j < n; j++) {
      let row = 0.5 * inverse[j * n + j]! * jacobian[at + j]!;
      for (let k = 0; k < j; k++) row += inverse[j * n + k]! * jacobian[at + k]!;
      h += row * jacobian[at + j]!;
    }
    // Whatever is not below it, NaN too.
    if (!(r * r < limit * (1 - 2 * h))) return true;
  }
  return false;
}

/** Whether chi-square refutes that the variances are those of sigma (Fisher's root of it is nearly normal). */
function isImplausible(rss: number, dof: number): boolean {
  const z = Math.sqrt(2 * rss) - Math.sqrt(2 * dof - 1);
  return Math.abs(z) > CHI_SQUARE && Math.max(rss / dof, dof / rss) > FACTOR;
}

/**
 * The point whose residual, in standard deviations of the others, no chance among all points explains: Student's test of the externally
 * studentised residual with Bonferroni's bound (Cook and Weisberg 1982, section 2.2.2). By its Cook's distance it carries the fit.
 * Where sigma is known the test is that of the normal law (Baarda's w), and the point is to blame where sigma is plausible without it,
 * or where it stands out of what the others scatter, too. Its square, by which the sum falls without it; 0 for none.
 */
function outlier(fit: FullPrepared, run: FitRun, result: FitFields, points: () => Points, say: Say): number {
  const { rss, dof, redChi2, freeNames, params } = result;
  const known = fit.absoluteSigma;
  const n = freeNames.length;
  // A matrix of errors makes other residuals of the points.
  const mixed = fit.rule?.alone;
  const e = mixed ? points().residuals : run.residuals;
  // Both need a large residual: few fits need leverages. No e^2 / redChi2 exceeds dof.
  let largest = 0;
  for (const r of e) largest = Math.max(largest, r * r);
  if (largest <= (known ? 6 : Math.min(6, dof / 2) * redChi2) || !(mixed || mayBeWild(run, n, result, known)))
    return 0;
  // A bound that holds pulls residuals away too, and they are not orthogonal to the columns of J.
  if (freeNames.some((name) => params[name]!.atBound)) return 0;
  const { h } = points();
  let [worst, most, cook] = [-1, 0, 0];
  e.forEach((r, i) => {
    const rest = 1 - h[i]!;
    const square = (r * r) / rest;
    if (square > most && rest > 1e-8)
      [worst, most, cook] = [i, square, (square * h[i]!) / (n * rest * redChi2)];
  });
  if (worst < 0) return 0;
  const quantile = (others: number): number =>
    studentT(1 - CHANCE / (2 * e.length), others, unlessDisposed(fit.options.runtime));
  const w = Math.sqrt(most);
  if (known && w < quantile(Infinity)) return 0;
  // Its residual in standard deviations of the others.
  const t = w * Math.sqrt((dof - 1) / Math.max(rss - most, 1e-12 * rss));
  const alone = known && !isImplausible(rss - most, dof - 1);
  if (!alone && t < quantile(dof - 1)) return 0;
  say(
    "W_OUTLIER",
    `point ${worst} ${cook > CARRIES ? "carries the fit" : "is an outlier"}: ${alone ? `${round(w)} standard deviations` : `${round(t)} standard deviations of the others`} away; check it${fit.rule ? "" : ', or fit with loss: "softL1"'}`,
  );
  return most;
}
