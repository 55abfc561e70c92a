// Slots of a method's state that kernels read or write: doubles at these indices. A method's own slots follow.
export const S_GRADIENT: i32 = 0; // max |g| at the point reached
export const S_STEP: i32 = 1; // |s| of the step there
export const S_SLOPE: i32 = 2; // g'd of the new direction
export const S_COUNT: i32 = 3; // pairs in the history; bfgs: updates
export const S_HEAD: i32 = 4; // where the next pair goes
export const S_GAMMA: i32 = 5; // s'y / y'y of the newest pair
export const S_UPDATED: i32 = 6; // 1: the last step had curvature
export const S_THETA: i32 = 7; // box: scale of the Hessian model
export const S_FREE: i32 = 8; // box: variables free at the Cauchy point
export const SHARED_SLOTS: i32 = 16;
