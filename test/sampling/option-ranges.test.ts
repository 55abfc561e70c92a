// The ranges of numeric options: what lies at an edge or just within is taken, what lies just outside is refused with that option's name.
import { expect, test } from "vitest";
import {
  ensemble,
  hmc,
  laplace,
  mala,
  metropolis,
  metropolisHastings,
  minibatches,
  nuts,
  ode,
  pathfinder,
  Random,
  sample,
  slice,
  tempering,
} from "../../src/index.js";

const line = { start: 0, propose: (i: number) => -i, logDensity: () => 0 };
const density = (x: ArrayLike<number>) => -0.5 * x[0]! * x[0]!;
const run = (options: object) => sample(density, [0], { draws: 2, warmup: 0, chains: 1, ...options });
const plane = (x: ArrayLike<number>) => density(x) - 0.5 * x[1]! * x[1]!;
const walkers = (chains: number) =>
  sample(plane, [0, 0], { draws: 2, warmup: 0, chains, method: "ensemble" });
const system = { derivatives: { u: "-k*u" }, initial: { u: 1 } };
const sampled = sample(density, [0], { draws: 20, warmup: 0, chains: 1 });
const one = sampled.derive((x) => x[0]!);
const smooth = {
  logDensityGrad(x: ArrayLike<number>, g: Float64Array) {
    g[0] = -x[0]!;
    return density(x);
  },
};

const EPS = 2 ** -53;
const WHOLE = [1.5, NaN, Infinity];
/** name, option, what takes it, values that are taken, values that are refused. */
const table: [string, string, (value: number) => unknown, number[], number[]][] = [
  ["nuts", "targetAcceptance", (v) => nuts({ targetAcceptance: v }), [1e-9, 1 - EPS], [0, 1, NaN]],
  ["nuts", "maxTreeDepth", (v) => nuts({ maxTreeDepth: v }), [1, 20], [0, 21, ...WHOLE]],
  ["nuts", "stepSize", (v) => nuts({ stepSize: v }), [1e-9, 1e9], [0, Infinity]],
  ["hmc", "steps", (v) => hmc({ steps: v }), [1, 1000], [0, ...WHOLE]],
  ["hmc", "targetAcceptance", (v) => hmc({ targetAcceptance: v }), [1e-9, 1 - EPS], [0, 1]],
  ["hmc", "jitter", (v) => hmc({ jitter: v }), [0, 1 - EPS], [-1e-9, 1]],
  ["hmc", "stepSize", (v) => hmc({ stepSize: v }), [1e-9, 1e9], [0]],
  ["mala", "targetAcceptance", (v) => mala({ targetAcceptance: v }), [1e-9, 1 - EPS], [0, 1]],
  ["mala", "stepSize", (v) => mala({ stepSize: v }), [1e-9], [0]],
  ["metropolis", "scale", (v) => metropolis({ scale: v }), [1e-9, 1e9], [0, -1]],
  ["slice", "width", (v) => slice({ width: v }), [1e-9, 1e9], [0, -1]],
  ["ensemble", "stretch", (v) => ensemble({ stretch: v }), [1 + 2 * EPS, 1.5, 10], [1, 0]],
  ["ensemble", "spread", (v) => ensemble({ spread: v }), [1e-9, 10], [0]],
  ["tempering", "temperatures", (v) => tempering({ temperatures: v }), [2, 64], [1, 65, ...WHOLE]],
  ["tempering", "hottest", (v) => tempering({ hottest: v }), [1 + 2 * EPS, 1.5, 1e9], [1, Infinity]],
  ["sample", "draws", (v) => run({ draws: v }), [1], [0, 1e9 + 1, ...WHOLE]],
  ["sample", "warmup", (v) => run({ warmup: v }), [0], [-1, 1e9 + 1, ...WHOLE]],
  ["sample", "chains", (v) => run({ chains: v }), [1, 5], [0, 100_001, ...WHOLE]],
  // Two walkers for each variable, and an even number of them.
  ["sample of pairs", "chains", (v) => walkers(v), [4, 6], [2, 5]],
  ["sample", "seed", (v) => run({ seed: v }), [0, 2 ** 53 - 1], [-1, 2 ** 53, ...WHOLE]],
  ["sample", "jitter", (v) => run({ jitter: v }), [0, 1], [-1e-9, Infinity]],
  ["hdi", "level", (v) => sampled.hdi(v), [0.1, 1], [0, 1 + 2 * EPS]],
  ["hdi of one", "level", (v) => one.hdi(v), [0.1, 1], [0, 1 + 2 * EPS]],
  ["quantile", "p", (v) => one.quantile(v), [0, 1], [-1e-9, 1 + 2 * EPS]],
  ["mcseOfQuantile", "p", (v) => one.mcseOfQuantile(v), [0, 1], [-1e-9, 1 + 2 * EPS]],
  ["metropolisHastings", "draws", (v) => metropolisHastings(line, { draws: v }), [1], [0, 1e9 + 1, ...WHOLE]],
  [
    "metropolisHastings",
    "warmup",
    (v) => metropolisHastings(line, { warmup: v, draws: 1 }),
    [0],
    [-1, 1e9 + 1, ...WHOLE],
  ],
  [
    "metropolisHastings",
    "chains",
    (v) => metropolisHastings(line, { chains: v, draws: 1 }),
    [1],
    [0, 100_001, ...WHOLE],
  ],
  [
    "metropolisHastings",
    "seed",
    (v) => metropolisHastings(line, { seed: v, draws: 1 }),
    [0, 2 ** 53 - 1],
    [-1, 2 ** 53, ...WHOLE],
  ],
  ["ode", "tolerance", (v) => ode({ ...system, tolerance: v }), [1e-14, 0.1], [0.9e-14, 0.11]],
  ["ode", "maxSteps", (v) => ode({ ...system, maxSteps: v }), [1], [0, ...WHOLE]],
  ["ode", "maxStep", (v) => ode({ ...system, maxStep: v }), [1e-300, Infinity], [0, -1, NaN]],
  ["Random", "seed", (v) => new Random(v), [0, 2 ** 53 - 1], [-1, 2 ** 53, ...WHOLE]],
  ["Random", "stream", (v) => new Random(1, v), [0, 2 ** 53 - 1], [-1, 2 ** 53, ...WHOLE]],
  ["Random.gamma", "shape", (v) => new Random(1).gamma(v), [1e-3, 1e9], [0, Infinity]],
  ["minibatches", "count", (v) => minibatches(v, 1), [1, 2 ** 31 - 1], [0, 2 ** 31, ...WHOLE]],
  ["minibatches", "size", (v) => minibatches(3, v), [1], [0, ...WHOLE]],
  ["minibatches", "seed", (v) => minibatches(3, 1, { seed: v }), [0, 2 ** 53 - 1], [-1, 2 ** 53]],
  ["pathfinder", "paths", (v) => pathfinder(smooth, [0], { paths: v }), [1], [0, 10_001, ...WHOLE]],
  [
    "LaplaceResult.starts",
    "chains",
    (v) => laplace(smooth, [0.1], { draws: 10 }).starts(v),
    [1, 10],
    [0, 11, ...WHOLE],
  ],
];

test.each(table)("%s: %s", (_, option, take, taken, refused) => {
  for (const value of taken) expect(() => take(value)).not.toThrow();
  for (const value of refused)
    expect(() => take(value), `${option} = ${value}`).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining(option) }),
    );
});
