// Proximal operators and projections, splitting methods, sparse regression, nnls, svm, quantiles, pictures.
import { refusals, spoken, together, uniform } from "./several.js";

function table(seed, m, n, { scale = 1, twins = false, kept = 3 } = {}) {
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
    nuclear: () => [prox.nuclear(2, 4), prox.nuclear(4, 2, 0.3), prox.nuclear(8, 1, 2), prox.nuclear(1, 8, 2)],
    box: () => [project.box([-1, -1, -1, -1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 2, 8, Infinity]), project.box(-1, 2)],
    nonnegative: () => [project.nonnegative()],
    simplex: () => [project.simplex(), project.simplex(5), project.simplex(1e-9)],
    l1Ball: () => [project.l1Ball(), project.l1Ball(3), project.l1Ball(0), project.l1Ball(100)],
    l2Ball: () => [project.l2Ball(), project.l2Ball(3), project.l2Ball(100)],
    linfBall: () => [project.linfBall(), project.linfBall(3)],
    secondOrderCone: () => [project.secondOrderCone()],
    halfspace: () => [project.halfspace([1, 2, 0, 0, 0, 0, 0, 1], 3), project.halfspace([0, 0, 0, 0, 0, 0, 0, 0], 1)],
    affine: () => [project.affine([[1, 1, 1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 0, 0, -1]], [2, 1]), project.affine([[1, 1, 1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2, 2, 2]], [1, 2])],
  }; // biome-ignore format: as a table
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
    apply: (x, out) => D.forEach((row, i) => { out[i] = row.reduce((s, v, j) => s + v * x[j], 0); }),
    adjoint: (y, out) => x0.forEach((_, j) => { out[j] = D.reduce((s, row, i) => s + row[j] * y[i], 0); }),
  }; // biome-ignore format: as a table
  yield ["chambollePock", () => cp({})];
  for (const [name, o] of Object.entries({
    "from a point": { x0: [1, 2, 3, 4, 5], y0: [1, 0, 0, -1] },
    "basis pursuit": { K: [[1, 2, 0, 1, 1], [0, 1, 1, 0, 2]], proxF: project.box([2, 1], [2, 1]), proxG: prox.l1(1) }, // biome-ignore format: as a table
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
    "with B": { A: D, B: D.map((r) => r.map((v) => -v)), c: [1, 0, 2, 0], proxG: prox.squared(2, [0, 1, 0, 1, 0]), x0: undefined }, // biome-ignore format: as a table
    "with c": { c: [1, 1, 1, 1, 1] },
    "rho small": { rho: 1e-4 },
    "rho large": { rho: 1e4 },
    "from a point": { x0: [1, 2, 3, 4, 5], z0: [1, 2, 3, 4, 5] },
    "steps of one's own": { proxF: (v, t, out) => { for (let j = 0; j < v.length; j++) out[j] = (v[j] + t * j) / (1 + t); } }, // biome-ignore format: as a table
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

function* regression(d) {
  const shapes = [
    ["5 x 2", ...table(1, 5, 2, { kept: 2 })],
    ["30 x 8", ...table(2, 30, 8)],
    ["8 x 30", ...table(3, 8, 30)],
    ["twins", ...table(4, 20, 6, { twins: true })],
    ["tiny", ...table(5, 12, 5, { scale: 1e-9 })],
    ["huge", ...table(6, 12, 5, { scale: 1e9 })],
    ["with a column of zeros", table(7, 10, 4)[0].map((r) => [r[0], 0, r[1], r[2]]), table(7, 10, 4)[1]],
    ["nothing to fit", table(8, 10, 4)[0], new Array(10).fill(0)],
    ["a constant", table(9, 10, 4)[0], new Array(10).fill(2)],
    ["one row", [[1, 2, 3]], [4]],
    ["one column", [[1], [2], [3]], [1, 2, 2]],
  ];
  for (const [name, A, b] of shapes) {
    const most = Math.max(...A[0].map((_, j) => Math.abs(A.reduce((s, row, i) => s + row[j] * b[i], 0))));
    yield [
      `lasso ${name}`,
      () =>
        together(
          [0.9999, 0.3, 0.02, 1e-6, 0, 1, 2].flatMap((share) =>
            [false, true].map((intercept) => d.lasso(A, b, share * most, { intercept })),
          ),
        ),
    ];
    yield [
      `elasticNet ${name}`,
      () =>
        together(
          [0.5, 0.01].flatMap((share) =>
            [0, 0.1, 0.9].map((l1Ratio) => d.elasticNet(A, b, { lambda: share * most, l1Ratio })),
          ),
        ),
    ];
    yield [`nnls ${name}`, () => together([d.nnls(A, b), d.nnls(A, b.map((v) => -v)), d.nnls(A, b, { tolerance: 1e-3 })])]; // biome-ignore format: as a table
    yield [`lassoPath ${name}`, () => [d.lassoPath(A, b, { count: 12 }), d.lassoPath(A, b, { count: 5, intercept: false, l1Ratio: 0.5, ratio: 0.1 })]]; // biome-ignore format: as a table
  }
  const [A, b] = table(10, 24, 6);
  const S = d.csrFromDense(A.map((row, i) => row.map((v, j) => ((i + j) % 3 ? v : 0))));
  yield ["lasso sparse", () => together([1, 0.1].flatMap((w) => [false, true].map((intercept) => d.lasso(S, b, w, { intercept }))))]; // biome-ignore format: as a table
  yield ["nnls sparse", () => d.nnls(S, b)];
  yield ["lasso limited", () => together([d.lasso(A, b, 0.1, { maxIterations: 1 }), d.lasso(A, b, 0.1, { tolerance: 1e-2 }), d.lasso(A, b, 0.1, { tolerance: 0, maxIterations: 200 }), d.lasso(A, b, 0.1, { trace: true })])]; // biome-ignore format: as a table
  yield ["nnls limited", () => d.nnls(A, b, { maxIterations: 1, trace: true })];
  yield ["lassoPath by folds", () => [d.lassoPath(A, b, { folds: 4, seed: 3, count: 15 }), d.lassoPath(S, b, { folds: 24, count: 4 }), d.lassoPath(A, b, { folds: 3, l1Ratio: 0.3, lambdas: [1, 0.5, 0.1] })]]; // biome-ignore format: as a table
  const path = () => d.lassoPath(A, b, { folds: 4, seed: 3, count: 8 });
  yield ["reports", () => [d.lasso(A, b, 0.1), d.nnls(A, b), path()].flatMap((r) => [spoken(r), spoken(r, "brief"), r.message])]; // biome-ignore format: as a table
  yield [
    "regressions that refuse",
    () =>
      refusals(
        () => d.lasso(A, b),
        () => d.lasso(A, b, -1),
        () => d.lasso([], [], 1),
        () => d.lasso(A, [1], 1),
        () => d.elasticNet(A, b, {}),
        () => d.elasticNet(A, b, { lambda: 1, l1Ratio: 2 }),
        () => d.lassoPath(A, b, { folds: 1 }),
        () => d.lassoPath(A, b, { folds: 99 }),
        () => d.lassoPath(A, b, { lambdas: [1, 2] }),
        () => d.lassoPath(A, b, { l1Ratio: 0 }),
        () => d.nnls(A, b, { intercept: true }),
      ),
  ];
}

function* programs(d) {
  const [A, b] = table(11, 15, 2, { kept: 2 });
  for (const tau of [0.5, 0.1, 0.9])
    yield [
      `quantileRegression ${tau}`,
      () =>
        together([
          d.quantileRegression(A, b, { tau }),
          d.quantileRegression(A, b, { tau, intercept: false, method: "simplex" }),
          d.quantileRegression(A, b, { tau, method: "pdhg", tolerance: 1e-4 }),
        ]),
    ];
  yield ["quantileRegression degenerate", () => together([d.quantileRegression([[1], [1], [1]], [1, 2, 3]), d.quantileRegression([[1], [2]], [1, 2], { maxIterations: 1 })])]; // biome-ignore format: as a table
  const points = [[0, 0], [1, 0.5], [0.2, 1], [3, 3], [4, 2.5], [2.5, 4], [1.6, 1.4], [2.2, 2.1]]; // biome-ignore format: as a table
  const labels = [-1, -1, -1, 1, 1, 1, 1, -1];
  for (const C of [0.01, 1, 100])
    for (const kernel of ["linear", "rbf"])
      yield [
        `svm ${kernel} ${C}`,
        () => {
          const r = ["interiorPoint", "admm", undefined].map((method) =>
            d.svm(points, labels, { C, kernel, method }),
          );
          return { ...together(r), decided: r.map((one) => points.map((p) => one.decision(p))) };
        },
      ];
  yield ["svm gamma", () => d.svm(points, labels, { kernel: "rbf", gamma: 5, C: 3 })];
  yield ["svm of two points", () => d.svm([[0], [1]], [-1, 1])];
  yield ["svm of equal points", () => d.svm([[1], [1], [1]], [-1, 1, 1])];
  yield ["reports", () => [d.svm(points, labels), d.quantileRegression(A, b)].flatMap((r) => [spoken(r), spoken(r, "brief"), r.message])]; // biome-ignore format: as a table
  yield [
    "svm and quantiles that refuse",
    () =>
      refusals(
        () =>
          d.svm(
            points,
            labels.map(() => 1),
          ),
        () =>
          d.svm(
            points,
            labels.map((v) => (v + 1) / 2),
          ),
        () => d.svm(points, labels, { kernel: "poly" }),
        () => d.svm(points, labels, { C: 0 }),
        () => d.svm(points, labels).decision([1]),
        () => d.quantileRegression(A, b, { tau: 0 }),
        () => d.quantileRegression(A, b, { tau: 1 }),
        () => d.quantileRegression(A, [1]),
        () => d.quantileRegression([[NaN]], [1]),
      ),
  ];
}

function picture(width, height, channels, make = (v) => Float64Array.from(v)) {
  const next = uniform(width + height);
  const data = Array.from({ length: width * height * channels }, (_, i) =>
    Math.round((Math.floor(i / channels / 3) % 2 ? 180 : 60) + 40 * next()),
  );
  return { width, height, data: make(data) };
}

function* pictures(d) {
  for (const [w, h, channels] of [
    [1, 1, 1],
    [1, 9, 1],
    [9, 1, 1],
    [7, 6, 1],
    [8, 8, 1],
    [6, 5, 3],
    [5, 4, 4],
  ])
    yield [
      `denoise ${w} x ${h} x ${channels}`,
      () =>
        together([
          d.denoise(picture(w, h, channels), { lambda: 15 }),
          d.denoise(
            picture(w, h, channels, (v) => Uint8ClampedArray.from(v)),
            { lambda: 40 },
          ),
        ]),
    ];
  yield ["denoise a little", () => d.denoise(picture(9, 7, 1), { lambda: 1e-3, tolerance: 1e-8 })];
  yield ["denoise a lot", () => d.denoise(picture(9, 7, 1), { lambda: 1e4 })];
  yield ["denoise limited", () => d.denoise(picture(9, 7, 1), { lambda: 20, maxIterations: 3, trace: true })];
  yield [
    "denoise to the end",
    () => d.denoise(picture(9, 7, 1), { lambda: 20, tolerance: 0, maxIterations: 90 }),
  ];
  yield ["denoise said", () => { const r = d.denoise(picture(9, 7, 1), { lambda: 20 }); return [spoken(r), spoken(r, "brief"), r.message]; }]; // biome-ignore format: as a table
  yield [
    "pictures that are none",
    () =>
      refusals(
        () => d.denoise(picture(2, 2, 1), {}),
        () => d.denoise([1, 2], { lambda: 1 }),
        () => d.denoise({ width: 2, height: 2, data: [1, 2, 3] }, { lambda: 1 }),
        () => d.denoise({ width: 2.5, height: 2, data: [1, 2, 3, 4] }, { lambda: 1 }),
        () => d.denoise({ width: 1, height: 2, data: [1, NaN] }, { lambda: 1 }),
        () => d.denoise({ width: 0, height: 2, data: [] }, { lambda: 1 }),
      ),
  ];
}

export function* cases(d) {
  yield* operators(d);
  yield* splitting(d);
  yield* regression(d);
  yield* programs(d);
  yield* pictures(d);
}
