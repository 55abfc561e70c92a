// Whether a point that a run ended in is a minimum, by the gradient of the objective (src/minimize/bowl.ts).

import type { Watch } from "../driver/watch.js";
import { type GradientInto, isBowl } from "../minimize/bowl.js";
import type { Evaluator } from "./objective.js";
import type { Variables } from "./variables.js";

/** True where the Hessian is positive definite, false where it is not, null where the gradient gives no answer. */
export function isMinimum(
  { smooth }: Evaluator,
  { lower, upper, free }: Variables,
  x: Float64Array,
  watch: Watch,
): boolean | null {
  const gradient = (smooth?.grad ?? smooth?.funGrad) as GradientInto | undefined;
  return gradient ? isBowl(gradient, lower, upper, free, x, watch) : null;
}
