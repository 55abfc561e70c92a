// Laws in expressions, replaced by their arithmetic. What normalises a term of a sum is left out, and told: there it is a constant. Within
// logarithms, products and choices, as mixtures have them, it is written: there it decides between laws.

import { FUNCTIONS } from "../models/language.js";
import { expressionError } from "../models/tokens.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import { type Law, laws } from "./laws.js";

/** What is known of names: those that cannot be negative, and columns of data. */
export interface Known {
  readonly notNegative?: ReadonlySet<string> | undefined;
  readonly data?: Readonly<Record<string, ArrayLike<number>>> | undefined;
  /** Takes the constants that are left out. Without it they are all written. */
  readonly left?: string[] | undefined;
  /** Takes where names can lie. */
  readonly domains?: Domains | undefined;
}

/** By name: the least and the most that it can be where the density is not 0. */
export type Domains = Map<string, readonly [least: number, most: number]>;

/** Not the e of a number. */
export const WORDS = /(?<![\p{Nd}.\p{L}_])[\p{L}_][\p{L}\p{M}\p{Nd}_]*/gu;
const WORD = /[\p{L}_][\p{L}\p{M}\p{Nd}_]*/uy;

/** EXPRESSION for scales that are no scales, limits in the wrong order, and data that the law cannot have. */
function checkLaw(where: string, word: string, law: Law, given: readonly string[], { data }: Known): void {
  const number = (k: number): number => (given[k]?.trim() ? Number(given[k]) : NaN);
  const refuse = (what: string): DownhillError => new DownhillError("EXPRESSION", `${where}: ${what}`);
  for (const k of law.positive ?? [])
    if (number(k) <= 0) throw refuse(`${law.args[k]} of ${word} must be positive, got ${given[k]}`);
  if (word === "uniform" && number(1) >= number(2))
    throw refuse(`low of uniform must be below high, got ${given[1]} and ${given[2]}`);
  const name = given[0]!.trim();
  const column = law.data && data && Object.hasOwn(data, name) ? data[name] : undefined;
  if (!column) return;
  const most = law.data === "hit" ? 1 : Infinity;
  const bad = Array.from(column).findIndex((v) => !(Number.isInteger(v) && v >= 0 && v <= most));
  if (bad >= 0)
    throw refuse(`data.${name}[${bad}] is ${column[bad]}, ${word} has ${most === 1 ? "0 and 1" : "counts"}`);
}

/** An end of a uniform law so far from a 0 within it bounds nothing in practice. */
const WIDE = 1e4;

/** What a law that is a term of the sum says of the names among its arguments: elsewhere the whole density is 0. */
function confine(domains: Domains, word: string, law: Law, given: readonly string[]): void {
  given.forEach((text, k) => {
    const name = text.trim();
    if (name.match(WORDS)?.[0] !== name) return;
    const number = (i: number, other: number): number => {
      const value = Number(given[i]!.trim() || NaN);
      return Number.isNaN(value) ? other : value;
    };
    let [least, most] = domains.get(name) ?? [-Infinity, Infinity];
    if ((k === 0 && law.half) || law.positive?.includes(k) || law.rate === k) least = Math.max(least, 0);
    else if (law.unit === k) [least, most] = [Math.max(least, 0), Math.min(most, 1)];
    else if (word === "uniform" && k === 0) {
      const ends = [number(1, -Infinity), number(2, Infinity)] as const;
      // About 0 chains begin, and free coordinates of a wide interval have no digits left there: its ends are far.
      const near = (end: number): boolean =>
        Math.abs(end) <= WIDE || (Number.isFinite(end) && !(ends[0] <= 0 && ends[1] >= 0));
      if (near(ends[0])) least = Math.max(least, ends[0]);
      if (near(ends[1])) most = Math.min(most, ends[1]);
    }
    domains.set(name, [least, most]);
  });
}

/** Of "y ~ normal(m, s)" and "normal(y | m, s)": how it is written here. */
function asLaw(source: string, word: string, at: number, end: number): { hint?: string } {
  const inner = source.slice(at + word.length + 1, end - 1);
  const left = /([^\s~]+)\s*~\s*$/.exec(source.slice(0, at))?.[1];
  if (left) return { hint: `write ${word}(${left}, ${inner})` };
  return inner.includes("|") ? { hint: `write ${word}(${inner.replace(/\s*\|\s*/, ", ")})` } : {};
}

/** Nothing, or a sum so far: no sign behind an operator. */
const ADDED = /(^|[^-+*/^%<>=!,(\s]\s*\+)\s*$/;
const ADDS = /^\s*($|[+-])/;
/** What makes of a sum something else. */
const NO_SUM = /[?<>=!]|(?<![\p{L}\p{Nd}_])(and|or|not)(?![\p{L}\p{Nd}_])/u;

/** The text without what stands in parentheses. */
function outermost(source: string): string {
  let [out, depth] = ["", 0];
  for (const c of source) {
    if (c === ")") depth--;
    if (depth === 0) out += c;
    if (c === "(") depth++;
  }
  return out;
}

/** Whether a text has numbers and data in it, and no parameter. */
const isConstant = (text: string, { data }: Known): boolean =>
  (text.match(WORDS) ?? []).every(
    (word) => ["lgamma", "log", "abs"].includes(word) || (data !== undefined && Object.hasOwn(data, word)),
  );

/** Where the law has a density, as a condition; "" where nothing needs to be asked. */
function insideOf(
  law: Law,
  given: readonly string[],
  args: readonly string[],
  { notNegative }: Known,
): string {
  const asked = (k: number): boolean => !notNegative?.has(given[k]!.trim());
  const conditions = (law.checked ?? [])
    .filter((k) => asked(k) && !Number.isFinite(Number(given[k]!.trim() || NaN)))
    .map((k) => `${args[k]} > 0`);
  if (law.half && asked(0)) conditions.unshift(`${args[0]} ${law.open ? ">" : ">="} 0`);
  if (law.within) conditions.unshift(law.within(...args));
  return conditions.join(" and ");
}

/** The expression with every law written out. `first`: what a law of one argument too few is about. */
export function writeOut(where: string, source: string, first?: string, known: Known = {}): string {
  if (typeof source !== "string")
    throw new DownhillError(
      "OPTION",
      `${where}: ${first ? `the prior of ${first}` : "an expression"} must be text, got ${quote(source)}`,
      first ? { hint: 'such as "normal(0, 5)"', details: { option: "prior", name: first } } : {},
    );
  let out = "";
  let depth = 0;
  const sum = !NO_SUM.test(outermost(source));
  for (let at = 0; at < source.length; ) {
    WORD.lastIndex = at;
    const word = WORD.exec(source)?.[0];
    if (word === undefined) {
      depth += source[at] === "(" ? 1 : source[at] === ")" ? -1 : 0;
      out += source[at++];
      continue;
    }
    const open = at + word.length;
    const law = Object.hasOwn(laws, word) && source[open] === "(" ? laws[word] : undefined;
    if (!law) {
      out += word;
      at = open;
      continue;
    }
    const { parts, end } = argumentsOf(where, source, open);
    const [least, most] = FUNCTIONS.get(word) ?? [1, 0];
    const enough =
      parts.length === law.args.length || (first !== undefined && parts.length === law.args.length - 1);
    if (!enough && parts.length >= least && parts.length <= most) {
      // gamma(m) and beta(a, b) are functions: the laws of these names take more.
      out += `${word}(${parts.map((text) => writeOut(where, text, undefined, { ...known, left: undefined, domains: undefined })).join(",")})`;
      at = end;
      continue;
    }
    const given = parts.length === law.args.length - 1 && first !== undefined ? [first, ...parts] : parts;
    if (given.length !== law.args.length) {
      throw new DownhillError(
        "EXPRESSION",
        `${where}: ${word} takes (${law.args.join(", ")}), got ${given.length} arguments in ${quote(source)}`,
        { details: { position: at }, ...asLaw(source, word, at, end) },
      );
    }
    checkLaw(where, word, law, given, known);
    const whole = { ...known, left: undefined, domains: undefined };
    const args = given.map((text) => `(${writeOut(where, text, undefined, whole)})`);
    const inside = insideOf(law, given, args, known);
    let text = law.text(...args);
    const constant = law.constant?.(...args);
    // Not within a logarithm, a product or a choice, where it is no constant of the sum.
    const term = sum && depth === 0 && ADDED.test(out) && ADDS.test(source.slice(end));
    if (known.domains && term) confine(known.domains, word, law, given);
    if (constant !== undefined) {
      if (known.left && term && isConstant(constant, known)) known.left.push(constant);
      else text = `(${text} + ${constant})`;
    }
    out += inside ? `if(${inside}, ${text}, -1/0)` : text;
    at = end;
  }
  return out;
}

/** A prior by name: a law of one argument too few is about the parameter; what does not mention it is about something else. */
export function writePrior(where: string, source: string, name: string, known: Known): string {
  const out = writeOut(where, source, name, known);
  if ((out.match(WORDS) ?? ([] as string[])).includes(name)) return out;
  for (const { 0: word, index } of source.matchAll(WORDS)) {
    const called = source[index + word.length] === "(";
    if (!called || word in laws || FUNCTIONS.has(word) || word === "if") continue;
    const meant = nearest(word, Object.keys(laws));
    throw expressionError(source, index, `${where}: unknown law ${quote(word)} in the prior of ${name}`, {
      length: word.length,
      hint: meant ? `did you mean "${meant}"?` : `laws: ${Object.keys(laws).join(", ")}`,
      details: { option: "prior", name },
    });
  }
  throw new DownhillError(
    "EXPRESSION",
    `${where}: the prior of ${name} does not mention it: ${quote(source)}`,
    {
      hint: `leave out the first argument of a law ("normal(0, 5)"), or write ${name} there`,
      details: { option: "prior", name },
    },
  );
}

/** The texts between commas of the parenthesis that opens at `open`, and the place after it. */
function argumentsOf(where: string, source: string, open: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < source.length; at++) {
    const c = source[at];
    if (c === "(") depth++;
    else if (c === ")") depth--;
    if ((c === "," && depth === 1) || depth === 0) {
      parts.push(source.slice(from, at).trim());
      from = at + 1;
      if (depth === 0) return { parts, end: at + 1 };
    }
  }
  throw new DownhillError("EXPRESSION", `${where}: a parenthesis is not closed in ${quote(source)}`, {
    details: { position: open },
  });
}
