// Every global search on functions smooth, rough, flat, failing, of integers, logarithms and choices, under constraints; by ask and tell.
import { together } from "./several.js";

export const METHODS = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"];

export const sum = (x, f) => x.reduce((s, v, j) => s + f(v, j), 0);
export const functions = {
  sphere: (x) => sum(x, (v, j) => (v - 0.3 * j) * (v - 0.3 * j)),
  valley: (x) =>
    sum(x, (v, j) =>
      j === 0
        ? 0
        : 100 * (v - x[j - 1] * x[j - 1]) * (v - x[j - 1] * x[j - 1]) + (1 - x[j - 1]) * (1 - x[j - 1]),
    ),
  steps: (x) => sum(x, (v) => Math.floor(Math.abs(4 * v - 1))),
  // A saw of 12 teeth on a bowl.
  saw: (x) => sum(x, (v) => v * v + 3 * Math.abs(3 * v - Math.round(3 * v))),
  "saw and valley": (x) =>
    sum(
      x,
      (v, j) => (v - (j ? x[j - 1] : 1)) * (v - (j ? x[j - 1] : 1)) + Math.abs(2 * v - Math.round(2 * v)),
    ),
  cigar: (x) => sum(x, (v, j) => (j === 0 ? v * v : 1e6 * v * v)),
  corner: (x) => sum(x, (v) => -v),
  wells: (x) => sum(x, (v) => ((v * v - 4) * (v * v - 4)) / 8 + v / 5),
  holes: (x) => (x[0] > 1 && x[0] < 2 ? NaN : sum(x, (v) => (v - 2.2) * (v - 2.2))),
  far: (x) => 1e12 + sum(x, (v) => 1e9 * (v - 1) * (v - 1)),
  tiny: (x) => 1e-14 * sum(x, (v) => (v - 1) * (v - 1)),
  needle: (x) => (Math.abs(x[0] - 1) < 1e-3 ? -5 : 0) + 1e-3 * sum(x, (v) => v * v),
};

export const box = (n, low = -5, high = 5) => ({
  lower: new Array(n).fill(low),
  upper: new Array(n).fill(high),
});

function* methods(d) {
  for (const [name, f] of Object.entries(functions))
    for (const method of METHODS)
      yield [
        `${name} ${method}`,
        () =>
          d.minimizeGlobal(f, box(name === "holes" ? 2 : 3), {
            method,
            seed: 1,
            maxEvaluations: 900,
            trace: true,
            every: 9,
          }),
      ];
  for (const n of [1, 2, 6, 12])
    for (const method of METHODS)
      yield [
        `saw of ${n} ${method}`,
        () =>
          together(
            [2, 3].map((seed) =>
              d.minimizeGlobal(functions.saw, box(n), { method, seed, maxEvaluations: 700 }),
            ),
          ),
      ];
  for (const [text, n] of [
    ["x^2 + y^2 - 10*cos(6*x) - 10*cos(6*y)", 2],
    ["(x - y)^2 + exp(-x) + sqrt(1 + z^2)", 3],
  ])
    for (const method of METHODS)
      yield [
        `${text} ${method}`,
        () => d.minimizeGlobal(d.compileObjective(text), box(n), { method, seed: 4, maxEvaluations: 900 }),
      ];
  // To their own end.
  for (const method of METHODS)
    yield [`to its end ${method}`, () => d.minimizeGlobal(functions.wells, box(1), { method, seed: 1 })];
  yield [
    "to its end cmaes in two",
    () => d.minimizeGlobal(functions.saw, box(2), { method: d.cmaes({ patience: 1, restarts: 2 }), seed: 5 }),
  ];
}

/** One variant of a method with each function of a few. */
export const tried = (d, method, names = ["valley", "saw", "cigar"], o = {}) =>
  together(
    names.map((name) =>
      d.minimizeGlobal(functions[name], box(3), {
        method,
        seed: 7,
        maxEvaluations: 600,
        trace: true,
        every: 4,
        ...o,
      }),
    ),
  );

export function* cases(d) {
  yield* methods(d);
}
