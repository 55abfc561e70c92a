// Expressions as models of curveFit: the text is compiled over the names of the fit, tied parameters are replaced by what
// they stand for, and the core gets a plan for fitting without coming back.

import type { Warning } from "../driver/types.js";
import { type ExpressionFit, type ExpressionRequest, isCompiledModel } from "../least-squares/expression.js";
import { type BlockModel, checkModel, type Data } from "../least-squares/model.js";
import { type Compiled, compiled, withTies } from "../models/compiled.js";
import { functionTable } from "../models/elementary.js";
import { type CompiledModel, type CompileOptions, compileExpression, TextModel } from "../models/model.js";
import type { Tree } from "../models/syntax.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { withoutIdle } from "./occurring.js";
import { planFit } from "./plan.js";
import { readTies, TieEvaluator, tieModel } from "./ties.js";

export const NOT_COMPILED: Warning = {
  code: "W_NOT_COMPILED",
  message:
    "this host compiles no WebAssembly at run time: the model is evaluated in JavaScript, with the same values, more slowly",
};

/** The variables of a text model: the array x is the variable x, the keys of an object are variables. */
export const variablesOf = (x: Data["x"]): string[] => (x instanceof Float64Array ? ["x"] : Object.keys(x));

/** An unknown name may be a parameter that `params` leaves out: where some are declared all are. */
function declaring(error: unknown): unknown {
  if (!(error instanceof DownhillError) || error.code !== "EXPRESSION") return error;
  const { message, hint = "", details } = error;
  const { name, nearest } = details;
  if (!message.startsWith("unknown name") || nearest !== undefined) return error;
  return new DownhillError("EXPRESSION", message.replace(` (${hint})`, ""), {
    hint: `add ${name}: {} to params if it is a parameter; ${hint}`,
    details,
  });
}

/** The compiled form of a model over these parameters, in this order. */
export function compiledFor(
  where: string,
  model: string | CompiledModel,
  params: readonly string[],
  variables: readonly string[],
): Compiled {
  if (typeof model === "string") {
    try {
      return compiled(model, { variables, params });
    } catch (error) {
      throw declaring(error);
    }
  }
  if (!(model instanceof TextModel)) {
    throw new DownhillError("OPTION", `${where}: model must come from compileModel`, {
      details: { option: "model" },
    });
  }
  const { core } = model;
  const own = core.tree.params;
  if (own.length !== params.length || own.some((name) => !params.includes(name))) {
    throw new DownhillError(
      "OPTION",
      `${where}: the model has the parameters ${own.join(", ")}, params has ${params.join(", ")}`,
      { details: { option: "params" } },
    );
  }
  if (own.every((name, i) => name === params[i])) return core;
  return compiled(core.tree.source, { variables: core.tree.variables, params });
}

/** OPTION for a free parameter that the text does not have: with it no standard error would be known. */
export function checkUsed(
  where: string,
  tree: Tree,
  params: { readonly names: readonly string[]; readonly free: readonly number[] },
): void {
  const used = new Set(tree.nodes.map((node) => node.kind === "param" && node.name));
  const idle = params.free.map((j) => params.names[j]!).find((name) => !used.has(name));
  if (idle === undefined) return;
  throw new DownhillError("OPTION", `${where}: ${idle} does not occur in the model`, {
    hint: "leave it out of params, or correct the model: with it no standard error is known",
    details: { option: "params", name: idle },
  });
}

/** The columns of a model's variables. */
export function columnsOf(where: string, x: Data["x"], variables: readonly string[]): Float64Array[] {
  if (x instanceof Float64Array) {
    if (variables.length <= 1) return variables.length === 1 ? [x] : [];
    throw new DownhillError(
      "SHAPE",
      `${where}: x must be an object with the variables ${variables.join(", ")}`,
      {
        details: { argument: "x" },
      },
    );
  }
  return variables.map((name) => {
    if (Object.hasOwn(x, name)) return x[name] as Float64Array;
    throw new DownhillError("SHAPE", `${where}: x has no column ${name}, a variable of the model`, {
      details: { argument: "x" },
    });
  });
}

/** What curveFit needs of a model or ties given as text. */
export function readExpression(request: ExpressionRequest): ExpressionFit {
  const { where, model, parameters, data, runtime } = request;
  const ties = parameters.tied.length > 0 ? readTies(where, parameters) : null;
  const at = chosenRuntime(runtime);
  const evaluator = ties && new TieEvaluator(where, parameters, ties, functionTable(at));
  const withThem = evaluator ? { ties: evaluator } : {};
  if (typeof model !== "string" && !isCompiledModel(model)) {
    checkModel(where, model);
    return { model: evaluator ? tieModel(where, model, parameters, evaluator) : model, ...withThem };
  }
  const whole = compiledFor(where, model, parameters.all, variablesOf(data.x));
  const core = ties ? withTies(where, whole, ties) : whole;
  const columns = columnsOf(where, data.x, core.tree.variables);
  const block = new TextModel(core, runtime) as BlockModel;
  const idle = withoutIdle(core, parameters);
  const { free, init } = idle?.parameters ?? parameters;
  const steady = core.steady(at);
  const instance = steady.code.instance(at);
  if (!instance)
    return { model: block, ...withThem, ...idle, warnings: [...(idle?.warnings ?? []), NOT_COMPILED] };
  const { bytes } = instance.work;
  return {
    model: block,
    ...withThem,
    ...idle,
    plan: (y, weights) => planFit(steady, bytes, { m: data.m, columns, y, weights, init, free }),
  };
}

/**
 * Compiles a model expression, such as "a*exp(-b*x) + c". Names that are not declared are read from the text: x is the
 * variable, every other name that is no function or constant a parameter.
 *
 * @throws DownhillError EXPRESSION, with position and caret, where the text is not in the language; OPTION for names that
 * cannot be taken. WASM_BLOCKED on first use where the page allows no WebAssembly.
 *
 * @example
 * const model = compileModel("a*exp(-b*x)");
 * model.params; // ["a", "b"]
 * const out = new Float64Array(2);
 * model.evaluate([0, 1], [2, 0.5], out); // out: 2, 1.213
 * model.dispose();
 */
export function compileModel(expression: string, options?: CompileOptions): CompiledModel {
  return compileExpression(expression, options);
}
