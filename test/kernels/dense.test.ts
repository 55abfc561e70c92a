// Products of the room `dense` against their twins: shapes 0..67, odd offsets, leading dimensions beyond the
// width, guards around every operand and the workspace, which has exactly the bytes that the *Work* functions
// name.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Numbers } from "../reference/blas.js";
import * as reference from "../reference/dense.js";
import type { Kernel, Precision } from "./instance.js";
import { Blocks, copyOf, epsilon, room, uniform, variants } from "./instance.js";

const size = fc.oneof(fc.integer({ min: 0, max: 67 }), fc.integer({ min: 0, max: 9 }));
const odd = fc.integer({ min: 0, max: 3 });
const extra = fc.integer({ min: 0, max: 3 });
const scalar = fc.constantFrom(0, 1, -1, 0.75, -2.5);
const runs = { numRuns: 150 };

/** rows x cols numbers with leading dimension ld; what lies between the rows is `gap`. */
function matrix(rows: number, cols: number, ld: number, next: () => number, gap = Number.NaN): Float64Array {
  const x = new Float64Array(rows > 0 ? (rows - 1) * ld + cols : 0);
  for (let i = 0; i < x.length; i++) x[i] = i % ld < cols ? next() : gap;
  return x;
}

describe.each(variants)("dense products, %s variant", (variant) => {
  const dense = room("dense", variant);
  describe.each<Precision>(["f64", "f32"])("%s", (precision) => {
    const eps = epsilon[precision];
    const kernel = (name: string): Kernel => dense.kernel(name, precision);

    /**
     * |got - expected| within (depth + 4) roundings of sums of at most depth terms, each below 1 in size
     * times `scale`.
     */
    const compare = (got: Numbers, expected: Numbers, depth: number, scale: number): void => {
      expect(got.length).toBe(expected.length);
      for (let i = 0; i < got.length; i++) {
        if (Number.isNaN(expected[i]!)) expect(got[i]).toBeNaN();
        else if (!(Math.abs(got[i]! - expected[i]!) <= (depth + 8) * eps * (depth + 2) * scale)) {
          expect.fail(`element ${i}: ${got[i]} against ${expected[i]}`);
        }
      }
    };

    test.each([
      ["gemv", reference.gemv],
      ["gemvT", reference.gemvT],
    ] as const)("%s agrees with the textbook", (name, twin) => {
      fc.assert(
        fc.property(
          size,
          size,
          odd,
          extra,
          scalar,
          scalar,
          fc.integer(),
          (m, n, o, gap, alpha, beta, seed) => {
            const next = uniform(seed);
            const [inputs, outputs] = name === "gemv" ? [n, m] : [m, n];
            const blocks = new Blocks(dense.memory, precision);
            const A = blocks.place(matrix(m, n, n + gap, next), o);
            const x = blocks.place(Float64Array.from({ length: inputs }, next), 3 - o);
            const fresh = Float64Array.from({ length: outputs }, beta === 0 ? () => Number.NaN : next);
            const y = blocks.place(fresh, o);
            const expected = copyOf(y);
            twin(m, n, alpha, A, n + gap, x, beta, expected);
            kernel(name)(m, n, alpha, A.byteOffset, n + gap, x.byteOffset, beta, y.byteOffset);
            compare(y, expected, inputs, 4);
            expect(blocks.intact()).toBe(true);
          },
        ),
        runs,
      );
    });

    test("gemm agrees with the textbook for both operands either way round", () => {
      const shape = fc.record({ m: size, n: size, k: size, o: odd, gap: extra, alpha: scalar, beta: scalar });
      fc.assert(
        fc.property(shape, fc.boolean(), fc.boolean(), fc.integer(), (shape, transA, transB, seed) => {
          const { m, n, k, o, gap, alpha, beta } = shape;
          const next = uniform(seed);
          const blocks = new Blocks(dense.memory, precision);
          const lda = (transA ? m : k) + gap;
          const ldb = (transB ? k : n) + gap;
          const ldc = n + gap;
          const A = blocks.place(transA ? matrix(k, m, lda, next) : matrix(m, k, lda, next), o);
          const B = blocks.place(transB ? matrix(n, k, ldb, next) : matrix(k, n, ldb, next), 3 - o);
          const C = blocks.place(matrix(m, n, ldc, beta === 0 ? () => Number.NaN : next), o);
          const work = blocks.work(kernel("gemmWork")(m, n, k), o);
          const expected = copyOf(C);
          reference.gemm(m, n, k, alpha, A, lda, transA, B, ldb, transB, beta, expected, ldc);
          kernel("gemm")(
            ...[m, n, k, alpha, A.byteOffset, lda, +transA, B.byteOffset, ldb, +transB, beta],
            ...[C.byteOffset, ldc, work.byteOffset],
          );
          compare(C, expected, k, 4);
          expect(blocks.intact()).toBe(true);
        }),
        { numRuns: 300 },
      );
    });

    test.each([
      [70, 530, 300],
      [130, 20, 520],
      [65, 66, 257],
    ])("gemm crosses its block sizes: %i x %i x %i", (m, n, k) => {
      const next = uniform(m);
      for (const [transA, transB] of [
        [0, 0],
        [1, 1],
      ] as const) {
        const blocks = new Blocks(dense.memory, precision);
        const lda = transA ? m : k;
        const ldb = transB ? k : n;
        const A = blocks.place(matrix(transA ? k : m, lda, lda, next));
        const B = blocks.place(matrix(transB ? n : k, ldb, ldb, next), 1);
        const C = blocks.place(matrix(m, n, n, next));
        const work = blocks.work(kernel("gemmWork")(m, n, k));
        const expected = copyOf(C);
        reference.gemm(m, n, k, -1, A, lda, !!transA, B, ldb, !!transB, 2, expected, n);
        kernel("gemm")(
          m,
          n,
          k,
          -1,
          A.byteOffset,
          lda,
          transA,
          B.byteOffset,
          ldb,
          transB,
          2,
          C.byteOffset,
          n,
          work.byteOffset,
        );
        compare(C, expected, k, 1);
        expect(blocks.intact()).toBe(true);
      }
    });

    const checkSyrk = (m: number, n: number, o: number, gap: number, seed: number): Numbers => {
      const next = uniform(seed);
      const blocks = new Blocks(dense.memory, precision);
      const A = blocks.place(matrix(m, n, n + gap, next), o);
      const C = blocks.place(
        matrix(n, n, n + gap, () => Number.NaN),
        3 - o,
      );
      const work = blocks.work(kernel("syrkWork")(m, n), o);
      const expected = copyOf(C);
      reference.syrk(m, n, A, n + gap, expected, n + gap);
      kernel("syrk")(m, n, A.byteOffset, n + gap, C.byteOffset, n + gap, work.byteOffset);
      compare(C, expected, m, 1);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) if (C[i * (n + gap) + j] !== C[j * (n + gap) + i]) expect.fail();
      expect(blocks.intact()).toBe(true);
      return copyOf(C);
    };

    test("syrk fills both triangles of A'A, exactly symmetric", () => {
      fc.assert(
        fc.property(size, size, odd, extra, fc.integer(), (m, n, o, gap, seed) => {
          checkSyrk(m, n, o, gap, seed);
        }),
        { numRuns: 300 },
      );
    });

    test("syrk takes every narrow width over many rows", () => {
      for (let n = 1; n <= 20; n++) {
        for (const m of [1, 2, 3, 4, 5, 14, 63, 64, 65, 255, 256, 257, 601]) checkSyrk(m, n, n & 3, n % 3, m);
      }
      for (const [m, n] of [
        [300, 70],
        [600, 65],
        [5, 130],
        [257, 129],
      ] as const)
        checkSyrk(m, n, 1, 0, m);
    });

    test("no operand is read past its last element", () => {
      const shapes = [
        ...Array.from({ length: 20 }, (_, i) => [i + 1, 13, 5] as const),
        ...Array.from({ length: 20 }, (_, i) => [21, i + 1, 6] as const),
        ...Array.from({ length: 20 }, (_, i) => [7, 9, i + 1] as const),
      ];
      for (const [m, n, k] of shapes) {
        const next = uniform(m + n + k);
        const random = (count: number) => Float64Array.from({ length: count }, next);
        // Each operand in turn stands at the end of memory.
        for (let end = 0; end < 3; end++) {
          const blocks = new Blocks(dense.memory, precision);
          const put = (i: number, count: number): number =>
            (i === end ? blocks.last(random(count)) : blocks.place(random(count))).byteOffset;
          const work = blocks.work(Math.max(kernel("gemmWork")(m, n, k), kernel("syrkWork")(m, n)));
          for (const transA of [0, 1]) {
            for (const transB of [0, 1]) {
              const [a, b, c] = [put(0, m * k), put(1, k * n), put(2, m * n)];
              const [lda, ldb] = [transA ? m : k, transB ? k : n];
              kernel("gemm")(m, n, k, 1, a, lda, transA, b, ldb, transB, 1, c, n, work.byteOffset);
            }
          }
          kernel("gemv")(m, n, 1, put(0, m * n), n, put(1, n), 1, put(2, m));
          kernel("gemvT")(m, n, 1, put(0, m * n), n, put(1, m), 1, put(2, n));
          kernel("syrk")(m, n, put(0, m * n), n, put(2, n * n), n, work.byteOffset);
          expect(blocks.intact()).toBe(true);
        }
      }
    });

    test("neither alignment nor the leading dimension changes a bit", () => {
      for (const [m, n] of [
        [30, 5],
        [100, 8],
        [65, 13],
        [70, 37],
      ] as const) {
        const results = [0, 1, 2, 3].map((o) => checkSyrk(m, n, o, 0, 7));
        for (const r of results) expect(r).toEqual(results[0]);
      }
    });

    test("syrk in place and through its panel give the same bits, and neither reads past the last element", () => {
      // Rows 140 elements further apart are packed; the others are used where they lie, a chunk at a time.
      for (const n of [4, 5, 6, 7, 8, 13, 18, 31, 50, 64]) {
        for (const m of [37, 61, 62, 63, 64, 128, 255, 257, 258, 259, 400]) {
          const A = matrix(m, n, n, uniform(m + n));
          const results = [0, 140].map((gap) => {
            const blocks = new Blocks(dense.memory, precision);
            const spread = new Float64Array((m - 1) * (n + gap) + n).fill(Number.NaN);
            for (let i = 0; i < m; i++) spread.set(A.subarray(i * n, i * n + n), i * (n + gap));
            const c = blocks.place(new Float64Array(n * n));
            const work = blocks.work(kernel("syrkWork")(m, n));
            const a = blocks.last(spread);
            kernel("syrk")(m, n, a.byteOffset, n + gap, c.byteOffset, n, work.byteOffset);
            expect(blocks.intact()).toBe(true);
            return copyOf(c);
          });
          expect(results[0]).toEqual(results[1]);
        }
      }
    });

    test("garbage between rows never reaches a result, NaN inside A does", () => {
      for (let n = 1; n <= 17; n++) {
        const A = matrix(20, n, n, uniform(n));
        A[7 * n + (n >> 1)] = Number.NaN;
        const blocks = new Blocks(dense.memory, precision);
        const a = blocks.place(A);
        const c = blocks.place(new Float64Array(n * n));
        const work = blocks.work(kernel("syrkWork")(20, n));
        kernel("syrk")(20, n, a.byteOffset, n, c.byteOffset, n, work.byteOffset);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) expect(Number.isNaN(c[i * n + j]!)).toBe(i === n >> 1 || j === n >> 1);
        }
      }
    });
  });
});
