// What was minimised, and what the covariance is scaled by, in the words of the options: two different analyses never read alike.

import { short } from "../driver/report.js";
import type { FitFields } from "./fit-result.js";
import { preparedOf } from "./prepared.js";

const ASKED = ["loss", "likelihood", "residuals"] as const;

export function analysisRows(fit: FitFields): readonly (readonly [string, string])[] {
  const known = preparedOf(fit);
  const asked = (known?.given ?? known?.options ?? {}) as Partial<Record<(typeof ASKED)[number], string>>;
  // Errors of Student's law are a loss for the solver, too.
  const robust = (known?.options.loss ?? "linear") !== "linear";
  return [
    ...ASKED.flatMap((key) => (asked[key] ? [[key, asked[key]] as const] : [])),
    ["covariance", fit.covarianceForm],
    ...(robust
      ? ([
          ["loss scale", short(fit.lossScale)],
          ["statistics", "of the squares, without the loss"],
        ] as const)
      : []),
  ];
}
