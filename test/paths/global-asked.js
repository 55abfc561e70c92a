// Searches by ask and tell, individuals of one's own, and what is refused.
import { box, functions, METHODS, sum } from "./global.js";
import { refusals, resumed, spoken, together } from "./several.js";

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
        run(box(2), { method: "pso" }),
        run(box(2), { seed: -1 }),
        run(box(2), { popSize: 1 }),
        run(box(2), { generations: 9 }),
        run(box(2), { maxEvaluations: 0 }),
        run({ lower: [0, 1], upper: [1] }),
        run({ ...box(2), integer: [2] }),
        run({ ...box(2), choices: { 0: [] } }),
        run({ a: { lower: 0 } }),
        run({ a: { lower: 0, upper: 1, step: 1 } }),
        run({}),
        run(box(2), { method: "simulatedAnnealing", inequality: [(x) => x[0]] }),
        run(box(2), { inequality: [3] }),
        run(box(2), { inequality: { count: 1 } }),
        run(box(2), { feasTol: -1 }),
        run(box(2), {}, () => "a"),
        run(box(2), {}, 3),
        run(box(2), {}, {}),
        run(box(2), {}, { evaluateBatch: () => {} }),
        run({ lower: [0.2], upper: [0.8], integer: [0] }),
        () => d.cmaes({ sigma: 0 }),
        () => d.cmaes({ covariance: "dense" }),
        () => d.cmaes({ x0: [NaN] }),
        run(box(2), { method: d.cmaes({ x0: [1] }) }),
        run(box(2), { method: d.cmaes({ x0: [9, 0] }) }),
        run(box(2), { method: d.cmaes({ sigma: [1] }) }),
        () => d.differentialEvolution({ strategy: "x" }),
        () => d.differentialEvolution({ mutation: [1, 0] }),
        () => d.differentialEvolution({ popSize: 4 }),
        () => d.genetic({ elite: -1 }),
        run(box(2), { method: d.genetic({ popSize: 4, elite: 9 }) }),
        run(box(2), { method: d.genetic({ popSize: 6, islands: 9 }) }),
        () => d.simulatedAnnealing({ visit: 3 }),
        () => d.simulatedAnnealing({ steps: 0 }),
      ),
  ];
}

function* bred(d) {
  const at = Array.from({ length: 9 }, (_, i) => [(i * 7) % 9, (i * i) % 5]);
  const tour = (order) =>
    -sum(
      order,
      (v, i) =>
        Math.abs(at[v][0] - at[order[(i + 1) % 9]][0]) + Math.abs(at[v][1] - at[order[(i + 1) % 9]][1]),
    );
  for (const crossover of ["edge", "order", "pmx"])
    for (const mutation of ["inversion", "swap", "scramble"])
      yield [
        `tour ${crossover} ${mutation}`,
        () =>
          together(
            [0.2, 1].map((crossoverRate) =>
              d.evolve({
                genome: d.permutation(9, { crossover, mutation }),
                fitness: tour,
                seed: 1,
                maxEvaluations: 900,
                crossoverRate,
                trace: true,
              }),
            ),
          ),
      ];
  const deceptive = (bits) =>
    sum(bits, (b, i) => (i % 3 === 0 ? (b && bits[i + 1] && bits[i + 2] ? 4 : 3 - b) : b ? 0 : 1));
  for (const crossover of ["uniform", "onePoint", "twoPoint"])
    yield [
      `bits ${crossover}`,
      () =>
        together(
          [{}, { rate: 0.3, exchange: 0.1 }, { rate: 0, exchange: 1 }].map((o) =>
            d.evolve({
              genome: d.binary(21, { crossover, ...o }),
              fitness: deceptive,
              seed: 2,
              maxEvaluations: 800,
              trace: true,
            }),
          ),
        ),
    ];
  const bowl = (x) => -functions.saw(x);
  yield [
    "reals",
    () =>
      together(
        [
          [
            [-5, -5],
            [5, 5],
          ],
          [
            [0, 0],
            [1e6, 1e-6],
          ],
          [
            [1, -1],
            [1, 1],
          ],
        ].map(([low, high]) =>
          d.evolve({
            genome: d.real(low, high),
            fitness: bowl,
            seed: 3,
            maxEvaluations: 700,
            popSize: 12,
            trace: true,
          }),
        ),
      ),
  ];
  yield [
    "sizes of one",
    () =>
      together(
        [d.permutation(1), d.binary(1), d.real([0], [1]), d.permutation(2), d.permutation(3)].map((genome) =>
          d.evolve({ genome, fitness: (x) => x[0], seed: 1, patience: 3, popSize: 6 }),
        ),
      ),
  ];
  yield [
    "patience",
    () => d.evolve({ genome: d.binary(8), fitness: (x) => sum(x, (v) => v), seed: 1, patience: 5 }),
  ];
  yield ["patience of its own", () => d.evolve({ genome: d.binary(4), fitness: (x) => x[0], seed: 1 })];
  yield [
    "fitness that fails",
    () =>
      together(
        [() => NaN, () => -Infinity, (x) => (x[0] ? NaN : x[1])].map((fitness) =>
          d.evolve({ genome: d.binary(6), fitness, seed: 1, maxIterations: 15 }),
        ),
      ),
  ];
  const own = {
    create: (random) => random.below(1000),
    crossover: (a, b) => (a + b) >> 1,
    mutate: (v, random) => v + random.below(11) - 5,
  };
  yield [
    "individuals of one's own",
    () =>
      d.evolve({
        genome: own,
        fitness: (v) => -Math.abs(v - 777),
        seed: 1,
        maxEvaluations: 1500,
        trace: true,
        every: 7,
      }),
  ];
  yield [
    "resumed tour",
    () =>
      resumed(
        (o) =>
          d.iterateEvolve({ genome: d.permutation(9), fitness: tour, seed: 1, maxEvaluations: 900, ...o }),
        4,
      ),
  ];
  yield [
    "resumed bits",
    () =>
      resumed(
        (o) =>
          d.iterateEvolve({ genome: d.binary(21), fitness: deceptive, seed: 1, maxIterations: 12, ...o }),
        4,
      ),
  ];
  yield [
    "resumed own",
    () =>
      resumed(
        (o) => d.iterateEvolve({ genome: own, fitness: (v) => v, seed: 1, maxIterations: 12, ...o }),
        4,
      ),
  ];
  yield [
    "evolved, reported",
    () => {
      const r = d.evolve({ genome: d.binary(8), fitness: (x) => x[0], seed: 1, patience: 2 });
      return [spoken(r), spoken(r, "brief"), r.message];
    },
  ];
  yield [
    "evolution that refuses",
    () =>
      refusals(
        () => d.evolve({ genome: d.binary(3), fitness: () => "a" }),
        () => d.evolve({ genome: {}, fitness: () => 1 }),
        () => d.evolve({ genome: d.binary(3) }),
        () => d.evolve({ genome: d.binary(3), fitness: () => 1, popSize: 1 }),
        () => d.evolve({ genome: d.binary(3), fitness: () => 1, crossoverRate: 2 }),
        () => d.permutation(0),
        () => d.permutation(3, { crossover: "x" }),
        () => d.binary(2.5),
        () => d.binary(3, { rate: 2 }),
        () => d.real([1], [0]),
        () => d.real([1], [0, 1]),
        () => d.evolve({ genome: { ...d.binary(3), create: () => [1] }, fitness: () => 1 }),
      ),
  ];
}

export function* cases(d) {
  yield* asked(d);
  yield* wrong(d);
  yield* bred(d);
}
