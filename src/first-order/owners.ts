// Parameters that already belong to somebody, as a network's do: who owns them makes the optimizer, which works in place.

import type { Rule } from "./rule.js";
import type { Optimizer, OptimizerOptions } from "./types.js";

/** Makes an optimizer of what it owns; null when these parameters are not its own. */
export type Claim = (params: object) => ((rule: Rule, options: OptimizerOptions) => Optimizer) | null;

const claims = new WeakMap<object, Set<Claim>>();

/** Claims `key`, or views of this memory. Returns the way to give it up. */
export function announce(key: object, claim: Claim): () => void {
  const all = claims.get(key) ?? new Set();
  claims.set(key, all.add(claim));
  return () => void all.delete(claim);
}

export function ownerOf(params: object): ReturnType<Claim> {
  const { buffer } = params as { buffer?: object };
  for (const claim of claims.get(params) ?? (buffer && claims.get(buffer)) ?? []) {
    const found = claim(params);
    if (found) return found;
  }
  return null;
}
