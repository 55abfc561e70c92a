// The public names of downhill, listed.

export { configure, type LoadSource, load, loadSync } from "./runtime/default.js";
export { DownhillError, type ErrorCode, type ErrorExtras } from "./runtime/errors.js";
export type { Variant } from "./runtime/rooms.js";
export type { Runtime, RuntimeOptions } from "./runtime/runtime.js";
export type { Vec } from "./runtime/vec.js";
