// Standard errors, criteria, bands and intervals against lmfit, R and SciPy.
import { describe, expect, test } from "vitest";
import { curveFit } from "../../src/index.js";
import { blockOf, optionsOf, reference } from "./reference-fits.js";

/** Every |given - expected| <= tolerance max(|expected|, size). */
function near(given: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, size = 0): void {
  expect(given.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [given[i] as number, expected[i] as number];
    const error = Math.abs(a - b) / Math.max(Math.abs(b), size);
    expect(error, `[${i}]: ${a}, expected ${b}`).toBeLessThanOrEqual(tolerance);
  }
}

describe.each(reference.fits)("$name ($model)", (golden) => {
  const options = optionsOf(golden);
  const fit = curveFit(options);
  const free = golden.params.filter((name) => !golden.fixed.includes(name));
  // The references use Student's t everywhere; where sigma is known ours is the normal law (quantile from tables).
  const first = golden.values[golden.params.indexOf(free[0] as string)] as number;
  const t = (golden.ci[0]![1] - first) / golden.stderr[0]!;
  const law = golden.absoluteSigma ? 1.959963984540054 / t : 1;
  const confidence = golden.band.confidence.map((half) => half * law);
  // And they predict an observation of sigma 1 there, ours one of the fit's mean square sigma.
  const meanSquare = (golden.sigma ?? [1]).reduce((sum, v) => sum + v * v, 0) / (golden.sigma?.length ?? 1);
  const scale = golden.absoluteSigma ? 1 : golden.redChi2;
  const prediction = golden.band.prediction.map((half, i) => {
    const own = (golden.band.confidence[i]! / t) ** 2;
    expect(Math.abs(half / t / Math.sqrt(own + scale) - 1)).toBeLessThan(1e-7);
    return t * law * Math.sqrt(own + scale * meanSquare);
  });

  test("values, standard errors, intervals", () => {
    expect(fit.status).toBe("converged");
    near(Object.values(fit.values), golden.values, 1e-9);
    expect(Object.keys(fit.values)).toEqual(golden.params);
    expect(fit.freeNames).toEqual(free);
    near(
      free.map((name) => fit.params[name]?.stderr as number),
      golden.stderr,
      1e-7,
    );
    free.forEach((name, k) => {
      const value = golden.values[golden.params.indexOf(name)]!;
      const ci = golden.ci[k]!.map((end) => value + (end - value) * law);
      near(fit.params[name]?.ci as [number, number], ci, 1e-7, 1);
    });
    for (const name of golden.fixed) {
      expect(fit.params[name]).toMatchObject({ stderr: null, ci: null, fixed: true });
    }
  });

  test("covariance and correlation, symmetric, in the order of freeNames", () => {
    const n = free.length;
    const { covariance, correlation } = fit;
    if (!covariance || !correlation) throw new Error("no covariance");
    near(correlation, golden.correlation, 1e-6, 1);
    for (let i = 0; i < n; i++) {
      expect(correlation[i * n + i]).toBe(1);
      for (let j = 0; j < n; j++) {
        const size = (golden.stderr[i] as number) * (golden.stderr[j] as number);
        const [a, b] = [covariance[i * n + j] as number, golden.covariance[i * n + j] as number];
        expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-7 * size);
        expect(covariance[i * n + j]).toBe(covariance[j * n + i]);
      }
    }
  });

  test("rss, chi-square, R2, AIC and BIC of lmfit and of R, condition number", () => {
    const { rss, dof, redChi2, residualStd, r2, aic, bic, aicR, bicR, conditionNumber } = fit;
    expect(dof).toBe(golden.dof);
    near([rss, redChi2, residualStd, r2], [golden.rss, golden.redChi2, golden.residualStd, golden.r2], 1e-12);
    near([aic, bic, aicR, bicR], [golden.aic, golden.bic, golden.aicR, golden.bicR], 1e-10);
    near([conditionNumber], [golden.conditionNumber], 1e-3);
    const [m, n] = [golden.x.length, free.length];
    near([fit.aicc], [golden.aic + (2 * n * (n + 1)) / (m - n - 1)], 1e-10);
  });

  test("residuals are model - y without weights, fitted is the model", () => {
    const out = new Float64Array(golden.x.length);
    blockOf(golden.model).evaluate(
      Float64Array.from(golden.x),
      Float64Array.from(Object.values(fit.values)),
      out,
    );
    near(fit.fitted, out, 1e-14);
    near(
      fit.residuals,
      out.map((value, i) => value - (golden.y[i] as number)),
      1e-12,
      1,
    );
  });

  test("predict, confidence and prediction bands, inside and outside the data", () => {
    const { x, fit: values } = golden.band;
    near(fit.predict(x), values, 1e-9);
    const half = (kind?: "confidence" | "prediction") => {
      const band = fit.band(x, kind ? { kind } : {});
      near(band.fit, values, 1e-9);
      near(
        band.upper.map((u, i) => u - (band.fit[i] as number)),
        band.lower.map((l, i) => (band.fit[i] as number) - l),
        1e-9,
      );
      return band.upper.map((u, i) => u - (band.fit[i] as number));
    };
    near(half(), confidence, 1e-7);
    near(half("confidence"), confidence, 1e-7);
    near(half("prediction"), prediction, 1e-7);
    const wider = fit.band(x, { level: 0.999 });
    for (const [i, u] of wider.upper.entries()) {
      expect(u - (wider.fit[i] as number)).toBeGreaterThan(1.3 * (confidence[i] as number));
    }
  });

  test("bands of the model without its Jacobian agree to 7 digits", () => {
    const { evaluate } = blockOf(golden.model);
    const plain = curveFit({ ...options, model: { evaluate } });
    const band = plain.band(golden.band.x);
    near(
      band.upper.map((u, i) => u - (band.fit[i] as number)),
      confidence,
      1e-6,
    );
  });

  test("profile intervals are the roots of the profiled rss", () => {
    for (const name of free) near(fit.profile(name), golden.profile[name] as [number, number], 1e-7);
  });

  test("a narrower level gives narrower profiles and intervals, nested", () => {
    for (const name of free) {
      const [low, high] = fit.profile(name);
      const [a, b] = fit.profile(name, { level: 0.5 });
      expect(low < a && a < b && b < high).toBe(true);
    }
    const narrow = curveFit({ ...options, level: 0.5 });
    for (const name of free) {
      const wide = fit.params[name]?.ci as [number, number];
      const inner = narrow.params[name]?.ci as [number, number];
      expect(wide[0] < inner[0] && inner[0] < inner[1] && inner[1] < wide[1]).toBe(true);
      expect(narrow.params[name]?.stderr).toBe(fit.params[name]?.stderr);
    }
  });
});

test("absoluteSigma changes the errors by the factor sqrt(redChi2), nothing else", () => {
  const weighted = reference.fits.find(({ name }) => name === "weighted");
  if (!weighted) throw new Error("no weighted fit");
  const relative = curveFit(optionsOf(weighted));
  const absolute = curveFit({ ...optionsOf(weighted), absoluteSigma: true });
  expect(absolute.values).toEqual(relative.values);
  for (const name of weighted.params) {
    const ratio = (relative.params[name]?.stderr as number) / (absolute.params[name]?.stderr as number);
    expect(ratio).toBeCloseTo(Math.sqrt(relative.redChi2), 12);
  }
});

test("a profile ends at a bound that it meets, and at infinity where the data set no end", () => {
  const [unweighted] = reference.fits as [(typeof reference.fits)[number]];
  const options = optionsOf(unweighted);
  const [low, high] = unweighted.profile.b as [number, number];
  const bound = ((unweighted.values[1] as number) + high) / 2;
  const fit = curveFit({ ...options, params: { a: 3, b: { init: 0.4, max: bound }, c: 0.5 } });
  const [a, b] = fit.profile("b");
  expect(b).toBe(bound);
  expect(Math.abs(a - low)).toBeLessThan(1e-7);
  // y = min(p, 0) x + noise around 0 from the left: beyond 0 the rss is flat.
  const flat = curveFit({
    model: (x: number, p) => Math.atan(p.k * x),
    x: [1, 2, 3, 4, 5],
    y: [1.55, 1.3, 1.58, 1.5, 1.46],
    params: { k: 3 },
  });
  expect(flat.profile("k")[1]).toBe(Infinity);
});

test("a profile of an unknown, fixed or foreign name is refused with the nearest one", () => {
  const fixed = reference.fits.find(({ name }) => name === "fixed slope");
  if (!fixed) throw new Error("no fit with a fixed parameter");
  const fit = curveFit(optionsOf(fixed));
  for (const name of ["s", "q", "toString", ""]) {
    expect(() => fit.profile(name)).toThrow(expect.objectContaining({ code: "OPTION" }));
  }
  expect(() => fit.profile("x1")).toThrow(/x0/);
  expect(() => fit.profile("h", { level: 1 })).toThrow(expect.objectContaining({ code: "OPTION" }));
  expect(() => fit.band([1], { kind: "tolerance" as "prediction" })).toThrow(/prediction/);
  expect(() => fit.band([NaN])).toThrow(expect.objectContaining({ code: "NON_FINITE_INPUT" }));
});
