// What is made of draws, diagnostics of chains, laws near a density, and what is refused.
import { narrow, odd, round, short, values } from "./sampling.js";
import { refusals, spoken } from "./several.js";

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
        ...[one, own, by].map((q) => [
          q,
          q.mean,
          q.sd,
          q.rHat,
          q.essBulk,
          q.essTail,
          q.mcse,
          all.map((v) => q.quantile(v)),
          q.hdi(0.8),
          q.chains,
        ]),
        p.message,
      ];
    },
  ];
  yield [
    "posterior said",
    () =>
      [run(), d.sample(odd.kink, [1], { ...short, draws: 1 }), d.sample(odd.none, [1], short)].flatMap(
        (p) => [spoken(p), spoken(p, "brief")],
      ),
  ];
  const random = new d.Random(3);
  const chains = (count, length, step = () => 0) =>
    Array.from({ length: count }, (_, c) =>
      Float64Array.from({ length }, (__, i) => random.normal() + step(c, i)),
    );
  const kinds = {
    independent: chains(4, 100),
    "odd length": chains(4, 101),
    "one chain": chains(1, 60),
    short: chains(3, 4),
    five: chains(2, 5),
    six: chains(2, 6),
    apart: chains(3, 50, (c) => 3 * c),
    drifting: chains(2, 64, (_c, i) => i / 10),
    constant: [new Float64Array(20).fill(1), new Float64Array(20).fill(1)],
    ties: chains(2, 50).map((c) => c.map((v) => Math.round(v))),
    "not finite": chains(2, 20).map((c) => c.map((v, i) => (i === 3 ? NaN : v))),
    long: chains(2, 700).map((c) => {
      for (let i = 1; i < c.length; i++) c[i] += 0.9 * c[i - 1];
      return c;
    }),
    alternating: chains(2, 300).map((c) => {
      for (let i = 1; i < c.length; i++) c[i] -= 0.8 * c[i - 1];
      return c;
    }),
    huge: chains(2, 40).map((c) => c.map((v) => 1e300 * v)),
    unequal: [...chains(1, 10), ...chains(1, 12)],
  };
  for (const [name, c] of Object.entries(kinds))
    yield [
      `diagnostics ${name}`,
      () =>
        refusals(
          () => d.rHat(c),
          () => d.essBulk(c),
          () => d.essTail(c),
          () => d.essMean(c),
          () => d.essSd(c),
          () => d.mcseMean(c),
          () => d.mcseSd(c),
          ...[0.05, 0.5, 0.99].flatMap((q) => [() => d.essQuantile(c, q), () => d.mcseQuantile(c, q)]),
          () => d.ebfmi(c[0]),
        ),
    ];
  const walk = {
    start: 0,
    propose: (i, r) => (i + (r.below(2) ? 1 : 4)) % 5,
    logDensity: (i) => -i / 4,
  };
  for (const [name, space, o] of [
    ["", walk, { draws: 120, warmup: 30 }],
    [
      "with a ratio",
      { ...walk, logRatio: (a, b) => (b > a ? 0.1 : -0.1) },
      { draws: 80, chains: 2, trace: true, every: 20 },
    ],
    ["starts of their own", { ...walk, start: (r) => r.below(5) }, { draws: 80, chains: 3 }],
    ["nowhere", { ...walk, logDensity: () => -Infinity }, { draws: 10 }],
    ["limited", walk, { draws: 100, maxIterations: 20 }],
  ])
    yield [
      `any states ${name}`,
      () => {
        const r = d.metropolisHastings(space, { seed: 2, ...o });
        return [
          r,
          r.status,
          r.reason,
          ...refusals(
            () => r.derive((i) => i * i),
            () => spoken(r),
            () => r.acceptance,
          ),
        ];
      },
    ];
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
          () => {
            const r = d.laplace(density, x, { draws: 30, seed: 1, ...more });
            return [
              spoken(r),
              spoken(r, "brief"),
              r.message,
              r.starts(3),
              r.metric,
              r.logEvidence,
              r.logEvidenceWeighed,
            ];
          },
        ),
    ];
    yield [
      `pathfinder ${name}`,
      () =>
        refusals(
          () => d.pathfinder(density, x, { draws: 30, seed: 1, ...more }),
          () => d.pathfinder(density, x, { draws: 10, paths: 1, seed: 2, trace: true, ...more }),
          () => {
            const r = d.pathfinder(density, x, { draws: 20, paths: 2, seed: 3, ...more });
            return [spoken(r), spoken(r, "brief"), r.message, r.mean, r.sd];
          },
          () => d.pathfinder(density, x, { draws: 10, maxIterations: 2, ...more }),
        ),
    ];
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
        run({ draws: 0 }),
        run({ warmup: -1 }),
        run({ chains: 0 }),
        run({ seed: 0.5 }),
        run({ jitter: -1 }),
        run({ metric: "full" }),
        run({ metric: { kind: "dense", inverse: [1] } }),
        run({ metric: { kind: "diagonal", inverse: [1, -1] } }),
        run({ metric: { kind: "dense", inverse: [1, 2, 2, 1] } }),
        run({ thin: 2 }),
        run({ pool: {} }),
        run({ resume: {} }),
        run({}, [0]),
        run({}, [[0, 0]]),
        run({}, { x: 1 }),
        run({}, "mode"),
        run({}, [NaN, 0]),
        run({}, undefined),
        run({}, [0, 0], {}),
        run({}, [0, 0], 3),
        run({}, [0, 0], { ...round, names: ["a"] }),
        run({}, [0, 0], { ...round, lower: [1, 2], upper: [0, 3] }),
        run({ gradient: "forward" }),
        () => d.nuts({ targetAcceptance: 1 }),
        () => d.nuts({ maxTreeDepth: 0 }),
        () => d.hmc({ steps: 0 }),
        () => d.hmc({ jitter: 1 }),
        () => d.slice({ width: 0 }),
        () => d.ensemble({ stretch: 1 }),
        () => d.tempering({ temperatures: 1 }),
        () => d.tempering({ within: "ensemble" }),
        () => d.tempering({ hottest: 1 }),
        () => d.metropolis({ adapt: 1 }),
        () => d.laplace(round, [0]),
        () => d.pathfinder(round, "random", { paths: 0 }),
        () => d.metropolisHastings({ start: 0 }),
        () => d.metropolisHastings({ start: 0, propose: () => 1, logDensity: () => "a" }),
        () => d.sample(round, [0, 0], short).parameter("z"),
        () => d.sample(round, [0, 0], short).derive("z"),
        () => d.sample(round, [0, 0], short).derive(() => "a"),
        () => d.sample(round, [0, 0], short).hdi(0),
        () => d.sample(round, [0, 0], short).quantiles(2),
        () => d.sample(round, [0, 0], short).loo(),
        () => d.sample(round, [0, 0], short).waic(),
        () => d.sample(round, [0, 0], short).predict([1]),
      ),
  ];
}

export function* cases(d) {
  yield* made(d);
  yield* wrong(d);
}
