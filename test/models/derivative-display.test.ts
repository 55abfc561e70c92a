// Derivatives as they are shown: what is written is worth what is computed, and reads as a person would write it.
import { expect, test } from "vitest";
import { derivativeTrees } from "../../src/models/derivative-display.js";
import { compileObjective, objectiveOfTree } from "../../src/models/objective.js";
import { parse } from "../../src/models/parse.js";

const names = { variables: [], params: ["x", "y"] };
const strip = (mathml: string): string =>
  mathml
    .replace(/<[^>]+>/g, "")
    .replaceAll(/&#x206[12];/g, "")
    .replaceAll("&#x2212;", "-");

test.each([
  "(1 - x)^2 + 100*(y - x^2)^2",
  "x^2/2 + y^2/20 + 20/(1 + exp(-20*(x - 1)))",
  "-20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
  "sin(3*x)*cosh(y/3) + x^-3*y + tanh(x*y) + hypot(x, y) + log(1 + x^2)^1.5",
  "x < y ? x^y : abs(x*y) + sinc(x) + erf(y) + min(x^2, 3*y)",
])("the derivatives shown of %s are those computed", (text) => {
  const f = compileObjective(text, ["x", "y"]);
  const tree = parse(text, names);
  for (const point of [
    [0.7, 1.3],
    [1.9, 0.4],
    [2.2, 2.9],
  ]) {
    const [g, h] = [new Float64Array(2), new Float64Array(4)];
    f.grad(point, g);
    f.hess(point, h);
    for (const [part, expected] of [
      ["gradient", g],
      ["hessian", h],
    ] as const) {
      const shown = derivativeTrees(tree, part).map((t) => objectiveOfTree(t, undefined).fun(point));
      shown.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(expected[i]!)));
      });
    }
  }
});

test("numbers stand in front, equal factors are powers, negative terms are subtracted", () => {
  const f = compileObjective("x^3*y - 2*x*y", ["x", "y"]);
  expect(strip(f.toMathML("gradient"))).toBe("[3yx2-2yx3-2x]");
  expect(strip(f.toMathML("hessian"))).toBe("[6yx3x2-23x2-20]");
  expect(f.toMathML("hessian").match(/<mtr>/g)).toHaveLength(2);
  expect(f.toMathML("value")).toBe(f.toMathML());
});

test("a part that there is not is refused", () => {
  const f = compileObjective("x^2", ["x"]);
  expect(() => f.toMathML("jacobian" as "value")).toThrow(/"value", "gradient", "hessian"|value, gradient/);
});
