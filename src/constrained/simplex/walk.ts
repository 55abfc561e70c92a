// The whole simplex method: dual steps until the point is feasible, with costs changed so that they can begin, then primal steps with the
// costs as given; what was perturbed is taken back, until nothing is left to do.

import { DualPhase } from "./dual.js";
import { PrimalPhase } from "./primal.js";
import type { Tableau } from "./tableau.js";

/** Turns of both phases, and how many of them may perturb. */
const TURNS = 40;
const PERTURBED = 6;
/** Steps of length 0 after which costs or bounds are perturbed. */
const STUCK = 20;

export type WalkEnd =
  | { readonly kind: "optimal" | "stalled" }
  /** Multipliers of the rows that contradict each other. */
  | { readonly kind: "infeasible"; readonly y: Float64Array }
  /** A direction of the variables along which the objective falls without end. */
  | { readonly kind: "unbounded"; readonly d: Float64Array };

/** Yields after every step; what is only computed anew is none. */
export function* walk(t: Tableau): Generator<void, WalkEnd, void> {
  const dual = new DualPhase(t);
  const primal = new PrimalPhase(t);
  for (let turn = 0; turn < TURNS; turn++) {
    t.stuck = 0;
    if (!t.feasible) {
      dual.makeFeasible();
      let perturbed = 0;
      if (turn === 0 && t.costsChanged) {
        dual.perturb();
        perturbed++;
      }
      for (;;) {
        const end = dual.step();
        if (end === "infeasible") return { kind: "infeasible", y: contradiction(t, dual.sign) };
        if (end === "again") continue;
        if (end !== "going") break;
        if (t.stuck > STUCK && perturbed < 1 && turn < PERTURBED) {
          dual.perturb();
          perturbed++;
        }
        yield;
      }
      t.ownCosts();
      t.refresh();
      t.forget();
    }
    t.stuck = 0;
    primal.makeFeasible();
    let perturbed = 0;
    for (;;) {
      const end = primal.step();
      if (end === "unbounded") return { kind: "unbounded", d: ray(t, primal.entering, primal.sign) };
      if (end === "again") continue;
      if (end !== "going") break;
      if (t.stuck > STUCK && perturbed < 3 && turn < PERTURBED) {
        primal.perturb();
        perturbed++;
      }
      yield;
    }
    if (t.boundsChanged) {
      t.ownBounds();
      t.settle();
    }
    t.refresh();
    if (t.optimal) return { kind: "optimal" };
  }
  return { kind: "stalled" };
}

/** rho of the row that cannot come within its bounds (Farkas). */
function contradiction(t: Tableau, sign: number): Float64Array {
  return t.rho.map((v) => -sign * v);
}

function ray(t: Tableau, q: number, s: number): Float64Array {
  const d = new Float64Array(t.n);
  if (q < t.n) d[q] = s;
  for (let p = 0; p < t.m; p++) {
    const j = t.head[p]!;
    const v = -s * t.column[p]!;
    if (j < t.n && Math.abs(v) > 1e-13) d[j] = v;
  }
  return d;
}
