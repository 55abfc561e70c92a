// The options of a fit as they are when it begins, for its report: the caller may use the same arrays for the next data set.

import { isArrayLike, isRecord } from "../runtime/options.js";
import type { StartRequest } from "./expression.js";

/** Longer ones were not read as data. */
const LONGEST = 1e8;

/** Levels of objects in options: sets of data with parameters of their own have four. */
const DEEPEST = 8;

/** Its length is read once: it may be any object. */
function listOf(value: ArrayLike<unknown>): unknown[] {
  const n = value.length;
  const list: unknown[] = [];
  if (n < LONGEST) for (let i = 0; i < n; i++) list.push(value[i]);
  return list;
}

/** What was given, all the way down, but for models and saved states. x and y were copied for the fit itself. */
export function asGiven(value: object | null, asked: StartRequest, depth = 0): unknown {
  const { options, data, y } = asked;
  if (value === options.x) return data.x;
  if (value === options.y) return y;
  // What contains itself has no end; a buffer that was transferred has no slice.
  if (depth > DEEPEST || (value as { length?: unknown } | null)?.length === 0) return value;
  const kept = isArrayLike(value)
    ? ArrayBuffer.isView(value)
      ? (value as Float64Array).slice()
      : listOf(value)
    : isRecord(value)
      ? { ...value }
      : null;
  if (!kept) return value;
  const entries = kept as Record<string, object | null>;
  if (typeof entries[0] !== "number")
    for (const key in entries) {
      const own = entries[key]!;
      if (typeof own === "object" && key !== "model" && key !== "resume")
        entries[key] = asGiven(own, asked, depth + 1) as object;
    }
  return kept;
}
