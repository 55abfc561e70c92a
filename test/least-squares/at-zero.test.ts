// Models that are even in a parameter, whose best fit wants none of it: the minimum lies at its 0, where its column of the Jacobian
// vanishes. The truth is the model without it, in closed form where that is a mean.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonNames } from "../../src/expressions/job.js";
import { curveFit, curveFitMany, curveFitManyAsync, iterateCurveFit, leastSquares } from "../../src/index.js";

const x = Array.from({ length: 20 }, (_, i) => 0.3 * i);
/** A mean that falls: no slope s^2 explains it. */
const y = x.map((t, i) => 3 - 0.05 * t + 0.1 * Math.sin(i * i));
const mean = y.reduce((sum, v) => sum + v, 0) / 20;
const rss = y.reduce((sum, v) => sum + (v - mean) ** 2, 0);
const kinds = [{ s: 0.5 }, { s: -2 }, { s: { init: 0.5, min: 0 } }, { s: { init: 0.5, min: -1, max: 1 } }];

describe("a parameter in which the model is even", () => {
  test.each(["a + s^2*x", "a*cosh(s*x)", "a + s^4*x"])("is 0 where none of it fits best: %s", (model) => {
    for (const params of [undefined, ...kinds.map((one) => ({ a: 2, ...one }))]) {
      const fit = curveFit({ model, x, y, params });
      expect([fit.status, fit.values.s]).toEqual(["converged", 0]);
      expect(fit.values.a).toBeCloseTo(mean, 7);
      expect(fit.rss / rss).toBeCloseTo(1, 13);
      // Its error is not known, and it says so.
      expect(fit.warnings.map(({ code }) => code)).toContain("W_COVARIANCE_SINGULAR");
    }
  });

  test("by differences, in leastSquares, one iteration after the other", () => {
    const f = curveFit({ model: (t, { a, s }) => a! + s! * s! * t, x, y, params: { a: 2, s: 0.5 } });
    const residuals = (p: Float64Array, out: Float64Array): void =>
      x.forEach((t, i) => {
        out[i] = p[0]! + p[1]! * p[1]! * t - y[i]!;
      });
    const g = leastSquares(residuals, 20, [2, 0.5]);
    const it = iterateCurveFit({ model: "a + s^2*x", x, y, params: { a: 2, s: 0.5 } });
    while (!it.next().done);
    for (const [status, a, s] of [
      [f.status, f.values.a, f.values.s],
      [g.status, g.x[0], g.x[1]],
      [it.result.status, it.result.values.a, it.result.values.s],
    ]) {
      expect([status, s]).toEqual(["converged", 0]);
      expect(a).toBeCloseTo(mean, 7);
    }
  });

  test("in curveFitMany to the bit, beside curves that want it", async () => {
    const rising = y.map((v, i) => v + x[i]!);
    for (const options of [
      { model: "a + s^2*x", x, params: { a: 2, s: 0.5 } },
      { model: "a + s^2*x", x, params: { a: 2, s: -2 }, method: "levenberg" as const },
    ]) {
      const curves = [y, rising, y];
      const many = curveFitMany({ ...options, y: curves });
      const late = await curveFitManyAsync({ ...options, y: curves });
      curves.forEach((one, i) => {
        const { values, rss, reason, nit } = curveFit({ ...options, y: one });
        for (const { values: all, rss: sums, reason: ends, nit: turns } of [many, late])
          expect([all[2 * i], all[2 * i + 1], sums[i], reasonNames[ends[i]!], turns[i]]).toEqual([
            values.a,
            values.s,
            rss,
            reason,
            nit,
          ]);
      });
      expect([many.success, many.counts.converged]).toEqual([true, 3]);
    }
  });

  test("is where it belongs everywhere else: odd models, and slopes that s^2 has", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 2, noNaN: true }), fc.boolean(), (size, negative) => {
        const s = negative ? -size : size;
        const cubic = curveFit({ model: "a + s^3*x", x, y, params: { a: 2, s } });
        const square = curveFit({ model: "a - s^2*x", x, y, params: { a: 2, s } });
        for (const fit of [cubic, square]) {
          expect(fit.status).toBe("converged");
          expect(fit.rss).toBeCloseTo(0.08894370155919, 10);
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each(["s^2+t^2-3*s*t", "s^2+t^2-2.1*s*t", "cosh(s)+cosh(t)-2-1.5*s*t"])(
    "two at once are no minimum where the sum falls between their axes: %s",
    (slope) => {
      for (const size of [1e-3, 0.01, 0.1, 0.7])
        for (const sign of [1, -1]) {
          const params = { a: 2, s: size, t: -sign * size };
          // Not of all x: t is a parameter here.
          const fit = curveFit({ model: `a + (${slope})*x`, x, y, params });
          // 0.08894 of the straight line, which s = t has.
          if (fit.success) expect(fit.rss).toBeLessThan(0.089);
        }
    },
  );

  test("a peak that has vanished between the points has not converged", () => {
    const noise = x.map((_, i) => 1 + 0.1 * Math.sin(7 * i));
    const params = { b: 1, h: 0.1, c: 2.05, w: { init: 0.1, min: 0 } };
    const fit = curveFit({ model: "b + h*exp(-((x - c)/w)^2)", x, y: noise, params });
    expect([fit.values.w, fit.status, fit.reason]).toEqual([0, "failed", "singular"]);
  });
});

describe("a start at exactly 0, where the model is even", () => {
  const bell = Array.from({ length: 41 }, (_, i) => 0.2 * i - 4);
  const peak = bell.map((t, i) => 3 / (1 + (t / 1.2) ** 4) + 0.02 * Math.sin(i * i));
  const shapes = ["a*exp(-w^2*x^2)", "a/cosh(w*x)", "a/(1 + (w*x)^2)", "a*exp(-w^4*x^4)", "a*exp(-abs(w*x))"];

  test.each(shapes)("is led off it in any unit, and ends where other starts end: %s", (model) => {
    const best = curveFit({ model, x: bell, y: peak, params: { a: 2, w: 0.7 } });
    expect(best.status).toBe("converged");
    fc.assert(
      fc.property(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0.5, 1, 3), (power, a) => {
        const unit = Number(`1e${power}`);
        const at = bell.map((t) => t * unit);
        for (const w of [0, { init: 0, min: 0 }, { init: 0, max: 0 }]) {
          const fit = curveFit({ model, x: at, y: peak, params: { a, w } });
          expect(fit.status).toBe("converged");
          expect(fit.rss / best.rss).toBeCloseTo(1, 8);
          expect((Math.abs(fit.values.w!) * unit) / Math.abs(best.values.w!)).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 15 },
    );
  });

  test("by differences, under a loss, in leastSquares, in curveFitMany, one iteration after the other", () => {
    const model = "a*exp(-w^2*x^2)";
    const own = (t: number, { a, w }: { a: number; w: number }) => a * Math.exp(-w * w * t * t);
    const [params, far] = [
      { a: 1, w: 0 },
      { a: 2, w: 0.7 },
    ];
    const best = curveFit({ model, x: bell, y: peak, params: far });
    const residuals = (p: Float64Array, out: Float64Array): void =>
      bell.forEach((t, i) => {
        out[i] = own(t, { a: p[0]!, w: p[1]! }) - peak[i]!;
      });
    const it = iterateCurveFit({ model, x: bell, y: peak, params });
    const first = it.next().value!;
    const again = iterateCurveFit({ model, x: bell, y: peak, params, resume: it.state() });
    while (!again.next().done);
    while (!it.next().done);
    const many = curveFitMany({ model, x: bell, y: [peak, peak], params });
    const one = curveFit({ model, x: bell, y: peak, params });
    expect(first.nit).toBe(1);
    expect(again.result.values).toEqual(one.values);
    expect(it.result.values).toEqual(one.values);
    expect([...many.values]).toEqual([one.values.a, one.values.w, one.values.a, one.values.w]);
    const found = [
      one.rss,
      curveFit({ model: own, x: bell, y: peak, params }).rss,
      2 * leastSquares(residuals, 41, [1, 0]).fun,
    ];
    for (const rss of found) expect(rss / best.rss).toBeCloseTo(1, 9);
    const robust = (p: { a: number; w: number }) =>
      curveFit({ model, x: bell, y: peak, params: p, loss: "cauchy", lossScale: "mad" });
    expect(robust(params).values.w).toBeCloseTo(robust(far).values.w, 3);
  });

  test("comes back to it where none fits best, and what moves nothing stays there", () => {
    for (const s of [0, { init: 0, min: 0 }, { init: 0, max: 0 }, { init: 0, min: -1, max: 1 }]) {
      const fit = curveFit({ model: "a + s^2*x", x, y, params: { a: 2, s } });
      expect([fit.status, fit.values.s]).toEqual(["converged", 0]);
      expect(fit.rss / rss).toBeCloseTo(1, 13);
    }
    const idle = curveFit({ model: "a + b*x + 0*s", x, y, params: { a: 2, b: 0, s: 0 } });
    expect([idle.status, idle.values.s]).toEqual(["converged", 0]);
    expect(idle.warnings.map(({ code }) => code)).toContain("W_PARAM_UNUSED");
    // Where it starts is exact, and no step from there is better.
    const exact = curveFit({ model: "a + s^2*x", x, y: x.map(() => 2), params: { a: 2, s: 0 } });
    expect([exact.rss, exact.values.s]).toEqual([0, 0]);
    // No room to either side.
    const held = curveFit({
      model: "a + s^2*x + b*x",
      x,
      y,
      params: { a: 2, b: 0, s: { init: 0, min: 0, max: 0 } },
    });
    expect(held.status).toBe("converged");
  });
});

test("several that rest at 0 at once", () => {
  const falling = (term: string, s: Readonly<Record<string, number>>) =>
    curveFit<string>({ model: `a + ${term}`, x, y, params: { a: 2, ...s } });
  for (const size of [0, 1e-3, 0.4, 2]) {
    for (const [term, s] of [
      ["s^2*x + v^2*x^2", { s: size, v: size }],
      ["s^2*x + v^2*x^2 + s*v*x", { s: size, v: -size }],
      ["(s^2 + v^2 - s*v)*x", { s: size, v: -size }],
      ["s^2*x + v^2*x^2 + w^2*x^3", { s: size, v: size, w: -size }],
    ] as const) {
      const fit = falling(term, s);
      expect([term, size, fit.status]).toEqual([term, size, "converged"]);
      for (const name of Object.keys(s)) expect(fit.values[name]).toBe(0);
      expect(fit.rss / rss).toBeCloseTo(1, 12);
    }
  }
});

test("a Voigt profile without a normal law is the Lorentzian, and noisy Lorentzians are fitted so", () => {
  const at = Array.from({ length: 80 }, (_, i) => 0.2 * i - 8);
  for (let seed = 1; seed <= 12; seed++) {
    const data = at.map((t, i) => 2 / (1 + ((t - 0.3) / 1.1) ** 2) + 0.1 * Math.sin(seed * (i + 1) ** 2));
    const lorentz = curveFit({
      model: "a*g/pi/((x - c)^2 + g^2)",
      x: at,
      y: data,
      params: { a: 7, c: 0.3, g: 1 },
    });
    for (const min of [0, undefined]) {
      const params = { a: 7, c: 0.3, sigma: { init: 0.4, min }, gamma: { init: 1, min } };
      const fit = curveFit({ model: "a*voigt(x, c, sigma, gamma)", x: at, y: data, params });
      expect(fit.status).toBe("converged");
      expect(fit.rss).toBeLessThanOrEqual(lorentz.rss * (1 + 1e-12));
      if (fit.values.sigma !== 0) continue;
      expect(fit.rss / lorentz.rss).toBeCloseTo(1, 12);
      expect(Math.abs(fit.values.gamma!)).toBeCloseTo(lorentz.values.g!, 5);
    }
  }
});

test("where nothing is left to fall a model is not asked aside", () => {
  let most = 0;
  const own = (v: number, p: { a: number; k: number }) => {
    most = Math.max(most, Math.abs(p.k));
    return p.a * Math.exp(p.k * v);
  };
  const fit = curveFit({ model: own, x, y: x.map(() => 0), params: { a: 0, k: 0 } });
  expect([fit.status, fit.rss, most < 1e-3]).toEqual(["converged", 0, true]);
  const text = curveFit({ model: "a*exp(k*x)", x, y: x.map(() => 0), params: { a: 0, k: 0 } });
  expect(text.nfev).toBe(1);
});
