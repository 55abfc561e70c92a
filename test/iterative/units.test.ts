// The unit of a matrix or of a right-hand side decides nothing: powers of two give the same bits, powers of ten the same path up to
// rounding, in every iterative solver.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bicgstab,
  cg,
  csrFromDense,
  gaussSeidel,
  gmres,
  jacobi,
  lsmr,
  lsqr,
  minres,
  type SparseMatrix,
} from "../../src/index.js";

interface Solution {
  readonly x: Float64Array;
  readonly status: string;
  readonly reason: string;
  readonly nit: number;
}
type Solver = (A: SparseMatrix, b: Float64Array) => Solution;

const symmetric = { cg, minres };
const square = { gmres, bicgstab, jacobi, gaussSeidel, ...symmetric };
const solvers: Record<string, Solver> = { ...square, lsqr, lsmr };

/** A diagonally dominant matrix, symmetric, and a right-hand side, of numbers from a seed (Lehmer). */
function system(seed: number): { A: number[][]; b: number[] } {
  let s = (seed % 2147483646) + 1;
  const next = (): number => {
    s = (s * 16807) % 2147483647;
    return (2 * s) / 2147483647 - 1;
  };
  const n = 3 + (seed % 15);
  const A = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      A[i]![j] = next() / n;
      A[j]![i] = A[i]![j]!;
    }
  for (let i = 0; i < n; i++) A[i]![i] = 2 + next();
  return { A, b: Array.from({ length: n }, next) };
}

const solve = (solver: Solver, { A, b }: ReturnType<typeof system>, sA: number, sb: number): Solution =>
  solver(
    csrFromDense(A.map((row) => row.map((v) => sA * v))),
    Float64Array.from(b, (v) => sb * v),
  );

describe.each(Object.keys(solvers))("%s", (name) => {
  const solver = solvers[name]!;
  const exact = fc.constantFrom(2 ** -120, 2 ** -80, 2 ** -40, 2 ** -3, 2, 2 ** 30, 2 ** 80, 2 ** 120);
  const decimal = fc.constantFrom(1e-35, 1e-20, 1e-9, 0.1, 10, 1e8, 1e20, 1e35);

  test("powers of two: the same bits", () => {
    fc.assert(
      fc.property(fc.nat(5000), exact, exact, (seed, sA, sb) => {
        const given = system(seed);
        const plain = solve(solver, given, 1, 1);
        const scaled = solve(solver, given, sA, sb);
        expect([scaled.status, scaled.reason, scaled.nit]).toEqual([plain.status, plain.reason, plain.nit]);
        expect(scaled.x.map((v) => (v / sb) * sA)).toEqual(plain.x);
      }),
      { numRuns: 60, seed: 12 },
    );
  });

  test("powers of ten: the same path up to rounding", () => {
    fc.assert(
      fc.property(fc.nat(5000), decimal, decimal, (seed, sA, sb) => {
        const given = system(seed);
        const plain = solve(solver, given, 1, 1);
        const scaled = solve(solver, given, sA, sb);
        expect(scaled.status).toBe(plain.status);
        expect(Math.abs(scaled.nit - plain.nit)).toBeLessThanOrEqual(1);
        const size = Math.max(...plain.x.map(Math.abs));
        plain.x.forEach((v, i) => {
          expect(Math.abs((scaled.x[i]! / sb) * sA - v)).toBeLessThanOrEqual(1e-8 * size);
        });
      }),
      { numRuns: 60, seed: 12 },
    );
  });
});
