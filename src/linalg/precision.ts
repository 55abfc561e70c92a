// One calling convention for both precisions: a room's kernels without their suffix, and views of a
// workspace's vectors in that precision.

import { optionError } from "../runtime/options.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import { type LinalgKernels, room } from "../wasm/linalg.js";
import { type Precision, precisionOf, type Real } from "./matrix.js";
import { newVector } from "./vectors.js";

type Base<Name> = Name extends `${infer B}F64` ? B : never;
/** The kernels that exist in both precisions, by their name without F64 or F32. */
export type Kernels = {
  readonly [B in Base<keyof LinalgKernels>]: LinalgKernels[`${B}F64` & keyof LinalgKernels];
};

export const epsilon: Record<Precision, number> = { f64: 2.220446049250313e-16, f32: 1.1920928955078125e-7 };

const known = new WeakMap<LinalgKernels, Record<Precision, Kernels>>();

export function kernelsOf(runtime: CoreRuntime, precision: Precision): Kernels {
  const all = runtime.kernels(room);
  let both = known.get(all);
  if (!both) {
    both = { f64: pick(all, "F64"), f32: pick(all, "F32") };
    known.set(all, both);
  }
  return both[precision];
}

function pick(all: LinalgKernels, suffix: "F64" | "F32"): Kernels {
  const picked: Record<string, unknown> = {};
  for (const [name, kernel] of Object.entries(all)) {
    if (name.endsWith(suffix)) picked[name.slice(0, -3)] = kernel;
  }
  return picked as unknown as Kernels;
}

/** Doubles that hold n numbers of this precision. */
export const doubles = (n: number, precision: Precision): number =>
  precision === "f64" ? n : Math.ceil(n / 2);

/** The named vector of a workspace, its first `length` numbers. */
export function view<N extends string>(
  workspace: Pick<Workspace<N, never, never>, "runtime" | "at">,
  name: N,
  length: number,
  precision: Precision,
): Real {
  const { buffer } = workspace.runtime;
  const at = workspace.at[name]!;
  return precision === "f64" ? new Float64Array(buffer, at, length) : new Float32Array(buffer, at, length);
}

/** A new ordinary array. */
export const vector = (length: number, precision: Precision): Real =>
  precision === "f64" ? newVector("linalg", length) : new Float32Array(length);

/** The option `dtype`, or what the matrix itself asks for. */
export function choosePrecision(where: string, dtype: unknown, A: unknown): Precision {
  if (dtype === undefined) return precisionOf(A);
  if (dtype === "f64" || dtype === "f32") return dtype;
  throw optionError(where, "dtype", dtype, '"f64" or "f32"');
}
