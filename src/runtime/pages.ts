// Pages of WebAssembly memory.

import { DownhillError } from "./errors.js";

export const PAGE = 65536;

/** A memory of so many pages that never grows; OUT_OF_MEMORY where the engine refuses it. */
export function reserve(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new DownhillError("OUT_OF_MEMORY", `the engine refused a memory of ${pages * PAGE} bytes`, {
      hint: "ask for less with memoryBytes, or dispose runtimes that are no longer used",
      details: { requested: pages * PAGE },
      cause,
    });
  }
}
