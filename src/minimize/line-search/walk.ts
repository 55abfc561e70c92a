// Searches that read best as a walk: a generator yields each step to try and ends with its outcome. One flat
// generator a search, as its policy asks for few trials.

import type { LineSearch, Outcome } from "./types.js";

export abstract class Walk implements LineSearch {
  step = 0;
  readonly slopes = true;
  protected f0 = 0;
  protected slope0 = 0;
  protected first = 0;
  protected longest = 0;
  /** What was found at `step`. */
  protected f = 0;
  protected slope = 0;
  #walk: Generator<number, Outcome, void> | null = null;

  protected abstract walk(): Generator<number, Outcome, void>;

  start(f: number, slope: number, step: number, longest: number): Outcome {
    if (!(slope < 0)) return "noDescent";
    this.f0 = f;
    this.slope0 = slope;
    this.first = Math.min(step, longest);
    this.longest = longest;
    this.#walk = this.walk();
    return this.#advance();
  }

  next(f: number, slope: number): Outcome {
    this.f = f;
    this.slope = slope;
    return this.#advance();
  }

  #advance(): Outcome {
    const next = (this.#walk as Generator<number, Outcome, void>).next();
    if (next.done) return next.value;
    this.step = next.value;
    return "trial";
  }

  protected get finite(): boolean {
    return this.f - this.f === 0 && this.slope - this.slope === 0;
  }
}
