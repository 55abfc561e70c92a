// Factor objects as objects: refactoring, outputs, aliasing, disposal, failures, memory, precision, bad input.

import { afterEach, describe, expect, test } from "vitest";
import {
  cholesky,
  DownhillError,
  det,
  eigSym,
  type Factor,
  type FactorOptions,
  inverse,
  ldl,
  loadSync,
  logDet,
  lstsq,
  lu,
  type Matrix,
  type MatrixLike,
  matmul,
  matrix,
  modifiedCholesky,
  norm,
  qr,
  rcond,
  solve,
  toArray,
  transpose,
} from "../../src/index.js";
import { product, solveRatio, uniform } from "../reference/linalg.js";

const made: { dispose(): void }[] = [];
function kept<F extends { dispose(): void }>(factor: F): F {
  made.push(factor);
  return factor;
}
afterEach(() => {
  for (const factor of made.splice(0)) factor.dispose();
});

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function definite(n: number, seed: number): Matrix<Float64Array> {
  const B = matrix(n, n, Float64Array.from({ length: n * n }, uniform(seed)));
  const A = matmul(B, B, { transposeB: true });
  for (let i = 0; i < n; i++) {
    A.data[i * (n + 1)]! += 1;
    for (let j = 0; j < i; j++) A.data[j * n + i] = A.data[i * n + j]!;
  }
  return A;
}

type Made = Factor & { readonly det: number; readonly rcond: number };
type Make = (A: MatrixLike, o?: FactorOptions) => Made;
const makers: Record<string, Make> = { lu, cholesky, qr, ldl, modifiedCholesky };
const sizes = [1, 2, 3, 4, 5, 6, 16, 17, 40];

describe.each(Object.entries(makers))("%s", (kind, make) => {
  test.each(sizes)(
    "n = %i: refactor reuses the memory and gives what a new factor gives, bit for bit",
    (n) => {
      const first = definite(n, n);
      const second = definite(n, n + 100);
      const b = Float64Array.from({ length: n }, uniform(9));
      const factor = kept(make(first));
      expect(factor.kind).toBe(kind);
      const before = factor.solve(b);
      expect(factor.refactor(second)).toBe(factor);
      expect(factor.solve(b)).toEqual(kept(make(second)).solve(b));
      factor.refactor(toArray(first));
      expect(factor.solve([...b])).toEqual(before);
      const out = b.slice();
      expect(factor.solve(out, out)).toBe(out);
      expect(out).toEqual(before);
      const B = matrix(n, 3, Float64Array.from({ length: 3 * n }, uniform(4)));
      expect(solveRatio(first, factor.solve(B), B, 2 ** -53)).toBeLessThan(10);
      const into = matrix(n, 3);
      expect(factor.solve(B, into)).toBe(into);
      expect(factor.solve(B, B)).toEqual(into);
    },
  );

  test("a disposed factor says so; a second dispose does nothing", () => {
    for (const n of [3, 8]) {
      const factor = make(definite(n, 1));
      factor.dispose();
      factor.dispose();
      for (const use of [
        () => factor.solve(new Float64Array(n)),
        () => factor.solve(new Float64Array(n), new Float64Array(n)),
        () => factor.refactor(definite(n, 1)),
        () => factor.det,
        () => factor.rcond,
      ]) {
        expect(thrown(use).code).toBe("DISPOSED");
      }
    }
  });

  test("it goes with its runtime", () => {
    const runtime = loadSync({ memoryBytes: 1 << 20 });
    const factor = make(definite(8, 1), { runtime });
    expect(runtime.memory.handles().length).toBe(1);
    runtime.dispose();
    expect(thrown(() => factor.solve(new Float64Array(8))).code).toBe("DISPOSED");
    factor.dispose();
  });

  test("shapes, lengths and options are checked", () => {
    const factor = kept(make(definite(3, 2)));
    expect(thrown(() => factor.solve([1, 2])).details).toMatchObject({
      argument: "b",
      length: 2,
      expected: 3,
    });
    expect(thrown(() => factor.solve([1, 2, 3], new Float64Array(2))).details.argument).toBe("out");
    expect(thrown(() => factor.solve(matrix(2, 2))).details.argument).toBe("b");
    expect(thrown(() => factor.solve(matrix(3, 2), matrix(3, 1))).details.argument).toBe("out");
    expect(thrown(() => factor.refactor(definite(4, 1))).code).toBe("SHAPE");
    expect(thrown(() => factor.solve([1, Number.NaN, 0])).details).toMatchObject({ argument: "b", index: 1 });
    expect(thrown(() => factor.solve(matrix(3, 1, [0, 0, Infinity]))).details).toMatchObject({ index: 2 });
    expect(thrown(() => make(matrix(2, 3))).code).toBe("SHAPE");
    expect(thrown(() => make([])).code).toBe("SHAPE");
    expect(thrown(() => make(matrix(0, 0))).code).toBe("SHAPE");
    expect(thrown(() => make(definite(2, 1), { dtipe: "f32" } as object)).code).toBe("OPTION");
    expect(thrown(() => make(definite(2, 1), { dtype: "f16" as never })).code).toBe("OPTION");
    const moved = new Float64Array([1, 2, 3]);
    structuredClone(moved, { transfer: [moved.buffer] });
    expect(thrown(() => factor.solve(moved)).code).toBe("DETACHED_INPUT");
  });

  test("a Float32Array is factored in single precision, and dtype overrules it", () => {
    const A = definite(9, 3);
    const single = matrix(9, 9, Float32Array.from(A.data));
    const b = Float64Array.from({ length: 9 }, uniform(8));
    const exact = kept(make(A)).solve(b);
    const x = kept(make(single)).solve(b);
    expect(x).toBeInstanceOf(Float32Array);
    x.forEach((v, i) => {
      expect(Math.abs(v - exact[i]!)).toBeLessThan(1e-3);
    });
    expect(kept(make(single, { dtype: "f64" })).solve(b)).toBeInstanceOf(Float64Array);
    expect(kept(make(A, { dtype: "f32" })).solve(b)).toBeInstanceOf(Float32Array);
  });
});

describe("failures", () => {
  test("a singular refactor leaves a factor that refuses until the next good one", () => {
    for (const n of [3, 7]) {
      const factor = kept(lu(definite(n, 1)));
      const error = thrown(() => factor.refactor(matrix(n, n)));
      expect([error.code, error.details.pivot, error.details.rcond]).toEqual(["SINGULAR", 0, 0]);
      expect(thrown(() => factor.solve(new Float64Array(n))).code).toBe("SINGULAR");
      expect(thrown(() => factor.solve(new Float64Array(n), new Float64Array(n))).code).toBe("SINGULAR");
      factor.refactor(definite(n, 2));
      expect(factor.solve(new Float64Array(n))).toEqual(new Float64Array(n));
    }
  });

  test("a bad shape or a NaN leaves the factor as it was", () => {
    const A = definite(6, 1);
    const factor = kept(lu(A));
    const b = Float64Array.from({ length: 6 }, uniform(2));
    const x = factor.solve(b);
    const bad = matrix(6, 6, A.data);
    bad.data[10] = Number.NaN;
    expect(thrown(() => factor.refactor(bad)).details).toMatchObject({
      argument: "A",
      index: 10,
      row: 1,
      col: 4,
    });
    expect(thrown(() => factor.refactor(matrix(2, 2))).code).toBe("SHAPE");
    expect(factor.solve(b)).toEqual(x);
  });

  test("Cholesky names the pivot and refuses what is not symmetric, unless check is off", () => {
    for (const n of [3, 4, 6, 20]) {
      for (const p of [0, 1, n - 1]) {
        const A = matrix(n, n);
        for (let i = 0; i < n; i++) A.data[i * (n + 1)] = i === p ? -1 : 1;
        const error = thrown(() => cholesky(A));
        expect([error.code, error.details.pivot]).toEqual(["NOT_POSITIVE_DEFINITE", p]);
      }
      const A = definite(n, 1);
      A.data[1] = 7;
      const error = thrown(() => cholesky(A));
      expect([error.code, error.details.row, error.details.col]).toEqual(["NOT_SYMMETRIC", 0, 1]);
      const lower = kept(cholesky(A, { check: false }));
      const symmetric = definite(n, 1);
      expect(lower.L).toEqual(kept(cholesky(symmetric)).L);
      expect(lower.rcond).toBeCloseTo(kept(cholesky(symmetric)).rcond, 14);
    }
  });

  test("what does not fit in a small runtime is refused with the bytes, and the rest goes on", () => {
    const runtime = loadSync({ memoryBytes: 1 << 16 });
    const error = thrown(() => lu(matrix(300, 300, new Float64Array(90000).fill(1)), { runtime }));
    expect(error.code).toBe("OUT_OF_MEMORY");
    expect(error.details.requested).toBeGreaterThan(720000);
    expect(
      solve(
        [
          [4, 0],
          [0, 16],
        ],
        [4, 16],
        { runtime },
      ),
    ).toEqual(new Float64Array([1, 1]));
    runtime.dispose();
  });

  test("LDL' of a singular matrix is made, and refuses to solve", () => {
    const factor = kept(
      ldl([
        [1, 1],
        [1, 1],
      ]),
    );
    expect(factor.inertia).toEqual({ positive: 1, negative: 0, zero: 1 });
    expect(factor.det).toBe(0);
    expect(factor.rcond).toBe(0);
    expect(thrown(() => factor.solve([1, 1])).code).toBe("SINGULAR");
  });

  test("a pivoted QR shows the rank and refuses to solve below it", () => {
    const A = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
      [1, 1, 1],
    ];
    const factor = kept(qr(A, { pivot: true }));
    expect(factor.rank).toBe(2);
    const error = thrown(() => factor.solve([1, 1, 1, 1]));
    expect([error.code, error.details.pivot]).toEqual(["SINGULAR", 2]);
    expect(lstsq(A, [1, 1, 1, 1]).rank).toBe(2);
    expect(thrown(() => factor.det).code).toBe("SHAPE");
  });
});

test("modified Cholesky leaves a positive definite matrix alone and lifts an indefinite one", () => {
  const A = definite(12, 5);
  const b = Float64Array.from({ length: 12 }, uniform(1));
  const same = kept(modifiedCholesky(A));
  expect(same.modified).toBe(0);
  expect(same.solve(b)).toEqual(kept(ldl(A)).solve(b));
  const saddle = [
    [0, 1],
    [1, 0],
  ];
  const lifted = kept(modifiedCholesky(saddle, { delta: 0.5 }));
  expect(lifted.modified).toBe(1);
  expect(lifted.inertia).toEqual({ positive: 1, negative: 1, zero: 0 });
  // Eigenvalues -1 and 1 become 0.5 and 1.
  const [d1, , , d2] = lifted.D.data;
  expect(d1).toBeCloseTo(0.75, 15);
  expect(d2).toBeCloseTo(0.75, 15);
  expect(lifted.D.data[1]).toBeCloseTo(0.25, 15);
  const x = lifted.solve([1, 2]);
  expect(x[0]! * 1 + x[1]! * 2).toBeGreaterThan(0);
  const zero = kept(modifiedCholesky(matrix(3, 3)));
  expect([...zero.solve([1, 2, 3])]).toEqual([1, 2, 3]);
  expect(thrown(() => modifiedCholesky(saddle, { delta: 0 })).code).toBe("OPTION");
});

test("determinants beyond the range of doubles keep their logarithm", () => {
  const n = 400;
  const big = matrix(n, n);
  for (let i = 0; i < n; i++) big.data[i * (n + 1)] = i % 2 ? -1e3 : 1e3;
  expect(det(big)).toBe(Infinity);
  expect(logDet(big)).toBeCloseTo(n * 3 * Math.LN10, 9);
  const tiny = matrix(
    n,
    n,
    big.data.map((v) => v * 1e-6),
  );
  expect(det(tiny)).toBe(0);
  expect(kept(cholesky(matrix(n, n, tiny.data.map(Math.abs)))).logDet).toBeCloseTo(-n * 3 * Math.LN10, 9);
  expect(
    det([
      [0, 0],
      [0, 1],
    ]),
  ).toBe(0);
  expect(
    logDet([
      [0, 0],
      [0, 1],
    ]),
  ).toBe(-Infinity);
  expect(
    rcond([
      [0, 0],
      [0, 1],
    ]),
  ).toBe(0);
  expect(
    det([
      [0, 2],
      [3, 0],
    ]),
  ).toBe(-6);
  expect(
    kept(
      qr([
        [0, 2],
        [3, 0],
      ]),
    ).det,
  ).toBeCloseTo(-6, 14);
});

test("norms, inverses and products do what their definitions say", () => {
  const A = [
    [1, -2],
    [-3, 4],
  ];
  expect([norm(A), norm(A, "inf"), norm(A, "max"), norm(A, "frobenius")]).toEqual([6, 7, 4, Math.sqrt(30)]);
  expect(norm(matrix(0, 0), "frobenius")).toBe(0);
  expect(norm([[1e300, 1e300]], "frobenius")).toBeCloseTo(Math.SQRT2 * 1e300, -286);
  expect(
    toArray(inverse(A))
      .flat()
      .map((v) => Math.round(v * 1e12) / 1e12),
  ).toEqual([-2, -1, -1.5, -0.5]);
  expect(thrown(() => norm(A, "two" as never)).code).toBe("OPTION");
  expect(thrown(() => matmul(A, [[1, 2]])).code).toBe("SHAPE");
  expect(thrown(() => matrix(2, 2, [1, 2, 3])).code).toBe("SHAPE");
  expect(thrown(() => matrix(-1, 2)).code).toBe("SHAPE");
  expect(thrown(() => matrix(2 ** 20, 2 ** 20)).code).toBe("SHAPE");
  expect(
    thrown(() =>
      eigSym([
        [1, 2],
        [3, 4],
      ]),
    ).code,
  ).toBe("NOT_SYMMETRIC");
  // solve has no option `check`.
  const skew = [
    [1, 2],
    [3, 4],
  ];
  const hintOf = (run: () => unknown) => thrown(run).hint;
  expect(hintOf(() => solve(skew, [1, 1], { method: "cholesky" }))).toBe('method: "auto" takes any A');
  expect(hintOf(() => cholesky(skew))).toBe("check: false reads the lower triangle only");
  const C = matrix(2, 2, [5, 6, 7, 8]);
  expect(matmul(A, C, { out: C })).toBe(C);
  expect(toArray(C)).toEqual([
    [-9, -10],
    [13, 14],
  ]);
  expect(thrown(() => matmul(A, C, { out: matrix(2, 3) })).details.argument).toBe("out");
  const next = uniform(3);
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 2],
    [17, 9, 33],
    [70, 300, 5],
    [2, 0, 3],
  ] as const) {
    const B = matrix(m, k, Float64Array.from({ length: m * k }, next));
    const C = matrix(k, n, Float64Array.from({ length: k * n }, next));
    const exact = product(B, C);
    const forms = [
      matmul(B, C),
      matmul(transpose(B), C, { transposeA: true }),
      matmul(B, transpose(C), { transposeB: true }),
    ];
    for (const form of forms) {
      expect([form.rows, form.cols]).toEqual([m, n]);
      form.data.forEach((v, i) => {
        expect(Math.abs(v - exact.data[i]!)).toBeLessThan(1e-13 * (1 + k));
      });
    }
  }
});

test("a hundred thousand factors leave memory as it was", () => {
  const runtime = loadSync({ memoryBytes: 1 << 20 });
  const A = definite(6, 1);
  const b = new Float64Array(6);
  for (let i = 0; i < 1e5; i++) {
    const factor = lu(A, { runtime });
    factor.solve(b, b);
    factor.dispose();
  }
  expect(runtime.memory.used).toBe(0);
  expect(runtime.memory.handles()).toEqual([]);
  runtime.dispose();
});

test("rcond of Hilbert's matrices: their condition numbers in the 1-norm are whole (Higham 2002, section 28.1)", () => {
  // |H^-1|_1 times |H|_1; the exact values of orders 2 to 6.
  for (const [i, condition] of [27, 748, 28375, 943656, 29070279].entries()) {
    const n = i + 2;
    const H = Array.from({ length: n }, (_, a) => Array.from({ length: n }, (__, b) => 1 / (a + b + 1)));
    expect(kept(lu(H)).rcond * condition).toBeCloseTo(1, 7);
    // In another order of rows, and where the norm was taken before (beyond 16 rows).
    expect(kept(lu(H.toReversed())).rcond * condition).toBeCloseTo(1, 7);
    const wide = Array.from({ length: 20 }, (_, a) =>
      Array.from({ length: 20 }, (__, b) => (a < n && b < n ? H[a]![b]! : a === b ? 1 : 0)),
    );
    expect(kept(lu(wide)).rcond * condition).toBeCloseTo(1, 7);
  }
});
