// A function of several arguments in place of one array sees NaN: the result says how it is called, and a text that only names a model too.
import { expect, test } from "vitest";
import * as d from "../../src/index.js";

// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const a = d as any;
const apart = (x: number, y: number) => x * x + y * y;
const box = { lower: [0, 0], upper: [1, 1] };

test.each([
  ["minimize", () => a.minimize(apart, [1, 2])],
  ["minimizeGlobal", () => a.minimizeGlobal(apart, box, { maxEvaluations: 500 })],
  ["minimizeConstrained", () => a.minimizeConstrained(apart, [1, 2])],
  ["a constraint", () => a.minimizeConstrained((x: number[]) => x[0]!, [1, 2], { inequality: [apart] })],
  ["multistart", () => a.multistart(apart, box, { starts: 2 })],
  ["sample", () => a.sample(apart, [1, 1], { draws: 4, warmup: 4 })],
  ["solveEquations", () => a.solveEquations([apart, apart], [1, 2])],
])("%s of (a, b) => ...", (_what, call) => {
  expect(call().message).toMatch(/it is called with one array: write \(\[a, b\]\) => \.\.\./);
});

test("a global search by name says so", () => {
  const r = a.minimizeGlobal(
    (x: number[]) => 1 * x[0]!,
    { x: { lower: 0, upper: 1 } },
    { maxIterations: 50 },
  );
  expect(r.message).toMatch(/called with one object: \(\{ x \}\)/);
});

test("callbacks that fill nothing are asked whether they do", () => {
  expect(a.solveEquations(() => {}, [1, 2]).message).toMatch(
    /F\[0\] is NaN; does it fill its whole last argument/,
  );
  expect(() => a.minimizeConstrained({ fun: () => 1, grad: () => {} }, [1])).toThrow(
    /grad left number 0 of its last argument unwritten/,
  );
  expect(a.leastSquares(() => {}, 2, [1]).message).toMatch(/residuals \(p, out\) => fill out/);
});

test.each(["gaussian", "logistic", "michaelisMenten", "pseudoVoigt", "exponential"])(
  "the text %s is a parameter, with a warning",
  (model) => {
    const fit = d.curveFit({ model, x: [0, 1, 2, 3], y: [1, 2, 2, 1] });
    expect(fit.warnings.map(({ message }) => message)).toEqual([
      `${model} is a parameter here: named models are given as models.gaussian`,
    ]);
  },
);

test("a mean is no mistake, nor a name that was declared", () => {
  const data = { x: [0, 1, 2, 3], y: [1, 2, 2, 1] };
  expect(d.curveFit({ model: "mean", ...data }).warnings).toEqual([]);
  expect(d.curveFit({ model: "gaussian", ...data, params: { gaussian: 1 } }).warnings).toEqual([]);
});
