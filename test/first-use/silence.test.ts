// What is accepted, and must not pass without a word: parameters that no point answers to, operators that fill nothing, searches that saw no number.
import { expect, test } from "vitest";
import type { LinearMap } from "../../src/index.js";
import * as d from "../../src/index.js";

// biome-ignore lint/suspicious/noExplicitAny: wrong calls are what is tried.
const a = d as any;
const x = [0, 1, 2, 3, 4, 5];
const y = [2.3, 1.51, 1.04, 0.75, 0.57, 0.46];
const params = { a: 2, b: 0.5, c: 1 };
type P = typeof params;
const unused = (fit: { warnings: readonly d.Warning[] }) =>
  fit.warnings.find(({ code }) => code === "W_PARAM_UNUSED")?.params;
const decay = (x: number, { a, b }: P) => a * Math.exp(-b * x);

test.each([
  ["a function that never reads c", { model: decay }],
  ["a step beyond the data", { model: (x: number, p: P) => decay(x, p) + (x > 10 ? p.c : 0) }],
  ["a text that multiplies it by 0", { model: "a*exp(-b*x) + 0*c" }],
  [
    "a Jacobian with a column of zeros",
    {
      model: {
        evaluate(x: Float64Array, [a, b]: Float64Array, out: Float64Array) {
          for (let i = 0; i < x.length; i++) out[i] = a! * Math.exp(-b! * x[i]!);
        },
        jacobian(x: Float64Array, [a, b]: Float64Array, out: Float64Array) {
          for (let i = 0; i < x.length; i++) {
            const e = Math.exp(-b! * x[i]!);
            out.set([e, -a! * x[i]! * e, 0], 3 * i);
          }
        },
      },
    },
  ],
])("%s names the parameter", (_what, options) => {
  const fit = a.curveFit({ ...options, x, y, params });
  expect(unused(fit)).toEqual(["c"]);
  expect(fit.report()).toMatch(/no point depends on c here: correct the model, or hold it \(fixed: true\)/);
  // With it held, as the message says, the others have errors.
  const held = a.curveFit({ ...options, x, y, params: { ...params, c: { init: 1, fixed: true } } });
  expect(unused(held)).toBeUndefined();
  expect(held.params.a.stderr).toBeGreaterThan(0);
});

test("a parameter that lost its influence on the way is named, one that has it is not", () => {
  // The line that would fit best falls, and b can only make it rise.
  const rising = d.curveFit({
    model: (t: number, { a, b }: P) => a * Math.exp(-0.36 * t) + Math.max(0, b) * t,
    x,
    y: x.map((t) => 2 * Math.exp(-0.36 * t) - 0.1 * t),
    params: { a: 1, b: 0.3 } as P,
  });
  expect(rising.status).toBe("failed");
  expect(unused(rising)).toEqual(["b"]);
  expect(unused(d.curveFit({ model: decay, x, y, params: { a: 2, b: 0.5 } as P }))).toBeUndefined();
});

test("all parameters may be unused", () => {
  expect(unused(d.curveFit({ model: () => 3, x, y, params: { a: 2, b: 1 } }))).toEqual(["a", "b"]);
});

test("a model without its variable is told by the keys of x", () => {
  const fit = d.curveFit({ model: "a*x + b", x: { t: x }, y, params: { a: 1, x: 1, b: 1 } });
  expect(fit.warnings.map((w) => w.message)).toContain("the model does not depend on t, the keys of x");
});

const silent = { rows: 2, cols: 2, multiply() {}, multiplyTransposed() {} };
test.each([
  ["cg", () => d.cg(() => {}, [1, 2]), ["A"]],
  ["gmres", () => d.gmres(() => {}, [1, 2]), ["A"]],
  ["minres", () => d.minres(() => {}, [1, 2]), ["A"]],
  ["bicgstab", () => d.bicgstab(() => {}, [1, 2]), ["A"]],
  ["jacobi", () => d.jacobi(() => {}, [1, 2], { diagonal: [1, 1], maxIterations: 5 }), ["A"]],
  ["lsqr", () => d.lsqr(silent, [1, 2]), ["A.multiply", "A.multiplyTransposed"]],
  ["lsmr", () => d.lsmr(silent, [1, 2]), ["A.multiply", "A.multiplyTransposed"]],
  [
    "a preconditioner",
    () =>
      d.cg(
        [
          [2, 0],
          [0, 3],
        ],
        [1, 2],
        { preconditioner: () => {} },
      ),
    ["preconditioner"],
  ],
])("%s of a function that fills nothing warns", (_what, call, names) => {
  const { warnings } = call();
  expect(warnings.every(({ code }) => code === "W_NO_PRODUCT")).toBe(true);
  for (const { message } of warnings)
    expect(names.some((name) => message.includes(`that ${name} gave was 0`))).toBe(true);
  expect(warnings.length).toBeGreaterThan(0);
});

test("no warning for a product that is 0 by chance, nor for b = 0", () => {
  const swap = (v: Float64Array, out: Float64Array) => out.set([v[1]!, v[0]!]);
  expect(d.minres(swap, [1, 2]).warnings).toEqual([]);
  expect(d.cg(() => {}, [0, 0]).warnings).toEqual([]);
  const map: LinearMap = {
    rows: 2,
    cols: 1,
    multiply: (v, out) => out.fill(v[0]!),
    multiplyTransposed: (v, out) => out.fill(v[0]!),
  };
  expect(d.lsqr(map, [1, 2]).warnings).toEqual([]);
});

test("a search that was stopped before it saw a number says so", () => {
  const box = { lower: [0, 0], upper: [1, 1] };
  const r = a.minimizeGlobal((x: number, y: number) => x * y, box, { maxEvaluations: 50 });
  expect(r.status).toBe("stopped");
  expect(r.message).toMatch(/every evaluation gave NaN or Infinity; it is called with one array: write/);
  expect(d.minimizeGlobal(([x]) => x!, box, { maxEvaluations: 50 }).message).toMatch(/the best point so far/);
});

test("an empty list of constraints is none", () => {
  const free = d.minimizeConstrained(([x]) => (x! - 1) ** 2, [3], { equality: [], inequality: [] });
  expect(free.x[0]).toBeCloseTo(1, 6);
  expect(free.multipliers.equality.length).toBe(0);
});

test("a function of one variable that is a number nowhere has no minimum", () => {
  for (const method of ["brent", "golden"] as const) {
    const r = d.minimizeScalar(() => NaN, { bounds: [0, 1], method });
    expect([r.status, r.reason]).toEqual(["failed", "nonFinite"]);
  }
  expect(d.minimizeScalar((t) => (t < 0.9 ? NaN : t), { bounds: [0, 1] }).fun).toBeCloseTo(0.9, 6);
});

test("a minimum at an end of the bounds is that end; a pole there is no minimum", () => {
  for (const method of ["brent", "golden"] as const) {
    expect(d.minimizeScalar((t) => t, { bounds: [2, 5], method }).x).toBe(2);
    expect(d.minimizeScalar((t) => 1 / t, { bounds: [2, 5], method }).x).toBe(5);
    expect(d.minimizeScalar((t) => (t - 3) ** 2, { bounds: [2, 5], method }).x).toBeCloseTo(3, 7);
    expect(d.minimizeScalar((t) => Math.log(t), { bounds: [0, 1], method }).reason).toBe("nonFinite");
  }
  // Not defined at the end itself.
  const r = d.minimizeScalar((t) => (t === 2 ? NaN : t), { bounds: [2, 5] });
  expect(r.status).toBe("converged");
  expect(r.x).toBeCloseTo(2, 6);
});

test.each(["poly2", "exp1", "gauss2", "power1", "sin3"])(
  "the text %s is a parameter, with a warning",
  (model) => {
    const fit = d.curveFit({ model, x: [0, 1, 2], y: [1, 2, 4] });
    expect(fit.warnings[0]?.message).toMatch(/is a parameter here: named models are given as/);
  },
);
