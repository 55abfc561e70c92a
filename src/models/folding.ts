// What the graph may fold: constants where a function is exact, factors that are powers of two, powers that are products.

import type { Elementary } from "./language.js";

/** Where an elementary function is exact: [argument, result]. */
export const EXACT: Partial<Record<Elementary, readonly (readonly [number, number])[]>> = {
  exp: [[0, 1]],
  expm1: [[0, 0]],
  log: [[1, 0]],
  log1p: [[0, 0]],
  log2: [[1, 0]],
  log10: [[1, 0]],
  cbrt: [[0, 0]],
  sin: [[0, 0]],
  cos: [[0, 1]],
  tan: [[0, 0]],
  asin: [[0, 0]],
  acos: [[1, 0]],
  atan: [[0, 0]],
  sinh: [[0, 0]],
  cosh: [[0, 1]],
  tanh: [[0, 0]],
  erf: [[0, 0]],
};

export function isPowerOfTwo(x: number): boolean {
  let size = Math.abs(x);
  if (!(size > 1e-9 && size < 1e9)) return false;
  while (size > 1) size /= 2;
  while (size < 1) size *= 2;
  return size === 1;
}

/** Largest exponent that becomes multiplications: a^n is then within (n - 1)/2 ulp, longer chains would be worse than pow. */
const LONGEST_CHAIN = 16;

/** Whether a^n is a chain of multiplications, with a square root where n is a half: 2, -3, 1.5, ... */
export function isCheapPower(n: number): boolean {
  return (
    Math.abs(n) <= LONGEST_CHAIN && (Number.isInteger(n) || (Number.isInteger(2 * n) && Math.abs(n) < 8))
  );
}
