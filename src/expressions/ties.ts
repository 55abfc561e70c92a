// Parameters tied to others by an expression (params: { b: { expr: "2*a" } }): their values, and their standard errors by
// the delta method.

import type { TiedParameters } from "../least-squares/expression.js";
import type { FitParam } from "../least-squares/fit-result.js";
import { type AnyModel, type BlockModel, bindModel, type Data, dataOf } from "../least-squares/model.js";
import { allParameters, type Parameters } from "../least-squares/parameters.js";
import type { FunctionTable } from "../models/evaluate.js";
import { type ObjectiveEvaluator, objectiveEvaluator } from "../models/evaluate.js";
import { parse } from "../models/parse.js";
import { program } from "../models/program.js";
import { substitute, type Ties, tieOrder } from "../models/substitute.js";

const NONE: readonly number[] = [];

/** The trees of the tied parameters by name. */
export function readTies(where: string, { all, tied }: Parameters): Ties {
  const ties: Ties = new Map(
    tied.map(({ name, expr }) => [name, parse(expr, { variables: [], params: all })] as const),
  );
  tieOrder(where, ties);
  return ties;
}

/** Values and gradients of tied parameters over the others (in the order of `parameters.names`). */
export class TieEvaluator implements TiedParameters {
  readonly #parameters: Parameters;
  readonly #ties: readonly { name: string; expr: string; evaluator: ObjectiveEvaluator }[];

  constructor(where: string, parameters: Parameters, ties: Ties, table: FunctionTable) {
    const order = tieOrder(where, ties);
    this.#parameters = parameters;
    this.#ties = parameters.tied.map(({ name, expr }) => {
      const tree = ties.get(name);
      if (!tree) throw new Error(`no tie of ${name}`);
      return { name, expr, evaluator: objectiveEvaluator(program(substitute(tree, ties, order), 1), table) };
    });
  }

  /** All parameters in key order, from those that are not tied. */
  spread(p: Float64Array, out: Float64Array): Float64Array {
    const { all, names } = this.#parameters;
    names.forEach((name, i) => {
      out[all.indexOf(name)] = p[i]!;
    });
    for (const { name, evaluator } of this.#ties) out[all.indexOf(name)] = evaluator.value(1, NONE, 0, p);
    return out;
  }

  /** narrow (m * names) from wide (m * all): the chain rule. */
  chain(p: Float64Array, wide: Float64Array, narrow: Float64Array): void {
    const { all, names } = this.#parameters;
    const own = names.map((name) => all.indexOf(name));
    const tied = this.#ties.map(({ name, evaluator }) => {
      const gradient = new Float64Array(names.length);
      evaluator.gradient(1, NONE, 0, p, gradient);
      return { column: all.indexOf(name), gradient };
    });
    const m = narrow.length / names.length;
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < names.length; k++) {
        let sum = wide[i * all.length + own[k]!]!;
        for (const { column, gradient } of tied) sum += wide[i * all.length + column]! * gradient[k]!;
        narrow[i * names.length + k] = sum;
      }
    }
  }

  table(
    rows: Record<string, FitParam>,
    x: Float64Array,
    covariance: Float64Array | null,
    t: number,
  ): Record<string, FitParam> {
    const { all, free, init } = this.#parameters;
    const p = allParameters(this.#parameters, x);
    const made = new Map<string, FitParam>();
    for (const { name, expr, evaluator } of this.#ties) {
      made.set(name, {
        ...byDelta(evaluator, p, free, covariance, t),
        init: evaluator.value(1, NONE, 0, init),
        atBound: false,
        fixed: false,
        expr,
      });
    }
    return Object.fromEntries(all.map((name) => [name, made.get(name) ?? (rows[name] as FitParam)]));
  }
}

/** An expression of the parameters p with its error by the delta method; the covariance is that of the free ones. */
export function byDelta(
  evaluator: ObjectiveEvaluator,
  p: Float64Array,
  free: readonly number[],
  covariance: Float64Array | null,
  t: number,
): Pick<FitParam, "value" | "stderr" | "ci"> {
  const gradient = new Float64Array(p.length);
  const value = evaluator.gradient(1, NONE, 0, p, gradient);
  if (!covariance) return { value, stderr: null, ci: null };
  let variance = 0;
  free.forEach((a, j) => {
    free.forEach((b, k) => {
      variance += gradient[a]! * covariance[j * free.length + k]! * gradient[b]!;
    });
  });
  const stderr = Math.sqrt(variance);
  return { value, stderr, ci: [value - t * stderr, value + t * stderr] };
}

/** A JavaScript model of all parameters as one of those that are not tied. */
export function tieModel(
  where: string,
  model: AnyModel,
  parameters: Parameters,
  ties: TieEvaluator,
): BlockModel {
  const { all } = parameters;
  const full = new Float64Array(all.length);
  const bind = (x: Data["x"]) => bindModel(where, model, all, dataOf(x));
  const evaluate = (x: Data["x"], p: Float64Array, out: Float64Array) =>
    bind(x).evaluate(ties.spread(p, full), out);
  if (typeof model === "function" || !model.jacobian) return { evaluate } as BlockModel;
  const jacobian = (x: Data["x"], p: Float64Array, out: Float64Array) => {
    const bound = bind(x);
    const wide = new Float64Array(bound.m * all.length).fill(NaN);
    const done = bound.jacobian?.(ties.spread(p, full), wide);
    return done === undefined ? ties.chain(p, wide, out) : done.then(() => ties.chain(p, wide, out));
  };
  return { evaluate, jacobian } as BlockModel;
}
