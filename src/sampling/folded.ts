// Sums over data with fewer logarithms: the terms of several data are taken together, and their log1p(exp(-|t|)), as every
// logit has one, become one logarithm of a product: log1p(a) + log1p(b) = log((1 + a)(1 + b)), each factor in (1, 2].

import { build } from "../models/build.js";
import { gradient } from "../models/differentiate.js";
import { Graph, type GraphNode } from "../models/graph.js";
import { lower } from "../models/lower.js";
import type { Tree } from "../models/parse.js";
import type { Program } from "../models/program.js";

/** Data that are taken together: one logarithm for four, and as many values in flight as there are registers. */
export const FOLD = 4;

interface Sum {
  /** Terms with their signs, in order. */
  readonly terms: (readonly [sign: number, node: GraphNode])[];
  /** Arguments of log1p with their signs. */
  readonly logs: (readonly [sign: number, node: GraphNode])[];
}

/** exp(-|t|): between 0 and 1 for every t. */
function isShare({ op, args: [inner] }: GraphNode): boolean {
  return op === "exp" && inner!.op === "neg" && inner!.args[0]!.op === "abs";
}

function takeApart(node: GraphNode, sign: number, sum: Sum): void {
  const [a, b] = node.args;
  if (node.op === "neg") takeApart(a!, -sign, sum);
  else if (node.op === "add" || node.op === "sub") {
    takeApart(a!, sign, sum);
    takeApart(b!, node.op === "add" ? sign : -sign, sum);
  } else if (node.op === "log1p" && isShare(a!)) sum.logs.push([sign, a!]);
  else sum.terms.push([sign, node]);
}

/** The tree about datum k of those that are taken together: variable v of it is variable v + k * variables. */
function ofDatum(tree: Tree, k: number): Tree {
  const shift = k * tree.variables.length;
  const nodes = tree.nodes.map((node) =>
    node.kind === "variable" ? { ...node, index: node.index + shift } : node,
  );
  return { ...tree, nodes };
}

/** The sum of FOLD data's terms with its gradient; null where there is no logarithm to save. */
export function foldedProgram(tree: Tree): Program | null {
  const g = new Graph();
  const values = Array.from({ length: FOLD }, (_, k) => build(g, ofDatum(tree, k)));
  const sum: Sum = { terms: [], logs: [] };
  for (const value of values) takeApart(value, 1, sum);
  if (sum.logs.length === 0) return null;
  const leaves = tree.params.map((_, i) => g.param(i));
  const slopes = gradient(
    g,
    values.reduce((a, b) => g.add(a, b)),
    leaves,
  );
  let total = g.constant(0);
  for (const [sign, node] of sum.terms) total = sign > 0 ? g.add(total, node) : g.sub(total, node);
  for (const side of [1, -1]) {
    const factors = sum.logs.filter(([sign]) => sign === side).map(([, node]) => g.add(g.constant(1), node));
    if (factors.length === 0) continue;
    const log = g.call(
      "log",
      factors.reduce((a, b) => g.mul(a, b)),
    );
    total = side > 0 ? g.add(total, log) : g.sub(total, log);
  }
  const [value, ...first] = lower(g, [total, ...slopes.map((slope) => slope ?? g.constant(0))]);
  return {
    variables: FOLD * tree.variables.length,
    params: tree.params.length,
    value: value!,
    first,
    second: [],
  };
}

/** Columns of m rows as FOLD groups of columns of floor(m / FOLD) rows, and the rows that are left over. */
export function foldColumns(
  columns: Float64Array,
  m: number,
): { readonly rows: number; readonly folded: Float64Array; readonly left: Float64Array } {
  const variables = columns.length / m;
  const rows = Math.floor(m / FOLD);
  const rest = m - FOLD * rows;
  const folded = new Float64Array(FOLD * rows * variables);
  const left = new Float64Array(rest * variables);
  for (let v = 0; v < variables; v++) {
    const column = columns.subarray(v * m, (v + 1) * m);
    for (let k = 0; k < FOLD; k++)
      folded.set(column.subarray(k * rows, (k + 1) * rows), (k * variables + v) * rows);
    left.set(column.subarray(FOLD * rows), v * rest);
  }
  return { rows, folded, left };
}
