// curveFitStudent: errors of Student's law with 4 degrees of freedom: the curve for a given scale is a fit with the loss "cauchy" at twice the scale,
// since (nu + 1) / 2 log(1 + r^2 / (nu s^2)) is its cost but for a factor; the scale follows from the weights of its residuals
// (the EM algorithm of Lange, Little and Taylor, J. Am. Stat. Assoc. 84 (1989) 881, section 3), until it settles.

import { curveFit, type FullFitOptions } from "../expressions/curve-fit.js";
import type { FullFitResult } from "../expressions/full-fit.js";
import type { ModelX } from "../least-squares/curve-fit.js";
import { preparedOf } from "../least-squares/prepared.js";
import { optionError } from "../runtime/options.js";

const NU = 4;
const MOST_PASSES = 200;
const SETTLED = 1e-9;

type Options = Readonly<Record<string, unknown>>;

/**
 * curveFit for errors of Student's law with 4 degrees of freedom: points far off count less, and how far that is follows from the
 * data. The scale is estimated with the parameters by maximum likelihood; with absoluteSigma it is 1. nit, nfev and njev are those of
 * all passes.
 *
 * @throws DownhillError as curveFit; OPTION for `loss`, `lossScale`, `likelihood`, `residuals` and `data`.
 * @example
 * const x = [0, 1, 2, 3, 4, 5];
 * const fit = curveFitStudent({ model: "a + b*x", x, y: [0.1, 1, 2.1, 9, 3.9, 5.1] });
 * fit.values.b; // 1.0: the point at x = 3 hardly counts
 */
export function curveFitStudent<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: Omit<FullFitOptions<P, X>, "loss" | "lossScale" | "likelihood" | "residuals">,
): FullFitResult<P> {
  const where = "curveFitStudent";
  const given = options as Options;
  for (const key of ["data", "loss", "lossScale", "likelihood", "residuals"])
    if (given?.[key] !== undefined) throw optionError(where, key, given[key], "nothing: the law is given");
  const root = Math.sqrt(NU);
  const pass = (lossScale: number | "mad", others: object = {}): FullFitResult =>
    curveFit({ ...given, ...others, loss: "cauchy", lossScale } as never);
  const known = given?.absoluteSigma === true;
  let fit = pass(known ? root : "mad");
  const counts = { nit: fit.nit, nfev: fit.nfev, njev: fit.njev };
  let s = NaN;
  for (let k = 0; !known && k < MOST_PASSES && Number.isFinite(fit.rss); k++) {
    const { weights } = preparedOf(fit)!;
    const r = fit.residuals.map((v, i) => v * (weights?.[i] ?? 1));
    if (k === 0) {
      const sizes = r.map(Math.abs).sort();
      s = sizes[sizes.length >> 1]!;
    }
    const before = s;
    let sum = 0;
    for (const v of r) sum += ((NU + 1) * v * v) / (NU + (v / s) * (v / s));
    s = Math.sqrt(sum / r.length);
    if (!(s > 0) || Math.abs(s - before) <= SETTLED * s) break;
    fit = pass(root * s, { params: paramsAt(given.params, fit), starts: undefined });
    counts.nit += fit.nit;
    counts.nfev += fit.nfev;
    counts.njev += fit.njev;
  }
  return Object.assign(fit, counts) as unknown as FullFitResult<P>;
}

/** The option params with the values of a fit as starts. */
function paramsAt(given: unknown, fit: FullFitResult): object {
  const specs = (given ?? {}) as Options;
  return Object.fromEntries(
    Object.entries(fit.params).map(([name, { value, expr }]) => {
      const spec = specs[name];
      if (expr !== undefined) return [name, spec];
      return [name, { ...(typeof spec === "object" ? spec : {}), init: value }];
    }),
  );
}
