// The frame of a stored system and the codes of its kernels (assembly/linalg/iterative.ts): this file is compiled on both
// sides. The frame holds i32 words, a number or an address each.

export const F_N = 0;
/** 0 dense, 1 compressed rows. */
export const F_KIND = 1;
/** The matrix itself, or its row pointers. */
export const F_A = 2;
export const F_OFFSETS = 3;
export const F_VALUES = 4;
/** PLAIN ... IC0. */
export const F_PRECONDITIONER = 5;
/** The diagonal; its reciprocals for JACOBI. */
export const F_DIAGONAL = 6;
/** Rows of the preconditioner. */
export const F_M_ROWS = 7;
export const F_M_OFFSETS = 8;
export const F_M_VALUES = 9;
export const F_B = 10;
export const F_X = 11;
export const F_R = 12;
export const F_P = 13;
export const F_Q = 14;
export const F_Z = 15;
/** |r| after each iteration of a call. */
export const F_HISTORY = 16;
export const F_SCALARS = 17;
export const FRAME_WORDS = 18;

export const S_OMEGA = 0;
/** r'z. */
export const S_RZ = 1;
/** |r|. */
export const S_RESIDUAL = 2;
/** |r| at which an iteration says CONVERGED. */
export const S_BOUND = 3;
/** |r| beyond which it says DIVERGING. */
export const S_MOST = 4;
export const SCALARS = 6;

export const PLAIN = 0;
export const JACOBI = 1;
export const SSOR = 2;
export const IC0 = 3;

// How a call ended.
export const GO_ON = 0;
export const CONVERGED = 1;
export const BREAKDOWN = 2;
export const NOT_POSITIVE_DEFINITE = 3;
export const DIVERGING = 4;
export const NON_FINITE = 5;
