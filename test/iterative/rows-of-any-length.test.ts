// Products with sparse matrices whose rows have any lengths, two rows at a time: the residual of an answer in plain loops over its entries.

import fc from "fast-check";
import { expect, test } from "vitest";
import { bicgstab, cg, csrFromTriplets, gmres, lsqr, minres } from "../../src/index.js";

/** Symmetric, its diagonal larger than the rest of its row; each pair (i, j) of `places` is an entry. */
function system(n: number, places: readonly (readonly [number, number, number])[]) {
  const entries = new Map<string, [number, number, number]>();
  for (const [i, j, v] of places) {
    if (i % n === j % n) continue;
    for (const [r, c] of [
      [i % n, j % n],
      [j % n, i % n],
    ] as const)
      entries.set(`${r} ${c}`, [r, c, v]);
  }
  const all = [...entries.values()];
  for (let i = 0; i < n; i++) {
    const others = all.filter(([r, c]) => r === i && c !== i).reduce((sum, [, , v]) => sum + Math.abs(v), 0);
    all.push([i, i, 1 + others]);
  }
  const A = csrFromTriplets({
    rows: n,
    cols: n,
    row: all.map(([i]) => i),
    col: all.map(([, j]) => j),
    value: all.map(([, , v]) => v),
  });
  const b = Array.from({ length: n }, (_, i) => 1 + ((7 * i) % 5));
  const residual = (x: ArrayLike<number>): number => {
    const r = Float64Array.from(b);
    for (const [i, j, v] of all) r[i]! -= v * x[j]!;
    return Math.hypot(...r);
  };
  return { A, b, residual };
}

const solvers = { cg, minres, gmres, bicgstab, lsqr };

test.each(Object.entries(solvers))("%s", (_, solver) => {
  const place = fc.tuple(
    fc.nat(40),
    fc.nat(40),
    fc.integer({ min: -4, max: 4 }).filter((v) => v !== 0),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(place, { maxLength: 60 }), (n, places) => {
      const { A, b, residual } = system(n, places);
      const { x, status } = solver(A, b, { tolerance: 1e-10 });
      expect(status).toBe("converged");
      expect(residual(x)).toBeLessThan(1e-8);
    }),
    { numRuns: 200 },
  );
});

test("a first row of each pair that is much longer than the second, and the other way around", () => {
  for (const n of [2, 7, 16, 33]) {
    for (const hub of [0, 1]) {
      const arrow = Array.from({ length: n }, (_, i) => [hub % n, i, 0.5 + i / n] as const);
      const { A, b, residual } = system(n, arrow);
      for (const solver of Object.values(solvers))
        expect(residual(solver(A, b, { tolerance: 1e-10 }).x)).toBeLessThan(1e-8);
    }
  }
});
