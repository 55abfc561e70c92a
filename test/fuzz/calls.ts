// One right call of each public function: what the fuzzer spoils. Functions without an entry are called with any of SOME.

import * as d from "../../src/index.js";
import type { Draw } from "./draw.js";
import { further, rooms } from "./rooms.js";

export type Args = unknown[];
type Make = (draw: Draw) => Args;

const square = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - i) * (x[i]! - i);
  return sum;
};
const squareGrad = (x: ArrayLike<number>, out: Float64Array): void => {
  for (let i = 0; i < x.length; i++) out[i] = 2 * (x[i]! - i);
};
const limits = () => ({
  maxIterations: 6,
  maxTimeMs: 8,
  onIteration: () => undefined,
  every: 1,
  trace: false,
});
const spd = () => [
  [4, 1],
  [1, 3],
];
const line = { x: [0, 1, 2, 3, 4], y: [1, 2.9, 5.1, 7, 9.05] };
const box = () => ({ lower: [-1, -1], upper: [2, 2] });
const sparse = () =>
  d.csrFromTriplets({ rows: 2, cols: 2, row: [0, 0, 1, 1], col: [0, 1, 0, 1], value: [4, 1, 1, 3] });
const chains = (draw: Draw) => [draw.numbers(12), draw.numbers(12)];
const qp = () => ({ P: spd(), q: [1, 1], A: [[1, 1]], l: [1], u: [1], lower: [0, 0], upper: [1, 1] });
const lp = () => ({ c: [1, 2], A: [[1, 1]], l: [1], u: [3], lower: [0, 0], upper: [2, 2] });
const lineFit = () => ({
  model: "a*x + b",
  ...copy(line),
  params: { a: 1, b: { init: 1, min: -9 } },
  ...limits(),
});
const copy = <T>(value: T): T => structuredClone(value);
const jsFit = () => ({
  ...lineFit(),
  model: (x: number, { a, b }: { a: number; b: number }) => a * x + b,
});
const residuals = (p: ArrayLike<number>, out: Float64Array): void => {
  for (let i = 0; i < 5; i++) out[i] = p[0]! * line.x[i]! + p[1]! - line.y[i]!;
};
const gauss = (x: ArrayLike<number>): number => -0.5 * (x[0]! * x[0]! + x[1]! * x[1]!);
const draws = () => ({ chains: 1, warmup: 8, draws: 8, seed: 1, ...limits() });
const objective = (draw: Draw) =>
  draw.pick<unknown>([square, { fun: square, grad: squareGrad }, { fun: square, grad: squareGrad, seed: 1 }]);
const start = (draw: Draw) => draw.pick<unknown>([[1, 2], Float64Array.of(0.5, 0), 2, Float32Array.of(1, 1)]);
const minimum = (draw: Draw) => ({
  method: draw.pick(Object.keys(d.minimizers)),
  gradTol: 1e-6,
  bounds: draw.chance(0.3) ? box() : undefined,
  ...limits(),
});
const linear = (draw: Draw) => [
  draw.chance(0.5) ? spd() : sparse(),
  [1, 2],
  { tolerance: 1e-8, ...limits() },
];
const rules = [d.sgd, d.adam, d.adamw, d.rmsprop, d.lion, d.rprop, d.adagrad, d.adadelta, d.radam, d.nadam];
const layers = () => [d.dense(3), d.tanh(), d.dense(1)];

/** Whatever a function without an entry gets. */
const SOME: readonly ((draw: Draw) => unknown)[] = [
  spd,
  () => [1, 2],
  () => 2,
  () => "a*x",
  () => square,
  () => ({}),
  sparse,
  (draw) => draw.numbers(4),
];
export const some: Make = (draw) => Array.from({ length: draw.below(4) }, () => draw.pick(SOME)(draw));

const dense: Make = () => [spd(), {}];
const dist: Make = (draw) => [chains(draw)];
const options: Make = (draw) => [{ lr: draw.unit() }];

const iterative = Object.fromEntries(
  ["cg", "minres", "gmres", "bicgstab", "jacobi", "gaussSeidel", "lsqr", "lsmr"].flatMap((name) => {
    const title = name[0]!.toUpperCase() + name.slice(1);
    return [name, `${name}Async`, `iterate${title}`].map((each) => [each, linear as Make]);
  }),
);

export const calls: Readonly<Record<string, Make>> = {
  ...iterative,
  ...Object.fromEntries(
    "adam sgd rmsprop lion nadam rprop adagrad".split(" ").map((name) => [name, options]),
  ),
  ...Object.fromEntries(
    "cholesky ldl lu qr svd pinv nullSpace eigSym det inverse rcond logDet modifiedCholesky transpose"
      .split(" ")
      .map((name) => [name, dense]),
  ),
  ...Object.fromEntries(
    "rHat essBulk essTail essMean essSd mcseMean mcseSd".split(" ").map((name) => [name, dist]),
  ),
  ebfmi: (draw) => [draw.numbers(12)],
  minimize: (draw) => [objective(draw), start(draw), minimum(draw)],
  minimizeAsync: (draw) => [objective(draw), start(draw), minimum(draw)],
  iterate: (draw) => [objective(draw), start(draw), minimum(draw)],
  multistart: (draw) => [objective(draw), box(), { starts: 3, seed: 1, ...limits() }],
  checkGradient: () => [{ fun: square, grad: squareGrad }, [1, 2]],
  leastSquares: () => [residuals, 5, [1, 1], limits()],
  leastSquaresAsync: () => [residuals, 5, [1, 1], limits()],
  iterateLeastSquares: () => [residuals, 5, [1, 1], limits()],
  curveFit: (draw) => [draw.chance(0.5) ? lineFit() : jsFit()],
  curveFitAsync: (draw) => [draw.chance(0.5) ? lineFit() : jsFit()],
  iterateCurveFit: (draw) => [draw.chance(0.5) ? lineFit() : jsFit()],
  curveFitMany: () => [
    { model: "a*x + b", x: line.x.slice(), y: [...line.y, ...line.y], params: { a: 1, b: 1 } },
  ],
  compileModel: () => ["a*exp(-b*x)", { variables: ["x"], params: ["a", "b"] }],
  compileObjective: () => ["(x-1)^2 + y^2", ["x", "y"]],
  compileDensity: () => ["-0.5*x^2", { params: { x: {} } }],
  compileProgram: () => ["min x^2 + y^2; x + y >= 1"],
  optimizer: (draw) => [draw.chance(0.5) ? 2 : [1, 2], draw.pick(rules)({}), { clipNorm: 1, dtype: "f64" }],
  clipValue: () => [[1, 5], 2],
  clipNorm: () => [[1, 5], 2, { norm: 2 }],
  stepAnalysis: () => [[1, 2], (v: Float64Array, out: Float64Array) => out.set(v)],
  minibatches: () => [10, 3, { seed: 1 }],
  matmul: () => [spd(), spd()],
  matrix: (draw) => [2, 2, draw.numbers(4)],
  solve: (draw) => [draw.chance(0.7) ? spd() : sparse(), [1, 2], {}],
  lstsq: () => [
    [...spd(), [1, 1]],
    [1, 2, 3],
  ],
  polyfit: () => [line.x.slice(), line.y.slice(), 2],
  csrFromTriplets: () => [{ rows: 2, cols: 2, row: [0, 1], col: [0, 1], value: [1, 2] }],
  csrFromDense: () => [spd()],
  csr: () => [{ rows: 2, cols: 2, rowPtr: [0, 1, 2], colIdx: [0, 1], values: [1, 2] }],
  dot: () => [
    [1, 2],
    [3, 4],
  ],
  norm: () => [[1, 2], "two"],
  sparseCholesky: () => [sparse()],
  sparseLdl: () => [sparse()],
  minimizeGlobal: (draw) => [objective(draw), box(), { seed: 1, popSize: 6, ...limits() }],
  iterateGlobal: (draw) => [objective(draw), box(), { seed: 1, ...limits() }],
  globalSearch: () => [box(), { method: "cmaes", seed: 1 }],
  sample: () => [gauss, [0, 0], draws()],
  sampleAsync: () => [gauss, [0, 0], draws()],
  iterateSample: () => [gauss, [0, 0], draws()],
  minimizeConstrained: (draw) => [
    objective(draw),
    [0, 0],
    { linear: { A: [[1, 1]], l: [1], u: [1] }, bounds: box(), ...limits() },
  ],
  solveQP: () => [qp(), limits()],
  solveLP: (draw) => [
    lp(),
    { ...limits(), method: draw.pick([undefined, "simplex", "pdhg", "interiorPoint"]) },
  ],
  qpSession: () => [qp(), {}],
  verify: () => [qp(), { x: [0.5, 0.5], y: [0], z: [0, 0], status: "solved" }],
  lasso: () => [spd(), [1, 2], 0.1],
  elasticNet: () => [spd(), [1, 2], { lambda: 0.1, l1Ratio: 0.5 }],
  nnls: () => [spd(), [1, 2]],
  lassoPath: () => [spd(), [1, 2]],
  readMPS: () => ["NAME A\nROWS\n N C\n L R\nCOLUMNS\n X C 1 R 1\nRHS\n B R 1\nENDATA\n"],
  network: () => [{ inputs: 2, layers: layers(), loss: "mse", seed: 1 }],
  trainTestSplit: () => [spd(), [1, 2], 2, { test: 0.5, seed: 1 }],
  standardise: () => [spd()],
  loadSync: () => [{ memoryBytes: 65536 * 4, debug: true }],
  vexp: (draw) => [draw.numbers(5)],
  vpow: (draw) => [draw.numbers(5), draw.numbers(5)],
  ...rooms,
};

/** To obey these is to change the process (the default runtime), or to work on what only a file can hold. */
export const left = new Set(["configure", "DownhillError", "load"]);

const all: Readonly<Record<string, unknown>> = { ...d, ...further };

export const names: readonly string[] = Object.entries(all)
  .filter(([name, value]) => typeof value === "function" && !left.has(name))
  .map(([name]) => name);

export const functionOf = (name: string): ((...args: Args) => unknown) => {
  const f = all[name] as (...args: Args) => unknown;
  // Classes are made, not called.
  return name === "Random" ? (...args) => Reflect.construct(f, args) : f;
};
