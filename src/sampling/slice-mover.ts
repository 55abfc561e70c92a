// Univariate slice sampling as a mover: one transition takes every free coordinate once, by stepping out and shrinkage (Neal
// 2003, figures 3 and 5). Widths are learnt in the warm-up: twice the mean distance moved.

import { Random } from "../random/philox.js";
import type { Evaluation } from "./evaluation.js";
import { type Mover, type MoverState, noStats } from "./mover.js";

/** At most so many widths on either side: a density without bounds ends too. */
const MOST_STEPS = 50;
/** At most so many points are rejected: the interval has shrunk to the point itself long before. */
const MOST_SHRINKS = 200;

export class SliceMover implements Mover {
  readonly q: Float64Array;
  readonly points: readonly Float64Array[];
  readonly lp = new Float64Array(1);
  readonly gradient = null;
  readonly divergence = null;
  readonly stats = [noStats()] as const;
  readonly #widths: Float64Array;
  readonly #moved: Float64Array;

  constructor(
    readonly d: number,
    public random: Random,
    readonly evaluation: Evaluation,
    width: number,
    readonly warmup: number,
  ) {
    this.q = new Float64Array(d);
    this.points = [this.q];
    this.#widths = new Float64Array(d).fill(width);
    this.#moved = new Float64Array(d);
  }

  *start(): Generator<Evaluation, void, void> {}

  *step(t: number): Generator<Evaluation, void, void> {
    const { d, random, evaluation, q, stats } = this;
    const [stat] = stats;
    let evaluations = 0;
    for (let i = 0; i < d; i++) {
      const here = q[i]!;
      const level = this.lp[0]! - random.exponential();
      const width = this.#widths[i]!;
      let low = here - width * random.uniform();
      let high = low + width;
      // The allowance is split at random between both sides, which keeps the step reversible.
      let below = random.below(MOST_STEPS);
      let above = MOST_STEPS - 1 - below;
      for (; below > 0; below--) {
        q[i] = low;
        evaluation.ask(q, null);
        yield evaluation;
        evaluations++;
        if (!(evaluation.value > level)) break;
        low -= width;
      }
      for (; above > 0; above--) {
        q[i] = high;
        evaluation.ask(q, null);
        yield evaluation;
        evaluations++;
        if (!(evaluation.value > level)) break;
        high += width;
      }
      let shrinks = 0;
      for (; shrinks < MOST_SHRINKS; shrinks++) {
        const x = low + (high - low) * random.uniform();
        q[i] = x;
        evaluation.ask(q, null);
        yield evaluation;
        evaluations++;
        if (evaluation.value >= level) {
          this.lp[0] = evaluation.value;
          break;
        }
        if (x < here) low = x;
        else high = x;
      }
      if (shrinks === MOST_SHRINKS) q[i] = here;
      if (t < this.warmup) {
        this.#moved[i] = this.#moved[i]! + Math.abs(q[i]! - here);
        if (t >= 9 && this.#moved[i]! > 0) this.#widths[i] = (2 * this.#moved[i]!) / (t + 1);
      }
    }
    stat.acceptance = 1;
    stat.leaves = evaluations;
  }

  save(): MoverState {
    return {
      random: this.random.state(),
      points: [[...this.q]],
      lp: [this.lp[0]!],
      gradient: null,
      learnt: { widths: [...this.#widths], moved: [...this.#moved] },
    };
  }

  restore({ random, points, lp, learnt }: MoverState): void {
    this.random = Random.resume(random);
    this.q.set(points[0]!);
    this.lp[0] = lp[0]!;
    const { widths, moved } = learnt as { widths: number[]; moved: number[] };
    this.#widths.set(widths);
    this.#moved.set(moved);
  }
}
