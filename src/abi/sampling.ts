// Slots of the frame that a trajectory in the core works on, compiled on both sides: addresses and sizes (32 bits), numbers
// (doubles), and the fields of a subtree.

// Addresses and sizes.
export const F_D = 0;
export const F_MAX_DEPTH = 1;
/** Subtrees: the trajectory, then the stack. */
export const F_NODES = 2;
/** The end behind, then the end ahead: q, p and g of two coordinates side by side, and so on. */
export const F_ENDS = 3;
export const F_V = 4;
/** The diagonal of M^-1. */
export const F_INVERSE = 5;
/** The chain's point and gradient. */
export const F_Q = 6;
export const F_G = 7;
export const F_DIVERGENCE = 8;
/** Blocks of coordinates: kind, first coordinate, size (32 bits each), and their bounds. */
export const F_BLOCKS = 9;
export const F_BLOCK_COUNT = 10;
export const F_BOUNDS = 11;
/** The density's own coordinates and gradient. */
export const F_X = 12;
export const F_GX = 13;
/** A generator: assembly/sampling/stream.ts. */
export const F_RANDOM = 14;
export const F_PARTS = 15;
/** 1 where no coordinate is constrained: the free ones are the density's own. */
export const F_PLAIN = 16;
/** Random words of a momentum: 2d + 12. */
export const F_WORDS = 17;
/** The kind of each coordinate (32 bits), and its bounds (two doubles). */
export const F_KINDS = 18;
export const F_EACH_BOUNDS = 19;
/** The gradient by the free coordinates. */
export const F_GU = 20;
/** For each term of the density: function, points, data, value, gradient, work. */
export const F_FIRST_PART = 21;
export const PART_SLOTS = 6;
export const MOST_PARTS = 3;
/** A generator, 32-bit words: position (two words), where its buffer begins (two words), key and stream (two words each), the buffer. */
export const RANDOM_KEY = 4;
export const RANDOM_BUFFER = 8;
/** Words of the buffer. */
export const BUFFER_WORDS = 128;
export const RANDOM_WORDS = RANDOM_BUFFER + BUFFER_WORDS;
export const FRAME_SLOTS = F_FIRST_PART + PART_SLOTS * MOST_PARTS;

// Numbers.
export const N_LP = 0;
export const N_STEP = 1;
export const N_POSITION = 2;
export const N_ACCEPTANCE = 3;
export const N_DEPTH = 4;
export const N_LEAVES = 5;
export const N_DIVERGENT = 6;
export const N_ENERGY = 7;
/** Of hmc: leapfrog steps, and the share by which their size is drawn about N_STEP. */
export const N_STEPS = 8;
export const N_JITTER = 9;
export const NUMBERS = 10;

/** What is kept of a transition: the point (d doubles), these, and where the trajectory diverged, if it did (d doubles). */
export const R_LP = 0;
export const R_ACCEPTANCE = 1;
export const R_DEPTH = 2;
export const R_LEAVES = 3;
export const R_DIVERGENT = 4;
export const R_ENERGY = 5;
export const RECORD_EXTRA = 6;

// A subtree: four addresses, its depth, then three doubles. Coordinates stand in pairs: momentum and velocity of two coordinates side by
// side at its ends, point and gradient at T_POINT. A single point (depth 0) has one end, T_FIRST.
export const T_FIRST = 0;
export const T_LAST = 4;
export const T_RHO = 8;
export const T_POINT = 12;
export const T_DEPTH = 16;
export const T_LP = 24;
export const T_ENERGY = 32;
export const T_WEIGHT = 40;
export const NODE_BYTES = 48;

// Two chains at once: addresses of vectors in which the chains' numbers stand side by side, 2d doubles each.
/** Free coordinates; where the density's own are they too, P_X is the same address. */
export const P_U = 0;
export const P_X = 1;
export const P_G = 2;
/** Of hmc: momenta, M^-1, its roots, and both chains' point and gradient. */
export const P_P = 3;
export const P_INVERSE = 4;
export const P_ROOT = 5;
export const P_Q = 6;
export const P_FROM_G = 7;
/** The density at two points: function, value, work. */
export const P_FUNCTION = 8;
export const P_VALUE = 9;
export const P_WORK = 10;
export const PAIR_SLOTS = 11;

// A chain that takes its turn there: what it works on, where it stands in its trajectory, and four doubles.
export const C_FRAME = 0;
export const C_NUMBERS = 4;
export const C_RECORD = 8;
/** Transitions left. */
export const C_LEFT = 12;
export const C_END = 16;
/** Points of the running doubling: made, and of the whole. */
export const C_MADE = 20;
export const C_COUNT = 24;
export const C_TOP = 28;
export const C_DEPTH = 32;
export const C_LEAVES = 36;
export const C_FORWARD = 40;
export const C_STEP = 48;
export const C_START = 56;
export const C_REFERENCE = 64;
export const C_ACCEPTANCE = 72;
export const CHAIN_BYTES = 80;

// Kinds of blocks.
export const K_REAL = 0;
export const K_POSITIVE = 1;
export const K_LOWER = 2;
export const K_UPPER = 3;
export const K_INTERVAL = 4;
