// Steps of the forward differences of solveEquations, dense or in groups.

const EPS = 2.220446049250313e-16;
/** eps^(1/2), of forward differences. */
export const STEP = 1.4901161193847656e-8;
/** A step that F does not feel grows so much, so often. */
export const GROWTH = 1e3;
export const TRIES = 4;

/** Whether a value has changed by more than its rounding. */
export const feels = (near: number, before: number): boolean =>
  Math.abs(near - before) > EPS * Math.abs(before) || !(near - near === 0);
