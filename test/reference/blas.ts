// The readable twin of the room `blas`: textbook loops in double precision, on either kind of array.

export type Numbers = Float64Array | Float32Array;

export function dot(n: number, x: Numbers, y: Numbers): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += x[i]! * y[i]!;
  return s;
}

export function sum(n: number, x: Numbers): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += x[i]!;
  return s;
}

export function asum(n: number, x: Numbers): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += Math.abs(x[i]!);
  return s;
}

/** max |x|, NaN if there is one, 0 for nothing. */
export function amax(n: number, x: Numbers): number {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(x[i]!));
  return largest;
}

/** The first NaN, else the first of the largest |x|, -1 for nothing. */
export function iamax(n: number, x: Numbers): number {
  let best = -1;
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(x[i]!)) return i;
    if (best < 0 || Math.abs(x[i]!) > Math.abs(x[best]!)) best = i;
  }
  return best;
}

/** Scaled by the largest element, so nothing overflows or underflows on the way. */
export function nrm2(n: number, x: Numbers): number {
  const largest = amax(n, x);
  if (!(largest > 0 && largest < Infinity)) return largest;
  let s = 0;
  for (let i = 0; i < n; i++) s += (x[i]! / largest) * (x[i]! / largest);
  return largest * Math.sqrt(s);
}

export function axpy(n: number, a: number, x: Numbers, y: Numbers): void {
  for (let i = 0; i < n; i++) y[i] = a * x[i]! + y[i]!;
}

export function axpby(n: number, a: number, x: Numbers, b: number, y: Numbers): void {
  for (let i = 0; i < n; i++) y[i] = a * x[i]! + (b === 0 ? 0 : b * y[i]!);
}

export function scal(n: number, a: number, x: Numbers): void {
  for (let i = 0; i < n; i++) x[i] = a * x[i]!;
}

export function copy(n: number, x: Numbers, y: Numbers): void {
  for (let i = 0; i < n; i++) y[i] = x[i]!;
}

export function fill(n: number, a: number, x: Numbers): void {
  for (let i = 0; i < n; i++) x[i] = a;
}
