// metropolisHastings: chains on any space, discrete ones too, by a proposal of one's own (Metropolis et al. 1953; Hastings
// 1970). The states are the caller's; only the decision is made here.

import { Answer, type Block } from "../driver/answer.js";
import { describe, short } from "../driver/report.js";
import { run } from "../driver/run.js";
import { ITERATION, Measure, type Method, type Stopped, type Task } from "../driver/task.js";
import { type Iteration, type Limits, limitKeys, type Warning } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { Random } from "../random/philox.js";
import { chosenRuntime } from "../runtime/default.js";
import { exp } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { isPromise } from "../runtime/promises.js";
import { numberRead, Quantity } from "./quantity.js";
import { neverLeft } from "./warnings.js";

/** A space of states, and how chains move in it. */
export interface Proposal<S> {
  /** Where every chain starts. */
  readonly start: S;
  /** A new state near this one, which must not be changed. */
  propose(state: S, random: Random): S;
  /** Up to a constant; -Infinity where the probability is zero. */
  logDensity(state: S): number;
  /** log of q(from | to) / q(to | from); 0 (default) where the proposal is symmetric. */
  logRatio?(from: S, to: S): number;
}

export interface MetropolisHastingsOptions extends Limits {
  /** States kept of each chain. Default 1000. */
  draws?: number | undefined;
  /** Transitions before that. Default 0. */
  warmup?: number | undefined;
  /** Default 4. */
  chains?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
}

export type MetropolisHastingsEnd =
  | { readonly status: "completed"; readonly reason: "draws" }
  | { readonly status: "failed"; readonly reason: "nonFinite" };

const COMPLETED = Object.freeze({ status: "completed", reason: "draws" } as const);
const NON_FINITE = Object.freeze({ status: "failed", reason: "nonFinite" } as const);

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

class MetropolisHastingsTask<S> implements Task<MetropolisHastingsEnd, MetropolisHastingsResult<S>> {
  readonly watch: Watch;
  readonly method: Method<MetropolisHastingsEnd>;
  readonly #space: Proposal<S>;
  readonly #limits: Limits;
  readonly #states: S[][];
  readonly #accepted: Float64Array;
  readonly #left: Measure<MetropolisHastingsEnd>;
  #lp = NaN;

  constructor(
    space: Proposal<S>,
    o: MetropolisHastingsOptions,
    sizes: { draws: number; warmup: number; chains: number; seed: number },
  ) {
    this.#space = space;
    this.#limits = o;
    this.#left = new Measure<MetropolisHastingsEnd>("transitions left", 0, COMPLETED);
    this.#left.value = sizes.draws + sizes.warmup;
    this.watch = new Watch("metropolisHastings", o, [this.#left], Infinity);
    this.#states = Array.from({ length: sizes.chains }, () => []);
    this.#accepted = new Float64Array(sizes.chains);
    this.method = this.#run(sizes);
  }

  *#run({
    draws,
    warmup,
    chains,
    seed,
  }: {
    draws: number;
    warmup: number;
    chains: number;
    seed: number;
  }): Method<MetropolisHastingsEnd> {
    const space = this.#space;
    const { watch } = this;
    let at = space.start;
    let value = NaN;
    const call = {
      kind: "call" as const,
      cost: () => 1,
      run: () => {
        watch.nfev++;
        value = logDensityAt(space, at);
      },
    };
    yield call;
    if (!(value > -Infinity && value < Infinity)) return NON_FINITE;
    const current: S[] = new Array<S>(chains).fill(space.start);
    const lp = new Float64Array(chains).fill(value);
    const randoms = Array.from({ length: chains }, (_, c) => new Random(seed, c));
    for (let t = 0; t < warmup + draws; t++) {
      for (let c = 0; c < chains; c++) {
        const random = randoms[c]!;
        const from = current[c]!;
        at = space.propose(from, random);
        if (isPromise(at)) throw refused("propose", at);
        yield call;
        const ratio = space.logRatio ? space.logRatio(from, at) : 0;
        if (typeof ratio !== "number") throw refused("logRatio", ratio);
        const gain = value - lp[c]! + ratio;
        // NaN is a rejection: both are -Infinity, or the proposal cannot be undone.
        const accepted = gain >= 0 || random.uniform() < exp(gain);
        if (accepted && value > -Infinity) {
          current[c] = at;
          lp[c] = value;
          if (t >= warmup) this.#accepted[c] = this.#accepted[c]! + 1;
        }
        if (t >= warmup) this.#states[c]!.push(current[c]!);
      }
      this.#lp = lp[0]!;
      this.#left.value--;
      yield ITERATION;
    }
    return COMPLETED;
  }

  look(): Iteration {
    const { nit, nfev, elapsedMs } = this.watch;
    return { nit, nfev, x: new Float64Array(0), fun: this.#lp, gradNorm: NaN, stepNorm: NaN, elapsedMs };
  }

  out(end: MetropolisHastingsEnd | Stopped): MetropolisHastingsResult<S> {
    // A chain may be one ahead where a limit came between.
    const count = Math.min(...this.#states.map((chain) => chain.length));
    const states = this.#states.map((chain) => chain.slice(0, count));
    const acceptance = this.#accepted.map((n, c) => n / this.#states[c]!.length);
    return new MetropolisHastingsResult(end, this.watch, states, acceptance, this.#limits);
  }

  release(): void {}
}

function logDensityAt<S>(space: Proposal<S>, state: S): number {
  const value: unknown = space.logDensity(state);
  if (typeof value !== "number") throw refused("logDensity", value);
  return Number.isNaN(value) ? -Infinity : value;
}

const refused = (what: string, value: unknown): DownhillError =>
  new DownhillError(
    "CALLBACK_RESULT",
    `metropolisHastings: ${what} must return a number, got ${quote(value)}`,
  );

/**
 * Chains on a space of one's own: permutations, graphs, discrete parameters.
 *
 * @returns completed/draws, stopped at a limit, or failed/nonFinite where the start has no density.
 * @throws DownhillError OPTION before anything is called; CALLBACK_RESULT where a callback gives no number.
 * @example
 * ```ts
 * // Five states on a circle with weights 1 2 4 2 1.
 * const weights = [1, 2, 4, 2, 1];
 * const chains = metropolisHastings(
 *   { start: 0, propose: (i, random) => (i + (random.below(2) ? 1 : 4)) % 5, logDensity: (i) => Math.log(weights[i]) },
 *   { draws: 10_000, seed: 1 },
 * );
 * console.log(chains.derive((i) => (i === 2 ? 1 : 0)).mean); // near 0.4
 * ```
 */
export function metropolisHastings<S>(
  space: Proposal<S>,
  options: MetropolisHastingsOptions = {},
): MetropolisHastingsResult<S> {
  const where = "metropolisHastings";
  if (typeof space !== "object" || space === null)
    throw optionError(where, "space", space, "an object { start, propose, logDensity }");
  checkKeys(`${where}: space`, space, ["start", "propose", "logDensity", "logRatio"]);
  for (const name of ["propose", "logDensity", "logRatio"] as const) {
    const f = space[name];
    if (typeof f !== "function" && !(name === "logRatio" && f === undefined))
      throw optionError(where, name, f, "a function");
  }
  checkKeys(where, options, [...limitKeys, "draws", "warmup", "chains", "seed"]);
  const whole = { min: 1, max: 1e9, integer: true };
  const sizes = {
    draws: numberOption(where, "draws", options.draws, 1000, whole),
    warmup: numberOption(where, "warmup", options.warmup, 0, { ...whole, min: 0 }),
    chains: numberOption(where, "chains", options.chains, 4, { ...whole, max: 100_000 }),
    seed: numberOption(where, "seed", options.seed, 0, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      integer: true,
    }),
  };
  return run(new MetropolisHastingsTask(space, options, sizes));
}
