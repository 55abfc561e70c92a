// Options where the box or the start belongs, names of other libraries for the options of methods, texts where a compiled one belongs.

import { expect, test } from "vitest";
import * as d from "../../src/index.js";

const f = (x: ArrayLike<number>): number => x[0]! ** 2 + x[1]! ** 2;
const B = { lower: [-5, -5], upper: [5, 5] };
const call = (name: string, ...args: unknown[]) =>
  (d as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);

test.each<[string, RegExp, unknown[]]>([
  ["sample", /options come third: sample\(f, \[0\]/, [f, { x0: [0, 0], seed: 1 }]],
  ["sample", /compileDensity\(text, /, ["-x^2/2", [0]]],
  ["minimizeGlobal", /options come third/, [f, { seed: 1 }]],
  ["minimizeGlobal", /options come third/, [f, { bounds: B, method: "cmaes" }]],
  [
    "minimizeGlobal",
    /options come third/,
    [
      f,
      {
        bounds: [
          [-5, 5],
          [-5, 5],
        ],
      },
    ],
  ],
  ["minimizeGlobal", /compileObjective\(text\)/, ["x^2 + y^2", B]],
  ["genetic", /"popSize"/, [{ populationSize: 50 }]],
  ["genetic", /option of the search/, [{ generations: 50 }]],
  ["cmaes", /"sigma"/, [{ sigma0: 1 }]],
  ["differentialEvolution", /"mutation"/, [{ F: 0.5 }]],
  ["differentialEvolution", /"recombination"/, [{ CR: 0.5 }]],
  ["simulatedAnnealing", /"temperature"/, [{ initial_temp: 3 }]],
  ["nuts", /"targetAcceptance"/, [{ adapt_delta: 0.9 }]],
  ["hmc", /"steps"/, [{ num_leapfrog_steps: 9 }]],
  ["metropolis", /metropolisHastings/, [{ proposal: f }]],
  ["layer", /dense\(8\)/, [8, { activation: "relu" }]],
  ["tempering", /option of sample/, [{ draws: 3 }]],
])("%s says %s", (name, said, args) => {
  expect(() => call(name, ...args)).toThrow(said);
});

test("variables may be called like options", () => {
  const box = { target: { lower: -1, upper: 1 }, seed: { lower: -1, upper: 1 } };
  const r = d.minimizeGlobal((v) => v.target! ** 2 + v.seed! ** 2, box, { seed: 1 });
  expect(r.fun).toBeLessThan(1e-12);
});
