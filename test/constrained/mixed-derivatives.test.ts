// Derivatives of one part are the user's, of another by differences: every mixture finds the minimum that is known otherwise.
import { describe, expect, test } from "vitest";
import { minimizeConstrained, Random } from "../../src/index.js";

/** min |x - p|^2 + off, s.t. two equations through q, which are not linear. */
function problem(seed: number, off: number) {
  const random = new Random(seed);
  const n = 4;
  const draw = () => Array.from({ length: n }, () => random.normal());
  const [a, p, q] = [[draw(), draw()], draw(), draw()];
  const value = (row: readonly number[], x: ArrayLike<number>) =>
    row.reduce((sum, v, j) => sum + Math.sin(v * x[j]!) + 0.3 * v * x[j]!, 0);
  const base = a.map((row) => value(row, q));
  const fun = (x: ArrayLike<number>) => p.reduce((sum, v, j) => sum + (x[j]! - v) ** 2, off);
  const grad = (x: ArrayLike<number>, g: Float64Array) =>
    p.forEach((v, j) => {
      g[j] = 2 * (x[j]! - v);
    });
  const functions = a.map((row, i) => (x: ArrayLike<number>) => value(row, x) - base[i]!);
  const rows = (x: ArrayLike<number>, out: Float64Array) =>
    functions.forEach((c, i) => {
      out[i] = c(x);
    });
  const jacobian = (x: ArrayLike<number>, J: Float64Array) =>
    a.forEach((row, i) => {
      row.forEach((v, j) => {
        J[i * n + j] = v * Math.cos(v * x[j]!) + 0.3 * v;
      });
    });
  return {
    start: q.map((v) => v + 0.3 * random.normal()),
    f: { grad: { fun, grad }, values: fun },
    c: { jacobian: { count: 2, fun: rows, jacobian }, values: functions },
    /** max |grad f - J'y| with the multipliers of the answer. */
    unresolved(x: Float64Array, y: Float64Array) {
      const g = new Float64Array(n);
      const J = new Float64Array(2 * n);
      grad(x, g);
      jacobian(x, J);
      return Math.max(...g.map((v, j) => Math.abs(v - y[0]! * J[j]! - y[1]! * J[n + j]!)));
    },
  };
}

describe.each(["sqp", "interiorPoint", "augmentedLagrangian"] as const)("%s", (method) => {
  test.each([
    ["grad", "values"],
    ["values", "jacobian"],
    ["values", "values"],
  ] as const)("of f: %s, of the rows: %s", (f, c) => {
    for (const off of [0, 100])
      for (let seed = 0; seed < 40; seed++) {
        const given = problem(seed, off);
        const r = minimizeConstrained(given.f[f] as never, given.start, {
          equality: given.c[c] as never,
          method,
        });
        expect(`${seed} ${off} ${r.message}`).toContain("converged");
        expect(given.unresolved(r.x, r.multipliers.equality)).toBeLessThan(1e-5);
      }
  });
});
