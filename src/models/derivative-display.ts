// Exact derivatives written for reading: the graph of a derivative as a tree again, with numbers gathered in front, equal
// factors as powers and negative terms subtracted. What is computed is the graph itself, not this.

import { build } from "./build.js";
import { gradient, hessian } from "./differentiate.js";
import { Graph, type GraphNode, isConst } from "./graph.js";
import type { BinaryOperator, Syntax, Tree } from "./syntax.js";

const COMPARISONS: Readonly<Record<string, BinaryOperator>> = { lt: "<", le: "<=", eq: "==", ne: "!=" };
const PRODUCTS: ReadonlySet<string> = new Set(["mul", "damp", "dampBoth"]);

class Writer {
  readonly nodes: Syntax[] = [];
  readonly #tree: Tree;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  #push(node: Syntax): number {
    return this.nodes.push(node) - 1;
  }

  #binary(op: BinaryOperator, a: number, b: number): number {
    return this.#push({ kind: "binary", op, a, b });
  }

  #number(value: number): number {
    const size = this.#push({ kind: "number", value: Math.abs(value), text: String(Math.abs(value)) });
    return value < 0 ? this.#push({ kind: "negate", a: size }) : size;
  }

  write(node: GraphNode): number {
    const { op, args, value } = node;
    const [a, b, c] = args;
    if (op === "const") return this.#number(value);
    if (op === "param") return this.#push({ kind: "param", name: this.#tree.params[value]!, index: value });
    if (op === "variable")
      return this.#push({ kind: "variable", name: this.#tree.variables[value]!, index: value });
    if (op === "add" || op === "sub") return this.#sum(node);
    if (PRODUCTS.has(op) || op === "neg" || op === "div") return this.#product(node);
    if (op === "pow") return this.#power(a!, b!);
    if (COMPARISONS[op]) return this.#binary(COMPARISONS[op], this.write(a!), this.write(b!));
    if (op === "select") {
      const [condition, yes, no] = [this.write(a!), this.write(b!), this.write(c!)];
      return this.#push({ kind: "choose", a: condition, b: yes, c: no });
    }
    const written = args.map((arg) => this.write(arg));
    if (op !== "voigt") return this.#push({ kind: "call", name: op, args: written });
    // The profile is the real part of W, which its derivatives need whole.
    const [x, ...widths] = written;
    if (value === 0) return this.#push({ kind: "call", name: op, args: [x!, this.#number(0), ...widths] });
    const name = `${value & 1 ? "Im" : "Re"} W${"'".repeat(value >> 1)}`;
    return this.#push({ kind: "call", name, args: written });
  }

  #power(base: GraphNode, exponent: GraphNode): number {
    const [a, b] = [this.write(base), this.write(exponent)];
    return this.#binary("^", a, b);
  }

  /** Terms from left to right, each added or subtracted. */
  #sum(node: GraphNode): number {
    const terms: { node: GraphNode; minus: boolean }[] = [];
    const gather = (at: GraphNode, minus: boolean): void => {
      if (at.op === "add" || at.op === "sub") {
        gather(at.args[0]!, minus);
        gather(at.args[1]!, at.op === "sub" ? !minus : minus);
      } else terms.push({ node: at, minus: minus !== this.#coefficient(at) < 0 });
    };
    gather(node, false);
    terms.sort((p, q) => Number(p.minus) - Number(q.minus)); // a sum begins with a term that is added, if there is one
    return terms.reduce((sum, term, i) => {
      const written = this.#size(term.node);
      if (i === 0) return term.minus ? this.#push({ kind: "negate", a: written }) : written;
      return this.#binary(term.minus ? "-" : "+", sum, written);
    }, -1);
  }

  #product(node: GraphNode): number {
    const written = this.#size(node);
    return this.#coefficient(node) < 0 ? this.#push({ kind: "negate", a: written }) : written;
  }

  #coefficient(node: GraphNode): number {
    return factors(node).number;
  }

  /** The product without its sign. */
  #size(node: GraphNode): number {
    const { number, above, below } = factors(node);
    const size = Math.abs(number);
    if (above.size + below.size === 0) return this.#number(size);
    const top = this.#factors(size, above);
    return below.size > 0 ? this.#binary("/", top, this.#factors(1, below)) : top;
  }

  #factors(number: number, powers: ReadonlyMap<GraphNode, number>): number {
    let product = number === 1 && powers.size > 0 ? -1 : this.#number(number);
    for (const [base, power] of powers) {
      const written = this.write(base);
      const factor = power === 1 ? written : this.#binary("^", written, this.#number(power));
      product = product < 0 ? factor : this.#binary("*", product, factor);
    }
    return product;
  }
}

interface Factors {
  number: number;
  readonly above: Map<GraphNode, number>;
  readonly below: Map<GraphNode, number>;
}

/** A product as its number and the powers of its factors, above and below the line. */
function factors(node: GraphNode): Factors {
  const found: Factors = { number: 1, above: new Map(), below: new Map() };
  const add = (base: GraphNode, power: number): void => {
    const total = (found.above.get(base) ?? 0) - (found.below.get(base) ?? 0) + power;
    found.above.delete(base);
    found.below.delete(base);
    if (total > 0) found.above.set(base, total);
    else if (total < 0) found.below.set(base, -total);
  };
  const gather = (at: GraphNode, sign: 1 | -1): void => {
    const [a, b] = at.args;
    if (isConst(at)) found.number = sign > 0 ? found.number * at.value : found.number / at.value;
    else if (PRODUCTS.has(at.op)) {
      gather(a!, sign);
      gather(b!, sign);
    } else if (at.op === "neg") {
      found.number = -found.number;
      gather(a!, sign);
    } else if (at.op === "div") {
      gather(a!, sign);
      gather(b!, sign === 1 ? -1 : 1);
    } else if (at.op === "pow" && isConst(b!) && b!.value === Math.round(b!.value)) add(a!, sign * b!.value);
    else add(at, sign);
  };
  gather(node, 1);
  return found;
}

/** The gradient (n trees) or the Hessian (n*n, row by row) by the parameters of a tree. */
export function derivativeTrees(tree: Tree, part: "gradient" | "hessian"): Tree[] {
  const g = new Graph();
  const value = build(g, tree);
  const leaves = tree.params.map((_, i) => g.param(i));
  const first = gradient(g, value, leaves);
  const wanted =
    part === "gradient"
      ? first
      : (() => {
          const triangle = hessian(g, value, first, leaves);
          return leaves.flatMap((_, i) => leaves.map((_, j) => triangle[Math.max(i, j)]![Math.min(i, j)]!));
        })();
  return wanted.map((derivative) => {
    const writer = new Writer(tree);
    writer.write(derivative ?? g.constant(0));
    return { ...tree, nodes: writer.nodes };
  });
}
