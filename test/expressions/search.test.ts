// What a search for starts has to find: the values that made the data, where the wrong minimum lies nearer; and the limits that it obeys.

import { describe, expect, test } from "vitest";
import { bestApart } from "../../src/expressions/search.js";
import { curveFit, models, prefix, sum } from "../../src/index.js";

const grid = (n: number, from: number, to: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));
const bell = (t: number, m: number, s: number): number => Math.exp(-(((t - m) / s) ** 2) / 2);
const ripple = (i: number): number => Math.sin(97 * i * i);

describe("terms of a sum are found one after the other", () => {
  const model = "a*exp(-((x-m)/s)^2/2) + b*exp(-((x-n)/t)^2/2) + c";

  test.each([
    [31, 8, 14],
    [41, 6, 6],
    [61, 12, 18],
  ])("two peaks apart on %i points, widths %i and %i", (points, wide, wider) => {
    const x = grid(points, 400, 700);
    const y = x.map((t) => 4 * bell(t, 541, wide) + bell(t, 440, wider) + 0.4);
    const { values, rss, warnings } = curveFit({ model, x, y });
    expect(rss).toBeLessThan(1e-20);
    expect([values.m!, values.n!].sort((p, q) => p - q)[0]).toBeCloseTo(440, 6);
    expect([values.a!, values.b!].sort((p, q) => p - q)[1]).toBeCloseTo(4, 8);
    expect(values.c).toBeCloseTo(0.4, 9);
    // Where the data are met but for rounding no other minimum can matter.
    expect(warnings.map(({ code }) => code)).not.toContain("W_OTHER_MINIMUM");
  });

  test("named models; three peaks with noise", () => {
    const x = grid(31, 400, 700);
    const y = x.map((t) => 4 * bell(t, 541, 8) + bell(t, 440, 14) + 0.4);
    const named = sum(prefix(models.gaussian, "p1_"), prefix(models.gaussian, "p2_"), models.constant);
    expect(curveFit({ model: named, x, y }).rss).toBeLessThan(1e-20);
    const wide = grid(120, 0, 100);
    const three = wide.map(
      (t, i) => 3 * bell(t, 14, 3.3) + 5 * bell(t, 41, 2) + 1.5 * bell(t, 83, 4.8) + 0.2 + 0.01 * ripple(i),
    );
    const fit = curveFit({ model: `${model} + f*exp(-((x-o)/u)^2/2)`, x: wide, y: three });
    const places = [fit.values.m!, fit.values.n!, fit.values.o!].sort((p, q) => p - q);
    [14, 41, 83].forEach((place, k) => {
      expect(places[k]).toBeCloseTo(place, 0);
    });
    expect(fit.residualStd).toBeLessThan(0.01);
  });

  test("two oscillations, their phases unknown", () => {
    const x = grid(100, 0, 10);
    const y = x.map((t, i) => 2 * Math.sin(7 * t) + Math.sin(16.6 * t + 1) + 0.05 * ripple(i));
    const { values, residualStd } = curveFit({ model: "a*sin(w*x + p) + b*sin(v*x + q)", x, y });
    const found = [Math.abs(values.w!), Math.abs(values.v!)].sort((p, q) => p - q);
    expect(found[0]).toBeCloseTo(7, 1);
    expect(found[1]).toBeCloseTo(16.6, 1);
    expect(residualStd).toBeLessThan(0.05);
  });
});

describe("periods of uneven points, far below the mean distance of two", () => {
  const golden = Array.from({ length: 60 }, (_, i) => 50 * ((i * 0.6180339887) % 1)).sort((a, b) => a - b);
  const jittered = Array.from({ length: 80 }, (_, i) => 6.25 * i + 3 * Math.sin(91 * i * i));

  test.each([
    ["golden", golden, 0.7],
    ["golden", golden, 11],
    ["jittered", jittered, 7.3],
    ["jittered", jittered, 12.3],
  ] as const)("%s, %#", (_, x, period) => {
    const y = x.map((t, i) => 10 + 2 * Math.sin((2 * Math.PI * t) / period + 1) + 0.1 * ripple(i));
    const { values, residualStd } = curveFit({ model: "A*sin(2*pi*x/P + ph) + c", x, y });
    expect(Math.abs(values.P! / period - 1)).toBeLessThan(2e-3);
    expect(residualStd).toBeLessThan(0.1);
  });
});

describe("a robust loss leads the search too", () => {
  test("a peak beside one point of 100 is no peak there", () => {
    const x = grid(20, 0, 9.5);
    const y = x.map((t, i) => 5 * Math.exp(-((t - 4) ** 2)) + 0.01 * ripple(i) + (i === 1 ? 100 : 0));
    const fit = curveFit({ model: "a*exp(-((x-m)/s)^2)", x, y, loss: "cauchy", lossScale: 0.02 });
    expect(fit.values.a).toBeCloseTo(5, 1);
    expect(fit.values.m).toBeCloseTo(4, 1);
  });

  test.each(["cauchy", "arctan", "tukey"] as const)("%s: the curve without the wild point", (loss) => {
    const x = grid(20, 0, 10);
    const y = x.map((t, i) => 4 * Math.exp(-0.5 * t) + 1 + (i === 5 ? 50 : 0));
    const { values, status } = curveFit({ model: "a*exp(-b*x) + c", x, y, loss });
    expect(status).toBe("converged");
    expect(values.a).toBeCloseTo(4, 2);
    expect(values.b).toBeCloseTo(0.5, 2);
    expect(values.c).toBeCloseTo(1, 2);
  });

  test.each(["softL1", "huber"] as const)("%s: near it", (loss) => {
    const x = grid(20, 0, 10);
    const y = x.map((t, i) => 4 * Math.exp(-0.5 * t) + 1 + (i === 5 ? 50 : 0));
    const { values, status } = curveFit({ model: "a*exp(-b*x) + c", x, y, loss });
    expect(status).toBe("converged");
    expect(values.a).toBeCloseTo(4, 0);
    expect(values.b).toBeCloseTo(0.5, 0);
  });

  test("a pole in the data; a function between its bounds", () => {
    const x = [0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 12];
    const y = x.map((t, i) => (10 * t) / (2 + t) + 0.02 * ripple(i) + (i === 2 ? 60 : 0));
    const fit = curveFit({ model: "Vm*x/(K + x)", x, y, loss: "cauchy", lossScale: "mad" });
    expect(fit.values.Vm).toBeCloseTo(10, 0);
    expect(fit.values.K).toBeCloseTo(2, 0);
    const own = curveFit({
      model: (t: number, { Vm, K }: Record<"Vm" | "K", number>) => (Vm * t) / (K + t),
      x,
      y,
      params: { Vm: { min: 0.1, max: 100 }, K: { min: -3, max: 20 } },
      loss: "cauchy",
    });
    expect(own.values.K).toBeCloseTo(2, 0);
  });
});

describe("a search keeps to the limits of the fit, and counts", () => {
  const x = grid(20, 0, 9.5);
  const y = x.map((t) => 3 * Math.exp(-0.7 * t) + 1);
  const params = { a: { min: 0, max: 10 }, b: { min: 0.01, max: 5 }, c: { min: -1, max: 5 } };
  const counted = (before: (call: number) => void = () => {}) => {
    let calls = 0;
    const evaluate = (t: Float64Array, p: Float64Array, out: Float64Array): void => {
      before(++calls);
      for (let i = 0; i < t.length; i++) out[i] = p[0]! * Math.exp(-p[1]! * t[i]!) + p[2]!;
    };
    return { model: { evaluate }, calls: () => calls };
  };

  test("evaluations of a function, all of them", () => {
    const few = counted();
    const stopped = curveFit({ model: few.model, x, y, params, starts: 50, maxEvaluations: 3 });
    expect(stopped).toMatchObject({ status: "stopped", reason: "maxEvaluations", nfev: 3 });
    expect(few.calls()).toBe(3);
    const all = counted();
    const fit = curveFit({ model: all.model, x, y, params, starts: 50 });
    expect(fit.status).toBe("converged");
    expect(all.calls()).toBe(fit.nfev);
  });

  test("time and signal", () => {
    const slow = counted(() => {
      for (const until = performance.now() + 2; performance.now() < until; );
    });
    const late = curveFit({ model: slow.model, x, y, params, starts: 5000, maxTimeMs: 40 });
    expect(late).toMatchObject({ status: "stopped", reason: "maxTime" });
    expect(slow.calls()).toBeLessThan(30);
    expect(late.elapsedMs).toBeGreaterThanOrEqual(40);
    const leaving = new AbortController();
    const left = counted((call) => {
      if (call === 30) leaving.abort();
    });
    const end = curveFit({ model: left.model, x, y, params, signal: leaving.signal });
    expect(end).toMatchObject({ status: "stopped", reason: "abort" });
    expect(left.calls()).toBeLessThan(35);
  });

  test("texts: a point of the search is an evaluation of the model", () => {
    const model = "a*exp(-b*x) + c";
    expect(curveFit({ model, x, y, maxEvaluations: 1 })).toMatchObject({
      status: "stopped",
      reason: "maxEvaluations",
      nfev: 1,
    });
    const { status, nfev } = curveFit({ model, x, y, maxEvaluations: 100 });
    expect(status).toBe("converged");
    expect(nfev).toBeLessThanOrEqual(100);
    const free = curveFit({ model, x, y });
    expect(free.nfev).toBeGreaterThan(free.starts!.tried);
  });
});

test("what the search goes on with: half of it the best, half from valleys of their own, no more than asked for", () => {
  const at = (u: number, rss: number) => ({ p: new Float64Array(1), u: Float64Array.of(u), rss });
  // A long valley with many points, and two shallow ones apart from it.
  const long = Array.from({ length: 116 }, (_, k) => at(0.02 + 0.005 * k, 1 + k));
  const chosen = bestApart([at(0.95, 200), ...long, at(0.8, 201), at(0.3, Infinity)], 8);
  expect(chosen.length).toBe(8);
  expect(chosen.slice(0, 4).every(({ u }) => u[0]! < 0.17)).toBe(true);
  expect(chosen.map(({ rss }) => rss)).toEqual(expect.arrayContaining([200]));
  expect(chosen.every((a, i) => chosen.every((b, j) => i === j || Math.abs(a.u[0]! - b.u[0]!) >= 0.04))).toBe(
    true,
  );
});
