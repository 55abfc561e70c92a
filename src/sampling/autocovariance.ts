// Autocovariances of one chain, lag by lag as long as few are asked for, and all at once by a fast Fourier transform where many
// are. Both are the biased estimate, divided by n at every lag (Geyer 1992), which keeps the sequence positive definite.

import { cosPi } from "../runtime/elementary.js";
import { atOnce, inBlocks, type Steps } from "./steps.js";

/** From this lag on one transform is cheaper than sums. */
const DIRECT = 64;

export class Autocovariance {
  readonly #centred: Float64Array;
  #all: Float64Array | null = null;
  readonly mean: number;

  /** `room`: as many doubles as x has, for the centred sequence. */
  constructor(x: Float64Array, room = new Float64Array(x.length)) {
    const n = x.length;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += x[i]!;
    const first = sum / n;
    // A second pass takes the rounding of the first mean out.
    let rest = 0;
    for (let i = 0; i < n; i++) rest += x[i]! - first;
    this.mean = first + rest / n;
    const { mean } = this;
    for (let i = 0; i < n; i++) room[i] = x[i]! - mean;
    this.#centred = room;
  }

  /** What `at` needs for this lag, if it needs more than the sequence. */
  *prepare(lag: number): Steps<void> {
    if (lag >= DIRECT) this.#all ??= yield* transformed(this.#centred);
  }

  at(lag: number): number {
    if (lag >= DIRECT) {
      this.#all ??= atOnce(transformed(this.#centred));
      return this.#all[lag]!;
    }
    const c = this.#centred;
    const n = c.length;
    let even = 0;
    let odd = 0;
    let i = 0;
    for (; i + 1 < n - lag; i += 2) {
      even += c[i]! * c[i + lag]!;
      odd += c[i + 1]! * c[i + 1 + lag]!;
    }
    if (i < n - lag) even += c[i]! * c[i + lag]!;
    return (even + odd) / n;
  }
}

/** All autocovariances of a centred sequence, by Wiener and Khinchin: the transform of |transform|^2, padded with zeros. */
function* transformed(c: Float64Array): Steps<Float64Array> {
  const n = c.length;
  let size = 1;
  while (size < 2 * n) size *= 2;
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(c);
  yield* transforming(re, im);
  for (let i = 0; i < size; i++) {
    re[i] = re[i]! * re[i]! + im[i]! * im[i]!;
    im[i] = 0;
  }
  // |F|^2 is even, so the inverse transform is the transform itself.
  yield* transforming(re, im);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = re[i]! / size / n;
  return out;
}

/** In place, radix 2, decimation in time (Cooley and Tukey 1965); the length is a power of two. */
export const fourier = (re: Float64Array, im: Float64Array): void => atOnce(transforming(re, im));

function* transforming(re: Float64Array, im: Float64Array): Steps<void> {
  const n = re.length;
  let j = 0;
  yield* inBlocks(n, (first, last) => {
    for (let i = Math.max(1, first); i < last; i++) {
      let bit = n >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        [re[i], re[j]] = [re[j]!, re[i]!];
        [im[i], im[j]] = [im[j]!, im[i]!];
      }
    }
  });
  const cos = new Float64Array(n / 2);
  const sin = new Float64Array(n / 2);
  yield* inBlocks(n / 2, (first, last) => {
    for (let k = first; k < last; k++) {
      cos[k] = cosPi((2 * k) / n);
      sin[k] = -cosPi((2 * k) / n - 0.5);
    }
  });
  for (let half = 1; half < n; half *= 2)
    yield* inBlocks(n / 2, (first, last) => butterflies(re, im, cos, sin, half, first, last));
}

/** Of the pairs that are `half` apart, those from first to last. */
function butterflies(
  re: Float64Array,
  im: Float64Array,
  cos: Float64Array,
  sin: Float64Array,
  half: number,
  first: number,
  last: number,
): void {
  const stride = re.length / (2 * half);
  for (let pair = first; pair < last; ) {
    let k = pair & (half - 1);
    const end = Math.min(half, k + last - pair);
    const from = 2 * (pair - k);
    pair += end - k;
    for (; k < end; k++) {
      const c = cos[k * stride]!;
      const s = sin[k * stride]!;
      const a = from + k;
      const b = a + half;
      const x = re[b]! * c - im[b]! * s;
      const y = re[b]! * s + im[b]! * c;
      re[b] = re[a]! - x;
      im[b] = im[a]! - y;
      re[a] = re[a]! + x;
      im[a] = im[a]! + y;
    }
  }
}
