// Random-walk Metropolis as a mover. Scale and covariance of the proposal are learnt in the warm-up only, so that what comes
// after is a Markov chain with the density as its stationary law.

import { ln } from "../random/laws.js";
import { Random } from "../random/philox.js";
import { exp } from "../runtime/elementary.js";
import type { Evaluation } from "./evaluation.js";
import { cholesky } from "./metric.js";
import { CrossMoments, type MomentsState } from "./moments.js";
import { type Mover, type MoverState, noStats } from "./mover.js";
import { acceptanceOf } from "./tree.js";

/** Share of proposals that forget the covariance learnt (Roberts and Rosenthal 2009, equation 2.1). */
const PLAIN = 0.05;

export class RandomWalk implements Mover {
  readonly q: Float64Array;
  readonly points: readonly Float64Array[];
  readonly lp = new Float64Array(1);
  readonly gradient = null;
  readonly divergence = null;
  readonly stats = [noStats()] as const;
  readonly #trial: Float64Array;
  readonly #z: Float64Array;
  /** Of the draws since the last power of two, and of those from the power before to it. */
  readonly #moments: CrossMoments;
  readonly #older: CrossMoments;
  readonly #pooled: CrossMoments;
  /** Cholesky factor of the covariance; the identity until one is learnt. */
  readonly #factor: Float64Array;
  readonly #scratch: Float64Array;
  #shaped = false;
  #logScale: number;
  readonly #target: number;

  constructor(
    readonly d: number,
    public random: Random,
    readonly evaluation: Evaluation,
    scale: number | null,
    readonly adapt: boolean,
    readonly warmup: number,
  ) {
    this.q = new Float64Array(d);
    this.points = [this.q];
    this.#trial = new Float64Array(d);
    this.#z = new Float64Array(d);
    this.#moments = new CrossMoments(d);
    this.#older = new CrossMoments(d);
    this.#pooled = new CrossMoments(d);
    this.#factor = new Float64Array(d * d);
    this.#scratch = new Float64Array(d * d);
    this.#logScale = ln(scale ?? 2.38 / Math.sqrt(d));
    // Gelman, Roberts and Gilks (1996): optimal acceptance in one dimension, and in many.
    this.#target = d === 1 ? 0.44 : 0.234;
  }

  *start(): Generator<Evaluation, void, void> {}

  *step(t: number): Generator<Evaluation, void, void> {
    const { d, random, evaluation, q, stats } = this;
    const trial = this.#trial;
    const z = this.#z;
    const learning = this.adapt && t < this.warmup;
    const scale = exp(this.#logScale);
    random.normals(z);
    // While it learns, a few proposals stay round, so that a covariance without a direction finds it again.
    if (this.#shaped && !(learning && random.uniform() < PLAIN)) {
      for (let i = 0; i < d; i++) {
        let s = 0;
        for (let k = 0; k <= i; k++) s += this.#factor[i * d + k]! * z[k]!;
        trial[i] = q[i]! + scale * s;
      }
    } else {
      const size = this.#shaped ? 0.1 * scale * this.#smallest() : scale;
      for (let i = 0; i < d; i++) trial[i] = q[i]! + size * z[i]!;
    }
    evaluation.ask(trial, null);
    yield evaluation;
    const acceptance = acceptanceOf(evaluation.value - this.lp[0]!);
    const accepted = acceptance >= 1 || random.uniform() < acceptance;
    if (accepted) {
      q.set(trial);
      this.lp[0] = evaluation.value;
    }
    const [stat] = stats;
    stat.acceptance = acceptance;
    stat.stepSize = scale;
    stat.leaves = 1;
    stat.depth = accepted ? 1 : 0;
    if (learning) this.#learn(t, acceptance);
  }

  #smallest(): number {
    let least = Infinity;
    for (let i = 0; i < this.d; i++) least = Math.min(least, this.#factor[i * this.d + i]!);
    return least;
  }

  /** Robbins and Monro for the scale; the covariance of at least the last half of what was drawn so far. */
  #learn(t: number, acceptance: number): void {
    const { d } = this;
    this.#logScale += (acceptance - this.#target) / Math.sqrt(0.25 * t + 1);
    // Draws before the last power of two but one are forgotten, so that the way from the start is. Those after it stay: the covariance of
    // a few draws lacks directions, and a walk that lacks them hardly finds them again.
    if ((t & (t + 1)) === 0 && t >= 15) {
      this.#older.clear();
      this.#older.pool(this.#moments);
      this.#moments.clear();
    }
    this.#moments.add(this.q);
    const n = this.#moments.count + this.#older.count;
    if (t < 50 || n < 10 * d || t % 10 !== 0) return;
    const pooled = this.#pooled;
    pooled.clear();
    pooled.pool(this.#older);
    pooled.pool(this.#moments);
    const covariance = pooled.squares.map((s) => s / (n - 1));
    const first = !this.#shaped;
    if (!cholesky(d, covariance, this.#scratch)) return;
    this.#factor.set(this.#scratch);
    this.#shaped = true;
    // From a round proposal to one of the law's own shape: the scale begins at its optimum.
    if (first) this.#logScale = ln(2.38 / Math.sqrt(d));
  }

  save(): MoverState {
    return {
      random: this.random.state(),
      points: [[...this.q]],
      lp: [this.lp[0]!],
      gradient: null,
      learnt: {
        logScale: this.#logScale,
        shaped: this.#shaped,
        factor: [...this.#factor],
        moments: this.#moments.state(),
        older: this.#older.state(),
      },
    };
  }

  restore({ random, points, lp, learnt }: MoverState): void {
    this.random = Random.resume(random);
    this.q.set(points[0]!);
    this.lp[0] = lp[0]!;
    const given = learnt as {
      logScale: number;
      shaped: boolean;
      factor: number[];
      moments: MomentsState;
      older: MomentsState;
    };
    this.#logScale = given.logScale;
    this.#shaped = given.shaped;
    this.#factor.set(given.factor);
    this.#moments.restore(given.moments);
    this.#older.restore(given.older);
  }
}
