// A compiled model bound to data, as the core sees it: columns, weights, parameters and the model's own block lie in the
// workspace of the solve, and the model is called through the function table. Nothing is copied between evaluations.

import * as S from "../abi/least-squares.js";
import type { Method } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import type { LeastSquaresEngine } from "../least-squares/engine.js";
import type { CorePlan, CoreProblem } from "../least-squares/problem.js";
import { FitLayout, type Parts, type SolveIntVector, type SolveVector } from "../least-squares/space.js";
import { type Code, prepareWork } from "../models/cache.js";
import { fillColumns, type Steady } from "../models/invariant.js";
import type { Workspace } from "../runtime/workspace.js";
import { type ExpressionsKernels, room } from "../wasm/expressions.js";
import { coreMethod } from "./core-loop.js";
import { borrow } from "./slots.js";

/** Up to this many entries a trial brings its Jacobian along: most trials become the next point. */
const AHEAD = 32768;

export interface ModelData {
  readonly m: number;
  /** One column for each variable of the model. */
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
  /** All parameters of the model at the start, and which of them are free. */
  readonly init: Float64Array;
  readonly free: readonly number[];
}

/** Doubles and integers that a model needs beside the vectors of its solve. */
export function modelVectors(
  code: Code,
  workBytes: number,
  m: number,
  columns: number,
  total: number,
  n: number,
  weighted: boolean,
) {
  return {
    key: ` model ${code.id} of ${columns}, ${n}/${total}${weighted ? " weighted" : ""}`,
    f64: {
      columns: m * columns,
      data: m,
      weights: weighted ? m : 0,
      all: total,
      block: Math.ceil(workBytes / 8),
      wide: total === n ? 0 : m * total,
      aside: m,
      J2: m * n <= AHEAD ? m * n : 0,
    },
    i32: { model: S.MODEL_SLOTS, which: n },
  };
}

type Vectors = ReturnType<typeof modelVectors>;
/** The workspace of a solve whose model the core evaluates. */
export type ModelSpace = Workspace<
  SolveVector | keyof Vectors["f64"],
  never,
  SolveIntVector | keyof Vectors["i32"]
>;

/** What many curves need beside the vectors of a solve and of its model. */
export type BatchVector =
  | keyof Vectors["f64"]
  | "starts"
  | "low"
  | "high"
  | "begin"
  | "values"
  | "variance"
  | "rss"
  | "scale"
  | "normal"
  | "sums"
  | "startValues"
  | "startJ"
  | "startA"
  | "A2"
  | "g2";
type BatchIntVector = keyof Vectors["i32"] | "batch" | "ends" | "nit";
export type BatchSpace = Workspace<SolveVector | BatchVector, never, SolveIntVector | BatchIntVector>;

/** Where the frame of the solve points to before its first step. */
export function homeFrame({ at, f64, i32 }: ModelSpace): void {
  const { frame } = i32;
  frame[S.F_BEST] = at.best;
  frame[S.F_OTHER] = at.other;
  frame[S.F_J] = at.J;
  frame[S.F_J_TRIAL] = f64.J2.length > 0 ? at.J2 : 0;
}

/** Fills the model frame; returns its address. */
export function fillModelFrame(
  workspace: ModelSpace,
  ldx: number,
  total: number,
  n: number,
  weighted: boolean,
): number {
  const { at, i32 } = workspace;
  const frame = i32.model;
  frame[S.M_X] = at.columns;
  frame[S.M_LDX] = ldx;
  frame[S.M_P] = at.all;
  frame[S.M_WORK] = at.block;
  frame[S.M_Y] = at.data;
  frame[S.M_W] = weighted ? at.weights : 0;
  frame[S.M_TOTAL] = total;
  frame[S.M_FREE] = total === n ? 0 : at.which;
  frame[S.M_WIDE] = total === n ? 0 : at.wide;
  frame[S.M_OUT] = at.aside;
  frame[S.M_NORMAL] = 0;
  return at.model;
}

/** Of the shape in which a model was fitted last: nearly always the next one's, and the text of a key costs as much as a step. */
const last = new WeakMap<Steady, Shape>();

/** What is not settled by the model and the variant, whose code `Steady` is. */
interface Shape extends Pick<Parts, "robust" | "bounded"> {
  readonly m: number;
  readonly n: number;
  readonly weighted: boolean;
  readonly layout: FitLayout;
}

export function planFit(steady: Steady, bytes: number, data: ModelData): CorePlan {
  const { m, columns, weights, init, free } = data;
  const { length: n } = free;
  const weighted = weights !== null;
  return {
    layout(work, parts) {
      const { robust, bounded } = parts;
      const k = last.get(steady);
      const same = k && k.m === m && k.n === n && k.weighted === weighted;
      if (same && k.robust === robust && k.bounded === bounded) return k.layout;
      const width = columns.length + steady.columns;
      const vectors = modelVectors(steady.code, bytes, m, width, init.length, n, weighted);
      const layout = new FitLayout<string, string>(m, n, work, parts, vectors);
      last.set(steady, { m, n, weighted, robust, bounded, layout });
      return layout;
    },
    attach: (workspace) => new AttachedModel(workspace as ModelSpace, steady, data),
  };
}

/** A model and its data in the memory of a solve. */
class AttachedModel implements CoreProblem {
  readonly m: number;
  readonly #n: number;
  readonly #kernels: ExpressionsKernels;
  readonly #frame: number;
  readonly #slots: ReturnType<typeof borrow>;

  constructor(workspace: ModelSpace, steady: Steady, { m, columns, y, weights, init, free }: ModelData) {
    const { at, f64, i32, runtime } = workspace;
    const instance = steady.code.instance(runtime);
    if (!instance) throw new Error("the model was compiled before");
    const n = free.length;
    prepareWork(instance, runtime, at.block);
    for (let v = 0; v < columns.length; v++) f64.columns.set(columns[v]!, v * m);
    fillColumns(steady, instance, m, at.columns, at.block);
    f64.data.set(y);
    if (weights) f64.weights.set(weights);
    f64.all.set(init);
    i32.which.set(free);
    homeFrame(workspace);
    this.m = m;
    this.#n = n;
    this.#kernels = runtime.kernels(room);
    this.#frame = fillModelFrame(workspace, m, init.length, n, weights !== null);
    this.#slots = borrow(this.#kernels.table, instance);
    const slots = i32.model;
    slots[S.M_VALUES] = this.#slots.at;
    slots[S.M_JACOBIAN] = this.#slots.at + 1;
  }

  residuals(p: Float64Array, out: Float64Array): void {
    this.#kernels.modelResiduals(this.m, this.#n, p.byteOffset, out.byteOffset, this.#frame);
  }

  jacobian(p: Float64Array, out: Float64Array): void {
    this.#kernels.modelJacobian(this.m, this.#n, p.byteOffset, 0, out.byteOffset, this.#frame);
  }

  method(engine: LeastSquaresEngine): Method<Termination> {
    return coreMethod(this.#kernels, engine, this.#frame);
  }

  release(): void {
    this.#slots.giveBack();
  }
}
