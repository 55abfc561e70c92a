// What a fit is asked for: profiles, regions, inverse prediction, derived numbers, tests; and what it warns of.
import { everything, grid, noise, pearson, values } from "./fit-data.js";
import { attempt } from "./several.js";

const x12 = grid(12, 0, 5.5);

function* asked(d) {
  const fit = d.curveFit({
    model: "a*exp(-b*x) + c",
    x: x12,
    y: values(d, "a*exp(-b*x) + c", x12, { a: 3, b: 0.7, c: 0.5 }, 0.05),
  });
  for (const name of ["a", "b", "c"]) {
    yield [`profileCurve ${name}`, () => [fit.profileCurve(name), fit.profile(name, { level: 0.99 })]];
    for (const level of [1e-6, 0.3, 0.9999])
      yield [`profile ${name} ${level}`, () => fit.profile(name, { level })];
  }
  yield ["region", () => [fit.region("a", "b"), fit.region("c", "b", { level: 0.5 })]];
  for (const y of [3.4, 2, 0.6, 0.4, -1, 1e9])
    yield [
      `calibrate ${y}`,
      () => [
        fit.calibrate(y),
        attempt(() => fit.calibrate(y, { kind: "confidence", level: 0.5, sigma: 0.2 })),
      ],
    ];
  const bent = d.curveFit({
    model: "a + b*x + c*x^2",
    x: [0, 1, 2, 3, 4, 5, 6],
    y: [0, 3.1, 4.9, 6.1, 5, 2.9, 0.1],
  });
  for (const y of [0, 3, 6, 7]) yield [`calibrate ${y} of a parabola`, () => bent.calibrate(y)];
  const { x, y, sigma } = pearson;
  const known = d.curveFit({ model: "a + b*x", x, y, sigma, absoluteSigma: true });
  yield ["region known", () => known.region("a", "b")];
  yield [
    "profile of an end",
    () =>
      d
        .curveFit({
          model: "a/(1 + b*x)",
          x: [0, 1, 2, 3],
          y: [1, 0.9, 1.1, 1],
          params: { a: { init: 1, max: 1.2 }, b: { init: 0.1, min: -0.1 } },
        })
        .profile("b"),
  ];
  const loose = d.curveFit({
    model: "a*(1 - exp(-b*x))",
    x: [1, 2, 3, 4],
    y: [0.9, 1.3, 0.8, 1.1],
    params: { a: 1, b: 2 },
  });
  yield [
    "profile without an end",
    () => [loose.profile("b"), loose.profile("a"), loose.region("a", "b"), loose.profileCurve("b")],
  ];
  const flat = d.curveFit({
    model: "a + b - c*x",
    x: [0, 1, 2, 3, 4],
    y: [1, 2, 4, 5, 6],
    params: { a: 1, b: 1, c: 1 },
  });
  yield ["without a covariance", () => everything(flat, [1])];
  const ask = {
    "derive of an unknown": () => fit.derive("a/q"),
    "derive of all": () => [
      fit.derive("log(2)/b"),
      fit.derive("7"),
      fit.derive("a - a"),
      fit.derive("exp(c)^b"),
    ],
    "profile of an unknown": () => fit.profile("bb"),
    "profile of a level": () => fit.profile("b", { level: 2 }),
    "profile of a loss": () => d.curveFit({ model: "a*x", x: x12, y: x12, loss: "huber" }).profile("a"),
    "profileCurve without": () => flat.profileCurve("a"),
    "region of one": () => fit.region("a", "a"),
    "region without": () => flat.region("a", "b"),
    "band of a key": () => fit.band([1], { levels: 1 }),
    "band of a kind": () => fit.band([1], { kind: "predict" }),
    "band of null": () => fit.band([1], null),
    "band of sigma": () => fit.band([1, 2], { kind: "prediction", sigma: [1, 0] }),
    "predict of columns": () => fit.predict({ x: [1] }),
    "predict of a number": () => fit.predict(1),
    "predict of NaN": () => fit.predict([NaN]),
    "band far": () => [
      fit.band([6.05]),
      fit.band([6.06]),
      fit.band([-0.56]),
      fit.band([-0.54]),
      fit.band([]),
    ],
    "calibrate of NaN": () => fit.calibrate(NaN),
  };
  for (const [name, call] of Object.entries(ask)) yield [name, call];
  for (const m of [7, 8, 30])
    for (const size of [0, 1]) {
      const e = noise(m, m + size);
      const y = e.map((v, i) => i + (size ? v * v * v * 5 : v));
      yield [
        `tests of ${m} points, ${size}`,
        () => d.curveFit({ model: "a + b*x", x: e, y, params: { a: 0, b: 0 } }).tests,
      ];
    }
  yield [
    "tests of rest 0",
    () =>
      d.curveFit({ model: "a + b*x", x: [0, 1, 2, 3, 4, 5, 6, 7, 8], y: [0, 2, 4, 6, 8, 10, 12, 14, 16] })
        .tests,
  ];
}

function* warned(d) {
  const e = noise(40, 3);
  const x = grid(40, 0, 4);
  const all = (o) => () => {
    const { status, reason, nit, nfev, warnings } = d.curveFit(o);
    const codes = warnings.map(({ code }) => code.slice(2).toLowerCase());
    return { status, reason: [reason, ...codes].join(" "), nit, nfev, warnings };
  };
  const y = x.map((v, i) => 2 + v + 0.3 * e[i]);
  const p = { a: 1, b: 1 };
  yield ["no x", all({ model: "a + b", x, y, params: p })];
  yield ["no x of one", all({ model: "a", x, y, params: { a: 1 } })];
  yield ["no x, a name", all({ model: "gaussian", x, y })];
  yield ["no x, columns", all({ model: "a + b", x: { t: x, u: x }, y, params: p })];
  yield ["no x in a function", all({ model: (_, q) => q.a * q.b, x, y, params: p })];
  yield ["unused", all({ model: "a*x", x, y, params: p })];
  yield ["unused in a function", all({ model: (v, q) => q.a * v, x, y, params: p })];
  yield ["a step", all({ model: "x < b ? a : 2*a", x, y, params: { a: 1, b: 1.03 } })];
  for (const model of ["a*b*x", "a/b*x", "(a + b)*x", "(a - b)*x", "a*b^2*x", "a*b*c*x", "a*(b + 1e-7*x)*x"])
    yield [`together ${model}`, all({ model, x, y, params: model.includes("c") ? { ...p, c: 1 } : p })];
  for (const near of [0.9, 0.99999, 0.9999999])
    yield [
      `nearly together ${near}`,
      all({ model: "a*x + b*(" + near + "*x + " + (1 - near) + "*x^2)", x, y, params: p }),
    ];
  yield [
    "worse than a constant",
    all({ model: "a*x", x, y: x.map((v, i) => 9 - v + e[i]), params: { a: 1 } }),
  ];
  for (const size of [1, 1.1, 1.2, 1.3, 1.5, 10])
    for (const at of [0, 20])
      yield [
        `outlier ${size} at ${at}`,
        all({ model: "a + b*x", x, y: y.map((v, i) => (i === at ? v + size : v)), params: p }),
      ];
  const coded = (list, of) => () =>
    list.map((one) => d.curveFit(of(one)).warnings.map(({ code, message }) => code + message));
  const sizes = Array.from({ length: 24 }, (_, i) => 0.9 + i / 100);
  for (const at of [0, 20])
    yield [
      `outliers about the limit at ${at}`,
      coded(sizes, (size) => ({
        model: "a + b*x",
        x,
        y: y.map((v, i) => (i === at ? v + size : v)),
        params: p,
      })),
    ];
  const x400 = grid(400, 0, 4);
  const y400 = noise(400, 3).map((v, i) => 2 + x400[i] + 0.3 * v);
  yield [
    "sigmas about the limit",
    coded([0.13, 0.135, 0.138, 0.14, 0.142, 0.145, 0.2, 0.21, 0.212, 0.215, 0.22], (sigma) => ({
      model: "a + b*x",
      x: x400,
      y: y400,
      params: p,
      sigma,
      absoluteSigma: true,
    })),
  ];
  yield [
    "columns about the limit",
    coded([2e-6, 1.6e-6, 1.5e-6, 1.2e-6, 8e-7, 7e-7, 1e-8], (eps) => ({
      model: `a + b*(1 + ${eps}*x)`,
      x,
      y,
      params: p,
    })),
  ];
  yield [
    "nearly a product",
    coded([1.0005, 1.002, 1.005, 1.02], (n) => ({ model: `a*b^${n}*x`, x, y, params: p })),
  ];
  yield [
    "outlier far in x",
    all({
      model: "a + b*x",
      x: x.map((v, i) => (i === 39 ? 100 : v)),
      y: y.map((v, i) => (i === 39 ? 90 : v)),
      params: p,
    }),
  ];
  yield ["outlier of few", all({ model: "a + b*x", x: [0, 1, 2, 3, 4], y: [0, 1, 50, 3, 4.01], params: p })];
  for (const bend of [0.3, 0.5, 0.7, 1, 3])
    yield [
      `bent by ${bend}`,
      all({ model: "a + b*x", x, y: y.map((v, i) => v + bend * (x[i] - 2) * (x[i] - 2)), params: p }),
    ];
  for (const m of [10, 11, 12, 13])
    for (const rough of [0, 0.1, 0.2]) {
      const t = grid(m, 0, 4);
      yield [
        `smooth ${m} ${rough}`,
        all({ model: "a + b*x", x: t, y: t.map((v, i) => v * v + rough * e[i]), params: p }),
      ];
    }
  yield ["rounding", all({ model: "a + b*x", x, y: x.map((v) => 2 + v), params: p })];
  for (const sigma of [1e-3, 0.1, 0.11, 0.115, 0.25, 0.3, 0.4, 0.5, 9])
    yield [`sigma ${sigma}`, all({ model: "a + b*x", x, y, params: p, sigma, absoluteSigma: true })];
  const bump = values(d, "a*gaussian(x, b, c)", x, { a: 3, b: 2, c: 0.4 }, 0.02);
  for (const [a, b, c] of [
    [30, 2.2, 1],
    [1, 2, 5],
    [1e3, 3.5, 0.2],
    [1, 40, 30],
    [1e-6, 1e3, 1e3],
  ])
    yield [`far start ${b} ${c}`, all({ model: "a*gaussian(x, b, c)", x, y: bump, params: { a, b, c } })];
  yield [
    "far, a sigmoid",
    all({ model: "a/(1 + exp(b*(x - c)))", x, y: bump, params: { a: 30, b: 5, c: 40 } }),
  ];
  yield [
    "far, a decay",
    coded([0.01, 300], (c) => ({ model: "a*exp(-b*x) + c", x, y: bump, params: { a: 1, b: 40, c } })),
  ];
  yield ["few points", all({ model: "a + b*x", x: [1, 2], y: [1, 3], params: p })];
  yield [
    "few points known",
    all({ model: "a + b*x", x: [1, 2], y: [1, 3], params: p, sigma: 1, absoluteSigma: true }),
  ];
  yield [
    "at a bound",
    all({ model: "a + b*x", x, y, params: { a: { init: 0, max: 1 }, b: { init: 2, min: 1.5 } } }),
  ];
  yield ["covariance beyond", all({ model: "a*1e-170*x + b*1e170", x, y, params: p })];
  yield ["log of nothing", all({ model: "a*log(x)", x, y, params: { a: 1 } })];
  yield ["root of less", all({ model: "sqrt(b - x)*a", x, y, params: { a: 1, b: 9 } })];
  yield ["overflow", all({ model: "a*exp(b*x^9)", x, y, params: { a: 1, b: 1 } })];
  yield ["NaN of a function", all({ model: () => NaN, x, y, params: p })];
}

export function* cases(d) {
  yield* asked(d);
  yield* warned(d);
}
