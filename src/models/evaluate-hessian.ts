// What the export `hessian` of an emitted objective does, in plain JavaScript.

import { type FunctionTable, type Numbers, rootSums } from "./evaluate.js";
import { type Program, triangle } from "./program.js";

/** Fills the gradient and the full Hessian (row-major), returns the value. */
export type HessianEvaluator = (
  m: number,
  x: ArrayLike<number>,
  ldx: number,
  p: ArrayLike<number>,
  grad: Numbers,
  hess: Numbers,
) => number;

export function hessianEvaluator(program: Program, table: FunctionTable): HessianEvaluator {
  const n = program.first.length;
  const places = triangle(n);
  const evaluate = rootSums(program, [program.value, ...program.first, ...program.second], table);
  return (m, x, ldx, p, grad, hess) => {
    const sums = evaluate(m, x, ldx, p);
    for (let i = 0; i < n; i++) grad[i] = sums[1 + i]!;
    places.forEach(([i, j], k) => {
      hess[i * n + j] = hess[j * n + i] = sums[1 + n + k]!;
    });
    return sums[0]!;
  };
}
