// Every way a run ends: reason, message, the best point kept, nothing evaluated afterwards.
import { describe, expect, test } from "vitest";
import {
  curveFit,
  type Iteration,
  type LeastSquaresOptions,
  type LeastSquaresResult,
  leastSquares,
} from "../../src/index.js";

/** Rosenbrock's valley as two residuals, with an offset that no point removes. */
const valley = (p: Float64Array, out: Float64Array): void => {
  out[0] = 10 * (p[1]! - p[0]! * p[0]!);
  out[1] = 1 - p[0]!;
  out[2] = 0.5;
};
const slopes = (p: Float64Array, out: Float64Array): void => {
  out.set([-20 * p[0]!, 10, -1, 0, 0, 0]);
};
const run = (options: LeastSquaresOptions = {}, start = [-1.2, 1]): LeastSquaresResult =>
  leastSquares(valley, 3, start, { jacobian: slopes, ...options });

const ending = ({ status, reason }: LeastSquaresResult): string => `${status}/${reason}`;

/** The promises that every result keeps, however it ended. */
function expectConsistent(result: LeastSquaresResult, residuals = valley): void {
  expect(result.message).toMatch(/^[a-z].{10,}/);
  expect(result.success).toBe(result.status === "converged");
  expect(result.report({ style: "brief" })).not.toContain("\n");
  expect(result.report()).toContain(`${result.status}/${result.reason}`);
  const again = new Float64Array(result.residuals.length);
  residuals(result.x.slice(), again);
  expect(Array.from(result.residuals)).toEqual(Array.from(again));
  let sum = 0;
  for (const value of again) sum += value * value;
  expect(result.rss).toBe(sum);
  expect(result.fun).toBe(sum / 2);
}

describe("converged", () => {
  test("gradient: the relative offset is at most gradTol", () => {
    const result = run({ gradTol: 1e-4, stepTol: 0, funTol: 0 });
    expect(ending(result)).toBe("converged/gradient");
    expect(result.message).toMatch(/gradient measure .* <= 0\.0001/);
    expectConsistent(result);
    const { jacobian: J, residuals: r, grad, optimality } = result;
    for (const j of [0, 1]) {
      const g = [0, 1, 2].reduce((s, i) => s + J[i * 2 + j]! * r[i]!, 0);
      expect(Math.abs(grad[j]! - g)).toBeLessThan(1e-15);
    }
    expect(Math.abs(optimality - Math.max(...grad.map(Math.abs)))).toBeLessThan(1e-15);
  });

  test("step: the last full step is at most stepTol relative to x", () => {
    // From here the last step before the exact solution is a short one.
    const result = run({ gradTol: 0, stepTol: 1e-3, funTol: 0 }, [1.0002, 1]);
    expect(ending(result)).toBe("converged/step");
    expect(result.message).toMatch(/step measure .* <= 0\.001/);
    expectConsistent(result);
  });

  test("fun: the decrease is at most funTol of the cost", () => {
    const result = run({ gradTol: 0, stepTol: 0, funTol: 1e-4 }, [1.002, 1]);
    expect(ending(result)).toBe("converged/fun");
    expect(result.message).toMatch(/fun measure .* <= 0\.0001/);
    expectConsistent(result);
  });

  test("target: the cost rss / 2 is at most target", () => {
    const result = run({ target: 1 });
    expect(ending(result)).toBe("converged/target");
    expect(result.fun).toBeLessThanOrEqual(1);
    expectConsistent(result);
    const atOnce = run({ target: 1e3 });
    expect(ending(atOnce)).toBe("converged/target");
    expect([atOnce.nfev, atOnce.nit]).toEqual([1, 0]);
    expect(Array.from(atOnce.x)).toEqual([-1.2, 1]);
  });

  test("all tolerances 0: the run still ends, at the solution", () => {
    const result = run({ gradTol: 0, stepTol: 0, funTol: 0 });
    expect(result.status).toBe("converged");
    expect(Array.from(result.x)).toEqual([1, 1]);
    expect(result.nfev).toBeLessThan(100);
    expectConsistent(result);
  });

  test("a start at the solution, and data without residual", () => {
    expect(ending(run({}, [1, 1]))).toBe("converged/gradient");
    const exact = leastSquares((p, out) => out.set([p[0]! - 3, 2 * p[1]! + 4]), 2, [1, 1]);
    expect(exact.success).toBe(true);
    expect(exact.fun).toBe(0);
    expect(Array.from(exact.x)).toEqual([3, -2]);
  });
});

describe("stopped", () => {
  test.each([0, 1, 2, 7])("maxIterations %i", (maxIterations) => {
    const result = run({ maxIterations });
    expect(ending(result)).toBe("stopped/maxIterations");
    expect(result.nit).toBe(maxIterations);
    expect(result.message).toMatch(/maxIterations.*best point/);
    expectConsistent(result);
  });

  test.each([1, 2, 5, 9, 17])(
    "maxEvaluations %i is never exceeded, differences included",
    (maxEvaluations) => {
      for (const jacobian of [slopes, undefined]) {
        let calls = 0;
        const result = leastSquares(
          (p, out) => {
            calls++;
            valley(p, out);
          },
          3,
          [-1.2, 1],
          { maxEvaluations, jacobian },
        );
        expect(ending(result)).toBe("stopped/maxEvaluations");
        expect(calls).toBe(result.nfev);
        expect(calls).toBeLessThanOrEqual(maxEvaluations);
        expectConsistent(result);
      }
    },
  );

  test("a run stopped between Jacobians does not pass off an older or unfilled one as that of its point", () => {
    for (let maxEvaluations = 1; maxEvaluations < 20; maxEvaluations++) {
      const result = leastSquares(valley, 3, [-1.2, 1], { maxEvaluations });
      const truth = new Float64Array(6);
      slopes(result.x, truth);
      const J = Array.from(result.jacobian);
      const known = J.every(Number.isFinite);
      if (known) expect(Math.max(...truth.map((value, i) => Math.abs(J[i]! - value)))).toBeLessThan(1e-4);
      else expect(J.every(Number.isNaN)).toBe(true);
      expect(result.grad.every(known ? Number.isFinite : Number.isNaN)).toBe(true);
    }
  });

  test("maxTimeMs 0 stops before the first call, with the start and no invented residuals", () => {
    run();
    let calls = 0;
    const result = leastSquares(() => calls++, 3, [-1.2, 1], { maxTimeMs: 0, jacobian: slopes });
    expect(ending(result)).toBe("stopped/maxTime");
    expect(calls).toBe(0);
    expect(Array.from(result.x)).toEqual([-1.2, 1]);
    expect(result.residuals.every(Number.isNaN)).toBe(true);
    expect(result.jacobian.every(Number.isNaN)).toBe(true);
    expect(result.rss).toBeNaN();
    expect(result.message).toMatch(/maxTimeMs/);
    const fit = curveFit({
      model: (x: number, p) => p.a * x,
      x: [1, 2],
      y: [1, 2],
      params: { a: 5 },
      maxTimeMs: 0,
    });
    expect(`${fit.status}/${fit.reason}`).toBe("stopped/maxTime");
    expect(fit.values).toEqual({ a: 5 });
    expect(fit.covariance).toBeNull();
    expect(fit.params.a).toMatchObject({ stderr: null, ci: null });
    expect(fit.report()).toContain("stopped/maxTime");
  });

  test("maxTimeMs ends a slow run, in the middle of differences too", () => {
    const slow = (p: Float64Array, out: Float64Array) => {
      const end = performance.now() + 2;
      while (performance.now() < end);
      valley(p, out);
    };
    const result = leastSquares(slow, 3, [-1.2, 1], { maxTimeMs: 15 });
    expect(ending(result)).toBe("stopped/maxTime");
    expect(result.elapsedMs).toBeLessThan(200);
    expectConsistent(result);
  });

  test("callback: onIteration returning stop, exactly once", () => {
    let seen = 0;
    const result = run({ onIteration: ({ nit }) => (seen++, nit === 4 ? "stop" : "go on") });
    expect(ending(result)).toBe("stopped/callback");
    expect([seen, result.nit]).toEqual([4, 4]);
    expect(result.message).toMatch(/onIteration/);
    expectConsistent(result);
    for (const answer of [true, false, 1, "STOP", null, {}]) {
      expect(run({ onIteration: () => answer }).success).toBe(true);
    }
  });

  test("abort: nothing is evaluated after it, whoever aborted", () => {
    for (const where of ["residuals", "jacobian", "onIteration"]) {
      for (const at of [1, 2, 4]) {
        for (const differences of [false, true]) {
          if (differences && where === "jacobian") continue;
          const control = new AbortController();
          let late = 0;
          let count = 0;
          const note = (who: string) => {
            if (control.signal.aborted) late += who === "onIteration" ? 0 : 1;
            else if (who === where && ++count === at) control.abort();
          };
          const jacobian = (p: Float64Array, out: Float64Array) => {
            note("jacobian");
            slopes(p, out);
          };
          const result = leastSquares(
            (p, out) => {
              note("residuals");
              valley(p, out);
            },
            3,
            [-1.2, 1],
            {
              signal: control.signal,
              onIteration: () => note("onIteration"),
              ...(differences ? {} : { jacobian }),
            },
          );
          expect(ending(result)).toBe("stopped/abort");
          expect(late, `${where} ${at} ${differences}`).toBe(0);
          expect(result.message).toMatch(/AbortSignal/);
          expectConsistent(result);
        }
      }
    }
  });

  test("a signal aborted before the start: no call at all", () => {
    let calls = 0;
    const result = leastSquares(() => calls++, 3, [-1.2, 1], { signal: AbortSignal.abort() });
    expect(ending(result)).toBe("stopped/abort");
    expect(calls).toBe(0);
    expect(result.residuals.every(Number.isNaN)).toBe(true);
  });
});

describe("failed", () => {
  test("nonFinite at the start names the residual, or the sum that overflows", () => {
    for (const [value, words] of [
      [NaN, "residual[1] is NaN"],
      [Infinity, "residual[1] is Infinity"],
      [-Infinity, "residual[1] is -Infinity"],
      [1e200, "sum of squares"],
    ] as const) {
      const result = leastSquares((_, out) => out.set([1, value, 2]), 3, [1, 2]);
      expect(ending(result)).toBe("failed/nonFinite");
      expect(result.message).toContain(words);
      expect(Array.from(result.x)).toEqual([1, 2]);
      expect(result.nfev).toBe(1);
    }
  });

  test("a residual that is never written is found at the start", () => {
    run();
    const result = leastSquares((p, out) => out.set([p[0]!, p[1]!]), 3, [1, 2]);
    expect(ending(result)).toBe("failed/nonFinite");
    expect(result.message).toContain("residual[2]");
  });

  test("a Jacobian entry that is never written is found, whatever ran before in the same memory", () => {
    run();
    const result = run({ jacobian: (p, out) => out.set([-20 * p[0]!, 10, -1, 0, 0]) });
    expect(ending(result)).toBe("failed/nonFinite");
    expect(result.message).toContain("d residual[2] / d x[1] is NaN");
  });

  test("nonFinite: a Jacobian that is not finite at the start", () => {
    for (const value of [NaN, Infinity]) {
      const result = run({ jacobian: (p, out) => (slopes(p, out), out.fill(value, 3, 4), undefined) });
      expect(ending(result)).toBe("failed/nonFinite");
      expect(result.message).toContain(`d residual[1] / d x[1] is ${value}`);
      expect(Array.from(result.x)).toEqual([-1.2, 1]);
    }
  });

  test("singular: a parameter wandered off to where it changes nothing, and is named", () => {
    const x = Array.from({ length: 10 }, (_, i) => i);
    const fit = curveFit({
      model: (xi: number, p) => p.level + Math.exp(-p.rate * xi * xi - p.rate),
      x,
      y: x.map((v) => 2 + 1e-3 * ((v * 7) % 3)),
      params: { level: 1, rate: 5 },
    });
    expect(`${fit.status}/${fit.reason}`).toMatch(/failed\/(singular|stalled)/);
    expect(fit.message).toMatch(/rate|no step/);
  });

  test("stalled: a Jacobian of the wrong sign gives no step", () => {
    const wrong = (p: Float64Array, out: Float64Array) => {
      slopes(p, out);
      for (let i = 0; i < out.length; i++) out[i] = -out[i]!;
    };
    const result = run({ jacobian: wrong });
    expect(ending(result)).toBe("failed/stalled");
    expect(result.message).toMatch(/no step makes progress/);
    expectConsistent(result);
  });

  test("no Jacobian of a wrong sign, scale or column makes a run say converged at a wrong point", () => {
    const edits: ((v: number, i: number, J: Float64Array) => number)[] = [
      (_, i, J) => J[5 - i]!,
      (v, i) => (i % 2 ? 2 * v : v),
      (v, i) => (i % 2 ? v : -v),
      () => 1,
    ];
    for (const edit of edits) {
      const result = run({ jacobian: (p, out) => (slopes(p, out), out.set(out.map(edit))) });
      const right = Math.abs(result.x[0]! - 1) < 1e-4 && Math.abs(result.x[1]! - 1) < 1e-4;
      expect(result.success && !right, `${ending(result)} ${result.x}`).toBe(false);
    }
  });
});

describe("watching", () => {
  test("trace keeps every iteration, onIteration sees every nth, both own their x", () => {
    const seen: Iteration[] = [];
    const result = run({
      trace: true,
      every: 3,
      onIteration: (it) => {
        seen.push(it);
        it.x.slice();
      },
    });
    const { trace = [] } = result;
    expect(trace.map(({ nit }) => nit)).toEqual(Array.from({ length: result.nit }, (_, i) => i + 1));
    expect(seen.map(({ nit }) => nit)).toEqual(trace.map(({ nit }) => nit).filter((nit) => nit % 3 === 0));
    for (let i = 1; i < trace.length; i++) {
      const [a, b] = [trace[i - 1]!, trace[i]!];
      expect(b.fun).toBeLessThanOrEqual(a.fun * (1 + 1e-12));
      expect(b.nfev).toBeGreaterThan(a.nfev);
      expect(b.elapsedMs).toBeGreaterThanOrEqual(a.elapsedMs);
      expect(b.x).not.toBe(a.x);
    }
    const last = trace.at(-1)!;
    expect(Array.from(last.x)).toEqual(Array.from(result.x));
    expect(last.fun).toBeCloseTo(result.fun, 14);
    expect("trace" in run()).toBe(false);
  });

  test("an onIteration that spoils x or throws does no harm", () => {
    const clean = run();
    const spoiled = run({ onIteration: ({ x }) => void x.fill(NaN) });
    expect(spoiled.x).toEqual(clean.x);
    const error = new Error("mine");
    expect(() =>
      run({
        onIteration: () => {
          throw error;
        },
      }),
    ).toThrow(error);
    expect(run().x).toEqual(clean.x);
  });

  test("evaluations and Jacobians are counted as they are called", () => {
    let [f, j] = [0, 0];
    const result = leastSquares((p, out) => (f++, valley(p, out)), 3, [-1.2, 1], {
      jacobian: (p, out) => (j++, slopes(p, out)),
    });
    expect([result.nfev, result.njev, result.nhev]).toEqual([f, j, 0]);
  });
});

test("a linear problem whose step passes bounds: the minimum in the box is the first point that is tried", () => {
  for (const [target, upper, want] of [
    [
      [5, 1],
      [2, Infinity],
      [2, 1],
    ],
    [[5], [2], [2]],
    [
      [5, 0.5, 6],
      [1, Infinity, 2],
      [1, 0.5, 2],
    ],
  ] as const) {
    const n = target.length;
    const tried: number[][] = [];
    const result = leastSquares(
      (p, out) => {
        tried.push([...p]);
        for (let i = 0; i < n; i++) out[i] = p[i]! - target[i]!;
      },
      n,
      target.map(() => 0.9),
      {
        jacobian: (_, out) => {
          for (let i = 0; i < n * n; i++) out[i] = i % (n + 1) === 0 ? 1 : 0;
        },
        bounds: { lower: target.map(() => -Infinity), upper: [...upper] },
      },
    );
    expect(result.success).toBe(true);
    expect(tried[1]).toEqual(want.map((v) => expect.closeTo(v, 12)));
  }
});
