// Slots of a method's state that kernels and methods share: this file is compiled on both sides. A method's own
// slots follow from SHARED_SLOTS.
export const S_GRADIENT = 0; // max |g| at the point reached
export const S_STEP = 1; // |s| of the step there
export const S_SLOPE = 2; // g'd of the new direction
export const S_COUNT = 3; // pairs in the history; bfgs: updates
export const S_HEAD = 4; // where the next pair goes
export const S_GAMMA = 5; // s'y / y'y of the newest pair
export const S_UPDATED = 6; // 1: the last step had curvature
export const S_THETA = 7; // box: scale of the Hessian model
export const S_FREE = 8; // box: variables free at the Cauchy point
export const SHARED_SLOTS = 16;
