// Pratt parser (V. Pratt, "Top down operator precedence", POPL 1973) of the model language, with Python's precedence:
// ^ and ** bind tighter than a minus before them and are right-associative, so -x^2 is -(x^2) and 2^-x is 1/2^x.
// The tree is an array in postorder, children before parents: later passes are plain loops, safe on any length.

import { DownhillError, quote } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import { checkNames } from "./check-names.js";
import { ALIASES, CONSTANTS, FUNCTIONS, MAX_DEPTH, MAX_LENGTH, MAX_NODES, OVER_ZERO } from "./language.js";
import type { BinaryOperator, Names, Syntax, Tree } from "./syntax.js";
import { headLength, IF, LONGEST_SUM, leftover, productOf, SUM_FORM, WORDS } from "./text-forms.js";
import { expressionError, RAISED_SIGN, type Token, tokenize } from "./tokens.js";

export type { BinaryOperator, Names, Syntax, Tree } from "./syntax.js";

const CHOOSE = 1;
const OR = 2;
const AND = 3;
const NOT = 4;
const COMPARE = 5;
const SUM = 6;
const PRODUCT = 7;
const MINUS = 8;
const POWER = 9;

const STRENGTH: ReadonlyMap<string, number> = new Map([
  ["?", CHOOSE],
  ["||", OR],
  ["&&", AND],
  ...["<", "<=", ">", ">=", "==", "!="].map((op) => [op, COMPARE] as const),
  ["+", SUM],
  ["-", SUM],
  ["*", PRODUCT],
  ["/", PRODUCT],
  ["^", POWER],
  ["**", POWER],
  [RAISED_SIGN, POWER],
]);

class Parser {
  readonly nodes: Syntax[] = [];
  readonly #source: string;
  readonly #names: Map<string, Syntax>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  /** Every name of a function, those that a caller writes out before among them. */
  readonly #functions: readonly string[];

  constructor(source: string, names: ReadonlyMap<string, Syntax>, more: readonly string[]) {
    this.#functions = [...FUNCTIONS.keys(), ...more];
    this.#source = source;
    this.#names = new Map(names);
    this.#tokens = tokenize(source).map((token) => {
      const word = token.kind === "name" && !names.has(token.text) ? WORDS.get(token.text) : undefined;
      return word ? { ...token, kind: "operator", text: word } : token;
    });
    this.#next = headLength(this.#tokens, names);
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  parse(): void {
    if (this.#tokens.length === 1) throw this.#error(this.#token, "the expression is empty");
    this.#expression(0);
    if (this.#token.kind !== "end") this.#refuseRest(this.#token);
  }

  /** What stands where the expression should have ended. */
  #refuseRest(rest: Token): never {
    const { problem, hint } = leftover(this.#tokens[this.#next - 1], rest, this.#tokens[this.#next + 1]);
    throw this.#error(rest, problem, hint ? { hint } : {});
  }

  #error(
    token: Token,
    problem: string,
    extras: { hint?: string; details?: Record<string, unknown> } = {},
  ): DownhillError {
    return expressionError(this.#source, token.at, problem, { length: token.text.length, ...extras });
  }

  #push(node: Syntax): number {
    // Sums within sums: a short text may be a long expression.
    if (this.nodes.length >= MAX_NODES)
      throw this.#error(this.#token, `the expression has more than ${MAX_NODES} terms and operations`);
    return this.nodes.push(node) - 1;
  }

  #accept(text: string): boolean {
    if (this.#token.kind !== "operator" || this.#token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string, after: string): void {
    if (this.#accept(text)) return;
    const found = this.#token.kind === "end" ? "the expression ends" : `found ${quote(this.#token.text)}`;
    throw this.#error(this.#token, `expected ${quote(text)} ${after}, but ${found}`);
  }

  /** An operand and all operators that bind more strongly than `limit`. */
  #expression(limit: number): number {
    if (++this.#depth > MAX_DEPTH) {
      throw this.#error(this.#token, `the expression is nested deeper than ${MAX_DEPTH} levels`);
    }
    let left = this.#operand(limit);
    for (;;) {
      const token = this.#token;
      const strength = token.kind === "operator" ? (STRENGTH.get(token.text) ?? 0) : 0;
      if (strength <= limit) break;
      this.#next++;
      left = this.#infix(token, strength, left);
    }
    this.#depth--;
    return left;
  }

  #infix(token: Token, strength: number, a: number): number {
    if (strength === CHOOSE) {
      const b = this.#expression(0);
      this.#expect(":", "between the two branches of ?:");
      return this.#push({ kind: "choose", a, b, c: this.#expression(0) });
    }
    const raised = token.text === RAISED_SIGN;
    const b = this.#expression(strength === POWER && !raised ? MINUS : strength);
    if (
      strength === COMPARE &&
      STRENGTH.get(this.#token.text) === COMPARE &&
      this.#token.kind === "operator"
    ) {
      throw this.#error(this.#token, "comparisons cannot be chained", { hint: "write a < b and b < c" });
    }
    return this.#push({
      kind: "binary",
      op: (strength === POWER ? "^" : token.text) as BinaryOperator,
      a,
      b,
    });
  }

  /** `limit`: what stands before it binds so strongly. */
  #operand(limit: number): number {
    const token = this.#token;
    this.#next++;
    if (token.kind === "number") return this.#number(Number(token.text), token.text.replace(/^-/, ""));
    if (token.kind === "name") {
      if (this.#accept("(")) return this.#call(token);
      const found = this.#lookup(token);
      return found.kind === "number" ? this.#number(found.value) : this.#push(found);
    }
    if (token.text === "-") return this.#push({ kind: "negate", a: this.#expression(MINUS) });
    if (token.text === "+") return this.#expression(MINUS);
    if (token.text === "!") return this.#not(MINUS);
    if (token.text === "not") {
      // not(a) is a function; not a < b is Python's, of the whole comparison.
      if (this.#token.text === "(") return this.#not(POWER);
      if (limit > NOT)
        throw this.#error(token, "not of what follows is no term here", { hint: "write not(...)" });
      return this.#not(NOT);
    }
    if (token.text === "(") {
      const inner = this.#expression(0);
      this.#expect(")", "to close the parenthesis");
      return inner;
    }
    if (token.text === "=" || token.text === "=>") this.#refuseRest(token);
    const found = token.kind === "end" ? "the expression ends" : `found ${quote(token.text)}`;
    throw this.#error(token, `expected a number, a name or "(", but ${found}`);
  }

  #not(limit: number): number {
    return this.#push({ kind: "call", name: "not", args: [this.#expression(limit)] });
  }

  /** A number; the index of a sum may be negative, what is written has its sign before it. */
  #number(value: number, text = String(Math.abs(value))): number {
    const size = this.#push({ kind: "number", value: Math.abs(value), text });
    return value < 0 ? this.#push({ kind: "negate", a: size }) : size;
  }

  #lookup(token: Token): Syntax {
    const name = token.text;
    const declared = this.#names.get(name);
    if (declared) return declared;
    const value = CONSTANTS.get(name);
    if (value !== undefined) return { kind: "constant", name, value };
    const over = OVER_ZERO.get(name);
    if (over !== undefined) return { kind: "binary", op: "/", a: this.#number(over), b: this.#number(0) };
    const known = [...this.#names.keys(), ...CONSTANTS.keys()];
    const meant =
      (FUNCTIONS.has(name) ? `${name}(...)` : productOf(name, this.#names)) ?? nearest(name, known);
    throw this.#error(token, `unknown name ${quote(name)}`, {
      hint: meant ? `did you mean ${quote(meant)}?` : `known names: ${known.join(", ")}`,
      details: { name, ...(meant ? { nearest: meant } : {}) },
    });
  }

  #call(token: Token): number {
    const name = ALIASES.get(token.text) ?? token.text;
    if (name === "sum") return this.#sum(token);
    const arity = name === "if" ? IF : FUNCTIONS.get(name);
    if (!arity) {
      const meant = nearest(name, this.#functions);
      const small = name.toLowerCase();
      const hint = FUNCTIONS.has(small)
        ? `did you mean "${small}"?`
        : this.#names.has(name) || CONSTANTS.has(name)
          ? `write products with *${meant && name[2] ? `, or did you mean "${meant}"?` : ""}`
          : meant && `did you mean "${meant}"?`;
      throw this.#error(token, `unknown function ${quote(name)}`, {
        hint: hint ?? `known functions: ${this.#functions.join(", ")}`,
        details: { name, ...(meant ? { nearest: meant } : {}) },
      });
    }
    const args: number[] = [];
    if (!this.#accept(")")) {
      do args.push(this.#expression(0));
      while (this.#accept(","));
      this.#expect(")", `to close the call of ${name}`);
    }
    const [least, most] = arity;
    if (args.length < least || args.length > most) {
      const range =
        most === Infinity ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`;
      throw this.#error(
        token,
        `${name} takes ${range} argument${range === "1" ? "" : "s"}, got ${args.length}`,
      );
    }
    if (name === "if") {
      const [a, b, c] = args as [number, number, number];
      return this.#push({ kind: "choose", a, b, c });
    }
    return this.#push({ kind: "call", name, args });
  }

  /** sum(k, 1, 5, term): the term is read once for each k. */
  #sum(token: Token): number {
    const index = this.#token;
    if (index.kind !== "name") throw this.#error(index, "expected the name of an index", { hint: SUM_FORM });
    this.#next++;
    const bound = (): number => {
      this.#expect(",", "in sum(index, from, to, term)");
      const sign = this.#accept("-") ? -1 : 1;
      const value = this.#token;
      // An outer sum's index is a number here.
      const outer = value.kind === "name" ? this.#names.get(value.text) : undefined;
      if (outer?.kind === "number") {
        this.#next++;
        return sign * outer.value;
      }
      if (value.kind !== "number" || !Number.isInteger(Number(value.text)))
        throw this.#error(value, "the range of a sum is two whole numbers", { hint: SUM_FORM });
      this.#next++;
      return sign * Number(value.text);
    };
    const from = bound();
    const to = bound();
    this.#expect(",", "in sum(index, from, to, term)");
    if (!(to >= from && to - from < LONGEST_SUM))
      throw this.#error(token, `a sum has from 1 to ${LONGEST_SUM} terms, not from ${from} to ${to}`);
    const outer = this.#names.get(index.text);
    const start = this.#next;
    let total = -1;
    for (let k = from; k <= to; k++) {
      this.#next = start;
      this.#names.set(index.text, { kind: "number", value: k, text: "" });
      const term = this.#expression(0);
      total = total < 0 ? term : this.#push({ kind: "binary", op: "+", a: total, b: term });
    }
    if (outer) this.#names.set(index.text, outer);
    else this.#names.delete(index.text);
    this.#expect(")", "to close the sum");
    return total;
  }
}

/** The tree of `source`, `more` functions told beside ours; EXPRESSION with position and caret where it is not in the language, OPTION for bad names. */
export function parse(source: string, names: Names, more: readonly string[] = []): Tree {
  checkNames("expression", names);
  if (typeof source !== "string") {
    throw new DownhillError("EXPRESSION", `the expression must be a string, got ${quote(source)}`, {
      details: { position: 0 },
    });
  }
  if (source.length > MAX_LENGTH) {
    const problem = `the expression has ${source.length} characters, more than ${MAX_LENGTH}; it is cut`;
    throw expressionError(source.slice(0, MAX_LENGTH + 80), MAX_LENGTH, problem);
  }
  const known = new Map<string, Syntax>();
  for (const [index, name] of names.variables.entries()) known.set(name, { kind: "variable", name, index });
  for (const [index, name] of names.params.entries()) known.set(name, { kind: "param", name, index });
  const parser = new Parser(source, known, more);
  parser.parse();
  return { source, variables: [...names.variables], params: [...names.params], nodes: parser.nodes };
}
