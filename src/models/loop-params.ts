// Parameters of a point loop, in order; strides in bytes. `buffer` is where the work block's arrays have the next point.

export const count = 0;
export const x = 1;
export const ldx = 2;
export const out = 3;
export const jac = 4;
export const ldj = 5;
export const work = 6;
export const buffer = 7;
export const ARITY = 8;
