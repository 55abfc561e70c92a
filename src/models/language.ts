// The words of the model language: its functions with their arities, its constants, and the names nobody may take.

/** Functions of the room `special` that texts may call, then those that only their derivatives need. */
const SPECIAL = ["erfc", "gamma", "lgamma", "lambertw", "besselj0", "besselj1"] as const;
const DERIVED = ["digamma", "trigamma", "besselj2", "besselj3"] as const;
/** Of two arguments: beta, and parts of derivatives of w(x + iy): 2n is the real part of the one of order n, 2n + 1 the imaginary one. */
const PAIRS = [
  "beta",
  "faddeeva0",
  "faddeeva2",
  "faddeeva3",
  "faddeeva4",
  "faddeeva5",
  "faddeeva6",
  "faddeeva7",
  "faddeeva8",
] as const;

/** Functions that exist at run time: f(x), and f(x, y) for those that follow. The others are built from arithmetic. */
export const ELEMENTARY = [
  "exp",
  "expm1",
  "log",
  "log1p",
  "log2",
  "log10",
  "cbrt",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "tanh",
  "erf",
  ...SPECIAL,
  ...DERIVED,
  "pow",
  "atan2",
  ...PAIRS,
] as const;

export type Elementary = (typeof ELEMENTARY)[number];
/** Functions of two arguments. */
export type Binary = "pow" | "atan2" | (typeof PAIRS)[number];
export type Unary = Exclude<Elementary, Binary>;
export const BINARY: readonly string[] = ["pow", "atan2", ...PAIRS];
const HIDDEN: readonly string[] = [...DERIVED, ...PAIRS.slice(1)];
/** What compiled models import: sincos gives both, for the price of little more than one. */
export type Imported = Elementary | "sincos";

/**
 * Every function with the smallest and largest number of arguments. Peaks have height 1 and take
 * (x, centre = 0, width = 1): gaussian exp(-z^2/2), lorentzian 1/(1 + z^2), sigmoid 1/(1 + exp(-z)), z = (x - centre)/width.
 * step(x) is 1 for x >= 0, else 0. min and max take two or more. round goes up at halves; mod(a, b) has the sign of b (to
 * a rounding of a, for |a/b| up to 1e30);
 * sinc(x) is sin(x)/x, 1 at 0; clamp(x, low, high). voigt(x, centre, sigma, gamma) has the area 1. lgamma is log|gamma|, lambertw the
 * principal branch.
 */
export const FUNCTIONS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ...ELEMENTARY.filter((name) => !HIDDEN.includes(name)).map(
    (name) => [name, [1, 1]] as [string, [number, number]],
  ),
  ["pow", [2, 2]],
  ["atan2", [2, 2]],
  ["sqrt", [1, 1]],
  ["abs", [1, 1]],
  ["sign", [1, 1]],
  ["step", [1, 1]],
  ["not", [1, 1]],
  ["floor", [1, 1]],
  ["ceil", [1, 1]],
  ["round", [1, 1]],
  ["mod", [2, 2]],
  ["hypot", [2, 2]],
  ["sinc", [1, 1]],
  ["clamp", [3, 3]],
  ["min", [2, Infinity]],
  ["max", [2, Infinity]],
  ["gaussian", [1, 3]],
  ["lorentzian", [1, 3]],
  ["sigmoid", [1, 3]],
  ["voigt", [4, 4]],
  ["beta", [2, 2]],
]);

/** Other names of functions. */
export const ALIASES: ReadonlyMap<string, string> = new Map([
  ["ln", "log"],
  ["arcsin", "asin"],
  ["arccos", "acos"],
  ["arctan", "atan"],
  ["arctan2", "atan2"],
  ["sgn", "sign"],
  ["heaviside", "step"],
  ["logistic", "sigmoid"],
  ["power", "pow"],
  ["gammaln", "lgamma"],
  ["j0", "besselj0"],
  ["j1", "besselj1"],
]);

/** A variable or parameter of the same name wins. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["\u03c0", Math.PI],
  ["e", Math.E],
]);

/** What is over 0 in JavaScript's numbers that are none: no text has a parameter of these names, unless it is declared. */
export const OVER_ZERO: ReadonlyMap<string, number> = new Map([
  ["Infinity", 1],
  ["NaN", 0],
]);

/** Names with a meaning in JavaScript objects: never variables or parameters, whatever is declared. */
export const RESERVED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype", "this"]);

const ASCII_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const ANY_NAME = /[\p{L}_][\p{L}\p{M}\p{Nd}_\u2080-\u2089]*/uy;

/** The name that begins at `at`, or undefined: letters of any script, digits, underscore, subscript digits (no superscripts). */
export function nameAt(source: string, at: number): string | undefined {
  ASCII_NAME.lastIndex = at;
  const plain = ASCII_NAME.exec(source)?.[0];
  const next = source.charCodeAt(at + (plain?.length ?? 0));
  if (!(next > 127)) return plain; // the pattern for all scripts takes a millisecond to compile: only where it is needed
  ANY_NAME.lastIndex = at;
  return ANY_NAME.exec(source)?.[0];
}

/** Longest accepted source, deepest nesting of parentheses, calls, powers and ?: (plain sums may be of any length). */
export const MAX_LENGTH = 20_000;
export const MAX_DEPTH = 200;

/** Largest graph of an expression with all its derivatives. */
export const MAX_NODES = 100_000;

const CALLS: ReadonlySet<string> = new Set(ELEMENTARY);

/** Elementary functions are called on blocks of points: in line, a call on the way to a rare case would spill every register. */
export const isCall = ({ op }: { readonly op: string }): boolean => CALLS.has(op);
