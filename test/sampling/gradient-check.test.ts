// W_GRADIENT_MISMATCH: no false alarm whatever the scale, the noise, the start; no error missed that matters, at a mode and among many.
import { describe, expect, test } from "vitest";
import { compileDensity, curveFit, posterior, sample } from "../../src/index.js";

type Pair = readonly [value: (x: Float64Array) => number, slope: (x: Float64Array, g: Float64Array) => void];
const named = (
  [value, slope]: Pair,
  start: readonly number[] | "random",
  more: object = {},
): readonly string[] | null => {
  const size = start === "random" ? 3 : start.length;
  const p = sample(
    {
      names: Array.from({ length: size }, (_, i) => `p${i}`),
      logDensityGrad(x: Float64Array, g: Float64Array) {
        slope(x, g);
        return value(x);
      },
      ...more,
    } as never,
    start as never,
    { seed: 1, chains: 1, warmup: 1, draws: 1 },
  );
  return p.warnings.find(({ code }) => code === "W_GRADIENT_MISMATCH")?.params ?? null;
};
/** Independent normal coordinates, each gradient times its factor. */
const normals = (sd: (i: number) => number, factor: (i: number) => number = () => 1, centre = 0): Pair => [
  (x) => x.reduce((sum, v, i) => sum - 0.5 * ((v - centre) / sd(i)) ** 2, 0),
  (x, g) => {
    for (let i = 0; i < x.length; i++) g[i] = (-factor(i) * (x[i]! - centre)) / (sd(i) * sd(i));
  },
];
const zeros = (n: number): number[] => new Array<number>(n).fill(0);

describe("a right gradient raises no doubt", () => {
  test.each([
    ["value and gradient 0", normals(() => 1), [0, 0, 0]],
    ["scales 1e-12 to 1e12 at the mode", normals((i) => 10 ** (6 * i - 12)), zeros(5)],
    ["scales 1e-12 to 1e12 beside it", normals((i) => 10 ** (6 * i - 12)), [1e-12, 1e-6, 1, 1e6, 1e12]],
    [
      "a small scale far from 0",
      normals(
        () => 1e-6,
        () => 1,
        1e3,
      ),
      [1e3, 1000.000001],
    ],
    ["a constant", [() => 0, (_x, g) => g.fill(0)], [0, 1]],
    ["a large constant", [(x) => 1e9 - 0.5 * x[0]! ** 2, (x, g) => (g[0] = -x[0]!)], [0.3]],
    ["a kink", [(x) => -Math.abs(x[0]!), (x, g) => (g[0] = -Math.sign(x[0]!))], [0]],
    [
      "a cubic",
      [(x) => -(x[0]! ** 3) - x[0]! ** 4, (x, g) => (g[0] = -3 * x[0]! ** 2 - 4 * x[0]! ** 3)],
      [0],
    ],
    [
      "Student's law of scale 1e-8",
      [(x) => -Math.log1p((x[0]! / 1e-8) ** 2), (x, g) => (g[0] = (-2 * x[0]!) / (1e-16 + x[0]! ** 2))],
      [0],
    ],
    [
      "noise of 1e-9",
      [(x) => -0.5 * x[0]! ** 2 + 1e-9 * Math.sin(1e7 * x[0]!), (x, g) => (g[0] = -x[0]!)],
      [0.7],
    ],
    [
      "a wall beside the start",
      [(x) => (x[0]! > 1 ? -Infinity : -0.5 * x[0]! ** 2), (x, g) => (g[0] = -x[0]!)],
      [1 - 1e-9],
    ],
    ["many", normals((i) => 10 ** ((i % 7) - 3)), zeros(400).map((_, i) => (i % 11) * 10 ** ((i % 7) - 3))],
    ["many at the mode", normals((i) => 10 ** ((i % 7) - 3)), zeros(400)],
  ] as readonly [string, Pair, number[]][])("%s", (_, pair, start) => {
    expect(named(pair, start)).toBeNull();
  });

  test("densities as text, posteriors of fits, constraints", () => {
    const x = [0, 1, 2, 3, 4, 5];
    const fit = curveFit({
      model: "a*exp(-k*x)",
      x,
      y: [5.1, 3.9, 3.2, 2.4, 2, 1.7],
      params: { a: 5, k: 0.2 },
    });
    const text = compileDensity("normal(y, m, s)", {
      params: { m: {}, s: "positive", w: { kind: "simplex", size: 3 }, c: { kind: "correlation", size: 9 } },
      data: { y: [1, 2, 4] },
    });
    for (const [density, start] of [
      [posterior(fit), undefined],
      [text, "random"],
    ] as const)
      for (let seed = 0; seed < 20; seed++) {
        const p = sample(density, start, { seed, chains: 1, warmup: 1, draws: 1 });
        expect(p.warnings.map(({ code }) => code)).not.toContain("W_GRADIENT_MISMATCH");
      }
  });
});

test("the check changes no draw", () => {
  const text = compileDensity("normal(a, b, 1) + normal(b, 0, 2)", { params: ["a", "b"] });
  const run = (checkGradient: boolean) =>
    sample(text, "random", { seed: 4, draws: 50, warmup: 50, checkGradient });
  expect(run(true).draws).toEqual(run(false).draws);
  expect(run(true).nfev - run(false).nfev).toBeLessThan(200);
});

describe("a wrong gradient is found, by name", () => {
  test.each([
    [
      "twice too large, at the mode",
      normals(
        () => 1,
        (i) => (i === 1 ? 2 : 1),
      ),
      [0, 0, 0],
      ["p1"],
    ],
    [
      "by 1 %",
      normals(
        () => 1,
        (i) => (i === 2 ? 1.01 : 1),
      ),
      [0.5, 1, -1],
      ["p2"],
    ],
    [
      "of a small scale, among large ones",
      normals(
        (i) => 10 ** (-4 * i),
        (i) => (i === 2 ? -1 : 1),
      ),
      zeros(3),
      ["p2"],
    ],
    [
      "of a large scale, among small ones",
      normals(
        (i) => 10 ** (4 * i),
        (i) => (i === 2 ? 0 : 1),
      ),
      zeros(3),
      ["p2"],
    ],
    [
      "two errors that cancel",
      [(x) => -0.5 * (x[0]! ** 2 + x[1]! ** 2), (x, g) => g.set([-x[0]! + 0.5, -x[1]! - 0.5])],
      [1, 1],
      ["p0", "p1"],
    ],
    [
      "places exchanged",
      [(x) => -0.5 * (x[0]! ** 2 + 4 * x[1]! ** 2), (x, g) => g.set([-4 * x[1]!, -x[0]!])],
      [1, 0.25],
      ["p0", "p1"],
    ],
  ] as readonly [string, Pair, number[], string[]][])("%s", (_, pair, start, want) => {
    expect(named(pair, start)).toEqual(want);
  });

  test("one of 300, at the mode and beside it", () => {
    const pair = normals(
      (i) => 1 + (i % 3),
      (i) => (i === 207 ? 1.5 : 1),
    );
    expect(named(pair, zeros(300))).toEqual(["p207"]);
    expect(
      named(
        pair,
        zeros(300).map((_, i) => ((i * 7) % 5) - 2),
      ),
    ).toEqual(["p207"]);
  });

  test("of a simplex, all of it", () => {
    const pair: Pair = [(x) => Math.log(x[0]!), (x, g) => g.set([2 / x[0]!, 0, 0])];
    const constraints = [{ kind: "simplex", size: 3 }];
    expect(named(pair, [0.2, 0.3, 0.5], { constraints })).toEqual(["p0", "p1", "p2"]);
  });
});
