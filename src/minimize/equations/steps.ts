// Steps of the forward differences of solveEquations, dense or in groups.

const EPS = 2.220446049250313e-16;
/** eps^(1/2), of forward differences. */
const STEP = 1.4901161193847656e-8;
/** A step that F does not feel grows so much, so often. */
const GROWTH = 1e3;
export const TRIES = 4;

/** The first step of a variable at x, `most` the largest of all. */
export const firstStep = (x: number, most: number): number => STEP * (Math.abs(x) || most || 1);

/**
 * The step after the k-th, which F did not feel: that says nothing of its slope. A variable that is tiny by chance says nothing of its
 * scale either: the third step is one of a variable of 1, or of the largest, at least.
 */
export const longerStep = (h: number, k: number, most: number): number =>
  k === 2 ? Math.max(GROWTH * h, STEP, STEP * most) : GROWTH * h;

/** Whether a value has changed by more than its rounding. */
export const feels = (near: number, before: number): boolean =>
  Math.abs(near - before) > EPS * Math.abs(before) || !(near - near === 0);
