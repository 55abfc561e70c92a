// One right call of what stands on other results: fits, posteriors, networks, programs, pictures, and methods of answers.

import * as d from "../../src/index.js";
import * as pictures from "../../src/plot/index.js";
import type { Draw } from "./draw.js";

type Args = unknown[];
type Make = (draw: Draw) => Args;

const x = [0, 1, 2, 3, 4, 5, 6, 7];
const y = [2.05, 1.38, 0.97, 0.62, 0.43, 0.28, 0.21, 0.12];
const limits = () => ({
  maxIterations: 6,
  maxTimeMs: 8,
  onIteration: () => undefined,
  every: 1,
  trace: false,
});
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
const decay = once(() => d.curveFit({ model: "a*exp(-b*x)", x, y }));
const line = once(() => d.curveFit({ model: "a + b*x", x, y }));
const own = once(() =>
  d.curveFit({ model: (t, { a, b }) => a * Math.exp(-b * t), x, y, params: { a: 1, b: 1 } }),
);
const some = (draw: Draw) => draw.pick([decay, line, own])();
const gauss = (p: ArrayLike<number>): number => -0.5 * (p[0]! * p[0]! + p[1]! * p[1]!);
const draws = once(() => d.sample(gauss, [0, 0], { chains: 2, warmup: 50, draws: 50, seed: 1 }));
const square = (p: ArrayLike<number>): number => (p[0]! - 1) ** 2 + (p[1]! + 2) ** 2;
const minimum = once(() => d.minimize(square, [0, 0], { trace: true }));
const box = () => ({ lower: [-1, -1], upper: [2, 2] });
const corners = () => [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const spd = () => [
  [4, 1],
  [1, 3],
];
const qp = () => ({ P: spd(), q: [1, 1], A: [[1, 1]], l: [1], u: [1], lower: [0, 0], upper: [1, 1] });
const spectrum = () => ({
  x: Array.from({ length: 40 }, (_, i) => i / 2),
  y: Array.from({ length: 40 }, (_, i) => 1 + 5 / (1 + (i / 2 - 8) ** 2) + 0.01 * ((i * 7) % 5)),
});
const growth = () => ({ derivatives: { N: "r*N*(1 - N/K)" }, initial: { N: 1 }, observe: "N" });
const network = () =>
  d.network({ inputs: 2, layers: [d.dense(3), d.tanh(), d.dense(1)], loss: "mse", seed: 1 });
const training = (draw: Draw) => ({
  epochs: 2,
  batchSize: 2,
  optimizer: draw.pick([d.adam(), d.sgd({ lr: 0.1 })]),
  seed: 1,
  shuffle: true,
  maxTimeMs: 8,
  patience: draw.pick([undefined, 2]),
  validation: draw.pick<unknown>([undefined, 0.25, { x: corners(), y: [0, 1, 1, 0] }]),
});
const apart = (p: ArrayLike<number>, out: Float64Array): void => {
  out[0] = p[0]! - p[1]!;
};
const constrained = () => ({
  linear: { A: [[1, 1]], l: [1], u: [1] },
  bounds: box(),
  equality: { count: 1, fun: apart },
  inequality: [(p: ArrayLike<number>) => p[0]!],
  ...limits(),
});
const wave = () => ({ width: 4, height: 2, data: Float64Array.of(1, 2, 3, 4, 4, 3, 2, 1) });
const evolved = () => ({
  genome: d.binary(6),
  fitness: (g: ArrayLike<number> | undefined) => g?.[0] ?? 0,
  popSize: 6,
  seed: 1,
  ...limits(),
});

/** Methods of an answer, called on one of its kind; what the call makes for it is given back. */
const on =
  <T>(make: () => T, method: string, keep = true) =>
  (...args: Args): unknown => {
    const target = make() as Record<string, (...given: Args) => unknown> & { dispose?: () => void };
    const end = (): void => {
      if (!keep) target.dispose?.();
    };
    let answer: unknown;
    try {
      answer = target[method]!(...args);
    } catch (error) {
      end();
      throw error;
    }
    if (answer instanceof Promise) return answer.finally(end);
    end();
    return answer;
  };

/** Methods and functions that the main entry does not export. */
export const further: Readonly<Record<string, (...args: never[]) => unknown>> = {
  ...pictures,
  "fit.predict": on(decay, "predict"),
  "fit.band": on(decay, "band"),
  "fit.profile": on(decay, "profile"),
  "fit.report": on(decay, "report"),
  "draws.derive": on(draws, "derive"),
  "draws.quantiles": on(draws, "quantiles"),
  "draws.hdi": on(draws, "hdi"),
  "minimum.report": on(minimum, "report"),
  "net.fit": on(network, "fit", false),
  "net.fitAsync": on(network, "fitAsync", false),
  "net.predict": on(network, "predict", false),
  "net.evaluate": on(network, "evaluate", false),
  "net.diagnose": on(network, "diagnose", false),
  "factor.solve": on(() => d.cholesky(spd() as never), "solve", false),
  "model.evaluate": on(() => d.compileModel("a*exp(-b*x)"), "evaluate", false),
  "session.update": on(() => d.qpSession(qp() as never), "update", false),
  "search.tell": on(() => d.globalSearch(box(), { seed: 1 }), "tell", false),
};

/** These print a picture of what they are given. */
const pictured = (draw: Draw): Args => [
  draw.pick<unknown>([some(draw), draws(), minimum()]),
  { width: 300, height: 200 },
];

export const rooms: Readonly<Record<string, Make>> = {
  "fit.predict": (draw) => [draw.numbers(3)],
  "fit.band": (draw) => [draw.numbers(3), { kind: "prediction", level: 0.9 }],
  "fit.profile": (draw) => [draw.pick<unknown>(["b", "a"]), { level: 0.9 }],
  "fit.report": (draw) => [draw.pick(["brief", "full", undefined])],
  "draws.derive": (draw) => [draw.pick<unknown>(["x1 + x2", (p: ArrayLike<number>) => p[0]!])],
  "draws.quantiles": () => [[0.1, 0.9]],
  "draws.hdi": () => [0.9],
  "minimum.report": () => ["brief"],
  "net.fit": (draw) => [corners(), [0, 1, 1, 0], training(draw)],
  "net.fitAsync": (draw) => [corners(), [0, 1, 1, 0], training(draw)],
  "net.predict": () => [corners()],
  "net.evaluate": () => [corners(), [0, 1, 1, 0]],
  "net.diagnose": () => [corners(), [0, 1, 1, 0]],
  "factor.solve": () => [[1, 2]],
  "model.evaluate": () => [[0, 1], [2, 1], new Float64Array(2)],
  "session.update": () => [{ q: [1, 2], l: [0], u: [2] }],
  "search.tell": () => [[1]],
  plot: pictured,
  toHTML: (draw) => [some(draw), { title: "a" }],
  plotLoss: () => [{ loss: [3, 2, 1], valLoss: [3, 2.5, 2] }, { width: 300 }],
  plotTrace: () => [minimum(), { width: 300 }],
  plotRace: () => [{ lbfgs: minimum(), again: minimum() }, { width: 300 }],
  bootstrap: (draw) => [
    some(draw),
    { draws: 8, kind: draw.pick(["residual", "case", "parametric"]), seed: 1 },
  ],
  compareFits: (draw) => [some(draw), line()],
  fitPeaks: (draw) => [
    { ...spectrum(), shape: "gaussian", baseline: "constant", count: draw.pick([1, undefined]) },
  ],
  ode: () => [growth()],
  odr: () => [{ model: "a + b*x", x: x.slice(), y: y.slice(), sigmaX: 0.1, sigma: 0.2, ...limits() }],
  fitCode: (draw) => [decay(), draw.pick(["python", "r", "js"])],
  fromJSON: (draw) => [JSON.parse(JSON.stringify(draw.pick([decay, line])())), {}],
  posterior: (draw) => [some(draw), { prior: { a: "normal(1, 2)" } }],
  pathfinder: () => [gauss, [0.5, 0.5], { seed: 1, draws: 20, paths: 2, gradient: "differences" }],
  pathfinderAsync: () => [gauss, [0.5, 0.5], { seed: 1, draws: 20, paths: 2, gradient: "differences" }],
  laplace: () => [gauss, [0.5, 0.5], { seed: 1, draws: 20, gradient: "differences" }],
  metropolisHastings: () => [
    {
      start: 0,
      propose: (i: unknown, random: d.Random) => Number(typeof i === "number") + random.normal(),
      logDensity: (i: unknown) => (typeof i === "number" ? -0.5 * i * i : 0),
    },
    { draws: 10, chains: 2, seed: 1 },
  ],
  minimizeConstrainedAsync: () => [square, [0, 0], constrained()],
  minimizeConstrained: (draw) => [
    square,
    [0, 0],
    { ...constrained(), method: draw.pick(["sqp", "augmentedLagrangian", "interiorPoint"]) },
  ],
  minimizeGlobalAsync: (draw) => [
    square,
    box(),
    {
      method: draw.pick(["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"]),
      seed: 1,
      ...limits(),
    },
  ],
  multistartAsync: () => [square, box(), { starts: 3, seed: 1, ...limits() }],
  curveFitManyAsync: () => [{ model: "a + b*x", x: x.slice(), y: [...y, ...y], params: { a: 1, b: 1 } }],
  minimizeScalar: (draw) => [
    (t: number) => (t - 2) ** 2,
    { bounds: [0, 5], method: draw.pick(["brent", "golden"]), ...limits() },
  ],
  findRoot: () => [(t: number) => t * t - 2, { bracket: [0, 2], ...limits() }],
  solveEquations: () => [
    (p: ArrayLike<number>, out: Float64Array) => {
      out[0] = p[0]! * p[0]! + p[1]! - 4;
      out[1] = p[0]! - p[1]!;
    },
    [1, 2],
    limits(),
  ],
  svm: () => [corners(), [-1, 1, 1, -1], { C: 1 }],
  quantileRegression: () => [corners(), [0, 1, 1, 2], { tau: 0.5 }],
  denoise: () => [wave(), { lambda: 1, ...limits() }],
  admm: () => [{ proxF: d.prox.squared(1, [3, 1]), proxG: d.project.simplex(), x0: [0, 0], ...limits() }],
  proximalGradient: () => [{ f: { A: spd(), b: [3, 1] }, g: d.prox.l1(1), x0: [0, 0], ...limits() }],
  chambollePock: () => [{ K: [[1, 2]], proxF: d.project.box([2], [2]), proxG: d.prox.l1(1), ...limits() }],
  evolve: () => [evolved()],
  iterateGlobal: () => [square, box(), { seed: 1, popSize: 6, ...limits() }],
  findLearningRate: (draw) => [draw.own(network()), corners(), [0, 1, 1, 0], { steps: 10 }],
  pretrain: (draw) => [draw.own(network()), corners(), null, { epochs: 1, maxTimeMs: 8 }],
  transfer: (draw) => [draw.own(network()), { keep: 1, layers: [d.dense(1)], loss: "mse" }],
  loadNetwork: () => {
    const net = network();
    const saved = net.save();
    net.dispose();
    return [saved, {}];
  },
  lassoAsync: () => [spd(), [1, 2], 0.1, limits()],
  elasticNetAsync: () => [spd(), [1, 2], { lambda: 0.1, l1Ratio: 0.5, ...limits() }],
  lassoPathAsync: (draw) => [spd(), [1, 2], { count: 3, folds: draw.pick([0, 2]), ...limits() }],
  nnlsAsync: () => [spd(), [1, 2], limits()],
  quantileRegressionAsync: (draw) => [
    spd(),
    [1, 2],
    { method: draw.pick([undefined, "simplex"]), ...limits() },
  ],
  svmAsync: (draw) => [spd(), [1, -1], { kernel: draw.pick(["linear", "rbf"]), ...limits() }],
  admmAsync: () => [
    { proxF: d.prox.squared(1, [3, 1]), proxG: d.project.simplex(), x0: [0, 0], ...limits() },
  ],
  proximalGradientAsync: () => [{ f: { A: spd(), b: [1, 2] }, g: d.prox.l1(0.1), x0: [0, 0], ...limits() }],
  chambollePockAsync: () => [
    { K: spd(), proxF: d.prox.squared(1, [1, 2]), proxG: d.prox.l1(0.1), ...limits() },
  ],
  simplex: (draw) => [
    {
      presolve: draw.pick([undefined, false]),
      basis: draw.pick([undefined, { variables: [0, 1], rows: [0] }]),
    },
  ],
  pdhg: () => [{ presolve: false }],
  readLP: () => ["maximize\n 3 x + 5 y\nsubject to\n a: x <= 4\n b: 2 y <= 12\nend"],
  readQPS: () => ["NAME t\nROWS\n N f\nCOLUMNS\n x f -2\nQUADOBJ\n x x 2\nENDATA"],
  model: () => ["max 3x + 5y; a: x <= 4; b: 2y <= 12; x >= 0; y >= 0"],
  sum: () => [d.models.gaussian, d.models.linear],
  product: () => [d.models.gaussian, d.models.linear],
  prefix: () => [d.models.gaussian, "p1_"],
  polynomial: () => [2],
  rational: () => [1, 2],
  reduceOnPlateau: () => [{ lr: 0.1, factor: 0.5, patience: 2 }],
  eig: () => [spd(), {}],
  toArray: () => [spd()],
  essQuantile: () => [[x.slice(), y.slice()], 0.5],
  mcseQuantile: () => [[x.slice(), y.slice()], 0.5],
};
