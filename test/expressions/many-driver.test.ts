// curveFitMany under the driver: promises, limits and aborts are treated as everywhere.
import { expect, test } from "vitest";
import type { JobPool } from "../../src/expressions/many.js";
import { runJob } from "../../src/expressions/run-job.js";
import { curveFit, curveFitMany, curveFitManyAsync } from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";

const x = Array.from({ length: 20 }, (_, i) => i / 4);
const ys = Array.from({ length: 3000 }, (_, c) =>
  x.map((t) => (1 + (c % 3)) * Math.exp(-0.5 * t) + 0.01 * Math.sin(c + 7 * t)),
);
const options = { model: "a*exp(-b*x)", x, y: ys, params: { a: 1, b: 1 } };

test("a promise of onProgress is refused by the synchronous form, and its rejection ends nothing", async () => {
  const failing = () => Promise.reject(new Error("nobody waits"));
  expect(() => curveFitMany({ ...options, onProgress: failing })).toThrowError(
    expect.objectContaining({ code: "CALLBACK_RESULT" }),
  );
  await new Promise((done) => setTimeout(done));
  expect(defaultRuntime().memory.used).toBe(0);
});

test("an asynchronous onProgress that answers stop is heard", async () => {
  const many = await curveFitManyAsync({ ...options, onProgress: async () => "stop" });
  expect(many.counts.stopped).toBeGreaterThan(0);
  expect(many.counts.converged).toBeGreaterThan(0);
  expect(many.reasonNames[many.reason[2999]!]).toBe("callback");
});

test("no time and an aborted signal leave every curve unfitted", async () => {
  const none = curveFitMany({ ...options, maxTimeMs: 0 });
  expect(none.counts.stopped).toBe(3000);
  expect(none.reasonNames[none.reason[0]!]).toBe("maxTime");
  const signal = AbortSignal.abort(new Error("before"));
  const aborted = curveFitMany({ ...options, signal });
  expect(aborted.counts.stopped).toBe(3000);
  expect(aborted.reasonNames[aborted.reason[0]!]).toBe("abort");
  await expect(curveFitManyAsync({ ...options, signal })).rejects.toThrowError("before");
  expect(defaultRuntime().memory.used).toBe(0);
});

test("jobs of a pool that all come back while the event loop has its turn end the run", async () => {
  let taken = 0;
  const pool: JobPool = {
    size: 1,
    async run(shape, data) {
      if (++taken === 2) await new Promise((done) => setImmediate(done));
      return runJob(shape, data);
    },
  };
  // Slow, so that a turn is due before the last job is waited for: it comes back in that turn.
  const onProgress = () => {
    const begun = performance.now();
    while (performance.now() - begun < 10);
  };
  const many = await curveFitManyAsync({ ...options, y: ys.slice(0, 2), pool, onProgress });
  expect(taken).toBe(2);
  expect(many.counts.converged).toBe(2);
});

test("a sigma whose weight overflows is refused as curveFit refuses it", () => {
  const one = { ...options, y: ys[0]!, sigma: [1e-310, ...x.slice(1).map(() => 1)] };
  for (const fit of [() => curveFitMany(one), () => curveFit(one)])
    expect(fit).toThrow(/sigma\[0\] must be > 5\.6e-309, got 1e-310 \(1 \/ sigma overflows\)/);
});

test("a target ends the fits of a function as those of a text", () => {
  const params = { a: 2, b: 0.5 };
  const few = { x, y: ys.slice(0, 2), params, target: 1e3 };
  const own = (t: number, p: typeof params) => p.a * Math.exp(-p.b * t);
  for (const model of [options.model, own]) {
    const many = curveFitMany({ ...few, model } as never);
    expect([...many.reason].map((k) => many.reasonNames[k])).toEqual(["target", "target"]);
    expect([...many.nit]).toEqual([0, 0]);
  }
});
