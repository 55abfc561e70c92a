// Makes rules: data, and the class that does what they say.

import { know, type Work } from "./known-rules.js";
import {
  type AnyDefinition,
  type Definition,
  type Given,
  type Options,
  type Rule,
  type RuleFactory,
  resolve,
} from "./rule.js";
import { FirstOrderOptimizer } from "./stepper.js";

const work: Work = (site, length, dtype, rule, options = {}) =>
  new FirstOrderOptimizer(length, dtype, rule, options, site);

/** Makes the factory of a rule: `adam = firstOrder({ name: "adam", ... })`, `adam({ lr: 1e-3 })`. */
export function firstOrder<P extends Options, S extends string, C extends string>(
  definition: Definition<P, S, C>,
): RuleFactory<P> {
  const any = Object.freeze(definition) as unknown as AnyDefinition;
  const { name } = definition;
  // A function of the rule's name: whoever forgets to call it reads it.
  const { [name]: factory } = {
    [name]: (options: Given<P> = {}): Rule => {
      const rule = Object.freeze({ name, options: Object.freeze(resolve(any, options)), definition: any });
      know(rule, work);
      return rule;
    },
  };
  return Object.assign(factory!, { definition: any });
}
