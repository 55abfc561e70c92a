// Numbers of any size: what is squared on the way may leave the range where the answer does not.

import { expect, test } from "vitest";
import { bicgstab, cg, gmres, lsmr, lsqr, minres } from "../../src/index.js";

const sizes = [1, 1e150, 1e155, 1e160, 1e200, 1e-155, 1e-160, 1e-200];
const scaled = (rows: readonly (readonly number[])[], s: number) => rows.map((row) => row.map((v) => v * s));

// By hand: the normal equations [17, 7; 7, 11] x = [6, 10], and Cramer's rule for [4, 1; 1, 3] and [4, 1; 1, -3] with b = [1, 2].
test.each(sizes)("the same x where A and b are %d times as large", (s) => {
  const tall = scaled(
    [
      [4, 1],
      [1, 3],
      [0, 1],
    ],
    s,
  );
  const three = [s, 2 * s, 3 * s];
  const two = [s, 2 * s];
  for (const solver of [lsqr, lsmr]) {
    const r = solver(tall, three);
    expect(r).toMatchObject({ status: "converged", reason: "gradient" });
    expect(r.x[0]).toBeCloseTo(-4 / 138, 12);
    expect(r.x[1]).toBeCloseTo(128 / 138, 12);
  }
  for (const solver of [minres, gmres, bicgstab]) {
    const r = solver(
      scaled(
        [
          [4, 1],
          [1, -3],
        ],
        s,
      ),
      two,
    );
    expect(r.status).toBe("converged");
    expect(r.x[0]).toBeCloseTo(5 / 13, 12);
    expect(r.x[1]).toBeCloseTo(-7 / 13, 12);
  }
  for (const solver of [cg, minres, gmres, bicgstab]) {
    const r = solver(
      scaled(
        [
          [4, 1],
          [1, 3],
        ],
        s,
      ),
      two,
    );
    expect(r.status).toBe("converged");
    expect(r.x[0]).toBeCloseTo(1 / 11, 12);
    expect(r.x[1]).toBeCloseTo(7 / 11, 12);
  }
});
