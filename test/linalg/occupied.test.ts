// A factor and what it is asked afterwards, with however much memory is left for either: the same bits.

import { expect, test } from "vitest";
import {
  cholesky,
  csrFromDense,
  csrFromTriplets,
  ldl,
  lu,
  matrix,
  minimize,
  qr,
  sparseCholesky,
  sparseLdl,
  sparseLu,
} from "../../src/index.js";
import { uniform } from "../kernels/instance.js";
import { occupy } from "../occupy.js";

const n = 40;
const random = uniform(11);
const symmetric = matrix(n, n);
for (let i = 0; i < n; i++)
  for (let j = 0; j <= i; j++)
    symmetric.data[i * n + j] = symmetric.data[j * n + i] = i === j ? n + random() : random();
const sparse = csrFromDense(symmetric);
const b = Float64Array.from({ length: n }, random);
const B = { rows: n, cols: 9, data: Float64Array.from({ length: 9 * n }, random) };

const factors = {
  lu: () => lu(symmetric),
  qr: () => qr(symmetric),
  cholesky: () => cholesky(symmetric),
  ldl: () => ldl(symmetric),
  sparseCholesky: () => sparseCholesky(sparse),
  sparseLdl: () => sparseLdl(sparse),
  sparseLu: () => sparseLu(sparse),
};
const lefts = [64, 1000, 3000, 6000, 12000, 24000, 48000, 100000, 200000];

test.each(Object.entries(factors))("%s", (_, make) => {
  const answers = (before: number | null, after: number | null): number[] => {
    const first = before === null ? null : occupy(before);
    using factor = make();
    first?.release();
    const second = after === null ? null : occupy(after);
    try {
      return [...factor.solve(b), ...factor.solve(B).data, factor.logDet];
    } finally {
      second?.release();
    }
  };
  const want = answers(null, null);
  for (const left of lefts) {
    expect(answers(left, null), `${left} bytes left for the factor`).toEqual(want);
    expect(answers(null, left), `${left} bytes left beside it`).toEqual(want);
  }
});

test("sizes that no memory holds are told before any work, in words without sizes of the house", () => {
  const empty = { row: [], col: [], value: [] };
  for (const [rows, cols] of [
    [2 ** 31 - 1, 1],
    [1, 2 ** 28],
  ] as const)
    expect(() => csrFromTriplets({ rows, cols, ...empty })).toThrow("must be below 2^28");
  expect(() => minimize({ fun: () => 1, grad: () => {} }, new Float64Array(1e5), { method: "bfgs" })).toThrow(
    /^bfgs needs \d+ bytes, 4 GiB is the most/,
  );
});
