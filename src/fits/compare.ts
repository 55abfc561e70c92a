// compareFits: several models of the same data, by information criteria with their weights (Burnham and Anderson, Model
// Selection and Multimodel Inference, 2002, section 2.9) and by F-tests between models of which one contains the other (Seber and Wild 1989, section 5.9).

import { type Block, Reported, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { FullPrepared } from "../expressions/full-fit.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { unlessDisposed } from "../runtime/default.js";
import { exp, log } from "../runtime/elementary.js";
import { DownhillError } from "../runtime/errors.js";
import type { Variant } from "../runtime/rooms.js";
import { fUpper } from "../stats/distributions.js";
import { fitBehind, plainSquares } from "./refit.js";

/** One of the models, in the order in which they were given. */
export interface ComparedFit {
  /** Free parameters. */
  readonly params: number;
  readonly dof: number;
  readonly rss: number;
  readonly aicc: number;
  readonly bic: number;
  /** Above the least of all. */
  readonly deltaAicc: number;
  readonly deltaBic: number;
  /** exp(-delta/2), made to sum to 1: the evidence for this model among those compared. NaN where the criterion is not known. */
  readonly weight: number;
  readonly bicWeight: number;
}

/** Whether the additional parameters of the larger model explain more than chance. It means something only where the larger model contains the smaller one. */
export interface NestedTest {
  /** Places of the two models among those given. */
  readonly smaller: number;
  readonly larger: number;
  /** ((rss_s - rss_l) / dof[0]) / (rss_l / dof[1]); where sigma is known (absoluteSigma, counts) the first alone, with dof[1] infinite: chi-square over dof[0]. Negative: the larger model does not contain the smaller one, or is at no minimum; p is NaN. */
  readonly F: number;
  readonly dof: readonly [number, number];
  /** P(F > this) if the smaller model is right. */
  readonly p: number;
}

export class Comparison extends Reported {
  /** Nothing can fail. */
  readonly success = true;
  readonly models: readonly ComparedFit[];
  /** Every pair with different numbers of parameters, neighbours in size first. */
  readonly tests: readonly NestedTest[];
  /** Place of the model with the least AICc; -1 where it is not known. */
  readonly best: number;

  constructor(models: readonly ComparedFit[], tests: readonly NestedTest[], variant: Variant) {
    super(0, { kind: "comparison", method: "compareFits", variant });
    this.models = models;
    this.tests = tests;
    this.best = models.findIndex(({ deltaAicc }) => deltaAicc === 0);
  }

  get message(): string {
    const best = this.models[this.best];
    return best
      ? `model ${this.best} has the least AICc, with weight ${short(best.weight, 3)}`
      : "AICc is not known: too few points";
  }

  protected get outcome(): string {
    return `${this.models.length} models`;
  }

  protected get brief(): string {
    return this.message;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const rows = this.models.map(
      (m, i) =>
        `    ${String(i).padEnd(6)} ${String(m.params).padEnd(7)} ${short(m.rss, 6).padEnd(12)} ${short(m.deltaAicc, 4).padEnd(12)} ${short(m.weight, 3).padEnd(10)} ${short(m.deltaBic, 4)}`,
    );
    const tests = this.tests.map((t) =>
      t.F < 0
        ? `    ${t.larger} fits worse than ${t.smaller} with more parameters: it does not contain it, or is no minimum`
        : `    ${t.smaller} in ${t.larger}: F(${t.dof[0]}, ${t.dof[1]}) = ${short(t.F, 5)}, p = ${short(t.p, 3)}`,
    );
    return [
      { title: "Comparison" },
      {
        title: "Models",
        lines: ["    model  params  rss          delta AICc   weight     delta BIC", ...rows],
      },
      { title: "F-tests", note: "where the larger model contains the smaller", lines: tests },
    ];
  }
}

/** The result of compareFits. */
export type FitComparison = Shape<Comparison>;

/** exp(-delta/2) over their sum; NaN deltas weigh nothing. */
function weightsOf(deltas: readonly number[]): number[] {
  const raw = deltas.map((delta) => (Number.isNaN(delta) ? NaN : exp(-delta / 2)));
  const sum = raw.reduce((total, w) => total + (Number.isNaN(w) ? 0 : w), 0);
  return raw.map((w) => w / sum);
}

function deltasOf(values: readonly number[]): number[] {
  const least = Math.min(...values.filter((value) => !Number.isNaN(value)));
  return values.map((value) => value - least || (value === least ? 0 : NaN));
}

const same = (a: Float64Array | null, b: Float64Array | null): boolean =>
  a === b || (a !== null && b !== null && a.length === b.length && a.every((value, i) => value === b[i]));

/** What is minimised, as text: fits that differ in it have criteria of different things. */
function lawOf(fit: PreparedFit): string {
  const { form, absoluteSigma } = fit;
  const { residuals = "plain", counts, given } = fit as FullPrepared;
  const { sigma, sigmaX } = given as { sigma?: unknown; sigmaX?: unknown };
  // Of a matrix the weights hold the diagonal alone.
  const matrix = form && residuals === "plain" && !counts ? sigma : null;
  const numbers = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  return JSON.stringify([residuals, counts, absoluteSigma, sigmaX, matrix], numbers);
}

/**
 * Compares fits of the same y with the same sigma: AICc and BIC with their weights, and F-tests.
 *
 * The criteria are those of the results (AICc = m ln(rss/m) + 2n + 2n(n+1)/(m-n-1)), the F-test is R's `anova` of two nls fits. With
 * absoluteSigma sigma is known: rss + 2n and rss + n ln m, and a chi-square test; counts have one too, as R's `anova(test = "Chisq")`.
 * Counts with `absoluteSigma: false` are compared by QAICc and QBIC: rss / c + 2k + 2k(k+1)/(m-k-1) and rss / c + k ln m with the
 * dispersion c of the largest model, at least 1, which is counted in k = n + 1 (Burnham and Anderson 2002, section 2.5).
 *
 * @throws DownhillError OPTION unless at least two results of curveFit are given, all of the same y and errors (sigma, sigmaX,
 * residuals, likelihood); UNSUPPORTED for robust losses.
 * @example
 * const x = [0, 1, 2, 3, 4, 5];
 * const y = [2.1, 1.4, 0.95, 0.62, 0.43, 0.27];
 * const line = curveFit({ model: "a + b*x", x, y });
 * const curve = curveFit({ model: "a + b*x + c*x^2", x, y });
 * const { tests, models, best } = compareFits(line, curve);
 * tests[0].p;       // is the curvature real?
 * models[best].weight;
 */
export function compareFits(...fits: readonly FitResult[]): FitComparison {
  const where = "compareFits";
  const prepared = fits.map((fit) => fitBehind(where, fit));
  if (fits.length < 2)
    throw new DownhillError("OPTION", `${where}: expected two fits or more, got ${fits.length}`, {
      details: { option: "fits" },
    });
  for (const one of prepared) plainSquares(where, one);
  const first = prepared[0]!;
  const other = prepared.findIndex(
    (fit) => !same(fit.y, first.y) || !same(fit.weights, first.weights) || lawOf(fit) !== lawOf(first),
  );
  if (other >= 0)
    throw new DownhillError("OPTION", `${where}: fits 0 and ${other} are not of the same y and errors`, {
      hint: "criteria and tests compare models of one set of data: give all the same sigma, sigmaX, residuals and likelihood",
      details: { option: "fits", index: other },
    });
  const runtime = unlessDisposed(first.options.runtime);
  // Where sigma is known rss is -2 log L but for a constant, and falls by chi-square: by F with no end of degrees of freedom.
  const known = first.absoluteSigma;
  const m = first.y.length;
  const counts = prepared.some((fit) => (fit as FullPrepared).counts);
  // Counts beyond Poisson's law: one dispersion for all, of the largest model, is a parameter more; below 1 it is chance.
  const widest = fits.reduce((a, b) => (b.dof < a.dof ? b : a));
  const c = Math.max(widest.dispersion ?? 1, 1);
  const criteria = fits.map(({ rss, aicc, bic, dof }) => {
    if (known === counts) return { aicc, bic };
    const n = m - dof;
    if (known) return { aicc: rss + 2 * n, bic: rss + n * log(m) };
    const k = n + 1;
    const more = m - k - 1 > 0 ? (2 * k * (k + 1)) / (m - k - 1) : NaN;
    return { aicc: rss / c + 2 * k + more, bic: rss / c + k * log(m) };
  });
  const deltaAicc = deltasOf(criteria.map(({ aicc }) => aicc));
  const deltaBic = deltasOf(criteria.map(({ bic }) => bic));
  const weights = weightsOf(deltaAicc);
  const bicWeights = weightsOf(deltaBic);
  const models = fits.map(
    ({ freeNames, dof, rss }, i): ComparedFit => ({
      params: freeNames.length,
      dof,
      rss,
      ...criteria[i]!,
      deltaAicc: deltaAicc[i]!,
      deltaBic: deltaBic[i]!,
      weight: weights[i]!,
      bicWeight: bicWeights[i]!,
    }),
  );
  const tests: NestedTest[] = [];
  models.forEach((small, smaller) => {
    models.forEach((large, larger) => {
      const df = small.dof - large.dof;
      if (df <= 0 || (large.dof <= 0 && !known)) return;
      const gain = (small.rss - large.rss) / df;
      const { dispersion = large.rss / large.dof } = fits[larger]!;
      const F = known ? gain : gain / dispersion;
      const below = known ? Infinity : large.dof;
      const p = F >= 0 ? fUpper(F, df, below, runtime) : NaN;
      tests.push({ smaller, larger, F, dof: [df, below], p });
    });
  });
  tests.sort((a, b) => a.dof[0] - b.dof[0]);
  return new Comparison(models, tests, fits[0]!.variant);
}
