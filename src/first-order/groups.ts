// Parameter groups: ranges of the parameters with options of their own.

import { DownhillError } from "../runtime/errors.js";
import { numberOption, optionError } from "../runtime/options.js";
import { type Rule, resolve } from "./rule.js";

/** Parameters `start` to `end - 1` with options of their own; what it leaves out comes from the rule. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly [option: string]: unknown;
}

/** Parameters from `start` to `end - 1`, or for a network those of a `layer` by its name, with options of their own. */
export type Group = Range | { readonly layer: string | number; readonly [option: string]: unknown };

/** Option values that a snapshot can hold. */
export type Patch = Record<string, unknown>;

/** The checked groups, sorted; OPTION when one is out of range or two overlap. */
export function checkGroups(where: string, groups: unknown, n: number): Range[] {
  if (groups === undefined) return [];
  if (!Array.isArray(groups))
    throw optionError(where, "groups", groups, "a list of { start, end, ...options }");
  for (const [i, group] of (groups as Range[]).entries()) {
    const name = `groups[${i}]`;
    if (typeof group !== "object" || group === null) throw optionError(where, name, group, "an object");
    numberOption(where, `${name}.start`, group.start, null, { min: 0, below: n, integer: true });
    numberOption(where, `${name}.end`, group.end, null, {
      min: group.start,
      exclusive: true,
      max: n,
      integer: true,
    });
  }
  const sorted = [...(groups as Range[])].sort((a, b) => a.start - b.start);
  for (const [i, group] of sorted.entries()) {
    const next = sorted[i + 1];
    if (!next || next.start >= group.end) continue;
    throw new DownhillError(
      "OPTION",
      `${where}: groups overlap: ${group.start} to ${group.end} and ${next.start} to ${next.end}`,
      { details: { option: "groups", value: groups } },
    );
  }
  return groups as Range[];
}

/** What is undefined comes from the rule; of an unknown option it is left to be refused. */
export function optionsOf({ start: _start, end: _end, ...options }: Range, rule: Rule): Patch {
  const own: Patch = options;
  for (const key in own) if (own[key] === undefined && key in rule.options) delete own[key];
  return own;
}

/** The state vectors that a rule needs with these groups, and the number each starts from, by group. */
export function vectorsOf(rule: Rule, groups: readonly Range[]): string[] {
  const names = new Set<string>();
  for (const own of [{}, ...groups.map((group) => optionsOf(group, rule))]) {
    const options = resolve(rule.definition, { ...rule.options, ...own });
    for (const name in rule.definition.vectors(options, 0)) names.add(name);
  }
  return [...names];
}
