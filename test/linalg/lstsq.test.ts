// Least squares against certified regressions, exact systems, and the four conditions of a pseudo-inverse.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lstsq, matmul, matrix, toArray, transpose } from "../../src/index.js";
import { digits, regression } from "./nist.js";

const golden = JSON.parse(
  readFileSync(new URL("../reference-data/linear-systems.json", import.meta.url), "utf8"),
) as {
  least_squares: {
    id: string;
    A: number[][];
    b: number[];
    x: number[];
    residual_ss: number;
    cond2: number;
  }[];
};

describe("NIST linear regressions", () => {
  test.each([
    ["Norris", 12],
    ["Longley", 10],
    ["Wampler1", 9],
    ["NoInt1", 14],
    ["Filip", 7],
  ] as const)("%s has at least %i certified digits", (name, least) => {
    const { A, y, certified } = regression(name);
    const fit = lstsq(A, y);
    expect(fit.rank).toBe(certified.length);
    expect(digits(fit.x, certified)).toBeGreaterThanOrEqual(least);
    expect(fit.rcond).toBeGreaterThan(1e-11);
  });
});

describe("systems with exact solutions", () => {
  test.each(golden.least_squares)("$id", ({ A, b, x, residual_ss, cond2 }) => {
    const fit = lstsq(A, b);
    const error = Math.max(...x.map((v, i) => Math.abs((fit.x[i] as number) - v)));
    expect(error).toBeLessThanOrEqual(10 * cond2 * 2 ** -52 * Math.max(...x.map(Math.abs)));
    expect(fit.residualNorm ** 2).toBeCloseTo(residual_ss, 9);
  });
});

/** Uniform numbers in [-1, 1) that repeat from run to run (xorshift32). */
function uniform(seed: number): () => number {
  let s = seed | 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s | 0) / 2147483648;
  };
}

const random = (rows: number, cols: number, next: () => number) =>
  matrix(rows, cols, Float64Array.from({ length: rows * cols }, next));

test("a random matrix of any shape and rank gets its least squares solution of least norm", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 1, max: 14 }),
      fc.integer(),
      (m, n, r, seed) => {
        const rank = Math.min(m, n, r);
        const next = uniform(seed);
        const A = matmul(random(m, rank, next), random(rank, n, next));
        const b = Float64Array.from({ length: m }, next);
        const fit = lstsq(A, b, { tolerance: 1e-10 });
        expect(fit.rank).toBe(rank);
        const Ax = matmul(A, matrix(n, 1, fit.x)).data;
        const residual = Float64Array.from(b, (v, i) => v - (Ax[i] as number));
        // A'(b - A x) = 0, and x is in the row space: x = A'y for some y.
        const scale = Math.hypot(...A.data) * (1 + Math.hypot(...fit.x));
        const normal = matmul(A, matrix(m, 1, residual), { transposeA: true }).data;
        expect(Math.hypot(...normal)).toBeLessThan(1e-9 * scale * scale);
        expect(fit.residualNorm).toBeCloseTo(Math.hypot(...residual), 8);
        const y = lstsq(transpose(A), fit.x, { tolerance: 1e-10 });
        expect(y.residualNorm).toBeLessThan(1e-7 * (1 + Math.hypot(...fit.x)));
      },
    ),
  );
});

test("units of the columns change neither rank nor fit", () => {
  const next = uniform(7);
  const A = random(20, 4, next);
  const b = Float64Array.from({ length: 20 }, next);
  const units = [1e-30, 1, 1e30, 1e-8];
  const scaled = matrix(
    20,
    4,
    A.data.map((v, i) => v * (units[i % 4] as number)),
  );
  const plain = lstsq(A, b);
  const fit = lstsq(scaled, b);
  expect(fit.rank).toBe(4);
  expect(fit.residualNorm).toBeCloseTo(plain.residualNorm, 12);
  plain.x.forEach((v, i) => {
    expect((fit.x[i] as number) * (units[i] as number)).toBeCloseTo(v, 12);
  });
});

test("single precision stays single and agrees with double to its digits", () => {
  const next = uniform(3);
  const A = matrix(30, 5, Float32Array.from({ length: 150 }, next));
  const b = Float32Array.from({ length: 30 }, next);
  const single = lstsq(A, b);
  const double = lstsq(A, b, { dtype: "f64" });
  expect(single.x).toBeInstanceOf(Float32Array);
  expect(double.x).toBeInstanceOf(Float64Array);
  single.x.forEach((v, i) => {
    expect(Math.abs(v - (double.x[i] as number))).toBeLessThan(1e-6);
  });
});

test("edges: no columns, no rows, zero columns, a zero matrix", () => {
  expect(lstsq(matrix(3, 0), [1, 2, 2])).toEqual({
    x: new Float64Array(0),
    rank: 0,
    residualNorm: 3,
    rcond: 0,
  });
  expect(lstsq(matrix(0, 2), [])).toEqual({ x: new Float64Array(2), rank: 0, residualNorm: 0, rcond: 0 });
  const flat = lstsq(matrix(2, 2), [3, 4]);
  expect([flat.rank, flat.residualNorm, ...flat.x]).toEqual([0, 5, 0, 0]);
  const one = lstsq(
    [
      [0, 2],
      [0, 0],
    ],
    [4, 1],
  );
  expect([one.rank, ...one.x]).toEqual([1, 0, 2]);
});

test("bad input is refused by name and place", () => {
  const A = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      const { code, details } = error as { code: string; details: Record<string, unknown> };
      return [code, details.argument ?? details.option, details.index];
    }
    return "no error";
  };
  expect(code(() => lstsq(A, [1, 2]))).toEqual(["SHAPE", "b", undefined]);
  expect(code(() => lstsq(A, [1, Number.NaN, 2]))).toEqual(["NON_FINITE_INPUT", "b", 1]);
  expect(
    code(() =>
      lstsq(
        [
          [1, 2],
          [3, Infinity],
        ],
        [1, 2],
      ),
    ),
  ).toEqual(["NON_FINITE_INPUT", "A", 3]);
  expect(code(() => lstsq([[1, 2], [3]], [1, 2]))).toEqual(["SHAPE", "A", undefined]);
  expect(code(() => lstsq(A, [1, 2, 3], { toleranse: 1 } as object))).toEqual([
    "OPTION",
    "toleranse",
    undefined,
  ]);
  expect(code(() => lstsq(A, [1, 2, 3], { tolerance: -1 }))).toEqual(["OPTION", "tolerance", undefined]);
  expect(code(() => lstsq("A" as never, [1]))).toEqual(["SHAPE", "A", undefined]);
});

test("matrices of other libraries are read where they lie", () => {
  const nested = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const mlMatrix = { rows: 2, columns: 3, data: nested.map((row) => Float64Array.from(row)) };
  const ndarray = { shape: [2, 3], stride: [1, 2], offset: 1, data: [9, 1, 4, 2, 5, 3, 6] };
  for (const A of [nested, mlMatrix, ndarray, matrix(2, 3, [1, 2, 3, 4, 5, 6]), matrix(2, 3, nested)]) {
    expect(toArray(A)).toEqual(nested);
    expect(toArray(transpose(A))).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(toArray(matmul(A, A, { transposeB: true }))).toEqual([
      [14, 32],
      [32, 77],
    ]);
  }
});
