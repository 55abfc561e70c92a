// Parallel tempering on mixtures whose weights are known, where one chain stays in its mode; its ladder, state, limits and warnings.
import { describe, expect, test } from "vitest";
import { compileDensity, iterateSample, metropolis, nuts, sample, tempering } from "../../src/index.js";

const log = (...terms: number[]) => {
  const top = Math.max(...terms);
  return top + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - top), 0));
};
/** 0.3 N(-8, 0.5) + 0.7 N(8, 2): mean 3.2, variance 0.3 0.25 + 0.7 4 + 0.3 0.7 16^2. */
const one = ([x]: Float64Array) =>
  log(Math.log(0.3 / 0.5) - ((x! + 8) / 0.5) ** 2 / 2, Math.log(0.7 / 2) - ((x! - 8) / 2) ** 2 / 2);
const MEAN = 3.2;
const SD = Math.sqrt(0.3 * 0.25 + 0.7 * 4 + 0.3 * 0.7 * 256);

describe("0.3 N(-8, 1/2) + 0.7 N(8, 2)", () => {
  const options = { seed: 3, draws: 4000, warmup: 1000 };

  test("one temperature stays where it starts, and R-hat says so", () => {
    const p = sample(one, [[-8], [-8], [8], [8]], {
      ...options,
      method: metropolis({ scale: 1, adapt: false }),
    });
    expect(p.rHat[0]).toBeGreaterThan(1.5);
  });

  test.each(["metropolis", "slice"] as const)("with several %s has weights, mean and spread", (within) => {
    const p = sample(one, [[-8], [-8], [8], [8]], { ...options, method: tempering({ within }) });
    const left = p.derive((x) => (x[0]! < 0 ? 1 : 0));
    expect(Math.abs(left.mean - 0.3)).toBeLessThan(4 * left.mcse);
    expect(Math.abs(p.mean[0]! - MEAN)).toBeLessThan(4 * p.mcse[0]!);
    expect(Math.abs(p.sd[0]! / SD - 1)).toBeLessThan(0.08);
    expect(p.rHat[0]).toBeLessThan(1.02);
    expect(left.essBulk).toBeGreaterThan(400);
    expect(p.warnings.map(({ code }) => code)).not.toContain("W_RARE_EXCHANGES");
    expect(p.ebfmi[0]).toBeNaN();
  });
});

test("nuts within, in four dimensions with a constraint: a quarter of the mass at -3", () => {
  // x is bimodal, y follows it, s > 0 has the scale of its own.
  const density = compileDensity(
    "log(exp(-((x + 3)/0.4)^2/2) + 3*exp(-((x - 3)/0.4)^2/2)) + normal(y, x, 1) + normal(z, 0, 3) + exponential(s, 2)",
    { params: { x: {}, y: {}, z: {}, s: "positive" } },
  );
  const p = sample(density, [-3, 0, 0, 1], { seed: 5, draws: 1500, warmup: 500, method: "tempering" });
  const left = p.derive((x) => (x[0]! < 0 ? 1 : 0));
  expect(Math.abs(left.mean - 0.25)).toBeLessThan(4 * left.mcse);
  expect(Math.abs(p.mean[3]! - 0.5)).toBeLessThan(4 * p.mcse[3]!);
  expect(Math.abs(p.sd[2]! / 3 - 1)).toBeLessThan(0.08);
  expect(Math.max(...p.rHat)).toBeLessThan(1.03);
});

test("a run that is saved and gone on with has the bits of one piece, in every stage of the ladder", () => {
  for (const within of ["nuts", "metropolis"] as const) {
    const density = {
      logDensityGrad: (x: Float64Array, g: Float64Array) => {
        g[0] = -x[0]!;
        return -(x[0]! ** 2) / 2;
      },
    };
    const options = {
      seed: 2,
      draws: 30,
      warmup: 40,
      chains: 2,
      method: tempering({ within, temperatures: 4 }),
    };
    const whole = sample(density, [1], options);
    for (const stop of [1, 4, 10, 39, 55]) {
      const run = iterateSample(density, [1], options);
      let state: string | undefined;
      for (const { nit } of run) {
        if (nit < stop) continue;
        state = JSON.stringify(run.state());
        break;
      }
      const rest = iterateSample(density, [1], { ...options, resume: JSON.parse(state!) });
      for (const _ of rest);
      expect(rest.result.draws).toEqual(whole.draws);
      expect(rest.result.stats).toEqual(whole.stats);
    }
  }
});

test("temperatures too far apart are warned of, with the remedy", () => {
  const flat = (x: Float64Array) => -x.reduce((sum, v) => sum + v * v, 0) / 2;
  const method = tempering({ temperatures: 2, hottest: 1e4, within: "slice" });
  const p = sample(flat, new Float64Array(8), { seed: 1, draws: 100, warmup: 100, chains: 2, method });
  const warning = p.warnings.find(({ code }) => code === "W_RARE_EXCHANGES");
  expect(warning?.message).toContain("temperatures: 16");
});

test("options: what is refused, and what a name stands for", () => {
  for (const bad of [
    { temperatures: 1 },
    { temperatures: 2.5 },
    { hottest: 1 },
    { within: "ensemble" },
    { heat: 2 },
  ])
    expect(() => tempering(bad as never)).toThrow(expect.objectContaining({ code: "OPTION" }));
  expect(() => tempering({ within: tempering() as never })).toThrow("within is tempering");
  expect(() => tempering({ within: nuts as never })).toThrow("within is");
  const gradientless = () =>
    sample(one, [0], { method: tempering({ within: "nuts" }), draws: 10, warmup: 0 });
  expect(gradientless).toThrow("needs the gradient");
  const named = sample(one, [0], { method: "tempering", draws: 20, warmup: 20, seed: 1 });
  expect(named.draws).toEqual(
    sample(one, [0], { method: tempering(), draws: 20, warmup: 20, seed: 1 }).draws,
  );
});
