// Properties over random problems: orthogonality at the solution, exact recovery, invariances, bounds.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curveFit, type LeastSquaresOptions, leastSquares } from "../../src/index.js";

const RUNS = { numRuns: 60, seed: 20250122 };

/** A stream of numbers in (-1, 1) from a seed (Lehmer). */
function stream(seed: number): () => number {
  let s = (seed % 2147483646) + 1;
  return () => {
    s = (s * 16807) % 2147483647;
    return (2 * s) / 2147483647 - 1;
  };
}

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly seed: number;
}

/** Shapes m 1..67, n 1..8, n <= m. */
const shape: fc.Arbitrary<Shape> = fc
  .record({
    n: fc.integer({ min: 1, max: 8 }),
    extra: fc.integer({ min: 0, max: 66 }),
    seed: fc.nat(2 ** 30),
  })
  .map(({ n, extra, seed }) => ({ n, m: Math.min(67, n + extra), seed }));

interface Problem extends Shape {
  readonly start: Float64Array;
  readonly truth: Float64Array;
  residuals(p: Float64Array, out: Float64Array): void;
  jacobian(p: Float64Array, out: Float64Array): void;
}

/**
 * r_i = s(a_i'p) - s(a_i'q) + noise e_i, s(t) = t + bend sin t: linear for bend 0, mildly nonlinear below 1. Rows
 * n of A are made diagonally dominant, so that it has full rank.
 */
function problem({ m, n, seed }: Shape, bend: number, noise: number): Problem {
  const next = stream(seed);
  const A = Float64Array.from({ length: m * n }, () => next() / n);
  for (let j = 0; j < n; j++) A[j * n + j] = 1.5;
  const truth = Float64Array.from({ length: n }, () => 2 * next());
  const start = truth.map((v) => v + 0.5 * next());
  const e = Float64Array.from({ length: m }, () => noise * next());
  const row = (p: Float64Array, i: number) => {
    let t = 0;
    for (let j = 0; j < n; j++) t += A[i * n + j]! * p[j]!;
    return t;
  };
  const s = (t: number) => t + bend * Math.sin(t);
  return {
    m,
    n,
    seed,
    start,
    truth,
    residuals(p, out) {
      for (let i = 0; i < m; i++) out[i] = s(row(p, i)) - s(row(truth, i)) + e[i]!;
    },
    jacobian(p, out) {
      for (let i = 0; i < m; i++) {
        const d = 1 + bend * Math.cos(row(p, i));
        for (let j = 0; j < n; j++) out[i * n + j] = d * A[i * n + j]!;
      }
    },
  };
}

const run = (q: Problem, options: LeastSquaresOptions = {}) =>
  leastSquares((p, out) => q.residuals(p, out), q.m, q.start, {
    jacobian: (p, out) => q.jacobian(p, out),
    ...options,
  });

/** Largest cosine between r and a column of J at x, over the variables that `free` lets through; the data are about 1, so that residuals below 1e-6 count as that. */
function cosine(
  q: Problem,
  x: Float64Array,
  free: (j: number, gradient: number) => boolean = () => true,
): number {
  const r = new Float64Array(q.m);
  const J = new Float64Array(q.m * q.n);
  q.residuals(x, r);
  q.jacobian(x, J);
  const size = Math.sqrt(r.reduce((sum, v) => sum + v * v, 0));
  let worst = 0;
  for (let j = 0; j < q.n; j++) {
    let [g, c] = [0, 0];
    for (let i = 0; i < q.m; i++) {
      g += J[i * q.n + j]! * r[i]!;
      c += J[i * q.n + j]! ** 2;
    }
    if (free(j, g)) worst = Math.max(worst, Math.abs(g) / (Math.sqrt(c) * (size + 1e-6)));
  }
  return worst;
}

describe("at the solution", () => {
  for (const method of ["levenbergMarquardt", "levenberg", "dogleg", "gaussNewton"] as const) {
    test(`${method}: residuals are orthogonal to the Jacobian, linear and nonlinear`, () => {
      fc.assert(
        fc.property(shape, fc.constantFrom(0, 0.4), (size, bend) => {
          const q = problem(size, bend, 0.1);
          const result = run(q, { method });
          expect(result.status).toBe("converged");
          expect(cosine(q, result.x)).toBeLessThan(method === "levenberg" ? 1e-7 : 1e-8);
        }),
        RUNS,
      );
    });
  }

  test("with differences too, and the best point is what the residuals say it is", () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(0, 0.4), (size, bend) => {
        const q = problem(size, bend, 0.1);
        const result = leastSquares(q.residuals, q.m, q.start);
        expect(result.status).toBe("converged");
        expect(cosine(q, result.x)).toBeLessThan(1e-6);
        const again = new Float64Array(q.m);
        q.residuals(result.x, again);
        expect(result.residuals).toEqual(again);
        let sum = 0;
        for (const v of again) sum += v * v;
        expect(result.rss).toBe(sum);
        expect(result.fun).toBe(sum / 2);
      }),
      RUNS,
    );
  });

  test("a linear problem takes one step from anywhere", () => {
    fc.assert(
      fc.property(shape, (size) => {
        const result = run(problem(size, 0, 0.1), { method: "gaussNewton" });
        expect(result.nit).toBeLessThanOrEqual(3);
      }),
      RUNS,
    );
  });

  test("data without noise give the parameters back", () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(0, 0.4), (size, bend) => {
        const q = problem(size, bend, 0);
        const { x, success } = run(q);
        expect(success).toBe(true);
        for (let j = 0; j < q.n; j++) expect(Math.abs(x[j]! - q.truth[j]!)).toBeLessThan(1e-9);
      }),
      RUNS,
    );
  });
});

describe("invariance", () => {
  test("residuals scaled by a power of two: the same steps, the same answer bit for bit", () => {
    fc.assert(
      fc.property(shape, fc.constantFrom(-200, -40, -3, 7, 60, 200), (size, exponent) => {
        const q = problem(size, 0.4, 0.1);
        const c = 2 ** exponent;
        const scaled: Problem = {
          ...q,
          residuals(p, out) {
            q.residuals(p, out);
            for (let i = 0; i < q.m; i++) out[i]! *= c;
          },
          jacobian(p, out) {
            q.jacobian(p, out);
            for (let i = 0; i < q.m * q.n; i++) out[i]! *= c;
          },
        };
        const [a, b] = [run(q), run(scaled)];
        expect(b.x).toEqual(a.x);
        expect([b.nfev, b.reason]).toEqual([a.nfev, a.reason]);
      }),
      RUNS,
    );
  });

  test("parameters in other units (powers of two): the same evaluations, the same answer", () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: -60, max: 60 }), (size, exponent) => {
        const q = problem(size, 0.4, 0.1);
        const unit = Float64Array.from({ length: q.n }, (_, j) => 2 ** (j % 2 ? exponent : -exponent));
        const other: Problem = {
          ...q,
          start: q.start.map((v, j) => v * unit[j]!),
          residuals: (p, out) =>
            q.residuals(
              p.map((v, j) => v / unit[j]!),
              out,
            ),
          jacobian(p, out) {
            q.jacobian(
              p.map((v, j) => v / unit[j]!),
              out,
            );
            for (let i = 0; i < q.m; i++) for (let j = 0; j < q.n; j++) out[i * q.n + j]! /= unit[j]!;
          },
        };
        const [a, b] = [run(q), run(other)];
        expect(b.nfev).toBe(a.nfev);
        for (let j = 0; j < q.n; j++) expect(Math.abs(b.x[j]! / unit[j]! - a.x[j]!)).toBeLessThan(1e-12);
      }),
      RUNS,
    );
  });

  test("permuted parameters give the permuted answer", () => {
    fc.assert(
      fc.property(shape, (size) => {
        const q = problem(size, 0.4, 0.1);
        const n = q.n;
        const turn = (v: ArrayLike<number>) => Float64Array.from({ length: n }, (_, j) => v[n - 1 - j]!);
        const turned: Problem = {
          ...q,
          start: turn(q.start),
          residuals: (p, out) => q.residuals(turn(p), out),
          jacobian(p, out) {
            q.jacobian(turn(p), out);
            for (let i = 0; i < q.m; i++) out.subarray(i * n, i * n + n).reverse();
          },
        };
        const [a, b] = [run(q), run(turned)];
        const back = turn(b.x);
        for (let j = 0; j < n; j++) expect(Math.abs(back[j]! - a.x[j]!)).toBeLessThan(1e-8);
      }),
      RUNS,
    );
  });

  test("y and sigma scaled alike give the same parameters and errors; sigma alone scales the absolute errors", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 30), fc.constantFrom(-30, -2, 5, 30), (seed, exponent) => {
        const next = stream(seed);
        const x = Array.from({ length: 15 }, (_, i) => i / 3);
        const c = 2 ** exponent;
        const y = x.map((v) => 3 * Math.exp(-v) + 0.1 * next() + 1);
        const sigma = x.map(() => 0.2 + 0.1 * next());
        const fitted = (scale: number, spread: number) =>
          curveFit({
            model: (t: number, p) => scale * (p.a * Math.exp(-p.k * t) + p.c),
            x,
            y: y.map((v) => v * scale),
            sigma: sigma.map((s) => s * spread),
            params: { a: 2, k: 0.5, c: 0.5 },
            absoluteSigma: true,
          });
        const [one, both, wider] = [fitted(1, 1), fitted(c, c), fitted(1, c)];
        expect(both.values).toEqual(one.values);
        expect(both.covariance).toEqual(one.covariance);
        expect(wider.values).toEqual(one.values);
        for (const name of ["a", "k", "c"] as const) {
          expect(wider.params[name].stderr).toBeCloseTo(c * (one.params[name].stderr as number), 12);
        }
      }),
      { ...RUNS, numRuns: 25 },
    );
  });
});

describe("bounds", () => {
  /** A box around the truth that cuts it off, fixes, or leaves each variable free, by its random digit. */
  const boxed = (q: Problem) => {
    const next = stream(q.seed + 7);
    const lower = new Float64Array(q.n).fill(-Infinity);
    const upper = new Float64Array(q.n).fill(Infinity);
    for (let j = 0; j < q.n; j++) {
      const [kind, t] = [Math.floor(3 * (next() + 1)), q.truth[j]!];
      if (kind === 0) lower[j] = t + 0.1;
      else if (kind === 1) upper[j] = t - 0.1;
      else if (kind === 2) [lower[j], upper[j]] = [t - 0.05, t + 0.3];
      else if (kind === 3) [lower[j], upper[j]] = [t + 0.2, t + 0.2];
    }
    const start = q.start.map((v, j) => Math.min(Math.max(v, lower[j]!), upper[j]!));
    return { q: { ...q, start }, lower, upper };
  };

  for (const given of ["Jacobian", "differences"] as const) {
    for (const method of ["levenbergMarquardt", "levenberg"] as const) {
      test(`${method}, ${given}: no evaluation outside, fixed ones never move, the free gradient vanishes`, () => {
        fc.assert(
          fc.property(shape, (size) => {
            const { q, lower, upper } = boxed(problem(size, 0.4, 0.1));
            let outside = 0;
            const check = (p: Float64Array) => {
              for (let j = 0; j < q.n; j++) if (!(p[j]! >= lower[j]! && p[j]! <= upper[j]!)) outside++;
            };
            const result = leastSquares(
              (p, out) => {
                check(p);
                q.residuals(p, out);
              },
              q.m,
              q.start,
              {
                method,
                bounds: { lower, upper },
                ...(given === "Jacobian"
                  ? {
                      jacobian: (p: Float64Array, out: Float64Array) => {
                        check(p);
                        q.jacobian(p, out);
                      },
                    }
                  : {}),
              },
            );
            expect(outside).toBe(0);
            expect(`${result.status}/${result.reason}`).toMatch(/^converged/);
            for (let j = 0; j < q.n; j++) {
              expect(result.x[j]! >= lower[j]! && result.x[j]! <= upper[j]!).toBe(true);
              if (lower[j] === upper[j]) expect(result.x[j]).toBe(lower[j]);
            }
            const may = (j: number, g: number) =>
              !(
                lower[j] === upper[j] ||
                (result.x[j] === lower[j] && g >= 0) ||
                (result.x[j] === upper[j] && g <= 0)
              );
            expect(cosine(q, result.x, may)).toBeLessThan(1e-5);
          }),
          RUNS,
        );
      });
    }
  }

  test("bounds that nothing meets change nothing but the last digits", () => {
    fc.assert(
      fc.property(shape, (size) => {
        const q = problem(size, 0.4, 0.1);
        const [free, wide] = [run(q), run(q, { bounds: { lower: -1e6, upper: 1e6 } })];
        for (let j = 0; j < q.n; j++) expect(Math.abs(free.x[j]! - wide.x[j]!)).toBeLessThan(1e-9);
        expect(wide.nfev).toBe(free.nfev);
      }),
      RUNS,
    );
  });
});

test("random NaN, infinities and zeros in the residuals never hang a run nor leave its start worse", () => {
  fc.assert(
    fc.property(
      shape,
      fc.integer({ min: 2, max: 9 }),
      fc.constantFrom(NaN, Infinity, 0, 1e200),
      (size, every, bad) => {
        const q = problem(size, 0.4, 0.1);
        let calls = 0;
        const result = leastSquares(
          (p, out) => {
            q.residuals(p, out);
            if (++calls % every === 0) out[calls % q.m] = bad;
          },
          q.m,
          q.start,
          { maxIterations: 200 },
        );
        // A step that meets NaN or nothing is looked for anew, in at most nine pairs of calls.
        expect(calls).toBeLessThan(200 * (18 * q.n + 2) + 100);
        expect(result.x.every(Number.isFinite)).toBe(true);
        expect(Number.isFinite(result.fun)).toBe(true);
      },
    ),
    RUNS,
  );
});

test("a linear problem within bounds ends after one step: the model is solved in the box, not cut off at it", () => {
  // Non-negative least squares (Lawson and Hanson 1974, chapter 23): x >= 0, A'r >= 0, and one of both is 0.
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 5 }), (seed, n) => {
      const next = stream(seed);
      const m = n + 3;
      const A = Float64Array.from({ length: m * n }, next);
      const b = Float64Array.from({ length: m }, () => 3 * next());
      const residuals = (x: Float64Array, r: Float64Array) => {
        for (let i = 0; i < m; i++) {
          r[i] = -b[i]!;
          for (let j = 0; j < n; j++) r[i] = r[i]! + A[i * n + j]! * x[j]!;
        }
      };
      const r = leastSquares(residuals, new Float64Array(n).fill(1), {
        m,
        jacobian: (_x, J) => J.set(A),
        bounds: { lower: 0 },
      });
      expect(r.status).toBe("converged");
      expect(r.nit).toBeLessThanOrEqual(2);
      const at = new Float64Array(m);
      residuals(r.x, at);
      for (let j = 0; j < n; j++) {
        let slope = 0;
        for (let i = 0; i < m; i++) slope += A[i * n + j]! * at[i]!;
        expect(r.x[j]!).toBeGreaterThanOrEqual(0);
        expect(r.x[j]! > 0 ? Math.abs(slope) : -slope).toBeLessThan(1e-6);
      }
    }),
    { numRuns: 60, seed: 6 },
  );
});
