// Elementary functions of the core for single numbers: the same bits on every engine, and no second copy of them in a bundle.

import { functionTable } from "../models/elementary.js";
import { chosenRuntime, unlessDisposed } from "../runtime/default.js";
import type { Runtime } from "../runtime/runtime.js";

type Name = "exp" | "expm1" | "log" | "erf";

export function coreFunction(name: Name, runtime: Runtime | undefined): (x: number) => number {
  const f = functionTable(chosenRuntime(unlessDisposed(runtime))).unary(name);
  const x = new Float64Array(1);
  const out = new Float64Array(1);
  return (value) => {
    x[0] = value;
    f(1, x, out);
    return out[0]!;
  };
}
