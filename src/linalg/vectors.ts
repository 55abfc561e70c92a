// Checks and copies of vectors.

import { checkArray, checkFinite } from "../runtime/options.js";
import type { Real } from "./matrix.js";

/** Copies `n` numbers; for short vectors a loop is faster than `set`. */
export function copyArray(from: ArrayLike<number>, to: Real, n: number): void {
  if (n > 32 && ArrayBuffer.isView(from)) {
    to.set(from);
    return;
  }
  for (let i = 0; i < n; i++) to[i] = from[i] as number;
}

/** Whether every element is a finite number; 0 times anything else is NaN. */
export function allFinite(x: ArrayLike<number>): boolean {
  const n = x.length;
  let a = 0;
  let b = 0;
  let i = 0;
  if (ArrayBuffer.isView(x)) {
    for (; i + 2 <= n; i += 2) {
      a += (x[i] as number) * 0;
      b += (x[i + 1] as number) * 0;
    }
    for (; i < n; i++) a += (x[i] as number) * 0;
    return a + b === 0;
  }
  for (; i < n; i++) if (!Number.isFinite(x[i])) return false;
  return true;
}

/** allFinite for doubles alone: an access that has seen one kind of array only is several times faster. */
export function finite64(x: Float64Array): boolean {
  const n = x.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    a += (x[i] as number) * 0;
    b += (x[i + 1] as number) * 0;
    c += (x[i + 2] as number) * 0;
    d += (x[i + 3] as number) * 0;
  }
  for (; i < n; i++) a += (x[i] as number) * 0;
  return a + b + c + d === 0;
}

/** copyArray for doubles alone. */
export function copy64(from: Float64Array, to: Float64Array, n: number): void {
  if (n > 20) to.set(from);
  else for (let i = 0; i < n; i++) to[i] = from[i] as number;
}

/** A right-hand side: SHAPE, DETACHED_INPUT or NON_FINITE_INPUT. */
export function checkVector(where: string, argument: string, b: unknown, length: number): ArrayLike<number> {
  checkArray(where, argument, b, length);
  if (!allFinite(b)) checkFinite(where, argument, b);
  return b;
}
