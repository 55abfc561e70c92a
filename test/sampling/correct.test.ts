// That the samplers sample what they should: the leapfrog goes back to where it came from and errs by the square of its step;
// every method leaves a law unchanged; ranks of simulation-based calibration are uniform (Talts et al. 2018).
import { describe, expect, test } from "vitest";
import { curveFit, hmc, mala, metropolis, nuts, posterior, Random, sample, slice } from "../../src/index.js";
import { DiagonalMetric } from "../../src/sampling/metric.js";
import { energyOf } from "../../src/sampling/tree.js";
import { chiSquareUpper } from "../../src/stats/distributions.js";
import { logistic } from "./targets.js";

/** `steps` leapfrog steps as the samplers make them. */
function leapfrog(
  q: Float64Array,
  p: Float64Array,
  metric: DiagonalMetric,
  e: number,
  steps: number,
): number {
  const d = q.length;
  const g = new Float64Array(d);
  const v = new Float64Array(d);
  let lp = logistic.density.logDensityGrad!(q, g) as number;
  for (let k = 0; k < steps; k++) {
    for (let i = 0; i < d; i++) p[i]! += 0.5 * e * g[i]!;
    metric.velocity(p, v);
    for (let i = 0; i < d; i++) q[i]! += e * v[i]!;
    lp = logistic.density.logDensityGrad!(q, g) as number;
    for (let i = 0; i < d; i++) p[i]! += 0.5 * e * g[i]!;
  }
  metric.velocity(p, v);
  return energyOf(d, p, v, lp);
}

describe("leapfrog steps", () => {
  const metric = new DiagonalMetric(2, [0.6, 0.5]);
  const from = () => [Float64Array.of(0.3, 0.7), Float64Array.of(1.1, -0.4)] as const;

  test("with the momentum turned round they end where they began, to 1e-12", () => {
    const [q, p] = from();
    leapfrog(q, p, metric, 0.2, 25);
    p.forEach((v, i) => {
      p[i] = -v;
    });
    leapfrog(q, p, metric, 0.2, 25);
    const [q0, p0] = from();
    q.forEach((v, i) => {
      expect(Math.abs(v - q0[i]!)).toBeLessThan(1e-12);
      expect(Math.abs(p[i]! + p0[i]!)).toBeLessThan(1e-12);
    });
  });

  test("half the step has a quarter of the energy error", () => {
    const error = (steps: number) => {
      const [q, p] = from();
      const [q0, p0] = from();
      return leapfrog(q, p, metric, 1 / steps, steps) - leapfrog(q0, p0, metric, 0, 1);
    };
    for (const steps of [20, 40, 80]) expect(error(steps) / error(2 * steps)).toBeCloseTo(4, 1);
  });
});

// Step size and metric are given: learnt at the start they would depend on it, and three draws would not be of the law.
test.each([nuts({ stepSize: 0.8 }), hmc({ stepSize: 0.3 }), mala({ stepSize: 0.8 }), metropolis(), slice()])(
  "$name leaves the exponential law unchanged: started in it, three draws later it is still there",
  (method) => {
    // 600 chains start at independent draws; after three transitions their law is tested in ten bins.
    const random = new Random(3);
    const chains = 600;
    const starts = Array.from({ length: chains }, () => [random.exponential()]);
    const p = sample(
      {
        logDensityGrad(x: Float64Array, g: Float64Array) {
          g[0] = -1;
          return -x[0]!;
        },
        lower: [0],
      },
      starts,
      {
        method,
        metric: { kind: "diagonal", inverse: [1] },
        chains,
        warmup: 0,
        draws: 3,
        seed: 4,
        checkGradient: false,
      },
    );
    const bins = new Array<number>(10).fill(0);
    for (let c = 0; c < chains; c++) bins[Math.floor(10 * (1 - Math.exp(-p.draws[3 * c + 2]!)))]!++;
    const chi = bins.reduce((sum, n) => sum + (n - chains / 10) ** 2 / (chains / 10), 0);
    expect(chiSquareUpper(chi, 9)).toBeGreaterThan(1e-4);
  },
);

/** Ranks of the true parameter among `draws` thinned ones, for each replication. */
function ranks(
  replications: number,
  parameter: number,
  make: (random: Random) => { truth: number[]; gradient: (x: Float64Array, g: Float64Array) => number },
): number[] {
  return Array.from({ length: replications }, (_, r) => {
    const { truth, gradient } = make(new Random(11, r));
    const p = sample(
      { logDensityGrad: gradient },
      truth.map(() => 0),
      {
        chains: 1,
        warmup: 150,
        draws: 190,
        seed: 1000 + r,
        checkGradient: false,
      },
    );
    let rank = 0;
    for (let i = 0; i < 190; i += 10) if (p.draws[i * truth.length + parameter]! < truth[parameter]!) rank++;
    return rank;
  });
}

function uniform(found: readonly number[]): number {
  // 19 thinned draws: ranks 0 to 19, as 20 bins.
  const bins = new Array<number>(20).fill(0);
  for (const rank of found) bins[rank]!++;
  const chi = bins.reduce((sum, n) => sum + (n - found.length / 20) ** 2 / (found.length / 20), 0);
  return chiSquareUpper(chi, 19);
}

describe("simulation-based calibration, 200 replications", () => {
  test("a normal mean and log standard deviation", () => {
    const found = ranks(200, 1, (random) => {
      const truth = [random.normal(), 0.5 * random.normal()];
      const y = Array.from({ length: 8 }, () => truth[0]! + Math.exp(truth[1]!) * random.normal());
      return {
        truth,
        gradient(x, g) {
          const s = Math.exp(-2 * x[1]!);
          let value = -0.5 * x[0]! ** 2 - 2 * x[1]! ** 2 - y.length * x[1]!;
          g[0] = -x[0]!;
          g[1] = -4 * x[1]! - y.length;
          for (const v of y) {
            const r = v - x[0]!;
            value -= 0.5 * r * r * s;
            g[0] += r * s;
            g[1] += r * r * s;
          }
          return value;
        },
      };
    });
    expect(uniform(found)).toBeGreaterThan(1e-4);
  });

  test("a logistic regression's slope", () => {
    const found = ranks(200, 1, (random) => {
      const truth = [random.normal(), random.normal()];
      const t = [-2, -1, -0.5, 0, 0.5, 1, 2];
      const hit = t.map((v) => (random.uniform() < 1 / (1 + Math.exp(-truth[0]! - truth[1]! * v)) ? 1 : 0));
      return {
        truth,
        gradient(x, g) {
          let value = -0.5 * (x[0]! ** 2 + x[1]! ** 2);
          g[0] = -x[0]!;
          g[1] = -x[1]!;
          t.forEach((v, i) => {
            const eta = x[0]! + x[1]! * v;
            value += hit[i]! * eta - Math.log1p(Math.exp(eta));
            const r = hit[i]! - 1 / (1 + Math.exp(-eta));
            g[0]! += r;
            g[1]! += r * v;
          });
          return value;
        },
      };
    });
    expect(uniform(found)).toBeGreaterThan(1e-4);
  });
});

test("chains around a fit of correlated parameters start where the posterior is, in any unit", () => {
  // A cubic on 0..29: correlations up to 0.99, standard errors from 0.15 to 8e-5.
  const x = Array.from({ length: 30 }, (_, i) => i);
  const y = x.map((t) => 1 + 0.5 * t - 0.02 * t * t + 5e-4 * t * t * t + 0.3 * Math.sin(17.3 * t));
  const fit = curveFit({ model: "a + b*x + c*x^2 + d*x^3", x, y });
  for (const metric of [undefined, "dense"] as const) {
    const p = sample(posterior(fit), undefined, { seed: 1, metric, warmup: 300, draws: 300 });
    expect(Math.max(...p.rHat)).toBeLessThan(1.03);
    expect(Math.min(...p.essBulk)).toBeGreaterThan(400);
    // A linear model with the prior 1/sigma: Student's t with 26 degrees of freedom, so sd = stderr sqrt(26/24).
    ["a", "b", "c", "d"].forEach((name, j) => {
      const ratio = p.sd[j]! / (fit.params[name]!.stderr! * Math.sqrt(26 / 24));
      expect(Math.abs(ratio - 1)).toBeLessThan(0.12);
    });
  }
});
