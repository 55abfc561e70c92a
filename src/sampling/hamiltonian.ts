// The Hamiltonian methods as movers: NUTS, HMC and MALA differ in their trajectory only; point, gradient, metric, step size
// and what they learn in the warm-up are shared.

import { Random, type RandomState } from "../random/philox.js";
import type { CoreTrajectory } from "./core-trajectory.js";
import type { Evaluation } from "./evaluation.js";
import { HmcSpace, hmcTransition } from "./hmc.js";
import type { Metric } from "./metric.js";
import { type Mover, type MoverState, noStats, type TransitionStats } from "./mover.js";
import { NutsSpace, nutsTransition } from "./nuts.js";
import { StepSize, type StepSizeState } from "./step-size.js";
import { energyOf } from "./tree.js";
import type { Known, Warmup } from "./warmup.js";

export interface Trajectory {
  readonly name: "nuts" | "hmc" | "mala";
  readonly targetAcceptance: number;
  readonly stepSize: number | null;
  readonly maxTreeDepth?: number;
  readonly steps?: number;
  readonly jitter?: number;
}

export class Hamiltonian implements Mover {
  readonly q: Float64Array;
  readonly g: Float64Array;
  readonly points: readonly Float64Array[];
  readonly lp = new Float64Array(1);
  readonly stat: TransitionStats = noStats();
  readonly stats: readonly TransitionStats[] = [this.stat];
  readonly divergence: Float64Array;
  readonly stepSize: StepSize;
  /** Where the density is compiled, transitions run in the core. */
  core: CoreTrajectory | null = null;
  readonly #warmup: Warmup;
  readonly #draws: number;
  readonly trajectory: Trajectory;
  readonly #space: NutsSpace | HmcSpace;
  readonly #own: readonly Hamiltonian[] = [this];

  /** `warmup` transitions learn; the step size is `trajectory.stepSize` where that is given. */
  constructor(
    readonly d: number,
    public random: Random,
    readonly evaluation: Evaluation,
    trajectory: Trajectory,
    makeWarmup: (stepSize: StepSize) => Warmup,
    warmup: number,
    public known: Known | null = null,
  ) {
    this.q = new Float64Array(d);
    this.g = new Float64Array(d);
    this.points = [this.q];
    this.divergence = new Float64Array(d);
    this.stepSize = new StepSize(trajectory.targetAcceptance);
    this.#warmup = makeWarmup(this.stepSize);
    this.#draws = warmup;
    this.trajectory = trajectory;
    this.#space = trajectory.name === "nuts" ? new NutsSpace(d, trajectory.maxTreeDepth!) : new HmcSpace(d);
  }

  get gradient(): Float64Array {
    return this.g;
  }

  get metric(): Metric {
    return this.#warmup.metric;
  }

  *start(): Generator<Evaluation, void, void> {
    this.#warmup.begin(this.q, this.g, this.known);
    const { stepSize } = this.trajectory;
    if (stepSize !== null) this.stepSize.step = stepSize;
    else this.stepSize.restart(yield* findStep(this, 1));
  }

  *step(t: number): Generator<Evaluation | CoreTrajectory["call"], void, void> {
    const { stat } = this;
    const space = this.#space;
    stat.stepSize = this.stepSize.step;
    stat.divergent = 0;
    const whole = this.core?.ask(this.#own);
    if (whole) yield whole;
    else if (space instanceof NutsSpace) yield* nutsTransition(this, space, this.trajectory.maxTreeDepth!);
    else yield* hmcTransition(this, space, this.trajectory.steps!, this.trajectory.jitter!);
    if (t >= this.#draws) return;
    const fixed = this.trajectory.stepSize;
    const search = this.#warmup.learn(t, this.q, this.g, stat.acceptance, stat.divergent === 1);
    if (fixed !== null) {
      this.stepSize.step = fixed;
      return;
    }
    if (search) this.stepSize.restart(yield* findStep(this, this.stepSize.step));
    if (t === this.#draws - 1) this.stepSize.settle();
  }

  save(): MoverState {
    return {
      random: this.random.state(),
      points: [[...this.q]],
      lp: [this.lp[0]!],
      gradient: [...this.g],
      learnt: { stepSize: this.stepSize.state(), warmup: this.#warmup.state() },
    };
  }

  restore({ random, points, lp, gradient, learnt }: MoverState): void {
    this.random = Random.resume(random as RandomState);
    this.q.set(points[0]!);
    this.g.set(gradient!);
    this.lp[0] = lp[0]!;
    const { stepSize, warmup } = learnt as { stepSize: StepSizeState; warmup: object };
    this.stepSize.restore(stepSize);
    this.#warmup.restore(warmup);
  }
}

/** log 0.8. */
const HALF_WAY = -0.2231435513142097;

/**
 * Doubles or halves the step until one leapfrog step's acceptance crosses 0.8, with a new momentum each time (Hoffman and
 * Gelman 2014, algorithm 4, with Stan's 0.8). At most 60 steps, so that a flat density ends too.
 */
function* findStep(h: Hamiltonian, from: number): Generator<Evaluation, number, void> {
  const { d, metric, random, evaluation } = h;
  const [q, p, g, v] = [0, 1, 2, 3].map(() => new Float64Array(d)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let step = from;
  let direction = 0;
  for (let tries = 0; tries < 60; tries++) {
    metric.momentum(random, p);
    metric.velocity(p, v);
    const before = energyOf(d, p, v, h.lp[0]!);
    for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * step * h.g[i]!;
    metric.velocity(p, v);
    for (let i = 0; i < d; i++) q[i] = h.q[i]! + step * v[i]!;
    evaluation.ask(q, g);
    yield evaluation;
    for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * step * g[i]!;
    metric.velocity(p, v);
    const gain = before - energyOf(d, p, v, evaluation.value);
    const towards = gain > HALF_WAY ? 1 : -1;
    if (direction === 0) direction = towards;
    else if (towards !== direction) return step;
    step *= direction === 1 ? 2 : 0.5;
  }
  return step;
}
