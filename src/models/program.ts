// What is to be computed, free of how: the value of an expression and its derivatives as lowered graph nodes.
// The emitter and the closure evaluator both start here.

import { build } from "./build.js";
import { type Derivative, gradient, hessian } from "./differentiate.js";
import { Graph, type GraphNode } from "./graph.js";
import { lower } from "./lower.js";
import type { Tree } from "./parse.js";

export interface Program {
  readonly variables: number;
  readonly params: number;
  readonly value: GraphNode;
  /** By each wanted parameter, in order. */
  readonly first: readonly GraphNode[];
  /** Lower triangle by rows: (0,0) (1,0) (1,1) (2,0) ...; empty unless second derivatives were asked for. */
  readonly second: readonly GraphNode[];
}

/** Places in the lower triangle of an n by n matrix, as (row, column), in the order of `Program.second`. */
export function triangle(n: number): [number, number][] {
  const places: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) places.push([i, j]);
  return places;
}

/** The program of a tree: derivatives by the parameters numbered in `wanted` (all by default), up to `order`. */
export function program(
  tree: Tree,
  order: 0 | 1 | 2,
  wanted: readonly number[] = tree.params.map((_, i) => i),
): Program {
  const g = new Graph();
  const value = build(g, tree);
  const leaves = wanted.map((index) => g.param(index));
  const first = order > 0 ? gradient(g, value, leaves) : [];
  const second = order > 1 ? hessian(g, value, first, leaves).flat() : [];
  const node = (derivative: Derivative): GraphNode => derivative ?? g.constant(0);
  const roots = lower(g, [value, ...first.map(node), ...second.map(node)]);
  return {
    variables: tree.variables.length,
    params: tree.params.length,
    value: roots[0]!,
    first: roots.slice(1, 1 + first.length),
    second: roots.slice(1 + first.length),
  };
}
