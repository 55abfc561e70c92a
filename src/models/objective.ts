// compileObjective: an expression of the unknowns, or the sum of a term over data, with exact gradient and Hessian.

import { chosenRuntime, takeWorkspace } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers, takeNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, checkOut, choiceOption, isRecord, optionError } from "../runtime/options.js";
import type { CoreRuntime, Runtime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { Code, type Instance, prepareWork } from "./cache.js";
import { derivativeTrees } from "./derivative-display.js";
import { matrixMathML, toLaTeX, toMathML } from "./display.js";
import { functionTable } from "./elementary.js";
import { emitObjective } from "./emit.js";
import { type ObjectiveEvaluator, objectiveEvaluator } from "./evaluate.js";
import { type HessianEvaluator, hessianEvaluator } from "./evaluate-hessian.js";
import { readNames } from "./model.js";
import { paramNames } from "./names.js";
import { parse, type Tree } from "./parse.js";
import { type Program, program } from "./program.js";

export interface ObjectiveOptions {
  /** Names of the unknowns, in the order of x. Default: every name of the text that is no function or constant, as they come. */
  params?: readonly string[] | undefined;
  runtime?: Runtime | undefined;
}

export interface SumOptions extends ObjectiveOptions {
  /** A column for each variable of the term, all of equal length. */
  data: Readonly<Record<string, ArrayLike<number>>>;
  reduce: "sum";
}

/** Serves `minimize` as it is: value, exact gradient, exact Hessian (n*n, row-major). */
export interface CompiledObjective extends Disposable {
  readonly source: string;
  /** Names of the unknowns. */
  readonly params: readonly string[];
  /** The bytes of the module (variant simd). */
  readonly wasm: Uint8Array;
  /** The host refused to compile, so the objective runs in JavaScript. Known after the first use. */
  readonly interpreted: boolean;
  fun(x: ArrayLike<number>): number;
  grad(x: ArrayLike<number>, out: Float64Array): void;
  /** Fills the gradient, returns the value. */
  funGrad(x: ArrayLike<number>, out: Float64Array): number;
  hess(x: ArrayLike<number>, out: Float64Array): void;
  toLaTeX(): string;
  /** The function (default), its exact gradient (a column) or its exact Hessian (a matrix), in presentation MathML. */
  toMathML(part?: "value" | "gradient" | "hessian"): string;
  dispose(): void;
}

interface Data {
  readonly m: number;
  /** Column after column. */
  readonly columns: Float64Array;
}

/** A compiled objective as plain data: what makes it again, in another thread too. */
export interface ObjectiveRecipe {
  readonly source: string;
  readonly params: readonly string[];
  /** Of a sum over data: the names of the columns, their length, and they one after the other. */
  readonly data: {
    readonly names: readonly string[];
    readonly m: number;
    readonly columns: Float64Array;
  } | null;
}

const recipes = new WeakMap<object, ObjectiveRecipe>();

/** The recipe of what `compileObjective` made; undefined for anything else, and for what was disposed. */
export const recipeOf = (objective: object): ObjectiveRecipe | undefined => recipes.get(objective);

const NO_DATA: Data = { m: 1, columns: new Float64Array(0) };
const prepared = new WeakSet<Workspace>();

class ExpressionObjective implements CompiledObjective {
  readonly source: string;
  readonly params: readonly string[];
  readonly #tree: Tree;
  readonly #runtime: Runtime | undefined;
  readonly #program: Program;
  readonly #code: Code;
  #data: Data | null;
  #closures: { runtime: CoreRuntime; evaluator: ObjectiveEvaluator; hessian: HessianEvaluator } | null = null;

  constructor(tree: Tree, data: Data | null, runtime: Runtime | undefined) {
    this.source = tree.source;
    this.params = tree.params;
    this.#tree = tree;
    this.#runtime = runtime;
    this.#program = program(tree, 2);
    this.#code = new Code((relaxed) => emitObjective(this.#program, data !== null, { relaxed }));
    this.#data = data ?? NO_DATA;
    if (typeof Symbol.dispose === "symbol")
      Object.defineProperty(this, Symbol.dispose, { value: () => this.dispose() });
  }

  declare [Symbol.dispose]: () => void;

  get wasm(): Uint8Array {
    return this.#code.emitted("simd").bytes.slice();
  }

  get interpreted(): boolean {
    return this.#closures !== null;
  }

  fun(x: ArrayLike<number>): number {
    return this.#run("fun", "value", x, null, null);
  }

  grad(x: ArrayLike<number>, out: Float64Array): void {
    this.#run("grad", "gradient", x, out, null);
  }

  funGrad(x: ArrayLike<number>, out: Float64Array): number {
    return this.#run("funGrad", "gradient", x, out, null);
  }

  hess(x: ArrayLike<number>, out: Float64Array): void {
    this.#run("hess", "hessian", x, null, out);
  }

  toLaTeX(): string {
    return toLaTeX(this.#tree);
  }

  toMathML(part?: "value" | "gradient" | "hessian"): string {
    const chosen = choiceOption("toMathML", "part", part, ["value", "gradient", "hessian"], "value");
    if (chosen === "value") return toMathML(this.#tree);
    const entries = derivativeTrees(this.#tree, chosen);
    return matrixMathML(entries, chosen === "gradient" ? 1 : this.params.length);
  }

  dispose(): void {
    this.#data = null;
    recipes.delete(this);
  }

  #run(
    where: string,
    kernel: "value" | "gradient" | "hessian",
    x: ArrayLike<number>,
    grad: Float64Array | null,
    hess: Float64Array | null,
  ): number {
    const data = this.#data;
    if (!data) throw new DownhillError("DISPOSED", "this compiled objective was disposed");
    const n = this.params.length;
    const point = takeNumbers(where, "x", x);
    if (point.length !== n)
      throw new DownhillError(
        "SHAPE",
        `${where}: x has length ${point.length}, expected ${n}: ${this.params.join(", ")}`,
        { details: { argument: "x", length: point.length, expected: n } },
      );
    if (kernel === "gradient") checkOut(where, grad, n);
    if (kernel === "hessian") checkOut(where, hess, n * n);
    const runtime = chosenRuntime(this.#runtime);
    const instance = this.#code.instance(runtime);
    if (!instance) return this.#interpret(runtime, kernel, data, point, grad, hess);
    const workspace = this.#workspace(runtime, instance, data);
    const { at, f64 } = workspace;
    try {
      f64.x.set(point);
      (instance.exports[kernel] as (...args: number[]) => void)(
        data.m,
        at.data,
        data.m,
        at.x,
        at.value,
        at.grad,
        at.hess,
        at.work,
      );
      grad?.set(f64.grad);
      hess?.set(f64.hess);
      return f64.value[0]!;
    } finally {
      workspace.release();
    }
  }

  /** A workspace that only this objective uses: data and constants are written when it is new. */
  #workspace(runtime: CoreRuntime, instance: Instance, data: Data) {
    const n = this.params.length;
    const workspace = takeWorkspace(runtime, {
      key: `objective ${this.#code.id}`,
      f64: {
        data: data.columns.length,
        x: n,
        value: 1,
        grad: n,
        hess: n * n,
        work: Math.ceil(instance.work.bytes / 8),
      },
    });
    if (!prepared.has(workspace)) {
      prepareWork(instance, runtime, workspace.at.work);
      workspace.f64.data.set(data.columns);
      prepared.add(workspace);
    }
    return workspace;
  }

  #interpret(
    runtime: CoreRuntime,
    kernel: "value" | "gradient" | "hessian",
    { m, columns }: Data,
    x: ArrayLike<number>,
    grad: Float64Array | null,
    hess: Float64Array | null,
  ): number {
    if (this.#closures?.runtime !== runtime) {
      const table = functionTable(runtime);
      const evaluator = objectiveEvaluator(this.#program, table);
      this.#closures = { runtime, evaluator, hessian: hessianEvaluator(this.#program, table) };
    }
    const { evaluator, hessian } = this.#closures;
    if (kernel === "value") return evaluator.value(m, columns, m, x);
    const g = grad ?? new Float64Array(x.length);
    if (kernel === "gradient") return evaluator.gradient(m, columns, m, x, g);
    return hessian(m, columns, m, x, g, hess as Float64Array);
  }
}

/** The objective of a tree without data, for rooms that build trees of their own. */
export const objectiveOfTree = (tree: Tree, runtime: Runtime | undefined): CompiledObjective =>
  new ExpressionObjective(tree, null, runtime);

/**
 * Compiles an objective: `compileObjective("100*(y-x^2)^2 + (1-x)^2")`, with its unknowns in the order of their first place in the
 * text or in that of `["x", "y"]`; or the sum of a term over data,
 * `compileObjective("(a*exp(-b*x) - y)^2", { params: ["a", "b"], data: { x, y }, reduce: "sum" })`.
 *
 * @throws DownhillError EXPRESSION, with position and caret; OPTION, SHAPE, NON_FINITE_INPUT for names and data.
 * @example
 * const f = compileObjective("(1 - x)^2 + 100*(y - x^2)^2", ["x", "y"]);
 * minimize(f, [-1.2, 1], { method: "newton" }).x; // [1, 1]
 * f.dispose();
 */
export function compileObjective(
  expression: string,
  options: readonly string[] | ObjectiveOptions | SumOptions = {},
): CompiledObjective {
  const where = "compileObjective";
  const given = (Array.isArray(options) ? { params: options } : options) as Partial<SumOptions>;
  checkKeys(where, given, ["params", "data", "reduce", "runtime"]);
  const { data } = given;
  const variables = isRecord(data) ? Object.keys(data) : [];
  const params =
    given.params === undefined
      ? paramNames(expression, variables, [])
      : readNames(where, "params", given.params);
  if (given.runtime !== undefined) chosenRuntime(given.runtime);
  if (data === undefined && given.reduce === undefined) {
    const tree = parse(expression, { variables: [], params });
    return remember(new ExpressionObjective(tree, null, given.runtime), null);
  }
  if (given.reduce === undefined) throw optionError(where, "reduce", given.reduce, '"sum"');
  choiceOption(where, "reduce", given.reduce, ["sum"], "sum");
  if (!isRecord(data))
    throw optionError(where, "data", data, "an object of arrays such as { x: [...], y: [...] }");
  if (variables.length === 0) throw new DownhillError("SHAPE", `${where}: data has no columns`);
  let m = -1;
  const own = variables.map((name) => {
    const column = copyNumbers(where, `data.${name}`, data[name], m < 0 ? undefined : m);
    checkFinite(where, `data.${name}`, column);
    m = column.length;
    return column;
  });
  const columns = new Float64Array(m * variables.length);
  own.forEach((column, v) => {
    columns.set(column, v * m);
  });
  const tree = parse(expression, { variables, params });
  return remember(new ExpressionObjective(tree, { m, columns }, given.runtime), {
    names: variables,
    m,
    columns,
  });
}

function remember(objective: ExpressionObjective, data: ObjectiveRecipe["data"]): CompiledObjective {
  recipes.set(objective, { source: objective.source, params: objective.params, data });
  return objective;
}
