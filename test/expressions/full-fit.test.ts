// What curveFit of the main entry takes and tells beyond the small one. Numbers with the names of R: R 4.2.2 (nls, lm, glm, rstandard,
// rstudent, hatvalues, cooks.distance by its formula, uniroot on predict); with SciPy: SciPy 1.17.1.

import { describe, expect, test } from "vitest";
import {
  bootstrap,
  curveFit,
  curveFitAsync,
  curveFitStudent,
  curveFitVector,
  DownhillError,
  fitCode,
  fromJSON,
  iterateCurveFit,
  odr,
  verify,
  withDifferences,
} from "../../src/index.js";

const rates = {
  model: "Vm*x/(K + x)",
  x: [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1],
  y: [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200],
};
const x = [0, 1, 2, 3, 4, 5, 6, 7];
const decay = { model: "a*exp(-b*x)", x, y: [2.1, 1.4, 0.95, 0.62, 0.43, 0.27, 0.2, 0.12] };
const counts = { model: "a*exp(-b*x)", x, y: [20, 15, 9, 7, 3, 2, 2, 0] };
const near = (value: number, expected: number, digits = 7): void =>
  expect(Math.abs(value / expected - 1)).toBeLessThan(10 ** -digits);
const codes = (fit: { warnings: readonly { code: string }[] }): string[] =>
  fit.warnings.map(({ code }) => code);
/** By Gauss and Jordan, of a positive definite matrix. */
function inverseOf(A: readonly (readonly number[])[]): number[][] {
  const n = A.length;
  const rows = A.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]![k]!;
    rows[k] = rows[k]!.map((v) => v / pivot);
    rows.forEach((row, i) => {
      const factor = row[k]!;
      if (i !== k) rows[i] = row.map((v, j) => v - factor * rows[k]![j]!);
    });
  }
  return rows.map((row) => row.slice(n));
}
function codeOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof DownhillError) return error.code;
    throw error;
  }
  return "none";
}

describe("statistics of a finished fit", () => {
  const fit = curveFit(rates);

  test("leverage, standardised and studentised residuals, Cook's distance as R's", () => {
    // nls with tol = 1e-9.
    near(fit.leverage[0]!, 0.124852019345, 6);
    near(fit.leverage[2]!, 0.193058811149, 6);
    // R's residual is y - model.
    near(-fit.standardized[0]!, 2.48661646259, 6);
    near(-fit.studentized[0]!, 3.81842137558, 6);
    near(fit.cook[0]!, 0.441064078869, 6);
    near(fit.cook[2]!, 0.0418732240297, 6);
    expect(fit.leverage.reduce((a, b) => a + b, 0)).toBeCloseTo(2, 9);
  });

  test("tests of the residuals: Durbin-Watson as R's sum, Anderson-Darling as SciPy's, runs by their formula", () => {
    near(fit.tests.durbinWatson, 1.61504333338, 5);
    near(fit.tests.normality.statistic, 0.3188855262104884, 6);
    const signs = Array.from(fit.residuals, (r) => r > 0);
    const positive = signs.filter(Boolean).length;
    expect(fit.tests.runs.count).toBe(1 + signs.filter((s, i) => i > 0 && s !== signs[i - 1]).length);
    near(fit.tests.runs.expected, (2 * positive * (12 - positive)) / 12 + 1);
    expect(fit.tests.runs.p).toBeGreaterThan(0.05);
  });

  test("an expression of the parameters by the delta method; of a global fit too", () => {
    const { value, stderr, ci } = fit.derive("Vm/K");
    near(value, 3316.90848721, 5);
    near(stderr!, 352.444479236, 5);
    near(ci![1] - value, 2.2281388519862735 * stderr!, 9);
    expect(codeOf(() => fit.derive("Vm/("))).toBe("EXPRESSION");
    const { x, y } = decay;
    const data = [
      { x, y },
      { x, y: y.map((v) => 2 * v) },
    ];
    const both = curveFit({ data, model: decay.model, params: { b: { shared: true }, a: {} } });
    near(both.derive("a[1]/a[0]").value, 2);
  });

  test("the profile of a parameter is the sum of squares with it held", () => {
    const { values, rss, tau } = fit.profileCurve("K");
    const held = (K: number): number => {
      let [zy, zz] = [0, 0];
      rates.x.forEach((v, i) => {
        zy += (v / (K + v)) * rates.y[i]!;
        zz += (v / (K + v)) ** 2;
      });
      return rates.x.reduce((sum, v, i) => sum + (rates.y[i]! - ((zy / zz) * v) / (K + v)) ** 2, 0);
    };
    values.forEach((K, i) => {
      near(rss[i]!, held(K), 9);
    });
    expect(tau[0]).toBeLessThan(-3);
    expect(tau[16]).toBe(0);
    expect(codeOf(() => fit.profileCurve("k" as never))).toBe("OPTION");
  });

  test("the region of two parameters has R's limit all around", () => {
    const { a, b, level } = fit.region("Vm", "K");
    expect(level).toBe(0.95);
    a.forEach((Vm, i) => {
      const rss = rates.x.reduce((sum, v, k) => sum + (rates.y[k]! - (Vm * v) / (b[i]! + v)) ** 2, 0);
      near(rss, 2176.3913183, 6);
    });
    expect(codeOf(() => fit.region("K", "K"))).toBe("OPTION");
  });

  test("inverse prediction: where the band leaves y", () => {
    const line = curveFit({ ...decay, model: "a + b*x" });
    const { x: at, ci } = line.calibrate(1);
    near(at, 2.59212313264);
    near(ci[0], -0.449734742086, 6);
    near(ci[1], 5.32051517622, 6);
    expect(line.calibrate(99).x).toBeNaN();
    expect(codeOf(() => line.calibrate(Number.NaN))).toBe("OPTION");
    const two = curveFit({ model: "a*u + b*v", x: { u: x, v: x.map((t) => t * t) }, y: decay.y });
    expect(codeOf(() => two.calibrate(1))).toBe("UNSUPPORTED");
  });

  test("a band far from the origin of x is that of the same data near it", () => {
    const far = x.map((t) => 1.7e9 + t);
    const here = curveFit({ ...decay, model: "a + b*x", params: { a: 2, b: -0.3 } });
    const there = curveFit({ ...decay, model: "a + b*x", x: far, params: { a: 5e8, b: -0.3 } });
    const fine = Array.from({ length: 29 }, (_, i) => i / 4);
    const [near0, far0] = [here.band(fine), there.band(fine.map((t) => 1.7e9 + t))];
    near0.upper.forEach((upper, i) => {
      const half = far0.upper[i]! - far0.fit[i]!;
      near(half, upper - near0.fit[i]!, 4);
    });
  });
});

describe("data as people have them", () => {
  test("gaps, a mask and weights: what is left out is counted", () => {
    const plain = curveFit(decay);
    expect(plain.dropped).toBeUndefined();
    const gap = curveFit({ ...decay, x: [...x, 8], y: [...decay.y, Number.NaN], missing: "drop" });
    expect([gap.dropped, gap.values]).toEqual([1, plain.values]);
    expect(codeOf(() => curveFit({ ...decay, x: [...x, 8], y: [...decay.y, Number.NaN] }))).toBe(
      "NON_FINITE_INPUT",
    );
    const first = { ...decay, x: x.slice(0, 6), y: decay.y.slice(0, 6) };
    const masked = curveFit({ ...decay, mask: [1, 1, 1, true, 1, 1, 0, false] });
    expect([masked.dropped, masked.values]).toEqual([2, curveFit(first).values]);
    const sigma = [1, 2, 1, 2, 1, 2, 1, 2];
    const weights = sigma.map((s) => 1 / s ** 2);
    expect(curveFit({ ...decay, weights }).values).toEqual(curveFit({ ...decay, sigma }).values);
    expect(curveFit({ ...decay, weights: [...weights.slice(1), 0] }).dropped).toBe(1);
    expect(codeOf(() => curveFit({ ...decay, weights, sigma }))).toBe("OPTION");
    expect(codeOf(() => curveFit({ ...decay, weights: [...weights.slice(1), -1] }))).toBe("OPTION");
    const set = { x: [...x, 8], y: [...decay.y, Number.NaN] };
    const both = curveFit({
      data: [set, set],
      model: decay.model,
      missing: "drop",
      params: { b: { shared: true }, a: {} },
    });
    expect(both.dropped).toBe(2);
  });

  test("log residuals are the straight line of R's lm through logarithms, bands included", () => {
    const fit = curveFit({ ...decay, residuals: "log" });
    near(fit.values.a!, 2.10848200213);
    near(fit.values.b!, 0.403631086404);
    near(fit.params.b!.stderr!, 0.00576628414073);
    near(fit.r2, 0.998776954462);
    const predicted = fit.band([2.5], { kind: "prediction" });
    near(predicted.lower[0]!, 0.696896902547);
    near(predicted.upper[0]!, 0.847807969197);
    near(fit.band([2.5]).upper[0]!, 0.796255244829);
    near(fit.predict([2.5])[0]!, 0.76865775719);
    near(fit.residuals[0]!, fit.values.a! - 2.1, 9);
    expect(verify(fit).ok).toBe(true);
    near(fromJSON(JSON.stringify(fit)).values.b!, fit.values.b!);
    expect(codeOf(() => curveFit({ ...counts, residuals: "log" }))).toBe("OPTION");
    expect(codeOf(() => fitCode(fit, "r"))).toBe("UNSUPPORTED");
  });

  test("relative residuals are those of sigma = |y|", () => {
    const fit = curveFit({ ...decay, residuals: "relative" });
    expect(fit.values).toEqual(curveFit({ ...decay, sigma: decay.y }).values);
    const { fit: curve, upper } = fit.band([2], { kind: "prediction" });
    expect(upper[0]! - curve[0]!).toBeGreaterThan(fit.band([2]).upper[0]! - curve[0]!);
  });

  test("counts: values, errors, deviance, AIC, leverages of R's glm with a log link", async () => {
    const fit = curveFit({ ...counts, likelihood: "poisson" });
    near(fit.values.a!, 21.8033012213);
    near(fit.values.b!, 0.455896856002);
    near(fit.params.a!.stderr!, 3.81426079722, 5);
    near(fit.params.b!.stderr!, 0.0761881523235, 5);
    near(fit.rss, 2.71915799044);
    near(fit.aic, 32.1985863921);
    near(fit.bic, 32.3574694754);
    near(fit.leverage[0]!, 0.667264313256, 5);
    near(-fit.standardized[0]!, -0.679072964169, 5);
    const { upper } = fit.band([2], { kind: "prediction" });
    expect(upper[0]).toBeGreaterThan(fit.band([2]).upper[0]!);
    const callback = {
      ...counts,
      model: (t: number, { a, b }: { a: number; b: number }) => a * Math.exp(-b * t),
    };
    const asked = { ...callback, params: { a: 10, b: 0.1 }, likelihood: "poisson" } as const;
    near(curveFit(asked).params.b.stderr!, fit.params.b!.stderr!, 6);
    near((await curveFitAsync(asked)).values.b, fit.values.b!, 6);
    expect(codeOf(() => curveFit({ ...counts, sigma: 1, likelihood: "poisson" }))).toBe("OPTION");
    expect(codeOf(() => curveFit({ ...counts, y: decay.y.map((v) => -v), likelihood: "poisson" }))).toBe(
      "OPTION",
    );
    expect(codeOf(() => curveFit({ ...counts, likelihood: "poisson", loss: "huber" }))).toBe("OPTION");
  });

  test("a covariance matrix of y: generalised least squares as by R's chol and lm", () => {
    const V = x.map((i) => x.map((j) => 0.01 * 0.5 ** Math.abs(i - j)));
    const fit = curveFit({ ...decay, model: "a + b*x", sigma: V });
    near(fit.values.a!, 1.78469565217);
    near(fit.values.b!, -0.27248447205);
    near(fit.params.a!.stderr!, 0.230099380112);
    near(fit.params.b!.stderr!, 0.051070184841);
    near(fit.rss, 41.991436853);
    expect(curveFit({ ...decay, model: "a + b*x", sigma: V.flat() }).values).toEqual(fit.values);
    near(fit.band([1]).fit[0]!, fit.values.a! + fit.values.b!, 9);
    const crooked = V.map((row, i) => row.map((v, j) => (i < j ? -v : v)));
    expect(codeOf(() => curveFit({ ...decay, sigma: crooked }))).toBe("NOT_SYMMETRIC");
    const flat = V.map((row) => row.map(() => 1));
    expect(codeOf(() => curveFit({ ...decay, sigma: flat }))).toBe("NOT_POSITIVE_DEFINITE");
  });

  test("replicates of y are calibrated by their mean, with the pooled variance", () => {
    const at = [1, 2, 3, 4, 5, 6, 7, 8];
    const y = [2.1, 3.9, 6.2, 7.8, 10.1, 12.2, 13.8, 16.1];
    const new3 = [8.8, 9.4, 9.1];
    const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    const [mx, my, m0] = [mean(at), mean(y), mean(new3)];
    const sxx = at.reduce((sum, v) => sum + (v - mx) ** 2, 0);
    const b = at.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0) / sxx;
    const rss = y.reduce((sum, v, i) => sum + (v - my - b * (at[i]! - mx)) ** 2, 0);
    const scatter = new3.reduce((sum, v) => sum + (v - m0) ** 2, 0);
    /** Where (m0 - my - b u)^2 = t^2 s^2 (1/3 + 1/8 + u^2 / sxx), u = x - mx (Graybill and Iyer 1994, section 6.3). */
    const ends = (t2s2: number): [number, number] => {
      const [A, B, C] = [b * b - t2s2 / sxx, -2 * b * (m0 - my), (m0 - my) ** 2 - t2s2 * (1 / 3 + 1 / 8)];
      const root = Math.sqrt(B * B - 4 * A * C);
      return [mx + (-B - root) / (2 * A), mx + (-B + root) / (2 * A)];
    };
    const line = { model: "a + b*x", x: at, y };
    // t(0.975, 6 + 2) = 2.306004135; investr pools so for lm.
    const free = curveFit(line).calibrate(new3);
    near(free.x, mx + (m0 - my) / b, 9);
    const pooled = ends(2.3060041352041662 ** 2 * ((rss + scatter) / 8));
    free.ci.forEach((v, i) => void near(v, pooled[i]!, 7));
    // Weights that are all the same change nothing.
    curveFit({ ...line, sigma: 0.3 })
      .calibrate(new3)
      .ci.forEach((v, i) => void near(v, pooled[i]!, 7));
    const known = curveFit({ ...line, sigma: 0.2, absoluteSigma: true }).calibrate(Float64Array.from(new3));
    const normal = ends((1.959963984540054 * 0.2) ** 2);
    known.ci.forEach((v, i) => void near(v, normal[i]!, 7));
    // A line without residuals: what is known of the variance is the scatter of the replicates.
    const exact = at.map((v) => 2 * v);
    const [level3, x0] = [[8.5, 9, 9.5], 4.5];
    const alone = 2.3060041352041662 ** 2 * (0.5 / 8);
    const [A, C] = [4 - alone / sxx, -alone * (1 / 3 + 1 / 8)];
    const away = x0 - mx;
    const [B2, C2] = [-8 * away, 4 * away * away + C];
    const half = Math.sqrt(B2 * B2 - 4 * A * C2);
    const sets = { model: "a + b*x", data: [{ x: at, y: exact }], params: { a: {}, b: {} } };
    for (const fit of [curveFit({ ...line, y: exact }), curveFit(sets).sets[0]!]) {
      const { x: found, ci } = fit.calibrate(level3);
      near(found, x0, 9);
      near(ci[0], mx + (-B2 - half) / (2 * A), 7);
      near(ci[1], mx + (-B2 + half) / (2 * A), 7);
      const [low, high] = fit.calibrate([9, 9, 9]).ci;
      near(low, x0, 9);
      near(high, x0, 9);
    }
    expect(curveFit(line).calibrate([9]).ci).toEqual(curveFit(line).calibrate(9).ci);
    expect(codeOf(() => curveFit(line).calibrate(new3, { kind: "confidence" }))).toBe("OPTION");
    expect(codeOf(() => curveFit(line).calibrate([]))).toBe("OPTION");
    expect(codeOf(() => curveFit(line).calibrate([1, Number.NaN]))).toBe("NON_FINITE_INPUT");
    expect(codeOf(() => curveFit({ ...line, residuals: "log" }).calibrate(new3))).toBe("UNSUPPORTED");
    const both = curveFit({
      data: [
        { x: at, y },
        { x: at, y },
      ],
      model: line.model,
      params: { b: { shared: true }, a: {} },
    });
    near(both.sets[1]!.calibrate(new3).x, free.x, 8);
  });

  test("nasturtium: three weights are those of 2.2639 g/ha", () => {
    // Racine-Poon, Applied Statistics 37 (1988); the estimate is that of R's investr (The R Journal 6/1, 2014).
    const conc = [0, 0.025, 0.075, 0.25, 0.75, 2, 4].flatMap((c) => Array<number>(6).fill(c));
    const weight = [
      920, 889, 866, 930, 992, 1017, 919, 878, 882, 854, 851, 850, 870, 825, 953, 834, 810, 875, 880, 834,
      795, 837, 834, 810, 693, 690, 722, 738, 563, 591, 429, 395, 435, 412, 273, 257, 200, 244, 209, 225, 128,
      221,
    ];
    const model = "t1/(1 + exp(t2)*x^t3)";
    const fit = curveFit({ model, x: conc, y: weight, params: { t1: 900, t2: -0.5, t3: 1.5 } });
    const { x: at, ci } = fit.calibrate([309, 296, 419]);
    expect(at).toBeCloseTo(2.2639, 4);
    // investr has [1.7722, 2.9694], whose variance leaves out the scatter of the three: 1.2 % less.
    expect(ci[0] - at).toBeCloseTo(1.01 * (1.7722 - 2.2639), 2);
    expect(ci[1] - at).toBeCloseTo(1.014 * (2.9694 - 2.2639), 2);
  });

  test("with a covariance matrix the residual, leverage and Cook's distance of a point are those of that point", () => {
    const V = x.map((i) => x.map((j) => 0.01 * (1 + 0.1 * Math.min(i, j)) * 0.8 ** Math.abs(i - j)));
    const W = inverseOf(V);
    const m = x.length;
    /** Generalised least squares by the normal equations: values, their covariance without s^2, sum of squares. */
    const gls = (columns: readonly number[][], y: readonly number[]) => {
      const product = (u: readonly number[], v: readonly number[]): number =>
        u.reduce((sum, a, i) => sum + a * v.reduce((part, b, j) => part + W[i]![j]! * b, 0), 0);
      const C = inverseOf(columns.map((u) => columns.map((v) => product(u, v))));
      const right = columns.map((u) => product(u, y));
      const beta = C.map((row) => row.reduce((sum, c, k) => sum + c * right[k]!, 0));
      const r = y.map((v, i) => v - columns.reduce((sum, u, k) => sum + u[i]! * beta[k]!, 0));
      return { beta, C, rss: product(r, r), product };
    };
    // A blunder at point 5: its neighbours follow it in the whitened residuals.
    const y = decay.y.map((v, i) => 3 - 0.2 * x[i]! + 0.03 * Math.sin(7 * v) + (i === 5 ? 1.5 : 0));
    const fit = curveFit({ model: "a + b*x", x, y, sigma: V });
    const base = [x.map(() => 1), [...x]];
    const plain = gls(base, y);
    near(fit.rss, plain.rss, 8);
    const { leverage, standardized, studentized, cook } = fit;
    for (let i = 0; i < m; i++) {
      // The point has a parameter of its own, which is what leaving it out means (Cook and Weisberg 1982, section 2.2.2).
      const own = gls([...base, x.map((_, k) => (k === i ? 1 : 0))], y);
      const shift = own.beta[2]!;
      near(studentized[i]!, -shift / Math.sqrt((own.C[2]![2]! * own.rss) / (m - 3)), 7);
      near(standardized[i]!, -shift / Math.sqrt((own.C[2]![2]! * plain.rss) / (m - 2)), 7);
      const moved = base[0]!.map((_, k) =>
        [0, 1].reduce((s, j) => s + base[j]![k]! * (own.beta[j]! - plain.beta[j]!), 0),
      );
      near(cook[i]!, plain.product(moved, moved) / ((2 * plain.rss) / (m - 2)), 6);
      near(1 - leverage[i]!, 1 / (own.C[2]![2]! * W[i]![i]!), 7);
    }
    const [told] = fit.warnings.filter(({ code }) => code === "W_OUTLIER");
    expect(told!.message).toMatch(/^point 5 /);
    // Without covariances they are what they are with sigma alone.
    const sigma = x.map((v) => 0.1 + 0.01 * v);
    const diagonal = curveFit({
      model: "a + b*x",
      x,
      y,
      sigma: x.map((_, i) => x.map((_, j) => (i === j ? sigma[i]! ** 2 : 0))),
    });
    const alone = curveFit({ model: "a + b*x", x, y, sigma });
    for (const key of ["leverage", "standardized", "studentized", "cook"] as const)
      for (let i = 0; i < m; i++) near(diagonal[key][i]!, alone[key][i]!, 8);
  });

  test("functions of their own: Student's law as SciPy maximises it, pairs, steps", () => {
    const y = [0, 1.1, 2, 2.9, 4.2, 50, 6, 7.1];
    const student = curveFitStudent({ model: "a + b*x", x, y });
    near(student.values.a!, 0.01656366, 5);
    near(student.values.b!, 1.00764607);
    expect(curveFitStudent({ model: "a + b*x", x, y, sigma: 0.1, absoluteSigma: true }).success).toBe(true);
    expect(codeOf(() => curveFitStudent({ model: "a", x, y, loss: "huber" } as never))).toBe("OPTION");
    const pairs = x.map((t) => [2 * Math.cos(0.5 * t), 2 * Math.sin(0.5 * t)]);
    const wave = curveFitVector({ model: ["a*cos(w*x)", "a*sin(w*x)"], x, y: pairs });
    near(Math.abs(wave.values.w!), 0.5, 6);
    const model = (t: number, { a, w }: { a: number; w: number }) => [
      a * Math.cos(w * t),
      a * Math.sin(w * t),
    ];
    const params = { a: 1.5, w: { init: 0.45 } };
    const called = curveFitVector({
      model: model as never,
      x,
      y: pairs,
      params,
      sigma: pairs.map(() => [1, 2]),
    });
    near(called.values.w!, 0.5, 6);
    near(called.sets[1]!.predict([1])[0]!, 2 * Math.sin(0.5), 6);
    expect(codeOf(() => curveFitVector({ model: ["a"], x, y: pairs }))).toBe("SHAPE");
    expect(codeOf(() => curveFitVector({ model: ["a"], x, y: x as never }))).toBe("OPTION");
    const rough = (t: number, { a, b }: { a: number; b: number }) =>
      Math.round(1e5 * a * Math.exp(-b * t)) / 1e5;
    const steps = withDifferences(rough as never, { differenceStep: 1e-2, scale: { a: 1 } });
    near(curveFit({ ...decay, model: steps as never, params: { a: 1, b: 1 } }).values.b!, 0.4016198, 4);
    expect(
      codeOf(() =>
        curveFit({
          ...decay,
          model: withDifferences(rough as never, { scale: { c: 1 } }) as never,
          params: { a: 1, b: 1 },
        }),
      ),
    ).toBe("OPTION");
  });

  test("the same as options: Student's law, with one of the data far off; in every form of the call", async () => {
    const y = [0, 1.1, 2, 2.9, 4.2, 50, 6, 7.1];
    const options = { model: "a + b*x", x, y, likelihood: "student" as const };
    const fit = curveFit(options);
    near(fit.values.a!, 0.01656366, 5);
    near(fit.values.b!, 1.00764607);
    expect((await curveFitAsync(options)).values).toEqual(fit.values);
    expect(curveFitStudent({ model: "a + b*x", x, y }).values).toEqual(fit.values);
    const params = { a: 0, b: 1 };
    const whole = curveFit({ ...options, params });
    const pulled = iterateCurveFit({ ...options, params });
    let state = pulled.state();
    for (const { nit } of pulled) if (nit === 9) state = pulled.state();
    expect(pulled.result.values).toEqual(whole.values);
    const resumed = iterateCurveFit({ ...options, params, resume: JSON.parse(JSON.stringify(state)) });
    for (const _ of resumed);
    expect(resumed.result.values).toEqual(whole.values);
    // Two sets, all parameters shared: the same points.
    const data = [0, 4].map((from) => ({ x: x.slice(from, from + 4), y: y.slice(from, from + 4) }));
    const shared = { a: { init: 0, shared: true }, b: { init: 1, shared: true } };
    const both = curveFit({ data, model: "a + b*x", params: shared, likelihood: "student" });
    near(both.values.b!, 1.00764607, 6);
    // With a scale that is known it is the loss "cauchy" at twice sigma.
    const known = curveFit({ ...options, sigma: 0.1, absoluteSigma: true });
    const cauchy = curveFit({
      model: "a + b*x",
      x,
      y,
      sigma: 0.1,
      absoluteSigma: true,
      loss: "cauchy",
      lossScale: 2,
    });
    expect(known.values).toEqual(cauchy.values);
    expect(codeOf(() => curveFit({ ...options, loss: "huber" }))).toBe("OPTION");
  });

  test("errors in x as an option: ODRPACK's figures, with gaps and points left out; what does not go together", () => {
    const t = [0.1, 0.5, 1.1, 1.4, 2.2, 2.9, 3.3, 4.1];
    const y = [4.7, 3.8, 2.9, 2.3, 1.7, 1.1, 1.05, 0.6];
    const options = { model: "a*exp(-b*x)", x: t, y, sigma: 0.15 };
    const fit = curveFit({ ...options, sigmaX: 0.1 });
    expect(codeOf(() => bootstrap(fit))).toBe("UNSUPPORTED");
    near(fit.values.a!, 4.9008260884979915, 6);
    near(fit.values.b!, 0.4978112042221288, 6);
    near(fit.params.a!.stderr!, 0.10602424857859315, 4);
    near(fit.rss, 1.3951546560663317, 9);
    near(fit.rssX! + fit.rssY!, fit.rss, 12);
    expect(fit.delta!.x![0]).toBeCloseTo(-0.011292114439252123, 6);
    expect(fit.epsilon![0]).toBeCloseTo(fit.predict([0.1 + fit.delta!.x![0]!])[0]! - 4.7, 12);
    expect(fit.residuals[0]).toBeCloseTo(fit.predict([0.1])[0]! - 4.7, 12);
    expect(fit.leverage.reduce((sum, h) => sum + h, 0)).toBeCloseTo(2, 9);
    const [low, high] = fit.profile("b");
    expect(low < fit.values.b! && fit.values.b! < high).toBe(true);
    const same = odr({ ...options, sigmaX: 0.1 });
    expect(same.values).toEqual(fit.values);
    // Its report is read again, and what it claims holds.
    near(fromJSON(JSON.stringify(fit)).rss, fit.rss, 12);
    expect(verify(JSON.stringify(fit))).toMatchObject({ ok: true, status: { found: "minimum" } });
    const gaps = curveFit({
      ...options,
      x: [9, ...t, 5],
      y: [...[9], ...y, NaN],
      sigmaX: [0, ...t.map(() => 0.1), 0.1],
      mask: [false, ...t.map(() => true), true],
      missing: "drop",
    });
    expect(gaps.values).toEqual(fit.values);
    expect(gaps.dropped).toBe(2);
    const columns = { model: "a*exp(-b*t)", x: { t }, y, sigma: 0.15 };
    expect(curveFit({ ...columns, sigmaX: { t: t.map(() => 0.1) } }).values).toEqual(fit.values);
    const start = { a: 5, b: { init: 0.5, min: 0 }, c: { init: 0, fixed: true } };
    const held = curveFit({ ...options, model: "a*exp(-b*x) + c", params: start, sigmaX: 0.1 });
    near(held.values.b, fit.values.b!, 8);
    const resumable = iterateCurveFit({ ...options, sigmaX: 0.1 });
    for (const _ of resumable);
    expect(resumable.result.values).toEqual(fit.values);
    for (const [sigmaX, code] of [
      [null, "SHAPE"],
      [0, "OPTION"],
      [[0.1], "SHAPE"],
      [{ u: 1 }, "SHAPE"],
    ] as const)
      expect(codeOf(() => curveFit({ ...options, sigmaX: sigmaX as never }))).toBe(code);
    for (const more of [{ loss: "huber" }, { likelihood: "poisson" }, { residuals: "log" }])
      expect(codeOf(() => curveFit({ ...options, sigma: undefined, sigmaX: 1, ...more } as never))).toBe(
        "OPTION",
      );
    const sets = [{ x: t, y, sigmaX: 0.1 }];
    expect(codeOf(() => curveFit({ data: sets as never, model: options.model }))).toBe("OPTION");
    expect(codeOf(() => curveFit({ data: sets, sigmaX: 1, model: options.model } as never))).toBe("OPTION");
  });

  test("rows of y and steps of differences as options", async () => {
    const pairs = x.map((t) => [2 * Math.cos(0.5 * t), 2 * Math.sin(0.5 * t)]);
    const model = ["a*cos(w*x)", "a*sin(w*x)"];
    const wave = curveFit({ model, x, y: pairs });
    expect(wave.values).toEqual(curveFitVector({ model, x, y: pairs }).values);
    near(wave.sets[1]!.predict([1])[0]!, 2 * Math.sin(0.5), 6);
    // A parameter whose value is 0 and whose start is rounding has not gone anywhere.
    const odd = curveFit({ model: ["a + b*x", "a - b*x"], x, y: decay.y.map((v) => [v, -v]) });
    expect(odd.success).toBe(true);
    expect((await curveFitAsync({ model, x, y: pairs })).values).toEqual(wave.values);
    const row = (t: number, { a, w }: { a: number; w: number }) => [a * Math.cos(w * t), a * Math.sin(w * t)];
    const called = { model: row as never, x, y: pairs, params: { a: 1.5, w: 0.45 }, differenceStep: 1e-4 };
    near(curveFit(called).values.w!, 0.5, 6);
    // A model in steps of 1e-2: with the steps that are asked for, as withDifferences has them.
    const rough = (t: number, { a, b }: { a: number; b: number }) =>
      Math.round(1e5 * a * Math.exp(-b * t)) / 1e5;
    const params = { a: 1, b: 1 };
    const own = curveFit({ ...decay, model: rough, params, differenceStep: 1e-2, scale: { a: 1 } });
    const steps = withDifferences(rough as never, { differenceStep: 1e-2, scale: { a: 1 } });
    expect(own.values).toEqual(curveFit({ ...decay, model: steps as never, params }).values);
    for (const more of [
      { differenceStep: { a: 1e-2, b: 1e-2 } },
      { differenceStep: [1e-2, 1e-2], scale: [1, 1] },
    ])
      expect(curveFit({ ...decay, model: rough, params, ...more }).values).toEqual(own.values);
    // Exact derivatives have no use for steps.
    const block = {
      evaluate: (at: Float64Array, p: Float64Array, out: Float64Array) =>
        at.forEach((t, i) => {
          out[i] = p[0]! * Math.exp(-p[1]! * t);
        }),
      jacobian: (at: Float64Array, p: Float64Array, out: Float64Array) =>
        at.forEach((t, i) => {
          out[2 * i] = Math.exp(-p[1]! * t);
          out[2 * i + 1] = -t * p[0]! * out[2 * i]!;
        }),
    };
    const exact = curveFit({ ...decay, model: block, params });
    expect(curveFit({ ...decay, model: block, params, differenceStep: 0.5 }).values).toEqual(exact.values);
    expect(curveFit({ ...decay, scale: "auto" }).values).toEqual(curveFit(decay).values);
    for (const more of [
      { differenceStep: 0 },
      { differenceStep: [1] },
      { scale: { c: 1 } },
      { scale: { a: -1 } },
    ])
      expect(codeOf(() => curveFit({ ...decay, model: rough, params, ...more }))).toMatch(/OPTION|SHAPE/);
  });

  test("starts of functions between bounds, and points of one's own", () => {
    const model = (t: number, { a, b }: { a: number; b: number }) => a * Math.exp(-b * t);
    const params = { a: { min: 0, max: 10 }, b: { min: 1e-3, max: 10 } };
    const fit = curveFit({ ...decay, model, params });
    near(fit.values.b, 0.401619848858, 6);
    expect(fit.starts!.tried).toBe(128);
    expect(curveFit({ ...decay, model, params, starts: 20 }).starts!.tried).toBe(20);
    const points = [
      { a: 1, b: 0.1 },
      { a: 3, b: 0.3 },
    ];
    expect(curveFit({ ...decay, model, params: { a: 1, b: 1 }, starts: points }).starts!.tried).toBe(2);
    expect(curveFit({ ...decay, starts: points }).starts!.minima[0]!.hits).toBe(2);
    expect(codeOf(() => curveFit({ ...decay, starts: [{ c: 1 }] as never }))).toBe("OPTION");
    expect(codeOf(() => curveFit({ ...decay, starts: [{ a: 1 }] }))).toBe("OPTION");
    expect(codeOf(() => curveFit({ ...decay, model, params: { a: 1, b: 1 }, starts: 20 }))).toBe("OPTION");
  });
});

describe("warnings that explain", () => {
  test("a healthy fit has none", () => {
    expect(curveFit(rates).warnings).toEqual([]);
    expect(curveFit({ ...decay, model: "a" }).warnings).toEqual([]);
  });

  test("parameters that do not occur, or matter only together", () => {
    const params = { a: 1, b: 0.3, c: 1 };
    // What does not occur is held, and takes no error from the others.
    const idle = curveFit({ ...decay, params });
    const without = curveFit({ ...decay, params: { a: 1, b: 0.3 } });
    expect(codes(idle)).toEqual(["W_PARAM_UNUSED"]);
    expect(idle.params.a).toEqual(without.params.a);
    expect(idle.params.b).toEqual(without.params.b);
    expect(idle.params.c).toMatchObject({ value: 1, stderr: null, fixed: true });
    expect([idle.dof, idle.covariance]).toEqual([without.dof, without.covariance]);
    expect(codes(curveFit({ ...decay, model: "2*x", params: { a: 1 } }))).toContain("W_PARAM_UNUSED");
    const says = (model: string): string =>
      curveFit({ ...decay, model, params }).warnings.find(({ code }) => code === "W_PARAMS_TOGETHER")!
        .message;
    expect(says("a*c*exp(-b*x)")).toMatch(/a, c .* as a\*c/);
    expect(says("a/c*exp(-b*x)")).toMatch(/a, c .* as a\/c/);
    expect(says("a*exp(-(b + c)*x)")).toMatch(/b, c .* as b \+ c/);
  });

  test("a model without x, text or function, and one that a constant beats", () => {
    expect(codes(curveFit({ ...decay, model: "a*exp(-b*t)" }))).toContain("W_NO_X");
    const flat = (_: number, { a, b }: { a: number; b: number }) => a * b;
    expect(codes(curveFit({ ...decay, model: flat, params: { a: 1, b: 2 } }))).toContain("W_NO_X");
    // A parabola whose curvature is 0 at the minimum: data of an odd function about 1.
    const x = Array.from({ length: 20 }, (_, i) => (2 * i - 19) / 19);
    const parabola = (t: number, { a, b }: { a: number; b: number }) => a + b * t * t;
    const odd = { x, y: x.map((t) => 1 + t ** 3 / 1000), model: parabola };
    expect(codes(curveFit({ ...odd, params: { a: 1, b: 0 } }))).not.toContain("W_NO_X");
    expect(codes(curveFit({ ...decay, model: "a*x", y: decay.y.map((v) => v + 20) }))).toContain(
      "W_WORSE_THAN_CONSTANT",
    );
  });

  const many = Array.from({ length: 60 }, (_, i) => i / 6);
  const noise = (i: number): number => 0.1 * Math.sin(97 * i * i);

  test("an outlier that carries the fit; residuals with a pattern", () => {
    const y = many.map((t, i) => 2 + 0.5 * t + noise(i) + (i === 59 ? 9 : 0));
    const [found] = curveFit({ model: "a + b*x", x: many, y }).warnings;
    expect(found).toMatchObject({ code: "W_OUTLIER", message: expect.stringMatching(/^point 59 carries/) });
    const bent = many.map((t, i) => 0.2 * t * t + noise(i));
    expect(codes(curveFit({ model: "a + b*x", x: many, y: bent }))).toContain("W_RESIDUALS_NOT_RANDOM");
  });

  test("sigma that cannot be, too small and too large", () => {
    const y = many.map((t, i) => 2 + 0.5 * t + noise(i));
    const says = (sigma: number): string | undefined =>
      curveFit({ model: "a + b*x", x: many, y, sigma, absoluteSigma: true }).warnings[0]?.message;
    expect(says(0.07)).toBeUndefined();
    expect(says(0.001)).toMatch(/times too small/);
    expect(says(10)).toMatch(/times too large/);
  });

  test("a far start; a band beyond the data", () => {
    const fit = curveFit({ model: "a*exp(b/(x + c))", ...thermistor, params: { a: 2, b: 4e5, c: 25000 } });
    expect(codes(fit)).toContain("W_FAR_START");
    const line = curveFit({ ...decay, model: "a + b*x" });
    expect(line.band([3]).warnings).toBeUndefined();
    expect(line.band([3, 50]).warnings).toMatchObject([{ code: "W_EXTRAPOLATED" }]);
  });

  test("names the option that was meant, also where it is one of the main entry alone", () => {
    const line = { model: "a*x", x: [1, 2, 3], y: [1, 2, 3] };
    const meant = {
      weigths: "weights",
      mising: "missing",
      likelyhood: "likelihood",
      sigmax: "sigmaX",
      dats: "data",
    };
    for (const [there, here] of Object.entries(meant))
      expect(() => curveFit({ ...line, [there]: 1 } as never)).toThrow(new RegExp(`did you mean "${here}"`));
  });
});

// MGH10 of NIST's StRD (Meyer 1970): resistance of a thermistor.
const thermistor = {
  x: Array.from({ length: 16 }, (_, i) => 50 + 5 * i),
  y: [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872],
};

describe("a report says what was minimised", () => {
  const rowsOf = (text: string): Record<string, string> =>
    Object.fromEntries(
      [...text.matchAll(/^ {4}(\S.*?) += (.*)$/gm)].map(([, name, value]) => [name!, value!]),
    );
  const told = (options: object) => {
    const fit = curveFit({ ...decay, params: { a: 2, b: 0.4 }, ...options });
    const { loss, likelihood, residuals, covariance, statistics, ...others } = rowsOf(fit.report());
    const scale = others["loss scale"];
    if (scale !== undefined) near(Number(scale), fit.lossScale, 5);
    // A copy read from JSON says the same.
    const again = rowsOf(fromJSON(JSON.stringify(fit)).report());
    expect([again.loss, again.likelihood, again.residuals, again.covariance]).toEqual([
      loss,
      likelihood,
      residuals,
      covariance,
    ]);
    return [loss, likelihood, residuals, covariance, statistics, scale !== undefined];
  };
  const without = "of the squares, without the loss";
  test.each<[object, (string | boolean | undefined)[]]>([
    [{}, [undefined, undefined, undefined, "redChi2", undefined, false]],
    [{ sigma: 0.1 }, [undefined, undefined, undefined, "redChi2", undefined, false]],
    [{ sigma: 0.1, absoluteSigma: true }, [undefined, undefined, undefined, "absolute", undefined, false]],
    [{ loss: "huber", lossScale: 0.05 }, ["huber", undefined, undefined, "huber", without, true]],
    [{ loss: "tukey", lossScale: "mad" }, ["tukey", undefined, undefined, "huber", without, true]],
    [{ residuals: "log" }, [undefined, undefined, "log", "redChi2", undefined, false]],
    [{ residuals: "relative" }, [undefined, undefined, "relative", "redChi2", undefined, false]],
    [{ likelihood: "poisson", y: counts.y }, [undefined, "poisson", undefined, "absolute", undefined, false]],
    [{ likelihood: "student" }, [undefined, "student", undefined, "huber", without, true]],
  ])("%j", (options, rows) => {
    expect(told(options)).toEqual(rows);
  });
});
