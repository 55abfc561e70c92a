// Turns of the solvers of nonlinear programs that are seldom taken.
import { METHODS } from "./constrained-rare.js";
import { refusals, resumed, spoken, together } from "./several.js";

const more = {
  hs2: ["min 100*(y - x^2)^2 + (1 - x)^2; y >= 1.5", [-2, 1]],
  hs14: ["min (x - 2)^2 + (y - 1)^2; x^2/4 + y^2 <= 1; x - 2*y == -1", [2, 2]],
  hs19: [
    "min (x - 10)^3 + (y - 20)^3; (x - 5)^2 + (y - 5)^2 >= 100; (x - 6)^2 + (y - 5)^2 <= 82.81; 13 <= x <= 100; 0 <= y <= 100",
    [20.1, 5.84],
  ],
  hs20: [
    "min 100*(y - x^2)^2 + (1 - x)^2; x + y^2 >= 0; x^2 + y >= 0; x^2 + y^2 >= 1; -0.5 <= x <= 0.5",
    [-2, 1],
  ],
  hs23: [
    "min x^2 + y^2; x + y >= 1; x^2 + y^2 >= 1; 9*x^2 + y^2 >= 9; x^2 >= y; y^2 >= x; -50 <= x <= 50; -50 <= y <= 50",
    [3, 1],
  ],
  hs27: ["min (x - 1)^2/100 + (y - x^2)^2; x + z^2 == -1", [2, 2, 2]],
  hs33: [
    "min (x - 1)*(x - 2)*(x - 3) + z; z^2 - y^2 - x^2 >= 0; x^2 + y^2 + z^2 >= 4; x >= 0; y >= 0; 0 <= z <= 5",
    [0, 0, 3],
  ],
  hs40: ["min -a*b*c*d; a^3 + b^2 == 1; a^2*d - c == 0; d^2 - b == 0", [0.8, 0.8, 0.8, 0.8]],
  hs46: [
    "min (x1 - x2)^2 + (x3 - 1)^2 + (x4 - 1)^4 + (x5 - 1)^6; x1^2*x4 + sin(x4 - x5) == 1; x2 + x3^4*x4^2 == 2",
    [0.7, 1.75, 0.5, 2, 2],
  ],
  hs56: ["min -a*b*c; a == 4.2*sin(p)^2; b == 4.2*sin(q)^2; c == 4.2*sin(r)^2", [1, 1, 1, 0.5, 0.5, 0.5]],
  hs100: [
    "min (x1-10)^2 + 5*(x2-12)^2 + x3^4 + 3*(x4-11)^2 + 10*x5^6 + 7*x6^2 + x7^4 - 4*x6*x7 - 10*x6 - 8*x7; 127 >= 2*x1^2 + 3*x2^4 + x3 + 4*x4^2 + 5*x5; 282 >= 7*x1 + 3*x2 + 10*x3^2 + x4 - x5; 196 >= 23*x1 + x2^2 + 6*x6^2 - 8*x7; 0 >= 4*x1^2 + x2^2 - 3*x1*x2 + 2*x3^2 + 5*x6 - 11*x7",
    [1, 2, 0, 4, 0, 1, 1],
  ],
  "names that count": ["min x10^2 + x2^2 + (x1 - 3)^2; x1 + x2 + x10 == 1; -x2 <= -0.1", [1, 2, 3]],
  "far start": ["min x^2 + y; y >= x^2; x*y == 4", [1e4, -1e4]],
  "start where gradients vanish": ["min -x - y; x^2 + y^2 == 2", [0, 0]],
  "start of equal gradients": ["min x + y; x^2 - y == 0; x^2 + y == 0", [0, 1]],
  "two against each other": ["min x; x^2 + y^2 <= 1; (x - 3)^2 + y^2 <= 1", [1.5, 1]],
  "weak side": ["min x^2 + y^2 - x*y; x >= 0; y >= 0; x*y <= 5", [3, 3]],
  "curved valley": ["min 1000*(y - x^2)^2 + x; x^2 + y^2 <= 4; x + y >= -3", [2, 2]],
  "no inside": ["min x + y; x^2 <= 0; y >= x; y <= x", [1, 3]],
  "max to infinity": ["max x*y; x >= 0; y - x <= 1", [1, 1]],
  "tiny rows": ["min x + y; 1e-6*(x*y - 4) >= 0; x >= 0; y >= 0", [1, 1]],
  "huge rows": ["min x + y; 1e6*(x*y - 4) >= 0; 1e8*x >= 0; y >= 0", [1, 1]],
  "narrow ranges": ["min (x - 1)^2 + (y - 2)^2; 0 <= x - y^2 <= 1e-3; 0.5 <= x + y <= 0.5001", [2, 1]],
};

function* nonlinear(d) {
  for (const [name, [text, x0]] of Object.entries(more)) {
    const run = (method) => d.minimizeConstrained(d.compileProgram(text), x0, { method, maxIterations: 150 });
    yield [name, () => together(METHODS.map(run))];
    yield [
      `${name} by bfgs`,
      () =>
        together(
          [
            d.sqp({ hessian: "bfgs" }),
            d.interiorPoint({ hessian: "bfgs" }),
            d.augmentedLagrangian({ inner: "spectralGradient" }),
          ].map(run),
        ),
    ];
  }
  // What is not finite, and where.
  const fill = (out, v) => void out.fill(v);
  const fun = (x) => x[0] + x[1];
  const grad = (_x, g) => fill(g, 1);
  const bad = {
    objective: [() => NaN, {}],
    gradient: [{ fun, grad: (_x, g) => fill(g, NaN) }, {}],
    "second gradient": [{ fun, grad: (_x, g) => void g.set([1, Infinity]) }, {}],
    constraint: [fun, { equality: [(x) => x[0], () => NaN] }],
    constraints: [fun, { inequality: { count: 2, fun: (_x, out) => void out.set([1, NaN]) } }],
    Jacobian: [
      { fun, grad },
      {
        inequality: {
          count: 2,
          fun: (x, out) => void out.set([x[0], x[1]]),
          jacobian: (_x, J) => void J.set([1, 0, NaN, 1]),
        },
      },
    ],
    Hessian: [{ fun, grad, hess: (_x, H) => fill(H, NaN) }, { bounds: { lower: [0, 0] } }],
    linear: [fun, { linear: { A: [[1, 1]], l: 1e308, u: Infinity } }],
  };
  for (const [name, [f, o]] of Object.entries(bad))
    yield [
      `not finite: ${name}`,
      () =>
        refusals(
          ...METHODS.map((method) => () => {
            const r = d.minimizeConstrained(f, [1, 2], { method, maxIterations: 30, ...o });
            return [r, r.message];
          }),
        ),
    ];
  const noisy = (x) => x[0] * x[0] + x[1] * x[1] + 1e-6 * ((x[0] * 1e6) % 1);
  yield [
    "noise in all",
    () =>
      together(
        METHODS.map((method) =>
          d.minimizeConstrained(noisy, [2, 1], {
            method,
            equality: [(x) => x[0] * x[1] - 1 + 1e-7 * ((x[1] * 1e7) % 1)],
            inequality: [(x) => x[0] - 0.5],
            maxIterations: 60,
          }),
        ),
      ),
  ];
  const blocks = {
    f: {
      fun: (x) => x[0] * x[0] + x[1] * x[1],
      grad: (x, g) => void g.set([2 * x[0], 2 * x[1]]),
      hessVec: (_x, v, out) => void out.set([2 * v[0], 2 * v[1]]),
    },
    equality: {
      count: 1,
      fun: (x, out) => void out.set([x[0] * x[1] - 2]),
      jacobian: (x, J) => void J.set([x[1], x[0]]),
      hessVec: (_x, w, v, out) => void out.set([w[0] * v[1], w[0] * v[0]]),
    },
  };
  yield [
    "sensitivity by products",
    () => d.minimizeConstrained(blocks.f, [3, 1], { equality: blocks.equality }).sensitivity(),
  ];
  for (const method of METHODS)
    yield [
      `resumed by all derivatives ${method}`,
      () =>
        resumed(
          (o) =>
            d.iterateConstrained(blocks.f, [3, 1], {
              equality: blocks.equality,
              inequality: [(x) => x[0] - 1],
              method,
              ...o,
            }),
          3,
        ),
    ];
  yield [
    "stepped along walls",
    () =>
      together(
        METHODS.map((method) =>
          d.minimizeConstrained((x) => -x[0] * x[1] * x[2], [10, 10, 10], {
            method,
            inequality: [(x) => 72 - x[0] - 2 * x[1] - 2 * x[2]],
            bounds: { lower: [0, 0, 0], upper: [42, 42, 42] },
            maxIterations: 60,
          }),
        ),
      ),
  ];
  yield [
    "verified beyond multipliers",
    () =>
      refusals(
        () =>
          d.verify(
            { status: "converged", x: [1, 1], multipliers: { inequality: [-1] } },
            { f: fun, inequality: [(x) => x[0] - 1] },
          ),
        () =>
          d.verify(
            { status: "converged", x: [1, 1], multipliers: { linear: [1] } },
            { f: fun, linear: { A: [[1, 1]], u: 2 } },
          ),
        () =>
          d.verify(
            { status: "converged", x: [1, 1], multipliers: { linear: [1, 2] } },
            { f: fun, linear: { A: [[1, 1]], u: 2 } },
          ),
        () =>
          d.verify(
            { status: "converged", x: [0, 0], multipliers: { equality: [0] } },
            { f: (x) => x[0] * x[0] - x[1] * x[1], equality: [(x) => x[0]] },
          ),
        () => d.verify({ status: "converged", x: [NaN, 0] }, fun),
      ),
  ];
  yield ["models with minus", () => d.model("min 2*-x + x*x - -y; x <= 1; y >= -3; -x*2 <= 4").solve()];
  yield [
    "a long report",
    () =>
      spoken(
        d.minimizeConstrained((x) => x.reduce((s, v) => s + v * v, 0), new Array(24).fill(1), {
          linear: { A: [new Array(24).fill(1), new Array(24).fill(-1)], l: [2, -9], u: [3, 9] },
          bounds: { lower: new Array(24).fill(0.01) },
        }),
      ),
  ];
}

export function* cases(d) {
  yield* nonlinear(d);
}
