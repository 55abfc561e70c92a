// The text of a linear or quadratic expression ("3x + 2 y - x*y/2 + (x - 1)^2") as a polynomial of degree 2 at most.

import { MAX_DEPTH } from "../models/language.js";

/** Coefficients by variable, and by pairs of variables, of which the first comes no later than the second. */
export interface Polynomial {
  constant: number;
  readonly linear: Map<string, number>;
  readonly quadratic: Map<string, { readonly a: string; readonly b: string; value: number }>;
}

export interface Token {
  readonly kind: "number" | "name" | "sign";
  readonly text: string;
  /** Position in the whole text. */
  readonly at: number;
}

/** Refuses at a position. */
export type Refuse = (at: number, message: string, hint?: string) => Error;

export function tokens(text: string, offset: number, refuse: Refuse): Token[] {
  const found: Token[] = [];
  const pattern =
    /\s+|(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][\w.[\]]*)|(<=|>=|==|[-+*/^()=<>≤≥,])/y;
  for (let at = 0; at < text.length; ) {
    pattern.lastIndex = at;
    const m = pattern.exec(text);
    if (!m) throw refuse(offset + at, `unexpected ${JSON.stringify(text[at])}`);
    if (m[1] !== undefined && !Number.isFinite(Number(m[1])))
      throw refuse(offset + at, `the number ${m[1]} is too large`);
    if (m[1] !== undefined) found.push({ kind: "number", text: m[1], at: offset + at });
    else if (m[2] !== undefined) found.push({ kind: "name", text: m[2], at: offset + at });
    else if (m[3] !== undefined)
      found.push({ kind: "sign", text: m[3] === "≤" ? "<=" : m[3] === "≥" ? ">=" : m[3], at: offset + at });
    at = pattern.lastIndex;
  }
  return found;
}

const constant = (v: number): Polynomial => ({ constant: v, linear: new Map(), quadratic: new Map() });
const isConstant = ({ linear, quadratic }: Polynomial) => linear.size === 0 && quadratic.size === 0;

export function addTo(p: Polynomial, q: Polynomial, by: number): Polynomial {
  p.constant += by * q.constant;
  for (const [name, v] of q.linear) p.linear.set(name, (p.linear.get(name) ?? 0) + by * v);
  for (const [, { a, b, value }] of q.quadratic) addPair(p, a, b, by * value);
  return p;
}

function addPair(p: Polynomial, a: string, b: string, v: number): void {
  const [first, second] = a <= b ? [a, b] : [b, a];
  const key = `${first} ${second}`;
  const old = p.quadratic.get(key);
  if (old) old.value += v;
  else p.quadratic.set(key, { a: first, b: second, value: v });
}

/** Reads one expression from the tokens, from `at` on. */
export class ExpressionReader {
  at = 0;
  /** Parentheses and signs around what is read. */
  #depth = 0;
  readonly #tokens: readonly Token[];
  readonly #refuse: Refuse;
  readonly #end: number;

  constructor(all: readonly Token[], end: number, refuse: Refuse) {
    this.#tokens = all;
    this.#end = end;
    this.#refuse = refuse;
  }

  get next(): Token | undefined {
    return this.#tokens[this.at];
  }

  fail(message: string, hint?: string): Error {
    return this.#refuse(this.next?.at ?? this.#end, message, hint);
  }

  #takes(text: string): boolean {
    if (this.next?.kind !== "sign" || this.next.text !== text) return false;
    this.at++;
    return true;
  }

  sum(): Polynomial {
    const p = constant(0);
    let by = 1;
    if (this.#takes("-")) by = -1;
    else this.#takes("+");
    addTo(p, this.#product(), by);
    for (;;) {
      if (this.#takes("+")) addTo(p, this.#product(), 1);
      else if (this.#takes("-")) addTo(p, this.#product(), -1);
      else return p;
    }
  }

  /** Products, also without a sign between a number and what follows: "3x", "2(x + y)". */
  #product(): Polynomial {
    let p = this.#power();
    for (;;) {
      if (this.#takes("*")) p = this.#times(p, this.#power());
      else if (this.#takes("/")) {
        const q = this.#power();
        if (!isConstant(q) || q.constant === 0) throw this.fail("division is by numbers other than 0 only");
        p = addTo(constant(0), p, 1 / q.constant);
      } else if (this.next?.kind === "name" || this.next?.text === "(") {
        const last = this.#tokens[this.at - 1];
        if (last?.kind === "name")
          throw this.fail(
            this.next.text === "("
              ? `unknown function ${JSON.stringify(last.text)}: a linear or quadratic program has none`
              : `expected + or - or * or a relation, got ${JSON.stringify(this.next.text)}`,
          );
        p = this.#times(p, this.#power());
      } else return p;
    }
  }

  #power(): Polynomial {
    const p = this.#atom();
    if (!this.#takes("^")) return p;
    const exponent = this.next;
    if (exponent?.text !== "2" && exponent?.text !== "1") throw this.fail("powers are 1 or 2 only");
    this.at++;
    return exponent.text === "2" ? this.#times(p, p) : p;
  }

  #atom(): Polynomial {
    if (this.#depth === MAX_DEPTH)
      throw this.fail(`the expression is nested deeper than ${MAX_DEPTH} levels`);
    this.#depth++;
    const p = this.#within();
    this.#depth--;
    return p;
  }

  #within(): Polynomial {
    const token = this.next;
    if (this.#takes("(")) {
      const p = this.sum();
      if (!this.#takes(")")) throw this.fail("expected )");
      return p;
    }
    if (this.#takes("-")) return addTo(constant(0), this.#power(), -1);
    if (!token || token.kind === "sign") throw this.fail("expected a number or a name");
    this.at++;
    if (token.kind === "number") return constant(Number(token.text));
    if (/^inf(inity)?$/i.test(token.text)) {
      this.at--;
      throw this.fail("a side that is infinite is left out");
    }
    const p = constant(0);
    p.linear.set(token.text, 1);
    return p;
  }

  #times(p: Polynomial, q: Polynomial): Polynomial {
    if (isConstant(p)) return addTo(constant(0), q, p.constant);
    if (isConstant(q)) return addTo(constant(0), p, q.constant);
    if (p.quadratic.size > 0 || q.quadratic.size > 0) throw this.fail("the degree is above 2");
    const out = constant(p.constant * q.constant);
    for (const [name, v] of p.linear) out.linear.set(name, v * q.constant);
    for (const [name, v] of q.linear) out.linear.set(name, (out.linear.get(name) ?? 0) + v * p.constant);
    for (const [a, v] of p.linear) for (const [b, w] of q.linear) addPair(out, a, b, v * w);
    return out;
  }
}
