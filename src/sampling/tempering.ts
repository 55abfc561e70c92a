// Parallel tempering as a mover: one chain of the density and hotter ones of its powers, which cross from mode to mode and hand
// their points down (Geyer 1991). Neighbours exchange by turns, even pairs, then odd ones, so that points travel instead of
// diffusing, and the warm-up spaces the temperatures for equal rates of refusal (Syed, Bouchard-Côté, Deligiannidis and Doucet
// 2022, algorithms 2 and 4).

import type { Call } from "../driver/task.js";
import { Random } from "../random/philox.js";
import { exp, log } from "../runtime/elementary.js";
import { Evaluation } from "./evaluation.js";
import { type Mover, type MoverState, noStats, type TransitionStats } from "./mover.js";
import { acceptanceOf } from "./tree.js";

/** The density to the power `beta`. */
export class TemperedEvaluation extends Evaluation {
  beta = 1;
  #slope: Float64Array | null = null;

  override ask(q: Float64Array, g: Float64Array | null): void {
    this.#slope = g;
    super.ask(q, g);
  }

  override run(): unknown {
    const done = super.run() as PromiseLike<unknown> | undefined;
    if (done === undefined) return this.#scale();
    return done.then(() => this.#scale());
  }

  #scale(): undefined {
    this.value *= this.beta;
    const g = this.#slope;
    if (g) for (let i = 0; i < g.length; i++) g[i] = this.beta * g[i]!;
  }
}

/** Shares of the warm-up after which the temperatures are spaced anew. */
const RESPACED = [0.1, 0.25, 0.5];

export class TemperingMover implements Mover {
  readonly points: readonly Float64Array[];
  readonly lp: Float64Array;
  readonly gradient: Float64Array | null;
  readonly stats: readonly TransitionStats[];
  /** 1, ..., 1 / hottest. */
  readonly betas: Float64Array;
  readonly #stat: TransitionStats = noStats();
  readonly #cold: Mover;
  /** Sums of the refusal rates of each pair of neighbours, and how often they met. */
  readonly #refused: Float64Array;
  readonly #met: Float64Array;

  /** `rungs[0]` moves the density itself; each has an evaluation of its own. */
  constructor(
    public random: Random,
    readonly rungs: readonly Mover[],
    readonly evaluations: readonly TemperedEvaluation[],
    hottest: number,
    readonly warmup: number,
  ) {
    const count = rungs.length;
    const ratio = log(hottest) / (count - 1);
    this.betas = Float64Array.from({ length: count }, (_, k) => exp(-k * ratio));
    const cold = rungs[0]!;
    this.#cold = cold;
    this.points = cold.points;
    this.lp = cold.lp;
    this.gradient = cold.gradient;
    this.stats = [this.#stat];
    this.#refused = new Float64Array(count - 1);
    this.#met = new Float64Array(count - 1);
  }

  get divergence(): Float64Array | null {
    return this.#cold.divergence;
  }

  /** Share of the exchanges offered after the warm-up that were taken, the smallest over the pairs; NaN before any. */
  get exchange(): number {
    let least = NaN;
    this.#met.forEach((met, k) => {
      if (met > 0) least = Math.min(Number.isNaN(least) ? 1 : least, 1 - this.#refused[k]! / met);
    });
    return least;
  }

  *start(): Generator<Evaluation, void, void> {
    const { rungs, lp, gradient, points } = this;
    const [top] = lp;
    const slope = gradient?.slice();
    this.#setBetas(this.betas);
    for (const [k, rung] of rungs.entries()) {
      const beta = this.betas[k]!;
      rung.points[0]!.set(points[0]!);
      rung.lp[0] = beta * top!;
      if (slope) for (let i = 0; i < slope.length; i++) rung.gradient![i] = beta * slope[i]!;
      yield* rung.start();
    }
  }

  *step(t: number): Generator<Call, void, void> {
    const stat = this.#stat;
    let leaves = 0;
    for (const rung of this.rungs) {
      yield* rung.step(t);
      leaves += rung.stats[0]!.leaves;
    }
    // Energies are of trajectories, and an exchange changes them: there are none to judge.
    Object.assign(stat, this.#cold.stats[0], { leaves, energy: NaN });
    this.#exchange(t % 2);
    if (t < this.warmup) {
      if (RESPACED.some((share) => t + 1 === Math.floor(share * this.warmup))) this.#space();
      if (t === this.warmup - 1) this.#forget();
    }
  }

  /** Offers each pair of neighbours of one parity an exchange: min(1, exp((b - b')(L' - L))). */
  #exchange(parity: number): void {
    const { rungs, betas, random } = this;
    for (let k = parity; k + 1 < rungs.length; k += 2) {
      const [a, b] = [rungs[k]!, rungs[k + 1]!];
      const [own, hot] = [betas[k]!, betas[k + 1]!];
      const gain = (own - hot) * (b.lp[0]! / hot - a.lp[0]! / own);
      const acceptance = acceptanceOf(gain);
      this.#refused[k] = this.#refused[k]! + 1 - acceptance;
      this.#met[k] = this.#met[k]! + 1;
      if (acceptance < 1 && random.uniform() >= acceptance) continue;
      swap(a.points[0]!, b.points[0]!, 1, 1);
      swap(a.lp, b.lp, own / hot, hot / own);
      if (a.gradient && b.gradient) swap(a.gradient, b.gradient, own / hot, hot / own);
    }
  }

  #forget(): void {
    this.#refused.fill(0);
    this.#met.fill(0);
  }

  /** Temperatures at equal shares of the sum of the refusal rates, between which log beta is taken as linear. */
  #space(): void {
    const { betas } = this;
    const count = betas.length;
    const rates = this.#refused.map((sum, k) => Math.max(sum / Math.max(1, this.#met[k]!), 1e-3));
    const total = rates.reduce((a, b) => a + b, 0);
    const made = betas.slice();
    let pair = 0;
    let before = 0;
    for (let k = 1; k < count - 1; k++) {
      const wanted = (k * total) / (count - 1);
      while (before + rates[pair]! < wanted && pair < count - 2) before += rates[pair++]!;
      const part = (wanted - before) / rates[pair]!;
      const [from, to] = [log(betas[pair]!), log(betas[pair + 1]!)];
      made[k] = exp(from + part * (to - from));
    }
    this.rungs.forEach((rung, k) => {
      const factor = made[k]! / betas[k]!;
      rung.lp[0] = factor * rung.lp[0]!;
      const g = rung.gradient;
      if (g) for (let i = 0; i < g.length; i++) g[i] = factor * g[i]!;
    });
    this.#setBetas(made);
    this.#forget();
  }

  #setBetas(betas: ArrayLike<number>): void {
    this.betas.set(betas);
    this.evaluations.forEach((evaluation, k) => {
      evaluation.beta = betas[k]!;
    });
  }

  save(): MoverState {
    return {
      random: this.random.state(),
      points: [[...this.points[0]!]],
      lp: [...this.lp],
      gradient: this.gradient && [...this.gradient],
      learnt: {
        betas: [...this.betas],
        refused: [...this.#refused],
        met: [...this.#met],
        rungs: this.rungs.map((rung) => rung.save()),
      },
    };
  }

  restore({ random, learnt }: MoverState): void {
    this.random = Random.resume(random);
    const given = learnt as { betas: number[]; refused: number[]; met: number[]; rungs: MoverState[] };
    this.#setBetas(given.betas);
    this.#refused.set(given.refused);
    this.#met.set(given.met);
    this.rungs.forEach((rung, k) => {
      rung.restore(given.rungs[k]!);
    });
  }
}

/** a = forA b and b = forB a. */
function swap(a: Float64Array, b: Float64Array, forA: number, forB: number): void {
  for (let i = 0; i < a.length; i++) {
    const kept = a[i]!;
    a[i] = forA * b[i]!;
    b[i] = forB * kept;
  }
}
