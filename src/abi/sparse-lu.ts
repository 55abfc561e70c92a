// The frame of a sparse LU (assembly/linalg/sparse-lu.ts): this file is compiled on both sides. i32 words, a number or an
// address each. A stands by columns; L and U come by columns, L with its unit diagonal first, U with its diagonal last.
export const F_N = 0;
export const F_COLUMNS = 1; // n + 1
export const F_ROWS = 2;
export const F_VALUES = 3;
export const F_ORDER = 4; // column eliminated k-th
export const F_PLACE = 5; // of each row: the pivot that it became, -1 before
export const F_L_AT = 6;
export const F_L_ROWS = 7;
export const F_L_VALUES = 8;
export const F_L_ROOM = 9; // entries that L has room for
export const F_U_AT = 10;
export const F_U_ROWS = 11;
export const F_U_VALUES = 12;
export const F_U_ROOM = 13;
export const F_X = 14; // n zeros
export const F_PATTERN = 15; // n: the rows of a column, in topological order
export const F_STACK = 16; // n
export const F_NEXT = 17; // n: where the walk goes on in each column of L
export const F_MARK = 18; // n: the column that met each row last, + 1
export const F_RANK = 19; // n: rows of least rank are preferred as pivots; 0: the diagonal is
export const LU_WORDS = 20;
