// metropolisHastings: chains on any space, discrete ones too, by a proposal of one's own (Metropolis et al. 1953; Hastings
// 1970). The states are the caller's; only the decision is made here.

import { contents, type Held, holds, WATCHED } from "../driver/contents.js";
import { run, runAsync } from "../driver/run.js";
import { ITERATION, Measure, type Method, type Stopped, type Task } from "../driver/task.js";
import { type Iteration, type Limits, limitKeys } from "../driver/types.js";
import { Watch } from "../driver/watch.js";
import { Random } from "../random/philox.js";
import { exp } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, numberOption, optionError } from "../runtime/options.js";
import { later } from "../runtime/promises.js";
import { type MetropolisHastingsEnd, MetropolisHastingsResult } from "./metropolis-hastings-result.js";

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

/** As Proposal; each function may give a promise. */
export interface AsyncProposal<S> {
  readonly start: S;
  propose(state: S, random: Random): S | PromiseLike<S>;
  logDensity(state: S): number | PromiseLike<number>;
  logRatio?(from: S, to: S): number | PromiseLike<number>;
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

const COMPLETED = Object.freeze({ status: "completed", reason: "draws" } as const);
const NON_FINITE = Object.freeze({ status: "failed", reason: "nonFinite" } as const);

class MetropolisHastingsTask<S> implements Task<MetropolisHastingsEnd, MetropolisHastingsResult<S>> {
  readonly watch: Watch;
  readonly method: Method<MetropolisHastingsEnd>;
  readonly #space: AsyncProposal<S>;
  readonly #limits: Limits;
  readonly #states: S[][];
  readonly #accepted: Float64Array;
  readonly #left: Measure<MetropolisHastingsEnd>;
  #lp = NaN;

  constructor(
    where: string,
    space: AsyncProposal<S>,
    o: MetropolisHastingsOptions,
    sizes: { draws: number; warmup: number; chains: number; seed: number },
  ) {
    this.#space = space;
    this.#limits = o;
    this.#left = new Measure<MetropolisHastingsEnd>("transitions left", 0, COMPLETED);
    this.#left.value = sizes.draws + sizes.warmup;
    this.watch = new Watch(where, o, [this.#left], Infinity);
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
    let from = space.start;
    let at = from;
    let value = NaN;
    // Of the state that the chain is in.
    let here = NaN;
    let ratio = 0;
    let random: Random | null = null;
    const rated = (given: unknown): void => {
      ratio = checked(watch.where, "logRatio", given);
    };
    const valued = (given: unknown): unknown => {
      value = checked(watch.where, "logDensity", given);
      if (Number.isNaN(value)) value = -Infinity;
      if (random && value === Infinity)
        throw new DownhillError(
          "CALLBACK_RESULT",
          `${watch.where}: logDensity gave Infinity for a proposed state`,
          {
            hint: "it is the logarithm of a density, up to a constant: -Infinity where that is zero",
          },
        );
      return random && space.logRatio ? later<unknown, void>(space.logRatio(from, at), rated) : undefined;
    };
    // What the state held before a proposal was made of it, as long as proposals are watched.
    let held: readonly Held[] | null = null;
    let watched = 0;
    const moved = (to: S): unknown => {
      at = to;
      if (held) checkProposal(watch.where, held);
      watch.nfev++;
      return later<unknown, unknown>(space.logDensity(at), valued);
    };
    const call = {
      kind: "call" as const,
      cost: () => 1,
      run: () => {
        if (!random) return moved(at);
        held = watched++ < WATCHED ? contents(from) : null;
        return later(space.propose(from, random), moved);
      },
    };
    yield call;
    if (!(value > -Infinity && value < Infinity)) return NON_FINITE;
    const current: S[] = new Array<S>(chains).fill(space.start);
    const lp = new Float64Array(chains).fill(value);
    const randoms = Array.from({ length: chains }, (_, c) => new Random(seed, c));
    for (let t = 0; t < warmup + draws; t++) {
      for (let c = 0; c < chains; c++) {
        random = randoms[c]!;
        from = current[c]!;
        here = lp[c]!;
        yield call;
        const gain = value - here + ratio;
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

function checked(where: string, what: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw new DownhillError("CALLBACK_RESULT", `${where}: ${what} must return a number, got ${quote(value)}`);
}

/** A state that is written into is that of every draw that holds it, whatever is accepted. */
function checkProposal(where: string, held: readonly Held[]): void {
  if (holds(held)) return;
  throw new DownhillError("CALLBACK_RESULT", `${where}: propose changed the state that it was given`, {
    hint: "return a new one: (state, random) => { const next = [...state]; ...; return next; }",
  });
}

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
  return run(taskOf("metropolisHastings", space, options));
}

/**
 * As metropolisHastings; the event loop gets a turn at least every 8 ms, and each function of the space may give a promise. An abort
 * rejects with the reason of the signal.
 *
 * @example
 * const coin = { start: 0, propose: (i) => 1 - i, logDensity: async (i) => Math.log(i ? 3 : 1) };
 * const chains = await metropolisHastingsAsync(coin, { draws: 2000, seed: 1 });
 * chains.derive((i) => i).mean; // near 0.75
 */
export async function metropolisHastingsAsync<S>(
  space: AsyncProposal<S>,
  options: MetropolisHastingsOptions = {},
): Promise<MetropolisHastingsResult<S>> {
  return runAsync(taskOf("metropolisHastingsAsync", space, options));
}

function taskOf<S>(
  where: string,
  space: AsyncProposal<S>,
  options: MetropolisHastingsOptions,
): MetropolisHastingsTask<S> {
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
  return new MetropolisHastingsTask(where, space, options, sizes);
}
