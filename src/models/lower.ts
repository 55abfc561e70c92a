// The last step before evaluation: what is convenient to derive becomes what is cheap to compute. After it only
// arithmetic, sqrt, abs, min, max, comparisons, select and elementary functions are left.

import { isCheapPower } from "./folding.js";
import { type Graph, type GraphNode, isConst, isTruth, reachable } from "./graph.js";
import type { Unary } from "./language.js";

const SQRT_2PI = 2.5066282746310002;

/** One node, of arguments that are lowered already. */
export function lowered(g: Graph, node: GraphNode, args: readonly GraphNode[]): GraphNode {
  const zero = g.constant(0);
  const one = g.constant(1);
  // The emitter keeps comparisons as lane masks: functions get numbers.
  const number = (arg: GraphNode): GraphNode => (isTruth(arg) ? g.select(arg, one, zero) : arg);
  const [a, b, c] = args as [GraphNode, GraphNode, GraphNode];
  switch (node.op) {
    case "const":
    case "variable":
    case "param":
      return node;
    case "pow":
      return isConst(b) && isCheapPower(b.value) ? g.power(a, b.value) : g.pow(number(a), number(b));
    case "sign": // a zero and NaN stay what they are
      return g.select(g.lt(zero, a), one, g.select(g.lt(a, zero), g.constant(-1), a));
    case "sigmoid": {
      // With E = exp(-|a|) <= 1 nothing overflows: 1/(1 + E) on the right, E/(1 + E) on the left. sigmoid(-a) shares E.
      const small = g.call("exp", g.neg(g.abs(a)));
      return g.div(g.select(g.lt(a, zero), small, one), g.add(one, small));
    }
    case "hypot": {
      const large = g.max(g.abs(a), g.abs(b));
      const ratio = g.div(g.min(g.abs(a), g.abs(b)), large);
      const usual = g.mul(large, g.sqrt(g.add(one, g.mul(ratio, ratio))));
      return g.select(g.lt(zero, large), g.select(g.lt(large, g.constant(Infinity)), usual, large), large);
    }
    case "sinc":
      return g.select(g.eq(a, zero), one, g.div(g.call("sin", number(a)), a));
    case "damp":
      return g.select(g.eq(a, zero), zero, g.mul(a, b));
    case "dampBoth":
      return g.select(g.eq(a, zero), zero, g.select(g.eq(b, zero), zero, g.mul(a, b)));
    case "atan2":
      return g.atan2(number(a), number(b));
    case "select":
      return g.select(a, b, c);
    case "neg":
    case "abs":
    case "sqrt":
    case "floor":
    case "ceil":
      return g[node.op](a);
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "min":
    case "max":
    case "lt":
    case "le":
    case "eq":
    case "ne":
      return g[node.op](a, b);
    case "beta":
      return g.pair(node.op, number(a), number(b));
    case "voigt": {
      // DLMF 7.19, with z = (a + ic)/(|b| sqrt(2)). A narrower normal law changes nothing in 1e-18; at b = 0 it is the Lorentzian.
      const sigma = g.max(g.abs(b), g.mul(g.constant(1e-9), g.add(g.abs(a), c)));
      const width = g.mul(g.constant(Math.SQRT2), sigma);
      let part = g.pair(`faddeeva${node.value}` as "faddeeva0", g.div(a, width), g.div(c, width));
      for (let order = node.value >> 1; order > 0; order--) part = g.div(part, width);
      return g.div(part, g.mul(g.constant(SQRT_2PI), sigma));
    }
    default:
      return g.call(node.op as Unary, number(a));
  }
}

export function lower(g: Graph, roots: readonly GraphNode[]): GraphNode[] {
  const made = new Map<GraphNode, GraphNode>();
  for (const node of reachable(roots)) {
    const args = node.args.map((arg) => made.get(arg)!);
    made.set(node, lowered(g, node, args));
  }
  return roots.map((root) => made.get(root)!);
}
