// What minimizeConstrained claims, whatever the size of f: "infeasible" at a stationary point of the violation, checked by hand from its
// neighbours, and complementarity multiplier by multiplier.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConstrainedOptions, minimizeConstrained, verify } from "../../src/index.js";

type Method = "sqp" | "interiorPoint" | "augmentedLagrangian";
const methods: readonly Method[] = ["sqp", "interiorPoint", "augmentedLagrangian"];
const power = fc.integer({ min: -8, max: 8 }).map((k) => 10 ** k);
const coordinate = fc.integer({ min: -40, max: 40 }).map((k) => k / 8);

/** A ball of radius 1 and a plane at the distance `away` from it; f is linear, times `unit`. */
function apart(
  unit: number,
  angle: readonly number[],
  away: number,
  slope: readonly number[],
  exact: boolean,
) {
  const norm = Math.sqrt(angle.reduce((s, v) => s + v * v, 0));
  const a = angle.map((v) => v / norm);
  const ball = (x: ArrayLike<number>) => Array.from(x).reduce((s, v) => s - v * v, 1);
  const plane = (x: ArrayLike<number>) => a.reduce((s, v, j) => s + v * x[j]!, -1 - away);
  const fun = (x: ArrayLike<number>) => unit * slope.reduce((s, v, j) => s + v * x[j]!, 0);
  const n = a.length;
  const f = exact
    ? {
        fun,
        grad: (_: Float64Array, out: Float64Array) => out.set(slope.map((v) => unit * v)),
        hess: (_: Float64Array, out: Float64Array) => void out.fill(0),
      }
    : fun;
  const inequality = exact
    ? {
        count: 2,
        fun: (x: Float64Array, out: Float64Array) => out.set([ball(x), plane(x)]),
        jacobian: (x: Float64Array, out: Float64Array) => out.set([...x.map((v) => -2 * v), ...a]),
        hess(_: Float64Array, weights: Float64Array, out: Float64Array) {
          out.fill(0);
          for (let j = 0; j < n; j++) out[j * n + j] = -2 * weights[0]!;
        },
      }
    : [ball, plane];
  const outside = (x: ArrayLike<number>) => [Math.max(0, -ball(x)), Math.max(0, -plane(x))];
  return { f, inequality, outside };
}

describe("infeasible, whatever the size of f", () => {
  const drawn = fc.integer({ min: 2, max: 3 }).chain((n) => {
    const vector = (of: fc.Arbitrary<number>) => fc.array(of, { minLength: n, maxLength: n });
    return fc.record({
      unit: power,
      angle: vector(fc.integer({ min: 1, max: 4 })),
      away: fc.integer({ min: 1, max: 24 }).map((k) => k / 8),
      slope: vector(fc.integer({ min: -3, max: 3 })),
      x0: vector(coordinate),
      exact: fc.boolean(),
    });
  });
  test.each(methods)("%s", (method) => {
    fc.assert(
      fc.property(drawn, ({ unit, angle, away, slope, x0, exact }) => {
        const { f, inequality, outside } = apart(unit, angle, away, slope, exact);
        const r = minimizeConstrained(f, x0, {
          inequality,
          method,
          maxIterations: 5000,
        } as ConstrainedOptions);
        expect(`${r.status}/${r.reason}`).toBe("failed/infeasible");
        // The sum of the violations, or of their squares, is not smaller around.
        const size = (x: ArrayLike<number>) =>
          outside(x).reduce((s, v) => s + (method === "augmentedLagrangian" ? v * v : v), 0);
        const here = size(r.x);
        for (let k = 0; k < 40; k++) {
          const direction = r.x.map((_, j) => Math.sin(1 + k * (j + 1)));
          const there = r.x.map((v, j) => v + 1e-3 * direction[j]!);
          expect(size(there)).toBeGreaterThan(here - 2e-5 * Math.max(1, here));
        }
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  // The multiplier of the line is all that holds a linear f: where nothing curves, steps had no digit.
  test.each([
    [1e4, [2, 2], 1.125, [2, 2], [0.125, -2.375]],
    [1e3, [4, 4], 0.125, [3, 3], [-1.5, -4.5]],
    [1e7, [1, 1], 0.5, [2, 2], [-1.125, -2.375]],
    [10, [2, 2], 2.5, [2, 2], [-2.375, -4.25]],
  ])("f = %d a'x and a line across a: %o, %d, %o, from %o", (unit, angle, away, slope, x0) => {
    const { f, inequality } = apart(unit, angle, away, slope, true);
    const r = minimizeConstrained(f, x0, { inequality, method: "sqp" });
    expect(`${r.status}/${r.reason}`).toBe("failed/infeasible");
    expect(r.nit).toBeLessThan(100);
  });

  test("a disk and a line, f = 10000 x, from inside", () => {
    const { f, inequality } = apart(1e4, [1, 1], 3 / Math.SQRT2 - 1, [1, 0], true);
    const r = minimizeConstrained(f, [1, 1], { inequality });
    expect(`${r.status}/${r.reason}`).toBe("failed/infeasible");
    expect(r.nit).toBeLessThan(100);
    expect(r.x[0]).toBeCloseTo(r.x[1]!, 3);
  });
});

describe("complementarity is judged multiplier by multiplier", () => {
  // f is 1e8 at the solution; the multiplier of x >= 1 is 1.
  const problem = {
    f: ([x]: Float64Array) => 1e8 + x!,
    inequality: [([x]: Float64Array) => x! - 1],
  };
  test("a value of f of 1e8 excuses no distance", () => {
    const claim = (x: number) => ({ status: "converged", x: [x], multipliers: { inequality: [1] } });
    expect(verify(claim(1), problem as never).ok).toBe(true);
    const far = verify(claim(1.5), problem as never) as {
      ok: boolean;
      why?: string;
      complementarity: number;
    };
    expect(far).toMatchObject({ ok: false });
    expect(far.why).toMatch("do not fit: 0.33");
    expect(far.complementarity).toBeCloseTo(1 / 3, 12);
  });
  test.each(methods)("%s goes to the side", (method) => {
    const r = minimizeConstrained(problem.f, [7], { inequality: problem.inequality, method });
    expect(r.success).toBe(true);
    expect(r.x[0]).toBeCloseTo(1, 7);
    expect(r.complementarity).toBeLessThan(1e-7);
  });
});

test.each(methods)(
  "%s: a row that vanishes with its variables spoils no difference (Hock and Schittkowski 17)",
  (method) => {
    const f = ([x, y]: Float64Array) => 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2;
    const inequality = [([x, y]: Float64Array) => y! * y! - x!, ([x, y]: Float64Array) => x! * x! - y!];
    const bounds = { lower: [-0.5, Number.NEGATIVE_INFINITY], upper: [0.5, 1] };
    const r = minimizeConstrained(f, [-2, 1], { inequality, bounds, method });
    expect(r.success).toBe(true);
    expect(verify(r, { f, inequality, bounds } as never).ok).toBe(true);
  },
);

describe("a minimum whose multipliers do not exist", () => {
  const f = ([x, y]: Float64Array) => x! + y! * y!;
  test.each(methods)("%s: x^2 <= 0 and x^2 = 0 end with the reason", (method) => {
    for (const o of [
      { inequality: [([x]: Float64Array) => -x! * x!] },
      { equality: [([x]: Float64Array) => x! * x!] },
    ]) {
      const r = minimizeConstrained(f, [1, 1], { ...o, method });
      expect(`${r.status}/${r.reason}`).toBe("failed/singular");
      expect(r.message).toMatch("the gradients of what binds vanish or depend on each other here");
      expect(Math.abs(r.x[0]!)).toBeLessThan(1e-4);
    }
  });
});
