// Transforms: there and back, log |Jacobian| against the determinant of differences, gradients against differences, and the law
// that a flat density on each of them must give.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Constraint, sample } from "../../src/index.js";
import { readDensity } from "../../src/sampling/density.js";

const blocks: Record<string, Constraint> = {
  real: { kind: "real", size: 2 },
  positive: { kind: "positive", size: 2 },
  lower: { kind: "lower", lower: -2 },
  upper: { kind: "upper", upper: 3 },
  interval: { kind: "interval", lower: -1, upper: 4, size: 2 },
  simplex: { kind: "simplex", size: 4 },
  ordered: { kind: "ordered", size: 3 },
  positiveOrdered: { kind: "positiveOrdered", size: 3 },
  unitVector: { kind: "unitVector", size: 3 },
  correlation2: { kind: "correlation", size: 4 },
  correlation4: { kind: "correlation", size: 16 },
};

/** Which coordinates of x carry the density: a simplex has one less, a correlation matrix its lower triangle. */
function independent(c: Constraint, x: Float64Array): number[] {
  if (c.kind === "simplex") return [...x.subarray(0, x.length - 1)];
  if (c.kind === "correlation") {
    const K = Math.sqrt(x.length);
    return [...x].filter((_, i) => i % K < Math.floor(i / K));
  }
  return [...x];
}

function determinant(A: number[][]): number {
  let det = 1;
  const n = A.length;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k; i < n; i++) if (Math.abs(A[i]![k]!) > Math.abs(A[best]![k]!)) best = i;
    [A[k], A[best]] = [A[best]!, A[k]!];
    if (best !== k) det = -det;
    det *= A[k]![k]!;
    for (let i = k + 1; i < n; i++) {
      const f = A[i]![k]! / A[k]![k]!;
      for (let j = k; j < n; j++) A[i]![j]! -= f * A[k]![j]!;
    }
  }
  return det;
}

describe.each(Object.entries(blocks))("%s", (_name, c) => {
  // A smooth function of x that treats every coordinate differently.
  const weights = (i: number) => 0.3 + 0.2 * ((i * 7) % 5);
  const density = {
    logDensityGrad(x: Float64Array, g: Float64Array) {
      let value = 0;
      for (let i = 0; i < x.length; i++) {
        value += weights(i) * Math.sin(x[i]!) - 0.1 * x[i]! ** 2;
        g[i] = weights(i) * Math.cos(x[i]!) - 0.2 * x[i]!;
      }
      return value;
    },
    constraints: [c],
  };
  const target = readDensity("test", density, undefined, false);
  const point = fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), {
    minLength: target.free,
    maxLength: target.free,
  });

  test("there and back", () => {
    fc.assert(
      fc.property(point, (at) => {
        if (c.kind === "unitVector" && Math.hypot(...at) < 0.1) return;
        const u = Float64Array.from(at);
        const x = new Float64Array(target.size);
        const again = new Float64Array(target.size);
        const back = new Float64Array(target.free);
        target.constrain(u, x);
        target.unconstrain(x, back);
        target.constrain(back, again);
        again.forEach((v, i) => {
          expect(v).toBeCloseTo(x[i]!, 10);
        });
        if (c.kind !== "unitVector")
          back.forEach((v, i) => {
            expect(v).toBeCloseTo(u[i]!, 8);
          });
      }),
      { numRuns: 50 },
    );
  });

  test("log |Jacobian| is that of differences", () => {
    if (c.kind === "unitVector") return;
    fc.assert(
      fc.property(point, (at) => {
        const u = Float64Array.from(at);
        const x = new Float64Array(target.size);
        const h = 1e-6;
        const columns = at.map((_, j) => {
          const side = (s: number) => {
            const v = u.slice();
            v[j]! += s * h;
            target.constrain(v, x);
            return independent(c, x);
          };
          const [ahead, behind] = [side(1), side(-1)];
          return ahead.map((v, i) => (v - behind[i]!) / (2 * h));
        });
        const want = Math.log(Math.abs(determinant(columns)));
        expect(target.constrain(u, x)).toBeCloseTo(want, 5);
      }),
      { numRuns: 30 },
    );
  });

  test("the gradient on the free scale is that of differences", () => {
    fc.assert(
      fc.property(point, (at) => {
        if (c.kind === "unitVector" && Math.hypot(...at) < 0.1) return;
        const u = Float64Array.from(at);
        const g = new Float64Array(target.free);
        target.evaluate(u, g);
        g.forEach((slope, j) => {
          const side = (s: number) => {
            const v = u.slice();
            v[j]! += s * 1e-6;
            return target.evaluate(v, null) as number;
          };
          const want = (side(1) - side(-1)) / 2e-6;
          expect(Math.abs(slope - want)).toBeLessThan(1e-6 * Math.max(1, Math.abs(want)) * 10);
        });
      }),
      { numRuns: 30 },
    );
  });
});

test("a flat density on the simplex is Dirichlet(1, ..., 1)", () => {
  const p = sample(
    {
      logDensityGrad: (_x: Float64Array, g: Float64Array) => (g.fill(0), 0),
      constraints: [{ name: "w", kind: "simplex", size: 4 }],
    },
    "random",
    { seed: 1 },
  );
  expect(p.names).toEqual(["w1", "w2", "w3", "w4"]);
  p.mean.forEach((m, j) => {
    expect(Math.abs(m - 0.25)).toBeLessThan(4 * p.mcse[j]!);
  });
  // Variance of Beta(1, 3).
  for (const s of p.sd) expect(s).toBeCloseTo(Math.sqrt(3 / 80), 1);
});

test("a flat density over correlation matrices has the marginals of LKJ(1): 2 Beta(K/2, K/2) - 1", () => {
  const p = sample(
    {
      logDensityGrad: (_x: Float64Array, g: Float64Array) => (g.fill(0), 0),
      constraints: [{ name: "R", kind: "correlation", size: 9 }],
    },
    "random",
    { seed: 1, draws: 2000 },
  );
  const r = p.parameter("R2");
  expect(Math.abs(r.mean)).toBeLessThan(4 * r.mcse);
  // 2B - 1 with B of Beta(1.5, 1.5): variance 4 / (4 * 4) = 1 / 4.
  expect(r.sd).toBeCloseTo(0.5, 1);
  expect(p.parameter("R1").rHat).toBeNaN();
});

test("a flat density on the sphere has mean 0 and variance 1/3", () => {
  const p = sample(
    {
      logDensityGrad: (_x: Float64Array, g: Float64Array) => (g.fill(0), 0),
      constraints: [{ name: "v", kind: "unitVector", size: 3 }],
    },
    "random",
    { seed: 2 },
  );
  p.mean.forEach((m, j) => {
    expect(Math.abs(m)).toBeLessThan(4 * p.mcse[j]!);
    expect(p.sd[j]!).toBeCloseTo(Math.sqrt(1 / 3), 1);
  });
});
