import { expect, test } from "vitest";
import * as d from "../../src/index.js";

test.each(["cg", "minres", "gmres", "bicgstab", "lsqr", "lsmr"] as const)(
  "%s answers b = 0 with 0, wherever it begins",
  (name) => {
    const A = d.csrFromDense([
      [2, 1],
      [1, 3],
    ]);
    const { status, x, nit } = d[name](A, [0, 0], { x0: [1, 1] });
    expect([status, [...x], nit]).toEqual(["converged", [0, 0], 0]);
  },
);
