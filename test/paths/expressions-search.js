// Starting values found, several sets, models of several values, whole numbers, what is refused.
import { everything, grid, noise, puromycin, told, values } from "./fit-data.js";
import { attempt } from "./several.js";

const starts = (d, model, x, p, size = 0.02, o = {}) =>
  d.curveFit({ model, x, y: values(d, model, x, p, size), ...o });

function* searched(d) {
  const x = grid(30, 0.1, 6);
  const texts = {
    "a + b*x": { a: 1, b: 2 },
    "a*exp(-b*x)": { a: 2, b: 0.6 },
    "a*exp(-b*x) + c*exp(-k*x) + o": { a: 2, b: 0.4, c: 3, k: 2.5, o: 0.3 },
    "a*gaussian(x, m, s) + h*gaussian(x, q, r)": { a: 2, m: 2, s: 0.4, h: 1, q: 4, r: 0.6 },
    "a*sin(2*pi*f*x + p) + o": { a: 1, f: 0.9, p: 1, o: 2 },
    "a*sin(w*x) + b*cos(w*x)": { a: 1, b: 0.5, w: 4 },
    "a*exp(-b*x)*sin(x/t + p)": { a: 2, b: 0.3, t: 0.3, p: 0.4 },
    "t/(1 + (c/x)^n) + b": { t: 3, c: 2, n: 3, b: 0.4 },
    "exp(a + b*x)": { a: 0.5, b: -0.4 },
    "a*log(x + c)": { a: 2, c: 1 },
    "a*x^n": { a: 2, n: 1.4 },
    "a*(x > k) + b": { a: 2, k: 3, b: 1 },
    "a*tanh((x - c)/w) + b": { a: 1, c: 3, w: 0.5, b: 2 },
  };
  for (const [model, p] of Object.entries(texts)) yield [`starts of ${model}`, () => starts(d, model, x, p)];
  const uneven = grid(30, 0, 1).map((v, i) => 6 * v * v + 0.01 * noise(30, 2)[i] + 0.1);
  const wave = "a*sin(2*pi*f*x + p) + o";
  yield ["a wave, uneven", () => starts(d, wave, uneven, { a: 1, f: 3.3, p: 1, o: 2 })];
  yield ["a wave, noise", () => starts(d, wave, x, { a: 0, f: 1, p: 1, o: 2 }, 1)];
  yield ["two waves", () => starts(d, "a*sin(w*x) + b*sin(v*x)", x, { a: 1, w: 2, b: 0.6, v: 5.1 })];
  const decay = "a*exp(-b*x) + c";
  const p = { a: 2, b: 0.6, c: 1 };
  for (const far of [1e-9, 1e9]) {
    const t = x.map((v) => v * far);
    yield [`starts, x times ${far}`, () => starts(d, decay, t, { ...p, b: 0.6 / far })];
    yield [`starts, b far by ${far}`, () => starts(d, "a/(1 + (b*x)^2)", x, { a: 1, b: far })];
  }
  for (const count of [1, 2, 17, 200, "auto"])
    yield [`starts ${count}`, () => starts(d, decay, x, p, 0.02, { starts: count })];
  const given = { a: 1, b: 1, c: 0 };
  const options = {
    "points by name": { starts: [{ a: 1, b: 3 }, { b: 0.1 }], params: given },
    "points in order": {
      starts: [
        [1, 1, 1],
        [5, 0.1, -1],
      ],
    },
    "points without": { starts: [{ a: 1 }] },
    "some missing": { params: { a: {}, b: { min: 0, max: 1 }, c: 1 } },
    "in a box": { params: { a: { min: 0, max: 1.5 }, b: { min: 0.1 }, c: { max: 0.5 } } },
    "in a box of negatives": { params: { a: { max: -0.1 }, b: { max: -0.01 }, c: {} } },
    "held and missing": { params: { a: {}, b: {}, c: { init: 1, fixed: true } } },
    "tied and missing": { params: { a: {}, b: {}, c: { expr: "a/2" } } },
    weighted: { sigma: noise(30, 7).map((e) => 0.2 + 0.1 * e) },
    "with a limit": { maxEvaluations: 40 },
    "with a tight limit": { maxEvaluations: 4 },
    "with one evaluation": { maxEvaluations: 1 },
    "with few iterations": { maxIterations: 2 },
    "asked though given": { starts: "auto", params: { a: 1e9, b: 40, c: -7 } },
    relative: { residuals: "relative" },
    log: { residuals: "log" },
    steps: { model: "floor(a*exp(-b*x)*8)/8 + c" },
  };
  for (const [name, o] of Object.entries(options))
    yield [`starts ${name}`, () => starts(d, decay, x, p, 0.02, o)];
  const wild = values(d, decay, x, p, 0.05).map((v, i) => (i % 7 === 3 ? 9 : v));
  for (const loss of d.lossNames)
    for (const lossScale of [0.2, "mad"])
      yield [
        `starts ${loss} ${lossScale}`,
        () => d.curveFit({ model: decay, x, y: wild, loss, ...(loss === "linear" ? {} : { lossScale }) }),
      ];
  yield ["starts student", () => d.curveFit({ model: decay, x, y: wild, likelihood: "student" })];
  // Of a function, between bounds.
  const rational = (v, q) => q.a / (1 + q.b * v) + (q.c ?? 0);
  const box = {
    a: { min: 0.1, max: 100 },
    b: { min: 1e-3, max: 1e3 },
    c: { min: -5, max: 5 },
    e: { min: 0, max: 1 },
  };
  for (const names of ["a", "ab", "abc", "abce"]) {
    const params = { b: 1, ...Object.fromEntries([...names].map((name) => [name, box[name]])) };
    yield [`starts of a function of ${names}`, () => d.curveFit({ model: rational, x, y: wild, params })];
  }
  yield [
    "starts of a function, counted",
    () =>
      d.curveFit({ model: rational, x, y: wild, params: { a: box.a, b: box.b }, starts: 9, loss: "huber" }),
  ];
  yield [
    "starts of a function, no bounds",
    () => d.curveFit({ model: rational, x, y: wild, params: { a: {}, b: box.b } }),
  ];
  yield ["600 points thinned", () => starts(d, decay, grid(600, 0, 6), p, 0.1, { sigma: 0.1 })];
  // Another minimum nearly as good; fits that end apart.
  const few = { x: [0, 1, 2, 3, 4, 5, 6, 7], y: [1, -1, 1.1, -0.9, 1, -1.2, 0.8, -1] };
  yield ["many minima", () => d.curveFit({ model: "a*sin(w*x + p)", ...few })];
  const t21 = grid(21, 0, 10);
  for (const share of [0.9, 0.911, 0.925, 0.98]) {
    const twins = values(d, `gaussian(x, 2, 0.5) + ${share}*gaussian(x, 7, 0.5)`, t21, {}, 0.01);
    yield [
      `two minima, ${share}`,
      () => d.curveFit({ model: "a*gaussian(x, m, 0.5) + 0.1", x: t21, y: twins }),
    ];
  }
  for (const off of [0.0045, 0.007, 0.02]) {
    const x30 = Array.from({ length: 30 }, (_, i) => i + off * (i % 2));
    yield [`a wave, uneven by ${off}`, () => starts(d, wave, x30, { a: 1, f: 0.21, p: 1, o: 2 })];
  }
  yield ["exact data", () => starts(d, decay, x, p, 0)];
  yield ["constant data", () => d.curveFit({ model: decay, x, y: x.map(() => 3) })];
  yield ["one x", () => d.curveFit({ model: decay, x: [2, 2, 2, 2], y: [1, 2, 3, 4] })];
  yield ["data 0", () => d.curveFit({ model: "a*exp(-b*x)", x: [0, 0, 0], y: [0, 0, 0] })];
  yield [
    "two columns",
    () =>
      starts(
        d,
        "a*exp(-b*u) + c*v/(k + v)",
        { u: noise(40, 3).map((v) => v + 1), v: noise(40, 4).map((v) => v + 1) },
        { a: 1, b: 2, c: 3, k: 0.5 },
      ),
  ];
  for (const [name, model] of Object.entries(d.models)) {
    if (model.variables.length > 1) continue;
    const q = Object.fromEntries(model.params.map(({ name: one }, k) => [one, 1.5 - 0.25 * k]));
    yield [`named ${name}`, () => d.curveFit({ model, x, y: values(d, model.text, x, q, 0.02) })];
  }
}

function* sets(d) {
  const { x, treated, untreated } = puromycin;
  const first = { x, y: treated, label: "treated" };
  const second = { x: x.slice(0, 11), y: untreated };
  const model = "Vm*x/(K + x)";
  const rational = (v, { Vm, K }) => (Vm * v) / (K + v);
  const run = (o) => d.curveFit({ data: [first, second], model, ...o });
  const shared = { K: { shared: true }, Vm: {} };
  const sigma = (set, size) => ({ ...set, sigma: size });
  const forms = {
    "all own": {},
    shared: { params: shared },
    "with starts": { params: { K: { shared: true, init: 0.05 }, Vm: { init: [200, 150] } } },
    "one start": { params: { K: { init: 0.05 }, Vm: 180 } },
    "held and in a box": {
      params: { K: { shared: true, init: 0.06, fixed: true }, Vm: { min: 0, max: 170 } },
    },
    "a function": { model: rational, params: { K: { shared: true, init: 0.05 }, Vm: { init: [200, 150] } } },
    "a model for each": { model: [model, "Vm*x/(K + x) + c"], params: { ...shared, c: {} } },
    "a model for each, started": {
      model: [model, "Vm*x/(K + x) + c"],
      params: { K: 0.06, Vm: 180, c: { init: 0 } },
    },
    "text and function": {
      model: [model, rational],
      params: { K: { shared: true, init: 0.05 }, Vm: { init: 150 } },
    },
    named: { model: d.models.michaelisMenten, params: { km: { shared: true }, vmax: {} } },
    tied: {
      model: "Vm*x/(K + x)",
      params: { ...shared, K: { expr: "k/1000" }, k: { shared: true, init: 50 } },
    },
    sigma: {
      data: [
        sigma(first, 9),
        sigma(
          second,
          x.slice(1).map((v) => 5 + v),
        ),
      ],
      params: shared,
      absoluteSigma: true,
    },
    robust: { params: shared, loss: "softL1", lossScale: 8 },
    columns: {
      data: [
        { x: { x }, y: treated },
        { x: { x: second.x }, y: untreated },
      ],
      params: shared,
    },
    masked: { data: [{ ...first, mask: x.map((_, i) => i > 0) }, second], params: shared },
    dropped: {
      data: [{ ...first, y: treated.map((v, i) => (i === 4 ? NaN : v)) }, second],
      missing: "drop",
      params: shared,
    },
    poisson: { likelihood: "poisson", params: shared },
    log: { residuals: "log", params: shared },
    student: { likelihood: "student", params: shared },
    "too small alone": { data: [first, { x: [1], y: [150] }], params: shared },
    limited: { params: shared, maxEvaluations: 30 },
  };
  for (const [name, o] of Object.entries(forms))
    yield [
      `sets ${name}`,
      () => {
        const fit = run(o);
        const asks = [
          () => fit.sets.map((set) => set.predict([0.5])),
          () => fit.sets[1].band([0.5, 3], { level: 0.5 }),
          () => fit.profile(fit.freeNames[0]),
          () => fit.derive(`${fit.freeNames[1]}/2`),
          () => [fit.leverage, fit.tests],
        ];
        return told(fit, ...asks.map(attempt));
      },
    ];
  const t = grid(9, 0, 4);
  const pair = values(d, "2*exp(-x/3)*cos(0.8*x)", t, {}, 0.02).map((re, i) => [
    re,
    values(d, "2*exp(-x/3)*sin(0.8*x)", t, {}, 0.02, 4)[i],
  ]);
  const texts = ["a*exp(-b*x)*cos(w*x)", "a*exp(-b*x)*sin(w*x)"];
  const point = (v, { a, b }) => [a / (1 + b * v), a * b * v];
  const rows = (o) => d.curveFitVector({ model: texts, x: t, y: pair, ...o });
  const vectors = {
    texts: {},
    starts: { params: { a: 1, b: { init: 0.2, min: 0 }, w: 1 } },
    function: { model: point, params: { a: 1, b: 0.1 } },
    "function of columns": { model: ({ u }, q) => point(u, q), x: { u: t }, params: { a: 1, b: 0.1 } },
    sigma: { sigma: 0.02, absoluteSigma: true },
    "sigma of points": { sigma: t.map((v) => 0.02 + v / 100) },
    "sigma of rows": { sigma: pair.map((_, i) => [0.02, 0.02 + i / 100]) },
    mask: { mask: t.map((_, i) => i !== 2) },
    weights: { weights: t.map((v) => 1 + v) },
    tied: { params: { a: 1, b: 0.2, w: { expr: "4*b" } } },
  };
  for (const [name, o] of Object.entries(vectors)) yield [`rows, ${name}`, () => rows(o)];
}

function* whole(d) {
  const x = grid(15, 0, 4);
  const y = values(d, "a*exp(-b*x)*x^n", x, { a: 2, b: 1.1, n: 2 }, 0.01);
  const run = (n, o = {}, model = "a*exp(-b*x)*x^n") =>
    d.curveFit({ model, x, y, params: { a: 1, b: 1, n, ...o } });
  yield ["whole n", () => everything(run({ init: 1.2, integer: true }), [1])];
  yield ["whole n between", () => run({ init: 3, min: 2.5, max: 4, integer: true })];
  yield ["whole n not", () => run({ init: 3, integer: false })];
  yield ["whole n without a start", () => run({ integer: true }, { a: {} })];
  yield ["whole a and n", () => run({ init: 1, integer: true }, { a: { init: 5, integer: true } })];
  const three = "a*exp(-b*x)*x^n + floor(k*x)/99";
  yield [
    "whole a, n and k",
    () =>
      run(
        { init: 1, integer: true },
        { a: { init: 5, integer: true }, k: { init: 1, integer: true } },
        three,
      ),
  ];
  const four = "a*exp(-b*x)*x^n + k*x/100 + l*x*x/1000";
  yield [
    "four whole",
    () =>
      run(
        { init: 1, integer: true },
        { a: { init: 5, integer: true }, k: { init: 1, integer: true }, l: { init: 3, integer: true } },
        four,
      ),
  ];
  yield [
    "whole of sets",
    () =>
      d.curveFit({
        model: "a*exp(-b*x)*x^n",
        data: [
          { x, y },
          { x, y: y.map((v) => 2 * v) },
        ],
        params: {
          a: { init: [1, 2] },
          b: { shared: true, init: 1 },
          n: { shared: true, init: 1, integer: true },
        },
      }),
  ];
}

export function* cases(d) {
  yield* searched(d);
  yield* sets(d);
  yield* whole(d);
}
