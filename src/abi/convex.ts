// The frame of the dual active-set method (assembly/constrained/dual.ts): this file is compiled on both sides. i32 words, a
// number or an address each.

export const D_SIDES = 0;
export const D_CAPACITY = 1;
export const D_LO = 2; // sides
export const D_UP = 3;
export const D_V0 = 4; // values of the sides at no set
export const D_V = 5; // at this one
export const D_MULTIPLIERS = 6; // by place in the set
export const D_NEXT = 7;
export const D_SET = 8; // i32
export const D_STATES = 9; // i8: -1 lower, 1 upper, 2 equal, 0 free
export const D_FACTOR = 10; // capacity x capacity, unit lower, by rows
export const D_PIVOTS = 11;
export const D_COLUMNS = 12; // addresses, 0: not made
export const D_UNIT = 13;
export const D_COUNT = 14; // length of the set
export const D_WAITING = 15; // side + 1
export const D_ITS_STATE = 16; // of the side that waits
export const D_CHANGES = 17; // so far
export const DUAL_WORDS = 18;
