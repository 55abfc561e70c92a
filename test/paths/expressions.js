// curveFit: models as functions and as text, what data have, forms of residuals, what is asked of a fit, its warnings.
import { everything, grid, noise, pearson, puromycin, told, values } from "./fit-data.js";
import { attempt } from "./several.js";

const x12 = grid(12, 0, 5.5);
const decay = (d, size = 0.05, seed = 1) =>
  values(d, "a*exp(-b*x) + c", x12, { a: 3, b: 0.7, c: 0.5 }, size, seed);
const hyperbola = (x, { a, b }) => (a * x) / (b + x);
const rates = { x: puromycin.x, y: puromycin.treated };

function* models(d) {
  const params = { a: 100, b: 0.1 };
  const fill = (x, [a, b], out) => out.set(x.map((v) => (a * v) / (b + v)));
  const slopes = (x, [a, b], J) =>
    J.set([...x].flatMap((v) => [v / (b + v), (-a * v) / ((b + v) * (b + v))]));
  const forms = {
    point: hyperbola,
    block: { evaluate: fill },
    exact: { evaluate: fill, jacobian: slopes },
    text: "a*x/(b + x)",
    compiled: d.compileModel("a*x/(b + x)"),
    turned: d.compileModel("a*x/(b + x)", { params: ["b", "a"] }),
    steps: d.withDifferences(hyperbola, { differenceStep: 1e-3 }),
  };
  for (const [name, model] of Object.entries(forms)) {
    const run = (o) => d.curveFit({ model, ...rates, params, ...o });
    yield [`${name} all`, () => everything(run({}), [0.05, 0.5, 2])];
    yield [
      `${name} box`,
      () =>
        everything(run({ params: { a: { init: 90, min: 0, max: 180 }, b: { init: 0.1, min: 0 } } }), [0.5]),
    ];
    yield [
      `${name} fixed`,
      () => everything(run({ params: { b: { init: 0.07, fixed: true }, a: 1 } }), [0.5]),
    ];
    yield [
      `${name} sigma`,
      () => everything(run({ sigma: rates.y.map((y) => y / 10), absoluteSigma: true, level: 0.9 }), [0.5]),
    ];
    yield [`${name} tied`, () => everything(run({ params: { a: 200, b: { expr: "a/k" }, k: 3000 } }), [0.5])];
    yield [
      `${name} tied to held`,
      () => run({ params: { a: 200, b: { expr: "c^2" }, c: { init: 0.25, fixed: true } } }),
    ];
    yield [`${name} robust`, () => everything(run({ loss: "cauchy", lossScale: "mad" }), [0.5])];
    for (const method of d.methodNames)
      yield [`${name} ${method}`, () => run({ method, trace: true, params: { a: 30, b: 2 } })];
  }
  const two = { u: grid(15, 0, 3), v: noise(15, 4) };
  const y2 = values(d, "a*exp(-b*u) + c*v", two, { a: 2, b: 0.8, c: 0.6 }, 0.02);
  const plane = ({ u, v }, { a, b, c }) => a - b * u + c * v;
  for (const [name, model] of [
    ["text", "a*exp(-b*u) + c*v"],
    ["function", plane],
  ]) {
    const run = () => {
      const fit = d.curveFit({ model, x: two, y: y2, params: { a: 1, b: 1, c: 1 } });
      return told(
        fit,
        fit.band({ u: [1, 9], v: [0, 0] }),
        fit.tests,
        attempt(() => fit.calibrate(1)),
      );
    };
    yield [`two predictors ${name}`, run];
  }
  // Sizes about those of one step of the core, of a Jacobian that goes ahead, of a thinned search.
  for (const m of [3, 4, 5, 511, 513, 1025]) {
    const x = grid(m, 0, 4);
    yield [
      `${m} points`,
      () => d.curveFit({ model: "a*exp(-b*x)", x, y: values(d, "a*exp(-b*x)", x, { a: 2, b: 1 }, 0.1) }),
    ];
  }
  const wide = grid(11000, 0, 4);
  const p3 = { a: 2, b: 1, c: 0.1 };
  yield [
    "11000 points",
    () =>
      d.curveFit({
        model: "a*exp(-b*x)+c",
        x: wide,
        y: values(d, "a*exp(-b*x)+c", wide, p3, 0.1),
        params: p3,
      }),
  ];
  for (const factor of [1e-12, 1e12])
    yield [
      `scale ${factor}`,
      () =>
        everything(
          d.curveFit({
            model: "a*exp(-b*x) + c",
            x: x12.map((v) => v / factor),
            y: decay(d).map((v) => v * factor),
          }),
          [1 / factor],
        ),
    ];
}

function* data(d) {
  const model = "a*exp(-b*x) + c";
  const y = decay(d);
  const gaps = y.map((v, i) => (i % 5 === 2 ? [NaN, null, undefined][i % 3] : v));
  const run = (o) => d.curveFit({ model, x: x12, y, params: { a: 1, b: 1, c: 0 }, ...o });
  const s = noise(12, 5).map((v) => 0.1 + 0.05 * v);
  const counts = [51, 39, 30, 24, 20, 17, 12, 10, 4, 1, 0, 2];
  const V = s.map((a, i) => s.map((b, j) => (i === j ? a * a : (a * b) / (2 + (i - j) * (i - j)))));
  const forms = {
    gaps: { y: gaps, missing: "drop" },
    "gaps in x": { x: x12.map((v, i) => (i === 3 ? NaN : v)), missing: "drop" },
    "gaps in sigma": { sigma: s.map((v, i) => (i === 4 ? null : v)), missing: "drop" },
    "gaps in weights": { weights: s.map((v, i) => (i === 5 ? undefined : v)), missing: "drop" },
    mask: { mask: y.map((_, i) => i !== 3) },
    "mask of numbers": {
      mask: y.map((_, i) => i % 4),
      y: gaps.map((v, i) => (i % 4 ? v : 1e9)),
      missing: "drop",
    },
    weights: { weights: s.map((v, i) => (i === 2 ? 0 : 1 / v)) },
    "one sigma": { sigma: 0.05, absoluteSigma: true },
    relative: { residuals: "relative" },
    "relative sigma": { residuals: "relative", sigma: s },
    log: { residuals: "log" },
    "log sigma": { residuals: "log", sigma: 0.2, method: "dogleg" },
    "log weights": { residuals: "log", weights: s },
    poisson: { likelihood: "poisson", y: counts },
    "poisson without starts": { likelihood: "poisson", y: counts, params: undefined },
    "poisson of a function": {
      likelihood: "poisson",
      y: counts,
      model: (x, { a, b, c }) => a / (1 + b * x) + c,
      params: { a: 50, b: 0.5, c: 0.5 },
    },
    "poisson in a box": {
      likelihood: "poisson",
      y: counts,
      params: { a: { init: 40, min: 0 }, b: 1, c: { init: 0, min: 0 } },
    },
    "poisson from below 0": { likelihood: "poisson", y: counts, params: { a: -10, b: 1, c: 1 } },
    "poisson of large counts": { likelihood: "poisson", y: counts.map((v) => v * 1e6) },
    student: { likelihood: "student", y: y.map((v, i) => (i === 4 ? 9 : v)) },
    "student sigma": { likelihood: "student", sigma: s },
    "student known": { likelihood: "student", sigma: 0.05, absoluteSigma: true },
    "student exact": { likelihood: "student", y: x12, model: "a + b*x", params: { a: 0, b: 0 } },
    "student relative": { likelihood: "student", residuals: "relative" },
    matrix: { sigma: V },
    "flat matrix": { sigma: V.flat(), absoluteSigma: true },
    "matrix with a mask": { sigma: V, mask: y.map((_, i) => i !== 6) },
    "matrix of a function": { sigma: V, model: (x, { a, b, c }) => a / (1 + b * x) + c },
    differenceStep: { model: (x, { a, b, c }) => a / (1 + b * x) + c, differenceStep: 1e-2 },
    "steps by name": {
      model: (x, { a, b, c }) => a / (1 + b * x) + c,
      differenceStep: { a: 1e-3 },
      scale: { c: 1e-6 },
    },
    "steps in order": {
      model: (x, { a, b, c }) => a / (1 + b * x) + c,
      differenceStep: [1e-3, 1e-4, 1e-5],
      scale: "auto",
    },
    "scale alone": { model: (x, { a, b, c }) => a / (1 + b * x) + c, scale: 10 },
  };
  for (const [name, o] of Object.entries(forms)) yield [name, () => everything(run(o), [0.3, 4, 7])];
  yield ["log with a 0", () => run({ residuals: "log", model: "a - b*x + 0*c" })];
  yield ["log of a sign", () => run({ residuals: "log", params: { a: -3, b: 1, c: 0 } })];
  const sX = { number: 0.1, array: s, small: 1e-9, large: 5 };
  const curved = (x, { a, b, c }) => a / (1 + b * x) + c;
  for (const [name, sigmaX] of Object.entries(sX))
    for (const [kind, form] of [
      ["text", model],
      ["function", curved],
    ]) {
      const o = { sigmaX, model: form, sigma: 0.05, params: { a: 2.5, b: 0.8, c: 0.4 } };
      yield [`sigmaX ${name} ${kind}`, () => (kind === "text" ? everything(run(o), [0.3, 4, 7]) : run(o))];
    }
  const line = { ...pearson, model: "a + b*x" };
  yield ["sigmaX of Pearson", () => everything(d.curveFit(line), [0, 5])];
  yield [
    "sigmaX of Pearson known",
    () => everything(d.curveFit({ ...line, absoluteSigma: true, starts: 5 }), [0, 5]),
  ];
  const two = { u: grid(15, 0, 3), v: noise(15, 4) };
  const z = values(d, "a*exp(-b*u) + c*v*v", two, { a: 2, b: 0.8, c: 0.6 }, 0.1);
  for (const form of ["a*exp(-b*u) + c*v*v", ({ u, v }, { a, b, c }) => a / (1 + b * u) + c * v * v])
    for (const sigmaX of [0.1, { u: 0.2, v: noise(15, 6).map((e) => 0.2 + 0.1 * e) }])
      yield [
        `sigmaX of two, ${typeof form} ${typeof sigmaX}`,
        () => d.curveFit({ model: form, x: two, y: z, sigmaX, sigma: 0.1, params: { a: 1, b: 1, c: 1 } }),
      ];
  // Steep, turning, and far from the curve: steps along x are halved.
  const turn = { x: grid(15, -2, 2), y: grid(15, -2, 2).map((v, i) => v * v * v - 2 * v + noise(15, 8)[i]) };
  yield [
    "sigmaX where it turns",
    () => everything(d.curveFit({ ...turn, model: "a*x^3 + b*x + c", sigmaX: 0.5, sigma: 0.5 }), [0]),
  ];
  yield ["sigmaX of one x", () => d.curveFit({ model: "a*x", x: [2, 2, 2], y: [1, 2, 4], sigmaX: 0.1 })];
  yield ["sigmaX dropped", () => run({ y: gaps, missing: "drop", sigmaX: s, sigma: s })];
}

export function* cases(d) {
  yield* models(d);
  yield* data(d);
}
