// What a model computes of its variables alone is the same at every value of its parameters. Where that takes a call, it is worked
// out once for the data, and read as if it were a further variable: loop-invariant code motion, with the same bits where nothing is
// fused. (What the relaxed variant fuses depends on what is computed beside it, so its code stays whole.)

import type { Variant } from "../runtime/rooms.js";
import { Code, type Instance } from "./cache.js";
import { emitModel } from "./emit.js";
import { type GraphNode, reachable } from "./graph.js";
import { isCall } from "./language.js";
import type { Program } from "./program.js";

/** The nodes that are such, or depend on one; `nodes` have their arguments first. */
function reaching(nodes: readonly GraphNode[], such: (node: GraphNode) => boolean): Set<GraphNode> {
  const found = new Set<GraphNode>();
  for (const node of nodes) if (such(node) || node.args.some((arg) => found.has(arg))) found.add(node);
  return found;
}

/** A program over more variables, and what these are: values of the variables before them. */
export function hoist(program: Program): { program: Program; columns: GraphNode[] } {
  const { value, first, variables } = program;
  const nodes = reachable([value, ...first]);
  const data = reaching(nodes, ({ op }) => op === "variable");
  const params = reaching(nodes, ({ op }) => op === "param");
  const calls = reaching(nodes, isCall);
  // As much as possible: sin(x) + cos(x) is one.
  const moves = (node: GraphNode): boolean => calls.has(node) && data.has(node) && !params.has(node);
  const needed = new Set([value, ...first]);
  for (const node of [...nodes].reverse())
    if (needed.has(node) && !moves(node)) for (const arg of node.args) needed.add(arg);
  const columns: GraphNode[] = [];
  const after = new Map<GraphNode, GraphNode>();
  const now = (node: GraphNode): GraphNode => after.get(node)!;
  for (const node of nodes) {
    if (!needed.has(node)) continue;
    if (moves(node)) {
      const column = variables + columns.push(node) - 1;
      after.set(node, { ...node, op: "variable", args: [], value: column });
    } else after.set(node, { ...node, args: node.args.map(now) });
  }
  return { program: { ...program, value: now(value), first: first.map(now) }, columns };
}

/** A model's code for points that stay while its parameters change. */
export interface Steady {
  readonly code: Code;
  /** Of the model's own, and columns after them. */
  readonly variables: number;
  readonly columns: number;
}

/** By variant; `plain`: the code of the program as it stands. */
export function steadyCodes(whole: Program, plain: Code): (variant: Variant) => Steady {
  const { program, columns } = hoist(whole);
  const { variables } = whole;
  const same = { code: plain, variables, columns: 0 };
  if (columns.length === 0) return () => same;
  const code = new Code((relaxed) => emitModel(program, { relaxed }, columns));
  const own = { code, variables, columns: columns.length };
  return (variant) => (variant === "simd" ? own : same);
}

/** Fills the columns of m points whose variables lie at x, one after the other. */
export function fillColumns(
  { variables, columns }: Steady,
  { exports }: Instance,
  m: number,
  x: number,
  work: number,
): void {
  for (let i = 0; i < columns; i++)
    exports[`column${i}`]!(m, x, m, x, x + 8 * m * (variables + i), 0, 0, work);
}
