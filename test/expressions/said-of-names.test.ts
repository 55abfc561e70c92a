// Points and boxes by name, parameters given in part, laws that are none: what is said of names.
import { expect, test } from "vitest";
import {
  compileDensity,
  compileObjective,
  compileProgram,
  curveFit,
  minimize,
  minimizeConstrained,
  minimizeGlobal,
} from "../../src/index.js";

const interval = { lower: -5, upper: 5 };
const bowl = () => compileObjective("(a-1)^2 + 3*(b-2)^2", ["a", "b"]);

test("a compiled objective is searched over a box by name, in whatever order", () => {
  const r = minimizeGlobal(bowl(), { b: interval, a: interval }, { seed: 1 });
  expect(r.values).toEqual({ a: expect.closeTo(1, 5), b: expect.closeTo(2, 5) });
  const whole = { lower: -5, upper: 5, integer: true } as const;
  expect(minimizeGlobal(bowl(), { b: whole, a: { choices: [0.5, 3] } }, { seed: 1 }).values).toEqual({
    b: 2,
    a: 0.5,
  });
  expect(() => minimizeGlobal(bowl(), { b: interval, c: interval })).toThrow(
    /no variable "c" \(the variables are a, b\)/,
  );
  expect(() => minimizeGlobal(bowl(), { b: interval })).toThrow(/has no value for "a"/);
});

test("starts by name", () => {
  expect(() => minimize(bowl(), { a: 0, z: 0 })).toThrow(
    /x0: there is no variable "z" \(the variables are a, b\)/,
  );
  const f = compileObjective("rate^2 + level^2");
  expect(() => minimize(f, { rat: 0, level: 0 })).toThrow(/did you mean "rate"/);
  const p = compileProgram("min (x-1)^2 + y^2; x + y >= 1");
  expect(() => minimizeConstrained(p, { x: 1, z: 1 })).toThrow(
    /x0: there is no variable "z" \(the variables are x, y\)/,
  );
});

test.each(["a/10", "0.2", "aa/10"])("params in part, the rest left out: expr %s", (expr) => {
  const [x, y] = [
    [0, 1, 2, 3, 4, 5],
    [2.3, 1.51, 1.04, 0.75, 0.57, 0.46],
  ];
  expect(() => curveFit({ model: "a*exp(-b*x)+c", x, y, params: { c: { expr } } })).toThrow(
    /unknown name "a" at column 1/,
  );
});

test("laws: a typing error has its place, and gamma and beta are functions, too", () => {
  const data = { y: [1, 2] };
  const of = (prior: string) => () => compileDensity("normal(y, m, 1)", { params: { m: { prior } }, data });
  expect(of("normall(0, 1)")).toThrow(
    /unknown law "normall" in the prior of m at column 1[\s\S]*did you mean "normal"/,
  );
  expect(of("0.5*qqqqqqqq(0, 1)")).toThrow(/at column 5[\s\S]*laws: /);
  expect(of("normal(0, 1) + 0*z")).not.toThrow(/unknown law/);
  expect(of("log(2)")).toThrow(/does not mention it/);
  // Gamma(5) = 24, Beta(5, 2) = 1/30.
  const at = (text: string) => compileDensity(text, { params: { m: {} } }).logDensity([5]);
  expect(at("-gamma(m)")).toBeCloseTo(-24, 12);
  expect(at("log(beta(m, 2))")).toBeCloseTo(-Math.log(30), 12);
});
