// Clipping of gradients that lie in ordinary arrays, in place: PyTorch's clip_grad_value_ and clip_grad_norm_.
// An optimizer clips inside its step instead, and leaves `grads` as they are.

import { DownhillError, quote } from "../runtime/errors.js";
import { takeNumbers } from "../runtime/numbers.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";

/** An array of numbers that can be written to. */
export type Writable = Float64Array | Float32Array | number[];

/** An array as it was read, to be counted with, and where its elements are written to. */
interface List {
  readonly numbers: ArrayLike<number>;
  readonly target: Writable;
}

function lists(where: string, g: Writable | readonly Writable[]): readonly List[] {
  const all = (Array.isArray(g) && typeof g[0] === "object" ? g : [g]) as readonly Writable[];
  return Array.from({ length: all.length }, (_, k) => {
    const target = all[k]!;
    const numbers = takeNumbers(where, "g", target);
    if (ArrayBuffer.isView(target) && !(target instanceof Float64Array || target instanceof Float32Array))
      throw new DownhillError("SHAPE", `${where}: g must hold floats, got ${quote(target)}`, {
        hint: "an array of integers would cut off what is clipped: Float64Array.from(g)",
        details: { argument: "g" },
      });
    if (numbers.length === 0 || !Object.isFrozen(target)) return { numbers, target };
    throw new DownhillError("SHAPE", `${where}: g is frozen, and is clipped in place`, {
      hint: "give a copy: [...g]",
      details: { argument: "g" },
    });
  });
}

/**
 * Clips every element to [-limit, limit]; NaN stays. `g` is one array, or a list of arrays.
 *
 * @example
 * const g = new Float64Array([3, -0.5]);
 * clipValue(g, 1); // g is now [1, -0.5]
 */
export function clipValue(g: Writable | readonly Writable[], limit: number): void {
  numberOption("clipValue", "limit", limit, 0, { min: 0, infinite: true });
  for (const { numbers, target } of lists("clipValue", g)) {
    for (let i = 0; i < numbers.length; i++) {
      const v = numbers[i]!;
      if (v > limit) target[i] = limit;
      else if (v < -limit) target[i] = -limit;
    }
  }
}

/** The norm of all arrays together: 2 (default), 1 or Infinity. */
function normOf(all: readonly List[], kind: number): number {
  let top = 0;
  let sum = 0;
  let squares = 0;
  for (const { numbers } of all) {
    for (let i = 0; i < numbers.length; i++) {
      const v = Math.abs(numbers[i]!);
      if (!(v <= top)) top = v;
      sum += v;
      squares += v * v;
    }
  }
  if (Number.isNaN(sum)) return NaN;
  if (kind === Infinity) return top;
  if (kind === 1) return sum;
  if ((squares > 1e-270 && squares < Infinity) || top === 0 || top === Infinity) return Math.sqrt(squares);
  // Squares left the range of doubles.
  squares = 0;
  for (const { numbers } of all) {
    for (let i = 0; i < numbers.length; i++) squares += (numbers[i]! / top) * (numbers[i]! / top);
  }
  return top * Math.sqrt(squares);
}

/**
 * Multiplies by min(1, limit / (norm + 1e-6)), so that the norm of all arrays together is at most `limit`. Returns the norm
 * (2, or options.norm: 1 or Infinity) before clipping; when that is NaN or Infinity nothing is changed.
 *
 * @example
 * const g = new Float64Array([3, 4]);
 * clipNorm(g, 1); // 5, the norm it had; g is now [0.6, 0.8]
 */
export function clipNorm(
  g: Writable | readonly Writable[],
  limit: number,
  options: { norm?: number } = {},
): number {
  numberOption("clipNorm", "limit", limit, 0, { min: 0, infinite: true });
  checkKeys("clipNorm", options, ["norm"]);
  const { norm: kind = 2 } = options;
  if (kind !== 1 && kind !== 2 && kind !== Infinity) {
    throw optionError("clipNorm", "norm", kind, "1, 2 or Infinity");
  }
  const all = lists("clipNorm", g);
  const norm = normOf(all, kind);
  const factor = limit / (norm + 1e-6);
  if (!(factor < 1) || norm === Infinity) return norm;
  for (const { numbers, target } of all)
    for (let i = 0; i < numbers.length; i++) target[i] = numbers[i]! * factor;
  return norm;
}
