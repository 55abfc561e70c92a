// An expression of the parameters of a fit, with its error by the delta method.

import type { SolvedFit } from "../least-squares/bands.js";
import { studentOf } from "../least-squares/fit-problem.js";
import { allParameters } from "../least-squares/parameters.js";
import { functionTable } from "../models/elementary.js";
import { objectiveEvaluator } from "../models/evaluate.js";
import { parse } from "../models/parse.js";
import { program } from "../models/program.js";
import { substitute, tieOrder } from "../models/substitute.js";
import { chosenRuntime, unlessDisposed } from "../runtime/default.js";
import type { FullPrepared } from "./full-fit.js";
import { byDelta, readTies } from "./ties.js";

export interface Derived {
  readonly value: number;
  /** By the delta method; null without a covariance, and of no number. */
  readonly stderr: number | null;
  /** value +/- t stderr at the level of the fit. */
  readonly ci: readonly [number, number] | null;
}

/** Parameters of global fits are called a[0], which is no name in an expression. */
const plain = (text: string): string => text.replace(/\[(\d+)\]/g, "__$1");

export function derive(
  fit: FullPrepared,
  { x, covariance, statistics }: SolvedFit,
  expression: string,
): Derived {
  const where = "derive";
  const { parameters } = fit;
  const ties = readTies(where, parameters);
  const { all } = parameters;
  const text = all.reduce((whole, name) => whole.replaceAll(name, plain(name)), `${expression}`);
  const tree = parse(text, { variables: [], params: all.map(plain) });
  const whole = program(ties.size > 0 ? substitute(tree, ties, tieOrder(where, ties)) : tree, 1);
  const evaluator = objectiveEvaluator(
    whole,
    functionTable(chosenRuntime(unlessDisposed(fit.options.runtime))),
  );
  const t = studentOf(fit, statistics.dof, fit.level);
  const found = byDelta(evaluator, allParameters(parameters, x), parameters.free, covariance, t);
  return Number.isNaN(found.value) ? { value: NaN, stderr: null, ci: null } : found;
}
