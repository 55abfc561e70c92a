// Parabolas on an axis far from its origin, such as serial dates: columns that are all but dependent (condition numbers of 1e6 to 1e11),
// whose least sum of squares is known from the same data about their middle. No claim of convergence above it.

import { expect, test } from "vitest";
import {
  curveFit,
  type LeastSquaresMethodName,
  leastSquares,
  leastSquaresAsync,
  polyfit,
  Random,
} from "../../src/index.js";

const M = 25;
type Fill = (p: Float64Array, out: Float64Array) => void;

function parabola(origin: number, span: number, random: Random) {
  const u = Array.from({ length: M }, (_, i) => i / (M - 1));
  const [a, b, c] = [random.normal(), random.normal(), random.normal()];
  const exact = u.map((z) => (a * z + b) * z + c);
  const size = Math.max(...exact) - Math.min(...exact);
  const y = exact.map((v) => v + 0.01 * size * random.normal());
  const x = u.map((z) => origin + span * z);
  const least = polyfit(
    u.map((z) => 2 * z - 1),
    y,
    2,
  ).residualNorm;
  return { x, y, least: least * least };
}

const places: [number, number][] = [
  [1e3, 1],
  [1e4, 1],
  [45_000, 10],
  [45_000, 1],
  [2_450_000, 100],
];
const methods: LeastSquaresMethodName[] = ["levenbergMarquardt", "dogleg", "gaussNewton", "levenberg"];

/** Runs of each method from three starts: the claims above the least sum, of how many, and the right ones called failed. */
function counted(differences: boolean) {
  const random = new Random(5);
  const found = new Map<LeastSquaresMethodName, { wrong: number; denied: number; runs: number }>();
  for (const [origin, span] of places)
    for (let k = 0; k < 10; k++) {
      const { x, y, least } = parabola(origin, span, random);
      const residuals: Fill = ([a, b, c], out) => {
        for (let i = 0; i < M; i++) out[i] = (a! * x[i]! + b!) * x[i]! + c! - y[i]!;
      };
      const jacobian: Fill = (_, out) => {
        for (let i = 0; i < M; i++) out.set([x[i]! * x[i]!, x[i]!, 1], 3 * i);
      };
      // A line through the origin is a point at which shorter steps are lost in rounding.
      const slope = y[0]! / x[0]!;
      for (const start of [
        [0, 0, 0],
        [1, 1, 1],
        [0, slope, 0],
      ])
        for (const method of methods) {
          const { rss, success } = leastSquares(
            residuals,
            M,
            start,
            differences ? { method } : { method, jacobian },
          );
          const count = found.get(method) ?? { wrong: 0, denied: 0, runs: 0 };
          found.set(method, count);
          count.runs++;
          if (success && !(rss <= 1.01 * least)) count.wrong++;
          if (!success && rss <= 1.01 * least) count.denied++;
        }
    }
  return found;
}

test("with exact Jacobians no claim is wrong, and the default method denies no answer", () => {
  const found = counted(false);
  for (const [method, { wrong }] of found) expect([method, wrong]).toEqual([method, 0]);
  expect(found.get("levenbergMarquardt")!.denied).toBe(0);
});

test("by differences, whose error hides the parabola, hardly any claim is wrong", () => {
  for (const [method, { wrong, runs }] of counted(true))
    expect([method, wrong / runs < 0.01]).toEqual([method, true]);
});

test("within bounds, with a robust loss and asynchronously no claim by differences is wrong", async () => {
  const random = new Random(11);
  const wide = { lower: [-1e12, -1e15, -1e18], upper: [1e12, 1e15, 1e18] };
  for (const [origin, span] of places)
    for (let k = 0; k < 4; k++) {
      const { x, y, least } = parabola(origin, span, random);
      const residuals: Fill = ([a, b, c], out) => {
        for (let i = 0; i < M; i++) out[i] = (a! * x[i]! + b!) * x[i]! + c! - y[i]!;
      };
      for (const start of [
        [0, 0, 0],
        [0, y[0]! / x[0]!, 0],
      ]) {
        const plain = leastSquares(residuals, M, start);
        const late = await leastSquaresAsync(async (p, out) => residuals(p, out), M, start);
        expect([late.status, late.nfev, late.rss]).toEqual([plain.status, plain.nfev, plain.rss]);
        // Of residuals far below its scale this loss is the sum of squares.
        const robust = leastSquares(residuals, M, start, { loss: "huber", lossScale: 1e6 });
        for (const fit of [plain, robust, leastSquares(residuals, M, start, { bounds: wide })])
          if (fit.success) expect(fit.rss / least).toBeLessThan(1.01);
      }
    }
});

test("texts without starting values, texts and functions with them", () => {
  const random = new Random(7);
  for (const [origin, span] of places)
    for (let k = 0; k < 10; k++) {
      const { x, y, least } = parabola(origin, span, random);
      const params = { a: 1, b: 1, c: 1 };
      const model = "a*x^2 + b*x + c";
      const own = (t: number, p: typeof params) => p.a * t * t + p.b * t + p.c;
      for (const fit of [curveFit({ model, x, y }), curveFit({ model, x, y, params })]) {
        expect(fit.status).toBe("converged");
        expect(fit.rss / least).toBeLessThan(1.01);
      }
      const fit = curveFit({ model: own, x, y, params });
      if (fit.success) expect(fit.rss / least).toBeLessThan(1.01);
    }
});
