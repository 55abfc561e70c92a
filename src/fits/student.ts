// curveFitStudent: curveFit with errors of Student's law, under a name of its own.

import { curveFit, curveFitAsync, type FullFitOptions } from "../expressions/curve-fit.js";
import type { FullFitResult } from "../expressions/full-fit.js";
import type { ModelX } from "../least-squares/curve-fit.js";
import { optionError } from "../runtime/options.js";

/**
 * curveFit with `likelihood: "student"`, errors of Student's law with 4 degrees of freedom: points far off count less, and how far that
 * is follows from the data. The scale is estimated with the parameters by maximum likelihood; with absoluteSigma it is 1.
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
  return curveFit(ofStudent("curveFitStudent", options) as FullFitOptions<P, X>);
}

/**
 * As curveFitStudent; gives the event loop a turn at least every 8 ms, and the model may be asynchronous.
 *
 * @example
 * const data = { x: [0, 1, 2, 3, 4, 5], y: [0.1, 1, 2.1, 9, 3.9, 5.1] };
 * (await curveFitStudentAsync({ model: "a + b*x", ...data })).values.b; // 1.0
 */
export async function curveFitStudentAsync<P extends string = string, X extends ModelX = ArrayLike<number>>(
  options: Omit<
    FullFitOptions<P, X, number | PromiseLike<number>>,
    "loss" | "lossScale" | "likelihood" | "residuals"
  >,
): Promise<FullFitResult<P>> {
  type Given = FullFitOptions<P, X, number | PromiseLike<number>>;
  return curveFitAsync(ofStudent("curveFitStudentAsync", options) as Given);
}

function ofStudent(where: string, options: object): object {
  const given = options as Readonly<Record<string, unknown>>;
  for (const key of ["data", "loss", "lossScale", "likelihood", "residuals"])
    if (given?.[key] !== undefined) throw optionError(where, key, given[key], "left out: the law is given");
  return { ...options, likelihood: "student" };
}
