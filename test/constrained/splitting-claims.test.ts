// What admm, chambollePock and proximalGradient claim: the unit of the data does not matter, and the residuals are those of the
// optimality conditions, computed here anew.
import { expect, test } from "vitest";
import { admm, chambollePock, lasso, prox, proximalGradient } from "../../src/index.js";

const units = [1e-120, 1e-30, 1e-12, 1e-9, 1e-6, 1e-3, 1, 1e6, 1e12];

test.each(units)("minima in units of %d, known in closed form", (s) => {
  const close = (x: Float64Array, expected: number[]) =>
    expected.forEach((v, j) => {
      expect(Math.abs(x[j]! / s - v)).toBeLessThan(2e-7);
    });
  // |x - b|^2 / 2 + 1.5 |x|_1
  const b = [3 * s, s, -2 * s];
  const shrunk = [1.5, 0, -0.5];
  const [half, sparse] = [prox.squared(1, b), prox.l1(1.5 * s)];
  const I = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  // x - 3 + 1 = 0, 2 (2 y - 1) + 1 = 0
  const A = [
    [1, 0],
    [0, 2],
  ];
  const both = [
    admm({ proxF: half, proxG: sparse, x0: [0, 0, 0] }),
    admm({ proxF: sparse, proxG: half, A: I }),
    chambollePock({ K: I, proxF: half, proxG: sparse }),
    proximalGradient({ f: { A: I, b }, g: sparse, x0: [0, 0, 0] }),
  ];
  for (const r of both) {
    expect(r.status, r.message).toBe("converged");
    close("z" in r ? (r.z as Float64Array) : r.x, shrunk);
  }
  const pair = [3 * s, s];
  const scaled = [
    admm({ proxF: prox.l1(s), proxG: prox.squared(1, pair), A }),
    chambollePock({ K: A, proxF: prox.squared(1, pair), proxG: prox.l1(s) }),
    proximalGradient({ f: { A, b: pair }, g: prox.l1(s), x0: [0, 0] }),
  ];
  for (const r of scaled) {
    expect(r.status, r.message).toBe("converged");
    close(r.x, [2, 0.25]);
  }
  // Where it ends it may begin.
  const again = proximalGradient({ f: { A, b: pair }, g: prox.l1(s), x0: scaled[2]!.x });
  expect([again.status, again.nit]).toEqual(["converged", 0]);
  // Nothing is worth its price, nothing pulls.
  const none = admm({ proxF: prox.l1(9 * s), proxG: prox.squared(1, pair), A });
  const nothing = chambollePock({ K: A, proxF: prox.squared(1, pair), proxG: prox.l1(9 * s) });
  const free = admm({ proxF: prox.zero(), proxG: prox.squared(1, pair), x0: [0, 0] });
  for (const r of [none, nothing, free]) expect(r.status, r.message).toBe("converged");
  expect([...none.x, ...nothing.x]).toEqual([0, 0, 0, 0]);
  close(free.x, [3, 1]);
});

test("admm with a matrix: what it says of the dual residual bounds that of the conditions", () => {
  let seed = 5;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const [n, m, weight] = [8, 12, 1e-2];
  for (const tolerance of [1e-3, 1e-4, 1e-5, 1e-6]) {
    for (const condition of [1, 10, 100, 1000]) {
      const A = Array.from({ length: m }, () =>
        Array.from({ length: n }, (_, j) => random() * condition ** (-j / (n - 1))),
      );
      const b = Array.from({ length: m }, random);
      const r = admm({ proxF: prox.squared(weight), proxG: prox.squared(1, b), A, tolerance });
      expect(r.status).toBe("converged");
      // weight x + A'y = 0
      const missed = Array.from(r.x, (v, j) =>
        A.reduce((sum, row, i) => sum + row[j]! * r.y[i]!, weight * v),
      );
      expect(Math.hypot(...missed)).toBeLessThan(1.5 * r.dualResidual + 1e-12);
      expect(Math.hypot(...missed)).toBeLessThan(1.5 * tolerance);
    }
  }
});

test("admm's dual residual is measured in the units of A'y, whatever those of A", () => {
  let seed = 5;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return (2 * seed) / 2147483647 - 1;
  };
  for (let k = 0; k < 5; k++) {
    const A = Array.from({ length: 8 }, () => Array.from({ length: 5 }, random));
    const b = Array.from({ length: 8 }, random);
    const { x } = lasso(A, b, 0.2);
    for (const unit of [1e-6, 1e-4, 1e-2, 1]) {
      const r = admm({
        proxF: prox.l1(0.2 * unit * unit),
        // |z - b|^2 / 2 of z = Ax.
        proxG: (v, t, out) => {
          for (let i = 0; i < 8; i++) out[i] = (unit * b[i]! - v[i]! / t) / (1 / t + 1);
        },
        A: A.map((row) => row.map((a) => unit * a)),
        maxIterations: 3000,
      });
      if (r.success)
        for (let j = 0; j < 5; j++) expect(Math.abs(r.x[j]! - x[j]!), `${k} ${unit}`).toBeLessThan(1e-4);
      if (unit >= 1e-2) expect(r.success, `${k} ${unit}`).toBe(true);
    }
  }
});
