// Turns of the solvers of constrained problems that are seldom taken.
import { spoken, together, uniform } from "./several.js";

const LP = ["interiorPoint", "pdhg", "simplex"];
export const METHODS = ["sqp", "interiorPoint", "augmentedLagrangian"];

/** Who does what at least cost: every vertex is degenerate. */
function assignment(n, seed) {
  const next = uniform(seed);
  const rows = Array.from({ length: 2 * n }, (_, r) =>
    Array.from({ length: n * n }, (__, k) => ((r < n ? Math.floor(k / n) === r : k % n === r - n) ? 1 : 0)),
  );
  return {
    c: Array.from({ length: n * n }, () => Math.floor(9 * next())),
    A: rows,
    l: rows.map(() => 1),
    u: rows.map(() => 1),
    lower: new Array(n * n).fill(0),
  };
}

/** Klee & Minty (1972): a walk along all corners. */
function cube(n) {
  const A = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (__, j) => (j < i ? 2 * 2 ** (i - j) : j === i ? 1 : 0)),
  );
  return {
    c: Array.from({ length: n }, (_, j) => -(2 ** (n - 1 - j))),
    A,
    u: A.map((_, i) => 5 ** (i + 1)),
    lower: new Array(n).fill(0),
  };
}

/** Rows through one point, the solution: ties in every ratio. */
function fan(n, m) {
  const next = uniform(n * m);
  const A = Array.from({ length: m }, () => Array.from({ length: n }, () => Math.floor(5 * next()) - 1));
  return {
    c: Array.from({ length: n }, () => -1 - Math.floor(3 * next())),
    A,
    u: A.map((row) => row.reduce((s, a) => s + a, 0)),
    lower: new Array(n).fill(0),
    upper: new Array(n).fill(3),
  };
}

function* vertices(d) {
  const presolve = false;
  const programs = {
    "assignment of 4": assignment(4, 1),
    "assignment of 6": assignment(6, 2),
    "cube of 7": cube(7),
    "fan 6 x 14": fan(6, 14),
    "fan 12 x 30": fan(12, 30),
    "fan 20 x 12": fan(20, 12),
  };
  for (const [name, program] of Object.entries(programs)) {
    yield [name, () => together(LP.map((method) => d.solveLP(program, { method })))];
    yield [`${name}, walked`, () => d.solveLP(program, { method: d.simplex({ presolve }), trace: true })];
    yield [
      `${name}, and on`,
      () => {
        const { basis } = d.solveLP(program, { method: "simplex" });
        const c = program.c.map((v, j) => v * (j % 2 ? 1 : -0.5));
        const u = program.u.map((v, i) => v + (i % 3) / 10);
        return together([
          d.solveLP({ ...program, c }, { method: d.simplex({ basis }) }),
          d.solveLP(
            { ...program, u, l: program.l?.map(() => 0) },
            { method: d.simplex({ basis, presolve }) },
          ),
        ]);
      },
    ];
  }
  for (const [name, scale] of [
    ["small", 1e-7],
    ["large", 1e8],
  ])
    yield [
      `certificates of ${name} numbers`,
      () =>
        together(
          LP.flatMap((method) => [
            d.solveLP(
              {
                c: [1, 1],
                A: [
                  [scale, scale],
                  [1, -1],
                ],
                l: [5 * scale, 0],
                upper: [2, 2],
              },
              { method },
            ),
            d.solveLP({ c: [-scale, -scale], A: [[1, -1]], l: [-1], u: [1], lower: [0, 0] }, { method }),
          ]),
        ),
    ];
  yield [
    "thirty rows against each other",
    () => {
      const n = 30;
      return d.solveLP({
        c: new Array(n).fill(1),
        A: Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (__, j) => (j === i ? 1 : j === (i + 1) % n ? -1 : 0)),
        ),
        l: new Array(n).fill(0.1),
      });
    },
  ];
  yield [
    "sessions that turn about",
    () => {
      const n = 8;
      const P = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (__, j) => (i === j ? 3 : 1 / (1 + i + j))),
      );
      const s = d.qpSession({
        P,
        q: new Array(n).fill(-1),
        A: P,
        l: new Array(n).fill(-1),
        u: new Array(n).fill(1),
        lower: new Array(n).fill(-1),
        upper: new Array(n).fill(1),
      });
      const r = [s.solve()];
      for (let k = 1; k < 7; k++)
        r.push(
          s
            .update({ q: P.map((_, j) => 9 * ((j * k) % 5) - 18), u: P.map((_, j) => ((j * k) % 3) / 4) })
            .solve(),
        );
      s.dispose();
      return together(r);
    },
  ];
}

function* regressions(d) {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const next = uniform(seed);
    const n = 4 + seed;
    const common = Array.from({ length: 14 }, () => next());
    const A = common.map((v) =>
      Array.from({ length: n }, (_, j) => v + 0.3 * next() + (j % 2 ? 0.1 * j * next() : 0)),
    );
    const b = A.map((row, i) => 2 * row[0] - row[1] + row[2] - 0.7 * row[3] + (i % 3) / 5);
    yield [
      `correlated ${seed}`,
      () =>
        together([
          d.nnls(A, b, { trace: true }),
          d.nnls(
            A.map((r) => r.map((v, j) => v * Number(`1e${j - 3}`))),
            b,
          ),
          d.lasso(A, b, 0.01, { trace: true }),
          d.lasso(A, b, 1e-4, { intercept: true }),
          d.elasticNet(A, b, { lambda: 0.1, l1Ratio: 0.5 }),
        ]),
    ];
    yield [
      `path of correlated ${seed}`,
      () => [
        d.lassoPath(A, b, { count: 20, folds: 5, seed }),
        d.lassoPath(A, b, { count: 1 }),
        spoken(d.lassoPath(A, b, { count: 6, tolerance: 1e-30 })),
      ],
    ];
  }
  const { prox, project } = d;
  yield [
    "admm of zeros",
    () => d.admm({ proxF: prox.squared(1, [1, 2]), proxG: prox.l1(1), A: [[0, 0]], maxIterations: 40 }),
  ];
  yield [
    "admm by prox of A",
    () =>
      together(
        [1e-3, 1, 1e3].map((s) =>
          d.admm({
            proxF: prox.squared(1, [1, 2, 3]),
            proxG: prox.l1(1),
            A: [
              [s, 2 * s, 0],
              [0, s, -s],
            ],
            B: [
              [-1, 0],
              [0, -2],
            ],
            c: [1, 0],
            maxIterations: 3000,
          }),
        ),
      ),
  ];
  yield [
    "cones",
    () =>
      [
        [3, 4, -5],
        [3, 4, -4.9],
        [3, 4, 5],
        [3, 4, 0],
        [0, 0, -1],
        [0, 0, 0],
      ].map((v) => project.secondOrderCone().project(v, new Float64Array(3))),
  ];
  yield [
    "operators of one's own",
    () => {
      const own = {
        value: (x) => x.reduce((s, v) => s + v * v, 0),
        prox: (v, t, out) => {
          for (let j = 0; j < v.length; j++) out[j] = v[j] / (1 + 2 * t);
        },
      };
      return together([
        d.proximalGradient({
          f: {
            A: [
              [1, 2],
              [3, 4],
            ],
            b: [1, 2],
          },
          g: own,
          x0: [0, 0],
        }),
        d.chambollePock({ K: [[1, 2]], proxF: own, proxG: prox.l1(0.1), x0: [1, 1] }),
        d.admm({ proxF: own, proxG: project.simplex(), x0: [0, 0] }),
      ]);
    },
  ];
}

export function* cases(d) {
  yield* vertices(d);
  yield* regressions(d);
}
