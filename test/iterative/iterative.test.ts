// Jacobi, Gauss-Seidel and conjugate gradients: known iteration counts, every stop reason, limits and bad input.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  cg,
  cgAsync,
  csr,
  csrFromTriplets,
  DownhillError,
  gaussSeidel,
  gaussSeidelAsync,
  type IterativeResult,
  jacobi,
  type Operator,
  type SparseMatrix,
  solve,
} from "../../src/index.js";
import { uniform } from "../reference/linalg.js";

interface Poisson {
  id: string;
  n: number;
  b: number[];
  x: number[];
  "iterations_to_1e-10": { cg: number; jacobi: number; gauss_seidel: number };
}

const golden = JSON.parse(
  readFileSync(new URL("../reference-data/linear-systems.json", import.meta.url), "utf8"),
) as { systems: Poisson[] };
const problems = golden.systems.filter((s) => s.id.startsWith("poisson"));

function poisson(g: number): SparseMatrix {
  const t = { rows: g * g, cols: g * g, row: [] as number[], col: [] as number[], value: [] as number[] };
  const put = (i: number, j: number, v: number) => {
    t.row.push(i);
    t.col.push(j);
    t.value.push(v);
  };
  for (let r = 0; r < g; r++) {
    for (let c = 0; c < g; c++) {
      const i = r * g + c;
      put(i, i, 4);
      if (r > 0) put(i, i - g, -1);
      if (r < g - 1) put(i, i + g, -1);
      if (c > 0) put(i, i - 1, -1);
      if (c < g - 1) put(i, i + 1, -1);
    }
  }
  return csrFromTriplets(t);
}

const operator =
  (A: SparseMatrix): Operator =>
  (x, out) => {
    A.multiply(x, out);
  };

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const worst = (x: ArrayLike<number>, exact: ArrayLike<number>): number =>
  Math.max(...Array.from(exact, (v, i) => Math.abs(x[i]! - v)));

describe.each(problems)("$id", ({ n, b, x, "iterations_to_1e-10": counts }) => {
  const sparse = poisson(Math.round(Math.sqrt(n)));
  const forms = { sparse, dense: sparse.toDense(), function: operator(sparse) };
  const diagonal = new Float64Array(n).fill(4);

  test.each(Object.entries(forms))("the iteration counts on a %s A are the known ones", (form, A) => {
    const check = (result: IterativeResult, count: number) => {
      expect(result.status).toBe("converged");
      expect(result.reason).toBe("residual");
      expect(result.nit).toBe(count);
      expect(result.history).toHaveLength(count + 1);
      expect(worst(result.x, x)).toBeLessThan(1e-8 * Math.max(...x.map(Math.abs)));
      expect(result.residualNorm).toBeLessThanOrEqual(1.01e-10 * Math.hypot(...b));
    };
    check(cg(A, b), counts.cg);
    check(jacobi(A, b, form === "function" ? { diagonal } : {}), counts.jacobi);
    if (form !== "function") check(gaussSeidel(A as SparseMatrix, b), counts.gauss_seidel);
  });
});

describe("preconditioners", () => {
  const A = poisson(30);
  const n = A.rows;
  const x = Float64Array.from({ length: n }, uniform(2));
  const b = A.multiply(x);
  const plain = cg(A, b);

  test.each(["jacobi", "ssor", "ic0"] as const)("%s on sparse and dense A gives the same answer", (name) => {
    const fast = cg(A, b, { preconditioner: name, omega: name === "ssor" ? 1.2 : undefined });
    expect(fast.status).toBe("converged");
    expect(worst(fast.x, x)).toBeLessThan(1e-8);
    if (name !== "jacobi") expect(fast.nit).toBeLessThan(0.6 * plain.nit);
    const dense = cg(A.toDense(), b, { preconditioner: name, omega: name === "ssor" ? 1.2 : undefined });
    expect(Math.abs(dense.nit - fast.nit)).toBeLessThanOrEqual(1);
    expect(worst(dense.x, x)).toBeLessThan(1e-8);
  });

  test("a function of the user's does what the built-in one does", () => {
    const scaled = csrFromTriplets({
      rows: 2,
      cols: 2,
      row: [0, 0, 1, 1],
      col: [0, 1, 0, 1],
      value: [4e6, 1, 1, 1e-3],
    });
    const own: Operator = (r, z) => {
      z[0] = r[0]! / 4e6;
      z[1] = r[1]! / 1e-3;
    };
    const a = cg(scaled, [1, 1], { preconditioner: own, tolerance: 1e-12 });
    const c = cg(scaled, [1, 1], { preconditioner: "jacobi", tolerance: 1e-12 });
    const d = cg(operator(scaled), [1, 1], {
      preconditioner: "jacobi",
      diagonal: [4e6, 1e-3],
      tolerance: 1e-12,
    });
    const exact = solve(scaled.toDense(), [1, 1]);
    for (const result of [a, c, d]) {
      expect(result.nit).toBeLessThanOrEqual(3);
      expect(worst(result.x, exact)).toBeLessThan(1e-8 * Math.max(...exact));
    }
  });

  test("IC(0) of a tridiagonal matrix is its Cholesky factor: one iteration", () => {
    const m = 50;
    const t = { rows: m, cols: m, row: [] as number[], col: [] as number[], value: [] as number[] };
    for (let i = 0; i < m; i++) {
      for (const j of [i - 1, i, i + 1]) {
        if (j < 0 || j >= m) continue;
        t.row.push(i);
        t.col.push(j);
        t.value.push(i === j ? 2 + i / m : -1);
      }
    }
    expect(cg(csrFromTriplets(t), new Array(m).fill(1), { preconditioner: "ic0" }).nit).toBe(1);
  });

  test("relaxation speeds Gauss-Seidel up, a symmetric sweep too", () => {
    const one = gaussSeidel(A, b, { tolerance: 1e-6 });
    expect(gaussSeidel(A, b, { tolerance: 1e-6, omega: 1.8 }).nit).toBeLessThan(one.nit / 4);
    const both = gaussSeidel(A, b, { tolerance: 1e-6, symmetric: true });
    expect(both.nit).toBeLessThan(one.nit);
    const dense = gaussSeidel(A.toDense(), b, { tolerance: 1e-6, symmetric: true });
    expect(dense.nit).toBe(both.nit);
  });
});

describe("ends", () => {
  const A = poisson(20);
  const b = new Float64Array(400).fill(1);

  test("maxIterations keeps the best effort", () => {
    const result = cg(A, b, { maxIterations: 7 });
    expect([result.status, result.reason, result.nit]).toEqual(["stopped", "maxIterations", 7]);
    expect(result.history).toHaveLength(8);
    expect(result.success).toBe(false);
  });

  test("maxEvaluations counts products, maxTimeMs time", () => {
    const result = cg(A, b, { maxEvaluations: 5 });
    expect([result.reason, result.nit]).toEqual(["maxEvaluations", 4]);
    expect(cg(A, b, { maxTimeMs: 0 }).reason).toBe("maxTime");
  });

  test("onIteration sees every k-th iteration and may stop", () => {
    const seen: number[] = [];
    const all = cg(A, b, { every: 5, onIteration: ({ nit }) => seen.push(nit) });
    expect(all.status).toBe("converged");
    expect(seen.slice(0, 3)).toEqual([5, 10, 15]);
    const stopped = cg(A, b, {
      onIteration: ({ nit, fun, x }) => (nit === 3 && fun > 0 && x.length === 400 ? "stop" : undefined),
    });
    expect([stopped.status, stopped.reason, stopped.nit]).toEqual(["stopped", "callback", 3]);
    expect([...stopped.history]).toEqual([...all.history.slice(0, 4)]);
  });

  test("a signal stops a synchronous run and rejects an asynchronous one", async () => {
    const controller = new AbortController();
    const result = cg(A, b, { signal: controller.signal, onIteration: () => controller.abort() });
    expect([result.status, result.reason, result.nit]).toEqual(["stopped", "abort", 1]);
    const reason = new Error("enough");
    const later = new AbortController();
    const slow = gaussSeidelAsync(poisson(60), new Float64Array(3600).fill(1), {
      tolerance: 0,
      maxIterations: 1e6,
      signal: later.signal,
    });
    setTimeout(() => later.abort(reason), 20);
    await expect(slow).rejects.toBe(reason);
    expect((await cgAsync(A, b)).x).toEqual(cg(A, b).x);
  });

  test("an indefinite A is named, with cg on every form", () => {
    const indefinite = csrFromTriplets({ rows: 2, cols: 2, row: [0, 1], col: [0, 1], value: [1, -1] });
    for (const form of [indefinite, indefinite.toDense(), operator(indefinite)]) {
      const result = cg(form, [1, 2]);
      expect([result.status, result.reason]).toEqual(["failed", "notPositiveDefinite"]);
    }
    expect(cg(indefinite, [1, 2], { preconditioner: "jacobi" }).reason).toBe("notPositiveDefinite");
  });

  test("a preconditioner that is not positive breaks down", () => {
    const result = cg(A, b, {
      preconditioner: (r, z) =>
        r.forEach((v, i) => {
          z[i] = -v;
        }),
    });
    expect([result.status, result.reason]).toEqual(["failed", "breakdown"]);
  });

  test("Jacobi and Gauss-Seidel diverge in finite numbers", () => {
    const wild = [
      [1, 3],
      [4, 1],
    ];
    for (const result of [jacobi(wild, [1, 1]), gaussSeidel(wild, [1, 1])]) {
      expect([result.status, result.reason]).toEqual(["failed", "diverging"]);
      expect(result.nit).toBeLessThan(60);
    }
  });

  test("a start at the solution, and b = 0, need no iteration", () => {
    const x = cg(A, b, { tolerance: 1e-14 }).x;
    expect(cg(A, b, { x0: x, tolerance: 1e-10 }).nit).toBe(0);
    const zero = cg(A, new Float64Array(400));
    expect([zero.status, zero.nit, Math.max(...zero.x)]).toEqual(["converged", 0, 0]);
  });

  test("an error of the caller's comes out as it is, and nothing is left behind", () => {
    const error = new Error("mine");
    const fail = () => {
      throw error;
    };
    expect(() => cg(A, b, { preconditioner: fail })).toThrow(error);
    expect(() => cg(fail, b)).toThrow(error);
    expect(() => cg(A, b, { onIteration: fail })).toThrow(error);
  });

  test("solves nest", () => {
    const inner: Operator = (r, z) => {
      z.set(cg(A, r, { tolerance: 1e-3 }).x);
    };
    const result = cg(A, b, { preconditioner: inner });
    expect(result.status).toBe("converged");
    expect(result.nit).toBeLessThan(10);
  });
});

describe("bad input", () => {
  const good = { rows: 2, cols: 2, rowPtr: [0, 2, 3], colIdx: [0, 1, 1], values: [2, 0, 2] };

  test.each([
    ["unsorted columns", { colIdx: [1, 0, 1] }, "SHAPE", "colIdx", 1],
    ["a column twice", { colIdx: [1, 1, 1] }, "SHAPE", "colIdx", 1],
    ["a column out of range", { colIdx: [0, 1, 2] }, "SHAPE", "colIdx", 2],
    ["a negative column", { colIdx: [0, -1, 1] }, "SHAPE", "colIdx", 1],
    ["falling row pointers", { rowPtr: [0, 3, 2] }, "SHAPE", "rowPtr", 2],
    ["a first pointer that is not 0", { rowPtr: [1, 2, 3] }, "SHAPE", "rowPtr", 0],
    ["a last pointer short of the end", { rowPtr: [0, 1, 2] }, "SHAPE", "rowPtr", 2],
    ["too few pointers", { rowPtr: [0, 3] }, "SHAPE", "rowPtr", undefined],
    ["a NaN", { values: [1, Number.NaN, 1] }, "NON_FINITE_INPUT", "values", 1],
    ["a fractional size", { rows: 1.5 }, "SHAPE", "rows", undefined],
  ] as const)("csr refuses %s", (_, change, code, argument, index) => {
    const error = thrown(() => csr({ ...good, ...change }));
    expect([error.code, error.details.argument, error.details.index]).toEqual([code, argument, index]);
  });

  test("csrFromTriplets adds what falls together and refuses what falls outside", () => {
    const A = csrFromTriplets({
      rows: 2,
      cols: 3,
      row: [1, 0, 1, 1],
      col: [2, 0, 0, 2],
      value: [1, 5, 7, 2],
    });
    expect([...A.toDense().data]).toEqual([5, 0, 0, 7, 0, 3]);
    expect([A.nnz, [...A.rowPtr], [...A.colIdx]]).toEqual([3, [0, 1, 3], [0, 0, 2]]);
    expect([...A.multiply([1, 2, 3])]).toEqual([5, 16]);
    expect([...A.multiplyTransposed([1, 2])]).toEqual([19, 0, 6]);
    const error = thrown(() =>
      csrFromTriplets({ rows: 2, cols: 2, row: [0, 2], col: [0, 0], value: [1, 1] }),
    );
    expect([error.code, error.details.argument, error.details.index]).toEqual(["SHAPE", "row", 1]);
  });

  test("a product into its own argument is refused", () => {
    const A = csr(good);
    const x = new Float64Array(2);
    expect(thrown(() => A.multiply(x, x)).code).toBe("ALIASED");
  });

  test("a zero on the diagonal, a wrong length, a NaN, a non-square A, no rows, an unknown option", () => {
    const A = csrFromTriplets({ rows: 2, cols: 2, row: [0, 0, 1], col: [0, 1, 0], value: [1, 1, 1] });
    for (const run of [() => jacobi(A, [1, 1]), () => gaussSeidel(A.toDense(), [1, 1])]) {
      const error = thrown(run);
      expect([error.code, error.details.pivot]).toEqual(["SINGULAR", 1]);
    }
    const I = csrFromTriplets({ rows: 2, cols: 2, row: [0, 1], col: [0, 1], value: [1, 1] });
    expect(thrown(() => cg(I, [1])).code).toBe("SHAPE");
    expect(thrown(() => cg(I, [1, Number.NaN])).details).toMatchObject({ argument: "b", index: 1 });
    expect(thrown(() => cg(I, [1, 2], { x0: [1] })).details.argument).toBe("x0");
    expect(
      thrown(() => cg(csr({ rows: 1, cols: 2, rowPtr: [0, 0], colIdx: [], values: [] }), [1])).code,
    ).toBe("SHAPE");
    expect(thrown(() => cg([[1, 2]], [1])).code).toBe("SHAPE");
    expect(thrown(() => cg([], [])).code).toBe("SHAPE");
    expect(thrown(() => cg([[Number.NaN]], [1])).code).toBe("NON_FINITE_INPUT");
    expect(thrown(() => cg(I, [1, 2], { tolerence: 1 } as object)).code).toBe("OPTION");
    expect(thrown(() => cg(I, [1, 2], { tolerance: -1 })).code).toBe("OPTION");
    expect(thrown(() => gaussSeidel(I, [1, 2], { omega: 2 })).code).toBe("OPTION");
    expect(thrown(() => cg(operator(I), [1, 2], { preconditioner: "ic0" })).code).toBe("OPTION");
    expect(thrown(() => gaussSeidel(operator(I) as never, [1, 2])).code).toBe("UNSUPPORTED");
    expect(thrown(() => cg((async () => {}) as never, [1, 2])).code).toBe("CALLBACK_RESULT");
  });

  test("cg refuses a matrix that is not symmetric, unless check is off", () => {
    const A = csrFromTriplets({
      rows: 3,
      cols: 3,
      row: [0, 1, 2, 0],
      col: [0, 1, 2, 2],
      value: [2, 2, 2, 1],
    });
    for (const form of [A, A.toDense()]) {
      const error = thrown(() => cg(form, [1, 1, 1]));
      expect([error.code, error.details.row, error.details.col]).toEqual(["NOT_SYMMETRIC", 0, 2]);
      expect(cg(form, [1, 1, 1], { check: false, maxIterations: 3 }).nit).toBeGreaterThan(0);
    }
    const lower = csrFromTriplets({ rows: 2, cols: 2, row: [0, 1, 1], col: [0, 0, 1], value: [2, 1, 2] });
    expect(thrown(() => cg(lower, [1, 1])).code).toBe("NOT_SYMMETRIC");
    // check: false uses all of A here, unlike a factorisation, which reads a triangle.
    expect(thrown(() => cg(lower, [1, 1])).hint).toBe("gmres and bicgstab take any A");
  });
});
