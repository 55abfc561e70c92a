// Every minimiser by every kind of objective; scalar minima, roots, equations.
import { rules } from "./first-order.js";
import { spoken } from "./several.js";

/** f alone, with gradient, with Hessian: what each objective brings decides the path. */
const kinds = {
  values: ({ fun }) => fun,
  gradient: ({ fun, grad }) => ({ fun, grad }),
  hessian: ({ fun, grad, hess }) => ({ fun, grad, hess }),
};

/** A power by products: that of the host differs from engine to engine. */
function power(x, k) {
  let p = x;
  for (let i = 1; i < k; i++) p *= x;
  return p;
}

const odd = {
  /** Never moves but to infinity; a kink; a fall that ends; NaN beyond a wall; a value that carries noise. */
  falls: (x) => -x[0] - x[1] * x[1],
  kink: (x) => Math.abs(x[0] - 1) + 2 * Math.abs(x[1] + 0.5),
  cliff: (x) => (x[0] > 1.5 ? NaN : power(x[0] - 2, 2) + x[1] * x[1]),
  far: (x) => power(x[0] / 1e6 - 3, 2) + power(1e5 * x[1] + 2, 4),
  noisy: (x) => power(x[0] - 1, 2) + power(x[1] - x[0], 2) + 1e-7 * (((x[0] * 1e7) % 1) + ((x[1] * 3e7) % 1)),
  flat: () => 3,
};

function* methods(d, t) {
  const problems = [
    t.rosenbrock(),
    t.beale(),
    t.wood(),
    t.powellSingular(),
    t.extendedRosenbrock(8),
    t.saddle(),
  ];
  const named = Object.keys(d.minimizers);
  for (const problem of problems) {
    for (const method of named)
      for (const [kind, of] of Object.entries(kinds)) {
        const call = () => d.minimize(of(problem), problem.x0, { method, maxIterations: 400, trace: true });
        yield [`${problem.name} ${problem.n} ${method} by ${kind}`, call];
      }
  }
  for (const [name, f] of Object.entries(odd))
    for (const method of named)
      yield [`${name} ${method}`, () => d.minimize(f, [0.3, 0.7], { method, maxIterations: 200 })];
  const r = t.rosenbrock();
  for (const lineSearch of d.lineSearchNames)
    for (const method of ["lbfgs", "bfgs", "nonlinearCG", "gradientDescent", "newton"]) {
      const call = () => d.minimize(kinds.hessian(r), r.x0, { method, lineSearch, maxIterations: 150 });
      yield [`${method} with ${lineSearch}`, call];
    }
  const bounds = { lower: [-2, 0.3], upper: [0.8, 2] };
  for (const method of named)
    for (const [kind, of] of Object.entries(kinds))
      yield [
        `${method} in a box by ${kind}`,
        () => d.minimize(of(r), [-1.2, 1], { method, bounds, maxIterations: 300 }),
      ];
  for (const beta of ["prPlus", "hestenesStiefel", "hagerZhang", "none"])
    yield [
      `nonlinearCG ${beta}`,
      () => d.minimize(kinds.gradient(t.wood()), t.wood().x0, { method: d.nonlinearCG({ beta }) }),
    ];
  for (const solver of ["cholesky", "cg", "dogleg", "steihaug"])
    for (const make of ["newton", "trustRegion"])
      yield [
        `${make} by ${solver}`,
        () => d.minimize(kinds.hessian(t.wood()), t.wood().x0, { method: d[make]({ solver }) }),
      ];
  yield [
    "newton by products",
    () =>
      d.minimize(
        {
          fun: r.fun,
          grad: r.grad,
          hessVec: (x, v, out) => {
            out[0] = (1200 * x[0] * x[0] - 400 * x[1] + 2) * v[0] - 400 * x[0] * v[1];
            out[1] = -400 * x[0] * v[0] + 200 * v[1];
          },
        },
        r.x0,
        { method: d.newton({ solver: "cg" }) },
      ),
  ];
  for (const memory of [1, 3, 20])
    yield [
      `lbfgs memory ${memory}`,
      () =>
        d.minimize(kinds.gradient(t.quadratic(40, 1e4)), t.quadratic(40, 1e4).x0, {
          method: d.lbfgs({ memory }),
        }),
    ];
}

function* options(d, t) {
  const r = t.rosenbrock();
  const f = kinds.gradient(r);
  yield ["forward differences", () => d.minimize(r.fun, r.x0, { differences: "forward" })];
  yield ["a step of differences", () => d.minimize(r.fun, r.x0, { differenceStep: [1e-4, 1e-5] })];
  yield [
    "maximize",
    () => d.minimize((x) => 5 - power(x[0] - 1, 2) - power(x[1], 4), [3, 2], { maximize: true }),
  ];
  yield ["scale", () => d.minimize(odd.far, [1, 1], { scale: [1e6, 1e-5] })];
  yield ["scale auto", () => d.minimize(odd.far, [1e6, 1e-4], { scale: "auto" })];
  yield ["target", () => d.minimize(f, r.x0, { target: 1e-3 })];
  yield ["funTol", () => d.minimize(f, r.x0, { funTol: 1e-3 })];
  yield ["stepTol", () => d.minimize(f, r.x0, { stepTol: 1e-2 })];
  yield ["gradTolRelative", () => d.minimize(f, r.x0, { gradTolRelative: 1e-2 })];
  yield ["maxEvaluations", () => d.minimize(r.fun, r.x0, { maxEvaluations: 40 })];
  for (const rule of rules)
    yield [`rule ${rule}`, () => d.minimize(f, r.x0, { method: d[rule]({ lr: 1e-3 }), maxIterations: 60 })];
  for (const text of [
    "(1-x)^2 + 100*(y-x^2)^2",
    "log(1+exp(x-y)) + (x+y-1)^2/4",
    "x^4 - 3*x^2 + y^2 + x",
    "abs(x-1) + sqrt(1 + y^2)",
    "x^2 - y^2",
  ])
    for (const method of ["lbfgs", "newton", "trustRegion", "nelderMead"])
      yield [
        `${text} ${method}`,
        () => d.minimize(d.compileObjective(text), { x: 0.3, y: -0.4 }, { method, maxIterations: 200 }),
      ];
  yield [
    "resumed",
    () => {
      const first = d.iterate(f, r.x0, {});
      for (let i = 0; i < 7; i++) first.next();
      const rest = d.iterate(f, r.x0, { resume: first.state() });
      first.return();
      for (const _ of rest);
      return rest.result;
    },
  ];
  for (const sampling of ["latinHypercube", "sobol"])
    yield [
      `multistart ${sampling}`,
      () =>
        d.multistart(
          t.himmelblau().fun,
          { lower: [-5, -5], upper: [5, 5] },
          { starts: 12, seed: 3, sampling },
        ),
    ];
  yield ["checkGradient", () => d.checkGradient(f, [0.3, 0.4])];
  yield [
    "checkGradient of a wrong one",
    () =>
      d.checkGradient(
        {
          fun: r.fun,
          grad: (x, g) => {
            r.grad(x, g);
            g[1] += 0.1;
          },
        },
        [0.3, 0.4],
      ),
  ];
  yield [
    "a wrong gradient",
    () =>
      d.minimize(
        {
          fun: r.fun,
          grad: (x, g) => {
            r.grad(x, g);
            g[1] *= -1;
          },
        },
        r.x0,
      ),
  ];
  yield ["report", () => spoken(d.minimize(f, r.x0))];
}

function* scalars(d) {
  const functions = {
    parabola: (x) => power(x - 2, 2) + 1,
    quartic: (x) => power(x, 4) - 2 * x * x + 0.3 * x,
    kink: (x) => Math.abs(x - 0.7),
    wall: (x) => (x < 0.4 ? NaN : x + 1 / x),
  };
  for (const [name, f] of Object.entries(functions))
    for (const method of ["brent", "golden"]) {
      yield [
        `minimizeScalar ${name} ${method} bounds`,
        () => d.minimizeScalar(f, { bounds: [0.1, 5], method }),
      ];
      yield [
        `minimizeScalar ${name} ${method} bracket`,
        () => d.minimizeScalar(f, { bracket: [0.5, 1.1], method }),
      ];
    }
  const roots = {
    cube: (x) => power(x, 3) - 2,
    steep: (x) => power(x - 1, 9) * 1e3 + (x - 1),
    pole: (x) => 1 / (x - 0.3),
    step: (x) => (x < 1.3 ? -1 : 1),
    flat: (x) => power(x - 0.5, 3),
  };
  for (const [name, f] of Object.entries(roots))
    for (const method of ["brent", "itp"])
      yield [`findRoot ${name} ${method}`, () => d.findRoot(f, { bracket: [0, 3], method })];
  const systems = {
    circle: [
      [(x) => power(x[0], 2) + power(x[1], 2) - 4, (x) => x[0] - x[1]],
      [1, 2],
    ],
    powell: [
      [
        (x) => x[0] + 10 * x[1],
        (x) => 2.2 * (x[2] - x[3]),
        (x) => power(x[1] - 2 * x[2], 2),
        (x) => 3.1 * power(x[0] - x[3], 2),
      ],
      [3, -1, 0, 1],
    ],
    none: [
      [(x) => power(x[0], 2) + 1, (x) => x[1] - x[0]],
      [1, 0],
    ],
    rosenbrock: [
      [(x) => 1 - x[0], (x) => 10 * (x[1] - power(x[0], 2))],
      [-1.2, 1],
    ],
    tridiagonal: [
      Array.from(
        { length: 8 },
        (_, i) => (x) => (3 - 2 * x[i]) * x[i] - (x[i - 1] ?? 0) - 2 * (x[i + 1] ?? 0) + 1,
      ),
      Array.from({ length: 8 }, () => -1),
    ],
  };
  for (const [name, [f, x0]] of Object.entries(systems))
    for (const method of ["hybrid", "newton"])
      yield [`solveEquations ${name} ${method}`, () => d.solveEquations(f, x0, { method })];
  for (const n of [1, 2, 8, 30]) {
    const band = Array.from({ length: n }, (_, i) => [i - 1, i, i + 1].filter((j) => j >= 0 && j < n));
    const [row, col] = [band.flatMap((js, i) => js.map(() => i)), band.flat()];
    const jacobianPattern = d.csrFromTriplets({ rows: n, cols: n, row, col, value: row.map(() => 1) });
    const F = (x, out) => {
      for (let k = 0; k < n; k++) out[k] = (3 - 2 * x[k]) * x[k] - (x[k - 1] ?? 0) - 2 * (x[k + 1] ?? 0) + 1;
    };
    const jacobian = (x, out) => {
      for (let e = 0; e < row.length; e++)
        out[e] = col[e] === row[e] ? 3 - 4 * x[row[e]] : col[e] < row[e] ? -1 : -2;
    };
    const x0 = Array.from({ length: n }, () => -1);
    for (const method of n > 2 ? ["newton"] : ["hybrid", "newton"]) {
      yield [
        `solveEquations sparse ${n} ${method}`,
        () => d.solveEquations(F, x0, { method, jacobianPattern }),
      ];
      yield [
        `solveEquations sparse ${n} ${method} exact`,
        () => d.solveEquations(F, x0, { method, jacobianPattern, jacobian }),
      ];
    }
    // The first equation says nothing.
    const flat = (x, out) => {
      F(x, out);
      out[0] = 0 * x[0];
    };
    yield [`solveEquations sparse ${n} singular`, () => d.solveEquations(flat, x0, { jacobianPattern })];
  }
}

export function* cases(d, t) {
  yield* methods(d, t);
  yield* options(d, t);
  yield* scalars(d);
}
