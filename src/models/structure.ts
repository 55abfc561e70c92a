// What the graph of a model says about its parameters: which enter linearly, and in which units of the data each is.

import { build } from "./build.js";
import { FLAT, gradient } from "./differentiate.js";
import { Graph, type GraphNode, isConst, reachable } from "./graph.js";
import type { Tree } from "./parse.js";

const PERIODIC: ReadonlySet<string> = new Set(["sin", "cos", "tan"]);
/** Functions whose argument is a pure number. */
const PURE: ReadonlySet<string> = new Set(
  "exp expm1 log1p sin cos tan asin acos atan sinh cosh tanh erf sigmoid log log2 log10".split(" "),
);
/** Up to this many candidates every subset is looked at. */
const ALL_SUBSETS = 12;

export interface Role {
  /** The unit is the product of the variables' to these powers, times y's: null where the model leaves it open. */
  readonly variables: readonly number[] | null;
  readonly y: number;
  /** It is added to a variable: a place on that axis, with this sign; the variable's index. */
  readonly place: { readonly variable: number; readonly sign: 1 | -1 } | null;
  /** Its exponential is taken as it is: the logarithm of something. */
  readonly logarithm: boolean;
  /** It counts cycles, 2 pi f x, not radians. */
  readonly cycles: boolean;
  /** It stands in the argument of a sine, cosine or tangent. */
  readonly periodic: boolean;
}

export interface Structure {
  /** Indices of parameters in which the model is linear when the others are given, all of them at once. */
  readonly linear: readonly number[];
  /** For each of them the parameters on which its derivative depends. */
  readonly terms: readonly (readonly number[])[];
  readonly roles: readonly Role[];
  /** Parameters that do not occur. */
  readonly unused: readonly number[];
}

function paramsIn(...roots: readonly GraphNode[]): Set<number> {
  return new Set(reachable(roots).flatMap(({ op, value }) => (op === "param" ? [value] : [])));
}

/** Parameters that decide where `roots` jump: derivatives say nothing of a jump, so that what they call linear may not be. */
export const deciding = (...roots: readonly GraphNode[]): Set<number> =>
  paramsIn(
    ...reachable(roots).flatMap(({ op, args }) =>
      op === "select" ? args.slice(0, 1) : FLAT.has(op) ? args : [],
    ),
  );

/**
 * The largest set of parameters with d2 f/dp dq = 0 for all pairs, by which the derivatives do not depend on the set
 * (Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973) 413: f = sum of p_j phi_j + rest).
 */
function linearSet(uses: readonly Set<number>[], candidates: readonly number[]): number[] {
  const clash = (p: number, q: number): boolean => uses[p]!.has(q) || uses[q]!.has(p);
  let best: number[] = [];
  const grow = (chosen: number[], from: number): void => {
    if (chosen.length > best.length) best = chosen;
    if (chosen.length + candidates.length - from <= best.length) return;
    for (let i = from; i < candidates.length; i++) {
      const p = candidates[i]!;
      if (!chosen.some((q) => clash(p, q))) {
        grow([...chosen, p], i + 1);
        if (candidates.length > ALL_SUBSETS) return;
      }
    }
  };
  grow([], 0);
  return best;
}

/** Coefficients over the units of the parameters, the variables and y. */
type Unit = Float64Array;

class Units {
  readonly #rows: { pivot: number; row: Unit }[] = [];

  constructor(
    readonly params: number,
    readonly variables: number,
  ) {}

  none(): Unit {
    return new Float64Array(this.params + this.variables + 1);
  }
  one(place: number): Unit {
    const unit = this.none();
    unit[place] = 1;
    return unit;
  }

  /** unit = 1, unless the data's own units contradict it. */
  demand(unit: Unit): void {
    const row = this.reduce(unit);
    const pivot = row.findIndex((v, i) => i < this.params && Math.abs(v) > 1e-9);
    if (pivot < 0) return;
    const factor = row[pivot]!;
    for (let i = 0; i < row.length; i++) row[i]! /= factor;
    for (const other of this.#rows) combine(other.row, row, other.row[pivot]!);
    this.#rows.push({ pivot, row });
  }

  reduce(unit: Unit): Unit {
    const row = Float64Array.from(unit);
    for (const { pivot, row: known } of this.#rows) combine(row, known, row[pivot]!);
    return row;
  }
}

/** a -= factor b. */
function combine(a: Unit, b: Unit, factor: number): void {
  if (factor !== 0) for (let i = 0; i < a.length; i++) a[i]! -= factor * b[i]!;
}

/** The equations that units obey: terms of a sum agree, arguments of functions are pure numbers, the root is y. */
function solveUnits(root: GraphNode, params: number, variables: number): Units {
  const units = new Units(params, variables);
  const known = new Map<GraphNode, Unit>();
  const times = (a: Unit, factor: number): Unit => a.map((v) => v * factor);
  const plus = (a: Unit, b: Unit, factor = 1): Unit => a.map((v, i) => v + factor * b[i]!);
  for (const node of reachable([root])) {
    const [l, r] = node.args as [GraphNode, GraphNode?];
    const [a, b, c] = node.args.map((arg) => known.get(arg)!) as [Unit, Unit, Unit];
    let unit = units.none();
    switch (node.op) {
      case "param":
        unit = units.one(node.value);
        break;
      case "variable":
        unit = units.one(params + node.value);
        break;
      case "add":
      case "sub":
      case "min":
      case "max":
        units.demand(plus(a, b, -1));
        // k^n + x^n: whatever n is, k and x are in one unit.
        if (l.op === "pow" && r!.op === "pow" && l.args[1] === r!.args[1])
          units.demand(plus(known.get(l.args[0]!)!, known.get(r!.args[0]!)!, -1));
        unit = isConst(node.args[0]!) ? b : a;
        break;
      case "mul":
      case "damp":
        unit = plus(a, b);
        break;
      case "div":
        unit = plus(a, b, -1);
        break;
      case "neg":
      case "abs":
      case "floor":
      case "ceil":
        unit = a;
        break;
      case "sqrt":
        unit = times(a, 0.5);
        break;
      case "cbrt":
        unit = times(a, 1 / 3);
        break;
      case "voigt":
        unit = times(b, -1);
        break;
      case "select":
        units.demand(plus(b, c, -1));
        unit = b;
        break;
      case "pow":
        if (isConst(node.args[1]!)) unit = times(a, node.args[1]!.value);
        else if (l.op !== "param" || r!.op !== "param") {
          units.demand(a);
          units.demand(b);
        }
        break;
      case "lt":
      case "le":
      case "eq":
      case "ne":
      case "atan2":
        units.demand(plus(a, b, -1));
        break;
      default:
        if (PURE.has(node.op)) units.demand(a);
    }
    known.set(node, unit);
  }
  units.demand(plus(known.get(root)!, units.one(params + variables), -1));
  return units;
}

/** Parameters that are added to a bare variable, or subtracted from it. */
function places(nodes: readonly GraphNode[]): Map<number, NonNullable<Role["place"]>> {
  const found = new Map<number, NonNullable<Role["place"]>>();
  for (const { op, args } of nodes) {
    if (op !== "add" && op !== "sub") continue;
    const param = args.find((arg) => arg.op === "param");
    const variable = args.find((arg) => arg.op === "variable");
    if (param && variable) found.set(param.value, { variable: variable.value, sign: op === "sub" ? 1 : -1 });
  }
  return found;
}

/** pi or 2 pi. */
const isTurn = (node: GraphNode): boolean =>
  isConst(node) && (node.value === Math.PI || node.value === 2 * Math.PI);

/** Parameters that are terms of a sum. */
function terms(node: GraphNode): number[] {
  if (node.op === "param") return [node.value];
  return ["add", "sub", "neg"].includes(node.op) ? node.args.flatMap(terms) : [];
}

/** `allowed`: parameters that may count as linear. */
export function structureOf(tree: Tree, allowed: readonly number[]): Structure {
  const g = new Graph();
  const root = build(g, tree);
  const n = tree.params.length;
  const leaves = tree.params.map((_, i) => g.param(i));
  const nodes = reachable([root]);
  const used = paramsIn(root);
  const units = solveUnits(root, n, tree.variables.length);
  const at = places(nodes);
  const logarithms = new Set(nodes.filter(({ op }) => op === "exp").flatMap(({ args }) => terms(args[0]!)));
  const turning = nodes.filter(({ op, args }) => PERIODIC.has(op) && reachable([args[0]!]).some(isTurn));
  const cycles = new Set(turning.flatMap((node) => [...paramsIn(node.args[0]!)]));
  const periodic = new Set(
    nodes.filter(({ op }) => PERIODIC.has(op)).flatMap((node) => [...paramsIn(node.args[0]!)]),
  );
  const roles = tree.params.map((_, p): Role => {
    const unit = units.reduce(units.one(p));
    const open = unit.some((v, i) => i < n && Math.abs(v) > 1e-9);
    const variables = open ? null : Array.from(unit.subarray(n, n + tree.variables.length));
    const logarithm = logarithms.has(p) && !periodic.has(p);
    return {
      logarithm,
      cycles: cycles.has(p),
      variables,
      y: open ? 0 : unit[unit.length - 1]!,
      place: at.get(p) ?? null,
      periodic: periodic.has(p),
    };
  });
  const slopes = gradient(g, root, leaves);
  const uses = slopes.map((slope) => (slope ? paramsIn(slope) : new Set<number>()));
  const jumping = deciding(root);
  const linear = linearSet(
    uses,
    allowed.filter((p) => slopes[p] && !uses[p]!.has(p) && !jumping.has(p)),
  );
  return {
    linear,
    terms: linear.map((p) => [...uses[p]!]),
    roles,
    unused: tree.params.flatMap((_, p) => (used.has(p) ? [] : [p])),
  };
}
