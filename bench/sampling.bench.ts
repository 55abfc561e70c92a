// Samplers: a NUTS transition of a compiled density, all of it (momenta, tree, recording), for each leapfrog step against a bare
// leapfrog step of the same density written by hand in plain JavaScript, which has no tree to build. Where the density is
// cheap, the tree is what a transition costs.

import { compileDensity, iterateSample, nuts, Random } from "../src/index.js";
import type { CompiledDensity } from "../src/sampling/compile-density.js";
import { bench } from "./harness.js";
import { eightSchools, logistic, normal, type PlainLeapfrog } from "./plain/sampling.js";

const y = [28, 8, -3, 7, -1, 1, 18, 12];
const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
const schools = compileDensity(y.map((v, j) => `normal(${v}, mu + tau*e${j + 1}, ${sigma[j]})`).join(" + "), {
  params: {
    e: { size: 8, prior: "normal(0, 1)" },
    mu: { prior: "normal(0, 5)" },
    tau: { kind: "positive", prior: "halfCauchy(5)" },
  },
});
const ten = compileDensity(Array.from({ length: 10 }, (_, i) => `-0.5*(x${i + 1}/${i + 1})^2`).join(" + "), {
  params: { x: { size: 10 } },
});

function rows(m: number) {
  const random = new Random(1);
  const columns = [0, 1, 2].map(() => random.normals(new Float64Array(m)));
  const hit = Float64Array.from({ length: m }, (_, i) => (random.normal() < columns[0]![i]! ? 1 : 0));
  const [x, z, w] = columns as [Float64Array, Float64Array, Float64Array];
  const prior = { prior: "normal(0, 2)" };
  const density = compileDensity("bernoulliLogit(hit, a + b*x + c*z + e*w)", {
    params: { a: prior, b: prior, c: prior, e: prior },
    data: { x, z, w, hit },
  });
  return { columns, hit, density };
}

/** Trajectories of a fixed step after the warm-up: both sides make as many leapfrog steps a call, on average. */
function contest(density: CompiledDensity, plain: PlainLeapfrog) {
  const warm = iterateSample(
    density,
    density.names.map(() => 0.5),
    { chains: 1, warmup: 1000, draws: 1, seed: 2 },
  );
  while (!warm.next().done);
  const step = warm.result.stats.stepSize[0]!;
  const metric = warm.result.metrics[0]!;
  const make = () =>
    iterateSample(
      density,
      density.names.map(() => 0.5),
      {
        chains: 1,
        warmup: 0,
        draws: 1_000_000,
        seed: 3,
        metric,
        method: nuts({ stepSize: step }),
      },
    );
  // Leapfrog steps of a transition, from 2000 of them.
  const trial = make();
  for (let i = 0; i < 2000; i++) trial.next();
  const steps = Math.round((trial.result.nfev - 1) / 2000);
  trial.return?.();
  const run = make();
  return {
    ours: () => run.next(),
    peer: () => plain.run(steps, 1e-3),
    work: steps,
    dispose: () => run.return?.(),
  };
}

bench("sampling", {
  name: "eight schools, NUTS in the core vs plain leapfrog",
  sizes: [10],
  setup: () => contest(schools, eightSchools()),
});

bench("sampling", {
  name: "normal of 10 dimensions, NUTS in the core vs plain leapfrog",
  sizes: [10],
  setup: () => contest(ten, normal(10)),
});

bench("sampling", {
  name: "logistic regression, NUTS in the core vs plain leapfrog",
  sizes: [100, 1000],
  setup: (m) => {
    const { columns, hit, density } = rows(m);
    return contest(density, logistic(columns, hit));
  },
});
