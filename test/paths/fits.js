// What is made of fits: bootstrap, comparison, lack of fit, sandwich, verification, reports read back, programs; their refusals.
import { grid, noise, pearson, puromycin, values } from "./fit-data.js";
import { attempt, timeless } from "./several.js";

/** Fits of one kind each, by name. */
function fitsOf(d) {
  const { x, treated: y } = puromycin;
  const model = "Vm*x/(K + x)";
  const params = { Vm: 200, K: 0.06 };
  const run = (o) => () => d.curveFit({ model, x, y, params, ...o });
  const two = { u: grid(15, 0, 3), v: noise(15, 4) };
  const z = values(d, "a*exp(-b*u) + c*v", two, { a: 2, b: 0.8, c: 0.6 }, 0.02);
  return {
    plain: run({}),
    weighted: run({ sigma: y.map((v) => v / 20) }),
    known: run({ sigma: 9, absoluteSigma: true, level: 0.9 }),
    boxed: run({ params: { Vm: { init: 200, min: 0, max: 205 }, K: { init: 0.06, min: 0 } } }),
    held: run({ params: { Vm: 200, K: { init: 0.07, fixed: true } } }),
    tied: run({ params: { Vm: 200, K: { expr: "Vm/q" }, q: 3000 } }),
    robust: run({ loss: "softL1", lossScale: 10 }),
    mad: run({ loss: "tukey", lossScale: "mad" }),
    function: run({ model: (v, { Vm, K }) => (Vm * v) / (K + v) }),
    columns: () => d.curveFit({ model: "a*exp(-b*u) + c*v", x: two, y: z, params: { a: 2, b: 1, c: 1 } }),
    log: run({ residuals: "log" }),
    relative: run({ residuals: "relative" }),
    poisson: run({ likelihood: "poisson" }),
    masked: run({ mask: y.map((_, i) => i !== 1) }),
    singular: run({ model: "a*b*x", params: { a: 1, b: 1 } }),
    stopped: run({ maxIterations: 1, params: { Vm: 10, K: 9 } }),
    exact: () => d.curveFit({ model: "a + b*x", x: [0, 1, 2, 2], y: [1, 3, 5, 5], params: { a: 0, b: 0 } }),
    found: () =>
      d.curveFit({ model: "a*exp(-b*x) + c", x: [0, 1, 2, 3, 4, 5], y: [2.3, 1.51, 1.04, 0.75, 0.57, 0.46] }),
    full: () => d.curveFit({ model: "a + b*x", x: [1, 2], y: [1, 3], params: { a: 0, b: 0 } }),
    sets: () =>
      d.curveFit({
        data: [
          { x, y, label: "treated" },
          { x: x.slice(1), y: puromycin.untreated },
        ],
        model,
        params: { K: { shared: true, init: 0.05, min: 0 }, Vm: { init: [200, 150] } },
      }),
    named: () => d.curveFit({ model: d.models.michaelisMenten, x, y }),
    pearson: () => d.curveFit({ ...pearson, model: "a + b*x" }),
  };
}

function* made(d) {
  const fits = fitsOf(d);
  const known = new Map();
  const fitOf = (name) => {
    if (!known.has(name)) known.set(name, fits[name]());
    return known.get(name);
  };
  for (const name of Object.keys(fits)) {
    yield [
      `${name} bootstrap`,
      () =>
        ["case", "residual", "parametric"].map((kind) =>
          attempt(() => d.bootstrap(fitOf(name), { draws: 12, kind })),
        ),
    ];
    yield [
      `${name} sandwich`,
      () => ["HC0", "HC1", "HC2", "HC3"].map((kind) => attempt(() => d.sandwich(fitOf(name), { kind }))),
    ];
    yield [`${name} lackOfFit`, () => d.lackOfFit(fitOf(name))];
    yield [`${name} verify`, () => d.verify(fitOf(name))];
    yield [
      `${name} read back`,
      () => {
        const text = JSON.stringify(fitOf(name));
        const again = d.fromJSON(
          text,
          name === "function" ? { model: (v, { Vm, K }) => (Vm * v) / (K + v) } : {},
        );
        return [
          again,
          attempt(() => again.predict(name === "columns" ? { u: [1], v: [0] } : [0.5])),
          attempt(() => d.verify(text)),
        ];
      },
    ];
    for (const language of ["js", "python", "r"])
      yield [`${name} in ${language}`, () => d.fitCode(fitOf(name), language)];
  }
  const fit = fitOf("plain");
  const drawn = () => d.bootstrap(fit, { draws: 200, seed: 7, level: 0.8 });
  yield [
    "bootstrap of 200",
    () => [
      drawn(),
      drawn().interval("K", { level: 0.5, method: "percentile" }),
      drawn().interval("Vm"),
      timeless(drawn().report()),
      timeless(`${drawn()}`),
    ],
  ];
  for (const level of [0.01, 0.9999])
    yield [`bootstrap level ${level}`, () => d.bootstrap(fit, { draws: 5, level })];
  const loose = d.curveFit({
    model: "a*(1 - exp(-b*x))",
    x: [1, 2, 3, 4],
    y: [0.9, 1.3, 0.8, 1.1],
    params: { a: 1, b: 2 },
  });
  for (const kind of ["case", "residual", "parametric"])
    yield [
      `bootstrap of little, ${kind}`,
      () => [
        d.bootstrap(loose, { draws: 60, kind }),
        timeless(d.bootstrap(loose, { draws: 60, kind }).report()),
      ],
    ];
  const long = grid(40000, 0, 1);
  const line = d.curveFit({
    model: "a + b*x",
    x: long,
    y: long.map((v, i) => v + (i % 7)),
    params: { a: 0, b: 0 },
  });
  yield ["bootstrap of 40000 points", () => d.bootstrap(line, { draws: 18 })];
  const polynomials = [0, 1, 2, 3].map((n) =>
    d.curveFit({ model: d.polynomial(n), x: puromycin.x, y: puromycin.treated }),
  );
  yield [
    "compare polynomials",
    () => [
      d.compareFits(...polynomials),
      timeless(d.compareFits(...polynomials).report()),
      timeless(`${d.compareFits(...polynomials)}`),
    ],
  ];
  yield ["compare backwards", () => d.compareFits(...[...polynomials].reverse())];
  yield ["compare alike", () => d.compareFits(fit, fit, polynomials[1])];
  yield [
    "compare not nested",
    () => [d.compareFits(fit, polynomials[2]), timeless(d.compareFits(fit, polynomials[2]).report())],
  ];
  const few = ["a", "a + b*x", "a + b*x + c*x^2", "a + b*x + c*x^2 + g*x^3"].map((model) =>
    d.curveFit({ model, x: [1, 2, 3, 4, 5], y: [1, 2, 4, 7, 10] }),
  );
  yield [
    "compare few points",
    () => [d.compareFits(...few), timeless(d.compareFits(few[2], few[3]).report())],
  ];
  yield ["compare exact", () => d.compareFits(fitOf("exact"), fitOf("exact"))];
  const repeated = [1, 1, 1, 2, 2, 3, 4, 4, -0, 0];
  const weights = repeated.map((_, i) => 1 + i / 9);
  for (const o of [{}, { weights }])
    for (const model of ["a", "a + b*x", "a*exp(-b*x)"])
      yield [
        `lackOfFit ${model} ${Object.keys(o)}`,
        () =>
          d.lackOfFit(d.curveFit({ model, x: repeated, y: [3, 3.2, 2.9, 5, 5.1, 9, 12, 13, 1, 1.1], ...o })),
      ];
  yield ["lackOfFit of sets", () => d.lackOfFit(fitOf("sets"))];
  // Reports that say something false.
  const report = JSON.parse(JSON.stringify(fit));
  const lies = {
    nothing: (r) => r,
    rss: (r) => ({ ...r, rss: r.rss * (1 + 1e-5) }),
    "rss a little": (r) => ({ ...r, rss: r.rss * (1 + 1e-7) }),
    stderr: (r) => ({
      ...r,
      params: { ...r.params, K: { ...r.params.K, stderr: r.params.K.stderr * 1.001 } },
    }),
    "no stderr": (r) => ({ ...r, params: { ...r.params, K: { ...r.params.K, stderr: null } } }),
    value: (r) => ({ ...r, params: { ...r.params, K: { ...r.params.K, value: 0.07 } } }),
    "value a little": (r) => ({
      ...r,
      params: { ...r.params, K: { ...r.params.K, value: r.params.K.value * (1 + 1e-6) } },
    }),
    residual: (r) => ({ ...r, residuals: r.residuals.map((v, i) => (i === 3 ? v + 1e-4 : v)) }),
    "residual a little": (r) => ({ ...r, residuals: r.residuals.map((v, i) => (i === 3 ? v + 1e-9 : v)) }),
    covariance: (r) => ({ ...r, covariance: r.covariance.map((v) => v * 1.0001) }),
    shorter: (r) => ({ ...r, fitted: r.fitted.slice(1) }),
    dof: (r) => ({ ...r, dof: 9 }),
    left: ({ aic: _, ...r }) => r,
    "no rss": ({ rss: _, ...r }) => r,
    status: (r) => ({ ...r, status: "failed", success: false }),
    success: (r) => ({ ...r, success: false }),
    "a word": (r) => ({ ...r, status: "fine" }),
    version: (r) => ({ ...r, version: 2 }),
    kind: (r) => ({ ...r, kind: "minimum" }),
    "no input": ({ input: _, ...r }) => r,
    "no model": (r) => ({ ...r, input: { ...r.input, model: undefined } }),
    "a gap": (r) => ({
      ...r,
      input: { ...r.input, y: r.input.y.map((v, i) => (i ? v : null)), missing: "drop" },
    }),
  };
  for (const [name, lie] of Object.entries(lies))
    yield [`report with ${name}`, () => [attempt(() => d.verify(lie(report))), d.fromJSON(lie(report)).rss]];
  const exact = JSON.parse(JSON.stringify(fitOf("exact")));
  yield [
    "report of rounding",
    () => d.verify({ ...exact, residuals: exact.residuals.map((v) => v + 1e-15), cost: 7 }),
  ];
  yield [
    "report of rounding in values",
    () => d.verify({ ...exact, fitted: exact.fitted.map((v) => v + 1e-4) }),
  ];
}

function* refused(d) {
  const fit = d.curveFit({ model: "a + b*x", x: [1, 2, 3, 4], y: [1, 2, 4, 5] });
  const other = d.curveFit({ model: "a + b*x", x: [1, 2, 3, 4], y: [1, 2, 4, 6] });
  const robust = d.curveFit({ model: "a + b*x", x: [1, 2, 3, 4], y: [1, 2, 4, 5], loss: "huber" });
  const wrong = {
    "bootstrap of nothing": () => d.bootstrap({}),
    "bootstrap draws": () => d.bootstrap(fit, { draws: 1 }),
    "bootstrap kind": () => d.bootstrap(fit, { kind: "cases" }),
    "bootstrap seed": () => d.bootstrap(fit, { seed: -1 }),
    "bootstrap level": () => d.bootstrap(fit, { level: 0 }),
    "bootstrap key": () => d.bootstrap(fit, { draw: 1 }),
    "interval name": () => d.bootstrap(fit, { draws: 4 }).interval("c"),
    "interval method": () => d.bootstrap(fit, { draws: 4 }).interval("a", { method: "bc" }),
    "compare of one": () => d.compareFits(fit),
    "compare of none": () => d.compareFits(),
    "compare of others": () => d.compareFits(fit, other),
    "compare of a loss": () => d.compareFits(fit, robust),
    "compare of an object": () => d.compareFits(fit, {}),
    "sandwich kind": () => d.sandwich(fit, { kind: "HC4" }),
    "sandwich of null": () => d.sandwich(null),
    "fitCode language": () => d.fitCode(fit, "julia"),
    "fitCode of text": () => d.fitCode("fit", "r"),
    "verify of nothing": () => d.verify(undefined),
    "verify of text": () =>
      attempt(() => d.verify("{"))
        .split(":")
        .slice(0, 2),
    "fromJSON of a list": () => d.fromJSON("[1]"),
    "fromJSON key": () => d.fromJSON("{}", { models: 1 }),
    "student loss": () => d.curveFitStudent({ model: "a", x: [1], y: [1], loss: "huber" }),
    "odr without": () => d.odr({ model: "a*x", x: [1, 2], y: [1, 2] }),
    "odr of null": () => d.odr(null),
    "odr loss": () => d.odr({ model: "a*x", x: [1, 2], y: [1, 2], sigmaX: 1, loss: "huber" }),
    "odr y": () => d.odr({ model: "a*x", x: [1, 2], y: [1], sigmaX: 1 }),
  };
  for (const [name, call] of Object.entries(wrong)) yield [`refused ${name}`, call];
}

export function* cases(d) {
  yield* made(d);
  yield* refused(d);
}
