// Sparse regression, nnls, quantiles, svm, pictures.
import { table } from "./constrained-proximal.js";
import { refusals, spoken, together, uniform } from "./several.js";

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
    yield [
      `nnls ${name}`,
      () =>
        together([
          d.nnls(A, b),
          d.nnls(
            A,
            b.map((v) => -v),
          ),
          d.nnls(A, b, { tolerance: 1e-3 }),
        ]),
    ];
    yield [
      `lassoPath ${name}`,
      () => [
        d.lassoPath(A, b, { count: 12 }),
        d.lassoPath(A, b, { count: 5, intercept: false, l1Ratio: 0.5, ratio: 0.1 }),
      ],
    ];
  }
  const [A, b] = table(10, 24, 6);
  const S = d.csrFromDense(A.map((row, i) => row.map((v, j) => ((i + j) % 3 ? v : 0))));
  yield [
    "lasso sparse",
    () =>
      together([1, 0.1].flatMap((w) => [false, true].map((intercept) => d.lasso(S, b, w, { intercept })))),
  ];
  yield ["nnls sparse", () => d.nnls(S, b)];
  yield [
    "lasso limited",
    () =>
      together([
        d.lasso(A, b, 0.1, { maxIterations: 1 }),
        d.lasso(A, b, 0.1, { tolerance: 1e-2 }),
        d.lasso(A, b, 0.1, { tolerance: 0, maxIterations: 200 }),
        d.lasso(A, b, 0.1, { trace: true }),
      ]),
  ];
  yield ["nnls limited", () => d.nnls(A, b, { maxIterations: 1, trace: true })];
  yield [
    "lassoPath by folds",
    () => [
      d.lassoPath(A, b, { folds: 4, seed: 3, count: 15 }),
      d.lassoPath(S, b, { folds: 24, count: 4 }),
      d.lassoPath(A, b, { folds: 3, l1Ratio: 0.3, lambdas: [1, 0.5, 0.1] }),
    ],
  ];
  const path = () => d.lassoPath(A, b, { folds: 4, seed: 3, count: 8 });
  yield [
    "reports",
    () =>
      [d.lasso(A, b, 0.1), d.nnls(A, b), path()].flatMap((r) => [spoken(r), spoken(r, "brief"), r.message]),
  ];
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
  yield [
    "quantileRegression degenerate",
    () =>
      together([
        d.quantileRegression([[1], [1], [1]], [1, 2, 3]),
        d.quantileRegression([[1], [2]], [1, 2], { maxIterations: 1 }),
      ]),
  ];
  const points = [
    [0, 0],
    [1, 0.5],
    [0.2, 1],
    [3, 3],
    [4, 2.5],
    [2.5, 4],
    [1.6, 1.4],
    [2.2, 2.1],
  ];
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
  yield [
    "reports",
    () =>
      [d.svm(points, labels), d.quantileRegression(A, b)].flatMap((r) => [
        spoken(r),
        spoken(r, "brief"),
        r.message,
      ]),
  ];
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
  yield [
    "denoise said",
    () => {
      const r = d.denoise(picture(9, 7, 1), { lambda: 20 });
      return [spoken(r), spoken(r, "brief"), r.message];
    },
  ];
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
  yield* regression(d);
  yield* programs(d);
  yield* pictures(d);
}
