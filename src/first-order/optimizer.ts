// optimizer(params, rule, options): a rule over live parameters. What it does is in stepper.ts, what it promises in types.ts.

import { DownhillError, quote } from "../runtime/errors.js";
import { isFiniteIn, notFinite, takeNumbers } from "../runtime/numbers.js";
import { checkKeys, choiceOption } from "../runtime/options.js";
import { guardKeys } from "./guards.js";
import { checkRule } from "./known-rules.js";
import { ownerOf } from "./owners.js";
import type { Rule } from "./rule.js";
import { FirstOrderOptimizer } from "./stepper.js";
import type { FloatVector, Optimizer, OptimizerOptions } from "./types.js";

const optionKeys = ["dtype", ...guardKeys, "groups", "runtime"] as const;

/** Something that owns parameters: a network. */
export interface Trainable {
  readonly params: FloatVector;
  readonly grads: FloatVector;
}

/**
 * An optimizer of `params`, a number of zeros or a copy of these values. Fill `grads`, call `step()`; or call
 * `step(closure)`. Its memory comes from the runtime, or from one of its own when it does not fit, until `dispose()`.
 *
 * For a network (or its whole `params`) it works on the network's own parameters and gradients, without copies: what
 * `net.backward` left in `net.grads` is what `step()` takes. Frozen layers stay. `groups` may name layers. It ends with the network.
 *
 * @example
 * const [x, y] = [[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]];
 * const net = network({ inputs: 2, layers: [dense(8), tanh(), dense(2)], loss: "softmaxCrossEntropy", seed: 1 });
 * const opt = optimizer(net, adamw({ lr: 1e-3 }), { groups: [{ layer: "dense1", lr: 1e-4 }] });
 * for (let i = 0; i < 100; i++) {
 *   net.lossGradient(x, y);
 *   opt.step();
 * }
 * opt.dispose();
 * net.dispose();
 */
export function optimizer(
  params: number | ArrayLike<number> | Trainable,
  rule: Rule,
  options: OptimizerOptions = {},
): Optimizer {
  const where = "optimizer";
  checkRule(where, rule);
  checkKeys(where, options, optionKeys);
  const owner = typeof params === "object" && params !== null ? ownerOf(params) : null;
  if (owner) return owner(rule, options);
  const values = typeof params === "number" ? null : takeNumbers(where, "params", params);
  const length = typeof params === "number" ? params : values!.length;
  if (!Number.isInteger(length) || length < 1) {
    throw new DownhillError("SHAPE", `${where}: params must hold at least one number, got ${quote(params)}`, {
      details: { argument: "params", length },
    });
  }
  const natural = params instanceof Float32Array ? "f32" : "f64";
  const dtype = choiceOption(where, "dtype", options.dtype, ["f64", "f32"], natural);
  values?.forEach((value, index) => {
    if (isFiniteIn(dtype, value)) return;
    const details = { argument: "params", index };
    throw notFinite(where, value, { name: `params[${index}]`, details }, dtype);
  });
  const made = new FirstOrderOptimizer(length, dtype, rule, options, null);
  if (values) made.params.set(values);
  return made;
}
