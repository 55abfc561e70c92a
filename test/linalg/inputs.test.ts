// What comes in: read once, then checked; sparse parts that changed; norm, dot, products with vectors, dense to sparse.

import { describe, expect, test } from "vitest";
import {
  cg,
  csr,
  csrFromDense,
  csrFromTriplets,
  DownhillError,
  dot,
  gaussSeidel,
  jacobi,
  lstsq,
  matmul,
  matrix,
  norm,
  solve,
  toArray,
} from "../../src/index.js";

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("numbers are read once", () => {
  /** An array whose element 0 is 1 for so many readings and NaN afterwards. */
  function fickle(good: number): number[] {
    const b = [1, 2];
    let reads = 0;
    Object.defineProperty(b, 0, { get: () => (reads++ < good ? 1 : Number.NaN) });
    return b;
  }
  const A = [
    [2, 0],
    [0, 4],
  ];

  test("a getter that changes its mind is refused or has no effect", () => {
    const runs: Record<string, (b: number[]) => ArrayLike<number>> = {
      solve: (b) => solve(A, b),
      "solve, A": (b) => solve([b, [0, 1]], [5, 2]),
      lstsq: (b) => lstsq(A, b).x,
      norm: (b) => [norm(b)],
      dot: (b) => [dot(b, b)],
      multiply: (b) => csrFromDense(A).multiply(b),
      csr: (b) => csr({ rows: 1, cols: 2, rowPtr: [0, 2], colIdx: [0, 1], values: b }).values,
      cg: (b) => cg(A, b).x,
    };
    for (const [name, run] of Object.entries(runs)) {
      let answered = 0;
      for (let good = 0; good < 5; good++) {
        let x: ArrayLike<number> = [];
        try {
          x = run(fickle(good));
        } catch (error) {
          expect(error).toBeInstanceOf(DownhillError);
          continue;
        }
        answered++;
        expect([name, Array.from(x).every(Number.isFinite)]).toEqual([name, true]);
      }
      expect([name, answered > 0]).toEqual([name, true]);
    }
  });

  test.each([
    ["null", null],
    ["a string", "1"],
    ["a BigInt", 1n],
    ["undefined", undefined],
  ])("%s is no number", (_, value) => {
    const bad = [1, value] as number[];
    expect(thrown(() => solve(A, bad)).details).toMatchObject({ argument: "b", index: 1 });
    expect(thrown(() => solve([bad, [1, 2]], [1, 1])).details).toMatchObject({ row: 0, col: 1 });
    expect(thrown(() => matrix(1, 2, bad)).code).toBe("NON_FINITE_INPUT");
    expect(thrown(() => matmul(A, bad)).code).toBe("NON_FINITE_INPUT");
    expect(thrown(() => csr({ rows: 1, cols: 2, rowPtr: [0, 2], colIdx: [0, 1], values: bad })).code).toBe(
      "NON_FINITE_INPUT",
    );
  });

  test("lengths and kinds that no array of numbers has", () => {
    const big = BigInt64Array.of(1n, 2n) as never;
    for (const b of [
      big,
      { length: -1 },
      { length: 1.5 },
      { length: 2 ** 40 },
      new DataView(new ArrayBuffer(8)),
    ])
      expect(thrown(() => solve(A, b as never)).code).toBe("SHAPE");
    expect(thrown(() => norm({ length: 2 ** 40 } as never)).code).toBe("SHAPE");
    const detached = Float64Array.of(1, 2);
    structuredClone(detached, { transfer: [detached.buffer] });
    expect(thrown(() => solve(A, detached)).code).toBe("DETACHED_INPUT");
    expect(thrown(() => solve({ rows: 1, cols: 2, data: detached }, [1])).code).toBe("DETACHED_INPUT");
    const empty = csrFromTriplets({ rows: 2 ** 20, cols: 2 ** 20, row: [], col: [], value: [] });
    expect(thrown(() => empty.toDense()).code).toBe("OUT_OF_MEMORY");
  });
});

describe("sparse parts", () => {
  const parts = (column: number) => ({
    rows: 2,
    cols: 2,
    rowPtr: Int32Array.of(0, 2, 4),
    colIdx: Int32Array.of(0, column, 0, 1),
    values: Float64Array.of(4, 1, 1, 3),
  });
  const solvers = { cg, jacobi, gaussSeidel };

  test.each(Object.entries(solvers))("%s checks what never saw csr()", (_, solver) => {
    expect(solver(parts(1) as never, [5, 4]).x[0]).toBeCloseTo(1, 9);
    for (const column of [-1, 0, 2, 100, 99999999])
      expect(thrown(() => solver(parts(column) as never, [1, 2])).details).toMatchObject({
        argument: "colIdx",
        index: 1,
      });
    for (const rowPtr of [
      [0, 2, 5],
      [0, 3, 2],
      [1, 2, 4],
      [0, 2],
      [0, 2, 3],
    ]) {
      expect(thrown(() => solver({ ...parts(1), rowPtr } as never, [1, 2])).code).toBe("SHAPE");
    }
  });

  test.each(Object.entries(solvers))("%s checks what was written to after csr()", (_, solver) => {
    const A = csr(parts(1));
    A.colIdx[3] = 99999999;
    expect(thrown(() => solver(A, [1, 1])).details).toMatchObject({ argument: "colIdx", index: 3 });
    A.colIdx[3] = 1;
    A.values[0] = Number.NaN;
    expect(thrown(() => solver(A, [1, 1])).code).toBe("NON_FINITE_INPUT");
    A.values[0] = 4;
    A.rowPtr[1] = 77;
    expect(thrown(() => solver(A, [1, 1])).details).toMatchObject({ argument: "rowPtr", index: 1 });
  });

  test("writing to the caller's arrays does not reach the matrix", () => {
    const given = parts(1);
    const A = csr(given);
    given.values.fill(7);
    expect(toArray(A.toDense())).toEqual([
      [4, 1],
      [1, 3],
    ]);
  });

  test("a dense matrix becomes sparse and back", () => {
    const dense = [
      [0, 2, 0],
      [0, 0, 0],
      [1, 0, -3],
    ];
    const A = csrFromDense(dense);
    expect(A.nnz).toBe(3);
    expect([...A.rowPtr]).toEqual([0, 1, 1, 3]);
    expect(toArray(A.toDense())).toEqual(dense);
    expect(csrFromDense(matrix(0, 3)).rows).toBe(0);
    expect(thrown(() => csrFromDense([[Number.NaN]])).code).toBe("NON_FINITE_INPUT");
  });
});

describe("vectors", () => {
  test("norms of a vector", () => {
    expect(norm([3, -4])).toBe(5);
    expect(norm([3, -4], "two")).toBe(5);
    expect(norm([3, -4], "frobenius")).toBe(5);
    expect(norm([3, -4], "one")).toBe(7);
    expect(norm(Float32Array.of(3, -4), "inf")).toBe(4);
    expect(norm([], "max")).toBe(0);
    expect(Math.abs(norm([3e200, 4e200]) / 5e200 - 1)).toBeLessThan(1e-15);
    expect(norm([3e-200, 4e-200])).toBeCloseTo(5e-200, 210);
    expect(thrown(() => norm([1], "l2" as never)).code).toBe("OPTION");
    expect(thrown(() => norm([1, Number.NaN])).code).toBe("NON_FINITE_INPUT");
    expect(thrown(() => norm([[1]], "two" as never)).code).toBe("OPTION");
  });

  test("dot", () => {
    expect(dot([1, 2, 3], Float64Array.of(4, 5, 6))).toBe(32);
    expect(dot([], [])).toBe(0);
    expect(thrown(() => dot([1], [1, 2])).code).toBe("SHAPE");
    expect(thrown(() => dot([1], [Infinity])).code).toBe("NON_FINITE_INPUT");
  });

  test("a matrix times a vector", () => {
    const A = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect([...matmul(A, [1, 0, -1])]).toEqual([-2, -2]);
    expect([...matmul(A, [1, -1], { transposeA: true })]).toEqual([-3, -3, -3]);
    expect(matmul(matrix(1, 1, Float32Array.of(0.5)), [3])).toEqual(Float32Array.of(1.5));
    const column = { shape: [2, 3], stride: [1, 2], offset: 0, data: [1, 4, 2, 5, 3, 6] };
    expect([...matmul(column, [1, 0, -1])]).toEqual([-2, -2]);
    expect(matmul([[Infinity]], [1])[0]).toBe(Infinity);
    expect(thrown(() => matmul(A, [1, 2])).code).toBe("SHAPE");
    expect(thrown(() => matmul(A, [1, 2, 3], { transposeB: true })).code).toBe("OPTION");
    expect(thrown(() => matmul(A, [1, 2, 3], { out: matrix(2, 1) })).code).toBe("OPTION");
  });

  test("a sparse matrix where a dense one is meant is answered with the way", () => {
    const error = thrown(() => matmul(csrFromDense([[1]]) as never, [[1]]));
    expect(error.code).toBe("SHAPE");
    expect(error.hint).toMatch(/toDense/);
  });

  test("a matrix that is written out where the parts of a sparse one are meant", () => {
    expect(thrown(() => csr([[1]] as never)).hint).toMatch(/csrFromDense/);
  });
});
