// Derivatives where a factor of the chain rule is infinite: each is compared with the limit of differences in 50 digits
// (mathjs with decimal.js), approached from both sides, on a grid with zeros, signs, overflow and tiny numbers.

import fc from "fast-check";
import { all, type BigNumber, create, type EvalFunction } from "mathjs";
import { describe, expect, it } from "vitest";
import { runClosures, runEmitted } from "./harness.js";

const math = create(all!, { number: "BigNumber", precision: 50, matrix: "Array" });

type Point = Readonly<Record<string, BigNumber>>;

/** The model in 50 digits; undefined where it is not real and finite. */
function modelAt(code: EvalFunction, point: Point): BigNumber | undefined {
  const value: unknown = code.evaluate({ ...point });
  return math.isBigNumber(value) && value.isFinite() ? value : undefined;
}

/** d f / d name near the point: zeros are moved off by `side` (1 or -1), x much further down than parameters. */
function slopeNear(
  code: EvalFunction,
  at: Readonly<Record<string, number>>,
  name: string,
  side: number,
  tiny: number,
) {
  const big = (text: string): BigNumber => math.bignumber(text) as BigNumber;
  const point: Record<string, BigNumber> = {};
  for (const [key, value] of Object.entries(at)) {
    const zero = big(key === "x" ? `1e-${80 * tiny}` : `${side}e-${tiny}`);
    point[key] = value === 0 ? zero : big(String(value));
  }
  const p = point[name]!;
  const h = p.abs().times("1e-16");
  const up = modelAt(code, { ...point, [name]: p.plus(h) });
  const down = modelAt(code, { ...point, [name]: p.minus(h) });
  return up && down ? up.minus(down).dividedBy(h.times(2)) : undefined;
}

/** The limit where it exists, from both sides and at two distances. */
function limit(code: EvalFunction, at: Readonly<Record<string, number>>, name: string): number | undefined {
  const found = [
    [1, 14],
    [-1, 14],
    [1, 16],
  ].map(([side, tiny]) => slopeNear(code, at, name, side!, tiny!));
  const [a, ...others] = found;
  if (!a) return undefined;
  const near = (b: BigNumber | undefined): boolean =>
    b?.minus(a).abs().lessThanOrEqualTo(a.abs().times("1e-8").plus("1e-9")) === true;
  return others.every(near) ? a.toNumber() : undefined;
}

const MODELS: readonly (readonly [string, readonly string[]])[] = [
  ["a*exp(-(x/t)^b)", ["a", "t", "b"]],
  ["a*(1-exp(-(x/t)^b))", ["a", "t", "b"]],
  ["(x/t)^b", ["t", "b"]],
  ["a/(1+(k/x)^n)", ["a", "k", "n"]],
  ["a*x^n/(k^n+x^n)", ["a", "k", "n"]],
  ["a*(k*x)^n/(1+(k*x)^n)", ["a", "k", "n"]],
  ["a+(b-a)/(1+(x/c)^d)", ["a", "b", "c", "d"]],
  ["a*exp(-k/x)", ["a", "k"]],
  ["b+(t-b)/(1+10^((l-log10(x))*h))", ["b", "t", "l", "h"]],
  ["exp(n*log(k*x))", ["n", "k"]],
  ["a/(1+exp(-k*(x-m)))", ["a", "k", "m"]],
  ["a+(b-a)/(1+exp((m-x)/s))", ["a", "b", "m", "s"]],
  ["a*gaussian(x, m, s)", ["a", "m", "s"]],
  ["a*lorentzian(x, m, s)", ["a", "m", "s"]],
  ["a*sigmoid(x, m, s)", ["a", "m", "s"]],
  ["a*tanh((x-m)/s)", ["a", "m", "s"]],
  ["a*erf(k/x)", ["a", "k"]],
  ["atan(k/x)", ["k"]],
  ["a*exp(-k*x^2)*x^b", ["a", "k", "b"]],
  ["a*x*exp(-x/t)", ["a", "t"]],
  ["exp(-exp(-k*(x-m)))", ["k", "m"]],
  ["a*sqrt(k*x)", ["a", "k"]],
  ["exp(-sqrt(k*x))", ["k"]],
  ["a*cbrt(k*x)", ["a", "k"]],
  ["a/(1+b*exp(-k*x))^n", ["a", "b", "k", "n"]],
  ["a/cosh(k*x)", ["a", "k"]],
  ["a*(1-exp(-exp(k*x)))", ["a", "k"]],
  ["x > 0 ? a*log(k*x) : a", ["a", "k"]],
];

/** The same text for mathjs. */
const WRITTEN: readonly (readonly [RegExp, string])[] = [
  [/gaussian\((.*?), (.*?), (.*?)\)/g, "exp(-((($1)-($2))/($3))^2/2)"],
  [/lorentzian\((.*?), (.*?), (.*?)\)/g, "1/(1+((($1)-($2))/($3))^2)"],
  [/sigmoid\((.*?), (.*?), (.*?)\)/g, "1/(1+exp(-(($1)-($2))/($3)))"],
  [/tanh\((\(.*?\).*?)\)/g, "(1-2/(1+exp(2*$1)))"],
  [/cosh\((.*?)\)/g, "((exp($1)+exp(-($1)))/2)"],
];
const translate = (text: string): string =>
  WRITTEN.reduce((source, [from, to]) => source.replace(from, to), text);

const XS = [0, 1e-12, 0.5, 1, 3, 20, 3000, -2];
const PS = [0, 0.5, 1, 2, 3, 0.01, 40, -0.5, -1, -2];

const compiledModels = MODELS.filter(([text]) => !text.includes("erf(")).map(([text, params]) => ({
  text,
  params,
  code: math.compile(translate(text)),
}));

function check(
  { text, params, code }: (typeof compiledModels)[number],
  x: number,
  p: readonly number[],
): boolean {
  const names = { variables: ["x"], params: [...params] };
  const got = runClosures(text, names, [[x]], [...p]);
  if (!Number.isFinite(got.values[0])) return false;
  // A parameter that is 0 inside the base of a power whose exponent is a parameter: 0 is one of several limits.
  if (text.includes("^") && params.some((name, j) => "tck".includes(name) && p[j] === 0)) return false;
  let seen = false;
  params.forEach((name, j) => {
    const at = { x, ...Object.fromEntries(params.map((key, k) => [key, p[k]!])) };
    const expected = limit(code, at, name);
    if (expected === undefined || Math.abs(expected) > 1e300) return;
    seen = true;
    const slope = got.jacobian[j]!;
    const where = `d/d${name} ${text} at ${JSON.stringify(at)}: ${slope}, limit ${expected}`;
    // What the rounding of an exponent near 700 and of 1 - y^2 leaves.
    const allowed = 1e-8 * Math.abs(expected) + 1e-9;
    expect(Math.abs(slope - expected) <= allowed, where).toBe(true);
  });
  return seen;
}

describe("derivatives that are finite in the limit", () => {
  it("are the limit, on a grid of values and parameters", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: compiledModels.length - 1 }),
        fc.constantFrom(...XS),
        fc.array(fc.constantFrom(...PS), { minLength: 4, maxLength: 4 }),
        (k, x, p) => {
          const model = compiledModels[k]!;
          if (check(model, x, p.slice(0, model.params.length))) compared++;
        },
      ),
      { numRuns: 400, seed: 3 },
    );
    expect(compared).toBeGreaterThan(150);
  });

  // Limits by hand.
  it.each([
    ["a*exp(-(x/t)^b)", { a: 3, t: 2, b: 0.6 }, 0, [1, 0, 0]],
    ["a*exp(-(x/t)^b)", { a: 3, t: 2, b: 1 }, 0, [1, 0, 0]],
    ["a/(1+(k/x)^n)", { a: 3, k: 2, n: 0.7 }, 0, [0, 0, 0]],
    ["a*exp(-k/x)", { a: 3, k: 2 }, 0, [0, 0]],
    ["b+(t-b)/(1+10^((l-log10(x))*h))", { b: 1, t: 2, l: 0, h: 1 }, 0, [1, 0, 0, 0]],
    ["a/(1+exp(-k*(x-m)))", { a: 3, k: 2, m: 1e4 }, 0, [0, 0, 0]],
    ["a*erf(k/x)", { a: 3, k: 2 }, 0, [1, 0]],
    ["a*gaussian(x, m, s)", { a: 3, m: 2, s: 0 }, 1, [0, 0, 0]],
    ["1/(1+(x/t)^-1.5)", { t: 2 }, 0, [0]],
  ] as [string, Record<string, number>, number, number[]][])(
    "%s with %o at x = %d",
    (text, p, x, expected) => {
      const got = runClosures(text, { variables: ["x"], params: Object.keys(p) }, [[x]], Object.values(p));
      expect(got.jacobian.map((v) => v + 0)).toEqual(expected);
    },
  );

  it("have the same bits compiled and interpreted", () => {
    for (const { text, params } of compiledModels) {
      const names = { variables: ["x"], params: [...params] };
      for (const first of PS) {
        const p = params.map((_, j) => PS[(PS.indexOf(first) + 3 * j) % PS.length]!);
        const compiled = runEmitted(text, names, [XS], p);
        const closures = runClosures(text, names, [XS], p);
        expect(compiled.jacobian, text).toEqual(closures.jacobian);
      }
    }
  });

  it("keep the second derivatives of products with zero", async () => {
    const { runObjective } = await import("./harness.js");
    // a sqrt(b): d2/da db = 1/(2 sqrt b), at a = 0 too.
    const { hessian } = runObjective("a*sqrt(b)", { variables: [], params: ["a", "b"] }, [], [0, 4]);
    expect(hessian.map((v) => v + 0)).toEqual([0, 0.25, 0.25, 0]);
  });
});
