// Systems in mixed units: what is well conditioned in one choice of units is solved in any. Truth: the solution the right-hand side was made of.

import { describe, expect, test } from "vitest";
import { csrFromDense, ldl, lstsq, lu, matrix, qr, solve, sparseLdl } from "../../src/index.js";
import { uniform } from "../kernels/instance.js";

type Rows = number[][];
const times = (A: Rows, x: ArrayLike<number>) =>
  A.map((row) => row.reduce((sum, v, j) => sum + v * x[j]!, 0));
const inUnits = (A: Rows, r: readonly number[], c: readonly number[]): Rows =>
  A.map((row, i) => row.map((v, j) => v * r[i]! * c[j]!));

/** The largest error of x, each element in its unit. */
const error = (x: ArrayLike<number>, want: readonly number[], unit: readonly number[]) =>
  Math.max(...want.map((v, j) => Math.abs(x[j]! * unit[j]! - v)));

describe("sparseLdl", () => {
  test("a small definite matrix and a saddle point, the second unit from 1e-4 to 1e-150", () => {
    for (const u of [1e-4, 1e-8, 1e-9, 1e-10, 1e-16, 1e-150]) {
      using small = sparseLdl(
        csrFromDense([
          [2, u],
          [u, 2 * u * u],
        ]),
      );
      const x = small.solve([3, 3 * u]);
      expect(error(x, [1, 1], [1, u])).toBeLessThan(1e-15);
      expect(small.regularized).toBe(0);
      using saddle = sparseLdl(
        csrFromDense([
          [2, 0, u],
          [0, 3, u],
          [u, u, 0],
        ]),
      );
      // x + y = 1 and 2 x + u z = 1, 3 y + u z = 1.
      expect(error(saddle.solve([1, 1, u]), [0.6, 0.4, -0.2], [1, 1, u])).toBeLessThan(1e-14);
      expect(Math.abs(saddle.logDet - Math.log(5) - 2 * Math.log(u))).toBeLessThan(
        1e-12 * Math.abs(Math.log(u)),
      );
      expect(saddle.inertia).toEqual({ positive: 2, negative: 1 });
    }
  });

  test("definite and quasi-definite matrices in units of 1e-9 to 1e9: solution, determinant, factors", () => {
    const random = uniform(5);
    for (let turn = 0; turn < 100; turn++) {
      const n = 2 + (turn % 7);
      const G = Array.from({ length: n }, () => Array.from({ length: n }, () => random()));
      const sign = Array.from({ length: n }, (_, i) => (turn % 2 === 1 && i % 3 === 1 ? -1 : 1));
      const H = G.map((row, i) =>
        row.map((_, j) => {
          const v = G.reduce((sum, g) => sum + g[i]! * g[j]!, 0);
          return i === j ? sign[i]! * (v + 0.1) : sign[i] === sign[j] ? sign[i]! * v : random();
        }),
      );
      const A = H.map((row, i) => row.map((v, j) => (i <= j ? v : H[j]![i]!)));
      const unit = Array.from({ length: n }, () => 10 ** Math.round(9 * random()));
      const S = inUnits(A, unit, unit);
      const want = Array.from({ length: n }, () => random());
      const b = times(A, want).map((v, i) => v * unit[i]!);
      using f = sparseLdl(csrFromDense(S), { check: false });
      expect(error(f.solve(b), want, unit)).toBeLessThan(1e-9);
      const X = f.solve(matrix(n, 1, b));
      expect(error(X.data, want, unit)).toBeLessThan(1e-9);
      using dense = ldl(A);
      expect(f.inertia.negative).toBe(dense.inertia.negative);
      expect(f.logDet).toBeCloseTo(
        unit.reduce((sum, u) => sum + 2 * Math.log(u), dense.logDet),
        8,
      );
      const { D, perm } = f;
      const L = f.L.toDense().data;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = 0;
          for (let k = 0; k <= j; k++) sum += L[i * n + k]! * D[k]! * L[j * n + k]!;
          const [p, q] = [perm[i]!, perm[j]!];
          expect(Math.abs(sum / unit[p]! / unit[q]! - A[p]![q]!)).toBeLessThan(1e-12);
        }
      }
    }
  });

  test("other numbers in other units, in the same memory", () => {
    const A = [
      [2, 1],
      [1, 2],
    ];
    using f = sparseLdl(csrFromDense(A));
    for (const unit of [
      [1, 1e9],
      [1, 1],
      [1e-9, 1e-20],
    ]) {
      f.refactor(csrFromDense(inUnits(A, unit, unit)));
      const x = f.solve([3 * unit[0]!, 3 * unit[1]!]);
      expect(error(x, [1, 1], unit)).toBeLessThan(1e-15);
    }
  });

  test("a residual is judged in its row: a system without a solution there has none", () => {
    // The last two rows contradict each other; beside the first their numbers are nothing.
    using f = sparseLdl(
      csrFromDense([
        [1e20, 0, 0],
        [0, 1, 1],
        [0, 1, 1],
      ]),
    );
    expect(() => f.solve([1e20, 1, 2])).toThrow(expect.objectContaining({ code: "SINGULAR" }));
  });
});

describe("solve", () => {
  test.each([12, 24, 40])(
    "matrices with zeros, rows and columns in units of 10^(+-%d / 2), dense and sparse",
    (span) => {
      const random = uniform(11);
      let count = 0;
      for (let turn = 0; turn < 300; turn++) {
        const n = 2 + (turn % 8);
        const A = Array.from({ length: n }, () =>
          Array.from({ length: n }, () => (random() < 0 ? 0 : random())),
        );
        const one = (): number[] => Array.from({ length: n }, () => 10 ** Math.round((span / 2) * random()));
        const [r, c] = [one(), one()];
        const want = Array.from({ length: n }, () => random());
        let rcond = 0;
        try {
          ({ rcond } = solve(A, want, { report: true }));
        } catch {}
        if (!(rcond > 1e-4)) continue;
        count++;
        const S = inUnits(A, r, c);
        const b = times(A, want).map((v, i) => v * r[i]!);
        for (const given of [S, csrFromDense(S)]) {
          const x = solve(given, b);
          // At the widest span it is only not refused: rows of one size say nothing of what is small in x.
          if (span < 40) expect(error(x, want, c)).toBeLessThan(1e-3);
        }
        expect(() => solve(csrFromDense(S), [...b, 1])).toThrow(expect.objectContaining({ code: "SHAPE" }));
        expect(() => solve(csrFromDense(S), matrix(n + 1, 1))).toThrow(
          expect.objectContaining({ code: "SHAPE" }),
        );
        const many = solve(csrFromDense(S), matrix(n, 1, b));
        if (span < 40) expect(error(many.data, want, c)).toBeLessThan(1e-3);
      }
      expect(count).toBeGreaterThan(100);
    },
  );

  test("units do not make a singular matrix regular", () => {
    const A = [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ];
    for (const e of [0, 6, 12, 24]) {
      const S = inUnits(A, [1, 10 ** e, 10 ** -e], [10 ** e, 1, 10 ** (-e / 2)]);
      expect(() => solve(S, [1, 2, 3])).toThrow(expect.objectContaining({ code: "SINGULAR" }));
      expect(() => solve(csrFromDense(S), [1, 2, 3])).toThrow(expect.objectContaining({ code: "SINGULAR" }));
    }
  });

  test("in single precision", () => {
    const A = [
      [0, 0, 1],
      [1, 0, 2],
      [3, 1, 0],
    ];
    const [r, c] = [
      [1e10, 1e-10, 1],
      [1e-8, 1e8, 1e4],
    ];
    const S = inUnits(A, r, c);
    const b = times(A, [1, 2, 3]).map((v, i) => v * r[i]!);
    expect(error(solve(S, b, { dtype: "f32" }), [1, 2, 3], c)).toBeLessThan(1e-4);
  });
});

describe("qr and lstsq: rows and columns in units of 1e-5 to 1e5", () => {
  // Whole numbers times powers of two: A x is exact, so the truth is x.
  const random = uniform(77);
  const whole = (most: number) => Math.round(most * random());
  const unit = (mixed: boolean) => (mixed ? 2 ** whole(16) : 1);

  test.each([
    [8, 8],
    [20, 8],
    [20, 20],
    [30, 3],
  ])("%i x %i: digits as in one unit; Q R is A and its determinant that of the L U", (m, n) => {
    for (let turn = 0; turn < 40; turn++) {
      const c = Array.from({ length: n }, () => unit(turn % 2 === 1));
      const r = Array.from({ length: m }, () => unit(turn % 4 > 1));
      const A = r.map((u) => c.map((v) => whole(1000) * u * v));
      const want = c.map(() => whole(1000) || 1);
      const b = A.map((row) => row.reduce((sum, v, j) => sum + (v * want[j]!) / c[j]!, 0));
      using plain = qr(A);
      expect(error(plain.solve(b), want, c)).toBeLessThan(1e-10 * Math.max(...want.map(Math.abs)));
      expect(error(lstsq(A, b).x, want, c)).toBeLessThan(1e-12 * Math.max(...want.map(Math.abs)));
      const { Q, R } = plain;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k <= j; k++) sum += Q.data[i * n + k]! * R.data[k * n + j]!;
          // Within the rounding of its own row and column.
          expect(Math.abs(sum - A[i]![j]!)).toBeLessThan(1e-9 * r[i]! * c[j]! * 1000);
        }
      if (m === n) {
        using factor = lu(A);
        expect(Math.abs(plain.det / factor.det - 1)).toBeLessThan(1e-9);
      }
    }
  });

  test("a row of zeros and rows that change places keep their right-hand sides", () => {
    const A = [
      [0, 0],
      [1e-6, 2e-6],
      [3e6, 1e6],
    ];
    using factor = qr(A);
    expect([...factor.solve([5, 5e-6, 5e6])].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([1, 2]);
    expect(lstsq(A, [5, 5e-6, 5e6]).residualNorm).toBe(5);
  });
});
