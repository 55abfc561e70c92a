// optimizer(params, rule, options): a rule over live parameters. What it does is in stepper.ts, what it promises in types.ts.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, checkFinite, checkKeys, choiceOption } from "../runtime/options.js";
import { guardKeys } from "./guards.js";
import type { Site } from "./place.js";
import { checkRule, type Rule } from "./rule.js";
import type { DType } from "./run.js";
import { FirstOrderOptimizer } from "./stepper.js";
import type { Optimizer, OptimizerOptions } from "./types.js";

const optionKeys = ["dtype", ...guardKeys, "groups", "runtime"] as const;

/**
 * An optimizer of `params`, a number of zeros or a copy of these values. Fill `grads`, call `step()`; or call
 * `step(closure)`. Its memory comes from the runtime, or from one of its own when it does not fit, until `dispose()`.
 */
export function optimizer(
  params: number | ArrayLike<number>,
  rule: Rule,
  options: OptimizerOptions = {},
): Optimizer {
  const where = "optimizer";
  checkRule(where, rule);
  checkKeys(where, options, optionKeys);
  let length = params as number;
  if (typeof params !== "number") {
    checkArray(where, "params", params);
    length = params.length;
  }
  if (!Number.isInteger(length) || length < 1) {
    throw new DownhillError("SHAPE", `${where}: params must hold at least one number, got ${quote(params)}`, {
      details: { argument: "params", length },
    });
  }
  if (typeof params !== "number") checkFinite(where, "params", params);
  const natural = params instanceof Float32Array ? "f32" : "f64";
  const dtype = choiceOption(where, "dtype", options.dtype, ["f64", "f32"], natural);
  const made = new FirstOrderOptimizer(length, dtype, rule, options, null);
  if (typeof params === "number") return made;
  made.params.set(params);
  try {
    // A double may be beyond the floats.
    if (dtype === "f32" && natural === "f64") checkFinite(where, "params", made.params);
  } catch (error) {
    made.dispose();
    throw error;
  }
  return made;
}

/** An optimizer of parameters that lie in a runtime's memory already. @internal */
export function optimizerAt(
  site: Site,
  length: number,
  dtype: DType,
  rule: Rule,
  options: Omit<OptimizerOptions, "runtime" | "dtype"> = {},
): FirstOrderOptimizer {
  checkRule("optimizer", rule);
  return new FirstOrderOptimizer(length, dtype, rule, options, site);
}
