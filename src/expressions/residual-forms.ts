// What is minimised in place of (model - y) / sigma: differences of logarithms, deviance residuals of counts, residuals whitened by
// the Cholesky factor of their covariance. Each is a model of its own for the same loop; what the result says of it is set right after.

import type { PreparedFit, ResidualForm } from "../least-squares/fit-problem.js";
import { type BoundModel, needNow } from "../least-squares/model.js";
import { allParameters } from "../least-squares/parameters.js";
import { type FitRun, sumOfSquares } from "../least-squares/run.js";
import type { FitStatistics } from "../least-squares/statistics.js";
import { spreadIn, triangular } from "../least-squares/triangular.js";
import { DownhillError } from "../runtime/errors.js";
import { coreFunction } from "./core-functions.js";

export interface Form {
  of(fit: PreparedFit): ResidualForm;
  /** The run as its covariance needs it. */
  revise?(run: FitRun, fit: PreparedFit): FitRun;
  /** Sum of squares of y around its mean, where it is another one. */
  total?(fit: PreparedFit, y: Float64Array): number;
  statistics?(usual: FitStatistics, fit: PreparedFit, fitted: Float64Array, n: number): FitStatistics;
  /** Residuals and the rows of their Jacobian, point by point, where those of the fit are not of one point each. */
  alone?(run: Pick<FitRun, "residuals" | "jacobian">): Pick<FitRun, "residuals" | "jacobian">;
  /** What the result says beside, at the free parameters x. */
  tell?(fit: PreparedFit, x: Float64Array): object;
}

/** The model's values at all points, now. */
export function valuesAt({ where, bound }: PreparedFit, p: Float64Array, out: Float64Array): void {
  needNow(where, bound.evaluate(p, out));
}

/** out = change(f), and with `slope` the rows of the Jacobian times d change / d f; both see the point's index. */
function transformed(
  fit: PreparedFit,
  change: (f: number, i: number) => number,
  slope: (f: number, i: number) => number,
): BoundModel {
  const { bound, y } = fit;
  const values = new Float64Array(y.length);
  const { jacobian } = bound;
  return {
    m: y.length,
    evaluate(p, out) {
      valuesAt(fit, p, out);
      for (let i = 0; i < out.length; i++) out[i] = change(out[i]!, i);
    },
    ...(jacobian && {
      jacobian(p: Float64Array, out: Float64Array) {
        valuesAt(fit, p, values);
        jacobian(p, out);
        const n = p.length;
        values.forEach((f, i) => {
          const factor = slope(f, i);
          for (let j = 0; j < n; j++) out[i * n + j]! *= factor;
        });
      },
    }),
  };
}

type Log = (x: number) => number;
const logOf = ({ options }: PreparedFit): Log => coreFunction("log", options.runtime);

/** log(model) - log(y): sigma, relative to y, is the standard deviation of log(y). */
export const logForm: Form = {
  of: (fit) => {
    const log = logOf(fit);
    return (y, weights) => ({
      bound: transformed(fit, log, (f) => 1 / f),
      y: y.map(log),
      weights: weights?.map((w, i) => w * y[i]!) ?? null,
    });
  },
};

/** sqrt(2 (t - log(1 + t))) / |t|, 1 at t = 0; t = (mu - y) / y, whose 1 + t cancels where mu is small. */
function bend(t: number, log: Log, ratio: number): number {
  if (Math.abs(t) > 0.03) return Math.sqrt(2 * (t - log(ratio))) / Math.abs(t);
  // 1/2 - t/3 + t^2/4 - ...; the tenth term is below rounding.
  let sum = 0;
  for (let k = 12; k >= 2; k--) sum = 1 / k - t * sum;
  return Math.sqrt(2 * sum);
}

/**
 * Deviance residuals of Poisson's law, sign(mu - y) sqrt(2 (mu - y + y log(y / mu))): half their sum of squares is the log-likelihood
 * but for a constant (McCullagh and Nelder, Generalized Linear Models, 1989, sections 2.3 and 2.4.3).
 */
const deviance = (mu: number, y: number, log: Log): number => {
  if (!(y > 0)) return Math.sqrt(2 * Math.abs(mu)) * (mu < 0 ? -1 : 1);
  const least = LEAST * y;
  // A fit on its way may come from where no mean of counts is: along the tangent.
  if (mu < least) return deviance(least, y, log) + devianceSlope(least, y, log) * (mu - least);
  const t = (mu - y) / y;
  return Math.sqrt(y) * t * bend(t, log, mu / y);
};

/** The share of y below which the deviance residual goes on along its tangent. */
const LEAST = 1e-12;

/** d deviance / d mu. */
function devianceSlope(mu: number, y: number, log: Log): number {
  if (!(y > 0)) return Math.abs(mu) > 1e-300 ? 1 / Math.sqrt(2 * Math.abs(mu)) : 0;
  const ratio = Math.max(mu / y, LEAST);
  return 1 / (ratio * Math.sqrt(y) * bend(ratio - 1, log, ratio));
}

/** log(y!) by Stirling's series, by the product where y is small. */
function logFactorial(y: number, log: Log): number {
  let product = 1;
  let z = y + 1;
  for (; z < 12; z++) product *= z;
  const series = (1 / 12 - (1 / 360 - 1 / (1260 * z * z)) / (z * z)) / z;
  return (z - 0.5) * log(z) - z + 0.9189385332046727 + series - log(product);
}

export const poissonForm: Form = {
  of: (fit) => {
    const log = logOf(fit);
    return (y, weights) => ({
      bound: transformed(
        fit,
        (mu, i) => deviance(mu, y[i]!, log),
        (mu, i) => devianceSlope(mu, y[i]!, log),
      ),
      y: new Float64Array(y.length),
      // The weights of the fit itself only lead the search for starts; a refit's are these times its own.
      weights: weights === fit.weights ? null : weights!.map((w, i) => w / fit.weights![i]!),
    });
  },
  /** Rows d mu / sqrt(mu), whose squares are the expected information, in place of those of the deviance residuals. */
  revise(run, fit) {
    const n = run.x.length;
    const mu = fittedAt(fit, run.x);
    const log = logOf(fit);
    const J = run.jacobian.map((v, at) => {
      const i = Math.floor(at / n);
      const y = fit.y[i]!;
      const ratio = mu[i]! / y;
      return v * (y > 0 ? Math.sqrt(ratio) * bend(ratio - 1, log, ratio) : Math.sqrt(2));
    });
    return { ...run, jacobian: J, uncertainty: { ...run.uncertainty, inverse: inverseOf(J, n, run) } };
  },
  total(fit, y) {
    const log = logOf(fit);
    const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
    let total = 0;
    for (const v of y) {
      const d = deviance(mean, v, log);
      total += d * d;
    }
    return total;
  },
  statistics(usual, fit, fitted, n) {
    const { y } = fit;
    const log = logOf(fit);
    let [likelihood, pearson] = [0, 0];
    y.forEach((v, i) => {
      const mu = fitted[i]!;
      pearson += ((v - mu) * (v - mu)) / mu;
      likelihood += (v > 0 ? v * log(mu) : 0) - mu - logFactorial(v, log);
    });
    // Scaled by their dispersion counts have no likelihood, and so no criteria, as in R.
    const aic = fit.absoluteSigma ? 2 * n - 2 * likelihood : NaN;
    const shift = aic - usual.aic;
    const [aicc, bic] = [usual.aicc + shift, usual.bic + shift];
    const told = { ...usual, r2: 1 - usual.rss / this.total!(fit, y), aic, aicc, bic, aicR: aic, bicR: bic };
    return fit.absoluteSigma ? told : { ...told, dispersion: pearson / usual.dof };
  },
};

/** (J'J)^-1 where the run knows one. */
function inverseOf(J: Float64Array, n: number, { uncertainty }: FitRun): Float64Array | null {
  if (!uncertainty.inverse) return null;
  const R = triangular(J, n);
  const columns = Array.from({ length: n }, (_, k) => {
    const v = new Float64Array(n);
    v[k] = 1;
    spreadIn(R, v);
    return v;
  });
  const out = new Float64Array(n * n);
  columns.forEach((a, j) => {
    columns.forEach((b, k) => {
      for (let i = 0; i < n; i++) out[j * n + k]! += a[i]! * b[i]!;
    });
  });
  return out;
}

/** The model's values at the free parameters x. */
export function fittedAt(fit: PreparedFit, x: Float64Array): Float64Array {
  const out = new Float64Array(fit.y.length);
  valuesAt(fit, allParameters(fit.parameters, x), out);
  return out;
}

/** Residuals L^-1 (model - y) with V = L L', V the covariance of y: generalised least squares. */
export function covarianceForm(where: string, V: Float64Array, m: number): Form {
  const L = cholesky(where, V, m);
  const whiten = (v: Float64Array, width: number, from = 0): void => {
    for (let i = from; i < m; i++) {
      for (let k = from; k < i; k++) {
        const l = L[i * m + k]!;
        if (l !== 0) for (let c = 0; c < width; c++) v[i * width + c]! -= l * v[k * width + c]!;
      }
      for (let c = 0; c < width; c++) v[i * width + c]! /= L[i * m + i]!;
    }
  };
  return {
    of: (fit) => (y) => {
      const { jacobian } = fit.bound;
      const own = y.slice();
      whiten(own, 1);
      const bound: BoundModel = {
        m,
        evaluate(p, out) {
          valuesAt(fit, p, out);
          whiten(out, 1);
        },
        ...(jacobian && {
          jacobian(p: Float64Array, out: Float64Array) {
            jacobian(p, out);
            whiten(out, p.length);
          },
        }),
      };
      return { bound, y: own, weights: null };
    },
    /**
     * A whitened residual mixes the errors of all points before its own. Along L^-1 e_i of unit length lies what the errors of all
     * others do not tell of point i, in its standard deviations: (V^-1 r)_i / (V^-1)_ii^(1/2).
     */
    alone({ residuals, jacobian }) {
      const n = jacobian.length / m;
      const own = { residuals: new Float64Array(m), jacobian: new Float64Array(m * n) };
      for (let i = 0; i < m; i++) {
        const along = new Float64Array(m);
        along[i] = 1;
        whiten(along, 1, i);
        const length = Math.sqrt(sumOfSquares(along));
        for (let k = i; k < m; k++) {
          const share = along[k]! / length;
          own.residuals[i]! += share * residuals[k]!;
          for (let j = 0; j < n; j++) own.jacobian[i * n + j]! += share * jacobian[k * n + j]!;
        }
      }
      return own;
    },
    statistics(usual, fit) {
      const { y } = fit;
      const log = logOf(fit);
      const ones = new Float64Array(m).fill(1);
      const own = y.slice();
      whiten(ones, 1);
      whiten(own, 1);
      const dot = own.reduce((sum, v, i) => sum + v * ones[i]!, 0);
      const total = sumOfSquares(own) - (dot * dot) / sumOfSquares(ones);
      let logs = 0;
      for (let i = 0; i < m; i++) logs += 2 * log(L[i * m + i]!);
      return { ...usual, r2: 1 - usual.rss / total, aicR: usual.aicR + logs, bicR: usual.bicR + logs };
    },
  };
}

function cholesky(where: string, V: Float64Array, m: number): Float64Array {
  const L = V.slice();
  const refuse = (code: "NOT_SYMMETRIC" | "NOT_POSITIVE_DEFINITE", what: string, i: number) =>
    new DownhillError(code, `${where}: the matrix sigma is not ${what} at row ${i}`, {
      details: { option: "sigma" },
    });
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const [below, above] = [V[i * m + j]!, V[j * m + i]!];
      if (!(Math.abs(below - above) <= 1e-10 * Math.sqrt(Math.abs(V[i * m + i]! * V[j * m + j]!))))
        throw refuse("NOT_SYMMETRIC", "symmetric", i);
      let sum = below;
      for (let k = 0; k < j; k++) sum -= L[i * m + k]! * L[j * m + k]!;
      if (i > j) L[i * m + j] = sum / L[j * m + j]!;
      else if (sum > 0 && sum < Infinity) L[i * m + i] = Math.sqrt(sum);
      else throw refuse("NOT_POSITIVE_DEFINITE", "positive definite", i);
    }
  }
  return L;
}
