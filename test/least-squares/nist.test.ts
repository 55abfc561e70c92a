// The certified fits of NIST StRD, both starts: digits, standard errors, honest endings, in every form of model,
// with every method and on every kind of runtime.

import { afterAll, describe, expect, test } from "vitest";
import { blockModel as fitNistModel } from "../../demo/nist-models.js";
import { leastSquares, loadSync, type Runtime } from "../../src/index.js";
import { digits, fitNist, labels, namesOf, nonlinear, type Run, runNist, startsOf } from "./nist-runs.js";

const opened: Runtime[] = [];
const open = (options: Parameters<typeof loadSync>[0]): Runtime => {
  const runtime = loadSync(options);
  opened.push(runtime);
  return runtime;
};

afterAll(() => {
  for (const runtime of opened) {
    expect(runtime.memory.handles()).toEqual([]);
    expect(runtime.memory.used).toBe(0);
    runtime.dispose();
  }
});

/** Relaxed SIMD where the engine has it, simd elsewhere. */
const runtimes: Record<string, () => Runtime | undefined> = {
  "the default runtime": () => undefined,
  "a runtime of its own": () => open({ memoryBytes: 4 << 20 }),
  "a debug runtime": () => open({ memoryBytes: 16 << 20, debug: true }),
  "the relaxed variant, where there is one": () => open({ variant: "auto", memoryBytes: 4 << 20 }),
};

const withRuntime = (runtime: Runtime | undefined) => (runtime ? { runtime } : {});

function expectGolden(runs: Run[]): void {
  expect(runs).toHaveLength(28);
  expect(labels(runs, ({ fit }) => fit.status !== "converged" || !fit.success)).toEqual([]);
  expect(labels(runs, (run) => run.digits < 6)).toEqual([]);
  expect(labels(runs, (run) => run.digits >= 8).length).toBeGreaterThanOrEqual(24);
  expect(labels(runs, (run) => run.stderrDigits < 4)).toEqual([]);
  for (const { problem, fit, label } of runs) {
    const given = [fit.rss, fit.residualStd];
    const certified = [problem.certifiedRSS, certifiedStd(problem)];
    expect(digits(given, certified), label).toBeGreaterThanOrEqual(6);
    expect(fit.dof, label).toBe(problem.m - problem.n);
    expect(fit.residualStd, label).toBe(Math.sqrt(fit.rss / fit.dof));
  }
}

const certifiedStd = (problem: object): number =>
  (problem as { certifiedResidualStd: number }).certifiedResidualStd;

describe("with the model's Jacobian and default options", () => {
  for (const [name, make] of Object.entries(runtimes)) {
    test(`all 28 runs converge to the certified values on ${name}`, () => {
      expectGolden(runNist("jacobian", withRuntime(make())));
    });
  }

  test("the same runtime gives the same bits again, and so does a pinned one", () => {
    const pinned = open({ memoryBytes: 4 << 20 });
    for (const problem of nonlinear.slice(0, 5)) {
      const [start] = startsOf(problem) as [number[], number[]];
      const first = fitNist(problem, start, "jacobian");
      expect(fitNist(problem, start, "jacobian").values).toEqual(first.values);
      expect(fitNist(problem, start, "jacobian", { runtime: pinned }).values).toEqual(first.values);
    }
  });

  test("the fits of well-determined parameters carry no warning", () => {
    // Of starts, outliers and patterns in the residuals there are some; none says that a parameter is not determined.
    const beside = ["W_FAR_START", "W_OUTLIER", "W_RESIDUALS_NOT_RANDOM"];
    const warned = runNist("jacobian").flatMap(({ label, fit }) =>
      fit.warnings.filter(({ code }) => !beside.includes(code)).map(({ code }) => `${label} ${code}`),
    );
    expect(warned).toEqual([]);
  });
});

test("an attempt that crawls along a bent valley is left long before its 150 iterations", () => {
  const problem = nonlinear.find(({ name }) => name === "MGH17")!;
  const fit = fitNist(problem, startsOf(problem)[0]!, "jacobian", { trace: true });
  // From b2 = 84 it makes 0.2 an iteration; the certified value is 1.9.
  const again = fit.trace!.findIndex(({ fun }, i, all) => i > 0 && fun > 100 * all[i - 1]!.fun);
  expect(again).toBeGreaterThan(60);
  expect(again).toBeLessThan(100);
  expect(fit.status).toBe("converged");
});

describe("with finite differences", () => {
  for (const form of ["block", "point"] as const) {
    for (const name of ["the default runtime", "the relaxed variant, where there is one"]) {
      test(`${form} models reach 6 digits in at least 26 of 28 runs on ${name}`, () => {
        const runs = runNist(form, withRuntime(runtimes[name]?.()));
        expect(labels(runs, (run) => run.digits >= 6).length).toBeGreaterThanOrEqual(26);
        expect(labels(runs, (run) => run.digits >= 8).length).toBeGreaterThanOrEqual(23);
        expect(labels(runs, ({ fit, digits }) => fit.success && digits < 4)).toEqual([]);
        const solved = runs.filter((run) => run.digits >= 6);
        expect(labels(solved, (run) => run.stderrDigits < 4)).toEqual([]);
        expect(labels(runs, ({ fit, digits }) => !fit.success && digits >= 6)).toEqual([]);
      });
    }
  }
});

describe("the other methods", () => {
  /** [with Jacobian, with differences]: runs with at least 6 digits; measured 28 26, 26 26, 25 25. */
  const floors = { levenberg: [27, 25], dogleg: [25, 25], gaussNewton: [24, 24] } as const;
  const cautions = ["W_COVARIANCE_SINGULAR", "W_ILL_CONDITIONED"];
  for (const [method, [exact, differences]] of Object.entries(floors)) {
    for (const form of ["jacobian", "block"] as const) {
      test(`${method} (${form}) solves its share and never answers wrongly without a word`, () => {
        const runs = runNist(form, { method: method as keyof typeof floors });
        const solved = labels(runs, (run) => run.digits >= 6);
        expect(solved.length).toBeGreaterThanOrEqual(form === "jacobian" ? exact : differences);
        const wrong = runs.filter(({ fit, digits }) => fit.success && digits < 4);
        const silent = wrong.filter(({ fit }) => !fit.warnings.some(({ code }) => cautions.includes(code)));
        expect(labels(silent, () => true)).toEqual([]);
      });
    }
  }
});

test("leastSquares on the residuals gives curveFit's answer bit for bit", () => {
  for (const problem of nonlinear) {
    const start = problem.start2 as number[];
    const fit = fitNist(problem, start, "jacobian");
    const x = Float64Array.from(problem.x as number[]);
    const model = fitNistModel(problem.name, problem.n);
    const plain = leastSquares(
      (p, out) => {
        model.evaluate(x, p, out);
        for (let i = 0; i < problem.m; i++) out[i] = (out[i] as number) - (problem.y[i] as number);
      },
      problem.m,
      start,
      { jacobian: (p, out) => model.jacobian(x, p, out) },
    );
    expect(Array.from(plain.x), problem.name).toEqual(namesOf(problem).map((name) => fit.values[name]));
    expect([plain.status, plain.reason, plain.nfev]).toEqual([fit.status, fit.reason, fit.nfev]);
    expect(plain.rss).toBe(fit.rss);
  }
});
