// A maximum is the minimum of the negative, to the bit, however the objective is given.

import { expect, test } from "vitest";
import {
  type ConstrainedOptions,
  compileObjective,
  compileProgram,
  iterateConstrained,
  minimizeConstrained,
  minimizeConstrainedAsync,
  type Objective,
  verify,
} from "../../src/index.js";

/** 4x + 2y - x^2 - y^2 - xy/2, largest at (2 - y/4, 1 - x/4). */
const fun = ([x, y]: Float64Array) => 4 * x! + 2 * y! - x! * x! - y! * y! - (x! * y!) / 2;
const slope = (s: number) => (p: Float64Array, out: Float64Array) => {
  out[0] = s * (4 - 2 * p[0]! - p[1]! / 2);
  out[1] = s * (2 - 2 * p[1]! - p[0]! / 2);
};
const second = (s: number) => (_: Float64Array, out: Float64Array) => {
  out.set([-2 * s, -s / 2, -s / 2, -2 * s]);
};
const product = (s: number) => (_: Float64Array, v: Float64Array, out: Float64Array) => {
  out[0] = s * (-2 * v[0]! - v[1]! / 2);
  out[1] = s * (-2 * v[1]! - v[0]! / 2);
};
const both = (s: number) => (p: Float64Array, out: Float64Array) => {
  slope(s)(p, out);
  return s * fun(p);
};
const times = (s: number) => (p: Float64Array) => s * fun(p);
const forms: [string, (s: number) => Objective][] = [
  ["a function", times],
  ["fun and grad", (s) => ({ fun: times(s), grad: slope(s) })],
  ["funGrad", (s) => ({ funGrad: both(s) })],
  ["fun and funGrad", (s) => ({ fun: times(s), funGrad: both(s) })],
  ["with hess", (s) => ({ fun: times(s), grad: slope(s), hess: second(s) })],
  ["with hessVec", (s) => ({ fun: times(s), grad: slope(s), hessVec: product(s) })],
];
const limits = { inequality: [([x, y]: Float64Array) => 1 - x! - y!], bounds: { upper: [0.75, 9] } };

test.each(
  forms.flatMap(([form, make]) =>
    (["sqp", "interiorPoint", "augmentedLagrangian"] as const).map((method) => [form, method, make] as const),
  ),
)("%s by %s", (_, method, make) => {
  const seen: number[] = [];
  const options: ConstrainedOptions = { ...limits, method };
  const up = minimizeConstrained(make(1), [0, 0], {
    ...options,
    maximize: true,
    onIteration: (it) => void seen.push(it.fun),
  });
  const down = minimizeConstrained(make(-1), [0, 0], { ...options, maximize: false });
  expect(up.success).toBe(true);
  // On x + y = 1 the objective is 1 + 3.5 x - 1.5 x^2, rising up to the bound of x.
  expect(up.x[0]).toBeCloseTo(0.75, 6);
  expect(up.x[1]).toBeCloseTo(0.25, 6);
  expect(up.fun).toBeCloseTo(1 + 3.5 * 0.75 - 1.5 * 0.5625, 6);
  expect(up.maximize).toBe(true);
  expect(down.maximize).toBe(undefined);
  expect([up.x, up.fun, up.grad, up.multipliers, up.nfev]).toEqual([
    down.x,
    -down.fun,
    down.grad.map((v) => -v),
    down.multipliers,
    down.nfev,
  ]);
  expect(seen.at(-1)).toBe(up.fun);
  expect(up.report()).toContain("Constrained maximum");
  expect(verify(up, { f: make(1), ...limits }).ok).toBe(true);
});

test("of a compiled objective, and of promises", async () => {
  const text = compileObjective("4*x + 2*y - x^2 - y^2 - x*y/2", ["x", "y"]);
  const now = minimizeConstrained(text, [0, 0], { ...limits, maximize: true });
  expect(now.fun).toBeCloseTo(2.78125, 8);
  const later = await minimizeConstrainedAsync(
    { fun: async (p) => fun(p), grad: async (p, out) => slope(1)(p, out) },
    [0, 0],
    { ...limits, maximize: true },
  );
  const direct = minimizeConstrained({ fun, grad: slope(1) }, [0, 0], { ...limits, maximize: true });
  expect(later.x).toEqual(direct.x);
  expect(later.fun).toBe(direct.fun);
});

test("a saved state knows which way it goes", () => {
  const options = { ...limits, maximize: true };
  const run = iterateConstrained(fun, [0, 0], options);
  run.next();
  const state = run.state();
  const rest = iterateConstrained(fun, [0, 0], { ...options, resume: state });
  for (const _ of rest);
  for (const _ of run);
  expect(rest.result.x).toEqual(run.result.x);
  expect(rest.result.fun).toBe(run.result.fun);
  expect(() => iterateConstrained((x) => -fun(x), [0, 0], { ...limits, resume: state })).toThrow(
    expect.objectContaining({ code: "SNAPSHOT" }),
  );
});

test("its sensitivity is to what is added to f", () => {
  const near = (q: number) =>
    minimizeConstrained((x) => fun(x) + q * x[1]!, [0, 0], { inequality: limits.inequality, maximize: true });
  const h = 1e-3;
  const slopes = near(0).sensitivity().q.data;
  expect(slopes[3]).toBeCloseTo((near(h).x[1]! - near(-h).x[1]!) / (2 * h), 4);
});

test("what does not fit is refused", () => {
  const code = (f: unknown, o: object) => () => minimizeConstrained(f as Objective, [0, 0], o);
  const option = expect.objectContaining({ code: "OPTION" });
  expect(code(fun, { maximize: 1 })).toThrow(option);
  expect(code(compileProgram("max x + y; x + y <= 1; x >= 0"), { maximize: true })).toThrow(
    /its own maximize/,
  );
  expect(code({ fun: 3 }, { maximize: true })).toThrow(option);
  expect(code(() => "2", { maximize: true })).toThrow(expect.objectContaining({ code: "CALLBACK_RESULT" }));
  expect(code({ fun, grad: () => [1, 2] }, { maximize: true })).toThrow(
    expect.objectContaining({ code: "CALLBACK_RESULT" }),
  );
  expect(code(fun, { sense: "max" })).toThrow(/maximize: true/);
});
