// The Laplace approximation: the normal law with the density's mode and curvature there, on the free scale (Tierney and Kadane
// 1986; Gelman et al., Bayesian Data Analysis, section 13.3). Its draws are weighed against the density, and the tail of the
// weights says whether the approximation can be trusted (Vehtari et al. 2024).

import { Answer, type Block } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import { Watch } from "../driver/watch.js";
import { minimize } from "../minimize/minimize.js";
import { Random } from "../random/philox.js";
import { chosenRuntime } from "../runtime/default.js";
import { exp, log } from "../runtime/elementary.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption, checkKeys, numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import { curvature, inverseFactor } from "./curvature.js";
import type { Density, DensityExtras } from "./density.js";
import { resampled, weigh } from "./importance.js";
import { cholesky, type MetricState } from "./metric.js";
import { readSettings, type Start } from "./settings.js";
import type { Target } from "./target.js";
import { dot } from "./vectors.js";

export interface LaplaceOptions {
  /** Draws of the approximation. Default 1000. */
  draws?: number | undefined;
  /** An integer from 0. Default 0. */
  seed?: number | undefined;
  /** Draws are drawn again in proportion to their weights: importance resampling. Default false. */
  resample?: boolean | undefined;
  /** "differences": for a density without gradient. */
  gradient?: "exact" | "differences" | undefined;
  runtime?: Runtime | undefined;
}

export type LaplaceEnd =
  | { readonly status: "completed"; readonly reason: "draws" }
  | { readonly status: "failed"; readonly reason: "nonFinite" | "stalled" | "singular" };

const words: Readonly<Record<string, string>> = {
  draws: "the mode was found, and the density is curved downwards there",
  nonFinite: "the density or its gradient is not finite at the start",
  stalled: "no mode was found",
  singular: "the density is not curved downwards where the search for its mode ended",
};

/** log(2 pi). */
const LOG_2PI = 1.8378770664093453;
/** Shape of the tail beyond which weighted draws cannot be trusted. */
const TRUSTED = 0.7;
/** Streams apart from those of chains. */
const STREAM = 2 ** 41;

interface Found {
  readonly names: readonly string[];
  readonly mode: Float64Array;
  readonly free: Float64Array;
  readonly covariance: Float64Array;
  readonly draws: Float64Array;
  readonly logWeights: Float64Array;
  readonly paretoK: number;
  readonly logEvidence: number;
  readonly logEvidenceWeighed: number;
}

/** A normal approximation with its draws and their weights. */
export class LaplaceResult extends Answer<LaplaceEnd> {
  readonly names: readonly string[];
  /** Where the density on the free scale, Jacobians included, is largest: in the density's own coordinates, and free. */
  readonly mode: Float64Array;
  readonly freeMode: Float64Array;
  /** Covariance on the free scale, row-major; NaN where there is none. */
  readonly covariance: Float64Array;
  /** In the density's own coordinates, [draw][parameter]. */
  readonly draws: Float64Array;
  /** Normalised; equal after resampling. */
  readonly logWeights: Float64Array;
  /** Means and standard deviations by the weights. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Shape of the tail of the weights: up to 0.7 they can be trusted. */
  readonly paretoK: number;
  /** log of the integral of the density, by the approximation, and by the mean of the ratios of its draws. */
  readonly logEvidence: number;
  readonly logEvidenceWeighed: number;

  constructor(end: LaplaceEnd, watch: Watch, runtime: Runtime | undefined, found: Found) {
    const { names, draws, logWeights, paretoK } = found;
    const untrusted = paretoK > TRUSTED;
    super(end, watch, {
      kind: "laplace",
      method: "laplace",
      variant: chosenRuntime(runtime).variant,
      warnings: untrusted
        ? [
            {
              code: "W_PARETO_K",
              message: `the weights of the draws have a tail of shape k = ${short(paretoK, 2)}, beyond 0.7: the density is not close to normal, take sample()`,
            },
          ]
        : [],
    });
    this.names = names;
    this.mode = found.mode;
    this.freeMode = found.free;
    this.covariance = found.covariance;
    this.draws = draws;
    this.logWeights = logWeights;
    this.paretoK = paretoK;
    this.logEvidence = found.logEvidence;
    this.logEvidenceWeighed = found.logEvidenceWeighed;
    const n = names.length;
    this.mean = new Float64Array(n).fill(logWeights.length > 0 ? 0 : NaN);
    this.sd = this.mean.slice();
    for (let j = 0; j < n; j++) {
      let mean = this.mean[j]!;
      logWeights.forEach((w, k) => {
        mean += exp(w) * draws[k * n + j]!;
      });
      let square = this.sd[j]!;
      logWeights.forEach((w, k) => {
        const off = draws[k * n + j]! - mean;
        square += exp(w) * off * off;
      });
      this.mean[j] = mean;
      this.sd[j] = Math.sqrt(square);
    }
  }

  get message(): string {
    return describe({ status: this.status, reason: this.reason }, [], "", words, "");
  }

  /** The covariance as the metric of a run of `sample`. */
  get metric(): MetricState {
    return { kind: "dense", inverse: [...this.covariance] };
  }

  /** A point for each chain of `sample`: draws from all over the approximation. OPTION where there are fewer. */
  starts(chains: number): Float64Array[] {
    const n = this.names.length;
    const count = this.draws.length / n;
    numberOption("LaplaceResult.starts", "chains", chains, 4, { min: 1, max: count, integer: true });
    return Array.from({ length: chains }, (_, c) => {
      const at = Math.floor((c * count) / chains) * n;
      return this.draws.slice(at, at + n);
    });
  }

  protected get brief(): string {
    return `log evidence ${short(this.logEvidenceWeighed, 6)}, Pareto k ${short(this.paretoK, 2)}`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const rows = this.names.map((name, j) => {
      const cells = [this.mode[j]!, this.mean[j]!, this.sd[j]!].map((v) => short(v, 4)).join("  ");
      return [`${name}: mode, mean, sd`, cells] as const;
    });
    return [
      {
        title: "Laplace approximation",
        rows: [
          ["log evidence", short(this.logEvidence, 8)],
          ["the same by weights", short(this.logEvidenceWeighed, 8)],
          ["Pareto k of the weights", short(this.paretoK, 3)],
        ],
      },
      { title: "Parameters", rows },
    ];
  }
}

/**
 * The normal law with a density's mode and curvature there, its draws, and their weights against the density: a posterior in a few
 * dozen gradients where it is close to normal, and otherwise a place to start chains from.
 *
 * @param density as for `sample`, with a gradient or `gradient: "differences"`; synchronous.
 * @param start as for `sample`; one point. Default: the density's own start, else drawn at random.
 * @returns completed/draws; failed/nonFinite, failed/stalled where no mode was found (an improper density has none), failed/singular
 * where the curvature is not negative definite.
 * @throws DownhillError OPTION, SHAPE, NON_FINITE_INPUT before any evaluation.
 * @example
 * const gamma = compileDensity("gamma(x, 3, 2)", { params: { x: "positive" } });
 * const approximation = laplace(gamma, [1], { seed: 1 });
 * [approximation.mode[0], approximation.paretoK]; // 1.5, below 0.7
 * sample(gamma, approximation.starts(4), { metric: approximation.metric, draws: 100, warmup: 100, seed: 1 }).mean; // near 1.5
 */
export function laplace(density: Density, start?: Start, options: LaplaceOptions = {}): LaplaceResult {
  const where = "laplace";
  checkKeys(where, options, ["draws", "seed", "resample", "gradient", "runtime"]);
  const { runtime, gradient, seed, draws } = options;
  const resample = booleanOption(where, "resample", options.resample, false);
  const { target, starts, ...given } = readSettings(where, density, start, {
    ...{ runtime, gradient, seed, draws, chains: 1, method: "nuts" },
  });
  const d = target.free;
  const watch = new Watch(where, { runtime }, [], Infinity);
  const random = new Random(given.seed, STREAM);
  const value = (u: Float64Array, g: Float64Array | null): number => {
    watch.nfev += g ? target.gradientCost : 1;
    if (g) watch.njev++;
    return synchronous(where, target.evaluate(u, g));
  };
  const end = (status: LaplaceEnd, found: Partial<Found> = {}) =>
    new LaplaceResult(status, watch, runtime, { ...nothing(target), ...found });

  const at = new Float64Array(d);
  const slope = new Float64Array(d);
  for (let tries = 1; ; tries++) {
    if (starts) target.unconstrain(starts[0]!, at);
    else for (let i = 0; i < d; i++) at[i] = 4 * random.uniform() - 2;
    if (value(at, slope) > -Infinity && slope.every(Number.isFinite)) break;
    if (starts || tries === 100) return end({ status: "failed", reason: "nonFinite" });
  }
  const funGrad = (u: Float64Array, out: Float64Array): number => {
    const lp = value(u, out);
    for (let i = 0; i < d; i++) out[i] = -out[i]!;
    return -lp;
  };
  const found = minimize({ funGrad }, at, { runtime });
  watch.nit = found.nit;
  const free = found.x;
  const mode = new Float64Array(target.size);
  target.constrain(free, mode);
  if (!found.success) return end({ status: "failed", reason: "stalled" }, { free, mode });
  const top = value(free, slope);
  const precision = curvature(free, (u, g) => value(u, g));
  const factor = new Float64Array(d * d);
  if (!cholesky(d, precision, factor)) return end({ status: "failed", reason: "singular" }, { free, mode });

  // log det L, of precision = L L'.
  let half = 0;
  for (let i = 0; i < d; i++) half += log(factor[i * d + i]!);
  const inverse = inverseFactor(d, factor);
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      for (let k = Math.max(i, j); k < d; k++)
        covariance[i * d + j] = covariance[i * d + j]! + inverse[k * d + i]! * inverse[k * d + j]!;

  const count = given.draws;
  const n = target.size;
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
    ratios[s] = value(u, null) - (half - 0.5 * (dot(d, z, z) + d * LOG_2PI));
  }
  const { logWeights, k, mean } = weigh(ratios);
  const weighed = { mode, free, covariance, paretoK: k };
  const left = (density as DensityExtras).logConstant ?? 0;
  const evidence = {
    logEvidence: top + 0.5 * d * LOG_2PI - half + left,
    logEvidenceWeighed: mean + left,
  };
  const completed = { status: "completed", reason: "draws" } as const;
  if (!resample) return end(completed, { ...weighed, ...evidence, draws: all, logWeights });
  const again = resampled(logWeights, random);
  const chosen = new Float64Array(count * n);
  again.forEach((from, to) => {
    chosen.set(all.subarray(from * n, (from + 1) * n), to * n);
  });
  const equal = new Float64Array(count).fill(-log(count));
  return end(completed, { ...weighed, ...evidence, draws: chosen, logWeights: equal });
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

function synchronous(where: string, value: number | PromiseLike<number>): number {
  if (typeof value === "number") return value;
  value.then(undefined, () => undefined);
  throw new DownhillError("CALLBACK_RESULT", `${where}: the log density returned a Promise`, {
    hint: "a synchronous run cannot wait for it",
  });
}
