// What people type: signs of print, prefixes of formulas, words for logic, sums; and what is refused with the right answer.

import { describe, expect, it } from "vitest";
import { compileObjective, curveFit, minimize } from "../../src/index.js";
import { toLaTeX } from "../../src/models/display.js";
import { paramNames } from "../../src/models/names.js";
import { parse } from "../../src/models/parse.js";
import { runClosures, runEmitted } from "./harness.js";

const names = { variables: ["x"], params: ["a", "b", "\u03b1"] };
const at = (source: string, x = 2, p = [3, 5, 7]): number => runClosures(source, names, [[x]], p).values[0]!;

describe("what people type", () => {
  it.each([
    ["a \u2212 x", 1],
    ["a \u2013 x", 1],
    ["a\u00b7x \u00d7 2", 12],
    ["a\u22c5x \u00f7 2", 3],
    ["x\u00b2 + x\u207b\u00b9", 4.5],
    ["x\u00b9\u2070", 1024],
    ["\u221a(a + 1)", 2],
    ["\u03b1*x", 14],
    ["2*\u03c0", 2 * Math.PI],
    ["x \u2264 2", 1],
    ["x \u2265 3", 0],
    ["x \u2260 2", 0],
    ["x === 2", 1],
    ["y = a*x", 6],
    ["f(x) = a*x", 6],
    ["y ~ a*x", 6],
    ["f(x, a) = a*x", 6],
    ["(x) => a*x", 6],
    ["x => a*x", 6],
    ["(x, a, b) => a*x", 6],
    ["if(x > 1, a, b)", 3],
    ["if(x > 2, a, b)", 5],
    ["x > 1 and a > 4", 0],
    ["x > 1 && a > 2", 1],
    ["x > 2 or a > 2", 1],
    ["x > 2 || a > 4", 0],
    ["not x > 2", 1],
    ["!(x > 1)", 0],
    ["not x > 2 and a > 2", 1],
    ["a and b", 1],
    ["0 or 0", 0],
    ["ln(e^x)", 2],
    ["arctan(0) + sgn(-x)", -1],
    ["sum(k, 1, 4, k*x)", 20],
    ["sum(k, -1, 1, x^k)", 3.5],
    ["sum(i, 1, 2, sum(k, 1, i, a*k))", 12],
    ["floor(2.5) + ceil(2.5) + round(2.5) + round(-2.5)", 6],
    ["mod(7, 3) + mod(-1, 3)", 3],
    ["hypot(a, 4)", 5],
    ["sinc(0)", 1],
    ["clamp(a, 4, 5) + clamp(a, 0, 1) + clamp(a, 0, 9)", 8],
    ["heaviside(x - 2)", 1],
  ] as [string, number][])("%s", (source, expected) => {
    expect(at(source)).toBeCloseTo(expected, 14);
    expect(runEmitted(source, names, [[2]], [3, 5, 7]).values[0]).toBeCloseTo(expected, 14);
  });

  it.each([
    ["1,5*x", /decimals are written with a point: 1\.5/],
    ["ax + b", /did you mean "a\*x"/],
    ["2x", /write products with \*: 2\*x/],
    ["a x", /write products with \*: a\*x/],
    ["a(x + 1)", /write products with \*/],
    ["a = 3*x", /give the right side alone/],
    ["(x, p) => p.a*x", /write the name alone, a for p\.a/],
    ["a*x, b", /unexpected ","/],
    ["0 < x < 5", /a < b and b < c/],
    ["sum(1, 2, 3, 4)", /name of an index/],
    ["sum(k, 1, a, k)", /two whole numbers/],
    ["sum(k, 1, 1e9, k)", /from 1 to 1000 terms/],
    ["x % 2", /mod\(a, b\)/],
    ["x & 2", /write and, or/],
    ["if(x, a)", /if takes 3 arguments/],
  ] as [string, RegExp][])("%s is answered", (source, message) => {
    expect(() => parse(source, names)).toThrow(expect.objectContaining({ code: "EXPRESSION" }));
    let text = "";
    try {
      parse(source, names);
    } catch (error) {
      const { message: said, hint } = error as { message: string; hint?: string };
      text = `${said} ${hint ?? ""}`;
    }
    expect(text).toMatch(message);
  });

  it("e^x has the bits of exp(x)", () => {
    expect(runEmitted("e^(-b*x)", names, [[0.1, 3, 8]], [1, 0.7, 1])).toEqual(
      runEmitted("exp(-b*x)", names, [[0.1, 3, 8]], [1, 0.7, 1]),
    );
  });

  it("reads names around words, sums, prefixes and functions", () => {
    expect(paramNames("y = A*exp(-k*x) + sum(j, 1, 2, c*j) + gamma", ["x"], [])).toEqual([
      "A",
      "k",
      "c",
      "gamma",
    ]);
    expect(paramNames("x > t0 and not (x > t1) ? e : pi", ["x"], ["e"])).toEqual(["e", "t0", "t1"]);
    expect(paramNames("if(x > a, b, ln(c))", ["x"], [])).toEqual(["a", "b", "c"]);
  });

  it("reads the list of arguments", () => {
    expect(paramNames("(y, x) => (x-1)^2 + 10*(y-2)^2", [], [])).toEqual(["y", "x"]);
    expect(paramNames("(x, y) => x^2", [], [])).toEqual(["x", "y"]);
    expect(paramNames("f(b, a, x) = a*exp(-b*x) + c", ["x"], [])).toEqual(["b", "a", "c"]);
    expect(paramNames("(a, b) => a*exp(-b*x)", ["x"], [])).toEqual(["a", "b"]);
    expect(paramNames("y = b + a*x", ["x"], [])).toEqual(["b", "a"]);
    expect(paramNames("e => e^2", [], [])).toEqual(["e"]);
    expect(
      minimize(compileObjective("(y, x) => (x-1)^2 + 10*(y-2)^2"), [2, 1], { maxIterations: 0 }).fun,
    ).toBe(0);
    const [x, y] = [
      [0, 1, 2, 3, 4, 5],
      [2.3, 1.51, 1.04, 0.75, 0.57, 0.46],
    ];
    for (const model of ["t => a*exp(-b*t) + c", "f(t) = a*exp(-b*t) + c", "(t, a, b) => a*exp(-b*t)"])
      expect(() => curveFit({ model, x, y })).toThrow(/no argument is the variable x at column \d/);
    const fit = curveFit({ model: "t => a*exp(-b*t) + c", x: { t: x }, y });
    expect(fit.freeNames).toEqual(["a", "b", "c"]);
  });

  it("mod(a, b) lies in [0, b), whatever rounding does to a/b", () => {
    const f = compileObjective("mod(a, b)", ["a", "b"]);
    const mod = (a: number, b: number): number => f.fun([a, b]);
    // % of JavaScript is exact.
    const truth = (a: number, b: number): number => ((a % b) * b < 0 ? (a % b) + b : a % b);
    for (let k = 1; k < 2000; k++) {
      const a = (k * 37) / 100 - 200;
      for (const b of [0.1, 0.01, 3, -0.1]) {
        const found = mod(a, b);
        expect([a, b, found * b >= 0 && Math.abs(found) < Math.abs(b)]).toEqual([a, b, true]);
        const off = Math.abs(found - truth(a, b));
        // Across the jump it is as near.
        expect(Math.min(off, Math.abs(off - Math.abs(b)))).toBeLessThan(4e-16 * (1 + Math.abs(a)));
      }
    }
    for (const [a, b] of [
      [1e17, 3],
      [1e20, 7],
      [-1e25, 0.3],
    ] as const) {
      const found = mod(a, b);
      expect([a, found >= 0 && found < b]).toEqual([a, true]);
    }
    expect([mod(5.5, 1 / 0), mod(7, 3), mod(-1, 3), mod(7, -3)]).toEqual([5.5, 1, 2, -2]);
  });

  it("derives what is new", () => {
    const d = (source: string, x: number, a: number): number =>
      runClosures(source, { variables: ["x"], params: ["a"] }, [[x]], [a]).jacobian[0]!;
    expect(d("hypot(a, x)", 4, 3)).toBeCloseTo(0.6, 15);
    expect(d("hypot(a, x)", 0, 0)).toBe(0);
    expect(d("hypot(a, x)", 1e200, 1e200)).toBeCloseTo(Math.SQRT1_2, 15);
    // d sinc(a)/da by mpmath.
    expect(d("sinc(a)", 0, 0) + 0).toBe(0);
    expect(d("sinc(a)", 0, 0.1)).toBeCloseTo(-0.033300011902557, 14);
    expect(d("sinc(a)", 0, 0.24999)).toBeCloseTo(-0.08281039016183453, 14);
    expect(d("sinc(a)", 0, 2)).toBeCloseTo(-0.435397774979992, 14);
    expect(d("floor(a) + a*mod(a, 2)", 0, 3.5)).toBeCloseTo(5, 14);
    expect(d("clamp(a, 0, 2)", 0, 1)).toBe(1);
    expect(d("clamp(a, 0, 2)", 0, 3)).toBe(0);
    expect(d("x > 1 and a > 0 ? a^2 : 0", 2, 3)).toBe(6);
  });

  it("shows logic in mathematics", () => {
    expect(toLaTeX(parse("x > 1 and not b > 2", names))).toContain("\\land");
  });

  it("fits a formula as it stands in a paper", () => {
    const x = [0, 1, 2, 3, 4, 5];
    const y = x.map((t) => 2 * Math.exp(-0.5 * t) + 1);
    const { values } = curveFit({ model: "y = A\u00b7e^(\u2212\u03bb\u00b7x) + c", x, y });
    expect(values.A).toBeCloseTo(2, 8);
    expect(values["\u03bb"]).toBeCloseTo(0.5, 8);
  });
});
