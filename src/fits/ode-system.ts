// A differential equation read from its texts, and its solution with sensitivities at given times.

import { build } from "../models/build.js";
import { gradient } from "../models/differentiate.js";
import { functionTable } from "../models/elementary.js";
import { Graph, type GraphNode } from "../models/graph.js";
import { lower } from "../models/lower.js";
import { paramNames } from "../models/names.js";
import { checkNames, parse } from "../models/parse.js";
import { chosenRuntime } from "../runtime/default.js";
import { quote } from "../runtime/errors.js";
import { checkKeys, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { integrate, type RightSide } from "./dormand-prince.js";
import type { OdeOptions } from "./ode.js";
import { integrateStiff } from "./stiff.js";
import { Tape } from "./tape.js";

const optionKeys = [
  "derivatives",
  "variables",
  "initial",
  "observe",
  "time",
  "from",
  "params",
  "tolerance",
  "maxSteps",
  "method",
  "runtime",
];

export interface Texts {
  readonly variables: readonly string[];
  readonly params: readonly string[];
  readonly time: string;
  readonly derivatives: readonly string[];
  readonly initial: readonly string[];
  readonly observe: string;
}

export function readTexts(where: string, options: OdeOptions): Texts {
  checkKeys(where, options, optionKeys);
  const { derivatives, time = "t", initial = {} } = options;
  if (typeof derivatives !== "object" || derivatives === null || Object.keys(derivatives).length === 0)
    throw optionError(where, "derivatives", derivatives, 'an object such as { A: "-k*A" }');
  const variables = [...(options.variables ?? Object.keys(derivatives))];
  for (const name of variables)
    if (typeof derivatives[name] !== "string")
      throw optionError(where, `derivatives.${name}`, derivatives[name], `text: d${name}/d${time}`);
  const stray = Object.keys(derivatives).find((name) => !variables.includes(name));
  if (stray !== undefined)
    throw optionError(
      where,
      "variables",
      options.variables,
      `${quote(stray)} among them, as it has a derivative`,
    );
  checkKeys(`${where}: initial`, initial, variables);
  const starts = variables.map((name) => {
    const value = initial[name] ?? `${name}0`;
    if (typeof value === "number" && Number.isFinite(value)) return value < 0 ? `(${value})` : String(value);
    if (typeof value === "string") return value;
    throw optionError(where, `initial.${name}`, value, "a finite number, or text over the parameters");
  });
  const observe = options.observe ?? (variables.length === 1 ? variables[0]! : undefined);
  if (typeof observe !== "string")
    throw optionError(where, "observe", observe, `text over ${variables.join(", ")}: what is measured`);
  const taken = [...variables, time];
  const texts = [...variables.map((name) => derivatives[name]!), observe];
  const found = new Set(options.params ?? []);
  if (options.params === undefined) {
    for (const text of texts) for (const name of paramNames(text, taken, [])) found.add(name);
    for (const text of starts) for (const name of paramNames(text, [], [])) found.add(name);
  }
  const params = [...found];
  checkNames(where, { variables: taken, params });
  return {
    variables,
    params,
    time,
    derivatives: texts.slice(0, -1),
    initial: starts,
    observe,
  };
}

/** Values and derivatives as tapes over (variables, parameters, time). */
export class Equations {
  readonly n: number;
  readonly q: number;
  readonly rates: Tape;
  /** f, df/dy (n*n), df/dp (n*q). */
  readonly variation: Tape;
  readonly start: Tape;
  /** y0, dy0/dp (n*q). */
  readonly startVariation: Tape;
  readonly observed: Tape;
  /** h, dh/dy, dh/dp. */
  readonly observedVariation: Tape;

  constructor(
    { variables, params, time, derivatives, initial, observe }: Texts,
    runtime: Runtime | undefined,
  ) {
    const g = new Graph();
    const n = variables.length;
    const q = params.length;
    this.n = n;
    this.q = q;
    const names = [...variables, ...params, time];
    const node = (text: string) => build(g, parse(text, { variables: [], params: names }));
    // Initial values are over the parameters alone: another name is refused with its place in the text.
    for (const text of initial) parse(text, { variables: [], params });
    const leaves = names.map((_, i) => g.param(i));
    const slopes = (root: GraphNode, by: readonly GraphNode[]) =>
      gradient(g, root, by).map((slope) => slope ?? g.constant(0));
    const y = leaves.slice(0, n);
    const p = leaves.slice(n, n + q);
    const f = derivatives.map(node);
    const y0 = initial.map(node);
    const h = node(observe);
    const table = functionTable(chosenRuntime(runtime));
    const tape = (roots: readonly GraphNode[]) => new Tape(lower(g, roots), table);
    this.rates = tape(f);
    this.variation = tape([
      ...f,
      ...f.flatMap((root) => slopes(root, y)),
      ...f.flatMap((root) => slopes(root, p)),
    ]);
    this.start = tape(y0);
    this.startVariation = tape([...y0, ...y0.flatMap((root) => slopes(root, p))]);
    this.observed = tape([h]);
    this.observedVariation = tape([h, ...slopes(h, y), ...slopes(h, p)]);
  }
}

interface SolutionControl {
  readonly tolerance: number;
  readonly maxSteps: number;
  readonly stiff: boolean;
}

export class Solution {
  readonly #e: Equations;
  readonly #from: number;
  readonly #control: SolutionControl;

  constructor(equations: Equations, from: number, control: SolutionControl) {
    this.#e = equations;
    this.#from = from;
    this.#control = control;
  }

  /** Visits every time with (index, input of tapes, y, S): y and S (n*q) at that time. */
  walk(
    x: ArrayLike<number>,
    p: ArrayLike<number>,
    wide: boolean,
    visit: (i: number, input: Float64Array, state: Float64Array) => void,
  ): void {
    const { n, q, rates, variation, start, startVariation } = this.#e;
    const input = new Float64Array(n + q + 1);
    for (let k = 0; k < q; k++) input[n + k] = p[k]!;
    const y0 = new Float64Array(wide ? n + n * q : n);
    (wide ? startVariation : start).run(input, y0);
    const out = new Float64Array(n + n * n + n * q);
    const f: RightSide = (t, y, dy) => {
      for (let i = 0; i < n; i++) input[i] = y[i]!;
      input[n + q] = t;
      if (!wide) {
        rates.run(input, dy);
        return;
      }
      variation.run(input, out);
      for (let i = 0; i < n; i++) {
        dy[i] = out[i]!;
        for (let k = 0; k < q; k++) {
          let sum = out[n + n * n + i * q + k]!;
          for (let j = 0; j < n; j++) sum += out[n + i * n + j]! * y[n + j * q + k]!;
          dy[n + i * q + k] = sum;
        }
      }
    };
    const slopes = (t: number, y: Float64Array, J: Float64Array): void => {
      for (let i = 0; i < n; i++) input[i] = y[i]!;
      input[n + q] = t;
      variation.run(input, out);
      for (let i = 0; i < n * n; i++) J[i] = out[n + i]!;
    };
    const order = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
    const later = order.filter((i) => x[i]! >= this.#from);
    const earlier = order.filter((i) => x[i]! < this.#from).reverse();
    for (const side of [later, earlier]) {
      const times = Float64Array.from(side, (i) => x[i]!);
      const control = { ...this.#control, controlled: n };
      const seen = (s: number, state: Float64Array): void => {
        for (let i = 0; i < n; i++) input[i] = state[i]!;
        input[n + q] = times[s]!;
        visit(side[s]!, input, state);
      };
      if (control.stiff) integrateStiff(f, slopes, this.#from, y0, p, times, control, seen);
      else integrate(f, this.#from, y0, times, control, seen);
    }
  }
}
