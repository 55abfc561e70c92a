// Proximal operators and projections, splitting methods, sparse regression, nnls, svm, quantiles, pictures.
import { refusals, uniform } from "./several.js";

export function table(seed, m, n, { scale = 1, twins = false, kept = 3 } = {}) {
  const next = uniform(seed);
  const A = Array.from({ length: m }, () => Array.from({ length: n }, () => scale * (2 * next() - 1)));
  if (twins) for (const row of A) row[n - 1] = row[0];
  const b = A.map((row) =>
    row.slice(0, kept).reduce((s, v, j) => s + (3 - j) * v, 0.3 * (next() - 0.5) + 0.7),
  );
  return [A, b];
}

const vectors = [
  [3, -1, 0.2, -0.2, 0, 7, 7, -5],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [1e-13, 1e-13, -1e-13, 0, 1, 1, 1, 1],
  [1e12, -1e12, 1e12, 5, -5, 1, 2, 3],
  [-3, -2, -1, -1, -1, -2, -3, -4],
  [0.1, 0.4, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05],
];

function* operators(d) {
  const { prox, project } = d;
  const made = {
    zero: () => [prox.zero()],
    l1: () => [prox.l1(), prox.l1(0.5), prox.l1(0)],
    l2: () => [prox.l2(), prox.l2(4), prox.l2(0)],
    linf: () => [prox.linf(), prox.linf(5), prox.linf(1e3)],
    squared: () => [prox.squared(), prox.squared(2, [1, 2, 3, 4, 5, 6, 7, 8])],
    elastic: () => [prox.elastic(), prox.elastic(2, 0.3), prox.elastic(2, 0), prox.elastic(2, 1)],
    groupL2: () => [prox.groupL2(2), prox.groupL2(4, 0.7), prox.groupL2(8, 100)],
    totalVariation: () => [prox.totalVariation(), prox.totalVariation(0.05), prox.totalVariation(100)],
    nuclear: () => [
      prox.nuclear(2, 4),
      prox.nuclear(4, 2, 0.3),
      prox.nuclear(8, 1, 2),
      prox.nuclear(1, 8, 2),
    ],
    box: () => [
      project.box([-1, -1, -1, -1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 2, 8, Infinity]),
      project.box(-1, 2),
    ],
    nonnegative: () => [project.nonnegative()],
    simplex: () => [project.simplex(), project.simplex(5), project.simplex(1e-9)],
    l1Ball: () => [project.l1Ball(), project.l1Ball(3), project.l1Ball(0), project.l1Ball(100)],
    l2Ball: () => [project.l2Ball(), project.l2Ball(3), project.l2Ball(100)],
    linfBall: () => [project.linfBall(), project.linfBall(3)],
    secondOrderCone: () => [project.secondOrderCone()],
    halfspace: () => [
      project.halfspace([1, 2, 0, 0, 0, 0, 0, 1], 3),
      project.halfspace([0, 0, 0, 0, 0, 0, 0, 0], 1),
    ],
    affine: () => [
      project.affine(
        [
          [1, 1, 1, 1, 1, 1, 1, 1],
          [1, 0, 0, 0, 0, 0, 0, -1],
        ],
        [2, 1],
      ),
      project.affine(
        [
          [1, 1, 1, 1, 1, 1, 1, 1],
          [2, 2, 2, 2, 2, 2, 2, 2],
        ],
        [1, 2],
      ),
    ],
  };
  for (const [name, make] of Object.entries(made))
    yield [
      `operator ${name}`,
      () =>
        refusals(() =>
          make().flatMap((p) =>
            vectors.flatMap((v) =>
              "project" in p
                ? [p.project(v), p.value(v), p.prox(v, 2), p.distance?.(v), p.contains?.(v)]
                : [p.prox(v, 1), p.prox(v, 0.01), p.prox(v, 30), p.value(v)],
            ),
          ),
        ),
    ];
  yield [
    "total variation of other lengths",
    () =>
      [1, 2, 3, 40].flatMap((n) => {
        const next = uniform(n);
        const v = Array.from({ length: n }, () => Math.round(8 * next()));
        return [0, 0.5, 1, 2, 9].map((w) => prox.totalVariation(w).prox(v, 1));
      }),
  ];
  yield [
    "operators that refuse",
    () =>
      refusals(
        () => prox.l1(-1),
        () => prox.l1(1).prox([NaN], 1),
        () => prox.l1(1).prox([1], 0),
        () => prox.groupL2(),
        () => prox.groupL2(3).prox([1, 2], 1),
        () => prox.nuclear(2, 2).prox([1, 2], 1),
        () => prox.elastic(1, 2),
        () => prox.squared(1, [1]).prox([1, 2], 1),
        () => project.box([1], [0]),
        () => project.simplex(-1),
        () => project.l2Ball(-1),
        () => project.halfspace([0], -1),
        () => project.affine([[1, 1]], [1, 2]),
        () => project.affine([[1, 1]], [1]).project([1]),
      ),
  ];
}

function* splitting(d) {
  const { prox, project } = d;
  const [A, b] = table(2, 8, 5);
  const least = { A, b };
  const smooth = {
    fun: (x) => x.reduce((s, v, j) => s + (v - j) * (v - j) * (v - j) * (v - j), 0),
    grad: (x, g) => {
      for (let j = 0; j < x.length; j++) g[j] = 4 * (x[j] - j) * (x[j] - j) * (x[j] - j);
    },
  };
  const both = { funGrad: (x, g) => (smooth.grad(x, g), smooth.fun(x)) };
  const x0 = [0, 0, 0, 0, 0];
  const fista = (o) => d.proximalGradient({ f: least, g: prox.l1(0.5), x0, ...o });
  yield ["proximalGradient", () => fista({})];
  for (const [name, o] of Object.entries({
    l2: { g: prox.l2(2) },
    "in a box": { g: project.box(-0.5, 0.5) },
    "on a simplex": { g: project.simplex(2) },
    "of a quartic": { f: smooth },
    "of a quartic at once": { f: both, g: prox.zero() },
    "long step": { step: 1e3 },
    "short step": { step: 1e-6 },
    "tolerance 0": { tolerance: 0, maxIterations: 300 },
    "tolerance 1e-3": { tolerance: 1e-3 },
    "not finite": { f: { fun: (x) => (x[0] === 0 ? 1 : NaN), grad: (_x, g) => void g.fill(1) } },
    "a wrong gradient": { f: { fun: smooth.fun, grad: (_x, g) => void g.fill(-1) }, maxIterations: 50 },
    traced: { trace: true, maxIterations: 5 },
  }))
    yield [`proximalGradient ${name}`, () => fista(o)];
  const D = Array.from({ length: 4 }, (_, i) => x0.map((_v, j) => (j === i + 1 ? 1 : j === i ? -1 : 0)));
  const cp = (o) =>
    d.chambollePock({ K: D, proxF: prox.l1(1), proxG: prox.squared(1, [1, 1.2, 5, 5.1, 3]), ...o });
  const free = {
    rows: 4,
    cols: 5,
    apply: (x, out) =>
      D.forEach((row, i) => {
        out[i] = row.reduce((s, v, j) => s + v * x[j], 0);
      }),
    adjoint: (y, out) =>
      x0.forEach((_, j) => {
        out[j] = D.reduce((s, row, i) => s + row[j] * y[i], 0);
      }),
  };
  yield ["chambollePock", () => cp({})];
  for (const [name, o] of Object.entries({
    "from a point": { x0: [1, 2, 3, 4, 5], y0: [1, 0, 0, -1] },
    "basis pursuit": {
      K: [
        [1, 2, 0, 1, 1],
        [0, 1, 1, 0, 2],
      ],
      proxF: project.box([2, 1], [2, 1]),
      proxG: prox.l1(1),
    },
    "without a matrix": { K: free },
    "of zeros": { K: [[0, 0, 0, 0, 0]] },
    sparse: { K: d.csrFromDense(D) },
    scaled: { K: D.map((row) => row.map((v) => 1e4 * v)), maxIterations: 500 },
    tolerance: { tolerance: 1e-3 },
    limited: { maxIterations: 7, trace: true },
  }))
    yield [`chambollePock ${name}`, () => cp(o)];
  const split = (o) => d.admm({ proxF: prox.squared(1, [3, -1, 0.2, 5, 1]), proxG: prox.l1(1), x0, ...o });
  yield ["admm", () => split({})];
  for (const [name, o] of Object.entries({
    "of differences": { A: D, proxG: prox.l1(1), x0: undefined },
    "with B": {
      A: D,
      B: D.map((r) => r.map((v) => -v)),
      c: [1, 0, 2, 0],
      proxG: prox.squared(2, [0, 1, 0, 1, 0]),
      x0: undefined,
    },
    "with c": { c: [1, 1, 1, 1, 1] },
    "rho small": { rho: 1e-4 },
    "rho large": { rho: 1e4 },
    "from a point": { x0: [1, 2, 3, 4, 5], z0: [1, 2, 3, 4, 5] },
    "steps of one's own": {
      proxF: (v, t, out) => {
        for (let j = 0; j < v.length; j++) out[j] = (v[j] + t * j) / (1 + t);
      },
    },
    "without a matrix": { A: free, x0: undefined },
    "not finite": { proxF: (_v, _t, out) => void out.fill(NaN) },
    tolerance: { tolerance: 1e-2 },
    "no common point": { proxF: project.box(2, 3), proxG: project.box(-1, 0), maxIterations: 400 },
    limited: { maxIterations: 12, trace: true },
  }))
    yield [`admm ${name}`, () => split(o)];
  yield [
    "splittings that refuse",
    () =>
      refusals(
        () => d.admm({ proxF: prox.l1(1), proxG: prox.l1(1) }),
        () => split({ A: [[1, 1]], B: [[1], [1]] }),
        () => split({ proxF: 3 }),
        () => split({ proxF: () => 1 }),
        () => split({ c: [1] }),
        () => cp({ proxF: { prox: () => {} } }),
        () => cp({ K: { rows: 1, cols: 1 } }),
        () => cp({ K: 3 }),
        () => fista({ f: smooth.fun }),
        () => fista({ x0: [1] }),
        () => fista({ f: { fun: () => "a", grad: () => {} } }),
        () => fista({ g: prox.l1 }),
      ),
  ];
}

export function* cases(d) {
  yield* operators(d);
  yield* splitting(d);
}
