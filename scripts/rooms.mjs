// The WASM rooms: one module each, over one shared memory. `relaxed` marks the rooms in which fused
// multiply-add measures at least 1.1 times faster: they are compiled with it, the plain form is made of that. `needs`: rooms whose
// kernels a room imports, instead of being built with them a second time. `sparse`: the value of SPARSE (assembly/flags.d.ts), 0 elsewhere.
export const rooms = {
  unpack: { entry: "assembly/unpack.ts", relaxed: false, plain: true },
  blas: { entry: "assembly/blas.ts", relaxed: false },
  dense: { entry: "assembly/dense.ts", relaxed: true },
  linalg: { entry: "assembly/linalg/index.ts", relaxed: true },
  spectral: { entry: "assembly/linalg/spectral.ts", relaxed: true },
  sparse: { entry: "assembly/linalg/iterative.ts", relaxed: false },
  "sparse-lu": { entry: "assembly/linalg/sparse-lu.ts", relaxed: false },
  ldl: { entry: "assembly/sparse/index.ts", relaxed: false },
  convex: { entry: "assembly/constrained/index.ts", relaxed: false },
  "least-squares": { entry: "assembly/least-squares/index.ts", relaxed: true },
  "sparse-least-squares": {
    entry: "assembly/least-squares/sparse-index.ts",
    relaxed: false,
    sparse: true,
    needs: ["ldl"],
  },
  expressions: {
    entry: "assembly/expressions/index.ts",
    relaxed: false,
    table: true,
    needs: ["least-squares"],
  },
  curves: { entry: "assembly/curves/index.ts", relaxed: false, needs: ["least-squares", "expressions"] },
  models: { entry: "assembly/models/index.ts", relaxed: true },
  ode: { entry: "assembly/ode/index.ts", relaxed: false },
  smooth: { entry: "assembly/smooth/index.ts", relaxed: false },
  special: { entry: "assembly/special/index.ts", relaxed: false },
  stats: { entry: "assembly/stats/index.ts", relaxed: false },
  sampling: { entry: "assembly/sampling/index.ts", relaxed: false, table: true },
  "first-order": { entry: "assembly/first-order/index.ts", relaxed: false },
  // One fused kernel per update rule, a room for each family: a program that trains with one holds no other.
  adam: { entry: "assembly/first-order/adam.ts", relaxed: false },
  adaptive: { entry: "assembly/first-order/adaptive.ts", relaxed: false },
  momentum: { entry: "assembly/first-order/momentum.ts", relaxed: false },
  sign: { entry: "assembly/first-order/sign.ts", relaxed: false },
  nn: { entry: "assembly/nn/index.ts", relaxed: true },
  global: { entry: "assembly/global/index.ts", relaxed: false },
};

export const pascal = (name) => name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
