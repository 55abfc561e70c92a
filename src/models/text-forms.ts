// What people type around an expression, or instead of one: y = ..., x => ..., and, or, decimal commas, implicit products.

import { quote } from "../runtime/errors.js";
import type { Token } from "./tokens.js";

/** Words that are operators unless they are declared. */
export const WORDS: ReadonlyMap<string, string> = new Map([
  ["and", "&&"],
  ["or", "||"],
  ["not", "not"],
]);
export const IF = [3, 3] as const;
export const LONGEST_SUM = 1000;
export const SUM_FORM = "write sum(k, 1, 5, a^k)";

/** Tokens before the expression: y = ..., f(x) = ..., (x) => ..., x => ..., where the name on the left is not declared. */
export function headLength(tokens: readonly Token[], names: { has(name: string): boolean }): number {
  let at = 0;
  const first = tokens[0];
  const named = first?.kind === "name";
  if (named) at++;
  const list = tokens[at]?.text === "(" && tokens[at]?.kind === "operator";
  if (list) {
    for (at++; tokens[at]?.kind === "name" || tokens[at]?.text === ","; at++);
    if (tokens[at++]?.text !== ")") return 0;
  }
  const sign = tokens[at]?.kind === "operator" ? tokens[at]?.text : "";
  if (sign === "=>" && named !== list) return at + 1;
  return sign === "=" && named && !names.has(first.text) ? at + 1 : 0;
}

/** "b*x" for bx, where its parts are known. */
export function productOf(name: string, known: ReadonlyMap<string, unknown>): string | undefined {
  for (let cut = 1; cut < name.length; cut++) {
    const left = name.slice(0, cut);
    const right = name.slice(cut);
    if (left !== right && known.has(left) && known.has(right)) return `${left}*${right}`;
  }
  return undefined;
}

interface Refusal {
  readonly problem: string;
  readonly hint?: string;
}

/** Why an expression cannot go on with the token `rest`. */
export function leftover(before: Token | undefined, rest: Token, after: Token | undefined): Refusal {
  const { kind, text } = rest;
  if (text === "=") {
    const problem = "assignment is not part of the model language";
    return { problem, hint: "give the right side alone; compare with ==" };
  }
  if (text === "=>")
    return { problem: "a function is not text", hint: "give the function itself, or its expression alone" };
  if (text === "," && before?.kind === "number" && after?.kind === "number")
    return {
      problem: `unexpected ","`,
      hint: `decimals are written with a point: ${before.text}.${after.text}`,
    };
  if (kind === "operator" && text !== "(") return { problem: `unexpected ${quote(text)}` };
  const product = before && text !== "(" ? `: ${before.text}*${text}` : "";
  return { problem: "an operator is missing before this", hint: `write products with *${product}` };
}
