// The baselines of the benchmarks compute the right thing: bench/plain against the textbook, and faster is
// all they are.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as plainBlas from "../../bench/plain/blas.js";
import * as plainDense from "../../bench/plain/dense.js";
import type { Numbers } from "../reference/blas.js";
import * as blas from "../reference/blas.js";
import * as dense from "../reference/dense.js";
import type { Precision } from "./instance.js";
import { copyOf, epsilon, uniform } from "./instance.js";

const size = fc.integer({ min: 0, max: 37 });
const scalar = fc.constantFrom(0, 1, -0.75);

describe.each<Precision>(["f64", "f32"])("plain JavaScript in %s", (precision) => {
  const eps = epsilon[precision];
  const random = (n: number, next: () => number): Numbers =>
    precision === "f64" ? Float64Array.from({ length: n }, next) : Float32Array.from({ length: n }, next);
  const close = (got: ArrayLike<number>, expected: ArrayLike<number>, depth: number): void => {
    expect(got.length).toBe(expected.length);
    for (let i = 0; i < got.length; i++) {
      if (!(Math.abs(got[i]! - expected[i]!) <= (depth + 8) * (depth + 2) * 4 * eps)) {
        expect.fail(`element ${i}: ${got[i]} against ${expected[i]}`);
      }
    }
  };

  test("level 1", () => {
    fc.assert(
      fc.property(size, scalar, scalar, fc.integer(), (n, a, b, seed) => {
        const next = uniform(seed);
        const x = random(n, next);
        const y = random(n, next);
        for (const [plain, textbook] of [
          [plainBlas.sum, blas.sum],
          [plainBlas.asum, blas.asum],
          [plainBlas.amax, blas.amax],
          [plainBlas.nrm2, blas.nrm2],
          [plainBlas.iamax, blas.iamax],
        ] as const) {
          close([plain(n, x)], [textbook(n, x)], n);
        }
        close([plainBlas.dot(n, x, y)], [blas.dot(n, x, y)], n);
        const updates: ((twin: typeof blas | typeof plainBlas, v: Numbers) => void)[] = [
          (twin, v) => twin.axpy(n, a, x, v),
          (twin, v) => twin.axpby(n, a, x, b, v),
          (twin, v) => twin.scal(n, a, v),
          (twin, v) => twin.copy(n, x, v),
          (twin, v) => twin.fill(n, a, v),
        ];
        for (const update of updates) {
          const [u, v] = [copyOf(y), copyOf(y)];
          update(plainBlas, u);
          update(blas, v);
          close(u, v, 1);
        }
        if (n > 1) {
          x[n >> 1] = Number.NaN;
          expect(plainBlas.iamax(n, x)).toBe(n >> 1);
          expect(plainBlas.amax(n, x)).toBeNaN();
        }
      }),
    );
  });

  test("levels 2 and 3", () => {
    fc.assert(
      fc.property(size, size, size, scalar, scalar, fc.integer(), (m, n, k, alpha, beta, seed) => {
        const next = uniform(seed);
        const A = random(m * n, next);
        for (const [plain, textbook] of [
          [plainDense.gemv, dense.gemv],
          [plainDense.gemvT, dense.gemvT],
        ] as const) {
          const x = random(Math.max(m, n), next);
          const [u, v] = [copyOf(x), copyOf(x)];
          plain(m, n, alpha, A, n, x, beta, u);
          textbook(m, n, alpha, A, n, x, beta, v);
          close(u, v, Math.max(m, n));
        }
        for (const transA of [false, true]) {
          for (const transB of [false, true]) {
            const X = random(m * k, next);
            const Y = random(k * n, next);
            const C = random(m * n, next);
            const D = copyOf(C);
            const [lda, ldb] = [transA ? m : k, transB ? k : n];
            plainDense.gemm(m, n, k, alpha, X, lda, transA, Y, ldb, transB, beta, C, n);
            dense.gemm(m, n, k, alpha, X, lda, transA, Y, ldb, transB, beta, D, n);
            close(C, D, k);
          }
        }
        const [C, D] = [random(n * n, next), random(n * n, next)];
        plainDense.syrk(m, n, A, n, C, n);
        dense.syrk(m, n, A, n, D, n);
        close(C, D, m);
      }),
      { numRuns: 60 },
    );
  });

  test.each([0, 1, 3, 8, 16, 17, 20, 33, 67, 131, 260])("Cholesky and its solve, n = %i", (n) => {
    const next = uniform(n + 3);
    const A = random(n * n, next).map((v) => v / (n + 1)) as Numbers;
    for (let i = 0; i < n; i++) A[i * n + i] = 2;
    const [L, M] = [copyOf(A), copyOf(A)];
    expect(plainDense.cholesky(n, L, n)).toBe(0);
    expect(dense.cholesky(n, M, n)).toBe(0);
    close(L, M, 8);
    const b = random(n, next);
    const c = copyOf(b);
    plainDense.choleskySolve(n, L, n, b);
    dense.choleskySolve(n, M, n, c);
    close(b, c, 16);
    for (const p of [0, n >> 1, n - 1]) {
      if (n === 0) break;
      const bad = copyOf(A);
      bad[p * n + p] = -1;
      expect(plainDense.cholesky(n, bad, n)).toBe(p + 1);
    }
  });
});
