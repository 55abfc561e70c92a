// A value with its standard error in brackets, 9.931(67): the error with two digits, the value down to the same decimal (as
// NIST and CODATA print them). One power of ten for both where they are large or small.

import { powerOfTen, shortNumber } from "./axis.js";
import { finite } from "./picture.js";

const exponentOf = (v: number): number => (v === 0 ? 0 : Number(v.toExponential().split("e")[1]));

/** v / 10^k without a power beyond the range of doubles. */
function shifted(v: number, k: number): number {
  const half = Math.trunc(k / 2);
  return v / Number(`1e${half}`) / Number(`1e${k - half}`);
}

export function concise(value: number, stderr: number | null): string {
  if (stderr === null || !finite(stderr) || !(stderr > 0) || !finite(value)) return shortNumber(value, 6);
  // Decade of the error as it is printed: 0.0996 is 0.10.
  const last = exponentOf(Number(stderr.toPrecision(2))) - 1;
  const first = Math.max(exponentOf(value), last + 1);
  const plain = first < 6 && first >= -3 && last < 1;
  const shift = plain ? 0 : first;
  const decimals = Math.min(100, Math.max(0, shift - last));
  // An error that is too small for the digits of a double says nothing of them.
  if (first - last > 16) return shortNumber(value, 16);
  const digits = shifted(value, shift).toFixed(decimals).replace("-", "−");
  const error = Math.round(shifted(stderr, last));
  return plain ? `${digits}(${error})` : `${digits}(${error})·${powerOfTen(shift)}`;
}
