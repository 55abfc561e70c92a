// Slots of a method's state that kernels and methods share: this file is compiled on both sides. A method's own
// slots follow from SHARED_SLOTS.
export const S_GRADIENT = 0; // max |g| at the point reached
export const S_STEP = 1; // |s| of the step there
export const S_SLOPE = 2; // g'd of the new direction
export const S_COUNT = 3; // pairs in the history; bfgs: updates
export const S_HEAD = 4; // where the next pair goes
export const S_GAMMA = 5; // s'y / y'y of the newest pair
export const S_UPDATED = 6; // 1: the last step had curvature; -1: it had none; 0: none was looked for
export const S_SY = 7; // s'y of the last step
export const S_FREE = 8; // box: variables free at the Cauchy point
export const S_SOFT = 9; // the largest s's / s'y of the steps so far
export const S_KNOWN = 13; // Hessians were evaluated, and saddles left since
export const S_RESCUES = 14; // lower points found where the method had given up
export const SHARED_SLOTS = 16;

// The search that lbfgsTurn carries along: src/minimize/line-search/more-thuente.ts says what they are.
export const M_F0 = 17;
export const M_SLOPE0 = 18;
export const M_STEP = 19;
export const M_L = 20;
export const M_FL = 21;
export const M_DL = 22;
export const M_U = 23;
export const M_FU = 24;
export const M_DU = 25;
export const M_WIDTH = 26;
export const M_WIDTH2 = 27;
export const M_LOW = 28;
export const M_HIGH = 29;
/** Bits: bracketed, auxiliary. */
export const M_FLAGS = 30;
export const M_TRIALS = 31;
export const M_C1 = 32;
export const M_C2 = 33;
export const M_MAX_TRIALS = 34;
/** max |g| at which no further direction is made. */
export const M_STOP = 35;
/** f at the kept trial, NaN when there is none. */
export const M_KEPT = 36;
/** 1: the run has left the turns for the general loop. */
export const M_LEFT = 37;
/** Slope times step of the search that was accepted last. */
export const M_PROMISED = 38;
export const TURN_SLOTS = 39;

/** What lbfgsTurn answers: evaluate the trial; the trial was accepted and the next one made; it cannot go on. */
export const TURN_TRIAL = 0;
export const TURN_ACCEPTED = 1;
export const TURN_FAILED = 2;
/** The search ended without a lower point. */
export const TURN_STUCK = 3;

/** Slots of the frame of lbfgsTurn (i32): sizes, then addresses. x and g change places with x0 and g0 on acceptance. */
export const T_N = 0;
export const T_M = 1;
export const T_LD = 2;
export const T_X = 3;
export const T_G = 4;
export const T_X0 = 5;
export const T_G0 = 6;
export const T_D = 7;
export const T_S = 8;
export const T_Y = 9;
export const T_RHO = 10;
export const T_ALPHA = 11;
export const T_X3 = 12;
export const T_G3 = 13;
export const FRAME_SLOTS = 14;
