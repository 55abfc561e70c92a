// The kernels of the room "nn" in one precision, and the few of "first-order" that watch a network.

import type { DType } from "../first-order/run.js";
import type { FloatVector } from "../first-order/types.js";

export type { DType, FloatVector };

import { kernelsOf as firstOrderKernels } from "../first-order/run.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import { type NnKernels, room } from "../wasm/nn.js";

/** Without their suffix; they hold on to the runtime's memory. */
export type Kernels = {
  readonly [K in keyof NnKernels as K extends `${infer Name}F64` ? Name : never]: NnKernels[K];
} & {
  /** Index of the first NaN or infinity among n numbers, -1 when there is none. */
  firstNonFinite(n: number, x: number): number;
  /** Euclidean norm. */
  norm(n: number, x: number, limit: number): number;
};

export function kernelsOf(runtime: CoreRuntime, dtype: DType): Kernels {
  const all = runtime.kernels<NnKernels>(room) as unknown as Record<string, unknown>;
  const suffix = dtype === "f64" ? "F64" : "F32";
  const kernels: Record<string, unknown> = {};
  for (const [name, kernel] of Object.entries(all)) {
    if (name.endsWith(suffix)) kernels[name.slice(0, -suffix.length)] = kernel;
  }
  const { firstNonFinite, norm } = firstOrderKernels(runtime, dtype);
  return { ...kernels, firstNonFinite, norm } as unknown as Kernels;
}

export const bytesOf = (dtype: DType): number => (dtype === "f64" ? 8 : 4);

export const vectorType = (dtype: DType): typeof Float64Array | typeof Float32Array =>
  dtype === "f64" ? Float64Array : Float32Array;
