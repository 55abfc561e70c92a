// Kernels of the room "nn" on blocks of a memory of their own.

import { readFileSync } from "node:fs";
import { Blocks, type Precision, variants } from "../kernels/instance.js";

export type Kernel = (...args: number[]) => number;

export type { Precision };
export { Blocks, variants };

export function nnKernels(variant: "simd" | "relaxed" = "simd") {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const bytes = readFileSync(new URL(`../../dist/wasm/nn.${variant}.wasm`, import.meta.url));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return {
    memory,
    kernel: (name: string, precision: Precision): Kernel => {
      const found = exports[name + precision.toUpperCase()];
      if (typeof found !== "function") throw new Error(`no kernel ${name}`);
      return found as Kernel;
    },
  };
}
