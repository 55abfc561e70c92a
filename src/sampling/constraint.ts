// One constraint as a user writes it, checked: its kind, or the kind that its bounds say, its size, and bounds that belong to it.

import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, choiceOption, numberOption, optionError } from "../runtime/options.js";
import type { Constraint } from "./density.js";
import type { ConstraintKind } from "./transform.js";
import { transforms } from "./transforms.js";
import type { Domains } from "./write-out.js";

const kinds = Object.keys(transforms) as ConstraintKind[];
/** Kinds of several coordinates together: one alone has nothing to draw. */
const JOINT: ReadonlySet<ConstraintKind> = new Set(["simplex", "unitVector", "correlation"]);

export type CheckedConstraint = Constraint & {
  readonly kind: ConstraintKind;
  readonly size: number;
  readonly lower: number;
  readonly upper: number;
};

export function checkConstraint(which: string, c: Constraint): CheckedConstraint {
  checkKeys(which, c, ["name", "size", "kind", "lower", "upper"]);
  const size = numberOption(which, "size", c.size, 1, { min: 1, max: 1e6, integer: true });
  const lower = numberOption(which, "lower", c.lower, -Infinity, { infinite: true });
  const upper = numberOption(which, "upper", c.upper, Infinity, { infinite: true });
  if (!(lower < upper)) throw optionError(which, "lower", lower, `less than upper = ${upper}`);
  const bounded: readonly [boolean, boolean] = [lower !== -Infinity, upper !== Infinity];
  const said: ConstraintKind = bounded[0]
    ? bounded[1]
      ? "interval"
      : "lower"
    : bounded[1]
      ? "upper"
      : "real";
  const kind = choiceOption(which, "kind", c.kind, kinds, said);
  const belongs = {
    lower: kind === "lower" || kind === "interval",
    upper: kind === "upper" || kind === "interval",
  };
  for (const [name, given, value] of [
    ["lower", bounded[0], c.lower],
    ["upper", bounded[1], c.upper],
  ] as const) {
    if (belongs[name] && !given) throw optionError(which, name, value, "a finite number");
    if (given && !belongs[name])
      throw new DownhillError(
        "OPTION",
        `${which}: ${name} = ${quote(value)} does not belong to kind "${kind}"`,
        {
          hint:
            kind === "real" || kind === "positive" || kind === "lower" || kind === "upper"
              ? "leave out kind: the bounds say it"
              : `leave out ${name}`,
          details: { option: name, value },
        },
      );
  }
  if (JOINT.has(kind) && size < 2) throw optionError(which, "size", c.size, `at least 2 for kind "${kind}"`);
  if (kind === "correlation" && !Number.isInteger(Math.sqrt(size)))
    throw optionError(which, "size", size, "the number of entries of a square matrix");
  return { ...(c.name === undefined ? {} : { name: c.name }), kind, size, lower, upper };
}

const BOUNDED: ReadonlySet<ConstraintKind> = new Set(["real", "positive", "lower", "upper", "interval"]);

/**
 * The constraint within the domains of its names, beyond which the density is 0: as bounds where they are narrower, so that no trajectory
 * ends there. Of several coordinates what holds all of them.
 */
export function confined(
  which: string,
  constraint: CheckedConstraint,
  names: readonly string[],
  domains: Domains,
): CheckedConstraint {
  const { name, kind, size } = constraint;
  if (!BOUNDED.has(kind)) return constraint;
  const found = names.map((each) => domains.get(each) ?? [-Infinity, Infinity]);
  const least = Math.min(...found.map(([low]) => low));
  const most = Math.max(...found.map(([, high]) => high));
  const from = kind === "positive" ? 0 : constraint.lower;
  if (least <= from && most >= constraint.upper) return constraint;
  const [lower, upper] = [Math.max(from, least), Math.min(constraint.upper, most)];
  if (lower < upper)
    return checkConstraint(which, { ...(name === undefined ? {} : { name }), size, lower, upper });
  throw new DownhillError(
    "OPTION",
    `${which}: its laws have no density between ${from} and ${constraint.upper}, only from ${least} to ${most}`,
    { details: { option: "lower", value: from } },
  );
}
