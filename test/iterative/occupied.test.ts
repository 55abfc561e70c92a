// A system that does not fit beside what others hold in the memory of the default runtime is solved in one of its own, matrix and
// vectors together: the same bits, however much is left.

import { expect, test } from "vitest";
import {
  bicgstab,
  cg,
  csrFromTriplets,
  gaussSeidel,
  gmres,
  jacobi,
  lsmr,
  lsqr,
  minres,
} from "../../src/index.js";
import { occupy } from "../occupy.js";

const n = 300;
const places = Array.from({ length: n }, (_, i) => [i, i - 17, i - 1, i + 1, i + 17])
  .flatMap((row) => row.map((j) => [row[0]!, j] as const))
  .filter(([, j]) => j >= 0 && j < n);
const sparse = csrFromTriplets({
  rows: n,
  cols: n,
  row: places.map(([i]) => i),
  col: places.map(([, j]) => j),
  value: places.map(([i, j]) => (i === j ? 5 + i / n : -1)),
});
const dense = sparse.toDense();
const b = Float64Array.from({ length: n }, (_, i) => (i % 7) - 3);

const solvers = {
  cg: (A) => cg(A, b),
  "cg with jacobi": (A) => cg(A, b, { preconditioner: "jacobi" }),
  "cg with ssor": (A) => cg(A, b, { preconditioner: "ssor" }),
  "cg with ic0": (A) => cg(A, b, { preconditioner: "ic0" }),
  minres: (A) => minres(A, b),
  gmres: (A) => gmres(A, b),
  bicgstab: (A) => bicgstab(A, b),
  lsqr: (A) => lsqr(A, b),
  lsmr: (A) => lsmr(A, b),
  gaussSeidel: (A) => gaussSeidel(A, b),
  jacobi: (A) => jacobi(A, b),
} satisfies Record<string, (A: typeof sparse | typeof dense) => ReturnType<typeof cg>>;

test.each(Object.entries(solvers))("%s", (_, solver) => {
  for (const A of [sparse, dense]) {
    const want = solver(A);
    expect(want.status).toBe("converged");
    for (const left of [64, 3000, 6000, 12000, 24000, 48000, 200000, 800000]) {
      const others = occupy(left);
      try {
        const got = solver(A);
        expect([got.status, got.nit, ...got.x], `${left} bytes left`).toEqual([
          want.status,
          want.nit,
          ...want.x,
        ]);
      } finally {
        others.release();
      }
    }
  }
});
