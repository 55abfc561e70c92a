// Sparse LU: factors of the matrix itself, LAPACK's ratio, fill beside SuperLU's, and solve(sparse, b) with the promise of the
// dense paths.

import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  csrFromDense,
  csrFromTriplets,
  DownhillError,
  det,
  loadSync,
  matmul,
  matrix,
  rcond,
  type SparseMatrix,
  solve,
  sparseCholesky,
  sparseLu,
} from "../../src/index.js";
import { columnOrder } from "../../src/linalg/column-order.js";
import { uniform } from "../reference/linalg.js";

const U = 2 ** -53;

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const made: { dispose(): void }[] = [];
function kept<F extends { dispose(): void }>(factor: F): F {
  made.push(factor);
  return factor;
}
afterEach(() => {
  for (const factor of made.splice(0)) factor.dispose();
});

/** Convection and diffusion on an m x m grid by central differences; p and q are half the cell Péclet numbers. */
function convection(m: number, p: number, q: number, unit = (_i: number, _j: number) => 1): SparseMatrix {
  const t = { rows: m * m, cols: m * m, row: [] as number[], col: [] as number[], value: [] as number[] };
  const put = (i: number, j: number, v: number) => {
    t.row.push(i);
    t.col.push(j);
    t.value.push(v * unit(i, j));
  };
  for (let i = 0; i < m * m; i++) {
    put(i, i, 4);
    if (i >= m) put(i, i - m, -1 - p);
    if (i < m * m - m) put(i, i + m, -1 + p);
    if (i % m > 0) put(i, i - 1, -1 - q);
    if (i % m < m - 1) put(i, i + 1, -1 + q);
  }
  return csrFromTriplets(t);
}
const grid = (m: number): SparseMatrix => convection(m, 0, 0.4);

/** A random pattern over a permutation, so that it has full structural rank. */
function scattered(n: number, seed: number): number[][] {
  const next = uniform(seed);
  const D = Array.from({ length: n }, () =>
    Array.from({ length: n }, () => (Math.abs(next()) < 0.1 ? next() : 0)),
  );
  for (let i = 0; i < n; i++) D[i]![(i + 3) % n] = 1 + next() / 2;
  return D;
}

describe.each([1, 2, 3, 7, 20, 60])("n = %i", (n) => {
  test.each(["auto", "amd", "colamd", "natural"] as const)(
    "%s: R A C in the order of the pivots is L U",
    (ordering) => {
      const D = scattered(n, n);
      const A = csrFromDense(D);
      const f = kept(sparseLu(A, { ordering }));
      const { perm, order, scales, L, U: upper } = f;
      expect([...perm].sort((a, b) => a - b)).toEqual(D.map((_, i) => i));
      expect([...order].sort((a, b) => a - b)).toEqual(D.map((_, i) => i));
      const product = matmul(L.toDense(), upper.toDense());
      let worst = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const scaled = D[perm[i]!]![order[j]!]! * scales.rows[perm[i]!]! * scales.cols[order[j]!]!;
          worst = Math.max(worst, Math.abs(product.data[i * n + j]! - scaled));
        }
      }
      expect(worst / (n * U)).toBeLessThan(10);
      // The order by A + A' takes diagonal elements from a tenth of the largest on.
      expect(Math.max(...L.values.map(Math.abs))).toBeLessThanOrEqual(ordering === "amd" ? 10 : 1);
      expect(f.stored).toBe(L.nnz + upper.nnz);
      const exact = det(D);
      expect(f.sign).toBe(Math.sign(exact));
      expect(Math.abs(f.logDet - Math.log(Math.abs(exact)))).toBeLessThan(1e-11 * n);
      const b = Float64Array.from({ length: n }, uniform(n + 5));
      const x = f.solve(b);
      const size =
        Math.max(...D.map((row) => row.reduce((s, v) => s + Math.abs(v), 0))) * Math.max(...x.map(Math.abs));
      for (const [i, v] of A.multiply(x).entries()) expect(Math.abs(v - b[i]!) / (size * U)).toBeLessThan(10);
      expect(f.solve(b, b)).toBe(b);
      expect([...b]).toEqual([...x]);
    },
  );
});

test("the order keeps fill near SuperLU's COLAMD (SciPy 1.17.1: 36,050 entries on a 30 x 30 grid)", () => {
  const A = grid(30);
  const f = kept(sparseLu(A, { ordering: "colamd" }));
  expect(f.stored).toBeLessThan(1.1 * 36050);
  expect(kept(sparseLu(A, { ordering: "natural" })).stored).toBeGreaterThan(1.3 * f.stored);
  const ones = new Float64Array(900).fill(1);
  const x = f.solve(A.multiply(ones));
  expect(Math.max(...x.map((v) => Math.abs(v - 1)))).toBeLessThan(1e-12);
  // A dense row is left out of the order; empty rows and columns do it no harm.
  const arrow = csrFromDense(
    Array.from({ length: 40 }, (_, i) =>
      Array.from({ length: 40 }, (__, j) => (i === 0 || j === 0 || i === j ? 1 + i : 0)),
    ),
  );
  expect([...columnOrder(arrow)].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect([...columnOrder(csrFromDense(matrix(3, 5)))].sort()).toEqual([0, 1, 2, 3, 4]);
});

/** Largest |b - A x| / (|A| |x| + |b|) of a row, in roundings. */
function backwardError(A: SparseMatrix, x: Float64Array, b: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < A.rows; i++) {
    let [sum, size] = [-b[i]!, Math.abs(b[i]!)];
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const v = A.values[k]! * x[A.colIdx[k]!]!;
      sum += v;
      size += Math.abs(v);
    }
    if (size > 0) worst = Math.max(worst, Math.abs(sum) / size);
  }
  return worst / U;
}

describe("the order by A + A'", () => {
  test.each([
    [0, 0],
    [0.3, 0.2],
    [5, 3],
  ])("a grid with convection %s, %s has two thirds of the entries, and residuals of rounding", (p, q) => {
    const A = convection(40, p, q);
    const f = kept(sparseLu(A));
    expect(f.stored).toBeLessThan(0.67 * kept(sparseLu(A, { ordering: "colamd" })).stored);
    expect(f.stored).toBe(kept(sparseLu(A, { ordering: "amd" })).stored);
    const b = Float64Array.from({ length: 1600 }, uniform(7));
    expect(backwardError(A, f.solve(b), b)).toBeLessThan(10);
    // The same order again for other numbers.
    const other = convection(40, 2 * p, q / 2);
    f.refactor(other);
    expect(backwardError(other, f.solve(b), b)).toBeLessThan(10);
  });

  test("is not taken where the pattern has no symmetry, the diagonal is small, or columns ask for it", () => {
    const same = (A: SparseMatrix) =>
      expect([...kept(sparseLu(A)).order]).toEqual([...kept(sparseLu(A, { ordering: "colamd" })).order]);
    same(convection(24, 1, 1, (i, j) => (i === j ? 0.01 : 1)));
    same(convection(22, 0.3, 0.2));
    const next = uniform(11);
    const t = { rows: 600, cols: 600, row: [] as number[], col: [] as number[], value: [] as number[] };
    for (let i = 0; i < 600; i++)
      for (const j of [i, (i + 7 * i + 13) % 600, (i * i + 5) % 600]) {
        if (j === i && t.row.at(-1) === i) continue;
        t.row.push(i);
        t.col.push(j);
        t.value.push(j === i ? 2 : next());
      }
    same(csrFromTriplets(t));
  });

  test("is given up where pivots leave the diagonal: weak diagonal elements that elimination makes weaker", () => {
    const A = convection(40, 0.5, 0.2, (i, j) => (i === j ? 0.25 : 1));
    const [f, columns] = [kept(sparseLu(A)), kept(sparseLu(A, { ordering: "colamd" }))];
    expect([...f.order]).toEqual([...columns.order]);
    expect(f.stored).toBe(columns.stored);
    expect(kept(sparseLu(A, { ordering: "amd" })).stored).toBeGreaterThan(1.1 * f.stored);
    const b = Float64Array.from({ length: 1600 }, uniform(8));
    expect([...f.solve(b)]).toEqual([...columns.solve(b)]);
    // A threshold that was given stays.
    expect(Math.max(...kept(sparseLu(A, { threshold: 0.5 })).L.values.map(Math.abs))).toBeGreaterThan(1);
  });

  test("a singular matrix is refused in the same words by either", () => {
    const A = convection(25, 0.3, 0.2, (_i, j) => (j === 333 ? 0 : 1));
    expect(thrown(() => sparseLu(A)).message).toBe(thrown(() => sparseLu(A, { ordering: "colamd" })).message);
    expect(thrown(() => sparseLu(A)).code).toBe("SINGULAR");
  });

  test("random and badly scaled matrices: residuals of rounding", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(0.05, 0.3, 1, 3),
        fc.constantFrom(0, 3, 9),
        fc.constantFrom(0, 3, 9),
        (seed, diagonal, rowUnits, colUnits) => {
          const n = 520;
          const next = uniform(seed);
          const at = () => Math.floor(((next() + 1) / 2) * n) % n;
          const entries = new Map<number, number>();
          for (let i = 0; i < n; i++) {
            const j = at();
            entries.set(i * n + j, next());
            entries.set(j * n + i, next());
          }
          for (let i = 0; i < n; i++) entries.set(i * n + i, diagonal * (1 + next() / 2));
          const [r, c] = [rowUnits, colUnits].map((u) => Array.from({ length: n }, () => 10 ** (u * next())));
          const keys = [...entries.keys()];
          const A = csrFromTriplets({
            rows: n,
            cols: n,
            row: keys.map((k) => Math.floor(k / n)),
            col: keys.map((k) => k % n),
            value: keys.map((k) => entries.get(k)! * r![Math.floor(k / n)]! * c![k % n]!),
          });
          const b = Float64Array.from({ length: n }, next);
          for (const ordering of ["auto", "amd"] as const) {
            const f = sparseLu(A, { ordering });
            expect(backwardError(A, f.solve(b), b)).toBeLessThan(20);
            f.dispose();
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

test("the order puts columns of one pattern side by side", () => {
  const next = uniform(3);
  const [groups, alike] = [15, 4];
  const n = groups * alike;
  for (let turn = 0; turn < 2; turn++) {
    const rows = Array.from({ length: n }, () => {
      const row = new Float64Array(n);
      for (let t = 0; t < 3; t++) {
        const group = Math.floor(Math.abs(next()) * groups) % groups;
        for (let q = 0; q < alike; q++) row[q * groups + group] = 1 + next() / 10;
      }
      return row;
    });
    const order = [...columnOrder(csrFromDense(rows))].map((j) => j % groups);
    expect(new Set(order).size).toBe(groups);
    // Only the first that is ordered may stand alone.
    expect(order.filter((group, k) => group !== order[k - 1]).length).toBeLessThanOrEqual(groups + 1);
  }
});

test("a factor grows where there is more fill than was reserved, refactors, and many right-hand sides", () => {
  const next = uniform(11);
  const n = 50;
  const full = csrFromDense(
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i === 0 || j === 0 || i === j ? 2 + next() : 0)),
    ),
  );
  const f = kept(sparseLu(full, { ordering: "natural" }));
  expect(f.stored).toBeGreaterThan(2000);
  const runtime = loadSync({ memoryBytes: 1 << 20 });
  const own = sparseLu(full, { ordering: "natural", runtime });
  const b = Float64Array.from({ length: n }, next);
  expect([...own.solve(b)]).toEqual([...f.solve(b)]);
  own.dispose();
  expect(runtime.memory.used).toBe(0);
  runtime.dispose();
  const twice = csrFromTriplets({
    rows: n,
    cols: n,
    row: Array.from({ length: n }, (_, i) => i),
    col: Array.from({ length: n }, (_, i) => (i + 1) % n),
    value: new Array(n).fill(2),
  });
  f.refactor(twice);
  const X = f.solve(
    matrix(
      n,
      2,
      Float64Array.from({ length: 2 * n }, (_, k) => k),
    ),
  );
  for (let i = 0; i < n; i++) expect(X.data[((i + 1) % n) * 2]).toBe(i);
  f.dispose();
  expect(thrown(() => f.solve(b)).code).toBe("DISPOSED");
});

describe("solve of a sparse matrix", () => {
  test("answers as the dense paths do, with report and warnings", () => {
    const D = scattered(30, 4);
    const b = Float64Array.from({ length: 30 }, uniform(2));
    const A = csrFromDense(D);
    const dense = solve(D, b);
    const answer = solve(A, b, { report: true });
    expect([answer.method, answer.warnings]).toEqual(["sparseLu", []]);
    answer.x.forEach((v, i) => {
      expect(Math.abs(v - dense[i]!)).toBeLessThan(1e-12);
    });
    expect(answer.rcond / rcond(D)).toBeGreaterThan(0.05);
    const many = solve(A, matrix(30, 1, b));
    expect([...many.data]).toEqual([...answer.x]);
    const poor = csrFromDense([
      [1, 1],
      [1, 1 + 2 ** -42],
    ]);
    expect(solve(poor, [1, 2], { report: true }).warnings[0]?.code).toBe("W_ILL_CONDITIONED");
  });

  test("takes Cholesky's method where A is symmetric and definite, in whatever units, and LU elsewhere", () => {
    const noise = uniform(11);
    const next = () => (noise() + 1) / 2;
    for (let turn = 0; turn < 60; turn++) {
      const n = 1 + Math.floor(12 * next());
      // B B' + I in units of the rows, its negative, and B B' less a multiple of I.
      const B = Array.from({ length: n }, () =>
        Array.from({ length: n }, () => (next() < 0.4 ? next() - 0.5 : 0)),
      );
      const unit = Array.from({ length: n }, () => 2 ** Math.floor(80 * next() - 40));
      const shifted = (shift: number, sign: number) =>
        B.map((row, i) =>
          B.map((other, j) => {
            const product = row.reduce((sum, v, k) => sum + v * other[k]!, i === j ? shift : 0);
            return sign * product * unit[i]! * unit[j]!;
          }),
        );
      const want = Float64Array.from({ length: n }, (_, i) => (next() - 0.5) / unit[i]!);
      for (const [shift, sign, method] of [
        [1, 1, "sparseCholesky"],
        [1, -1, "sparseLu"],
        [-2.7, 1, "sparseLu"],
      ] as const) {
        const D = shifted(shift, sign);
        const b = D.map((row) => row.reduce((sum, v, j) => sum + v * want[j]!, 0));
        const answer = solve(csrFromDense(D), b, { report: true });
        expect(answer.method).toBe(method);
        if (method === "sparseLu") continue;
        expect(answer.warnings).toEqual([]);
        answer.x.forEach((v, j) => {
          expect(Math.abs((v - want[j]!) * unit[j]!)).toBeLessThan(1e-11);
        });
        const many = solve(
          csrFromDense(D),
          matrix(
            n,
            2,
            Float64Array.from({ length: 2 * n }, (_, k) => b[k >> 1]!),
          ),
        );
        expect(Float64Array.from({ length: n }, (_, k) => many.data[2 * k]!)).toEqual(answer.x);
      }
    }
    // The chain of springs 2, -1: its condition is that of eigenvalues 2 - 2 cos(k pi/(n + 1)).
    const n = 50;
    const chain = csrFromDense(
      Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (__, j) => [2, -1][Math.abs(i - j)] ?? 0),
      ),
    );
    const { method, rcond: estimate } = solve(chain, new Array(n).fill(1), { report: true });
    // |A|_1 = 4 and |A^-1|_1 = (n + 1)^2 / 8, nearly.
    expect([method, Math.abs(estimate * ((n + 1) ** 2 / 2) - 1) < 0.01]).toEqual(["sparseCholesky", true]);
    // A diagonal that is not all positive, one entry that is not the other to the bit, and a matrix that is definite but for rounding.
    for (const [D, method] of [
      [
        [
          [1, 0.5],
          [0.5, 0],
        ],
        "sparseLu",
      ],
      [
        [
          [1, 0.5],
          [0.5 + 2 ** -40, 1],
        ],
        "sparseLu",
      ],
      [
        [
          [1, 1],
          [1, 1 + 2 ** -42],
        ],
        "sparseCholesky",
      ],
    ] as const)
      expect(solve(csrFromDense(D.map((row) => [...row])), [1, 2], { report: true }).method).toBe(method);
    expect(
      thrown(() =>
        solve(
          csrFromDense([
            [1, 1],
            [1, 1],
          ]),
          [1, 2],
        ),
      ).code,
    ).toBe("SINGULAR");
    expect(thrown(() => solve(csrFromDense([[2]]), [NaN])).message).toMatch(/^solve: /);
  });

  test("refuses singular matrices and what it cannot do", () => {
    const flat = csrFromDense([
      [1, 2],
      [2, 4],
    ]);
    expect(thrown(() => solve(flat, [1, 2])).code).toBe("SINGULAR");
    expect(
      thrown(() =>
        solve(
          csrFromDense([
            [0, 1],
            [0, 2],
          ]),
          [1, 2],
        ),
      ).details,
    ).toMatchObject({ pivot: 0, rcond: 0 });
    const hilbert = csrFromDense(
      Array.from({ length: 13 }, (_, i) => Array.from({ length: 13 }, (__, j) => 1 / (i + j + 1))),
    );
    expect(thrown(() => solve(hilbert, new Array(13).fill(1))).code).toBe("SINGULAR");
    const A = csrFromDense([[2]]);
    expect(thrown(() => solve(A, [1], { method: "qr" })).code).toBe("OPTION");
    expect(thrown(() => solve(A, [1], { dtype: "f32" })).code).toBe("OPTION");
    expect(thrown(() => solve(A, [1, 2])).code).toBe("SHAPE");
    expect(thrown(() => solve(csrFromDense([[1, 2]]), [1])).code).toBe("SHAPE");
    expect(thrown(() => sparseLu([[1]] as never)).code).toBe("SHAPE");
    expect(thrown(() => sparseLu(A, { order: "amd" } as object)).code).toBe("OPTION");
    expect(thrown(() => sparseLu(A, { threshold: 0 })).code).toBe("OPTION");
    A.colIdx[0] = 9;
    expect(thrown(() => solve(A, [1])).details).toMatchObject({ argument: "colIdx", index: 0 });
    const f = kept(sparseLu(csrFromDense([[2]])));
    expect(thrown(() => f.refactor(csrFromDense([[0]]))).code).toBe("SINGULAR");
    expect(thrown(() => f.solve([1])).code).toBe("SINGULAR");
    expect([...f.refactor(csrFromDense([[4]])).solve([1])]).toEqual([0.25]);
    expect(
      thrown(() =>
        f.refactor(
          csrFromDense([
            [1, 0],
            [0, 1],
          ]),
        ),
      ).code,
    ).toBe("SHAPE");
  });
});

test("what a sparse factor refuses names the sparse way out", () => {
  const diagonal = (...value: number[]) =>
    csrFromTriplets({
      rows: value.length,
      cols: value.length,
      row: value.map((_, i) => i),
      col: value.map((_, i) => i),
      value,
    });
  expect(thrown(() => sparseLu(diagonal(1, 0))).hint).toBe("lsqr gives the solution of least norm");
  expect(thrown(() => sparseCholesky(diagonal(1, -1))).hint).toBe("use sparseLdl or sparseLu");
  // lstsq takes no sparse matrix; who called solve reads of solve.
  const nearly = csrFromDense([
    [1, 1],
    [1, 1 + 2 ** -52],
  ]);
  for (const A of [diagonal(1, 0), nearly])
    expect(thrown(() => solve(A, [1, 1])).message).toMatch(
      /^solve: A is singular.* \(lsqr gives the solution of least norm\)$/,
    );
  expect(thrown(() => solve(diagonal(1, 2), [1])).message).toBe("solve: b has length 1, expected 2");
  expect(thrown(() => solve(diagonal(1e-300, 1), [1e300, 1])).message).toMatch(/^solve: the result leaves/);
  const poor = csrFromDense([
    [1, 1],
    [1, 1 + 2 ** -44],
  ]);
  const said = solve(poor, [1, 1], { report: true }).warnings.map(({ message }) => message);
  expect(said).toEqual([expect.stringMatching(/better units of the unknowns, or lsqr with damp may help$/)]);
});
