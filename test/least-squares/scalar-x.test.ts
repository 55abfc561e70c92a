// Where an array of one value is meant, a number is taken; and lmfit's `vary` is answered with its opposite here.
import { expect, test } from "vitest";
import { curveFit } from "../../src/index.js";

const data = { x: [0, 1, 2, 3], y: [2, 1.2, 0.75, 0.44] };

test("a fit is asked at one number", () => {
  const fit = curveFit({ model: "a*exp(-b*x)", ...data });
  expect(fit.predict(3)).toEqual(fit.predict([3]));
  expect(fit.band(3)).toEqual(fit.band([3]));
  const plane = curveFit({ model: "a*x + b*z", x: { x: data.x, z: [1, 3, 2, 5] }, y: data.y });
  expect(() => plane.predict(3)).toThrow(/an object with keys x, z/);
  expect(() => curveFit({ model: "a*x", x: 3 as never, y: [1] })).toThrow(
    /x must be an array of numbers, got 3/,
  );
});

test("vary is fixed, inverted", () => {
  const params = { a: { init: 1, vary: false } } as never;
  expect(() => curveFit({ model: "a*x", ...data, params })).toThrow(/did you mean "fixed", inverted\?/);
});
