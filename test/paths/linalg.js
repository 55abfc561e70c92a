// Dense factorisations, systems, least squares, spectra, products; sizes on both sides of every block size.
import { entries, filled, list, symmetric, told } from "./numbers.js";
import { attempt } from "./several.js";

/** Below and above what is written out (4), the plain ways (15, 16), panels (64) and blocks (128). */
export const sizes = {
  "1-4": [1, 2, 3, 4],
  "5-9": [5, 6, 7, 8, 9],
  "10-14": [10, 11, 12, 13, 14],
  "15-20": [15, 16, 17, 18, 19, 20],
  "31-33": [31, 32, 33],
  "63-66": [63, 64, 65, 66],
  "127-130": [127, 128, 129, 130],
  "140 alone": [140],
};
export const dtypes = ["f64", "f32"];

export const parts = {
  cholesky: ["L", "det", "logDet", "rcond", "precision"],
  lu: ["L", "U", "perm", "det", "logDet", "rcond"],
  qr: ["Q", "R", "perm", "rank", "det", "logDet", "rcond"],
  ldl: ["L", "D", "perm", "inertia", "modified", "det", "logDet", "rcond"],
};

/** All that a factor gives: one right side, three, five, and the same of another matrix. */
export function factored(f, names, n, other, columns = [3, 5]) {
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
  yield* products(d);
  yield* polynomials(d);
}
