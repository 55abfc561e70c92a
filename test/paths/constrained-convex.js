// Linear and quadratic programs by every method: degenerate, singular, without a solution, badly scaled, large; sessions; what if.
import { refusals, resumed, spoken, together, uniform } from "./several.js";

const LP = ["interiorPoint", "pdhg", "simplex"];
const QP = ["interiorPoint", "admm", "activeSet"];

/** A program with a feasible point; of its sides some are equal, some ranges, some absent. */
function random(seed, n, m, { quadratic = false, rank = n, scale = 1, share = 0.5 } = {}) {
  const next = uniform(seed);
  const draw = () => Math.round(20 * next() - 10) / 2;
  const A = Array.from({ length: m }, () =>
    Array.from({ length: n }, () => (next() < share ? draw() * scale : 0)),
  );
  const x = Array.from({ length: n }, draw);
  const rows = A.map((row) => row.reduce((sum, a, j) => sum + a * x[j], 0));
  const kind = rows.map(() => Math.floor(next() * 4));
  const sides = {
    A,
    l: rows.map((v, i) => (kind[i] === 0 ? -Infinity : kind[i] === 3 ? v : v - next() * scale)),
    u: rows.map((v, i) => (kind[i] === 1 ? Infinity : kind[i] === 3 ? v : v + next() * scale)),
    lower: x.map((v) => (next() < 0.7 ? v - 5 * next() : null)),
    upper: x.map((v) => (next() < 0.5 ? v + 5 * next() : null)),
  };
  const costs = Array.from({ length: n }, draw);
  if (!quadratic) return { c: costs, ...sides };
  const F = Array.from({ length: rank }, () => Array.from({ length: n }, draw));
  const P = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => F.reduce((sum, f) => sum + f[i] * f[j], i === j ? 0.1 : 0) / 10),
  );
  return { P, q: costs, ...sides };
}

/** Hillier & Lieberman's glass works. */
const works = { c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] }; // biome-ignore format: as a table

const box = (n, low, high) => ({ lower: new Array(n).fill(low), upper: new Array(n).fill(high) });
const linear = {
  works,
  "named, with a constant": { ...works, constant: 7, names: ["doors", "windows"], rowNames: ["a", "b", "c"] },
  // Beale's cycle
  cycle: {
    c: [-0.75, 150, -0.02, 6],
    A: [
      [0.25, -60, -0.04, 9],
      [0.5, -90, -0.02, 3],
      [0, 0, 1, 0],
    ],
    u: [0, 0, 1],
    lower: [0, 0, 0, 0],
  },
  "three meet in a corner": {
    c: [-1, -1],
    A: [
      [1, 1],
      [1, 0],
      [0, 1],
      [2, 2],
    ],
    u: [2, 1, 1, 4],
    lower: [0, 0],
  },
  "many solutions": { c: [1, 1, 0], A: [[1, 1, 1]], l: [2], u: [2], ...box(3, 0, 1.5) },
  "no rows": { c: [1, -1, 0], ...box(3, -1, 2) },
  "no costs": { c: [0, 0], A: [[1, 2]], l: [1], u: [3], lower: [0, 0] },
  free: { c: [1, 2], A: [[1, 1], [1, -1]], l: [1, -3], u: [8, 3] }, // biome-ignore format: as a table
  "fixed variables": { c: [1, 2, 3], A: [[1, 1, 1]], l: [4], lower: [1, 0, 0], upper: [1, 0, 9] },
  "an empty row and column": { c: [1, 0, -1], A: [[0, 0, 0], [1, 0, 1]], l: [-1, 1], u: [1, 5], ...box(3, 0, 4) }, // biome-ignore format: as a table
  "rows twice": { c: [1, 1], A: [[1, 2], [2, 4], [-3, -6], [1, 3]], l: [2, 5, -30, 1], u: [9, 30, -3, 9], lower: [0, 0] }, // biome-ignore format: as a table
  "rows of one variable": { c: [1, -1, 1], A: [[2, 0, 0], [0, -4, 0], [1, 1, 1]], l: [2, -8, 0], u: [8, 8, 6], ...box(3, -9, 9) }, // biome-ignore format: as a table
  "a column of one row": { c: [1, 1, -2], A: [[1, 1, 1], [1, 2, 0]], l: [3, 2], u: [3, 9], lower: [0, 0, null] }, // biome-ignore format: as a table
  "rows that force": { c: [1, 2, -1], A: [[1, 1, 1]], u: [3], ...box(3, 1, 5) },
  "rows that are loose": { c: [1, -2], A: [[1, 1]], l: [-100], u: [100], ...box(2, -1, 3) },
  "tiny numbers": { c: [-3e-12, -5e-12], A: [[1e-12, 0], [0, 2e-12], [3e-12, 2e-12]], u: [4e-12, 12e-12, 18e-12], lower: [0, 0] }, // biome-ignore format: as a table
  "huge numbers": { c: [-3e12, -5e12], A: [[1e12, 0], [0, 2e12], [3e12, 2e12]], u: [4e12, 12e12, 18e12], lower: [0, 0] }, // biome-ignore format: as a table
  "both at once": { c: [-3e-6, -5e6], A: [[1e8, 0], [0, 2e-8], [3, 2e-3]], u: [4e8, 12, 1.8e4], lower: [0, 0] }, // biome-ignore format: as a table
  "a far solution": { c: [1, 1], A: [[1, 1e-7]], l: [1], lower: [0, 0], upper: [0.5, null] },
  infeasible: { c: [1, 1], A: [[1, 1], [1, -1]], l: [5, 0], upper: [2, 2], rowNames: ["demand", "balance"] }, // biome-ignore format: as a table
  "rows against each other": { c: [1, 1], A: [[1, 1], [1, 1], [1, -1]], l: [3, null, 0], u: [null, 1, 4], lower: [0, 0] }, // biome-ignore format: as a table
  "barely infeasible": {
    c: [1, 1],
    A: [
      [1, 1],
      [1, 1],
    ],
    l: [1 + 1e-6, null],
    u: [null, 1],
    lower: [0, 0],
  },
  "infeasible below what is seen": { c: [1, 1], A: [[1, 1], [1, 1]], l: [1 + 1e-12, null], u: [null, 1], lower: [0, 0] }, // biome-ignore format: as a table
  unbounded: { c: [-1, -1], A: [[1, -1]], l: [-1], u: [1], lower: [0, 0] },
  "unbounded without rows": { c: [0, -1] },
  "unbounded, slightly": { c: [-1e-9, 0], A: [[1e-9, 1]], l: [0], lower: [0, 0], upper: [null, 1] },
  "both infeasible": { c: [-1, -1], A: [[1, -1], [1, -1]], l: [2, null], u: [null, 1] }, // biome-ignore format: as a table
};

const half = (P, q, sides = {}) => ({ P, q, ...sides });
const quadratic = {
  plain: half([[2, 0], [0, 2]], [-2, -5], { A: [[1, 2]], u: [3] }), // biome-ignore format: as a table
  "no sides": half([[4, 1], [1, 2]], [1, 1]), // biome-ignore format: as a table
  "in a box": half([[4, 1], [1, 2]], [-9, 1], box(2, -0.3, 0.7)), // biome-ignore format: as a table
  "an equation": half([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0], { A: [[1, 1, 1], [1, 2, 3]], l: [1, 2.5], u: [1, null], lower: [0, 0, 0] }), // biome-ignore format: as a table
  semidefinite: half([[1, 1], [1, 1]], [-1, -1.5], { A: [[1, -1]], l: [-2], u: [2], ...box(2, -3, 3) }), // biome-ignore format: as a table
  "no P": half([[0, 0], [0, 0]], [1, -1], box(2, 0, 1)), // biome-ignore format: as a table
  "of one entry": half([[2, 0], [0, 0]], [1, 1], { A: [[1, 1]], l: [-4], u: [4], lower: [null, -1] }), // biome-ignore format: as a table
  "side given twice": half([[2, 0], [0, 2]], [-8, -8], { A: [[1, 1], [1, 1], [2, 2]], u: [2, 2, 4], lower: [0, 0] }), // biome-ignore format: as a table
  "stiff": half([[1e8, 0], [0, 1e-8]], [-1e4, -1e-7], { A: [[1e4, 1]], u: [3], ...box(2, -1e3, 1e3) }), // biome-ignore format: as a table
  "tiny": half([[2e-12, 0], [0, 2e-12]], [-2e-12, -5e-12], { A: [[1, 2]], u: [3] }), // biome-ignore format: as a table
  "huge": half([[2e12, 0], [0, 2e12]], [-2e12, -5e12], { A: [[1, 2]], u: [3] }), // biome-ignore format: as a table
  nonconvex: half([[1, 2], [2, 1]], [0, 0], box(2, -1, 1)), // biome-ignore format: as a table
  "nonconvex on the diagonal": half([[1, 0], [0, -1e-6]], [0, 0], box(2, -1, 1)), // biome-ignore format: as a table
  "nonconvex by a hair": half([[1, 1 + 1e-13], [1 + 1e-13, 1]], [0, 0], box(2, -1, 1)), // biome-ignore format: as a table
  infeasible: half([[1, 0], [0, 1]], [0, 0], { A: [[1, 1], [1, 1]], l: [3, null], u: [null, 1] }), // biome-ignore format: as a table
  "infeasible in its box": half([[1, 0], [0, 1]], [0, 0], { A: [[1, 1]], l: [3], ...box(2, -1, 1) }), // biome-ignore format: as a table
  unbounded: half([[1, 0], [0, 0]], [0, -1], { A: [[1, -1]], u: [4], lower: [0, 0] }), // biome-ignore format: as a table
};

function* methods(d) {
  for (const [name, program] of Object.entries(linear))
    yield [`LP ${name}`, () => together(LP.map((method) => d.solveLP(program, { method })))];
  for (const [name, program] of Object.entries(quadratic))
    yield [`QP ${name}`, () => together(QP.map((method) => d.solveQP(program, { method })))];
  const sizes = [
    [3, 2],
    [6, 4],
    [5, 9],
    [12, 7],
    [20, 14],
  ];
  for (const [n, m] of sizes) {
    const seeds = n > 6 ? [1, 2] : [1, 2, 3, 4];
    for (const method of LP)
      yield [
        `LP ${method} ${n} x ${m}`,
        () => together(seeds.map((s) => d.solveLP(random(s, n, m), { method }))),
      ];
    for (const method of QP)
      for (const rank of [n, n >> 1])
        yield [
          `QP ${method} ${n} x ${m} rank ${rank}`,
          () => together(seeds.map((s) => d.solveQP(random(s, n, m, { quadratic: true, rank }), { method }))),
        ];
  }
  for (const scale of [1e-9, 1e-4, 1e5, 1e9]) {
    const solve = (method) =>
      [5, 6].flatMap((s) =>
        method === "LP"
          ? LP.slice(scale === 1e-9 ? 2 : 0).map((m) => d.solveLP(random(s, 6, 4, { scale }), { method: m }))
          : QP.map((m) => d.solveQP(random(s, 6, 4, { scale, quadratic: true, rank: 3 }), { method: m })),
      );
    yield [`LP scaled ${scale}`, () => together(solve("LP"))];
    yield [`QP scaled ${scale}`, () => together(solve("QP"))];
  }
  const chosen = () => [
    d.interiorPoint(),
    d.interiorPoint({ presolve: false }),
    d.simplex({ presolve: false }),
    d.simplex({ presolve: true }),
    d.pdhg({ presolve: false }),
    d.pdhg({ presolve: true }),
  ];
  for (const name of ["works", "rows twice", "rows of one variable", "infeasible", "unbounded", "cycle"])
    yield [
      `${name} with and without presolve`,
      () => together(chosen().map((method) => d.solveLP(linear[name], { method }))),
    ];
  yield [
    "QP methods made",
    () =>
      together(
        [d.activeSet(), d.interiorPoint({ presolve: true })].map((method) =>
          d.solveQP(quadratic["an equation"], { method }),
        ),
      ),
  ];
}

/** Min-cost flow on a ring with chords: sparse, of n nodes. */
function network(d, n) {
  const [row, col, value, cost] = [[], [], [], []];
  let arcs = 0;
  for (let i = 0; i < n; i++)
    for (const step of [1, 3, 7]) {
      row.push(i, (i + step) % n);
      col.push(arcs, arcs);
      value.push(1, -1);
      cost.push(1 + ((i * step) % 5));
      arcs++;
    }
  const A = d.csrFromTriplets({ rows: n, cols: arcs, row, col, value });
  const b = Array.from({ length: n }, (_, i) => (i === 0 ? 4 : i === n >> 1 ? -4 : 0));
  return { c: cost, A, l: b, u: b, ...box(arcs, 0, 3) };
}

/** A chain of masses pulled to where each should be. */
function chain(d, n) {
  const [row, col, value] = [[], [], []];
  for (let i = 0; i < n; i++)
    for (const [j, v] of [
      [i - 1, -1],
      [i, 2.5],
      [i + 1, -1],
    ])
      if (j >= 0 && j < n) {
        row.push(i);
        col.push(j);
        value.push(v);
      }
  const P = d.csrFromTriplets({ rows: n, cols: n, row, col, value });
  const A = Array.from({ length: 4 }, (_, k) => Array.from({ length: n }, (__, j) => (j % 4 === k ? 1 : 0)));
  const q = Array.from({ length: n }, (_, j) => ((j * 7) % 11) - 5);
  return { P, q, A, l: [-2, -1, 0, 1], u: [2, 1, 0, 9], ...box(n, -1, 1.5) };
}

function* large(d) {
  for (const n of [16, 40]) {
    for (const method of LP)
      yield [`flow of ${n} ${method}`, () => d.solveLP(network(d, n), { method, tolerance: 1e-6 })];
    for (const method of QP) yield [`chain of ${n} ${method}`, () => d.solveQP(chain(d, n), { method })];
  }
  yield ["chain of 130", () => d.solveQP(chain(d, 130))];
  yield ["flow of 90", () => d.solveLP(network(d, 90), { method: "simplex" })];
  const dense = random(9, 40, 20, { quadratic: true });
  yield ["dense of 40", () => d.solveQP(dense)];
  yield [
    "dense of 40 in flat memory",
    () => d.solveQP({ ...dense, P: d.matrix(dense.P), A: d.csrFromDense(dense.A) }),
  ];
}

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
  yield ["LP NaN in A", lp({ A: [[1, 0], [0, NaN], [3, 2]] })]; // biome-ignore format: as a table
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
  yield ["QP not symmetric", qp({ P: [[1, 0.5], [0, 1]] })]; // biome-ignore format: as a table
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
        () => session.update({ P: [[1, 1], [1, 3]] }), // biome-ignore format: as a table
        () => session.update({ A: [[1, 0]] }),
        () => session.update({ c: [1] }),
      );
      session.dispose();
      return [...said, ...refusals(() => session.solve())];
    },
  ];
}

export function* cases(d) {
  yield* methods(d);
  yield* large(d);
  yield* options(d);
  yield* whatIf(d);
  yield* sessions(d);
  yield* wrong(d);
}
