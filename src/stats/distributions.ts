// The laws behind standard errors, confidence intervals and tests: normal, Student's t, chi-square and F. They
// are computed by the WASM core, because Math.exp and Math.log differ between engines in the last bits.
// Quantiles are good to 1e-12 relative (p from 1e-10 to 1 - 1e-10); upper tails have digits of their own.

import { chosenRuntime } from "../runtime/default.js";
import { optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { room, type StatsKernels } from "../wasm/stats.js";
import { positive, probability } from "./student.js";

export { logValue, studentTQuantile } from "./student.js";

const kernels = (runtime: Runtime | undefined): StatsKernels => chosenRuntime(runtime).kernels(room);

function real(where: string, name: string, value: number): void {
  if (typeof value !== "number" || Number.isNaN(value)) throw optionError(where, name, value, "a number");
}

/** P(Z <= z) of the standard normal law. */
export function normalCdf(z: number, runtime?: Runtime): number {
  real("normalCdf", "z", z);
  return kernels(runtime).normalCdf(z);
}

/** z with P(Z <= z) = p. */
export function normalQuantile(p: number, runtime?: Runtime): number {
  probability("normalQuantile", p);
  return kernels(runtime).normalQuantile(p);
}

/** P(T <= t) of Student's t with any dof > 0; infinite dof is the normal law. */
export function studentTCdf(t: number, dof: number, runtime?: Runtime): number {
  real("studentTCdf", "t", t);
  positive("studentTCdf", "dof", dof);
  return kernels(runtime).studentTCdf(t, dof);
}

/** P(X <= x) of chi-square. */
export function chiSquareCdf(x: number, dof: number, runtime?: Runtime): number {
  real("chiSquareCdf", "x", x);
  positive("chiSquareCdf", "dof", dof, false);
  return kernels(runtime).chiSquareCdf(x, dof);
}

/** P(X > x) of chi-square: the p-value of a sum of squares. */
export function chiSquareUpper(x: number, dof: number, runtime?: Runtime): number {
  real("chiSquareUpper", "x", x);
  positive("chiSquareUpper", "dof", dof, false);
  return kernels(runtime).chiSquareUpper(x, dof);
}

/** x with P(X <= x) = p of chi-square. */
export function chiSquareQuantile(p: number, dof: number, runtime?: Runtime): number {
  probability("chiSquareQuantile", p);
  positive("chiSquareQuantile", "dof", dof, false);
  return kernels(runtime).chiSquareQuantile(p, dof);
}

/** P(X <= x) of F with `dof1` (finite) over `dof2` degrees of freedom; infinite `dof2` is chi-square over `dof1`. */
export function fCdf(x: number, dof1: number, dof2: number, runtime?: Runtime): number {
  real("fCdf", "x", x);
  positive("fCdf", "dof1", dof1, false);
  positive("fCdf", "dof2", dof2);
  return kernels(runtime).fCdf(x, dof1, dof2);
}

/** P(X > x) of F: the p-value of a ratio of variances. */
export function fUpper(x: number, dof1: number, dof2: number, runtime?: Runtime): number {
  real("fUpper", "x", x);
  positive("fUpper", "dof1", dof1, false);
  positive("fUpper", "dof2", dof2);
  return kernels(runtime).fUpper(x, dof1, dof2);
}

/** x with P(X <= x) = p of F. */
export function fQuantile(p: number, dof1: number, dof2: number, runtime?: Runtime): number {
  probability("fQuantile", p);
  positive("fQuantile", "dof1", dof1, false);
  positive("fQuantile", "dof2", dof2);
  return kernels(runtime).fQuantile(p, dof1, dof2);
}

/** ln Gamma(x) for x > 0, to 4e-15 max(1, |ln Gamma(x)|). */
export function logGamma(x: number, runtime?: Runtime): number {
  positive("logGamma", "x", x);
  return kernels(runtime).logGamma(x);
}
