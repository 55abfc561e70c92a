// A program whose long sums are summed in pairs: a + b + c + d waits for three additions, (a + b) + (c + d) for two. The next step of a
// trajectory begins with the gradient, so what its sums wait for is what a step of a small density takes. Constants become one.

import { type GraphNode, reachable } from "../models/graph.js";
import type { Program } from "../models/program.js";

/** Below so many terms a sum stays as it is. */
const FEW = 4;

type Term = readonly [negative: boolean, node: GraphNode];

/** The same value and derivatives; sums of terms that nothing else needs are balanced. */
export function balanced(program: Program): Program {
  const roots = [program.value, ...program.first, ...program.second];
  const nodes = reachable(roots);
  const uses = new Map<GraphNode, number>();
  for (const node of [...roots, ...nodes.flatMap(({ args }) => args)])
    uses.set(node, (uses.get(node) ?? 0) + 1);
  const isSum = ({ op }: GraphNode): boolean => op === "add" || op === "sub";
  const copies = new Map<GraphNode, GraphNode>();
  const inside = new Set<GraphNode>();
  for (const node of nodes)
    if (isSum(node)) for (const arg of node.args) if (isSum(arg) && uses.get(arg) === 1) inside.add(arg);

  let count = 0;
  const make = (op: GraphNode["op"], args: readonly GraphNode[], value = 0): GraphNode => ({
    id: count++,
    op,
    args,
    value,
  });
  const gather = (node: GraphNode, negative: boolean, terms: Term[]): void => {
    node.args.forEach((arg, k) => {
      const sign = negative !== (node.op === "sub" && k === 1);
      if (inside.has(arg)) gather(arg, sign, terms);
      else terms.push([sign, copies.get(arg)!]);
    });
  };
  const join = ([minus, a]: Term, [alsoMinus, b]: Term): Term => {
    if (minus === alsoMinus) return [minus, make("add", [a, b])];
    return [false, minus ? make("sub", [b, a]) : make("sub", [a, b])];
  };
  const foldConstants = (terms: readonly Term[]): readonly Term[] => {
    const constants = terms.filter(([, { op }]) => op === "const");
    if (constants.length < 2) return terms;
    const total = constants.reduce((sum, [minus, { value }]) => (minus ? sum - value : sum + value), 0);
    return [...terms.filter(([, { op }]) => op !== "const"), [false, make("const", [], total)]];
  };
  for (const node of nodes) {
    if (inside.has(node)) continue;
    const terms: Term[] = [];
    if (isSum(node)) gather(node, false, terms);
    if (terms.length < FEW) {
      copies.set(node, copy(node));
      continue;
    }
    let row: readonly Term[] = foldConstants(terms);
    while (row.length > 1) {
      const half: Term[] = [];
      for (let i = 0; i < row.length; i += 2)
        half.push(i + 1 < row.length ? join(row[i]!, row[i + 1]!) : row[i]!);
      row = half;
    }
    const [minus, sum] = row[0]!;
    copies.set(node, minus ? make("neg", [sum]) : sum);
  }
  const of = (node: GraphNode): GraphNode => copies.get(node)!;
  return {
    ...program,
    value: of(program.value),
    first: program.first.map(of),
    second: program.second.map(of),
  };

  function copy(node: GraphNode): GraphNode {
    const args = node.args.map((arg) => (inside.has(arg) ? copy(arg) : copies.get(arg)!));
    return make(node.op, args, node.value);
  }
}
