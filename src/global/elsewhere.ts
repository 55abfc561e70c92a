// What other libraries call the methods of a global search and their options.

import type { Elsewhere } from "../runtime/options.js";

/** Methods. */
export const methodsElsewhere: Elsewhere = {
  cma: "cmaes",
  bipop: "cmaes",
  de: "differentialEvolution",
  lshade: "differentialEvolution",
  ga: "genetic",
  geneticalgorithm: "genetic",
  sa: "simulatedAnnealing",
  annealing: "simulatedAnnealing",
  dualannealing: "simulatedAnnealing",
  pso: '"cmaes" and "differentialEvolution" serve in its place',
  particleswarm: '"cmaes" and "differentialEvolution" serve in its place',
  bayesian: '"cmaes" serves in its place',
  basinhopping: "multistart begins a local method at many points",
  direct: '"differentialEvolution" serves in its place',
  shgo: "multistart begins a local method at many points",
};
const negate = "a search goes down: give x => -f(x)";
const theBox = "bounds are the second argument: { lower, upper }";

export const optionsElsewhere: Elsewhere = {
  maxfevals: "maxEvaluations",
  generations: "maxIterations",
  maxgenerations: "maxIterations",
  populationsize: "popSize",
  strategy: 'did you mean method: differentialEvolution({ strategy: "..." })?',
  x0: "did you mean method: cmaes({ x0 })?",
  sigma: "did you mean method: cmaes({ sigma })?",
  sigma0: "did you mean method: cmaes({ sigma })?",
  workers: "concurrency",
  pool: "minimizeGlobalAsync takes it",
  maximize: negate,
  maximise: negate,
  constraints: "inequality",
  bounds: theBox,
  lower: theBox,
  upper: theBox,
  integer: "it stands in the second argument, beside lower and upper",
  log: "it stands in the second argument, beside lower and upper",
  choices: "it stands in the second argument, beside lower and upper",
};

const third =
  "it is an option of the search: maxIterations, maxEvaluations, seed and target stand beside method";

const parts: Elsewhere = {
  populationsize: "popSize",
  population: "popSize",
  popsize: "popSize",
  np: "popSize",
  lambda: "popSize",
  sigma0: "sigma",
  std: "sigma",
  mean: "x0",
  f: "mutation",
  weight: "mutation",
  cr: "recombination",
  crossoverprobability: "crossoverRate",
  pcrossover: "crossoverRate",
  mutationprobability: "mutationRate",
  pmutation: "mutationRate",
  elitism: "elite",
  initialtemp: "temperature",
  t0: "temperature",
  cooling: "visit",
  polish: "it is an option of the search, beside method",
  generations: third,
  maxiter: third,
  maxgenerations: third,
  maxiterations: third,
  maxevaluations: third,
  seed: third,
  target: third,
};

/** For the options of cmaes, differentialEvolution, genetic, simulatedAnnealing: of these names, those that lead to one that it has. */
export const partsElsewhere = (keys: readonly string[]): Elsewhere =>
  Object.fromEntries(Object.entries(parts).filter(([, to]) => to.includes(" ") || keys.includes(to)));
