// Global searches to their ends, over variables of every kind, under constraints.
import { box, functions, METHODS, sum, tried } from "./global.js";
import { refusals, resumed, spoken, together } from "./several.js";

function* ends(d) {
  const bowl = (n) => ({
    fun: (x) => sum(x, (v, j) => (v - 0.31 * j) * (v - 0.31 * j) * (1 + j) + (v * v * v * v) / 10),
    grad: (x, g) => {
      for (let j = 0; j < n; j++) g[j] = 2 * (1 + j) * (x[j] - 0.31 * j) + (2 * x[j] * x[j] * x[j]) / 5;
    },
  });
  const quick = () => [
    d.cmaes({ restarts: 0 }),
    d.differentialEvolution({ popSize: 10 }),
    d.genetic({ popSize: 20 }),
    d.simulatedAnnealing({ steps: 15 }),
  ];
  const boxes = {
    "": box(3),
    "one fixed": { lower: [-5, 1, -5], upper: [5, 1, 5] },
    "one whole": { ...box(3), integer: [1] },
    "one by its logarithm": { lower: [0.01, -1, -1], upper: [5, 1, 0.2], log: [0] },
  };
  for (const [name, b] of Object.entries(boxes))
    yield [
      `polished ${name}`,
      () => together(quick().map((method) => d.minimizeGlobal(bowl(3), b, { method, seed: 1 }))),
    ];
  yield [
    "polished at once",
    () =>
      d.minimizeGlobal({ funGrad: (x, g) => (bowl(2).grad(x, g), bowl(2).fun(x)) }, box(2), {
        method: d.cmaes({ restarts: 0 }),
        seed: 1,
      }),
  ];
  yield [
    "polished text",
    () =>
      together(
        quick().map((method) =>
          d.minimizeGlobal(d.compileObjective("(x - y)^2 + exp(-x) + x^2"), box(2), { method, seed: 1 }),
        ),
      ),
  ];
  yield [
    "polished without end",
    () =>
      d.minimizeGlobal({ fun: bowl(1).fun, grad: (_x, g) => g.fill(NaN) }, box(1), {
        method: d.cmaes({ restarts: 0 }),
        seed: 1,
      }),
  ];
  yield [
    "not polished",
    () =>
      together(
        quick().map((method) => d.minimizeGlobal(bowl(2), box(2), { method, seed: 1, polish: false })),
      ),
  ];
  yield [
    "searches of nothing but walls",
    () =>
      together(
        METHODS.map((method) =>
          d.minimizeGlobal((x) => (x[0] * x[0] + x[1] * x[1] < 1 ? x[0] : Infinity), box(2), {
            method,
            seed: 1,
            maxEvaluations: 500,
          }),
        ),
      ),
  ];
  yield [
    "roulette of walls and ties",
    () =>
      tried(d, d.genetic({ crossover: "blx", selection: "roulette", popSize: 8 }), [
        "holes",
        "steps",
        "needle",
      ]),
  ];
  for (const steps of [60, 150, 260])
    yield [
      `resumed within the portfolio ${steps}`,
      () =>
        resumed(
          (o) =>
            d.iterateGlobal(functions["saw and valley"], box(3), { seed: 3, maxEvaluations: 1500, ...o }),
          steps,
        ),
    ];
  for (const steps of [100, 300])
    yield [
      `resumed within annealing ${steps}`,
      () =>
        resumed(
          (o) =>
            d.iterateGlobal(functions.steps, box(2), {
              method: "simulatedAnnealing",
              seed: 3,
              maxEvaluations: 900,
              ...o,
            }),
          steps,
        ),
    ];
  for (const steps of [20, 45, 70])
    yield [
      `resumed within genetic ${steps}`,
      () =>
        resumed(
          (o) =>
            d.iterateGlobal(functions.sphere, box(2), {
              method: d.genetic({ popSize: 8 }),
              seed: 3,
              maxEvaluations: 1500,
              ...o,
            }),
          steps,
        ),
    ];
  const mixed = {
    lower: [-5, 1, 1e-3, 0, 1],
    upper: [5, 9, 1e3, 2, 1000],
    integer: [1, 4],
    log: [2, 4],
    choices: { 3: ["a", "b", "c"] },
  };
  const mixture = (x) =>
    (x[0] - 1) * (x[0] - 1) +
    Math.abs(x[1] - 4) +
    Math.abs(x[2] - 3) +
    (x[3] === 1 || x[3] === "b" ? 0 : 1) +
    Math.abs(x[4] - 77) / 50;
  for (const portfolio of [true, false])
    yield [
      `from a point of all kinds ${portfolio}`,
      () =>
        refusals(
          () =>
            d.minimizeGlobal(mixture, mixed, {
              method: d.cmaes({ x0: [0, 2, 1, 1, 10], sigma: [1, 2, 0.5, 0.5, 1], portfolio }),
              seed: 1,
              maxEvaluations: 600,
            }),
          () =>
            d.minimizeGlobal(mixture, mixed, {
              method: d.cmaes({ x0: [0, 2, 1, 2, 10], portfolio }),
              seed: 1,
              maxEvaluations: 600,
            }),
        ),
    ];
  yield [
    "text of all kinds",
    () =>
      together(
        METHODS.map((method) =>
          d.minimizeGlobal(
            d.compileObjective("(x-2.3)^2 + (y-4)^2 + log(z)^2"),
            { lower: [-5, 0, 0.01], upper: [5, 9, 100], integer: [1], log: [2] },
            { method, seed: 1, maxEvaluations: 300 },
          ),
        ),
      ),
  ];
  yield [
    "many reported",
    () => spoken(d.minimizeGlobal(functions.sphere, box(25), { seed: 1, maxEvaluations: 60 })),
  ];
  yield [
    "violation reported",
    () =>
      spoken(
        d.minimizeGlobal((x) => x[0], box(1), {
          seed: 1,
          maxEvaluations: 60,
          inequality: [(x) => -1 - x[0] * x[0]],
        }),
      ),
  ];
  yield [
    "infinite constraints",
    () =>
      d.minimizeGlobal((x) => x[0] * x[0], box(2), {
        seed: 1,
        maxEvaluations: 300,
        inequality: [(x) => (x[0] > 0 ? Infinity : x[0] + 1)],
      }),
  ];
}

function* variables(d) {
  const bowl = (x) => sum(x, (v, j) => (v - 2.3 * j) * (v - 2.3 * j));
  const boxes = {
    integers: { ...box(3), integer: [0, 2] },
    "all integers": { ...box(2), integer: [0, 1] },
    "a narrow integer": { lower: [-0.4, 0], upper: [0.4, 9], integer: [0, 1] },
    logarithms: { lower: [1e-6, 1, 1e-3], upper: [1e3, 10, 1e9], log: [0, 2] },
    "integers by logarithm": { lower: [1, 1], upper: [1e6, 100], log: [0, 1], integer: [0, 1] },
    choices: { lower: [-5, 0, 0], upper: [5, 2, 1], choices: { 1: ["a", "b", "c"], 2: [10, 20] } },
    "a fixed variable": { lower: [-5, 1, -5], upper: [5, 1, 5] },
    "all fixed": { lower: [2, 1], upper: [2, 1] },
    wide: { lower: [-1e12, -1e-12], upper: [1e12, 1e-12] },
  };
  for (const [name, b] of Object.entries(boxes))
    yield [
      `box ${name}`,
      () =>
        together(
          METHODS.map((method) =>
            d.minimizeGlobal((x) => bowl(x.map(Number)), b, { method, seed: 5, maxEvaluations: 400 }),
          ),
        ),
    ];
  yield [
    "separable with integers",
    () =>
      d.minimizeGlobal(
        bowl,
        { ...box(3), integer: [1] },
        { method: d.cmaes({ covariance: "separable", portfolio: false }), seed: 5, maxEvaluations: 900 },
      ),
  ];
  const named = {
    rate: { lower: 1e-4, upper: 0.3, log: true },
    units: { lower: 2, upper: 16, integer: true },
    kind: { choices: ["p", "q", "r"] },
  };
  const loss = ({ rate, units, kind }) =>
    (rate - 0.02) * (rate - 0.02) * 1e3 + Math.abs(units - 9) / 5 + (kind === "q" ? 0 : 1);
  yield [
    "box by names",
    () =>
      together(
        METHODS.map((method) => d.minimizeGlobal(loss, named, { method, seed: 5, maxEvaluations: 300 })),
      ),
  ];
}

export function* cases(d) {
  yield* ends(d);
  yield* variables(d);
}
