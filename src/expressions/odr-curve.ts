// The curve of an orthogonal distance regression whose model is text: slopes and curvature along x are exact.

import { isCompiledModel } from "../least-squares/expression.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import { build } from "../models/build.js";
import { gradient } from "../models/differentiate.js";
import { functionTable } from "../models/elementary.js";
import { modelEvaluator } from "../models/evaluate.js";
import { Graph, type GraphNode } from "../models/graph.js";
import { lower } from "../models/lower.js";
import { parse } from "../models/parse.js";
import { chosenRuntime } from "../runtime/default.js";
import { type Curve, plainCurve, predictorsOf } from "./odr-distance.js";

/** The model of a fit, text with exact derivatives, a function by central differences. */
export function curveOf(fit: PreparedFit): Curve {
  const { model } = fit.options as unknown as { model: unknown };
  const source = typeof model === "string" ? model : isCompiledModel(model) ? model.source : null;
  return source !== null && fit.parameters.tied.length === 0 ? textCurve(fit, source) : plainCurve(fit);
}

function textCurve(fit: PreparedFit, source: string): Curve {
  const variables = predictorsOf(fit).map(([name]) => name);
  const params = fit.parameters.names;
  const g = new Graph();
  const root = build(g, parse(source, { variables, params }));
  const zero = (node: GraphNode | null): GraphNode => node ?? g.constant(0);
  const xs = variables.map((_, i) => g.variable(i));
  const first = gradient(g, root, xs).map(zero);
  const second = variables.length === 1 ? gradient(g, first[0]!, xs).map(zero) : [];
  const byParams = gradient(
    g,
    root,
    params.map((_, i) => g.param(i)),
  ).map(zero);
  const roots = lower(g, [root, ...first, ...second, ...byParams]);
  const at = 1 + first.length + second.length;
  const shape = { variables: variables.length, params: params.length, value: roots[0]!, second: [] };
  const table = functionTable(chosenRuntime(fit.options.runtime));
  const along = modelEvaluator({ ...shape, first: roots.slice(1, at) }, table);
  const over = modelEvaluator({ ...shape, first: roots.slice(at) }, table);
  const v = variables.length;
  const m = fit.y.length;
  const wide = new Float64Array(m * (at - 1));
  const values = new Float64Array(m);
  return {
    slopes(x, p, f, by, curvature) {
      along.jacobian(m, x, m, p, f, wide, at - 1);
      for (let i = 0; i < m; i++) {
        for (let k = 0; k < v; k++) by[i * v + k] = wide[i * (at - 1) + k]!;
        curvature[i] = second.length > 0 ? wide[i * (at - 1) + v]! : NaN;
      }
    },
    jacobian: (x, p, out) => over.jacobian(m, x, m, p, values, out, params.length),
  };
}
