// A compiled model bound to data, as the core sees it: columns, weights, parameters and the model's own block lie in the
// workspace of the solve, and the model is called through the function table. Nothing is copied between evaluations.

import * as S from "../abi/least-squares.js";
import type { CorePlan, CoreProblem } from "../least-squares/problem.js";
import type { SolveIntVector, SolveVector } from "../least-squares/space.js";
import { prepareWork } from "../models/cache.js";
import type { Compiled } from "../models/compiled.js";
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
  { code }: Compiled,
  workBytes: number,
  m: number,
  variables: number,
  total: number,
  n: number,
  weighted: boolean,
) {
  return {
    key: ` model ${code.id} of ${variables}, ${n}/${total}${weighted ? " weighted" : ""}`,
    f64: {
      columns: m * variables,
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

export function planFit(model: Compiled, workBytes: number, data: ModelData): CorePlan {
  const { m, columns, y, weights, init, free } = data;
  const n = free.length;
  const total = init.length;
  const weighted = weights !== null;
  return {
    ...modelVectors(model, workBytes, m, columns.length, total, n, weighted),
    attach(taken): CoreProblem {
      // The room of the solve has put the vectors above into its workspace.
      const workspace = taken as ModelSpace;
      const { f64, i32, runtime } = workspace;
      const instance = model.instance(runtime);
      if (!instance) throw new Error("the model was compiled before");
      const kernels: ExpressionsKernels = runtime.kernels(room);
      prepareWork(instance, runtime, workspace.at.block);
      columns.forEach((column, v) => {
        f64.columns.set(column, v * m);
      });
      f64.data.set(y);
      if (weights) f64.weights.set(weights);
      f64.all.set(init);
      i32.which.set(free);
      homeFrame(workspace);
      const frame = fillModelFrame(workspace, m, total, n, weighted);
      const slots = borrow(kernels.table, instance);
      const frameSlots = i32.model;
      frameSlots[S.M_VALUES] = slots.at;
      frameSlots[S.M_JACOBIAN] = slots.at + 1;
      return {
        m,
        residuals: (p, out) => kernels.modelResiduals(m, n, p.byteOffset, out.byteOffset, frame),
        jacobian: (p, out) => kernels.modelJacobian(m, n, p.byteOffset, 0, out.byteOffset, frame),
        method: (engine) => coreMethod(kernels, engine, frame),
        release: () => slots.giveBack(),
      };
    },
  };
}
