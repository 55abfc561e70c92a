// Parameters tied to others by an expression: the tied ones are replaced by what they stand for, so derivatives by the
// others stay exact.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Syntax, Tree } from "./parse.js";

/** Trees of tied parameters by name, over all the parameters. */
export type Ties = ReadonlyMap<string, Tree>;

const ZERO: Syntax = { kind: "number", value: 0, text: "0" };

/** The tied names, each after those that it depends on; OPTION where they depend on one another in a circle. */
export function tieOrder(where: string, ties: Ties): string[] {
  const order: string[] = [];
  const open: string[] = [];
  const visit = (name: string): void => {
    const tree = ties.get(name);
    if (!tree || order.includes(name)) return;
    if (open.includes(name)) {
      const circle = [...open.slice(open.indexOf(name)), name].join(" -> ");
      throw new DownhillError("OPTION", `${where}: parameter ${quote(name)} depends on itself: ${circle}`, {
        details: { option: "params", param: name },
      });
    }
    open.push(name);
    for (const node of tree.nodes) if (node.kind === "param") visit(node.name);
    open.pop();
    order.push(name);
  };
  for (const name of ties.keys()) visit(name);
  return order;
}

/** The tree over the parameters that are not tied, in their order. `order` from tieOrder. */
export function substitute(tree: Tree, ties: Ties, order: readonly string[]): Tree {
  if (order.length === 0) return tree;
  const params = tree.params.filter((name) => !ties.has(name));
  const index = new Map(params.map((name, i) => [name, i]));
  const nodes: Syntax[] = [];
  const roots = new Map<string, number>();
  /** Appends the nodes of a tree; returns the place of its root. */
  const append = (source: readonly Syntax[]): number => {
    const places: number[] = [];
    const at = (i: number): number => places[i]!;
    for (const node of source) {
      const tied = node.kind === "param" ? roots.get(node.name) : undefined;
      places.push(tied ?? nodes.push(moved(node, at, index)) - 1);
    }
    return places[places.length - 1]!;
  };
  // Only what the model contains, itself or in a tie.
  const contained = new Set<string>();
  const contain = ({ nodes }: Tree): void => {
    for (const node of nodes) if (node.kind === "param") contained.add(node.name);
  };
  contain(tree);
  for (const name of [...order].reverse()) if (contained.has(name)) contain(ties.get(name)!);
  for (const name of order) if (contained.has(name)) roots.set(name, append(ties.get(name)!.nodes));
  const root = append(tree.nodes);
  // The root is the last node.
  if (root !== nodes.length - 1) nodes.push({ kind: "binary", op: "+", a: root, b: nodes.push(ZERO) - 1 });
  return { source: tree.source, variables: tree.variables, params, nodes };
}

function moved(node: Syntax, at: (i: number) => number, index: ReadonlyMap<string, number>): Syntax {
  switch (node.kind) {
    case "param":
      return { ...node, index: index.get(node.name)! };
    case "negate":
      return { ...node, a: at(node.a) };
    case "binary":
      return { ...node, a: at(node.a), b: at(node.b) };
    case "choose":
      return { ...node, a: at(node.a), b: at(node.b), c: at(node.c) };
    case "call":
      return { ...node, args: node.args.map(at) };
    default:
      return node;
  }
}
