// The asynchronous twins: same answers, turns of the event loop, cancellation.
import { describe, expect, test } from "vitest";
import { blockModel } from "../../demo/nist-models.js";
import {
  curveFit,
  curveFitAsync,
  DownhillError,
  type Iteration,
  leastSquares,
  leastSquaresAsync,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { fitNist, namesOf, nonlinear, startsOf } from "./nist-runs.js";

const valley = (p: Float64Array, out: Float64Array): void => {
  out.set([10 * (p[1]! - p[0]! * p[0]!), 1 - p[0]!, 0.5]);
};
const slopes = (p: Float64Array, out: Float64Array): void => {
  out.set([-20 * p[0]!, 10, -1, 0, 0, 0]);
};
const busy = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error("resolved");
    },
    (reason: unknown) => reason,
  );

describe("the same answer", () => {
  test("as the synchronous fit, bit for bit, with synchronous and asynchronous models", async () => {
    for (const problem of nonlinear.slice(0, 6)) {
      const [start] = startsOf(problem) as [number[]];
      const names = namesOf(problem);
      const { evaluate, jacobian } = blockModel(problem.name, problem.n);
      const alone = fitNist(problem, start, "jacobian");
      const data = {
        x: problem.x as number[],
        y: problem.y,
        params: Object.fromEntries(names.map((name, j) => [name, start[j] as number])),
      };
      const late = {
        evaluate: async (x: Float64Array, p: Float64Array, out: Float64Array) => evaluate(x, p, out),
        jacobian: async (x: Float64Array, p: Float64Array, out: Float64Array) => jacobian(x, p, out),
      };
      for (const model of [{ evaluate, jacobian }, late]) {
        const fit = await curveFitAsync({ ...data, model });
        expect(fit.values).toEqual(alone.values);
        expect(fit.covariance).toEqual(alone.covariance);
        expect([fit.status, fit.reason, fit.nfev, fit.njev]).toEqual([
          alone.status,
          alone.reason,
          alone.nfev,
          alone.njev,
        ]);
      }
      const differences = fitNist(problem, start, "block");
      const fit = await curveFitAsync({ ...data, model: { evaluate: late.evaluate } });
      expect([fit.values, fit.nfev]).toEqual([differences.values, differences.nfev]);
    }
  });

  test("robust losses with a scale from the data too", async () => {
    const residuals = (p: Float64Array, out: Float64Array) => {
      for (let i = 0; i < 12; i++)
        out[i] = p[0]! + p[1]! * i - 2 * i - ((i * 7) % 3) * 0.1 - (i === 5 ? 50 : 0);
    };
    for (const loss of ["softL1", "huber", "cauchy", "arctan", "tukey"] as const) {
      const alone = leastSquares(residuals, 12, [1, 1], { loss, lossScale: "mad" });
      for (const f of [residuals, async (p: Float64Array, out: Float64Array) => residuals(p, out)]) {
        const result = await leastSquaresAsync(f, 12, [1, 1], { loss, lossScale: "mad" });
        expect([result.x, result.fun, result.nfev]).toEqual([alone.x, alone.fun, alone.nfev]);
      }
    }
  });

  test("limits end it the same way", async () => {
    for (const limit of [{ maxIterations: 2 }, { maxEvaluations: 3 }, { maxTimeMs: 0 }, { target: 2 }]) {
      const alone = leastSquares(valley, 3, [-1.2, 1], limit);
      const result = await leastSquaresAsync(valley, 3, [-1.2, 1], limit);
      expect([result.status, result.reason, result.nfev]).toEqual([alone.status, alone.reason, alone.nfev]);
      expect(result.x).toEqual(alone.x);
    }
    const result = await leastSquaresAsync(valley, 3, [-1.2, 1], { onIteration: () => "stop" });
    expect([result.status, result.reason, result.nit]).toEqual(["stopped", "callback", 1]);
  });
});

describe("the event loop", () => {
  test.each(["Jacobian", "differences"] as const)("timers run in between (%s)", async (kind) => {
    let longest = 0;
    let turns = 0;
    let last = performance.now();
    let going = true;
    const watch = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      turns++;
      if (going) setImmediate(watch);
    };
    setImmediate(watch);
    await later();
    const n = 8;
    let calls = 0;
    const residuals = (p: Float64Array, out: Float64Array) => {
      calls++;
      busy(3);
      for (let j = 0; j < n; j++) out[j] = p[j]! * p[j]! - j - 1;
    };
    const jacobian = (p: Float64Array, out: Float64Array) => {
      out.fill(0);
      for (let j = 0; j < n; j++) out[j * n + j] = 2 * p[j]!;
    };
    longest = 0;
    turns = 0;
    const result = await leastSquaresAsync(residuals, n, new Float64Array(n).fill(1), {
      ...(kind === "Jacobian" ? { jacobian } : {}),
      maxIterations: 6,
    });
    going = false;
    expect(result.nfev).toBe(calls);
    // Every 8 ms plus the evaluation under way; the machine may be busy, so the count of turns decides.
    expect(turns).toBeGreaterThanOrEqual(Math.floor((calls * 3) / (8 + 3 + 3)) - 1);
  });

  test("a fast fit does not wait for a turn", async () => {
    let turned = false;
    const promise = leastSquaresAsync(valley, 3, [-1.2, 1], { jacobian: slopes, maxIterations: 1 });
    setImmediate(() => {
      turned = true;
    });
    await promise;
    expect(turned).toBe(false);
  });
});

describe("cancellation", () => {
  test("a signal aborted before: rejects with its reason, nothing is called", async () => {
    let calls = 0;
    const reason = { mine: true };
    const signal = AbortSignal.abort(reason);
    expect(await rejection(leastSquaresAsync(() => calls++, 3, [1, 1], { signal }))).toBe(reason);
    const model = () => calls++;
    expect(await rejection(curveFitAsync({ model, x: [1], y: [1], params: { a: 1 }, signal }))).toBe(reason);
    expect(calls).toBe(0);
    expect(defaultRuntime().memory.used).toBe(0);
  });

  test.each([1, 2, 3, 7])(
    "aborted at evaluation %i: rejects with the reason, nothing is evaluated after",
    async (n) => {
      for (const asynchronous of [false, true]) {
        for (const jacobian of [slopes, undefined]) {
          const control = new AbortController();
          const reason = new Error("enough");
          let [calls, late] = [0, 0];
          let running: unknown;
          const seen: Iteration[] = [];
          const residuals = (p: Float64Array, out: Float64Array) => {
            if (control.signal.aborted) late++;
            if (++calls === n) control.abort(reason);
            valley(p, out);
            running = asynchronous ? later() : undefined;
            return running;
          };
          const error = await rejection(
            leastSquaresAsync(residuals, 3, [-1.2, 1], {
              signal: control.signal,
              onIteration: (it) => seen.push(it),
              ...(jacobian ? { jacobian } : {}),
            }),
          );
          expect(error).toBe(reason);
          expect(late).toBe(0);
          // A callback that is still running keeps the memory it was lent.
          await running;
          await new Promise((done) => setTimeout(done));
          expect(defaultRuntime().memory.used).toBe(0);
        }
      }
    },
  );

  test("a DownhillError as reason carries the best point in its details", async () => {
    const control = new AbortController();
    const reason = new DownhillError("UNSUPPORTED", "closing", { details: { page: 3 } });
    let best: Iteration | undefined;
    const error = (await rejection(
      leastSquaresAsync(valley, 3, [-1.2, 1], {
        jacobian: slopes,
        signal: control.signal,
        onIteration: (it) => {
          best = it;
          if (it.nit === 4) control.abort(reason);
        },
      }),
    )) as DownhillError;
    expect(error).toBe(reason);
    expect(error.details).toMatchObject({ page: 3, best: { fun: best?.fun } });
    expect((error.details.best as { x: Float64Array }).x).toEqual(best?.x);
  });

  test("without a reason it is the AbortError of the platform", async () => {
    const control = new AbortController();
    const error = await rejection(
      leastSquaresAsync(valley, 3, [-1.2, 1], { signal: control.signal, onIteration: () => control.abort() }),
    );
    expect((error as Error).name).toBe("AbortError");
  });

  test("a timeout signal stops a fit that would run on", async () => {
    const residuals = async (p: Float64Array, out: Float64Array) => {
      await later();
      out.set([Math.sin(performance.now()) + p[0]!, 1]);
    };
    const started = performance.now();
    const error = await rejection(
      leastSquaresAsync(residuals, 2, [1], {
        signal: AbortSignal.timeout(20),
        gradTol: 0,
        funTol: 0,
        stepTol: 0,
        onIteration: () => busy(1),
      }).then((result) => {
        // A noisy function may end by itself before; then there is nothing to cancel.
        throw Object.assign(new Error(result.status), { name: "TimeoutError" });
      }),
    );
    expect((error as Error).name).toBe("TimeoutError");
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test("input errors reject instead of throwing", () => {
  let promise: Promise<unknown> | undefined;
  expect(() => {
    promise = curveFitAsync({ model: () => 1, x: [1, 2], y: [1], params: { a: 1 } });
  }).not.toThrow();
  return expect(promise).rejects.toMatchObject({ code: "SHAPE" });
});

test("a synchronous fit runs while an asynchronous one waits", async () => {
  const model = (x: number, p: { readonly a: number }) => p.a * x;
  const data = { x: [1, 2, 3], y: [2, 4.1, 6], params: { a: 1 } };
  const alone = curveFit({ ...data, model });
  const late = curveFitAsync({ ...data, model: async (x: number, p) => (await later(), model(x, p)) });
  await later();
  expect(defaultRuntime().memory.used).toBeGreaterThan(0);
  expect(curveFit({ ...data, model }).values).toEqual(alone.values);
  expect((await late).values).toEqual(alone.values);
});
