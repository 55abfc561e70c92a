// Slots of the moves of populations that kernels and methods share: this file is compiled on both sides.

/** Slots of the frame (i32): sizes, then addresses. */
export const M_N = 0; // variables
export const M_ROWS = 1; // points of a population, or of an island
export const M_CHILDREN = 2; // children of a family
export const M_RANDOM = 3; // RANDOM_DOUBLES: a generator, its key and stream at words 6 to 9
export const M_PARENTS = 4; // rows x n
export const M_POINTS = 5; // rows or children x n: what the move makes
export const M_CHOSEN = 6; // i32, n + 1 of each island: the parents of its family
export const M_DRAWS = 7; // 2 children (n + 1) + 16: draws, and the words they are made of
export const M_WORK = 8; // (n + 2) n
export const M_ORDER = 9; // i32, rows: rows by value, the best first
export const M_ARCHIVE = 10; // points that were replaced
export const M_ARCHIVED = 11; // how many
export const M_F = 12; // rows: factor of each mutant
export const M_CR = 13; // rows: rate of crossover of each mutant
export const M_MEMORY_F = 14; // DE_MEMORY: means of factors that succeeded
export const M_MEMORY_CR = 15; // DE_MEMORY: and of rates; negative: the terminal value
export const M_KIND = 16; // DE_LSHADE ...
export const M_TAIL = 17; // 1: exponential crossover
export const M_LEAD = 18; // how many of the best may lead
export const MOVE_SLOTS = 19;

export const RANDOM_DOUBLES = 8;

export const DE_LSHADE = 0;
export const DE_BEST1 = 1;
export const DE_BEST2 = 2;
export const DE_RAND1 = 3;
export const DE_RAND2 = 4;
export const DE_RANDTOBEST1 = 5;
export const DE_CURRENTTOBEST1 = 6;

/** L-SHADE: places of the memory of successes. */
export const DE_MEMORY = 6;
