// What a continued training has of the one before: every option that says how it trains and when it ends, unless it is given anew.
// Data (x, y, sampleWeight, validation samples) and what belongs to a call (epochs, limits, callbacks) are given anew each time.

import { DownhillError } from "../runtime/errors.js";
import { isRecord, optionError } from "../runtime/options.js";
import type { FitOptions } from "./fit-options.js";
import { isBatches } from "./source.js";
import type { Training } from "./training.js";

const held = [
  "groups",
  "clipNorm",
  "clipValue",
  "batchSize",
  "stepsPerEpoch",
  "validation",
  "classWeight",
  "metrics",
  "patience",
  "monitor",
  "minDelta",
  "shuffle",
  "seed",
] as const;

/** Options that hold on. */
export type Held = Pick<FitOptions, (typeof held)[number]> & {
  /** Validation samples of their own, and an average, which do not. */
  readonly validated?: boolean | undefined;
  readonly averaged?: boolean | undefined;
};

/** Lists and objects are the caller's, who may change them. */
const copied = (value: unknown): unknown =>
  Array.isArray(value) || ArrayBuffer.isView(value)
    ? Array.from(value as unknown as ArrayLike<unknown>, copied)
    : isRecord(value)
      ? { ...value }
      : value;

export function heldOf(options: FitOptions): Held {
  const { validation, average } = options;
  const validated = typeof validation === "object";
  const kept = held.flatMap((name) =>
    options[name] === undefined || (name === "validation" && validated)
      ? []
      : [[name, copied(options[name])] as const],
  );
  return {
    ...Object.fromEntries(kept),
    ...(validated && { validated }),
    ...(average && { averaged: true }),
  };
}

/** The options of a training that goes on from `previous`. */
export function continued(where: string, x: unknown, options: FitOptions, previous: Training): FitOptions {
  const { validated, averaged, ...before }: Held = previous.options ?? {};
  if (options.average)
    throw optionError(where, "average", options.average, "left out with continue: an average starts anew");
  if (averaged)
    throw new DownhillError("OPTION", `${where}: a training that ended with an average does not go on`, {
      hint: "its last weights gave way to their average: leave out continue",
      details: { option: "continue", value: true },
    });
  // A share and an order are of samples, a number of batches is of a generator.
  const other: readonly string[] = isBatches(x) ? ["validation", "shuffle"] : ["stepsPerEpoch"];
  const own = Object.entries(options).filter(([, value]) => value !== undefined);
  const all: FitOptions = {
    ...Object.fromEntries(Object.entries(before).filter(([name]) => !other.includes(name))),
    ...Object.fromEntries(own),
  };
  if (all.groups === undefined && previous.kept.groups.length > 0)
    throw optionError(where, "groups", undefined, "given: the training was one with groups");
  // Samples that are no more are not waited for.
  const { monitor } = before;
  const name = typeof monitor === "object" ? monitor.name : monitor;
  if (all.validation === 0 && options.monitor === undefined && /^val(Loss|Accuracy)$/.test(name ?? ""))
    delete all.monitor;
  if (validated && (all.patience ?? Infinity) < Infinity && all.validation === undefined)
    throw optionError(
      where,
      "validation",
      undefined,
      "given: the training waited for an improvement on samples of their own",
      "patience: Infinity waits no more",
    );
  return all;
}

const isPlain = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "boolean" ||
  Number.isFinite(value) ||
  (Array.isArray(value) && value.every(isPlain)) ||
  (isRecord(value) && Object.values(value).every(isPlain));

/** Those that JSON keeps: schedules and metrics of one's own are functions. */
export const storable = (options: Held): Held =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => isPlain(value)));
