// One number per draw, with all that is said of it: moments, quantiles, intervals, Monte Carlo errors and diagnostics.

import { numberOption } from "../runtime/options.js";
import {
  type Chains,
  essBulk,
  essTail,
  hdiOf,
  mcseMean,
  mcseQuantile,
  quantileOf,
  rHat,
  varianceOf,
} from "./diagnostics.js";

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

  constructor(chains: Chains) {
    this.chains = chains;
    const length = chains[0]?.length ?? 0;
    const all = new Float64Array(length * chains.length);
    chains.forEach((c, k) => {
      all.set(c, k * length);
    });
    const count = all.length;
    // NaN is no draw: what has none has no mean.
    let sum = 0;
    for (let i = 0; i < count; i++) sum += all[i]!;
    this.mean = sum / count;
    this.sd = Math.sqrt(varianceOf(all));
    this.#sorted = all.sort();
    this.mcse = mcseMean(chains);
    this.rHat = rHat(chains);
    this.essBulk = essBulk(chains);
    this.essTail = essTail(chains);
  }

  /** The quantile p, 0 to 1 (R's type 7). */
  quantile(p: number): number {
    numberOption("quantile", "p", p, 0.5, { min: 0, max: 1 });
    return this.#sorted.length === 0 ? NaN : quantileOf(this.#sorted, p);
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
