// The option `metric` of `sample`: a kind, or a metric as plain data, checked against the number of free coordinates.

import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import { type MetricKind, metricKinds } from "./methods.js";
import type { MetricState } from "./metric.js";

/** `correlated`: the density says that its parameters vary together. */
export function readMetric(
  where: string,
  given: unknown,
  d: number,
  correlated: boolean,
): MetricKind | MetricState {
  if (given === undefined) return correlated ? "dense" : "fisher";
  if (typeof given !== "object" || given === null)
    return choiceOption(where, "metric", given, metricKinds, "fisher");
  const state = given as MetricState;
  const { kind } = state;
  if (kind === "lowRank") {
    checkKeys(`${where}: metric`, state, ["kind", "scale", "values", "vectors"]);
    const scale = copyNumbers(where, "metric.scale", state.scale, d);
    const values = copyNumbers(where, "metric.values", state.values);
    const vectors = copyNumbers(where, "metric.vectors", state.vectors, d * values.length);
    positive(where, "metric.scale", scale);
    positive(where, "metric.values", values);
    checkFinite(where, "metric.vectors", vectors);
    return { kind, scale: [...scale], values: [...values], vectors: [...vectors] };
  }
  checkKeys(`${where}: metric`, state, ["kind", "inverse"]);
  choiceOption(`${where}: metric`, "kind", kind, ["diagonal", "dense", "lowRank"], "diagonal");
  const inverse = copyNumbers(where, "metric.inverse", state.inverse, kind === "dense" ? d * d : d);
  if (kind === "diagonal") positive(where, "metric.inverse", inverse);
  else checkFinite(where, "metric.inverse", inverse);
  return { kind, inverse: [...inverse] };
}

function positive(where: string, name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++)
    numberOption(where, `${name}[${i}]`, values[i], 1, { min: 0, exclusive: true });
}
