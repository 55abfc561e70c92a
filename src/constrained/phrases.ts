// What people write in the text of a program beside formulas: comments, "subject to", => for >=, and a wish for whole numbers.
// Replacements keep the length, so that errors still point into the text as given.

const COMMENT = /(#|\/\/)[^\n]*/g;
const SUBJECT = /(?<![\w.])(subject\s+to|such\s+that|s\.t\.)(?!\w)\s*:?/gi;
/** Two names in a row are no product: "st x >= 1" is no variable st. */
const SHORT = /(?<=(?:^|[;\n])\s*)st(?=\s+[\p{L}\d_(.])/giu;
const WHOLE =
  /^\s*(?:integers?|int|generals?|gen|gin|binar(?:y|ies)|bin)\s+[\p{L}_]|[\p{L}\p{Nd}_]\s+(?:integers?|int|binary|bin|in\s+[ZN])\s*$/iu;

const ends = (found: string): string => `;${" ".repeat(found.length - 1)}`;

/** Without comments; what begins the constraints ends the statement before; =< and => are the usual signs. */
export const plain = (text: string): string =>
  text
    .replace(COMMENT, (found) => " ".repeat(found.length))
    .replace(SUBJECT, ends)
    .replace(SHORT, ends)
    .replace(/=<|(?<!=)=>/g, (found) => (found === "=<" ? "<=" : ">="));

/** Of a piece without a relation in a text with commas. */
export const LONE = "a comma ends a constraint: write x >= 0; y >= 0, and numbers with a point";

const RELATION = /[<>=≤≥]/;
const SENSE = /^\s*(?:min|max|minimi[sz]e|maximi[sz]e)(?![\p{L}\p{Nd}_(])\s*:?/iu;
/** What cannot end a statement, and what cannot begin one. */
const UNFINISHED = /[-+*/^(:<>=≤≥]\s*$/;
const GOES_ON = /^[*/^)<>=≤≥]/;

/**
 * Where the statements of a plain text lie, [from, to): each ends with ";", with a comma outside of parentheses, or with its line. A line goes
 * on where it ends or the next begins with an operator; a sign may begin a constraint, where one stands complete before it.
 */
export function* statementsOf(text: string): Generator<readonly [from: number, to: number]> {
  let from = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === "(") depth++;
    else if (sign === ")") depth--;
    const ends =
      sign === ";" || (depth <= 0 && (sign === "," || (sign === "\n" && lineEnds(text, from, at))));
    if (!ends) continue;
    yield [from, at];
    from = at + 1;
    depth = 0;
  }
  yield [from, text.length];
}

function lineEnds(text: string, from: number, at: number): boolean {
  const done = text.slice(from, at);
  if (UNFINISHED.test(done) || done.replace(SENSE, "").trim() === "") return false;
  const next = /^\s*([^;\n]*)/.exec(text.slice(at + 1))![1]!;
  if (GOES_ON.test(next)) return false;
  // "x" and "+ y <= 3" are one constraint; after an objective, or a constraint, the second is one of its own.
  const whole = SENSE.test(done) || RELATION.test(done);
  return !(/^[-+]/.test(next) && !(whole && RELATION.test(next)));
}

/** "integer x", "x binary" and the like. */
export const wantsWhole = (statement: string): boolean => WHOLE.test(statement);
export const NO_WHOLE = "whole numbers are not solved for";
export const WHOLE_HINT =
  "leave it out, variables are real numbers; minimizeGlobal takes integer: [...] in its box";
