import { describe, expect, it } from "vitest";
import { compileObjective } from "../../src/index.js";
import { reachable } from "../../src/models/graph.js";
import { parse } from "../../src/models/parse.js";
import { program } from "../../src/models/program.js";
import { runClosures } from "./harness.js";

const d = (source: string, a: number, x = 0): number =>
  runClosures(source, { variables: ["x"], params: ["a"] }, [[x]], [a]).jacobian[0]!;

describe("derivatives where care is needed", () => {
  const cases: [string, number, number, number][] = [
    ["abs(a)", 0, 0, 0],
    ["abs(a)", -2, 0, -1],
    ["sign(a) + step(a)", 0, 0, 0],
    ["min(a, 1)", 1, 0, 1], // ties follow the first
    ["min(1, a)", 1, 0, 0],
    ["max(a, 1)", 1, 0, 1],
    ["max(2, a, 1)", 3, 0, 1],
    ["a > 0 ? log(a*x) : 0", -1, 3, 0],
    ["x > 0 ? a*log(x) : a", 2, 0, 1],
    ["x > 0 ? a*log(x) : a", 2, 1, 0],
    ["x^a", 2, 0, 0], // 0^b log 0
    ["x^a", 0, 0, 0], // 0^0 = 1
    ["x^a", 2, 3, 9 * Math.log(3)],
    ["a^2", 0, 0, 0],
    ["a^3", -2, 0, 12],
    ["a^-2", -2, 0, 0.25],
    ["a^0.5", 4, 0, 0.25],
    ["a^1.5", 4, 0, 3],
    ["a^2.3", 0, 0, 0],
    ["a^1.3", 0, 0, 0],
    ["a^0.3", 0, 0, Infinity],
    ["a^0", 0, 0, 0],
    ["a^x", 0, 0, 0],
    ["a^x", 0, 1, 1],
    ["a^x", 0, 2, 0],
    ["a^x", -3, 2, -6],
    ["a^x", -3, 3, 27],
    ["(a*x)^3", 2, -1, -12],
    ["(-2)^(x + 0*a)", 1, 3, NaN], // the exponent depends on a: complex beside 3
    ["(-2)^x * a", 1, 3, -8],
    ["sigmoid(a)", 800, 0, 0],
    ["sigmoid(a)", -800, 0, 0],
    ["sigmoid(a)", 0, 0, 0.25],
    ["sigmoid(a)", -40, 0, Math.exp(-40)],
    ["sigmoid(a)", 40, 0, Math.exp(-40)],
    ["gaussian(x, a, 2)", 1, 1, 0],
    ["gaussian(a)", 1e200, 0, 0],
    ["lorentzian(a)", 1e100, 0, 0],
    ["atan2(a, x)", 1, 0, 0],
    ["atan2(a, x)", 0, -1, -1],
    ["expm1(a)", -40, 0, Math.exp(-40)],
    ["a == 0", 0, 0, 0],
    ["(a < 1)*a", 0.5, 0, 1],
    ["cbrt(a^3)", 0, 1, 1],
    ["x*cbrt((2*a - 2)^3)", 1, 3, 6],
    ["x", 5, 2, 0],
  ];
  it.each(cases)("d/da %s at a = %d, x = %d is %d", (source, a, x, expected) => {
    const got = d(source, a, x);
    if (Number.isFinite(expected) && expected !== 0) expect(got / expected).toBeCloseTo(1, 13);
    else expect(got).toBe(expected === 0 ? got * 0 : expected);
  });

  it.each([
    [
      "exp expm1 sin cos tan atan sinh cosh tanh erf cbrt sigmoid gaussian lorentzian abs",
      [-1.3, -0.4, 0.6, 2.1],
    ],
    ["log log1p log2 log10 sqrt", [0.2, 0.9, 3.7]],
    ["asin acos", [-0.8, 0.1, 0.7]],
  ] as [string, number[]][])("%s: each derivative is what differences show", (functions, points) => {
    for (const f of functions.split(" ")) {
      for (const a of points) {
        const h = 1e-3;
        const at = (k: number): number =>
          runClosures(`${f}(a)`, { variables: ["x"], params: ["a"] }, [[0]], [a + k * h]).values[0]!;
        // Differences of order 4.
        const slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
        expect(Math.abs(d(`${f}(a)`, a) - slope), f).toBeLessThan(2e-9 * (1 + Math.abs(slope)));
      }
    }
  });

  it.each([
    ["pow(a, x)", 1.7, 2.3],
    ["pow(x, a)", 1.7, 2.3],
    ["atan2(a, x)", 1.7, -2.3],
    ["atan2(x, a)", -1.7, 2.3],
    ["x/a + a/x", 1.7, 2.3],
    ["gaussian(x, a, 3)*gaussian(x, 1, a)", 1.7, 2.3],
    ["lorentzian(x, a, 3)*lorentzian(x, 1, a)", 1.7, 2.3],
    ["sigmoid(x, a, 3)*sigmoid(x, 1, a)", 1.7, 2.3],
  ] as [string, number, number][])("%s: the derivative is what differences show", (source, a, x) => {
    const h = 1e-3;
    const at = (k: number): number =>
      runClosures(source, { variables: ["x"], params: ["a"] }, [[x]], [a + k * h]).values[0]!;
    const slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
    expect(Math.abs(d(source, a, x) - slope)).toBeLessThan(1e-9 * (1 + Math.abs(slope)));
  });

  it("shares what values and derivatives have in common", () => {
    const ops = (source: string, params: string[]): string[] => {
      const { value, first } = program(parse(source, { variables: ["x"], params }), 1);
      return reachable([value, ...first]).map(({ op }) => op);
    };
    const count = (list: string[], op: string): number => list.filter((o) => o === op).length;
    expect(count(ops("b1*(1-exp(-b2*x))", ["b1", "b2"]), "exp")).toBe(1);
    expect(
      ops("b1*(1-exp(-b2*x))", ["b1", "b2"]).filter((op) => !["const", "variable", "param"].includes(op))
        .length,
    ).toBeLessThanOrEqual(7);
    expect(count(ops("a*exp(-((x-m)/s)^2/2)", ["a", "m", "s"]), "exp")).toBe(1);
    expect(count(ops("a*x^b", ["a", "b"]), "pow")).toBe(1);
    expect(ops("a*x^5 + b*x^4 + c*x^3", ["a", "b", "c"])).not.toContain("pow");
    expect(count(ops("sigmoid(x, m, s)", ["m", "s"]), "exp")).toBe(1);
  });

  it("tanh and atan2 where 1 - tanh^2 has no digits and squares are out of range", () => {
    const slope = (text: string, names: string[], at: number[]): Float64Array => {
      const out = new Float64Array(names.length);
      compileObjective(text, names).funGrad(Float64Array.from(at), out);
      return out;
    };
    // sech(x)^2 = 4 exp(-2x) / (1 + exp(-2x))^2.
    for (const x of [0, 0.5, -10, 18, 20, -100, 350]) {
      const e = Math.exp(-2 * Math.abs(x));
      expect(slope("tanh(x)", ["x"], [x])[0]! / ((4 * e) / (1 + e) ** 2)).toBeCloseTo(1, 12);
    }
    for (const size of [1e-300, 1e-170, 1, 1e170, 1e300]) {
      const [dy, dx] = slope("atan2(y, x)", ["y", "x"], [3 * size, 4 * size]) as unknown as [number, number];
      expect(dy * size).toBeCloseTo(0.16, 14);
      expect(dx * size).toBeCloseTo(-0.12, 14);
    }
  });

  it("uses reverse accumulation where it is shorter", () => {
    const params = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const inner = params.map((p, i) => `${p}*x^${i}`).join("+");
    const { value, first } = program(parse(`tanh(sin(exp(-(${inner})^2)))`, { variables: ["x"], params }), 1);
    const size = reachable([value, ...first]).length;
    const plain = reachable([value]).length;
    expect(size).toBeLessThan(plain + 12 * 2 + 16);
  });
});
