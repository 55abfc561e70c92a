// BiCGSTAB with a preconditioner on the right (van der Vorst 1992; Saad, Iterative Methods, 2nd ed., algorithm 7.7). Where
// its recurrence breaks down it starts again from x with a new shadow residual (Sleijpen and van der Vorst 1995).

import { BROKEN, type IterativeEnd, NOT_FINITE, STALLED } from "../ends.js";
import type { LinearMethod, Mapped } from "../mapped.js";
import type { Steps } from "../task.js";

type Vectors = "shadow" | "p" | "v" | "t" | "y" | "z";

const EPS = 2.220446049250313e-16;

export const stabilised: LinearMethod<Vectors> = {
  lengths: ({ cols: n }) => ({ shadow: n, p: n, v: n, t: n, y: n, z: n }),
  steps: bicgstabSteps,
};

function* bicgstabSteps(run: Mapped<Vectors>, resumed: boolean): Steps {
  const { space, A, M, bound } = run;
  const { shadow, p, v, t, y, z } = space.v;
  const { x, r, scalars } = run.common;
  const s = scalars.f64; // shadow'r, steps since the start, |b - A x| there
  const begin = () => {
    space.copy(r, shadow);
    space.copy(r, p);
    s[0] = space.dot(r, r);
    s[1] = 0;
  };
  if (!resumed) begin();
  for (;;) {
    let fault: IterativeEnd | null = null;
    let broken = false;
    const rho = s[0]!;
    if (M) yield M.of(p, y);
    yield A.of(M ? y : p, v);
    const projection = space.dot(shadow, v);
    const alpha = rho / projection;
    let norm = space.norm(r);
    if (Math.abs(projection) <= EPS * space.norm(shadow) * space.norm(v)) broken = true;
    else if (!(Math.abs(alpha) < Infinity)) fault = NOT_FINITE;
    let omega = 0;
    if (!fault && !broken) {
      space.add(alpha, M ? y : p, x);
      space.add(-alpha, v, r);
      norm = space.norm(r);
      if (norm > bound) {
        if (M) yield M.of(r, z);
        yield A.of(M ? z : r, t);
        const length = space.norm(t);
        omega = length > 0 ? space.dot(t, r) / length / length : 0;
        if (!(Math.abs(omega) < Infinity)) fault = NOT_FINITE;
        else {
          space.add(omega, M ? z : r, x);
          space.add(-omega, t, r);
          norm = space.norm(r);
        }
      }
    }
    if (!(norm < Infinity)) fault = NOT_FINITE;
    const verdict = !fault && norm <= bound ? yield* run.confirm() : "go on";
    if (verdict === "again") begin();
    else if (verdict === "go on" && !fault) {
      const next = space.dot(shadow, r);
      if (!broken && omega !== 0 && Math.abs(next) > EPS * space.norm(shadow) * norm) {
        // p = r + beta (p - omega v)
        space.add(-omega, v, p);
        space.turn(r, (next / rho) * (alpha / omega), p);
        s[0] = next;
        s[1] = s[1]! + 1;
      } else if (s[1] === 0 && broken) fault = BROKEN;
      else {
        const truth = yield* run.residual();
        if (!(truth < Infinity)) fault = NOT_FINITE;
        // A start from where the last one was would be the same again.
        else if (s[2] !== 0 && !(truth < s[2]! * (1 - 1e-3))) fault = STALLED;
        else begin();
        s[2] = truth;
      }
    } else if (verdict !== "confirmed" && verdict !== "go on") fault = verdict;
    yield run.marked(norm);
    if (fault) return fault;
  }
}
