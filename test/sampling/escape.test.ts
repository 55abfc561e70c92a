// Densities without finite mass: every method says diverging, and no density that has a mass, however heavy its tails, is called so.
import { describe, expect, test } from "vitest";
import { compileDensity, iterateSample, type SampleOptions, sample } from "../../src/index.js";

type Density = {
  logDensityGrad(x: Float64Array, g: Float64Array): number;
  constraints: readonly {
    name: string;
    kind: "real" | "positive" | "interval";
    lower?: number;
    upper?: number;
  }[];
};
const methods = ["nuts", "hmc", "mala", "metropolis", "slice", "ensemble"] as const;
const one = (
  kind: "real" | "positive" | "interval",
  value: (x: number) => number,
  slope: (x: number) => number,
): Density => ({
  logDensityGrad(x, g) {
    g[0] = slope(x[0]!);
    return value(x[0]!);
  },
  constraints: [{ name: "q", kind, ...(kind === "interval" ? { lower: 0, upper: 1 } : {}) }],
});

const improper: Readonly<Record<string, Density>> = {
  "1 on positive": one(
    "positive",
    () => 0,
    () => 0,
  ),
  "1/x on positive": one(
    "positive",
    (x) => -Math.log(x),
    (x) => -1 / x,
  ),
  "1/x^2 on positive": one(
    "positive",
    (x) => -2 * Math.log(x),
    (x) => -2 / x,
  ),
  "1/(x (1 - x)) on (0, 1)": one(
    "interval",
    (x) => -Math.log(x) - Math.log(1 - x),
    (x) => -1 / x + 1 / (1 - x),
  ),
  "exp(x)": one(
    "real",
    (x) => x,
    () => 1,
  ),
  "exp(x^2/2)": one(
    "real",
    (x) => (x * x) / 2,
    (x) => x,
  ),
  "(1 + x^2)^(-1/4)": one(
    "real",
    (x) => -0.25 * Math.log(1 + x * x),
    (x) => (-0.5 * x) / (1 + x * x),
  ),
};

describe.each(Object.entries(improper))("%s", (_, density) => {
  test.each(methods)("%s", (method) => {
    const p = sample(density, density.constraints[0]!.kind === "real" ? [0.5] : "random", {
      method,
      seed: 1,
      checkGradient: false,
    });
    expect([p.status, p.reason]).toEqual(["failed", "diverging"]);
    expect(p.message).toMatch(/q left for .* no finite mass/);
  });
});

test.each([
  [
    "a Cauchy law",
    one(
      "real",
      (x) => -Math.log(1 + x * x),
      (x) => (-2 * x) / (1 + x * x),
    ),
  ],
  [
    "gamma(0.02, 1)",
    one(
      "positive",
      (x) => -0.98 * Math.log(x) - x,
      (x) => -0.98 / x - 1,
    ),
  ],
  [
    "beta(0.05, 0.05)",
    one(
      "interval",
      (x) => -0.95 * (Math.log(x) + Math.log(1 - x)),
      (x) => -0.95 / x + 0.95 / (1 - x),
    ),
  ],
  [
    "a law of scale 1e12",
    one(
      "real",
      (x) => -0.5 * (x / 1e12) ** 2,
      (x) => -x / 1e24,
    ),
  ],
  [
    "two far modes",
    one(
      "real",
      (x) => -0.5 * Math.min((x - 50) ** 2, (x + 50) ** 2),
      (x) => (x > 0 ? 50 : -50) - x,
    ),
  ],
] as const)("%s is not called improper", (_, density) => {
  for (const method of ["nuts", "hmc", "slice"] as const)
    expect(sample(density, "random", { method, seed: 3, checkGradient: false }).status).toBe("completed");
});

test("what a density throws far out reaches nobody", () => {
  const apart = {
    names: ["q"],
    logDensity(x: Float64Array) {
      if (Math.abs(x[0]!) > 1e3) throw new Error("too far");
      return -0.5 * Math.min((x[0]! - 50) ** 2, (x[0]! + 50) ** 2);
    },
  };
  const p = sample(apart, [[50], [-50], [50], [-50]], { seed: 1, draws: 300 });
  expect(p.status).toBe("completed");
  expect(p.rHat[0]!).toBeGreaterThan(1.1);
});

test("an unused parameter of a text escapes in every chain alike", () => {
  const density = compileDensity("normal(a, 0, 1)", { params: ["a", "b"] });
  expect(sample(density, "random", { seed: 1, method: "hmc" })).toMatchObject({ reason: "diverging" });
});

test("a resumed run says what the whole run says: warnings of the start, chains that run away", () => {
  const wrong = {
    names: ["a", "b"],
    logDensityGrad(x: Float64Array, g: Float64Array) {
      g[0] = -x[0]!;
      g[1] = -1.5 * x[1]!;
      return -0.5 * (x[0]! ** 2 + x[1]! ** 2);
    },
  };
  const runs: readonly [Parameters<typeof sample>[0], SampleOptions][] = [
    [wrong, { seed: 2, warmup: 100, draws: 100 }],
    [improper["1/x on positive"]!, { seed: 2, warmup: 300, draws: 300, checkGradient: false }],
    [improper["exp(x)"]!, { seed: 2, warmup: 30, draws: 100, method: "hmc" }],
  ];
  for (const [density, options] of runs) {
    const whole = iterateSample(density, "random", options);
    for (const _ of whole);
    const { nit: last } = whole.result;
    for (const stop of [0, 1, 60, last - 2].filter((n) => n < last - 1)) {
      const first = iterateSample(density, "random", options);
      let state = stop === 0 ? first.state() : undefined;
      if (stop > 0)
        for (const { nit } of first) {
          if (nit < stop) continue;
          state = first.state();
          break;
        }
      const resume = JSON.parse(JSON.stringify(state));
      const rest = iterateSample(density, "random", { ...options, resume });
      for (const _ of rest);
      expect(rest.result.warnings).toEqual(whole.result.warnings);
      expect([rest.result.status, rest.result.message]).toEqual([whole.result.status, whole.result.message]);
      expect(rest.result.draws).toEqual(whole.result.draws);
    }
  }
  const again = iterateSample(wrong, "random", runs[0]![1]);
  for (const _ of again);
  expect(again.result.warnings[0]).toMatchObject({ code: "W_GRADIENT_MISMATCH", params: ["b"] });
});
