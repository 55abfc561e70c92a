// Refusals say what is true of the option: what is allowed, whose length differs, where it belongs.

import { expect, test } from "vitest";
import { curveFit, curveFitStudent, ode, odr } from "../../src/index.js";

const x = [1, 2, 3, 4];
const y = [2, 3, 5, 4];
const one = { model: "a + b*x", x, y, params: { a: 1, b: 1 } };
const sets = {
  model: one.model,
  data: [
    { x, y },
    { x, y },
  ],
};
const named = { set: x };

test.each([
  [{ ...one, y: [2, -1, 3, 4], likelihood: "poisson" }, "curveFit: y[1] must be >= 0, got -1"],
  [{ ...one, y: [0, 1, 3, 4], residuals: "relative" }, "curveFit: y[0] must be nonzero, got 0"],
  [{ ...one, y: [2, 1, 0, 4], residuals: "log" }, "curveFit: y[2] must be > 0, got 0"],
  [{ ...one, sigma: [1, 0, 1, 1], residuals: "relative" }, "curveFit: sigma[1] must be > 0, got 0"],
  [{ ...one, sigma: 1e-310 }, "curveFit: sigma[0] must be > 5.6e-309, got 1e-310 (1 / sigma overflows)"],
  [
    { ...one, sigmaX: 0 },
    "curveFit: sigmaX[0] must be > 0, got 0 (for an x without error, curveFit without sigmaX;",
  ],
  [{ ...one, y: [1, 2, 3], sigmaX: 1 }, "curveFit: y has length 3, expected 4"],
  [{ ...one, x: { u: x, x: [1, 2] }, mask: x }, "curveFit: x.x has length 2, expected 4"],
  [
    { ...sets, x },
    "curveFit: x must be left out beside `data`, got Array of length 4 (each set has its own)",
  ],
  [
    { ...sets, mask: x },
    "curveFit: mask must be left out beside `data`, got Array of length 4 (each set has its own)",
  ],
  [{ ...sets, sigmaX: 1 }, "curveFit: sigmaX must be left out: several sets have no errors in x, got 1"],
  [
    { model: "a*set", data: [{ x: named, y }] },
    'curveFit: a predictor of `data` must be called otherwise, got "set" (the fit numbers the sets so)',
  ],
  // Options that a text has no use for are read all the same.
  [{ ...one, scale: -3 }, "curveFit: scale must be a number > 0, got -3"],
  [{ ...one, scale: { a: 1, b: 0 } }, "curveFit: scale.b must be a number > 0, got 0"],
  [{ ...one, differenceStep: [1, NaN] }, "curveFit: differenceStep.1 must be a number > 0, got NaN"],
  [{ ...one, differenceStep: "auto" }, 'curveFit: differenceStep must be a number > 0, got "auto"'],
  [{ ...one, model: { evaluate() {}, jac: null } }, "curveFit: model.jac must be called jacobian, got null"],
])("%#", (options, message) => {
  expect(() => curveFit(options as never)).toThrow(message);
});

test("relative errors take a negative y, counts take 0", () => {
  const fit = curveFit({ ...one, y: [-1, -2, -3, -4], residuals: "relative" });
  expect(fit.values.b).toBeCloseTo(-1, 10);
  expect(
    curveFit({ ...one, y: [0, 1, 2, 3], model: "a*x", params: { a: 1 }, likelihood: "poisson" }).values.a,
  ).toBeCloseTo(0.6, 8);
});

test("under other names", () => {
  expect(() => odr({ ...one, y: [1, 2, 3], sigmaX: 1 })).toThrow("odr: y has length 3, expected 4");
  expect(() => odr({ ...one, sigmaX: 1, loss: "huber" } as never)).toThrow(
    "odr: loss must be left out: odr has no such option",
  );
  expect(() => curveFitStudent({ ...one, loss: "huber" } as never)).toThrow(
    "curveFitStudent: loss must be left out: the law is given",
  );
  expect(() => ode({ derivatives: { A: "-k*A", B: "k*A" }, variables: ["A"] } as never)).toThrow(
    'ode: variables must be names with "B", which has a derivative, among them, got Array of length 1',
  );
});
