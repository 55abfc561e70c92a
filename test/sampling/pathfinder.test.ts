// Pathfinder: its normal laws against the inverse Hessian and density they stand for, its draws against known posteriors, chains
// that start from it, and every way in which it ends.
import { describe, expect, test } from "vitest";
import { compileDensity, laplace, pathfinder, pathfinderAsync, Random, sample } from "../../src/index.js";
import { InverseHessian } from "../../src/sampling/inverse-hessian.js";

/** The same value everywhere. */
const level = (g: Float64Array, value: number): number => {
  g.fill(0);
  return value;
};

/** -x'Ax/2 with A = D + v v'. */
function quadratic(d: number) {
  const v = Float64Array.from({ length: d }, (_, i) => 1 / (i + 1));
  const gradient = (x: ArrayLike<number>) => {
    let along = 0;
    for (let i = 0; i < d; i++) along += v[i]! * x[i]!;
    return Float64Array.from({ length: d }, (_, i) => -(0.5 + i) * x[i]! - along * v[i]!);
  };
  return { gradient, v };
}

describe("the law of the inverse Hessian", () => {
  const d = 4;
  const { gradient } = quadratic(d);
  const random = new Random(3);
  const hessian = new InverseHessian(d, 3);
  const x = random.normals(new Float64Array(d));
  for (let k = 0; k < 5; k++) {
    const s = random.normals(new Float64Array(d));
    const next = x.map((each, i) => each + s[i]!);
    const [before, after] = [gradient(x), gradient(next)];
    expect(
      hessian.learn(
        s,
        before.map((g, i) => g - after[i]!),
      ),
    ).toBe(true);
    x.set(next);
  }
  const column = (j: number) => hessian.times(Float64Array.from({ length: d }, (_, i) => (i === j ? 1 : 0)));
  const h = Array.from({ length: d }, (_, j) => column(j));

  test("fulfils the secant equation of the last step, and is symmetric", () => {
    const s = random.normals(new Float64Array(d));
    const after = gradient(x.map((each, i) => each + s[i]!));
    const y = gradient(x).map((g, i) => g - after[i]!);
    hessian.learn(s, y);
    hessian.times(y).forEach((value, i) => {
      expect(value).toBeCloseTo(s[i]!, 10);
    });
    const own = Array.from({ length: d }, (_, j) => column(j));
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) expect(own[i]![j]).toBeCloseTo(own[j]![i]!, 12);
  });

  test("its draws have the covariance H and the density they say", () => {
    const normal = hessian.normal(x, gradient(x))!;
    const own = Array.from({ length: d }, (_, j) => column(j));
    own.forEach((each, j) => {
      expect(normal.variances[j]).toBeCloseTo(each[j]!, 10);
    });
    const newton = hessian.times(gradient(x));
    normal.mean.forEach((m, i) => {
      expect(m).toBeCloseTo(x[i]! + newton[i]!, 12);
    });
    const count = 40_000;
    const u = new Float64Array(d);
    const sums = new Float64Array(d * d);
    // E[exp(-|z|^2 / 2) / density] over draws is the integral of exp(-|u - mean|^2 / 2): (2 pi)^(d/2).
    let integral = 0;
    for (let s = 0; s < count; s++) {
      const density = normal.draw(random, u);
      if (s < 20) expect(normal.logDensity(u)).toBeCloseTo(density, 10);
      let square = 0;
      for (let i = 0; i < d; i++) {
        square += (u[i]! - normal.mean[i]!) ** 2;
        for (let j = 0; j < d; j++)
          sums[i * d + j]! += ((u[i]! - normal.mean[i]!) * (u[j]! - normal.mean[j]!)) / count;
      }
      integral += Math.exp(-square - density) / count;
    }
    // Four standard errors of a covariance of normal numbers: sqrt((Hii Hjj + Hij^2) / count).
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) {
        const error = Math.sqrt((own[i]![i]! * own[j]![j]! + own[i]![j]! ** 2) / count);
        expect(Math.abs(sums[i * d + j]! - own[i]![j]!)).toBeLessThan(4.5 * error);
      }
    expect(integral / Math.PI ** (d / 2)).toBeCloseTo(1, 1);
  });

  test("a step along which nothing curves downwards is left out", () => {
    const s = Float64Array.from([1, 0, 0, 0]);
    expect(hessian.learn(s, Float64Array.from([-1, 0, 0, 0]))).toBe(false);
    expect(hessian.learn(s, Float64Array.from([NaN, 0, 0, 0]))).toBe(false);
    expect(h.length).toBe(d);
  });
});

describe("pathfinder", () => {
  const normal = compileDensity("normal(a, 1, 2) + normal(b, a, 1) + normal(c, -2, 0.1)", {
    params: ["a", "b", "c"],
  });

  test("a normal density: exact but for the draws", () => {
    const found = pathfinder(normal, "random", { seed: 2, draws: 4000 });
    expect([found.status, found.reason, found.success]).toEqual(["completed", "draws", true]);
    const [mean, sd] = [
      [1, 1, -2],
      [2, Math.sqrt(5), 0.1],
    ];
    for (let j = 0; j < 3; j++) {
      expect(Math.abs(found.mean[j]! - mean[j]!)).toBeLessThan((6 * sd[j]!) / Math.sqrt(4000));
      expect(found.sd[j]! / sd[j]!).toBeCloseTo(1, 1);
    }
    expect(found.paretoK).toBeLessThan(0.7);
    expect(found.warnings).toEqual([]);
    // log of the integral: the lower bound touches it. sqrt(2 pi)^3, as constants of the laws are left out but their scales.
    const evidence = 1.5 * Math.log(2 * Math.PI);
    expect(Math.max(...found.lowerBounds)).toBeCloseTo(evidence, 1);
    expect(`${found}`).toContain("Pareto k");
    expect(found.report()).toContain("lower bounds");
    expect(found.nfev).toBeGreaterThan(4000);
  });

  test("the same seed, the same bits; asynchronous too", async () => {
    const [a, b] = [1, 1].map((seed) => pathfinder(normal, undefined, { seed, draws: 50 }));
    expect(a!.draws).toEqual(b!.draws);
    const late = {
      logDensityGrad: async (x: Float64Array, g: Float64Array) => normal.logDensityGrad(x, g),
      names: normal.names,
    };
    expect((await pathfinderAsync(late, undefined, { seed: 1, draws: 50 })).draws).toEqual(a!.draws);
    expect(pathfinder(normal, undefined, { seed: 2, draws: 50 }).draws).not.toEqual(a!.draws);
  });

  test("promises from any evaluation on: the same bits with differences, and a rejection is the caller's", async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const gauss = (x: Float64Array) => -0.5 * (x[0]! * x[0]! + (x[1]! - 1) * (x[1]! - 1));
    const options = { seed: 1, draws: 20, paths: 2, gradient: "differences" } as const;
    const { draws } = pathfinder(gauss, [0.5, 0.5], options);
    for (let from = 0; from < 7; from++) {
      let calls = 0;
      const late = (x: Float64Array) => (calls++ < from ? gauss(x) : Promise.resolve(gauss(x)));
      expect((await pathfinderAsync(late, [0.5, 0.5], options)).draws).toEqual(draws);
      calls = 0;
      const mine = new Error("mine");
      const rejecting = (x: Float64Array) => (calls++ < from ? gauss(x) : Promise.reject(mine));
      await expect(pathfinderAsync(rejecting, [0.5, 0.5], options)).rejects.toBe(mine);
      calls = 0;
      expect(() => pathfinder(rejecting, [0.5, 0.5], options)).toThrow("returned a Promise");
      calls = 0;
      expect(() => laplace(rejecting, [0.5, 0.5], { gradient: "differences" })).toThrow(/[pP]romise/);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
  });

  test("more dimensions than pairs, and constraints: near the density's own moments", () => {
    const d = 40;
    const wide = compileDensity(
      Array.from({ length: d }, (_, i) => `normal(x${i + 1}, ${i}, 1)`).join(" + "),
      {
        params: { x: { size: d }, s: { kind: "positive", prior: "gamma(4, 2)" } },
      },
    );
    const found = pathfinder(wide, "random", { seed: 3, paths: 2 });
    for (let i = 0; i < d; i++) expect(Math.abs(found.mean[i]! - i)).toBeLessThan(0.5);
    expect(Math.abs(found.mean[d]! - 2)).toBeLessThan(0.5);
  });

  test("chains start from it", () => {
    const near = pathfinder(normal, "random", { seed: 2 });
    expect(near.starts(4)).toHaveLength(4);
    expect(near.metric.kind).toBe("diagonal");
    const p = sample(normal, near.starts(4), { metric: near.metric, seed: 1, draws: 500, warmup: 200 });
    expect(Math.max(...p.rHat)).toBeLessThan(1.03);
    expect(() => near.starts(0)).toThrow("chains");
  });

  test('the start "pathfinder" puts every chain near the mode, in few transitions', () => {
    const far = compileDensity("normal(a, 500, 3) + normal(b, -800, 0.01)", { params: ["a", "b"] });
    const options = { seed: 1, draws: 1, warmup: 0, method: "metropolis" } as const;
    const p = sample(far, "pathfinder", options);
    for (let c = 0; c < 4; c++) {
      expect(Math.abs(p.draws[2 * c]! - 500)).toBeLessThan(15);
      expect(Math.abs(p.draws[2 * c + 1]! + 800)).toBeLessThan(20);
    }
    const full = sample(far, "pathfinder", { seed: 1, draws: 400, warmup: 100 });
    expect(Math.max(...full.rHat)).toBeLessThan(1.05);
    expect(() => sample((x: Float64Array) => -(x[0]! ** 2), "pathfinder", options)).toThrow("no coordinates");
    const noGradient = { logDensity: (x: Float64Array) => -(x[0]! ** 2), names: ["x"] };
    expect(() => sample(noGradient, "pathfinder", options)).toThrow('"pathfinder" needs the gradient');
    // Where there is no law to draw from, chains stay where they were: on (-2, 2).
    const flat = sample({ names: ["x"], logDensityGrad: (_, g) => level(g, 0) }, "pathfinder", options);
    expect(flat.status).toBe("completed");
  });

  test("every way to end, and bad input", () => {
    const nowhere = {
      names: ["x"],
      logDensityGrad: (_: Float64Array, g: Float64Array) => level(g, -Infinity),
    };
    expect(pathfinder(nowhere).reason).toBe("nonFinite");
    const flat = { names: ["x"], logDensityGrad: (_: Float64Array, g: Float64Array) => level(g, 0) };
    const stalled = pathfinder(flat);
    expect([stalled.status, stalled.reason, stalled.draws.length]).toEqual(["failed", "stalled", 0]);
    expect(stalled.message).toContain("no path gave a normal law");
    const stopped = pathfinder(normal, "random", { maxEvaluations: 20 });
    expect([stopped.status, stopped.reason]).toEqual(["stopped", "maxEvaluations"]);
    expect(stopped.nfev).toBeLessThanOrEqual(20);
    expect(() => pathfinder(normal, "random", { paths: 0 })).toThrow("paths");
    expect(() => pathfinder(normal, "random", { path: 2 } as never)).toThrow(
      expect.objectContaining({ code: "OPTION" }),
    );
    expect(() => pathfinder((x) => -(x[0]! ** 2), [1])).toThrow("needs the gradient");
    let seen = 0;
    pathfinder(normal, "random", { draws: 10, onIteration: () => void seen++ });
    expect(seen).toBe(4);
  });

  test("of a normal law every path is near, and every seed says so: weights of several laws have no tail of their own", () => {
    const ten = compileDensity(
      Array.from({ length: 10 }, (_, i) => `normal(x${i + 1}, 0, ${i + 1})`).join(" + "),
      {
        params: { x: { size: 10 } },
      },
    );
    for (const density of [normal, ten])
      for (let seed = 1; seed <= 8; seed++) {
        const { paretoK } = pathfinder(density, "random", { seed });
        expect([seed, paretoK < 0.5]).toEqual([seed, true]);
      }
  });

  test("of more paths than 32 the best are drawn from", () => {
    const found = pathfinder(normal, "random", { seed: 1, paths: 40, draws: 20 });
    expect(found.lowerBounds.filter((b) => b > -Infinity).length).toBe(40);
    expect(found.draws.length).toBe(60);
  });

  test("weights that cannot be trusted are warned of", () => {
    const heavy = compileDensity("0", { params: { x: { size: 10, prior: "cauchy(0, 1)" } } });
    const found = pathfinder(heavy, "random", { seed: 1 });
    expect(found.paretoK).toBeGreaterThan(0.7);
    expect(found.warnings.map(({ code }) => code)).toEqual(["W_PARETO_K"]);
  });
});
