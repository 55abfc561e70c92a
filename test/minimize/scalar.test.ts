// minimizeScalar and findRoot against closed forms, with every way they can end.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findRoot, findRootAsync, minimizeScalar, minimizeScalarAsync } from "../../src/index.js";

describe.each(["brent", "golden"] as const)("minimizeScalar, %s", (method) => {
  test.each<[string, (x: number) => number, [number, number], number]>([
    ["a parabola", (x) => (x - 2) ** 2, [0, 5], 2],
    ["x - ln x", (x) => x - Math.log(x), [1e-3, 10], 1],
    ["x^4 - x", (x) => x ** 4 - x, [-1, 1], 0.25 ** (1 / 3)],
    ["cos", Math.cos, [0, 6], Math.PI],
    ["in nanometres", (x) => (x / 1e-9 - 3) ** 2, [0, 1e-8], 3e-9],
    ["on an offset axis", (x) => 1 - Math.exp(-((x - 1327) ** 2)), [1325, 1330], 1327],
  ])("finds the minimum of %s", (_name, f, bounds, expected) => {
    const r = minimizeScalar(f, { bounds, method });
    expect(r).toMatchObject({ status: "converged", reason: "step", success: true, method });
    // Half of the digits: f is flat to rounding there.
    expect(Math.abs(r.x - expected)).toBeLessThanOrEqual(4e-8 * Math.abs(expected));
    expect(r.fun).toBe(f(r.x));
    expect(r.bracket[0]).toBeLessThanOrEqual(r.x);
    expect(r.bracket[1]).toBeGreaterThanOrEqual(r.x);
  });

  test("looks downhill from a bracket, and takes three points that hold a minimum", () => {
    const f = (x: number) => (x - 1000) ** 2;
    expect(minimizeScalar(f, { method }).x).toBeCloseTo(1000, 4);
    expect(minimizeScalar(f, { method, bracket: [900, 950, 1200] }).x).toBeCloseTo(1000, 4);
    expect(minimizeScalar(f, { method, bracket: [0, 1, 2] })).toMatchObject({
      status: "failed",
      reason: "bracket",
    });
    expect(minimizeScalar((x) => -x, { method })).toMatchObject({ status: "failed", reason: "bracket" });
    expect(minimizeScalar(() => NaN, { method })).toMatchObject({ status: "failed", reason: "nonFinite" });
  });

  test("takes the same steps in any unit", () => {
    const run = (s: number, t: number) =>
      minimizeScalar((x) => s * (x / t - Math.log(x / t)), { bounds: [0.1 * t, 8 * t], method });
    const plain = run(1, 1);
    for (const [s, t] of [
      [2 ** 40, 1],
      [1, 2 ** -40],
      [2 ** -30, 2 ** 50],
    ] as const) {
      const r = run(s, t);
      expect([r.nfev, r.x / t]).toEqual([plain.nfev, plain.x]);
    }
  });

  test("keeps the lowest point at a limit, and is the same run asynchronously", async () => {
    const f = (x: number) => x ** 4 - x;
    let lowest = Infinity;
    const watched = (x: number) => {
      const value = f(x);
      lowest = Math.min(lowest, value);
      return value;
    };
    const r = minimizeScalar(watched, { bounds: [-1, 1], method, maxEvaluations: 7 });
    expect(r).toMatchObject({ status: "stopped", reason: "maxEvaluations", nfev: 7, fun: lowest });
    const whole = minimizeScalar(f, { bounds: [-1, 1], method });
    const later = await minimizeScalarAsync(async (x) => f(x), { bounds: [-1, 1], method });
    expect([later.x, later.nfev]).toEqual([whole.x, whole.nfev]);
  });
});

test.each<[string, (x: number) => number, [number, number]]>([
  ["tan", Math.tan, [1, 2]],
  ["1/x", (x) => 1 / x, [-1, 1.3]],
  ["-1/(x - 1)^2", (x) => -1 / (x - 1) ** 2, [0, 3]],
  ["log |x - 1|", (x) => Math.log(Math.abs(x - 1)), [0, 3]],
])("a pole of %s is no minimum", (_, f, bounds) => {
  for (const method of ["brent", "golden"] as const) {
    const r = minimizeScalar(f, { bounds, method });
    expect(r).toMatchObject({ status: "failed", reason: "bracket", success: false });
    expect(r.message).toMatch(/a pole, not a minimum/);
  }
});

test.each<[string, (x: number) => number, number]>([
  ["|x - 1|", (x) => Math.abs(x - 1), 1],
  ["|x - 1|^(1/10)", (x) => Math.abs(x - 1) ** 0.1, 1],
  ["a step", (x) => (x < 1 ? 5 : 2 + x), 1],
  ["the other side of a step", (x) => (x < 1 ? 2 - x : 5), 1],
])("the sharp minimum of %s is one", (_, f, expected) => {
  const r = minimizeScalar(f, { bounds: [0, 3] });
  expect(r.status).toBe("converged");
  expect(r.x).toBeCloseTo(expected, 6);
});

test("Brent's parabolas need a third of the evaluations of golden sections", () => {
  const f = (x: number) => x - Math.log(x);
  const count = (method: "brent" | "golden") => minimizeScalar(f, { bounds: [1e-3, 10], method }).nfev;
  expect(count("brent")).toBeLessThan(count("golden") / 2);
});

describe.each(["brent", "itp"] as const)("findRoot, %s", (method) => {
  test.each<[string, (x: number) => number, [number, number]]>([
    ["tan", Math.tan, [1, 2]],
    ["tan(2 x)", (x) => Math.tan(2 * x), [0.5, 1]],
    ["tan x exp(40 (x - 1)), tall at an end", (x) => Math.tan(x) * Math.exp(40 * (x - 1)), [1, 3]],
    ["tan x exp(-40 (x - 1)), tall at the other", (x) => Math.tan(x) * Math.exp(-40 * (x - 1)), [1, 3]],
  ])("a pole of %s is no root", (_, f, bracket) => {
    const r = findRoot(f, { bracket, method });
    expect(r).toMatchObject({ status: "failed", reason: "bracket", success: false });
    expect(r.message).toMatch(/a pole/);
  });

  test("a bracket alone in place of the options is answered with its name", () => {
    expect(() => findRoot((x) => x - 1, [0, 3] as never)).toThrow(/its names are \{ bracket, /);
  });

  test.each<[string, (x: number) => number, [number, number], number]>([
    ["x^3 - 2", (x) => x ** 3 - 2, [0, 2], 1.2599210498948732],
    ["cos x - x", (x) => Math.cos(x) - x, [0, 1], 0.7390851332151607],
    ["exp x - 1e10", (x) => Math.exp(x) - 1e10, [0, 100], 23.025850929940457],
    ["x, on both sides of 0", (x) => x, [-3, 5], 0],
    ["a step", (x) => (x < 1 / 3 ? -1 : 1), [0, 1], 1 / 3],
    ["a step that is steep beside it", (x) => (x < 1 / 3 ? -(x ** 9) : 10), [0.1, 1], 1 / 3],
    ["tan near a pole's other side", (x) => Math.tan(x), [2, 4], Math.PI],
    ["x^9", (x) => (x - 0.7) ** 9, [0, 1], 0.7],
  ])("finds the root of %s", (name, f, bracket, expected) => {
    const r = findRoot(f, { bracket, method });
    expect(r.status).toBe("converged");
    const close = name === "x^9" ? 1e-2 : 4e-15;
    expect(Math.abs(r.x - expected)).toBeLessThanOrEqual(
      close * Math.max(Math.abs(expected), 1e-300) + 1e-300,
    );
    expect(r.fun).toBe(f(r.x));
    expect(f(r.bracket[0]) * f(r.bracket[1])).toBeLessThanOrEqual(0);
  });

  test("a property: the sign changes within the interval, which is as small as asked for", () => {
    fc.assert(
      fc.property(
        // Beside a root at 0 a power underflows long before the interval is small.
        fc.double({ min: -50, max: 50, noNaN: true }).filter((v) => Math.abs(v) > 1e-3),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 5 }),
        (root, left, right, k) => {
          const f = (x: number) => Math.sign(x - root) * Math.abs(x - root) ** k;
          const r = findRoot(f, { bracket: [root - left, root + right], method, stepTol: 1e-12 });
          expect(r.success).toBe(true);
          expect(r.reason === "zero" || r.bracket[1] - r.bracket[0] <= 1e-12 * Math.abs(r.x) + 1e-300).toBe(
            true,
          );
          expect(r.bracket[0]).toBeLessThanOrEqual(root);
          expect(r.bracket[1]).toBeGreaterThanOrEqual(root);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  test("ends as it should where there is no change of sign, or no number", () => {
    const bracket: [number, number] = [-1, 1];
    expect(findRoot((x) => x * x + 1, { bracket, method })).toMatchObject({
      status: "failed",
      reason: "bracket",
    });
    expect(findRoot((x) => x * x + 1, { bracket, method }).message).toContain("same sign");
    expect(findRoot(() => NaN, { bracket, method })).toMatchObject({ status: "failed", reason: "nonFinite" });
    expect(findRoot((x) => x + 1, { bracket, method })).toMatchObject({ x: -1, reason: "zero", nfev: 1 });
    expect(findRoot((x) => x ** 3 - 0.1, { bracket, method, maxIterations: 3 })).toMatchObject({
      status: "stopped",
      reason: "maxIterations",
    });
  });

  test("is the same run asynchronously", async () => {
    const f = (x: number) => x ** 3 - 2;
    const r = findRoot(f, { bracket: [0, 2], method });
    const later = await findRootAsync(async (x) => f(x), { bracket: [0, 2], method });
    expect([later.x, later.nfev]).toEqual([r.x, r.nfev]);
  });
});

test("bad input is refused before any evaluation", () => {
  let calls = 0;
  const f = (x: number) => (calls++, x);
  for (const [o, message] of [
    [{ bounds: [1, 0] }, "increase"],
    [{ bounds: [0, Infinity] }, "finite"],
    [{ bounds: [0, 1], bracket: [0, 1] }, "not both"],
    [{ bracket: [0] }, "2 or 3 numbers"],
    [{ method: "newton" }, "brent"],
    [{ tol: 1 }, "unknown option"],
  ] as const)
    expect(() => minimizeScalar(f, o as object)).toThrow(message);
  expect(() => findRoot(f, {} as { bracket: number[] })).toThrow("bracket");
  expect(() => minimizeScalar(3 as never)).toThrow("function");
  expect(calls).toBe(0);
  expect(() => findRoot((() => Promise.resolve(1)) as never, { bracket: [0, 1] })).toThrow(
    expect.objectContaining({ code: "CALLBACK_RESULT" }),
  );
  expect(() => minimizeScalar((() => "1") as never, { bounds: [0, 1] })).toThrow("must return a number");
});

test("the report says what was found", () => {
  const r = findRoot((x) => x ** 3 - 2, { bracket: [0, 2] });
  expect(r.report()).toContain("[[Root]]");
  expect(String(r)).toMatch(/^brent: converged\/(step|zero), x = 1\.25992104989/);
  expect(r.toJSON()).toMatchObject({ kind: "root", version: 1, status: "converged" });
});

test("itp needs one evaluation more than bisection at most, whatever the values are", () => {
  // The worst case is what the method keeps (Oliveira and Takahashi 2020, n_0 = 1): here the function is made up at each point so
  // that the longer part remains, with values of any size. The interval is 2^20 / 1.1 times as wide as it has to become.
  const bisections = 20;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -60, max: 60 }), { minLength: 30, maxLength: 30 }), (sizes) => {
      let [a, b, k] = [1, 1 + 2 ** -20, 0];
      const f = (x: number) => {
        if (x <= a) return -(2 ** 60);
        if (x >= b) return 2 ** 60;
        const size = 2 ** sizes[k++ % sizes.length]!;
        const rootAbove = b - x > x - a;
        if (rootAbove) a = x;
        else b = x;
        return rootAbove ? -size : size;
      };
      const r = findRoot(f, { bracket: [a, b], method: "itp", stepTol: 1.1 * 2 ** -40 });
      expect(r.reason).toBe("step");
      // And four beside the end, where that is not the least value seen: is it a pole?
      expect(r.nfev).toBeLessThanOrEqual(bisections + 1 + 2 + 4);
    }),
    { numRuns: 300, seed: 8 },
  );
});

test("Brent's third trial of a root is that of the inverse parabola: exact where x is a parabola of f", () => {
  for (const [f, bracket, root] of [
    [(x: number) => Math.sqrt(x) - 1, [0, 3], 1],
    [(x: number) => Math.sqrt(x) - 1, [0, 2.5], 1],
    [(x: number) => Math.sqrt(x) - 2, [1, 8], 4],
  ] as const) {
    const tried: number[] = [];
    findRoot((x) => (tried.push(x), f(x)), { bracket });
    // After both ends and a secant.
    const [a, b] = bracket;
    expect(tried[2]).toBeCloseTo(a - (f(a) * (b - a)) / (f(b) - f(a)), 14);
    expect(Math.abs(tried[3]! / root - 1)).toBeLessThan(1e-15);
    expect(tried.length).toBe(5);
  }
});

describe("where f is flat, missing or too wide", () => {
  test("the interval holds the answer", () => {
    const floor = (x: number) => Math.max(0, x - 1);
    for (const method of ["brent", "golden"] as const)
      for (const [f, o] of [
        [floor, { bracket: [0, 1] }],
        [floor, { bounds: [-3, 5] }],
        [floor, { bracket: [3, 0.5, -4].reverse() }],
        [() => 7, { bounds: [-1, 2] }],
        [(x: number) => Math.floor(x * x), { bounds: [-4, 3] }],
        [(x: number) => (x < 2 ? NaN : x), { bounds: [0, 9] }],
      ] as const) {
        const r = minimizeScalar(f, { ...o, method });
        if (r.status !== "converged") continue;
        const [lower, upper] = r.bracket;
        expect([f.toString(), lower <= r.x && r.x <= upper]).toEqual([f.toString(), true]);
        expect(f(r.x)).toBe(r.fun);
      }
    expect(minimizeScalar(floor, { bracket: [0, 1] }).fun).toBe(0);
  });

  test("a constant does not fall: the words say what it does", () => {
    const r = minimizeScalar(() => 4);
    expect([r.status, r.reason]).toEqual(["failed", "bracket"]);
    expect(r.message).toBe("f is 4 as far as was looked: a minimum has no place there");
    expect(minimizeScalar((x) => -x).message).toContain("f falls as far as was looked");
  });

  test("fun is what f gives at x, where that is NaN too", () => {
    for (const f of [() => NaN, () => Infinity, (x: number) => Math.log(-1 - x * x)])
      for (const o of [{ bounds: [0, 1] }, { bracket: [0, 1] }, {}]) {
        const r = minimizeScalar(f, o);
        expect([r.status, r.reason, r.fun]).toEqual(["failed", "nonFinite", f(r.x)]);
      }
  });

  test("bounds whose width is no number are refused", () => {
    expect(() => minimizeScalar((x) => x * x, { bounds: [-1e308, 1e308] })).toThrow(
      expect.objectContaining({ code: "OPTION", message: expect.stringContaining("the width of bounds") }),
    );
  });
});
