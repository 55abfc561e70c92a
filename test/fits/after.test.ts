// Functions of a finished fit: comparison (against R 4.2.2: anova of nls), bootstrap, JSON and back, verification.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bootstrap,
  compareFits,
  curveFit,
  DownhillError,
  type FitResult,
  fromJSON,
  lackOfFit,
  models,
  sandwich,
  verify,
} from "../../src/index.js";

// R's data set Puromycin, state treated.
const x = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
const y = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
const michaelis = (): FitResult => curveFit({ model: "Vm*x/(K + x)", x, y, params: { Vm: 200, K: 0.05 } });
const hill = (): FitResult =>
  curveFit({ model: "Vm*x^h/(K^h + x^h)", x, y, params: { Vm: 200, K: 0.05, h: 1 } });

function refused(call: () => unknown): DownhillError {
  try {
    call();
  } catch (error) {
    if (error instanceof DownhillError) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("compareFits", () => {
  test("F-tests are R's anova of two nls fits", () => {
    const { tests, models: rows, best, report } = compareFits(michaelis(), hill());
    expect(tests.length).toBe(1);
    expect(tests[0]!.dof).toEqual([1, 9]);
    expect(tests[0]!.F).toBeCloseTo(4.285035602752798, 6);
    expect(tests[0]!.p).toBeCloseTo(0.068360405987168, 7);
    expect(best).toBe(1);
    expect(rows[0]!.weight + rows[1]!.weight).toBeCloseTo(1, 14);
    // exp(-delta/2) by the host.
    expect(rows[1]!.weight / rows[0]!.weight).toBeCloseTo(
      Math.exp((rows[0]!.deltaAicc - rows[1]!.deltaAicc) / 2),
      13,
    );
    expect(rows[1]!.bicWeight / rows[0]!.bicWeight).toBeCloseTo(
      Math.exp((rows[0]!.deltaBic - rows[1]!.deltaBic) / 2),
      13,
    );
    expect(report()).toContain("F(1, 9)");
    expect(report("brief")).toMatch(/model 1 has the least AICc/);
  });

  test("straight line, parabola and cubic: R's anova of lm", () => {
    const line = curveFit({ model: "a + b*x", x, y });
    const parabola = curveFit({ model: "a + b*x + c*x^2", x, y });
    const cubic = curveFit({ model: "a + b*x + c*x^2 + d*x^3", x, y });
    const comparison = compareFits(line, cubic, parabola);
    expect(comparison.tests.map(({ smaller, larger }) => [smaller, larger])).toEqual([
      [0, 2],
      [2, 1],
      [0, 1],
    ]);
    const [first, second] = comparison.tests;
    expect(first!.F).toBeCloseTo(21.105065315496, 6);
    expect(first!.p / 0.00130154664538745).toBeCloseTo(1, 6);
    expect(second!.F).toBeCloseTo(10.2261419678512, 6);
    expect(second!.p / 0.0126534746179447).toBeCloseTo(1, 6);
    expect(JSON.parse(JSON.stringify(comparison)).kind).toBe("comparison");
  });

  test("wrong calls", () => {
    const other = curveFit({ model: "a + b*x", x, y: [...y].reverse() });
    const robust = curveFit({ model: "a + b*x", x, y, loss: "huber" });
    expect(refused(() => compareFits(michaelis())).code).toBe("OPTION");
    expect(refused(() => compareFits(michaelis(), {} as never)).message).toMatch(/result of curveFit/);
    expect(refused(() => compareFits(michaelis(), other)).message).toMatch(/same y/);
    expect(refused(() => compareFits(robust, robust)).code).toBe("UNSUPPORTED");
  });
});

describe("bootstrap", () => {
  const noisy = Array.from({ length: 30 }, (_, i) => i / 10);
  const decay = noisy.map((t, i) => 3 * Math.exp(-t) + 0.05 * Math.sin(12.9898 * i * i + 78.233));

  test.each(["residual", "case", "parametric"] as const)(
    "%s: standard errors near those of the fit, the same for the same seed",
    (kind) => {
      const fit = curveFit({ model: "a*exp(-b*x)", x: noisy, y: decay });
      const drawn = bootstrap(fit, { draws: 1000, kind, seed: 3 });
      expect(drawn.draws).toBe(1000);
      for (const name of ["a", "b"] as const) {
        const { stderr, percentile, bca } = drawn.params[name]!;
        const wald = fit.params[name]!.stderr!;
        // 1,000 draws know a standard error to 2 %; what is resampled may differ by more.
        expect(stderr / wald).toBeGreaterThan(0.75);
        expect(stderr / wald).toBeLessThan(1.3);
        for (const [lower, upper] of [percentile, bca]) {
          expect(lower).toBeLessThan(fit.values[name]!);
          expect(upper).toBeGreaterThan(fit.values[name]!);
        }
      }
      expect(bootstrap(fit, { draws: 1000, kind, seed: 3 }).values).toEqual(drawn.values);
      expect(bootstrap(fit, { draws: 10, kind, seed: 4 }).values).not.toEqual(drawn.values.slice(0, 20));
    },
  );

  test("counts: Poisson's law about the fitted curve is drawn, or whole points; their errors cannot be", () => {
    // Counts per interval of Rutherford and Geiger (Phil. Mag. 20 (1910) 698): 57 times none, 203 times one, ...
    const seen = [57, 203, 383, 525, 532, 408, 273, 139, 45, 27, 10, 4, 0, 1, 1];
    const y = seen.flatMap((times, k) => new Array<number>(times).fill(k));
    const x = y.map((_, i) => i);
    const fit = curveFit({ model: "a + 0*x", x, y, params: { a: 3 }, likelihood: "poisson" });
    const mean = y.reduce((sum, v) => sum + v, 0) / y.length;
    expect(fit.values.a).toBeCloseTo(mean, 8);
    for (const kind of [undefined, "parametric", "case"] as const) {
      const drawn = bootstrap(fit, { draws: 500, kind, seed: 2 });
      expect(drawn.method).toBe(kind ?? "parametric");
      expect(drawn.failed).toBe(0);
      // The standard error of a mean of m counts; 500 draws know it to 3 %.
      expect(drawn.params.a!.stderr / Math.sqrt(mean / y.length)).toBeCloseTo(1, 0.9);
      expect(Math.abs(drawn.params.a!.bias)).toBeLessThan(0.15 * drawn.params.a!.stderr);
    }
    expect(refused(() => bootstrap(fit, { kind: "residual" }))).toMatchObject({ code: "OPTION" });
  });

  test("logarithms: the draws are those of the straight line through them", () => {
    const sigma = noisy.map((t) => 0.02 + 0.01 * t);
    const z = noisy.map((t, i) => 1 - t + 0.05 * Math.sin(12.9898 * i * i + 78.233));
    for (const absoluteSigma of [false, true]) {
      const shared = { x: noisy, sigma, absoluteSigma, gradTol: 1e-14, stepTol: 1e-14, funTol: 1e-15 };
      const logs = curveFit({
        ...shared,
        model: "exp(c - b*x)",
        y: z.map(Math.exp),
        params: { c: 1, b: 1 },
        residuals: "log",
      });
      const line = curveFit({ ...shared, model: "c - b*x", y: z, params: { c: 1, b: 1 } });
      for (const kind of ["residual", "case", "parametric"] as const) {
        const got = bootstrap(logs, { draws: 40, kind, seed: 5 });
        const want = bootstrap(line, { draws: 40, kind, seed: 5 });
        expect(got.failed).toBe(0);
        got.values.forEach((value, i) => {
          expect(value).toBeCloseTo(want.values[i]!, 6);
        });
        expect(got.params.b!.bca[0]).toBeCloseTo(want.params.b!.bca[0], 6);
      }
    }
  });

  test("in the core or one by one: the same draws, the same refits", () => {
    const sigma = noisy.map((t) => 0.03 + 0.02 * t);
    for (const kind of ["residual", "case", "parametric"] as const) {
      const text = curveFit({ model: "a*exp(-b*x)", x: noisy, y: decay, sigma });
      const plain = curveFit({
        model: (t: number, p: { a: number; b: number }) => p.a * Math.exp(-p.b * t),
        x: noisy,
        y: decay,
        sigma,
        params: { a: text.values.a!, b: text.values.b! },
      });
      const core = bootstrap(text, { draws: 50, kind, seed: 9 });
      const single = bootstrap(plain, { draws: 50, kind, seed: 9 });
      core.values.forEach((value, i) => {
        expect(Math.abs(single.values[i]! / value - 1)).toBeLessThan(1e-6);
      });
    }
  });

  test("coverage of 95 % intervals in 200 replications (the bench has 2,000)", () => {
    let [percentile, bca] = [0, 0];
    for (let k = 0; k < 200; k++) {
      const { data } = replication(k);
      const fit = curveFit({ ...data, params: { a: 2, b: 0.5 } });
      const { params } = bootstrap(fit, { draws: 400, seed: k });
      const inside = ([lower, upper]: readonly [number, number]) => lower <= 0.5 && 0.5 <= upper;
      percentile += Number(inside(params.b!.percentile));
      bca += Number(inside(params.b!.bca));
    }
    // Binomial standard deviation at 200: 1.5 %; the band is three of them.
    expect(percentile / 200).toBeGreaterThan(0.905);
    expect(bca / 200).toBeGreaterThan(0.905);
    expect(percentile / 200).toBeLessThan(0.995);
    expect(bca / 200).toBeLessThan(0.995);
  });

  test("global fits, fixed parameters; intervals at another level", () => {
    const fit = curveFit({
      data: [
        { x: noisy, y: decay },
        { x: noisy.slice(0, 20), y: decay.slice(0, 20).map((v) => 2 * v) },
      ],
      model: "a*exp(-b*x)",
      params: { a: {}, b: { shared: true } },
    });
    const drawn = bootstrap(fit, { draws: 100 });
    expect(drawn.names).toEqual(fit.freeNames);
    const [lower, upper] = drawn.interval("b", { level: 0.5, method: "percentile" });
    const sorted = Array.from(
      { length: drawn.draws },
      (_, k) => drawn.values[k * 3 + drawn.names.indexOf("b")]!,
    ).sort((a, b) => a - b);
    // R's type 6: place 0.25 * 101 = 25.25.
    expect(lower).toBeCloseTo(0.75 * sorted[24]! + 0.25 * sorted[25]!, 14);
    expect(upper).toBeGreaterThan(lower);
    expect(JSON.parse(JSON.stringify(drawn)).method).toBe("residual");
    expect(drawn.report()).toContain("BCa");
    const held = curveFit({
      model: "a*exp(-b*x)",
      x: noisy,
      y: decay,
      params: { a: { init: 3, fixed: true }, b: 1 },
    });
    expect(bootstrap(held, { draws: 20 }).names).toEqual(["b"]);
  });

  test("refits that do not converge are counted and said", () => {
    const fit = curveFit({
      model: "a*exp(-b*x)",
      x: noisy,
      y: decay,
      maxIterations: 1,
      params: { a: 1, b: 3 },
    });
    const error = refused(() => bootstrap(fit, { draws: 20 }));
    expect(error.message).toMatch(/20 of 20 refits failed/);
    const few = curveFit({
      model: "a*exp(-b*x)",
      x: noisy.slice(0, 4),
      y: [3, 0.1, 2.9, 0.2],
      params: { a: 1, b: 3 },
      maxIterations: 9,
    });
    const drawn = bootstrap(few, { draws: 200, kind: "case", seed: 2 });
    expect(drawn.failed).toBeGreaterThan(4);
    expect(drawn.warnings[0]!.code).toBe("W_BOOTSTRAP_FAILED");
    expect(drawn.report()).toContain("W_BOOTSTRAP_FAILED");
  });

  test("wrong calls", () => {
    const fit = michaelis();
    expect(refused(() => bootstrap({} as never)).code).toBe("OPTION");
    expect(refused(() => bootstrap(fit, { draw: 3 } as never)).hint).toMatch(/draws/);
    expect(refused(() => bootstrap(fit, { kind: "cases" as never })).hint).toMatch(/case/);
    expect(refused(() => bootstrap(fit, { draws: 10 }).interval("Vn")).hint).toMatch(/Vm/);
    expect(refused(() => bootstrap(fit, { draws: 10 }).interval("zzzzzzz")).hint).toMatch(/free parameters/);
  });
});

/** y = 2 exp(-0.5 x) with normal errors, made of a counter (a linear congruence and Box-Muller), not of our own stream. */
function replication(k: number) {
  let state = (2654435761 * (k + 1)) >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const at = Array.from({ length: 40 }, (_, i) => i / 8);
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { data: { model: "a*exp(-b*x)", x: at, y: at.map((t) => 2 * Math.exp(-0.5 * t) + 0.1 * normal()) } };
}

describe("fromJSON and verify", () => {
  const cases: readonly [string, () => FitResult][] = [
    ["plain", michaelis],
    ["named, no params", () => curveFit({ model: models.michaelisMenten, x, y })],
    [
      "weighted, bounded, fixed",
      () =>
        curveFit({
          model: "Vm*x/(K + x) + c",
          x,
          y,
          sigma: y.map((v) => 0.05 * v),
          absoluteSigma: true,
          level: 0.9,
          params: {
            Vm: { init: 200, min: 0 },
            K: { init: 0.1, min: 0, max: 1 },
            c: { init: 1, fixed: true },
          },
        }),
    ],
    [
      "tied",
      () => curveFit({ model: "Vm*x/(K + x)", x, y, params: { Vm: 200, half: 0.03, K: { expr: "2*half" } } }),
    ],
    [
      "several variables",
      () => curveFit({ model: "a*u + b*v", x: { u: x, v: x.map((t) => t * t) }, y, params: { a: 1, b: 1 } }),
    ],
    [
      "global",
      () =>
        curveFit({
          data: [
            { x, y },
            { x: x.slice(2), y: y.slice(2).map((v) => v / 2) },
          ],
          model: "Vm*x/(K + x)",
          params: { Vm: {}, K: { shared: true } },
        }),
    ],
    [
      "global, params left out",
      () =>
        curveFit({
          data: [
            { x, y },
            { x: x.slice(2), y: y.slice(2).map((v) => v / 2) },
          ],
          model: "Vm*x/(K + x)",
        }),
    ],
  ];

  test.each(cases)("%s: the report gives the same result again, and holds", (_, make) => {
    const fit = make();
    const text = JSON.stringify(fit);
    const again = fromJSON(text);
    expect(again.status).toBe("converged");
    expect(again.message).toBe(fit.message);
    expect(again.values).toEqual(fit.values);
    expect(again.rss).toBeCloseTo(fit.rss, 9);
    for (const name of fit.freeNames)
      expect(Math.abs(again.params[name]!.stderr! / fit.params[name]!.stderr! - 1)).toBeLessThan(1e-10);
    if (!fit.sets && !("half" in fit.values) && Array.isArray((fit.toJSON().input as { x: unknown }).x)) {
      const band = fit.band([0.3], { kind: "prediction" });
      expect(again.band([0.3], { kind: "prediction" }).upper[0]).toBeCloseTo(band.upper[0]!, 9);
    }
    for (const checked of [verify(fit), verify(text), verify(JSON.parse(text))]) {
      expect(checked.why).toBe(undefined);
      expect(checked.ok).toBe(true);
      expect(checked.status).toEqual({ claimed: "converged", found: "minimum" });
      expect(checked.gradient).toBeLessThan(1e-6);
    }
  });

  test("a model that is a function has to be given again", () => {
    const model = (t: number, p: { Vm: number; K: number }) => (p.Vm * t) / (p.K + t);
    const fit = curveFit({ model, x, y, params: { Vm: 200, K: 0.05 } });
    expect(refused(() => fromJSON(JSON.stringify(fit))).code).toBe("UNSUPPORTED");
    expect(fromJSON(JSON.stringify(fit), { model }).predict([0.3])[0]).toBe(fit.predict([0.3])[0]);
    expect(verify(fit).ok).toBe(true);
  });

  test("what a report claims falsely is found", () => {
    const report = JSON.parse(JSON.stringify(michaelis()));
    const moved = structuredClone(report);
    moved.params.Vm.value *= 1.001;
    expect(verify(moved).why).toMatch(/rss at these parameters/);
    moved.rss = fromJSON(moved).rss;
    for (const name of ["Vm", "K"]) moved.params[name].stderr = fromJSON(moved).params[name]!.stderr;
    expect(verify(moved).why).toMatch(/lowers the rss/);
    expect(verify(moved).status.found).toBe("not a minimum");
    const sure = structuredClone(report);
    sure.params.K.stderr /= 2;
    expect(verify(sure).why).toMatch(/standard error/);
    expect(verify({ ...report, params: { ...report.params, K: { value: report.params.K.value } } }).ok).toBe(
      false,
    );
  });

  test("what is no report is refused", () => {
    const report = JSON.parse(JSON.stringify(michaelis()));
    expect(refused(() => fromJSON("{")).code).toBe("PARSE");
    expect(refused(() => fromJSON({ kind: "fit" })).code).toBe("PARSE");
    expect(refused(() => fromJSON({ ...report, version: 99 })).message).toMatch(/version 99/);
    expect(refused(() => fromJSON(report, { models: 1 } as never)).code).toBe("OPTION");
  });

  test("any straight line survives the way through JSON", () => {
    const number = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 3, maxLength: 12 }), (values) => {
        const fit = curveFit({ model: "a + b*x", x: values.map((_, i) => i), y: values });
        const again = fromJSON(JSON.stringify(fit));
        expect(again.values).toEqual(fit.values);
        expect(again.residuals.length).toBe(values.length);
      }),
      { numRuns: 30 },
    );
  });
});

describe("errors that are not of one size, and replicates: by their formulas with R 4.2.2 (nls, its gradient; anova against lm of factor(x))", () => {
  const fit = curveFit({ model: "Vm*x/(K + x)", x, y });
  const weights = x.map((_, i) => 1 / (2 + i));
  const weighted = curveFit({ model: "Vm*x/(K + x)", x, y, weights });
  const near = (value: number, expected: number) => expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);

  test.each([
    ["HC0", 4.8192556729565, 0.00775006148525645, 0.0299070347368935],
    ["HC1", 5.27923008492603, 0.0084897669950539, 0.0358884416842723],
    ["HC2", 5.271092861795, 0.00835918198964941, 0.0352722930259511],
    ["HC3", 5.77661155792656, 0.00902338736203823, 0.0417188641989501],
  ] as const)("%s", (kind, Vm, K, both) => {
    const { stderr, covariance, ci } = sandwich(fit, { kind });
    near(stderr.Vm!, Vm);
    near(stderr.K!, K);
    near(covariance[1]!, both);
    expect(covariance[2]).toBe(covariance[1]);
    // Student's t of 10 degrees of freedom.
    near(ci.Vm![1] - fit.values.Vm!, 2.2281388519862735 * Vm);
  });

  test("with weights; HC3 where nothing is said; of a model in JavaScript; refusals", () => {
    near(sandwich(weighted).stderr.Vm!, 12.024260165537);
    near(sandwich(weighted).stderr.K!, 0.0164746792345015);
    const model = (t: number, { Vm, K }: { Vm: number; K: number }) => (Vm * t) / (K + t);
    const called = curveFit({ model, x, y, params: { Vm: 200, K: 0.05 } });
    near(sandwich(called).stderr.K!, 0.00902338736203823);
    expect(refused(() => sandwich({} as never)).code).toBe("OPTION");
    expect(refused(() => sandwich(fit, { kind: "HC4" as never })).code).toBe("OPTION");
    expect(refused(() => sandwich(curveFit({ model: "a*x", x, y, loss: "huber" }))).code).toBe("UNSUPPORTED");
    const flat = curveFit({ model: "a*b*x", x, y, params: { a: 1, b: 1 } });
    expect(refused(() => sandwich(flat)).code).toBe("SINGULAR");
  });

  test("of two exact fits neither is better: F and p are 0/0", () => {
    const [x, y] = [[0, 1, 2, 3, 4], new Array(5).fill(0)];
    const { tests } = compareFits(curveFit({ model: "a*x", x, y }), curveFit({ model: "a*x + b", x, y }));
    expect(tests).toMatchObject([{ F: NaN, p: NaN }]);
  });

  test("lack of fit", () => {
    const { F, dof, p, error, lack, replicated } = lackOfFit(fit);
    near(F, 1.07085766546098);
    near(p, 0.446834995647933);
    expect([...dof, replicated]).toEqual([4, 6, 6]);
    near(error + lack, fit.rss);
    near(lackOfFit(weighted).F, 1.04788257051555);
    near(lackOfFit(weighted).p, 0.455811414263035);
    const line = lackOfFit(curveFit({ model: "a + b*x", x, y }));
    expect(line.F).toBeCloseTo(19.03139, 5);
    expect(line.p).toBeCloseTo(0.0014744, 7);
    // Points of another set are no replicates.
    const data = [
      { x: [1, 1, 2, 3], y: [1, 1.1, 2, 3] },
      { x: [1, 2, 3, 3], y: [2, 4, 6, 6.1] },
    ];
    const both = curveFit({ data, model: "a*x", params: { a: {} } });
    expect(lackOfFit(both)).toMatchObject({ dof: [4, 2], replicated: 2 });
    expect(refused(() => lackOfFit(curveFit({ model: "a*x", x: [1, 2, 3], y: [1, 2, 3.1] }))).code).toBe(
      "SHAPE",
    );
    // Exact data, and what is exact but for rounding: 0/0, as R's anova has it.
    for (const unit of [1, 1e-200, 0.1, 1 / 3, 1e150]) {
      const exact = curveFit({
        model: "a + b*x",
        x: [1, 1, 2, 2, 3, 3],
        y: [3, 3, 5, 5, 7, 7].map((v) => v * unit),
      });
      expect(lackOfFit(exact)).toMatchObject({ F: NaN, p: NaN, dof: [1, 3], replicated: 3 });
    }
    // Replicates that agree on what no line meets.
    const bent = curveFit({ model: "a + b*x", x: [1, 1, 2, 2, 3, 3], y: [1, 1, 2, 2, 1, 1] });
    expect(lackOfFit(bent)).toMatchObject({ F: Infinity, p: 0, error: 0 });
    const logs = curveFit({ model: "a*x", x: [1, 1, 2, 2], y: [1, 2, 3, 4], residuals: "log" });
    expect(refused(() => lackOfFit(logs)).code).toBe("UNSUPPORTED");
  });
});
