// Pictures of fits, runs, races, trainings, draws and pages: their text, in SVG and for a terminal.
import { list, wrong } from "./numbers.js";
import { attempt } from "./several.js";

const x = Array.from({ length: 20 }, (_, i) => i / 4);
const y = x.map((v, i) => 3 / (1 + v) + 0.5 + 0.05 * ((i * 7) % 5) - 0.1);
const valley = ([a, b]) => (1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a);

/** One of a kind, made when it is first asked for. */
const once = (make) => {
  let made;
  return () => {
    made ??= make();
    return made;
  };
};

function fitsOf(d) {
  const rational = "a/(1 + b*x) + c";
  const params = { a: 3, b: 1, c: 0.5 };
  const sets = [0, 1, 2].map((s) => ({
    x: x.slice(s),
    y: y.slice(s).map((v) => v * (1 + s)),
    ...(s === 1 ? {} : { label: `dose ${s}` }),
  }));
  const many = (n) => {
    const t = Array.from({ length: n }, (_, i) => (10 * i) / n);
    return d.curveFit({
      model: "a + b*x",
      x: t,
      y: t.map((v, i) => 2 + v / 3 + ((i * 13) % 7) / 20),
      params: { a: 1, b: 1 },
    });
  };
  return {
    plain: once(() => d.curveFit({ model: rational, x, y, params })),
    weighted: once(() =>
      d.curveFit({ model: rational, x, y, params, sigma: x.map((_, i) => 0.05 + (i % 4) / 20) }),
    ),
    "of one sigma": once(() => d.curveFit({ model: rational, x, y, params, sigma: 0.1, level: 0.9 })),
    "in sets": once(() =>
      d.curveFit({
        data: sets,
        model: rational,
        params: { a: { init: 3 }, b: { shared: true, init: 1 }, c: { init: 0.5 } },
      }),
    ),
    "of two predictors": once(() =>
      d.curveFit({ model: "a*x + b*z", x: { x, z: list(20, 3) }, y, params: { a: 1, b: 1 } }),
    ),
    "of one named predictor": once(() =>
      d.curveFit({ model: "a + b/(1 + dose)", x: { dose: x }, y, params: { a: 1, b: 1 } }),
    ),
    "of one point": once(() => d.curveFit({ model: "a + 0*x", x: [3], y: [2], params: { a: 1 } })),
    "of the same points": once(() =>
      d.curveFit({ model: "a + 0*x", x: [3, 3, 3], y: [2, 2, 2], params: { a: 1 } }),
    ),
    "not determined": once(() =>
      d.curveFit({ model: "(a + b)*x", x: [1, 2, 3], y: [1, 2, 4], params: { a: 1, b: 1 } }),
    ),
    bounded: once(() =>
      d.curveFit({
        model: rational,
        x,
        y,
        params: { a: { init: 2, max: 2.5 }, b: 1, c: { init: 0.5, fixed: true } },
      }),
    ),
    tied: once(() => d.curveFit({ model: rational, x, y, params: { a: 3, b: 1, c: { expr: "a/6" } } })),
    small: once(() =>
      d.curveFit({ model: "a*x", x: [1e-9, 2e-9, 4e-9], y: [1e-12, 2.2e-12, 3.9e-12], params: { a: 1e-3 } }),
    ),
    large: once(() =>
      d.curveFit({
        model: "a*x + b",
        x: [1e9, 2e9, 4e9],
        y: [1e15, 2.2e15, 3.9e15],
        params: { a: 1e6, b: 0 },
      }),
    ),
    negative: once(() => d.curveFit({ model: "a*x", x: [-3, -2, 5], y: [6.2, 4, -9.7], params: { a: 1 } })),
    "of 300 points": once(() => many(300)),
    "of 2500 points": once(() => many(2500)),
    stopped: once(() =>
      d.curveFit({ model: rational, x, y, params: { a: 50, b: 9, c: -7 }, maxIterations: 1 }),
    ),
    "of six digits": once(() =>
      d.curveFit({
        model: "a*x + b",
        x: [1, 2, 3, 4],
        y: [123456, 223450, 323470, 423455],
        params: { a: 1, b: 0 },
      }),
    ),
    ...Object.fromEntries(
      [1e-11, 1e-12, 1e-13, 1e-14, 1e-15].map((by) => [
        `noise ${by}`,
        once(() =>
          d.curveFit({
            model: "a + b*x",
            x: [0, 1, 2, 3, 4],
            y: [1, 3 + by, 5, 7 - by, 9 + by],
            params: { a: 1, b: 2 },
          }),
        ),
      ]),
    ),
    straight: once(() =>
      d.curveFit({ model: "a + b*x", x: [0, 1, 2, 3], y: [1, 3, 5, 7], params: { a: 0, b: 0 } }),
    ),
  };
}

const kinds = ["fit", "residuals", "quantiles", "profile", "correlation"];

function* fits(d) {
  const all = fitsOf(d);
  for (const [name, made] of Object.entries(all))
    for (const kind of kinds) {
      if (kind === "profile" && !/plain|tied|small|determined/.test(name)) continue;
      if (kind === "correlation" && /weighted|sigma|points|large|straight|stopped|negative|noise/.test(name))
        continue;
      yield [`${kind} ${name}`, () => [d.plot(made(), { kind }), d.plot(made(), { kind, terminal: true })]];
    }
  yield ["profile in sets", () => d.plot(all["in sets"](), { kind: "profile", params: ["b", "a[0]"] })];
  yield [
    "profile of chosen",
    () => [["a"], ["c", "a"]].map((params) => d.plot(all.plain(), { kind: "profile", params })),
  ];
  const given = {
    confidence: { bands: "confidence" },
    prediction: { bands: "prediction" },
    "no bands": { bands: "none" },
    level: { level: 0.5 },
    range: { range: [-1, 8] },
    "a narrow range": { range: [1.1, 1.2] },
    points: { points: 7 },
    "log x": { xScale: "log" },
    "log y": { yScale: "log" },
    "log both": { xScale: "log", yScale: "log", range: [0.01, 100] },
    labels: { xLabel: "dose / mg", yLabel: "Wirkung <&>" },
    title: { title: 'A "title" & more' },
    description: { description: "words" },
    light: { theme: "light" },
    dark: { theme: "dark" },
    page: { theme: "page", background: false },
    small: { width: 120, height: 80 },
    narrow: { width: 200 },
    wide: { width: 2000, height: 300 },
    "terminal in colour": { terminal: true, color: true },
    "terminal, small": { terminal: true, width: 20, height: 6 },
    "terminal, wide": { terminal: true, width: 150, height: 50, title: "Ein Titel" },
    "terminal, log": { terminal: true, xScale: "log", yScale: "log" },
  };
  for (const [name, o] of Object.entries(given))
    yield [
      `options, ${name}`,
      () =>
        d.plot(
          all[
            /log|range|colour/.test(name)
              ? "in sets"
              : /width|small|narrow|terminal/.test(name)
                ? "weighted"
                : "plain"
          ](),
          o,
        ),
    ];
  yield [
    "data given",
    () => {
      const fit = d.fromJSON(JSON.stringify(all.plain()));
      return [
        attempt(() => d.plot(fit)),
        d.plot(fit, { x, y, sigma: 0.2 }),
        d.plot(fit, { x, sigma: x.map((v) => 0.1 + v) }),
        d.plot(fit, { x, kind: "quantiles" }),
      ];
    },
  ];
  for (const name of [
    "plain",
    "weighted",
    "not determined",
    "bounded",
    "tied",
    "stopped",
    "of two predictors",
  ])
    yield [
      `page ${name}`,
      () =>
        d
          .toHTML(all[name](), name === "tied" ? { title: "A <decay>", width: 500, xLabel: "t" } : {})
          .replace(/[\d.e-]+ ms/g, ""),
    ];
}

function* runs(d) {
  const run = (method, o = {}) =>
    d.minimize(valley, [-1.2, 1], { method, trace: true, maxEvaluations: 1500, ...o });
  const traced = {
    lbfgs: once(() => run("lbfgs")),
    nelderMead: once(() => run("nelderMead")),
    adam: once(() => run(d.adam({ lr: 0.05 }), { maxIterations: 300 })),
    "of 85 steps": once(() => run("gradientDescent", { maxIterations: 85 })),
    "one step": once(() => run("bfgs", { maxIterations: 1 })),
    "to below 0": once(() => d.minimize((v) => v[0] * v[0] - 5 + v[1] * v[1], [3, 4], { trace: true })),
    flat: once(() => d.minimize(() => 3, [1, 2], { trace: true })),
    "linear system": once(() =>
      d.cg(
        [
          [4, 1],
          [1, 3],
        ],
        [1, 2],
        { trace: true },
      ),
    ),
    "least squares": once(() =>
      d.lsqr(
        [
          [1, 1],
          [1, 2],
          [1, 3],
        ],
        [1, 2, 4],
        { trace: true },
      ),
    ),
  };
  for (const [name, of] of Object.entries(traced)) {
    yield [
      `trace ${name}`,
      () =>
        [{}, { against: "nit" }, { xScale: "log" }, { minimum: 0 }, { minimum: -1 }, { terminal: true }].map(
          (o) => d.plotTrace(of(), o),
        ),
    ];
    if (/system|squares|step|below|nelder/.test(name)) continue;
    yield [
      `way ${name}`,
      () =>
        [
          ...(name === "lbfgs" ? [{ fun: { fun: valley }, x0: [-1.2, 1] }] : []),
          ...(name === "adam" ? [{ fun: valley, terminal: true }] : []),
          name === "flat" ? { fun: valley, lower: [-2, -1], upper: [2, 3] } : { fun: valley },
        ].map((o) => d.plot(of(), o)),
    ];
  }
  const odd = {
    "that is NaN": ([a]) => (a > 0 ? NaN : a),
    "that falls for ever": ([a]) => (a > 0 ? -Infinity : a),
    "that is flat": () => 1,
    "of a plane": ([a, b]) => a + b,
  };
  for (const [name, fun] of Object.entries(odd))
    yield [`way over a function ${name}`, () => d.plot(traced.lbfgs(), { fun })];
  yield ["way without a trace", () => d.plot(d.minimize(valley, [-1.2, 1]), { fun: valley })];
  const three = { "L-BFGS": traced.lbfgs, "Nelder & Mead": traced.nelderMead, adam: traced.adam };
  const results = () => Object.fromEntries(Object.entries(three).map(([name, of]) => [name, of()]));
  for (const [name, o] of Object.entries({
    plain: {},
    "to a minimum": { minimum: 0 },
    "by iterations": { against: "nit" },
    log: { xScale: "log" },
    linear: { xScale: "linear" },
    terminal: { terminal: true, color: true },
    small: { width: 300, height: 120 },
  }))
    yield [`race ${name}`, () => d.plotRace(results(), o)];
  yield ["race of a list", () => d.plotRace([traced.lbfgs(), traced.lbfgs(), { own: traced.adam() }])];
  yield [
    "race of thirty",
    () => d.plotRace(Array.from({ length: 30 }, (_, i) => run("gradientDescent", { maxIterations: 3 + i }))),
  ];
  yield ["race of the flat", () => d.plotRace([traced.flat(), traced.flat()])];
  yield ["race of none", () => d.plotRace([])];
  const losses = {
    falling: { loss: [1, 0.4, 0.2, 0.15], valLoss: [1.1, 0.6, 0.5, 0.52], bestEpoch: 3 },
    "over decades": {
      loss: [100, 10, 1, 0.1, 0.01],
      accuracy: [0.1, 0.5, 0.7, 0.9, 0.99],
      valAccuracy: [0.1, 0.4, 0.6, 0.7, 0.7],
    },
    "one epoch": { loss: [1], valLoss: [2] },
    "thirty times": { loss: [31, 1] },
    "less than thirty times": { loss: [29, 1] },
    "not finite": { loss: [1, NaN, Infinity, 0.5] },
    none: { loss: [] },
    negative: { loss: [1, 0, -1], bestEpoch: 3 },
    long: { loss: Array.from({ length: 3000 }, (_, i) => 1 / (1 + i) + ((i * 7) % 3) / 1000) },
  };
  for (const [name, history] of Object.entries(losses))
    yield [
      `losses ${name}`,
      () =>
        [
          {},
          { yScale: "log" },
          { yScale: "linear", xScale: "log" },
          { terminal: true },
          { title: "Course", height: 500 },
        ].map((o) => d.plotLoss(history, o)),
    ];
  yield ["losses of a list", () => d.plotLoss([3, 2, 1])];
  yield [
    "a training",
    () => {
      const net = d.network({ inputs: 1, layers: [d.dense(2)], loss: "softmaxCrossEntropy" });
      try {
        return d.plot(
          net.fit([1, 2, 3, -1, -2, -3], [1, 1, 1, 0, 0, 0], { epochs: 5, validation: 0.4, patience: 3 }),
        );
      } finally {
        net.dispose();
      }
    },
  ];
}

/** Axes of every length: their ticks and their labels stand in the picture of a line. */
function* axes(d) {
  const spans = [
    [0, 1],
    [0, 0],
    [5, 5],
    [-3, -1],
    [1e-5, 9e-5],
    [1e5, 3e5],
    [99999, 100001],
    [1e10, 1e10 + 1],
    [1e15, 1e15 + 1],
    [-1e-9, 1e-9],
    [0.1, 0.3],
    [1e-300, 1e-299],
    [1e299, 8e300],
    [1e-320, 2e-320],
    [123456, 123457],
    [0, 12],
    [-1e6, 1e6],
    [1, 1.0000001],
    [0.001, 1000],
    [1, 2],
    [3, 90],
    [1, 1e12],
    [2e-3, 7e-3],
  ];
  for (const [low, high] of spans)
    yield [
      `axis from ${low} to ${high}`,
      () =>
        ["linear", "log"].flatMap((yScale) => [
          d.plotLoss({ loss: [low, low / 2 + high / 2, high] }, { yScale }),
          d.plotLoss([low, high], { yScale, terminal: true }),
        ]),
    ];
  for (const n of [2, 3, 7, 11, 40, 99, 1200])
    yield [
      `epochs ${n}`,
      () =>
        [640, 200].map((width) =>
          d.plotLoss(
            Array.from({ length: n }, (_, i) => i % 5),
            { xScale: width === 640 ? "linear" : "log", width },
          ),
        ),
    ];
}

function* posteriors(d) {
  const draws = once(() =>
    d.sample(d.posterior(fitsOf(d).plain()), undefined, { seed: 1, warmup: 60, draws: 40, chains: 2 }),
  );
  const alone = once(() =>
    d.sample(d.posterior(fitsOf(d).straight()), undefined, { seed: 2, warmup: 40, draws: 12, chains: 1 }),
  );
  const diverging = once(() =>
    d.sample(d.compileDensity("-v*v/18 - x*x*exp(-v)/2 - v/2", { params: { v: {}, x: {} } }), [0, 0], {
      seed: 3,
      warmup: 60,
      draws: 60,
      chains: 2,
    }),
  );
  const still = once(() =>
    d.sample({ names: ["a", "b"], logDensity: ([a, b]) => -(a * a + b * b) / 2 }, [0, 0], {
      seed: 3,
      warmup: 20,
      draws: 20,
      chains: 3,
      method: "metropolis",
    }),
  );
  for (const kind of ["trace", "rank", "density", "pairs", "energy"])
    for (const [name, of] of Object.entries({ draws, alone, diverging, still }))
      yield [
        `${kind} of ${name}`,
        () => [
          d.plot(of(), name === "alone" ? { kind, params: [of().names[0]], width: 300 } : { kind }),
          ...(name === "diverging" ? [d.plot(of(), { kind, terminal: true })] : []),
        ],
      ];
  const even = {
    draws: Float64Array.from({ length: 400 }, (_, i) => (i < 200 ? 2 * i : 2 * (i - 200) + 1)),
    ...{
      names: ["a"],
      chains: 2,
      count: 200,
      mean: [200],
      rHat: [1],
      essBulk: [NaN],
      divergences: 0,
      divergent: [],
    },
    ...{ ebfmi: [1, 1], stats: { energy: list(400, 1) }, hdi: () => ({ lower: [10], upper: [390] }) },
  };
  for (const kind of ["rank", "trace", "density", "energy"])
    yield [`${kind} of even draws`, () => d.plot(even, { kind })];
  yield [
    "density at a level",
    () => [0.5, 0.999].map((level) => d.plot(draws(), { kind: "density", level })),
  ];
}

function mistakes(d) {
  const all = fitsOf(d);
  const quick = () => d.minimize(valley, [1, 1]);
  return {
    "of nothing": () => d.plot(3),
    "of a promise": () => d.plot(Promise.resolve()),
    "of an array": () => d.plot([1, 2, 3]),
    "options that are none": () => d.plot(all.plain(), "fit"),
    "a kind": () => d.plot(all.plain(), { kind: "fits" }),
    bands: () => d.plot(all.plain(), { bands: "all" }),
    level: () => d.plot(all.plain(), { level: 95 }),
    range: () => d.plot(all.plain(), { range: [3, 1] }),
    points: () => d.plot(all.plain(), { points: 1 }),
    xlim: () => d.plot(all.plain(), { xlim: [0, 1] }),
    logx: () => d.plot(all.plain(), { logx: true }),
    width: () => d.plot(all.plain(), { width: 10 }),
    "width of a terminal": () => d.plot(all.plain(), { terminal: true, width: 20.5 }),
    theme: () => d.plot(all.plain(), { theme: "night" }),
    title: () => d.plot(all.plain(), { title: 3 }),
    "x too short": () => d.plot(all.plain(), { x: [1] }),
    "a parameter": () => d.plot(all.plain(), { kind: "profile", params: ["q"] }),
    "a fixed parameter": () => d.plot(all.bounded(), { kind: "profile", params: ["c"] }),
    "no parameters": () => d.plot(all.plain(), { kind: "profile", params: [] }),
    "no trace": () => d.plotTrace(quick()),
    "no result": () => d.plotTrace([1, 2]),
    "no function": () => d.plot(quick(), { kind: "contour" }),
    "three variables": () =>
      d.plot(
        d.minimize((v) => v[0] * v[0] + v[1] * v[1] + v[2] * v[2], [1, 1, 1]),
        { fun: valley },
      ),
    "a function of words": () => d.plot(quick(), { fun: () => "1" }),
    "bounds that cross": () => d.plot(quick(), { fun: valley, lower: [2, 2], upper: [1, 1] }),
    "a start of three": () => d.plot(quick(), { fun: valley, x0: [1, 2, 3] }),
    "a race of one result": () => d.plotRace(quick()),
    "a race of numbers": () => d.plotRace([1]),
    "a race without traces": () => d.plotRace({ quick: quick() }),
    against: () => d.plotTrace({ trace: [] }, { against: "time" }),
    "losses of a word": () => d.plotLoss("1"),
    bestEpoch: () => d.plotLoss({ loss: [1], bestEpoch: 0.5 }),
    "a page of nothing": () => d.toHTML({}),
    "a page of a kind": () => d.toHTML(all.plain(), { kind: "fit" }),
  };
}

/** Pictures are long: each is told by its length and 32 bits (Knuth's polynomial of its letters). */
function brief(text) {
  if (Array.isArray(text)) return text.map(brief);
  let value = 0;
  for (let i = 0; i < text.length; i++)
    value = (Math.imul(value, 1664525) + text.charCodeAt(i) + 1013904223) | 0;
  return [text.length, value];
}

function* pictures(d) {
  yield* fits(d);
  yield* runs(d);
  yield* axes(d);
  yield* posteriors(d);
}

export function* cases(d) {
  for (const [name, call] of pictures(d)) yield [name, () => brief(call())];
  yield* wrong(mistakes(d));
}
