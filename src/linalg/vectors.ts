// Checks and copies of vectors.

import { DownhillError } from "../runtime/errors.js";
import { notFinite, type Place } from "../runtime/numbers.js";
import { lengthOf } from "../runtime/options.js";
import type { Precision, Real } from "./matrix.js";

/** Zeros in ordinary memory; OUT_OF_MEMORY where the host has no room for them. */
export function newVector(where: string, n: number): Float64Array {
  try {
    return new Float64Array(n);
  } catch (cause) {
    throw new DownhillError("OUT_OF_MEMORY", `${where}: no room for ${n} numbers`, {
      details: { requested: 8 * n },
      cause,
    });
  }
}

/** The array itself where it is typed, else a copy: read once, it can no longer change. Only numbers go in. */
export function snapshot(
  where: string,
  values: ArrayLike<number>,
  at: (index: number) => Place,
  length?: number,
) {
  if (ArrayBuffer.isView(values)) return values;
  const n = length ?? lengthOf(where, at(0).name, values);
  const copy = newVector(where, n);
  for (let i = 0; i < n; i++) {
    const value: unknown = values[i];
    if (typeof value !== "number") throw notFinite(where, value, at(i));
    copy[i] = value;
  }
  return copy;
}

/** Copies `n` numbers; for short vectors a loop is faster than `set`. */
export function copyArray(from: ArrayLike<number>, to: Real, n: number): void {
  if (n > 32 && ArrayBuffer.isView(from)) {
    to.set(from);
    return;
  }
  for (let i = 0; i < n; i++) to[i] = from[i]!;
}

/** Whether every element is a finite number; 0 times anything else is NaN. */
export function allFinite(x: ArrayLike<number>): boolean {
  const n = x.length;
  let a = 0;
  let b = 0;
  let i = 0;
  if (ArrayBuffer.isView(x)) {
    for (; i + 2 <= n; i += 2) {
      a += x[i]! * 0;
      b += x[i + 1]! * 0;
    }
    for (; i < n; i++) a += x[i]! * 0;
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
    a += x[i]! * 0;
    b += x[i + 1]! * 0;
    c += x[i + 2]! * 0;
    d += x[i + 3]! * 0;
  }
  for (; i < n; i++) a += x[i]! * 0;
  return a + b + c + d === 0;
}

/** copyArray for doubles alone. */
export function copy64(from: Float64Array, to: Float64Array, n: number): void {
  if (n > 20) to.set(from);
  else for (let i = 0; i < n; i++) to[i] = from[i]!;
}

/**
 * A vector of finite numbers as a typed array: the caller's own or a copy. SHAPE, DETACHED_INPUT or NON_FINITE_INPUT,
 * the last also for numbers that round to Infinity in single precision.
 */
export function checkVector(
  where: string,
  argument: string,
  b: unknown,
  length?: number,
  precision: Precision = "f64",
): ArrayLike<number> {
  const n = lengthOf(where, argument, b, length);
  const at = (index: number): Place => ({ name: `${argument}[${index}]`, details: { argument, index } });
  const v = snapshot(where, b as ArrayLike<number>, at, n);
  const narrow = precision === "f32" && !(v instanceof Float32Array);
  if (!narrow && allFinite(v)) return v;
  for (let i = 0; i < v.length; i++) {
    const value = v[i]!;
    if (!Number.isFinite(narrow ? Math.fround(value) : value))
      throw notFinite(where, value, at(i), precision);
  }
  return v;
}

/** UNSUPPORTED where a result has left the range of its precision. */
export function checkResult(where: string, x: Real, given = "A or b"): void {
  if (allFinite(x)) return;
  const single = x instanceof Float32Array;
  throw new DownhillError(
    "UNSUPPORTED",
    `${where}: the result leaves the range of ${single ? "single" : "double"} precision`,
    { hint: single ? 'dtype: "f64" has more' : `scale ${given}` },
  );
}
