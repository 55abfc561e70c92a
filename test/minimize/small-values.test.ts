// A function in small units (farads, amperes squared) is minimised as well as in large ones, with every tolerance left as it is.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileObjective, iterate, type MinimizeMethodName, minimize } from "../../src/index.js";

const methods: MinimizeMethodName[] = ["lbfgs", "bfgs", "nonlinearCG", "newton", "trustRegion"];
/** A valley with its minimum at (2, 3), in units of s. */
const valley = (s: number, exact: boolean) => {
  const fun = ([x, y]: Float64Array): number => s * (0.01 + (x! - 2) ** 2 + 5 * (y! - x! * x! + 1) ** 2);
  const grad = ([x, y]: Float64Array, out: Float64Array): void => {
    const off = 10 * (y! - x! * x! + 1);
    out[0] = s * (2 * (x! - 2) - 2 * x! * off);
    out[1] = s * off;
  };
  return exact ? { fun, grad } : fun;
};

describe.each(methods)("%s", (method) => {
  test.each([true, false])("exact derivatives: %s", (exact) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: -8, max: 8 }), (digits, k) => {
        const s = Number(`1e-${digits}`);
        const r = minimize(valley(s, exact), [k / 4, 1], { method });
        expect(r.status).toBe("converged");
        expect(Math.hypot(r.x[0]! - 2, r.x[1]! - 3)).toBeLessThan(exact ? 1e-4 : 1e-2);
      }),
      { numRuns: 40 },
    );
  });
});

test.each(methods)("%s takes the same steps in every unit", (method) => {
  const whole = minimize(valley(1, true), [0.5, 1], { method });
  for (const power of [10, 20, 40, 100]) {
    const r = minimize(valley(2 ** -power, true), [0.5, 1], { method });
    expect([...r.x, r.nit, r.nfev]).toEqual([...whole.x, whole.nit, whole.nfev]);
  }
});

test("a tolerance of one's own stands in the units of f, and a start near a minimum is not searched again", () => {
  expect(minimize(valley(1e-12, true), [0, 0], { gradTol: 1e-8 })).toMatchObject({ nit: 0 });
  expect(minimize(valley(1, true), [2 + 1e-11, 3])).toMatchObject({ status: "converged", nit: 0 });
  const zero = {
    fun: ([x]: Float64Array) => x! * x!,
    grad: ([x]: Float64Array, g: Float64Array) => {
      g[0] = 2 * x!;
    },
  };
  expect(minimize(zero, [1e-10])).toMatchObject({ status: "converged", nit: 0 });
});

test("a text, a maximum, and a run that goes on from its state", () => {
  const text = compileObjective("1e-12*((x - 3)^2 + (y + 1)^4)", ["x", "y"]);
  expect(minimize(text, [0, 0]).x[0]).toBeCloseTo(3, 6);
  const up = minimize(([x]) => -1e-12 * (x! - 3) ** 2, [0], { maximize: true });
  expect(up.x[0]).toBeCloseTo(3, 6);
  const f = valley(1e-9, true);
  const whole = minimize(f, [0, 1]);
  const run = iterate(f, [0, 1]);
  for (let i = 0; i < 3; i++) run.next();
  const resumed = iterate(f, [0, 1], { resume: JSON.parse(JSON.stringify(run.state())) });
  for (const _ of resumed);
  run.return?.();
  expect([...resumed.result.x, resumed.result.nit]).toEqual([...whole.x, whole.nit]);
  expect(resumed.result.message).toBe(whole.message);
});

test("of a variable that its bounds fix, differences know no slope", () => {
  const f = ([x, y]: Float64Array): number => (x! - 1) ** 2 + 3 * y!;
  const bounds = { lower: [-9, 2], upper: [9, 2] };
  const r = minimize(f, [0, 2], { bounds });
  expect([r.status, r.x[1], r.grad[1]]).toEqual(["converged", 2, NaN]);
  const exact = {
    fun: f,
    grad: ([x]: Float64Array, g: Float64Array) => {
      g[0] = 2 * (x! - 1);
      g[1] = 3;
    },
  };
  expect(minimize(exact, [0, 2], { bounds }).grad[1]).toBe(3);
});
