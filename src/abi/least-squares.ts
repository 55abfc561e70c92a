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
export const F_SPAN = 30; // n: largest |x_j| of this attempt so far, 1 where that is 0
export const F_OTHER = 31; // m: residuals of the trial; F_BEST and F_OTHER change places
export const F_BEST = 32; // m: residuals at the best point
export const F_J_TRIAL = 33; // m*n: Jacobian of the trial, or 0; F_J and F_J_TRIAL change places
export const F_BEFORE = 34; // n: the best point before the last step
export const F_WEIGHTED = 35; // m: weighted residuals, where the loss is not linear
export const F_INFLUENCE = 36; // n: influence of each variable at the first linearisation
export const F_A_TRIAL = 37; // n*n: J'J of the trial, or 0; F_A and F_A_TRIAL change places
export const F_G_TRIAL = 38; // n: the same for J'r
export const F_START = 39; // n: where the pass began
export const F_KEPT = 40; // n: the best point of the first attempt, and its residuals
export const F_KEPT_RES = 41; // m
export const FRAME_SLOTS = 42;

/** Of a sparse J and A = J'J: F_J and F_A have the entries, by rows. F_R, F_T and F_M are panels as L of A has them, F_K is what is factored. */
export const F_ROW_PTR = 42; // m + 1 i32
export const F_COL_IDX = 43; // i32
export const F_COL_PTR = 44; // n + 1 i32: J by columns
export const F_ROW_IDX = 45;
export const F_FROM = 46; // where the entry stands by rows
export const F_A_PTR = 47; // n + 1 i32; A has both triangles
export const F_A_IDX = 48;
export const F_DIAGONAL = 49; // n i32: where (j, j) stands
export const F_LDL = 50; // the frame of its factorisation (src/abi/ldl.ts)
export const F_K = 51; // as many numbers as A has
export const F_MASK = 52; // n i32: 1 for the variables solved for
export const F_ROW_ORDER = 53; // m i32: rows of J by the first of their columns to be eliminated
export const F_PLACE = 54; // n i32: when a variable is eliminated
export const F_OWNER = 55; // n i32: the supernode of each column of L
export const F_QT = 56; // n: Q'r
export const F_TR = 57; // n: right-hand side of F_T
export const F_Z = 58; // n: 0 between calls
export const SPARSE_SLOTS = 59;

/** Slots of the model frame: what a compiled model is evaluated with (u32). */
export const M_VALUES = 0; // index in the function table: values
export const M_JACOBIAN = 1; // the same: values and Jacobian
export const M_X = 2; // variables, one after the other
export const M_LDX = 3; // distance between them in elements
export const M_P = 4; // total: all parameters
export const M_WORK = 5; // the model's own block
export const M_Y = 6; // m: data
export const M_W = 7; // m: 1 / sigma, or 0
export const M_TOTAL = 8; // number of parameters, fixed ones included
export const M_FREE = 9; // n i32: which of them are free; 0: all
export const M_WIDE = 10; // m*total: Jacobian over all parameters; 0: all are free
export const M_OUT = 11; // m: values that come with a Jacobian
export const M_NORMAL = 12; // index in the function table: residuals and sums of the normal equations; 0: there is none
export const M_NORMAL_WORK = 13; // its own block
export const M_SUMS = 14; // the sums: n(n+1)/2 + n vectors
export const MODEL_SLOTS = 15;

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
export const S_SIZE = 24; // what lengths are compared with: |r|, or |D x| where S_RELATIVE
export const S_TOLERANCE = 25; // relative error of J below which a direction counts as undetermined
/** What the iteration (assembly/least-squares/turn.ts) keeps between its turns. */
export const S_NEXT = 26; // NEXT_...
export const S_ON_TRUST = 27; // 1: the last step was taken although the cost is too coarse to judge it
export const S_OFFSET_BEFORE = 28; // of the linearisation before the last step
export const S_COST_BEFORE = 29;
export const S_SHRINKS = 30; // refused steps in a row
export const S_FRESH = 31; // 1: no linearisation yet
export const S_FIRST = 32; // 1: the radius was not judged yet
export const S_GROWTH = 33; // levenberg: growth of the damping after the next refusal
export const S_NIT = 34; // counts and limits of the loop in the core; elsewhere the driver has its own
export const S_NFEV = 35;
export const S_NJEV = 36;
export const S_MAX_NIT = 37;
export const S_MAX_NFEV = 38;
export const S_BUDGET = 39; // iterations until the loop pauses
export const S_GRAD_TOL = 40;
export const S_STEP_TOL = 41;
export const S_FUN_TOL = 42;
export const S_TARGET = 43;
export const S_LOSS = 44;
export const S_LOSS_SCALE = 45;
export const S_M_GRADIENT = 46; // stop measures
export const S_M_STEP = 47;
export const S_M_DECREASE = 48;
export const S_LAST_STEP = 49; // |p| of the last trial
export const S_STALE = 50; // 1: the Jacobian in F_J is not the one of the best point, weighted
export const S_INFLUENCED = 51; // 1: F_INFLUENCE is filled
export const S_HAS_J = 52; // 1: F_J is the Jacobian of the best point, not yet weighted
export const S_PLAIN = 53; // 1: F_L is the factor without damping, and F_GN the step that it gave
export const S_HAS_NORMAL = 54; // 1: F_A and F_G are those of the best point, without F_J
export const S_DIFFERENCES = 55; // EXACT, FORWARD, CENTRAL or COARSE: where the Jacobian comes from
export const S_RETURNABLE = 56; // 1: F_X was accepted since the last finite Jacobian, F_BEFORE and F_OTHER are those of the point before
export const S_TINY = 57; // 1: the squares of the residuals at the start underflow
export const S_AHEAD = 58; // AHEAD_...: what came with the residuals of the trial
export const S_MET = 59; // with ITERATED and CHECK: END_... of the test that is met, or 0
export const S_IDLE = 60; // steps in a row whose predicted decrease is lost in rounding, and whose offset does not fall
export const S_BLUR = 61; // error of the Jacobian by differences: the largest of a column, as a share of its length
export const S_ATTEMPT = 62; // ATTEMPT_...
export const S_TURNS = 63; // iterations of this attempt
export const S_KEPT_COST = 64; // cost at F_KEPT
export const S_RELATIVE = 65; // 1: lengths are relative to the size of the variables; 0: to the columns of J
export const S_FIRST_COST = 66; // cost at the start of the pass
export const S_MARK_COST = 67; // cost, radius and step some iterations ago
export const S_MARK_RADIUS = 68;
export const S_MARK_STEP = 69;
export const S_REFUSED = 70; // 1: the Gauss-Newton step of this linearisation was refused, or is let through next
export const S_ROUNDED = 71; // as S_BLUR, but with the rounding of the terms |J_k x_k| that the residuals are made of
export const S_WAY = 72; // the way aside that was looked at last, and how far (assembly/least-squares/leave.ts)
export const S_ASIDE = 73;
export const S_THEN = 74; // S_NEXT after these looks, and what is said then
export const S_TOLD = 75;
export const STATE_SLOTS = 76;

/** Share of a column by which central differences err at least: below it the answer says that parameters are not determined. */
export const CENTRAL_ERROR = 1e-9;

/** Which attempt of a pass this is (assembly/least-squares/attempts.ts). */
export const ATTEMPT_FIRST = 0;
export const ATTEMPT_SECOND = 1;
export const ATTEMPT_LAST = 2;

/** Where the iteration stands. */
export const NEXT_START = 0; // the residuals at the start are in F_BEST
export const NEXT_LINEARISE = 1;
export const NEXT_LINEARISED = 2; // the Jacobian that was asked for is in F_J
export const NEXT_CHECKED = 3; // linearised, and no test met
export const NEXT_TRIAL = 4;
export const NEXT_JUDGE = 5; // the residuals of the trial are in F_OTHER
export const NEXT_SETTLED = 6;
export const NEXT_STALLED = 7;
export const NEXT_AGAIN = 8; // another attempt: its start is in F_TRIAL
export const NEXT_BEGUN = 9; // the residuals there are in F_OTHER
export const NEXT_LEFT = 10; // aside from zeros: the residuals at F_TRIAL are in F_OTHER

/** What a turn wants next; else it has ended: END_NON_FINITE, END_STALLED. */
export const WANT_RESIDUALS = 20; // at F_TRIAL, into F_OTHER
export const WANT_JACOBIAN = 21; // at F_X, into F_J
export const ITERATED = 22; // an iteration is over: count, report, test, look at the limits
export const CHECK = 23; // test the stop measures

/** Where the Jacobian comes from. Only forward differences are too coarse to converge with. */
export const EXACT = 0;
export const FORWARD = 1;
export const CENTRAL = 2;
export const COARSE = 3; // forward, because central ones leave the domain

/** What a caller brought along with the residuals of a trial. */
export const AHEAD_NONE = 0;
export const AHEAD_JACOBIAN = 1; // in F_J_TRIAL
export const AHEAD_NORMAL = 2; // J'J and J'r in F_A_TRIAL and F_G_TRIAL

/** How a run ends; 0: the loop in the core pauses after an iteration. */
export const END_PAUSED = 0;
export const END_TARGET = 1;
export const END_GRADIENT = 2;
export const END_FUN = 3;
export const END_STEP = 4;
export const END_MAX_ITERATIONS = 5;
export const END_MAX_EVALUATIONS = 6;
export const END_NON_FINITE = 7;
export const END_STALLED = 8;
export const END_SINGULAR = 9;
export const END_INVALID = 10;

/** What `doubt` says of a fit that is exact whatever the value of a parameter. */
export const UNDETERMINED = -1;

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

/** Variables up to which a step has code of its own (assembly/least-squares/small.ts). */
export const SMALL = 3;

/** Slots of the batch frame: the curves that are fitted one after the other (u32). */
export const B_X = 0; // variables of each curve; 0: all share those of the model frame
export const B_Y = 1; // count*m
export const B_W = 2; // 1 / sigma of each curve; 0: that of the model frame, if any
export const B_STARTS = 3; // starts of the free parameters, count*n; or n for all
export const B_START_STRIDE = 4; // n, or 0
export const B_LOWER = 5; // bounds, count*n; 0: those of the frame, if any
export const B_UPPER = 6;
export const B_STATE = 7; // the state each fit starts from
export const B_VALUES = 8; // count*n
export const B_VARIANCE = 9; // count*n: diagonal of (J'J)^-1
export const B_RSS = 10; // count
export const B_ENDS = 11; // count i32: END_...
export const B_NIT = 12; // count i32
export const B_VARIABLES = 13; // number of variables
export const B_SCALE = 14; // count: of a robust loss, factor of (J'J)^-1
export const B_NORMAL = 15; // M_NORMAL at the start of each fit
export const B_START_VALUES = 16; // m: values at the start that all curves share; 0: each has its own
export const B_START_J = 17; // n columns of m: the Jacobian there
export const B_START_A = 18; // n*n: J'J there
export const BATCH_SLOTS = 19;
