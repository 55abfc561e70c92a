// The best plain JavaScript we can write for the room `blas`: four independent sums, eight elements a turn (more of
// either are slower); what updates a vector takes 16 or 32 a turn. So many, because V8 checks the arrays and loads their
// addresses and lengths again in every turn. Use one copy of this module per array type: a function that has seen both
// kinds is slower on each.

import type { Numbers } from "../../test/reference/blas.js";

export function dot(n: number, x: Numbers, y: Numbers): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const stop = n & ~7;
  let i = 0;
  for (; i < stop; i += 8) {
    s0 += x[i]! * y[i]!;
    s1 += x[i + 1]! * y[i + 1]!;
    s2 += x[i + 2]! * y[i + 2]!;
    s3 += x[i + 3]! * y[i + 3]!;
    s0 += x[i + 4]! * y[i + 4]!;
    s1 += x[i + 5]! * y[i + 5]!;
    s2 += x[i + 6]! * y[i + 6]!;
    s3 += x[i + 7]! * y[i + 7]!;
  }
  for (; i < n; i++) s0 += x[i]! * y[i]!;
  return s0 + s1 + (s2 + s3);
}

export function sum(n: number, x: Numbers): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const stop = n & ~7;
  let i = 0;
  for (; i < stop; i += 8) {
    s0 += x[i]!;
    s1 += x[i + 1]!;
    s2 += x[i + 2]!;
    s3 += x[i + 3]!;
    s0 += x[i + 4]!;
    s1 += x[i + 5]!;
    s2 += x[i + 6]!;
    s3 += x[i + 7]!;
  }
  for (; i < n; i++) s0 += x[i]!;
  return s0 + s1 + (s2 + s3);
}

export function asum(n: number, x: Numbers): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const stop = n & ~7;
  let i = 0;
  for (; i < stop; i += 8) {
    s0 += Math.abs(x[i]!);
    s1 += Math.abs(x[i + 1]!);
    s2 += Math.abs(x[i + 2]!);
    s3 += Math.abs(x[i + 3]!);
    s0 += Math.abs(x[i + 4]!);
    s1 += Math.abs(x[i + 5]!);
    s2 += Math.abs(x[i + 6]!);
    s3 += Math.abs(x[i + 7]!);
  }
  for (; i < n; i++) s0 += Math.abs(x[i]!);
  return s0 + s1 + (s2 + s3);
}

/** NaN fails every comparison, so it is looked for by itself; otherwise one compare an element. */
export function amax(n: number, x: Numbers): number {
  const i = iamax(n, x);
  return i < 0 ? 0 : Math.abs(x[i]!);
}

export function iamax(n: number, x: Numbers): number {
  if (n <= 0) return -1;
  let best = 0;
  let largest = Math.abs(x[0]!);
  if (Number.isNaN(largest)) return 0;
  for (let i = 1; i < n; i++) {
    const v = Math.abs(x[i]!);
    if (v <= largest) continue;
    if (Number.isNaN(v)) return i;
    largest = v;
    best = i;
  }
  return best;
}

export function nrm2(n: number, x: Numbers): number {
  const s = dot(n, x, x);
  if (s >= 1e-270 && s < Infinity) return Math.sqrt(s);
  const largest = amax(n, x);
  if (!(largest > 0 && largest < Infinity)) return largest;
  let scaled = 0;
  for (let i = 0; i < n; i++) {
    const v = x[i]! / largest;
    scaled += v * v;
  }
  return largest * Math.sqrt(scaled);
}

export function axpy(n: number, a: number, x: Numbers, y: Numbers): void {
  const stop = n & ~31;
  let i = 0;
  for (; i < stop; i += 32) {
    y[i] = y[i]! + a * x[i]!;
    y[i + 1] = y[i + 1]! + a * x[i + 1]!;
    y[i + 2] = y[i + 2]! + a * x[i + 2]!;
    y[i + 3] = y[i + 3]! + a * x[i + 3]!;
    y[i + 4] = y[i + 4]! + a * x[i + 4]!;
    y[i + 5] = y[i + 5]! + a * x[i + 5]!;
    y[i + 6] = y[i + 6]! + a * x[i + 6]!;
    y[i + 7] = y[i + 7]! + a * x[i + 7]!;
    y[i + 8] = y[i + 8]! + a * x[i + 8]!;
    y[i + 9] = y[i + 9]! + a * x[i + 9]!;
    y[i + 10] = y[i + 10]! + a * x[i + 10]!;
    y[i + 11] = y[i + 11]! + a * x[i + 11]!;
    y[i + 12] = y[i + 12]! + a * x[i + 12]!;
    y[i + 13] = y[i + 13]! + a * x[i + 13]!;
    y[i + 14] = y[i + 14]! + a * x[i + 14]!;
    y[i + 15] = y[i + 15]! + a * x[i + 15]!;
    y[i + 16] = y[i + 16]! + a * x[i + 16]!;
    y[i + 17] = y[i + 17]! + a * x[i + 17]!;
    y[i + 18] = y[i + 18]! + a * x[i + 18]!;
    y[i + 19] = y[i + 19]! + a * x[i + 19]!;
    y[i + 20] = y[i + 20]! + a * x[i + 20]!;
    y[i + 21] = y[i + 21]! + a * x[i + 21]!;
    y[i + 22] = y[i + 22]! + a * x[i + 22]!;
    y[i + 23] = y[i + 23]! + a * x[i + 23]!;
    y[i + 24] = y[i + 24]! + a * x[i + 24]!;
    y[i + 25] = y[i + 25]! + a * x[i + 25]!;
    y[i + 26] = y[i + 26]! + a * x[i + 26]!;
    y[i + 27] = y[i + 27]! + a * x[i + 27]!;
    y[i + 28] = y[i + 28]! + a * x[i + 28]!;
    y[i + 29] = y[i + 29]! + a * x[i + 29]!;
    y[i + 30] = y[i + 30]! + a * x[i + 30]!;
    y[i + 31] = y[i + 31]! + a * x[i + 31]!;
  }
  for (; i < n; i++) y[i] = y[i]! + a * x[i]!;
}

export function axpby(n: number, a: number, x: Numbers, b: number, y: Numbers): void {
  if (b === 0) {
    for (let i = 0; i < n; i++) y[i] = a * x[i]!;
    return;
  }
  const stop = n & ~15;
  let i = 0;
  for (; i < stop; i += 16) {
    y[i] = a * x[i]! + b * y[i]!;
    y[i + 1] = a * x[i + 1]! + b * y[i + 1]!;
    y[i + 2] = a * x[i + 2]! + b * y[i + 2]!;
    y[i + 3] = a * x[i + 3]! + b * y[i + 3]!;
    y[i + 4] = a * x[i + 4]! + b * y[i + 4]!;
    y[i + 5] = a * x[i + 5]! + b * y[i + 5]!;
    y[i + 6] = a * x[i + 6]! + b * y[i + 6]!;
    y[i + 7] = a * x[i + 7]! + b * y[i + 7]!;
    y[i + 8] = a * x[i + 8]! + b * y[i + 8]!;
    y[i + 9] = a * x[i + 9]! + b * y[i + 9]!;
    y[i + 10] = a * x[i + 10]! + b * y[i + 10]!;
    y[i + 11] = a * x[i + 11]! + b * y[i + 11]!;
    y[i + 12] = a * x[i + 12]! + b * y[i + 12]!;
    y[i + 13] = a * x[i + 13]! + b * y[i + 13]!;
    y[i + 14] = a * x[i + 14]! + b * y[i + 14]!;
    y[i + 15] = a * x[i + 15]! + b * y[i + 15]!;
  }
  for (; i < n; i++) y[i] = a * x[i]! + b * y[i]!;
}

export function scal(n: number, a: number, x: Numbers): void {
  const stop = n & ~15;
  let i = 0;
  for (; i < stop; i += 16) {
    x[i] = a * x[i]!;
    x[i + 1] = a * x[i + 1]!;
    x[i + 2] = a * x[i + 2]!;
    x[i + 3] = a * x[i + 3]!;
    x[i + 4] = a * x[i + 4]!;
    x[i + 5] = a * x[i + 5]!;
    x[i + 6] = a * x[i + 6]!;
    x[i + 7] = a * x[i + 7]!;
    x[i + 8] = a * x[i + 8]!;
    x[i + 9] = a * x[i + 9]!;
    x[i + 10] = a * x[i + 10]!;
    x[i + 11] = a * x[i + 11]!;
    x[i + 12] = a * x[i + 12]!;
    x[i + 13] = a * x[i + 13]!;
    x[i + 14] = a * x[i + 14]!;
    x[i + 15] = a * x[i + 15]!;
  }
  for (; i < n; i++) x[i] = a * x[i]!;
}

export function copy(n: number, x: Numbers, y: Numbers): void {
  y.set(n === x.length ? x : x.subarray(0, Math.max(n, 0)));
}

export function fill(n: number, a: number, x: Numbers): void {
  x.fill(a, 0, Math.max(n, 0));
}
