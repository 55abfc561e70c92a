// Slots of CMA-ES that kernels and the method share: this file is compiled on both sides.

/** Slots of the frame (i32): sizes, then addresses. */
export const G_N = 0; // variables
export const G_ROWS = 1; // points of a generation
export const G_FORM = 2; // FORM_FULL, FORM_SEPARABLE or FORM_LIMITED
export const G_PATHS = 3; // limited: vectors of the model
export const G_Z = 4; // rows x n: standard normal draws
export const G_Y = 5; // rows x n: steps, distributed N(0, C)
export const G_POINTS = 6; // rows x n: points in the unit cube
export const G_MEAN = 7; // n
export const G_PS = 8; // n: path of the step size
export const G_PC = 9; // n: path of the covariance
export const G_C = 10; // full: n x n, both triangles; separable: n; limited: paths x n
export const G_B = 11; // full: n x n, eigenvectors by rows
export const G_D = 12; // full: n eigenvalues; separable: n standard deviations
export const G_M = 13; // full: n x n, row i = sqrt(d_i) b_i
export const G_W = 14; // rows: weight of each point by its rank; one more for the path
export const G_WORK = 15; // max(3 n, (rows + 1) n)
export const G_LIMIT = 16; // n: upper bound of each variable; the lower one is 0
export const G_SCALE = 17; // n: the unit cube's size of one unit of the variable
export const G_USED = 18; // limited: paths that have been updated at least once
export const G_GAMMA = 19; // n: weights of the penalty for leaving the box
export const G_EIGEN = 20; // full: (n + 5) rows of n doubles rounded up to 8
export const FRAME_SLOTS = 21;

export const FORM_FULL = 0;
export const FORM_SEPARABLE = 1;
export const FORM_LIMITED = 2;

/** Slots of the state (f64). */
export const S_SIGMA = 0;
export const S_MU_EFF = 1;
export const S_CS = 2;
export const S_CC = 3;
export const S_C1 = 4;
export const S_CMU = 5;
export const S_DAMPS = 6;
export const S_CHI = 7; // E|N(0, I)|
export const S_SUM_W = 8; // sum of all weights
export const S_GENERATION = 9;
export const S_MEAN_STEP = 10; // 2-norm of the last step of the mean
export const S_STALL = 11; // 1: the rank-one update was held back
export const S_LEARNT = 12; // generations since the decomposition
export const STATE_SLOTS = 16;
