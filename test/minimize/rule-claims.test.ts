// What a first-order rule under minimize may call converged: a small step or decrease alone is no evidence, as it may come from
// a small rate, from a change of sign (rprop), or from a bound. Minima are known in closed form.
import { expect, test } from "vitest";
import * as downhill from "../../src/index.js";
import { minimize, type Rule } from "../../src/index.js";

type Point = ArrayLike<number>;
interface Known {
  readonly name: string;
  readonly fun: (x: Point) => number;
  readonly grad: (x: Point, out: { [i: number]: number }) => void;
  /** The minimum, and that within -2 to 2. */
  readonly min: number;
  readonly boxed: number;
}

const ellipse = (
  name: string,
  a: number,
  b: number,
  x0: number,
  y0: number,
  c: number,
  boxed = c,
): Known => ({
  name,
  fun: (x) => c + a * (x[0]! - x0) ** 2 + b * (x[1]! - y0) ** 2,
  grad: (x, out) => {
    out[0] = 2 * a * (x[0]! - x0);
    out[1] = 2 * b * (x[1]! - y0);
  },
  min: c,
  boxed,
});
const functions: Known[] = [
  ellipse("round", 1, 3, 0.2, 0.7, 0),
  ellipse("narrow", 1, 1e4, 0, 0, 0),
  ellipse("high, its minimum outside the box", 1, 1, 3, -1, 100, 101),
  {
    name: "Rosenbrock",
    fun: (x) => (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2,
    grad: (x, out) => {
      out[0] = -2 * (1 - x[0]!) - 400 * x[0]! * (x[1]! - x[0]! ** 2);
      out[1] = 200 * (x[1]! - x[0]! ** 2);
    },
    min: 0,
    boxed: 0,
  },
];
const names = [
  ...["sgd", "asgd", "adagrad", "adadelta", "rmsprop", "adam", "adamw"],
  ...["adamax", "nadam", "radam", "amsgrad", "rprop", "deltaBarDelta", "lion"],
];
const factories = downhill as unknown as Record<string, (o: object) => Rule>;
const starts = [
  [0.9, 0.1],
  [-1.2, 1],
];
const box = { lower: [-2, -2], upper: [2, 2] };

test.each(functions)("no rule says converged away from the minimum: $name", ({ fun, grad, min, boxed }) => {
  const wrong: string[] = [];
  let right = 0;
  for (const name of names) {
    for (const lr of [1e-4, 1e-2, 0.3]) {
      for (const tolerances of [{ stepTol: 1e-8 }, { funTol: 1e-8 }, { stepTol: 1e-6, funTol: 1e-10 }, {}]) {
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
