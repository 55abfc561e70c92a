// curveFitVector: curveFit of a model of several values at each x, under a name of its own.

import { curveFit, curveFitAsync, type GlobalFitResult } from "../expressions/curve-fit.js";
import { isRows, type VectorFitOptions, vectorSets } from "../expressions/vector-sets.js";
import { inNameOf, inNameOfAsync } from "../runtime/in-name-of.js";

/**
 * Fits a model of several values at each x: complex y as pairs, components of a field. It is one fit of all values; the result has a
 * set for each of them.
 *
 * @throws DownhillError as curveFit; SHAPE for rows of other lengths, CALLBACK_RESULT where the model returns no row.
 * @example
 * const x = [0, 1, 2, 3];
 * const y = x.map((t) => [2 * Math.cos(0.5 * t), 2 * Math.sin(0.5 * t)]);
 * const fit = curveFitVector({ model: ["a*cos(w*x)", "a*sin(w*x)"], x, y });
 * fit.values; // { a: 2, w: 0.5 }
 * fit.sets[1].predict([1.5]); // the second value there
 */
export function curveFitVector(options: VectorFitOptions): GlobalFitResult {
  const where = "curveFitVector";
  if (!isRows(options?.y)) vectorSets(where, options);
  return inNameOf(where, "curveFit", () => curveFit(options)) as GlobalFitResult;
}

/**
 * As curveFitVector; gives the event loop a turn at least every 8 ms.
 *
 * @example
 * const x = [0, 1, 2, 3];
 * const y = x.map((t) => [2 * Math.cos(0.5 * t), 2 * Math.sin(0.5 * t)]);
 * (await curveFitVectorAsync({ model: ["a*cos(w*x)", "a*sin(w*x)"], x, y })).values; // { a: 2, w: 0.5 }
 */
export async function curveFitVectorAsync(options: VectorFitOptions): Promise<GlobalFitResult> {
  const where = "curveFitVectorAsync";
  if (!isRows(options?.y)) vectorSets(where, options);
  return inNameOfAsync(where, "curveFitAsync", curveFitAsync(options));
}
