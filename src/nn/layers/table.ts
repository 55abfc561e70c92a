// Every kind of layer: what loadNetwork looks up, and what is public. A file of layers is re-exported whole.

export * from "./activations.js";
export { type BatchNormOptions, batchNorm } from "./batch-norm.js";
export { type DenseOptions, dense } from "./dense.js";
export * from "./dropout.js";
