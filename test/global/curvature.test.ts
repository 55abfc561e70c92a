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
  const watch = { njev: 0 } as never;
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
