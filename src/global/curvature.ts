// Whether a point that a run ended in is a minimum, by the gradient of the objective (src/minimize/bowl.ts).

import type { Watch } from "../driver/watch.js";
import { isBowl } from "../minimize/bowl.js";
import type { Evaluator } from "./objective.js";
import type { Variables } from "./variables.js";

/** True where the Hessian is positive definite, false where it is not, null where the gradient gives no answer. */
export function isMinimum(
  { smooth }: Evaluator,
  { lower, upper, free }: Variables,
  x: Float64Array,
  watch: Watch,
): boolean | null {
  return smooth ? isBowl(smooth, lower, upper, free, x, watch) : null;
}
