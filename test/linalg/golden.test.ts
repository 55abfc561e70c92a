// Systems with exact rational solutions: forward errors, failing pivots, refusals.

import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import {
  cholesky,
  DownhillError,
  det,
  eigSym,
  ldl,
  logDet,
  lu,
  type MatrixLike,
  matmul,
  matrix,
  qr,
  rcond,
  solve,
  toArray,
} from "../../src/index.js";
import { uniform } from "../reference/linalg.js";

interface System {
  id: string;
  kind: string;
  n: number;
  A?: number[][];
  A_rule?: string;
  b: number[];
  x?: number[];
  cond2: number;
  det?: number | null;
  eigenvalues?: number[];
  cholesky?: { fails_at_pivot: number };
  expect?: { fails_at_pivot?: number };
}

const golden = JSON.parse(
  readFileSync(new URL("../reference-data/linear-systems.json", import.meta.url), "utf8"),
) as { systems: System[] };

const rules: [RegExp, (n: number, i: number, j: number) => number][] = [
  [/^A\[i\]\[j\] = 1\/\(i\+j\+1\)/, (_, i, j) => 1 / (i + j + 1)],
  [/^I - strictly lower ones/, (n, i, j) => (i === j || j === n - 1 ? 1 : i > j ? -1 : 0)],
  [/^tridiagonal/, (_, i, j) => (i === j ? Math.abs(10 - i) : Math.abs(i - j) === 1 ? 1 : 0)],
  [
    /^5-point Laplacian/,
    (n, i, j) => {
      const g = Math.round(Math.sqrt(n));
      const [dr, dc] = [Math.floor(i / g) - Math.floor(j / g), (i % g) - (j % g)];
      return i === j ? 4 : Math.abs(dr) + Math.abs(dc) === 1 ? -1 : 0;
    },
  ],
];

function matrixOf({ n, A, A_rule }: System): number[][] {
  if (A) return A;
  const rule = rules.find(([pattern]) => pattern.test(A_rule ?? ""))?.[1];
  if (!rule) throw new Error(`no rule for ${A_rule}`);
  return Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => rule(n, i, j)));
}

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const forwardError = (x: ArrayLike<number>, exact: readonly number[]): number =>
  Math.max(...exact.map((v, i) => Math.abs(x[i]! - v))) / Math.max(...exact.map(Math.abs));

const solvable = golden.systems.filter((s) => s.x);

const made: { dispose(): void }[] = [];
function kept<F extends { dispose(): void }>(factor: F): F {
  made.push(factor);
  return factor;
}
afterEach(() => {
  for (const factor of made.splice(0)) factor.dispose();
});

describe.each(solvable)("$id", (system) => {
  const A = matrixOf(system);
  const x = system.x!;
  const limit = 10 * system.cond2 * 2 ** -52;

  test("solve is within 10 cond eps, by every method", () => {
    expect(forwardError(solve(A, system.b), x)).toBeLessThanOrEqual(limit);
    expect(forwardError(solve(A, system.b, { refine: true }), x)).toBeLessThanOrEqual(limit);
    expect(forwardError(kept(lu(A)).solve(system.b), x)).toBeLessThanOrEqual(limit);
    expect(forwardError(kept(qr(A)).solve(system.b), x)).toBeLessThanOrEqual(limit);
  });

  test("det and logDet agree with the exact determinant", () => {
    if (typeof system.det !== "number") return;
    const error = Math.max(1e-14, 20 * system.cond2 * 2 ** -52);
    if (error > 0.5) return;
    expect(Math.abs(det(A) / system.det - 1)).toBeLessThan(error);
    expect(Math.abs(kept(qr(A)).det / system.det - 1)).toBeLessThan(error);
    expect(Math.abs(logDet(A) - Math.log(Math.abs(system.det)))).toBeLessThan(2 * error);
    if (!/spd/.test(system.kind)) return;
    expect(Math.abs(kept(cholesky(A)).det / system.det - 1)).toBeLessThan(error);
    expect(Math.abs(kept(ldl(A)).logDet - Math.log(system.det))).toBeLessThan(2 * error);
  });

  test("rcond is the reciprocal condition to within the norms' and the estimate's factors", () => {
    if (system.cond2 > 1e14) return;
    const n = system.n;
    // cond_1 / n <= cond_2 <= n cond_1, and the estimate may be 3 too high.
    const estimate = rcond(A);
    expect(estimate).toBeLessThanOrEqual(Math.min(1, (3 * n) / system.cond2));
    expect(estimate).toBeGreaterThanOrEqual(0.999 / (n * system.cond2));
  });

  test("Cholesky succeeds or fails at the right pivot", () => {
    const symmetric = A.every((row, i) => row.every((v, j) => v === A[j]![i]));
    if (!symmetric) {
      expect(thrown(() => kept(cholesky(A))).code).toBe("NOT_SYMMETRIC");
      return;
    }
    if (/spd/.test(system.kind) || system.id === "scaled_rows") {
      expect(forwardError(kept(cholesky(A)).solve(system.b), x)).toBeLessThanOrEqual(limit);
      // Where rounding might have made all of the condition number, QR decides and answers.
      const sure = system.id === "scaled_rows" || system.cond2 < 1e14;
      expect(solve(A, system.b, { report: true }).method).toBe(sure ? "cholesky" : "qr");
      return;
    }
    const pivot = system.cholesky?.fails_at_pivot;
    const error = thrown(() => kept(cholesky(A)));
    expect(error.code).toBe("NOT_POSITIVE_DEFINITE");
    if (pivot !== undefined) expect(error.details.pivot).toBe(pivot);
    expect(forwardError(kept(ldl(A)).solve(system.b), x)).toBeLessThanOrEqual(limit);
    expect(["lu", "qr"]).toContain(solve(A, system.b, { report: true }).method);
  });
});

const readSize = (A: MatrixLike): number => toArray(A).length;

describe("refusals", () => {
  const named = (id: string) => golden.systems.find((s) => s.id === id)!;

  test.each([
    ["singular_3", 2],
    ["singular_zero_row", 1],
    ["singular_zero", 0],
    ["cholesky_semidefinite", 1],
  ])("%s is refused at pivot %i", (id, pivot) => {
    const system = named(id);
    const error = thrown(() => solve(matrixOf(system), system.b));
    expect(error.code).toBe("SINGULAR");
    expect(error.details.pivot).toBe(pivot);
    expect(error.details.rcond).toBeLessThan(2 ** -53);
  });

  test("the semidefinite matrix fails Cholesky at pivot 1", () => {
    const error = thrown(() => cholesky(matrixOf(named("cholesky_semidefinite"))));
    expect([error.code, error.details.pivot]).toEqual(["NOT_POSITIVE_DEFINITE", 1]);
  });

  test("a pivot that is only rounding noise is refused by rcond, whatever the size, scale and method", () => {
    const noise = [
      [0.1, 0.2, 0.3],
      [0.4, 0.5, 0.6],
      [0.7, 0.8, 0.9],
    ];
    const next = uniform(5);
    const left = matrix(30, 29, Float64Array.from({ length: 870 }, next));
    const right = matrix(29, 30, Float64Array.from({ length: 870 }, next));
    const product = matmul(left, right);
    const scaled = matrix(
      30,
      30,
      product.data.map((v, i) => v * 10 ** ((i % 30) - 15)),
    );
    for (const method of ["auto", "lu", "qr"] as const) {
      for (const A of [noise, product, scaled]) {
        const n = readSize(A);
        const error = thrown(() => solve(A, new Float64Array(n).fill(1), { method }));
        expect(error.code).toBe("SINGULAR");
        if (A === product) expect(error.details.rcond).toBeGreaterThan(0);
        expect(error.details.rcond).toBeLessThan(2 ** -53);
        expect(error.details.pivot).toBe(n - 1);
      }
    }
  });

  test.each(["scaled_rows", "hilbert12", "almost_singular_eps"])("%s is answered", (id) => {
    const system = named(id);
    expect(solve(matrixOf(system), system.b)).toHaveLength(system.n);
  });

  test("a NaN or Infinity is refused with its index, and nothing is written", () => {
    const A = [
      [1, Number.NaN],
      [3, 4],
    ];
    for (const run of [
      () => solve(A, [1, 1]),
      () => kept(lu(A)),
      () => kept(cholesky(A)),
      () => kept(qr(A)),
      () => kept(ldl(A)),
    ]) {
      const error = thrown(run);
      expect([error.code, error.details.argument, error.details.index]).toEqual(["NON_FINITE_INPUT", "A", 1]);
    }
    const f = lu([
      [1, 2],
      [3, 4],
    ]);
    const out = new Float64Array([7, 8]);
    expect(thrown(() => f.solve([1, Infinity], out)).details).toMatchObject({ argument: "b", index: 1 });
    expect(thrown(() => f.refactor(A)).code).toBe("NON_FINITE_INPUT");
    expect([...out]).toEqual([7, 8]);
    expect(f.solve([5, 11])[0]).toBeCloseTo(1, 14);
    f.dispose();
  });
});

test("the eigenvalues of Wilkinson's W21+ agree to 14 digits, pairs included", () => {
  const system = golden.systems.find((s) => s.id === "wilkinson21_plus")!;
  const { values } = eigSym(matrixOf(system));
  const exact = [...system.eigenvalues!].sort((a, b) => a - b);
  values.forEach((v, i) => {
    expect(Math.abs(v - exact[i]!)).toBeLessThan(2e-14 * 10.75);
  });
});

test("QR takes over where LU's elements grow, and says so", () => {
  const n = 60;
  const rule = rules[1]![1];
  const A = matrix(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, i) => rule(n, Math.floor(i / n), i % n)),
  );
  const x = Float64Array.from({ length: n }, (_, i) => 1 + i / 7);
  const b = Float64Array.from({ length: n }, (_, i) => {
    let s = 0;
    for (let j = 0; j < n; j++) s += A.data[i * n + j]! * x[j]!;
    return s;
  });
  const answer = solve(A, b, { report: true });
  expect(answer.method).toBe("qr");
  expect(forwardError(answer.x, [...x])).toBeLessThan(1e-12);
  expect(forwardError(solve(A, b, { method: "lu" }), [...x])).toBeGreaterThan(1e-6);
});
