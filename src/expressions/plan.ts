// A compiled model bound to data, as the core sees it: columns, weights, parameters and the model's own block lie in the
// workspace of the solve, and the model is called through the function table. Nothing is copied between evaluations.

import type { CorePlan, CoreProblem } from "../least-squares/problem.js";
import * as S from "../least-squares/state.js";
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

/** Where the frame of the solve points to before its first step. */
export function homeFrame({ at, f64, i32 }: Workspace): void {
  const frame = i32.frame as Int32Array;
  frame[S.F_BEST] = at.best as number;
  frame[S.F_OTHER] = at.other as number;
  frame[S.F_J] = at.J as number;
  frame[S.F_J_TRIAL] = (f64.J2 as Float64Array).length > 0 ? (at.J2 as number) : 0;
}

/** Fills the model frame; returns its address. */
export function fillModelFrame(
  workspace: Workspace,
  ldx: number,
  total: number,
  n: number,
  weighted: boolean,
): number {
  const { at, i32 } = workspace;
  const frame = i32.model as Int32Array;
  const address = (name: string): number => at[name]!;
  frame[S.M_X] = address("columns");
  frame[S.M_LDX] = ldx;
  frame[S.M_P] = address("all");
  frame[S.M_WORK] = address("block");
  frame[S.M_Y] = address("data");
  frame[S.M_W] = weighted ? address("weights") : 0;
  frame[S.M_TOTAL] = total;
  frame[S.M_FREE] = total === n ? 0 : address("which");
  frame[S.M_WIDE] = total === n ? 0 : address("wide");
  frame[S.M_OUT] = address("aside");
  frame[S.M_NORMAL] = 0;
  return address("model");
}

export function planFit(model: Compiled, workBytes: number, data: ModelData): CorePlan {
  const { m, columns, y, weights, init, free } = data;
  const n = free.length;
  const total = init.length;
  const weighted = weights !== null;
  return {
    ...modelVectors(model, workBytes, m, columns.length, total, n, weighted),
    attach(workspace): CoreProblem {
      const { f64, i32, runtime } = workspace;
      const instance = model.instance(runtime);
      if (!instance) throw new Error("the model was compiled before");
      const view = (name: string): Float64Array => f64[name] as Float64Array;
      const kernels: ExpressionsKernels = runtime.kernels(room);
      prepareWork(instance, runtime, workspace.at.block as number);
      columns.forEach((column, v) => {
        view("columns").set(column, v * m);
      });
      view("data").set(y);
      if (weights) view("weights").set(weights);
      view("all").set(init);
      (i32.which as Int32Array).set(free);
      homeFrame(workspace);
      const frame = fillModelFrame(workspace, m, total, n, weighted);
      const slots = borrow(kernels.table, instance);
      const frameSlots = i32.model as Int32Array;
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
