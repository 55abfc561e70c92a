// The parameters of a text whose names nobody has declared: every name that is no variable, function or constant.

import { CONSTANTS, FUNCTIONS } from "./language.js";
import { tokenize } from "./tokens.js";

/**
 * Names of parameters in the order in which they first occur. `declared` ones come first, in their order, and are parameters
 * whatever else they may mean (e, pi, gamma); a function's name without a parenthesis is a parameter too.
 */
export function paramNames(
  source: string,
  variables: readonly string[],
  declared: readonly string[],
): string[] {
  if (typeof source !== "string") return [...declared];
  const found = new Set(declared);
  const tokens = tokenize(source);
  tokens.forEach(({ kind, text }, i) => {
    if (kind !== "name" || variables.includes(text) || CONSTANTS.has(text)) return;
    const next = tokens[i + 1];
    const called = next?.kind === "operator" && next.text === "(";
    if (!called || !FUNCTIONS.has(text)) found.add(text);
  });
  return [...found];
}
