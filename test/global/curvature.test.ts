// isMinimum of the minima: true in a bowl, false on a plateau or a ridge, null where nobody can tell.

import { expect, test } from "vitest";
import { isMinimum } from "../../src/global/curvature.js";
import { minimizeGlobal } from "../../src/global/minimize-global.js";
import { readObjective } from "../../src/global/objective.js";
import { Variables } from "../../src/global/variables.js";
import { compileObjective } from "../../src/models/objective.js";

const box = { lower: [-3, -2], upper: [3, 2] };

test("a compiled objective says of its minima that they are, after the search has ended by itself", () => {
  // The six-hump camel back: two lowest minima of -1.0316284535.
  const f = compileObjective("(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (-4 + 4*y^2)*y^2", ["x", "y"]);
  const r = minimizeGlobal(f, box, { seed: 1 });
  expect(r.fun).toBeCloseTo(-1.0316284535, 9);
  expect(r.minima[0]).toMatchObject({ isMinimum: true });
  const cut = minimizeGlobal(f, box, { seed: 1, maxEvaluations: 400 });
  expect(cut.minima.every((m) => m.isMinimum === null)).toBe(true);
  const values = minimizeGlobal((x: Float64Array) => f.fun(x), box, { seed: 1 });
  expect(values.minima.length).toBeGreaterThan(0);
  expect(values.minima.every((m) => m.isMinimum === null)).toBe(true);
  f.dispose();
});

test("by the gradient alone, at points chosen", () => {
  const variables = new Variables("test", box);
  const watch = { njev: 0, nfev: 0, before: () => null } as never;
  const at = (grad: (x: Float64Array, g: Float64Array) => unknown, x: number[]) =>
    isMinimum(readObjective("test", { fun: () => 0, grad }), variables, Float64Array.from(x), watch);
  const bowl = ([x, y]: Float64Array, g: Float64Array) => g.set([2 * x! + y!, 1e6 * y! + x!]);
  const saddle = ([x, y]: Float64Array, g: Float64Array) => g.set([2 * x! + 3 * y!, 2 * y! + 3 * x!]);
  const ridge = ([x]: Float64Array, g: Float64Array) => g.set([2 * x!, 0]);
  expect(at(bowl, [0, 0])).toBe(true);
  expect(at(saddle, [0, 0])).toBe(false);
  expect(at(ridge, [0, 0])).toBe(false);
  // At the bound of y what is left is the curvature along x.
  expect(at(ridge, [0, 2])).toBe(true);
  expect(at(() => NaN, [0, 0])).toBe(false);
  expect(at((_, g) => g.fill(NaN), [0, 0])).toBe(null);
  expect(at(async () => 0, [0, 0])).toBe(null);
  expect(
    isMinimum(
      readObjective("test", () => 0),
      variables,
      Float64Array.of(0, 0),
      watch,
    ),
  ).toBe(null);
});

test("one bowl is one minimum, however many runs end in it", () => {
  const bowl = minimizeGlobal(
    ([x, y]) => (x! - 1) ** 2 + (y! + 2) ** 2,
    { lower: [-5, -5], upper: [5, 5] },
    { seed: 1 },
  );
  expect(bowl.minima).toHaveLength(1);
});

test("no point near a minimum passes for one, nor one whose curvature is only of the fourth order", () => {
  const variables = new Variables("test", { lower: [-5, -5], upper: [5, 5] });
  const at = (grad: (x: Float64Array, g: Float64Array) => unknown, x: number[]) =>
    isMinimum(readObjective("test", { fun: () => 0, grad }), variables, Float64Array.from(x), {
      njev: 0,
      nfev: 0,
      before: () => null,
    } as never);
  // b^2 - a^2: lowest at the ends of a, and the slope must push against them.
  const saddle = ([a, b]: Float64Array, g: Float64Array) => g.set([-2 * a!, 2 * b!]);
  expect(at(saddle, [-5, 0])).toBe(true);
  expect(at(saddle, [-5, 0.00101])).toBe(false);
  expect(at(([a, b], g) => g.set([2 * a!, 2 * b!]), [-5, 0])).toBe(false);
  // a^4 + b^2: the Hessian at 0 is singular.
  expect(at(([a, b], g) => g.set([4 * a! ** 3, 2 * b!]), [0, 0])).toBe(false);
  // a + b^3 has an inflection at b = 0.
  expect(at(([, b], g) => g.set([1, 3 * b! ** 2]), [-5, 4.4e-5])).toBe(false);
});

test("a population that a local search has brought to its end is no failure", () => {
  const waves = (x: ArrayLike<number>) =>
    Array.from(x).reduce((s, v) => s + v * v - 10 * Math.cos(2 * Math.PI * v) + 10, 0);
  const box3 = { lower: [-5, -5, -5], upper: [5, 5, 5] };
  for (const seed of [1, 2, 3])
    expect(minimizeGlobal(waves, box3, { method: "genetic", seed })).toMatchObject({
      status: "converged",
      fun: 0,
    });
});
