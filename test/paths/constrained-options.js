// Linear and quadratic programs: options, states, what if, sessions, and what is refused.
import { LP, linear, random, works } from "./programs-linear.js";
import { chain, QP, quadratic } from "./programs-quadratic.js";
import { refusals, resumed, spoken, together } from "./several.js";

function* options(d) {
  const lp = random(3, 6, 5);
  const qp = random(3, 6, 4, { quadratic: true, rank: 3 });
  for (const tolerance of [1e-12, 1e-8, 1e-3, 1])
    yield [
      `tolerance ${tolerance}`,
      () =>
        together([
          ...LP.map((method) => d.solveLP(lp, { method, tolerance })),
          ...QP.map((method) => d.solveQP(qp, { method, tolerance })),
        ]),
    ];
  yield [
    "a tolerance nobody meets",
    () =>
      together([d.solveLP(lp, { tolerance: 1e-15 }), d.solveQP(qp, { method: "admm", tolerance: 1e-15 })]),
  ];
  for (const limit of [
    { maxIterations: 0 },
    { maxIterations: 3 },
    { maxEvaluations: 2 },
    { maxEvaluations: 0 },
  ])
    yield [
      `${JSON.stringify(limit)}`,
      () =>
        together([
          ...LP.map((method) => d.solveLP(lp, { method, ...limit })),
          ...QP.map((method) => d.solveQP(qp, { method, ...limit })),
        ]),
    ];
  yield [
    "stopped by onIteration",
    () => d.solveLP(lp, { onIteration: ({ nit }) => nit < 2, method: "simplex" }),
  ];
  for (const method of LP)
    yield [`trace ${method}`, () => d.solveLP(lp, { method, trace: true, maxIterations: 400 })];
  for (const method of QP)
    yield [`trace QP ${method}`, () => d.solveQP(qp, { method, trace: true, maxIterations: 400 })];
  for (const method of LP)
    yield [
      `resumed ${method}`,
      () => resumed((o) => d.iterateLP(lp, { method, ...o }), method === "pdhg" ? 2 : 3),
    ];
  for (const method of QP)
    yield [`resumed QP ${method}`, () => resumed((o) => d.iterateQP(qp, { method, ...o }), 2)];
  yield ["resumed without a solution", () => resumed((o) => d.iterateLP(linear.unbounded, o), 9)];
  yield [
    "a basis to begin with",
    () => {
      const first = d.solveLP(works, { method: "simplex" });
      const next = (program, basis = first.basis) => d.solveLP(program, { method: d.simplex({ basis }) });
      return together([
        first,
        next({ ...works, u: [4, 13, 18] }),
        next({ ...works, u: [1, 12, 18] }),
        next({ ...works, c: [-9, 1] }),
        next(works, { variables: [-1, -1], rows: [0, 0, 0] }),
        next(works, { variables: [0, 0], rows: [1, 1, 0] }),
        next(works, { variables: [0, -1], rows: [0, 0, 0] }),
      ]);
    },
  ];
}

function* whatIf(d) {
  for (const name of ["works", "free", "rows of one variable", "fixed variables", "three meet in a corner"])
    yield [
      `what if of ${name}`,
      () =>
        refusals(
          ...LP.flatMap((method) => {
            const r = d.solveLP(linear[name], { method });
            return [() => r.sensitivity(), () => r.ranging()];
          }),
        ),
    ];
  for (const name of ["plain", "in a box", "an equation", "semidefinite", "side given twice", "nonconvex"])
    yield [
      `what if of QP ${name}`,
      () => {
        const r = d.solveQP(quadratic[name]);
        return refusals(
          () => r.sensitivity(),
          () => r.ranging(),
        );
      },
    ];
  for (const seed of [11, 12, 13])
    yield [
      `what if of a random one ${seed}`,
      () => {
        const r = d.solveLP(random(seed, 5, 6), { method: "simplex" });
        const s = d.solveQP(random(seed, 5, 4, { quadratic: true }));
        return refusals(
          () => r.sensitivity(),
          () => r.ranging(),
          () => s.sensitivity(),
        );
      },
    ];
  yield [
    "reports",
    () =>
      [linear.works, linear.infeasible, linear.unbounded].flatMap((program) => {
        const r = d.solveLP(program);
        return [spoken(r), spoken(r, "brief"), r.message];
      }),
  ];
}

function* sessions(d) {
  const { P, q, A, l, u, lower, upper } = chain(d, 12);
  const run = (method, changes, o = {}) => {
    const session = d.qpSession({ P, q, A, l, u, lower, upper }, { method, ...o });
    const found = [session.solve(), ...changes.map((patch) => session.update(patch).solve())];
    session.dispose();
    return together(found);
  };
  const changes = [
    { q: q.map((v) => -v) },
    { l: [-1, -1, -1, -1], u: [1, 1, 1, 1] },
    { lower: lower.map(() => -0.1), upper: upper.map(() => 0.2) },
    { q: q.map((v, j) => (j % 2 ? 100 * v : v)) },
    { P: { ...P, values: P.values.map((v) => 3 * v) } },
    { A: A.map((row) => row.map((v) => 2 * v)) },
    { l: [50, -1, -1, -1], u: [60, 1, 1, 1] },
    { l: [-1, -1, 0, -1], u: [1, 1, 0, 1], q },
    { P: { ...P, values: P.values.map((v) => -v) } },
  ];
  for (const method of ["activeSet", "admm"]) {
    yield [`session ${method}`, () => run(method, changes)];
    yield [`session ${method} to a tolerance`, () => run(method, changes.slice(0, 4), { tolerance: 1e-3 })];
    yield [`session ${method} limited`, () => run(method, changes.slice(0, 2), { maxIterations: 1 })];
    yield [`session ${method} traced`, () => run(method, changes.slice(0, 2), { trace: true })];
  }
  yield [
    "session of programs without a solution",
    () =>
      together(
        ["nonconvex", "infeasible", "unbounded", "semidefinite", "no sides", "stiff"].flatMap((name) =>
          ["activeSet", "admm"].map((method) => {
            const session = d.qpSession(quadratic[name], { method });
            const r = session.solve();
            session.dispose();
            return r;
          }),
        ),
      ),
  ];
}

function* wrong(d) {
  const lp = (more) => () => d.solveLP({ ...works, ...more });
  const qp = (more) => () => d.solveQP({ ...quadratic.plain, ...more });
  yield ["LP bounds that cross", lp({ upper: [-1, 4] })];
  yield [
    "LP NaN in A",
    lp({
      A: [
        [1, 0],
        [0, NaN],
        [3, 2],
      ],
    }),
  ];
  yield ["LP infinite costs", lp({ c: [1, Infinity] })];
  yield ["LP +inf as a lower side", lp({ l: [Infinity, 0, 0] })];
  yield ["LP too few sides", lp({ u: [1, 2] })];
  yield ["LP neither l nor u", lp({ u: undefined })];
  yield ["LP sides without rows", lp({ A: undefined })];
  yield ["LP of another width", lp({ A: [[1], [2], [3]] })];
  yield ["LP unknown key", lp({ Aeq: [[1, 1]] })];
  yield ["LP max", lp({ sense: "max" })];
  yield ["LP integers", lp({ integer: [0] })];
  yield ["LP names", lp({ names: ["a"] })];
  yield [
    "QP not symmetric",
    qp({
      P: [
        [1, 0.5],
        [0, 1],
      ],
    }),
  ];
  yield ["QP P of another size", qp({ P: [[1]] })];
  yield [
    "methods and options that are not",
    () =>
      refusals(
        () => d.solveLP(works, { method: "admm" }),
        () => d.solveQP(quadratic.plain, { method: "simplex" }),
        () => d.solveLP(works, { method: d.simplex }),
        () => d.solveLP(works, { method: { name: "simplex" } }),
        () => d.solveLP(works, { method: d.interiorPoint({ barrier: 0.1 }) }),
        () => d.solveLP(works, { tolerance: 0 }),
        () => d.solveLP(works, { tol: 1e-6 }),
        () => d.solveLP(works, { method: d.simplex({ basis: { variables: [0], rows: [0, 0, 0] } }) }),
        () => d.solveLP(works, { method: d.simplex({ basis: { variables: [0, 0], rows: [0, 0, 0] } }) }),
        () => d.solveLP(works, { method: d.simplex({ basis: { variables: [0, 3], rows: [0, 0, 1] } }) }),
        () => d.simplex({ pricing: 1 }),
        () => d.solveLP(d.model("min x; x >= 0")),
        () => d.iterateLP(works, { resume: {} }),
        () => d.qpSession(quadratic.plain, { method: "simplex" }),
        () => d.solveQP(works),
        () => d.solveLP(null),
      ),
  ];
  yield [
    "sessions that refuse",
    () => {
      const session = d.qpSession(quadratic.plain);
      const said = refusals(
        () => session.update({ l: [9] }),
        () => session.update({ q: [1] }),
        () => session.update({ q: [1, NaN] }),
        () =>
          session.update({
            P: [
              [1, 1],
              [1, 3],
            ],
          }),
        () => session.update({ A: [[1, 0]] }).solve(),
        () => session.update({ c: [1] }),
      );
      session.dispose();
      return [...said, ...refusals(() => session.solve())];
    },
  ];
}

export function* cases(d) {
  yield* options(d);
  yield* whatIf(d);
  yield* sessions(d);
  yield* wrong(d);
}
