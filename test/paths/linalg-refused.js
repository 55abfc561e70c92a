// Calls of linear algebra that are wrong: each line is the message.
import { told, wrong } from "./numbers.js";

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

export function* cases(d) {
  yield* wrong(mistakes(d));
}
