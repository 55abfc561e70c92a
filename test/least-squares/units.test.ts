// Nothing depends on units or on the origin of an axis: data and parameters scaled by powers of two and of ten, a location shifted.
// Same status and reason, the same path up to rounding; for text, functions (differences) and many curves.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curveFit, curveFitMany, leastSquares } from "../../src/index.js";

const RUNS = { numRuns: 40, seed: 12 };

/** A stream of numbers in (-1, 1) from a seed (Lehmer). */
function stream(seed: number): () => number {
  let s = (seed % 2147483646) + 1;
  return () => {
    s = (s * 16807) % 2147483647;
    return (2 * s) / 2147483647 - 1;
  };
}

const text = "b+a*exp(-(x-c)^2/(2*w^2))";
const point = (x: number, { a, b, c, w }: Readonly<Record<"a" | "b" | "c" | "w", number>>) =>
  b + a * Math.exp(-((x - c) * (x - c)) / (2 * w * w));
const names = ["b", "a", "c", "w"] as const;

/** A peak at 3 of width 0.8, with noise, and a start within a width of it. */
function peak(seed: number) {
  const next = stream(seed);
  const x = Array.from({ length: 41 }, (_, i) => i / 8);
  const y = x.map((t) => point(t, { a: 2, b: 0.5, c: 3, w: 0.8 }) + 0.03 * next());
  const start = { b: 0.5 + 0.3 * next(), a: 2 + next(), c: 3 + 0.5 * next(), w: 0.8 + 0.2 * next() };
  return { x, y, start };
}

/** The same peak with x = shift + sx x, y = sy y. */
function fitScaled(seed: number, sx: number, sy: number, shift: number, model: typeof text | typeof point) {
  const { x, y, start } = peak(seed);
  const params = { b: sy * start.b, a: sy * start.a, c: shift + sx * start.c, w: sx * start.w };
  const moved = { x: x.map((t) => shift + sx * t), y: y.map((v) => sy * v), params };
  const fit = curveFit({ ...moved, model, trace: true });
  const { b, a, c, w } = fit.values;
  const many = curveFitMany({ ...moved, model: text, y: [moved.y] });
  return { fit, many, plain: [b / sy, a / sy, (c - shift) / sx, w / sx], first: moved };
}

const exact = fc.constantFrom(2 ** -60, 2 ** -31, 2 ** -10, 2 ** -1, 2, 2 ** 12, 2 ** 33, 2 ** 60);
const decimal = fc.constantFrom(1e-15, 1e-9, 1e-4, 0.1, 10, 1e5, 1e8, 1e14);

describe("curveFit and curveFitMany", () => {
  test("powers of two for x, y and the parameters: the same bits", () => {
    fc.assert(
      fc.property(fc.nat(1000), exact, exact, (seed, sx, sy) => {
        const plain = fitScaled(seed, 1, 1, 0, text);
        const scaled = fitScaled(seed, sx, sy, 0, text);
        expect([scaled.fit.status, scaled.fit.reason, scaled.fit.nit]).toEqual([
          plain.fit.status,
          plain.fit.reason,
          plain.fit.nit,
        ]);
        expect(scaled.plain).toEqual(plain.plain);
        expect(scaled.many.status[0]).toBe(plain.many.status[0]);
        expect(scaled.many.values[0]! / sy).toBe(plain.many.values[0]);
      }),
      RUNS,
    );
  });

  for (const [form, model] of [
    ["text", text],
    ["a function, by differences", point],
  ] as const) {
    test(`powers of ten and a shifted axis, ${form}: the same status, path and values up to rounding`, () => {
      fc.assert(
        fc.property(
          fc.nat(1000),
          fc.option(decimal, { nil: 1 }),
          fc.option(decimal, { nil: 1 }),
          fc.constantFrom(0, 3, 1e3, 1e5),
          (seed, sx, sy, shift) => {
            const plain = fitScaled(seed, 1, 1, 0, model);
            const scaled = fitScaled(seed, sx, sy, shift * sx, model);
            expect(scaled.fit.status).toBe(plain.fit.status);
            expect(scaled.many.status[0]).toBe(plain.many.status[0]);
            // The last iterations are lost in rounding.
            expect(Math.abs(scaled.fit.nit - plain.fit.nit)).toBeLessThanOrEqual(4);
            const early = plain.fit.trace!.slice(0, 3);
            early.forEach(({ fun }, k) => {
              const other = scaled.fit.trace![k];
              if (other) expect(Math.abs(other.fun / sy / sy / fun - 1)).toBeLessThan(1e-5);
            });
            plain.plain.forEach((value, k) => {
              const stderr = plain.fit.params[names[k]!].stderr!;
              expect(Math.abs(scaled.plain[k]! - value)).toBeLessThan(1e-4 * stderr);
            });
          },
        ),
        RUNS,
      );
    });
  }
});

test("leastSquares: residuals and variables scaled by powers of two have the same path", () => {
  fc.assert(
    fc.property(exact, exact, exact, (sf, s0, s1) => {
      const solve = (f: number, a: number, b: number) =>
        leastSquares(
          (p, out) =>
            out.set([f * 10 * (p[1]! / b - (p[0]! / a) * (p[0]! / a)), f * (1 - p[0]! / a), f * 0.3]),
          3,
          [-1.2 * a, b],
        );
      const plain = solve(1, 1, 1);
      const scaled = solve(sf, s0, s1);
      expect([scaled.status, scaled.reason, scaled.nit, scaled.nfev]).toEqual([
        plain.status,
        plain.reason,
        plain.nit,
        plain.nfev,
      ]);
      expect([scaled.x[0]! / s0, scaled.x[1]! / s1]).toEqual([...plain.x]);
    }),
    RUNS,
  );
});

describe("the inputs that were reported", () => {
  test("a peak at 1327 from four starts, as text and by differences: the optimum in at most 15 iterations", () => {
    const next = stream(1);
    const x = Array.from({ length: 151 }, (_, i) => 1250 + i);
    const y = x.map((t) => 30 + 855 * Math.exp(-((t - 1327) * (t - 1327)) / 128) + 8 * next());
    for (const params of [
      { b: 38.37, a: 80.58, c: 1330.45, w: 8.463 },
      { b: 30, a: 80, c: 1328, w: 8 },
      { b: 30, a: 200, c: 1333, w: 8 },
      { b: 30, a: 40, c: 1330, w: 8 },
    ]) {
      for (const model of [text, point]) {
        const fit = curveFit({ model, x, y, params });
        expect(fit.status).toBe("converged");
        expect(fit.nit).toBeLessThanOrEqual(15);
        expect(Math.abs(fit.values.c - 1327)).toBeLessThan(0.5);
      }
    }
  });

  test("a rate of 1e-8 that starts at 0, by differences: the values of the exact Jacobian", () => {
    const next = stream(4);
    const x = Array.from({ length: 30 }, (_, i) => i / 10 / 1e-8);
    const y = x.map((t) => 5 * Math.exp(-1e-8 * t) + 2 + 0.02 * next());
    const params = { a: 1, b: 0, c: 0 };
    const exactly = curveFit({ model: "a*exp(-b*x)+c", x, y, params });
    const differences = curveFit({ model: (t, p) => p.a * Math.exp(-p.b * t) + p.c, x, y, params });
    expect(differences.status).toBe("converged");
    for (const name of ["a", "b", "c"] as const) {
      const { value, stderr } = exactly.params[name];
      expect(Math.abs(differences.values[name] - value)).toBeLessThan(1e-4 * stderr!);
      expect(differences.params[name].stderr! / stderr!).toBeCloseTo(1, 5);
    }
  });
});
