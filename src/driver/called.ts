// How functions of the caller are called, said where they gave no number: with several arguments in place of one array they see NaN.

/** `otherwise`, or why a function that declares several arguments cannot give a number: every objective is called with one array. */
export const calledWith = (f: unknown, otherwise: string): string =>
  typeof f === "function" && f.length > 1 ? "it is called with one array: write ([a, b]) => ..." : otherwise;
