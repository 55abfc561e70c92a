// One transition of Hamiltonian Monte Carlo: a fixed number of leapfrog steps, accepted by the energy error (Neal 2011,
// section 5.3). With one step it is the Metropolis-adjusted Langevin algorithm.

import type { Evaluation } from "./evaluation.js";
import type { Hamiltonian } from "./hamiltonian.js";
import { DIVERGENT } from "./nuts.js";
import { acceptanceOf, energyOf } from "./tree.js";

export class HmcSpace {
  readonly q: Float64Array;
  readonly p: Float64Array;
  readonly g: Float64Array;
  readonly v: Float64Array;

  constructor(d: number) {
    this.q = new Float64Array(d);
    this.p = new Float64Array(d);
    this.g = new Float64Array(d);
    this.v = new Float64Array(d);
  }
}

export function* hmcTransition(
  h: Hamiltonian,
  space: HmcSpace,
  steps: number,
  jitter: number,
): Generator<Evaluation, void, void> {
  const { d, metric, random, evaluation, stat } = h;
  const { q, p, g, v } = space;
  const step = h.stepSize.step * (jitter > 0 ? 1 + jitter * (2 * random.uniform() - 1) : 1);
  q.set(h.q);
  g.set(h.g);
  metric.momentum(random, p);
  metric.velocity(p, v);
  const start = energyOf(d, p, v, h.lp[0]!);
  let lp = h.lp[0]!;
  let energy = start;
  for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * step * g[i]!;
  let k = 0;
  for (; k < steps; k++) {
    metric.velocity(p, v);
    for (let i = 0; i < d; i++) q[i] = q[i]! + step * v[i]!;
    evaluation.ask(q, g);
    yield evaluation;
    lp = evaluation.value;
    if (lp === -Infinity) break;
    const kick = k + 1 < steps ? step : 0.5 * step;
    for (let i = 0; i < d; i++) p[i] = p[i]! + kick * g[i]!;
  }
  metric.velocity(p, v);
  energy = energyOf(d, p, v, lp);
  const gain = Number.isNaN(energy) ? -Infinity : start - energy;
  stat.divergent = -gain > DIVERGENT ? 1 : 0;
  if (stat.divergent) h.divergence.set(q);
  stat.acceptance = acceptanceOf(gain);
  stat.leaves = Math.min(k + 1, steps);
  stat.depth = 0;
  stat.energy = start;
  if (stat.acceptance < 1 && random.uniform() >= stat.acceptance) return;
  h.q.set(q);
  h.g.set(g);
  h.lp[0] = lp;
  stat.energy = energy;
}
