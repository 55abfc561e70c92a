// Every iterative solver by every kind of matrix, preconditioner and option; ends of each kind.
import { attempt, draws, entries, list, symmetric, wrong } from "./numbers.js";

const triplets = (d, rows, cols, all) =>
  d.csrFromTriplets({
    rows,
    cols,
    row: all.map(([i]) => i),
    col: all.map(([, j]) => j),
    value: all.map(([, , v]) => v),
  });

function grid(d, m, shift = 0, skew = 0) {
  const all = [];
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      const k = i * m + j;
      all.push([k, k, 4 - shift]);
      if (j + 1 < m) all.push([k, k + 1, -1 + skew], [k + 1, k, -1 - skew]);
      if (i + 1 < m) all.push([k, k + m, -1 + skew], [k + m, k, -1 - skew]);
    }
  return triplets(d, m * m, m * m, all);
}

const dominant = (n, seed) => entries(n, n, (i, j) => list(n * n, seed)[i * n + j] + (i === j ? n / 2 : 0));
const turned = (A) => ({
  rows: A.rows,
  cols: A.cols,
  multiply: A.multiply,
  multiplyTransposed: A.multiplyTransposed,
});
const product = (A) => (x, out) => void A.multiply(x, out);
const square = ["jacobi", "gaussSeidel", "cg", "minres", "gmres", "bicgstab"];

/** The lines of these hold how the run ended; what each says is hashed with it, and its report. */
function reported(run) {
  const r = run();
  return {
    status: r.status,
    reason: r.reason,
    nit: r.nit,
    nfev: r.nfev,
    r,
    text: [r.message, r.report().replace(/[\d.e-]+ ms/g, "")],
  };
}

function* solvers(d) {
  const systems = {
    "1 x 1": () => entries(1, 1, () => 4),
    "definite 6": () => symmetric(6, 2, 7),
    "definite 21": () => symmetric(21, 3, 12),
    "indefinite 9": () => symmetric(9, 4, 0.5),
    "negative 5": () => entries(5, 5, (i, j) => (i === j ? -7 : 1)),
    "dominant 14": () => dominant(14, 5),
    "grid 5": () => grid(d, 5),
    "grid 12": () => grid(d, 12),
    "skew grid 6": () => grid(d, 6, 0, 0.5),
    "shifted grid 5": () => grid(d, 5, 3.7),
    unit: () => entries(4, 4, (i, j) => (i === j ? 1 : 0)),
    singular: () =>
      entries(5, 5, (i, j) => (i === j ? 1 - (i === 4 ? 1 : 0) + 1 : 0) - (i === 4 || j === 4 ? 0.25 : 0)),
    "free ends": () =>
      triplets(
        d,
        6,
        6,
        [0, 1, 2, 3, 4].flatMap((i) => [
          [i, i, 1],
          [i + 1, i + 1, 1],
          [i, i + 1, -1],
          [i + 1, i, -1],
        ]),
      ),
    turn: () => entries(5, 5, (i, j) => ((j - i + 5) % 5 === 1 ? 1 : i === j ? 1e-9 : 0)),
    graded: () => entries(10, 10, (i, j) => (i === j ? 1 + i * i * i * 1000 : 1 / (1 + i + j))),
  };
  for (const [name, of] of Object.entries(systems))
    for (const method of square)
      yield [
        `${method} ${name}`,
        () => {
          const A = of();
          return reported(() => d[method](A, list(A.rows, 7), { maxIterations: 250 }));
        },
      ];
  const preconditioned = {
    cg: ["none", "jacobi", "ssor", "ic0"],
    minres: ["none", "jacobi"],
    gmres: ["none", "jacobi"],
    bicgstab: ["none", "jacobi"],
  };
  const some = ["definite 21", "grid 12", "graded", "negative 5", "dominant 14"];
  for (const [method, names] of Object.entries(preconditioned))
    for (const preconditioner of names)
      for (const name of some)
        yield [
          `${method} ${preconditioner} ${name}`,
          () => {
            const A = systems[name]();
            const o = {
              preconditioner,
              maxIterations: 250,
              ...(method === "cg" || method === "minres" ? { check: name !== "dominant 14" } : {}),
            };
            return d[method](A, list(A.rows, 8), o);
          },
        ];
  for (const omega of [0.3, 0.9, 1.3, 1.9, 1.9999999999999998])
    for (const A of [grid(d, 6), symmetric(9, 3, 9)]) {
      const kind = A.rowPtr ? "sparse" : "dense";
      yield [`jacobi omega ${omega} ${kind}`, () => d.jacobi(A, list(A.rows, 1), { omega })];
      yield [
        `jacobi of a function omega ${omega} ${kind}`,
        () => {
          const B = A.rowPtr ? A : d.csrFromDense(A);
          return d.jacobi(product(B), list(A.rows, 1), {
            omega,
            diagonal: Array.from({ length: A.rows }, (_, i) => B.toDense().data[i * A.rows + i]),
          });
        },
      ];
      for (const both of [false, true])
        yield [
          `gaussSeidel omega ${omega} ${kind}, symmetric ${both}`,
          () => d.gaussSeidel(A, list(A.rows, 1), { omega, symmetric: both }),
        ];
      yield [
        `cg ssor omega ${omega} ${kind}`,
        () => d.cg(A, list(A.rows, 1), { omega, preconditioner: "ssor" }),
      ];
    }
  for (const restart of [1, 2, 5, 25, 100])
    for (const [name, of] of [
      ["skew grid 6", () => grid(d, 6, 0, 0.5)],
      ["turn", systems.turn],
      ["dominant 14", systems["dominant 14"]],
    ])
      yield [
        `gmres restart ${restart} ${name}`,
        () => {
          const A = of();
          return d.gmres(A, list(A.rows, 2), { restart, maxIterations: 300 });
        },
      ];
}

function* least(d) {
  const shapes = {
    tall: () => entries(9, 4, (i, j) => 1 / (1 + i + j)),
    wide: () => entries(4, 9, (i, j) => (i === j ? 3 : 1 / (2 + i + j))),
    square: () => dominant(7, 4),
    "of rank 1": () => entries(6, 3, (i, j) => (i + 1) * (j + 1)),
    "column of zeros": () => entries(6, 3, (i, j) => (j === 1 ? 0 : i + j * j + 1)),
    sparse: () => grid(d, 6, 0, 0.25),
    unit: () => entries(3, 3, (i, j) => (i === j ? 1 : 0)),
    "one by one": () => entries(1, 1, () => 3),
    scaled: () => entries(12, 5, (i, j) => [1, 1e3, 1e-3, 1e6, 1e-6][j] * list(60, 9)[i * 5 + j]),
  };
  for (const [name, of] of Object.entries(shapes))
    for (const method of ["lsqr", "lsmr"])
      for (const damp of [0, 1e-3, 2])
        yield [
          `${method} ${name}, damped ${damp}`,
          () => {
            const A = of();
            return reported(() => d[method](A, list(A.rows, 6), { damp, maxIterations: 200 }));
          },
        ];
  for (const method of ["lsqr", "lsmr"]) {
    const A = grid(d, 5);
    const tall = entries(8, 3, (i, j) => (j === 0 ? 1 : j === 1 ? i : i * i));
    yield [`${method} of a map`, () => d[method](turned(A), list(25, 1))];
    yield [
      `${method} from a start`,
      () => [
        d[method](A, list(25, 1), { x0: list(25, 2) }),
        d[method](A, list(25, 1), { x0: list(25, 2), damp: 0.5 }),
      ],
    ];
    yield [`${method} orthogonal right side`, () => d[method]([[1], [1]], [1, -1])];
    yield [`${method} b in the range`, () => d[method](tall, [1, 2, 3, 4, 5, 6, 7, 8])];
    for (const tolerance of [0, 1e-300, 1e-16, 1e-4, 1])
      yield [
        `${method} tolerance ${tolerance}`,
        () => [
          reported(() => d[method](tall, list(8, 3), { tolerance })),
          reported(() => d[method](A, list(25, 3), { tolerance })),
        ],
      ];
    for (const scale of [1e-300, 1e-120, 1e-12, 1e12, 1e120, 1e300])
      yield [
        `${method} b at ${scale}`,
        () =>
          d[method](
            tall,
            list(8, 3).map((v) => v * scale),
          ),
      ];
    yield [
      `${method} A at scales`,
      () =>
        [1e-160, 1e-12, 1e12, 1e160].map((s) =>
          d[method](
            entries(8, 3, (i, j) => s * tall.data[i * 3 + j]),
            list(8, 3),
          ),
        ),
    ];
    yield [
      `${method} resumed`,
      () => resumed(d, method === "lsqr" ? d.iterateLsqr : d.iterateLsmr, A, list(25, 4), 6),
    ];
  }
}

/** n steps, the state, and the rest from it. */
function resumed(_d, iterate, A, b, n, o = {}) {
  const first = iterate(A, b, o);
  const seen = [];
  for (let i = 0; i < n; i++) {
    const { value, done } = first.next();
    if (!done) seen.push({ ...value });
  }
  const state = first.state();
  first.return();
  const rest = iterate(A, b, { ...o, resume: state });
  for (const it of rest) seen.push({ ...it });
  const r = rest.result;
  return {
    status: r.status,
    reason: r.reason,
    nit: r.nit,
    nfev: r.nfev,
    first: first.result,
    r,
    seen,
    state,
  };
}

function* options(d) {
  const A = grid(d, 6);
  const b = list(36, 3);
  const name = (m) => `iterate${m[0].toUpperCase()}${m.slice(1)}`;
  for (const method of square) {
    for (const tolerance of [0, 1e-16, 1e-13, 1e-3, 1])
      yield [
        `${method} tolerance ${tolerance}`,
        () => reported(() => d[method](A, b, { tolerance, maxIterations: 400 })),
      ];
    yield [
      `${method} maxIterations`,
      () => [1, 2, 7].map((maxIterations) => reported(() => d[method](A, b, { maxIterations }))),
    ];
    yield [
      `${method} maxEvaluations`,
      () => [1, 2, 3, 8].map((maxEvaluations) => reported(() => d[method](A, b, { maxEvaluations }))),
    ];
    yield [`${method} without a limit`, () => d[method](grid(d, 4, 0.1), list(16, 1), { tolerance: 1e-30 })];
    yield [`${method} from a start`, () => d[method](A, b, { x0: list(36, 9) })];
    yield [
      `${method} from the solution`,
      () =>
        reported(() =>
          d[method](
            entries(3, 3, (i, j) => (i === j ? 2 : 0)),
            [2, 4, 6],
            { x0: [1, 2, 3] },
          ),
        ),
    ];
    yield [`${method} of nothing`, () => reported(() => d[method](A, new Float64Array(36)))];
    yield [
      `${method} b at scales`,
      () =>
        [1e-300, 1e-101, 1e-12, 1e12, 1e101, 1e300].map((s) =>
          d[method](
            A,
            b.map((v) => v * s),
          ),
        ),
    ];
    yield [
      `${method} A at scales`,
      () =>
        [1e-200, 1e-150, 1e-12, 1e12, 1e150, 1e200].map((s) =>
          attempt(() => d[method]({ ...A, values: A.values.map((v) => v * s) }, b, { maxIterations: 60 })),
        ),
    ];
    yield [
      `${method} watched`,
      () => {
        const seen = [];
        return [
          d[method](A, b, { onIteration: (it) => (seen.push({ ...it }), it.nit >= 5 ? "stop" : undefined) }),
          seen,
        ];
      },
    ];
    yield [`${method} resumed`, () => resumed(d, d[name(method)], A, b, 5)];
    yield [
      `${method} resumed at the last step`,
      () => {
        const it = d[name(method)](A, b);
        let state = it.state();
        while (!it.next().done) state = attempt(() => it.state());
        it.return();
        const rest = d[name(method)](A, b, { resume: state });
        for (const _ of rest);
        return [it.result, rest.result, state];
      },
    ];
    yield [
      `${method} resumed elsewhere`,
      () => {
        const it = d[name(method)](A, b);
        it.next();
        const state = it.state();
        it.return();
        return d[name(method)](grid(d, 5), list(25, 1), { resume: state });
      },
    ];
    if (method === "gaussSeidel") continue;
    const own = method === "jacobi" ? { diagonal: new Float64Array(36).fill(4) } : {};
    yield [`${method} of a function`, () => reported(() => d[method](product(A), b, own))];
    yield [`${method} of a function that stays silent`, () => reported(() => d[method](() => {}, b, own))];
    yield [
      `${method} of a function that returns`,
      () => d[method]((x) => Array.from(x, (v) => 2 * v), b, own),
    ];
    yield [
      `${method} of NaN`,
      () => reported(() => d[method]((x, out) => out.fill(x[0] === 0 ? 0 : NaN), b, own)),
    ];
    yield [
      `${method} of growth`,
      () =>
        reported(() =>
          d[method](
            (x, out) => {
              for (let i = 0; i < 36; i++) out[i] = 1e200 * x[(i + 1) % 36];
            },
            b,
            { ...own, maxIterations: 50 },
          ),
        ),
    ];
    if (method === "jacobi") continue;
    const halves = (r, z) => {
      for (let i = 0; i < r.length; i++) z[i] = r[i] / (4 + (i % 3));
    };
    yield [
      `${method} by a preconditioner of one's own`,
      () => reported(() => d[method](A, b, { preconditioner: halves })),
    ];
    yield [
      `${method} of a function, preconditioned`,
      () => [
        d[method](product(A), b, { preconditioner: "jacobi", diagonal: new Float64Array(36).fill(4) }),
        d[method](product(A), b, { preconditioner: halves }),
      ],
    ];
    yield [
      `${method} by a negative preconditioner`,
      () =>
        reported(() =>
          d[method](A, b, {
            preconditioner: (r, z) => {
              for (let i = 0; i < r.length; i++) z[i] = -r[i];
            },
          }),
        ),
    ];
    yield [
      `${method} by an indefinite preconditioner`,
      () =>
        reported(() =>
          d[method](A, b, {
            maxIterations: 80,
            preconditioner: (r, z) => {
              for (let i = 0; i < r.length; i++) z[i] = (i % 2 ? -1 : 1) * r[i];
            },
          }),
        ),
    ];
    yield [
      `${method} by a silent preconditioner`,
      () => reported(() => d[method](A, b, { preconditioner: () => {} })),
    ];
    yield [
      `${method} by a NaN`,
      () => reported(() => d[method](A, b, { preconditioner: (_r, z) => z.fill(NaN) })),
    ];
    yield [
      `${method} resumed, preconditioned`,
      () => resumed(d, d[name(method)], A, b, 4, { preconditioner: halves }),
    ];
  }
  for (const preconditioner of ["jacobi", "ssor", "ic0"])
    yield [`cg resumed by ${preconditioner}`, () => resumed(d, d.iterateCg, A, b, 4, { preconditioner })];
  yield ["gmres resumed in a later cycle", () => resumed(d, d.iterateGmres, A, b, 11, { restart: 4 })];
}

/** Systems that decide between the ends: broken recurrences, claims that the residual denies, noise. */
function* ends(d) {
  const hilbert = (n) => entries(n, n, (i, j) => 1 / (i + j + 1));
  for (const method of ["cg", "minres", "gmres", "bicgstab", "lsqr", "lsmr"])
    for (const n of [6, 12])
      for (const tolerance of [1e-8, 1e-15])
        yield [
          `${method} Hilbert ${n} to ${tolerance}`,
          () => reported(() => d[method](hilbert(n), list(n, 2), { tolerance, maxIterations: 400 })),
        ];
  const noisy = (A, by) => {
    const next = draws(5);
    return (x, out) => {
      A.multiply(x, out);
      for (let i = 0; i < out.length; i++) out[i] += by * next();
    };
  };
  for (const method of ["cg", "minres", "gmres", "bicgstab"])
    for (const by of [1e-12, 1e-7, 1e-2])
      yield [
        `${method} of a noisy product ${by}`,
        () => reported(() => d[method](noisy(grid(d, 5), by), list(25, 1), { maxIterations: 300 })),
      ];
  for (const method of ["lsqr", "lsmr"])
    for (const by of [1e-9, 1e-3])
      yield [
        `${method} of a noisy map ${by}`,
        () => {
          const A = grid(d, 5);
          return reported(() =>
            d[method]({ ...turned(A), multiply: noisy(A, by) }, list(25, 1), { maxIterations: 300 }),
          );
        },
      ];
  yield [
    "cg breaks in a direction",
    () =>
      reported(() =>
        d.cg(
          [
            [1, 0],
            [0, -1],
          ],
          [1, 1],
        ),
      ),
  ];
  yield [
    "cg of a zero matrix",
    () =>
      reported(() =>
        d.cg(
          [
            [0, 0],
            [0, 0],
          ],
          [1, 1],
        ),
      ),
  ];
  yield [
    "bicgstab broken at once",
    () =>
      reported(() =>
        d.bicgstab(
          [
            [0, 1],
            [-1, 0],
          ],
          [1, 0],
        ),
      ),
  ];
  yield [
    "bicgstab begun anew",
    () =>
      reported(() =>
        d.bicgstab(
          [
            [0, 1, 0],
            [0, 0, 1],
            [1, 0, 0],
          ],
          [1, 2, 4],
        ),
      ),
  ];
  for (const [name, A, b] of [
    [
      "consistent",
      [
        [1, 1],
        [1, 1],
      ],
      [1, 1],
    ],
    [
      "inconsistent",
      [
        [1, 1],
        [1, 1],
      ],
      [1, 2],
    ],
    [
      "zero",
      [
        [0, 0],
        [0, 0],
      ],
      [1, 2],
    ],
    [
      "shifted out",
      [
        [0, 1],
        [0, 0],
      ],
      [0, 1],
    ],
    [
      "tiny",
      [
        [1e-200, 0],
        [0, 1e-200],
      ],
      [1, 1],
    ],
  ])
    yield [
      `singular, ${name}`,
      () =>
        ["cg", "minres", "gmres", "bicgstab", "lsqr", "lsmr"].map((method) => {
          const o = method === "cg" || method === "minres" ? { check: false } : {};
          return reported(() => d[method](A, b, { ...o, maxIterations: 30 }));
        }),
    ];
  for (const lift of [0, 1e-3, 0.3, 1])
    yield [
      `ic0 of a matrix that is no M-matrix, lifted ${lift}`,
      () => {
        const next = draws(11);
        const all = [];
        for (let i = 0; i < 14; i++) all.push([i, i, 2 + lift]);
        for (let i = 0; i < 14; i++)
          for (const step of [1, 3, 5])
            if (i + step < 14) {
              const v = 0.95 * (next() > 0 ? 1 : -1);
              all.push([i, i + step, v], [i + step, i, v]);
            }
        return reported(() =>
          d.cg(triplets(d, 14, 14, all), list(14, 1), { preconditioner: "ic0", maxIterations: 60 }),
        );
      },
    ];
  yield [
    "ic0 lifted",
    () =>
      reported(() =>
        d.cg(
          [
            [1, 2, 0],
            [2, 4.1, 3],
            [0, 3, 90],
          ],
          [1, 2, 3],
          { preconditioner: "ic0" },
        ),
      ),
  ];
  for (const preconditioner of ["jacobi", "ssor", "ic0"])
    yield [
      `cg by ${preconditioner} of a negative diagonal`,
      () =>
        reported(() =>
          d.cg(
            [
              [1, 0.1],
              [0.1, -2],
            ],
            [1, 1],
            { preconditioner },
          ),
        ),
    ];
  for (const small of [1e-10, 1e-12, 1e-14, 1e-15, 1e-16])
    yield [
      `nearly singular ${small}`,
      () =>
        ["cg", "minres", "gmres", "bicgstab"].map((method) =>
          d[method](
            entries(4, 4, (i, j) => (i === j ? [1, 2, 3, small][i] : 0)),
            [1, 1, 1, 1],
            { maxIterations: 40 },
          ),
        ),
    ];
  yield [
    "paired rows",
    () => [
      d.cg(
        triplets(
          d,
          7,
          7,
          [0, 1, 2, 3, 4, 5, 6].map((i) => [i, i, 2 + i]),
        ),
        list(7, 1),
      ),
      d.jacobi(
        triplets(d, 4, 4, [
          [0, 0, 3],
          [0, 1, 1],
          [1, 1, 4],
          [1, 2, 1],
          [2, 2, 5],
          [2, 3, 1],
          [3, 3, 6],
          [3, 0, 1],
        ]),
        list(4, 1),
      ),
    ],
  ];
  yield [
    "diverging slowly and fast",
    () =>
      [2.2, 5, 1e5].map((v) =>
        reported(() =>
          d.jacobi(
            [
              [1, v],
              [v, 1],
            ],
            [1, 2],
            { maxIterations: 2000 },
          ),
        ),
      ),
  ];
  for (const by of [1e-17, 1e-14, 2.2e-14, 2.4e-14, 1e-9])
    yield [
      `asymmetric by ${by}`,
      () => {
        const dense = entries(3, 3, (i, j) => (i === j ? 1 : 0.25 + (i === 2 && j === 0 ? by : 0)));
        return [dense, d.csrFromDense(dense)].map((A) => attempt(() => d.minres(A, [1, 2, 3])));
      },
    ];
}

function mistakes(d) {
  const A = [
    [2, 1],
    [1, 3],
  ];
  const map = { rows: 2, cols: 2, multiply: () => {}, multiplyTransposed: () => {} };
  return {
    "no square": () => d.cg([[1, 2]], [1]),
    "no rows": () => d.cg([], []),
    "an empty b": () => d.cg(() => {}, []),
    "a short b": () => d.cg(A, [1]),
    "a NaN": () => d.cg(A, [1, NaN]),
    "a NaN in A": () => d.gmres([[NaN]], [1]),
    x0: () => d.cg(A, [1, 2], { x0: [1] }),
    tolerance: () => d.cg(A, [1, 2], { tolerance: -1 }),
    omega: () => d.gaussSeidel(A, [1, 2], { omega: 2 }),
    restart: () => d.gmres(A, [1, 2], { restart: 0 }),
    damp: () => d.lsqr(A, [1, 2], { damp: -1 }),
    maxIterations: () => d.cg(A, [1, 2], { maxIterations: -1 }),
    preconditioner: () => d.cg(A, [1, 2], { preconditioner: "ilu" }),
    "a matrix as preconditioner": () => d.cg(A, [1, 2], { preconditioner: A }),
    "the name M": () => d.cg(A, [1, 2], { M: A }),
    "ic0 of a function": () => d.cg(() => {}, [1, 2], { preconditioner: "ic0" }),
    "jacobi of a function": () => d.cg(() => {}, [1, 2], { preconditioner: "jacobi" }),
    "no diagonal": () => d.jacobi(() => {}, [1, 2]),
    "a zero on the diagonal": () =>
      d.jacobi(
        [
          [1, 2],
          [3, 0],
        ],
        [1, 2],
      ),
    "a sparse zero on the diagonal": () =>
      d.gaussSeidel(
        d.csrFromDense([
          [0, 2],
          [3, 1],
        ]),
        [1, 2],
      ),
    "gaussSeidel of a function": () => d.gaussSeidel(() => {}, [1, 2]),
    "not symmetric": () =>
      d.cg(
        [
          [1, 2],
          [3, 4],
        ],
        [1, 2],
      ),
    "not symmetric, sparse": () =>
      d.minres(
        d.csrFromDense([
          [1, 2],
          [0, 4],
        ]),
        [1, 2],
      ),
    check: () => d.cg(A, [1, 2], { check: "no" }),
    "resume where none is": () => d.cg(A, [1, 2], { resume: {} }),
    "no state": () => d.iterateCg(A, [1, 2], { resume: {} }),
    "lsqr of a function": () => d.lsqr(() => {}, [1]),
    "lsqr of a matvec": () => d.lsqr({ matvec: () => {}, rmatvec: () => {} }, [1]),
    "a map of no rows": () => d.lsqr({ ...map, rows: 0 }, [1]),
    "a map without columns": () =>
      d.lsmr({ rows: 2, multiply: () => {}, multiplyTransposed: () => {} }, [1, 2]),
    "a silent map": () => d.lsmr(map, [1, 2]).warnings[0].message,
    diagonal: () => d.bicgstab(A, [1, 2], { diagonal: [1] }),
  };
}

export function* cases(d) {
  yield* solvers(d);
  yield* least(d);
  yield* options(d);
  yield* ends(d);
  yield* wrong(mistakes(d));
}
