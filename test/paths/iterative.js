// Every iterative solver by every kind of matrix, preconditioner and option; wrong calls.
import { dominant, grid, product, reported, resumed, square, triplets, turned } from "./iterative-systems.js";
import { entries, list, merged, symmetric, wrong } from "./numbers.js";

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
        `every method, ${name}`,
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
          `${method} by ${preconditioner}`,
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
      yield [`omega ${omega}`, () => d.jacobi(A, list(A.rows, 1), { omega })];
      yield [
        `omega ${omega}`,
        () => {
          const B = A.rowPtr ? A : d.csrFromDense(A);
          return d.jacobi(product(B), list(A.rows, 1), {
            omega,
            diagonal: Array.from({ length: A.rows }, (_, i) => B.toDense().data[i * A.rows + i]),
          });
        },
      ];
      for (const both of [false, true])
        yield [`omega ${omega}`, () => d.gaussSeidel(A, list(A.rows, 1), { omega, symmetric: both })];
      yield [`omega ${omega}`, () => d.cg(A, list(A.rows, 1), { omega, preconditioner: "ssor" })];
    }
  for (const restart of [1, 2, 5, 25, 100])
    for (const of of [() => grid(d, 6, 0, 0.5), systems.turn, systems["dominant 14"]])
      yield [
        `gmres restart ${restart}`,
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
          `least squares ${name}, damped`,
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
        `${method} tolerances`,
        () => [
          reported(() => d[method](tall, list(8, 3), { tolerance })),
          reported(() => d[method](A, list(25, 3), { tolerance })),
        ],
      ];
    for (const scale of [1e-300, 1e-120, 1e-12, 1e12, 1e120, 1e300])
      yield [
        `${method} b at scales`,
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
      () => resumed(method === "lsqr" ? d.iterateLsqr : d.iterateLsmr, A, list(25, 4), 6),
    ];
  }
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
  yield* merged(solvers(d));
  yield* merged(least(d));
  yield* wrong(mistakes(d));
}
