// The text of a program cut into its objective and constraints: min f; name: a <= g(x) <= b; x >= 0. Errors point into the whole text.

import { paramNames } from "../../models/names.js";
import { parse, type Tree } from "../../models/parse.js";
import { expressionError, tokenize } from "../../models/tokens.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { LONE, NO_WHOLE, plain, statementsOf, WHOLE_HINT, wantsWhole } from "../phrases.js";

export type Relation = "<=" | ">=" | "==";

/** left relation right: `a <= b <= c` makes two. */
export interface Statement {
  readonly name: string;
  /** Where it begins in the text. */
  readonly at: number;
  readonly left: string;
  readonly relation: Relation;
  readonly right: string;
}

export interface Statements {
  readonly maximize: boolean;
  readonly objective: string;
  readonly constraints: readonly Statement[];
  /** By their numbers where all are one word with numbers (x1, x2 ...), else in the order in which they first occur. */
  readonly names: readonly string[];
}

/** The text from `from` to `to`, everything before it blank, so that an error is told at its place. */
const placed = (text: string, from: number, to: number): string =>
  text.slice(0, from).replace(/[^\n]/g, " ") + text.slice(from, to);

const NAMED = /^\s*([\p{L}_][\p{L}\p{M}\p{Nd}_]*)\s*:/u;
const SENSE = /^\s*(minimi[sz]e|min|maximi[sz]e|max)(?![\p{L}\p{Nd}_(])\s*:?/iu;
const RELATION = /<=|>=|==|[=<>≤≥]/g;
const USUAL: Readonly<Record<string, Relation>> = { "=": "==", "≤": "<=", "≥": ">=" };

export function readStatements(source: unknown): Statements {
  if (typeof source !== "string") {
    throw new DownhillError(
      "EXPRESSION",
      `compileProgram: the program must be a string, got ${quote(source)}`,
      {
        details: { position: 0 },
      },
    );
  }
  const text = plain(source);
  let maximize = false;
  let objective: string | null = null;
  const constraints: Statement[] = [];
  const names: string[] = [];
  const rows = new Set<string>();
  const see = (part: string): void => {
    const tokens = tokenize(part);
    if (tokens.some(({ kind, text: word }) => kind === "name" && /^inf(inity)?$/i.test(word)))
      throw expressionError(source, part.search(/\binf/i), "a side that is infinite is left out");
    for (const name of paramNames(part, [], [])) {
      // What is only called is a function that there is not: the parser names the one that was meant.
      if (!tokens.some(({ text: word }, i) => word === name && tokens[i + 1]?.text !== "(")) continue;
      if (!names.includes(name)) names.push(name);
    }
  };
  for (const [begin, end] of statementsOf(text)) {
    const piece = text.slice(begin, end);
    if (piece.trim() === "") continue;
    const sense = SENSE.exec(piece);
    if (sense) {
      if (objective !== null) throw expressionError(source, begin + piece.search(/\S/), "a second objective");
      maximize = /^max/i.test(sense[1]!);
      objective = placed(text, begin + sense[0].length, end);
      see(objective);
      continue;
    }
    if (wantsWhole(piece))
      throw expressionError(source, begin + piece.search(/\S/), NO_WHOLE, { hint: WHOLE_HINT });
    const named = NAMED.exec(piece);
    const first = begin + (named?.[0].length ?? 0);
    const name = named?.[1] ?? "";
    if (rows.has(name))
      throw expressionError(source, begin + piece.search(/\S/), `two constraints are called ${quote(name)}`);
    if (name !== "") rows.add(name);
    const sides = cut(text, first, end);
    if (sides.relations.length === 0) {
      const hint = text.includes(",")
        ? LONE
        : "write min f; and constraints with <=, >= or ==, each on a line, or ended by ;";
      throw expressionError(source, begin + piece.search(/\S/), "neither an objective nor a constraint", {
        hint,
      });
    }
    if (sides.relations.length > 2)
      throw expressionError(source, first, "more than two relations in one constraint", {
        hint: "a constraint ends with its line, or with ;",
      });
    const parts = sides.edges.map(([from, to]) => placed(text, from, to));
    parts.forEach(see);
    sides.relations.forEach(({ text: sign, at: where }, k) => {
      if (sign === "<" || sign === ">")
        throw expressionError(source, where, `a strict ${sign} has no closed set of points`, {
          hint: `write ${sign}=`,
        });
      const relation = USUAL[sign] ?? (sign as Relation);
      constraints.push({
        name,
        at: first,
        left: parts[k]!,
        relation,
        right: parts[k + 1]!,
      });
    });
  }
  if (objective === null)
    throw expressionError(source, 0, "there is no objective", { hint: "begin with min f; or max f;" });
  return { maximize, objective, constraints, names: ordered(names) };
}

/** The relations outside of parentheses, and the stretches between them. */
function cut(text: string, first: number, end: number) {
  const relations: { text: string; at: number }[] = [];
  const edges: [number, number][] = [];
  let from = first;
  RELATION.lastIndex = first;
  for (;;) {
    const found = RELATION.exec(text);
    if (!found || found.index >= end) break;
    if (depth(text, first, found.index) > 0) continue;
    relations.push({ text: found[0], at: found.index });
    edges.push([from, found.index]);
    from = found.index + found[0].length;
  }
  edges.push([from, end]);
  return { relations, edges };
}

function depth(text: string, from: number, to: number): number {
  let d = 0;
  for (let i = from; i < to; i++) {
    if (text[i] === "(") d++;
    else if (text[i] === ")") d--;
  }
  return d;
}

/** The tree of one side. */
export const treeOf = (text: string, params: readonly string[]): Tree =>
  parse(text, { variables: [], params });

/** x2 goes before x10 and x1 before both, wherever they stand in the text. */
function ordered(names: readonly string[]): readonly string[] {
  const parts = names.map((name) => /^(.*?)(\d+)$/.exec(name));
  const word = parts[0]?.[1];
  if (!parts.every((part) => part !== null && part[1] === word)) return names;
  const number = (name: string): number => Number(name.slice(word!.length));
  return [...names].sort((a, b) => number(a) - number(b));
}
