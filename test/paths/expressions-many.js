// curveFitMany, and pulled fits of the main entry.
import { grid, noise, values } from "./fit-data.js";
import { timeless } from "./several.js";

/** Curves a[k] exp(-b[k] x), laid end to end. */
function curves(d, k, x, size = 0.02) {
  const e = noise(2 * k, 9);
  const rows = e
    .slice(0, k)
    .map((v, i) => values(d, "a*exp(-b*x)", x, { a: 2 + v, b: 1 + 0.5 * e[k + i] }, size, i + 1));
  return rows.flat();
}

function* many(d) {
  const x = grid(9, 0, 3);
  const y = curves(d, 6, x);
  const model = "a*exp(-b*x)";
  const params = { a: 1, b: 1 };
  const run = (o) => d.curveFitMany({ model, x, y, params, ...o });
  const rows = (v, m = 9) => Array.from({ length: v.length / m }, (_, i) => v.slice(i * m, i * m + m));
  const each = Array.from({ length: 12 }, (_, i) => 1 + (i % 5) / 4);
  const own = x.flatMap(() => []).concat(...Array.from({ length: 6 }, (_, k) => x.map((v) => v + k / 10)));
  const s = noise(54, 8).map((v) => 0.1 + 0.05 * v);
  const spoilt = y.map((v, i) => (i === 12 ? NaN : i === 30 ? Infinity : v));
  const rational = (v, { a, b }) => a / (1 + b * v * v);
  const starts = { names: ["a", "b"], starts: each };
  const forms = {
    plain: {},
    rows: { y: rows(y) },
    "own starts": { params: starts },
    "own starts, one x each": { params: starts, x: own },
    "bounds of all": { params: { ...starts, min: [0.5, 0.2], max: [2.25, 2.25] } },
    "bounds of each": { params: { ...starts, min: each.map((v) => v - 0.5), max: each.map((v) => v + 0.5) } },
    "bounds of each kind": { params: { ...starts, min: [0, 0], max: each.map((v) => v + 0.1) } },
    "a box": { params: { a: { init: 1, min: 0, max: 2 }, b: 1 } },
    held: { params: { a: 1, b: { init: 0.9, fixed: true } } },
    "own x": { x: own, points: 9 },
    "own x in rows": { x: rows(own), y: rows(y) },
    "x by name": { x: { x } },
    sigma: { sigma: 0.1, absoluteSigma: true },
    "sigma of points": { sigma: s.slice(0, 9) },
    "sigma of all": { sigma: s },
    "sigma spoilt": { sigma: s.map((v, i) => (i === 3 ? -1 : v)) },
    spoilt: { y: spoilt },
    "spoilt, thrown": { y: spoilt, onInvalid: "throw" },
    "a function": { model: rational },
    "a function, own x": { model: rational, x: { x: own }, points: 9 },
    "a compiled model": { model: d.compileModel("a*exp(-b*t)", { variables: ["t"] }) },
    named: { model: d.models.exponential, params: undefined },
    "no starts": { params: undefined },
    "some starts": { params: { a: {}, b: 1 } },
    "counted starts": { starts: 12 },
    "given starts": { starts: [{ a: 3 }, { b: 2 }] },
    tied: { params: { a: 1, b: { expr: "a/2" } } },
    covariance: { covariance: true, params: { a: 1, b: { init: 1, fixed: true } } },
    "covariance of each": { covariance: true, params: starts },
    maxIterations: { maxIterations: 2 },
    maxEvaluations: { maxEvaluations: 4 },
    tolerances: { gradTol: 1e-2, stepTol: 1e-2, funTol: 1e-2 },
    target: { target: 0.5 },
    "far starts": { params: { a: 1e3, b: -5 } },
    "starts of NaN": { params: { ...starts, starts: each.map((v, i) => (i === 2 ? NaN : v)) } },
    "as many parameters as points": { x: [0, 1], y: [2, 1, 3, 1], absoluteSigma: false },
    "0 data": { y: y.map(() => 0) },
  };
  for (const [name, o] of Object.entries(forms)) yield [`many ${name}`, () => run(o)];
  for (const method of d.methodNames)
    for (const o of [{}, { loss: "cauchy", lossScale: 0.05 }, { sigma: s }])
      yield [`many ${method} ${Object.keys(o)}`, () => run({ method, ...o })];
  for (const loss of d.lossNames)
    for (const lossScale of [0.1, "mad"]) yield [`many ${loss} ${lossScale}`, () => run({ loss, lossScale })];
  const texts = [
    "a + x*0",
    "a*x",
    "a + b*x",
    "a*exp(-b*x) + c",
    "a*exp(-b*x) + c + e*x",
    "a*exp(-b*x) + c + e*x + f*x^2",
  ];
  for (const text of texts)
    for (const m of [6, 7]) {
      const names = "abcef".slice(0, Math.max(1, texts.indexOf(text)));
      const p = Object.fromEntries([...(text === "a*x" ? "a" : names)].map((name) => [name, 0.5]));
      const t = grid(m, 0.1, 2);
      yield [
        `many ${text} of ${m}`,
        () => d.curveFitMany({ model: text, x: t, y: curves(d, 5, t), params: p }),
      ];
    }
  // Batches: more curves than one holds, by their number and by their length.
  const short = grid(3, 0, 2);
  const long = grid(700, 0, 2);
  const flat = (k, m) => noise(k * m, 3).map((v, i) => 2 - (i % m) / m + v / 9);
  yield ["many 2049 curves", () => d.curveFitMany({ model: "a + b*x", x: short, y: flat(2049, 3), params })];
  yield ["many long curves", () => d.curveFitMany({ model: "a + b*x", x: long, y: flat(95, 700), params })];
  // How many curves go before the second report is of the clock.
  yield ["many stopped", () => d.curveFitMany({ model: rational, x, y, params, onProgress: () => "stop" })];
  yield [
    "many report",
    () => [
      timeless(run({ y: spoilt }).report()),
      timeless(run({}).report("brief")),
      timeless(run({ maxIterations: 1 }).report()),
    ],
  ];
  const wrong = {
    "y of another length": { y: y.slice(1) },
    "rows of other lengths": { y: [x, x.slice(1)] },
    "x of another length": { x: own.slice(1), points: 9 },
    points: { points: 0 },
    params: { params: 3 },
    "an unused parameter": { params: { a: 1, b: 1, c: 1 } },
    "starts of another length": { params: { ...starts, starts: [1] } },
    "starts outside": { params: { ...starts, min: [2, 0] } },
    "bounds of another length": { params: { ...starts, min: [2] } },
    "a key": { trace: true },
    "x without a variable": { x: { t: x } },
    covariance: { covariance: 1 },
    onInvalid: { onInvalid: "drop" },
    onProgress: { onProgress: 1 },
    absoluteSigma: { absoluteSigma: true },
    model: { model: 1 },
    starts: { starts: 0 },
    sigma: { sigma: 0 },
    "too many parameters": { model: "a+b*x", x: [1], y: [1, 2] },
  };
  for (const [name, o] of Object.entries(wrong)) yield [`many refused ${name}`, () => run(o)];
}

function* pulled(d) {
  const x = grid(20, 0, 3);
  const y = values(d, "a*exp(-b*x) + c", x, { a: 2, b: 1, c: 0.5 }, 0.05).map((v, i) => (i === 7 ? 9 : v));
  const params = { a: 30, b: 9, c: -5 };
  const forms = {
    text: { model: "a*exp(-b*x) + c" },
    held: { model: "a*exp(-b*x) + c", params: { ...params, c: { init: 0.4, fixed: true } } },
    function: { model: (v, { a, b, c }) => a / (1 + b * v * v) + c },
    robust: { model: "a*exp(-b*x) + c", loss: "tukey", lossScale: "mad" },
    log: { model: "a*exp(-b*x) + c", residuals: "log", params: { a: 3, b: 2, c: 1 } },
    student: { model: "a*exp(-b*x) + c", likelihood: "student", params: { a: 3, b: 2, c: 1 } },
    sets: {
      model: "a*exp(-b*x) + c",
      x: undefined,
      y: undefined,
      data: [
        { x, y },
        { x, y: y.map((v) => 2 * v) },
      ],
    },
  };
  for (const [name, o] of Object.entries(forms))
    for (const after of [1, 6]) {
      const options = Object.fromEntries(
        Object.entries({ x, y, params, ...o }).filter(([, v]) => v !== undefined),
      );
      yield [
        `pulled ${name} after ${after}`,
        () => {
          const first = d.iterateCurveFit(options);
          for (let i = 0; i < after; i++) first.next();
          const state = first.state();
          const { values: middle } = first.result ?? {};
          first.return();
          const rest = d.iterateCurveFit({ ...options, resume: state });
          const seen = [...rest].map(({ fun, x: at }) => [fun, at]);
          // Its input holds the state, whose memory is of what ran before.
          return { ...rest.result.toJSON(), input: null, middle, seen };
        },
      ];
    }
  const it = () =>
    d.iterateCurveFit({ model: "a*x", x: [1, 2], y: [1, 2], params: { a: { init: 1, integer: true } } });
  yield ["pulled whole", it];
}

export function* cases(d) {
  yield* many(d);
  yield* pulled(d);
}
