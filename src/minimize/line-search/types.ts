// A line search is a stepper: `start` at a point with a direction of descent, then `next` with what was found at
// `step`, until it says how it ended. It evaluates nothing itself.

/**
 * "trial": evaluate at `step`. "done": the step last evaluated satisfies the search's conditions. The others end it
 * without: no descent along the direction, interval shrunk to rounding, longest step still descends, too many trials.
 */
export type Outcome = "trial" | "done" | "noDescent" | "rounding" | "longest" | "tooMany";

export interface LineSearch {
  /** The step to evaluate next; afterwards the step that was accepted. */
  readonly step: number;
  /** Trials are judged by their slope too, so function and gradient are wanted together. */
  readonly slopes: boolean;
  /** f and slope at step 0, the first step to try, and the longest allowed. */
  start(f: number, slope: number, step: number, longest: number): Outcome;
  /** f at `step` and, where `slopes`, the slope there. NaN and infinities are points beyond the domain. */
  next(f: number, slope: number): Outcome;
}

export interface WolfeOptions {
  /** Sufficient decrease: f(t) <= f(0) + c1 t f'(0). */
  readonly c1: number;
  /** Curvature: |f'(t)| <= c2 |f'(0)|. */
  readonly c2: number;
  readonly maxTrials: number;
}

/** Relative rounding error within which two values of f are the same: a few units in the last place. */
export const NOISE = 8.881784197001252e-16;
/**
 * A trial that is not lower, and so short that what its slope promises is lost in the rounding of f, counts for so many more; one that is
 * lower within that rounding for one more: at a kink it may lead on.
 */
export const LOST_TRIALS = 4;
/** Largest share of a step at which f is not defined that is tried next. */
export const RETREAT = 0.25;

/**
 * Approximate Wolfe conditions (Hager and Zhang 2005, eq. 4.1), for steps whose change of f is lost in rounding: the
 * slopes, which keep their digits, must say that f has fallen enough.
 */
export function approximateWolfe(
  f0: number,
  slope0: number,
  f: number,
  slope: number,
  o: WolfeOptions,
): boolean {
  return (
    Math.abs(f - f0) <= NOISE * Math.abs(f0) && (2 * o.c1 - 1) * slope0 >= slope && slope >= o.c2 * slope0
  );
}
