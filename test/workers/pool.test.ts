// The pool of threads, as it is built: the same answers as one thread, progress, aborts, errors.

import { afterAll, describe, expect, test } from "vitest";
import { type CurveFitManyOptions, curveFitMany, curveFitManyAsync } from "../../src/index.js";
import type { Pool } from "../../src/workers/index.js";

const built = new URL("../../dist/workers.js", import.meta.url).href;
const { pool } = (await import(built)) as typeof import("../../src/workers/index.js");

const m = 40;
const x = Array.from({ length: m }, (_, i) => i / 8);
const y = (k: number): Float64Array => {
  const out = new Float64Array(k * m);
  for (let c = 0; c < k; c++)
    for (let i = 0; i < m; i++) {
      const noise = 0.01 * (((Math.imul(c * m + i + 1, 2654435761) >>> 8) % 1000) / 500 - 1);
      out[c * m + i] = (1 + (c % 7)) / (1 + (0.5 + (c % 5) / 4) * (x[i] as number)) + 0.1 * (c % 3) + noise;
    }
  return out;
};
const options = (k: number): CurveFitManyOptions => ({
  model: "a/(1+b*x)+c",
  x,
  y: y(k),
  params: { a: 1, b: 1, c: 0 },
});

const pools: Pool[] = [];
const open = (size: number): Pool => {
  const made = pool({ size });
  pools.push(made);
  return made;
};
afterAll(() => {
  for (const made of pools) made.dispose();
});

describe("a pool of two threads", () => {
  const threads = open(2);

  test("gives the bits of one thread, every curve in its place", async () => {
    const given = options(3000);
    (given.y as Float64Array)[5 * m + 3] = NaN;
    const { elapsedMs: _, ...alone } = curveFitMany(given);
    const seen: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => void seen.push(done / total);
    const { elapsedMs: __, ...shared } = await curveFitManyAsync({ ...given, pool: threads, onProgress });
    expect(shared).toEqual(alone);
    expect(alone.counts.invalid).toBe(1);
    expect(seen.at(-1)).toBe(1);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.slice().sort((a, b) => a - b));
  });

  test("losses of several passes and curves of their own x go the same way", async () => {
    const k = 30;
    const given: CurveFitManyOptions = {
      ...options(k),
      x: Array.from({ length: k * m }, (_, i) => x[i % m] as number),
      points: m,
      sigma: Array.from({ length: k * m }, (_, i) => 0.01 * (1 + (i % 3))),
      loss: "tukey",
      lossScale: "mad",
    };
    const { elapsedMs: _, ...alone } = curveFitMany(given);
    const { elapsedMs: __, ...shared } = await curveFitManyAsync({ ...given, pool: threads });
    expect(shared).toEqual(alone);
  });

  test("an abort rejects with the reason of the signal, and the pool works on", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => controller.abort(reason);
    const given = { ...options(4000), pool: threads, signal: controller.signal, onProgress };
    await expect(curveFitManyAsync(given)).rejects.toBe(reason);
    await expect(
      curveFitManyAsync({ ...options(10), pool: threads, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect((await curveFitManyAsync({ ...options(10), pool: threads })).counts.converged).toBe(10);
  });

  test('"stop" leaves the rest unfitted, and says so', async () => {
    const result = await curveFitManyAsync({ ...options(4000), pool: threads, onProgress: () => "stop" });
    expect(result.counts.stopped).toBeGreaterThan(0);
    expect(result.counts.converged).toBeGreaterThan(0);
    expect(result.counts.stopped + result.counts.converged).toBe(4000);
    const unfitted = result.status.indexOf(1);
    expect(result.values[3 * unfitted]).toBeNaN();
    expect(result.reasonNames[result.reason[unfitted] as number]).toBe("callback");
  });

  test("a model in JavaScript cannot go to it", async () => {
    const model = (at: number, p: Readonly<Record<string, number>>) =>
      (p.a as number) / (1 + (p.b as number) * at);
    const given = { ...options(3), model, params: { a: 1, b: 1 }, pool: threads } as never;
    await expect(curveFitManyAsync(given)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});

test("a disposed pool rejects what is under way and what comes", async () => {
  const threads = open(1);
  const running = curveFitManyAsync({ ...options(5000), pool: threads });
  threads.dispose();
  threads.dispose();
  await expect(running).rejects.toMatchObject({ code: "DISPOSED" });
  await expect(curveFitManyAsync({ ...options(5), pool: threads })).rejects.toMatchObject({
    code: "DISPOSED",
  });
});

test("a worker that fails rejects its jobs instead of leaving them waiting", async () => {
  const { Worker } = await import("node:worker_threads");
  const threads = pool({
    size: 1,
    create: () => new Worker("throw new Error('no such file')", { eval: true }),
  });
  await expect(curveFitManyAsync({ ...options(5), pool: threads })).rejects.toMatchObject({
    code: "POOL_FAILED",
    message: expect.stringContaining("no such file"),
  });
  threads.dispose();
});

test("options are checked", () => {
  expect(() => pool({ size: 0 })).toThrow(/size must be an integer >= 1/);
  expect(() => pool({ sise: 2 } as never)).toThrow(/did you mean "size"/);
  expect(() => pool({ create: 1 as never })).toThrow(/create must be a function/);
});
