// The affine-invariant ensemble as a mover of many walkers: each stretches towards or away from a walker of the other half
// (Goodman and Weare 2010, equation 7; Foreman-Mackey et al. 2013, algorithm 3).

import { ln } from "../random/laws.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import type { Evaluation } from "./evaluation.js";
import { type Mover, type MoverState, noStats, type TransitionStats } from "./mover.js";
import { acceptanceOf } from "./tree.js";

/** What counts as no extent beside the widest of its coordinate. */
const FLAT = 1e-9;

/** Whether the walkers lie in all directions: their differences, each coordinate in its own unit, by Gram and Schmidt. */
function spans(points: readonly Float64Array[]): boolean {
  const [first = new Float64Array(), ...others] = points;
  const units = first.map((v, i) => others.reduce((most, q) => Math.max(most, Math.abs(q[i]! - v)), 0));
  const rows = others.map((q) => q.map((v, i) => (units[i]! > 0 ? (v - first[i]!) / units[i]! : 0)));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  for (let found = 0; found < first.length; found++) {
    const sizes = rows.map((row) => dot(row, row));
    const most = Math.max(...sizes);
    if (!(most > FLAT * FLAT)) return false;
    const pivot = rows[sizes.indexOf(most)]!.slice();
    for (const row of rows) {
      const share = dot(row, pivot) / most;
      row.forEach((v, i) => {
        row[i] = v - share * pivot[i]!;
      });
    }
  }
  return true;
}

export class EnsembleMover implements Mover {
  readonly points: readonly Float64Array[];
  readonly lp: Float64Array;
  readonly gradient = null;
  readonly divergence = null;
  readonly stats: readonly TransitionStats[];
  readonly #trial: Float64Array;

  constructor(
    readonly d: number,
    public random: Random,
    readonly evaluation: Evaluation,
    readonly stretch: number,
    walkers: number,
  ) {
    this.points = Array.from({ length: walkers }, () => new Float64Array(d));
    this.lp = new Float64Array(walkers);
    this.stats = Array.from({ length: walkers }, noStats);
    this.#trial = new Float64Array(d);
  }

  // biome-ignore lint/correctness/useYield: nothing is evaluated, what is there is looked at.
  *start(): Generator<Evaluation, void, void> {
    if (!spans(this.points)) {
      throw new DownhillError(
        "OPTION",
        "sample: the walkers start in a plane, which their moves never leave",
        {
          hint: "scatter the starts in all directions",
          details: { option: "start" },
        },
      );
    }
  }

  *step(): Generator<Evaluation, void, void> {
    const { d, points, lp, random, evaluation, stretch } = this;
    const trial = this.#trial;
    const half = points.length / 2;
    for (let k = 0; k < points.length; k++) {
      const q = points[k]!;
      const other = points[(k < half ? half : 0) + random.below(half)]!;
      // g(z) ~ 1 / sqrt(z) on [1/a, a].
      const root = 1 + (stretch - 1) * random.uniform();
      const z = (root * root) / stretch;
      for (let i = 0; i < d; i++) trial[i] = other[i]! + z * (q[i]! - other[i]!);
      evaluation.ask(trial, null);
      yield evaluation;
      const acceptance = acceptanceOf((d - 1) * ln(z) + evaluation.value - lp[k]!);
      const stat = this.stats[k]!;
      stat.acceptance = acceptance;
      stat.leaves = 1;
      if (acceptance < 1 && random.uniform() >= acceptance) continue;
      q.set(trial);
      lp[k] = evaluation.value;
    }
  }

  save(): MoverState {
    return {
      random: this.random.state(),
      points: this.points.map((q) => [...q]),
      lp: [...this.lp],
      gradient: null,
      learnt: null,
    };
  }

  restore({ random, points, lp }: MoverState): void {
    this.random = Random.resume(random);
    points.forEach((q, k) => {
      this.points[k]!.set(q);
    });
    this.lp.set(lp);
  }
}
