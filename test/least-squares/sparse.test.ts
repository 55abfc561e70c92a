// leastSquares with the pattern of a sparse Jacobian against the dense fit of the same problem, whose statuses and numbers it must give, and
// against published minima of problems of any size (Moré, Garbow and Hillstrom, ACM TOMS 7, 1981).
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkJacobian,
  csr,
  csrFromTriplets,
  iterateLeastSquares,
  type LeastSquaresOptions,
  leastSquares,
  leastSquaresAsync,
  type SparseMatrix,
} from "../../src/index.js";

type Fill = (p: Float64Array, out: Float64Array) => void;

function patternOf(m: number, n: number, has: (i: number) => readonly number[]): SparseMatrix {
  const [row, col]: [number[], number[]] = [[], []];
  for (let i = 0; i < m; i++)
    for (const j of new Set(has(i)))
      if (j >= 0 && j < n) {
        row.push(i);
        col.push(j);
      }
  return csrFromTriplets({ rows: m, cols: n, row, col, value: row.map(() => 1) });
}

/** r_i = c_i + sum a_ij p_j + b (sum a_ij p_j)^2 / 2, and its Jacobian in the order of A, or full. */
function problemOf(A: SparseMatrix, c: Float64Array, b: number) {
  const { rows: m, cols: n, rowPtr, colIdx, values } = A;
  const residuals: Fill = (p, out) => {
    A.multiply(p, out);
    for (let i = 0; i < m; i++) out[i] = c[i]! + out[i]! + (b * out[i]! ** 2) / 2;
  };
  const entries: Fill = (p, out) => {
    const t = A.multiply(p);
    for (let i = 0; i < m; i++)
      for (let e = rowPtr[i]!; e < rowPtr[i + 1]!; e++) out[e] = values[e]! * (1 + b * t[i]!);
  };
  const full: Fill = (p, out) => {
    const own = new Float64Array(values.length);
    entries(p, own);
    out.fill(0);
    for (let i = 0; i < m; i++)
      for (let e = rowPtr[i]!; e < rowPtr[i + 1]!; e++) out[i * n + colIdx[e]!] = own[e]!;
  };
  return { m, n, residuals, entries, full };
}

const close = (a: ArrayLike<number> | null, b: ArrayLike<number> | null, within: number): void => {
  expect(a === null).toBe(b === null);
  if (!a || !b) return;
  let size = 1e-3;
  for (let j = 0; j < b.length; j++) size = Math.max(size, Math.abs(b[j]!));
  for (let j = 0; j < b.length; j++) expect(Math.abs(a[j]! - b[j]!)).toBeLessThanOrEqual(within * size);
};

/** Well-conditioned by its diagonal blocks; `loose` columns may have no row of their own. */
const random = fc.integer({ min: 1, max: 60 }).chain((n) =>
  fc.record({
    n: fc.constant(n),
    more: fc.integer({ min: 1, max: n + 5 }),
    places: fc.array(fc.tuple(fc.nat(200), fc.nat(n - 1), fc.integer({ min: -8, max: 8 })), {
      maxLength: 4 * n,
    }),
    right: fc.array(fc.integer({ min: -16, max: 16 }), { minLength: 8, maxLength: 40 }),
    bend: fc.constantFrom(0, 0.01, 0.05),
    options: fc.constantFrom<LeastSquaresOptions>(
      {},
      {},
      { loss: "huber", lossScale: 0.5 },
      { loss: "cauchy" },
      { loss: "softL1", lossScale: 0.5 },
      { bounds: { lower: -0.25, upper: 0.5 } },
      { method: "dogleg" },
      { method: "levenberg" },
      { absoluteSigma: true },
    ),
  }),
);

function build({
  n,
  more,
  places,
  right,
}: {
  n: number;
  more: number;
  places: [number, number, number][];
  right: number[];
}) {
  const m = n + more;
  const inside = places.map(([i, j, v]) => [i % m, j, v / 8] as const).filter(([, , v]) => v !== 0);
  const A = csrFromTriplets({
    rows: m,
    cols: n,
    row: [...Array(n).keys(), ...inside.map(([i]) => i)],
    col: [...Array(n).keys(), ...inside.map(([, j]) => j)],
    value: [...Array.from({ length: n }, (_, j) => 3 + (j % 5)), ...inside.map(([, , v]) => v)],
  });
  const c = Float64Array.from({ length: m }, (_, i) => right[i % right.length]! / 16 + (i % 7) / 32);
  return { A, c };
}

test("random problems of 1 to 60 parameters have the answer of the dense fit", () => {
  fc.assert(
    fc.property(random, (given) => {
      const { A, c } = build(given);
      const { m, n, residuals, entries, full } = problemOf(A, c, given.bend);
      const start = Array(n).fill(0);
      const { options } = given;
      const dense = leastSquares(residuals, m, start, { ...options, jacobian: full });
      const sparse = leastSquares(residuals, m, start, { ...options, jacobian: entries, jacobianPattern: A });
      expect([sparse.status, sparse.rank, sparse.dof]).toEqual([dense.status, dense.rank, dense.dof]);
      expect(sparse.warnings.map(({ code }) => code)).toEqual(dense.warnings.map(({ code }) => code));
      close(sparse.x, dense.x, 1e-8);
      close(sparse.stderr, dense.stderr, 1e-8);
      close(sparse.grad, dense.grad, 1e-6);
      expect(sparse.covariance).toBe(null);
      expect(Math.abs(sparse.fun - dense.fun)).toBeLessThanOrEqual(1e-10 * (dense.fun + 1e-10));
      // Both are estimates.
      expect(Math.abs(sparse.conditionNumber / dense.conditionNumber - 1)).toBeLessThan(0.3);
      const late = leastSquares(residuals, m, start, { ...options, jacobianPattern: A });
      expect(late.status).toBe(dense.status);
      close(late.x, dense.x, 1e-6);
    }),
    { numRuns: 60 },
  );
});

describe("what the data do not determine", () => {
  test("equal columns, a column of zeros and one without an entry", () => {
    // x[0] and x[1] only as their sum; x[3] not at all.
    const A = csr({
      rows: 6,
      cols: 4,
      rowPtr: [0, 2, 4, 5, 6, 7, 8],
      colIdx: [0, 1, 0, 1, 2, 2, 2, 2],
      values: [1, 1, 2, 2, 1, 2, 3, 1],
    });
    const c = Float64Array.of(-1, -2.1, 1, 2, 3.5, 1);
    const { m, residuals, entries, full } = problemOf(A, c, 0);
    const dense = leastSquares(residuals, m, [0, 0, 0, 7], { jacobian: full });
    const sparse = leastSquares(residuals, m, [0, 0, 0, 7], { jacobian: entries, jacobianPattern: A });
    expect([sparse.status, sparse.reason, sparse.rank]).toEqual([dense.status, dense.reason, 2]);
    expect(sparse.warnings).toEqual(dense.warnings);
    expect(sparse.warnings[0]?.params).toEqual(["x[0]", "x[1]", "x[3]"]);
    expect([sparse.stderr, sparse.x[3]]).toEqual([null, 7]);
    expect(Math.abs(sparse.rss - dense.rss)).toBeLessThan(1e-12);
  });

  test("columns that differ by 1e-6 keep the digits that J'J would lose", () => {
    const d = 1e-6;
    const A = csr({
      rows: 5,
      cols: 3,
      rowPtr: [0, 2, 4, 6, 7, 8],
      colIdx: [0, 1, 0, 1, 0, 1, 2, 2],
      values: [1, 1, 1, 1 + d, 1, 1 - d, 1, 1],
    });
    const c = Float64Array.of(-1, -2, -1.5, 1, 1.5);
    const { m, residuals, entries, full } = problemOf(A, c, 0);
    const dense = leastSquares(residuals, m, [0, 0, 0], { jacobian: full });
    const sparse = leastSquares(residuals, m, [0, 0, 0], { jacobian: entries, jacobianPattern: A });
    expect([sparse.status, sparse.rank]).toEqual([dense.status, dense.rank]);
    // By hand: r1 - r2 and so on give x[1] = 250000 and rss by the parabola through -1, -2, -1.5.
    expect(Math.abs(sparse.x[1]! - 250000)).toBeLessThan(1e-3);
    close(sparse.stderr, dense.stderr, 1e-7);
    expect(sparse.warnings.map(({ code }) => code)).toEqual(dense.warnings.map(({ code }) => code));
  });
});

test("pairs of nearly equal columns that meet in rows have the standard errors of the dense fit", () => {
  // The condition number is 1.6e6 to 5e8, and rows have two pairs each.
  for (const apart of [1e-6, 1e-7, 1e-8, 3e-9]) {
    const [m, n] = [18, 6];
    const pattern = patternOf(m, n, (i) => [0, 1, 2, 3].map((k) => (i - (i % 2) + k) % n));
    const { rowPtr, colIdx } = pattern;
    const values = new Float64Array(colIdx.length);
    for (let i = 0; i < m; i++)
      for (let e = rowPtr[i]!; e < rowPtr[i + 1]!; e++) {
        const j = colIdx[e]!;
        const base = 0.3 + (((i * 7 + (j & ~1) * 5) % 11) - 5) / 6;
        values[e] = (j & 1) === 0 ? base : base * (1 + (i % 2 ? -2 : 1) * apart * (1 + ((i * 7) % 5) / 5));
      }
    const A: SparseMatrix = csr({ rows: m, cols: n, rowPtr, colIdx, values });
    const c = Float64Array.from({ length: m }, (_, i) => Math.sin(1 + 3 * i));
    const { residuals, entries, full } = problemOf(A, c, 0);
    const dense = leastSquares(residuals, m, Array(n).fill(0), { jacobian: full });
    const sparse = leastSquares(residuals, m, Array(n).fill(0), { jacobian: entries, jacobianPattern: A });
    expect([sparse.status, sparse.rank]).toEqual([dense.status, n]);
    for (let j = 0; j < n; j++)
      expect(Math.abs(sparse.stderr![j]! / dense.stderr![j]! - 1)).toBeLessThan(
        1e-15 * dense.conditionNumber,
      );
  }
});

test("variables that their bounds hold take part as constants", () => {
  const { A, c } = build({
    n: 12,
    more: 9,
    places: [
      [3, 4, 5],
      [9, 2, -3],
      [15, 7, 4],
      [20, 0, 8],
    ],
    right: [3, -5, 7, 1, -9, 4, 2, 8],
  });
  const { m, residuals, entries, full } = problemOf(A, c, 0.05);
  const bounds = {
    lower: Array.from({ length: 12 }, (_, j) => (j % 4 === 1 ? 0.25 : -0.05)),
    upper: Array.from({ length: 12 }, (_, j) => (j % 4 === 1 ? 0.25 : 9)),
  };
  const start = Array.from({ length: 12 }, (_, j) => (j % 4 === 1 ? 0.25 : 0));
  const dense = leastSquares(residuals, m, start, { bounds, jacobian: full });
  const sparse = leastSquares(residuals, m, start, { bounds, jacobian: entries, jacobianPattern: A });
  const late = leastSquares(residuals, m, start, { bounds, jacobianPattern: A });
  expect([sparse.status, sparse.rank, sparse.dof]).toEqual([dense.status, dense.rank, dense.dof]);
  expect(sparse.warnings).toEqual(dense.warnings);
  close(sparse.x, dense.x, 1e-9);
  close(late.x, dense.x, 1e-8);
  close(sparse.stderr, dense.stderr, 1e-8);
  expect(sparse.stderr?.[1]).toBe(0);
});

test("Broyden's tridiagonal functions as squares have their published minimum, 0, from 5000 variables on", () => {
  const n = 5000;
  const residuals: Fill = (x, o) => {
    for (let k = 0; k < n; k++) o[k] = (3 - 2 * x[k]!) * x[k]! - (x[k - 1] ?? 0) - 2 * (x[k + 1] ?? 0) + 1;
  };
  const jacobianPattern = patternOf(n, n, (i) => [i - 1, i, i + 1]);
  const r = leastSquares(residuals, n, new Float64Array(n).fill(-1), { jacobianPattern });
  expect([r.status, r.rank]).toEqual(["converged", n]);
  expect(r.rss).toBeLessThan(1e-20);
  expect(r.nfev).toBeLessThan(120);
});

test("a small bundle adjustment finds the cameras and points that its pictures were taken of", () => {
  // Cameras on a line, each with an angle and a place, see points in a plane; two known points fix the gauge.
  const [cameras, points] = [12, 60];
  const truth = [
    ...Array.from({ length: cameras }, (_, a) => [a * 0.5, 0.1 * Math.sin(a), 0.05 * Math.cos(3 * a)]).flat(),
    ...Array.from({ length: points }, (_, k) => [-2 + 0.17 * k, 6 + 2 * Math.sin(1.7 * k)]).flat(),
  ];
  const n = truth.length;
  const seen: [number, number][] = [];
  for (let a = 0; a < cameras; a++) for (let k = 0; k < points; k++) if ((a + k) % 3 !== 0) seen.push([a, k]);
  const project = (p: ArrayLike<number>, a: number, k: number): number => {
    const [x, y, turn] = [p[3 * a]!, p[3 * a + 1]!, p[3 * a + 2]!];
    const [dx, dy] = [p[3 * cameras + 2 * k]! - x, p[3 * cameras + 2 * k + 1]! - y];
    return (dx * Math.cos(turn) - dy * Math.sin(turn)) / (dx * Math.sin(turn) + dy * Math.cos(turn));
  };
  const pictures = seen.map(([a, k]) => project(truth, a, k));
  const fixed = [3 * cameras, 3 * cameras + 1, 3 * cameras + 40, 3 * cameras + 41];
  const m = seen.length + fixed.length;
  const residuals: Fill = (p, o) => {
    seen.forEach(([a, k], i) => {
      o[i] = project(p, a, k) - pictures[i]!;
    });
    fixed.forEach((j, i) => {
      o[seen.length + i] = p[j]! - truth[j]!;
    });
  };
  const jacobianPattern = patternOf(m, n, (i) => {
    if (i >= seen.length) return [fixed[i - seen.length]!];
    const [a, k] = seen[i]!;
    return [3 * a, 3 * a + 1, 3 * a + 2, 3 * cameras + 2 * k, 3 * cameras + 2 * k + 1];
  });
  const start = truth.map((v, j) => v + 0.02 * Math.sin(12.9 * j));
  const r = leastSquares(residuals, m, start, { jacobianPattern });
  expect([r.status, r.rank]).toEqual(["converged", n]);
  for (let j = 0; j < n; j++) expect(Math.abs(r.x[j]! - truth[j]!)).toBeLessThan(1e-6);
  const dense = leastSquares(residuals, m, start);
  expect(r.nfev * 3).toBeLessThan(dense.nfev);
});

test("callbacks that are late, or return a matrix, and a run that is continued come to the same bits", async () => {
  const { A, c } = build({
    n: 9,
    more: 6,
    places: [
      [3, 4, 5],
      [9, 2, -3],
      [12, 7, 4],
    ],
    right: [3, -5, 7, 1, -9, 4, 2, 8],
  });
  const { m, residuals, entries } = problemOf(A, c, 0.05);
  const start = Array(9).fill(0);
  const plain = leastSquares(residuals, m, start, { jacobian: entries, jacobianPattern: A });
  const returned = (p: Float64Array): SparseMatrix => {
    const values = new Float64Array(A.nnz);
    entries(p, values);
    return { ...A, values };
  };
  expect([...leastSquares(residuals, m, start, { jacobian: returned, jacobianPattern: A }).x]).toEqual([
    ...plain.x,
  ]);
  const late = await leastSquaresAsync(async (p, o) => residuals(p, o), m, start, {
    jacobian: async (p: Float64Array) => returned(p),
    jacobianPattern: A,
  });
  expect([[...late.x], late.nfev, late.stderr]).toEqual([[...plain.x], plain.nfev, plain.stderr]);
  for (const jacobian of [entries, undefined]) {
    const options = { jacobian, jacobianPattern: A, gradTol: 1e-14 };
    const whole = leastSquares(residuals, m, start, options);
    const first = iterateLeastSquares(residuals, m, start, options);
    first.next();
    const state = JSON.parse(JSON.stringify(first.state()));
    first.return?.();
    const second = iterateLeastSquares(residuals, m, start, { ...options, resume: state });
    while (!second.next().done);
    expect([...second.result.x]).toEqual([...whole.x]);
  }
});

test("wrong input says what is wrong", () => {
  const A = patternOf(4, 2, (i) => [i % 2]);
  const residuals: Fill = (p, o) => {
    for (let i = 0; i < 4; i++) o[i] = p[i % 2]! - i;
  };
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`;
    }
    return "none";
  };
  const solve = (o: object) => code(() => leastSquares(residuals, 4, [0, 0], o));
  expect(solve({ jacobianPattern: [[1, 0]] })).toMatch(/^OPTION .*jacobianPattern must be a sparse matrix/);
  expect(solve({ jacobianPattern: patternOf(4, 3, (i) => [i % 2]) })).toMatch(
    /^SHAPE .*4 x 3, expected 4 x 2/,
  );
  expect(solve({ jacobianPattern: { rows: 4, cols: 2, rowPtr: [0, 2, 2, 2, 2], colIdx: [1, 0] } })).toMatch(
    /^SHAPE .*colIdx\[1\] is 0 after 1/,
  );
  expect(solve({ jacobianPattern: { rows: 4, cols: 2, rowPtr: [0, 2, 2, 2, 2], colIdx: [1, 1] } })).toMatch(
    /^SHAPE .*colIdx\[1\] is 1 after 1/,
  );
  expect(solve({ jac_sparsity: A })).toMatch(/^OPTION .*"jacobianPattern"/);
  expect(solve({ jacobianPattern: A, jacobian: () => patternOf(4, 2, () => [0, 1]) })).toMatch(
    /^CALLBACK_RESULT .*entry at \[0\]\[1\], which jacobianPattern does not have/,
  );
  expect(solve({ jacobianPattern: A, jacobian: () => patternOf(3, 2, () => [0]) })).toMatch(
    /^CALLBACK_RESULT .*3 x 2, expected 4 x 2/,
  );
  const none = leastSquares(residuals, 4, [0, 0], {
    jacobianPattern: A,
    jacobian: (_p, o) => o.set([1, NaN], 1),
  });
  expect([none.status, none.reason]).toEqual(["failed", "nonFinite"]);
  expect(none.message).toContain("d residual[0] / d x[0] is NaN");
  // Every third row depends on the other variable, too.
  const more: Fill = (p, o) => {
    for (let i = 0; i < 40; i++) o[i] = p[i % 20]! - i + (i % 3 === 0 ? p[(i + 7) % 20]! : 0);
  };
  expect(
    code(() =>
      leastSquares(more, 40, Array(20).fill(1), { jacobianPattern: patternOf(40, 20, (i) => [i % 20]) }),
    ),
  ).toMatch(/^OPTION .*residual\[\d+\] changes .*jacobianPattern has no entry in row/);
});

test("checkJacobian reads a sparse Jacobian, and says which entry its pattern lacks", () => {
  const A = csr({ rows: 3, cols: 2, rowPtr: [0, 2, 3, 4], colIdx: [0, 1, 1, 0], values: [2, 1, 3, 1] });
  const { residuals, entries } = problemOf(A, Float64Array.of(1, 2, 3), 0.5);
  const check = (jacobian: (p: Float64Array, o: Float64Array) => unknown, jacobianPattern: SparseMatrix) =>
    checkJacobian(residuals, jacobian, 3, [0.3, 0.2], { jacobianPattern });
  expect(check(entries, A).ok).toBe(true);
  expect(
    check((p, o) => {
      entries(p, o);
      return { ...A, values: o.slice() };
    }, A).ok,
  ).toBe(true);
  const less = patternOf(3, 2, (i) => [i === 0 ? 0 : 2 - i]);
  const short = check((p, o) => {
    const own = new Float64Array(4);
    entries(p, own);
    o.set([own[0]!, own[2]!, own[3]!]);
  }, less);
  expect([short.ok, short.worst.row, short.worst.column]).toEqual([false, 0, 1]);
  expect(short.message).toMatch(/^d residual\[0\] \/ d p\[1\] is not in jacobianPattern, differences give/);
  const wrong = check((p, o) => {
    entries(p, o);
    o[2] = 7;
  }, A);
  expect(wrong.message).toMatch(/^d residual\[1\] \/ d p\[1\] is 7, differences give/);
});

test("differences move every column that has an entry, beside columns that are held or have none", () => {
  // Three residuals of two parameters each: three groups, though no row has more than two entries.
  for (const empty of [0, 1, 3, 10]) {
    const n = empty + 3;
    const m = n + 1;
    const A = patternOf(m, n, (i) =>
      i < 3 ? [empty + i, empty + ((i + 1) % 3)] : [i - 4 < empty ? i - 4 : -1],
    );
    const residuals: Fill = (p, out) => {
      for (let i = 0; i < m; i++) out[i] = i < 4 ? 1 : (p[i - 4] ?? 0) * (i - 4 < empty ? 1 : 0);
      for (let i = 0; i < 3; i++) out[i] = p[empty + i]! + 2 * p[empty + ((i + 1) % 3)]! - i;
    };
    const bounds = {
      lower: Array.from({ length: n }, (_, j) => (j < empty ? 0 : -9)),
      upper: Array.from({ length: n }, (_, j) => (j < empty ? 0 : 9)),
    };
    for (const options of [{}, { bounds }]) {
      const dense = leastSquares(residuals, m, Array(n).fill(0), options);
      const sparse = leastSquares(residuals, m, Array(n).fill(0), { ...options, jacobianPattern: A });
      expect([sparse.status, sparse.rank]).toEqual([dense.status, dense.rank]);
      close(sparse.x, dense.x, 1e-8);
    }
  }
});

test("standard errors, condition and rank where no pivot of J'J tells that it has lost its digits", () => {
  // r_i = p_i + 2 p_(i-1): J^-1 has the entries (-2)^(i-j), so (J'J)^-1 the diagonal (4^(i+1) - 1) / 3; also with the order turned round.
  for (const n of [12, 20, 26])
    for (const turned of [false, true]) {
      const m = n + 3;
      const at = (i: number): number => (turned ? n - 1 - i : i);
      const A = patternOf(m, n, (i) => (i < n ? [at(i), at(i - 1)] : []));
      const residuals: Fill = (p, out) => {
        for (let i = 0; i < m; i++) out[i] = i < n ? p[at(i)]! + 2 * (p[at(i - 1)] ?? 0) : 1;
      };
      const jacobian: Fill = (_, out) => {
        for (let i = 0; i < n; i++)
          for (let e = A.rowPtr[i]!; e < A.rowPtr[i + 1]!; e++) out[e] = A.colIdx[e] === at(i) ? 1 : 2;
      };
      const { stderr, rank } = leastSquares(residuals, m, Array(n).fill(0), { jacobian, jacobianPattern: A });
      expect(rank).toBe(n);
      // redChi2 is 1.
      for (let i = 0; i < n; i++)
        expect(Math.abs((stderr?.[at(i)] ?? NaN) / Math.sqrt((4 ** (i + 1) - 1) / 3) - 1)).toBeLessThan(1e-6);
    }
  for (const turned of [false, true]) {
    const n = 80;
    const at = (i: number): number => (turned ? n - 1 - i : i);
    const A = patternOf(n + 1, n, (i) => (i < n ? [at(i), at(i - 1)] : []));
    const residuals: Fill = (p, out) => {
      for (let i = 0; i <= n; i++) out[i] = i < n ? p[at(i)]! + 2 * (p[at(i - 1)] ?? 0) : 1;
    };
    const { rank, stderr, warnings } = leastSquares(residuals, n + 1, Array(n).fill(0), {
      jacobianPattern: A,
    });
    expect([rank, stderr]).toEqual([n - 1, null]);
    expect(warnings[0]?.code).toBe("W_COVARIANCE_SINGULAR");
    // The end that the others double towards.
    expect(warnings[0]?.params).toContain(`x[${at(n - 1)}]`);
  }
});

test("variables that are all held have standard errors of 0", () => {
  const A = patternOf(3, 3, (i) => [i]);
  const residuals: Fill = (p, out) => {
    for (let i = 0; i < 3; i++) out[i] = p[i]! - i - 1;
  };
  const bounds = { lower: [1, 1, 1], upper: [1, 1, 1] };
  const dense = leastSquares(residuals, 3, [1, 1, 1], { bounds });
  const sparse = leastSquares(residuals, 3, [1, 1, 1], { bounds, jacobianPattern: A });
  expect([sparse.rank, sparse.stderr, sparse.warnings]).toEqual([dense.rank, dense.stderr, dense.warnings]);
});

test("a run that is continued counts the evaluations of one that was not broken off", () => {
  const n = 20;
  const A = patternOf(n, n, (i) => [i - 1, i, i + 1]);
  const residuals: Fill = (p, out) => {
    for (let i = 0; i < n; i++)
      out[i] = (3 - 2 * p[i]!) * p[i]! - (p[i - 1] ?? 0) - 2 * (p[i + 1] ?? 0) + 1 + Math.sin(i);
  };
  const start = Array(n).fill(-1);
  const whole = leastSquares(residuals, n, start, { jacobianPattern: A });
  for (let stop = 1; stop <= whole.nit; stop++) {
    const first = iterateLeastSquares(residuals, n, start, { jacobianPattern: A });
    for (let k = 0; k < stop; k++) first.next();
    const resume = first.state();
    first.return?.();
    const second = iterateLeastSquares(residuals, n, start, { jacobianPattern: A, resume });
    while (!second.next().done);
    const { x, nfev, njev, nit } = second.result;
    expect([x, nfev, njev, nit]).toEqual([whole.x, whole.nfev, whole.njev, whole.nit]);
  }
});

test("an entry that the pattern lacks is found within bounds too, which are not left", () => {
  const A = patternOf(5, 4, (i) => [Math.min(i, 3)]);
  const residuals =
    (lower: number, upper: number, missing: number): Fill =>
    (p, out) => {
      for (const v of p) expect(v >= lower && v <= upper).toBe(true);
      for (let i = 0; i < 4; i++) out[i] = p[i]! - 1 + (i === 2 ? missing * p[0]! : 0);
      out[4] = p[3]!;
    };
  for (const [lower, upper, start] of [
    [-5, 5, 0],
    [0, 5, 0],
    [-5, 0, 0],
    [0, 1e-9, 5e-10],
  ] as const) {
    const run = (missing: number) =>
      leastSquares(residuals(lower, upper, missing), 5, Array(4).fill(start), {
        jacobianPattern: A,
        bounds: { lower, upper },
      });
    expect(() => run(0.5)).toThrow(expect.objectContaining({ code: "OPTION" }));
    expect(run(0).success).toBe(true);
  }
});
