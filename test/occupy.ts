// Others that hold memory of the default runtime.

import { defaultRuntime } from "../src/runtime/default.js";

/** All of the memory but so many bytes. */
export function occupy(left: number) {
  const runtime = defaultRuntime();
  // What lies in the free-list goes when more is asked for than there is beside it.
  for (let bytes = runtime.buffer.byteLength - left; bytes > 0; bytes -= 1024) {
    const others = runtime.takeWorkspace({ key: `others ${bytes}`, f64: { all: Math.floor(bytes / 8) } });
    if (others) return others;
  }
  throw new Error("nothing is left");
}
