// One global search as a task of the driver: generations of a search, evaluated one by one or all at once, and polished at the end.

import { standing } from "../driver/report.js";
import { type Ask, type Call, ITERATION, Measure, type Method, type Task } from "../driver/task.js";
import { Watch } from "../driver/watch.js";
import { MOST_MINIMA, MOST_VARIABLES } from "../minimize/bowl.js";
import { evaluateMany, roomFor } from "../models/objective-batch.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { forget, isPromise } from "../runtime/promises.js";
import { type Sealed, seal, unseal } from "../runtime/saved.js";
import { checkWhole, UNWRITTEN } from "../runtime/unwritten.js";
import { AugmentedLagrangian } from "./augmented-lagrangian.js";
import { Best } from "./best.js";
import { CellSearch, fewCells } from "./cell-search.js";
import { isMinimum } from "./curvature.js";
import { Minima } from "./minima.js";
import { checkValue } from "./objective.js";
import { polishCall } from "./polish.js";
import {
  GlobalAnswer,
  type GlobalEnd,
  type GlobalIteration,
  type GlobalMinimum,
  type GlobalPopulation,
  type GlobalResult,
} from "./result.js";
import type { SavedSearch, Search, SearchContext } from "./search.js";
import type { GlobalInput } from "./settings.js";

export interface GlobalState extends Sealed {
  readonly format: "downhill.global";
  readonly method: string;
  readonly options: string;
  readonly box: string;
  readonly counts: readonly number[];
  readonly best: string;
  readonly minima: readonly unknown[];
  /** Of the constraints; null without. */
  readonly constraints: readonly unknown[] | null;
  readonly search: SavedSearch;
}

const FORMAT = "downhill.global";
const VERSION = 4;
const DIVERGING: GlobalEnd = { status: "failed", reason: "diverging" };

export class GlobalTask implements Task<GlobalEnd, GlobalResult, GlobalState> {
  readonly watch: Watch;
  readonly method: Method<GlobalEnd>;
  readonly #input: GlobalInput;
  readonly #search: Search;
  readonly #minima: Minima;
  readonly #best: Best;
  readonly #target: Measure<GlobalEnd>;
  /** The user's point of a row, made anew for each call. */
  readonly #x: Float64Array;
  #row = 0;
  #released = false;
  /** Of a compiled objective: the generation column by column, and its values. */
  #columns = new Float64Array(0);
  #out = new Float64Array(0);
  #grad: Float64Array | null = null;
  #minimal: readonly (boolean | null)[] = [];
  /** With constraints: the values of the generation, and what CMA-ES ranks it by. */
  #raw = new Float64Array(0);
  /** The last generation that has its values: points of the unit cube, values before constraints count. */
  #lastRows = 0;
  #lastPoints = new Float64Array(0);
  #lastValues = new Float64Array(0);
  readonly #lagrangian: AugmentedLagrangian | null = null;
  readonly #one: Call;
  readonly #all: Call;

  constructor(input: GlobalInput) {
    const { where, limits, variables, evaluator, concurrency } = input;
    this.#input = input;
    this.#target = new Measure<GlobalEnd>("target", input.target, { status: "converged", reason: "target" });
    const measures = input.target === -Infinity ? [] : [this.#target];
    this.watch = new Watch(where, limits, measures, Infinity);
    this.#best = new Best(variables);
    this.#minima = new Minima(variables.cells);
    this.#x = new Float64Array(variables.count);
    const budget = this.watch.maxEvaluations;
    const ends = budget !== Infinity || this.watch.maxTimeMs !== Infinity;
    const context: SearchContext = {
      n: variables.n,
      seed: input.seed,
      runtime: limits.runtime,
      budget,
      limited: ends || input.target !== -Infinity,
      hopeless: ends ? Infinity : 10,
      cells: variables.cells,
      smooth: variables.smooth && !input.constraints,
      constrained: input.constraints !== null,
      encode: (name, x) => variables.encode(name, x),
      units: (name, size) => variables.units(name, size),
      minima: this.#minima,
    };
    const { definition, options } = input.method;
    // The method's own search first: it refuses options that do not fit the box.
    const own = variables.n > 0 ? definition.search(context, options, input.popSize) : null;
    const few = fewCells(variables.cells, budget) > 0;
    if (few) own?.release();
    this.#search = own && !few ? own : new CellSearch(variables.cells, this.#minima);
    if (input.constraints && this.#search.keys !== undefined)
      this.#lagrangian = new AugmentedLagrangian(variables.n, input.constraints);
    const core = evaluator.recipe !== undefined && !evaluator.batch && !variables.names;
    const together = core || evaluator.batch ? Infinity : concurrency;
    const batch = evaluator.batch ? () => this.#batch() : core ? () => this.#core() : () => this.#several();
    this.#one = { kind: "call", cost: () => 1, run: () => this.#single() };
    // What no longer fits into the limit of evaluations is left out of the last generation.
    this.#all = {
      kind: "call",
      cost: () => Math.min(this.#together(together), Math.max(1, this.#left)),
      run: batch,
    };
    this.method = this.#generations(together > 1);
  }

  get #left(): number {
    return this.watch.left.maxEvaluations;
  }

  /** Points of this generation to be evaluated: for the augmented Lagrangian its mean too. */
  get #rows(): number {
    return this.#search.rows + (this.#lagrangian ? 1 : 0);
  }

  /** Rows of the next call. */
  #together(most: number): number {
    return Math.min(most, this.#rows - this.#row);
  }

  *#generations(together: boolean): Method<GlobalEnd> {
    for (;;) {
      this.#begin();
      while (this.#row < this.#rows) yield together ? this.#all : this.#one;
      const end = this.#learn();
      yield ITERATION as Ask;
      if (end) return end;
    }
  }

  /** Makes the next generation. */
  #begin(): void {
    const search = this.#search;
    search.ask();
    search.values.fill(NaN, 0, search.rows);
    this.#best.begin();
    this.#row = 0;
    const { constraints } = this.#input;
    if (!constraints) return;
    constraints.begin(this.#rows);
    if (this.#raw.length < this.#rows) this.#raw = new Float64Array(this.#rows);
    this.#raw.fill(NaN);
  }

  /** The generation has its values: how the search ended, or null. */
  #learn(): GlobalEnd | null {
    const search = this.#search;
    const { constraints } = this.#input;
    if (constraints) {
      const { rows } = search;
      constraints.learn(rows);
      const keys = search.keys ?? search.values;
      for (let k = 0; k < rows; k++) keys[k] = constraints.key(k, this.#raw[k]!);
      this.#lagrangian?.rank(rows, this.#raw, search.values);
      // Without equalities every second run goes by the feasibility rules, which a vertex of the constraints suits better.
      if (search.keys && constraints.equalities === 0 && search.restarts % 2 === 1) search.values.set(keys);
    }
    this.#minima.see(search.values, search.rows);
    this.#keep();
    const end = search.tell();
    const { fun } = this.#best;
    this.#target.value = this.#feasible ? fun : Infinity;
    if (this.#feasible && fun === -Infinity) return DIVERGING;
    return end?.status === "converged" && !this.#feasible ? { status: "failed", reason: "infeasible" } : end;
  }

  /** What was evaluated, before the search makes room for what comes next. */
  #keep(): void {
    const { rows, points, values } = this.#search;
    const { n } = this.#input.variables;
    if (this.#lastValues.length < rows) {
      this.#lastPoints = new Float64Array(rows * n);
      this.#lastValues = new Float64Array(rows);
    }
    this.#lastPoints.set(points.subarray(0, rows * n));
    const from = this.#input.constraints ? this.#raw : values;
    this.#lastValues.set(from.subarray(0, rows));
    this.#lastRows = rows;
  }

  get #feasible(): boolean {
    return this.#best.violation <= (this.#input.constraints?.tolerance ?? 0);
  }

  /** A row as the function gets it. */
  #point(row: number, x: Float64Array): never {
    const { variables } = this.#input;
    this.#decode(row, x);
    return (variables.names ? variables.named(x) : x) as never;
  }

  #decode(row: number, x: Float64Array): void {
    const { variables } = this.#input;
    const search = this.#search;
    if (row < search.rows) variables.decode(search.points, row, x);
    else variables.decode(search.centre!, 0, x);
  }

  #single(): unknown {
    const { where, evaluator } = this.#input;
    const row = this.#row++;
    this.watch.nfev++;
    const value = evaluator.fun!(this.#point(row, this.#x));
    if (typeof value === "number") {
      this.#take(row, value);
      return undefined;
    }
    if (!isPromise(value)) return this.#take(row, checkValue(where, value));
    return value.then((late) => this.#take(row, checkValue(where, late)));
  }

  #take(row: number, value: number): void {
    // Too late: another call of the generation has failed, and the memory is gone.
    if (this.#released) return;
    const search = this.#search;
    const { constraints, variables } = this.#input;
    if (!constraints) {
      search.values[row] = value;
      this.#best.take(search.points, row, value);
      return;
    }
    constraints.measure(this.#point(row, new Float64Array(variables.count)), row);
    this.#raw[row] = value;
    const [points, at] = row < search.rows ? [search.points, row] : [search.centre!, 0];
    this.#best.take(points, at, value, constraints.claim(row, value), constraints.worst(row), row);
  }

  /** The next rows, in one call of evaluateBatch. */
  #batch(): unknown {
    const { where, evaluator, variables } = this.#input;
    const count = this.#all.cost();
    const first = this.#row;
    const points = Array.from({ length: count }, (_, k) =>
      this.#point(first + k, new Float64Array(variables.count)),
    );
    const out = new Float64Array(count).fill(UNWRITTEN);
    this.#row += count;
    this.watch.nfev += count;
    const take = () => {
      checkWhole(where, "evaluateBatch", out);
      for (let k = 0; k < count; k++) this.#take(first + k, out[k]!);
    };
    const done = evaluator.batch!(points, out);
    if (isPromise(done)) return done.then(take);
    if (done !== undefined && done !== null) {
      throw new DownhillError(
        "CALLBACK_RESULT",
        `${where}: evaluateBatch must fill its last argument and return nothing`,
      );
    }
    take();
    return undefined;
  }

  /** The next rows by the core, or each part of them by a thread of the pool. */
  #core(): unknown {
    const { evaluator, variables, limits, pool } = this.#input;
    const recipe = evaluator.recipe!;
    const runtime = chosenRuntime(limits.runtime);
    const count = this.#all.cost();
    const first = this.#row;
    this.#row += count;
    this.watch.nfev += count;
    if (!pool) return this.#alone(first, count);
    const parts = Math.min(pool.size, count);
    const waiting = Array.from({ length: parts }, (_, part) => {
      const from = Math.floor((part * count) / parts);
      const rows = Math.floor(((part + 1) * count) / parts) - from;
      const columns = new Float64Array(rows * variables.count);
      for (let k = 0; k < rows; k++) {
        this.#decode(first + from + k, this.#x);
        for (let j = 0; j < variables.count; j++) columns[j * rows + k] = this.#x[j]!;
      }
      const take = (values: Float64Array) => {
        for (let k = 0; k < rows; k++) this.#take(first + from + k, values[k]!);
      };
      const job = { recipe, variant: runtime.variant, count: rows, columns };
      return pool.evaluate(job, limits.signal, this.watch.left.maxTimeMs).then(({ values }) => take(values));
    });
    return Promise.all(waiting).then(() => undefined);
  }

  /** Rows by the core in this thread, through two arrays that stay. */
  #alone(first: number, count: number): void {
    const { evaluator, variables, limits } = this.#input;
    const n = variables.count;
    const stride = roomFor(count);
    if (this.#columns.length !== stride * n) {
      this.#out = new Float64Array(stride);
      this.#columns = new Float64Array(stride * n);
    }
    const columns = this.#columns;
    const { points, rows } = this.#search;
    if (first + count <= rows) variables.decodeColumns(points, first, count, stride, columns);
    else {
      // With constraints the last row is the centre, which is no row of the points.
      const x = this.#x;
      for (let k = 0; k < count; k++) {
        this.#decode(first + k, x);
        for (let j = 0; j < n; j++) columns[j * stride + k] = x[j]!;
      }
    }
    evaluateMany(evaluator.recipe!, chosenRuntime(limits.runtime), count, columns, stride, this.#out);
    for (let k = 0; k < count; k++) this.#take(first + k, this.#out[k]!);
  }

  /** The next rows, each a call of its own, all waited for together. */
  #several(): unknown {
    const { where, evaluator, variables, concurrency } = this.#input;
    const count = Math.min(this.#together(concurrency), Math.max(1, this.#left));
    const waiting: PromiseLike<unknown>[] = [];
    try {
      for (let k = 0; k < count; k++) {
        const row = this.#row++;
        this.watch.nfev++;
        const value = evaluator.fun!(this.#point(row, new Float64Array(variables.count)));
        if (isPromise(value)) waiting.push(value.then((late) => this.#take(row, checkValue(where, late))));
        else this.#take(row, checkValue(where, value));
      }
    } catch (error) {
      waiting.forEach(forget);
      throw error;
    }
    return waiting.length > 0 ? Promise.all(waiting).then(() => undefined) : undefined;
  }

  /** The state before the generation that was handed out. */
  handed: GlobalState | null = null;

  /** For ask and tell: the next generation, at most `most` points of it, each with its row. */
  hand(most: number): { point: never; row: number }[] {
    const search = this.#search;
    const { variables } = this.#input;
    this.handed = this.save();
    this.#begin();
    const count = Math.min(search.rows, most);
    return Array.from({ length: count }, (_, row) => ({
      point: this.#point(row, new Float64Array(variables.count)),
      row,
    }));
  }

  /** A value that has come. */
  receive(row: number, value: number): void {
    this.watch.nfev++;
    this.#take(row, value);
  }

  /** The whole generation has its values: how the search ended, or null. */
  learn(): GlobalEnd | null {
    const end = this.#learn();
    this.watch.nit++;
    return end;
  }

  get #population(): GlobalPopulation {
    const { variables } = this.#input;
    const points = Array.from({ length: this.#lastRows }, (_, k) => {
      const x = new Float64Array(variables.count);
      variables.decode(this.#lastPoints, k, x);
      return x;
    });
    return { points, values: this.#lastValues.slice(0, this.#lastRows) };
  }

  look(): GlobalIteration {
    const { watch } = this;
    return {
      nit: watch.nit,
      nfev: watch.nfev,
      x: this.#best.x.slice(),
      fun: this.#best.fun,
      gradNorm: NaN,
      stepNorm: this.#search.spread,
      elapsedMs: watch.elapsedMs,
      population: this.#population,
      restarts: this.#search.restarts,
    };
  }

  /** The polishing by lbfgs, where there is a gradient; it is within the limits and can only lower the value. */
  *after(end: GlobalEnd): Generator<Ask, GlobalEnd, void> {
    const { input, best, watch } = { input: this.#input, best: this.#best, watch: this.watch };
    if (!input.polish || end.status === "stopped" || !(best.fun - best.fun === 0)) return end;
    const call = polishCall(input, best, watch, (grad) => {
      this.#grad = grad;
    });
    if (call) yield call;
    this.#curvature();
    return end;
  }

  /** Whether each of the lowest minima is one, where that can be told by a gradient. */
  #curvature(): void {
    const { evaluator, variables, constraints } = this.#input;
    if (constraints || variables.names || !variables.smooth || variables.n > MOST_VARIABLES) return;
    this.#minimal = this.#minima.list.slice(0, MOST_MINIMA).map(({ u }) => {
      const x = new Float64Array(variables.count);
      variables.decode(u, 0, x);
      return isMinimum(evaluator, variables, x, this.watch);
    });
  }

  out(end: GlobalEnd): GlobalResult {
    const { variables, method, limits } = this.#input;
    const best = this.#best;
    const minima = this.#minima.list.map(({ u, fun, hits }, i): GlobalMinimum => {
      const x = new Float64Array(variables.count);
      variables.decode(u, 0, x);
      return { x, fun, hits, isMinimum: this.#minimal[i] ?? null };
    });
    return new GlobalAnswer(
      end,
      this.watch,
      {
        x: best.x.slice(),
        fun: best.fun,
        grad: this.#grad ?? new Float64Array(variables.count).fill(NaN),
        restarts: this.#search.restarts,
        minima,
        population: this.#population,
        measures: standing(this.watch.measures),
        violation: best.violation,
        met: this.#input.constraints?.met ?? false,
        whole: this.#search instanceof CellSearch,
        method: method.name,
        variant: chosenRuntime(limits.runtime).variant,
        function: this.#input.evaluator.fun,
        warnings: [],
      },
      variables,
    ) as unknown as GlobalResult;
  }

  /** What a saved state must agree with, beside the method's own options and the box. */
  get #rest(): unknown[] {
    const { popSize, seed, constraints } = this.#input;
    return [popSize ?? null, seed, constraints ? [constraints.count, constraints.tolerance] : null];
  }

  save(): GlobalState {
    const { variables, method, constraints } = this.#input;
    const { nit, nfev, njev, nhev } = this.watch;
    return seal(FORMAT, VERSION, {
      method: method.name,
      options: JSON.stringify([method.options, ...this.#rest]),
      box: variables.signature,
      counts: [nit, nfev, njev, nhev],
      best: this.#best.save(),
      minima: this.#minima.save(),
      constraints: constraints && [constraints.save(), this.#lagrangian?.save() ?? null],
      search: this.#search.save(),
    }) as GlobalState;
  }

  /** Puts a new task where the saved one was; SNAPSHOT where it is of another search. */
  restore(given: unknown): void {
    const { where, variables, method, constraints } = this.#input;
    const state = unseal<GlobalState>(where, given, FORMAT, VERSION);
    const refuse = (why: string) =>
      new DownhillError("SNAPSHOT", `${where}: the saved state ${why}`, {
        hint: "give the same box, method, options and seed as the search it was saved from",
      });
    if (state.method !== method.name) throw refuse(`is of ${state.method}`);
    if (state.options !== JSON.stringify([method.options, ...this.#rest])) throw refuse("has other options");
    if (state.box !== variables.signature) throw refuse("has other variables");
    this.#minima.restore(state.minima);
    const [saved, lagrangian] = state.constraints ?? [];
    const whole =
      this.#best.restore(state.best) &&
      this.#search.restore(state.search) &&
      (!constraints || constraints.restore(saved)) &&
      (!this.#lagrangian || this.#lagrangian.restore(lagrangian));
    if (!whole) throw refuse("is damaged");
    this.#target.value = this.#feasible ? this.#best.fun : Infinity;
    const [nit, nfev, njev, nhev] = state.counts as [number, number, number, number];
    Object.assign(this.watch, { nit, nfev, njev, nhev });
  }

  release(): void {
    this.#released = true;
    this.#search.release();
  }
}
