// The options of a fit as they are when it begins, for its report: the caller may use the same arrays for the next data set.

import { isRecord } from "../runtime/options.js";
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
export function asGiven(value: object, asked: StartRequest, depth = 0): unknown {
  if (value === asked.options.x) return asked.data.x;
  if (value === asked.options.y) return asked.y;
  // A buffer that was transferred has no slice, nor has a view of bytes.
  if (ArrayBuffer.isView(value))
    return (value as Float64Array).length > 0 ? (value as Float64Array).slice() : value;
  // What contains itself has no end.
  if (depth > DEEPEST) return value;
  const list = Array.isArray(value);
  // The first test is the quick one: this is done for every fit.
  if (!list && Object.getPrototypeOf(value) !== Object.prototype && !isRecord(value)) return value;
  const kept = (list ? listOf(value) : { ...value }) as Record<string, object | null>;
  if (list && typeof kept[0] === "number") return kept;
  for (const key in kept) {
    const own = kept[key];
    if (typeof own === "object" && own !== null && key !== "model" && key !== "resume")
      kept[key] = asGiven(own, asked, depth + 1) as object;
  }
  return kept;
}
