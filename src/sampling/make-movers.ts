// The movers of a run: one for each chain, with random numbers of its own, or one for a whole ensemble.

import type { Watch } from "../driver/watch.js";
import { Random } from "../random/philox.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { compiledOf } from "./compile-density.js";
import { CoreTrajectory } from "./core-trajectory.js";
import { EnsembleMover } from "./ensemble-mover.js";
import type { Evaluation } from "./evaluation.js";
import { Hamiltonian } from "./hamiltonian.js";
import { LowRankWarmup } from "./low-rank.js";
import { metropolis, needsGradient, nuts, type SamplingMethod } from "./methods.js";
import { DenseMetric, metricOf } from "./metric.js";
import type { Mover } from "./mover.js";
import { RandomWalk } from "./random-walk.js";
import type { Settings } from "./settings.js";
import { SliceMover } from "./slice-mover.js";
import type { StepSize } from "./step-size.js";
import { TemperedEvaluation, TemperingMover } from "./tempering.js";
import { FisherWarmup, FixedWarmup, StanWarmup, type Warmup } from "./warmup.js";

/** Streams of the temperatures of a chain lie so far apart: there are at most 100,000 chains. */
const RUNGS_APART = 2 ** 17;

export function makeMovers(settings: Settings, evaluation: Evaluation): Mover[] {
  const { method, chains, first, count, seed, target } = settings;
  if (method.name === "ensemble")
    return [new EnsembleMover(target.free, new Random(seed), evaluation, method.stretch, chains)];
  return Array.from({ length: count }, (_, k) =>
    method.name === "tempering"
      ? tempered(settings, method, evaluation, first + k)
      : single(settings, method, evaluation, new Random(seed, first + k)),
  );
}

type Single = Exclude<SamplingMethod, { name: "ensemble" | "tempering" }>;

function single(settings: Settings, method: Single, evaluation: Evaluation, random: Random): Mover {
  const { warmup, target } = settings;
  const d = target.free;
  if (method.name === "metropolis")
    return new RandomWalk(d, random, evaluation, method.scale, method.adapt, warmup);
  if (method.name === "slice") return new SliceMover(d, random, evaluation, method.width, warmup);
  const makeWarmup = (stepSize: StepSize): Warmup => warmupOf(settings, stepSize);
  return new Hamiltonian(d, random, evaluation, method, makeWarmup, warmup, settings.around);
}

/** One chain with its hotter ones: temperature r draws from stream chain + r RUNGS_APART, exchanges from the one after the last. */
function tempered(
  settings: Settings,
  { temperatures, hottest, within }: SamplingMethod & { name: "tempering" },
  { watch }: Evaluation,
  chain: number,
): Mover {
  const { seed, target, warmup } = settings;
  const method = (within ?? (target.differentiable ? nuts() : metropolis())) as Single;
  const stream = (r: number) => new Random(seed, chain + r * RUNGS_APART);
  const evaluations = Array.from({ length: temperatures }, () => new TemperedEvaluation(target, watch));
  const rungs = evaluations.map((evaluation, r) => single(settings, method, evaluation, stream(r)));
  return new TemperingMover(stream(temperatures), rungs, evaluations, hottest, warmup);
}

/** Whole transitions in the core: of compiled densities, unless evaluations are limited one by one. */
export function coreFor({ density, method, target, limits }: Settings, watch: Watch): CoreTrajectory | null {
  const compiled = compiledOf(density);
  if (!compiled || method.name === "tempering" || !needsGradient(method) || watch.counts) return null;
  const runtime = chosenRuntime(limits.runtime);
  const depth = method.name === "nuts" ? method.maxTreeDepth : 0;
  return CoreTrajectory.make(runtime, compiled.parts, target, depth, watch);
}

function warmupOf({ metric, target, warmup, where, limits }: Settings, stepSize: StepSize): Warmup {
  const d = target.free;
  if (metric === "fisher") return new FisherWarmup(d, warmup, stepSize);
  if (metric === "lowRank") return new LowRankWarmup(d, warmup, stepSize, limits.runtime);
  if (typeof metric === "string") return new StanWarmup(d, warmup, stepSize, metric === "dense");
  const made = metricOf(metric, d);
  if (made instanceof DenseMetric && !(made.factor[d * d - 1]! > 0)) {
    throw new DownhillError("NOT_POSITIVE_DEFINITE", `${where}: metric.inverse is not positive definite`);
  }
  return new FixedWarmup(made, stepSize);
}
