// Minimisation by values alone: starts at which a variable has no slope, noise, values that are rounded, kinks, saddles, scales that
// differ by 24 powers of ten. What is claimed is true; what is smooth and sound is found.
import { describe, expect, test } from "vitest";
import { type MinimizeMethodName, minimize, Random } from "../../src/index.js";
import { mghProblems, reached } from "../least-squares/mgh-problems.js";

type F = (x: ArrayLike<number>) => number;
const sum = (n: number, term: (i: number) => number): number => {
  let s = 0;
  for (let i = 0; i < n; i++) s += term(i);
  return s;
};
const trid: F = (x) => sum(x.length, (i) => (x[i]! - 1) ** 2 - (i > 0 ? x[i]! * x[i - 1]! : 0));

// Minima in closed form or as printed by Jamil and Yang, A literature survey of benchmark functions (2013).
const smooth: Record<string, { f: F; starts: number[][]; minima: number[] }> = {
  booth: {
    f: ({ 0: x, 1: y }) => (x! + 2 * y! - 7) ** 2 + (2 * x! + y! - 5) ** 2,
    starts: [
      [0, 0],
      [5, -5],
    ],
    minima: [0],
  },
  // f does not depend on x where y is 1.
  beale: {
    f: ({ 0: x, 1: y }) =>
      (1.5 - x! + x! * y!) ** 2 + (2.25 - x! + x! * y! ** 2) ** 2 + (2.625 - x! + x! * y! ** 3) ** 2,
    starts: [
      [1, 1],
      [2, 0.3],
      [0.5, 1],
    ],
    minima: [0],
  },
  himmelblau: {
    f: ({ 0: x, 1: y }) => (x! ** 2 + y! - 11) ** 2 + (x! + y! ** 2 - 7) ** 2,
    starts: [
      [0, 0],
      [1, 1],
      [-3, 3],
    ],
    minima: [0],
  },
  rosenbrock: {
    f: ({ 0: x, 1: y }) => (1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2,
    starts: [
      [-1.2, 1],
      [0, 0],
      [30, -20],
    ],
    minima: [0],
  },
  "Styblinski and Tang": {
    f: (x) => sum(2, (i) => x[i]! ** 4 - 16 * x[i]! ** 2 + 5 * x[i]!) / 2,
    starts: [
      [0, 0],
      [1, -1],
      [3, 3],
    ],
    minima: [-78.33233140754282, -64.19561235748431, -50.05889330741977],
  },
  // Magnitudes of terms of 10^7 behind a value of 10^5.
  trid: { f: trid, starts: [new Array(50).fill(0), new Array(50).fill(1)], minima: [(-50 * 54 * 49) / 6] },
  "an offset of 10^10": {
    f: ({ 0: x, 1: y }) => 1e10 + (x! - 1) ** 2 + (y! - 2) ** 2,
    starts: [
      [5, 5],
      [0, 0],
    ],
    minima: [1e10],
  },
  "scales 24 powers of ten apart": {
    f: ({ 0: x, 1: y }) => 1e12 * ((x! - 1e6) ** 2 / 1e12 + (y! - 1e-6) ** 2 * 1e12),
    starts: [[0, 0]],
    minima: [0],
  },
  "a saddle at the start": {
    f: ({ 0: x, 1: y }) => x! ** 2 - y! ** 2 + y! ** 4,
    starts: [[1, 0]],
    minima: [-0.25],
  },
};

describe.each(["lbfgs", "bfgs", "newton"] as MinimizeMethodName[])("%s", (method) => {
  test.each(Object.keys(smooth))("%s", (name) => {
    const { f, starts, minima } = smooth[name]!;
    // Newton's method by values takes 2 n^2 of them an iteration.
    if (method === "newton" && starts[0]!.length > 2) return;
    for (const start of starts) {
      const r = minimize(f, start, { method });
      expect(r.success, `${name} from ${start}: ${r.message}`).toBe(true);
      const off = Math.min(...minima.map((v) => Math.abs(r.fun - v) / Math.max(1, Math.abs(v))));
      expect(off, `${name} from ${start}: ${r.fun}`).toBeLessThan(1e-6);
    }
  });
});

describe("what is claimed is true", () => {
  test("Moré, Garbow and Hillstrom's functions as sums of squares, from three starts each", () => {
    const untrue: string[] = [];
    let [all, found] = [0, 0];
    for (const problem of mghProblems)
      problem.starts.forEach((start, s) => {
        const residuals = new Float64Array(problem.m);
        const f: F = (x) => {
          problem.residuals(x as Float64Array, residuals);
          return sum(problem.m, (i) => residuals[i]! ** 2);
        };
        const r = minimize(f, start, { maxIterations: 1500 });
        all++;
        if (reached(problem, r.fun)) found++;
        else if (r.success && !(stationary(f, r.x) <= 1e-5 * Math.max(1, r.fun)))
          untrue.push(`${problem.name}@${s}`);
      });
    expect(untrue).toEqual([]);
    expect(found / all).toBeGreaterThan(0.85);
  });

  test("values rounded to six decimals: the minimum, or no claim", () => {
    const rounded: F = ({ 0: x, 1: y }) =>
      Math.round(1e6 * ((1 - x!) ** 2 + 100 * (y! - x! ** 2) ** 2)) / 1e6;
    for (const start of [
      [-1.2, 1],
      [0, 0],
      [2, 2],
      [-3, 5],
    ]) {
      const r = minimize(rounded, start);
      if (r.success) expect(r.fun).toBeLessThanOrEqual(2e-6);
    }
  });

  test("noise: the answer comes near, and nothing beyond the noise is claimed", () => {
    const random = new Random(7);
    const noisy: F = ({ 0: x, 1: y }) => (x! - 1) ** 2 + (y! - 2) ** 2 + 1e-4 * (random.uniform() - 0.5);
    const r = minimize(noisy, [5, 5]);
    expect(r.success).toBe(false);
    expect(Math.hypot(r.x[0]! - 1, r.x[1]! - 2)).toBeLessThan(0.05);
  });

  test("a kink is no stationary point", () => {
    const kinked: F = ({ 0: x, 1: y }) => Math.max(Math.abs(x! - 1), 10 * Math.abs(y! + 2));
    for (const start of [
      [5, 5],
      [0, 0],
      [1, 3],
    ]) {
      const r = minimize(kinked, start);
      if (r.success) expect(r.fun).toBeLessThan(1e-6);
    }
  });
});

/** max |gradient| by the step that agrees best with the one before. */
function stationary(f: F, at: ArrayLike<number>): number {
  const x = Float64Array.from(at);
  let most = 0;
  for (let j = 0; j < x.length; j++) {
    const xj = x[j]!;
    let [slope, off, last] = [NaN, Infinity, NaN];
    for (let h = 0.1 * Math.max(Math.abs(xj), 1e-3); h > 1e-8 * Math.max(Math.abs(xj), 1e-3); h /= 3) {
      x[j] = xj + h;
      const a = f(x);
      x[j] = xj - h;
      const s = (a - f(x)) / (2 * h);
      if (Math.abs(s - last) < off) [slope, off] = [s, Math.abs(s - last)];
      last = s;
    }
    x[j] = xj;
    most = Math.max(most, Math.abs(slope));
  }
  return most;
}
