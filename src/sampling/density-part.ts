// One compiled term of a density: an expression of the parameters, or its sum over data, with its gradient. It runs as a WASM
// function over the runtime's memory, or, where a host compiles nothing, as closures with the same bits.

import { Code, type Instance, prepareWork } from "../models/cache.js";
import { functionTable } from "../models/elementary.js";
import { modelEvaluator, type ObjectiveEvaluator, objectiveEvaluator } from "../models/evaluate.js";
import { emitDensity } from "../models/pair.js";
import { parse, type Tree } from "../models/parse.js";
import { type Program, program } from "../models/program.js";
import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { balanced } from "./balanced.js";
import { FOLD, foldColumns, foldedProgram } from "./folded.js";
import { laws } from "./laws.js";

/** Below so many data the sum is as it stands. */
const FEW = 64;

type Names = "data" | "x" | "value" | "grad" | "work";

const prepared = new WeakSet<Workspace>();

export class DensityPart {
  readonly tree: Tree;
  readonly m: number;
  /** Column after column; empty where there are no data. */
  readonly columns: Float64Array;
  readonly #program: Program;
  readonly #code: Code;
  #closures: { runtime: CoreRuntime; evaluator: ObjectiveEvaluator } | null = null;

  constructor(
    source: string,
    params: readonly string[],
    variables: readonly string[],
    columns: Float64Array,
    m: number,
    own?: Program,
  ) {
    this.tree = parse(source, { variables, params }, Object.keys(laws));
    this.m = m;
    this.columns = columns;
    this.#program = own ?? balanced(program(this.tree, 1));
    this.#code = new Code((relaxed) => emitDensity(this.#program, variables.length > 0, { relaxed }));
  }

  /** Parts with the same sum that take fewer logarithms; this one where there are none to save, or few data. */
  fastParts(): readonly DensityPart[] {
    const { tree, m, columns } = this;
    const folded = m >= FEW ? foldedProgram(tree) : null;
    if (!folded) return [this];
    const { source, params, variables } = tree;
    const { rows, folded: own, left } = foldColumns(columns, m);
    const rest = m - FOLD * rows;
    const main = new DensityPart(source, params, variables, own, rows, folded);
    return rest > 0 ? [main, new DensityPart(source, params, variables, left, rest)] : [main];
  }

  instance(runtime: CoreRuntime): Instance | null {
    return this.#code.instance(runtime);
  }

  /** Memory with data and constants in it. */
  workspace(runtime: CoreRuntime, instance: Instance): Workspace<Names, never, never> {
    const n = this.tree.params.length;
    const workspace = takeWorkspace(runtime, {
      key: `density ${this.#code.id}`,
      f64: { data: this.columns.length, x: n, value: 1, grad: n, work: Math.ceil(instance.work.bytes / 8) },
    });
    if (!prepared.has(workspace)) {
      prepareWork(instance, runtime, workspace.at.work);
      workspace.f64.data.set(this.columns);
      prepared.add(workspace);
    }
    return workspace;
  }

  /** The value at x; its gradient is added to `g` where that is given. */
  evaluate(runtime: CoreRuntime, x: ArrayLike<number>, g: Float64Array | null): number {
    const instance = this.instance(runtime);
    if (!instance) return this.#interpret(runtime, x, g);
    const workspace = this.workspace(runtime, instance);
    const { at, f64 } = workspace;
    try {
      const n = f64.x.length;
      for (let i = 0; i < n; i++) f64.x[i] = x[i]!;
      const kernel = g ? instance.exports.gradient! : instance.exports.value!;
      kernel(this.m, at.data, this.m, at.x, at.value, at.grad, 0, at.work);
      if (g) for (let i = 0; i < n; i++) g[i] = g[i]! + f64.grad[i]!;
      return f64.value[0]!;
    } finally {
      workspace.release();
    }
  }

  #interpret(runtime: CoreRuntime, x: ArrayLike<number>, g: Float64Array | null): number {
    if (this.#closures?.runtime !== runtime)
      this.#closures = { runtime, evaluator: objectiveEvaluator(this.#program, functionTable(runtime)) };
    const { evaluator } = this.#closures;
    if (!g) return evaluator.value(this.m, this.columns, this.m, x);
    const own = new Float64Array(g.length);
    const value = evaluator.gradient(this.m, this.columns, this.m, x, own);
    for (let i = 0; i < g.length; i++) g[i] = g[i]! + own[i]!;
    return value;
  }

  /** The term of each datum. */
  terms(runtime: CoreRuntime, x: ArrayLike<number>): Float64Array {
    const out = new Float64Array(this.m);
    modelEvaluator(this.#program, functionTable(runtime)).values(this.m, this.columns, this.m, x, out);
    return out;
  }
}
