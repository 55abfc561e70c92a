// lasso, elasticNet, lassoPath and nnls against their optimality conditions, which prove an answer.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csrFromDense, DownhillError, elasticNet, lasso, lassoPath, nnls, solve } from "../../src/index.js";
import { uniform } from "../kernels/instance.js";

/** Numbers in [low, high). */
function draws(n: number, low: number, high: number, seed: number): Float64Array {
  const next = uniform(Math.imul(seed + 1, 2654435761));
  return Float64Array.from({ length: n }, () => low + ((high - low) * (1 + next())) / 2);
}

const at = (A: number[][], j: number, r: number[]) => r.reduce((s, v, i) => s + A[i]![j]! * v, 0);
const residual = (A: number[][], x: ArrayLike<number>, b: number[]) =>
  b.map((v, i) => v - A[i]!.reduce((s, a, j) => s + a * x[j]!, 0));
const problem = fc
  .record({ m: fc.integer({ min: 1, max: 12 }), n: fc.integer({ min: 1, max: 15 }) })
  .chain(({ m, n }) =>
    fc.record({
      A: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), {
        minLength: m,
        maxLength: m,
      }),
      b: fc.array(fc.integer({ min: -40, max: 40 }), { minLength: m, maxLength: m }),
      share: fc.double({ min: 0.01, max: 1.2, noNaN: true }),
      ratio: fc.double({ min: 0.1, max: 1, noNaN: true }),
    }),
  );

test("an answer satisfies the subgradient conditions, with exact zeros", () => {
  fc.assert(
    fc.property(problem, ({ A, b, share, ratio }) => {
      const top = Math.max(...A[0]!.map((_, j) => Math.abs(at(A, j, b))), 1);
      const lambda = share * top;
      const r = elasticNet(A, b, { lambda, l1Ratio: ratio });
      expect(r.success).toBe(true);
      const [l1, l2] = [lambda * ratio, lambda * (1 - ratio)];
      const rest = residual(A, r.x, b);
      r.x.forEach((v, j) => {
        const slope = at(A, j, rest) - l2 * v;
        if (v === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(l1 + 1e-5 * top);
        else expect(Math.abs(slope - l1 * Math.sign(v))).toBeLessThanOrEqual(1e-5 * top);
      });
      expect(r.support).toEqual([...r.x.keys()].filter((j) => r.x[j] !== 0));
    }),
    { numRuns: 200 },
  );
});

describe("lasso", () => {
  test("orthogonal columns: soft thresholds", () => {
    const r = lasso(
      [
        [1, 0],
        [0, 1],
      ],
      [3, 0.5],
      1,
    );
    expect(Array.from(r.x)).toEqual([2, 0]);
    expect(r.fun).toBe(2.5 + 0.125);
    expect(r.gap).toBe(0);
  });

  test("a hand-made case in rational numbers", () => {
    // A'A = [14 14; 14 21]..., support both: (A'A) x = A'b - lambda. A'b = (14, 19), lambda = 1: 14 x1 + 11 x2 = 13, 11 x1 + 14 x2 = 18.
    const A = [
      [1, 3],
      [2, 1],
      [3, 2],
    ];
    // A'A = [[14, 11], [11, 14]].
    const b = [2, 1, 5];
    // A'b = (19, 17); 14 x1 + 11 x2 = 18, 11 x1 + 14 x2 = 16: x1 = 76/75, x2 = 26/75.
    const r = lasso(A, b, 1);
    expect(r.x[0]).toBeCloseTo(76 / 75, 13);
    expect(r.x[1]).toBeCloseTo(26 / 75, 13);
    expect(Array.from(lasso(A, b, 19).x)).toEqual([0, 0]);
  });

  test("an intercept is not penalised", () => {
    const A = [[1], [2], [3], [4]];
    const r = lasso(A, [12, 14, 16, 18], 1e-6, { intercept: true });
    expect(r.x[0]).toBeCloseTo(2, 5);
    expect(r.intercept).toBeCloseTo(10, 5);
  });

  test("ridge and least squares as the ends of the family", () => {
    const A = [
      [1, 2],
      [3, 4],
      [5, 7],
    ];
    const b = [1, -1, 2];
    const ridge = elasticNet(A, b, { lambda: 2, l1Ratio: 0 });
    const normal = solve(
      [
        [37, 49],
        [49, 71],
      ],
      [8, 12],
    ) as Float64Array;
    expect(ridge.x[0]).toBeCloseTo(normal[0]!, 10);
    expect(ridge.x[1]).toBeCloseTo(normal[1]!, 10);
    expect(ridge.success).toBe(true);
    expect(residual(A, lasso(A, b, 0).x, b).reduce((s, v) => s + v * v, 0)).toBeCloseTo(
      2 * lasso(A, b, 1e-12).fun,
      8,
    );
  });

  test("limits and progress", () => {
    const A = Array.from({ length: 20 }, (_, i) => [...draws(30, -1, 1, i + 1)]);
    const b = A.map((row) => 3 * row[0]! - row[5]! + row[9]! * row[2]!);
    expect(lasso(A, b, 0.01, { maxIterations: 0, tolerance: 0 }).reason).toBe("maxIterations");
    let seen = 0;
    lasso(A, b, 0.01, { onIteration: () => void seen++ });
    expect(seen).toBeGreaterThan(0);
    expect(lasso(A, b, 0.01).report()).toContain("gap");
    expect(JSON.parse(JSON.stringify(lasso(A, b, 0.01))).kind).toBe("sparseRegression");
  });
});

describe("lassoPath", () => {
  const A = Array.from({ length: 40 }, (_, i) => [...draws(12, -1, 1, 100 + i)]);
  const b = A.map((row, i) => 4 * row[1]! - 3 * row[7]! + 2 + 0.05 * ((i % 7) - 3));

  test("begins with zeros, ends with the signal, and agrees with lasso", () => {
    const path = lassoPath(A, b, { count: 20 });
    expect(path.success).toBe(true);
    expect(path.nonzeros[0]).toBe(0);
    const k = 12;
    const one = lasso(A, b, path.lambdas[k]!, { intercept: true });
    expect(path.intercepts[k]).toBeCloseTo(one.intercept, 8);
    one.x.forEach((v, j) => {
      expect(path.coefficients.data[k * 12 + j]).toBeCloseTo(v, 7);
    });
    expect(path.rss[19]).toBeLessThan(path.rss[0]!);
    expect(path.validation).toBeUndefined();
  });

  test("cross-validation finds the two variables, the same for a seed", () => {
    const path = lassoPath(A, b, { folds: 5, seed: 3, count: 30 });
    const again = lassoPath(A, b, { folds: 5, seed: 3, count: 30 });
    const v = path.validation!;
    expect(again.validation).toEqual(v);
    expect(v.oneStderr).toBeLessThanOrEqual(v.best);
    expect(v.mean[v.best]).toBeLessThan(0.02);
    const x = path.coefficients.data.subarray(v.oneStderr * 12, v.oneStderr * 12 + 12);
    expect(x[1]).toBeGreaterThan(3);
    expect(x[7]).toBeLessThan(-2);
  });
});

test("nnls: positive where the slope is 0, 0 where it is against", () => {
  fc.assert(
    fc.property(problem, ({ A, b }) => {
      const r = nnls(A, b);
      expect(r.success).toBe(true);
      const rest = residual(A, r.x, b);
      r.x.forEach((v, j) => {
        expect(v).toBeGreaterThanOrEqual(0);
        const slope = at(A, j, rest);
        if (v > 0) expect(Math.abs(slope)).toBeLessThan(1e-7 * 400);
        else expect(slope).toBeLessThan(1e-7 * 400);
      });
    }),
    { numRuns: 200 },
  );
  expect(
    Array.from(
      nnls(
        [
          [1, 0],
          [0, 1],
        ],
        [1, -1],
      ).x,
    ),
  ).toEqual([1, 0]);
});

test.each<[string, () => unknown, string]>([
  ["a negative lambda", () => lasso([[1]], [1], -1), "OPTION"],
  ["no lambda", () => elasticNet([[1]], [1], {} as never), "OPTION"],
  ["b of another length", () => lasso([[1]], [1, 2], 1), "SHAPE"],
  ["an empty A", () => nnls([], []), "SHAPE"],
  ["NaN", () => nnls([[NaN]], [1]), "NON_FINITE_INPUT"],
  ["an unknown option", () => lasso([[1]], [1], 1, { alpha: 1 } as never), "OPTION"],
  ["one fold", () => lassoPath([[1], [2]], [1, 2], { folds: 1 }), "OPTION"],
  ["rising penalties", () => lassoPath([[1], [2]], [1, 2], { lambdas: [1, 2] }), "OPTION"],
  ["a start of another length", () => lasso([[1]], [1], 1, { x0: [1, 2] }), "SHAPE"],
])("refuses %s", (_, call, code) => {
  try {
    call();
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(DownhillError);
    expect((error as DownhillError).code).toBe(code);
  }
});

test("a sparse A gives what its dense copy gives: lasso, elastic net, ridge, path with folds, nnls, with an intercept and without", () => {
  let s = 11;
  const next = () => {
    s = (Math.imul(s, 1103515245) + 12345) & 0x7fffffff;
    return s / 0x40000000 - 1;
  };
  const dense = Array.from({ length: 40 }, () =>
    Array.from({ length: 15 }, () => (next() > 0.5 ? 2 + next() : 0)),
  );
  const rhs = dense.map((row) => 1 + row[0]! - 2 * row[3]! + 0.5 * row[7]! + 0.1 * next());
  const A = csrFromDense(dense);
  const near = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    expect(x.length).toBe(y.length);
    for (let j = 0; j < x.length; j++) {
      expect(Math.abs(x[j]! - y[j]!)).toBeLessThan(1e-10);
      expect(x[j] === 0).toBe(y[j] === 0);
    }
  };
  for (const intercept of [false, true]) {
    const [p, q] = [lasso(A, rhs, 3, { intercept }), lasso(dense, rhs, 3, { intercept })];
    near(p.x, q.x);
    expect(p.intercept).toBeCloseTo(q.intercept, 10);
    expect(p.gap).toBeLessThan(1e-10 * p.fun);
    for (const l1Ratio of [0, 0.4]) {
      const o = { lambda: 2, l1Ratio, intercept };
      near(elasticNet(A, rhs, o).x, elasticNet(dense, rhs, o).x);
    }
    const o = { count: 8, folds: 4, seed: 2, intercept };
    const [path, other] = [lassoPath(A, rhs, o), lassoPath(dense, rhs, o)];
    expect(path.success).toBe(true);
    for (let k = 0; k < path.coefficients.data.length; k++)
      expect(path.coefficients.data[k]).toBeCloseTo(other.coefficients.data[k]!, 4);
    expect(path.validation!.best).toBe(other.validation!.best);
    path.validation!.mean.forEach((v, k) => {
      expect(v).toBeCloseTo(other.validation!.mean[k]!, 4);
    });
  }
  near(nnls(A, rhs).x, nnls(dense, rhs).x);
  expect(() => lasso({ ...A, colIdx: Int32Array.of(99) }, rhs, 1)).toThrow(/colIdx|values/);
});

test("a path that a limit ends has the penalties that were fitted", () => {
  const A = Array.from({ length: 20 }, (_, i) => [i / 10, Math.sin(i), Math.cos(3 * i)]);
  const b = A.map(([u, v]) => 2 * u! - v! + 1);
  const whole = lassoPath(A, b, { count: 10 });
  const part = lassoPath(A, b, { count: 10, maxIterations: Math.floor(whole.nit / 2) });
  expect(part.reason).toBe("maxIterations");
  expect(part.success).toBe(false);
  const k = part.lambdas.length;
  expect(k).toBeGreaterThan(0);
  expect(k).toBeLessThan(10);
  expect([...part.coefficients.data]).toEqual([...whole.coefficients.data.subarray(0, k * 3)]);
  expect(part.message).toContain(`${k} penalties`);
  expect(whole.report()).toContain("penalties");
});

test("of far more columns than rows: the first support is far too large, and the answer proves itself", () => {
  const [m, n] = [150, 2500];
  const data = draws(m * n, -0.5, 0.5, 3);
  const noise = draws(m, -0.005, 0.005, 4);
  const b = Float64Array.from(noise, (e, i) =>
    [0, 500, 1000, 1500, 2000].reduce((s, j, k) => s + (k + 1) * data[i * n + j]!, e),
  );
  for (const lambda of [0.5, 0.1]) {
    const r = lasso({ rows: m, cols: n, data }, b, lambda);
    expect(r.status).toBe("converged");
    const e = b.slice();
    for (const j of r.support) for (let i = 0; i < m; i++) e[i]! -= data[i * n + j]! * r.x[j]!;
    let most = 0;
    for (let j = 0; j < n; j++) {
      let s = 0;
      for (let i = 0; i < m; i++) s += data[i * n + j]! * e[i]!;
      most = Math.max(most, Math.abs(s));
      if (r.x[j] !== 0) expect(Math.sign(r.x[j]!) * s).toBeCloseTo(lambda, 9);
    }
    expect(most).toBeLessThan(lambda * (1 + 1e-8));
  }
});
