// curveFitMany: each curve as curveFit fits it, whatever is shared; bad curves; limits; memory.

import { describe, expect, test } from "vitest";
import type { ManyData, ManyShape } from "../../src/expressions/job.js";
import { runJob } from "../../src/expressions/run-job.js";
import {
  type CurveFitManyOptions,
  compileModel,
  curveFit,
  curveFitMany,
  curveFitManyAsync,
  loadSync,
  models,
} from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";

const m = 30;
const x = Array.from({ length: m }, (_, i) => 0.2 * i);
const noise = (i: number) => ((Math.imul(i + 1, 2654435761) >>> 8) % 2001) / 1000 - 1;
const curve = (c: number) =>
  x.map((t, i) => (2 + (c % 5)) / (1 + (0.4 + 0.1 * (c % 7)) * t) + 0.3 + 0.01 * noise(c * m + i));
const curves = (k: number) => Array.from({ length: k }, (_, c) => curve(c));
const model = "a/(1+b*x)+c";
const params = { a: 1, b: 1, c: 0 };

/** Every bit is what curveFit says of curve c. */
function expectLikeCurveFit(
  options: CurveFitManyOptions,
  single: (c: number) => Parameters<typeof curveFit>[0],
) {
  const many = curveFitMany(options);
  const k = many.rss.length;
  const n = many.names.length;
  for (let c = 0; c < k; c++) {
    const fit = curveFit(single(c) as never) as ReturnType<typeof curveFit>;
    expect(many.statusNames[many.status[c] as number]).toBe(fit.status);
    expect(many.reasonNames[many.reason[c] as number]).toBe(fit.reason);
    expect(many.nit[c]).toBe(fit.nit);
    expect(many.rss[c]).toBe(fit.rss);
    many.names.forEach((name, j) => {
      const param = (fit.params as Record<string, { value: number; stderr: number | null }>)[name];
      expect(many.values[c * n + j]).toBe(param?.value);
      const stderr = many.stderr[c * n + j] as number;
      if (param?.stderr === null) expect(stderr).toBeNaN();
      else expect(stderr).toBe(param?.stderr);
    });
  }
  return many;
}

describe("every curve is fitted as curveFit fits it", () => {
  const k = 40;
  test("with shared x and starts", () => {
    const ys = curves(k);
    const many = expectLikeCurveFit({ model, x, y: ys, params }, (c) => ({
      model,
      x,
      y: ys[c] as number[],
      params,
    }));
    expect(many.counts).toEqual({ converged: k, stopped: 0, failed: 0, invalid: 0 });
    expect(many.names).toEqual(["a", "b", "c"]);
  });

  test("with individual x, starts, sigma and bounds", () => {
    const ys = curves(k);
    const xs = ys.map((_, c) => x.map((t) => t * (1 + 0.01 * c)));
    const sigmas = ys.map((row) => row.map((v) => 0.01 + 0.001 * v));
    const starts = ys.flatMap((_, c) => [1 + 0.1 * c, 0.5, 0.1]);
    const max = ys.flatMap((_, c) => [100, 100, 0.2 + 0.01 * c]);
    const min = [0, 0, 0];
    expectLikeCurveFit(
      { model, x: xs, y: ys, sigma: sigmas, params: { names: ["a", "b", "c"], starts, min, max } },
      (c) => ({
        model,
        x: xs[c] as number[],
        y: ys[c] as number[],
        sigma: sigmas[c] as number[],
        params: {
          a: { init: 1 + 0.1 * c, min: 0, max: 100 },
          b: { init: 0.5, min: 0, max: 100 },
          c: { init: 0.1, min: 0, max: 0.2 + 0.01 * c },
        },
      }),
    );
  });

  test("with two variables, one of which is every curve's own", () => {
    const ys = curves(k);
    const own = ys.map((_, c) => x.map((t) => Math.cos(t * (1 + c / 10))));
    const both = "a/(1+b*x)+c*u";
    expectLikeCurveFit({ model: both, x: { x, u: own.flat() }, y: ys.flat(), points: m, params }, (c) => ({
      model: both,
      x: { x, u: own[c] as number[] },
      y: ys[c] as number[],
      params,
    }));
  });

  test("with one, two and three free parameters of more, weights, bounds that are met and bounds that are not", () => {
    const ys = curves(k);
    const sigma = x.map((t) => 0.02 + 0.001 * t);
    const starts = [
      { a: 1, b: { init: 0.7, fixed: true }, c: { init: 0.3, fixed: true } },
      { a: 1, b: 1, c: { init: 0.3, fixed: true } },
      { a: { init: 1, min: 0, max: 100 }, b: { init: 1, min: 0 }, c: 0 },
      { a: { init: 1, min: 0, max: 3 }, b: 1, c: { init: 0, min: -1, max: 0.2 } },
      { a: 1, b: { init: 1, min: 1, max: 1 }, c: { init: 0, max: 0 } },
    ];
    for (const held of starts)
      for (const rest of [
        {},
        { sigma },
        { method: "dogleg" },
        { method: "gaussNewton" },
        { method: "levenberg" },
      ] as const)
        expectLikeCurveFit({ model, x, y: ys, params: held, ...rest }, (c) => ({
          model,
          x,
          y: ys[c] as number[],
          params: held,
          ...rest,
        }));
  });

  test("with parameters that the data hardly tell apart, and a model that is not finite on the way", () => {
    const ys = curves(k);
    const close = "a*exp(-b*x) + c*exp(-1.0001*b*x)";
    expectLikeCurveFit({ model: close, x, y: ys, params: { a: 1, b: 0.2, c: 1 } }, (c) => ({
      model: close,
      x,
      y: ys[c] as number[],
      params: { a: 1, b: 0.2, c: 1 },
    }));
    // Residuals that are finite where derivatives are not: the point is left again, and its sums too.
    const steep = { model: "a/(1+exp(b*(x-c)))", params: { a: 1.66, b: 14.04, c: 16.32 } };
    const step = [
      1.869, 1.676, 1.187, 0.413, 0.118, 0.067, -0.037, 0.026, 0.001, -0.046, -0.042, -0.013, 0.018, 0.015,
      -0.038, 0.012, 0.037, -0.023, 0.037, 0.024,
    ];
    const to20 = step.map((_, i) => i + 1);
    expectLikeCurveFit({ ...steep, x: to20, y: [step] }, () => ({ ...steep, x: to20, y: step }));
    const root = "a*sqrt(x - b) + c";
    const to7 = [1, 2, 3, 4, 5, 6, 7];
    const roots = Array.from({ length: 200 }, (_, c) =>
      to7.map((t, i) => 2 * Math.sqrt(t - 0.5) + noise(7 * c + i)),
    );
    const starts = roots.map((_, c) => [1 + noise(c), 0.9 + 0.09 * noise(3 * c + 1), noise(5 * c + 2)]);
    expectLikeCurveFit(
      { model: root, x: to7, y: roots, params: { names: ["a", "b", "c"], starts: starts.flat() } },
      (c) => {
        const [a, b, d] = starts[c] as [number, number, number];
        return { model: root, x: to7, y: roots[c] as number[], params: { a, b, c: d } };
      },
    );
    const edge = "a*log(b - x) + c"; // b may not come near 6
    const logs = ys.map((row, c) => row.map((v, i) => v + Math.log(5.9 + 0.1 * (c + 1) - 0.2 * i)));
    for (const b of [7, 30])
      expectLikeCurveFit({ model: edge, x, y: logs, params: { a: 5, b, c: 0 } }, (c) => ({
        model: edge,
        x,
        y: logs[c] as number[],
        params: { a: 5, b, c: 0 },
      }));
  });

  test("with no standard errors where some are beyond the range of numbers", () => {
    const model = "a/(1+exp(b*(x-c)))";
    const y = [
      0.98, 0.687, 0.347, 0.132, 0.034, 0.013, 0.012, 0.006, -0.002, 0.003, 0.006, 0.006, 0.009, 0.005,
      -0.005, -0.007, 0.002, 0.009, 0.003, -0.002,
    ];
    const begin = { a: 1.69, b: 6.83, c: 11.03 };
    // Whichever of them comes first.
    for (const names of ["abc", "bca", "cab"]) {
      const params = Object.fromEntries([...names].map((name) => [name, begin[name as "a"]])) as typeof begin;
      const far = { model, x: y.map((_, i) => i + 1), params };
      const many = expectLikeCurveFit({ ...far, y: [y] }, () => ({ ...far, y }));
      expect([...many.stderr]).toEqual([NaN, NaN, NaN]);
    }
  });

  test("with fixed parameters, a robust loss, another method, absolute sigma", () => {
    const ys = curves(k);
    const rest = {
      loss: "huber",
      lossScale: 0.005,
      method: "dogleg",
      sigma: 0.01,
      absoluteSigma: true,
    } as const;
    const held = { a: 1, b: { init: 0.7, min: 0.1, max: 3 }, c: { init: 0.3, fixed: true } };
    const many = expectLikeCurveFit({ model, x, y: ys, params: held, ...rest }, (c) => ({
      model,
      x,
      y: ys[c] as number[],
      params: held,
      ...rest,
    }));
    expect(many.values[2]).toBe(0.3);
    expect(many.stderr[2]).toBeNaN();
  });

  test("with a robust loss, whose sum stands for rss in the standard errors, and with no number at the start", () => {
    const ys = curves(k).map((row) => row.map((v, i) => (i % 9 === 4 ? v + 3 : v)));
    for (const rest of [
      { loss: "huber", lossScale: 0.02 },
      { loss: "cauchy", lossScale: 0.05 },
    ] as const)
      expectLikeCurveFit({ model, x, y: ys, params, ...rest }, (c) => ({
        model,
        x,
        y: ys[c] as number[],
        params,
        ...rest,
      }));
    const none = { model: "a*log(b)*x + c", x, params: { a: 1, b: -1, c: 0 } };
    const [fit, many] = [curveFit({ ...none, y: ys[0] as number[] }), curveFitMany({ ...none, y: ys })];
    expect([many.rss[0], many.counts.failed]).toEqual([fit.rss, k]);
  });

  test("with losses of several passes, a compiled model of several variables, and a JavaScript model", () => {
    const ys = curves(6);
    const rest = { loss: "tukey", lossScale: "mad" } as const;
    expectLikeCurveFit({ model, x, y: ys, params, ...rest }, (c) => ({
      model,
      x,
      y: ys[c] as number[],
      params,
      ...rest,
    }));
    const plane = compileModel("a/(1+b*t)+c*u", { variables: ["u", "t"], params: ["c", "b", "a"] });
    const both = { t: x, u: x.map(() => 1) };
    expectLikeCurveFit({ model: plane, x: both, y: ys, params }, (c) => ({
      model: plane,
      x: both as never,
      y: ys[c] as number[],
      params,
    }));
    const own = (t: number, p: Readonly<Record<string, number>>) =>
      (p.a as number) / (1 + (p.b as number) * t) + (p.c as number);
    expectLikeCurveFit({ model: own as never, x, y: ys, params }, (c) => ({
      model: own as never,
      x,
      y: ys[c] as number[],
      params,
    }));
  });

  test("in every variant and on a runtime that is too small for all at once", () => {
    const ys = curves(500);
    for (const variant of ["simd", "auto"] as const) {
      const runtime = loadSync({ variant, memoryBytes: 1 << 20 });
      expectLikeCurveFit({ model, x, y: ys.slice(0, 50), params, runtime }, (c) => ({
        model,
        x,
        y: ys[c] as number[],
        params,
        runtime,
      }));
      expect(runtime.memory.used).toBe(0);
      runtime.dispose();
    }
    const small = loadSync({ memoryBytes: 1 << 20 });
    const { elapsedMs: _, ...a } = curveFitMany({ model, x, y: ys, params });
    const { elapsedMs: __, ...b } = curveFitMany({ model, x, y: ys, params, runtime: small });
    expect(b).toEqual(a);
    small.dispose();
  });
});

describe("bad curves", () => {
  test("are marked, and the others are what they were", () => {
    const ys = curves(20);
    const clean = curveFitMany({ model, x, y: ys, params });
    const dirty = ys.map((row) => row.slice());
    (dirty[3] as number[])[0] = NaN;
    (dirty[19] as number[])[29] = Infinity;
    const marked = curveFitMany({ model, x, y: dirty, params });
    expect(marked.counts).toEqual({ converged: 18, stopped: 0, failed: 0, invalid: 2 });
    for (let c = 0; c < 20; c++) {
      const row = marked.values.slice(3 * c, 3 * c + 3);
      if (c === 3 || c === 19) {
        expect(marked.statusNames[marked.status[c] as number]).toBe("invalid");
        expect([...row, marked.rss[c], ...marked.stderr.slice(3 * c, 3 * c + 3)].every(Number.isNaN)).toBe(
          true,
        );
      } else expect(row).toEqual(clean.values.slice(3 * c, 3 * c + 3));
    }
  });

  test("throw where that is wished, with the curve", () => {
    const ys = curves(4).map((row, c) => (c === 2 ? row.map(() => NaN) : row));
    expect(() => curveFitMany({ model, x, y: ys, params, onInvalid: "throw" })).toThrow(
      /y\[60\] \(curve 2\) is NaN/,
    );
  });

  test("a model that is not finite at the start fails alone", () => {
    const ys = curves(5);
    const starts = ys.flatMap((_, c) => [1, c === 1 ? -1 / (x[3] as number) : 1, 0]);
    const many = curveFitMany({ model, x, y: ys, params: { names: ["a", "b", "c"], starts } });
    expect(many.statusNames[many.status[1] as number]).toBe("failed");
    expect(many.reasonNames[many.reason[1] as number]).toBe("nonFinite");
    expect(many.counts.converged).toBe(4);
  });
});

describe("limits and progress", () => {
  test("maxIterations and maxEvaluations are those of each curve", () => {
    const many = curveFitMany({ model, x, y: curves(10), params, maxIterations: 2 });
    expect(many.counts.stopped).toBe(10);
    expect([...many.nit]).toEqual(new Array(10).fill(2));
  });

  test("progress comes in order, and a stop leaves the rest", () => {
    const seen: number[] = [];
    const onProgress = ({ done }: { done: number }) => {
      seen.push(done);
      return done >= 100 ? "stop" : undefined;
    };
    const many = curveFitMany({ model, x, y: curves(3000), params, onProgress });
    expect(seen).toEqual(seen.slice().sort((a, b) => a - b));
    const last = seen.at(-1) as number;
    expect(many.counts).toEqual({ converged: last, stopped: 3000 - last, failed: 0, invalid: 0 });
  });

  test("no time at all leaves every curve", () => {
    expect(curveFitMany({ model, x, y: curves(5), params, maxTimeMs: 0 }).counts.stopped).toBe(5);
  });

  test("the asynchronous form gives the same bits, turns for the event loop, and rejects when aborted", async () => {
    const ys = curves(2000);
    const { elapsedMs: _, ...a } = curveFitMany({ model, x, y: ys, params });
    const { elapsedMs: __, ...b } = await curveFitManyAsync({ model, x, y: ys, params });
    expect(b).toEqual(a);
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 1);
    // Hundreds of milliseconds of fitting, so that on a fast machine too the timer finds it running.
    const long = {
      model,
      x,
      y: curves(60_000),
      params,
      method: "levenberg",
      stepTol: 0,
      gradTol: 0,
      funTol: 0,
    } as const;
    await expect(curveFitManyAsync({ ...long, signal: controller.signal })).rejects.toBe(reason);
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

test("bad input is named", () => {
  const y = curves(2);
  const throws = (more: object, message: RegExp) =>
    expect(() => curveFitMany({ model, x, y, params, ...more } as CurveFitManyOptions)).toThrow(message);
  throws({ y: [1, 2, 3] }, /y has 3 numbers, no multiple of the 30 points/);
  throws({ x: [1, NaN, ...x.slice(2)] }, /x\[1\] is NaN/);
  throws({ params: { a: 1, b: { expr: "q" }, c: 0 } }, /q/);
  throws({ params: { a: 1, b: {}, c: { init: 1, min: 2 } } }, /"c"/);
  throws({ starts: 0.5 }, /starts/);
  throws({ covariance: 1 as never }, /covariance/);
  throws({ params: { names: ["a", "b", "c"], starts: [1, 2] } }, /params\.starts has 2 numbers, expected 6/);
  throws({ params: { a: 1, b: 1 } }, /unknown name "c"/);
  throws({ sigma: 0 }, /sigma\[0\] must be > 0/);
  const sigma = y.flat().map((_, i) => (i === 40 ? 0 : 1));
  throws({ sigma, onInvalid: "throw" }, /sigma\[40\] must be > 0, got 0/);
  throws({ onIteration: () => {} }, /unknown option "onIteration"/);
  throws({ trace: true }, /unknown option "trace"/);
  throws({ model: 7 }, /model must be/);
  throws({ pool: {} }, /unknown option "pool"/);
});

describe("a model in JavaScript", () => {
  const ys = curves(3);
  const point = (t: number, p: typeof params) => p.a / (1 + p.b * t) + p.c;

  test("gets its predictors as curveFit gives them, one column x included", () => {
    const keyed = ({ x: t }: { x: number }, p: typeof params) => point(t, p);
    const many = curveFitMany({ model: keyed, x: { x }, y: ys, params });
    expect(many.values).toEqual(curveFitMany({ model: point, x, y: ys, params }).values);
  });

  test("may be asynchronous in the asynchronous form, and an abort reaches it", async () => {
    const later = async (t: number, p: typeof params) => point(t, p);
    const { elapsedMs: _, ...a } = curveFitMany({ model: point, x, y: ys, params });
    const { elapsedMs: __, ...b } = await curveFitManyAsync({ model: later, x, y: ys, params });
    expect(b).toEqual(a);
    const controller = new AbortController();
    const stop = async (t: number, p: typeof params) => {
      controller.abort("enough");
      return point(t, p);
    };
    const { signal } = controller;
    await expect(curveFitManyAsync({ model: stop, x, y: ys.slice(0, 1), params, signal })).rejects.toBe(
      "enough",
    );
    expect(defaultRuntime().memory.used).toBe(0);
  });
});

test("after a failure a pool gets no more jobs, and nobody hears of progress", async () => {
  let runs = 0;
  let calls = 0;
  const run = async (shape: ManyShape, data: ManyData) => {
    runs++;
    return runJob(shape, data);
  };
  const onProgress = () => {
    calls++;
    throw new RangeError("no more");
  };
  const many = { model, x, y: curves(64), params, pool: { size: 2, run }, onProgress };
  await expect(curveFitManyAsync(many)).rejects.toThrow("no more");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([calls, runs]).toEqual([1, 4]);
});

describe("what curveFit does one after the other", () => {
  const y = curves(4);
  const k = y.length;

  test("starts: found, more of them, or these; tied parameters; each as curveFit has it", () => {
    const points = [
      { a: 1, b: 1, c: 0 },
      { a: 3, b: 0.1, c: 1 },
    ];
    for (const more of [
      {},
      { params: { a: {}, b: { min: 0 }, c: 0 } },
      { params, starts: 10 },
      { params, starts: points },
      { starts: "auto" as const, sigma: 0.01, absoluteSigma: true },
      { params: { a: 1, b: { expr: "a/5" }, c: 0 } },
      { params: { a: {}, b: { expr: "a/5" }, c: { init: 0.3, fixed: true } } },
      { model: compileModel(model) },
    ])
      expectLikeCurveFit({ model, x, y, ...more }, (c) => ({ model, x, y: y[c]!, ...more }) as never);
    const own = { names: ["a", "b", "c"], starts: y.flatMap(() => [1, 1, 0]) };
    const search = { model, x, y, params: own, starts: 10 };
    expectLikeCurveFit(search, (c) => ({ model, x, y: y[c]!, params, starts: 10 }));
    const gaussian = models.gaussian;
    const bell = x.map((t) => 2 * Math.exp(-((t - 3) * (t - 3)) / 2));
    const named = { model: gaussian, x, y: [bell] };
    expectLikeCurveFit(named, () => ({ model: gaussian, x, y: bell }));
  });

  test("covariances, in the order of the columns", () => {
    const held = { a: 1, b: { init: 0.5, fixed: true }, c: 0 };
    const many = curveFitMany({ model, x, y, params: held, covariance: true });
    expect(curveFitMany({ model, x, y, params: held }).covariance).toBeUndefined();
    expect(many.values).toEqual(curveFitMany({ model, x, y, params: held }).values);
    for (let c = 0; c < k; c++) {
      const { covariance } = curveFit({ model, x, y: y[c]!, params: held });
      const [aa, ac, ca, cc] = covariance!;
      const found = many.covariance!.slice(9 * c, 9 * c + 9);
      expect(Array.from(found)).toEqual([aa, NaN, ac, NaN, NaN, NaN, ca, NaN, cc]);
    }
  });

  test("in JavaScript between bounds, asynchronously, on a pool, with a curve that is no data", async () => {
    const point = (t: number, p: typeof params) => p.a / (1 + p.b * t) + p.c;
    const box = { a: { min: 0, max: 10 }, b: { min: 0.01, max: 10 }, c: { min: -1, max: 1 } };
    const inBox = curveFitMany({ model: point as never, x, y, params: box });
    const late = await curveFitManyAsync({ model: point as never, x, y, params: box });
    expect(late.values).toEqual(inBox.values);
    const single = curveFit({ model: point, x, y: y[1]!, params: box });
    expect(inBox.values[3]).toBe(single.values.a);
    const bad = [...y, x.map(() => NaN)];
    const here = curveFitMany({ model, x, y: bad, covariance: true });
    expect(here.status[k]).toBe(3);
    const run = async (shape: ManyShape, data: ManyData) =>
      runJob(structuredClone(shape), structuredClone(data));
    const there = await curveFitManyAsync({ model, x, y: bad, covariance: true, pool: { size: 2, run } });
    expect(there.values).toEqual(here.values);
    expect(there.covariance).toEqual(here.covariance);
  });
});
