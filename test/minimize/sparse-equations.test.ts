// solveEquations with a sparse Jacobian: the systems of any size of Moré, Garbow and Hillstrom (ACM TOMS 7, 1981), a partial differential
// equation whose solution was chosen first, and the dense method, whose every step it must take.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  csr,
  csrFromTriplets,
  type SparseMatrix,
  solveEquations,
  solveEquationsAsync,
} from "../../src/index.js";
import { groupColumns } from "../../src/linalg/column-groups.js";
import { readPattern } from "../../src/linalg/sparse-pattern.js";

type F = (x: Float64Array, o: Float64Array) => void;

/** Entries wherever `has` says so. */
function patternOf(n: number, has: (i: number) => readonly number[], m = n): SparseMatrix {
  const [row, col]: [number[], number[]] = [[], []];
  for (let i = 0; i < m; i++)
    for (const j of has(i))
      if (j >= 0 && j < n) {
        row.push(i);
        col.push(j);
      }
  return csrFromTriplets({ rows: m, cols: n, row, col, value: row.map(() => 1) });
}
const band = (n: number, below: number, above: number) =>
  patternOf(n, (i) => Array.from({ length: below + above + 1 }, (_, k) => i - below + k));

const systems: Record<
  string,
  { n: number; F: F; x0: (k: number) => number; pattern: SparseMatrix; groups: number }
> = {
  "Broyden tridiagonal (30)": {
    n: 3000,
    F: (x, o) => {
      for (let k = 0; k < x.length; k++)
        o[k] = (3 - 2 * x[k]!) * x[k]! - (x[k - 1] ?? 0) - 2 * (x[k + 1] ?? 0) + 1;
    },
    x0: () => -1,
    pattern: band(3000, 1, 1),
    groups: 3,
  },
  "Broyden banded (31)": {
    n: 2000,
    F: (x, o) => {
      for (let k = 0; k < x.length; k++) {
        o[k] = x[k]! * (2 + 5 * x[k]! ** 2) + 1;
        for (let j = Math.max(0, k - 5); j <= Math.min(x.length - 1, k + 1); j++)
          if (j !== k) o[k] = o[k]! - x[j]! * (1 + x[j]!);
      }
    },
    x0: () => -1,
    pattern: band(2000, 5, 1),
    groups: 7,
  },
  "discrete boundary value (28)": {
    n: 1000,
    F: (x, o) => {
      const h = 1 / (x.length + 1);
      for (let k = 0; k < x.length; k++)
        o[k] = 2 * x[k]! - (x[k - 1] ?? 0) - (x[k + 1] ?? 0) + (h * h * (x[k]! + (k + 1) * h + 1) ** 3) / 2;
    },
    x0: (k) => ((k + 1) / 1001) * ((k + 1) / 1001 - 1),
    pattern: band(1000, 1, 1),
    groups: 3,
  },
};

describe.each(Object.entries(systems))("%s", (_, { n, F, x0, pattern, groups }) => {
  test("is solved from its start with one evaluation a group and Jacobian", () => {
    const r = solveEquations(
      F,
      Float64Array.from({ length: n }, (_v, k) => x0(k)),
      {
        jacobianPattern: pattern,
      },
    );
    expect([r.status, r.method]).toEqual(["converged", "newton"]);
    const again = new Float64Array(n);
    F(r.x, again);
    expect([...again]).toEqual([...r.fun]);
    expect(Math.max(...again.map(Math.abs))).toBeLessThan(1e-8);
    expect(r.nfev).toBe(1 + 2 + r.nit + groups * r.njev);
  });

  test("small, it takes the steps of the dense method", () => {
    const start = Array.from({ length: 12 }, (_v, k) => x0(k));
    const dense = solveEquations(F, start, { method: "newton" });
    const small = readPattern("test", "p", pattern, n, n);
    const cut = patternOf(12, (i) => [...small.colIdx.subarray(small.rowPtr[i]!, small.rowPtr[i + 1]!)]);
    const sparse = solveEquations(F, start, { jacobianPattern: cut });
    expect([sparse.status, sparse.reason, sparse.nit]).toEqual([dense.status, dense.reason, dense.nit]);
    for (let j = 0; j < 12; j++) expect(Math.abs(sparse.x[j]! - dense.x[j]!)).toBeLessThan(1e-12);
  });
});

test("Poisson's equation with exp(u) in two dimensions has the solution that it was made of", () => {
  // -u_xx - u_yy + exp(u) = s with u = x (1 - x) y (1 - y) on the unit square: five-point differences are exact for this u.
  const k = 60;
  const n = k * k;
  const h = 1 / (k + 1);
  const u = (i: number, j: number) => {
    const [x, y] = [(i + 1) * h, (j + 1) * h];
    return 8 * x * (1 - x) * y * (1 - y);
  };
  const s = (i: number, j: number) => {
    const [x, y] = [(i + 1) * h, (j + 1) * h];
    return 16 * (x * (1 - x) + y * (1 - y)) + Math.exp(u(i, j));
  };
  const value = (v: Float64Array, i: number, j: number) =>
    i < 0 || j < 0 || i >= k || j >= k ? 0 : v[i * k + j]!;
  const G: F = (v, o) => {
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++)
        o[i * k + j] =
          4 * v[i * k + j]! -
          value(v, i - 1, j) -
          value(v, i + 1, j) -
          value(v, i, j - 1) -
          value(v, i, j + 1) +
          h * h * (Math.exp(v[i * k + j]!) - s(i, j));
  };
  const jacobianPattern = patternOf(n, (r) => [
    ...(r >= k ? [r - k] : []),
    ...(r % k > 0 ? [r - 1] : []),
    r,
    ...(r % k < k - 1 ? [r + 1] : []),
    r + k,
  ]);
  const jacobian = (v: Float64Array, out: Float64Array) => {
    const { rowPtr, colIdx } = jacobianPattern;
    for (let r = 0; r < n; r++)
      for (let e = rowPtr[r]!; e < rowPtr[r + 1]!; e++)
        out[e] = colIdx[e] === r ? 4 + h * h * Math.exp(v[r]!) : -1;
  };
  const exact = solveEquations(G, new Float64Array(n), { jacobianPattern, jacobian });
  const byDifferences = solveEquations(G, new Float64Array(n), { jacobianPattern });
  for (const r of [exact, byDifferences]) {
    expect(r.status).toBe("converged");
    let away = 0;
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) away = Math.max(away, Math.abs(r.x[i * k + j]! - u(i, j)));
    expect(away).toBeLessThan(1e-9);
  }
  expect(exact.nfev).toBe(1 + exact.nit);
  // Five points in a plane need five groups at least; the greedy order finds few more.
  expect((byDifferences.nfev - 3 - byDifferences.nit) / byDifferences.njev).toBeLessThanOrEqual(7);
});

const sparseSystem = fc.integer({ min: 1, max: 60 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    entries: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.double({ min: -1, max: 1, noNaN: true })), {
      maxLength: 3 * n,
    }),
    start: fc.array(
      fc.integer({ min: -16, max: 16 }).map((v) => v / 8),
      { minLength: n, maxLength: n },
    ),
  }),
);

test("random systems end as by the dense method, by differences and by a Jacobian that is filled or returned", () => {
  fc.assert(
    fc.property(sparseSystem, ({ n, entries, start }) => {
      const A = csrFromTriplets({
        rows: n,
        cols: n,
        row: [...entries.map(([i]) => i), ...Array(n).keys()],
        col: [...entries.map(([, j]) => j), ...Array(n).keys()],
        value: [...entries.map(([, , v]) => v), ...Array(n).fill(4)],
      });
      // A x + x^3 / 3 = 1, which has a root.
      const G: F = (x, o) => {
        A.multiply(x, o);
        for (let i = 0; i < n; i++) o[i] = o[i]! + x[i]! ** 3 / 3 - 1;
      };
      const { rowPtr, colIdx } = A;
      const fill = (x: Float64Array, out: Float64Array) => {
        for (let i = 0; i < n; i++)
          for (let e = rowPtr[i]!; e < rowPtr[i + 1]!; e++)
            out[e] = A.values[e]! + (colIdx[e] === i ? x[i]! ** 2 : 0);
      };
      const full = (x: Float64Array, out: Float64Array) => {
        const values = new Float64Array(A.nnz);
        fill(x, values);
        out.fill(0);
        for (let i = 0; i < n; i++)
          for (let e = rowPtr[i]!; e < rowPtr[i + 1]!; e++) out[i * n + colIdx[e]!] = values[e]!;
      };
      const returned = (x: Float64Array) => {
        const values = new Float64Array(A.nnz);
        fill(x, values);
        return csr({ rows: n, cols: n, rowPtr, colIdx, values });
      };
      const dense = solveEquations(G, start, { method: "newton", jacobian: full });
      for (const jacobian of [fill, returned, undefined]) {
        const r = solveEquations(G, start, { jacobianPattern: A, jacobian });
        expect([r.status, Math.abs(r.nit - dense.nit) <= (jacobian ? 0 : 2)]).toEqual([dense.status, true]);
        const size = Math.max(1, ...dense.x.map(Math.abs));
        if (r.status === "converged")
          r.x.forEach((v, j) => {
            expect(Math.abs(v - dense.x[j]!)).toBeLessThan(1e-8 * size);
          });
      }
    }),
    { numRuns: 60 },
  );
});

test("columns of a group share no row, and every column with an entry is in one", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 40 }).chain((n) =>
        fc.record({
          n: fc.constant(n + 1),
          m: fc.integer({ min: 1, max: 40 }),
          places: fc.array(fc.tuple(fc.nat(39), fc.nat(n)), { maxLength: 150 }),
        }),
      ),
      ({ n, m, places }) => {
        const inside = places.filter(([i]) => i < m);
        const A = patternOf(n, (i) => [...new Set(inside.filter(([r]) => r === i).map(([, j]) => j))], m);
        const { count, start, columns } = groupColumns(
          readPattern("test", "p", A, m, n),
          new Uint8Array(n).fill(1),
        );
        expect([...columns].sort((a, b) => a - b)).toEqual(
          [...new Set(inside.map(([, j]) => j))].sort((a, b) => a - b),
        );
        for (let g = 0; g < count; g++) {
          const rows = [...columns.subarray(start[g], start[g + 1])].flatMap((j) => [
            ...new Set(inside.filter(([, c]) => c === j).map(([i]) => i)),
          ]);
          expect(new Set(rows).size).toBe(rows.length);
        }
      },
    ),
  );
});

test("columns without an entry before three that share rows by pairs do not change their groups", () => {
  for (const empty of [0, 1, 3, 10]) {
    const n = empty + 3;
    const A = patternOf(n, (i) => (i < 3 ? [empty + i, empty + ((i + 1) % 3)] : []), 3);
    const { count, columns } = groupColumns(readPattern("test", "p", A, 3, n), new Uint8Array(n).fill(1));
    expect([count, ...columns].slice(1).sort((a, b) => a - b)).toEqual([empty, empty + 1, empty + 2]);
    expect(count).toBe(3);
  }
});

test("noise is not taken for an entry that the pattern lacks, and half a matrix is refused", () => {
  let seed = 1;
  const noise = () => {
    seed = (seed * 16807) % 2147483647;
    return (seed / 2147483647 - 0.5) * 2e-6;
  };
  const n = 50;
  const noisy: F = (x, o) => {
    for (let i = 0; i < n; i++) o[i] = x[i]! - 1 + noise();
  };
  const pattern = band(n, 0, 0);
  expect(solveEquations(noisy, new Float64Array(n), { jacobianPattern: pattern }).status).toBe("failed");
  const halves = { rows: n, cols: n, rowPtr: null, colIdx: null, values: null };
  const rows = { ...halves, rowPtr: pattern.rowPtr };
  for (const half of [halves, rows])
    expect(() =>
      solveEquations(noisy, new Float64Array(n), { jacobianPattern: pattern, jacobian: () => half as never }),
    ).toThrow(expect.objectContaining({ code: "CALLBACK_RESULT" }));
});

test("a pattern that lacks an entry is refused by the first differences, not after", () => {
  const n = 20;
  const G: F = (x, o) => {
    for (let i = 0; i < n; i++) o[i] = x[i]! ** 3 + (i > 7 && i < 13 ? x[i - 5]! : 0) - 2;
  };
  expect(() => solveEquations(G, Array(n).fill(1), { jacobianPattern: band(n, 0, 0) })).toThrow(
    expect.objectContaining({
      code: "OPTION",
      message: expect.stringMatching(/F\[(\d+)\] changes .* jacobianPattern has no entry in row \1/),
    }),
  );
  // Rounding in a value that does not depend on the others is no entry.
  const mixed: F = (x, o) => {
    const sum = x.reduce((a, b) => a + b, 0);
    for (let i = 0; i < n; i++) o[i] = x[i]! ** 3 - 2 + (sum - sum * (1 + 1e-16));
  };
  expect(solveEquations(mixed, Array(n).fill(1), { jacobianPattern: band(n, 0, 0) }).status).toBe(
    "converged",
  );
});

test("wrong input says what is wrong", () => {
  const G: F = (x, o) => o.set(x.map((v) => v - 1));
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    return "none";
  };
  const jacobianPattern = band(3, 0, 0);
  const x0 = [0, 0, 0];
  expect(code(() => solveEquations(G, x0, { jacobianPattern: [[1]] as never }))).toMatch(
    /^OPTION .*jacobianPattern must be a sparse matrix/,
  );
  expect(code(() => solveEquations(G, x0, { jacobianPattern: band(4, 0, 0) }))).toMatch(
    /^SHAPE .*jacobianPattern is 4 x 4, expected 3 x 3/,
  );
  const broken = (colIdx: number[]) => ({ rows: 3, cols: 3, rowPtr: [0, 2, 2, 3], colIdx });
  expect(code(() => solveEquations(G, x0, { jacobianPattern: broken([1, 0, 2]) }))).toMatch(
    /^SHAPE .*colIdx\[1\] is 0 after 1/,
  );
  expect(code(() => solveEquations(G, x0, { jacobianPattern: broken([1, 1, 2]) }))).toMatch(
    /^SHAPE .*ascend/,
  );
  expect(code(() => solveEquations(G, x0, { jacobianPattern: broken([0, 3, 2]) }))).toMatch(
    /^SHAPE .*0 to 2/,
  );
  expect(code(() => solveEquations(G, x0, { jacobianPattern, method: "hybrid" }))).toMatch(
    /^OPTION .*"hybrid" takes no jacobianPattern/,
  );
  expect(code(() => solveEquations(G, x0, { jac_sparsity: jacobianPattern } as never))).toMatch(
    /^OPTION .*"jacobianPattern"/,
  );
  const jacobian = (): SparseMatrix => band(3, 1, 0);
  expect(code(() => solveEquations(G, x0, { jacobianPattern, jacobian }))).toMatch(
    /^CALLBACK_RESULT .*jacobian returned an entry at \[1\]\[0\], which jacobianPattern does not have/,
  );
  expect(code(() => solveEquations(G, x0, { jacobianPattern, jacobian: () => [1, 1, 1] }))).toMatch(
    /^CALLBACK_RESULT/,
  );
  const unfilled = solveEquations(G, x0, { jacobianPattern, jacobian: () => {} });
  expect([unfilled.status, unfilled.reason]).toEqual(["failed", "nonFinite"]);
});

test("a singular Jacobian is no end: the gradient leads off, and what is no root is not claimed", () => {
  // d/dx is 0 at the start.
  const r = solveEquations((x, o) => o.set([x[0]! ** 2 - 1, x[1]! - 2 + x[0]! / 8]), [1e-3, 0], {
    jacobianPattern: band(2, 1, 1),
  });
  expect(r.status).toBe("converged");
  const none = solveEquations((x, o) => o.set([x[0]! ** 2 + 1, x[1]!]), [0, 1], {
    jacobianPattern: band(2, 0, 0),
  });
  expect([none.status, none.reason]).toEqual(["failed", "stalled"]);
  const idle = solveEquations((x, o) => o.set([x[0]! - 1, x[0]! + 1]), [0, 1], {
    jacobianPattern: patternOf(2, () => [0]),
  });
  expect(idle.status).toBe("failed");
});

test("asynchronous callbacks, a limit and an abort", async () => {
  const { F, n, x0, pattern } = systems["Broyden tridiagonal (30)"]!;
  const start = Float64Array.from({ length: n }, (_v, k) => x0(k));
  const plain = solveEquations(F, start, { jacobianPattern: pattern });
  const late = await solveEquationsAsync(async (x: Float64Array, o: Float64Array) => F(x, o), start, {
    jacobianPattern: pattern,
  });
  expect([...late.x]).toEqual([...plain.x]);
  const few = solveEquations(F, start, { jacobianPattern: pattern, maxEvaluations: 6 });
  expect([few.reason, few.nfev <= 6]).toEqual(["maxEvaluations", true]);
});
