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
const OPERATOR = /\*\*|<=|>=|==|!=|[-+*/^<>?:(),]/y;
const SPACE = /[ \t\r\n]+/y;

/** What a character that is no token probably meant. */
const REFUSED: readonly (readonly [RegExp, string, string?])[] = [
  [/=/y, "assignment is not part of the model language", "compare with =="],
  [/[[\]{}]/y, "arrays and objects are not part of the model language"],
  [/["'`]/y, "strings are not part of the model language"],
  [/\./y, "property access is not part of the model language"],
  [/;/y, "a model is one expression, without ;"],
  [
    /&&?|\|\|?|!/y,
    "logical operators are not part of the model language",
    "nest ?:, or multiply comparisons",
  ],
  [/%/y, "the remainder is not part of the model language"],
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
  const character = String.fromCodePoint(source.codePointAt(at) as number);
  throw expressionError(source, at, `unexpected character ${JSON.stringify(character)}`);
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
    if (text === undefined) refuse(source, at);
    if (kind === "number" && !Number.isFinite(Number(text))) {
      throw expressionError(source, at, `the number ${text} is too large for a double`, {
        length: text.length,
      });
    }
    tokens.push({ kind, text, at });
    at += text.length;
  }
  tokens.push({ kind: "end", text: "", at: source.length });
  return tokens;
}
