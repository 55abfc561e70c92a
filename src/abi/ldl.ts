// The frame of a symmetric factorisation (assembly/sparse/multifrontal.ts): this file is compiled on both sides. i32 words, a
// number or an address each.

export const L_N = 0; // rows of A
export const L_COUNT = 1; // supernodes
export const L_FIRST = 2; // first column of each
export const L_ROWS_AT = 3; // where its rows begin
export const L_ROWS = 4;
export const L_VALUES_AT = 5; // where its panel begins
export const L_VALUES = 6; // panels
export const L_UP = 7; // parents
export const L_ENTRIES = 8; // entries of A
export const L_MAP = 9; // their places in the panels
export const L_STACK = 10; // update matrices
export const L_LOCAL = 11; // n i32
export const L_SIGN = 12; // n bytes, in the order of elimination
export const L_D = 13; // n
export const L_Y = 14; // the longest panel
export const L_W = 15; // work
export const L_WAITING = 16; // one i32 a supernode
export const L_ORDER = 17; // n
export const L_X = 18; // n
export const LDL_WORDS = 19;
