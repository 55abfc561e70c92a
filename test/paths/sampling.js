// Every sampler with every option of its own, its diagnostics, and what is made of its draws. Runs that are longer, in threads, too: test/browser/chains.js.
import { refusals, resumed, spoken, together } from "./several.js";

const METHODS = ["nuts", "hmc", "mala", "metropolis", "slice", "ensemble", "tempering"];

const round = {
  names: ["x", "y"],
  logDensityGrad(x, g) {
    g[0] = -x[0] + x[1] / 2;
    g[1] = x[0] / 2 - x[1];
    return -(x[0] * x[0] - x[0] * x[1] + x[1] * x[1]) / 2;
  },
};
const values = (x) => -(x[0] * x[0] - x[0] * x[1] + x[1] * x[1]) / 2;

/** A law of given variances, turned by a shear. */
const narrow = (variances, shear) => ({
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

const odd = {
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
const short = { draws: 20, warmup: 40, chains: 2, seed: 4 };

function* methods(d) {
  for (const method of METHODS) {
    yield [`round ${method}`, () => d.sample(round, [1, -1], { ...short, method, ...(method === "ensemble" ? { chains: 6 } : {}) })]; // biome-ignore format: as a table
    yield [`round ${method} by differences`, () => d.sample(values, [1, -1], { ...short, method, gradient: "differences", chains: method === "ensemble" ? 6 : 2 })]; // biome-ignore format: as a table
    yield [`random start ${method}`, () => d.sample(narrow([1, 0.01, 4], 0.9), "random", { ...short, method, chains: method === "ensemble" ? 8 : 2, trace: true, every: 20 })]; // biome-ignore format: as a table
  }
  const made = {
    "targetAcceptance": () => [d.nuts({ targetAcceptance: 0.95 }), d.hmc({ targetAcceptance: 0.6 }), d.mala({ targetAcceptance: 0.8 })],
    "maxTreeDepth": () => [d.nuts({ maxTreeDepth: 1 }), d.nuts({ maxTreeDepth: 3 })],
    "stepSize": () => [d.nuts({ stepSize: 0.3 }), d.hmc({ stepSize: 0.3 }), d.mala({ stepSize: 0.3 }), d.nuts({ stepSize: 100 })],
    "steps and jitter": () => [d.hmc({ steps: 1 }), d.hmc({ steps: 40 }), d.hmc({ jitter: 0 }), d.hmc({ jitter: 0.9 })],
    "scale and adapt": () => [d.metropolis({ scale: 3 }), d.metropolis({ adapt: false }), d.metropolis({ adapt: false, scale: 0.1 })],
    "width": () => [d.slice({ width: 0.01 }), d.slice({ width: 100 })],
    "temperatures": () => [d.tempering({ temperatures: 2 }), d.tempering({ temperatures: 5, hottest: 10 }), d.tempering({ hottest: 1e4 })],
    "within": () => ["nuts", "hmc", "mala", "metropolis", "slice"].map((within) => d.tempering({ temperatures: 3, within })),
  }; // biome-ignore format: as a table
  for (const [name, make] of Object.entries(made))
    yield [name, () => together(make().map((method) => d.sample(narrow([1, 0.04], 0.7), [0, 0], { ...short, method })))]; // biome-ignore format: as a table
  yield ["stretch and spread", () => together([{ stretch: 1.2 }, { stretch: 5 }, { spread: 1e-3 }, { spread: 3 }].map((o) => d.sample(round, [0, 0], { ...short, method: d.ensemble(o), chains: 8 })))]; // biome-ignore format: as a table
  for (const metric of ["fisher", "diagonal", "dense", "lowRank"])
    for (const warmup of [0, 5, 60, 200])
      yield [`${metric} learnt in ${warmup}`, () => together([4, 7].map((seed) => d.sample(narrow([1, 1e-2, 9, 1, 1], 0.9), [0, 0, 0, 0, 0], { ...short, draws: 8, metric, warmup, seed, method: warmup === 60 && seed === 7 ? "hmc" : "nuts" })))]; // biome-ignore format: as a table
  const known = {
    diagonal: { kind: "diagonal", inverse: [1, 0.04] },
    dense: { kind: "dense", inverse: [1, 0.7, 0.7, 0.53] },
    lowRank: { kind: "lowRank", scale: [1, 0.5], values: [3], vectors: [0.6, 0.8] },
  };
  for (const [name, metric] of Object.entries(known))
    yield [`metric given ${name}`, () => d.sample(narrow([1, 0.04], 0.7), [0, 0], { ...short, metric })];
  yield ["starts", () => together([[[1, 1], [-1, 2]], { x: 1, y: 2 }, "random", "pathfinder"].map((start) => d.sample(round, start, { ...short, jitter: 0.3, draws: 6 })))]; // biome-ignore format: as a table
  yield ["small numbers of everything", () => together([[1, 0, 1], [1, 1, 1], [3, 2, 1], [5, 9, 3]].map(([draws, warmup, chains]) => d.sample(round, [0, 0], { draws, warmup, chains, seed: 1 })))]; // biome-ignore format: as a table
  yield [
    "longer",
    () => d.sample(narrow([1, 0.01, 4], 0.9), [0, 0, 0], { draws: 300, warmup: 300, seed: 1 }),
  ];
  yield ["longer without gradient", () => d.sample(values, [0, 0], { draws: 400, warmup: 400, seed: 1 })];
  yield ["many dimensions", () => d.sample(narrow(Array.from({ length: 70 }, (_, j) => 1 / (1 + j)), 0.5), new Array(70).fill(0), { ...short, draws: 5, metric: "lowRank" })]; // biome-ignore format: as a table
}

function* troubles(d) {
  for (const [name, density] of Object.entries(odd))
    yield [`trouble ${name}`, () => together([d.nuts({ maxTreeDepth: 5 }), ...METHODS.slice(1, 6), d.tempering({ temperatures: 3, within: "metropolis" })].map((method) => d.sample(density, [0.1], { ...short, method, chains: method === "ensemble" ? 4 : 2, ...(typeof density === "function" ? { gradient: "differences" } : {}) })))]; // biome-ignore format: as a table
  yield ["modes longer", () => together(["nuts", "tempering"].map((method) => d.sample(odd.modes, [[-6], [6]], { draws: 150, warmup: 150, chains: 2, seed: 1, method, gradient: "differences" })))]; // biome-ignore format: as a table
  yield ["without mass longer", () => d.sample(() => 0, [0], { draws: 200, warmup: 100, seed: 1 })];
  const funnel = d.compileDensity("normal(v, 0, 3) + normal(x, 0, exp(v/2)) + normal(y, 0, exp(v/2))", { params: ["v", "x", "y"] }); // biome-ignore format: as a table
  yield ["funnel", () => d.sample(funnel, "random", { draws: 150, warmup: 100, seed: 2, chains: 2 })];
  yield ["funnel by hmc", () => d.sample(funnel, "random", { draws: 100, warmup: 60, seed: 2, chains: 2, method: "hmc" })]; // biome-ignore format: as a table
  yield ["unchecked", () => d.sample(odd.wrong, [1], { ...short, method: "hmc", checkGradient: false })];
  for (const o of [{ maxIterations: 30 }, { maxEvaluations: 200 }, { onIteration: ({ nit }) => (nit === 50 ? "stop" : undefined) }])
    yield [`limit ${Object.keys(o)}`, () => together(METHODS.map((method) => d.sample(round, [0, 0], { ...short, method, chains: method === "ensemble" ? 6 : 2, ...o })))]; // biome-ignore format: as a table
  for (const method of METHODS)
    for (const steps of method === "nuts" ? [3, 25, 55] : [21])
      yield [`resumed ${method} ${steps}`, () => resumed((o) => d.iterateSample(round, [0, 0], { ...short, method, chains: method === "ensemble" ? 6 : 2, ...o }), steps)]; // biome-ignore format: as a table
  for (const metric of ["diagonal", "dense", "lowRank"])
    yield [
      `resumed ${metric}`,
      () => resumed((o) => d.iterateSample(round, [0, 0], { ...short, metric, ...o }), 30),
    ];
}

function* made(d) {
  const run = () => d.sample(narrow([1, 0.04], 0.7), [0, 0], { draws: 100, warmup: 60, chains: 3, seed: 5 });
  yield [
    "what is made of draws",
    () => {
      const p = run();
      const one = p.parameter("v1");
      const own = p.derive("v0^2 + exp(v1)");
      const by = p.derive((x) => (x[0] > 0 ? 1 : 0));
      const all = [0, 0.01, 0.05, 0.333, 0.5, 0.95, 1];
      return [
        p.quantiles(0.3),
        p.quantiles(all),
        ...[0.1, 0.5, 0.95, 1].map((level) => p.hdi(level)),
        ...[one, own, by].map((q) => [q, q.mean, q.sd, q.rHat, q.essBulk, q.essTail, q.mcse, all.map((v) => q.quantile(v)), q.hdi(0.8), q.chains]),
        p.message,
      ];
    },
  ]; // biome-ignore format: as a table
  yield ["posterior said", () => [run(), d.sample(odd.kink, [1], { ...short, draws: 1 }), d.sample(odd.none, [1], short)].flatMap((p) => [spoken(p), spoken(p, "brief")])]; // biome-ignore format: as a table
  const random = new d.Random(3);
  const chains = (count, length, step = () => 0) => Array.from({ length: count }, (_, c) => Float64Array.from({ length }, (__, i) => random.normal() + step(c, i))); // biome-ignore format: as a table
  const kinds = {
    "independent": chains(4, 100),
    "odd length": chains(4, 101),
    "one chain": chains(1, 60),
    "short": chains(3, 4),
    "five": chains(2, 5),
    "six": chains(2, 6),
    "apart": chains(3, 50, (c) => 3 * c),
    "drifting": chains(2, 64, (_c, i) => i / 10),
    "constant": [new Float64Array(20).fill(1), new Float64Array(20).fill(1)],
    "ties": chains(2, 50).map((c) => c.map((v) => Math.round(v))),
    "not finite": chains(2, 20).map((c) => c.map((v, i) => (i === 3 ? NaN : v))),
    "long": chains(2, 700).map((c) => { for (let i = 1; i < c.length; i++) c[i] += 0.9 * c[i - 1]; return c; }),
    "alternating": chains(2, 300).map((c) => { for (let i = 1; i < c.length; i++) c[i] -= 0.8 * c[i - 1]; return c; }),
    "huge": chains(2, 40).map((c) => c.map((v) => 1e300 * v)),
    "unequal": [...chains(1, 10), ...chains(1, 12)],
  }; // biome-ignore format: as a table
  for (const [name, c] of Object.entries(kinds))
    yield [
      `diagnostics ${name}`,
      () =>
        refusals(
          () => d.rHat(c), () => d.essBulk(c), () => d.essTail(c), () => d.essMean(c), () => d.essSd(c), () => d.mcseMean(c), () => d.mcseSd(c),
          ...[0.05, 0.5, 0.99].flatMap((q) => [() => d.essQuantile(c, q), () => d.mcseQuantile(c, q)]), () => d.ebfmi(c[0]),
        ), // biome-ignore format: as a table
    ];
  const walk = {
    start: 0,
    propose: (i, r) => (i + (r.below(2) ? 1 : 4)) % 5,
    logDensity: (i) => -i / 4,
  };
  for (const [name, space, o] of [
    ["", walk, { draws: 120, warmup: 30 }],
    ["with a ratio", { ...walk, logRatio: (a, b) => (b > a ? 0.1 : -0.1) }, { draws: 80, chains: 2, trace: true, every: 20 }],
    ["starts of their own", { ...walk, start: (r) => r.below(5) }, { draws: 80, chains: 3 }],
    ["nowhere", { ...walk, logDensity: () => -Infinity }, { draws: 10 }],
    ["limited", walk, { draws: 100, maxIterations: 20 }],
  ])
    yield [
      `any states ${name}`,
      () => {
        const r = d.metropolisHastings(space, { seed: 2, ...o });
        return [r, r.status, r.reason, ...refusals(() => r.derive((i) => i * i), () => spoken(r), () => r.acceptance)];
      },
    ]; // biome-ignore format: as a table
  for (const [name, density, x] of [
    ["round", round, [1, 1]],
    ["narrow", narrow([1, 1e-6, 1e6], 0.5), [1, 1, 1]],
    ["kink", odd.kink, [1]],
    ["modes", odd.modes, [5]],
    ["none", odd.none, [1]],
    ["flat", odd.flat, [1]],
    ["up", odd.up, [1]],
    ["random", round, "random"],
  ]) {
    const more = typeof density === "function" ? { gradient: "differences" } : {};
    yield [
      `laplace ${name}`,
      () =>
        refusals(
          () => d.laplace(density, x, { draws: 30, seed: 1, ...more }),
          () => d.laplace(density, x, { draws: 30, seed: 2, resample: true, ...more }),
          () => { const r = d.laplace(density, x, { draws: 30, seed: 1, ...more }); return [spoken(r), spoken(r, "brief"), r.message, r.starts(3), r.metric, r.logEvidence, r.logEvidenceWeighed]; },
        ),
    ]; // biome-ignore format: as a table
    yield [
      `pathfinder ${name}`,
      () =>
        refusals(
          () => d.pathfinder(density, x, { draws: 30, seed: 1, ...more }),
          () => d.pathfinder(density, x, { draws: 10, paths: 1, seed: 2, trace: true, ...more }),
          () => { const r = d.pathfinder(density, x, { draws: 20, paths: 2, seed: 3, ...more }); return [spoken(r), spoken(r, "brief"), r.message, r.mean, r.sd]; },
          () => d.pathfinder(density, x, { draws: 10, maxIterations: 2, ...more }),
        ),
    ]; // biome-ignore format: as a table
  }
}

function* wrong(d) {
  const run =
    (o, start = [0, 0], density = round) =>
    () =>
      d.sample(density, start, { ...short, ...o });
  yield ["a start outside", run({}, [1], { logDensity: (x) => -x[0], lower: [2] })];
  yield ["an odd ensemble", run({ method: "ensemble", chains: 5 })];
  yield ["nuts without a gradient", run({ method: "nuts" }, [0, 0], values)];
  yield ["a result that is text", run({}, [0, 0], () => "a")];
  yield ["an unknown method", run({ method: "gibbs" })];
  yield [
    "what is refused",
    () =>
      refusals(
        run({ draws: 0 }), run({ warmup: -1 }), run({ chains: 0 }), run({ seed: 0.5 }), run({ jitter: -1 }), run({ metric: "full" }), run({ metric: { kind: "dense", inverse: [1] } }), run({ metric: { kind: "diagonal", inverse: [1, -1] } }), run({ metric: { kind: "dense", inverse: [1, 2, 2, 1] } }), run({ thin: 2 }), run({ pool: {} }), run({ resume: {} }),
        run({}, [0]), run({}, [[0, 0]]), run({}, { x: 1 }), run({}, "mode"), run({}, [NaN, 0]), run({}, undefined), run({}, [0, 0], {}), run({}, [0, 0], 3), run({}, [0, 0], { ...round, names: ["a"] }), run({}, [0, 0], { ...round, lower: [1, 2], upper: [0, 3] }), run({ gradient: "forward" }),
        () => d.nuts({ targetAcceptance: 1 }), () => d.nuts({ maxTreeDepth: 0 }), () => d.hmc({ steps: 0 }), () => d.hmc({ jitter: 1 }), () => d.slice({ width: 0 }), () => d.ensemble({ stretch: 1 }), () => d.tempering({ temperatures: 1 }), () => d.tempering({ within: "ensemble" }), () => d.tempering({ hottest: 1 }), () => d.metropolis({ adapt: 1 }),
        () => d.laplace(round, [0]), () => d.pathfinder(round, "random", { paths: 0 }), () => d.metropolisHastings({ start: 0 }), () => d.metropolisHastings({ start: 0, propose: () => 1, logDensity: () => "a" }),
        () => d.sample(round, [0, 0], short).parameter("z"), () => d.sample(round, [0, 0], short).derive("z"), () => d.sample(round, [0, 0], short).derive(() => "a"), () => d.sample(round, [0, 0], short).hdi(0), () => d.sample(round, [0, 0], short).quantiles(2), () => d.sample(round, [0, 0], short).loo(), () => d.sample(round, [0, 0], short).waic(), () => d.sample(round, [0, 0], short).predict([1]),
      ), // biome-ignore format: as a table
  ];
}

export function* cases(d) {
  yield* methods(d);
  yield* troubles(d);
  yield* made(d);
  yield* wrong(d);
}
