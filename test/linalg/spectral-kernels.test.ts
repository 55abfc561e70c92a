// The kernels of the room `spectral` against plain twins: orders 0 to 67 and one beyond a batch, at addresses that are multiples of 8
// only, with nothing written beyond.

import { afterAll, describe, expect, test } from "vitest";
import { loadSync } from "../../src/index.js";
import type { CoreRuntime } from "../../src/runtime/runtime.js";
import { room } from "../../src/wasm/spectral.js";
import { uniform } from "../reference/linalg.js";
import { bidiagonal, reflectRight } from "../reference/spectral.js";

const U = 2 ** -53;
const orders = [...Array.from({ length: 68 }, (_, n) => n), 131];

const runtimes = (["simd", "auto"] as const).map(
  (variant) => loadSync({ memoryBytes: 4 << 20, variant }) as CoreRuntime,
);
const doubles = runtimes.map((runtime) => runtime.f64(450_000).data as Float64Array);
afterAll(() => {
  for (const runtime of runtimes) runtime.dispose();
});

/** Kernels and blocks of doubles between guards. */
function memory(variant = 0) {
  const all = doubles[variant]!;
  let top = 1;
  const ends: number[] = [];
  return {
    k: runtimes[variant]!.kernels(room),
    block(length: number) {
      const start = top;
      top += length + 2;
      top |= 1;
      ends.push(start - 1, start + length);
      all.fill(7, start - 1, start + length + 1);
      const data = all.subarray(start, start + length);
      return { data, at: data.byteOffset };
    },
    close() {
      expect(ends.every((i) => all[i] === 7)).toBe(true);
    },
  };
}

const random = (length: number, seed: number): Float64Array => Float64Array.from({ length }, uniform(seed));
/** Whether two vectors have the same bits, -0 and NaN told apart. */
const same = (x: Float64Array, y: Float64Array): boolean => x.every((v, i) => Object.is(v, y[i]));
const rowsOf = (data: Float64Array, n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * n, (i + 1) * n)));

/** Largest |X X' - I| of the rows. */
function fromOrthonormal(rows: number[][]): number {
  let most = 0;
  rows.forEach((x, i) => {
    rows.forEach((y, j) => {
      most = Math.max(most, Math.abs(x.reduce((sum, v, k) => sum + v * y[k]!, i === j ? -1 : 0)));
    });
  });
  return most;
}

test.each([0, 1])("rotations in batches give the bits of rotations one by one, variant %i", (variant) => {
  for (const n of orders)
    for (const kind of ["general", "in two parts", "diagonal"]) {
      const m = memory(variant);
      const source = random(n * n, n);
      const [A, B] = [m.block(n * n), m.block(n * n)];
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          const apart = kind === "diagonal" ? i !== j : kind === "in two parts" && i >= n / 2 !== j >= n / 2;
          const v = apart ? 0 : source[i * n + j]!;
          for (const X of [A, B]) X.data[i * n + j] = X.data[j * n + i] = v;
        }
      const [d, e, d2, e2] = [m.block(n), m.block(2 * n), m.block(n), m.block(2 * n)];
      const work = m.block(m.k.eigSymWork(n) / 8);
      expect(m.k.eigSym(n, A.at, d.at, e.at, true, 0)).toBe(0);
      expect(m.k.eigSym(n, B.at, d2.at, e2.at, true, work.at)).toBe(0);
      expect(same(B.data, A.data)).toBe(true);
      expect(same(d2.data, d.data)).toBe(true);
      m.close();
    }
});

describe("bidiagonal form", () => {
  test("d, e and reflectors are those of the plain twin", () => {
    for (const n of orders) {
      const m = memory();
      const [A, P, Q] = [m.block(n * n), m.block(n * n), m.block(n * n)];
      A.data.set(random(n * n, n + 1));
      const twin = bidiagonal({ rows: n, cols: n, data: A.data.slice() });
      const [d, e, tq, tp] = [m.block(n), m.block(n), m.block(n), m.block(n)];
      const work = m.block(Math.ceil(m.k.bidiagonalWork(n) / 8));
      const source = A.data.slice();
      m.k.bidiagonalise(n, A.at, Q.at, P.at, n, d.at, e.at, tq.at, tp.at, work.at);
      // The form is not well determined by A, its values are: a few hundred roundings are seen at these orders.
      let worst = 0;
      const near = (x: number, y: number) => {
        worst = Math.max(worst, Math.abs(x - y));
      };
      twin.d.forEach((v, i) => {
        near(d.data[i]!, v);
      });
      twin.e.forEach((v, i) => {
        near(e.data[i]!, v);
      });
      twin.left.forEach(({ v, tau }, j) => {
        near(tq.data[j]!, tau);
        expect(Array.from(Q.data.subarray(j * n, j * n + j)).every((x) => x === 0)).toBe(true);
        v.forEach((x, i) => {
          near(Q.data[j * n + j + i]!, x);
        });
      });
      twin.right.forEach(({ v, tau }, j) => {
        near(tp.data[j]!, tau);
        v.forEach((x, i) => {
          near(P.data[j * n + j + 1 + i]!, x);
        });
      });
      expect(worst).toBeLessThan(1e-9);
      // Without vectors the same numbers.
      const [u, v, d2, e2] = [m.block(n), m.block(n), m.block(n), m.block(n)];
      A.data.set(source);
      m.k.bidiagonalise(n, A.at, u.at, v.at, 0, d2.at, e2.at, tq.at, tp.at, work.at);
      expect(same(d2.data, d.data)).toBe(true);
      expect(e2.data.subarray(0, n - 1)).toEqual(e.data.subarray(0, n - 1));
      m.close();
    }
  });

  test("blocks of reflectors do what one after the other does", () => {
    for (const n of orders) {
      const m = memory();
      const [A, P, Q, C] = [m.block(n * n), m.block(n * n), m.block(n * n), m.block(n * n)];
      A.data.set(random(n * n, n + 2));
      C.data.set(random(n * n, n + 3));
      const [d, e, tq, tp] = [m.block(n), m.block(n), m.block(n), m.block(n)];
      const work = m.block(Math.ceil(m.k.bidiagonalWork(n) / 8));
      m.k.bidiagonalise(n, A.at, Q.at, P.at, n, d.at, e.at, tq.at, tp.at, work.at);
      const reflections = m.block(Math.ceil(m.k.reflectionsWork(n, n) / 8));
      const expected = rowsOf(C.data, n);
      const unit = expected.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
      for (let j = n - 1; j >= 0; j--)
        for (const X of [expected, unit])
          reflectRight(X, j, Array.from(Q.data.subarray(j * n + j, (j + 1) * n)), tq.data[j]!);
      m.k.reflectRows(n, n, Q.at, n, tq.at, n, C.at, n, false, reflections.at);
      m.k.reflectRows(n, n, Q.at, n, tq.at, n, Q.at, n, true, reflections.at);
      for (const [X, rows] of [
        [C, expected],
        [Q, unit],
      ] as const)
        expect(Math.max(0, ...rows.flat().map((v, i) => Math.abs(X.data[i]! - v)))).toBeLessThan(
          40 * U * (n + 1),
        );
      m.close();
    }
  });

  const kinds: Record<string, (n: number, next: () => number) => [d: number[], e: number[]]> = {
    general: (n, next) => [Array.from({ length: n }, next), Array.from({ length: n - 1 }, next)],
    "graded down": (n, next) => [
      Array.from({ length: n }, (_, i) => next() * 0.7 ** i),
      Array.from({ length: n - 1 }, (_, i) => next() * 0.7 ** i),
    ],
    "graded up": (n, next) => [
      Array.from({ length: n }, (_, i) => next() * 0.7 ** (n - i)),
      Array.from({ length: n - 1 }, (_, i) => next() * 0.7 ** (n - i)),
    ],
    "with zeros": (n, next) => [
      Array.from({ length: n }, (_, i) => (i % 5 === 2 ? 0 : next())),
      Array.from({ length: n - 1 }, (_, i) => (i % 7 === 3 ? 0 : next())),
    ],
    "of ones": (n) => [new Array(n).fill(1), new Array(n - 1).fill(1)],
    "nothing on the diagonal": (n) => [new Array(n).fill(0), new Array(n - 1).fill(1)],
    zero: (n) => [new Array(n).fill(0), new Array(n - 1).fill(0)],
  };
  test.each(Object.entries(kinds))(
    "%s: U'diag(d) V is B, rows orthonormal, d >= 0 with or without vectors",
    (_, make) => {
      for (const n of orders.slice(1)) {
        const m = memory();
        const [d0, e0] = make(n, uniform(n));
        const [d, e, d2, e2] = [m.block(n), m.block(n), m.block(n), m.block(n)];
        for (const X of [d, d2]) X.data.set(d0);
        for (const X of [e, e2]) X.data.set(e0);
        const [left, right] = [m.block(n * n), m.block(n * n)];
        for (const X of [left, right]) {
          X.data.fill(0);
          for (let i = 0; i < n; i++) X.data[i * n + i] = 1;
        }
        const work = m.block(Math.ceil(m.k.bidiagonalQRWork(n) / 8));
        expect(m.k.bidiagonalQR(n, d.at, e.at, left.at, right.at, work.at)).toBe(0);
        expect(m.k.bidiagonalQR(n, d2.at, e2.at, 0, 0, work.at)).toBe(0);
        expect(same(d2.data, d.data)).toBe(true);
        expect(Math.min(...d.data)).toBeGreaterThanOrEqual(0);
        const [L, R] = [rowsOf(left.data, n), rowsOf(right.data, n)];
        expect(fromOrthonormal(L)).toBeLessThan(20 * U * (n + 2));
        expect(fromOrthonormal(R)).toBeLessThan(20 * U * (n + 2));
        let worst = 0;
        const size = Math.max(...d0.map(Math.abs), ...e0.map(Math.abs), 1e-300);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let p = 0; p < n; p++) sum += L[p]![i]! * d.data[p]! * R[p]![j]!;
            const exact = j === i ? d0[i]! : j === i + 1 ? e0[i]! : 0;
            worst = Math.max(worst, Math.abs(sum - exact));
          }
        expect(worst / size).toBeLessThan(20 * U * (n + 2));
        m.close();
      }
    },
  );

  test("a NaN ends with the value that did not settle", () => {
    const m = memory();
    const [d, e] = [m.block(3), m.block(3)];
    d.data.set([1, NaN, 2]);
    e.data.set([1, 1, 0]);
    expect(m.k.bidiagonalQR(3, d.at, e.at, 0, 0, 0)).toBeGreaterThan(0);
    m.close();
  });
});
