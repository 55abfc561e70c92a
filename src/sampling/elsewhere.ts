// What Stan, PyMC, emcee, NumPyro and their kin call the options of a run and of its methods.

import type { Elsewhere } from "../runtime/options.js";

/** Names in small letters, without _ and -, behind the name here or what to write. */
const table = (entries: readonly (readonly [meant: string, names: string])[]): Elsewhere =>
  Object.fromEntries(entries.flatMap(([meant, names]) => names.split(" ").map((name) => [name, meant])));

const inMethod = (option: string): string => `write method: nuts({ ${option} })`;

/** Of `sample`. */
export const runElsewhere: Elsewhere = table([
  [
    "draws",
    "iter iterations samples nsamples nsteps numsamples itersampling niter numdraws ndraws drawsperchain",
  ],
  ["chains", "nwalkers walkers nchains numchains"],
  ["warmup", "tune ntune numwarmup iterwarmup warmupsteps burnin burn nburn nburnin discard"],
  ["method", "sampler step kernel nutssampler"],
  ["seed", "randomseed rngseed rngkey"],
  ["metric", "massmatrix inversemassmatrix densemass cov covariance"],
  ["onIteration", "progress progressbar refresh"],
  [inMethod("targetAcceptance"), "adaptdelta targetaccept targetacceptance targetacceptprob control"],
  [inMethod("maxTreeDepth"), "maxtreedepth treedepth"],
  [inMethod("stepSize"), "stepsize stepscale epsilon"],
  [
    "the chains of a compiled density run in threads: sampleAsync(density, start, { pool: pool() })",
    "cores njobs ncores threads parallelchains chainmethod workers",
  ],
  ["every draw is kept; thinning loses what it leaves out", "thin thinning thinby"],
  [
    "the start is the second argument",
    "init inits initvals initialvalues initialstate start x0 p0 initparams",
  ],
  ["iterateSample(density, start, { resume }) goes on from a state", "resume"],
  [
    "they go with the density: { logDensity, lower, upper, names }",
    "bounds lower upper min max constraints names",
  ],
  [
    "they go with the density: compileDensity(text, { params, data, priors })",
    "prior priors data params model",
  ],
]);

const ofRun = "it is an option of sample, beside method";

/** Of `nuts({ ... })` and its kin. */
export const methodElsewhere: Elsewhere = table([
  ["targetAcceptance", "adaptdelta targetaccept targetacceptprob"],
  ["maxTreeDepth", "maxtreedepth treedepth"],
  ["steps", "numsteps numleapfrogsteps numintegrationsteps"],
  ["stretch", "a"],
  ["scale", "proposalsd"],
  ["metropolisHastings takes proposals of your own", "proposal"],
  [ofRun, "draws warmup chains seed metric tune"],
]);
