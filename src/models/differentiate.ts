// Exact derivatives as new nodes of the graph. A zero derivative is `null`, never a node: so no 0*x, whose value could be
// NaN, is ever built, and what does not depend on a name costs nothing.
//
// Where the derivative does not exist, a one-sided one is taken: d|x| = 0 at 0, min and max follow their first argument
// at ties, ?: follows the branch taken. Powers: the derivative by the exponent appears only if the exponent depends on the
// name, and is 0 at 0^b for b >= 0; by the base, a^0 has derivative 0 everywhere.
//
// Where the model is finite and a factor of the chain rule is infinite, the product is 0 where the other factor is 0
// (limits.ts): that is its limit, not 0*Infinity = NaN.

import { isCheapPower } from "./folding.js";
import { type Graph, type GraphNode, isConst, reachable } from "./graph.js";
import { Limits } from "./limits.js";

export type Derivative = GraphNode | null;

const TWO_OVER_SQRT_PI = 1.1283791670955126;

/** d node / d args[k]. Never asked for comparisons, sign, select, min and max. */
function partial(g: Graph, limits: Limits, node: GraphNode, k: number): GraphNode {
  const [a, b, c] = node.args as [GraphNode, GraphNode, GraphNode];
  const one = g.constant(1);
  const number = (value: number): GraphNode => g.constant(value);
  switch (node.op) {
    case "add":
      return one;
    case "sub":
      return k === 0 ? one : number(-1);
    case "neg":
      return number(-1);
    case "mul":
      return k === 0 ? b : a;
    case "div":
      return k === 0 ? g.div(one, b) : g.neg(g.mul(node, g.div(one, b)));
    case "abs":
      return g.sign(a);
    case "sqrt":
      return g.div(number(0.5), node);
    case "exp":
      return node;
    case "expm1":
      return g.call("exp", a);
    case "log":
      return g.div(one, a);
    case "log1p":
      return g.div(one, g.add(one, a));
    case "log2":
      return g.div(number(Math.LOG2E), a);
    case "log10":
      return g.div(number(Math.LOG10E), a);
    case "cbrt":
      return g.div(number(1 / 3), g.mul(node, node));
    case "sin":
      return g.call("cos", a);
    case "cos":
      return g.neg(g.call("sin", a));
    case "tan":
      return g.add(one, g.mul(node, node));
    case "asin":
      return g.div(one, g.sqrt(g.mul(g.sub(one, a), g.add(one, a))));
    case "acos":
      return g.div(number(-1), g.sqrt(g.mul(g.sub(one, a), g.add(one, a))));
    case "atan":
      return g.div(one, g.add(one, g.mul(a, a)));
    case "atan2": {
      // Squares of the arguments may be beyond the range of numbers.
      const length = g.hypot(a, b);
      const slope = g.div(g.div(k === 0 ? b : a, length), length);
      return k === 0 ? slope : g.neg(slope);
    }
    case "sinh":
      return g.call("cosh", a);
    case "cosh":
      return g.call("sinh", a);
    case "tanh": {
      // 1 - tanh^2 has no digit where tanh is 1.
      const sech = g.div(one, g.call("cosh", a));
      return g.mul(sech, sech);
    }
    case "erf":
      return g.mul(number(TWO_OVER_SQRT_PI), g.call("exp", g.neg(g.pow(a, number(2)))));
    case "erfc":
      return g.mul(number(-TWO_OVER_SQRT_PI), g.call("exp", g.neg(g.pow(a, number(2)))));
    case "gamma":
      return g.mul(node, g.call("digamma", a));
    case "lgamma":
      return g.call("digamma", a);
    case "digamma":
      return g.call("trigamma", a);
    case "beta":
      return g.mul(node, g.sub(g.call("digamma", k === 0 ? a : b), g.call("digamma", g.add(a, b))));
    case "lambertw": // DLMF 4.13.4, without a quotient of zeros
      return g.div(g.call("exp", g.neg(node)), g.add(one, node));
    case "besselj0":
      return g.neg(g.call("besselj1", a));
    case "besselj1": // DLMF 10.6.1
      return g.mul(number(0.5), g.sub(g.call("besselj0", a), g.call("besselj2", a)));
    case "besselj2":
      return g.mul(number(0.5), g.sub(g.call("besselj1", a), g.call("besselj3", a)));
    case "voigt": {
      // It is analytic in x + i gamma, and obeys the heat equation: no difference of large numbers where sigma is small.
      const part = node.value;
      if (k === 0) return g.voigt(part + 2, a, b, c);
      if (k === 1) return g.mul(b, g.voigt(part + 4, a, b, c));
      return part & 1 ? g.voigt(part + 1, a, b, c) : g.neg(g.voigt(part + 3, a, b, c));
    }
    case "sigmoid":
      return g.mul(node, g.sigmoid(g.neg(a)));
    case "hypot": // 0 at (0, 0)
      return g.select(g.lt(number(0), node), g.div(k === 0 ? a : b, node), number(0));
    case "sinc": {
      // (cos a - sinc a)/a; near 0, where that cancels, the series -a/3 + a^3/30 - a^5/840 + a^7/45360 - a^9/3991680.
      const z = g.mul(a, a);
      const series = [-1 / 3, 1 / 30, -1 / 840, 1 / 45360, -1 / 3991680];
      const near = series.reduceRight((sum: GraphNode, c) => g.add(number(c), g.mul(z, sum)), number(0));
      const far = g.div(g.sub(g.call("cos", a), node), a);
      return g.select(g.lt(g.abs(a), number(0.25)), g.mul(a, near), far);
    }
    case "damp":
    case "dampBoth":
      return k === 0 ? b : a;
    case "pow":
      return k === 0 ? partialByBase(g, node, a, b) : partialByExponent(g, limits, node, a, b);
    default:
      throw new Error(`no derivative of ${node.op}`);
  }
}

/** b a^(b-1), written b y/a so that no second pow is needed; at a = 0 the limit from the right. */
function partialByBase(g: Graph, y: GraphNode, a: GraphNode, b: GraphNode): GraphNode {
  if (isConst(b) && isCheapPower(b.value - 1)) return g.mul(b, g.pow(a, g.constant(b.value - 1)));
  const zero = g.constant(0);
  const one = g.constant(1);
  const slope = g.select(g.lt(one, b), zero, g.select(g.eq(b, one), one, g.constant(Infinity)));
  const atZero = g.select(g.eq(b, zero), zero, g.mul(b, slope));
  const found = g.select(g.eq(a, zero), atZero, g.div(g.mul(b, y), a));
  SLOPES.set(found, [a, b]);
  return found;
}

/** Slopes of a^b by a, and that a and b: what stands there for a = 0 is a limit, and does not depend on a as it is written. */
const SLOPES = new WeakMap<GraphNode, readonly [GraphNode, GraphNode]>();

/** b (b - 1) a^(b-2) at a = 0, as from the right. */
function bendAtZero(g: Graph, limits: Limits, b: GraphNode): GraphNode {
  const [one, two] = [g.constant(1), g.constant(2)];
  const power = g.select(g.lt(two, b), g.constant(0), g.select(g.eq(b, two), one, g.constant(Infinity)));
  return limits.product(g, g.mul(b, g.sub(b, one)), power);
}

function partialByExponent(g: Graph, limits: Limits, y: GraphNode, a: GraphNode, b: GraphNode): GraphNode {
  const slope = limits.product(g, y, g.call("log", a));
  if (isConst(a) && a.value !== 0) return slope;
  const zero = g.constant(0);
  return g.select(g.mul(g.eq(a, zero), g.le(zero, b)), zero, slope);
}

/** a^2, a^3, ...: where their slope is 0 and the inner one infinite, as for sqrt(a)^2, 0 is not the limit. */
function isWholePower({ op, args }: GraphNode): boolean {
  const exponent = args[1];
  return op === "pow" && isConst(exponent!) && exponent!.value > 1 && isCheapPower(exponent!.value);
}

/** The derivative of `node` by argument k times the `other` factor of the chain rule. */
function chain(g: Graph, limits: Limits, node: GraphNode, k: number, other: GraphNode): GraphNode {
  const slope = partial(g, limits, node, k);
  return isWholePower(node) ? g.mul(slope, other) : limits.product(g, slope, other);
}

function sum(g: Graph, a: Derivative, b: Derivative): Derivative {
  return a && b ? g.add(a, b) : (a ?? b);
}

/** The derivatives of all `nodes` (arguments first) by one leaf. */
function forward(
  g: Graph,
  limits: Limits,
  nodes: readonly GraphNode[],
  leaf: GraphNode,
): Map<GraphNode, Derivative> {
  const found = new Map<GraphNode, Derivative>([[leaf, g.constant(1)]]);
  const of = (node: GraphNode): Derivative => found.get(node) ?? null;
  const choose = (condition: GraphNode, yes: Derivative, no: Derivative): Derivative =>
    yes || no ? g.select(condition, yes ?? g.constant(0), no ?? g.constant(0)) : null;
  for (const node of nodes) {
    const [a, b, c] = node.args as [GraphNode, GraphNode, GraphNode];
    let derivative: Derivative = null;
    switch (node.op) {
      case "select": {
        const [base, exponent] = SLOPES.get(node) ?? [];
        const inner = base && of(base);
        const bend = inner ? limits.product(g, bendAtZero(g, limits, exponent!), inner) : null;
        derivative = choose(a, sum(g, of(b), bend), of(c));
        break;
      }
      case "min":
        derivative = choose(g.le(a, b), of(a), of(b));
        break;
      case "max":
        derivative = choose(g.le(b, a), of(a), of(b));
        break;
      default:
        if (FLAT.has(node.op)) break;
        node.args.forEach((arg, k) => {
          const inner = of(arg);
          if (inner) derivative = sum(g, derivative, chain(g, limits, node, k, inner));
        });
    }
    if (derivative) found.set(node, derivative);
  }
  return found;
}

const FORWARD_ONLY: ReadonlySet<string> = new Set(["select", "min", "max"]);
/** Their derivatives are 0 wherever they exist. */
export const FLAT: ReadonlySet<string> = new Set(["lt", "le", "eq", "ne", "sign", "floor", "ceil"]);

/** The gradient of one node by reverse accumulation; null where a branch would need masked adjoints (0*Infinity). */
function adjoint(
  g: Graph,
  limits: Limits,
  root: GraphNode,
  nodes: readonly GraphNode[],
  leaves: readonly GraphNode[],
): Derivative[] | null {
  const active = new Set<GraphNode>(leaves);
  for (const node of nodes) {
    if (FLAT.has(node.op) || !node.args.some((arg) => active.has(arg))) continue;
    if (FORWARD_ONLY.has(node.op)) return null;
    active.add(node);
  }
  const bar = new Map<GraphNode, Derivative>([[root, g.constant(1)]]);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    const outer = bar.get(node);
    if (!outer || !active.has(node)) continue;
    node.args.forEach((arg, k) => {
      if (!active.has(arg)) return;
      bar.set(arg, sum(g, bar.get(arg) ?? null, limits.product(g, partial(g, limits, node, k), outer)));
    });
  }
  return leaves.map((leaf) => (active.has(root) ? (bar.get(leaf) ?? null) : null));
}

/** A rough price of evaluating `roots`: divisions and functions cost several multiplications. */
function price(roots: readonly Derivative[]): number {
  let total = 0;
  for (const { op, args } of reachable(roots.filter((root) => root !== null))) {
    if (args.length === 0) continue;
    total += op === "div" || op === "sqrt" ? 4 : (CHEAP[op] ?? 16);
  }
  return total;
}

const CHEAP: Readonly<Record<string, number>> = {
  neg: 1,
  abs: 1,
  sign: 2,
  floor: 1,
  ceil: 1,
  add: 1,
  sub: 1,
  mul: 1,
  damp: 3,
  dampBoth: 5,
  min: 1,
  max: 1,
  lt: 1,
  le: 1,
  eq: 1,
  ne: 1,
  select: 1,
};

/** The derivatives of `root` by each leaf, forward or reverse, whichever makes the smaller graph. */
export function gradient(g: Graph, root: GraphNode, leaves: readonly GraphNode[]): Derivative[] {
  const nodes = reachable([root]);
  const limits = new Limits(root);
  const direct = leaves.map((leaf) => forward(g, limits, nodes, leaf).get(root) ?? null);
  if (leaves.length < 3) return direct;
  const reverse = adjoint(g, limits, root, nodes, leaves);
  return reverse && price([root, ...reverse]) < price([root, ...direct]) ? reverse : direct;
}

/** Second derivatives from the first ones of `root`: entry [i][j] for j <= i. */
export function hessian(
  g: Graph,
  root: GraphNode,
  first: readonly Derivative[],
  leaves: readonly GraphNode[],
): Derivative[][] {
  const roots = first.filter((root) => root !== null);
  const nodes = reachable(roots);
  const limits = new Limits(root);
  const columns = leaves.map((leaf) => forward(g, limits, nodes, leaf));
  return first.map((slope, i) =>
    columns.slice(0, i + 1).map((column) => (slope ? (column.get(slope) ?? null) : null)),
  );
}
