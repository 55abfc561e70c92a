// Parameters that are whole numbers, against every whole number tried one by one with the linear parameters in closed form.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { curveFit, curveFitAsync, iterateCurveFit } from "../../src/index.js";

const x = [1, 2, 3, 4, 5];
const y = [1.2, 4.1, 8.9, 16.2, 24.8];
const power = (t: number, n: number): number => {
  let p = 1;
  for (let i = 0; i < n; i++) p *= t;
  return p;
};
/** Best a of a x^n and its sum of squares. */
function least(ys: readonly number[], n: number): { a: number; rss: number } {
  let [up, down] = [0, 0];
  x.forEach((t, i) => {
    up += ys[i]! * power(t, n);
    down += power(t, n) * power(t, n);
  });
  const a = up / down;
  return { a, rss: ys.reduce((s, v, i) => s + (v - a * power(x[i]!, n)) * (v - a * power(x[i]!, n)), 0) };
}

describe("whole numbers", () => {
  it("the best of all, with the others at their least squares", () => {
    const all = [0, 1, 2, 3, 4, 5, 6].map((n) => ({ n, ...least(y, n) })).sort((p, q) => p.rss - q.rss);
    const fit = curveFit({ model: "a*x^n", x, y, params: { a: 1, n: { init: 1, integer: true } } });
    expect(fit.values.n).toBe(all[0]!.n);
    expect(fit.values.a).toBeCloseTo(all[0]!.a, 10);
    expect(fit.rss).toBeCloseTo(all[0]!.rss, 10);
    expect(fit.params.n).toMatchObject({ fixed: true, stderr: null });
    expect(fit.dof).toBe(4);
    expect(fit.cost).toBe(fit.rss / 2);
  });

  it("property: from any data of some power", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4 }),
        fc.double({ min: 0.5, max: 20, noNaN: true }),
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (n, a, noise) => {
          const ys = x.map((t, i) => a * power(t, n) * (1 + noise[i]!));
          const all = [0, 1, 2, 3, 4, 5, 6].map((k) => least(ys, k).rss);
          const fit = curveFit({
            model: "a*x^n",
            x,
            y: ys,
            params: { a: 1, n: { init: 1, min: 0, max: 6, integer: true } },
          });
          expect(all[fit.values.n!]).toBe(Math.min(...all));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("bounds hold, and two of them together", () => {
    const within = { a: 1, n: { init: 1, min: 0.5, max: 1.7, integer: true } };
    expect(curveFit({ model: "a*x^n", x, y, params: within }).values.n).toBe(1);
    const t = [1, 2, 3, 4, 5, 6, 7, 8];
    const sum = t.map((v) => 2 * v * v * v + 5 * v);
    const fit = curveFit({
      model: "a*x^n + b*x^k",
      x: t,
      y: sum,
      params: {
        a: 1,
        b: 1,
        n: { init: 2, min: 2, max: 5, integer: true },
        k: { init: 1, min: 0, max: 1, integer: true },
      },
    });
    expect([fit.values.n, fit.values.k]).toEqual([3, 1]);
    expect(fit.values.a).toBeCloseTo(2, 9);
  });

  it("of functions, of several sets, later, and none", async () => {
    const params = { a: 1, n: { init: 1, integer: true } };
    const model = (t: number, { a, n }: Record<string, number>): number => a! * Math.exp(n! * Math.log(t));
    expect((await curveFitAsync({ model, x, y, params })).values.n).toBe(2);
    const data = [
      { x, y },
      { x, y: y.map((v) => 3 * v) },
    ];
    const shared = { a: { init: 1 }, n: { init: 1, shared: true, integer: true } };
    expect(curveFit({ data, model: "a*x^n", params: shared }).values.n).toBe(2);
    const free = curveFit({ model: "a*x^n", x, y, params: { a: 1, n: { init: 1, integer: false } } });
    expect(free.params.n!.fixed).toBe(false);
  });

  it("what cannot be is refused", () => {
    const refusedFit = (n: object, o: object = {}) =>
      curveFit({ model: "a*x^n", x, y, params: { a: 1, n }, ...o } as never);
    expect(() => refusedFit({ init: 1.5, min: 1.2, max: 1.8, integer: true })).toThrow(
      /no whole number lies between/,
    );
    expect(() => refusedFit({ init: 1, integer: 1 })).toThrow(/integer must be true or false/);
    expect(() =>
      refusedFit({ init: 1, integer: true }, { x: undefined, y: undefined, data: [{ x, y }] }),
    ).toThrow(/shared: true/);
    expect(() =>
      iterateCurveFit({ model: "a*x^n", x, y, params: { a: 1, n: { init: 1, integer: true } } }),
    ).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });

  it("starts as numbers in the order of params", () => {
    const fit = curveFit({ model: "a*x^n", x, y, params: { a: 1, n: 1 }, starts: [[1, 2], { a: 2, n: 1 }] });
    expect(fit.starts!.tried).toBe(2);
    expect(() => curveFit({ model: "a*x^n", x, y, params: { a: 1, n: 1 }, starts: [[1, 2, 3]] })).toThrow(
      expect.objectContaining({ code: "SHAPE" }),
    );
  });
});
