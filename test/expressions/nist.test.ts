// The 28 certified NIST runs with models given as text, and the loop in the core against the one in TypeScript.

import { describe, expect, test } from "vitest";
import {
  type CurveFitOptions,
  compileModel,
  curveFit,
  curveFitAsync,
  type FitResult,
  loadSync,
} from "../../src/index.js";
import { digits, namesOf, nonlinear, startsOf } from "../least-squares/nist-runs.js";

type Settings = Omit<CurveFitOptions<string>, "model" | "x" | "y" | "params">;

const cases = nonlinear.flatMap((problem) =>
  startsOf(problem).map((start, s) => ({ problem, label: `${problem.name} start ${s + 1}`, start })),
);
type Case = (typeof cases)[number];

function optionsOf({ problem, start }: Case, settings: Settings = {}) {
  const params = Object.fromEntries(namesOf(problem).map((name, j) => [name, start[j] as number]));
  return { ...settings, x: problem.x as number[], y: problem.y, params };
}

const fitText = (c: Case, settings: Settings = {}): FitResult =>
  curveFit({ ...optionsOf(c, settings), model: c.problem.model });

/** The same evaluations as callbacks, so that the loop in TypeScript runs. */
function fitCallbacks(c: Case, settings: Settings = {}): FitResult {
  const names = namesOf(c.problem);
  const runtime = settings.runtime;
  const model = compileModel(c.problem.model, {
    variables: ["x"],
    params: names,
    ...(runtime ? { runtime } : {}),
  });
  return curveFit({
    ...optionsOf(c, settings),
    model: {
      evaluate: (x: Float64Array, p: Float64Array, out: Float64Array) => model.evaluate(x, p, out),
      jacobian: (x: Float64Array, p: Float64Array, out: Float64Array) => model.jacobian(x, p, out),
    },
  });
}

/** Everything but what time and identity make different. */
function comparable(fit: FitResult): unknown {
  // What was put in differs: a text here, functions there; and with it what a stalled fit has to look at.
  const { elapsedMs, trace, input, message, ...rest } = fit.toJSON() as Record<string, unknown>;
  const steps = fit.trace?.map(({ elapsedMs: _, ...step }) => step);
  return {
    ...rest,
    steps,
    typeOfTime: typeof elapsedMs,
    typeOfTrace: typeof trace,
    typeOfInput: typeof input,
    typeOfMessage: typeof message,
  };
}

describe.each(["simd", "auto"] as const)("NIST with text models, variant %s", (variant) => {
  test("28 of 28 runs reach 6 digits, 25 reach 8; standard errors reach 4", () => {
    const runtime = loadSync({ variant });
    const runs = cases.map((c) => {
      const fit = fitText(c, { runtime });
      const params = Object.values(fit.params);
      return {
        label: `${c.label}: ${fit.status}/${fit.reason}`,
        success: fit.success,
        digits: digits(
          params.map(({ value }) => value),
          c.problem.certified,
          16,
        ),
        stderr: digits(
          params.map(({ stderr }) => stderr ?? NaN),
          c.problem.certifiedStdev,
          16,
        ),
      };
    });
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
    expect(runs).toHaveLength(28);
    expect(runs.filter(({ success }) => !success)).toEqual([]);
    expect(runs.filter((run) => run.digits < 6)).toEqual([]);
    expect(runs.filter((run) => run.digits >= 8).length).toBeGreaterThanOrEqual(25);
    expect(runs.filter((run) => run.stderr < 4)).toEqual([]);
  });
});

describe("the loop in the core gives the bits, counts and ends of the loop in TypeScript", () => {
  const settings: Record<string, (c: Case) => Settings> = {
    defaults: () => ({}),
    levenberg: () => ({ method: "levenberg" }),
    gaussNewton: () => ({ method: "gaussNewton" }),
    dogleg: () => ({ method: "dogleg" }),
    "a huber loss": () => ({ loss: "huber", lossScale: 0.5 }),
    "a tukey loss of scale mad": () => ({ loss: "tukey", lossScale: "mad" }),
    sigma: ({ problem }) => ({ sigma: problem.y.map((y, i) => 0.1 * Math.abs(y) + 0.01 * (1 + (i % 3))) }),
    "few evaluations": () => ({ maxEvaluations: 5 }),
    "few iterations": () => ({ maxIterations: 3 }),
    "no iterations": () => ({ maxIterations: 0 }),
    "a target": ({ problem }) => ({ target: problem.certifiedRSS }),
    "impossible tolerances": () => ({ gradTol: 0, stepTol: 0, funTol: 0 }),
    "a trace": () => ({ trace: true }),
  };
  for (const [name, of] of Object.entries(settings)) {
    test(name, () => {
      for (const c of cases)
        expect(comparable(fitText(c, of(c))), c.label).toEqual(comparable(fitCallbacks(c, of(c))));
    });
  }

  // What is fused there depends on what else is computed, so values that come alone differ in the last bits.
  test("the relaxed variant, where there is one, ends alike", () => {
    const runtime = loadSync({ variant: "auto" });
    for (const c of cases) {
      const [text, callbacks] = [fitText(c, { runtime }), fitCallbacks(c, { runtime })];
      expect(`${c.label} ${text.status}`).toBe(`${c.label} ${callbacks.status}`);
      for (const [name, value] of Object.entries(text.values))
        expect(Math.abs(value / (callbacks.values[name] as number) - 1), c.label).toBeLessThan(1e-6);
    }
    runtime.dispose();
  });

  test("bounds and fixed parameters", () => {
    for (const c of cases) {
      const { params, ...options } = optionsOf(c);
      const certified = c.problem.certified;
      const bounded = Object.fromEntries(
        Object.entries(params).map(([name, init], j) => {
          const truth = certified[j] as number;
          const near = [Math.min(init, truth), Math.max(init, truth)] as const;
          // The first parameter is stopped short of its value, the second is held.
          if (j === 0)
            return [
              name,
              { init, min: near[0] + 0.1 * (near[1] - near[0]) * (init > truth ? 1 : 0), max: near[1] },
            ];
          return [name, j === 1 && c.problem.n > 2 ? { init: truth, fixed: true } : init];
        }),
      );
      const model = compileModel(c.problem.model, {
        variables: ["x"],
        params: Object.keys(params),
      });
      const text = curveFit({ ...options, params: bounded, model: c.problem.model });
      const callbacks = curveFit({
        ...options,
        params: bounded,
        model: {
          evaluate: (x: Float64Array, p: Float64Array, out: Float64Array) => model.evaluate(x, p, out),
          jacobian: (x: Float64Array, p: Float64Array, out: Float64Array) => model.jacobian(x, p, out),
        },
      });
      expect(comparable(text), c.label).toEqual(comparable(callbacks));
    }
  });

  test("the asynchronous form, and pauses after every iteration", async () => {
    for (const c of cases.slice(0, 6)) {
      const plain = comparable(fitText(c));
      const late = await curveFitAsync({ ...optionsOf(c), model: c.problem.model });
      expect(comparable(late)).toEqual(plain);
      const seen: number[] = [];
      const watched = curveFit({
        ...optionsOf(c, { onIteration: ({ nit }) => void seen.push(nit) }),
        model: c.problem.model,
      });
      expect(comparable(watched)).toEqual(plain);
      expect(seen).toEqual(Array.from({ length: watched.nit }, (_, i) => i + 1));
    }
  });

  test("many points, whose trials bring no Jacobian along", () => {
    const m = 20_001;
    const x = Array.from({ length: m }, (_, i) => i / 4000);
    const y = x.map((t, i) => 3 / (1 + 0.8 * t) + 0.2 + 0.01 * Math.sin(12.9898 * i));
    const params = { a: 1, b: 1, c: 0 };
    const model = compileModel("a/(1+b*x)+c", { variables: ["x"], params: ["a", "b", "c"] });
    const callbacks = {
      evaluate: (t: Float64Array, p: Float64Array, out: Float64Array) => model.evaluate(t, p, out),
      jacobian: (t: Float64Array, p: Float64Array, out: Float64Array) => model.jacobian(t, p, out),
    };
    const fit = curveFit({ model, x, y, params });
    expect(fit.success).toBe(true);
    expect(comparable(fit)).toEqual(comparable(curveFit({ model: callbacks, x, y, params })));
  });
});
