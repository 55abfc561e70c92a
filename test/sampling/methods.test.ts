// Every method on densities with known moments: means and second moments within four standard errors of the chains' own, chains
// that agree, and errors that are not too small either. The long protocol (1e5 draws) is bench/sampling.check.ts.
import { describe, expect, test } from "vitest";
import {
  ensemble,
  essMean,
  hmc,
  mala,
  metropolis,
  nuts,
  type Posterior,
  type SamplingMethod,
  sample,
  slice,
  tempering,
} from "../../src/index.js";
import { chainOf } from "../../src/sampling/chains.js";
import { banana, eightSchools, type Known, known, logistic } from "./targets.js";

/** z of each mean and of each second moment about the true mean. */
function zScores(p: Posterior, { mean, sd }: Known): number[] {
  return mean.flatMap((m, j) => {
    if (Number.isNaN(m)) return [];
    const chains = Array.from({ length: p.chains }, (_, c) =>
      chainOf(p.draws, c, p.count, p.names.length, j),
    );
    const square = chains.map((c) => c.map((v) => (v - m) ** 2));
    const z = (what: typeof chains, want: number) => {
      const all = what.flatMap((c) => [...c]);
      const average = all.reduce((a, b) => a + b, 0) / all.length;
      const variance = all.reduce((a, b) => a + (b - average) ** 2, 0) / (all.length - 1);
      return (average - want) / Math.sqrt(variance / essMean(what));
    };
    return [z(chains, m), z(square, sd[j]! ** 2)];
  });
}

const cases: readonly (readonly [string, number, (k: Known) => boolean])[] = [
  ["nuts", 1000, (k) => k !== banana],
  ["hmc", 1000, (k) => k !== banana],
  ["mala", 2000, (k) => k.d <= 2 && k !== banana],
  ["metropolis", 5000, (k) => k.d <= 2 && k !== banana],
  ["slice", 2000, (k) => k.d <= 2 && k !== banana],
  ["ensemble", 2000, (k) => k.d <= 2 && k !== banana],
];

describe.each(cases)("%s", (method, draws, takes) => {
  test.each(known.filter(takes))("$id", (k) => {
    const p = sample(k.density, k.start, { method: method as "nuts", draws, seed: 4, checkGradient: false });
    expect(p.status).toBe("completed");
    expect(p.success).toBe(true);
    for (const z of zScores(p, k)) expect(Math.abs(z)).toBeLessThan(4);
    for (const r of p.rHat) expect(r).toBeLessThan(method === "nuts" || method === "hmc" ? 1.02 : 1.06);
  });
});

test("errors are what they say: over many targets 55 to 80 % of |z| are below 1", () => {
  // Ten coordinates of one correlated law go up and down together: they are left out.
  const independent = known.filter((k) => k !== banana && k.id !== "normal10_ar0.9");
  const z = independent.flatMap((k) =>
    [1, 2, 3, 4].flatMap((seed) =>
      zScores(sample(k.density, k.start, { seed, draws: 400, warmup: 400, checkGradient: false }), k),
    ),
  );
  const share = z.filter((v) => Math.abs(v) < 1).length / z.length;
  expect(z.length).toBeGreaterThan(50);
  expect(share).toBeGreaterThan(0.55);
  expect(share).toBeLessThan(0.8);
});

test.each(["fisher", "diagonal", "dense", "lowRank"] as const)("nuts with the metric %s", (metric) => {
  const k = known[3]!;
  const p = sample(k.density, k.start, { metric, seed: 2 });
  for (const z of zScores(p, k)) expect(Math.abs(z)).toBeLessThan(4);
  for (const r of p.rHat) expect(r).toBeLessThan(1.01);
  expect(p.metrics[0]!.kind).toBe(metric === "fisher" ? "diagonal" : metric);
});

test("on a normal law of condition 1e4 low rank needs a small part of the gradients of a diagonal", () => {
  // 20 dimensions, scales from 1 to 100 along rotated axes.
  const d = 20;
  const density = {
    logDensityGrad(x: Float64Array, g: Float64Array) {
      // P = H D H with a Householder reflection H about (1, 2, ..., d).
      const w = Array.from({ length: d }, (_, i) => i + 1);
      const ww = w.reduce((s, v) => s + v * v, 0);
      const reflect = (v: ArrayLike<number>) => {
        let s = 0;
        for (let i = 0; i < d; i++) s += w[i]! * v[i]!;
        return Float64Array.from({ length: d }, (_, i) => v[i]! - (2 * s * w[i]!) / ww);
      };
      const y = reflect(x);
      let value = 0;
      for (let i = 0; i < d; i++) {
        const precision = 10 ** ((-4 * i) / (d - 1));
        value -= 0.5 * precision * y[i]! * y[i]!;
        y[i] = -precision * y[i]!;
      }
      g.set(reflect(y));
      return value;
    },
  };
  const per = (metric: "fisher" | "lowRank") => {
    const p = sample(density, new Array(d).fill(0.1), { metric, seed: 3, draws: 500, warmup: 500 });
    return Math.min(...p.essBulk) / p.nfev;
  };
  expect(per("lowRank") / per("fisher")).toBeGreaterThan(3);
});

describe("acceptance of a random walk on a normal law", () => {
  // Integrals over the law of |x|, computed by quadrature.
  test.each([
    [1, 0.1, 0.968195497488],
    [1, 2.38, 0.444906100895],
    [2, 1.6829141392239828, 0.356154486566],
    [5, 0.1, 0.915328935545],
    [5, 1.0643683572898999, 0.287464134792],
    [10, 0.7526220831200742, 0.261531038995],
  ])("d = %d, s = %d", (d, scale, want) => {
    const density = (x: Float64Array) => -0.5 * x.reduce((s, v) => s + v * v, 0);
    const draws = 2000;
    const p = sample(density, new Array(d).fill(0), {
      method: metropolis({ scale, adapt: false }),
      warmup: 200,
      draws,
      seed: 6,
      chains: 4,
    });
    const chains = Array.from({ length: 4 }, (_, c) => p.stats.acceptance.slice(c * draws, (c + 1) * draws));
    const mean = p.acceptance.reduce((a, b) => a + b, 0) / 4;
    const all = chains.flatMap((c) => [...c]);
    const variance = all.reduce((s, v) => s + (v - mean) ** 2, 0) / all.length;
    expect(Math.abs(mean - want)).toBeLessThan(4 * Math.sqrt(variance / essMean(chains)));
  });
});

test("eight schools, centred: divergences are counted, placed and named with a remedy", () => {
  const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
  const y = [28, 8, -3, 7, -1, 1, 18, 12];
  const p = sample(
    {
      logDensityGrad(x, g) {
        const [mu, tau] = [x[8]!, x[9]!];
        let value = (-mu * mu) / 50 - Math.log1p((tau / 5) ** 2) - 8 * Math.log(tau);
        g[8] = -mu / 25;
        g[9] = (-2 * tau) / (25 + tau * tau) - 8 / tau;
        for (let j = 0; j < 8; j++) {
          const r = (y[j]! - x[j]!) / sigma[j]! ** 2;
          const z = (x[j]! - mu) / tau;
          value -= 0.5 * (y[j]! - x[j]!) * r + 0.5 * z * z;
          g[j] = r - z / tau;
          g[8] += z / tau;
          g[9] += (z * z) / tau;
        }
        return value;
      },
      constraints: [{ name: "theta", size: 8 }, { name: "mu" }, { name: "tau", kind: "positive" }],
    },
    "random",
    { seed: 1 },
  );
  expect(p.divergences).toBeGreaterThan(5);
  expect(p.divergent).toHaveLength(p.divergences);
  expect(p.stats.divergent.reduce((a, b) => a + b, 0)).toBe(p.divergences);
  // They lie in the neck of the funnel.
  const taus = p.divergent.map(({ x }) => x[9]!).sort((a, b) => a - b);
  expect(taus[Math.floor(taus.length / 2)]!).toBeLessThan(p.parameter("tau").quantile(0.5));
  const warning = p.warnings.find(({ code }) => code === "W_DIVERGENCES")!;
  expect(warning.message).toMatch(/targetAcceptance|non-centred/);
  expect(p.report()).toContain("W_DIVERGENCES");
});

test("the defaults are those of their papers and of Stan", () => {
  const step = { stepSize: null };
  expect(nuts()).toEqual({ name: "nuts", targetAcceptance: 0.8, maxTreeDepth: 10, ...step });
  expect(hmc()).toEqual({ name: "hmc", steps: 10, targetAcceptance: 0.8, jitter: 0.2, ...step });
  expect(mala()).toEqual({ name: "mala", steps: 1, targetAcceptance: 0.574, jitter: 0, ...step });
  expect(metropolis()).toEqual({ name: "metropolis", scale: null, adapt: true });
  expect(slice()).toEqual({ name: "slice", width: 1 });
  expect(ensemble()).toEqual({ name: "ensemble", stretch: 2, spread: 0.1 });
  expect(tempering()).toEqual({ name: "tempering", temperatures: 8, hottest: 100, within: null });
});

test("configured methods: what their functions make is what a name gives", () => {
  const { density, start } = logistic;
  const run = (method: SamplingMethod | "nuts" | "slice" | "ensemble") =>
    sample(density, start, { method, draws: 20, warmup: 20 }).draws;
  expect(run(nuts())).toEqual(run("nuts"));
  expect(run(slice())).toEqual(run("slice"));
  expect(run(ensemble())).toEqual(run("ensemble"));
  expect(run(nuts({ maxTreeDepth: 2 }))).not.toEqual(run("nuts"));
  expect(run(hmc({ stepSize: 0.5 }))).not.toEqual(run(hmc()));
  const shallow = sample(density, start, { method: nuts({ maxTreeDepth: 1 }), draws: 200 });
  expect(shallow.warnings.map(({ code }) => code)).toContain("W_MAX_TREE_DEPTH");
  expect(Math.max(...shallow.stats.leapfrogs)).toBe(1);
});

test("eight schools: a derived quantity has the moments of its own", () => {
  const p = sample(eightSchools.density, eightSchools.start, { seed: 5, draws: 2000 });
  const theta1 = p.derive("mu + tau*eta1");
  expect(Math.abs(theta1.mean - 6.211884204)).toBeLessThan(4 * theta1.mcse);
  expect(theta1.rHat).toBeLessThan(1.01);
  const same = p.derive((x) => x[8]! + x[9]! * x[0]!);
  expect(same.mean).toBeCloseTo(theta1.mean, 10);
});

test("the random walk learns a covariance of ten correlated dimensions that lacks no direction", () => {
  const k = known.find(({ id }) => id === "normal10_ar0.9")!;
  for (const seed of [17, 18]) {
    const options = { method: "metropolis", draws: 8000, warmup: 2000, seed, checkGradient: false } as const;
    const p = sample(k.density, k.start, options);
    // An optimal walk has about 0.33 / d of its draws as effective ones (Gelman, Roberts and Gilks 1996): 1000 of 32,000.
    expect(Math.min(...p.essBulk)).toBeGreaterThan(200);
    expect(Math.max(...p.rHat)).toBeLessThan(1.03);
  }
});
