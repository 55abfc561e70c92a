// From the tree to the graph: what each operator and function of the language means.

import { type Graph, type GraphNode, isTruth } from "./graph.js";
import type { Unary } from "./language.js";
import type { BinaryOperator, Syntax, Tree } from "./parse.js";

const OPERATORS: Readonly<Record<BinaryOperator, (g: Graph, a: GraphNode, b: GraphNode) => GraphNode>> = {
  "+": (g, a, b) => g.add(a, b),
  "-": (g, a, b) => g.sub(a, b),
  "*": (g, a, b) => g.mul(a, b),
  "/": (g, a, b) => g.div(a, b),
  "^": (g, a, b) => g.pow(a, b),
  "<": (g, a, b) => g.lt(a, b),
  "<=": (g, a, b) => g.le(a, b),
  ">": (g, a, b) => g.lt(b, a),
  ">=": (g, a, b) => g.le(b, a),
  "==": (g, a, b) => g.eq(a, b),
  "!=": (g, a, b) => g.ne(a, b),
  "&&": (g, a, b) => g.select(a, truth(g, b), g.constant(0)),
  "||": (g, a, b) => g.select(a, g.constant(1), truth(g, b)),
};

/** 1 where a is neither 0 nor NaN. */
function truth(g: Graph, a: GraphNode): GraphNode {
  return isTruth(a) ? a : g.lt(g.constant(0), g.abs(a));
}

/** (x - centre)/width, with centre 0 and width 1 where they are not given. */
function standardise(g: Graph, [x, centre, width]: readonly GraphNode[]): GraphNode {
  const shifted = centre ? g.sub(x!, centre) : x!;
  return width ? g.div(shifted, width) : shifted;
}

function square(g: Graph, a: GraphNode): GraphNode {
  return g.pow(a, g.constant(2));
}

function call(g: Graph, name: string, args: readonly GraphNode[]): GraphNode {
  const [a, b] = args as [GraphNode, GraphNode];
  switch (name) {
    case "pow":
      return g.pow(a, b);
    case "atan2":
      return g.atan2(a, b);
    case "sqrt":
      return g.sqrt(a);
    case "abs":
      return g.abs(a);
    case "sign":
      return g.sign(a);
    case "step":
      return g.le(g.constant(0), a);
    case "not":
      return g.select(a, g.constant(0), g.constant(1));
    case "floor":
      return g.floor(a);
    case "ceil":
      return g.ceil(a);
    case "round": {
      const whole = g.floor(a);
      return g.select(g.le(g.constant(0.5), g.sub(a, whole)), g.add(whole, g.constant(1)), whole);
    }
    case "mod": {
      // Twice: the quotient is rounded, so that the first remainder may lie outside [0, b).
      const rest = (r: GraphNode): GraphNode => g.sub(r, g.damp(g.floor(g.div(r, b)), b, false));
      return rest(rest(a));
    }
    case "hypot":
      return g.hypot(a, b);
    case "sinc":
      return g.sinc(a);
    case "clamp":
      return g.min(g.max(a, b), args[2]!);
    case "min":
      return args.reduce((least, arg) => g.min(least, arg));
    case "max":
      return args.reduce((most, arg) => g.max(most, arg));
    case "gaussian":
      return g.call("exp", g.mul(g.constant(-0.5), square(g, standardise(g, args))));
    case "lorentzian":
      return g.div(g.constant(1), g.add(g.constant(1), square(g, standardise(g, args))));
    case "sigmoid":
      return g.sigmoid(standardise(g, args));
    case "voigt": {
      const [sigma, gamma] = [args[2]!, args[3]!];
      // |gamma|, but with a slope at 0: a fit that begins there has somewhere to go.
      const size = g.select(g.lt(gamma, g.constant(0)), g.neg(gamma), gamma);
      return g.voigt(0, g.sub(a, b), sigma, size);
    }
    case "beta":
      return g.pair(name, a, b);
    default:
      return g.call(name as Unary, a);
  }
}

function translate(
  g: Graph,
  syntax: Syntax,
  at: (index: number) => GraphNode,
  isE: (index: number) => boolean,
): GraphNode {
  switch (syntax.kind) {
    case "number":
    case "constant":
      return g.constant(syntax.value);
    case "variable":
      return g.variable(syntax.index);
    case "param":
      return g.param(syntax.index);
    case "negate":
      return g.neg(at(syntax.a));
    case "binary":
      if (syntax.op === "^" && isE(syntax.a)) return g.call("exp", at(syntax.b));
      return OPERATORS[syntax.op](g, at(syntax.a), at(syntax.b));
    case "choose":
      return g.select(at(syntax.a), at(syntax.b), at(syntax.c));
    case "call":
      return call(g, syntax.name, syntax.args.map(at));
  }
}

/** The graph node of the whole expression. */
export function build(g: Graph, tree: Tree): GraphNode {
  const made: GraphNode[] = [];
  // e^x is exp(x), to the last bit.
  const isE = (index: number): boolean => {
    const syntax = tree.nodes[index]!;
    return syntax.kind === "constant" && syntax.name === "e";
  };
  for (const syntax of tree.nodes) made.push(translate(g, syntax, (index) => made[index]!, isE));
  return made[made.length - 1]!;
}
