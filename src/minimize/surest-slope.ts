// The slope of a function of one variable at 0 from differences, with its own error: what checks of gradients are made of. A generator,
// so that whoever evaluates may take its time: it yields a place and is handed the value there.

/** Rounding of a value of f, in units of |f|. */
const ROUNDING = 8.881784197001252e-16;
/** A difference is trusted to so many times the error that its two step sizes show. */
export const SAFETY = 4;
/** One-sided slopes that stay apart by this share when the step is halved are those of a kink. */
const KINK = 0.9;

export interface Slope {
  /** Extrapolated from two step sizes, and how far it may be off. */
  readonly value: number;
  readonly error: number;
  /** The one-sided slopes, where f has a kink. */
  readonly kink: readonly [number, number] | null;
}

/**
 * The slope of f at 0 from central differences with 2h and h, extrapolated (Richardson); the error is what the two differ by
 * and what rounding, or more noise than that, does to the finer one.
 */
function* slopeOf(base: number, h: number, heard: number): Generator<number, Slope, number> {
  const far = yield 2 * h;
  const back = yield -2 * h;
  const near = yield h;
  const behind = yield -h;
  const wide = (far - back) / (4 * h);
  const fine = (near - behind) / (2 * h);
  const rounding = ROUNDING * Math.max(Math.abs(base), Math.abs(far), Math.abs(back));
  const noise = Math.max(rounding, heard) / h;
  const [ahead, behindSlope] = [(near - base) / h, (base - behind) / h];
  const [aheadWide, behindWide] = [(far - base) / (2 * h), (base - back) / (2 * h)];
  const gap = Math.abs(ahead - behindSlope);
  const kinked = gap > 16 * noise && gap > KINK * Math.abs(aheadWide - behindWide);
  return {
    value: (4 * fine - wide) / 3,
    error: Math.abs(fine - wide) + noise,
    kink: kinked ? [Math.min(ahead, behindSlope), Math.max(ahead, behindSlope)] : null,
  };
}

/** Step sizes that are tried, each so many times the one before, until the slope errs by no more than this share of itself. */
const TRIES = 6;
const WIDER = 32;
const SHARP = 1e-8;
/** Of a function that is known to few digits; of the shortest that answer, so many pairs show its noise. */
const MORE_TRIES = 7;
const NOISY = 2;

/**
 * The slope at the step size at which it is most certain: near a zero of f its value says little about lengths. `heard`: noise of f as it
 * was measured, where that was more than rounding. Null where no step fits into `room`.
 */
export function* surestSlope(
  base: number,
  h: number,
  room: number,
  heard = 0,
): Generator<number, Slope | null, number> {
  let surest: Slope | null = null;
  for (let k = 0; k < TRIES && 2 * h <= room; k++, h *= WIDER) {
    const slope = yield* slopeOf(base, h, heard);
    if (surest === null || slope.error < surest.error) surest = slope;
    if (surest.error <= SHARP * Math.abs(surest.value)) break;
  }
  return surest;
}

/**
 * The same of a function that a first answer speaks against: it may be known to fewer digits than it has, which one step size does not
 * show. What the slopes of the shortest steps differ by is noise, and a longer step is believed as far as it agrees with the shorter ones.
 */
export function* confirmedSlope(
  base: number,
  h: number,
  room: number,
): Generator<number, Slope | null, number> {
  const all: (Slope & { readonly h: number })[] = [];
  for (let k = 0; k < MORE_TRIES && 2 * h <= room; k++, h *= WIDER)
    all.push({ ...(yield* slopeOf(base, h, 0)), h });
  // To steps that are too short nothing answers.
  const first = Math.max(
    0,
    all.findIndex(({ value, kink }) => value !== 0 || kink !== null),
  );
  let noise = 0;
  for (let k = first; k < first + NOISY && k + 1 < all.length; k++) {
    const e = Math.abs(all[k]!.value - all[k + 1]!.value) * all[k]!.h;
    if (e > noise) noise = e;
  }
  let surest: Slope | null = null;
  for (const { value, error, kink, h } of all.slice(first)) {
    if (surest && !(Math.abs(value - surest.value) <= SAFETY * surest.error)) break;
    const slope = { value, error: Math.max(error, noise / h), kink };
    if (!surest || slope.error < surest.error) surest = slope;
  }
  return surest;
}

/** How far a slope is off, relative to the larger of both, after what the differences leave open is taken off. */
export function errorOf(given: number, { value, error, kink }: Slope): number {
  // Any slope between those of a kink is right there.
  if (kink && given >= kink[0] - error && given <= kink[1] + error) return 0;
  const apart = Math.max(0, Math.abs(given - value) - SAFETY * error);
  return apart === 0 ? 0 : apart / Math.max(Math.abs(given), Math.abs(value));
}
