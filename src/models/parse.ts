// Pratt parser (V. Pratt, "Top down operator precedence", POPL 1973) of the model language, with Python's precedence:
// ^ and ** bind tighter than a minus before them and are right-associative, so -x^2 is -(x^2) and 2^-x is 1/2^x.
// The tree is an array in postorder, children before parents: later passes are plain loops, safe on any length.

import { DownhillError, quote } from "../runtime/errors.js";
import { nearest } from "../runtime/options.js";
import { CONSTANTS, FUNCTIONS, MAX_DEPTH, MAX_LENGTH, nameAt, RESERVED } from "./language.js";
import { expressionError, type Token, tokenize } from "./tokens.js";

export type BinaryOperator = "+" | "-" | "*" | "/" | "^" | "<" | "<=" | ">" | ">=" | "==" | "!=";

/** Numbers in `a`, `b`, `c`, `args` are places in `Tree.nodes`. */
export type Syntax =
  | { readonly kind: "number"; readonly value: number; readonly text: string }
  | { readonly kind: "variable" | "param"; readonly name: string; readonly index: number }
  | { readonly kind: "constant"; readonly name: string; readonly value: number }
  | { readonly kind: "negate"; readonly a: number }
  | { readonly kind: "binary"; readonly op: BinaryOperator; readonly a: number; readonly b: number }
  | { readonly kind: "choose"; readonly a: number; readonly b: number; readonly c: number }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly number[] };

export interface Tree {
  readonly source: string;
  readonly variables: readonly string[];
  readonly params: readonly string[];
  /** The root is the last. */
  readonly nodes: readonly Syntax[];
}

export interface Names {
  readonly variables: readonly string[];
  readonly params: readonly string[];
}

const CHOOSE = 1;
const COMPARE = 2;
const SUM = 3;
const PRODUCT = 4;
const MINUS = 5;
const POWER = 6;

const STRENGTH: ReadonlyMap<string, number> = new Map([
  ["?", CHOOSE],
  ...["<", "<=", ">", ">=", "==", "!="].map((op) => [op, COMPARE] as const),
  ["+", SUM],
  ["-", SUM],
  ["*", PRODUCT],
  ["/", PRODUCT],
  ["^", POWER],
  ["**", POWER],
]);

/** OPTION unless the names are well formed, different, and free to take. Names of functions, pi and e may be taken. */
export function checkNames(where: string, { variables, params }: Names): void {
  const seen = new Set<string>();
  for (const name of [...variables, ...params]) {
    const wellFormed = typeof name === "string" && name !== "" && nameAt(name, 0) === name;
    if (!wellFormed || RESERVED.has(name)) {
      throw new DownhillError("OPTION", `${where}: ${quote(name)} cannot name a variable or parameter`, {
        hint: wellFormed
          ? "the name is reserved"
          : "names are letters, digits and _, not beginning with a digit",
        details: { name },
      });
    }
    if (seen.has(name)) {
      throw new DownhillError("OPTION", `${where}: the name ${quote(name)} is declared twice`, {
        details: { name },
      });
    }
    seen.add(name);
  }
}

class Parser {
  readonly nodes: Syntax[] = [];
  readonly #source: string;
  readonly #names: ReadonlyMap<string, Syntax>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string, names: ReadonlyMap<string, Syntax>) {
    this.#source = source;
    this.#names = names;
    this.#tokens = tokenize(source);
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  parse(): void {
    if (this.#tokens.length === 1) throw this.#error(this.#token, "the expression is empty");
    this.#expression(0);
    const rest = this.#token;
    if (rest.kind === "end") return;
    if (rest.kind === "operator" && rest.text !== "(")
      throw this.#error(rest, `unexpected ${quote(rest.text)}`);
    throw this.#error(rest, "an operator is missing before this", { hint: "write products with *" });
  }

  #error(
    token: Token,
    problem: string,
    extras: { hint?: string; details?: Record<string, unknown> } = {},
  ): DownhillError {
    return expressionError(this.#source, token.at, problem, { length: token.text.length, ...extras });
  }

  #push(node: Syntax): number {
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
    let left = this.#operand();
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
    const b = this.#expression(strength === POWER ? MINUS : strength);
    if (
      strength === COMPARE &&
      STRENGTH.get(this.#token.text) === COMPARE &&
      this.#token.kind === "operator"
    ) {
      throw this.#error(this.#token, "comparisons cannot be chained", { hint: "write (a < b)*(b < c)" });
    }
    return this.#push({
      kind: "binary",
      op: (token.text === "**" ? "^" : token.text) as BinaryOperator,
      a,
      b,
    });
  }

  #operand(): number {
    const token = this.#token;
    this.#next++;
    if (token.kind === "number")
      return this.#push({ kind: "number", value: Number(token.text), text: token.text });
    if (token.kind === "name") return this.#accept("(") ? this.#call(token) : this.#push(this.#lookup(token));
    if (token.text === "-") return this.#push({ kind: "negate", a: this.#expression(MINUS) });
    if (token.text === "+") return this.#expression(MINUS);
    if (token.text === "(") {
      const inner = this.#expression(0);
      this.#expect(")", "to close the parenthesis");
      return inner;
    }
    const found = token.kind === "end" ? "the expression ends" : `found ${quote(token.text)}`;
    throw this.#error(token, `expected a number, a name or "(", but ${found}`);
  }

  #lookup(token: Token): Syntax {
    const name = token.text;
    const declared = this.#names.get(name);
    if (declared) return declared;
    const value = CONSTANTS.get(name);
    if (value !== undefined) return { kind: "constant", name, value };
    const known = [...this.#names.keys(), ...CONSTANTS.keys()];
    const meant = FUNCTIONS.has(name) ? `${name}(...)` : nearest(name, known);
    throw this.#error(token, `unknown name ${quote(name)}`, {
      hint: meant ? `did you mean ${quote(meant)}?` : `known names: ${known.join(", ")}`,
      details: { name, ...(meant ? { nearest: meant } : {}) },
    });
  }

  #call(token: Token): number {
    const name = token.text;
    const arity = FUNCTIONS.get(name);
    if (!arity) {
      const meant = nearest(name, [...FUNCTIONS.keys()]);
      const hint =
        this.#names.has(name) || CONSTANTS.has(name)
          ? "write products with *"
          : meant && `did you mean "${meant}"?`;
      throw this.#error(token, `unknown function ${quote(name)}`, {
        hint: hint ?? `known functions: ${[...FUNCTIONS.keys()].join(", ")}`,
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
    return this.#push({ kind: "call", name, args });
  }
}

/** The tree of `source`; EXPRESSION with position and caret where it is not in the language, OPTION for bad names. */
export function parse(source: string, names: Names): Tree {
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
  const parser = new Parser(source, known);
  parser.parse();
  return { source, variables: [...names.variables], params: [...names.params], nodes: parser.nodes };
}
