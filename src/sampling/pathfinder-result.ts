// What `pathfinder` answers: draws of equal weight, and whether their weights before resampling could be trusted.

import { Answer, type Block } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { numberOption } from "../runtime/options.js";
import type { MetricState } from "./metric.js";
import type { Settings } from "./settings.js";

export type PathfinderEnd =
  | { readonly status: "completed"; readonly reason: "draws" }
  | { readonly status: "failed"; readonly reason: "nonFinite" | "stalled" };

const words: Readonly<Record<string, string>> = {
  draws: "the paths gave normal laws, and their draws were weighed against the density",
  nonFinite: "the density or its gradient is not finite at any start",
  stalled: "no path gave a normal law: the density does not curve downwards along any",
};

/** Shape of the tail beyond which weighted draws cannot be trusted. */
const TRUSTED = 0.7;
export interface Found {
  readonly draws: Float64Array;
  readonly paretoK: number;
  readonly lowerBounds: Float64Array;
  readonly variances: Float64Array;
}

/** Draws of the approximation, of equal weight. */
export class PathfinderResult extends Answer<PathfinderEnd | Stopped> {
  readonly names: readonly string[];
  /** In the density's own coordinates, [draw][parameter]. */
  readonly draws: Float64Array;
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Shape of the tail of the weights before resampling: up to 0.7 the draws can be trusted, beyond it they are places to start from. */
  readonly paretoK: number;
  /** Evidence lower bound of each path, -Infinity where it gave no law. */
  readonly lowerBounds: Float64Array;
  /** Of the best path's law, on the free scale. */
  readonly variances: Float64Array;

  constructor(end: PathfinderEnd | Stopped, watch: Watch, settings: Settings, found: Found) {
    const { draws, paretoK, lowerBounds, variances } = found;
    super(end, watch, {
      kind: "pathfinder",
      method: "pathfinder",
      variant: chosenRuntime(settings.limits.runtime).variant,
      warnings:
        paretoK > TRUSTED
          ? [
              {
                code: "W_PARETO_K",
                message: `the weights of the draws have a tail of shape k = ${short(paretoK, 2)}, beyond 0.7: take the draws as starts of sample(), not as the posterior`,
              },
            ]
          : [],
    });
    const { names } = settings.target;
    const n = names.length;
    const count = draws.length / n;
    this.names = names;
    this.draws = draws;
    this.paretoK = paretoK;
    this.lowerBounds = lowerBounds;
    this.variances = variances;
    this.mean = Float64Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let s = 0; s < count; s++) sum += draws[s * n + j]!;
      return sum / count;
    });
    this.sd = this.mean.map((mean, j) => {
      let sum = 0;
      for (let s = 0; s < count; s++) sum += (draws[s * n + j]! - mean) * (draws[s * n + j]! - mean);
      return Math.sqrt(sum / (count - 1));
    });
  }

  get message(): string {
    return describe({ status: this.status, reason: this.reason }, [], "", words, "");
  }

  /** The variances of the best path's law as a fixed metric of `sample`. */
  get metric(): MetricState {
    return { kind: "diagonal", inverse: [...this.variances] };
  }

  /** A point for each chain of `sample`. OPTION where there are fewer draws. */
  starts(chains: number): Float64Array[] {
    const n = this.names.length;
    const count = this.draws.length / n;
    numberOption("PathfinderResult.starts", "chains", chains, 4, { min: 1, max: count, integer: true });
    return Array.from({ length: chains }, (_, c) => {
      const at = Math.floor((c * count) / chains) * n;
      return this.draws.slice(at, at + n);
    });
  }

  protected get brief(): string {
    return `${this.draws.length / this.names.length} draws, Pareto k ${short(this.paretoK, 2)}`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Pathfinder",
        rows: [
          ["lower bounds of the paths", [...this.lowerBounds].map((v) => short(v, 6)).join(", ")],
          ["Pareto k of the weights", short(this.paretoK, 3)],
        ],
      },
      {
        title: "Parameters",
        rows: this.names.map(
          (name, j) => [`${name}: mean, sd`, `${short(this.mean[j]!, 4)}  ${short(this.sd[j]!, 4)}`] as const,
        ),
      },
    ];
  }
}
