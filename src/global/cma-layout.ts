// The memory of a run of CMA-ES: its vectors and the frame that tells the kernels where they lie.

import * as slot from "../abi/global.js";
import type { WorkspaceSpec } from "../runtime/workspace.js";
import { defaultPopulation } from "./cma-parameters.js";

/** Paths of the limited form. */
export const paths = (n: number): number => defaultPopulation(n);

export class CmaLayout implements WorkspaceSpec {
  readonly key: string;
  readonly f64: Record<string, number>;
  readonly i32: Record<string, number>;

  constructor(n: number, rows: number, form: number) {
    const full = form === slot.FORM_FULL;
    const limited = form === slot.FORM_LIMITED;
    this.key = `cmaes ${n} ${rows} ${form}`;
    this.f64 = {
      z: rows * n + 1,
      // The words of z too.
      y: rows * n + 8,
      points: rows * n,
      values: rows,
      keys: rows,
      penalties: rows,
      w: rows,
      mean: n,
      ps: n,
      pc: n,
      c: full ? n * n : limited ? paths(n) * n : n,
      b: full ? n * n : 0,
      d: limited ? paths(n) : n,
      m: full ? n * n : 0,
      work: full ? Math.max(3, rows + 1) * n : 3 * n,
      eigen: full ? (n + 5) * ((n + 7) & ~7) : 0,
      limit: n,
      scale: n,
      gamma: n,
      state: slot.STATE_SLOTS,
    };
    this.i32 = { frame: slot.FRAME_SLOTS, order: rows };
  }
}

/** Slots of the frame, and the vectors whose addresses they hold. */
export const ADDRESSES: readonly (readonly [number, string])[] = [
  [slot.G_Z, "z"],
  [slot.G_Y, "y"],
  [slot.G_POINTS, "points"],
  [slot.G_MEAN, "mean"],
  [slot.G_PS, "ps"],
  [slot.G_PC, "pc"],
  [slot.G_C, "c"],
  [slot.G_B, "b"],
  [slot.G_D, "d"],
  [slot.G_M, "m"],
  [slot.G_W, "w"],
  [slot.G_WORK, "work"],
  [slot.G_LIMIT, "limit"],
  [slot.G_SCALE, "scale"],
  [slot.G_GAMMA, "gamma"],
  [slot.G_EIGEN, "eigen"],
];
