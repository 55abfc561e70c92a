// Dense factorisations, systems, least squares, spectra, products; sizes on both sides of every block size.
import { attempt, entries, filled, list, symmetric, told, wrong } from "./numbers.js";

/** Below and above what is written out (4), the plain ways (15, 16), panels (64) and blocks (128). */
const sizes = {
  "1-4": [1, 2, 3, 4],
  "5-9": [5, 6, 7, 8, 9],
  "10-14": [10, 11, 12, 13, 14],
  "15-20": [15, 16, 17, 18, 19, 20],
  "31-33": [31, 32, 33],
  "63-66": [63, 64, 65, 66],
  "127-130": [127, 128, 129, 130],
  "140 alone": [140],
};
const dtypes = ["f64", "f32"];

const parts = {
  cholesky: ["L", "det", "logDet", "rcond", "precision"],
  lu: ["L", "U", "perm", "det", "logDet", "rcond"],
  qr: ["Q", "R", "perm", "rank", "det", "logDet", "rcond"],
  ldl: ["L", "D", "perm", "inertia", "modified", "det", "logDet", "rcond"],
};

/** All that a factor gives: one right side, three, five, and the same of another matrix. */
function factored(f, names, n, other, columns = [3, 5]) {
  return told(f, names, () => [
    attempt(() => f.solve(list(n, 5))),
    ...columns.map((k) => attempt(() => f.solve(filled(n, k, 6)))),
    ...(other ? [attempt(() => f.refactor(other).solve(Array.from(list(n, 8))))] : []),
  ]);
}

/** Pivots of each order, ties among them, and of each sign. */
function* factors(d) {
  const kinds = {
    cholesky: [
      (n, dtype) => d.cholesky(symmetric(n, 3 + n, n + 1), { dtype }),
      parts.cholesky,
      (n) => symmetric(n, 30 + n, 2 * n),
    ],
    lu: [(n, dtype) => d.lu(filled(n, n, 4 + n), { dtype }), parts.lu, (n) => filled(n, n, 40 + n)],
    qr: [(n, dtype) => d.qr(filled(n, n, 5 + n), { dtype }), parts.qr, (n) => filled(n, n, 50 + n)],
    "qr pivot": [(n, dtype) => d.qr(filled(n, n, 6 + n), { dtype, pivot: true }), parts.qr, () => null],
    "qr tall": [(n, dtype) => d.qr(filled(n + 7, n, 7 + n), { dtype }), parts.qr, () => null, 7],
    ldl: [(n, dtype) => d.ldl(symmetric(n, 8 + n, 0), { dtype }), parts.ldl, (n) => symmetric(n, 80 + n, 1)],
    modifiedCholesky: [
      (n, dtype) => d.modifiedCholesky(symmetric(n, 9 + n, 0), { dtype }),
      parts.ldl,
      (n) => symmetric(n, 90 + n, -1),
    ],
  };
  for (const [kind, [make, names, other, extra = 0]] of Object.entries(kinds))
    for (const [size, all] of Object.entries(sizes)) {
      for (const dtype of dtypes) {
        const some = all.length > 3 && all[0] > 100 ? all.slice(1, 3) : all;
        yield [
          `${kind} ${size} ${dtype}`,
          () => some.map((n) => factored(make(n, dtype), names, n + extra, other(n))),
        ];
      }
    }
}

function* spectra(d) {
  const some = Object.entries(sizes).filter(([, all]) => all[0] < 64);
  for (const [size, all] of [...some, ["65", [65]]])
    for (const dtype of dtypes) {
      yield [`eig ${size} ${dtype}`, () => all.map((n) => d.eig(filled(n, n, n), { dtype }))];
      yield [`eigSym ${size} ${dtype}`, () => all.map((n) => d.eigSym(symmetric(n, n, 0), { dtype }))];
      yield [`svd ${size} ${dtype}`, () => all.map((n) => d.svd(filled(n, n, n + 2), { dtype }))];
    }
  const shapes = [
    [1, 5],
    [5, 1],
    [7, 3],
    [3, 7],
    [12, 11],
    [20, 8],
  ];
  for (const full of [true, false])
    for (const vectors of [true, false])
      yield [
        `svd of shapes, full ${full}, vectors ${vectors}`,
        () => shapes.map(([m, n]) => d.svd(filled(m, n, m), { full, vectors })),
      ];
  yield ["pinv of shapes", () => shapes.map(([m, n]) => d.pinv(filled(m, n, m)))];
  yield ["nullSpace of shapes", () => shapes.map(([m, n]) => d.nullSpace(filled(m, n, m)))];
  yield [
    "eigenvalues alone",
    () => [d.eig(filled(8, 8, 1), { vectors: false }), d.eigSym(symmetric(8, 1, 0), { vectors: false })],
  ];
  yield ["eigSym unchecked", () => d.eigSym(filled(6, 6, 4), { check: false })];
  const odd = {
    zero: (n) => entries(n, n, () => 0),
    unit: (n) => entries(n, n, (i, j) => (i === j ? 1 : 0)),
    turned: (n) => entries(n, n, (i, j) => ((j - i + n) % n === 1 ? 1 : 0)),
    defective: (n) => entries(n, n, (i, j) => (i === j ? 2 : j === i + 1 ? 1 : 0)),
    skew: (n) => entries(n, n, (i, j) => (i === j ? 0 : i < j ? 1 : -1) * (i + j + 1)),
    graded: (n) => entries(n, n, (i, j) => 1 / ((1 + i * i * i) * (1 + j * j) * (1 + i + j))),
    hilbert: (n) => entries(n, n, (i, j) => 1 / (i + j + 1)),
    tied: (n) => entries(n, n, (i, j) => (i + j) % 2),
  };
  for (const [name, of] of Object.entries(odd))
    yield [
      `spectra of ${name}`,
      () =>
        [2, 3, 6, 11].flatMap((n) => [
          d.eig(of(n)),
          attempt(() => d.eigSym(of(n))),
          d.svd(of(n)),
          d.pinv(of(n)),
          d.nullSpace(of(n)),
        ]),
    ];
  for (const scale of [1e-300, 1e-160, 1e-99, 1e-101, 1e-12, 1e12, 1e99, 1e101, 1e160, 1e300]) {
    const A = entries(5, 5, (i, j) => scale * (1 / (i + j + 1) + (i === j ? 1 : 0)));
    yield [
      `spectra at ${scale}`,
      () => [d.eig(A), d.eigSym(A), d.svd(A), attempt(() => d.pinv(A)), d.nullSpace(A)],
    ];
  }
  for (const scale of [1e-30, 1e-15, 1e-13, 1e13, 1e15, 1e30])
    yield [
      `spectra at ${scale} f32`,
      () => {
        const A = entries(5, 5, (i, j) => scale * (1 / (i + j + 1) + (i === j ? 1 : 0)));
        return [d.eig, d.eigSym, d.svd, d.pinv, d.nullSpace].map((f) =>
          attempt(() => f(A, { dtype: "f32" })),
        );
      },
    ];
  for (const small of [0, 1e-17, 2e-16, 1e-15, 1e-12, 1e-6])
    yield [
      `ranks at ${small}`,
      () => {
        const A = entries(6, 4, (i, j) => (j === 3 ? i + small * i * i : j === 2 ? 1 : j === 1 ? i : i * i));
        return [
          d.svd(A),
          d.pinv(A),
          d.nullSpace(A),
          d.lstsq(A, list(6, 1)),
          told(d.qr(A, { pivot: true }), parts.qr),
        ];
      },
    ];
  yield [
    "ranks by tolerance",
    () =>
      [0, 1e-3, 0.5, 1].flatMap((tolerance) => [
        d.svd(odd.hilbert(6), { tolerance }),
        d.pinv(odd.hilbert(6), { tolerance }),
        d.nullSpace(odd.hilbert(6), { tolerance }),
        d.lstsq(odd.hilbert(6), list(6, 3), { tolerance }),
      ]),
  ];
}

/** Methods, refinement, reports; what changes the method, warns, or refuses. */
function* systems(d) {
  for (const [size, all] of Object.entries(sizes))
    for (const dtype of dtypes)
      yield [
        `solve ${size} ${dtype}`,
        () =>
          all
            .slice(0, 3)
            .flatMap((n) => [
              d.solve(filled(n, n, n), list(n, 2), { report: true, dtype }),
              d.solve(symmetric(n, n, n), filled(n, 2, 3), { report: true, dtype }),
            ]),
      ];
  for (const method of ["auto", "cholesky", "lu", "qr"])
    for (const refine of [false, true]) {
      const o = { method, refine, report: true };
      yield [
        `solve by ${method}, refined ${refine}`,
        () =>
          [2, 9, 20].flatMap((n) => [
            d.solve(symmetric(n, 7, n), list(n, 1), o),
            d.solve(
              entries(n, n, (i, j) => (n + (i === j ? n : 0)) / (1 + i + j)),
              filled(n, 4, 1),
              o,
            ),
            d.solve(symmetric(n, 7, n), filled(n, 3, 1), { ...o, dtype: "f32" }),
          ]),
      ];
      yield [
        `solve unequal units by ${method}, refined ${refine}`,
        () => {
          const unit = [1e-9, 1, 1e9, 3e-5, 7e5];
          return d.solve(
            entries(5, 5, (i, j) => (unit[i] * unit[j] * (i === j ? 4 : 1)) / (1 + i + j)),
            [1, 2, 3, 4, 5],
            o,
          );
        },
      ];
    }
  for (const small of [1e-3, 1e-11, 5e-13, 1e-14, 2e-15, 5e-16, 1e-16, 4e-17, 0])
    for (const method of ["auto", "cholesky", "lu", "qr"])
      yield [
        `solve nearly singular ${small} by ${method}`,
        () =>
          d.solve(
            entries(
              3,
              3,
              (i, j) => 1 / (i + j + 1) + (i === 2 && j === 2 ? small - 1 / 180 - (j === 2 ? 0 : 1) : 0),
            ),
            [1, 2, 3],
            { method, report: true },
          ),
      ];
  for (const small of [1e-3, 1e-6, 5e-7, 2e-7, 1e-7, 3e-8, 0])
    yield [
      `nearly singular ${small} f32`,
      () =>
        [d.solve, d.lstsq].map((f) =>
          attempt(() =>
            f(
              [
                [1, 1, 0],
                [1, 1 + small, 0],
                [0, 1, 2],
              ],
              [1, 2, 3],
              { dtype: "f32" },
            ),
          ),
        ),
    ];
  for (const n of [12, 13, 14, 15, 16, 20])
    yield [
      `solve of growing pivots ${n}`,
      () =>
        d.solve(
          entries(n, n, (i, j) => (j === n - 1 || i === j ? 1 : i > j ? -1 : 0)),
          list(n, 1),
          { report: true },
        ),
    ];
  for (const n of [3, 6, 9, 12, 15])
    yield [
      `solve of Hilbert's ${n}`,
      () => {
        const A = entries(n, n, (i, j) => 1 / (i + j + 1));
        return [true, false].map((refine) => attempt(() => d.solve(A, list(n, 1), { refine, report: true })));
      },
    ];
  for (const scale of [1e-320, 1e-300, 1e-150, 1e-12, 1e12, 1e150, 1e300])
    yield [
      `systems at ${scale}`,
      () => {
        const A = entries(6, 6, (i, j) => scale * (1 / (i + j + 1) + (i === j ? 1 : 0)));
        const b = list(6, 2);
        return [d.solve, d.lstsq, d.inverse, d.det, d.logDet, d.rcond, d.norm].map((f) =>
          attempt(() => f(A, f === d.solve || f === d.lstsq ? b : undefined)),
        );
      },
    ];
  for (const scale of [1e-40, 1e-30, 1e-15, 1e-13, 1e13, 1e15, 1e30, 1e38])
    yield [
      `systems at ${scale} f32`,
      () => {
        const A = entries(6, 6, (i, j) => scale * (1 / (i + j + 1) + (i === j ? 1 : 0)));
        const o = { dtype: "f32" };
        return [
          () => d.solve(A, list(6, 2), o),
          () => d.lstsq(A, list(6, 2), o),
          () => d.inverse(A, o),
          () => d.det(A, o),
        ].map(attempt);
      },
    ];
  yield [
    "det, logDet, rcond, inverse",
    () =>
      [1, 2, 3, 4, 5, 17, 40].flatMap((n) => {
        const A = filled(n, n, n);
        return [d.det(A), d.logDet(A), d.rcond(A), d.inverse(A), d.inverse(A, { dtype: "f32" })];
      }),
  ];
  yield [
    "det, logDet, rcond of singular",
    () =>
      [1, 2, 3, 4, 6, 17].flatMap((n) => {
        const A = entries(n, n, (i, j) => (i === n - 1 ? 0 : i + j * j));
        return [d.det(A), d.logDet(A), d.rcond(A), attempt(() => d.inverse(A))];
      }),
  ];
  yield [
    "determinants out of range",
    () =>
      [1e-30, 1e30, 1e-3, 1e100].map((s) => {
        const A = entries(12, 12, (i, j) => (i === j ? s : 0));
        return ["cholesky", "lu", "qr", "ldl"].map((f) => told(d[f](A), ["det", "logDet"]));
      }),
  ];
  yield [
    "lstsq of shapes",
    () =>
      [
        [1, 1],
        [4, 2],
        [2, 4],
        [20, 7],
        [7, 20],
        [70, 9],
        [12, 12],
      ].flatMap(([m, n]) =>
        dtypes.flatMap((dtype) =>
          [true, false].map((refine) => d.lstsq(filled(m, n, m), list(m, 9), { refine, dtype })),
        ),
      ),
  ];
  yield [
    "lstsq of many right sides",
    () => [d.lstsq(filled(9, 4, 3), filled(9, 3, 4)), d.lstsq(filled(9, 4, 3), filled(9, 0, 4))],
  ];
  yield [
    "lstsq of scales",
    () =>
      [1e-200, 1e-120, 1e120, 1e200].flatMap((s) =>
        [1e-200, 1, 1e200].map((r) =>
          attempt(() =>
            d.lstsq(
              entries(5, 2, (i, j) => s * (j === 0 ? 1 : i)),
              [1, 3, 2, 5, 4].map((v) => v * r),
            ),
          ),
        ),
      ),
  ];
  yield [
    "lstsq of far columns",
    () =>
      d.lstsq(
        entries(8, 3, (i, j) => [1, 1e8, 1e-8][j] * (j === 0 ? 1 : j === 1 ? i : i * i)),
        list(8, 1),
      ),
  ];
}

function* products(d) {
  const shapes = [
    [1, 1, 1],
    [3, 4, 5],
    [7, 8, 9],
    [16, 3, 16],
    [9, 300, 5],
    [65, 20, 66],
    [70, 9, 520],
    [64, 257, 63],
  ];
  for (const dtype of dtypes)
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])
      yield [
        `matmul ${dtype} ${transposeA ? "turned" : "plain"} ${transposeB ? "turned" : "plain"}`,
        () =>
          shapes.map(([m, k, n]) =>
            d.matmul(
              transposeA ? filled(k, m, 1) : filled(m, k, 1),
              transposeB ? filled(n, k, 2) : filled(k, n, 2),
              { dtype, transposeA, transposeB },
            ),
          ),
      ];
  const single = d.matrix(3, 4, Float32Array.from(list(12, 4)));
  const strided = { shape: [3, 4], stride: [1, 3], offset: 0, data: list(12, 4) };
  const nested = [
    [1, 2, 3],
    [4, 5, 6.5],
  ];
  yield [
    "matmul of vectors",
    () => [
      d.matmul(filled(4, 3, 1), list(3, 2)),
      d.matmul(filled(4, 3, 1), [1, 2, 3, 4], { transposeA: true }),
      d.matmul(single, list(4, 1)),
      d.matmul(strided, list(4, 1)),
      d.matmul(filled(0, 3, 1), list(3, 2)),
      d.matmul(filled(2, 0, 1), filled(0, 2, 1)),
      d.matmul(nested, [[1], [2], [3]], { out: d.matrix(2, 1) }),
    ],
  ];
  yield [
    "matrices of every form",
    () =>
      [
        single,
        strided,
        nested,
        { rows: 2, columns: 3, data: nested },
        { ...strided, offset: 11, stride: [-1, -3] },
        filled(70, 3, 1),
      ].flatMap((A) => [
        d.matrix(A),
        d.transpose(A),
        d.toArray(A),
        ...["one", "inf", "frobenius", "max", undefined].map((kind) => d.norm(A, kind)),
        d
          .qr(
            d.norm(A) &&
              (A === nested || A.columns
                ? d.transpose(A)
                : A === strided || A === single || A.shape
                  ? d.transpose(A)
                  : A),
          )
          .dispose(),
      ]),
  ];
  yield [
    "norms of vectors",
    () =>
      [
        [],
        [0],
        [3, -4],
        [1e300, 1e300],
        [1e-300, 2e-300],
        [5e-324, 5e-324],
        list(33, 1),
        Float32Array.from(list(5, 1)),
      ].flatMap((v) => ["two", "one", "inf", "frobenius", "max", undefined].map((kind) => d.norm(v, kind))),
  ];
  yield ["dot", () => [d.dot([], []), d.dot([1, 2], [3, 4]), d.dot(list(40, 1), list(40, 2))]];
}

function* polynomials(d) {
  const x = Array.from({ length: 30 }, (_, i) => i / 3 - 4);
  const y = x.map((v, i) => 1 + v * (2 - v * (0.5 - v / 7)) + ((i * 37) % 11) / 50);
  for (const degree of [0, 1, 2, 3, 7, 15, 29])
    yield [
      `polyfit ${degree}`,
      () => {
        const p = d.polyfit(x, y, degree);
        return [p, p.evaluate(0.3), p.evaluate([-4, 0, 6])];
      },
    ];
  yield ["polyfit weighted", () => d.polyfit(x, y, 3, { weights: x.map((_, i) => i % 4) })];
  yield [
    "polyfit far away",
    () =>
      d.polyfit(
        x.map((v) => 1e6 + v),
        y,
        4,
      ),
  ];
  yield [
    "polyfit in large and small units",
    () =>
      [1e-150, 1e-60, 1e60, 1e150].map((s) =>
        attempt(() =>
          d.polyfit(
            x.map((v) => v * s),
            y,
            3,
          ),
        ),
      ),
  ];
  yield [
    "polyfit of too few",
    () => [d.polyfit([1, 2, 3], [1, 4, 9], 5), d.polyfit([2], [3], 0), d.polyfit([2, 2, 2], [3, 4, 5], 1)],
  ];
  yield ["polyfit over the whole range", () => d.polyfit([-1.7e308, 0, 1.7e308], [1, 2, 4], 2)];
}

function* degenerate(d) {
  const tables = {
    "rows alike": [
      [1, 2, 3],
      [2, 4, 6],
      [1, 1, 1],
    ],
    "a zero pivot": [
      [0, 1, 2],
      [1, 0, 3],
      [4, -3, 8],
    ],
    "first column zero": [
      [0, 1, 2],
      [0, 2, 3],
      [0, 4, 5],
    ],
    "third column largest last": [
      [1, 2, 3],
      [2, 1, 9],
      [5, 1, 2],
    ],
    "second pivot zero": [
      [1, 2, 3],
      [1, 2, 5],
      [1, 2, 4],
    ],
    "two by two": [
      [0, 2],
      [3, 4],
    ],
    tiny: [
      [1e-310, 1],
      [1, 1],
    ],
    "four, tied": [
      [1, 1, 1, 1],
      [1, -1, 1, -1],
      [1, 1, -1, -1],
      [1, -1, -1, 1],
    ],
    "tiny pivot of four": [
      [1e-309, 0, 0, 0],
      [1e-310, 1, 0, 0],
      [0, 0, 2, 1],
      [0, 0, 1, 3],
    ],
    indefinite: [
      [1, 2, 0],
      [2, 1, 0],
      [0, 0, 0],
    ],
    "blocks of two": [
      [0, 1, 0, 0, 0],
      [1, 0, 0, 0, 0],
      [0, 0, 0, 3, 0],
      [0, 0, 3, 0, 1],
      [0, 0, 0, 1, 0],
    ],
    negative: [
      [-2, 1, 0],
      [1, -2, 1],
      [0, 1, -2],
    ],
    "bounds of pivoting": [
      [0.64, 1, 0.2],
      [1, 0.1, 0.3],
      [0.2, 0.3, 0.5],
    ],
    "nothing but zeros": [
      [0, 0],
      [0, 0],
    ],
  };
  for (const [name, A] of Object.entries(tables))
    yield [
      name,
      () => {
        const n = A.length;
        const call = (kind, names, o) => attempt(() => factored(d[kind](A, o), names, n, A));
        return [
          call("cholesky", parts.cholesky),
          call("cholesky", parts.cholesky, { check: false }),
          call("lu", parts.lu),
          call("lu", parts.lu, { dtype: "f32" }),
          call("qr", parts.qr),
          call("qr", parts.qr, { pivot: true }),
          call("ldl", parts.ldl, { check: false }),
          call("modifiedCholesky", parts.ldl, { check: false }),
          call("modifiedCholesky", parts.ldl, { check: false, delta: 0.5 }),
          attempt(() => d.solve(A, list(n, 1), { report: true })),
          attempt(() => d.lstsq(A, list(n, 1))),
        ];
      },
    ];
  const nearly = (n, by) =>
    entries(n, n, (i, j) => 1 / (1 + i + j) + (i === j ? 1 : 0) + (i === 1 && j === 0 ? by : 0));
  for (const by of [1e-17, 1.5e-14, 3e-14, 5e-14, 1e-10, 1e-5])
    yield [
      `asymmetric by ${by}`,
      () =>
        [3, 9].flatMap((n) => [
          attempt(() => told(d.cholesky(nearly(n, by)), parts.cholesky)),
          attempt(() => told(d.cholesky(nearly(n, by), { dtype: "f32" }), parts.cholesky)),
          attempt(() => told(d.ldl(nearly(n, by)), parts.ldl)),
          attempt(() => d.eigSym(nearly(n, by))),
          attempt(() => d.solve(nearly(n, by), list(n, 1), { method: "cholesky" })),
        ]),
    ];
  yield [
    "a factor after a failure",
    () =>
      ["cholesky", "lu", "ldl", "qr"].map((kind) =>
        [2, 6].map((n) => {
          const unit = entries(n, n, (i, j) => (i === j ? 2 : 0));
          const bad = entries(n, n, (i, j) => (i === j ? -1 : 0) * (i === 0 ? 0 : 1));
          const f = d[kind](unit);
          const answers = [
            attempt(() => f.refactor(bad).kind),
            attempt(() => f.solve(list(n, 1))),
            attempt(() => f.refactor(unit).solve(list(n, 1), new Float64Array(n))),
          ];
          f.dispose();
          return [
            ...answers,
            attempt(() => f.solve(list(n, 1))),
            attempt(() => f.refactor(unit)),
            attempt(() => f.det),
          ];
        }),
      ),
  ];
}

function mistakes(d) {
  const A = [
    [2, 1],
    [1, 3],
  ];
  const f =
    (call, kind = "lu") =>
    () => {
      const made = d[kind](A);
      try {
        return call(made);
      } finally {
        made.dispose();
      }
    };
  return {
    "no matrix": () => d.lu(3),
    "a null": () => d.lu(null),
    "a sparse one": () => d.lu(d.csrFromDense(A)),
    "no square": () =>
      d.lu([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    "no rows": () => d.cholesky([]),
    "no columns": () => d.qr([[], []]),
    "a wide qr": () => d.qr([[1, 2]]),
    "a hole": () =>
      d.lu([
        [1, undefined],
        [2, 3],
      ]),
    "a NaN": () =>
      d.solve(
        [
          [1, 2],
          [3, NaN],
        ],
        [1, 2],
      ),
    "an infinity": () => d.svd([[Infinity]]),
    "beyond f32": () => d.lu([[1e39]], { dtype: "f32" }),
    "rows of unequal length": () => d.lu([[1, 2], [3]]),
    "a wrong length": () => d.lu({ rows: 2, cols: 2, data: [1, 2, 3] }),
    "rows that are none": () => d.lu({ rows: -1, cols: 2, data: [] }),
    "rows too many": () => d.matrix(1e6, 1e6),
    "rows and data": () =>
      d.matrix({
        rows: 3,
        columns: 2,
        data: [
          [1, 2],
          [3, 4],
        ],
      }),
    "data that are none": () => d.matrix(2, 2, 7),
    "strides that leave": () => d.norm({ shape: [2, 2], stride: [5, 1], offset: 0, data: [1, 2, 3, 4] }),
    "three dimensions": () => d.norm({ shape: [2, 2, 1], stride: [1, 1, 1], offset: 0, data: [1, 2, 3, 4] }),
    dtype: () => d.lu(A, { dtype: "f16" }),
    "an option": () => d.lu(A, { pivot: true }),
    "an option of another": () => d.lstsq(A, [1, 2], { rcond: 1 }),
    "check 1": () => d.cholesky(A, { check: 1 }),
    delta: () => d.modifiedCholesky(A, { delta: 0 }),
    tolerance: () => d.lstsq(A, [1, 2], { tolerance: 2 }),
    method: () => d.solve(A, [1, 2], { method: "svd" }),
    "a short right side": () => d.solve(A, [1]),
    "short right sides": () => d.solve(A, [[1, 2]]),
    "a short right side of a factor": f((x) => x.solve([1])),
    "short right sides of a factor": f((x) => x.solve([[1, 2]])),
    "an out too short": f((x) => x.solve([1, 2], new Float64Array(1))),
    "an out of another shape": f((x) => x.solve(A, d.matrix(1, 2))),
    "another size": f((x) => x.refactor([[1]])),
    "lstsq of a short side": () => d.lstsq(A, [1, 2, 3]),
    "lstsq of short sides": () => d.lstsq(A, [[1, 2]]),
    "the determinant of a tall one": () => told(d.qr([[1], [2]]), ["rank"], (x) => x.det),
    "matmul of shapes": () => d.matmul(A, [[1, 2, 3]]),
    "matmul into another shape": () => d.matmul(A, A, { out: d.matrix(1, 1) }),
    "matmul of a vector turned": () => d.matmul(A, [1, 2], { transposeB: true }),
    "norm of a kind": () => d.norm(A, "two"),
    "norm of no kind": () => d.norm([1], "three"),
    "norm of a NaN": () => d.norm([1, NaN]),
    "dot of lengths": () => d.dot([1], [1, 2]),
    "not symmetric": () =>
      d.cholesky([
        [1, 2],
        [3, 4],
      ]),
    "solve not symmetric": () =>
      d.solve(
        [
          [1, 2],
          [3, 4],
        ],
        [1, 2],
        { method: "cholesky" },
      ),
    "not definite": () =>
      d.cholesky([
        [1, 2],
        [2, 1],
      ]),
    "solve not definite": () =>
      d.solve(
        [
          [1, 2],
          [2, 1],
        ],
        [1, 2],
        { method: "cholesky" },
      ),
    singular: () =>
      d.lu([
        [1, 2],
        [2, 4],
      ]),
    "no degree": () => d.polyfit([1], [1]),
    "a negative weight": () => d.polyfit([1], [1], 0, { weights: [-1] }),
    "no points": () => d.polyfit([], [], 0),
    "inverse of a singular one": () =>
      d.inverse([
        [1, 2],
        [2, 4],
      ]),
    "out of range": () => d.solve([[1e-300]], [1e300]),
  };
}

/** What stands between two answers: a condition, a rank, a residual on each side of what decides. */
function* edges(d) {
  const EPS = 2 ** -52;
  for (const by of [2e-12, 3e-12, 6e-12, 9e-12])
    yield [
      `warned of ${by}`,
      () =>
        ["cholesky", "lu", "qr"].map((method) =>
          d.solve(
            [
              [1, 1],
              [1, 1 + by],
            ],
            [1, 2],
            { method, report: true },
          ),
        ),
    ];
  yield [
    "ranks without a tolerance",
    () =>
      [1, 2, 3, 4, 5, 6, 8, 12, 20].flatMap((k) =>
        [2, 3, 5].flatMap((m) => {
          const A = entries(m, 2, (i, j) => 1 + (j === 1 && i === 0 ? k * EPS : 0));
          return [0, EPS].map((tolerance) => d.lstsq(A, list(m, 1), { tolerance }));
        }),
      ),
  ];
  const x = Array.from({ length: 9 }, (_, i) => i - 4);
  yield [
    "polyfit farther and farther",
    () =>
      [5, 10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320].flatMap((far) =>
        [2, 3, 4].map((degree) =>
          d.polyfit(
            x.map((v) => v + far),
            x.map((v) => 1 / (5 + v)),
            degree,
          ),
        ),
      ),
  ];
  for (const small of [1e-80, 1e-95, 1e-139, 1e-141, 1e-143, 1e-160])
    yield [
      `svd beside ${small}`,
      () => {
        const A = entries(4, 4, (i, j) =>
          i === j ? [1, 0.5, small, small / 3][i] : i === 3 && j === 2 ? small : 0,
        );
        return [d.svd(A), d.nullSpace(A, { tolerance: 0 })];
      },
    ];
}

export function* cases(d) {
  yield* factors(d);
  yield* edges(d);
  yield* spectra(d);
  yield* systems(d);
  yield* products(d);
  yield* polynomials(d);
  yield* degenerate(d);
  yield* wrong(mistakes(d));
}
