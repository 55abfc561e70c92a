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

/** "integer x", "x binary" and the like. */
export const wantsWhole = (statement: string): boolean => WHOLE.test(statement);
export const NO_WHOLE = "whole numbers are not solved for";
export const WHOLE_HINT =
  "leave it out, variables are real numbers; minimizeGlobal takes integer: [...] in its box";
