// The sampling methods as data: a frozen description, made by a function of its name with its options checked.

import { DownhillError, quote } from "../runtime/errors.js";
import { booleanOption, callIt, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import { methodElsewhere } from "./elsewhere.js";

export type MetricKind = "fisher" | "diagonal" | "dense" | "lowRank";
export const metricKinds: readonly MetricKind[] = ["fisher", "diagonal", "dense", "lowRank"];

/** A configured method: what the functions `nuts`, `hmc`, `mala`, `metropolis`, `slice`, `ensemble` and `tempering` make. */
export type SamplingMethod =
  | {
      readonly name: "nuts";
      readonly targetAcceptance: number;
      readonly maxTreeDepth: number;
      readonly stepSize: number | null;
    }
  | {
      readonly name: "hmc" | "mala";
      readonly targetAcceptance: number;
      readonly steps: number;
      readonly jitter: number;
      readonly stepSize: number | null;
    }
  | { readonly name: "metropolis"; readonly scale: number | null; readonly adapt: boolean }
  | { readonly name: "slice"; readonly width: number }
  | { readonly name: "ensemble"; readonly stretch: number; readonly spread: number }
  | {
      readonly name: "tempering";
      readonly temperatures: number;
      readonly hottest: number;
      /** null: nuts with a gradient, else metropolis. */
      readonly within: Exclude<SamplingMethod, { name: "ensemble" | "tempering" }> | null;
    };

export type MethodName = SamplingMethod["name"];
export const methodNames: readonly MethodName[] = [
  "nuts",
  "hmc",
  "mala",
  "metropolis",
  "slice",
  "ensemble",
  "tempering",
];

const UNIT = { min: 0, max: 1, exclusive: true, below: 1 } as const;
const POSITIVE = { min: 0, exclusive: true } as const;

const optional = (where: string, name: string, value: number | undefined): number | null =>
  value === undefined ? null : numberOption(where, name, value, 1, POSITIVE);

export interface NutsOptions {
  /** Mean acceptance that the step size aims at. Default 0.8; larger where trajectories diverge. */
  targetAcceptance?: number | undefined;
  /** A trajectory has at most 2^maxTreeDepth - 1 leapfrog steps. Default 10. */
  maxTreeDepth?: number | undefined;
  /** Fixed, and not learnt. Default: learnt in the warm-up. */
  stepSize?: number | undefined;
}

/**
 * The No-U-Turn sampler (Hoffman and Gelman 2014; Betancourt 2017): trajectories that end where they turn back.
 *
 * @example
 * const normal = { logDensityGrad: ([x], g) => { g[0] = -x; return -x * x / 2; } };
 * sample(normal, [0], { method: nuts(), draws: 200, warmup: 200, seed: 1 }).sd; // about [1]
 */
export function nuts(options: NutsOptions = {}): SamplingMethod {
  checkKeys("nuts", options, ["targetAcceptance", "maxTreeDepth", "stepSize"], methodElsewhere);
  return Object.freeze({
    name: "nuts",
    targetAcceptance: numberOption("nuts", "targetAcceptance", options.targetAcceptance, 0.8, UNIT),
    maxTreeDepth: numberOption("nuts", "maxTreeDepth", options.maxTreeDepth, 10, {
      min: 1,
      max: 20,
      integer: true,
    }),
    stepSize: optional("nuts", "stepSize", options.stepSize),
  });
}

export interface HmcOptions {
  /** Leapfrog steps of a trajectory. Default 10. */
  steps?: number | undefined;
  /** Default 0.8. */
  targetAcceptance?: number | undefined;
  /** Each trajectory's step size is drawn within this share of it, so that none repeats a period. Default 0.2. */
  jitter?: number | undefined;
  /** Fixed, and not learnt. Default: learnt in the warm-up. */
  stepSize?: number | undefined;
}

/**
 * Hamiltonian Monte Carlo with a fixed number of leapfrog steps (Duane et al. 1987; Neal 2011).
 *
 * @example
 * const normal = { logDensityGrad: ([x], g) => { g[0] = -x; return -x * x / 2; } };
 * sample(normal, [0], { method: hmc(), draws: 200, warmup: 200, seed: 1 }).sd; // about [1]
 */
export function hmc(options: HmcOptions = {}): SamplingMethod {
  checkKeys("hmc", options, ["steps", "targetAcceptance", "jitter", "stepSize"], methodElsewhere);
  return Object.freeze({
    name: "hmc",
    steps: numberOption("hmc", "steps", options.steps, 10, { min: 1, integer: true }),
    targetAcceptance: numberOption("hmc", "targetAcceptance", options.targetAcceptance, 0.8, UNIT),
    jitter: numberOption("hmc", "jitter", options.jitter, 0.2, { min: 0, max: 1, below: 1 }),
    stepSize: optional("hmc", "stepSize", options.stepSize),
  });
}

export interface MalaOptions {
  /** Default 0.574, the optimum of Roberts and Rosenthal (1998). */
  targetAcceptance?: number | undefined;
  /** Fixed, and not learnt. Default: learnt in the warm-up. */
  stepSize?: number | undefined;
}

/**
 * The Metropolis-adjusted Langevin algorithm: one leapfrog step (Roberts and Tweedie 1996).
 *
 * @example
 * const normal = { logDensityGrad: ([x], g) => { g[0] = -x; return -x * x / 2; } };
 * sample(normal, [0], { method: mala(), draws: 200, warmup: 200, seed: 1 }).sd; // about [1]
 */
export function mala(options: MalaOptions = {}): SamplingMethod {
  checkKeys("mala", options, ["targetAcceptance", "stepSize"], methodElsewhere);
  return Object.freeze({
    name: "mala",
    steps: 1,
    targetAcceptance: numberOption("mala", "targetAcceptance", options.targetAcceptance, 0.574, UNIT),
    jitter: 0,
    stepSize: optional("mala", "stepSize", options.stepSize),
  });
}

export interface MetropolisOptions {
  /** Standard deviation of the proposal in each free coordinate, or before anything is learnt. Default 2.38 / sqrt(d). */
  scale?: number | undefined;
  /** Learns scale and covariance in the warm-up. Default true. */
  adapt?: boolean | undefined;
}

/**
 * Random-walk Metropolis. In the warm-up only, the proposal takes the covariance of the draws (Haario, Saksman and Tamminen
 * 2001) and a scale that accepts 0.234 (0.44 in one dimension) of them (Roberts and Rosenthal 2009).
 *
 * @example
 * sample(([x]) => -x * x / 2, [0], { method: metropolis(), draws: 200, warmup: 200, seed: 1 }).sd; // about [1]
 */
export function metropolis(options: MetropolisOptions = {}): SamplingMethod {
  checkKeys("metropolis", options, ["scale", "adapt"], methodElsewhere);
  return Object.freeze({
    name: "metropolis",
    scale: optional("metropolis", "scale", options.scale),
    adapt: booleanOption("metropolis", "adapt", options.adapt, true),
  });
}

export interface SliceOptions {
  /** First width of the brackets, in each free coordinate. Default 1; learnt in the warm-up. */
  width?: number | undefined;
}

/**
 * Slice sampling, one coordinate after the other, with stepping out and shrinkage (Neal 2003).
 *
 * @example
 * sample(([x]) => -x * x / 2, [0], { method: slice(), draws: 200, warmup: 200, seed: 1 }).sd; // about [1]
 */
export function slice(options: SliceOptions = {}): SamplingMethod {
  checkKeys("slice", options, ["width"], methodElsewhere);
  return Object.freeze({
    name: "slice",
    width: numberOption("slice", "width", options.width, 1, POSITIVE),
  });
}

export interface EnsembleOptions {
  /** The a of the stretch moves. Default 2. */
  stretch?: number | undefined;
  /** Standard deviation of the walkers' first places around a single start, on the free scale. Default 0.1. */
  spread?: number | undefined;
}

/**
 * Affine-invariant stretch moves (Goodman and Weare 2010), as emcee: `chains` are the walkers, moved in two halves.
 *
 * @example
 * sample(([x, y]) => -(x * x + y * y) / 2, [0, 0], { method: ensemble(), draws: 200, warmup: 200, seed: 1 }).sd;
 */
export function ensemble(options: EnsembleOptions = {}): SamplingMethod {
  checkKeys("ensemble", options, ["stretch", "spread"], methodElsewhere);
  return Object.freeze({
    name: "ensemble",
    stretch: numberOption("ensemble", "stretch", options.stretch, 2, { min: 1, exclusive: true }),
    spread: numberOption("ensemble", "spread", options.spread, 0.1, POSITIVE),
  });
}

export interface TemperingOptions {
  /** How many, that of the density itself included. Default 8. */
  temperatures?: number | undefined;
  /** The last chain draws from the density to the power 1 / hottest. Default 100: standard deviations ten times as large. */
  hottest?: number | undefined;
  /** How each chain moves between exchanges: not "ensemble". Default: nuts with a gradient, metropolis without. */
  within?: SamplingMethod | Exclude<MethodName, "ensemble" | "tempering"> | undefined;
}

/**
 * Parallel tempering, for several modes: beside each chain run hotter ones, of powers of the density, that cross between modes and
 * exchange points with their neighbours (Geyer 1991; Syed et al. 2022). A transition costs one of each temperature.
 *
 * @example
 * const [near, far] = [-6, 6];
 * const two = ([x]) => Math.log(Math.exp(-((x - near) ** 2) / 2) + 3 * Math.exp(-((x - far) ** 2) / 2));
 * sample(two, [near], { method: tempering(), draws: 2000, warmup: 500, seed: 1 }).mean; // about [3]: a quarter near, the rest far
 */
export function tempering(options: TemperingOptions = {}): SamplingMethod {
  const where = "tempering";
  checkKeys(where, options, ["temperatures", "hottest", "within"], methodElsewhere);
  const within = options.within === undefined ? null : readMethod(where, options.within, true, "within");
  if (within?.name === "ensemble" || within?.name === "tempering")
    throw new DownhillError("OPTION", `${where}: within is ${within.name}`, {
      hint: "each temperature has one chain: nuts, hmc, mala, metropolis or slice",
      details: { option: "within" },
    });
  return Object.freeze({
    name: "tempering",
    temperatures: numberOption(where, "temperatures", options.temperatures, 8, {
      min: 2,
      max: 64,
      integer: true,
    }),
    hottest: numberOption(where, "hottest", options.hottest, 100, { min: 1, exclusive: true }),
    within,
  });
}

const makers = { nuts, hmc, mala, metropolis, slice, ensemble, tempering };

/** A name or what its function made; the default is nuts with a gradient, metropolis without. */
export function readMethod(
  where: string,
  given: unknown,
  differentiable: boolean,
  option = "method",
): SamplingMethod {
  if (given === undefined) return differentiable ? nuts() : metropolis();
  if (typeof given === "object" && given !== null && methodNames.includes((given as SamplingMethod).name))
    return given as SamplingMethod;
  if (typeof given === "function") {
    throw new DownhillError("OPTION", `${where}: ${option} is ${quote(given)}`, {
      hint: callIt(given, methodNames),
      details: { option },
    });
  }
  return makers[choiceOption(where, option, given, methodNames, "nuts")]();
}

export const needsGradient = (method: SamplingMethod): boolean =>
  method.name === "tempering"
    ? method.within !== null && needsGradient(method.within)
    : method.name === "nuts" || method.name === "hmc" || method.name === "mala";
