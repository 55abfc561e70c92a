// verify of minima and nonlinear programs: right claims pass, each kind of wrong one is named.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ExactSum } from "../../src/constrained/exact-sum.js";
import { compileProgram, minimize, minimizeConstrained, solveLP, verify } from "../../src/index.js";

const rosenbrock = (x: Float64Array) => 100 * (x[1]! - x[0]! ** 2) ** 2 + (1 - x[0]!) ** 2;
const claim = { status: "converged", x: [1, 1], fun: 0 };

test("a minimum, by differences and by the gradient given", () => {
  expect(verify(minimize(rosenbrock, [-1.2, 1]), rosenbrock)).toMatchObject({
    ok: true,
    status: { claimed: "converged", found: "stationary" },
  });
  expect(verify(claim, rosenbrock).stationarity).toBeLessThan(1e-9);
});

test("what is wrong with a minimum", () => {
  expect(verify({ ...claim, x: [1, 1.01] }, rosenbrock).why).toMatch("the gradient of the Lagrangian is");
  expect(verify({ ...claim, fun: 1 }, rosenbrock).why).toBe("f is 0, not 1");
  expect(verify({ ...claim, status: "stopped" }, rosenbrock).why).toBe("status stopped claims nothing");
  const saddle = (x: Float64Array) => x[0]! ** 2 - x[1]! ** 2;
  expect(verify({ ...claim, x: [0, 0] }, saddle).why).toMatch("lower than 0");
  const box = { f: saddle, bounds: { lower: [-1, -1], upper: [1, 1] } };
  expect(verify({ status: "converged", x: [0, 1], fun: -1 }, box).ok).toBe(true);
  expect(verify({ status: "converged", x: [0, 2], fun: -4 }, box)).toMatchObject({ primal: 1, ok: false });
});

test("a constrained minimum with its multipliers, and each of them wrong", () => {
  const f = (x: Float64Array) => x[0]! + x[1]!;
  const problem = { f, inequality: [(x: Float64Array) => 2 - x[0]! ** 2 - x[1]! ** 2] };
  const r = minimizeConstrained(f, [1, 1], { inequality: problem.inequality });
  expect(verify(r, problem)).toMatchObject({ ok: true });
  const at = { status: "converged", x: [-1, -1], fun: -2 };
  expect(verify({ ...at, multipliers: { inequality: [0.5] } }, problem).ok).toBe(true);
  expect(verify(at, problem).why).toMatch("the gradient of the Lagrangian is 0.99999");
  expect(verify({ ...at, x: [1, 1], fun: 2, multipliers: { inequality: [-0.5] } }, problem)).toMatchObject({
    ok: false,
    gap: 0.25,
  });
  expect(() => verify({ ...at, multipliers: { inequality: [1, 2] } }, problem)).toThrow(
    "has length 2, expected 1",
  );
});

test("compiled programs, linear rows, and a maximum", () => {
  const program = compileProgram("max x*y; sum: x + y <= 4; x >= 0; y >= 0");
  const r = minimizeConstrained(program, [1, 1]);
  expect(r.fun).toBeCloseTo(4, 8);
  expect(verify(r, program)).toMatchObject({ ok: true });
  expect(verify({ ...JSON.parse(JSON.stringify(r)), fun: 5 }, program).why).toMatch("not 5");
});

test("either order for convex programs", () => {
  const program = {
    c: [-3, -5],
    A: [
      [1, 0],
      [0, 2],
      [3, 2],
    ],
    u: [4, 12, 18],
    lower: [0, 0],
  };
  const r = solveLP(program);
  expect(verify(program, r).ok).toBe(true);
  expect((verify as unknown as (a: unknown, b: unknown) => { ok: boolean })(r, program).ok).toBe(true);
});

test.each(["primalInfeasible", "dualInfeasible", "nonConvex"])(
  "%s without a certificate is refused",
  (status) => {
    for (const certificate of [null, undefined, {}])
      expect(() => verify({ c: [1] }, { status, certificate } as never)).toThrow(
        expect.objectContaining({ code: "SHAPE" }),
      );
  },
);

test("sums in twice the precision: what rounding would lose", () => {
  const sum = new ExactSum();
  sum.addProduct(134217729, 134217729).addProduct(-134217728, 134217730);
  expect(sum.value).toBe(1);
  expect(134217729 * 134217729 - 134217728 * 134217730).not.toBe(1);
  sum.clear().add(1e16).add(1).add(-1e16);
  expect(sum.value).toBe(1);
});

describe("a maximum", () => {
  const fun = (x: Float64Array) => 5 - (x[0]! - 1) ** 2 - 2 * (x[1]! + 0.5) ** 2;
  const grad = (x: Float64Array, g: Float64Array) => {
    g[0] = -2 * (x[0]! - 1);
    g[1] = -4 * (x[1]! + 0.5);
  };
  const hess = (_x: Float64Array, H: Float64Array) => {
    H.set([-2, 0, 0, -4]);
  };
  const parts = { fun, grad, hess };
  const funGrad = (x: Float64Array, g: Float64Array) => {
    grad(x, g);
    return fun(x);
  };

  test.each([
    ["a function", fun],
    ["its derivatives", parts],
    ["both at once", { funGrad }],
  ])("by %s is one where that is said", (_, f) => {
    const r = minimize(f as typeof fun, [3, 3], { maximize: true });
    expect(r.fun).toBeCloseTo(5, 10);
    expect(verify(r, { f, maximize: true })).toMatchObject({ ok: true, fun: r.fun });
    // The result says it too.
    expect(verify(r, f).ok).toBe(true);
    expect(verify(r, { f, maximize: false }).why).toBeDefined();
    const moved = { ...r, x: [1.1, -0.5], fun: 4.99 };
    expect(verify(moved, { f, maximize: true }).ok).toBe(false);
    // A minimum is no maximum.
    const lowest = minimize((x) => -fun(x), [3, 3]);
    expect(verify({ ...lowest, fun: 5 }, { f: (x: Float64Array) => -fun(x), maximize: true }).ok).toBe(false);
  });

  test("under constraints, with bounds; messages say what was asked", () => {
    // Along x + y = 0 from the free maximum: by hand x = 2/3, f = 5 - 1/9 - 2/36.
    const r = minimizeConstrained((x) => -fun(x), [0, 0], { equality: [(x) => x[0]! + x[1]!] });
    const claim = { status: r.status, x: r.x, fun: -r.fun, multipliers: r.multipliers };
    const problem = { f: parts, equality: [(x: Float64Array) => x[0]! + x[1]!], maximize: true };
    expect(claim.fun).toBeCloseTo(5 - 1 / 9 - 2 / 36, 8);
    expect(verify(claim, problem)).toMatchObject({ ok: true });
    expect(verify({ ...claim, fun: 4.9 }, problem).why).toMatch(/^f is 4\.83.*, not 4\.9$/);
    const edge = minimize(fun, [0, 0], { maximize: true, bounds: { upper: 0.5 } });
    expect(verify(edge, { f: fun, maximize: true, bounds: { upper: 0.5 } }).ok).toBe(true);
    expect(() => verify(edge, { f: fun, maximize: 1 } as never)).toThrow("maximize");
  });
});

test("what minimize claims by differences is confirmed, in any unit; a point beside it is not", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -12, max: 6 }),
      fc.integer({ min: -3, max: 3 }),
      fc.integer({ min: 0, max: 1e6 }),
      fc.constantFrom("lbfgs" as const, "bfgs" as const, "trustRegion" as const),
      (unit, place, seed, method) => {
        const s = Number(`1e${unit}`);
        const m = 1 + (seed % 7);
        const f = ([x, y]: ArrayLike<number> & Iterable<number>): number =>
          s * (0.3 + (x! - m) ** 2 + 4 * (y! - x! * 0.5 + place) ** 2 + Math.cosh(0.1 * (x! - m)));
        const r = minimize(f as never, [place, 1], { method });
        expect(r.status).toBe("converged");
        expect(verify(r as never, f as never)).toMatchObject({ ok: true });
        const beside = { ...r, x: r.x.map((v) => v + 1e-2), fun: undefined };
        expect(verify(beside as never, f as never)).toMatchObject({ ok: false });
      },
    ),
    { numRuns: 150 },
  );
});
