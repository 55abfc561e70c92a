// What a node can be where the model itself is finite: its range, and whether it can be infinite there. Derivatives are
// products along paths; where one factor may be 0 while the other is infinite, the product is written so that 0 wins
// (`damp`), which is the limit wherever the model is smooth: exp(-K/x) at 0, (x/t)^b at 0, 1/(1 + exp(z)) beyond overflow.
//
// Overflow counts only through exp, sinh, cosh, powers and divisions: products of ordinary numbers are taken as finite.

import { type Graph, type GraphNode, isConst, reachable } from "./graph.js";

export interface Range {
  /** The value lies in [lo, hi] or is NaN. */
  readonly lo: number;
  readonly hi: number;
  /** It can be infinite while the model is finite. */
  readonly infinite: boolean;
}

/** An infinite (or NaN) argument k makes these infinite or NaN, whatever their other argument is. */
const HANDS_ON: Readonly<Record<string, readonly number[]>> = {
  neg: [0],
  abs: [0],
  sqrt: [0],
  add: [0, 1],
  sub: [0, 1],
  mul: [0, 1],
  div: [0],
  log: [0],
  log1p: [0],
  log2: [0],
  log10: [0],
  cbrt: [0],
  sin: [0],
  cos: [0],
  tan: [0],
  asin: [0],
  acos: [0],
  sinh: [0],
  cosh: [0],
};

/** Nodes that are finite wherever the root is. */
function finiteWith(root: GraphNode): Set<GraphNode> {
  const found = new Set<GraphNode>([root]);
  for (const node of reachable([root]).reverse()) {
    if (!found.has(node)) continue;
    for (const k of HANDS_ON[node.op] ?? []) found.add(node.args[k]!);
  }
  return found;
}

/** exp of less is 0 at most in the last place of nothing, exp of more may overflow. */
const LARGEST_EXPONENT = 700;
const TINY = 1e-304;

const ANY: Range = { lo: -Infinity, hi: Infinity, infinite: false };
const WITHIN: Readonly<Record<string, readonly [number, number]>> = {
  sin: [-1, 1],
  cos: [-1, 1],
  tanh: [-1, 1],
  erf: [-1, 1],
  erfc: [0, 2],
  besselj0: [-1, 1],
  besselj1: [-1, 1],
  besselj2: [-1, 1],
  besselj3: [-1, 1],
  voigt: [-Infinity, Infinity],
  asin: [-1.6, 1.6],
  acos: [0, 3.2],
  atan: [-1.6, 1.6],
  atan2: [-3.2, 3.2],
  sigmoid: [0, 1],
  sign: [-1, 1],
  lt: [0, 1],
  le: [0, 1],
  eq: [0, 1],
  ne: [0, 1],
};

const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
const hull = (values: readonly number[], infinite: boolean): Range => ({
  lo: Math.min(...values),
  hi: Math.max(...values),
  infinite,
});

function exponential({ lo, hi, infinite }: Range, less: number): Range {
  return {
    lo: (lo >= 0 ? 1 : lo > -LARGEST_EXPONENT ? TINY : 0) - less,
    hi: hi <= 0 ? 1 - less : Infinity,
    infinite: hi > LARGEST_EXPONENT && (infinite || hi > 0),
  };
}

function quotient(a: Range, b: Range): Range {
  const infinite = a.infinite || (b.lo <= 0 && b.hi >= 0);
  if (b.lo > 0)
    return hull(
      [a.lo, a.hi].flatMap((v) => [times(v, 1 / b.lo), times(v, 1 / b.hi)]),
      infinite,
    );
  if (b.lo === 0 && a.lo >= 0) return { lo: 0, hi: Infinity, infinite };
  return { ...ANY, infinite };
}

/** The ranges of a graph's nodes, found as they are asked for; `root` is the model. */
export class Limits {
  readonly #finite: Set<GraphNode>;
  readonly #known = new Map<GraphNode, Range>();

  constructor(root: GraphNode) {
    this.#finite = finiteWith(root);
  }

  range(node: GraphNode): Range {
    const of = (arg: GraphNode): Range => this.#known.get(arg) as Range;
    // Arguments first, without recursion: graphs may be deep. What is known is not walked through again.
    const open = [node];
    while (!of(node)) {
      const inner = open[open.length - 1]!;
      const waiting = inner.args.filter((arg) => !of(arg));
      open.push(...waiting);
      if (waiting.length > 0) continue;
      open.pop();
      let found = this.#find(inner, of);
      if (!(found.lo <= found.hi)) found = { ...ANY, infinite: true };
      this.#known.set(
        inner,
        this.#finite.has(inner) && found.infinite ? { ...found, infinite: false } : found,
      );
    }
    return of(node);
  }

  #find(node: GraphNode, of: (arg: GraphNode) => Range): Range {
    const { op, args, value } = node;
    if (op === "const") return { lo: value, hi: value, infinite: Math.abs(value) === Infinity };
    if (args.length === 0) return ANY;
    const within = WITHIN[op];
    if (within) return { lo: within[0], hi: within[1], infinite: false };
    const ranges = args.map(of);
    const [a, b] = ranges as [Range, Range];
    const infinite = ranges.some((range) => range.infinite);
    switch (op) {
      case "neg":
        return { lo: -a.hi, hi: -a.lo, infinite };
      case "abs":
        return { lo: Math.max(a.lo, -a.hi, 0), hi: Math.max(-a.lo, a.hi), infinite };
      case "sqrt":
        return { lo: Math.sqrt(Math.max(0, a.lo)), hi: Math.sqrt(Math.max(0, a.hi)), infinite };
      case "add":
        return { lo: a.lo + b.lo, hi: a.hi + b.hi, infinite };
      case "sub":
        return { lo: a.lo - b.hi, hi: a.hi - b.lo, infinite };
      case "mul":
      case "damp":
      case "dampBoth":
        if (args[0] === args[1]) return { lo: 0, hi: Infinity, infinite };
        return hull([times(a.lo, b.lo), times(a.lo, b.hi), times(a.hi, b.lo), times(a.hi, b.hi)], infinite);
      case "div":
        return quotient(a, b);
      case "min":
      case "max":
        return { lo: Math[op](a.lo, b.lo), hi: Math[op](a.hi, b.hi), infinite };
      case "select":
        return hull([b.lo, b.hi, ranges[2]!.lo, ranges[2]!.hi], b.infinite || ranges[2]!.infinite);
      case "exp":
        return exponential(a, 0);
      case "expm1":
        return exponential(a, 1);
      case "cosh":
        return { lo: 1, hi: Infinity, infinite: true };
      case "cbrt":
      case "floor":
      case "ceil":
        return { ...ANY, infinite };
      case "pow": {
        const exponent = args[1]!;
        const even = isConst(exponent) && exponent.value % 2 === 0;
        const bounded = isConst(exponent) && exponent.value > 0;
        return { lo: even || a.lo >= 0 ? 0 : -Infinity, hi: Infinity, infinite: bounded ? a.infinite : true };
      }
      default:
        return { ...ANY, infinite: true };
    }
  }

  /** a b, in the form that is 0 where one is 0 and the other infinite, where that can be. */
  product(g: Graph, a: GraphNode, b: GraphNode): GraphNode {
    if (isConst(a) || isConst(b)) return g.mul(a, b);
    const ra = this.range(a);
    const rb = this.range(b);
    const zero = ({ lo, hi }: Range): boolean => lo <= 0 && hi >= 0;
    const first = rb.infinite && zero(ra);
    const second = ra.infinite && zero(rb);
    if (first) return g.damp(a, b, second);
    return second ? g.damp(b, a, false) : g.mul(a, b);
  }
}
