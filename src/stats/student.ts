// What every fit needs of the laws of statistics: Student's quantile for intervals, and a logarithm. They stand in the room
// of the fits too, so that a bundle of fits does not carry the other laws.

import { chosenRuntime } from "../runtime/default.js";
import { optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { type LeastSquaresKernels, room } from "../wasm/least-squares.js";

const kernels = (runtime: Runtime | undefined): LeastSquaresKernels => chosenRuntime(runtime).kernels(room);

export function probability(where: string, p: number): void {
  if (!(typeof p === "number" && p >= 0 && p <= 1)) throw optionError(where, "p", p, "a number from 0 to 1");
}

export function positive(where: string, name: string, value: number, infinite = true): void {
  if (typeof value === "number" && value > 0 && (infinite || value !== Infinity)) return;
  throw optionError(where, name, value, infinite ? "a number > 0, or Infinity" : "a finite number > 0");
}

/** Quantiles that were asked for: fits of one size ask for the same one, which takes as long as some ten iterations. */
const known = new Map<string, number>();
const KNOWN = 99;

/** `studentTQuantile` for fits, which bring a right p and dof. */
export function studentT(p: number, dof: number, runtime?: Runtime): number {
  const key = `${p} ${dof}`;
  const t = known.get(key) ?? kernels(runtime).studentTQuantile(p, dof);
  if (known.size > KNOWN) known.clear();
  known.set(key, t);
  return t;
}

/** t with P(T <= t) = p: a two-sided interval of level c reaches `studentTQuantile((1 + c) / 2, dof)` standard errors. */
export function studentTQuantile(p: number, dof: number, runtime?: Runtime): number {
  probability("studentTQuantile", p);
  positive("studentTQuantile", "dof", dof);
  return kernels(runtime).studentTQuantile(p, dof);
}

/** ln x with the same bits on every engine: -Infinity at 0, NaN below. */
export function logValue(x: number, runtime?: Runtime): number {
  return kernels(runtime).log(x);
}
