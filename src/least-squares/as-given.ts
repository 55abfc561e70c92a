// The options of a fit as they are when it begins, for its report: the caller may use the same arrays for the next data set.

import { isArrayLike, isRecord } from "../runtime/options.js";
import type { StartRequest } from "./expression.js";

/** What was given, all the way down, but for models and saved states. x and y were copied for the fit itself. */
export function asGiven(value: object | null, asked: StartRequest): unknown {
  const { options, data, y } = asked;
  if (value === options.x) return data.x;
  if (value === options.y) return y;
  const kept = ArrayBuffer.isView(value)
    ? (value as Float64Array).slice()
    : isArrayLike(value)
      ? Array.from(value)
      : isRecord(value)
        ? { ...value }
        : null;
  if (!kept) return value;
  const entries = kept as Record<string, object | null>;
  if (typeof entries[0] !== "number")
    for (const key in entries) {
      const own = entries[key]!;
      if (typeof own === "object" && key !== "model" && key !== "resume")
        entries[key] = asGiven(own, asked) as object;
    }
  return kept;
}
