// Values and first derivatives of a program at a point from its functions alone, apart from any run: extrapolated differences where there
// are no derivatives.

import { checkValue, type ObjectiveParts } from "../../minimize/objective.js";
import { ExactSum } from "../exact-sum.js";
import { differenceGradient, differenceRows } from "./extrapolated.js";
import type { NonlinearProgram } from "./problem.js";

/** Values of all rows at x. */
export function rowsAt(p: NonlinearProgram, x: Float64Array): Float64Array {
  const c = new Float64Array(p.m);
  for (const { first, count, parts, functions } of p.groups) {
    if (parts) parts.fun(x.slice(), c.subarray(first, first + count));
    else for (let i = 0; i < count; i++) c[first + i] = Number(functions[i]!(x.slice()));
  }
  const sum = new ExactSum();
  const from = p.rowPtr[p.nonlinear]!;
  for (let i = p.nonlinear; i < p.m; i++) {
    sum.clear();
    for (let k = p.rowPtr[i]!; k < p.rowPtr[i + 1]!; k++) sum.addProduct(p.A[k - from]!, x[p.colIdx[k]!]!);
    c[i] = sum.value;
  }
  return c;
}

export function jacobianAt(p: NonlinearProgram, x: Float64Array): Float64Array {
  const { nonlinear, rowPtr, colIdx } = p;
  const J = new Float64Array(colIdx.length);
  J.set(p.A, rowPtr[nonlinear]!);
  for (const { first, count, parts } of p.groups) {
    const own = J.subarray(rowPtr[first]!, rowPtr[first + count]!);
    if (parts?.jacobian) parts.jacobian(x.slice(), own);
    else
      differenceRows((at) => rowsAt(p, at).subarray(first, first + count), x, count, p.lower, p.upper, own);
  }
  return J;
}

export function evaluation({ fun, funGrad }: ObjectiveParts): (x: Float64Array) => number {
  return (x) => checkValue("verify", fun ? fun(x.slice()) : funGrad!(x.slice(), new Float64Array(x.length)));
}

export function gradientOf(
  { grad, funGrad }: ObjectiveParts,
  value: (x: Float64Array) => number,
  x: Float64Array,
  { lower, upper }: NonlinearProgram,
): Float64Array {
  const g = new Float64Array(x.length);
  if (grad) grad(x.slice(), g);
  else if (funGrad) funGrad(x.slice(), g);
  else differenceGradient(value, x, lower, upper, g);
  return g;
}
