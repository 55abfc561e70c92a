// The Laplace approximation: the normal law with the density's mode and curvature there, on the free scale (Tierney and Kadane
// 1986; Gelman et al., Bayesian Data Analysis, section 13.3). Its draws are weighed against the density, and the tail of the
// weights says whether the approximation can be trusted (Vehtari et al. 2024).

import { run, runAsync } from "../driver/run.js";
import type { Iteration, Method, Nested, Stopped, Task } from "../driver/task.js";
import { type Limits, limitKeys } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { Minimisation } from "../minimize/minimisation.js";
import type { MinimizeResult } from "../minimize/result.js";
import { inputOf } from "../minimize/settings.js";
import { Random } from "../random/philox.js";
import { log } from "../runtime/elementary.js";
import { booleanOption, checkKeys } from "../runtime/options.js";
import { later } from "../runtime/promises.js";
import { begin } from "./begin.js";
import { curvature, lawOf } from "./curvature.js";
import type { Density } from "./density.js";
import { Evaluation } from "./evaluation.js";
import { resampled, weigh } from "./importance.js";
import { type Found, type LaplaceEnd, LaplaceResult } from "./laplace-result.js";
import { readSettings, type Settings, type Start } from "./settings.js";
import { inTurns } from "./steps.js";
import type { Target } from "./target.js";
import { dot } from "./vectors.js";

export interface LaplaceOptions extends Limits {
  /** Draws of the approximation. Default 1000. */
  draws?: number | undefined;
  /** An integer from 0. Default 0. */
  seed?: number | undefined;
  /** Draws are drawn again in proportion to their weights: importance resampling. Default false. */
  resample?: boolean | undefined;
  /** "differences": for a density without gradient. */
  gradient?: "exact" | "differences" | undefined;
}

/** log(2 pi). */
const LOG_2PI = 1.8378770664093453;
/** Streams apart from those of chains. */
const STREAM = 2 ** 41;

type Laplaced = LaplaceEnd | Stopped;
const COMPLETED: LaplaceEnd = { status: "completed", reason: "draws" };
const NON_FINITE: LaplaceEnd = { status: "failed", reason: "nonFinite" };
const STALLED: LaplaceEnd = { status: "failed", reason: "stalled" };
const SINGULAR: LaplaceEnd = { status: "failed", reason: "singular" };

class LaplaceTask implements Task<Laplaced, LaplaceResult> {
  readonly watch: Watch;
  readonly method: Method<Laplaced>;
  readonly #settings: Settings;
  readonly #resample: boolean;
  #found: Found;
  /** The highest point so far, on the free scale. */
  readonly #best: Float64Array;
  #top = -Infinity;

  constructor(settings: Settings, resample: boolean) {
    const { where, limits, target } = settings;
    this.#settings = settings;
    this.#resample = resample;
    this.#found = nothing(target);
    this.#best = new Float64Array(target.free).fill(NaN);
    this.watch = new Watch(where, limits, [], Infinity);
    this.method = this.#run();
  }

  *#run(): Method<Laplaced> {
    const { target, seed, draws: count, density } = this.#settings;
    const { free: d, size: n } = target;
    const random = new Random(seed, STREAM);
    const evaluation = new Evaluation(target, this.watch);
    const at = new Float64Array(d);
    const slope = new Float64Array(d);
    const from = yield* begin(evaluation, this.#settings.starts?.[0] ?? null, random, at, slope);
    if (from === -Infinity) return NON_FINITE;
    this.#climbed(from, at);
    const climb = this.#climb(at);
    yield climb;
    const { x: free, success, status, reason, nfev } = climb.result!;
    // Each of its evaluations was as many of the density.
    this.watch.nfev += (target.gradientCost - 1) * nfev;
    const mode = new Float64Array(n);
    target.constrain(free, mode);
    this.#found = { ...this.#found, free, mode };
    if (status === "stopped") return { status, reason } as Stopped;
    if (!success) return STALLED;
    evaluation.ask(free, slope);
    yield evaluation;
    const top = evaluation.value;
    this.#climbed(top, free);
    const precision = yield* curvature(free, evaluation);
    const law = yield* inTurns(lawOf(d, precision), this.watch);
    if (!law) return SINGULAR;
    const { half, inverse, covariance } = law;

    const all = new Float64Array(count * n);
    const ratios = new Float64Array(count);
    const z = new Float64Array(d);
    const u = new Float64Array(d);
    for (let s = 0; s < count; s++) {
      random.normals(z);
      // u = mode + L'^-1 z.
      for (let i = 0; i < d; i++) {
        let sum = free[i]!;
        for (let k = i; k < d; k++) sum += inverse[k * d + i]! * z[k]!;
        u[i] = sum;
      }
      target.constrain(u, all.subarray(s * n, (s + 1) * n));
      evaluation.ask(u, null);
      yield evaluation;
      ratios[s] = evaluation.value - (half - 0.5 * (dot(d, z, z) + d * LOG_2PI));
    }
    const { logWeights, k, mean } = weigh(ratios);
    const left = density.logConstant ?? 0;
    const weighed = {
      ...{ ...this.#found, covariance, paretoK: k },
      logEvidence: top + 0.5 * d * LOG_2PI - half + left,
      logEvidenceWeighed: mean + left,
    };
    this.#found = { ...weighed, draws: all, logWeights };
    if (!this.#resample) return COMPLETED;
    const again = resampled(logWeights, random);
    const chosen = new Float64Array(count * n);
    again.forEach((from, to) => {
      chosen.set(all.subarray(from * n, (from + 1) * n), to * n);
    });
    const equal = new Float64Array(count).fill(-log(count));
    this.#found = { ...weighed, draws: chosen, logWeights: equal };
    return COMPLETED;
  }

  /** The search for the mode, from `at`; it tells of points as this task does. */
  #climb(at: Float64Array): Nested<MinimizeResult> {
    const { where, target, limits } = this.#settings;
    const { signal, runtime } = limits;
    const turned = (lp: number, u: Float64Array, g: Float64Array): number => {
      this.#climbed(lp, u);
      for (let i = 0; i < g.length; i++) g[i] = -g[i]!;
      return -lp;
    };
    const funGrad = (u: Float64Array, g: Float64Array) =>
      later(target.evaluate(u, g), (lp) => turned(lp, u, g));
    const given = inputOf(where, { funGrad }, at, { signal, runtime });
    const maxIterations = Math.min(given.maxIterations, this.watch.maxIterations);
    const task = new Minimisation(given, { watch: this.watch, maxIterations });
    const maxEvaluations = Math.floor(this.watch.left.maxEvaluations / target.gradientCost);
    Object.assign(task.watch, { maxEvaluations });
    return { kind: "task", task: Object.assign(task, { look: () => this.#shown(task.watch) }) as never };
  }

  #climbed(lp: number, u: Float64Array): void {
    if (!(lp > this.#top)) return;
    this.#top = lp;
    this.#best.set(u);
  }

  #shown({ nit, nfev, elapsedMs }: Watch): Iteration {
    const x = new Float64Array(this.#settings.target.size);
    this.#settings.target.constrain(this.#best, x);
    return { nit, nfev, x, fun: this.#top, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  look(): Iteration {
    return this.#shown(this.watch);
  }

  out(end: Laplaced): LaplaceResult {
    return new LaplaceResult(end, this.watch, this.#settings.limits.runtime, this.#found);
  }

  release(): void {}
}

/**
 * The normal law with a density's mode and curvature there, its draws, and their weights against the density: a posterior in a few
 * dozen gradients where it is close to normal, and otherwise a place to start chains from.
 *
 * @param density as for `sample`, with a gradient or `gradient: "differences"`.
 * @param start as for `sample`; one point. Default: the density's own start, else drawn at random.
 * @returns completed/draws; stopped at a limit, without draws; failed/nonFinite, failed/stalled where no mode was found (an improper
 * density has none), failed/singular where the curvature is not negative definite. Iterations are those of the search for the mode.
 * @throws DownhillError OPTION, SHAPE, NON_FINITE_INPUT before any evaluation.
 * @example
 * const gamma = compileDensity("gamma(x, 3, 2)", { params: { x: "positive" } });
 * const approximation = laplace(gamma, [1], { seed: 1 });
 * [approximation.mode[0], approximation.paretoK]; // 1.5, below 0.7
 * sample(gamma, approximation.starts(4), { metric: approximation.metric, draws: 100, warmup: 100, seed: 1 }).mean; // near 1.5
 */
export function laplace(density: Density, start?: Start, options: LaplaceOptions = {}): LaplaceResult {
  return run(taskOf("laplace", density, start, options));
}

/**
 * As `laplace`, for densities that may return promises; the event loop gets a turn at least every 8 ms.
 *
 * @example
 * const gamma = compileDensity("gamma(x, 3, 2)", { params: { x: "positive" } });
 * (await laplaceAsync(gamma, [1], { seed: 1 })).mode; // [1.5]
 */
export async function laplaceAsync(
  density: Density,
  start?: Start,
  options: LaplaceOptions = {},
): Promise<LaplaceResult> {
  return runAsync(taskOf("laplaceAsync", density, start, options));
}

function taskOf(
  where: string,
  density: Density,
  start: Start | undefined,
  options: LaplaceOptions,
): LaplaceTask {
  checkKeys(where, options, [...limitKeys, "draws", "seed", "resample", "gradient"]);
  const { resample: given, ...rest } = options;
  const resample = booleanOption(where, "resample", given, false);
  return new LaplaceTask(
    readSettings(where, density, start, { ...rest, chains: 1, method: "nuts" }),
    resample,
  );
}

function nothing({ names, size, free }: Target): Found {
  const none = new Float64Array(0);
  return {
    ...{ names, draws: none, logWeights: none, paretoK: NaN, logEvidence: NaN, logEvidenceWeighed: NaN },
    mode: new Float64Array(size).fill(NaN),
    free: new Float64Array(free).fill(NaN),
    covariance: new Float64Array(free * free).fill(NaN),
  };
}
