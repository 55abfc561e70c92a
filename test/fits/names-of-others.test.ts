// What options of other libraries are called here: every function of fits says so, before any work.
import { describe, expect, test } from "vitest";
import {
  bootstrap,
  curveFit,
  curveFitMany,
  curveFitStudent,
  fitPeaks,
  leastSquares,
  ode,
  odr,
} from "../../src/index.js";
import { leastSquares as leastSquaresAlone } from "../../src/least-squares/index.js";
import type { DownhillError } from "../../src/runtime/errors.js";

const x = [0, 1, 2, 3, 4, 5];
const y = [2.3, 1.51, 1.04, 0.75, 0.57, 0.46];
const model = "a*exp(-b*x) + c";
const residuals = (p: Float64Array, out: Float64Array): void => {
  out[0] = p[0]! - 1;
};
type Loose = (options: never) => unknown;
const call = (f: unknown, options: object) => (f as Loose)(options as never);
const functions: Record<string, (options: object) => unknown> = {
  curveFit: (o) => call(curveFit, { model, x, y, ...o }),
  curveFitStudent: (o) => call(curveFitStudent, { model, x, y, ...o }),
  curveFitMany: (o) => call(curveFitMany, { model, x, y, ...o }),
  odr: (o) => call(odr, { model, x, y, sigmaX: 0.1, ...o }),
  fitPeaks: (o) => call(fitPeaks, { x, y, ...o }),
  leastSquares: (o) => leastSquares(residuals, 1, [0], o as never),
  leastSquaresAlone: (o) => leastSquaresAlone(residuals, 1, [0], o as never),
  ode: (o) => call(ode, { derivatives: { A: "-k*A" }, ...o }),
  bootstrap: (o) => bootstrap(curveFit({ model, x, y }), o as never),
};
const inParams = "bounds go with params: { a: { init: 1, min: 0 } }";
const box = "bounds: { lower, upper }";
const root = "sigma is 1 / sqrt(weight)";
/** Function, options of others, what is said of them. */
const table: readonly (readonly [names: string, given: string, said: string])[] = [
  ["curveFit curveFitStudent curveFitMany odr", "p0 beta0 inits initial_values", "params"],
  ["curveFit curveFitStudent curveFitMany odr fitPeaks", "dy sy yerr", "sigma"],
  ["curveFit curveFitStudent odr", "weight w", "weights"],
  ["curveFitMany fitPeaks", "weight weights w", root],
  ["curveFit odr", "dx sx xerr", "sigmaX"],
  ["curveFit curveFitStudent curveFitMany odr", "lb ub bounds minValues maxValues", inParams],
  ["leastSquares leastSquaresAlone", "lb ub lower upper", box],
  ["leastSquares leastSquaresAlone", "jac Dfun", "jacobian"],
  ["leastSquares leastSquaresAlone", "sigma dy", "residuals hold it: (f - y[i]) / sigma[i]"],
  ["leastSquares leastSquaresAlone", "weights w", "residuals hold it: (f - y[i]) * sqrt(weight[i])"],
  ["leastSquares leastSquaresAlone", "jac_sparsity JacobPattern", "jacobianPattern"],
  ["curveFit curveFitMany odr", "jac jacobian", "model.jacobian"],
  ["curveFit curveFitMany odr", "func fcn", "model"],
  ["curveFit odr", "epsfcn gradientDifference", "differenceStep"],
  ["curveFit curveFitMany odr", "errorTolerance ftol", "funTol"],
  ["leastSquares curveFitMany", "max_nfev maxfev", "maxEvaluations"],
  ["bootstrap", "alpha", "level is 1 - alpha"],
  ["fitPeaks leastSquares bootstrap", "ci", "level"],
  ["curveFit odr", "nan_policy", 'missing: "drop" leaves gaps out'],
  ["fitPeaks", "npeaks n", "count"],
  ["fitPeaks", "background", "baseline"],
  ["fitPeaks", "profile lineshape model", "shape"],
  ["ode", "rhs equations", "derivatives"],
  ["ode", "y0 initialConditions", "initial"],
  ["ode", "rtol atol", "tolerance"],
  ["bootstrap", "n_boot R bootstraps nsim", "draws"],
];

describe.each(table)("%s: %s", (names, given, said) => {
  test.each(names.split(" ").flatMap((name) => given.split(" ").map((key) => [name, key] as const)))(
    "%s: %s",
    (name, key) => {
      let error: DownhillError | null = null;
      try {
        functions[name]!({ [key]: 1 });
      } catch (thrown) {
        error = thrown as DownhillError;
      }
      expect(error?.code).toBe("OPTION");
      expect(error!.message).toContain(`unknown option "${key}"`);
      expect(error!.hint).toBe(said.includes(" ") ? said : `did you mean "${said}"?`);
    },
  );
});

test("a call without residuals, start or their number says how it is written", () => {
  const called = "leastSquares(residuals, m, p0, options)";
  for (const wrong of [
    () => call(leastSquares, { fun: residuals, x0: [0] }),
    () => (leastSquares as (...all: never[]) => unknown)(residuals as never, [0] as never),
    () => leastSquares(residuals, 1, [0], { x0: [0] } as never),
  ])
    expect(wrong).toThrow(expect.objectContaining({ code: "OPTION", hint: expect.stringContaining(called) }));
});
