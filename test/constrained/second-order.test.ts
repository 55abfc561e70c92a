// Stationary points that are no minima, and functions that are known with noise only: closed forms, from functions with second derivatives,
// with first ones, and without any.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileProgram, minimizeConstrained, verify } from "../../src/index.js";

const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;
type X = ArrayLike<number>;

// Text, a start that is a stationary point, the value of every minimum.
const programs = [
  ["min x*y; x >= -1; x <= 1; y >= -1; y <= 1", [0, 0], -1],
  ["min x^2 - y^2 + y^4; x^2 + y^2 <= 9", [1, 0], -0.25],
  ["min x; x^2 + y^2 == 1", [1, 0], -1],
  ["min -x^2; x >= 0; x <= 1", [0], -1],
  ["min -x^2 - y^2; x >= 0; y >= 0; x + y <= 1", [0, 0], -1],
  ["min x^2 + y^2; x^2 + 4*y^2 == 4", [2, 0], 1],
  ["min x^4 - y^2; y >= -1; y <= 1", [0, 0], -1],
  // cos x + x^2 / 10 is least where sin x = x / 5.
  ["min cos(x) + 0.1*x^2; x >= -5; x <= 5", [0], -0.18089833418],
] as const;

test.each(methods)("%s leaves a saddle where a bound far from 0 has a multiplier", (method) => {
  // What the step may buy is the multiplier times how far x goes along the bound, which is 0, and not where it stands.
  for (const far of [100, -100]) {
    const p = compileProgram(`min x + (y^2 - 1)^2; x >= ${far}`);
    const r = minimizeConstrained(p, [far + 50, 0], { method });
    expect([r.status, r.fun]).toEqual(["converged", expect.closeTo(far, 6)]);
  }
});

describe("from a saddle or a maximum a run goes on to a minimum", () => {
  test.each(methods)("%s: exact derivatives, gradients, values", (method) => {
    for (const [text, x0, least] of programs) {
      const p = compileProgram(text);
      const exact = minimizeConstrained(p, x0, { method });
      const values = (x: X) => p.objective.fun!(x as Float64Array) as number;
      const rows = ["equality", "inequality"] as const;
      const constraints = Object.fromEntries(
        rows.map((name) => {
          const given = p[name];
          if (!given || !("fun" in given)) return [name, given];
          const { count, fun, jacobian } = given;
          return [name, { count, fun, jacobian }];
        }),
      );
      const { linear, bounds } = p;
      const shared = { ...constraints, linear, bounds, method };
      const { grad } = p.objective;
      const first = minimizeConstrained({ fun: values, grad } as never, x0, shared as never);
      const alone = minimizeConstrained(values, x0, shared as never);
      for (const r of [exact, first, alone]) {
        expect([text, r.status]).toEqual([text, "converged"]);
        expect(Math.abs(r.fun - least)).toBeLessThan(2e-8);
      }
      expect(verify(exact, p).ok).toBe(true);
    }
  });

  test.each(methods)("%s: where nothing lower is feasible, the claim stands", (method) => {
    // The circle of radius 1 around 0: x^2 - y^2 is least at (0, 1), where f itself curves downwards.
    const p = compileProgram("min x^2 - y^2; x^2 + y^2 <= 1");
    const r = minimizeConstrained(p, [0.3, 0.4], { method });
    expect(r.success).toBe(true);
    expect(r.fun).toBeCloseTo(-1, 8);
  });

  test("x y z on a plane falls without end", () => {
    for (const method of methods) {
      const r = minimizeConstrained(compileProgram("min x*y*z; x + y + z == 3"), [1, 1, 1], { method });
      expect(r.success).toBe(false);
    }
  });

  test("a quadratic form on a plane: a minimum exactly where the form is positive there", () => {
    const number = fc.integer({ min: -6, max: 6 });
    fc.assert(
      fc.property(
        fc.tuple(number, number, number, number, number, number),
        fc.constantFrom(...methods),
        ([a, b, c, d, e, g], method) => {
          // On x + y + z = 0, by x = u + v, y = u - v, z = -2u: [[p, q], [q, r]] of (u, v).
          const text = `min ${a}*x^2 + ${b}*y^2 + ${c}*z^2 + 2*(${d})*x*y + 2*(${e})*x*z + 2*(${g})*y*z; x + y + z == 0`;
          const [p, q, r] = [a + b + 4 * c + 2 * d - 4 * e - 4 * g, a - b - 2 * e + 2 * g, a + b - 2 * d];
          const least = (p + r - Math.sqrt((p - r) ** 2 + 4 * q * q)) / 2;
          fc.pre(Math.abs(least) > 0.1);
          const answer = minimizeConstrained(compileProgram(text), [0, 0, 0], { method, maxIterations: 300 });
          expect(answer.success).toBe(least > 0);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });
});

test("verify: a stationary point on a curve that is no minimum", () => {
  const problem = {
    f: ([x]: Float64Array) => x!,
    equality: [([x, y]: Float64Array) => x! * x! + y! * y! - 1],
  };
  const claim = (x: number) => ({ status: "converged", x: [x, 0], multipliers: { equality: [x / 2] } });
  expect(verify(claim(-1), problem as never)).toMatchObject({ ok: true });
  const top = verify(claim(1), problem as never);
  expect(top).toMatchObject({ ok: false, status: { found: "no minimum" } });
  expect(top.why).toMatch("which is feasible");
});

describe("the unit of f", () => {
  const f = (x: X) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! * x[0]!) ** 2;
  // (x, y) on the unit circle: x = 0.78641515..., by one equation in one unknown.
  const least = 0.0456748087;
  test.each(methods)("%s claims nothing less in 1e-12 or 1e8", (method) => {
    for (const unit of [1e-12, 1e-8, 1e-4, 1e4, 1e8]) {
      const g = (x: X) => unit * f(x);
      const disc = [(x: X) => 1 - x[0]! * x[0]! - x[1]! * x[1]!];
      const r = minimizeConstrained(g, [-1.2, 1], { inequality: disc, method });
      expect([unit, r.success]).toEqual([unit, true]);
      expect(r.fun / unit).toBeCloseTo(least, 4);
      expect(verify(r, { f: g, inequality: disc } as never).ok).toBe(true);
      const wide = [(x: X) => 4 - x[0]! - x[1]!];
      const free = minimizeConstrained(g, [-1.2, 1], { inequality: wide, method });
      expect([unit, free.success]).toEqual([unit, true]);
      expect(free.fun / unit).toBeLessThan(1e-8);
    }
  });
  test("verify: what is no minimum of f is none of 1e-8 f", () => {
    for (const unit of [1, 1e-8])
      expect(verify({ status: "converged", x: [0.93, 0.868] }, ((x: X) => unit * f(x)) as never).ok).toBe(
        false,
      );
  });
});

describe("noise is measured, and claims nothing", () => {
  const f = (x: X) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! * x[0]!) ** 2;
  const rounded = (v: number) => Math.round(v * 1e6) / 1e6;
  test.each(methods)("%s: values rounded to six decimals", (method) => {
    const disc = (x: X) => 1 - x[0]! * x[0]! - x[1]! * x[1]!;
    for (const c of [disc, (x: X) => rounded(disc(x))]) {
      const r = minimizeConstrained((x: X) => rounded(f(x)), [-1.2, 1], { inequality: [c], method });
      expect([r.status, r.x[0]! > 0.785, r.x[0]! < 0.788]).toEqual(["failed", true, true]);
      expect(r.message).toMatch("values are known to");
    }
  });
  test("with a tolerance as large as the error the same is a claim", () => {
    const q = (x: X) => rounded(x[0]! ** 2 + 2 * x[1]! ** 2);
    const line = [(x: X) => x[0]! + x[1]! - 1];
    const r = minimizeConstrained(q, [3, 3], { equality: line, gradTol: 1e-2 });
    expect(r.success).toBe(true);
    expect(r.x[0]).toBeCloseTo(2 / 3, 2);
  });
});

test.each(methods)("%s: a variable without influence stays near its only bound", (method) => {
  const f = {
    fun: ([x]: Float64Array) => (x! - 1) ** 2,
    grad: ([x]: Float64Array, out: Float64Array) => out.set([2 * (x! - 1), 0]),
    hess: (_: Float64Array, out: Float64Array) => out.set([2, 0, 0, 0]),
  };
  const { success, x } = minimizeConstrained(f, [3, 1], { bounds: { lower: [-Infinity, 0] }, method });
  expect([success, x[1]! < 1e6]).toEqual([true, true]);
  const row = { bounds: { lower: [0, 0] }, linear: { A: [[1, 1]], l: [1] }, method };
  const r = minimizeConstrained(([v]) => v!, [3, 1], row);
  expect([r.success, Math.abs(r.fun) < 1e-7]).toEqual([true, true]);
});
