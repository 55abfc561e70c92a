// The best plain JavaScript we can write for the room `blas`: four independent sums, four elements a turn.
// Use one copy of this module per array type: a function that has seen both kinds is slower on each.

import type { Numbers } from "../../test/reference/blas.js";

export function dot(n: number, x: Numbers, y: Numbers): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    s0 += x[i]! * y[i]!;
    s1 += x[i + 1]! * y[i + 1]!;
    s2 += x[i + 2]! * y[i + 2]!;
    s3 += x[i + 3]! * y[i + 3]!;
  }
  for (; i < n; i++) s0 += x[i]! * y[i]!;
  return s0 + s1 + (s2 + s3);
}

export function sum(n: number, x: Numbers): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    s0 += x[i]!;
    s1 += x[i + 1]!;
    s2 += x[i + 2]!;
    s3 += x[i + 3]!;
  }
  for (; i < n; i++) s0 += x[i]!;
  return s0 + s1 + (s2 + s3);
}

export function asum(n: number, x: Numbers): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    s0 += Math.abs(x[i]!);
    s1 += Math.abs(x[i + 1]!);
    s2 += Math.abs(x[i + 2]!);
    s3 += Math.abs(x[i + 3]!);
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
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    y[i] = y[i]! + a * x[i]!;
    y[i + 1] = y[i + 1]! + a * x[i + 1]!;
    y[i + 2] = y[i + 2]! + a * x[i + 2]!;
    y[i + 3] = y[i + 3]! + a * x[i + 3]!;
  }
  for (; i < n; i++) y[i] = y[i]! + a * x[i]!;
}

export function axpby(n: number, a: number, x: Numbers, b: number, y: Numbers): void {
  if (b === 0) {
    for (let i = 0; i < n; i++) y[i] = a * x[i]!;
    return;
  }
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    y[i] = a * x[i]! + b * y[i]!;
    y[i + 1] = a * x[i + 1]! + b * y[i + 1]!;
    y[i + 2] = a * x[i + 2]! + b * y[i + 2]!;
    y[i + 3] = a * x[i + 3]! + b * y[i + 3]!;
  }
  for (; i < n; i++) y[i] = a * x[i]! + b * y[i]!;
}

export function scal(n: number, a: number, x: Numbers): void {
  const stop = n & ~3;
  let i = 0;
  for (; i < stop; i += 4) {
    x[i] = a * x[i]!;
    x[i + 1] = a * x[i + 1]!;
    x[i + 2] = a * x[i + 2]!;
    x[i + 3] = a * x[i + 3]!;
  }
  for (; i < n; i++) x[i] = a * x[i]!;
}

export function copy(n: number, x: Numbers, y: Numbers): void {
  y.set(n === x.length ? x : x.subarray(0, Math.max(n, 0)));
}

export function fill(n: number, a: number, x: Numbers): void {
  x.fill(a, 0, Math.max(n, 0));
}
