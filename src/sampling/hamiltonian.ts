// What every Hamiltonian method shares: the point of the chain with its gradient, metric, step size and random numbers, the
// leapfrog step, and the search for a first step size.

import type { Random } from "../random/philox.js";
import { exp } from "../runtime/elementary.js";
import type { Evaluation } from "./evaluation.js";
import type { Metric } from "./metric.js";
import type { StepSize } from "./step-size.js";
import { energyOf } from "./tree.js";

/** What is recorded of a transition. */
export interface TransitionStats {
  acceptance: number;
  depth: number;
  leaves: number;
  divergent: number;
  energy: number;
}

export class Hamiltonian {
  readonly q: Float64Array;
  readonly g: Float64Array;
  lp = 0;
  metric: Metric;
  readonly stats: TransitionStats = { acceptance: 0, depth: 0, leaves: 0, divergent: 0, energy: 0 };
  /** Where the last trajectory diverged, on the free scale. */
  readonly divergence: Float64Array;

  constructor(
    readonly d: number,
    readonly random: Random,
    readonly evaluation: Evaluation,
    readonly stepSize: StepSize,
    metric: Metric,
  ) {
    this.q = new Float64Array(d);
    this.g = new Float64Array(d);
    this.divergence = new Float64Array(d);
    this.metric = metric;
  }

  exp(x: number): number {
    return exp(x);
  }

  diverged(q: Float64Array): void {
    this.divergence.set(q);
  }
}

/** Half of the steps of the search accept with more than this. */
const HALF = -0.2231435513142097; // log 0.8

/**
 * Doubles or halves the step until one leapfrog step's acceptance crosses 0.8, with a new momentum each time (Hoffman and
 * Gelman 2014, algorithm 4, with Stan's 0.8). At most 60 steps, so that a flat density ends too.
 */
export function* findStep(h: Hamiltonian, from: number): Generator<Evaluation, number, void> {
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
    const before = energyOf(d, p, v, h.lp);
    for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * step * h.g[i]!;
    metric.velocity(p, v);
    for (let i = 0; i < d; i++) q[i] = h.q[i]! + step * v[i]!;
    evaluation.ask(q, g);
    yield evaluation;
    for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * step * g[i]!;
    metric.velocity(p, v);
    const gain = before - energyOf(d, p, v, evaluation.value);
    const towards = gain > HALF ? 1 : -1;
    if (direction === 0) direction = towards;
    else if (towards !== direction) return step;
    step *= direction === 1 ? 2 : 0.5;
  }
  return step;
}
