// Which objects are rules. Each brings what puts it to work, so that who only takes rules, such as minimize, weighs nothing of it.

import { DownhillError, quote } from "../runtime/errors.js";
import type { Site } from "./place.js";
import type { Rule } from "./rule.js";
import type { DType } from "./run.js";
import type { FirstOrderOptimizer } from "./stepper.js";
import type { OptimizerOptions } from "./types.js";

/** Puts a rule to work on parameters that lie in a runtime's memory already. */
export type Work = (
  site: Site,
  length: number,
  dtype: DType,
  rule: Rule,
  options?: Omit<OptimizerOptions, "runtime" | "dtype">,
) => FirstOrderOptimizer;

const rules = new WeakMap<object, Work>();

export function know(rule: Rule, work: Work): void {
  rules.set(rule, work);
}

export function checkRule(where: string, rule: unknown): asserts rule is Rule {
  if (typeof rule === "object" && rule !== null && rules.has(rule)) return;
  const factory = typeof rule === "function" && "definition" in rule;
  throw new DownhillError("OPTION", `${where}: rule must be a first-order rule, got ${quote(rule)}`, {
    hint: factory ? `call it: ${rule.name}()` : "for example adam({ lr: 1e-3 })",
  });
}

/** An optimizer of parameters that lie in a runtime's memory already. @internal */
export const optimizerAt: Work = (site, length, dtype, rule, options) => {
  checkRule("optimizer", rule);
  return rules.get(rule)!(site, length, dtype, rule, options);
};
