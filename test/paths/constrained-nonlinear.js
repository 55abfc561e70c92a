// Nonlinear programs by every method, with what each brings: values, gradients, Hessians, patterns, text.
import { refusals, resumed, spoken, together } from "./several.js";

const METHODS = ["sqp", "interiorPoint", "augmentedLagrangian"];

/** Of Hock & Schittkowski (1981) where a number is given, written by hand. */
const texts = {
  hs1: ["min 100*(y - x^2)^2 + (1 - x)^2; y >= -1.5", [-2, 1]],
  hs6: ["min (1 - x)^2; 10*(y - x^2) == 0", [-1.2, 1]],
  hs7: ["min log(1 + x^2) - y; (1 + x^2)^2 + y^2 == 4", [2, 2]],
  hs10: ["min x - y; -3*x^2 + 2*x*y - y^2 + 1 >= 0", [-10, 10]],
  hs11: ["min (x - 5)^2 + y^2 - 25; -x^2 + y >= 0", [4.9, 0.1]],
  hs12: ["min x^2/2 + y^2 - x*y - 7*x - 7*y; 25 - 4*x^2 - y^2 >= 0", [0, 0]],
  hs13: ["min (x - 2)^2 + y^2; (1 - x)^3 - y >= 0; x >= 0; y >= 0", [-2, -2]],
  hs16: ["min 100*(y - x^2)^2 + (1 - x)^2; x + y^2 >= 0; x^2 + y >= 0; -0.5 <= x <= 0.5; y <= 1", [-2, 1]],
  hs26: ["min (x - y)^2 + (y - z)^4; (1 + y^2)*x + z^4 - 3 == 0", [-2.6, 2, 2]],
  hs29: ["min -x*y*z; x^2 + 2*y^2 + 4*z^2 <= 48", [1, 1, 1]],
  hs39: ["min -x; y - x^3 - z^2 == 0; x^2 - y - w^2 == 0", [2, 2, 2, 2]],
  hs43: [
    "min a^2 + b^2 + 2*c^2 + d^2 - 5*a - 5*b - 21*c + 7*d; 8 - a^2 - b^2 - c^2 - d^2 - a + b - c + d >= 0; 10 - a^2 - 2*b^2 - c^2 - 2*d^2 + a + d >= 0; 5 - 2*a^2 - b^2 - c^2 - 2*a + b + d >= 0",
    [0, 0, 0, 0],
  ],
  hs71: [
    "min a*d*(a + b + c) + c; product: a*b*c*d >= 25; a^2 + b^2 + c^2 + d^2 == 40; 1 <= a <= 5; 1 <= b <= 5; 1 <= c <= 5; 1 <= d <= 5",
    [1, 5, 5, 1],
  ],
  hs76: [
    "min a^2 + b^2/2 + c^2 + d^2/2 - a*c + c*d - a - 3*b + c - d; a + 2*b + c + d <= 5; 3*a + b + 2*c - d <= 4; b + 4*c >= 1.5; a >= 0; b >= 0; c >= 0; d >= 0",
    [0.5, 0.5, 0.5, 0.5],
  ],
  "max of a sum": ["max x + 2*y + 3; circle: x^2 + y^2 <= 5; x >= 0", [1, 1]],
  linear: ["min x + 2*y; a: x + y >= 2; b: x - y == 1", [0, 0]],
  cusp: ["min y; y^3 - x^2 >= 0; x == 0", [1, 1]],
  disjoint: ["min x; x^2 <= 1; x >= 3", [2]],
  "no point": ["min x^2 + y^2; x^2 + y^2 + 1 == 0", [1, 2]],
  saddle: ["min x^2 - y^2; x + 0*y <= 4", [1, 0]],
  "saddle on a circle": ["min x*y; x^2 + y^2 == 2", [1, 1]],
  "falls for ever": ["min -x - y; x - y == 1", [0, 0]],
  "falls for ever along a curve": ["min -x; y - x^2 == 0", [0.5, 0]],
  "rows twice": ["min x^2 + y^2; x + y == 1; 2*x + 2*y == 2; x*y <= 3", [4, -1]],
  "gradients that vanish": ["min x + y^2; x^2 == 0; y >= -1", [1, 1]],
  fixed: ["min (x - 1)^2 + y*y*x; x == 0.3; y >= 0.1; x + y <= 2", [1, 1]],
  flat: ["min 0*x; x^2 + y^2 == 1", [2, 0.5]],
  tiny: ["min 1e-9*(x - 1)^2 + 1e-9*y; y - x^2 >= 0", [3, 3]],
  huge: ["min 1e9*(x - 1)^2 + 1e9*y; 1e6*(y - x^2) >= 0", [3, 3]],
  "far apart": ["min (x/1e5 - 3)^2 + (1e4*y + 2)^2; x*y >= -10; x >= 1e5", [1, 1]],
};

function* methods(d) {
  for (const [name, [text, x0]] of Object.entries(texts)) {
    const program = d.compileProgram(text);
    const run = (method) => d.minimizeConstrained(program, x0, { method, maxIterations: 250 });
    for (const method of METHODS) yield [`${name} ${method}`, () => run(method)];
    yield [
      `${name} otherwise`,
      () =>
        together(
          [
            d.sqp({ hessian: "bfgs" }),
            d.interiorPoint({ hessian: "bfgs" }),
            d.augmentedLagrangian({ hessian: "bfgs" }),
            d.augmentedLagrangian({ inner: "spectralGradient", penalty: 3 }),
            d.interiorPoint({ barrier: 1e-3 }),
          ].map(run),
        ),
    ];
  }
}

/** The sphere and a plane; what is brought is what `parts` names. */
const sphere = {
  f: {
    fun: (x) => x[0] * x[1] + x[1] * x[2] - x[0],
    grad: (x, g) => {
      g[0] = x[1] - 1;
      g[1] = x[0] + x[2];
      g[2] = x[1];
    },
    hess: (_x, H) => {
      H.set([0, 1, 0, 1, 0, 1, 0, 1, 0]);
    },
    hessVec: (_x, v, out) => {
      out.set([v[1], v[0] + v[2], v[1]]);
    },
  },
  c: {
    count: 2,
    fun: (x, out) => {
      out[0] = x[0] * x[0] + x[1] * x[1] + x[2] * x[2] - 3;
      out[1] = x[0] - x[1] * x[2];
    },
    jacobian: (x, J) => {
      J.set([2 * x[0], 2 * x[1], 2 * x[2], 1, -x[2], -x[1]]);
    },
    hess: (_x, w, H) => {
      H.set([2 * w[0], 0, 0, 0, 2 * w[0], -w[1], 0, -w[1], 2 * w[0]]);
    },
    hessVec: (_x, w, v, out) => {
      out.set([2 * w[0] * v[0], 2 * w[0] * v[1] - w[1] * v[2], 2 * w[0] * v[2] - w[1] * v[1]]);
    },
  },
};

const pick = (from, ...names) => Object.fromEntries(names.map((name) => [name, from[name]]));

function* brought(d) {
  const { f, c } = sphere;
  const kinds = {
    "values alone": [f.fun, pick(c, "count", "fun")],
    "functions one by one": [f.fun, [(x) => x[0] * x[0] + x[1] * x[1] + x[2] * x[2] - 3, (x) => x[0] - x[1] * x[2]]], // biome-ignore format: as a table
    "a gradient alone": [pick(f, "fun", "grad"), pick(c, "count", "fun")],
    "a Jacobian alone": [f.fun, pick(c, "count", "fun", "jacobian")],
    "first derivatives": [pick(f, "fun", "grad"), pick(c, "count", "fun", "jacobian")],
    "second derivatives": [pick(f, "fun", "grad", "hess"), pick(c, "count", "fun", "jacobian", "hess")],
    products: [pick(f, "fun", "grad", "hessVec"), pick(c, "count", "fun", "jacobian", "hessVec")],
  };
  for (const [kind, [fun, equality]] of Object.entries(kinds))
    for (const method of METHODS) {
      const o = { method, bounds: { lower: [-3, -3, 0.1], upper: [3, 3, 3] }, maxIterations: 200 };
      yield [`sphere ${kind} ${method}`, () => d.minimizeConstrained(fun, [2, 1, 0.5], { equality, ...o })];
      yield [
        `inside by ${kind} ${method}`,
        () =>
          d.minimizeConstrained(fun, [2, 1, 0.5], {
            inequality: equality,
            linear: { A: [[1, 1, 1]], l: -1, u: 2 },
            ...o,
          }),
      ];
    }
  const [fun, equality] = kinds["values alone"];
  for (const method of METHODS)
    yield [
      `forward differences ${method}`,
      () => d.minimizeConstrained(fun, [2, 1, 0.5], { equality, method, differences: "forward" }),
    ];
}

/** x_j x_{j+1} = 1 near 2, with patterns. */
function chain(n) {
  const every = Array.from({ length: n }, (_, j) => j);
  const pairs = every.slice(1);
  return [
    {
      fun: (x) => x.reduce((s, v, j) => s + (v - 2) * (v - 2) * (1 + (j % 3)), 0),
      grad: (x, out) => {
        for (const j of every) out[j] = 2 * (x[j] - 2) * (1 + (j % 3));
      },
      hess: (_x, out) => {
        for (const j of every) out[j] = 2 + 2 * (j % 3);
      },
      hessPattern: { rowPtr: [...every, n], colIdx: every },
    },
    Array.from({ length: n }, (_, j) => 0.5 + (j % 4) / 3),
    {
      count: n - 1,
      fun: (x, out) => {
        for (const j of pairs) out[j - 1] = x[j - 1] * x[j] - 1;
      },
      jacobian: (x, out) => {
        for (const j of pairs) out.set([x[j], x[j - 1]], 2 * (j - 1));
      },
      jacobianPattern: { rowPtr: every.map((j) => 2 * j), colIdx: pairs.flatMap((j) => [j - 1, j]) },
      hess: (_x, weights, out) => {
        out.set(weights);
      },
      hessPattern: { rowPtr: [0, ...every], colIdx: pairs.map((j) => j - 1) },
    },
  ];
}

function* sparse(d) {
  for (const n of [5, 30, 80])
    for (const method of n === 80 ? [undefined] : [...METHODS, undefined]) {
      const [f, x0, c] = chain(n);
      const run = (o) => d.minimizeConstrained(f, x0, { method, maxIterations: 120, ...o });
      yield [`chain of ${n} ${method}`, () => run({ equality: c })];
      const A = d.csrFromTriplets({ rows: 1, cols: n, row: [0, 0], col: [0, n - 1], value: [1, -1] });
      yield [
        `chain of ${n} inside ${method}`,
        () =>
          run({
            inequality: c,
            linear: { A, l: 0.1, u: 0.5 },
            bounds: { lower: x0.map((_, j) => (j % 5 ? -9 : 0.7)), upper: x0.map(() => 1.9) },
          }),
      ];
    }
}

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
  yield ["without constraints", () => together(METHODS.map((method) => d.minimizeConstrained(odd.quartic[0], [2, 1], { method })))]; // biome-ignore format: as a table
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
  yield* methods(d);
  yield* brought(d);
  yield* sparse(d);
  yield* options(d);
  yield* said(d);
  yield* wrong(d);
}
