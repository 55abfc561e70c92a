// A network as the owner of its parameters: an optimizer of it works on them in place, knows its layers, and ends with it.

import { isSwapped } from "../first-order/average.js";
import { optimizerAt } from "../first-order/known-rules.js";
import type { Claim } from "../first-order/owners.js";
import type { Rule } from "../first-order/rule.js";
import type { Optimizer, OptimizerOptions } from "../first-order/types.js";
import { DownhillError } from "../runtime/errors.js";
import { optionError } from "../runtime/options.js";
import type { Body } from "./body.js";
import type { FitOptions } from "./fit-options.js";
import type { Plan } from "./plan.js";

/** REENTRANT while an average stands in for the parameters: what is written there goes when it goes. */
export function checkIterate(where: string, { params }: Body): void {
  if (!isSwapped(params)) return;
  throw new DownhillError(
    "REENTRANT",
    `${where}: an average is swapped in for the parameters of this network`,
    { hint: "call swap() of the average again first" },
  );
}

/** Range of the parameters of a layer, by name or index. */
function rangeOf({ stages }: Plan, where: string, layer: unknown): readonly [start: number, end: number] {
  const stage = typeof layer === "number" ? stages[layer] : stages.find(({ name }) => name === layer);
  const [first, last] = [stage?.params[0], stage?.params.at(-1)];
  if (first && last) return [first.offset, last.offset + last.length];
  const trained = stages.filter(({ params }) => params.length > 0).map(({ name }) => name);
  throw optionError(where, "layer", layer, `a layer with parameters: ${trained.join(", ")}`);
}

/** Groups of parameters as ranges, those by layer too. */
export function rangesOf(plan: Plan, where: string, groups: FitOptions["groups"]): FitOptions["groups"] {
  if (!Array.isArray(groups)) return groups;
  return groups.map((group: Record<string, unknown> | null, i) => {
    if (typeof group !== "object" || group === null || !("layer" in group)) return group as never;
    const { layer, ...options } = group;
    const [start, end] = rangeOf(plan, `${where}: groups[${i}]`, layer);
    return { ...options, start, end };
  });
}

function optimizerOf(body: Body, rule: Rule, options: OptimizerOptions): Optimizer {
  const where = "optimizer";
  const { dtype, plan, params } = body;
  for (const [name, own] of [
    ["dtype", dtype],
    ["runtime", undefined],
  ] as const) {
    const given = options[name];
    if (given === undefined || given === own) continue;
    throw optionError(where, name, given, "left out: it works in the memory of the network");
  }
  const { runtime: _, dtype: __, ...rest } = options;
  const groups = rangesOf(plan, where, options.groups);
  const made = optimizerAt(body.site, params.length, dtype, rule, { ...rest, groups });
  made.leave = body.pin(() => made.dispose());
  return made;
}

/** For the network itself, and for views of its memory: OPTION for a view of a part of the parameters. */
export const claimOf =
  (body: () => Body): Claim =>
  (params) => {
    const own = body();
    if (ArrayBuffer.isView(params)) {
      const { byteOffset: from, byteLength } = own.params;
      const to = from + byteLength;
      const [start, end] = [params.byteOffset, params.byteOffset + params.byteLength];
      if (start >= to || end <= from) return null;
      if (start !== from || end !== to) {
        throw new DownhillError(
          "OPTION",
          "optimizer: params is a view of a part of the parameters of a network",
          {
            hint: 'optimizer(net, rule, { groups: [{ layer: "dense1", lr: 1e-4 }] }) works in place; Array.from(view) is a copy',
            details: { argument: "params" },
          },
        );
      }
    }
    checkIterate("optimizer", own);
    return (rule, options) => optimizerOf(own, rule, options);
  };
