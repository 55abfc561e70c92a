// The distance of points to a curve, each in units of its own errors, and the model's derivatives by x that it needs.

import { differences, newMemory } from "../driver/differences.js";
import { isCompiledModel } from "../least-squares/expression.js";
import type { PreparedFit } from "../least-squares/fit-problem.js";
import { bindModel, refusePromise } from "../least-squares/model.js";
import { build } from "../models/build.js";
import { gradient } from "../models/differentiate.js";
import { functionTable } from "../models/elementary.js";
import { modelEvaluator } from "../models/evaluate.js";
import { Graph, type GraphNode } from "../models/graph.js";
import { lower } from "../models/lower.js";
import { parse } from "../models/parse.js";
import { chosenRuntime } from "../runtime/default.js";

/** The model at m points: x column after column, p all parameters that are not tied. */
export interface Curve {
  /** Fills f (m), its slopes by the predictors (m*v, row-major) and, for one predictor, the second derivative (m; NaN: not known). */
  slopes(x: Float64Array, p: Float64Array, f: Float64Array, by: Float64Array, second: Float64Array): void;
  /** d f / d p, m*total. */
  jacobian(x: Float64Array, p: Float64Array, out: Float64Array): void;
}

/** The model of a fit, text with exact derivatives, a function by central differences. */
export function curveOf(fit: PreparedFit): Curve {
  const { model } = fit.options as unknown as { model: unknown };
  const source = typeof model === "string" ? model : isCompiledModel(model) ? model.source : null;
  return source !== null && fit.parameters.tied.length === 0 ? textCurve(fit, source) : plainCurve(fit);
}

const columnsOf = ({ data: { x } }: PreparedFit): readonly (readonly [string, Float64Array])[] =>
  x instanceof Float64Array ? [["x", x]] : Object.entries(x);

function textCurve(fit: PreparedFit, source: string): Curve {
  const variables = columnsOf(fit).map(([name]) => name);
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

/** eps^(1/3). */
const CENTRAL_STEP = 6.055454452393343e-6;

function plainCurve(fit: PreparedFit): Curve {
  const columns = columnsOf(fit);
  const { names } = fit.parameters;
  const m = fit.y.length;
  const single = fit.data.x instanceof Float64Array;
  const values = (x: Float64Array, p: Float64Array, out: Float64Array): void => {
    const parts = columns.map(([name], v) => [name, x.slice(v * m, v * m + m)] as const);
    const data = { m, x: single ? parts[0]![1] : Object.fromEntries(parts) };
    const done = bindModel("odr", fit.model, names, data).evaluate(p, out);
    refusePromise("odr: the model", done, "odr needs a synchronous model");
  };
  const memory = newMemory(names.length);
  const [high, low] = [new Float64Array(m), new Float64Array(m)];
  return {
    slopes(x, p, f, by, second) {
      values(x, p, f);
      second.fill(NaN);
      const v = columns.length;
      for (let k = 0; k < v; k++) {
        const kept = x.slice(k * m, k * m + m);
        // By a share of the range of the predictor, which knows no origin.
        const range = Math.max(...kept) - Math.min(...kept);
        const h = CENTRAL_STEP * (range || Math.abs(kept[0]!) || 1);
        const place = (sign: number) => {
          for (let i = 0; i < m; i++) x[k * m + i] = kept[i]! + sign * h;
          return x.slice(k * m, k * m + m);
        };
        const above = place(1);
        values(x, p, high);
        const below = place(-1);
        values(x, p, low);
        x.set(kept, k * m);
        for (let i = 0; i < m; i++) by[i * v + k] = (high[i]! - low[i]!) / (above[i]! - below[i]!);
      }
    },
    jacobian(x, p, out) {
      const at = new Float64Array(m);
      values(x, p, at);
      const space = { x: p.slice(), a: high, b: low };
      for (const target of differences(p, at, out, true, null, memory, space)) values(x, space.x, target);
    },
  };
}

/** Errors of a point's predictors (m*v, row-major) and of its y. */
export interface Errors {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Turns of the inner iteration; it ends where no shift changes by more than this share of x and its error. */
const MOST_TURNS = 200;
const SETTLED = 1e-14;
const HALVINGS = 30;

/**
 * The nearest points of the curve: minimises (f(x + d) - y)^2 / sy^2 + sum d_k^2 / sx_k^2 over the shifts d of each point, by Newton's
 * method where the curvature is known and helps, else by Gauss-Newton steps, halved until the distance falls.
 */
export class Distances {
  /** m*v, row-major: where the search was last, and begins again. */
  readonly shifts: Float64Array;
  /** f(x + d) - y. */
  readonly epsilon: Float64Array;
  /** x + d, column after column. */
  readonly place: Float64Array;
  /** d f / d x at x + d. */
  readonly slopes: Float64Array;
  readonly #curve: Curve;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #errors: Errors;
  readonly #f: Float64Array;
  readonly #second: Float64Array;

  constructor(curve: Curve, x: Float64Array, y: Float64Array, errors: Errors) {
    const m = y.length;
    this.#curve = curve;
    this.#x = x;
    this.#y = y;
    this.#errors = errors;
    this.shifts = new Float64Array(x.length);
    this.epsilon = new Float64Array(m);
    this.place = x.slice();
    this.slopes = new Float64Array(x.length);
    this.#f = new Float64Array(m);
    this.#second = new Float64Array(m);
  }

  #look(p: Float64Array): void {
    const m = this.#y.length;
    const v = this.#x.length / m;
    for (let i = 0; i < m; i++)
      for (let k = 0; k < v; k++) this.place[k * m + i] = this.#x[k * m + i]! + this.shifts[i * v + k]!;
    this.#curve.slopes(this.place, p, this.#f, this.slopes, this.#second);
    for (let i = 0; i < m; i++) this.epsilon[i] = this.#f[i]! - this.#y[i]!;
  }

  #square(i: number): number {
    const v = this.#x.length / this.#y.length;
    const e = this.epsilon[i]! / this.#errors.y[i]!;
    let sum = e * e;
    for (let k = 0; k < v; k++) {
      const d = this.shifts[i * v + k]! / this.#errors.x[i * v + k]!;
      sum += d * d;
    }
    return sum;
  }

  /** Finds the nearest points for these parameters. */
  search(p: Float64Array): void {
    const m = this.#y.length;
    const v = this.#x.length / m;
    const { x: sx, y: sy } = this.#errors;
    const known = new Float64Array(m);
    const from = new Float64Array(this.shifts.length);
    const step = new Float64Array(this.shifts.length);
    this.#look(p);
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      let moving = false;
      for (let i = 0; i < m; i++) {
        known[i] = this.#square(i);
        const variance = sy[i]! * sy[i]!;
        let inner = this.epsilon[i]!;
        let total = variance;
        for (let k = 0; k < v; k++) {
          const at = i * v + k;
          const slope = this.slopes[at]!;
          inner -= slope * this.shifts[at]!;
          total += sx[at]! * sx[at]! * slope * slope;
        }
        const e = this.epsilon[i]!;
        const slope = this.slopes[i * v]!;
        // Half the second derivative of the distance by the shift; NaN where the model's is not known.
        const bend = (slope * slope + e * this.#second[i]!) / variance + 1 / (sx[i * v]! * sx[i * v]!);
        for (let k = 0; k < v; k++) {
          const at = i * v + k;
          from[at] = this.shifts[at]!;
          const newton = v === 1 && bend > 0;
          step[at] = newton
            ? -((e * slope) / variance + from[at]! / (sx[at]! * sx[at]!)) / bend
            : (-sx[at]! * sx[at]! * this.slopes[at]! * inner) / total - from[at]!;
          const size = Math.abs(this.#x[k * m + i]!) + sx[at]!;
          if (!(Math.abs(step[at]!) <= SETTLED * size)) moving = true;
          this.shifts[at]! += step[at]!;
        }
      }
      this.#look(p);
      for (let halving = 0; halving < HALVINGS; halving++) {
        let worse = false;
        for (let i = 0; i < m; i++) {
          // A distance that rounding alone raises is let be.
          if (this.#square(i) <= known[i]! * (1 + 1e-14) + 1e-300) continue;
          worse = true;
          for (let k = 0; k < v; k++) {
            const at = i * v + k;
            step[at]! /= 2;
            this.shifts[at] = halving === HALVINGS - 1 ? from[at]! : from[at]! + step[at]!;
          }
        }
        if (!worse) break;
        this.#look(p);
      }
      if (!moving) return;
    }
  }

  /** The signed distance of each point; its square is what is minimised. */
  residuals(out: Float64Array): void {
    for (let i = 0; i < out.length; i++) {
      const size = Math.sqrt(this.#square(i));
      out[i] = this.epsilon[i]! < 0 ? -size : size;
    }
  }
}
