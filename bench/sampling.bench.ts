// Samplers: transitions of a compiled density in the core, as many a call of as many chains as `sample` makes after its warm-up, against
// as many of the same sampler and density by hand in plain JavaScript (bench/plain/nuts.ts), chain after chain. Both sides make as many
// leapfrog steps a transition, 10 of HMC or 7 of NUTS (a tree of depth 3, with steps so small that it never turns back), so the ratio is
// that of one leapfrog step, tree, momenta and decision included. At the end, leapfrog steps a second of `sample` as it is called.

import { type CompiledDensity, compileDensity, hmc, nuts, Random, sample } from "../src/index.js";
import { MOST_TRANSITIONS } from "../src/sampling/core-trajectory.js";
import { Evaluation } from "../src/sampling/evaluation.js";
import type { Hamiltonian } from "../src/sampling/hamiltonian.js";
import { coreFor, makeMovers } from "../src/sampling/make-movers.js";
import { readSettings, type SampleOptions } from "../src/sampling/settings.js";
import { SampleTask } from "../src/sampling/task.js";
import { bench, wanted } from "./harness.js";
import { type PlainGradient, plainHmc, plainNuts } from "./plain/nuts.js";
import { eightSchools, logistic, normals } from "./plain/sampling.js";

const y = [28, 8, -3, 7, -1, 1, 18, 12];
const sigma = [15, 10, 16, 11, 9, 11, 10, 18];
const schools = compileDensity(y.map((v, j) => `normal(${v}, mu + tau*e${j + 1}, ${sigma[j]})`).join(" + "), {
  params: {
    e: { size: 8, prior: "normal(0, 1)" },
    mu: { prior: "normal(0, 5)" },
    tau: { kind: "positive", prior: "halfCauchy(5)" },
  },
});
const ten = (d: number) =>
  compileDensity(Array.from({ length: d }, (_, i) => `normal(x${i + 1}, 0, ${i + 1})`).join(" + "), {
    params: { x: { size: d } },
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
  return { plain: logistic(columns, hit), density };
}

/** Small enough that no trajectory turns back or is refused. */
const STEP = 1e-3;
const DEPTH = 3;
const STEPS = 10;

/** Chains that take turns in one call, on both sides: as many as `sample` has by default. */
const CHAINS = 4;

function contest(density: CompiledDensity, plain: PlainGradient, method: "nuts" | "hmc") {
  const d = density.names.length;
  const start = new Float64Array(d).fill(0.3);
  const inverse = new Float64Array(d).fill(1);
  const options: SampleOptions = {
    chains: CHAINS,
    warmup: 0,
    seed: 3,
    metric: { kind: "diagonal", inverse: [...inverse] },
    method:
      method === "nuts"
        ? nuts({ stepSize: STEP, maxTreeDepth: DEPTH })
        : hmc({ stepSize: STEP, steps: STEPS, jitter: 0 }),
  };
  const settings = readSettings("bench", density, start, options);
  const { watch } = new SampleTask(settings);
  const evaluation = new Evaluation(settings.target, watch);
  const movers = makeMovers(settings, evaluation) as Hamiltonian[];
  const free = new Float64Array(d);
  settings.target.unconstrain(start, free);
  for (const mover of movers) {
    mover.q.set(free);
    evaluation.ask(mover.q, mover.g);
    evaluation.run();
    mover.lp[0] = evaluation.value;
    for (const _ of mover.start());
  }
  const core = coreFor(settings, watch)!;
  const many = Array.from({ length: CHAINS / core.most }, (_, k) =>
    movers.slice(k * core.most, (k + 1) * core.most),
  );
  const others: (() => unknown)[] = movers.map(() =>
    method === "nuts"
      ? plainNuts(free, plain, inverse, STEP, DEPTH)
      : plainHmc(free, plain, inverse, STEP, STEPS),
  );
  return {
    ours: () => {
      for (const chains of many) core.ask(chains, MOST_TRANSITIONS)!.run();
    },
    peer: () => {
      for (const one of others) for (let k = 0; k < MOST_TRANSITIONS; k++) one();
    },
    work: CHAINS * MOST_TRANSITIONS * (method === "nuts" ? (1 << DEPTH) - 1 : STEPS),
    dispose: () => core.release(),
  };
}

for (const method of ["nuts", "hmc"] as const) {
  const name = method === "nuts" ? "7 leapfrog steps and their tree" : "10 leapfrog steps";
  bench("sampling", {
    name: `eight schools, ${method}, ${name}`,
    sizes: [10],
    goal: 2,
    setup: () => contest(schools, eightSchools, method),
  });
  bench("sampling", {
    name: `normal, ${method}, ${name}`,
    sizes: [10, 100],
    goal: 2,
    setup: (d) => contest(ten(d), normals(d), method),
  });
  bench("sampling", {
    name: `logistic regression, ${method}, ${name}`,
    sizes: [100, 1000],
    goal: (m) => (m === 1000 ? 4 : undefined),
    setup: (m) => {
      const { plain, density } = rows(m);
      return contest(density, plain, method);
    },
  });
}

for (const [name, density, method] of [
  ["eight schools, nuts", schools, nuts()],
  ["normal of 10 dimensions, hmc of 10 steps", ten(10), hmc()],
] as const) {
  if (!wanted(`sampling rate ${name}`)) continue;
  const rates: [number, number][] = [];
  for (let round = 0; round < 5; round++) {
    const began = process.cpuUsage();
    const p = sample(density, "random", { method, draws: 10_000, seed: round });
    const { user, system } = process.cpuUsage(began);
    const seconds = (user + system) / 1e6;
    rates.push([p.nfev / seconds, (4 * 11_000) / seconds]);
  }
  const [gradients, transitions] = [0, 1].map((k) => rates.map((r) => r[k]!).sort((a, b) => a - b)[2]!);
  console.log(
    `sampling rate ${name}: ${gradients!.toPrecision(3)} gradients/s, ${transitions!.toPrecision(3)} transitions/s of processor time, summary of the draws included`,
  );
}
