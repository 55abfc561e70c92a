// The same solvers by what they are told and what they are watched by, resumed; and ends of each kind.
import { grid, product, reported, resumed, square, triplets, turned } from "./iterative-systems.js";
import { draws, entries, list, merged } from "./numbers.js";
import { attempt } from "./several.js";

function* options(d) {
  const A = grid(d, 6);
  const b = list(36, 3);
  const name = (m) => `iterate${m[0].toUpperCase()}${m.slice(1)}`;
  for (const method of square) {
    for (const tolerance of [0, 1e-16, 1e-13, 1e-3, 1])
      yield [
        `${method} tolerances`,
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
    yield [`${method} resumed`, () => resumed(d[name(method)], A, b, 5)];
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
      () => resumed(d[name(method)], A, b, 4, { preconditioner: halves }),
    ];
  }
  for (const preconditioner of ["jacobi", "ssor", "ic0"])
    yield [`cg resumed by ${preconditioner}`, () => resumed(d.iterateCg, A, b, 4, { preconditioner })];
  yield ["gmres resumed in a later cycle", () => resumed(d.iterateGmres, A, b, 11, { restart: 4 })];
}

/** Systems that decide between the ends: broken recurrences, claims that the residual denies, noise. */
function* ends(d) {
  const hilbert = (n) => entries(n, n, (i, j) => 1 / (i + j + 1));
  for (const method of ["cg", "minres", "gmres", "bicgstab", "lsqr", "lsmr"])
    for (const n of [6, 12])
      for (const tolerance of [1e-8, 1e-15])
        yield [
          `${method} Hilbert`,
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
        `${method} of noisy products`,
        () => reported(() => d[method](noisy(grid(d, 5), by), list(25, 1), { maxIterations: 300 })),
      ];
  for (const method of ["lsqr", "lsmr"])
    for (const by of [1e-9, 1e-3])
      yield [
        `${method} of noisy maps`,
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
  for (const k of [385, 613, 2035, 2815, 12229, 21589])
    yield [
      "bicgstab begun anew from residuals of all sizes",
      () => {
        const n = 2 + (k % 6);
        const next = draws(k * 5 + 3);
        const A = entries(n, n, () => (k % 2 ? Math.round(next() * 2) : next()));
        const b = Array.from({ length: n }, () => (k % 4 < 2 ? Math.round(next() * 3) : next()));
        return reported(() => d.bicgstab(A, b, { maxIterations: 60 }));
      },
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
      "ic0 of matrices that are no M-matrices",
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
      "asymmetric",
      () => {
        const dense = entries(3, 3, (i, j) => (i === j ? 1 : 0.25 + (i === 2 && j === 0 ? by : 0)));
        return [dense, d.csrFromDense(dense)].map((A) => attempt(() => d.minres(A, [1, 2, 3])));
      },
    ];
}

export function* cases(d) {
  yield* merged(options(d));
  yield* merged(ends(d));
}
