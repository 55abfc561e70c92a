// The constants of CMA-ES as functions of the number of variables and the population: N. Hansen, The CMA Evolution Strategy:
// A Tutorial, arXiv:1604.00772, (49) to (58); where pycma 4 has moved on, its value and a word at the line.

import { FORM_LIMITED, FORM_SEPARABLE } from "../abi/global.js";
import { log } from "../runtime/elementary.js";

export interface CmaParameters {
  /** Weight of each rank, the first best: positive ones sum to 1, negative ones as (53). */
  readonly weights: Float64Array;
  readonly muEff: number;
  readonly cs: number;
  readonly cc: number;
  readonly c1: number;
  readonly cmu: number;
  readonly damps: number;
  /** E|N(0, I)|. */
  readonly chi: number;
  readonly sumWeights: number;
  /** Generations between two decompositions. */
  readonly lazy: number;
}

/** (48): 4 + floor(3 ln n). */
export const defaultPopulation = (n: number): number => 4 + Math.floor(3 * log(n));

export function cmaParameters(n: number, rows: number, form: number, active: boolean): CmaParameters {
  // (49), and mu_eff of both halves.
  const weights = Float64Array.from({ length: rows }, (_, i) => log((rows + 1) / 2) - log(i + 1));
  const half = sums(weights, 1);
  const tail = sums(weights, -1);
  const muEff = (half.sum * half.sum) / half.squares;
  const muEffMinus = tail.squares > 0 ? (tail.sum * tail.sum) / tail.squares : 0;
  // (56), (57), (58); the offset 1/4 and the factor for fewer than 6 points are pycma's.
  const few = Math.min(1, rows / 6);
  let cc = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  let c1 = (few * 2) / ((n + 1.3) * (n + 1.3) + muEff);
  let cmu = Math.min(1 - c1, (2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) * (n + 2) + muEff));
  if (form === FORM_SEPARABLE) {
    // n + 2 sqrt(n) in place of n^2: a diagonal has n degrees of freedom (pycma, after Akimoto and Hansen, PPSN 2020).
    const root = Math.sqrt(n);
    cc = (1 + 1 / n + muEff / n) / (root + 1 / n + (2 * muEff) / n);
    c1 = 1 / (n + 2 * root + muEff / n);
    cmu = Math.min(1 - c1, (0.25 + muEff + 1 / muEff - 2) / (n + 4 * root + muEff / 2));
  }
  // (50) to (53): what the negative weights may sum to.
  const minus = Math.min(1 + c1 / cmu, 1 + (2 * muEffMinus) / (muEff + 2), (1 - c1 - cmu) / (n * cmu));
  const positive = active && form !== FORM_LIMITED && cmu > 0;
  let sumWeights = 0;
  for (let i = 0; i < rows; i++) {
    const w = weights[i]!;
    if (w >= 0) weights[i] = w / half.sum;
    else weights[i] = positive ? (-minus * w) / tail.sum : 0;
    sumWeights += weights[i]!;
  }
  // (55), with pycma's upper limit and offset of c_sigma; (58).
  let cs = Math.min(0.5, (muEff + 2) / (n + muEff + 3));
  let damps = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cs;
  if (form === FORM_LIMITED) {
    // Loshchilov, Glasmachers and Beyer 2019: c_sigma = 2 rows / n, no damping.
    cs = Math.min(1, (2 * rows) / n);
    damps = 1;
  }
  const chi = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  const lazy = Math.max(1, Math.floor(1 / ((c1 + cmu) * n * 10)));
  return { weights, muEff, cs, cc, c1, cmu, damps, chi, sumWeights, lazy };
}

/** Sum and sum of squares of the weights of one sign; the sum of negative ones is negative. */
function sums(weights: Float64Array, sign: number): { sum: number; squares: number } {
  let sum = 0;
  let squares = 0;
  for (const w of weights) {
    if (w * sign <= 0) continue;
    sum += w;
    squares += w * w;
  }
  return { sum, squares };
}
