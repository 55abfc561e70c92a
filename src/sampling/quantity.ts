// One number per draw, with all that is said of it: moments, quantiles, intervals, Monte Carlo errors and diagnostics.

import { DownhillError, quote } from "../runtime/errors.js";
import { numberOption } from "../runtime/options.js";
import { chainOf } from "./chains.js";
import { type Diagnosis, diagnose, diagnosing } from "./diagnosis.js";
import { hdiOf, mcseQuantile } from "./diagnostics.js";
import { type Chains, quantileOf } from "./effective.js";
import { heaviness, tailShape } from "./heavy.js";
import type { Steps } from "./steps.js";

/** What the caller's function made of a draw; CALLBACK_RESULT where that is no number. */
export function numberRead(value: unknown): number {
  if (typeof value === "number") return value;
  throw new DownhillError(
    "CALLBACK_RESULT",
    `derive: the function must return a number, got ${quote(value)}`,
    {
      details: { value },
    },
  );
}

/** A quantity of the posterior, derived from its parameters. */
export class Quantity {
  /** Its draws, one array for each chain. */
  readonly chains: Chains;
  readonly mean: number;
  readonly sd: number;
  readonly mcse: number;
  readonly rHat: number;
  readonly essBulk: number;
  readonly essTail: number;
  readonly #sorted: Float64Array;

  constructor(chains: Chains, diagnosis: Diagnosis = diagnose(chains)) {
    this.chains = chains;
    const { mean, sd, mcse, rHat, essBulk, essTail, sorted } = diagnosis;
    this.mean = mean;
    this.sd = sd;
    this.mcse = mcse;
    this.rHat = rHat;
    this.essBulk = essBulk;
    this.essTail = essTail;
    this.#sorted = sorted;
  }

  /** The quantile p, 0 to 1 (R's type 7). */
  quantile(p: number): number {
    numberOption("quantile", "p", p, 0.5, { min: 0, max: 1 });
    return this.#sorted.length === 0 ? NaN : quantileOf(this.#sorted, p);
  }

  /**
   * Shape of the heavier tail, of a generalised Pareto law: beyond 0.7 `mean`, `sd` and `mcse` do not settle, however many draws there
   * are, from 1 there is no mean; quantiles are what they are. NaN of few draws.
   */
  get paretoK(): number {
    return tailShape(this.#sorted, this.essTail);
  }

  /** As paretoK; 0 where tails are far from heavy. @internal */
  get heaviness(): number {
    return heaviness(this.#sorted, this.essTail);
  }

  /** Monte Carlo standard error of the quantile p. */
  mcseOfQuantile(p: number): number {
    numberOption("mcseOfQuantile", "p", p, 0.5, { min: 0, max: 1 });
    return mcseQuantile(this.chains, p);
  }

  /** The shortest interval that holds `level` (default 0.95) of the draws. */
  hdi(level = 0.95): [number, number] {
    numberOption("hdi", "level", level, 0.95, { min: 0, exclusive: true, max: 1 });
    return this.#sorted.length === 0 ? [NaN, NaN] : hdiOf(this.#sorted, level);
  }
}

/** The draws of each of n parameters, chain by chain, with what is said of them. */
export function* quantitiesOf(
  { draws, chains, count }: { draws: Float64Array; chains: number; count: number },
  n: number,
): Steps<Quantity[]> {
  const quantities: Quantity[] = [];
  for (let j = 0; j < n; j++) {
    const own: Float64Array[] = [];
    for (let c = 0; c < chains; c++) {
      own.push(chainOf(draws, c, count, n, j));
      yield;
    }
    quantities.push(new Quantity(own, yield* diagnosing(own)));
  }
  return quantities;
}
