// Parameters of every exported function of a model, in order; `jac` and `ldj` are `grad` and `hess` in objectives, `sums` and
// `y` in normal.ts. Constants instead of a table of names, because a bundler writes their values where they are used.

export const m = 0;
export const x = 1;
export const ldx = 2;
export const p = 3;
export const out = 4;
export const jac = 5;
export const ldj = 6;
export const work = 7;
export const ARITY = 8;
