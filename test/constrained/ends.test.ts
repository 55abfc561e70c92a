// How nonlinear runs end where they have to give up: multipliers that do not exist, points that differ in their last bits only, programs
// without a feasible point. Every case went on for ever, or claimed what was not so, once.

import { describe, expect, test } from "vitest";
import { compileProgram, minimizeConstrained, verify } from "../../src/index.js";
import { unmoved } from "../../src/minimize/last-bit.js";

type Point = Float64Array;
const methods = ["sqp", "interiorPoint", "augmentedLagrangian"] as const;
const square = ([x]: Point) => x! * x!;

describe("no multipliers exist (the gradients of what binds vanish or depend on each other)", () => {
  const programs = {
    "x^2 <= 0": compileProgram("min x; x^2 <= 0"),
    "x^2 = 0": compileProgram("min x; x^2 == 0"),
    "x^2 + y^2 = 0": compileProgram("min x + y; x^2 + y^2 == 0"),
    "beside a bound": compileProgram("min x + y; x^2 <= 0; y >= 1"),
  };
  for (const [name, program] of Object.entries(programs))
    test.each(methods)(`${name}: %s ends near the solution without a claim`, (method) => {
      const start = program.params.map(() => 1);
      const r = minimizeConstrained(program, start, { method, maxIterations: 400 });
      expect(r.status).toBe("failed");
      expect(Math.abs(r.x[0]!)).toBeLessThan(1e-5);
      expect(r.violation).toBeLessThan(1e-8);
    });

  test.each(["sqp", "interiorPoint"] as const)("%s says why, by differences too", (method) => {
    const o = { inequality: [(x: Point) => -square(x)], method };
    const r = minimizeConstrained(([x]: Point) => x!, [1], o);
    expect([r.status, r.reason]).toEqual(["failed", "singular"]);
    expect(r.message).toMatch("the multipliers grow without end");
    expect(r.nit).toBeLessThan(100);
  });

  test.each(methods)("%s: claims where bounded multipliers do it, whatever else there is", (method) => {
    const twice = compileProgram("min x^2 + y^2; x + y == 1; 2*x + 2*y == 2");
    const r = minimizeConstrained(twice, [3, 1], { method });
    expect(r.status).toBe("converged");
    expect(verify(r, twice)).toMatchObject({ ok: true });
    // The gradient of f is 0 where that of the row is.
    const flat = compileProgram("min x^2 + y^2; x^2 == 0");
    expect(minimizeConstrained(flat, [1, 1], { method }).status).toBe("converged");
  });

  test("a row in a small unit has large multipliers, which prove something", () => {
    for (const method of methods) {
      const r = minimizeConstrained((x) => square(x), [5], { equality: [([x]) => 1e-4 * (x! - 2)], method });
      expect([r.status, r.x[0]]).toEqual(["converged", expect.closeTo(2, 3)]);
      expect(r.multipliers.equality[0]! / 4e4).toBeCloseTo(1, 3);
    }
  });
});

describe("points that differ in the last bits only", () => {
  test("one rule: a step of half a last bit moves nothing", () => {
    const x = Float64Array.of(1, -1e300, 0);
    expect(unmoved(x, Float64Array.of(1.1e-16, -1.1e284, 0))).toBe(true);
    expect(unmoved(x, Float64Array.of(2.3e-16, 0, 0))).toBe(false);
    expect(unmoved(x, Float64Array.of(2.3e-16, 0, 0), 4)).toBe(true);
    expect(unmoved(x, Float64Array.of(0, 0, 5e-324))).toBe(false);
    expect(unmoved(x, Float64Array.of(0, Number.NaN, 0))).toBe(false);
  });

  test("sqp by differences on a steep side ends, where it stood still for a thousand iterations", () => {
    const f = ([x, y]: Point) => 1e8 * x! + y! * y!;
    const r = minimizeConstrained(f, [4, 3], { inequality: [([x]) => x!], method: "sqp" });
    expect(r.nit).toBeLessThan(50);
    expect(r.status).toBe("converged");
    expect(Math.abs(r.x[0]!)).toBeLessThan(1e-8);
  });

  test("Hock and Schittkowski 23 by differences, with all five rows and without some", () => {
    const rows: ((x: Point) => number)[] = [
      ([x, y]) => x! + y! - 1,
      ([x, y]) => x! * x! + y! * y! - 1,
      ([x, y]) => 9 * x! * x! + y! * y! - 9,
      ([x, y]) => x! * x! - y!,
      ([x, y]) => y! * y! - x!,
    ];
    const f = ([x, y]: Point) => x! * x! + y! * y!;
    for (const keep of [
      [0, 1, 2, 3, 4],
      [0, 3, 4],
    ])
      for (const method of methods) {
        const o = { inequality: keep.map((i) => rows[i]!), bounds: { lower: -50, upper: 50 }, method };
        const r = minimizeConstrained(f, [3, 1], o);
        expect([r.status, r.fun]).toEqual(["converged", expect.closeTo(2, 3)]);
        expect(verify(r, { f, inequality: o.inequality, bounds: o.bounds })).toMatchObject({ ok: true });
      }
  });
});

describe("no feasible point", () => {
  const programs = {
    "a disc and a halfplane": ["min x + y; x^2 + y^2 <= 1; x + y >= 3", [0, 0]],
    "a circle and two lines": ["min x*y; x^2 + y^2 == 1; x + y == 3; x - y == 0", [1, 2]],
    "a branch and a triangle": ["min x^2 + y^2; x*y >= 4; x + y <= 1; x >= 0; y >= 0", [5, 5]],
    "within bounds": ["min x^2; x >= 1; x <= 2; x^2 >= 9", [1.5]],
    "no real root": ["min x; x^2 + 1 == 0", [2]],
  } as const;
  for (const [name, [text, start]] of Object.entries(programs))
    test.each(methods)(`${name}: %s ends as infeasible`, (method) => {
      const r = minimizeConstrained(compileProgram(text), start, { method });
      expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
      expect(r.violation).toBeGreaterThan(0.4);
      expect(r.message).toMatch(/violations? is stationary here|violations is stationary/);
    });

  test.each(["interiorPoint", "augmentedLagrangian"] as const)(
    "a steep objective: %s ends as infeasible",
    (method) => {
      const program = compileProgram("min 10000*x; x^2 + y^2 <= 1; x + y >= 3");
      const r = minimizeConstrained(program, [1, 1], { method });
      expect([r.status, r.reason]).toEqual(["failed", "infeasible"]);
    },
  );

  test("a place where the violation is stationary is none of a program that is feasible elsewhere: HS 93 by sqp", () => {
    // Hock and Schittkowski (1981), problem 93: f = 135.07596 from the feasible start.
    const program = compileProgram(
      "min 0.0204*a*d*(a+b+c) + 0.0187*b*c*(a+1.57*b+d) + 0.0607*a*d*g^2*(a+b+c) + 0.0437*b*c*h^2*(a+1.57*b+d);" +
        "0.001*a*b*c*d*g*h >= 2.07; 0.00062*a*d*g^2*(a+b+c) + 0.00058*b*c*h^2*(a+1.57*b+d) <= 1;" +
        "a>=0; b>=0; c>=0; d>=0; g>=0; h>=0",
    );
    const start = { a: 5.54, b: 4.4, c: 12.02, d: 11.82, g: 0.702, h: 0.852 };
    for (const method of methods) {
      const r = minimizeConstrained(program, start, { method });
      expect([r.status, r.fun]).toEqual(["converged", expect.closeTo(135.07596, 4)]);
    }
  });
});

test("a Jacobian of the wrong sign makes the steps short, and no program infeasible", () => {
  // Infeasible is what a step of 1e-3 of |x| cannot help; shorter ones than the gradient deserves help with nothing anywhere.
  const f = {
    fun: (x: Point) => x[0]! ** 2 + x[1]! ** 2,
    grad: (x: Point, g: Point) => g.set([2 * x[0]!, 2 * x[1]!]),
  };
  const wrong = {
    count: 1,
    fun: (x: Point, o: Point) => o.set([x[0]! - 1]),
    jacobian: (_: Point, J: Point) => J.set([-1, 0]),
  };
  for (const method of methods) {
    const r = minimizeConstrained(f, [0, 0], { method, inequality: wrong, maxIterations: 100 });
    expect(["failed", "stopped"]).toContain(r.status);
    expect(r.reason).not.toBe("infeasible");
  }
});
