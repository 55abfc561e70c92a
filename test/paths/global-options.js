// Every option of every global search, and limits.
import { box, functions, METHODS, tried } from "./global.js";
import { resumed, spoken, together } from "./several.js";

function* options(d) {
  const cma = {
    "without portfolio": { portfolio: false },
    passive: { active: false, portfolio: false },
    separable: { covariance: "separable", portfolio: false },
    limited: { covariance: "limited", portfolio: false },
    "from a point": { x0: [4, 4, 4], sigma: 0.5, portfolio: false },
    "from a corner": { x0: [-5, 5, -5], sigma: [0.1, 2, 20] },
    "popSize 4": { popSize: 4, portfolio: false },
    "popSize 60": { popSize: 60, portfolio: false },
    "no restarts": { restarts: 0, portfolio: false },
    "patience 1": { patience: 1, restarts: 3, portfolio: false },
    "sigma tiny": { sigma: 1e-9, portfolio: false, restarts: 0 },
    "sigma huge": { sigma: 1e3, portfolio: false, restarts: 0 },
  };
  for (const [name, o] of Object.entries(cma)) yield [`cmaes ${name}`, () => tried(d, d.cmaes(o))];
  yield [
    "cmaes at length",
    () =>
      tried(d, d.cmaes({ portfolio: false }), ["saw", "steps", "wells", "tiny", "far"], {
        maxEvaluations: 3500,
      }),
  ];
  yield [
    "portfolio at length",
    () =>
      tried(d, "cmaes", ["saw", "needle", "steps", "cigar", "saw and valley", "wells"], {
        maxEvaluations: 3500,
      }),
  ];
  yield [
    "portfolio of ten",
    () => d.minimizeGlobal(functions["saw and valley"], box(10), { seed: 2, maxEvaluations: 2500 }),
  ];
  for (const n of [40, 101, 130])
    yield [
      `cmaes of ${n}`,
      () => d.minimizeGlobal(functions.cigar, box(n), { seed: 1, maxEvaluations: n === 40 ? 2500 : 900 }),
    ];
  yield [
    "cmaes full of 30",
    () =>
      d.minimizeGlobal(functions.cigar, box(30), {
        method: d.cmaes({ portfolio: false }),
        seed: 1,
        maxEvaluations: 1500,
      }),
  ];
  for (const strategy of d.deStrategies)
    yield [`differentialEvolution ${strategy}`, () => tried(d, d.differentialEvolution({ strategy }))];
  for (const [name, o] of Object.entries({
    "popSize 5": { popSize: 5 },
    "popSize 5 classic": { popSize: 5, strategy: "best1bin" },
    mutation: { strategy: "rand1bin", mutation: 0.4, recombination: 0.2 },
    "mutation of a range": { strategy: "best1bin", mutation: [0.3, 1.2], recombination: 1 },
    budget: { budget: 250 },
  }))
    yield [`differentialEvolution ${name}`, () => tried(d, d.differentialEvolution(o))];
  yield [
    "differentialEvolution to its end",
    () =>
      together(
        ["lshade", "best1bin", "rand2exp"].map((strategy) =>
          d.minimizeGlobal(functions.sphere, box(2), {
            method: d.differentialEvolution({ strategy }),
            seed: 1,
            maxEvaluations: 8000,
          }),
        ),
      ),
  ];
  for (const [name, values] of Object.entries({
    selection: ["tournament", "rank", "roulette"],
    crossover: ["rex", "sbx", "blx", "arithmetic"],
    mutation: ["polynomial", "gaussian"],
    crossoverRate: [0, 0.3, 1],
    mutationRate: [0, 0.5, 1],
    elite: [0, 1, 20],
    islands: [2, 5],
    local: [false],
    patience: [3],
    popSize: [6, 80],
  }))
    for (const value of values)
      yield [
        `genetic ${name} ${value}`,
        () =>
          tried(
            d,
            d.genetic({ crossover: "sbx", [name]: value, ...(name === "islands" ? { popSize: 20 } : {}) }),
            ["valley", "saw"],
            { maxEvaluations: name === "islands" ? 1500 : 600 },
          ),
      ];
  yield [
    "genetic without local searches at length",
    () => tried(d, d.genetic({ local: false, popSize: 20 }), ["sphere", "saw"], { maxEvaluations: 5000 }),
  ];
  for (const [name, value] of Object.entries({
    temperature: 1,
    restartRatio: 0.5,
    visit: 1.2,
    accept: -50,
    steps: 20,
    local: false,
    patience: 2,
  }))
    yield [
      `simulatedAnnealing ${name} ${value}`,
      () =>
        tried(
          d,
          d.simulatedAnnealing({
            local: name === "temperature",
            [name]: value,
            ...(name === "patience" ? { steps: 30 } : {}),
          }),
        ),
    ];
  yield [
    "simulatedAnnealing at length",
    () => tried(d, "simulatedAnnealing", ["saw", "steps", "needle"], { maxEvaluations: 2500 }),
  ];
  yield [
    "simulatedAnnealing without local at length",
    () =>
      tried(d, d.simulatedAnnealing({ local: false, steps: 400 }), ["saw", "wells"], {
        maxEvaluations: 2500,
      }),
  ];
}

function* limits(d) {
  const f = functions["saw and valley"];
  for (const [name, o] of Object.entries({
    target: { target: 0.5 },
    "a target met at once": { target: 1e9 },
    maxIterations: { maxIterations: 4 },
    "maxEvaluations 1": { maxEvaluations: 1 },
    "maxEvaluations 7": { maxEvaluations: 7 },
    popSize: { popSize: 9, maxEvaluations: 300 },
    onIteration: { onIteration: ({ nit }) => (nit >= 2 ? "stop" : undefined) },
  }))
    yield [
      `limit ${name}`,
      () => together(METHODS.map((method) => d.minimizeGlobal(f, box(3), { method, seed: 2, ...o }))),
    ];
  const failing = {
    flat: () => 3,
    "never finite": () => NaN,
    infinite: () => Infinity,
    "down for ever": (x) => -1e300 * x[0],
  };
  for (const [name, g] of Object.entries(failing))
    yield [
      `${name}`,
      () =>
        together(
          [...METHODS, d.cmaes({ portfolio: false })].map((method) =>
            d.minimizeGlobal(g, box(2), { method, seed: 2, maxEvaluations: 1200 }),
          ),
        ),
    ];
  yield ["flat to its end", () => d.minimizeGlobal(() => 3, box(2), { seed: 2 })];
  const parts = {
    fun: functions.valley,
    grad: (x, g) => {
      g[0] = 400 * x[0] * (x[0] * x[0] - x[1]) - 2 * (1 - x[0]);
      g[1] = 200 * (x[1] - x[0] * x[0]);
    },
  };
  yield [
    "with a gradient",
    () =>
      together(
        METHODS.flatMap((method) =>
          [true, false].map((polish) =>
            d.minimizeGlobal(parts, box(2), { method, polish, seed: 2, maxEvaluations: 400 }),
          ),
        ),
      ),
  ];
  yield [
    "with funGrad",
    () =>
      d.minimizeGlobal({ funGrad: (x, g) => (parts.grad(x, g), parts.fun(x)) }, box(2), {
        seed: 2,
        maxEvaluations: 400,
      }),
  ];
  yield [
    "in batches",
    () =>
      together(
        METHODS.map((method) =>
          d.minimizeGlobal(
            {
              evaluateBatch: (points, out) =>
                points.forEach((x, i) => {
                  out[i] = f(x);
                }),
            },
            box(3),
            { method, seed: 2, maxEvaluations: 500 },
          ),
        ),
      ),
  ];
  for (const method of METHODS)
    for (const steps of [1, 12])
      yield [
        `resumed ${method} ${steps}`,
        () =>
          resumed((o) => d.iterateGlobal(f, box(3), { method, seed: 3, maxEvaluations: 800, ...o }), steps),
      ];
  yield [
    "reports",
    () =>
      METHODS.flatMap((method) => {
        const r = d.minimizeGlobal(functions.wells, box(2), { method, seed: 1, maxEvaluations: 900 });
        return [spoken(r), spoken(r, "brief"), r.message];
      }),
  ];
}

export function* cases(d) {
  yield* options(d);
  yield* limits(d);
}
