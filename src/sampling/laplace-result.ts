// What `laplace` answers: a normal law, its draws, and whether their weights can be trusted.

import { Answer, type Block } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { exp } from "../runtime/elementary.js";
import { numberOption } from "../runtime/options.js";
import type { Runtime } from "../runtime/runtime.js";
import type { MetricState } from "./metric.js";

export type LaplaceEnd =
  | { readonly status: "completed"; readonly reason: "draws" }
  | { readonly status: "failed"; readonly reason: "nonFinite" | "stalled" | "singular" };

const words: Readonly<Record<string, string>> = {
  draws: "the mode was found, and the density is curved downwards there",
  nonFinite: "the density or its gradient is not finite at the start",
  stalled: "no mode was found",
  singular: "the density is not curved downwards where the search for its mode ended",
};

/** Shape of the tail beyond which weighted draws cannot be trusted. */
const TRUSTED = 0.7;

export interface Found {
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
export class LaplaceResult extends Answer<LaplaceEnd | Stopped> {
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

  constructor(end: LaplaceEnd | Stopped, watch: Watch, runtime: Runtime | undefined, found: Found) {
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
    const weights = logWeights.map((w) => exp(w));
    for (let k = 0, at = 0; k < weights.length; k++)
      for (let j = 0; j < n; j++) this.mean[j] = this.mean[j]! + weights[k]! * draws[at++]!;
    for (let k = 0, at = 0; k < weights.length; k++)
      for (let j = 0; j < n; j++) {
        const off = draws[at++]! - this.mean[j]!;
        this.sd[j] = this.sd[j]! + weights[k]! * off * off;
      }
    for (let j = 0; j < n; j++) this.sd[j] = Math.sqrt(this.sd[j]!);
  }

  get message(): string {
    return describe(
      { status: this.status, reason: this.reason },
      [],
      "",
      words,
      "there are no draws before the mode and the curvature are known",
    );
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
