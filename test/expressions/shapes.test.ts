// A model remembers the layout of its last fit's memory: whatever came before, a fit of another shape comes to its own bits.

import fc from "fast-check";
import { expect, test } from "vitest";
import { compileModel, curveFit, loadSync } from "../../src/index.js";

const x = Array.from({ length: 300 }, (_, i) => 0.02 * i);
const y = x.map((t, i) => 2.1 * Math.exp(-0.7 * t) + 0.3 + 0.05 * Math.sin(9 * i * i) + (i === 5 ? 1 : 0));
const params = { a: 1, b: 1, c: 0 };
const sigma = x.map((_, i) => 0.1 + 0.02 * i);
const shapes: readonly object[] = [
  { x, y, params },
  { x: x.slice(2), y: y.slice(2), params },
  { x, y, params, sigma },
  { x, y, params, loss: "huber", lossScale: 0.1 },
  { x, y, params: { ...params, b: { init: 0.5, max: 0.6 } } },
  { x, y, params: { ...params, b: { init: 0.5, max: 0.6 } }, loss: "cauchy", lossScale: 0.1, sigma },
  { x, y, params: { ...params, c: { init: 0.3, fixed: true } } },
  { x, y, params: { a: 1, b: { expr: "0.3*a" }, c: 0 } },
];

test("fits of one model in any order of shapes", () => {
  const text = "a*exp(-b*x) + c + 0*log(x + 1)";
  const bits = (options: object, model: unknown): string => {
    const fit = curveFit({ ...options, model } as unknown as Parameters<typeof curveFit>[0]);
    return JSON.stringify([fit.values, fit.params, fit.nfev, fit.rss, [...(fit.covariance ?? [])]]);
  };
  // Each alone, in a memory where nothing was before.
  const alone = shapes.map((shape, k) => {
    const runtime = loadSync();
    // With spaces of its own, so that it is another model.
    const own = compileModel(text + " ".repeat(k + 1), { params: ["a", "b", "c"] });
    const found = bits({ ...shape, runtime }, own);
    runtime.dispose();
    return found;
  });
  expect(new Set(alone).size).toBe(shapes.length);
  const model = compileModel(text, { params: ["a", "b", "c"] });
  const order = fc.array(fc.nat(shapes.length - 1), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(order, (places) => {
      for (const k of places) expect(bits(shapes[k]!, model)).toBe(alone[k]);
    }),
    { numRuns: 200 },
  );
});
