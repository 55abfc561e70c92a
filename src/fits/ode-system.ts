// A differential equation read from its texts, and its solution with sensitivities at given times.

import { build } from "../models/build.js";
import { TextCache } from "../models/cache.js";
import { checkNames } from "../models/check-names.js";
import { gradient } from "../models/differentiate.js";
import { functionTable } from "../models/elementary.js";
import { Graph, type GraphNode } from "../models/graph.js";
import { lower } from "../models/lower.js";
import { readNames } from "../models/model.js";
import { paramNames } from "../models/names.js";
import { parse } from "../models/parse.js";
import { chosenRuntime, unlessDisposed } from "../runtime/default.js";
import { quote } from "../runtime/errors.js";
import { checkKeys, isRecord, optionError } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { integrate, type RightSide } from "./dormand-prince.js";
import { odeElsewhere } from "./elsewhere.js";
import type { OdeOptions } from "./ode.js";
import { Decisions, OdePieces, onPiece } from "./ode-pieces.js";
import { type Compiled, Routine } from "./routine.js";
import { integrateStiff } from "./stiff.js";

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
  "maxStep",
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
  checkKeys(where, options, optionKeys, odeElsewhere);
  const { derivatives, time = "t", initial = {} } = options;
  if (!isRecord(derivatives) || Object.keys(derivatives).length === 0)
    throw optionError(where, "derivatives", derivatives, 'an object such as { A: "-k*A" }');
  const variables =
    options.variables === undefined
      ? Object.keys(derivatives)
      : readNames(where, "variables", options.variables);
  for (const name of variables)
    if (typeof derivatives[name] !== "string")
      throw optionError(where, `derivatives.${name}`, derivatives[name], `text: d${name}/d${time}`);
  const stray = Object.keys(derivatives).find((name) => !variables.includes(name));
  if (stray !== undefined)
    throw optionError(
      where,
      "variables",
      options.variables,
      `names with ${quote(stray)}, which has a derivative, among them`,
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
  const found = new Set(options.params === undefined ? [] : readNames(where, "params", options.params));
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

/** Derivatives that are not 0 everywhere: of equation `row` by the variable or parameter `by`. */
interface Slopes {
  readonly row: Int32Array;
  readonly by: Int32Array;
}

/** Values and derivatives as routines over (variables, parameters, time). */
export class Equations {
  readonly n: number;
  readonly q: number;
  readonly runtime: Runtime | undefined;
  readonly rates: Routine;
  /** f, then df/dy and df/dp at the places that `slopes` names: first all by variables, then all by parameters. */
  readonly variation: Routine;
  readonly byVariables: Slopes;
  readonly byParams: Slopes;
  /** Where f is put together of pieces: `rates` and `variation` have them as inputs after the time. */
  readonly decisions?: Decisions;
  readonly start: Routine;
  /** y0, dy0/dp (n*q). */
  readonly startVariation: Routine;
  readonly observed: Routine;
  /** h, dh/dy, dh/dp. */
  readonly observedVariation: Routine;

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
    const moves = ({ value }: GraphNode) => value < n || value === n + q;
    const { roots: f, decisions } = onPiece(g, derivatives.map(node), moves, names.length);
    const y0 = initial.map(node);
    const h = node(observe);
    const table = functionTable(chosenRuntime(runtime));
    const routine = (roots: readonly GraphNode[], more = 0) =>
      new Routine(lower(g, roots), names.length + more, table);
    const some = (by: readonly GraphNode[]) =>
      f.flatMap((root, row) =>
        gradient(g, root, by).flatMap((node, i) => (node ? [{ node, row, by: i }] : [])),
      );
    const [byVariables, byParams] = [some(y), some(p)];
    this.runtime = runtime;
    const places = (some: readonly { row: number; by: number }[]): Slopes => ({
      row: Int32Array.from(some, ({ row }) => row),
      by: Int32Array.from(some, ({ by }) => by),
    });
    this.byVariables = places(byVariables);
    this.byParams = places(byParams);
    const count = decisions.length;
    if (count > 0) this.decisions = new Decisions(g, decisions, { y, p, time: leaves[n + q]! }, table);
    this.rates = routine(f, count);
    this.variation = routine(
      [...f, ...byVariables.map((s) => s.node), ...byParams.map((s) => s.node)],
      count,
    );
    this.start = routine(y0);
    this.startVariation = routine([...y0, ...y0.flatMap((root) => slopes(root, p))]);
    this.observed = routine([h]);
    this.observedVariation = routine([h, ...slopes(h, y), ...slopes(h, p)]);
  }
}

const CACHED = 16;
const caches = new WeakMap<Runtime, TextCache<Equations>>();

/** The equations of texts: asking twice for the same ones compiles once. */
export function equationsOf(texts: Texts, runtime: Runtime | undefined): Equations {
  const owner = chosenRuntime(runtime);
  let cache = caches.get(owner);
  if (!cache) {
    cache = new TextCache(CACHED);
    caches.set(owner, cache);
  }
  return cache.get(JSON.stringify([texts, runtime !== undefined]), () => new Equations(texts, runtime));
}

interface SolutionControl {
  readonly tolerance: number;
  readonly maxSteps: number;
  readonly maxStep: number;
  readonly stiff: boolean;
}

interface Sides {
  readonly narrow: Compiled;
  readonly full: Compiled;
  readonly wide: boolean;
  readonly pieces: OdePieces | undefined;
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
    const { n, q, rates, variation, decisions, start, startVariation } = this.#e;
    const input = new Float64Array(n + q + 1);
    for (let k = 0; k < q; k++) input[n + k] = p[k]!;
    const y0 = new Float64Array(wide ? n + n * q : n);
    (wide ? startVariation : start).run(input, y0);
    const taken: Compiled[] = [];
    const take = (routine: Routine): Compiled => {
      const compiled = routine.take(this.#e.runtime);
      for (let k = 0; k < q; k++) compiled.input[n + k] = p[k]!;
      taken.push(compiled);
      return compiled;
    };
    try {
      const narrow = take(rates);
      const full = wide || this.#control.stiff ? take(variation) : narrow;
      const pieces = decisions && new OdePieces(decisions, take(decisions.values), n, q, this.#from);
      this.#sides(x, p, input, y0, { narrow, full, wide, pieces }, visit);
    } finally {
      for (const compiled of taken) compiled.release();
    }
  }

  /** What lies after `from`, and what lies before: in times counted from there, which lose nothing where they are many. */
  #sides(
    x: ArrayLike<number>,
    p: ArrayLike<number>,
    input: Float64Array,
    y0: Float64Array,
    { narrow, full, wide, pieces }: Sides,
    visit: (i: number, input: Float64Array, state: Float64Array) => void,
  ): void {
    const { n, q, byVariables, byParams } = this.#e;
    const [{ row: rowY, by: byY }, { row: rowP, by: byP }] = [byVariables, byParams];
    const [ys, ps] = [rowY.length, rowP.length];
    const begin = this.#from;
    const at = ({ input: own, run }: Compiled, t: number, y: Float64Array): void => {
      for (let i = 0; i < n; i++) own[i] = y[i]!;
      own[n + q] = begin + t;
      pieces?.put(t, y, own);
      run();
    };
    const out = full.out;
    // The equations of variation: S' = (df/dy) S + df/dp, over what is not 0.
    const f: RightSide = wide
      ? (t, y, dy) => {
          at(full, t, y);
          for (let i = 0; i < n; i++) dy[i] = out[i]!;
          dy.fill(0, n);
          for (let s = 0; s < ps; s++) dy[n + rowP[s]! * q + byP[s]!] = out[n + ys + s]!;
          for (let s = 0; s < ys; s++) {
            const slope = out[n + s]!;
            const to = n + rowY[s]! * q;
            const from = n + byY[s]! * q;
            for (let k = 0; k < q; k++) dy[to + k]! += slope * y[from + k]!;
          }
        }
      : (t, y, dy) => {
          at(narrow, t, y);
          for (let i = 0; i < n; i++) dy[i] = narrow.out[i]!;
        };
    const slopes = (t: number, y: Float64Array, J: Float64Array): void => {
      at(full, t, y);
      J.fill(0);
      for (let s = 0; s < ys; s++) J[rowY[s]! * n + byY[s]!] = out[n + s]!;
    };
    const order = Array.from({ length: x.length }, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
    const later = order.filter((i) => x[i]! >= begin);
    const earlier = order.filter((i) => x[i]! < begin).reverse();
    const { stiff, ...rest } = this.#control;
    const control = { ...rest, variables: n, sizes: p, pieces, runtime: unlessDisposed(this.#e.runtime) };
    for (const side of [later, earlier]) {
      const times = Float64Array.from(side, (i) => x[i]! - begin);
      const seen = (s: number, state: Float64Array): void => {
        for (let i = 0; i < n; i++) input[i] = state[i]!;
        input[n + q] = x[side[s]!]!;
        visit(side[s]!, input, state);
      };
      if (stiff) integrateStiff(f, slopes, 0, y0, times, control, seen);
      else integrate(f, 0, y0, times, control, seen);
    }
  }
}
