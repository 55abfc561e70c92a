// What occurs in a text: its parameters, and whether a variable does. A parameter that does not is held.

import type { Warning } from "../driver/types.js";
import type { Parameters } from "../least-squares/parameters.js";
import type { Compiled } from "../models/compiled.js";

interface Occurring {
  readonly used: ReadonlySet<number>;
  readonly varies: boolean;
}

const occurrences = new WeakMap<Compiled, Occurring>();

/** Which parameters occur in the text, and whether a variable does; looked at once a text. */
export function occurring(model: Compiled): Occurring {
  let found = occurrences.get(model);
  if (!found) {
    const { nodes } = model.tree;
    const used = new Set(nodes.map((node) => (node.kind === "param" ? node.index : -1)));
    found = { used, varies: nodes.some((node) => node.kind === "variable") };
    occurrences.set(model, found);
  }
  return found;
}

/**
 * The parameters without the freedom of those that do not occur in the text: the data say nothing of them, and beside them the others
 * would have no standard errors. Null where all occur, or none.
 */
export function withoutIdle(
  core: Compiled,
  parameters: Parameters,
): { parameters: Parameters; warnings: readonly Warning[] } | null {
  const { used } = occurring(core);
  const { free, freeNames } = parameters;
  let all = true;
  for (const j of free) all &&= used.has(j);
  if (all) return null;
  const idle = freeNames.filter((_, k) => !used.has(free[k]!));
  const message = `${idle.join(", ")} does not occur in the model and was held: leave it out of params, or correct the model`;
  const warnings: readonly Warning[] = [{ code: "W_PARAM_UNUSED", message, params: idle }];
  if (idle.length === free.length) return { parameters, warnings };
  return {
    parameters: {
      ...parameters,
      free: free.filter((j) => used.has(j)),
      freeNames: freeNames.filter((name) => !idle.includes(name)),
    },
    warnings,
  };
}
