// Errors that are known: what is said where the scatter is not theirs, which point is to blame, and counts that scatter more than
// Poisson's law. The truth is the normal law, and generalised linear regression by its normal equations.

import { describe, expect, test } from "vitest";
import { bootstrap, compareFits, curveFit, sandwich, verify } from "../../src/index.js";

const codes = ({ warnings }: { warnings: readonly { code: string }[] }): string[] =>
  warnings.map(({ code }) => code);
/** Nearly normal numbers, mean 0, variance 1 (sums of twelve uniform ones). */
const normals = (seed: number): (() => number) => {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((s, v) => s + v, -6);
};

describe("sigma that is known", () => {
  const line = (m: number, seed: number, blunder: number, at: number, factor = 1) => {
    const normal = normals(seed);
    const x = Array.from({ length: m }, (_, i) => i);
    const y = x.map((t, i) => 2 + 0.5 * t + 0.1 * factor * normal() + (i === at ? 0.1 * blunder : 0));
    return curveFit({ model: "a + b*x", x, y, sigma: 0.1, absoluteSigma: true });
  };

  test("a blunder of ten sigma among few points is named, and sigma is not", () => {
    for (const m of [8, 12, 20])
      for (let seed = 1; seed <= 30; seed++) {
        const at = seed % m;
        const fit = line(m, seed, 10, at);
        expect(codes(fit)).toEqual(["W_OUTLIER"]);
        // A point is not known better than to sigma: an end of a line pulls it along.
        expect(fit.warnings[0]!.message).toMatch(new RegExp(`^point ${at} .* standard deviations away`));
      }
  });

  test("none is where there is none, by the normal law", () => {
    let found = 0;
    for (let seed = 1; seed <= 200; seed++) found += line(10, seed, 0, 0).warnings.length;
    expect(found).toBeLessThan(3);
  });

  test("where all scatter more no point is to blame, and the causes are told; a blunder among them still is", () => {
    const fit = line(40, 5, 0, 0, 4);
    expect(codes(fit)).toEqual(["W_SIGMA_IMPLAUSIBLE"]);
    expect(fit.warnings[0]!.message).toMatch(
      /times too small, or the model, or this minimum, is not the right/,
    );
    expect(codes(line(40, 5, 60, 20, 4))).toEqual(["W_OUTLIER", "W_SIGMA_IMPLAUSIBLE"]);
    expect(line(40, 5, 0, 0, 0.1).warnings[0]!.message).toMatch(/times too large; leave absoluteSigma out/);
  });

  test("no loss is advised where none is taken", () => {
    const m = 12;
    const normal = normals(3);
    const x = Array.from({ length: m }, (_, i) => i);
    const y = x.map((t, i) => 2 + 0.5 * t + 0.1 * normal() + (i === 5 ? 2 : 0));
    const sigma = x.map((_, i) => x.map((__, j) => (i === j ? 0.01 : 0.001)));
    const fit = curveFit({ model: "a + b*x", x, y, sigma, absoluteSigma: true });
    expect(fit.warnings[0]!.code).toBe("W_OUTLIER");
    expect(fit.warnings[0]!.message).not.toContain("loss");
    expect(line(12, 3, 20, 5).warnings[0]!.message).toContain('loss: "softL1"');
  });
});

describe("counts that scatter more than Poisson's law", () => {
  const x = Array.from({ length: 24 }, (_, i) => i / 4);
  const normal = normals(11);
  // Means of 200 to 10, with the variance of Poisson's law and a tenth of the mean squared.
  const y = x.map((t) => {
    const mu = 200 * Math.exp(-t / 2);
    return Math.max(0, Math.round(mu + normal() * Math.sqrt(mu + 0.1 * mu * mu)));
  });
  const asked = { model: "a*exp(-b*x)", x, y, params: { a: 200, b: 0.5 }, likelihood: "poisson" } as const;
  const absolute = curveFit(asked);
  const quasi = curveFit({ ...asked, absoluteSigma: false });

  test("are told, with the way out", () => {
    expect(codes(absolute)).toEqual(["W_OVERDISPERSED"]);
    expect(absolute.warnings[0]!.message).toContain("absoluteSigma: false");
    expect(codes(quasi)).toEqual([]);
    // Those of the law are not, few or many.
    const few = [3, 1, 2, 0, 1, 1, 0, 0, 1, 0, 0, 0];
    const many = [201, 157, 118, 99, 70, 60, 41, 36, 28, 19, 18, 11];
    for (const counts of [few, many])
      expect(
        codes(curveFit({ ...asked, x: x.slice(0, 24).filter((_, i) => i % 2 === 0), y: counts })),
      ).toEqual([]);
  });

  test("have errors by their dispersion, as R's quasipoisson", () => {
    // R: glm(family = quasipoisson) scales the inverse of the expected information by Pearson's X^2 / dof.
    const { a, b } = quasi.values as { a: number; b: number };
    let [pearson, aa, ab, bb] = [0, 0, 0, 0];
    x.forEach((t, i) => {
      const e = Math.exp(-b * t);
      const mu = a * e;
      pearson += (y[i]! - mu) ** 2 / mu;
      aa += (e * e) / mu;
      ab -= (e * a * t * e) / mu;
      bb += (a * t * e) ** 2 / mu;
    });
    const dispersion = pearson / 22;
    expect(quasi.values).toEqual(absolute.values);
    expect(quasi.dispersion).toBeCloseTo(dispersion, 9);
    expect(quasi.covarianceForm).toBe("dispersion");
    expect(quasi.params.b.stderr).toBeCloseTo(Math.sqrt((dispersion * aa) / (aa * bb - ab * ab)), 9);
    const t975 = 2.0738730679040147;
    expect(quasi.params.a.ci![1] - a).toBeCloseTo(t975 * quasi.params.a.stderr!, 7);
    expect(absolute.dispersion).toBeUndefined();
    expect(absolute.params.b.stderr! * Math.sqrt(dispersion)).toBeCloseTo(quasi.params.b.stderr!, 10);
  });

  test("in all that follows", () => {
    expect(verify(JSON.stringify(quasi)).ok).toBe(true);
    const band = ({ band: of }: typeof quasi, kind: "confidence" | "prediction") => {
      const { upper, fit } = of([2], { kind });
      return upper[0]! - fit[0]!;
    };
    for (const kind of ["confidence", "prediction"] as const)
      expect(band(quasi, kind) / band(absolute, kind)).toBeCloseTo(
        (Math.sqrt(quasi.dispersion!) * 2.0738730679040147) / 1.959963984540054,
        6,
      );
    // The sandwich has its own word on the scatter.
    expect(sandwich(quasi).covariance[3]).toBeCloseTo(sandwich(absolute).covariance[3]!, 12);
    const drawn = bootstrap(quasi, { draws: 200 });
    expect(drawn.toJSON().method).toBe("case");
    expect(() => bootstrap(quasi, { kind: "parametric" })).toThrow(/kind must be "case"/);
    const constant = curveFit({ ...asked, absoluteSigma: false, model: "a", params: { a: 50 } });
    const [comparison] = compareFits(constant, quasi).tests;
    expect(comparison!.dof).toEqual([1, 22]);
    // R: anova(small, large, test = "F") divides the fall of the deviance by the larger model's dispersion.
    expect(comparison!.F).toBeCloseTo((constant.rss - quasi.rss) / quasi.dispersion!, 8);
  });

  test("have no likelihood, and compareFits takes the quasi-likelihood", () => {
    // R: AIC of a quasipoisson glm is NA.
    for (const key of ["aic", "aicc", "bic", "aicR", "bicR"] as const) expect(quasi[key]).toBeNaN();
    const constant = curveFit({ ...asked, absoluteSigma: false, model: "a", params: { a: 50 } });
    const deviance = (mu: (t: number) => number): number =>
      x.reduce((sum, t, i) => {
        const v = y[i]!;
        return sum + 2 * ((v > 0 ? v * Math.log(v / mu(t)) : 0) - v + mu(t));
      }, 0);
    const { a, b } = quasi.values as { a: number; b: number };
    const [curve, flat] = [deviance((t) => a * Math.exp(-b * t)), deviance(() => constant.values.a!)];
    // Burnham and Anderson 2002, equations 2.15 and 2.16: the dispersion of the larger model, counted as a parameter; 24 points.
    const c = quasi.dispersion!;
    const { models, best } = compareFits(constant, quasi);
    expect(models[0]!.aicc).toBeCloseTo(flat / c + 4 + 12 / 21, 6);
    expect(models[1]!.aicc).toBeCloseTo(curve / c + 6 + 24 / 20, 6);
    expect(models[1]!.bic).toBeCloseTo(curve / c + 3 * Math.log(24), 6);
    expect([best, models[0]!.weight < 1e-6]).toEqual([1, true]);
  });

  test("of several sets too", () => {
    const both = curveFit({
      data: [
        { x, y },
        { x, y: y.map((v) => 2 * v) },
      ],
      model: "a*exp(-b*x)",
      params: { a: { init: 200 }, b: { init: 0.5, shared: true } },
      likelihood: "poisson",
      absoluteSigma: false,
    });
    expect(both.dispersion! / quasi.dispersion!).toBeGreaterThan(1);
    expect(both.covarianceForm).toBe("dispersion");
    // R2 by deviances, around the mean of each set.
    const around = (v: readonly number[]): number => {
      const mean = v.reduce((a, b) => a + b, 0) / v.length;
      return v.reduce((sum, c) => sum + 2 * ((c > 0 ? c * Math.log(c / mean) : 0) - c + mean), 0);
    };
    expect(both.r2).toBeCloseTo(1 - both.rss / (around(y) + around(y.map((v) => 2 * v))), 9);
    expect(codes(both)).not.toContain("W_WORSE_THAN_CONSTANT");
  });
});

describe("errors in proportion to y", () => {
  const x = Array.from({ length: 20 }, (_, i) => i);
  const relative = (y: readonly number[], model = "a") =>
    curveFit({ model, x: x.slice(0, y.length), y, residuals: "relative" });

  test("so large that weights of y as measured pull the curve down are told, with how far", () => {
    // 10 with errors of 30 %: sum(1/y) / sum(1/y^2) is 8.349.
    const fit = relative(x.map((i) => (i % 2 ? 7 : 13)));
    expect(fit.values.a).toBeCloseTo((1 / 13 + 1 / 7) / (1 / 169 + 1 / 49), 6);
    const [told] = fit.warnings.filter(({ code }) => code === "W_RELATIVE_BIAS");
    expect(told!.message).toContain("about 17.4 % too near to 0");
    expect(codes(relative(x.map((i) => (i % 2 ? -7 : -13))))).toContain("W_RELATIVE_BIAS");
    // Small ones, and such as the few points do not tell from none, are not.
    expect(codes(relative(x.map((i) => (i % 2 ? 9.6 : 10.4))))).not.toContain("W_RELATIVE_BIAS");
    expect(codes(relative([10, 12.2, 8.9, 11], "a + b*x"))).not.toContain("W_RELATIVE_BIAS");
  });

  test("are judged by the weights that the points have, and the way out is one that the data allow", () => {
    // 5 exp(-x/2), in turn 20 % and 1 % off: the few weights of the first pull by a thousandth.
    const y = x.map((t) => 5 * Math.exp(-t / 2) * (1 + [0.2, 0.01, -0.2, -0.01][t % 4]!));
    const data = { model: "a*exp(-k*x)", x, params: { a: 5, k: 0.4 }, residuals: "relative" as const };
    const sigma = x.map((t) => [0.2, 0.01][t % 2]!);
    const fit = curveFit({ ...data, y, sigma });
    expect(Math.abs(fit.values.a / 5 - 1)).toBeLessThan(0.01);
    expect(codes(fit)).not.toContain("W_RELATIVE_BIAS");
    expect(codes(curveFit({ ...data, y }))).toContain("W_RELATIVE_BIAS");
    const below = curveFit({ ...data, y: y.map((v) => -v), params: { a: -5, k: 0.4 } });
    const [told] = below.warnings.filter(({ code }) => code === "W_RELATIVE_BIAS");
    expect(told!.message).not.toContain('"log"');
    expect(told!.message).toContain("sigma: fit.fitted.map(Math.abs)");
    const again = curveFit({
      model: data.model,
      x,
      y: y.map((v) => -v),
      params: { a: -5, k: 0.4 },
      sigma: below.fitted.map(Math.abs),
    });
    expect(again.status).toBe("converged");
  });

  test("in a second fit with sigma: fit.fitted, as the warning has it, they pull no more", () => {
    const normal = normals(5);
    let [first, second] = [0, 0];
    for (let run = 0; run < 60; run++) {
      const y = x.map((t) => 100 * Math.exp(-0.1 * t) * (1 + 0.2 * normal()));
      const data = { model: "a*exp(-b*x)", x, y, params: { a: 100, b: 0.1 } };
      const fit = curveFit({ ...data, residuals: "relative" });
      first += fit.values.a / 6000;
      second += curveFit({ ...data, sigma: fit.fitted }).values.a / 6000;
    }
    expect(first).toBeLessThan(0.95);
    expect(Math.abs(second - 1)).toBeLessThan(0.02);
  });
});
