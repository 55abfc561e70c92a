// Generations of a compiled objective as plain data: what a thread needs to evaluate a part of one.

import type { ObjectiveRecipe } from "../models/objective.js";
import { evaluateMany } from "../models/objective-batch.js";
import type { Variant } from "../runtime/rooms.js";
import type { CoreRuntime } from "../runtime/runtime.js";

export interface ValuesJob {
  readonly recipe: ObjectiveRecipe;
  readonly variant: Variant;
  readonly count: number;
  /** Unknown j of point k is columns[j * count + k]. */
  readonly columns: Float64Array;
}

export interface ValuesAnswer {
  readonly values: Float64Array;
}

/** Threads that evaluate generations; made by `pool` of downhill/workers. */
export interface ValuesPool {
  readonly size: number;
  evaluate(job: ValuesJob, signal: AbortSignal | undefined, maxTimeMs?: number): Promise<ValuesAnswer>;
}

/** What a thread does with a job. */
export function runValues({ recipe, count, columns }: ValuesJob, runtime: CoreRuntime): ValuesAnswer {
  const values = new Float64Array(count);
  evaluateMany(recipe, runtime, count, columns, count, values);
  return { values };
}
