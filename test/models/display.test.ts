import { describe, expect, it } from "vitest";
import { toLaTeX, toMathML } from "../../src/models/display.js";
import { parse } from "../../src/models/parse.js";

const names = { variables: ["x"], params: ["a", "b1", "x_max", "alpha", "rate"] };
const latex = (source: string): string => toLaTeX(parse(source, names));

describe("LaTeX", () => {
  const cases: [string, string][] = [
    ["-x^2", "-x^{2}"],
    ["(-x)^2", "\\left(-x\\right)^{2}"],
    ["b1*(1-exp(-a*x))", "b_{1}\\,\\left(1 - \\exp\\left(-a\\,x\\right)\\right)"],
    ["a/(x+1)", "\\frac{a}{x + 1}"],
    ["(a/x)^2", "\\left(\\frac{a}{x}\\right)^{2}"],
    ["a-(b1-x)", "a - \\left(b_{1} - x\\right)"],
    ["a-b1-x", "a - b_{1} - x"],
    ["2*3*x", "2 \\cdot 3\\,x"],
    ["x*2^a", "x \\cdot 2^{a}"],
    ["1.5e-3*x", "1.5 \\times 10^{-3}\\,x"],
    ["alpha*x_max*rate", "\\alpha\\,x_{\\mathrm{max}}\\,\\mathrm{rate}"],
    ["sqrt(x)+cbrt(x)+abs(x)", "\\sqrt{x} + \\sqrt[3]{x} + \\left|x\\right|"],
    ["x <= 1 ? a : 0", "\\begin{cases} a & \\text{if } x \\le 1 \\\\ 0 & \\text{otherwise} \\end{cases}"],
    ["2^-x", "2^{-x}"],
    ["2^3^2", "2^{3^{2}}"],
    ["a*-x", "a\\,\\left(-x\\right)"],
    ["sigmoid(x)*pi", "\\operatorname{sigmoid}\\left(x\\right)\\,\\pi"],
    ["sum(k, -2, -1, k^2)", "\\left(-2\\right)^{2} + \\left(-1\\right)^{2}"],
    ["sum(k, -1, 0, a*k)", "a\\,\\left(-1\\right) + a \\cdot 0"],
    ["2*(3/4)", "2 \\cdot \\frac{3}{4}"],
  ];
  it.each(cases)("%s", (source, expected) => {
    expect(latex(source)).toBe(expected);
  });
});

describe("MathML", () => {
  it("is well formed", () => {
    const text = toMathML(parse("x < 1 ? b1*exp(-x^2/2) : sqrt(abs(x)) + 1e-3*cbrt(x) + min(x, a)", names));
    const open: string[] = [];
    for (const [, close, name] of text.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
    expect(text).toMatch(/^<math xmlns="http:\/\/www.w3.org\/1998\/Math\/MathML">/);
    expect(text).toContain("<mo>&lt;</mo>");
  });

  it("writes fractions, powers and names", () => {
    expect(toMathML(parse("alpha*x^2/b1", names))).toBe(
      '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mrow><mi>α</mi><mo rspace="0.17em">&#x2062;</mo><msup><mi>x</mi><mn>2</mn></msup></mrow>' +
        "<msub><mi>b</mi><mn>1</mn></msub></mfrac></math>",
    );
  });
});
