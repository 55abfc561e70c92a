// downhill/testfunctions: the field's standard functions with gradient, Hessian, start and minima.

export * from "./flat.js";
export * from "./multimodal.js";
export * from "./shapes.js";
export * from "./smooth.js";
export type { KnownMinimum, TestFunction } from "./types.js";
