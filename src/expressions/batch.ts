// A job in the core: curves go into the workspace batch by batch, are fitted by one call, and their answers come out.

import * as S from "../abi/least-squares.js";
import { beginPass, beginSolve, type FitSolve } from "../least-squares/method.js";
import { lossNames, methodCode } from "../least-squares/settings.js";
import { FitLayout, solveIn } from "../least-squares/space.js";
import { Code, type Instance, prepareWork, TextCache } from "../models/cache.js";
import type { Compiled } from "../models/compiled.js";
import type { GraphNode } from "../models/graph.js";
import { emitNormal, normalSums } from "../models/normal.js";
import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime, Runtime } from "../runtime/runtime.js";
import { type CurvesKernels, room } from "../wasm/curves.js";
import { room as expressions } from "../wasm/expressions.js";
import { room as leastSquares } from "../wasm/least-squares.js";
import type { ManyAnswer, ManyData, ManyShape } from "./job.js";
import { type BatchSpace, type BatchVector, fillModelFrame, homeFrame, modelVectors } from "./plan.js";
import { borrow } from "./slots.js";

/** Doubles of data in a batch: they stay in the second-level cache. */
const BATCH_DOUBLES = 65536;
const MOST_CURVES = 2048;

/** Whether one pass of the core's loop is all that these settings need. */
export const fitsInCore = ({ loss, lossScale }: Pick<ManyShape, "loss" | "lossScale">): boolean =>
  loss === "linear" || (lossScale !== "mad" && loss !== "tukey" && loss !== "arctan");

/** Variables up to which the core works with the sums of the normal equations alone (assembly/least-squares/small.ts). */
const SMALL = 3;

const normals = new WeakMap<Compiled, TextCache<Code>>();

/** Code for residuals and normal equations in one pass; null where a fit may need more than them. */
function normalCode(model: Compiled, shape: ManyShape, data: ManyData): Code | null {
  const { free, loss, method } = shape;
  if (free.length > SMALL || loss !== "linear" || method === "levenberg") return null;
  const weighted = (shape.weights ?? data.weights) !== null;
  let cache = normals.get(model);
  if (!cache) {
    cache = new TextCache(8);
    normals.set(model, cache);
  }
  return cache.get(`${free} ${weighted}`, () => {
    const { value, first } = model.program;
    const wanted = { value, first: free.map((j) => first[j] as GraphNode) };
    return new Code((relaxed) => emitNormal(wanted, weighted, { relaxed }));
  });
}

export class BatchRunner {
  readonly #shape: ManyShape;
  readonly #data: ManyData;
  readonly #workspace: BatchSpace;
  readonly #kernels: CurvesKernels;
  readonly #slots: { at: number; giveBack(): void };
  readonly #normalSlots: { at: number; giveBack(): void } | null = null;
  readonly #frame: number;
  readonly #model: number;
  readonly #state: number;
  /** Curves that fit into the workspace; the batch in it begins with curve #first. */
  readonly size: number;
  #first = -1;
  #loaded = 0;

  constructor(
    shape: ManyShape,
    data: ManyData,
    model: Compiled,
    runtime: CoreRuntime,
    given: Runtime | undefined,
    instance: Instance,
  ) {
    this.#shape = shape;
    this.#data = data;
    const { m, free, names, variables } = shape;
    const n = free.length;
    const total = names.length;
    const V = variables.length;
    const weighted = shape.weights !== null || data.weights !== null;
    const sharedStart = data.starts.length !== data.count * n;
    const perCurve = m * (1 + (data.columns ? V : 0) + (data.weights ? 1 : 0)) + 5 * n + 2;
    this.size = Math.max(1, Math.min(MOST_CURVES, Math.floor(BATCH_DOUBLES / perCurve)));
    // Few sizes, so that workspaces are found again.
    let B = 1;
    while (B < data.count && B < this.size) B *= 2;
    B = Math.min(B, this.size);
    this.size = B;
    const normal = normalCode(model, shape, data);
    // The core's sums there are not fused, so only in this variant they are those of the model's code.
    const common = normal !== null && sharedStart && !weighted && !data.columns && runtime.variant === "simd";
    const normalBytes = normal?.instance(runtime)?.work.bytes ?? 0;
    const vectors = modelVectors(model.code, instance.work.bytes, m, V, total, n, weighted);
    const bounded = shape.lower !== null || data.lower !== null;
    const own = { x: data.columns !== null, w: data.weights !== null, b: data.lower !== null };
    const more = {
      key: `${vectors.key} batch ${B}${own.x ? " x" : ""}${own.w ? " w" : ""}${own.b ? " b" : ""}${normal ? " n" : ""}${common ? " s" : ""}`,
      f64: {
        ...vectors.f64,
        columns: own.x ? B * m * V : m * V,
        data: B * m,
        weights: own.w ? B * m : vectors.f64.weights,
        starts: B * n,
        low: own.b ? B * n : 0,
        high: own.b ? B * n : 0,
        begin: S.STATE_SLOTS,
        values: B * n,
        variance: B * n,
        rss: B,
        scale: B,
        normal: Math.ceil(normalBytes / 8),
        sums: normal ? 2 * normalSums(n) : 0,
        startValues: common ? m : 0,
        startJ: common ? m * n : 0,
        startA: common ? n * n : 0,
        A2: normal ? n * n : 0,
        g2: normal ? n : 0,
      },
      i32: { ...vectors.i32, batch: S.BATCH_SLOTS, ends: B, nit: B },
    };
    const parts = { robust: shape.loss !== "linear", bounded, differences: false };
    const work = runtime.kernels(leastSquares).workBytes(m, n);
    this.#workspace = takeWorkspace(given, new FitLayout(m, n, work, parts, more));
    const { f64, i32, at, runtime: place } = this.#workspace;
    this.#kernels = place.kernels(room);
    const { table } = place.kernels(expressions);
    const code = place === runtime ? instance : (model.instance(place) as Instance);
    this.#slots = borrow(table, code);
    const solve = solveIn(this.#workspace, m, n);
    this.#frame = solve.frame;
    this.#state = solve.state;
    prepareWork(code, place, at.block);
    f64.all.set(shape.init);
    i32.which.set(free);
    if (shape.columns) f64.columns.set(shape.columns);
    if (shape.weights) f64.weights.set(shape.weights);
    this.#model = fillModelFrame(this.#workspace, m, total, n, weighted);
    const modelSlots = i32.model;
    modelSlots[S.M_VALUES] = this.#slots.at;
    modelSlots[S.M_JACOBIAN] = this.#slots.at + 1;
    if (normal) {
      const normalInstance = normal.instance(place) as Instance;
      this.#normalSlots = borrow(table, normalInstance);
      prepareWork(normalInstance, place, at.normal);
      modelSlots[S.M_NORMAL_WORK] = at.normal;
      modelSlots[S.M_SUMS] = at.sums;
    }
    this.#home(solve.frameSlots);
    this.#fillBatchFrame(common);
    this.#fillState(solve, f64.begin);
  }

  /** Where the frame points to before the first fit. */
  #home(frameSlots: Int32Array): void {
    const { at, f64 } = this.#workspace;
    const { lower, upper } = this.#shape;
    homeFrame(this.#workspace);
    frameSlots[S.F_A] = at.A;
    frameSlots[S.F_G] = at.g;
    frameSlots[S.F_A_TRIAL] = at.A2;
    frameSlots[S.F_G_TRIAL] = at.g2;
    frameSlots[S.F_LOWER] = at.lower ?? 0;
    frameSlots[S.F_UPPER] = at.upper ?? 0;
    if (lower && upper) {
      f64.lower.set(lower);
      f64.upper.set(upper);
    }
  }

  #fillBatchFrame(common: boolean): void {
    const { at, i32 } = this.#workspace;
    const { columns, weights, lower, starts, count } = this.#data;
    const n = this.#shape.free.length;
    const frame = i32.batch;
    frame[S.B_X] = columns ? at.columns : 0;
    frame[S.B_Y] = at.data;
    frame[S.B_W] = weights ? at.weights : 0;
    frame[S.B_STARTS] = at.starts;
    frame[S.B_START_STRIDE] = starts.length === count * n ? n : 0;
    frame[S.B_LOWER] = lower ? at.low : 0;
    frame[S.B_UPPER] = lower ? at.high : 0;
    frame[S.B_START_VALUES] = common ? at.startValues : 0;
    frame[S.B_START_J] = common ? at.startJ : 0;
    frame[S.B_START_A] = common ? at.startA : 0;
    frame[S.B_STATE] = at.begin;
    frame[S.B_VALUES] = at.values;
    frame[S.B_VARIANCE] = at.variance;
    frame[S.B_RSS] = at.rss;
    frame[S.B_SCALE] = at.scale;
    frame[S.B_ENDS] = at.ends;
    frame[S.B_NIT] = at.nit;
    frame[S.B_NORMAL] = this.#normalSlots?.at ?? 0;
    frame[S.B_VARIABLES] = this.#shape.variables.length;
  }

  /** The state that each fit starts from. */
  #fillState(solve: FitSolve, begin: Float64Array): void {
    const { tolerances, factor, loss, lossScale, maxIterations, maxEvaluations, method } = this.#shape;
    beginSolve(solve, true);
    solve.method = methodCode(method);
    solve.factor = factor;
    solve.loss = lossNames.indexOf(loss);
    solve.lossScale = lossScale === "mad" ? 1 : lossScale;
    solve.tolerances = tolerances;
    beginPass(solve);
    begin.set(solve.s);
    begin[S.S_MAX_NIT] = maxIterations;
    begin[S.S_MAX_NFEV] = maxEvaluations;
  }

  /** Puts the batch that begins with curve `first` into the workspace. */
  #load(first: number): void {
    const { f64 } = this.#workspace;
    const { y, columns, weights, starts, lower, upper, count } = this.#data;
    const { m, variables, free } = this.#shape;
    const n = free.length;
    const to = Math.min(count, first + this.size);
    const put = (name: BatchVector, values: Float64Array | null, width: number): void => {
      if (values) f64[name].set(values.subarray(first * width, to * width));
    };
    put("data", y, m);
    put("columns", columns, m * variables.length);
    put("weights", weights, m);
    if (starts.length === count * n) put("starts", starts, n);
    else f64.starts.set(starts);
    put("low", lower, n);
    put("high", upper, n);
    this.#first = first;
    this.#loaded = to - first;
  }

  /** Fits at most `most` curves from curve `from` on; returns how many. */
  run(from: number, most: number, answer: ManyAnswer): number {
    if (from < this.#first || from >= this.#first + this.#loaded || this.#first < 0) this.#load(from);
    const offset = from - this.#first;
    const { m, free, method } = this.#shape;
    const n = free.length;
    const count = Math.min(most, this.#loaded - offset);
    const batch = this.#workspace.at.batch;
    this.#kernels.fitBatch(
      offset,
      count,
      m,
      n,
      methodCode(method),
      this.#frame,
      this.#state,
      this.#model,
      batch,
    );
    this.#read(from, offset, count, answer);
    return count;
  }

  #read(from: number, offset: number, count: number, answer: ManyAnswer): void {
    const { f64, i32 } = this.#workspace;
    const { m, free, names, init, absoluteSigma, loss } = this.#shape;
    const { values, variance, rss, scale: robust } = f64;
    const { ends, nit } = i32;
    const n = free.length;
    const total = names.length;
    const dof = m - n;
    for (let i = 0; i < count; i++) {
      const local = offset + i;
      const to = from + i;
      const plain = dof > 0 ? rss[local]! / dof : NaN;
      const scale = absoluteSigma ? 1 : loss === "linear" ? plain : robust[local]!;
      if (total !== n && ends[local] !== S.END_INVALID) answer.values.set(init, to * total);
      let known = true;
      for (let k = 0; k < n; k++) known &&= Number.isFinite(variance[local * n + k]! * scale);
      for (let k = 0; k < n; k++) {
        const j = to * total + free[k]!;
        answer.values[j] = values[local * n + k]!;
        answer.stderr[j] = known ? Math.sqrt(variance[local * n + k]! * scale) : NaN;
      }
      answer.rss[to] = rss[local]!;
      answer.ends[to] = ends[local]!;
      answer.nit[to] = nit[local]!;
    }
  }

  release(): void {
    // Another solve of this layout finds the frame as it was made.
    const { frameSlots } = solveIn(this.#workspace, this.#shape.m, this.#shape.free.length);
    this.#home(frameSlots);
    this.#slots.giveBack();
    this.#normalSlots?.giveBack();
    this.#workspace.release();
  }
}
