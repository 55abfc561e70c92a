// Cholesky, its solve and the triangular solves: LAPACK's test ratios, failing pivots, exact reference
// systems.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Numbers } from "../reference/blas.js";
import * as reference from "../reference/dense.js";
import type { Kernel, Precision } from "./instance.js";
import { Blocks, copyOf, epsilon, room, uniform, variants } from "./instance.js";

interface System {
  id: string;
  kind: string;
  n: number;
  A?: number[][];
  A_rule?: string;
  b: number[];
  x: number[];
  cond2: number;
  failing_pivot?: number;
}

const { systems } = JSON.parse(
  readFileSync(new URL("../reference-data/linear.json", import.meta.url), "utf8"),
) as { systems: System[] };
// Beyond 128 every remainder of a panel and of a tile.
const sizes = [
  0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 23, 24, 31, 33, 50, 64, 67, 127, 128, 130, 133, 134,
  135, 141, 142, 255, 256, 300,
];

/** The lower triangle of B B' + shift I, ld numbers a row; NaN wherever the factorisation must not look. */
function definite(n: number, ld: number, next: () => number, shift = 1): Float64Array {
  const B = Float64Array.from({ length: n * n }, next);
  const A = new Float64Array(n > 0 ? (n - 1) * ld + n : 0).fill(Number.NaN);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = i === j ? shift : 0;
      for (let p = 0; p < n; p++) s += B[i * n + p]! * B[j * n + p]!;
      A[i * ld + j] = s;
    }
  }
  return A;
}

/** Maximum column sum of the lower triangle mirrored. */
function norm1(n: number, A: Numbers, ld: number): number {
  let largest = 0;
  for (let j = 0; j < n; j++) {
    let s = 0;
    for (let i = 0; i < n; i++) s += Math.abs(A[Math.max(i, j) * ld + Math.min(i, j)]!);
    largest = Math.max(largest, s);
  }
  return largest;
}

/** |L L' - A|_1 / (n |A|_1 eps), LAPACK's dpot01. */
function factorRatio(n: number, L: Numbers, A: Numbers, ld: number, eps: number): number {
  if (n === 0) return 0;
  const R = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = -A[i * ld + j]!;
      for (let p = 0; p <= j; p++) s += L[i * ld + p]! * L[j * ld + p]!;
      R[i * n + j] = s;
    }
  }
  return norm1(n, R, n) / (n * norm1(n, A, ld) * eps);
}

/** |b - A x|_1 / (|A|_1 |x|_1 eps), LAPACK's dpot02. */
function solveRatio(n: number, A: Numbers, ld: number, x: Numbers, b: Numbers, eps: number): number {
  if (n === 0) return 0;
  let residual = 0;
  let size = 0;
  for (let i = 0; i < n; i++) {
    let s = b[i]!;
    for (let j = 0; j < n; j++) s -= A[Math.max(i, j) * ld + Math.min(i, j)]! * x[j]!;
    residual += Math.abs(s);
    size += Math.abs(x[i]!);
  }
  return residual / (norm1(n, A, ld) * size * eps);
}

describe.each(variants)("cholesky, %s variant", (variant) => {
  const dense = room("dense", variant);
  describe.each<Precision>(["f64", "f32"])("%s", (precision) => {
    const eps = epsilon[precision];
    const kernel = (name: string): Kernel => dense.kernel(name, precision);

    const factor = (A: ArrayLike<number>, n: number, ld: number, odd = 0) => {
      const blocks = new Blocks(dense.memory, precision);
      const L = blocks.place(A, odd);
      const before = copyOf(L);
      const work = blocks.work(kernel("choleskyWork")(n), odd);
      const status = kernel("cholesky")(n, L.byteOffset, ld, work.byteOffset);
      return { blocks, L, before, status };
    };

    /** Everything outside the lower triangle, bit by bit. */
    const expectUpperUntouched = (n: number, L: Numbers, before: Numbers, ld: number): void => {
      for (let i = 0; i < L.length; i++) {
        const row = Math.floor(i / ld);
        if (i % ld > row && !Object.is(L[i], before[i]))
          expect.fail(`wrote to row ${row}, column ${i % ld} of ${n}`);
      }
    };

    test.each(sizes)(
      "n = %i: factor and solve within LAPACK's thresholds, upper triangle left alone",
      (n) => {
        for (const gap of [0, 3]) {
          const ld = n + gap;
          const next = uniform(n + 1);
          const { blocks, L, before, status } = factor(definite(n, ld, next), n, ld, gap);
          expect(status).toBe(0);
          expectUpperUntouched(n, L, before, ld);
          expect(factorRatio(n, L, before, ld, eps)).toBeLessThan(30);
          const b = blocks.place(Float64Array.from({ length: n }, next), 1);
          const rhs = copyOf(b);
          kernel("choleskySolve")(n, L.byteOffset, ld, b.byteOffset);
          expect(solveRatio(n, before, ld, b, rhs, eps)).toBeLessThan(30);
          expect(blocks.intact()).toBe(true);
        }
      },
    );

    test("random shapes, offsets and conditions agree with LAPACK's thresholds", () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 0, max: 67 }),
          fc.integer({ min: 0, max: 3 }),
          fc.integer({ min: 0, max: 5 }),
          fc.constantFrom(0.01, 1, 100),
          fc.integer(),
          (n, odd, gap, shift, seed) => {
            const ld = n + gap;
            const next = uniform(seed);
            const { blocks, L, before, status } = factor(definite(n, ld, next, shift), n, ld, odd);
            expect(status).toBe(0);
            expectUpperUntouched(n, L, before, ld);
            expect(factorRatio(n, L, before, ld, eps)).toBeLessThan(30);
            const b = blocks.place(Float64Array.from({ length: n }, next), 3 - odd);
            const rhs = copyOf(b);
            kernel("choleskySolve")(n, L.byteOffset, ld, b.byteOffset);
            expect(solveRatio(n, before, ld, b, rhs, eps)).toBeLessThan(30);
            expect(blocks.intact()).toBe(true);
          },
        ),
      );
    });

    test("names the first bad pivot, negative, zero, NaN or infinite, at every place", () => {
      for (const n of [1, 2, 3, 4, 7, 8, 9, 13, 16, 20, 33, 64, 67, 130, 260]) {
        const places =
          n <= 20 ? Array.from({ length: n }, (_, i) => i) : [0, 1, 7, 8, 9, n >> 1, n - 9, n - 2, n - 1];
        for (const p of places) {
          for (const bad of [-1, Number.NaN, 0, Infinity]) {
            // Diagonally dominant; row and column p vanish for the zero pivot, which is then exactly zero.
            const A = new Float64Array(n * n);
            for (let i = 0; i < n; i++) {
              for (let j = 0; j < n; j++)
                A[i * n + j] = i === j ? n + 1 : bad === 0 && (i === p || j === p) ? 0 : 1 / (1 + i + j);
            }
            A[p * n + p] = bad;
            const { blocks, L, before, status } = factor(A, n, n);
            expect(status, `n ${n}, pivot ${p}, ${bad}`).toBe(p + 1);
            expectUpperUntouched(n, L, before, n);
            expect(blocks.intact()).toBe(true);
          }
        }
      }
    });

    test("a NaN below the diagonal never passes for success", () => {
      for (const n of [3, 8, 13, 40, 70]) {
        for (const [i, j] of [
          [1, 0],
          [n - 1, 0],
          [n - 1, n - 2],
          [n >> 1, 0],
        ] as const) {
          const A = definite(n, n, uniform(n));
          A[i * n + j] = Number.NaN;
          expect(factor(A, n, n).status, `n ${n} at ${i},${j}`).toBe(i + 1);
        }
      }
    });

    test("the result does not depend on alignment", () => {
      for (const n of [5, 12, 20, 70]) {
        const A = definite(n, n, uniform(n));
        const results = [0, 1, 2, 3].map((odd) => copyOf(factor(A, n, n, odd).L));
        for (const r of results) expect(r).toEqual(results[0]);
      }
    });

    test("reads nothing past the last element", () => {
      for (let n = 1; n <= 70; n++) {
        const next = uniform(n);
        const blocks = new Blocks(dense.memory, precision);
        const work = blocks.work(kernel("choleskyWork")(n));
        const L = blocks.last(definite(n, n, next));
        expect(kernel("cholesky")(n, L.byteOffset, n, work.byteOffset)).toBe(0);
        const b = blocks.place(Float64Array.from({ length: n }, next));
        kernel("choleskySolve")(n, L.byteOffset, n, b.byteOffset);
        const l = blocks.place(L);
        const c = blocks.last(b);
        kernel("choleskySolve")(n, l.byteOffset, n, c.byteOffset);
      }
    });

    test("triangular solves undo the products", () => {
      for (const n of [0, 1, 2, 3, 5, 8, 17, 64, 67]) {
        const next = uniform(n + 5);
        const L = definite(n, n, next);
        reference.cholesky(n, L, n);
        const blocks = new Blocks(dense.memory, precision);
        const l = blocks.place(L, 1);
        for (const [name, twin] of [
          ["solveLower", reference.solveLower],
          ["solveLowerT", reference.solveLowerT],
        ] as const) {
          const b = blocks.place(Float64Array.from({ length: n }, next), 1);
          const expected = Float64Array.from(b);
          twin(n, Float64Array.from(l), n, expected);
          kernel(name)(n, l.byteOffset, n, b.byteOffset);
          for (let i = 0; i < n; i++) expect(Math.abs(b[i]! - expected[i]!)).toBeLessThan(100 * n * eps * 10);
        }
        expect(blocks.intact()).toBe(true);
      }
    });
  });

  describe("exact reference systems (f64)", () => {
    test.each(systems.map((s) => [s.id, s] as const))("%s", (_, system) => {
      const { n } = system;
      const A = Float64Array.from({ length: n * n }, (_, i) => {
        const [r, c] = [Math.floor(i / n), i % n];
        return system.A ? system.A[r]![c]! : 1 / (r + c + 1);
      });
      const blocks = new Blocks(dense.memory, "f64");
      const L = blocks.place(A, 1);
      const work = blocks.work(dense.kernel("choleskyWork", "f64")(n));
      const status = dense.kernel("cholesky", "f64")(n, L.byteOffset, n, work.byteOffset);
      if (system.failing_pivot !== undefined) {
        expect(status).toBe(system.failing_pivot + 1);
        return;
      }
      expect(status).toBe(0);
      const b = blocks.place(system.b, 1);
      dense.kernel("choleskySolve", "f64")(n, L.byteOffset, n, b.byteOffset);
      let error = 0;
      let size = 0;
      for (let i = 0; i < n; i++) {
        error = Math.max(error, Math.abs(b[i]! - system.x[i]!));
        size = Math.max(size, Math.abs(system.x[i]!));
      }
      expect(error / size).toBeLessThanOrEqual(10 * system.cond2 * 2 ** -52);
    });
  });
});
