// The public names of downhill, listed.

export { configure, load, loadSync } from "./runtime/default.js";
export { DownhillError, type ErrorCode } from "./runtime/errors.js";
export type { Runtime, RuntimeOptions } from "./runtime/runtime.js";
export type { Vec } from "./runtime/vec.js";
