// The parameters of a text whose names nobody has declared: every name that is no variable, function or constant.

import { ALIASES, CONSTANTS, FUNCTIONS } from "./language.js";
import { type Token, tokenize } from "./tokens.js";

const OPERATORS: ReadonlySet<string> = new Set(["and", "or", "not"]);

/** sum(k, ...): k is the index of a sum. */
const isSum = (tokens: readonly Token[], i: number): boolean =>
  tokens[i]!.text === "sum" &&
  tokens[i + 1]?.text === "(" &&
  tokens[i + 2]?.kind === "name" &&
  tokens[i + 3]?.text === ",";

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
  const head = tokens.findIndex(({ kind, text }) => kind === "operator" && (text === "=" || text === "=>"));
  const sums = new Set(tokens.flatMap((_, i) => (isSum(tokens, i) ? [tokens[i + 2]!.text] : [])));
  tokens.forEach(({ kind, text }, i) => {
    if (kind !== "name" || i < head || variables.includes(text) || CONSTANTS.has(text)) return;
    if (sums.has(text) || OPERATORS.has(text)) return;
    const next = tokens[i + 1];
    const called = next?.kind === "operator" && next.text === "(";
    if (!called || !(FUNCTIONS.has(ALIASES.get(text) ?? text) || text === "if" || text === "sum"))
      found.add(text);
  });
  return [...found];
}
