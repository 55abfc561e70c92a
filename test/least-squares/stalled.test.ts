// What a run in which no step makes progress says may be at fault: a Jacobian where one was given, steps of differences where these were.

import { expect, test } from "vitest";
import { compileModel, curveFit, leastSquares, withDifferences } from "../../src/index.js";

const x = [0, 1, 2, 3, 4];
const y = [2, 1.2, 0.75, 0.44, 0.3];
const params = { a: 2, b: 0.5 };
const plain = (t: number, { a, b }: { a: number; b: number }) => a * Math.exp(-b * t);
/** Of no point has a step in the direction of this Jacobian a lower sum. */
const turned = {
  evaluate: (t: Float64Array, p: Float64Array, out: Float64Array) => out.set(t.map((v) => p[0]! + p[1]! * v)),
  jacobian: (t: Float64Array, _: Float64Array, out: Float64Array) => out.set([...t].flatMap((v) => [-1, -v])),
};
const kink = "abs(a - 1) + 1 + 0.01*x*a";

test("a Jacobian that was given is to be checked", () => {
  const said = "no step makes progress; try checkJacobian";
  expect(curveFit({ model: turned, x, y, params: { a: 0, b: 0 } } as never).message).toBe(said);
  const fit = leastSquares((p, out) => out.fill(p[0]! - 1), 1, [3], { jacobian: (_, out) => out.fill(-1) });
  expect(fit.message).toBe(said);
});

test("steps of differences are named", () => {
  const said = "no step makes progress; try other steps of differences";
  const rough = (t: number, p: { a: number; b: number }) => Math.round(1e4 * plain(t, p)) / 1e4;
  const direct = { x, y, params, model: rough, differenceStep: 1e-2 };
  const made = { x, y, params, model: withDifferences(rough as never, { differenceStep: 1e-2 }) };
  for (const options of [direct, made]) {
    const fit = curveFit(options as never);
    expect([fit.reason, fit.message]).toEqual(["stalled", said]);
  }
});

test("the derivatives of a text are not at fault", () => {
  const said = "no step makes progress, although no convergence test is met";
  for (const model of [kink, compileModel(kink, { params: ["a"] })]) {
    const fit = curveFit({ model, x, y: [0, 0, 0, 0, 0], params: { a: 1.3 } });
    expect([fit.reason, fit.message]).toEqual(["stalled", said]);
  }
});
