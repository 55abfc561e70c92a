// L D L' of sparse symmetric matrices: against dense factors and closed forms, over every size, with what is refused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  csr,
  csrFromTriplets,
  ldl,
  loadSync,
  matrix,
  type SparseMatrix,
  sparseCholesky,
  sparseLdl,
} from "../../src/index.js";
import { SymmetricFactor } from "../../src/linalg/symmetric-factor.js";

/** Uniform numbers in [0, 1), the same every time. */
function numbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A quasi-definite matrix [H A'; A -G] with diagonal H, G, its rows mixed: every order of elimination has pivots. */
function quasidefinite(n: number, density: number, seed: number) {
  const random = numbers(seed);
  const signs = Array.from({ length: n }, () => (random() < 0.6 ? 1 : -1));
  const [row, col, value]: number[][] = [[], [], []];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (signs[i] === signs[j] || random() >= density) continue;
      const v = 2 * random() - 1;
      row!.push(i, j);
      col!.push(j, i);
      value!.push(v, v);
    }
    row!.push(i);
    col!.push(i);
    value!.push(signs[i]! * (0.5 + random()));
  }
  return { A: csrFromTriplets({ rows: n, cols: n, row: row!, col: col!, value: value! }), signs };
}

/** The Laplacian of a k x k grid: five points, Dirichlet. */
function laplacian(k: number): SparseMatrix {
  const n = k * k;
  const [row, col, value]: number[][] = [[], [], []];
  const add = (i: number, j: number, v: number) => {
    row!.push(i);
    col!.push(j);
    value!.push(v);
  };
  for (let i = 0; i < n; i++) {
    add(i, i, 4);
    if (i % k > 0) add(i, i - 1, -1);
    if (i % k < k - 1) add(i, i + 1, -1);
    if (i >= k) add(i, i - k, -1);
    if (i < n - k) add(i, i + k, -1);
  }
  return csrFromTriplets({ rows: n, cols: n, row: row!, col: col!, value: value! });
}

const worst = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  Array.from(x).reduce((most, v, i) => Math.max(most, Math.abs(v - y[i]!)), 0);

describe("sparseLdl", () => {
  test("every size from 1 to 67 agrees with the dense factor in solution, inertia and determinant", () => {
    for (let n = 1; n <= 67; n++) {
      const { A, signs } = quasidefinite(n, 0.25, n);
      using sparse = sparseLdl(A, { signs });
      using dense = ldl(A.toDense());
      const b = Array.from({ length: n }, (_, i) => (i % 7) - 3);
      expect(worst(sparse.solve(b), dense.solve(b))).toBeLessThan(1e-10);
      expect(sparse.inertia.negative).toBe(dense.inertia.negative);
      expect(sparse.inertia.positive).toBe(dense.inertia.positive);
      expect(Math.abs(sparse.logDet - dense.logDet)).toBeLessThan(1e-9 * n);
      expect(sparse.regularized).toBe(0);
      expect([...sparse.perm].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  });

  test("L D L' is P A P'", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (n, density, seed) => {
          const { A } = quasidefinite(n, density, seed);
          using f = sparseLdl(A);
          const L = f.L.toDense().data;
          const { D, perm } = f;
          const dense = A.toDense().data;
          for (let i = 0; i < n; i++) {
            for (let j = 0; j <= i; j++) {
              let s = 0;
              for (let k = 0; k <= j; k++) s += L[i * n + k]! * D[k]! * L[j * n + k]!;
              expect(Math.abs(s - dense[perm[i]! * n + perm[j]!]!)).toBeLessThan(1e-11);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a given order of elimination is kept up to a postorder, and fill is what it costs", () => {
    const A = laplacian(24);
    using good = sparseLdl(A);
    using plain = sparseLdl(A, { order: Array.from({ length: 576 }, (_, i) => i) });
    // By rows the band of 24 fills: 576 x 24 numbers.
    expect(plain.stored).toBeGreaterThan(13000);
    expect(good.stored).toBeLessThan(0.85 * plain.stored);
    const b = Array.from({ length: 576 }, (_, i) => i % 5);
    expect(worst(good.solve(b), plain.solve(b))).toBeLessThan(1e-11);
  });

  test("refactor works with new numbers in the same memory and refuses another pattern", () => {
    const { A } = quasidefinite(30, 0.3, 5);
    using f = sparseLdl(A);
    const twice = csr({
      rows: 30,
      cols: 30,
      rowPtr: A.rowPtr,
      colIdx: A.colIdx,
      values: A.values.map((v) => 2 * v),
    });
    const b = Array.from({ length: 30 }, (_, i) => i - 15);
    const x = f.solve(b);
    const half = f.refactor(twice).solve(b);
    expect(
      worst(
        x,
        half.map((v) => 2 * v),
      ),
    ).toBe(0);
    expect(() => f.refactor(laplacian(2))).toThrow(expect.objectContaining({ code: "SHAPE" }));
  });

  test("a saddle point with zeros on the diagonal is solved by refinement, and refused without regularization", () => {
    const t = {
      rows: 3,
      cols: 3,
      row: [0, 1, 0, 1, 2, 2],
      col: [0, 1, 2, 2, 0, 1],
      value: [1, 1, 1, 1, 1, 1],
    };
    const K = csrFromTriplets(t);
    using f = sparseLdl(K);
    expect(worst(f.solve([0, 0, 1]), [0.5, 0.5, -0.5])).toBeLessThan(1e-15);
    // Nothing but a zero block: no order has a pivot.
    const zero = csrFromTriplets({ rows: 2, cols: 2, row: [0, 1], col: [1, 0], value: [1, 1] });
    expect(() => sparseLdl(zero, { regularization: 0 })).toThrow(
      expect.objectContaining({ code: "SINGULAR" }),
    );
  });

  test("a singular matrix is refused by solve, not answered", () => {
    const A = csrFromTriplets({
      rows: 2,
      cols: 2,
      row: [0, 0, 1, 1],
      col: [0, 1, 0, 1],
      value: [1, 1, 1, 1],
    });
    using f = sparseLdl(A);
    expect(f.regularized).toBe(1);
    expect(() => f.solve([1, 2])).toThrow(expect.objectContaining({ code: "SINGULAR" }));
  });

  test("many right-hand sides, and memory that is given back", () => {
    const A = laplacian(5);
    const f = sparseLdl(A);
    const B = matrix(
      25,
      3,
      Array.from({ length: 75 }, (_, i) => (i * 7) % 11),
    );
    const X = f.solve(B);
    for (let j = 0; j < 3; j++) {
      const b = Array.from({ length: 25 }, (_, i) => B.data[i * 3 + j]!);
      const x = f.solve(b);
      expect(Array.from({ length: 25 }, (_, i) => X.data[i * 3 + j]!)).toEqual([...x]);
    }
    f.dispose();
    f.dispose();
    expect(() => f.solve([1])).toThrow(expect.objectContaining({ code: "DISPOSED" }));
    expect(() => f.refactor(A)).toThrow(expect.objectContaining({ code: "DISPOSED" }));
  });

  test("signs that the pivots have not are forced, and counted", () => {
    const A = csrFromTriplets({ rows: 2, cols: 2, row: [0, 1], col: [0, 1], value: [1, 1] });
    using f = sparseLdl(A, { signs: [1, -1] });
    expect(f.regularized).toBe(1);
    expect(f.inertia).toEqual({ positive: 1, negative: 1 });
  });

  test.each([
    ["SHAPE", [[1]], {}],
    ["SHAPE", csrFromTriplets({ rows: 1, cols: 2, row: [0], col: [0], value: [1] }), {}],
    ["SHAPE", csrFromTriplets({ rows: 0, cols: 0, row: [], col: [], value: [] }), {}],
    ["OPTION", laplacian(2), { sign: [1] }],
    ["OPTION", laplacian(2), { signs: [1, 1, 1, 2] }],
    ["OPTION", laplacian(2), { order: [0, 1, 2, 2] }],
    ["OPTION", laplacian(2), { regularization: -1 }],
    ["SHAPE", laplacian(2), { order: [0] }],
  ])("bad input is refused with %s", (code, A, options) => {
    expect(() => sparseLdl(A as never, options as never)).toThrow(expect.objectContaining({ code }));
  });

  test("numbers that are not finite, right-hand sides of another length", () => {
    const A = laplacian(2);
    using f = sparseLdl(A);
    expect(() => f.solve([1, 2, 3])).toThrow(expect.objectContaining({ code: "SHAPE" }));
    expect(() => f.solve([1, 2, 3, Number.NaN])).toThrow(
      expect.objectContaining({ code: "NON_FINITE_INPUT" }),
    );
    expect(() => f.solve(matrix(3, 1))).toThrow(expect.objectContaining({ code: "SHAPE" }));
    const wrong = { ...A, values: A.values.map((v, i) => (i === 3 ? Number.POSITIVE_INFINITY : v)) };
    expect(() => sparseLdl(wrong as SparseMatrix)).toThrow(
      expect.objectContaining({ code: "NON_FINITE_INPUT" }),
    );
  });
});

describe("sparseCholesky", () => {
  test("the Laplacian's determinant and a solution in closed form", () => {
    // Eigenvalues 4 - 2 cos(i pi / (k + 1)) - 2 cos(j pi / (k + 1)).
    for (const k of [1, 2, 5, 12, 40]) {
      using f = sparseCholesky(laplacian(k));
      let log = 0;
      for (let i = 1; i <= k; i++)
        for (let j = 1; j <= k; j++)
          log += Math.log(4 - 2 * Math.cos((i * Math.PI) / (k + 1)) - 2 * Math.cos((j * Math.PI) / (k + 1)));
      expect(Math.abs(f.logDet - log)).toBeLessThan(1e-10 * Math.max(1, log));
      const one = new Float64Array(k * k).fill(1);
      expect(worst(f.solve(laplacian(k).multiply(one)), one)).toBeLessThan(1e-12);
    }
  });

  test("the same bits on a runtime of its own", () => {
    const runtime = loadSync({ memoryBytes: 2 ** 22 });
    const A = laplacian(9);
    using a = sparseCholesky(A);
    using b = sparseCholesky(A, { runtime });
    expect(a.D).toEqual(b.D);
    runtime.dispose();
  });

  test("an arrow whose centre is dense is eliminated last", () => {
    const n = 500;
    const row = [0];
    const col = [0];
    const value = [n];
    for (let i = 1; i < n; i++) {
      row.push(i, 0, i);
      col.push(0, i, i);
      value.push(1, 1, 2);
    }
    using f = sparseCholesky(csrFromTriplets({ rows: n, cols: n, row, col, value }));
    expect(f.perm[n - 1]).toBe(0);
    expect(f.stored).toBeLessThan(12 * n);
  });

  test("NOT_POSITIVE_DEFINITE names the row, an unsymmetric matrix its place", () => {
    const A = csrFromTriplets({ rows: 2, cols: 2, row: [0, 1], col: [0, 1], value: [1, -1] });
    expect(() => sparseCholesky(A)).toThrow(
      expect.objectContaining({
        code: "NOT_POSITIVE_DEFINITE",
        details: expect.objectContaining({ pivot: 1 }),
      }),
    );
    const skew = csrFromTriplets({
      rows: 2,
      cols: 2,
      row: [0, 0, 1, 1],
      col: [0, 1, 0, 1],
      value: [2, 1, 0, 2],
    });
    expect(() => sparseCholesky(skew)).toThrow(/not symmetric: A\[0\]\[1\] is 1, A\[1\]\[0\] is 0/);
    using lower = sparseCholesky(skew, { check: false });
    expect([...lower.solve([2, 4])]).toEqual([1, 2]);
  });

  test("a factor that failed throws until one succeeds", () => {
    const A = laplacian(3);
    using f = sparseCholesky(A);
    const bad = csr({
      rows: 9,
      cols: 9,
      rowPtr: A.rowPtr,
      colIdx: A.colIdx,
      values: A.values.map((v) => -v),
    });
    expect(() => f.refactor(bad)).toThrow(expect.objectContaining({ code: "NOT_POSITIVE_DEFINITE" }));
    expect(() => f.solve(new Float64Array(9))).toThrow(
      expect.objectContaining({ code: "NOT_POSITIVE_DEFINITE" }),
    );
    expect(f.refactor(A).solve(new Float64Array(9))).toEqual(new Float64Array(9));
  });
});

test("the core keeps its memory apart from the next factor's of another pattern", () => {
  const a = new SymmetricFactor({ n: 2, rowPtr: [0, 1, 3], colIdx: [0, 0, 1] });
  const b = new SymmetricFactor({ n: 2, rowPtr: [0, 1, 2], colIdx: [0, 1] });
  a.values.set([2, 1, 3]);
  b.values.set([5, 7]);
  expect(a.factor()).toBe(0);
  expect(b.factor()).toBe(0);
  a.b.set([3, 4]);
  a.solve();
  expect([...a.x]).toEqual([1, 1]);
  b.values.set([0, 7]);
  expect(b.factor()).toBe(-1);
  b.values.set([5, Number.NaN]);
  expect(b.factor(0, 1)).toBe(-2);
  expect(a.disposed).toBe(false);
  a.release();
  b.release();
  expect(a.disposed).toBe(true);
});
