// The units of x and of f decide nothing: with tolerances in the same units powers of two give the same bits, for every method,
// with exact derivatives, by differences, and in boxes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MinimizeMethodName, minimize, minimizers } from "../../src/index.js";

// Even ones: a root of the unit of f, as in a factorisation, has the same bits.
const powers = fc.constantFrom(2 ** -60, 2 ** -30, 2 ** -10, 2 ** -2, 4, 2 ** 12, 2 ** 34, 2 ** 60);
/** Rosenbrock's function with a quadratic bowl, and its gradient, of x / sx, times sf. */
function problem(sx: number, sf: number, exact: boolean) {
  const fun = ([p, q]: ArrayLike<number> & Iterable<number>): number => {
    const [x, y] = [p! / sx, q! / sx];
    return sf * ((1 - x) * (1 - x) + 10 * (y - x * x) * (y - x * x));
  };
  const grad = ([p, q]: ArrayLike<number> & Iterable<number>, out: Float64Array): void => {
    const [x, y] = [p! / sx, q! / sx];
    out[0] = (sf / sx) * (-2 * (1 - x) - 40 * x * (y - x * x));
    out[1] = (sf / sx) * (20 * (y - x * x));
  };
  return exact ? { fun, grad } : fun;
}

const names = Object.keys(minimizers) as MinimizeMethodName[];

describe.each(names)("%s", (method) => {
  const kinds =
    method === "nelderMead"
      ? [
          [false, false],
          [false, true],
        ]
      : [
          [true, false],
          [true, true],
          [false, false],
        ];
  test.each(kinds as [boolean, boolean][])("exact derivatives %s, box %s", (exact, boxed) => {
    const takes = method !== "nonlinearCG" || !boxed;
    if (!takes) return;
    fc.assert(
      fc.property(
        powers,
        powers,
        fc.integer({ min: -30, max: 30 }),
        fc.integer({ min: -30, max: 30 }),
        (sx, sf, i, j) => {
          const run = (ux: number, uf: number) => {
            const gradTol = method === "nelderMead" ? undefined : ((exact ? 1e-8 : 1e-5) * uf) / ux;
            const bounds = { lower: [-4 * ux, -4 * ux], upper: [0.75 * ux, 4 * ux] };
            // Where a start is 0 it says nothing of the size of its variable.
            const x0 = [Math.min((i + 0.5) / 16, 0.7) * ux, ((j + 0.5) / 16) * ux];
            const limits = { maxIterations: 300 };
            return minimize(problem(ux, uf, exact) as never, x0, {
              method,
              gradTol,
              ...limits,
              ...(boxed && { bounds }),
            });
          };
          const plain = run(1, 1);
          const scaled = run(sx, sf);
          expect([scaled.status, scaled.reason, scaled.nit, scaled.nfev]).toEqual([
            plain.status,
            plain.reason,
            plain.nit,
            plain.nfev,
          ]);
          expect([...scaled.x].map((v) => v / sx)).toEqual([...plain.x]);
          expect(scaled.fun / sf).toBe(plain.fun);
        },
      ),
      { numRuns: 25, seed: 12 },
    );
  });
});
