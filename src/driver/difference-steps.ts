// The steps of differences, column by column: how one is judged, and what follows. Who takes the differences says how large slopes and
// values are over the rows of the column (differences.ts, grouped-differences.ts). All sizes are 2-norms.
//
// With noise e in the values, second derivative c and third c / L, a central difference errs by e / h + c h^2 / (6 L), least at
// h = (3 e L / c)^(1/3); a forward one by 2 e / h + c h / 2, least at h = 2 (e / c)^(1/2) (Gill, Murray and Wright, Practical
// Optimization, 1981, sections 8.5 and 8.6).

const EPS = 2.220446049250313e-16;
/** eps^(1/3). */
export const THIRD = 6.055454452393343e-6;
/** Rounding of a value, in units of its size. */
export const ROUNDING = 2 * EPS;
/** A second difference beyond so many times the noise is curvature. */
const VISIBLE = 8;
/** A column is good when it errs by so small a share, or by no more than so many times what the best step leaves. */
const SHARE = 1e-10;
const NEAR_BEST = 3;
/** The same where it only has to lead towards the solution. */
const COARSE_SHARE = 1e-7;
const COARSE_BEST = 10;
/** Attempts at a variable's step: before anything is known of it, and afterwards. */
export const FIRST_TRIES = 7;
export const LATER_TRIES = 2;
/** How a step that shows nothing grows, and one that leaves the domain shrinks. */
const GROWTH = 1e4;
export const SHRINKAGE = 1e-2;
/** From one Jacobian to the next a step changes at most by this factor. */
const CHANGE = 10;
/** Values near zero say nothing about lengths: they count as this share of the first ones at least. */
export const LEAST_SIZE = 1e-6;
/** A second difference that shrinks slower than its step, and is this small beside the values, is noise. */
const FAINT = 1e-5;
/** A forward step is looked for anew where the point has moved by this share of its length, or the slope changed by this factor. */
export const MOVED = 0.5;
const OTHER_SLOPE = 8;

/** Cube root by Newton's method from a power of two: of Math only sqrt is the same everywhere. */
function cubeRoot(v: number): number {
  if (!(v > 0 && v < Infinity)) return v;
  let t = 1;
  while (t * t * t < v) t *= 2;
  while (t * t * t > v) t /= 2;
  for (let i = 0; i < 6; i++) t = (2 * t + v / (t * t)) / 3;
  return t;
}

/** What is remembered from one Jacobian to the next, n numbers each; steps are all 0 at first. */
export interface DifferenceMemory {
  /** Step of a central difference by each variable; 0: not known. */
  readonly steps: Float64Array;
  /** Where it was found, over which length the derivative changes there, and the size of the column. */
  readonly places: Float64Array;
  readonly lengths: Float64Array;
  readonly slopes: Float64Array;
  /** Noise seen, in units of the values; 0: not more than rounding. */
  readonly noises: Float64Array;
  /** Of the last Jacobian: the error of each column, and the step it was taken with. */
  readonly errors: Float64Array;
  readonly used: Float64Array;
  /**
   * Least size that values count as: of the numbers they are differences of, or a share of the first ones; NaN before. Then whether the last
   * differences were fine ones: what goes on from a copy of this memory takes the same steps.
   */
  readonly first: Float64Array;
}

/** What is known of a column while its step is looked for: the last second difference that showed, and its step. */
export interface Column {
  seen: number;
  wide: number;
}

/** The longest step, so that a column without effect is looked at where parameters are numbers. */
export const FARTHEST = 1e307;

/** The finest step at xj. */
export const finestAt = (xj: number): number => Math.max(64 * EPS * Math.abs(xj), Number.MIN_VALUE / EPS);

/** The step of a forward difference of column j beside the central one h, as noise and length are known; `size`: of the values. */
export function forwardStep(
  { lengths, slopes, noises }: DifferenceMemory,
  j: number,
  h: number,
  size: number,
): number {
  const grain = Math.max(ROUNDING, noises[j]!) * size;
  const fine = 2 * Math.sqrt((grain * lengths[j]!) / slopes[j]!);
  return fine < h ? fine : h;
}

/** Judges a forward difference of column j over `width`; `size`: of the values at both ends. */
export function forwardGood(
  { lengths, slopes, noises, errors, used }: DifferenceMemory,
  j: number,
  width: number,
  slope: number,
  size: number,
): boolean {
  const noise = Math.max(ROUNDING, noises[j]!) * size;
  errors[j] = (2 * noise) / width + (slope * width) / (2 * lengths[j]!);
  used[j] = width;
  return slope <= OTHER_SLOPE * slopes[j]! && OTHER_SLOPE * slope >= slopes[j]!;
}

/**
 * Judges a central difference of column j, the k-th of `tries`, by the step h, `width` its shorter side and `bend` the squared size of
 * half its second derivative: the next step to be tried, or 0 where the column is good, which is remembered then.
 */
export function nextStep(
  { steps, places, lengths, slopes, noises, errors, used }: DifferenceMemory,
  column: Column,
  j: number,
  xj: number,
  room: number,
  most: number,
  central: boolean,
  k: number,
  tries: number,
  h: number,
  width: number,
  slope: number,
  bend: number,
  large: number,
): number {
  const { seen, wide } = column;
  const curvature = 2 * Math.sqrt(bend);
  const second = curvature * width * width;
  // Twice the second difference would be four times as large if it were curvature.
  if (seen > 0 && h < wide && second <= FAINT * large && second * wide > seen * h)
    noises[j] = Math.max(noises[j]!, second / large);
  const noise = Math.max(ROUNDING, noises[j]!) * large;
  const visible = second > VISIBLE * noise;
  if (visible) {
    column.seen = second;
    column.wide = h;
  }
  const far = Math.sqrt((2 * large) / curvature);
  const length = visible ? Math.min(far, Math.max(slope / curvature, 1e-3 * far)) : Infinity;
  const best = visible ? cubeRoot((3 * noise * length) / curvature) : Infinity;
  const error = noise / width + (visible ? (curvature * width * width) / (6 * length) : 0);
  const good =
    error <= (central ? SHARE : COARSE_SHARE) * slope ||
    error <= ((central ? NEAR_BEST : COARSE_BEST) * 1.5 * noise) / best;
  if (good || k >= tries || (h >= room / 2 && h < best)) {
    errors[j] = error;
    used[j] = width;
    let next = visible ? best : good ? h : h * CHANGE;
    if (tries < FIRST_TRIES) next = Math.min(Math.max(next, h / CHANGE), h * CHANGE);
    steps[j] = Math.max(Math.min(next, room), finestAt(xj));
    places[j] = xj;
    lengths[j] = length;
    slopes[j] = slope;
    return 0;
  }
  // A variable that is tiny by chance says nothing about its scale.
  const lost = k === 3 && second <= noise && slope * width <= noise;
  return visible ? best : lost ? Math.max(h, THIRD * most, THIRD) : h * GROWTH;
}
