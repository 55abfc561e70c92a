// One compiled function for a whole program: L(x, w, y) = w f(x) - sum y_i c_i(x). Its gradient by w and y gives f and the rows,
// its Hessian gives their first derivatives beside the Hessian of the Lagrangian: one call answers everything at a point.

import { type CompiledObjective, objectiveOfTree } from "../../models/objective.js";
import type { Syntax, Tree } from "../../models/parse.js";
import type { Runtime } from "../../runtime/runtime.js";

/** Appends a tree to `nodes` and gives the place of its root. */
export function append(nodes: Syntax[], tree: Tree): number {
  const offset = nodes.length;
  for (const node of tree.nodes) {
    if (node.kind === "negate") nodes.push({ ...node, a: node.a + offset });
    else if (node.kind === "binary") nodes.push({ ...node, a: node.a + offset, b: node.b + offset });
    else if (node.kind === "choose")
      nodes.push({ ...node, a: node.a + offset, b: node.b + offset, c: node.c + offset });
    else if (node.kind === "call") nodes.push({ ...node, args: node.args.map((a) => a + offset) });
    else nodes.push(node);
  }
  return nodes.length - 1;
}

export class Lagrangian {
  readonly n: number;
  readonly m: number;
  readonly compiled: CompiledObjective;
  readonly #point: Float64Array;
  readonly #gradient: Float64Array;
  readonly #hessian: Float64Array;
  /** What the vectors above hold: values, or everything, at `#point`. */
  #known: "nothing" | "values" | "all" = "nothing";

  constructor(source: string, params: readonly string[], f: Tree, rows: readonly Tree[], runtime?: Runtime) {
    const n = params.length;
    const m = rows.length;
    const nodes: Syntax[] = [];
    let sum = weigh(nodes, n, "w", append(nodes, f));
    rows.forEach((row, i) => {
      const term = weigh(nodes, n + 1 + i, `y${i}`, append(nodes, row));
      sum = nodes.push({ kind: "binary", op: "-", a: sum, b: term }) - 1;
    });
    const names = [...params, "w", ...rows.map((_, i) => `y${i}`)];
    this.n = n;
    this.m = m;
    this.compiled = objectiveOfTree({ source, variables: [], params: names, nodes }, runtime);
    const size = n + 1 + m;
    this.#point = new Float64Array(size);
    this.#gradient = new Float64Array(size);
    this.#hessian = new Float64Array(size * size);
  }

  #at(x: Float64Array, weight: number, y: Float64Array | null): boolean {
    const { n, m } = this;
    const point = this.#point;
    let same = true;
    for (let j = 0; j < n; j++) {
      if (point[j] !== x[j]) same = false;
      point[j] = x[j]!;
    }
    if (point[n] !== weight) same = false;
    point[n] = weight;
    for (let i = 0; i < m; i++) {
      const v = y ? y[i]! : 0;
      if (point[n + 1 + i] !== v) same = false;
      point[n + 1 + i] = v;
    }
    return same;
  }

  /** f and the rows at x, read by `f` and `row`. */
  values(x: Float64Array): void {
    const same = this.#at(x, 1, null);
    if (same && this.#known !== "nothing") return;
    this.compiled.grad(this.#point, this.#gradient);
    this.#known = "values";
  }

  /** All of the first derivatives, and the Hessian of weight f - y'c. */
  derivatives(x: Float64Array, weight: number, y: Float64Array | null): void {
    const same = this.#at(x, weight, y);
    if (same && this.#known === "all") return;
    if (!same || this.#known === "nothing") this.compiled.grad(this.#point, this.#gradient);
    this.compiled.hess(this.#point, this.#hessian);
    this.#known = "all";
  }

  get f(): number {
    return this.#gradient[this.n]!;
  }

  row(i: number): number {
    return -this.#gradient[this.n + 1 + i]!;
  }

  /** Gradient of f. */
  slope(out: Float64Array): void {
    const size = this.n + 1 + this.m;
    for (let j = 0; j < this.n; j++) out[j] = this.#hessian[this.n * size + j]!;
  }

  /** Gradients of rows from `first`, count*n. */
  jacobian(first: number, count: number, out: Float64Array): void {
    const { n, m } = this;
    const size = n + 1 + m;
    for (let i = 0; i < count; i++)
      for (let j = 0; j < n; j++) out[i * n + j] = -this.#hessian[(n + 1 + first + i) * size + j]!;
  }

  /** The Hessian of weight f - y'c, times `sign`. */
  hessian(sign: number, out: Float64Array): void {
    const { n, m } = this;
    const size = n + 1 + m;
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) out[a * n + b] = sign * this.#hessian[a * size + b]!;
  }
}

function weigh(nodes: Syntax[], index: number, name: string, a: number): number {
  const b = nodes.push({ kind: "param", name, index }) - 1;
  return nodes.push({ kind: "binary", op: "*", a, b }) - 1;
}
