// Numbers that the least-squares kernels and their facade share: this file is compiled on both sides.

/** Slots of the frame: addresses (u32) of the vectors of one solve. */
export const F_X = 0; // n: the best point
export const F_TRIAL = 1; // n: the point to evaluate next
export const F_P = 2; // n: the step
export const F_G = 3; // n: J'r
export const F_D = 4; // n: scaling of the variables
export const F_A = 5; // n*n: J'J
export const F_L = 6; // n*n: Cholesky factor
export const F_LOWER = 7; // n, or 0 without bounds
export const F_UPPER = 8; // n, or 0 without bounds
export const F_FREE = 9; // n i32: variables being solved for
export const F_FREE0 = 10; // n i32: variables that may move
export const F_W = 11; // n: workspace
export const F_HELD = 12; // n: steps of the variables held while the others are solved for
export const F_GF = 13; // n: gradient of the model on the variables being solved for
export const F_S = 14; // n: scales of the columns in the orthogonal path
export const F_R = 15; // (n+1)*n by columns: R of J S, last column Q'r
export const F_T = 16; // (n+1)*n by columns: pivoted R of the variables solved for, last column the right-hand side
export const F_M = 17; // n*n by columns: R of the damped system; afterwards (J'J)^-1
export const F_Y = 18; // n: workspace
export const F_E = 19; // n: workspace
export const F_TAU = 20; // n
export const F_NORMS = 21; // 2n
export const F_PERM = 22; // n i32
export const F_JT = 23; // (n+1)*m by columns: copy of J for the orthogonal path, last column r
export const F_WORK = 24; // workspace of syrk and cholesky
export const F_J = 25; // m*n row-major
export const F_RES = 26; // m: residuals at the best point (weighted where the loss is not linear)
export const F_BOX = 27; // n: feasible step of the active-set solve
export const F_SIDE = 28; // n i32: -1 at the lower bound, 1 at the upper, 0 free
export const F_GN = 29; // n: the Gauss-Newton step of the linearisation
export const F_SPAN = 30; // n: largest |x_j| so far, 1 where that is 0
export const FRAME_SLOTS = 31;

/** Slots of the state: doubles that go in and out. */
export const S_COST = 0; // sum of rho at the best point
export const S_RADIUS = 1; // trust radius; 0: not yet chosen
export const S_LAMBDA = 2; // damping of the last step, 0 for an undamped one
export const S_FACTOR = 3; // size of the first step
export const S_ORTHOGONAL = 4; // 1: this linearisation is solved by the orthogonal path
export const S_PIVOT = 5; // smallest pivot of the unit-diagonal normal matrix, about 1 / cond(J)^2
export const S_RANK = 6;
export const S_OFFSET = 7; // |J p_gn| / |r|: relative offset (Bates and Watts 1981)
export const S_LENGTH = 8; // |D p|
export const S_STEP_NORM = 9; // |p|
export const S_STEP_MAX = 10; // max |p_j| / |x_j|
export const S_PREDICTED = 11; // predicted decrease of the cost
export const S_SLOPE = 12; // 2 g'p
export const S_FULL = 13; // 1: the step is the Gauss-Newton step
export const S_CLIPPED = 14; // 1: the step met a bound
export const S_COSINE = 15; // largest cosine between r and the column of a variable that may move
export const S_MOVED = 16; // 0: trial equals x
export const S_GRADIENT = 17; // max |gradient| over the variables that may move
export const S_FRACTION = 18; // gaussNewton: fraction of the step
export const S_DAMPING = 19; // levenberg: lambda of the policy; 0: not yet chosen
export const S_FREE = 20; // number of variables that may move
export const S_CONDITION = 21; // 2-norm condition number of J with unit columns
export const S_NOISE = 22; // rounding error of the cost
export const S_GN_LENGTH = 23; // |D p_gn|
export const S_SIZE = 24; // |D x|
export const S_TOLERANCE = 25; // relative error of J below which a direction counts as undetermined
export const STATE_SLOTS = 26;

export const LEVENBERG_MARQUARDT = 0;
export const LEVENBERG = 1;
export const GAUSS_NEWTON = 2;
export const DOGLEG = 3;

export const LINEAR = 0;
export const SOFT_L1 = 1;
export const HUBER = 2;
export const CAUCHY = 3;
export const ARCTAN = 4;
export const TUKEY = 5;
