// Nonlinear programs by every method, with what each brings: values, gradients, Hessians, patterns, text.
import { together } from "./several.js";

export const METHODS = ["sqp", "interiorPoint", "augmentedLagrangian"];

/** Of Hock & Schittkowski (1981) where a number is given, written by hand. */
export const texts = {
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
    const run = (method) => d.minimizeConstrained(program, x0, { method, maxIterations: 120 });
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
export const sphere = {
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

export const pick = (from, ...names) => Object.fromEntries(names.map((name) => [name, from[name]]));

function* brought(d) {
  const { f, c } = sphere;
  const kinds = {
    "values alone": [f.fun, pick(c, "count", "fun")],
    "functions one by one": [
      f.fun,
      [(x) => x[0] * x[0] + x[1] * x[1] + x[2] * x[2] - 3, (x) => x[0] - x[1] * x[2]],
    ],
    "a gradient alone": [pick(f, "fun", "grad"), pick(c, "count", "fun")],
    "a Jacobian alone": [f.fun, pick(c, "count", "fun", "jacobian")],
    "first derivatives": [pick(f, "fun", "grad"), pick(c, "count", "fun", "jacobian")],
    "second derivatives": [pick(f, "fun", "grad", "hess"), pick(c, "count", "fun", "jacobian", "hess")],
    products: [pick(f, "fun", "grad", "hessVec"), pick(c, "count", "fun", "jacobian", "hessVec")],
  };
  for (const [kind, [fun, equality]] of Object.entries(kinds)) {
    const o = { bounds: { lower: [-3, -3, 0.1], upper: [3, 3, 3] }, maxIterations: 200 };
    const linear = { A: [[1, 1, 1]], l: -1, u: 2 };
    const run = (more) =>
      together(METHODS.map((method) => d.minimizeConstrained(fun, [2, 1, 0.5], { ...o, ...more, method })));
    yield [`sphere by ${kind}`, () => run({ equality })];
    yield [`inside by ${kind}`, () => run({ inequality: equality, linear })];
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

export function* cases(d) {
  yield* methods(d);
  yield* brought(d);
  yield* sparse(d);
}
