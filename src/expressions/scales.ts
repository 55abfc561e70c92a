// Where a parameter may lie, from its unit and the data: a map from (0, 1) to values, for a quasi-random design. A rate is
// between 1/(many spans) and 1/spacing, a width between a spacing and many spans, a place on the axis, a period between two
// spacings and three spans. Nothing here has a unit of its own.

import type { Role } from "../models/structure.js";

/** What the design needs to know of a column of data. */
export interface Extent {
  readonly min: number;
  readonly max: number;
  readonly span: number;
  /** The median distance between neighbours. */
  readonly spacing: number;
  /** Half its inverse is the highest frequency that is looked for. */
  readonly finest: number;
  /** The largest absolute value. */
  readonly size: number;
}

export type Sampler = (u: number) => number;

/** Distances between neighbours that are no multiples of the least one are uneven; then so many times the mean Nyquist limit is looked at. */
const UNEVEN = 0.01;
const BEYOND = 10;

/** `beyond`: more times the mean Nyquist limit than usual. */
export function extentOf(values: Float64Array, beyond = 0): Extent {
  const sorted = Float64Array.from(values).sort();
  const min = sorted[0]!;
  const max = sorted[sorted.length - 1]!;
  const size = Math.max(Math.abs(min), Math.abs(max)) || 1;
  const span = max - min || size;
  const gaps = sorted.subarray(1).map((v, i) => v - sorted[i]!);
  const positive = gaps.filter((gap) => gap > 0).sort();
  const spacing = positive[positive.length >> 1] ?? span;
  const mean = span / (positive.length || 1);
  const [least = span] = positive;
  // Uneven points tell frequencies apart far beyond the mean Nyquist limit (VanderPlas, Astrophys. J. Suppl. 236 (2018) 16, section 4.1).
  const even = positive.every((gap) => Math.abs(gap / least - Math.round(gap / least)) < UNEVEN);
  const finest = even ? least : Math.min(spacing, mean / Math.max(BEYOND, beyond));
  return { min, max, span, spacing, finest, size };
}

/** Evenly in the logarithm. */
export const logEvenly =
  (lo: number, hi: number): Sampler =>
  (u) => {
    // (hi / lo)^u by the binary digits of u and repeated roots: the same on every engine.
    let value = lo;
    let rest = u;
    for (let factor = hi / lo, k = 0; k < 24; k++) {
      factor = Math.sqrt(factor);
      rest *= 2;
      if (rest >= 1) {
        value *= factor;
        rest--;
      }
    }
    return value;
  };

/** |value| evenly in the logarithm over [lo, hi], positive for u below `share`. */
function signedLog(lo: number, hi: number, share: number): Sampler {
  const size = logEvenly(lo, hi);
  return (u) => (u < share ? size(u / share) : -size((u - share) / (1 - share)));
}

function place({ min, span }: Extent, sign: 1 | -1): Sampler {
  const far = logEvenly(0.05, 30);
  return (u) => {
    if (u < 0.7) return sign * (min + span * ((u / 0.7) * 1.2 - 0.1));
    const v = (u - 0.7) / 0.3;
    return sign * (v < 0.5 ? min - span * far(2 * v) : min + span * (1 + far(2 * v - 1)));
  };
}

function frequency({ span, finest }: Extent, most: number): Sampler {
  const low = 0.3 / span;
  const high = Math.max(most / finest, 10 * low);
  const log = logEvenly(low, high);
  return (u) => (u < SLOW ? log(u / SLOW) : low + ((high - low) * (u - SLOW)) / (1 - SLOW));
}

const power = (value: number, exponent: number): number => {
  let out = 1;
  for (let k = 0; k < Math.abs(Math.round(exponent)) && k < 8; k++) out *= value;
  return exponent < 0 ? 1 / out : out;
};

const POSITIVE = 0.7;
/** Share of the frequencies that lie evenly in the logarithm. */
const SLOW = 0.3;

/** `near`: for terms that stand among the data, no longer than their span; `reach`: so many times beyond the scales of the data. */
export function samplerOf(
  role: Role,
  axes: readonly Extent[],
  y: Extent,
  near: boolean,
  reach: number,
): Sampler {
  const { variables, place: at, periodic } = role;
  if (role.logarithm) return (u) => 16 * u - 8;
  if (at) {
    const wide = place(axes[at.variable]!, at.sign);
    return near ? (u) => wide(0.7 * u) : wide;
  }
  if (!variables) return signedLog(1e-4, 1e4, POSITIVE);
  const alone = variables.findIndex((v) => Math.abs(v) === 1);
  const single = alone >= 0 && role.y === 0 && variables.every((v, i) => i === alone || v === 0);
  if (periodic && single) {
    const axis = axes[alone]!;
    if (variables[alone]! < 0) return frequency(axis, role.cycles ? 0.5 : Math.PI);
    const rate = frequency(axis, 0.5);
    return (u) => 1 / rate(u);
  }
  if (variables.every((v) => v === 0) && role.y === 0)
    return periodic ? (u) => Math.PI * (2 * u - 1) : signedLog(0.05, 20, POSITIVE);
  let lo = 1;
  let hi = 1;
  const scale = (small: number, large: number, exponent: number): void => {
    const ends = [power(small, exponent), power(large, exponent)];
    lo *= Math.min(...ends);
    hi *= Math.max(...ends);
  };
  variables.forEach((exponent, v) => {
    const { span, spacing, size } = axes[v]!;
    scale(Math.min(spacing, span / 20) / 3, near ? span : 30 * Math.max(span, size), exponent);
  });
  scale(y.span / 30, 10 * Math.max(y.span, y.size), role.y);
  return signedLog(lo / reach, hi * reach, POSITIVE);
}
