// What a first-order rule under minimize may call converged: a small step or decrease alone is no evidence, as it may come from
// a small rate, from a change of sign (rprop), or from a bound. Minima are known in closed form.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { minimize } from "../../src/index.js";
import { box, factories, functions, ruleNames, tolerances as tests } from "./claims.js";

const known = functions.slice(0, 4);
const starts = [
  [0.9, 0.1],
  [-1.2, 1],
];

test.each(known)("no rule says converged away from the minimum: $name", ({ fun, grad, min, boxed }) => {
  const wrong: string[] = [];
  let right = 0;
  for (const name of ruleNames) {
    for (const lr of [1e-4, 1e-2, 0.3]) {
      for (const tolerances of tests) {
        for (const start of starts) {
          for (const bounds of [undefined, box]) {
            const method = factories[name]!({ lr });
            const r = minimize({ fun, grad }, start, { method, bounds, maxIterations: 2000, ...tolerances });
            if (!r.success) continue;
            right++;
            const above = r.fun - (bounds ? boxed : min);
            if (above > 1e-3 * Math.max(1, Math.abs(r.fun)))
              wrong.push(`${name} lr ${lr} ${r.reason} at ${r.fun}`);
            expect(fun(r.x)).toBe(r.fun);
          }
        }
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(right).toBeGreaterThan(20);
});

test.each(["adagrad", "adadelta", "rmsprop", "adam", "adamw", "adamax", "nadam", "radam", "amsgrad"])(
  "%s with eps 0 leaves a variable whose gradient is always 0 where it is",
  (name) => {
    for (const dtype of ["f64", "f32"] as const) {
      const opt = downhill.optimizer([1, 2], factories[name]!({ lr: 0.1, eps: 0, weightDecay: 0 }), {
        dtype,
      });
      for (let i = 0; i < 20; i++) {
        opt.step((x, g) => {
          g[0] = x[0]!;
          return 1;
        });
      }
      expect(opt.params[1]).toBe(2);
      expect(opt.params[0]).toBeLessThan(name === "adadelta" ? 1.1 : 1);
      expect(opt.params[0]).toBeGreaterThan(-1);
      opt.dispose();
    }
  },
);
