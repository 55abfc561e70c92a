// Systems of equations by every method and option, and matrices on which methods give up or turn to another.
import { dtypes, factored, parts, sizes } from "./linalg.js";
import { entries, filled, list, symmetric, told } from "./numbers.js";
import { attempt } from "./several.js";

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

export function* cases(d) {
  yield* systems(d);
  yield* degenerate(d);
}
