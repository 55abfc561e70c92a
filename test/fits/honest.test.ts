// What a fit must not leave unsaid: wild points that hide themselves, residuals that are a curve, counts whose model leaves its domain,
// false claims of a report, numbers that do not exist.

import { describe, expect, test } from "vitest";
import { compareFits, curveFit, fitPeaks, verify } from "../../src/index.js";

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const codes = (fit: { warnings: readonly { code: string }[] }): string[] =>
  fit.warnings.map(({ code }) => code);

describe("W_OUTLIER by the externally studentised residual", () => {
  test.each([
    [8, 3],
    [10, 5],
    [10, 9],
    [200, 100],
  ])("a line of %i points, 50 too high at %i", (n, wild) => {
    const x = count(n);
    const y = x.map((t) => 1 + 2 * t + 0.01 * Math.sin(97 * t * t) + (t === wild ? 50 : 0));
    const fit = curveFit({ model: "a + b*x", x, y });
    const warning = fit.warnings.find(({ code }) => code === "W_OUTLIER");
    expect(warning?.message).toMatch(new RegExp(`point ${wild} `));
  });

  test("an exact line but for one point; none among noise", () => {
    const x = count(8);
    const fit = curveFit({ model: "a + b*x", x, y: x.map((t) => 1 + 2 * t + (t === 3 ? 50 : 0)) });
    expect(codes(fit)).toContain("W_OUTLIER");
    const noise = x.map((t) => 1 + 2 * t + 0.1 * Math.sin(97 * t * t));
    expect(codes(curveFit({ model: "a + b*x", x, y: noise }))).toEqual([]);
  });
});

describe("W_RESIDUALS_NOT_RANDOM of few points", () => {
  test("a straight line through a parabola of 12 points, which has 3 runs", () => {
    const x = count(12);
    expect(codes(curveFit({ model: "a + b*x", x, y: x.map((t) => t * t) }))).toContain(
      "W_RESIDUALS_NOT_RANDOM",
    );
  });

  test("not of noise: 300 sets of 12 normal numbers", () => {
    let seed = 1;
    const uniform = (): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return (seed + 0.5) / 2147483648;
    };
    const x = count(12);
    let warned = 0;
    for (let k = 0; k < 300; k++) {
      const y = x.map(() => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
      if (codes(curveFit({ model: "a + b*x", x, y, params: { a: 0, b: 0 } })).length > 0) warned++;
    }
    // W_OUTLIER once in a thousand.
    expect(warned).toBeLessThan(4);
  });
});

describe("counts", () => {
  test("a line whose least squares cross zero has its maximum of the likelihood", () => {
    const x = count(6);
    const y = [30, 20, 12, 3, 0, 1];
    const fit = curveFit({ model: "a + b*x", x, y, likelihood: "poisson" });
    expect(fit.status).toBe("converged");
    // The score equations of Poisson's law: sum (y/mu - 1) = 0 and sum x (y/mu - 1) = 0.
    const slopes = fit.fitted.map((mu, i) => y[i]! / mu - 1);
    expect(Math.abs(slopes.reduce((sum, s) => sum + s, 0))).toBeLessThan(1e-6);
    expect(Math.abs(slopes.reduce((sum, s, i) => sum + s * x[i]!, 0))).toBeLessThan(1e-6);
    expect(fit.values.a).toBeCloseTo(21.55, 2);
    expect(fit.values.b).toBeCloseTo(-4.218, 3);
  });

  test("a stray count where the mean is 1e-10 of it", () => {
    const x = count(41);
    const y = x.map((t) => (t === 5 ? 1 : Math.round(80 * Math.exp(-(((t - 20) / 2) ** 2) / 2))));
    const model = "a*exp(-((x-m)/s)^2/2)";
    const fit = curveFit({ model, x, y, likelihood: "poisson", params: { a: 80, m: 20, s: 2 } });
    expect(fit.status).toBe("converged");
    const { a, m, s } = fit.values as Record<"a" | "m" | "s", number>;
    const z = x.map((t) => (t - m) / s);
    const excess = fit.fitted.map((mu, i) => y[i]! - mu);
    const score = (of: (i: number) => number): number =>
      Math.abs(excess.reduce((sum, e, i) => sum + e * of(i), 0));
    // d log(mu) / d log(a), d m, d log(s)
    expect(score(() => 1)).toBeLessThan(1e-4 * a);
    expect(score((i) => z[i]! / s)).toBeLessThan(1e-4 * a);
    expect(score((i) => z[i]! * z[i]!)).toBeLessThan(1e-4 * a);
  });
});

describe("verify finds what was altered", () => {
  const x = count(9);
  const y = x.map((t) => 3 * Math.exp(-0.4 * t) + 0.02 * Math.sin(97 * t * t));
  const plain = JSON.parse(JSON.stringify(curveFit({ model: "a*exp(-b*x)", x, y })));
  const sets = JSON.parse(
    JSON.stringify(
      curveFit({
        data: [
          { x, y },
          { x, y: y.map((v) => 2 * v) },
        ],
        model: "a*exp(-b*x)",
        params: { b: { shared: true }, a: {} },
      }),
    ),
  );

  test("nothing, where nothing was", () => {
    expect(verify(plain).ok).toBe(true);
    expect(verify(sets).ok).toBe(true);
    const exact = curveFit({ model: "a + b*x", x, y: x.map((t) => 1 + 2 * t) });
    expect(verify(JSON.stringify(exact)).ok).toBe(true);
  });

  const walk = (value: unknown, path: (string | number)[]): (string | number)[][] => {
    if (typeof value === "number") return [path];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, part]) => walk(part, [...path, key]));
  };
  const OF_RUN = ["version", "elapsedMs", "nit", "nfev", "njev", "starts", "input", "init"];

  test.each([
    ["plain", plain],
    ["global", sets],
  ])("every number of a %s report that follows from the parameters", (_, report) => {
    const paths = walk(report, []).filter((path) => !path.some((key) => OF_RUN.includes(String(key))));
    expect(paths.length).toBeGreaterThan(40);
    for (const path of paths) {
      const altered = structuredClone(report);
      let place = altered;
      for (const key of path.slice(0, -1)) place = place[key];
      const last = path[path.length - 1]!;
      place[last] = place[last] === 0 ? 1 : place[last] * 1.01;
      const { ok, why } = verify(altered);
      expect(ok, path.join(".")).toBe(false);
      expect(why).toMatch(/./);
    }
  });

  test("names, flags, missing rows", () => {
    expect(verify({ ...plain, covarianceForm: "absolute" }).why).toMatch(/covarianceForm/);
    expect(verify({ ...plain, freeNames: ["b", "a"] }).ok).toBe(false);
    expect(verify({ ...plain, residuals: plain.residuals.slice(1) }).why).toMatch(/residuals/);
    expect(verify({ ...plain, covariance: null }).why).toMatch(/covariance/);
  });
});

describe("what does not exist has a word", () => {
  test("R-squared of constant data; variances of as many parameters as points", () => {
    const flat = curveFit({ model: "a + b*x", x: [1, 2, 3], y: [2, 2, 2] }).report();
    expect(flat).not.toMatch(/NaN/);
    expect(flat).toMatch(/R-squared\s+= not known/);
    const full = curveFit({ model: "a + b*x", x: [1, 2], y: [2, 3] }).report();
    expect(full).toMatch(/reduced chi-square\s+= not known/);
    expect(full).toMatch(/residual std deviation\s+= not known/);
  });

  test("an F-test of models of which neither contains the other", () => {
    const x = count(12);
    const y = x.map((t) => 3 * Math.exp(-0.8 * t) + 0.01 * Math.sin(97 * t * t));
    const decay = curveFit({ model: "a*exp(-b*x)", x, y });
    const line = curveFit({ model: "a + b*x + c*sin(x)", x, y });
    const { tests, report } = compareFits(decay, line);
    expect(tests[0]!.F).toBeLessThan(0);
    expect(tests[0]!.p).toBeNaN();
    expect(report.call(compareFits(decay, line))).toMatch(/does not contain it/);
  });

  test("inverse prediction: both places of a parabola, and why there is none", () => {
    const x = count(7);
    const fit = curveFit({ model: "a + b*x + c*x^2", x, y: x.map((t) => (t - 3) ** 2) });
    const { x: first, others } = fit.calibrate(2);
    expect(first).toBeCloseTo(3 - Math.SQRT2, 9);
    expect(others).toHaveLength(1);
    expect(others[0]).toBeCloseTo(3 + Math.SQRT2, 9);
    expect(fit.calibrate(-1).why).toMatch(/does not reach -1/);
  });
});

test("fitPeaks: 20 sets of 200 normal numbers have no peak; a peak of 8 deviations is one", () => {
  let seed = 7;
  const uniform = (): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return (seed + 0.5) / 2147483648;
  };
  const x = count(200);
  let found = 0;
  for (let k = 0; k < 20; k++) {
    const y = x.map(() => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
    try {
      found += fitPeaks({ x, y }).peaks.length;
    } catch (error) {
      expect((error as Error).message).toMatch(/0 peaks stand out/);
    }
    const { peaks } = fitPeaks({ x, y: y.map((v, i) => v + 8 * Math.exp(-(((i - 90) / 4) ** 2) / 2)) });
    expect(peaks.some(({ center }) => Math.abs(center - 90) < 2)).toBe(true);
  }
  expect(found).toBeLessThanOrEqual(1);
});

test("W_SIGMA_IMPLAUSIBLE: absolute errors ten times too small or too large, and not as they are or where only their ratios count", () => {
  const x = count(40);
  const errors = x.map((_, i) => 0.2 * Math.cos(12.9898 * i * i) * Math.SQRT2);
  const y = x.map((t, i) => 1 + 2 * t + errors[i]!);
  const warned = (sigma: number, absoluteSigma: boolean) =>
    codes(curveFit({ model: "a + b*x", x, y, sigma, absoluteSigma })).includes("W_SIGMA_IMPLAUSIBLE");
  expect([0.02, 0.2, 2].map((sigma) => warned(sigma, true))).toEqual([true, false, true]);
  expect(warned(0.02, false)).toBe(false);
});

test("calibrate finds no place where a curve jumps over y at a pole", () => {
  const x = [-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2];
  const fit = curveFit({ model: "a/x + b", x, y: x.map((v) => 3 / v + 1), params: { a: 1, b: 0 } });
  const { x: place, others } = fit.calibrate(2.5);
  expect(place).toBeCloseTo(2, 8);
  expect(others).toEqual([]);
});
