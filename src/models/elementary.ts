// The elementary functions of a runtime: kernels, their table of constants and a little scratch, made on first use.

import type { CoreRuntime } from "../runtime/runtime.js";
import { type ModelsKernels, room } from "../wasm/models.js";
import { room as special } from "../wasm/special.js";
import { ELEMENTARY_BYTES } from "./constants.js";
import type { FunctionTable } from "./evaluate.js";
import { fillElementary } from "./tables.js";

/** Doubles in each of the three scratch vectors. */
export const SCRATCH = 256;
const TABLE_BYTES = (ELEMENTARY_BYTES + 15) & ~15;

export interface ElementaryFunctions {
  readonly kernels: ModelsKernels;
  /** Address of the constants. */
  readonly table: number;
  /** Addresses and views of three vectors of SCRATCH doubles, free between calls. */
  readonly scratch: readonly { readonly at: number; readonly view: Float64Array }[];
}

/** v<name> of one argument, or of two: special functions are compiled when a model needs them. */
export type Kernel = (table: number, n: number, ...arrays: number[]) => void;
export function kernelOf(runtime: CoreRuntime, { kernels }: ElementaryFunctions, name: string): Kernel {
  const own = (kernels as unknown as Record<string, Kernel>)[`v${name}`];
  return own ?? (runtime.kernels(special) as unknown as Record<string, Kernel>)[`v${name}`]!;
}

const made = new WeakMap<CoreRuntime, ElementaryFunctions>();

export function elementary(runtime: CoreRuntime): ElementaryFunctions {
  const known = made.get(runtime);
  if (known && !runtime.disposed) return known;
  const kernels = runtime.kernels(room);
  const table = runtime.permanent("elementary functions", TABLE_BYTES + 24 * SCRATCH, (block) =>
    fillElementary(block.subarray(0, ELEMENTARY_BYTES / 8)),
  );
  const scratch = [0, 1, 2].map((i) => {
    const at = table + TABLE_BYTES + 8 * SCRATCH * i;
    return { at, view: new Float64Array(runtime.buffer, at, SCRATCH) };
  });
  const functions = { kernels, table, scratch };
  made.set(runtime, functions);
  return functions;
}

/** The same functions on ordinary arrays of at most SCRATCH numbers, for the closure evaluator. */
export function functionTable(runtime: CoreRuntime): FunctionTable {
  const functions = elementary(runtime);
  const { table, scratch } = functions;
  const [a, b, c] = scratch as [(typeof scratch)[0], (typeof scratch)[0], (typeof scratch)[0]];
  return {
    unary: (name) => {
      const f = kernelOf(runtime, functions, name);
      return (n, x, out) => {
        for (let i = 0; i < n; i++) a.view[i] = x[i]!;
        f(table, n, a.at, c.at);
        for (let i = 0; i < n; i++) out[i] = c.view[i]!;
      };
    },
    binary: (name) => {
      const f = kernelOf(runtime, functions, name);
      return (n, x, y, out) => {
        for (let i = 0; i < n; i++) {
          a.view[i] = x[i]!;
          b.view[i] = y[i]!;
        }
        f(table, n, a.at, b.at, c.at);
        for (let i = 0; i < n; i++) out[i] = c.view[i]!;
      };
    },
  };
}
