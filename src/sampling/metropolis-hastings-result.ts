// What `metropolisHastings` answers: states of several chains.

import { Answer, type Block } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Limits, Warning } from "../driver/types.js";
import type { Watch } from "../driver/watch.js";
import { chosenRuntime } from "../runtime/default.js";
import { optionError } from "../runtime/options.js";
import { numberRead, Quantity } from "./quantity.js";
import { neverLeft } from "./warnings.js";

export type MetropolisHastingsEnd =
  | { readonly status: "completed"; readonly reason: "draws" }
  | { readonly status: "failed"; readonly reason: "nonFinite" };

const words: Readonly<Record<string, string>> = {
  draws: "every draw asked for was made",
  nonFinite: "the log density is not finite at the start",
};

/** States of several chains; `derive` makes numbers of them, with diagnostics. */
export class MetropolisHastingsResult<S> extends Answer<MetropolisHastingsEnd | Stopped> {
  /** [chain][draw]. */
  readonly states: readonly (readonly S[])[];
  /** Share of accepted proposals after the warm-up, of each chain. */
  readonly acceptance: Float64Array;

  constructor(
    end: MetropolisHastingsEnd | Stopped,
    watch: Watch,
    states: readonly (readonly S[])[],
    acceptance: Float64Array,
    limits: Limits,
  ) {
    const { variant } = chosenRuntime(limits.runtime);
    super(end, watch, {
      kind: "chains",
      method: "metropolisHastings",
      variant,
      warnings: standing(acceptance, states[0]!.length),
    });
    this.states = states;
    this.acceptance = acceptance;
  }

  get message(): string {
    return describe(
      { status: this.status, reason: this.reason },
      [],
      "",
      words,
      "the draws so far are returned",
    );
  }

  /** A number for each state: its draws, mean, quantiles, R-hat and effective sizes. */
  derive(read: (state: S) => number): Quantity {
    if (typeof read !== "function") throw optionError("derive", "read", read, "a function state => number");
    return new Quantity(
      this.states.map((chain) => Float64Array.from(chain, (state) => numberRead(read(state)))),
    );
  }

  protected get brief(): string {
    return `${this.states.length} chains of ${this.states[0]?.length ?? 0} states`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const acceptance = this.acceptance.reduce((a, b) => a + b, 0) / this.acceptance.length;
    return [
      {
        title: "Metropolis-Hastings",
        rows: [
          ["chains", this.states.length],
          ["states of each", this.states[0]?.length ?? 0],
          ["acceptance", short(acceptance, 3)],
        ],
      },
    ];
  }
}

/** A chain of several draws that took none of its proposals says nothing of the density. */
function standing(acceptance: Float64Array, draws: number): Warning[] {
  const still = draws > 1 ? acceptance.filter((share) => share === 0).length : 0;
  if (still === 0) return [];
  const message = `${neverLeft(still, acceptance.length)} elsewhere, or propose states that are nearer`;
  return [{ code: "W_LOW_ESS", message }];
}
