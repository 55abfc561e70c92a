// Sparse matrices and their factorisations: patterns that fill in, merge, need pivots, regularisation or refinement.
import { grid, triplets } from "./iterative-systems.js";
import { draws, entries, filled, list, told, wrong } from "./numbers.js";
import { attempt } from "./several.js";

/** The diagonal, the first row and column: it fills in from this end. */
function arrow(d, n, head = n) {
  const all = [[0, 0, head]];
  for (let i = 1; i < n; i++) all.push([i, i, 2 + (i % 3)], [0, i, 1], [i, 0, 1]);
  return triplets(d, n, n, all);
}

function scattered(d, n, each, seed, lift) {
  const next = draws(seed);
  const all = [];
  for (let i = 0; i < n; i++) {
    all.push([i, i, lift + next()]);
    for (let k = 0; k < each; k++) all.push([i, Math.floor(((next() + 1) / 2) * n) % n, next()]);
  }
  return triplets(d, n, n, all);
}

function mirrored(d, n, each, seed, lift) {
  const next = draws(seed);
  const all = [];
  for (let i = 0; i < n; i++) {
    all.push([i, i, lift + next()]);
    for (let k = 0; k < each; k++) {
      const j = Math.floor(((next() + 1) / 2) * n) % n;
      const v = next();
      if (j !== i) all.push([i, j, v], [j, i, v]);
    }
  }
  return triplets(d, n, n, all);
}

/** [H A'; A 0] with signs: what interior points factor. */
function saddle(d, n, m, last) {
  const next = draws(n + m);
  const all = [];
  for (let i = 0; i < n; i++) all.push([i, i, 2 + next()]);
  for (let k = 0; k < m; k++) {
    all.push([n + k, n + k, last]);
    for (let c = 0; c < 3; c++) {
      const j = (k * 5 + c * 3) % n;
      const v = 1 + next();
      all.push([n + k, j, v], [j, n + k, v]);
    }
  }
  return triplets(d, n + m, n + m, all);
}

const symmetricParts = ["stored", "perm", "L", "D", "inertia", "regularized", "logDet"];
const luParts = ["stored", "perm", "order", "scales", "L", "U", "logDet", "sign", "rcond"];
const solved = (n) => (f) => [attempt(() => f.solve(list(n, 5))), attempt(() => f.solve(filled(n, 2, 6)))];

function* symmetric(d) {
  const patterns = {
    "one by one": () => triplets(d, 1, 1, [[0, 0, 3]]),
    "a diagonal": () =>
      triplets(
        d,
        6,
        6,
        [0, 1, 2, 3, 4, 5].map((i) => [i, i, 1 + i]),
      ),
    tridiagonal: () =>
      triplets(
        d,
        30,
        30,
        Array.from({ length: 30 }, (_, i) => [
          [i, i, 2.5],
          ...(i > 0
            ? [
                [i, i - 1, -1],
                [i - 1, i, -1],
              ]
            : []),
        ]).flat(),
      ),
    "grid 3": () => grid(d, 3),
    "grid 7": () => grid(d, 7),
    "grid 16": () => grid(d, 16),
    "grid 24": () => grid(d, 24),
    "arrow 12": () => arrow(d, 12),
    "arrow 90": () => arrow(d, 90),
    "mirrored 25": () => mirrored(d, 25, 2, 1, 9),
    "mirrored 90": () => mirrored(d, 90, 3, 2, 15),
    "full 9": () => d.csrFromDense(entries(9, 9, (i, j) => 1 / (1 + i + j) + (i === j ? 1 : 0))),
    "full 70": () => d.csrFromDense(entries(70, 70, (i, j) => 1 / (1 + i + j) + (i === j ? 1 : 0))),
    "full 139": () => d.csrFromDense(entries(139, 139, (i, j) => 1 / (1 + i + j) + (i === j ? 2 : 0))),
    "two parts": () =>
      triplets(
        d,
        8,
        8,
        [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [
          [i, i, 3],
          [i, i ^ 2, 1],
        ]),
      ),
  };
  for (const [name, of] of Object.entries(patterns))
    for (const kind of ["sparseCholesky", "sparseLdl"])
      yield [
        `${kind} ${name}`,
        () => {
          const A = of();
          return told(d[kind](A), symmetricParts, solved(A.rows));
        },
      ];
  const A = grid(d, 5);
  const order = Array.from({ length: 25 }, (_, i) => (i * 7) % 25);
  yield [
    "a given order",
    () =>
      ["sparseCholesky", "sparseLdl"].map((kind) => told(d[kind](A, { order }), symmetricParts, solved(25))),
  ];
  yield [
    "only the lower triangle",
    () => {
      const low = triplets(d, 3, 3, [
        [0, 0, 4],
        [1, 0, 1],
        [1, 1, 5],
        [2, 1, 2],
        [2, 2, 6],
      ]);
      return ["sparseCholesky", "sparseLdl"].map((kind) =>
        told(d[kind](low, { check: false }), symmetricParts, solved(3)),
      );
    },
  ];
  for (const shift of [0.5, 2, 3.9, 4, 4.1, 8])
    yield [
      `grid less ${shift}`,
      () => [
        attempt(() => told(d.sparseCholesky(grid(d, 5, shift)), symmetricParts, solved(25))),
        attempt(() => told(d.sparseLdl(grid(d, 5, shift)), symmetricParts, solved(25))),
      ],
    ];
  for (const last of [0, -1e-12, -1e-6, -1, 1])
    for (const regularization of [undefined, 0, 1e-12, 1e-3])
      yield [
        `saddle ${last}, regularised ${regularization}`,
        () => {
          const signs = Array.from({ length: 18 }, (_, i) => (i < 12 ? 1 : -1));
          return [signs, signs.map(() => 0), undefined].map((given) =>
            attempt(() =>
              told(
                d.sparseLdl(saddle(d, 12, 6, last), { signs: given, regularization }),
                symmetricParts,
                solved(18),
              ),
            ),
          );
        },
      ];
  for (const scale of [1e-300, 1e-12, 1e12, 1e300])
    yield [
      `symmetric at ${scale}`,
      () => {
        const B = grid(d, 4);
        const C = d.csr({
          rows: 16,
          cols: 16,
          rowPtr: B.rowPtr,
          colIdx: B.colIdx,
          values: B.values.map((v) => v * scale),
        });
        return ["sparseCholesky", "sparseLdl", "sparseLu"].map((kind) =>
          attempt(() => told(d[kind](C), kind === "sparseLu" ? luParts : symmetricParts, solved(16))),
        );
      },
    ];
  yield [
    "singular",
    () =>
      [0, 1e-17, 1e-15].flatMap((by) => {
        const B = triplets(d, 3, 3, [
          [0, 0, 1],
          [0, 1, 1],
          [1, 0, 1],
          [1, 1, 1 + by],
          [2, 2, 1],
        ]);
        return ["sparseCholesky", "sparseLdl", "sparseLu"].map((kind) =>
          attempt(() => told(d[kind](B), kind === "sparseLu" ? luParts : symmetricParts, solved(3))),
        );
      }),
  ];
  yield [
    "pivots that small ones spoil",
    () =>
      [1e-4, 1e-9, 1e-14, 1e-18].map((by) => {
        const B = triplets(d, 3, 3, [
          [0, 0, by],
          [0, 1, 1],
          [1, 0, 1],
          [1, 1, 1],
          [1, 2, 2],
          [2, 1, 2],
          [2, 2, 3],
        ]);
        return [0, 1e-8].map((regularization) =>
          attempt(() =>
            told(d.sparseLdl(B, { regularization, order: [0, 1, 2] }), symmetricParts, solved(3)),
          ),
        );
      }),
  ];
  yield [
    "refactored",
    () => {
      const f = d.sparseCholesky(A);
      const twice = { ...A, values: A.values.map((v) => 2 * v) };
      const less = { ...A, values: A.values.map((v) => -v) };
      const answers = [
        f.refactor(twice).solve(list(25, 1)),
        attempt(() => f.refactor(less)),
        attempt(() => f.solve(list(25, 1))),
        f.refactor(A).logDet,
        attempt(() => f.refactor(grid(d, 4))),
      ];
      f.dispose();
      return [...answers, attempt(() => f.solve(list(25, 1))), attempt(() => f.refactor(A))];
    },
  ];
}

function* general(d) {
  const patterns = {
    "one by one": () => triplets(d, 1, 1, [[0, 0, -3]]),
    "two by two": () =>
      triplets(d, 2, 2, [
        [0, 1, 2],
        [1, 0, 3],
      ]),
    turned: () =>
      triplets(
        d,
        7,
        7,
        [0, 1, 2, 3, 4, 5, 6].map((i) => [i, (i + 1) % 7, i - 3.5]),
      ),
    "grid 6": () => grid(d, 6, 0.3, 0.25),
    "grid 14": () => grid(d, 14, 0, 0.5),
    "arrow 40": () => arrow(d, 40),
    "arrow 150": () => arrow(d, 150),
    "scattered 12": () => scattered(d, 12, 2, 1, 0),
    "scattered 60": () => scattered(d, 60, 3, 2, 0),
    "scattered 200": () => scattered(d, 200, 4, 3, 0.5),
    "full 20": () => d.csrFromDense(filled(20, 20, 3)),
    ties: () => d.csrFromDense(entries(8, 8, (i, j) => ((i * j) % 3) - 1 + (i === j ? 1 : 0))),
    graded: () =>
      d.csrFromDense(entries(9, 9, (i, j) => (i === j ? 2 : 1) / ((1 + i * i * i * i) * (1 + j * j * j)))),
  };
  for (const [name, of] of Object.entries(patterns))
    for (const ordering of ["colamd", "natural"])
      yield [
        `sparseLu ${name} ${ordering}`,
        () =>
          [1, 0.1].map((threshold) => {
            const A = of();
            return attempt(() => told(d.sparseLu(A, { ordering, threshold }), luParts, solved(A.rows)));
          }),
      ];
  yield [
    "sparseLu threshold",
    () =>
      [1e-6, 0.3, 0.5, 0.999].map((threshold) =>
        told(d.sparseLu(scattered(d, 30, 3, 4, 0.2), { threshold }), luParts),
      ),
  ];
  for (const small of [1e-2, 1e-11, 6e-12, 3e-12, 2e-12, 1e-12, 5e-13, 1e-15, 2e-16, 1e-16, 0])
    yield [
      `solve sparse, nearly singular ${small}`,
      () => {
        const A = triplets(d, 3, 3, [
          [0, 0, 1],
          [0, 1, 1],
          [1, 0, 1],
          [1, 1, 1 + small],
          [2, 2, 1],
        ]);
        return d.solve(A, [1, 2, 3], { report: true });
      },
    ];
  yield [
    "solve sparse",
    () => [
      d.solve(grid(d, 4), list(16, 1)),
      d.solve(grid(d, 4), filled(16, 3, 1)),
      d.solve(grid(d, 4), filled(16, 3, 1), { report: true, method: "auto" }),
    ],
  ];
  yield [
    "sparseLu refactored",
    () => {
      const f = d.sparseLu(grid(d, 4));
      const answers = [
        f.refactor(scattered(d, 16, 4, 6, 2)).solve(list(16, 1)),
        attempt(() => f.refactor(triplets(d, 16, 16, [[0, 0, 1]]))),
        attempt(() => f.solve(list(16, 1))),
        f.refactor(grid(d, 4, 1)).logDet,
      ];
      f.dispose();
      return [...answers, attempt(() => f.solve(list(16, 1))), attempt(() => f.rcond)];
    },
  ];
}

/** Rows that the order of columns leaves out, estimates that take several turns, refinements that take many. */
function* edges(d) {
  for (const long of [110, 121, 123, 128, 134, 136])
    yield [
      `a row of ${long} of 150`,
      () => {
        const all = [];
        for (let i = 0; i < 150; i++) all.push([i, i, 3], [i, (i * 7 + 1) % 150, 1]);
        for (let j = 0; j < long; j++) all.push([70, j, 0.25]);
        return told(d.sparseLu(triplets(d, 150, 150, all)), ["stored", "order", "rcond"]);
      },
    ];
  yield [
    "conditions",
    () =>
      Array.from({ length: 60 }, (_, k) =>
        told(d.sparseLu(scattered(d, 5 + (k % 23), 2, k, 0.3)), ["rcond"]),
      ),
  ];
  for (const regularization of [0.01, 0.05, 0.1, 0.2, 0.4, 0.8])
    yield [
      `refined at ${regularization}`,
      () =>
        [0, 0.5, 1].map((last) => {
          const signs = Array.from({ length: 18 }, (_, i) => (i < 12 ? 1 : -1));
          return attempt(() =>
            told(
              d.sparseLdl(saddle(d, 12, 6, last), { signs: signs.map((v) => -v), regularization }),
              symmetricParts,
              solved(18),
            ),
          );
        }),
    ];
}

/** Systems whose refinement is at work when its steps are used up, and estimates of conditions that take three turns. */
function* limits(d) {
  for (const a of [0.1, 0.3, 0.5, 0.6, 0.9])
    yield [
      `refined to the last step, ${a}`,
      () =>
        [0.2, 0.5, 1].map((regularization) =>
          attempt(() => {
            const f = d.sparseLdl(
              d.csrFromDense([
                [0, 1],
                [1, a],
              ]),
              { regularization },
            );
            try {
              return f.solve([1, 2]);
            } finally {
              f.dispose();
            }
          }),
        ),
    ];
  yield [
    "estimates of three turns",
    () =>
      [
        [1273, 6],
        [26938, 11],
      ].map(([k, n]) => {
        const next = draws(k * 7 + 1);
        const heavy = () => {
          const v = next();
          return k % 3 === 0 ? v * v * v : v > 0.3 ? v : 0;
        };
        const A = entries(n, n, (i, j) => heavy() + (i === j ? (k % 5) * 0.3 : 0));
        return told(d.sparseLu(d.csrFromDense(A)), ["rcond"]);
      }),
  ];
}

function* matrices(d) {
  const t = {
    rows: 3,
    cols: 4,
    row: [2, 0, 0, 2, 0, 2],
    col: [3, 1, 0, 3, 1, 0],
    value: [1, 2, 3, 4, -2, 6],
  };
  yield ["triplets that meet", () => d.csrFromTriplets(t)];
  yield ["triplets of none", () => d.csrFromTriplets({ rows: 0, cols: 0, row: [], col: [], value: [] })];
  yield [
    "from dense",
    () => [
      d.csrFromDense([
        [0, 1],
        [0, 0],
        [2, 3],
      ]),
      d.csrFromDense([]),
    ],
  ];
  yield [
    "products",
    () => {
      const A = d.csrFromTriplets(t);
      return [
        A.multiply(list(4, 1)),
        A.multiplyTransposed(list(3, 1)),
        A.toDense(),
        A.nnz,
        A.multiply([1, 2, 3, 4], new Float64Array(3)),
        A.multiplyTransposed([1, 2, 3], new Float64Array(4).fill(9)),
      ];
    },
  ];
}

function mistakes(d) {
  const good = { rows: 2, cols: 2, rowPtr: [0, 1, 2], colIdx: [0, 1], values: [1, 2] };
  const A = d.csr(good);
  const full = [
    [1, 2],
    [3, 4],
  ];
  return {
    "an array": () => d.csr([[1]]),
    "an unknown part": () => d.csr({ ...good, data: 1 }),
    rows: () => d.csr({ ...good, rows: 1.5 }),
    "columns too many": () => d.csr({ ...good, cols: 2 ** 28 }),
    "rowPtr too short": () => d.csr({ ...good, rowPtr: [0, 2] }),
    "rowPtr that falls": () => d.csr({ ...good, rowPtr: [0, 2, 1] }),
    "rowPtr that begins at 1": () => d.csr({ ...good, rowPtr: [1, 1, 2] }),
    "rowPtr that ends early": () => d.csr({ ...good, rowPtr: [0, 1, 1] }),
    "a column out of range": () => d.csr({ ...good, colIdx: [0, 2] }),
    "a column where there is none": () =>
      d.csr({ rows: 1, cols: 0, rowPtr: [0, 1], colIdx: [0], values: [1] }),
    "columns that fall": () => d.csr({ rows: 1, cols: 2, rowPtr: [0, 2], colIdx: [1, 0], values: [1, 2] }),
    "columns twice": () => d.csr({ rows: 1, cols: 2, rowPtr: [0, 2], colIdx: [1, 1], values: [1, 2] }),
    "a NaN": () => d.csr({ ...good, values: [1, NaN] }),
    "a row of a triplet": () => d.csrFromTriplets({ rows: 1, cols: 1, row: [1], col: [0], value: [1] }),
    "a value of a triplet": () => d.csrFromTriplets({ rows: 1, cols: 1, row: [0], col: [0], value: ["1"] }),
    "x of a product": () => A.multiply([1]),
    "out that is x": () => A.multiply(full[0], full[0]),
    "out of a product": () => A.multiply([1, 2], new Float64Array(3)),
    "dense where sparse": () => d.sparseLu(full),
    "no square": () => d.sparseLu(d.csrFromDense([[1, 2]])),
    "no rows": () => d.sparseCholesky(d.csrFromDense([])),
    "no square, symmetric": () => d.sparseLdl(d.csrFromDense([[1, 2]])),
    "not symmetric": () => d.sparseCholesky(d.csrFromDense(full)),
    "not definite": () =>
      d.sparseCholesky(
        d.csrFromDense([
          [1, 2],
          [2, 1],
        ]),
      ),
    ordering: () => d.sparseLu(A, { ordering: "rcm" }),
    threshold: () => d.sparseLu(A, { threshold: 0 }),
    signs: () => d.sparseLdl(A, { signs: [1, 2] }),
    "signs too few": () => d.sparseLdl(A, { signs: [1] }),
    order: () => d.sparseLdl(A, { order: [0, 0] }),
    regularization: () => d.sparseLdl(A, { regularization: -1 }),
    "an option of the other": () => d.sparseCholesky(A, { signs: [1, 1] }),
    "solve by a method": () => d.solve(A, [1, 2], { method: "lu" }),
    "solve in f32": () => d.solve(A, [1, 2], { dtype: "f32" }),
    "solve of a singular one": () =>
      d.solve(
        d.csrFromDense([
          [1, 2],
          [2, 4],
        ]),
        [1, 2],
      ),
    "a short right side": () => d.solve(A, [1]),
    "short right sides": () => told(d.sparseLdl(A), [], (f) => f.solve([[1, 2]])),
    "a NaN changed in": () => told(d.sparseLdl(A), [], (f) => f.refactor({ ...A, values: [NaN, 1] })),
  };
}

export function* cases(d) {
  yield* symmetric(d);
  yield* general(d);
  yield* edges(d);
  yield* limits(d);
  yield* matrices(d);
  yield* wrong(mistakes(d));
}
