// The room `blas` against its twin: every length 0..67, every element alignment, guards around all operands.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Numbers } from "../reference/blas.js";
import * as reference from "../reference/blas.js";
import type { Kernel, Precision } from "./instance.js";
import { Blocks, copyOf, epsilon, room, variants } from "./instance.js";

const size = fc.integer({ min: 0, max: 67 });
const odd = fc.integer({ min: 0, max: 3 });
// Nothing so small that products underflow: the bounds below are relative. Exact in both precisions.
const number = fc.integer({ min: -300_000, max: 300_000 }).map((i) => Math.fround(i / 3000));
const vectorPair = fc.tuple(size, odd, odd, number, number).chain(([n, oddX, oddY, a, b]) =>
  fc.record({
    n: fc.constant(n),
    oddX: fc.constant(oddX),
    oddY: fc.constant(oddY),
    a: fc.constant(a),
    b: fc.constant(b),
    x: fc.array(number, { minLength: n, maxLength: n }),
    y: fc.array(number, { minLength: n, maxLength: n }),
  }),
);

describe.each(variants)("blas, %s variant", (variant) => {
  const blas = room("blas", variant);
  describe.each<Precision>(["f64", "f32"])("%s", (precision) => {
    const eps = epsilon[precision];
    const kernel = (name: string): Kernel => blas.kernel(name, precision);
    const place = (...vectors: [ArrayLike<number>, number][]) => {
      const blocks = new Blocks(blas.memory, precision);
      return { blocks, views: vectors.map(([x, o]) => blocks.place(x, o)) as [Numbers, Numbers] };
    };

    test("reductions agree with the textbook within the rounding of their sums", () => {
      fc.assert(
        fc.property(vectorPair, ({ n, oddX, oddY, x, y }) => {
          const { blocks, views } = place([x, oddX], [y, oddY]);
          const [vx, vy] = views;
          const p = vx.byteOffset;
          const magnitude = reference.dot(n, vx.map(Math.abs) as Numbers, vy.map(Math.abs) as Numbers);
          const total = reference.asum(n, vx);
          expect(Math.abs(kernel("dot")(n, p, vy.byteOffset) - reference.dot(n, vx, vy))).toBeLessThanOrEqual(
            (n + 2) * eps * magnitude,
          );
          expect(Math.abs(kernel("sum")(n, p) - reference.sum(n, vx))).toBeLessThanOrEqual(
            (n + 2) * eps * total,
          );
          expect(Math.abs(kernel("asum")(n, p) - total)).toBeLessThanOrEqual((n + 2) * eps * total);
          const norm = reference.nrm2(n, vx);
          expect(Math.abs(kernel("nrm2")(n, p) - norm)).toBeLessThanOrEqual((n + 4) * eps * norm);
          expect(kernel("amax")(n, p)).toBe(reference.amax(n, vx));
          expect(kernel("iamax")(n, p)).toBe(reference.iamax(n, vx));
          expect(blocks.intact()).toBe(true);
        }),
      );
    });

    test("updates agree element by element and leave everything else alone", () => {
      fc.assert(
        fc.property(vectorPair, ({ n, oddX, oddY, a, b, x, y }) => {
          const updates: [string, (p: number, q: number) => number[], (u: Numbers, v: Numbers) => void][] = [
            ["axpy", (p, q) => [n, a, p, q], (u, v) => reference.axpy(n, a, u, v)],
            ["axpby", (p, q) => [n, a, p, b, q], (u, v) => reference.axpby(n, a, u, b, v)],
            ["axpby", (p, q) => [n, a, p, 0, q], (u, v) => reference.axpby(n, a, u, 0, v)],
            ["scal", (_, q) => [n, a, q], (_, v) => reference.scal(n, a, v)],
            ["copy", (p, q) => [n, p, q], (u, v) => reference.copy(n, u, v)],
            ["fill", (_, q) => [n, a, q], (_, v) => reference.fill(n, a, v)],
          ];
          for (const [name, args, twin] of updates) {
            const { blocks, views } = place([x, oddX], [y, oddY]);
            const [vx, vy] = views;
            const before = copyOf(vx);
            const expected = copyOf(vy);
            const old = copyOf(vy);
            twin(before, expected);
            kernel(name)(...args(vx.byteOffset, vy.byteOffset));
            for (let i = 0; i < n; i++) {
              const scale =
                Math.abs(a * before[i]!) +
                Math.abs(b * old[i]!) +
                Math.abs(old[i]!) * Math.abs(a) +
                Math.abs(a);
              expect(Math.abs(vy[i]! - expected[i]!), `${name}[${i}]`).toBeLessThanOrEqual(
                4 * eps * scale + Math.abs(old[i]!) * 2 * eps,
              );
            }
            expect(vx).toEqual(before);
            expect(blocks.intact()).toBe(true);
          }
        }),
      );
    });

    test("the result does not depend on alignment", () => {
      fc.assert(
        fc.property(vectorPair, ({ n, x, y, a }) => {
          const results = [0, 1, 2, 3].map((o) => {
            const [vx, vy] = place([x, o], [y, 3 - o]).views;
            const d = kernel("dot")(n, vx.byteOffset, vy.byteOffset);
            const s = kernel("nrm2")(n, vx.byteOffset);
            kernel("axpy")(n, a, vx.byteOffset, vy.byteOffset);
            return [d, s, ...vy];
          });
          for (const r of results) expect(r).toEqual(results[0]);
        }),
      );
    });

    test("no vector is read or written past its last element", () => {
      for (let n = 0; n <= 40; n++) {
        const blocks = new Blocks(blas.memory, precision);
        const ones = new Float64Array(n).fill(1);
        const [p, q] = [blocks.place(ones, 1).byteOffset, blocks.last(ones).byteOffset];
        for (const name of ["sum", "asum", "amax", "iamax", "nrm2"]) kernel(name)(n, q);
        expect(kernel("dot")(n, p, q) + kernel("dot")(n, q, p)).toBe(2 * n);
        kernel("axpy")(n, 1, p, q);
        kernel("axpy")(n, 1, q, p);
        for (const b of [0, 1]) {
          kernel("axpby")(n, 1, p, b, q);
          kernel("axpby")(n, 1, q, b, p);
        }
        kernel("scal")(n, 1, q);
        kernel("copy")(n, p, q);
        kernel("copy")(n, q, p);
        kernel("fill")(n, 1, q);
      }
    });

    test("nrm2 neither overflows nor underflows on the way", () => {
      const powers =
        precision === "f64"
          ? [-1074, -1040, -1000, -540, -460, 0, 500, 520, 1000, 1021]
          : [-149, -130, -75, -40, 0, 60, 70, 124];
      for (const power of powers) {
        for (const n of [1, 2, 3, 7, 8, 33]) {
          const x = new Float64Array(n).fill(2 ** power);
          const [vx] = place([x, 1], [x, 0]).views;
          const expected = reference.nrm2(n, vx);
          expect(Math.abs(kernel("nrm2")(n, vx.byteOffset) - expected)).toBeLessThanOrEqual(
            4 * eps * expected + (precision === "f64" ? 2 ** -1074 : 2 ** -149),
          );
        }
      }
      const largest = precision === "f64" ? Number.MAX_VALUE : (2 - 2 ** -23) * 2 ** 127;
      const [vx] = place([[largest, 0, 0], 0], [[], 0]).views;
      expect(kernel("nrm2")(3, vx.byteOffset)).toBe(largest);
    });

    test("NaN comes through and iamax names the first one, whatever stands beside it", () => {
      for (let n = 1; n <= 40; n++) {
        for (const at of new Set([0, n >> 1, n - 1])) {
          const x = Float64Array.from({ length: n }, (_, i) => (i % 5) - 2);
          x[at] = Number.NaN;
          if (at + 1 < n) x[at + 1] = Number.NaN;
          if (at > 0) x[0] = Infinity;
          const [vx] = place([x, n & 3], [[], 0]).views;
          const p = vx.byteOffset;
          expect(kernel("iamax")(n, p)).toBe(at);
          for (const name of ["amax", "asum", "sum", "nrm2"]) expect(kernel(name)(n, p), name).toBeNaN();
          vx[at] = 1;
          if (at + 1 < n) vx[at + 1] = 1;
          if (at > 0) {
            expect(kernel("amax")(n, p)).toBe(Infinity);
            expect(kernel("nrm2")(n, p)).toBe(Infinity);
            expect(kernel("iamax")(n, p)).toBe(0);
          }
        }
      }
    });

    test("b = 0 in axpby overwrites NaN, a = 0 in scal and axpy keeps it", () => {
      const { views } = place([[1, 2, 3, 4, 5], 0], [[Number.NaN, 1, Number.NaN, 1, Number.NaN], 0]);
      const [vx, vy] = views;
      kernel("axpy")(5, 0, vy.byteOffset, vx.byteOffset);
      expect([...vx]).toEqual([Number.NaN, 2, Number.NaN, 4, Number.NaN]);
      kernel("scal")(5, 0, vx.byteOffset);
      expect([...vx]).toEqual([Number.NaN, 0, Number.NaN, 0, Number.NaN]);
      kernel("fill")(5, 3, vx.byteOffset);
      kernel("axpby")(5, 2, vx.byteOffset, 0, vy.byteOffset);
      expect([...vy]).toEqual([6, 6, 6, 6, 6]);
    });

    test("no elements, or fewer, is nothing to do", () => {
      for (const n of [0, -1, -2147483648]) {
        expect(kernel("dot")(n, 1024, 1024)).toBe(0);
        expect(kernel("nrm2")(n, 1024)).toBe(0);
        expect(kernel("amax")(n, 1024)).toBe(0);
        expect(kernel("iamax")(n, 1024)).toBe(-1);
        const { blocks, views } = place([[1], 0], [[2], 0]);
        const [vx, vy] = views;
        kernel("axpy")(n, 2, vx.byteOffset, vy.byteOffset);
        kernel("copy")(n, vx.byteOffset, vy.byteOffset);
        kernel("fill")(n, 7, vy.byteOffset);
        kernel("scal")(n, 7, vy.byteOffset);
        expect(vy[0]).toBe(2);
        expect(blocks.intact()).toBe(true);
      }
    });
  });
});
