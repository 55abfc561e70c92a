// What a program is written from: the data, the model as text, the parameters and the sets of a finished fit.

import { isCompiledModel } from "../least-squares/expression.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import type { FitResult } from "../least-squares/fit-result.js";
import type { LossName } from "../least-squares/settings.js";
import { parse } from "../models/parse.js";
import { DownhillError } from "../runtime/errors.js";
import { fitBehind, plainResiduals } from "./refit.js";

/** What a program is written from. */
export interface Parts {
  readonly fit: PreparedFit;
  readonly result: FitResult;
  readonly source: string;
  readonly columns: readonly (readonly [string, Float64Array])[];
  readonly sigma: Float64Array | null;
  readonly loss: LossName;
  /** The number that the fit used, also where it was taken from the data. */
  readonly lossScale: number;
  /** Names in the text of the model. */
  readonly bases: readonly string[];
  /** Of a global fit: label of each set, and the set of each point. */
  readonly labels: readonly string[] | null;
  readonly which: Float64Array;
}

function refuse(problem: string, hint: string): DownhillError {
  return new DownhillError("UNSUPPORTED", `fitCode: ${problem}`, { hint });
}

const OF_A_SET = /^(.*)\[(\d+)\]$/;

export function partsOf(result: FitResult): Parts {
  const fit = fitBehind("fitCode", result);
  plainResiduals("fitCode", fit);
  const { model } = (result.sets ? fit.given : fit.options) as { model: unknown };
  if (Array.isArray(model) || (result.sets && fit.parameters.tied.length + (fit.ties ? 1 : 0) > 0))
    throw refuse(
      "a global fit with a model for each set, or with tied parameters, cannot be written",
      "write the fit of one set",
    );
  const text = (model as { text?: unknown } | null)?.text;
  const source =
    typeof model === "string"
      ? model
      : isCompiledModel(model)
        ? model.source
        : typeof text === "string"
          ? text
          : undefined;
  if (source === undefined)
    throw refuse(
      "the model is a function, whose text is not known",
      'fit the model as text, such as "a*exp(-b*x)"',
    );
  const { loss = "linear" } = fit.options;
  const { x } = fit.data;
  const all = x instanceof Float64Array ? [["x", x] as const] : Object.entries(x);
  const columns = result.sets ? all.filter(([name]) => name !== "set") : all;
  const { all: names } = fit.parameters;
  return {
    fit,
    result,
    source,
    columns,
    sigma: fit.weights?.map((w) => 1 / w) ?? null,
    loss,
    lossScale: result.lossScale,
    bases: result.sets ? [...new Set(names.map((name) => OF_A_SET.exec(name)?.[1] ?? name))] : names,
    labels: result.sets?.map(({ label }) => label) ?? null,
    which: all.find(([name]) => name === "set")?.[1] ?? new Float64Array(0),
  };
}

/** Parameters that every set has for itself, written as one array in the language's own brackets. */
export const ownOfSets = ({ bases, labels, fit }: Parts): readonly string[] =>
  labels ? bases.filter((base) => !fit.parameters.names.includes(base)) : [];

/** vmax[0] is vmax_0 in a language where a name has no brackets. */
export const flat = (name: string): string => name.replace(OF_A_SET, "$1_$2");

/**
 * Where another method starts: at the answer. Of whole numbers the last fit started from those of a fit with others, and from far
 * away two methods end at two minima.
 */
export const startsOf = ({ fit, result }: Parts): Float64Array =>
  fit.parameters.init.map((init, j) => {
    const found = result.values[fit.parameters.names[j]!]!;
    return Number.isFinite(found) ? found : init;
  });

/** Tied parameters, each behind those that it follows. */
export function tiesInOrder({ fit }: Parts): { name: string; tree: ReturnType<typeof parse> }[] {
  const { tied, all } = fit.parameters;
  const left = new Map(tied.map(({ name, expr }) => [name, parse(expr, { variables: [], params: all })]));
  const ordered: { name: string; tree: ReturnType<typeof parse> }[] = [];
  const put = (name: string): void => {
    const tree = left.get(name);
    if (!tree || !left.delete(name)) return;
    for (const node of tree.nodes) if (node.kind === "param") put(node.name);
    ordered.push({ name, tree });
  };
  for (const { name } of tied) put(name);
  return ordered;
}

export const list = (values: Float64Array): string => `[${Array.from(values, String).join(", ")}]`;

export function treeOf({ source, columns, bases }: Parts) {
  return parse(source, { variables: columns.map(([name]) => name), params: bases });
}
