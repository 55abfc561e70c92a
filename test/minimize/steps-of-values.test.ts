// Values that are rounded, as those of simulations and tables: on each of their steps every short difference is 0, and no point of a
// slope is a minimum for that. The steps are less than what is asked of the answer.
import fc from "fast-check";
import { expect, test } from "vitest";
import { minimize } from "../../src/index.js";

const far = fc.double({ min: 0.5, max: 5, noNaN: true });
const problems = fc.record({
  centre: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 3 }),
  away: fc.tuple(far, far, far),
  width: fc.constantFrom(0.1, 0.01, 0.001),
});

test.each(["lbfgs", "bfgs", "nonlinearCG", "newton", "trustRegion", "gradientDescent"] as const)(
  "%s does not take a step of rounded values for a minimum",
  (method) => {
    let [found, runs] = [0, 0];
    fc.assert(
      fc.property(problems, ({ centre, away, width }) => {
        const f = (x: Float64Array) =>
          centre.reduce((sum, c, i) => sum + (Math.round((x[i]! - c) / width) * width) ** 2, 0);
        const start = centre.map((c, i) => c + (i === 1 ? -1 : 1) * away[i]!);
        const { fun } = minimize(f, start, { method });
        runs++;
        if (fun <= 2 * centre.length * width * width) found++;
      }),
    );
    // A search may end early where steps happen to lie so.
    expect(found / runs).toBeGreaterThan(0.85);
  },
);

test("a square rounded to tenths, from the middle of a step", () => {
  for (const method of ["lbfgs", "bfgs", "newton"] as const)
    expect(minimize((x) => (Math.round(x[0]! * 10) / 10) ** 2, [3.3], { method }).fun).toBe(0);
});

test("what is flat and higher on both sides is a minimum", () => {
  for (const method of ["lbfgs", "bfgs", "newton"] as const) {
    expect(minimize((x) => Math.max(0, x[0]! - 1) ** 2, [0.5], { method }).status).toBe("converged");
    expect(minimize((x) => Math.max(0, Math.abs(x[0]!) - 1), [0.3], { method }).status).toBe("converged");
  }
});
