// Nonlinear programs: options, states, what is verified and derived of an answer, and what is refused.
import { METHODS, pick, sphere, texts } from "./constrained-nonlinear.js";
import { refusals, resumed, spoken, together } from "./several.js";

const odd = {
  wall: [(x) => (x[0] > 1.4 ? NaN : (x[0] - 2) * (x[0] - 2) + x[1] * x[1]), [0.5, 1]],
  kink: [(x) => Math.abs(x[0] - x[1]) + x[0] * x[0], [2, -1]],
  infinite: [() => Infinity, [1, 1]],
  noisy: [(x) => x[0] * x[0] + x[1] * x[1] + 1e-7 * ((x[0] * 1e7) % 1), [2, 1]],
  constant: [() => 3, [2, 1]],
  quartic: [(x) => x[0] * x[0] * x[0] * x[0] + x[1] * x[1] * x[1] * x[1], [2, 1]],
  steep: [(x) => 1e10 * (x[0] - 1e-5) * (x[0] - 1e-5) + x[1], [2, 1]],
  maximum: [(x) => -x[0] * x[0] - x[1] * x[1], [0, 0]],
};

function* options(d) {
  const free = d.compileProgram("min (x - 2)^2 + (y - 1)^2; x^2 <= y; x + y <= 2");
  for (const [name, [f, x0]] of Object.entries(odd))
    yield [
      `${name}, bounded`,
      () =>
        together(
          METHODS.map((method) =>
            d.minimizeConstrained(f, x0, {
              method,
              inequality: [(x) => x[0] + x[1] + 1],
              bounds: { lower: [-3, -3], upper: [9, 9] },
              maxIterations: 60,
            }),
          ),
        ),
    ];
  yield [
    "a constraint that is NaN",
    () =>
      together(
        METHODS.map((method) =>
          d.minimizeConstrained((x) => x[0] + x[1], [3, 1], {
            method,
            inequality: [(x) => (x[0] < 1 ? NaN : x[0] - 0.5), (x) => x[1]],
            maxIterations: 60,
          }),
        ),
      ),
  ];
  yield [
    "without constraints",
    () => together(METHODS.map((method) => d.minimizeConstrained(odd.quartic[0], [2, 1], { method }))),
  ];
  for (const [name, o] of Object.entries({
    tolerances: { gradTol: 1e-3, feasTol: 1e-2 },
    "tight tolerances": { gradTol: 1e-13, feasTol: 1e-13 },
    "no tolerances": { gradTol: 0, feasTol: 0, maxIterations: 40 },
    maxIterations: { maxIterations: 2 },
    maxEvaluations: { maxEvaluations: 3 },
    onIteration: { onIteration: ({ nit }) => (nit >= 3 ? "stop" : undefined) },
    "onIteration false": { onIteration: ({ nit }) => nit < 2 },
    trace: { trace: true },
    every: { trace: true, every: 3 },
  }))
    yield [
      `option ${name}`,
      () => together(METHODS.map((method) => d.minimizeConstrained(free, [-3, 4], { method, ...o }))),
    ];
  yield ["a start by name", () => d.minimizeConstrained(free, { y: 1, x: 0.2 })];
  yield [
    "params in another order",
    () =>
      d.minimizeConstrained(
        d.compileProgram("min a^2 + a*b + b^2 + c^2; a + b >= 1; a*c == 2", { params: ["c", "b", "a"] }),
        [1, 2, 3],
      ),
  ];
  for (const method of METHODS) {
    yield [
      `resumed ${method}`,
      () => resumed((o) => d.iterateConstrained(free, [-3, 4], { method, ...o }), 4),
    ];
    yield [
      `resumed by values ${method}`,
      () =>
        resumed(
          (o) =>
            d.iterateConstrained(sphere.f.fun, [2, 1, 0.5], {
              equality: pick(sphere.c, "count", "fun"),
              method,
              ...o,
            }),
          3,
        ),
    ];
  }
  yield [
    "reports",
    () =>
      METHODS.flatMap((method) => {
        const r = d.minimizeConstrained(d.compileProgram(texts.hs71[0]), texts.hs71[1], { method });
        return [spoken(r), spoken(r, "brief"), r.message, r.shadowPrices, r.values];
      }),
  ];
}

function* said(d) {
  const answers = () => [
    ...[
      "hs12",
      "hs71",
      "hs76",
      "linear",
      "max of a sum",
      "fixed",
      "saddle",
      "cusp",
      "rows twice",
      "hs39",
    ].map((name) => {
      const program = d.compileProgram(texts[name][0]);
      return [name, program, d.minimizeConstrained(program, texts[name][1])];
    }),
    [
      "values alone",
      { f: sphere.f.fun, equality: pick(sphere.c, "count", "fun") },
      d.minimizeConstrained(sphere.f.fun, [2, 1, 0.5], { equality: pick(sphere.c, "count", "fun") }),
    ],
    [
      "all parts",
      { f: sphere.f, equality: sphere.c },
      d.minimizeConstrained(sphere.f, [2, 1, 0.5], { equality: sphere.c }),
    ],
    ["a sum", odd.quartic[0], d.minimizeConstrained(odd.quartic[0], [2, 1])],
  ];
  for (const [name, problem, r] of answers()) {
    yield [`sensitivity of ${name}`, () => r.sensitivity()];
    yield [
      `verified ${name}`,
      () => {
        const x = Array.from(r.x);
        const near = (by) => ({ ...r.toJSON(), x: x.map((v) => v + by), multipliers: r.multipliers });
        return [
          d.verify(r, problem),
          d.verify(r, problem, { tolerance: 1e-12 }),
          ...[1e-9, 1e-6, 1e-4, 0.1].map((by) => d.verify(near(by), problem)),
          d.verify({ ...near(0), multipliers: undefined }, problem),
          d.verify({ ...near(0), fun: r.fun + 1 }, problem),
          d.verify({ ...near(0), status: "failed" }, problem),
        ];
      },
    ];
  }
  yield ["verified maximum", () => d.verify({ status: "converged", x: [0, 0] }, odd.maximum[0])];
}

function* wrong(d) {
  const f = (x) => x[0] + x[1];
  const run =
    (o, x0 = [1, 1]) =>
    () =>
      d.minimizeConstrained(f, x0, o);
  yield ["a function alone", run({ equality: f })];
  yield ["no function", run({ inequality: [3] })];
  yield ["a count that is none", run({ equality: { count: -1, fun: f } })];
  yield ["another name of jacobian", run({ equality: { count: 1, fun: f, jac: f } })];
  yield ["constraint that returns text", run({ equality: [() => "1"] })];
  yield ["constraint left unwritten", run({ equality: { count: 2, fun: (_x, out) => out.fill(1, 0, 1) } })];
  yield ["exact without Hessians", run({ method: d.sqp({ hessian: "exact" }) })];
  yield ["presolve", run({ method: d.interiorPoint({ presolve: true }) })];
  yield ["bounds that cross", run({ bounds: { lower: [1, 2], upper: [0, 3] } })];
  yield ["a start that is NaN", run({}, [NaN, 1])];
  yield [
    "text that is wrong",
    () =>
      refusals(
        ...[
          "x + y",
          "min x; min y",
          "min x; x >",
          "min x; x = y = 1",
          "min x; x >= 0 <= 1",
          "min x; 1 <= 2; 3 >= 4",
          "min x; a: x >= 0; a: x^2 <= 1",
          "min x; x integer",
          "min 3",
          "min x; x >= 2; x <= 1",
          "min foo(x)",
        ].map((text) => () => d.compileProgram(text)),
      ),
  ];
  yield [
    "options that are wrong",
    () =>
      refusals(
        run({ constraints: [] }),
        run({ method: "slsqp" }),
        run({ method: d.sqp }),
        run({ gradTol: -1 }),
        run({ differences: "exact" }),
        run({ linear: { A: [[1]] } }),
        run({ linear: { A: [[1, 1]], l: 2, u: 1 } }),
        run({ linear: [[1, 1]] }),
        () => d.sqp({ hessian: "sr1" }),
        () => d.augmentedLagrangian({ inner: "cg" }),
        () => d.interiorPoint({ barrier: 0 }),
        () => d.minimizeConstrained(d.compileProgram("min x^2; x >= 1"), { y: 1 }),
        () => d.minimizeConstrained(d.compileProgram("min x^2; x >= 1"), [1, 2]),
      ),
  ];
}

export function* cases(d) {
  yield* options(d);
  yield* said(d);
  yield* wrong(d);
}
