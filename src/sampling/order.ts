// The ascending order of many numbers, as places: a radix sort of the bits of doubles, eleven at a time (Knuth, TAOCP 3, 5.2.5).

import { atOnce, inBlocks, type Steps } from "./steps.js";

const DIGIT = 11;
const SIZE = 1 << DIGIT;
const MASK = SIZE - 1;
/** Digits of 64 bits. */
const DIGITS = 6;

/** Places of `x` in ascending order of its values, equal values in the order of their places; -0 goes before 0. No NaN. */
export const ascendingOrder = (x: Float64Array): Uint32Array => atOnce(ordering(x));

export function* ordering(x: Float64Array): Steps<Uint32Array> {
  const n = x.length;
  const words = new Uint32Array(x.buffer, x.byteOffset, 2 * n);
  // Doubles in ascending order as unsigned integers: negative ones with all bits turned, others with the sign bit set.
  const low = new Uint32Array(n);
  const high = new Uint32Array(n);
  const counts = new Uint32Array(DIGITS * SIZE);
  let from = new Uint32Array(n);
  let to = new Uint32Array(n);
  yield* inBlocks(n, (first, last) => {
    for (let i = first; i < last; i++) {
      const negative = words[2 * i + 1]! >> 31;
      const l = (words[2 * i]! ^ negative) >>> 0;
      const h = (words[2 * i + 1]! ^ (negative | 0x80000000)) >>> 0;
      low[i] = l;
      high[i] = h;
      from[i] = i;
      for (let k = 0; k < DIGITS; k++) {
        const at = k * SIZE + digitOf(l, h, k);
        counts[at] = counts[at]! + 1;
      }
    }
  });
  for (let k = 0; k < DIGITS; k++) {
    const own = counts.subarray(k * SIZE, (k + 1) * SIZE);
    // All alike in this digit: nothing moves.
    if (n > 0 && own[digitOf(low[0]!, high[0]!, k)] === n) continue;
    let sum = 0;
    for (let digit = 0; digit < SIZE; digit++) {
      const count = own[digit]!;
      own[digit] = sum;
      sum += count;
    }
    yield* inBlocks(n, (first, last) => distribute(from, to, low, high, own, k, first, last));
    [from, to] = [to, from];
  }
  return from;
}

/** Places first to last of `from` go where the next with their digit goes. */
function distribute(
  from: Uint32Array,
  to: Uint32Array,
  low: Uint32Array,
  high: Uint32Array,
  next: Uint32Array,
  k: number,
  first: number,
  last: number,
): void {
  for (let i = first; i < last; i++) {
    const place = from[i]!;
    const digit = digitOf(low[place]!, high[place]!, k);
    to[next[digit]!] = place;
    next[digit] = next[digit]! + 1;
  }
}

/** Digit k: bits 0 to 10, 11 to 21, 22 to 31 with 32, 33 to 43, 44 to 54, 55 to 63. */
function digitOf(low: number, high: number, k: number): number {
  if (k === 0) return low & MASK;
  if (k === 1) return (low >>> 11) & MASK;
  if (k === 2) return (low >>> 22) | ((high & 1) << 10);
  if (k === 3) return (high >>> 1) & MASK;
  if (k === 4) return (high >>> 12) & MASK;
  return high >>> 23;
}

/** The order of |x - centre|, from that of x: both sides of the centre are in order already. */
export function* foldedOrdering(
  folded: Float64Array,
  x: Float64Array,
  order: Uint32Array,
  centre: number,
): Steps<Uint32Array> {
  const n = x.length;
  const out = new Uint32Array(n);
  let right = 0;
  // Bisection: the first that is not below the centre.
  for (let end = n; right < end; ) {
    const middle = (right + end) >> 1;
    if (x[order[middle]!]! < centre) right = middle + 1;
    else end = middle;
  }
  let left = right - 1;
  yield* inBlocks(n, (first, last) => {
    for (let k = first; k < last; k++) {
      const takesLeft = right === n || (left >= 0 && folded[order[left]!]! <= folded[order[right]!]!);
      out[k] = takesLeft ? order[left--]! : order[right++]!;
    }
  });
  return out;
}
