// This very fit as numbers; as a program it is written by the library (fitCode) in the worker.

import type { FitRequest, FitView } from "./jobs.js";

export function csv(r: FitRequest, view: FitView): string {
  const rows = Array.from(r.x, (x, i) =>
    [x, r.y[i], ...(r.sigma ? [r.sigma[i]] : []), view.fitted[i], view.residuals[i]].join(","),
  );
  return `${r.variable},y,${r.sigma ? "sigma," : ""}fitted,residual\n${rows.join("\n")}\n`;
}
