// Statistics of a fit. m points, n parameters that they determine (the rank of the Jacobian), dof = m - n. Seber and Wild, Nonlinear Regression (1989),
// chapter 2; AIC and BIC as lmfit writes them (m ln(rss / m) + penalty), aicR and bicR as R's logLik does.

import { logValue } from "../stats/student.js";

export interface FitStatistics {
  /** Sum of squared (weighted) residuals. */
  readonly rss: number;
  readonly dof: number;
  /** sqrt(rss / dof); NaN when there is no degree of freedom. */
  readonly residualStd: number;
  readonly redChi2: number;
  /** Of counts with `absoluteSigma: false`: sum (y - fitted)^2 / fitted over dof, which scales their covariance. */
  readonly dispersion?: number;
  /** 1 - rss / (weighted sum of squares around the weighted mean; of several sets or components around the mean of each). */
  readonly r2: number;
  /** These criteria are NaN of counts with `absoluteSigma: false`, which have no likelihood; compareFits has QAICc of them. */
  readonly aic: number;
  readonly aicc: number;
  readonly bic: number;
  readonly aicR: number;
  readonly bicR: number;
}

const LN_2PI = 1.8378770664093453;

/** `weights` are 1 / sigma, or null when all are 1. */
export function fitStatistics(
  rss: number,
  n: number,
  y: Float64Array,
  weights: Float64Array | null,
): FitStatistics {
  const m = y.length;
  const dof = m - n;
  const redChi2 = dof > 0 ? rss / dof : NaN;
  const total = totalSquares(y, weights);
  const deviance = m * logValue(rss / m);
  let logWeights = 0;
  if (weights) for (const w of weights) logWeights += logValue(w);
  const minusTwoLogLik = m * (LN_2PI + 1) + deviance - 2 * logWeights;
  const logM = logValue(m);
  const aic = deviance + 2 * n;
  return {
    rss,
    dof,
    residualStd: Math.sqrt(redChi2),
    redChi2,
    r2: 1 - rss / total,
    aic,
    aicc: m - n - 1 > 0 ? aic + (2 * n * (n + 1)) / (m - n - 1) : NaN,
    bic: deviance + n * logM,
    aicR: minusTwoLogLik + 2 * (n + 1),
    bicR: minusTwoLogLik + (n + 1) * logM,
  };
}

/** Sum of squares around the weighted mean. */
export function totalSquares(y: Float64Array, weights: Float64Array | null): number {
  let sum = 0;
  let mass = 0;
  for (let i = 0; i < y.length; i++) {
    const w = weights ? weights[i]! : 1;
    sum += w * w * y[i]!;
    mass += w * w;
  }
  const mean = sum / mass;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const d = (weights ? weights[i]! : 1) * (y[i]! - mean);
    total += d * d;
  }
  return total;
}

/** Null where an element lies beyond the range of doubles. */
export function scaledBy(values: Float64Array, scale: number): Float64Array | null {
  const out = values.slice();
  for (let i = 0; i < out.length; i++) {
    out[i] = out[i]! * scale;
    if (!Number.isFinite(out[i])) return null;
  }
  return out;
}

/** Correlations of a covariance matrix (n*n), exactly 1 on the diagonal, 0 of what has no variance. */
export function correlationOf(covariance: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const scale = Math.sqrt(covariance[i * n + i]! * covariance[j * n + j]!);
      out[i * n + j] = i === j ? 1 : covariance[i * n + j]! / scale || 0;
    }
  }
  return out;
}
