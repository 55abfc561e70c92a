// Every sampler with every option of its own, its diagnostics, and what is made of its draws. Runs that are longer, in threads, too: test/browser/chains.js.
import { resumed, together } from "./several.js";

export const METHODS = ["nuts", "hmc", "mala", "metropolis", "slice", "ensemble", "tempering"];

export const round = {
  names: ["x", "y"],
  logDensityGrad(x, g) {
    g[0] = -x[0] + x[1] / 2;
    g[1] = x[0] / 2 - x[1];
    return -(x[0] * x[0] - x[0] * x[1] + x[1] * x[1]) / 2;
  },
};
export const values = (x) => -(x[0] * x[0] - x[0] * x[1] + x[1] * x[1]) / 2;

/** A law of given variances, turned by a shear. */
export const narrow = (variances, shear) => ({
  names: variances.map((_, j) => `v${j}`),
  logDensityGrad(x, g) {
    let value = 0;
    g.fill(0);
    for (let j = 0; j < variances.length; j++) {
      const r = x[j] - (j > 0 ? shear * x[j - 1] : 0);
      value -= (r * r) / variances[j] / 2;
      g[j] -= r / variances[j];
      if (j > 0) g[j - 1] += (shear * r) / variances[j];
    }
    return value;
  },
});

export const odd = {
  /** A kink; a wall; none inside; nothing finite; flat; heavy tails; up for ever; modes far apart. */
  kink: {
    names: ["x"],
    logDensityGrad(x, g) {
      g[0] = x[0] > 0 ? -1 : 1;
      return -Math.abs(x[0]);
    },
  },
  wall: (x) => (x[0] > 0.5 ? -Infinity : -x[0] * x[0]),
  none: () => -Infinity,
  nothing: () => NaN,
  flat: () => 0,
  heavy: (x) => -1 / 2 + 1 / (1 + x[0] * x[0]) - Math.sqrt(Math.sqrt(1 + x[0] * x[0])),
  up: (x) => x[0],
  modes: (x) => Math.max(-(x[0] - 6) * (x[0] - 6), -(x[0] + 6) * (x[0] + 6) - 1),
  wrong: {
    names: ["x"],
    logDensityGrad(x, g) {
      g[0] = x[0];
      return (-x[0] * x[0]) / 2;
    },
  },
};

/** Small enough to be many. */
export const short = { draws: 20, warmup: 40, chains: 2, seed: 4 };

function* methods(d) {
  for (const method of METHODS) {
    yield [
      `round ${method}`,
      () => d.sample(round, [1, -1], { ...short, method, ...(method === "ensemble" ? { chains: 6 } : {}) }),
    ];
    yield [
      `round ${method} by differences`,
      () =>
        d.sample(values, [1, -1], {
          ...short,
          method,
          gradient: "differences",
          chains: method === "ensemble" ? 6 : 2,
        }),
    ];
    yield [
      `random start ${method}`,
      () =>
        d.sample(narrow([1, 0.01, 4], 0.9), "random", {
          ...short,
          method,
          chains: method === "ensemble" ? 8 : 2,
          trace: true,
          every: 20,
        }),
    ];
  }
  const made = {
    targetAcceptance: () => [
      d.nuts({ targetAcceptance: 0.95 }),
      d.hmc({ targetAcceptance: 0.6 }),
      d.mala({ targetAcceptance: 0.8 }),
    ],
    maxTreeDepth: () => [d.nuts({ maxTreeDepth: 1 }), d.nuts({ maxTreeDepth: 3 })],
    stepSize: () => [
      d.nuts({ stepSize: 0.3 }),
      d.hmc({ stepSize: 0.3 }),
      d.mala({ stepSize: 0.3 }),
      d.nuts({ stepSize: 100 }),
    ],
    "steps and jitter": () => [
      d.hmc({ steps: 1 }),
      d.hmc({ steps: 40 }),
      d.hmc({ jitter: 0 }),
      d.hmc({ jitter: 0.9 }),
    ],
    "scale and adapt": () => [
      d.metropolis({ scale: 3 }),
      d.metropolis({ adapt: false }),
      d.metropolis({ adapt: false, scale: 0.1 }),
    ],
    width: () => [d.slice({ width: 0.01 }), d.slice({ width: 100 })],
    temperatures: () => [
      d.tempering({ temperatures: 2 }),
      d.tempering({ temperatures: 5, hottest: 10 }),
      d.tempering({ hottest: 1e4 }),
    ],
    within: () =>
      ["nuts", "hmc", "mala", "metropolis", "slice"].map((within) =>
        d.tempering({ temperatures: 3, within }),
      ),
  };
  for (const [name, make] of Object.entries(made))
    yield [
      name,
      () => together(make().map((method) => d.sample(narrow([1, 0.04], 0.7), [0, 0], { ...short, method }))),
    ];
  yield [
    "stretch and spread",
    () =>
      together(
        [{ stretch: 1.2 }, { stretch: 5 }, { spread: 1e-3 }, { spread: 3 }].map((o) =>
          d.sample(round, [0, 0], { ...short, method: d.ensemble(o), chains: 8 }),
        ),
      ),
  ];
  for (const metric of ["fisher", "diagonal", "dense", "lowRank"])
    for (const warmup of [0, 5, 60, 200])
      yield [
        `${metric} learnt in ${warmup}`,
        () =>
          together(
            [4, 7].map((seed) =>
              d.sample(narrow([1, 1e-2, 9, 1, 1], 0.9), [0, 0, 0, 0, 0], {
                ...short,
                draws: 8,
                metric,
                warmup,
                seed,
                method: warmup === 60 && seed === 7 ? "hmc" : "nuts",
              }),
            ),
          ),
      ];
  const known = {
    diagonal: { kind: "diagonal", inverse: [1, 0.04] },
    dense: { kind: "dense", inverse: [1, 0.7, 0.7, 0.53] },
    lowRank: { kind: "lowRank", scale: [1, 0.5], values: [3], vectors: [0.6, 0.8] },
  };
  for (const [name, metric] of Object.entries(known))
    yield [`metric given ${name}`, () => d.sample(narrow([1, 0.04], 0.7), [0, 0], { ...short, metric })];
  yield [
    "starts",
    () =>
      together(
        [
          [
            [1, 1],
            [-1, 2],
          ],
          { x: 1, y: 2 },
          "random",
          "pathfinder",
        ].map((start) => d.sample(round, start, { ...short, jitter: 0.3, draws: 6 })),
      ),
  ];
  yield [
    "small numbers of everything",
    () =>
      together(
        [
          [1, 0, 1],
          [1, 1, 1],
          [3, 2, 1],
          [5, 9, 3],
        ].map(([draws, warmup, chains]) => d.sample(round, [0, 0], { draws, warmup, chains, seed: 1 })),
      ),
  ];
  yield [
    "longer",
    () => d.sample(narrow([1, 0.01, 4], 0.9), [0, 0, 0], { draws: 300, warmup: 300, seed: 1 }),
  ];
  yield ["longer without gradient", () => d.sample(values, [0, 0], { draws: 400, warmup: 400, seed: 1 })];
  yield [
    "many dimensions",
    () =>
      d.sample(
        narrow(
          Array.from({ length: 70 }, (_, j) => 1 / (1 + j)),
          0.5,
        ),
        new Array(70).fill(0),
        { ...short, draws: 5, metric: "lowRank" },
      ),
  ];
}

function* troubles(d) {
  for (const [name, density] of Object.entries(odd))
    yield [
      `trouble ${name}`,
      () =>
        together(
          [
            d.nuts({ maxTreeDepth: 5 }),
            ...METHODS.slice(1, 6),
            d.tempering({ temperatures: 3, within: "metropolis" }),
          ].map((method) =>
            d.sample(density, [0.1], {
              ...short,
              method,
              chains: method === "ensemble" ? 4 : 2,
              ...(typeof density === "function" ? { gradient: "differences" } : {}),
            }),
          ),
        ),
    ];
  yield [
    "modes longer",
    () =>
      together(
        ["nuts", "tempering"].map((method) =>
          d.sample(odd.modes, [[-6], [6]], {
            draws: 150,
            warmup: 150,
            chains: 2,
            seed: 1,
            method,
            gradient: "differences",
          }),
        ),
      ),
  ];
  yield ["without mass longer", () => d.sample(() => 0, [0], { draws: 200, warmup: 100, seed: 1 })];
  const funnel = d.compileDensity("normal(v, 0, 3) + normal(x, 0, exp(v/2)) + normal(y, 0, exp(v/2))", {
    params: ["v", "x", "y"],
  });
  yield ["funnel", () => d.sample(funnel, "random", { draws: 150, warmup: 100, seed: 2, chains: 2 })];
  yield [
    "funnel by hmc",
    () => d.sample(funnel, "random", { draws: 100, warmup: 60, seed: 2, chains: 2, method: "hmc" }),
  ];
  yield ["unchecked", () => d.sample(odd.wrong, [1], { ...short, method: "hmc", checkGradient: false })];
  for (const o of [
    { maxIterations: 30 },
    { maxEvaluations: 200 },
    { onIteration: ({ nit }) => (nit === 50 ? "stop" : undefined) },
  ])
    yield [
      `limit ${Object.keys(o)}`,
      () =>
        together(
          METHODS.map((method) =>
            d.sample(round, [0, 0], { ...short, method, chains: method === "ensemble" ? 6 : 2, ...o }),
          ),
        ),
    ];
  for (const method of METHODS)
    for (const steps of method === "nuts" ? [3, 25, 55] : [21])
      yield [
        `resumed ${method} ${steps}`,
        () =>
          resumed(
            (o) =>
              d.iterateSample(round, [0, 0], {
                ...short,
                method,
                chains: method === "ensemble" ? 6 : 2,
                ...o,
              }),
            steps,
          ),
      ];
  for (const metric of ["diagonal", "dense", "lowRank"])
    yield [
      `resumed ${metric}`,
      () => resumed((o) => d.iterateSample(round, [0, 0], { ...short, metric, ...o }), 30),
    ];
}

export function* cases(d) {
  yield* methods(d);
  yield* troubles(d);
}
