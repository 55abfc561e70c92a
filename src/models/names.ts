// The parameters of a text whose names nobody has declared: every name that is no variable, function or constant.

import { ALIASES, CONSTANTS, FUNCTIONS, OVER_ZERO } from "./language.js";
import { headLength } from "./text-forms.js";
import { expressionError, type Token, tokenize } from "./tokens.js";

const OPERATORS: ReadonlySet<string> = new Set(["and", "or", "not"]);

/** sum(k, ...): k is the index of a sum. */
const isSum = (tokens: readonly Token[], i: number): boolean =>
  tokens[i]!.text === "sum" &&
  tokens[i + 1]?.text === "(" &&
  tokens[i + 2]?.kind === "name" &&
  tokens[i + 3]?.text === ",";

/**
 * Names of parameters in the order in which they first occur, a list of arguments counted: (y, x) => ... . `declared` ones come first, in
 * their order, and are parameters whatever else they may mean (e, pi, gamma); a function's name without a parenthesis is a parameter too.
 *
 * @throws DownhillError EXPRESSION for a list of arguments where the text has no variable, as t => 2*t of the variable x.
 */
export function paramNames(
  source: string,
  variables: readonly string[],
  declared: readonly string[],
): string[] {
  if (typeof source !== "string") return [...declared];
  const found = new Set(declared);
  const tokens = tokenize(source);
  const head = headLength(tokens, found);
  // In f(x) = and y = the first name is that of the value.
  const listed = tokens
    .slice(tokens[head - 1]?.text === "=" ? 1 : 0, head)
    .filter(({ kind }) => kind === "name");
  if (
    variables.length > 0 &&
    listed.length > 0 &&
    !tokens.some(({ text }, i) => (i >= head || listed.includes(tokens[i]!)) && variables.includes(text))
  )
    throw expressionError(source, listed[0]!.at, `no argument is the variable ${variables.join(", ")}`, {
      hint: 'name the data as the text does: x: { t: [...] }, variables: ["t"]',
    });
  for (const { text } of listed) if (!variables.includes(text)) found.add(text);
  const sums = new Set(tokens.flatMap((_, i) => (isSum(tokens, i) ? [tokens[i + 2]!.text] : [])));
  tokens.forEach(({ kind, text }, i) => {
    if (kind !== "name" || i < head || variables.includes(text) || CONSTANTS.has(text)) return;
    if (sums.has(text) || OPERATORS.has(text) || OVER_ZERO.has(text)) return;
    const next = tokens[i + 1];
    const called = next?.kind === "operator" && next.text === "(";
    if (!called || !(FUNCTIONS.has(ALIASES.get(text) ?? text) || text === "if" || text === "sum"))
      found.add(text);
  });
  return [...found];
}
