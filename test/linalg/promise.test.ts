// The same promise on every path: SINGULAR where rcond < 2^-53, in solve, inverse and the rank of lstsq; W_ILL_CONDITIONED
// between; nothing overflows in silence. Singular by construction: integer matrices whose rows sum to 0, or of low rank.

import { describe, expect, test } from "vitest";
import { DownhillError, inverse, lstsq, lu, matrix, rcond, solve } from "../../src/index.js";
import { uniform } from "../reference/linalg.js";

function thrown(run: () => unknown): DownhillError {
  try {
    run();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const square = (n: number, at: (i: number, j: number) => number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => at(i, j)));

/** mathjs issue 863: the Kronecker product with a 6 x 6 Laplacian, whose entries are rounded. */
function kronecker(): number[][] {
  const e = 0.5000000000000001;
  const B = [
    [0.5, -0.125, -0.125, 0, -0.25, 0],
    [-0.125, 1.3125, -0.1875, -0.5, 0, -e],
    [-0.125, -0.1875, 0.8125, -0.5, 0, 0],
    [0, -0.5, -0.5, 1, 0, 0],
    [-0.25, 0, 0, 0, 0.25, 0],
    [0, -e, 0, 0, 0, e],
  ];
  return square(18, (i, j) => (i % 3 === j % 3 ? B[Math.floor(i / 3)]![Math.floor(j / 3)]! : 0));
}

function laplacian(n: number, seed: number): number[][] {
  const next = uniform(seed);
  const A = square(n, () => 0);
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (j !== i - 1 && next() > 0) continue;
      const weight = Math.round(20 * Math.abs(next())) + 1;
      for (const [r, c] of [
        [i, j],
        [j, i],
      ] as const) {
        A[r]![c]! -= weight;
        A[r]![r]! += weight;
      }
    }
  }
  return A;
}

/** B B' of random integers, one column short of full rank. */
function gram(n: number, seed: number): number[][] {
  const next = uniform(seed);
  const B = square(n, () => Math.round(3 * next()));
  return square(n, (i, j) => B[i]!.reduce((s, v, k) => (k === 0 ? s : s + v * B[j]![k]!), 0));
}

const singular: [string, number[][]][] = [["a Kronecker product", kronecker()]];
for (const n of [2, 3, 4, 13, 14, 19, 27, 40])
  singular.push([`n I - ones, n = ${n}`, square(n, (i, j) => (i === j ? n - 1 : -1))]);
for (let t = 0; t < 12; t++) singular.push([`Laplacian ${t}`, laplacian(3 + 3 * t, t + 1)]);
for (let t = 0; t < 12; t++) singular.push([`Gram matrix ${t}`, gram(2 + 3 * t, t + 1)]);

describe("singular matrices are refused on every path", () => {
  test.each(singular)("%s", (_, A) => {
    const n = A.length;
    const b = A.map((__, i) => i + 1);
    for (const method of ["auto", "lu", "qr"] as const) {
      const error = thrown(() => solve(A, b, { method }));
      expect(error.code).toBe("SINGULAR");
      expect(error.details.rcond).toBeLessThan(2 ** -53);
    }
    expect(["SINGULAR", "NOT_POSITIVE_DEFINITE"]).toContain(
      thrown(() => solve(A, b, { method: "cholesky" })).code,
    );
    expect(thrown(() => inverse(A)).code).toBe("SINGULAR");
    expect(lstsq(A, b).rank).toBeLessThan(n);
    expect(lstsq(A, b).rcond).toBe(0);
    // Another unit of each unknown changes nothing.
    const units = A.map((row, i) => row.map((v, j) => v * 2 ** ((i % 7) * 30 + (j % 7) * 30 - 180)));
    expect(thrown(() => solve(units, b)).code).toBe("SINGULAR");
  });

  test("Hilbert matrices: 11 is answered, 13 refused by every method", () => {
    const hilbert = (n: number) => square(n, (i, j) => 1 / (i + j + 1));
    const sums = (A: number[][]) => A.map((row) => row.reduce((a, b) => a + b));
    expect(solve(hilbert(11), sums(hilbert(11)))).toHaveLength(11);
    for (const method of ["auto", "cholesky", "lu", "qr"] as const)
      expect(thrown(() => solve(hilbert(13), sums(hilbert(13)), { method })).code).toBe("SINGULAR");
  });

  test("lstsq's rank sees what the diagonal of R hides: Kahan's matrix", () => {
    // c = cos t, s = sin t: diagonal elements fall slowly, the smallest singular value does not (Kahan 1966).
    const [c, s] = [0.6, 0.8];
    let power = 1;
    const rows = Array.from({ length: 90 }, (_, i) => {
      const row = Array.from({ length: 90 }, (__, j) => (j < i ? 0 : j === i ? power : -c * power));
      power *= s;
      return row;
    });
    const tiny = lstsq(rows, new Array(90).fill(1), { tolerance: 1e-300 });
    expect(tiny.rank).toBeLessThan(90);
    expect(tiny.rcond).toBe(0);
  });
});

describe("W_ILL_CONDITIONED", () => {
  test("comes with report: true below rcond 1e-12, whatever the method, and not above", () => {
    for (const A of [
      [
        [1, 1],
        [1, 1 + 2 ** -42],
      ],
      [
        [1, 1],
        [1 + 2 ** -42, 1],
      ],
    ]) {
      const answer = solve(A, [1, 2], { report: true });
      expect(answer.rcond).toBeLessThan(1e-12);
      expect(answer.warnings.map((w) => w.code)).toEqual(["W_ILL_CONDITIONED"]);
      expect(answer.warnings[0]?.message).toMatch(/rcond 5\.68e-14: about 2 digits/);
    }
    const sound = solve(
      [
        [1, 1],
        [1, 1 + 2 ** -30],
      ],
      [1, 2],
      { report: true },
    );
    expect(sound.rcond).toBeGreaterThan(1e-12);
    expect(sound.warnings).toEqual([]);
  });

  test("the rcond of Cholesky is that of the matrix with a diagonal near 1", () => {
    const A = [
      [1e20, 1],
      [1, 1e-10],
    ];
    expect(solve(A, [1, 1], { report: true })).toMatchObject({ method: "cholesky", warnings: [] });
    expect(rcond(A)).toBeLessThan(1e-25);
  });
});

describe("ranges", () => {
  const line = (size: number) => [1, 2, 3].map((v) => [size, size * (v / 4)]);
  test.each([1, 1e150, 6.8e299, 1e305, 1.7e308, 1e-150, 1e-300])("lstsq of numbers near %s", (size) => {
    const A = line(size);
    const b = [1.25, 1.5, 1.75].map((v) => (v / 2) * size);
    // b = A [1/2, 1/2]
    const { x, rank } = lstsq(A, b);
    expect(rank).toBe(2);
    for (const v of x) expect(Math.abs(v - 0.5)).toBeLessThan(1e-14);
    const large = lstsq(line(1), b).x;
    for (const v of large) expect(Math.abs(v / size - 0.5)).toBeLessThan(1e-14);
    if (size < 1e-200) return;
    const small = lstsq(A, [1.25, 1.5, 1.75]).x;
    for (const v of small) expect(Math.abs(v * size - 1)).toBeLessThan(1e-13);
  });

  test("the solution of least norm keeps its scale", () => {
    for (const size of [1, 1e300, 1e-300]) {
      const { x, rank, residualNorm } = lstsq([[size, size]], [2 * size]);
      expect([rank, residualNorm]).toEqual([1, 0]);
      for (const v of x) expect(Math.abs(v - 1)).toBeLessThan(1e-15);
    }
  });

  const single = matrix(2, 2, Float32Array.of(4, 1, 1, 3));
  test.each([
    ["solve, b", () => solve(single, [1e39, 1]), "NON_FINITE_INPUT"],
    ["solve, A", () => solve([[1e39]], [1], { dtype: "f32" }), "NON_FINITE_INPUT"],
    ["solve, B", () => solve(single, [[1e39], [1]]), "NON_FINITE_INPUT"],
    ["lstsq, b", () => lstsq(single, [1, -1e39]), "NON_FINITE_INPUT"],
    ["lstsq, B", () => lstsq(single, [[1], [1e39]]), "NON_FINITE_INPUT"],
    ["solve, x", () => solve(matrix(1, 1, Float32Array.of(1e-30)), [1e30]), "UNSUPPORTED"],
    ["lstsq, x", () => lstsq(matrix(1, 1, Float32Array.of(1e-30)), [1e30]), "UNSUPPORTED"],
    ["solve in doubles, x", () => solve([[1e-300]], [1e300]), "UNSUPPORTED"],
  ])("%s beyond its precision is refused", (_, run, code) => {
    const error = thrown(run);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/single|double/);
  });

  test("a factor in single precision refuses too, and stays usable", () => {
    const f = lu(single);
    try {
      expect(thrown(() => f.solve([1e39, 1])).details).toMatchObject({ argument: "b", index: 0 });
      expect(
        thrown(() =>
          f.refactor([
            [1, 2],
            [3, -1e300],
          ]),
        ).code,
      ).toBe("NON_FINITE_INPUT");
      expect(Array.from(f.solve([5, 4]), (v) => Math.round(1e5 * v) / 1e5)).toEqual([1, 1]);
    } finally {
      f.dispose();
    }
  });
});

test("lstsq with several right-hand sides gives each its own answer, to the bit", () => {
  const next = uniform(3);
  for (const [m, n] of [
    [7, 3],
    [3, 7],
    [5, 5],
  ] as const) {
    const A = matrix(m, n, Float64Array.from({ length: m * n }, next));
    const B = matrix(m, 4, Float64Array.from({ length: 4 * m }, next));
    const all = lstsq(A, B);
    expect([all.x.rows, all.x.cols, all.residualNorm.length]).toEqual([n, 4, 4]);
    for (let j = 0; j < 4; j++) {
      const one = lstsq(
        A,
        Array.from({ length: m }, (_, i) => B.data[i * 4 + j]!),
      );
      expect(Array.from(one.x, (_, i) => all.x.data[i * 4 + j])).toEqual([...one.x]);
      expect(all.residualNorm[j]).toBe(one.residualNorm);
      expect([all.rank, all.rcond]).toEqual([one.rank, one.rcond]);
    }
  }
  expect(thrown(() => lstsq([[1], [2]], [[1, 2]])).code).toBe("SHAPE");
  expect(lstsq([[1], [2]], matrix(2, 0)).x.cols).toBe(0);
});

test("single precision has a condition of its own at which no digit is sure", () => {
  const n = 6;
  const hilbert = Float32Array.from({ length: n * n }, (_, k) => 1 / (Math.floor(k / n) + (k % n) + 1));
  const b = new Float32Array(n).fill(1);
  const single = solve({ rows: n, cols: n, data: hilbert }, b, { report: true });
  expect(single.warnings[0]?.message).toMatch(/about 0 digits/);
  const double = solve({ rows: n, cols: n, data: Float64Array.from(hilbert) }, Float64Array.from(b), {
    report: true,
  });
  expect(double.warnings).toEqual([]);
});
