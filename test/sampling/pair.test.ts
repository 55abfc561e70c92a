// Densities at two points at once: lane for lane the bits of one point, for every kind of call; and chains that share their steps, any
// number of them, against chains that are alone.
import { expect, test } from "vitest";
import { compileDensity, hmc, mala, nuts, Random, sample } from "../../src/index.js";
import { defaultRuntime } from "../../src/runtime/default.js";
import { DensityPart } from "../../src/sampling/density-part.js";

const texts = [
  "-a^2/2 - b^2/2 - c^2/2",
  "-log1p(a^2) - exp(b) + b*c - c^4",
  "sin(a)*cos(b) + sin(b)*exp(-c^2) - a^2",
  "log(1 + exp(a)) + log(2 + b^2)*log1p(c^2) - abs(a - b)",
  "a^1.7 + atan2(b, c) + pow(1 + b^2, c) - max(a, b) + min(b, c)",
  "0*a + 1 + b - b + c",
  "lgamma(2 + a^2) - erf(b) + tanh(c)",
];

test.each(texts)("%s", (text) => {
  const runtime = defaultRuntime();
  const part = new DensityPart(text, ["a", "b", "c"], [], new Float64Array(0), 1);
  const instance = part.instance(runtime)!;
  const workspace = part.workspace(runtime, instance);
  const { gradient, pair } = instance.exports;
  const block = runtime.takeWorkspace({ key: "pair", f64: { x: 6, value: 2, grad: 6 } })!;
  const random = new Random(3);
  try {
    for (let k = 0; k < 40; k++) {
      const points = [0, 1].map(() => random.normals(new Float64Array(3)));
      // Far out too, where calls take their rare ways.
      if (k % 5 === 4) points[k % 2]![k % 3]! *= 800;
      const alone = points.map((x) => {
        workspace.f64.x.set(x);
        gradient!(1, 0, 1, workspace.at.x, workspace.at.value, workspace.at.grad, 0, workspace.at.work);
        return [workspace.f64.value[0]!, ...workspace.f64.grad];
      });
      points.forEach((x, lane) => {
        x.forEach((v, i) => {
          block.f64.x![2 * i + lane] = v;
        });
      });
      pair!(1, 0, 1, block.at.x!, block.at.value!, block.at.grad!, 0, workspace.at.work);
      for (const lane of [0, 1]) {
        const both = [...block.f64.value!, ...block.f64.grad!].filter((_, i) => i % 2 === lane);
        expect(both).toEqual(alone[lane]);
      }
    }
  } finally {
    block.release();
    workspace.release();
  }
});

const density = compileDensity("normal(b, a, 2) + normal(c, 0, exp(a/3)) + gamma(d, 2, 1)", {
  params: { a: { prior: "normal(0, 1)" }, b: { lower: -3, upper: 4 }, c: {}, d: "positive" },
});

/** The chain alone: its draws do not depend on the others, so a run of fewer chains has the same first ones. */
test.each([nuts(), nuts({ maxTreeDepth: 2 }), hmc({ steps: 7 }), hmc({ steps: 1, jitter: 0 }), mala()])(
  "chain 1 of 1, 2, 3, 4, 5 and 9: %o",
  (method) => {
    const options = { seed: 12, draws: 130, warmup: 80, method } as const;
    const runs = [1, 2, 3, 4, 5, 9].map((chains) => sample(density, "random", { ...options, chains }));
    const nine = runs.at(-1)!;
    for (const run of runs) {
      expect(run.draws).toEqual(nine.draws.subarray(0, run.draws.length));
      expect(run.stats.energy).toEqual(nine.stats.energy.subarray(0, run.stats.energy.length));
      expect(run.divergent).toEqual(nine.divergent.filter(({ chain }) => chain < run.chains));
    }
  },
);

test("a chain that meets zero density beside one that does not", () => {
  // Zero beyond x = 1: the logarithm is not a number there.
  const wall = compileDensity("log(1 - x) - x^2/2 - y^2/2", { params: ["x", "y"] });
  for (const method of [nuts(), hmc({ steps: 5 }), hmc({ steps: 2, jitter: 0, stepSize: 1.9 })]) {
    const options = { seed: 2, draws: 200, warmup: 100, method } as const;
    const two = sample(wall, [0, 0], { ...options, chains: 2 });
    const one = sample(wall, [0, 0], { ...options, chains: 1 });
    expect(two.divergences).toBeGreaterThan(0);
    expect(one.draws).toEqual(two.draws.subarray(0, one.draws.length));
    expect(one.divergent).toEqual(two.divergent.filter(({ chain }) => chain === 0));
    expect([...one.stats.leapfrogs]).toEqual([...two.stats.leapfrogs.subarray(0, 200)]);
  }
});
