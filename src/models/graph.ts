// Expressions as a graph of shared nodes: equal subexpressions are one node, so they are computed and derived once.
//
// What the constructors simplify, and what not:
// - Constants fold through + - * / sqrt abs min max and comparisons: IEEE results, the same bits on every engine. Elementary
//   functions fold only where the result is exact (exp(0), log(1), ...); everything else is left to run time.
// - Identities hold for every operand, NaN and infinities included; only the sign of a zero may differ (x + 0, -(a - b)).
//   So 0*x, x - x and x/x stay: their value may be NaN. Derivatives never build 0*x (differentiate.ts).
// - Powers of two move through products, exact up to overflow and underflow; cbrt(u^3) is u, whose slope differentiation loses.

import { DownhillError } from "../runtime/errors.js";
import { EXACT, isCheapPower, isPowerOfTwo } from "./folding.js";
import { type Binary, type Elementary, MAX_NODES, type Unary } from "./language.js";

export type Op =
  | "const" // value
  | "variable" // value: its index
  | "param" // value: its index
  | "neg"
  | "abs"
  | "sqrt"
  | "floor"
  | "ceil"
  | "hypot" // sqrt(a^2 + b^2) without overflow
  | "sinc" // sin(a)/a, 1 at 0
  | "sign" // -1, 0 or 1; NaN for NaN
  | "sigmoid" // 1/(1 + exp(-x))
  | "voigt" // value: which part
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "damp" // args[0] * args[1], but 0 where args[0] is 0
  | "dampBoth" // the same where either is 0
  | "min" // NaN if either is, as Math.min
  | "max"
  | "lt" // comparisons give 1 or 0; NaN compares false
  | "le"
  | "eq"
  | "ne"
  | "select" // args[0] ? args[1] : args[2], where NaN and 0 are false
  | Elementary;

export interface GraphNode {
  /** Larger than the ids of all args. */
  readonly id: number;
  readonly op: Op;
  readonly args: readonly GraphNode[];
  readonly value: number;
}

const NONE: readonly GraphNode[] = [];

export const isConst = (node: GraphNode): boolean => node.op === "const";
const is = (node: GraphNode, value: number): boolean => node.op === "const" && node.value === value;

export class Graph {
  readonly #known = new Map<string, GraphNode>();
  #count = 0;

  /** How many nodes were ever made. */
  get size(): number {
    return this.#count;
  }

  #node(op: Op, args: readonly GraphNode[] = NONE, value = 0): GraphNode {
    let key: string = op;
    for (const arg of args) key += ` ${arg.id}`;
    key += Object.is(value, -0) ? " -0" : ` ${value}`;
    let node = this.#known.get(key);
    if (!node) {
      if (this.#count >= MAX_NODES) {
        throw new DownhillError(
          "EXPRESSION",
          `the expression and its derivatives need more than ${MAX_NODES} operations`,
          {
            hint: "split the model, or pass a function",
            details: { position: 0 },
          },
        );
      }
      node = { id: this.#count++, op, args, value };
      this.#known.set(key, node);
    }
    return node;
  }

  constant(value: number): GraphNode {
    return this.#node("const", NONE, value);
  }
  variable(index: number): GraphNode {
    return this.#node("variable", NONE, index);
  }
  param(index: number): GraphNode {
    return this.#node("param", NONE, index);
  }

  #commutative(op: Op, a: GraphNode, b: GraphNode): GraphNode {
    return a.id <= b.id ? this.#node(op, [a, b]) : this.#node(op, [b, a]);
  }

  neg(a: GraphNode): GraphNode {
    if (isConst(a)) return this.constant(-a.value);
    const [p, q] = a.args;
    if (a.op === "neg") return p!;
    if (a.op === "sub") return this.sub(q!, p!);
    if ((a.op === "mul" || a.op === "div") && isConst(p!)) return this[a.op](this.neg(p!), q!);
    if (a.op === "mul" && isConst(q!)) return this.mul(p!, this.neg(q!));
    return this.#node("neg", [a]);
  }

  add(a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(a) && isConst(b)) return this.constant(a.value + b.value);
    if (is(a, 0)) return b;
    if (is(b, 0)) return a;
    if (a === b) return this.mul(this.constant(2), a);
    if (b.op === "neg") return this.sub(a, b.args[0]!);
    if (a.op === "neg") return this.sub(b, a.args[0]!);
    return this.#commutative("add", a, b);
  }

  sub(a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(a) && isConst(b)) return this.constant(a.value - b.value);
    if (is(b, 0)) return a;
    if (is(a, 0)) return this.neg(b);
    if (b.op === "neg") return this.add(a, b.args[0]!);
    if (a.op === "neg") return this.neg(this.add(a.args[0]!, b));
    return this.#node("sub", [a, b]);
  }

  mul(a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(b) && !isConst(a)) return this.mul(b, a);
    if (isConst(a)) {
      if (isConst(b)) return this.constant(a.value * b.value);
      if (a.value === 1) return b;
      if (a.value === -1) return this.neg(b);
      if (b.op === "neg") return this.mul(this.constant(-a.value), b.args[0]!);
      if (b.op === "mul" && isConst(b.args[0]!)) {
        const factor = b.args[0]!.value;
        const exact = isPowerOfTwo(a.value) || isPowerOfTwo(factor);
        if (exact) return this.mul(this.constant(a.value * factor), b.args[1]!);
      }
    }
    if (a.op === "neg")
      return b.op === "neg" ? this.mul(a.args[0]!, b.args[0]!) : this.neg(this.mul(a.args[0]!, b));
    if (b.op === "neg") return this.neg(this.mul(a, b.args[0]!));
    if (isConst(a)) return this.#node("mul", [a, b]);
    return (a === b && this.#smooth(a)) || this.#commutative("mul", a, b);
  }

  /** The squares of |a| and hypot(a, b) have no kink, at which derivatives are one-sided. */
  #smooth({ op, args }: GraphNode): GraphNode | false {
    if (op !== "abs" && op !== "hypot") return false;
    return args.map((arg) => this.pow(arg, this.constant(2))).reduce((a, b) => this.add(a, b));
  }

  div(a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(a) && isConst(b)) return this.constant(a.value / b.value);
    if (is(b, 1)) return a;
    if (is(b, -1)) return this.neg(a);
    if (isConst(b) && isPowerOfTwo(b.value)) return this.mul(this.constant(1 / b.value), a);
    if (a.op === "neg")
      return b.op === "neg" ? this.div(a.args[0]!, b.args[0]!) : this.neg(this.div(a.args[0]!, b));
    if (b.op === "neg") return this.neg(this.div(a, b.args[0]!));
    return this.#node("div", [a, b]);
  }

  /** a b, but 0 where a is 0 (`both`: where either is) whatever the other is: what derivatives are in the limit. */
  damp(a: GraphNode, b: GraphNode, both: boolean): GraphNode {
    if (a.op === "neg")
      return b.op === "neg"
        ? this.damp(a.args[0]!, b.args[0]!, both)
        : this.neg(this.damp(a.args[0]!, b, both));
    if (b.op === "neg") return this.neg(this.damp(a, b.args[0]!, both));
    return this.#node(both ? "dampBoth" : "damp", [a, b]);
  }

  abs(a: GraphNode): GraphNode {
    if (isConst(a)) return this.constant(Math.abs(a.value));
    if (a.op === "abs") return a;
    if (a.op === "neg") return this.abs(a.args[0]!);
    return this.#node("abs", [a]);
  }

  sqrt(a: GraphNode): GraphNode {
    return isConst(a) ? this.constant(Math.sqrt(a.value)) : this.#node("sqrt", [a]);
  }

  floor(a: GraphNode): GraphNode {
    return isConst(a) ? this.constant(Math.floor(a.value)) : this.#node("floor", [a]);
  }

  ceil(a: GraphNode): GraphNode {
    return isConst(a) ? this.constant(Math.ceil(a.value)) : this.#node("ceil", [a]);
  }

  hypot(a: GraphNode, b: GraphNode): GraphNode {
    return this.#node("hypot", [a, b]);
  }
  sinc(a: GraphNode): GraphNode {
    return this.#node("sinc", [a]);
  }

  sign(a: GraphNode): GraphNode {
    return isConst(a) ? this.constant(Math.sign(a.value)) : this.#node("sign", [a]);
  }

  sigmoid(a: GraphNode): GraphNode {
    return is(a, 0) ? this.constant(0.5) : this.#node("sigmoid", [a]);
  }

  min(a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(a) && isConst(b)) return this.constant(Math.min(a.value, b.value));
    return a === b ? a : this.#node("min", [a, b]);
  }

  max(a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(a) && isConst(b)) return this.constant(Math.max(a.value, b.value));
    return a === b ? a : this.#node("max", [a, b]);
  }

  #compare(op: "lt" | "le" | "eq" | "ne", a: GraphNode, b: GraphNode, holds: boolean): GraphNode {
    return isConst(a) && isConst(b) ? this.constant(holds ? 1 : 0) : this.#node(op, [a, b]);
  }
  lt(a: GraphNode, b: GraphNode): GraphNode {
    return this.#compare("lt", a, b, a.value < b.value);
  }
  le(a: GraphNode, b: GraphNode): GraphNode {
    return this.#compare("le", a, b, a.value <= b.value);
  }
  eq(a: GraphNode, b: GraphNode): GraphNode {
    return this.#compare("eq", a, b, a.value === b.value);
  }
  ne(a: GraphNode, b: GraphNode): GraphNode {
    return this.#compare("ne", a, b, a.value !== b.value);
  }

  select(condition: GraphNode, yes: GraphNode, no: GraphNode): GraphNode {
    if (isConst(condition)) return Math.abs(condition.value) > 0 ? yes : no;
    return yes === no ? yes : this.#node("select", [condition, yes, no]);
  }

  /** A function of one argument. */
  call(name: Unary, a: GraphNode): GraphNode {
    if (name === "cbrt" && a.op === "pow" && is(a.args[1]!, 3)) return a.args[0]!;
    const exact = isConst(a) ? EXACT[name]?.find(([x]) => x === a.value) : undefined;
    return exact ? this.constant(exact[1]) : this.#node(name, [a]);
  }

  atan2(y: GraphNode, x: GraphNode): GraphNode {
    return this.#node("atan2", [y, x]);
  }

  /** d^n/dx^n w(z)/(sigma sqrt(2 pi)), z = (x + i gamma)/(sigma sqrt(2)): part 2n is real, 2n + 1 imaginary. */
  voigt(part: number, x: GraphNode, sigma: GraphNode, gamma: GraphNode): GraphNode {
    return this.#node("voigt", [x, sigma, gamma], part);
  }

  /** beta(x, y), or a part of w(x + iy), y >= 0. */
  pair(name: Exclude<Binary, "pow" | "atan2">, x: GraphNode, y: GraphNode): GraphNode {
    return this.#node(name, [x, y]);
  }

  pow(a: GraphNode, b: GraphNode): GraphNode {
    if (is(b, 0)) return this.constant(1);
    if (is(b, 1)) return a;
    if (is(b, -1)) return this.div(this.constant(1), a);
    if (isConst(a) && isConst(b) && isCheapPower(b.value)) return this.power(a, b.value);
    return (is(b, 2) && this.#smooth(a)) || this.#node("pow", [a, b]);
  }

  /** a^n by repeated multiplication, for exponents that `isCheapPower`; the powers of one base share their squares. */
  power(a: GraphNode, n: number): GraphNode {
    if (n < 0) return this.div(this.constant(1), this.power(a, -n));
    if (n === 0) return this.constant(1);
    if (n === 1) return a;
    if (n === 0.5) return this.sqrt(a);
    if (!Number.isInteger(n)) return this.mul(this.power(a, n - 0.5), this.sqrt(a));
    if (n % 2 === 1) return this.mul(this.power(a, n - 1), a);
    const half = this.power(a, n / 2);
    return this.#commutative("mul", half, half);
  }
}

/** Comparisons and their products: always 1 or 0. */
export function isTruth({ op, args }: GraphNode): boolean {
  return op === "mul" ? args.every((arg) => arg.op !== "mul" && isTruth(arg)) : /^(lt|le|eq|ne)$/.test(op);
}

/** All nodes the roots need, arguments first. */
export function reachable(roots: readonly GraphNode[]): GraphNode[] {
  const seen = new Set<GraphNode>();
  const open = [...roots];
  while (open.length > 0) {
    const node = open.pop() as GraphNode;
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...node.args);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
