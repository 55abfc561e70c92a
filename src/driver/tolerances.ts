// The tolerances of smooth minimisation, as callers give them.

import { numberOption } from "../runtime/options.js";
import type { Tolerances } from "./types.js";

export function readTolerances(
  where: string,
  given: {
    gradTol?: number | undefined;
    stepTol?: number | undefined;
    funTol?: number | undefined;
    target?: number | undefined;
  },
  defaults: Omit<Tolerances, "target">,
): Tolerances {
  const tolerance = (name: "gradTol" | "stepTol" | "funTol") =>
    numberOption(where, name, given[name], defaults[name], { min: 0 });
  return {
    gradTol: tolerance("gradTol"),
    stepTol: tolerance("stepTol"),
    funTol: tolerance("funTol"),
    target: numberOption(where, "target", given.target, -Infinity, { infinite: true }),
  };
}
