// Where peaks may be: local maxima by how far they stand out, the noise about them, and places for one more peak beside those that a
// fit has.

export interface Candidate {
  readonly center: number;
  readonly height: number;
  readonly fwhm: number;
  readonly prominence: number;
}

/** The median. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The noise from third differences, whose variance is 20 times that of y: what is smooth drops out. */
export function noiseOf(y: Float64Array): number {
  const d = Array.from(y.subarray(3), (_, i) => Math.abs(y[i + 3]! - 3 * y[i + 2]! + 3 * y[i + 1]! - y[i]!));
  return d.length > 0 ? (1.4826 * median(d)) / Math.sqrt(20) : 0;
}

/** Weighted running means, 1 2 1 over 4, a few times: less noise, the peaks nearly as they were. */
export function smooth(y: Float64Array, times: number): Float64Array {
  let from = y;
  for (let pass = 0; pass < times; pass++) {
    const last = from;
    from = last.map((v, i) => (v * 2 + (last[i - 1] ?? v) + (last[i + 1] ?? v)) / 4);
  }
  return from;
}

/** Local maxima with how far one has to go down from each to reach a higher one. */
export function candidates(x: Float64Array, y: Float64Array): Candidate[] {
  const n = y.length;
  const found: Candidate[] = [];
  for (let i = 0; i < n; i++) {
    const here = y[i]!;
    if (!(here >= (y[i - 1] ?? -Infinity) && here > (y[i + 1] ?? -Infinity))) continue;
    const walk = (direction: 1 | -1) => {
      let least = here;
      let j = i + direction;
      for (; j >= 0 && j < n && y[j]! <= here; j += direction) least = Math.min(least, y[j]!);
      return { least, open: j < 0 || j >= n };
    };
    const left = walk(-1);
    const right = walk(1);
    // An end of the data is no saddle: the side that leads to a higher peak counts, both ends where there is none.
    const foot =
      left.open === right.open ? Math.max(left.least, right.least) : left.open ? right.least : left.least;
    const half = here - (here - foot) / 2;
    const reach = (direction: 1 | -1): number => {
      let j = i;
      while (j + direction >= 0 && j + direction < n && y[j]! > half) j += direction;
      return Math.abs(x[j]! - x[i]!);
    };
    const [a, b] = [reach(-1), reach(1)];
    const fwhm = 2 * (Math.min(a, b) || Math.max(a, b));
    found.push({ center: x[i]!, height: here - foot, fwhm, prominence: here - foot });
  }
  return found.sort((p, q) => q.prominence - p.prominence);
}

/** Peaks that a fit has, of these heights (at their centers) and full widths. */
export type Place = Omit<Candidate, "prominence">;

/** Places of the residuals that are tried for one more peak, and peaks that are tried as two. */
const TRIED = 2;
const SPLIT = 4;

/**
 * Sets of places with one more peak than `have`: on the clearest maxima of y that have none, on those of what the fit leaves, and with
 * one of them as two, since merged peaks have one maximum (both of three quarters its width, half a width apart).
 */
export function oneMore(
  have: readonly Place[],
  unused: readonly Candidate[],
  x: Float64Array,
  left: Float64Array,
): Place[][] {
  const more: Place[] = [...unused.slice(0, 1), ...candidates(x, smooth(left, 2)).slice(0, TRIED)];
  const sets = more.map((one) => [...have, one]);
  const widest = have.slice().sort((a, b) => b.height * b.fwhm - a.height * a.fwhm);
  for (const one of widest.slice(0, SPLIT)) {
    const others = have.filter((other) => other !== one);
    const part = (side: number, height: number, width: number): Place => ({
      center: one.center + (side * one.fwhm) / 4,
      height: height * one.height,
      fwhm: width * one.fwhm,
    });
    sets.push(
      [...others, part(-1, 0.8, 0.75), part(1, 0.8, 0.75)],
      [...others, part(0, 0.7, 1.2), part(0, 0.4, 0.3)],
    );
  }
  return sets;
}

/** Share of the fall that a peak's shape has at a full width from its center that the data have to show on both sides. */
const FALL = 0.5;

/**
 * Whether what the other peaks leave rises to this one and falls on both sides: what bends a curve that the baseline does not follow
 * does not. `alone`: y less everything else, not quite as noisy as y; `shape`: of unit height, by widths.
 */
export function stands(
  { center, height, fwhm }: Place,
  x: Float64Array,
  alone: Float64Array,
  noise: number,
  shape: (fwhms: number) => number,
): boolean {
  const at = (v: number): number => {
    let best = 0;
    for (let i = 1; i < x.length; i++) if (Math.abs(x[i]! - v) < Math.abs(x[best]! - v)) best = i;
    return best;
  };
  const i = at(center);
  const last = x.length - 1;
  if (!(height > 0) || i === 0 || i === last) return false;
  return [at(center - fwhm), at(center + fwhm)].every((k) => {
    const side = k === i ? (x[k]! < center ? k - 1 : k + 1) : k;
    const expected = height * (shape((x[i]! - center) / fwhm) - shape((x[side]! - center) / fwhm));
    return alone[i]! - alone[side]! > Math.max(FALL * expected, noise);
  });
}
