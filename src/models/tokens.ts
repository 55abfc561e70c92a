// Source text to tokens, and the one place where errors in an expression get their position and caret.

import { DownhillError } from "../runtime/errors.js";
import { nameAt } from "./language.js";

export interface Token {
  readonly kind: "number" | "name" | "operator" | "end";
  readonly text: string;
  readonly at: number;
}

interface Extras {
  hint?: string;
  length?: number;
  details?: Readonly<Record<string, unknown>>;
}

const WINDOW = 72;

/** The line that holds `at`, cut to a readable width, and a line of carets below it. */
function excerpt(source: string, at: number, length: number): string {
  const start = source.lastIndexOf("\n", at - 1) + 1;
  let end = source.indexOf("\n", at);
  if (end < 0) end = source.length;
  const from = at - start > WINDOW / 2 ? at - WINDOW / 2 : start;
  const to = Math.min(end, from + WINDOW);
  const head = from > start ? "..." : "";
  const line = head + source.slice(from, to).replace(/\t/g, " ") + (to < end ? "..." : "");
  const carets = "^".repeat(Math.max(1, Math.min(length, to - at)));
  return `  ${line}\n  ${" ".repeat(head.length + at - from)}${carets}`;
}

/** EXPRESSION, with `details.position` counted from 0 in UTF-16 units, and line and column counted from 1. */
export function expressionError(
  source: string,
  at: number,
  problem: string,
  extras: Extras = {},
): DownhillError {
  const line = source.slice(0, at).split("\n").length;
  const column = at - source.lastIndexOf("\n", at - 1);
  const where = source.includes("\n") ? `line ${line}, column ${column}` : `column ${column}`;
  const picture = excerpt(source, at, extras.length ?? 1);
  return new DownhillError("EXPRESSION", `${problem} at ${where}\n${picture}`, {
    ...(extras.hint === undefined ? {} : { hint: extras.hint }),
    details: { position: at, line, column, ...extras.details },
  });
}

const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const OPERATOR =
  /\*\*|<=|>=|===?|!==?|=>|&&|\|\||[-+*/^<>?:(),=!~\u2212\u2013\u00d7\u00b7\u22c5\u2219\u00f7\u2264\u2265\u2260\u221a]/y;
const SPACE = /[ \t\r\n\u00a0\u2009\u202f]+/y;
const RAISED = /[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+/y;
/** Before a raised number, which is no longer than it stands. */
export const RAISED_SIGN = "\u00b2";
const RAISED_DIGITS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** Signs of print and of other languages. */
const MEANS: ReadonlyMap<string, string> = new Map([
  ["\u2212", "-"],
  ["\u2013", "-"],
  ["\u00d7", "*"],
  ["\u00b7", "*"],
  ["\u22c5", "*"],
  ["\u2219", "*"],
  ["\u00f7", "/"],
  ["\u2264", "<="],
  ["\u2265", ">="],
  ["\u2260", "!="],
  ["~", "="],
  ["===", "=="],
  ["!==", "!="],
]);

/** What a character that is no token probably meant. */
const REFUSED: readonly (readonly [RegExp, string, string?])[] = [
  [/[[\]{}]/y, "arrays and objects are not part of the model language", "group with parentheses"],
  [/["'`]/y, "strings are not part of the model language"],
  [/\./y, "property access is not part of the model language", "write the name alone, a for p.a or Math.a"],
  [/;/y, "a model is one expression, without ;"],
  [/[&|]/y, "operators on bits are not part of the model language", "write and, or; |a| is abs(a)"],
  [/%/y, "% is not part of the model language", "write mod(a, b)"],
];

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function refuse(source: string, at: number): never {
  for (const [pattern, problem, hint] of REFUSED) {
    const text = match(pattern, source, at);
    if (text !== undefined) {
      throw expressionError(source, at, problem, { length: text.length, ...(hint ? { hint } : {}) });
    }
  }
  const character = String.fromCodePoint(source.codePointAt(at)!);
  throw expressionError(source, at, `unexpected character ${JSON.stringify(character)}`);
}

/** x\u00b2 is x^2, and x\u00b2^3 is (x^2)^3, as it is printed. */
function pushRaised(tokens: Token[], text: string, at: number): number {
  const signed = /^[\u207a\u207b]/.test(text);
  tokens.push({ kind: "operator", text: RAISED_SIGN, at });
  const digits = [...text.slice(signed ? 1 : 0)].map((digit) => RAISED_DIGITS.indexOf(digit)).join("");
  tokens.push({ kind: "number", text: (text[0] === "\u207b" ? "-" : "") + digits, at });
  return at + text.length;
}

/** All tokens, the end included. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(SPACE, source, at)?.length ?? 0;
    if (at >= source.length) break;
    let kind: Token["kind"] = "number";
    let text = match(NUMBER, source, at);
    if (text === undefined) {
      kind = "name";
      text = nameAt(source, at);
    }
    if (text === undefined) {
      kind = "operator";
      text = match(OPERATOR, source, at);
    }
    const raised = text === undefined ? match(RAISED, source, at) : undefined;
    if (raised !== undefined) {
      at = pushRaised(tokens, raised, at);
      continue;
    }
    if (text === undefined) refuse(source, at);
    if (text === "\u221a") kind = "name";
    if (kind === "number" && !Number.isFinite(Number(text))) {
      throw expressionError(source, at, `the number ${text} is too large for a double`, {
        length: text.length,
      });
    }
    tokens.push({ kind, text: text === "\u221a" ? "sqrt" : (MEANS.get(text) ?? text), at });
    at += text.length;
  }
  tokens.push({ kind: "end", text: "", at: source.length });
  return tokens;
}
