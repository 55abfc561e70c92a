// The No-U-Turn sampler: one transition is a trajectory that doubles, forwards or backwards in time, until it turns back.
// A flat generator that yields what it wants evaluated; everything it keeps from one transition to the next is in `Hamiltonian`.

import type { Evaluation } from "./evaluation.js";
import { exp } from "./exponential.js";
import type { Hamiltonian } from "./hamiltonian.js";
import { acceptanceOf, energyOf, HEAVY, Subtree } from "./tree.js";

/** An energy error beyond this is a divergence (Stan's threshold). */
export const DIVERGENT = 1000;

/** What one transition needs, reserved once. */
export class NutsSpace {
  readonly main: Subtree;
  /** Subtrees of the new half, one of each size and one to come. */
  readonly stack: readonly Subtree[];
  readonly ends: readonly [End, End];
  readonly v: Float64Array;

  constructor(d: number, maxDepth: number) {
    this.main = new Subtree(d);
    this.stack = Array.from({ length: maxDepth + 1 }, () => new Subtree(d));
    this.ends = [new End(d), new End(d)];
    this.v = new Float64Array(d);
  }
}

/** A point of the trajectory from which it goes on. */
class End {
  readonly q: Float64Array;
  readonly p: Float64Array;
  readonly g: Float64Array;

  constructor(d: number) {
    this.q = new Float64Array(d);
    this.p = new Float64Array(d);
    this.g = new Float64Array(d);
  }
}

/** One transition of `h` from its point to the next. */
export function* nutsTransition(
  h: Hamiltonian,
  space: NutsSpace,
  maxDepth: number,
): Generator<Evaluation, void, void> {
  const { d, metric, random, evaluation, stat } = h;
  const { main, stack, ends, v } = space;
  const [back, ahead] = ends;
  const step = h.stepSize.step;

  metric.momentum(random, back.p);
  metric.velocity(back.p, v);
  const start = energyOf(d, back.p, v, h.lp[0]!);
  main.leaf(h.q, back.p, v, h.g, h.lp[0]!, start, 1);
  back.q.set(h.q);
  back.g.set(h.g);
  ahead.q.set(h.q);
  ahead.p.set(back.p);
  ahead.g.set(h.g);

  let reference = 0;
  let acceptance = 0;
  let leaves = 0;
  let depth = 0;
  let divergent = false;
  let goesOn = true;
  while (goesOn && depth < maxDepth) {
    const forward = (random.word() & 1) === 1;
    const end = forward ? ahead : back;
    const { q, p, g } = end;
    const e = forward ? step : -step;
    const size = 1 << depth;
    let top = -1;
    for (let leaf = 0; leaf < size && goesOn; leaf++) {
      for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * e * g[i]!;
      metric.velocity(p, v);
      for (let i = 0; i < d; i++) q[i] = q[i]! + e * v[i]!;
      evaluation.ask(q, g);
      yield evaluation;
      const lp = evaluation.value;
      for (let i = 0; i < d; i++) p[i] = p[i]! + 0.5 * e * g[i]!;
      metric.velocity(p, v);
      leaves++;
      let energy = energyOf(d, p, v, lp);
      if (Number.isNaN(energy)) energy = Infinity;
      const gain = start - energy;
      acceptance += acceptanceOf(gain);
      if (gain - reference > HEAVY) {
        const factor = exp(reference - gain);
        main.weight *= factor;
        for (let k = 0; k <= top; k++) stack[k]!.weight *= factor;
        reference = gain;
      }
      if (-gain > DIVERGENT) {
        divergent = true;
        goesOn = false;
        h.divergence.set(q);
        break;
      }
      top++;
      stack[top]!.leaf(q, p, v, g, lp, energy, exp(gain - reference));
      while (top > 0 && stack[top]!.depth === stack[top - 1]!.depth && goesOn) {
        goesOn = stack[top - 1]!.append(d, stack[top]!, random, false);
        top--;
      }
    }
    if (!goesOn) break;
    depth++;
    if (!forward) main.reverse();
    goesOn = main.append(d, stack[0]!, random, true);
    if (!forward) main.reverse();
  }
  h.q.set(main.q);
  h.g.set(main.g);
  h.lp[0] = main.lp;
  stat.acceptance = leaves > 0 ? acceptance / leaves : 0;
  stat.depth = depth;
  stat.leaves = leaves;
  stat.divergent = divergent ? 1 : 0;
  stat.energy = main.energy;
}
