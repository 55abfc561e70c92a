// Every global search on functions smooth, rough, flat, failing, of integers, logarithms and choices, under constraints; by ask and tell.
import { refusals, resumed, spoken, together } from "./several.js";

const METHODS = ["cmaes", "differentialEvolution", "genetic", "simulatedAnnealing"];

const sum = (x, f) => x.reduce((s, v, j) => s + f(v, j), 0);
const functions = {
  sphere: (x) => sum(x, (v, j) => (v - 0.3 * j) * (v - 0.3 * j)),
  valley: (x) => sum(x, (v, j) => (j === 0 ? 0 : 100 * (v - x[j - 1] * x[j - 1]) * (v - x[j - 1] * x[j - 1]) + (1 - x[j - 1]) * (1 - x[j - 1]))), // biome-ignore format: as a formula
  steps: (x) => sum(x, (v) => Math.floor(Math.abs(4 * v - 1))),
  // A saw of 12 teeth on a bowl.
  saw: (x) => sum(x, (v) => v * v + 3 * Math.abs(3 * v - Math.round(3 * v))),
  "saw and valley": (x) => sum(x, (v, j) => (v - (j ? x[j - 1] : 1)) * (v - (j ? x[j - 1] : 1)) + Math.abs(2 * v - Math.round(2 * v))), // biome-ignore format: as a formula
  cigar: (x) => sum(x, (v, j) => (j === 0 ? v * v : 1e6 * v * v)),
  corner: (x) => sum(x, (v) => -v),
  wells: (x) => sum(x, (v) => ((v * v - 4) * (v * v - 4)) / 8 + v / 5),
  holes: (x) => (x[0] > 1 && x[0] < 2 ? NaN : sum(x, (v) => (v - 2.2) * (v - 2.2))),
  far: (x) => 1e12 + sum(x, (v) => 1e9 * (v - 1) * (v - 1)),
  tiny: (x) => 1e-14 * sum(x, (v) => (v - 1) * (v - 1)),
  needle: (x) => (Math.abs(x[0] - 1) < 1e-3 ? -5 : 0) + 1e-3 * sum(x, (v) => v * v),
};

const box = (n, low = -5, high = 5) => ({ lower: new Array(n).fill(low), upper: new Array(n).fill(high) });

function* methods(d) {
  for (const [name, f] of Object.entries(functions))
    for (const method of METHODS)
      yield [
        `${name} ${method}`,
        () =>
          d.minimizeGlobal(f, box(name === "holes" ? 2 : 3), { method, seed: 1, maxEvaluations: 1500, trace: true, every: 9 }),
      ]; // biome-ignore format: as a table
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
  yield ["to its end cmaes in two", () => d.minimizeGlobal(functions.saw, box(2), { method: d.cmaes({ patience: 1, restarts: 2 }), seed: 5 })]; // biome-ignore format: as a table
}

/** One variant of a method with each function of a few. */
const tried = (d, method, names = ["valley", "saw", "cigar"], o = {}) =>
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
  yield ["cmaes at length", () => tried(d, d.cmaes({ portfolio: false }), ["saw", "steps", "wells", "tiny", "far"], { maxEvaluations: 6000 })]; // biome-ignore format: as a table
  yield ["portfolio at length", () => tried(d, "cmaes", ["saw", "needle", "steps", "cigar", "saw and valley", "wells"], { maxEvaluations: 6000 })]; // biome-ignore format: as a table
  yield ["portfolio of ten", () => d.minimizeGlobal(functions["saw and valley"], box(10), { seed: 2, maxEvaluations: 4000 })]; // biome-ignore format: as a table
  for (const n of [40, 101, 130])
    yield [`cmaes of ${n}`, () => d.minimizeGlobal(functions.cigar, box(n), { seed: 1, maxEvaluations: n === 40 ? 2500 : 900 })]; // biome-ignore format: as a table
  yield ["cmaes full of 30", () => d.minimizeGlobal(functions.cigar, box(30), { method: d.cmaes({ portfolio: false }), seed: 1, maxEvaluations: 1500 })]; // biome-ignore format: as a table
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
  yield ["differentialEvolution to its end", () => together(["lshade", "best1bin", "rand2exp"].map((strategy) => d.minimizeGlobal(functions.sphere, box(2), { method: d.differentialEvolution({ strategy }), seed: 1, maxEvaluations: 8000 })))]; // biome-ignore format: as a table
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
      yield [`genetic ${name} ${value}`, () => tried(d, d.genetic({ crossover: "sbx", [name]: value, ...(name === "islands" ? { popSize: 20 } : {}) }), ["valley", "saw"], { maxEvaluations: name === "islands" ? 1500 : 600 })]; // biome-ignore format: as a table
  yield ["genetic without local searches at length", () => tried(d, d.genetic({ local: false, popSize: 20 }), ["sphere", "saw"], { maxEvaluations: 5000 })]; // biome-ignore format: as a table
  for (const [name, value] of Object.entries({
    temperature: 1,
    restartRatio: 0.5,
    visit: 1.2,
    accept: -50,
    steps: 20,
    local: false,
    patience: 2,
  }))
    yield [`simulatedAnnealing ${name} ${value}`, () => tried(d, d.simulatedAnnealing({ local: name === "temperature", [name]: value, ...(name === "patience" ? { steps: 30 } : {}) }))]; // biome-ignore format: as a table
  yield ["simulatedAnnealing at length", () => tried(d, "simulatedAnnealing", ["saw", "steps", "needle"], { maxEvaluations: 4000 })]; // biome-ignore format: as a table
  yield ["simulatedAnnealing without local at length", () => tried(d, d.simulatedAnnealing({ local: false, steps: 400 }), ["saw", "wells"], { maxEvaluations: 4000 })]; // biome-ignore format: as a table
}

function* limits(d) {
  const f = functions["saw and valley"];
  for (const [name, o] of Object.entries({
    "target": { target: 0.5 },
    "a target met at once": { target: 1e9 },
    "maxIterations": { maxIterations: 4 },
    "maxEvaluations 1": { maxEvaluations: 1 },
    "maxEvaluations 7": { maxEvaluations: 7 },
    "popSize": { popSize: 9, maxEvaluations: 300 },
    "onIteration": { onIteration: ({ nit }) => (nit >= 2 ? "stop" : undefined) },
  }))
    yield [`limit ${name}`, () => together(METHODS.map((method) => d.minimizeGlobal(f, box(3), { method, seed: 2, ...o })))]; // biome-ignore format: as a table
  const failing = {
    flat: () => 3,
    "never finite": () => NaN,
    infinite: () => Infinity,
    "down for ever": (x) => -1e300 * x[0],
  };
  for (const [name, g] of Object.entries(failing))
    yield [`${name}`, () => together([...METHODS, d.cmaes({ portfolio: false })].map((method) => d.minimizeGlobal(g, box(2), { method, seed: 2, maxEvaluations: 1200 })))]; // biome-ignore format: as a table
  yield ["flat to its end", () => d.minimizeGlobal(() => 3, box(2), { seed: 2 })];
  const parts = {
    fun: functions.valley,
    grad: (x, g) => {
      g[0] = 400 * x[0] * (x[0] * x[0] - x[1]) - 2 * (1 - x[0]);
      g[1] = 200 * (x[1] - x[0] * x[0]);
    },
  };
  yield ["with a gradient", () => together(METHODS.flatMap((method) => [true, false].map((polish) => d.minimizeGlobal(parts, box(2), { method, polish, seed: 2, maxEvaluations: 400 }))))]; // biome-ignore format: as a table
  yield ["with funGrad", () => d.minimizeGlobal({ funGrad: (x, g) => (parts.grad(x, g), parts.fun(x)) }, box(2), { seed: 2, maxEvaluations: 400 })]; // biome-ignore format: as a table
  yield ["in batches", () => together(METHODS.map((method) => d.minimizeGlobal({ evaluateBatch: (points, out) => points.forEach((x, i) => { out[i] = f(x); }) }, box(3), { method, seed: 2, maxEvaluations: 500 })))]; // biome-ignore format: as a table
  for (const method of METHODS)
    for (const steps of [1, 12])
      yield [`resumed ${method} ${steps}`, () => resumed((o) => d.iterateGlobal(f, box(3), { method, seed: 3, maxEvaluations: 800, ...o }), steps)]; // biome-ignore format: as a table
  yield ["reports", () => METHODS.flatMap((method) => { const r = d.minimizeGlobal(functions.wells, box(2), { method, seed: 1, maxEvaluations: 900 }); return [spoken(r), spoken(r, "brief"), r.message]; })]; // biome-ignore format: as a table
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
    yield [`box ${name}`, () => together(METHODS.map((method) => d.minimizeGlobal((x) => bowl(x.map(Number)), b, { method, seed: 5, maxEvaluations: 400 })))]; // biome-ignore format: as a table
  yield ["separable with integers", () => d.minimizeGlobal(bowl, { ...box(3), integer: [1] }, { method: d.cmaes({ covariance: "separable", portfolio: false }), seed: 5, maxEvaluations: 900 })]; // biome-ignore format: as a table
  const named = { rate: { lower: 1e-4, upper: 0.3, log: true }, units: { lower: 2, upper: 16, integer: true }, kind: { choices: ["p", "q", "r"] } }; // biome-ignore format: as a table
  const loss = ({ rate, units, kind }) => (rate - 0.02) * (rate - 0.02) * 1e3 + Math.abs(units - 9) / 5 + (kind === "q" ? 0 : 1); // biome-ignore format: as a formula
  yield ["box by names", () => together(METHODS.map((method) => d.minimizeGlobal(loss, named, { method, seed: 5, maxEvaluations: 300 })))]; // biome-ignore format: as a table
}

function* constraints(d) {
  const inequality = [(x) => 2 - x[0] * x[1], (x) => x[1] - x[0] * x[0]];
  const b = { lower: [0, 0], upper: [3, 4] };
  const able = () => [...METHODS.slice(0, 3), d.differentialEvolution({ strategy: "best1bin" }), d.cmaes({ portfolio: false }), d.cmaes({ covariance: "separable" }), d.genetic({ islands: 2, popSize: 20 })]; // biome-ignore format: as a table
  yield ["inequalities", () => together(able().map((method) => d.minimizeGlobal((x) => -x[0] - x[1], b, { method, seed: 1, maxEvaluations: 1500, trace: true, every: 5, inequality })))]; // biome-ignore format: as a table
  yield ["inequalities at once", () => together(able().map((method) => d.minimizeGlobal((x) => -x[0] - x[1], b, { method, seed: 1, maxEvaluations: 600, inequality: { count: 2, fun: (x, out) => { out[0] = inequality[0](x); out[1] = inequality[1](x); } } })))]; // biome-ignore format: as a table
  const circle = [(x) => x[0] * x[0] + x[1] * x[1] - 1];
  for (const popSize of [undefined, 20])
    yield [`an equation ${popSize}`, () => d.minimizeGlobal((x) => x[0] + 2 * x[1], box(2), { seed: 1, maxEvaluations: 3000, equality: circle, popSize })]; // biome-ignore format: as a table
  yield ["both", () => d.minimizeGlobal((x) => sum(x, (v) => v * v), box(3), { seed: 1, maxEvaluations: 3000, equality: [(x) => x[0] + x[1] - 1], inequality: [(x) => x[2] - 0.5], feasTol: 1e-3 })]; // biome-ignore format: as a table
  yield ["no feasible point", () => together(able().map((method) => d.minimizeGlobal((x) => x[0], box(2), { method, seed: 1, maxEvaluations: 500, inequality: [(x) => -1 - x[0] * x[0]] })))]; // biome-ignore format: as a table
  yield ["constraints that are NaN", () => together(able().map((method) => d.minimizeGlobal((x) => x[0] * x[0], box(2), { method, seed: 1, maxEvaluations: 500, inequality: [(x) => (x[0] < 0 ? NaN : x[1])] })))]; // biome-ignore format: as a table
  yield ["constraints to the end", () => d.minimizeGlobal((x) => sum(x, (v) => v * v), box(2), { seed: 1, method: d.cmaes({ restarts: 1 }), inequality: [(x) => x[0] - 1] })]; // biome-ignore format: as a table
  yield ["resumed under constraints", () => resumed((o) => d.iterateGlobal((x) => -x[0] - x[1], b, { seed: 1, maxEvaluations: 900, inequality, ...o }), 9)]; // biome-ignore format: as a table
}

function* asked(d) {
  const f = functions.saw;
  for (const method of METHODS)
    yield [
      `asked ${method}`,
      () => {
        const search = d.globalSearch(box(2), { method, seed: 1, maxEvaluations: 300 });
        while (!search.done) {
          const points = search.ask();
          // The second half first.
          const late = points.splice(points.length >> 1);
          search.tell(late.map(f), late);
          if (points.length > 0 && !search.done) search.tell(points.map(f), points);
        }
        return search.result;
      },
    ];
  yield [
    "asked, saved and asked on",
    () => {
      const first = d.globalSearch(box(2), { seed: 1, maxEvaluations: 400, target: 0.01 });
      for (let i = 0; i < 9; i++) first.tell(first.ask().map(f));
      const state = JSON.parse(JSON.stringify(first.state()));
      first.dispose();
      const search = d.globalSearch(box(2), { seed: 1, maxEvaluations: 400, target: 0.01, resume: state });
      while (!search.done) search.tell(search.ask().map((x, i) => (i === 2 ? NaN : f(x))));
      return [first.result, search.result, search.state()];
    },
  ];
  yield [
    "asked wrongly",
    () => {
      const search = d.globalSearch(box(2), { seed: 1, popSize: 6, method: d.cmaes({ portfolio: false }) });
      const points = [];
      const said = refusals(
        () => search.tell([1, 2]),
        () => void points.push(...search.ask()),
        () => search.tell([1]),
        () => search.tell(["a"], [points[0]]),
        () => search.tell([1], [[9, 9]]),
        () => search.tell([1, 2], [points[0], points[0]]),
        () => search.tell([1], [points[0]]),
        () => search.state(),
        () => search.dispose(),
        () => search.tell([1]),
      );
      return said;
    },
  ];
}

function* wrong(d) {
  const run =
    (b, o, f = functions.sphere) =>
    () =>
      d.minimizeGlobal(f, b, o);
  yield ["an open box", run({ lower: [0], upper: [Infinity] })];
  yield ["a box that crosses", run({ lower: [0, 2], upper: [1, 1] })];
  yield ["a logarithm of 0", run({ lower: [0], upper: [1], log: [0] })];
  yield ["options in the place of the box", run({ bounds: [[0, 1]] }, {})];
  yield ["equations by genetic", run(box(2), { method: "genetic", equality: [(x) => x[0]] })];
  yield [
    "limited with integers",
    run({ ...box(2), integer: [0] }, { method: d.cmaes({ covariance: "limited" }) }),
  ];
  yield [
    "what is refused",
    () =>
      refusals(
        run(box(2), { method: "pso" }), run(box(2), { seed: -1 }), run(box(2), { popSize: 1 }), run(box(2), { generations: 9 }), run(box(2), { maxEvaluations: 0 }),
        run({ lower: [0, 1], upper: [1] }), run({ ...box(2), integer: [2] }), run({ ...box(2), choices: { 0: [] } }), run({ a: { lower: 0 } }), run({ a: { lower: 0, upper: 1, step: 1 } }), run({}),
        run(box(2), { method: "simulatedAnnealing", inequality: [(x) => x[0]] }), run(box(2), { inequality: [3] }), run(box(2), { inequality: { count: 1 } }), run(box(2), { feasTol: -1 }),
        run(box(2), {}, () => "a"), run(box(2), {}, 3), run(box(2), {}, {}), run(box(2), {}, { evaluateBatch: () => {} }), run({ lower: [0.2], upper: [0.8], integer: [0] }),
        () => d.cmaes({ sigma: 0 }), () => d.cmaes({ covariance: "dense" }), () => d.cmaes({ x0: [NaN] }), run(box(2), { method: d.cmaes({ x0: [1] }) }), run(box(2), { method: d.cmaes({ x0: [9, 0] }) }), run(box(2), { method: d.cmaes({ sigma: [1] }) }), () => d.differentialEvolution({ strategy: "x" }), () => d.differentialEvolution({ mutation: [1, 0] }), () => d.differentialEvolution({ popSize: 4 }),
        () => d.genetic({ elite: -1 }), run(box(2), { method: d.genetic({ popSize: 4, elite: 9 }) }), run(box(2), { method: d.genetic({ popSize: 6, islands: 9 }) }), () => d.simulatedAnnealing({ visit: 3 }), () => d.simulatedAnnealing({ steps: 0 }),
      ), // biome-ignore format: as a table
  ];
}

function* bred(d) {
  const at = Array.from({ length: 9 }, (_, i) => [(i * 7) % 9, (i * i) % 5]);
  const tour = (order) => -sum(order, (v, i) => Math.abs(at[v][0] - at[order[(i + 1) % 9]][0]) + Math.abs(at[v][1] - at[order[(i + 1) % 9]][1])); // biome-ignore format: as a formula
  for (const crossover of ["edge", "order", "pmx"])
    for (const mutation of ["inversion", "swap", "scramble"])
      yield [`tour ${crossover} ${mutation}`, () => together([0.2, 1].map((crossoverRate) => d.evolve({ genome: d.permutation(9, { crossover, mutation }), fitness: tour, seed: 1, maxEvaluations: 900, crossoverRate, trace: true })))]; // biome-ignore format: as a table
  const deceptive = (bits) => sum(bits, (b, i) => (i % 3 === 0 ? (b && bits[i + 1] && bits[i + 2] ? 4 : 3 - b) : b ? 0 : 1)); // biome-ignore format: as a formula
  for (const crossover of ["uniform", "onePoint", "twoPoint"])
    yield [`bits ${crossover}`, () => together([{}, { rate: 0.3, exchange: 0.1 }, { rate: 0, exchange: 1 }].map((o) => d.evolve({ genome: d.binary(21, { crossover, ...o }), fitness: deceptive, seed: 2, maxEvaluations: 800, trace: true })))]; // biome-ignore format: as a table
  const bowl = (x) => -functions.saw(x);
  yield ["reals", () => together([[[-5, -5], [5, 5]], [[0, 0], [1e6, 1e-6]], [[1, -1], [1, 1]]].map(([low, high]) => d.evolve({ genome: d.real(low, high), fitness: bowl, seed: 3, maxEvaluations: 700, popSize: 12, trace: true })))]; // biome-ignore format: as a table
  yield ["sizes of one", () => together([d.permutation(1), d.binary(1), d.real([0], [1]), d.permutation(2), d.permutation(3)].map((genome) => d.evolve({ genome, fitness: (x) => x[0], seed: 1, patience: 3, popSize: 6 })))]; // biome-ignore format: as a table
  yield [
    "patience",
    () => d.evolve({ genome: d.binary(8), fitness: (x) => sum(x, (v) => v), seed: 1, patience: 5 }),
  ];
  yield ["patience of its own", () => d.evolve({ genome: d.binary(4), fitness: (x) => x[0], seed: 1 })];
  yield ["fitness that fails", () => together([() => NaN, () => -Infinity, (x) => (x[0] ? NaN : x[1])].map((fitness) => d.evolve({ genome: d.binary(6), fitness, seed: 1, maxIterations: 15 })))]; // biome-ignore format: as a table
  const own = {
    create: (random) => random.below(1000),
    crossover: (a, b) => (a + b) >> 1,
    mutate: (v, random) => v + random.below(11) - 5,
  };
  yield ["individuals of one's own", () => d.evolve({ genome: own, fitness: (v) => -Math.abs(v - 777), seed: 1, maxEvaluations: 1500, trace: true, every: 7 })]; // biome-ignore format: as a table
  yield ["resumed tour", () => resumed((o) => d.iterateEvolve({ genome: d.permutation(9), fitness: tour, seed: 1, maxEvaluations: 900, ...o }), 4)]; // biome-ignore format: as a table
  yield ["resumed bits", () => resumed((o) => d.iterateEvolve({ genome: d.binary(21), fitness: deceptive, seed: 1, maxIterations: 12, ...o }), 4)]; // biome-ignore format: as a table
  yield ["resumed own", () => resumed((o) => d.iterateEvolve({ genome: own, fitness: (v) => v, seed: 1, maxIterations: 12, ...o }), 4)]; // biome-ignore format: as a table
  yield ["evolved, reported", () => { const r = d.evolve({ genome: d.binary(8), fitness: (x) => x[0], seed: 1, patience: 2 }); return [spoken(r), spoken(r, "brief"), r.message]; }]; // biome-ignore format: as a table
  yield [
    "evolution that refuses",
    () =>
      refusals(
        () => d.evolve({ genome: d.binary(3), fitness: () => "a" }), () => d.evolve({ genome: {}, fitness: () => 1 }), () => d.evolve({ genome: d.binary(3) }), () => d.evolve({ genome: d.binary(3), fitness: () => 1, popSize: 1 }), () => d.evolve({ genome: d.binary(3), fitness: () => 1, crossoverRate: 2 }),
        () => d.permutation(0), () => d.permutation(3, { crossover: "x" }), () => d.binary(2.5), () => d.binary(3, { rate: 2 }), () => d.real([1], [0]), () => d.real([1], [0, 1]), () => d.evolve({ genome: { ...d.binary(3), create: () => [1] }, fitness: () => 1 }),
      ), // biome-ignore format: as a table
  ];
}

export function* cases(d) {
  yield* methods(d);
  yield* options(d);
  yield* limits(d);
  yield* variables(d);
  yield* constraints(d);
  yield* asked(d);
  yield* bred(d);
  yield* wrong(d);
}
