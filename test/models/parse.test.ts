import { all, create } from "mathjs";
import { describe, expect, it } from "vitest";
import { paramNames } from "../../src/models/names.js";
import { parse } from "../../src/models/parse.js";
import { DownhillError } from "../../src/runtime/errors.js";
import { runClosures } from "./harness.js";

const names = { variables: ["x"], params: ["a", "b", "m", "s"] };
const at = { x: 1.7, a: 3.25, b: -0.6, m: 0.4, s: 2.3 };
const value = (source: string): number =>
  runClosures(source, names, [[at.x]], [at.a, at.b, at.m, at.s]).values[0]!;
const math = create(all!, { predictable: true, relTol: 1e-300, absTol: 1e-300 });

describe("precedence", () => {
  // Left: the expression. Right: what Python computes with x, a, b, m, s as above, spelt in JavaScript.
  const { x, a, b, m, s } = at;
  const cases: [string, number][] = [
    ["-x^2", -(x * x)],
    ["-x**2", -(x * x)],
    ["(-x)^2", x * x],
    ["2^-x", 2 ** -x],
    ["2^3^2", 512],
    ["2\u00b3^2", 64],
    ["2^3\u00b2", 512],
    ["-x\u00b2^2", -(x * x * x * x)],
    ["x\u207b\u00b9^2 + 2*x\u207b\u00b2", 3 / (x * x)],
    ["2**3**2", 512],
    ["(2^3)^2", 64],
    ["2^-3^2", 2 ** -9],
    ["-2^-2", -0.25],
    ["-(x-m)^2/s", -((x - m) * (x - m)) / s],
    ["a*x^2+b", a * (x * x) + b],
    ["a-b-x", a - b - x],
    ["a/b/x", a / b / x],
    ["a/b*x", (a / b) * x],
    ["a*-b", a * -b],
    ["a--b", a + b],
    ["a - -b", a + b],
    ["--a", a],
    // not(...) is a function, ! a sign, not before a comparison Python's.
    ["a*not(x < 3) + b", b],
    ["a*not(x > 3) + b", a + b],
    ["1 - not(x < 1)", 0],
    ["not(x > 3)*a + b", a + b],
    ["not(a)^2 + 1", 1],
    ["2*!a + 1", 1],
    ["!x*a + s", s],
    ["a + !(x > 3)*b", a + b],
    ["not x < 1", 1],
    ["not x > 1 or a > 3", 1],
    ["not not x > 1", 1],
    ["x < 3 and not x < 1 ? a : b", a],
    ["+a", a],
    ["-a*b", -a * b],
    ["a*x^-1", a / x],
    ["x^0.5^2", x ** 0.25],
    ["a < x ? b : s", s],
    ["x < a ? b : s", b],
    ["x < a ? b : x < b ? m : s", b],
    ["a < x ? b : x < b ? m : s", s],
    ["x < 1 ? -x : x^2 - 1", x * x - 1],
    ["a + b < x * 2", 1],
    ["a + (b < x) * 2", a + 2],
    ["a <= a", 1],
    ["a != a", 0],
    ["a == a", 1],
    ["x > a ? 1 : 2 + 3", 5],
    ["1e3 + .5 + 2. + 1.5E-1", 1002.65],
    ["  a\n\t+ b ", a + b],
    ["2*pi*e", 2 * Math.PI * Math.E],
    ["min(3, 1, 2) + max(x, a, b)", 1 + a],
    ["atan2(1, -1)", (3 * Math.PI) / 4],
    ["gaussian(x, m, s)", Math.exp((-0.5 * ((x - m) * (x - m))) / (s * s))],
    ["lorentzian(x, m, s)", 1 / (1 + ((x - m) / s) * ((x - m) / s))],
    ["sigmoid(x, m, s)", 1 / (1 + Math.exp(-(x - m) / s))],
    ["step(0) + step(-1) + step(2)", 2],
    ["sign(-3) + sign(0)", -1],
    ["pow(a, 2)", a * a],
    ["0^0", 1],
    ["((((a))))", a],
  ];
  it.each(cases)("%s", (source, expected) => {
    expect(value(source)).toBeCloseTo(expected, 13);
  });

  it.each(
    cases.filter(
      ([source]) => !/\*\*|--|\u00b2|\u00b3|not|!\w|!\(|gauss|lorentz|sigm|step|2\. |\n/.test(source),
    ),
  )("%s as mathjs reads it", (source) => {
    expect(value(source)).toBeCloseTo(Number(math.evaluate(source, { ...at })), 13);
  });

  it("lets declared names shadow e and pi", () => {
    const own = { variables: ["e"], params: ["pi"] };
    expect(runClosures("e + 10*pi", own, [[2]], [3]).values[0]).toBe(32);
  });

  it("reads Infinity and NaN as JavaScript does, unless they are declared", () => {
    expect(value("-Infinity")).toBe(-Infinity);
    expect(value("exp(-Infinity) + 2^Infinity")).toBe(Infinity);
    expect(value("x < Infinity ? a : NaN")).toBe(value("a"));
    expect(value("NaN")).toBeNaN();
    const own = { variables: ["x"], params: ["Infinity", "NaN"] };
    expect(runClosures("Infinity - NaN", own, [[0]], [3, 1]).values[0]).toBe(2);
    expect(paramNames("b*x > 0 ? -Infinity : NaN*k", ["x"], [])).toEqual(["b", "k"]);
    expect(paramNames("Infinity*k", [], ["Infinity"])).toEqual(["Infinity", "k"]);
  });

  it("tells a function's name from a parameter of the same name", () => {
    expect(runClosures("exp(exp)*step", { variables: ["exp"], params: ["step"] }, [[0]], [3]).values[0]).toBe(
      3,
    );
  });

  it("takes letters of any script and subscript digits", () => {
    expect(
      runClosures("α*x₀ + größe", { variables: ["x₀"], params: ["α", "größe"] }, [[2]], [3, 4]).values[0],
    ).toBe(10);
  });

  it("reads a sum of thousands of terms and a long chain of powers of one", () => {
    const terms = Array.from({ length: 6000 }, () => "x").join("+");
    expect(value(terms)).toBeCloseTo(6000 * x, 6);
    expect(value(Array.from({ length: 150 }, () => "1").join("^"))).toBe(1);
  });
});

describe("rejections", () => {
  function refused(source: string, own = names): DownhillError {
    try {
      parse(source, own);
    } catch (error) {
      if (error instanceof DownhillError) return error;
      throw error;
    }
    throw new Error(`accepted: ${source}`);
  }

  // Expression, position, words of the message.
  const cases: [string, number, RegExp][] = [
    ["", 0, /empty/],
    ["   ", 3, /empty/],
    ["a*bb+x", 2, /unknown name "bb".*\n {2}a\*bb\+x\n {4}\^\^ \(did you mean "b"\?\)/],
    ["exq(x)", 0, /unknown function "exq"[\s\S]*did you mean "exp"/],
    ["a.b", 1, /property access/],
    ["a.constructor", 1, /property access/],
    ["constructor", 0, /unknown name/],
    ["constructor(x)", 0, /unknown function/],
    ["__proto__", 0, /unknown name/],
    ["this", 0, /unknown name/],
    ["toString(x)", 0, /unknown function/],
    ["hasOwnProperty", 0, /unknown name/],
    ["a = 3", 2, /assignment[\s\S]*==/],
    ["a += 3", 3, /assignment/],
    ["a; b", 1, /;/],
    ["[1, 2]", 0, /arrays/],
    ["a[0]", 1, /arrays/],
    ["{a}", 0, /arrays and objects/],
    ['"text"', 0, /strings/],
    ["'text'", 0, /strings/],
    ["`text`", 0, /strings/],
    ["a % b", 2, /mod\(a, b\)/],
    ["a @ b", 2, /unexpected character "@"/],
    ["a + 😀", 4, /unexpected character "😀"/],
    ["2x", 1, /operator is missing[\s\S]*\*/],
    ["a b", 2, /operator is missing/],
    ["(a)(b)", 3, /operator is missing/],
    ["a(b)", 0, /unknown function "a"[\s\S]*\*/],
    ["pi(b)", 0, /unknown function "pi"[\s\S]*\*/],
    ["exp", 0, /unknown name "exp"[\s\S]*exp\(/],
    ["(a", 2, /expected "\)"[\s\S]*ends/],
    ["a)", 1, /unexpected "\)"/],
    ["a +", 3, /expected a number[\s\S]*ends/],
    ["a * / b", 4, /expected a number[\s\S]*"\/"/],
    ["a ? b", 5, /expected ":"/],
    ["a : b", 2, /unexpected ":"/],
    ["a, b", 1, /unexpected ","/],
    ["a < b < x", 6, /chained/],
    ["exp()", 0, /exp takes 1 argument, got 0/],
    ["exp(a, b)", 0, /exp takes 1 argument, got 2/],
    ["min(a)", 0, /min takes at least 2 arguments, got 1/],
    ["gaussian(a, b, x, s)", 0, /gaussian takes 1 to 3 arguments, got 4/],
    ["exp(a,)", 6, /expected a number/],
    ["1e999", 0, /too large/],
    ["a\n + cc", 5, /line 2, column 4\n {2} \+ cc\n {5}\^\^/],
    ["a + (a => a)", 7, /expected/],
    ["function() {}", 11, /arrays and objects/],
    ["function(x)", 0, /unknown function/],
    ["new a", 0, /unknown name "new"/],
    ["a \\ b", 2, /unexpected character/],
    ["a\u0000b", 1, /unexpected character/],
  ];
  it.each(cases)("%j", (source, position, words) => {
    const error = refused(source);
    expect(error.code).toBe("EXPRESSION");
    expect(error.details.position).toBe(position);
    expect(error.message).toMatch(words);
    expect(error.message).toContain("^");
  });

  // As the table of docs/models.md has them.
  const one =
    "exp expm1 log log1p log2 log10 cbrt sin cos tan asin acos atan sinh cosh tanh erf erfc gamma lgamma lambertw besselj0 besselj1 sqrt abs sign step floor ceil round sinc";
  const several = { pow: 2, atan2: 2, mod: 2, hypot: 2, beta: 2, clamp: 3, voigt: 4 };
  const counts = [...one.split(" ").map((name) => [name, 1] as const), ...Object.entries(several)];
  it.each(counts)("%s takes %i, no fewer and no more", (name, count) => {
    const call = (k: number) => `${name}(${Array.from({ length: k }, () => "a").join(", ")})`;
    expect(() => parse(call(count), names)).not.toThrow();
    for (const k of [count - 1, count + 1])
      expect(refused(call(k)).message).toMatch(
        new RegExp(
          `^${name} takes ${count} arguments?, got ${k}|: ${name} takes ${count} arguments?, got ${k}`,
        ),
      );
  });

  it("puts the caret under the column, also on a long line", () => {
    const source = `${"a + ".repeat(50)}? + ${"a + ".repeat(50)}a`;
    const { message } = refused(source);
    const [, line, carets] = message.split("\n") as [string, string, string];
    expect(line[carets.indexOf("^")]).toBe("?");
    expect(line.length).toBeLessThan(90);
  });

  it("refuses too deep nesting and too long sources before they cost anything", () => {
    const deep = [
      "(".repeat(100_000) + "x" + ")".repeat(100_000),
      "(".repeat(5000) + "x" + ")".repeat(5000),
      "-".repeat(9000) + "x",
      "2^".repeat(5000) + "x",
      "exp(".repeat(3000) + "x",
      "x?x:".repeat(4000) + "x",
      "x+".repeat(500_000) + "x",
      "a".repeat(1 << 20),
      " ".repeat(1 << 20),
    ];
    const start = performance.now();
    for (const source of deep) {
      const error = refused(source);
      expect(error.code).toBe("EXPRESSION");
      expect(error.details.position).toBeTypeOf("number");
      expect(error.message.length).toBeLessThan(400);
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("refuses not before what is no whole comparison", () => {
    for (const source of ["2*not a", "1 + not a", "a < not b", "-not a", "2^not a"]) {
      const error = refused(source);
      expect([source, error.message.split("\n")[0]]).toEqual([
        source,
        expect.stringContaining("no term here"),
      ]);
      expect(error.details.position).toBe(source.indexOf("not"));
      expect(error.message).toContain("write not(...)");
    }
  });

  it("refuses short texts that unfold to long ones", () => {
    for (const source of [
      "sum(i,1,1000,sum(j,1,1000,sum(k,1,1000,1)))",
      "sum(i,1,1000,sum(j,1,1000,a))",
      "sum(i,1,900,sum(j,1,900,i*j*x))",
    ]) {
      const error = refused(source);
      expect([error.code, error.message]).toEqual([
        "EXPRESSION",
        expect.stringContaining("more than 100000 terms and operations"),
      ]);
    }
    expect(value("sum(i, 1, 100, sum(j, 1, 100, i*j*x))")).toBeCloseTo(5050 * 5050 * at.x, 4);
  });

  it("refuses what is not a string", () => {
    for (const bad of [undefined, null, 3, {}, ["a"], () => 1]) {
      expect(() => parse(bad as string, names)).toThrow(/must be a string/);
    }
  });

  it("refuses names that are reserved, malformed or declared twice", () => {
    for (const bad of ["__proto__", "constructor", "this", "prototype", "1a", "a b", "", "a.b", "x²"]) {
      expect(() => parse("1", { variables: [bad], params: [] })).toThrow(
        expect.objectContaining({ code: "OPTION" }),
      );
    }
    expect(() => parse("x", { variables: ["x"], params: ["x"] })).toThrow(/declared twice/);
  });
});
