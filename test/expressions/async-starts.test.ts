// The search for starting values of an asynchronous fit: it lets the event loop go on, ends when it is aborted, and finds what the
// synchronous one finds.

import { afterEach, expect, test, vi } from "vitest";
import { curveFit, curveFitAsync, curveFitManyAsync, DownhillError } from "../../src/index.js";

const x = Array.from({ length: 60 }, (_, i) => 0.1 * i);
const y = x.map((t, i) => 3 * Math.exp(-0.5 * t) + 1 + 0.05 * Math.sin(i * i));
const sets = [
  { x, y },
  { x, y: y.map((v) => 2 * v) },
];

/** Every look at the clock is a millisecond later, so that a turn is due after a few points. */
function hasten(turn = (_turns: number): void => {}): { turns: number } {
  const seen = { turns: 0 };
  let at = 0;
  vi.spyOn(performance, "now").mockImplementation(() => at++);
  const real = globalThis.setImmediate;
  vi.spyOn(globalThis, "setImmediate").mockImplementation(((done: () => void) => {
    turn(++seen.turns);
    return real(done);
  }) as never);
  return seen;
}

afterEach(() => {
  vi.restoreAllMocks();
});

const kinds: [string, object, number][] = [
  ["a text", { model: "a*exp(-b*x) + c", x, y }, 20],
  ["a text, term by term", { model: "a*exp(-b*x) + c + h*exp(-((x-p)/w)^2)", x, y }, 100],
  [
    "a function between bounds",
    {
      model: (t: number, { a, b }: { a: number; b: number }) => a * Math.exp(-b * t) + 1,
      x,
      y,
      params: { a: { min: 0.1, max: 10 }, b: { min: 0.01, max: 5 } },
    },
    20,
  ],
  [
    "several sets",
    { model: "a*exp(-b*x) + c", data: sets, params: { b: { shared: true }, a: {}, c: {} } },
    40,
  ],
  ["errors in x", { model: "a*exp(-b*x) + c", x, y, sigma: 0.05, sigmaX: 0.02 }, 20],
];

test.each(kinds)("of %s", async (_, options, least) => {
  type Options = Parameters<typeof curveFit>[0];
  const whole = curveFit(options as Options);
  const seen = hasten();
  const later = await curveFitAsync(options as Options);
  expect(seen.turns).toBeGreaterThan(least);
  expect([later.values, later.rss, later.nfev, later.nit]).toEqual([
    whole.values,
    whole.rss,
    whole.nfev,
    whole.nit,
  ]);
  expect(later.starts).toEqual(whole.starts);
});

test.each(kinds)("of %s is aborted on the way", async (_, options) => {
  const seen = hasten();
  const controller = new AbortController();
  const reason = new Error("enough");
  const fit = curveFitAsync({ ...options, signal: controller.signal } as Parameters<typeof curveFit>[0]);
  setTimeout(() => controller.abort(reason), 0);
  await expect(fit).rejects.toBe(reason);
  const { turns } = seen;
  await new Promise((done) => setTimeout(done, 5));
  expect(seen.turns).toBe(turns);
});

test("aborted with an error of ours, which gets the best point so far", async () => {
  const options = { model: "a*exp(-b*x) + c + h*exp(-((x-p)/w)^2)", x, y };
  const whole = hasten();
  const fit = await curveFitAsync(options);
  vi.restoreAllMocks();
  const controller = new AbortController();
  const reason = new DownhillError("OPTION", "enough");
  // Late enough that some candidates have been fitted.
  const late = Math.floor(0.9 * whole.turns);
  hasten((turns) => {
    if (turns === late) controller.abort(reason);
  });
  await expect(curveFitAsync({ ...options, signal: controller.signal })).rejects.toBe(reason);
  const { x: at, fun } = reason.details.best as { x: Float64Array; fun: number };
  expect(at.length).toBe(6);
  expect(fun).toBeGreaterThanOrEqual(fit.cost);
  expect(fun).toBeLessThan(1);
});

test("of many curves", async () => {
  const seen = hasten();
  const many = await curveFitManyAsync({ model: "a*exp(-b*x) + c", x, y: sets.map((set) => set.y) });
  expect(seen.turns).toBeGreaterThan(40);
  expect(Array.from(many.rss, (rss) => rss < 1)).toEqual([true, true]);
});

test("errors in x and a model that promises: no call after an abort, and its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  let late = 0;
  const model = {
    async evaluate(t: Float64Array, [a, b, c]: Float64Array, out: Float64Array) {
      if (controller.signal.aborted) late++;
      await new Promise((done) => setTimeout(done, 3));
      for (let i = 0; i < t.length; i++) out[i] = a! * Math.exp(-b! * t[i]!) + c!;
    },
  };
  const fit = curveFitAsync({
    model: model as never,
    x,
    y,
    params: { a: 1, b: 1, c: 1 },
    starts: [[1, 1, 1]],
    sigma: 0.02,
    sigmaX: 0.05,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(reason), 30);
  await expect(fit).rejects.toBe(reason);
  await new Promise((done) => setTimeout(done, 10));
  expect(late).toBe(0);
});

test("what is wrong is said of a run that was aborted before, too", async () => {
  const signal = AbortSignal.abort();
  const refused = (options: object) =>
    curveFitAsync({ model: "a*exp(-b*x) + c", x, y, signal, ...options } as Parameters<typeof curveFit>[0]);
  await expect(refused({ maxTimeMs: "x" })).rejects.toMatchObject({ code: "OPTION" });
  await expect(refused({ params: { a: {}, b: {}, c: { min: 3, max: 1 } } })).rejects.toMatchObject({
    code: "OPTION",
  });
  await expect(refused({ model: "a*exp(-b*x" })).rejects.toMatchObject({ code: "EXPRESSION" });
  await expect(refused({ params: { a: {}, b: {}, d: {} } })).rejects.toMatchObject({ code: "EXPRESSION" });
});
