// A vector handle: owns its block of the runtime's memory until it is disposed.

/// <reference lib="esnext.disposable" preserve="true" />

import { DownhillError } from "./errors.js";
import type { CoreRuntime } from "./runtime.js";

export interface Vec extends Disposable {
  /** The live view. Borrowed until `dispose()`; DISPOSED afterwards. */
  readonly data: Float64Array | Float32Array;
  readonly length: number;
  /** Gives the memory back. A second call does nothing. */
  dispose(): void;
}

export function makeVec(runtime: CoreRuntime, ptr: number, view: Float64Array | Float32Array): Vec {
  let data: typeof view | null = view;
  const dispose = () => {
    if (!data) return;
    data = null;
    runtime.free(ptr);
  };
  const vec = {
    get data() {
      if (!data || runtime.disposed) throw new DownhillError("DISPOSED", "this vector was disposed");
      return data;
    },
    length: view.length,
    dispose,
  };
  if (typeof Symbol.dispose === "symbol") Object.defineProperty(vec, Symbol.dispose, { value: dispose });
  return vec as Vec;
}
