// The smooth pieces of a system's texts: what a condition says, which argument is the smaller and how often something goes whole become
// inputs that stay what they are on a piece, and what decides them tells where it ends.

import { gradient } from "../models/differentiate.js";
import type { FunctionTable } from "../models/evaluate.js";
import { type Graph, type GraphNode, reachable } from "../models/graph.js";
import { lower, lowered } from "../models/lower.js";
import type { Pieces } from "./pieces.js";
import { type Compiled, Routine } from "./routine.js";

/** The same operation of other arguments. What is convenient to derive stays so: derivatives are still to come. */
function rebuilt(g: Graph, node: GraphNode, now: (node: GraphNode) => GraphNode): GraphNode {
  const args = node.args.map(now);
  const [a, b] = args as [GraphNode, GraphNode];
  switch (node.op) {
    case "hypot":
    case "atan2":
    case "pow":
      return g[node.op](a, b);
    case "sinc":
    case "sign":
    case "sigmoid":
      return g[node.op](a);
    default:
      return lowered(g, node, args);
  }
}

/** What says which piece holds: its value, and what passes through 0 (or a whole number) where it changes. */
interface Decision {
  readonly value: GraphNode;
  readonly margin: GraphNode;
}

/** The roots on a piece, where the decisions that depend on a leaf that `moves` are further leaves, from `first` on. */
export function onPiece(
  g: Graph,
  roots: readonly GraphNode[],
  moves: (leaf: GraphNode) => boolean,
  first: number,
): { roots: GraphNode[]; decisions: Decision[] } {
  const decisions: Decision[] = [];
  const moving = new Set<GraphNode>();
  const now = new Map<GraphNode, GraphNode>();
  const of = (node: GraphNode): GraphNode => now.get(node)!;
  const decided = (value: GraphNode, margin: GraphNode): GraphNode =>
    g.param(first + decisions.push({ value, margin }) - 1);
  const truth = (node: GraphNode): GraphNode => g.select(node, g.constant(1), g.constant(0));
  for (const node of reachable(roots)) {
    const [a, b] = node.args as [GraphNode, GraphNode];
    if (node.args.length === 0 ? moves(node) : node.args.some((arg) => moving.has(arg))) moving.add(node);
    let after = node;
    if (node.args.length > 0 && moving.has(node))
      switch (node.op) {
        case "lt":
        case "le":
        case "eq":
        case "ne":
          after = decided(truth(node), g.sub(of(a), of(b)));
          break;
        case "sign":
        case "floor":
        case "ceil":
          after = decided(node, of(a));
          break;
        case "abs":
          after = g.select(decided(truth(g.le(g.constant(0), a)), of(a)), of(a), g.neg(of(a)));
          break;
        case "min":
        case "max": {
          const first = truth(node.op === "min" ? g.le(a, b) : g.le(b, a));
          after = g.select(decided(first, g.sub(of(a), of(b))), of(a), of(b));
          break;
        }
        default:
          if (node.args.some((arg) => of(arg) !== arg)) after = rebuilt(g, node, of);
      }
    now.set(node, after);
  }
  return { roots: roots.map(of), decisions };
}

/** Routines over (variables, parameters, time): `values` of the decisions; on a piece, with the decisions as inputs after the time, `margins`. */
export class Decisions {
  readonly count: number;
  readonly byTime: boolean;
  /** Which change at whole numbers. */
  readonly whole: readonly boolean[];
  readonly values: Routine;
  /** Each decision's margin, and its derivatives by the time, the variables and the parameters. */
  readonly margins: Routine;

  constructor(
    g: Graph,
    decisions: readonly Decision[],
    leaves: { y: readonly GraphNode[]; p: readonly GraphNode[]; time: GraphNode },
    table: FunctionTable,
  ) {
    const { y, p, time } = leaves;
    const inputs = y.length + p.length + 1;
    const values = decisions.map(({ value }) => value);
    const margins = decisions.flatMap(({ margin }) => [
      margin,
      ...gradient(g, margin, [time, ...y, ...p]).map((slope) => slope ?? g.constant(0)),
    ]);
    const needed = new Set(reachable(values));
    this.count = decisions.length;
    this.whole = values.map(({ op }) => op === "floor" || op === "ceil");
    this.byTime = y.every((leaf) => !needed.has(leaf));
    this.values = new Routine(lower(g, values), inputs, table);
    this.margins = new Routine(lower(g, margins), inputs + this.count, table);
  }
}

/** The pieces of one integration. */
export class OdePieces implements Pieces {
  readonly byTime: boolean;
  live = false;
  readonly #decisions: Decisions;
  readonly #look: Compiled;
  readonly #n: number;
  readonly #q: number;
  readonly #from: number;
  #now: Float64Array;
  #before: Float64Array;
  readonly #found: Float64Array;

  /** `look`: `values`, taken, with the parameters as inputs already. Times are counted from `from`. */
  constructor(decisions: Decisions, look: Compiled, n: number, q: number, from: number) {
    this.byTime = decisions.byTime;
    this.#decisions = decisions;
    this.#look = look;
    this.#n = n;
    this.#q = q;
    this.#from = from;
    const { count } = decisions;
    [this.#now, this.#before, this.#found] = [
      new Float64Array(count),
      new Float64Array(count),
      new Float64Array(count),
    ];
  }

  #see(t: number, y: Float64Array): void {
    const { input, out } = this.#look;
    for (let i = 0; i < this.#n; i++) input[i] = y[i]!;
    input[this.#n + this.#q] = this.#from + t;
    this.#look.run();
    this.#found.set(out);
  }

  leaves(t: number, y: Float64Array): boolean {
    this.#see(t, y);
    for (let i = 0; i < this.#found.length; i++) {
      const [a, b] = [this.#now[i]!, this.#found[i]!];
      if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return true;
    }
    return false;
  }

  take(): void {
    this.#before.set(this.#now);
    this.#now.set(this.#found);
  }

  giveBack(): void {
    this.#now.set(this.#before);
  }

  /** The inputs of an evaluation at (t, y), after the time. */
  put(t: number, y: Float64Array, input: Float64Array): void {
    if (this.live) this.#see(t, y);
    input.set(this.live ? this.#found : this.#now, this.#n + this.#q + 1);
  }

  /** A piece that ends at margin(t, y, p) = 0 ends later by -(dmargin/dp) / (dmargin/dt) for a change of p, along the solution. */
  jump(t: number, y: Float64Array, before: Float64Array, after: Float64Array): void {
    const [n, q] = [this.#n, this.#q];
    if (y.length === n) return;
    const input = new Float64Array(n + q + 1 + this.#now.length);
    input.set(this.#look.input.subarray(n, n + q), n);
    input.set(y.subarray(0, n));
    input[n + q] = this.#from + t;
    input.set(this.#before, n + q + 1);
    const width = 2 + n + q;
    const out = new Float64Array(width * this.#now.length);
    this.#decisions.margins.run(input, out);
    // Of what changed, that whose margin is nearest to 0 is the cause; the rest follow.
    let [nearest, at, speed] = [Infinity, -1, 0];
    for (let i = 0; i < this.#now.length; i++) {
      if (this.#now[i] === this.#before[i]) continue;
      let rate = out[i * width + 1]!;
      for (let j = 0; j < n; j++) rate += out[i * width + 2 + j]! * before[j]!;
      const margin = out[i * width]!;
      const away = Math.abs((this.#decisions.whole[i] ? margin - Math.round(margin) : margin) / rate);
      if (rate !== 0 && away < nearest) [nearest, at, speed] = [away, i * width, rate];
    }
    if (at < 0) return;
    for (let k = 0; k < q; k++) {
      let moved = out[at + 2 + n + k]!;
      for (let j = 0; j < n; j++) moved += out[at + 2 + j]! * y[n + j * q + k]!;
      const later = -moved / speed;
      for (let i = 0; i < n; i++) y[n + i * q + k]! += (before[i]! - after[i]!) * later;
    }
  }
}
