// MINRES for symmetric A, definite or not (Paige and Saunders 1975, with their preconditioner as in SOL's minres): Lanczos
// vectors and a QR factorisation of the tridiagonal matrix, one rotation an iteration.

import { BROKEN, type IterativeEnd, NOT_FINITE, SINGULAR } from "../ends.js";
import type { LinearMethod, Mapped } from "../mapped.js";
import type { Steps } from "../task.js";
import { hypot } from "./rotations.js";

type Vectors = "y" | "v" | "w" | "w1" | "w2" | "r1" | "r2";

const EPS = 2.220446049250313e-16;
const TINY = 1e-280;

export const minimalResiduals: LinearMethod<Vectors> = {
  lengths: ({ cols: n }) => ({ y: n, v: n, w: n, w1: n, w2: n, r1: n, r2: n }),
  steps: minresSteps,
};

function* minresSteps(run: Mapped<Vectors>, resumed: boolean): Steps {
  const { space, A, M, bound } = run;
  const { y, v, w, w1, w2, r1, r2 } = space.v;
  const { x, r, scalars } = run.common;
  const s = scalars.f64;
  // Of this start: the length in the norm of M^-1 at which |r| should be at its bound.
  let [goal, oldBeta, beta, dbar, epsilon, phibar, cs, sn, size, fresh] = s as unknown as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  let again = !resumed || s[10] === 1;
  for (;;) {
    let fault: IterativeEnd | null = null;
    if (again) {
      // Lanczos from r = b - A x.
      again = false;
      if (M) yield M.of(r, y);
      else space.copy(r, y);
      space.copy(r, r1);
      space.copy(r, r2);
      w.f64.fill(0);
      w2.f64.fill(0);
      const square = space.dot(r, y);
      if (!(square > 0)) return Number.isNaN(square) ? NOT_FINITE : BROKEN;
      beta = Math.sqrt(square);
      goal = beta * Math.min(1, bound / space.norm(r)) * (run.watch.nit === 0 ? 1 : 0.5);
      [oldBeta, dbar, epsilon, phibar, cs, sn, size, fresh] = [0, 0, 0, beta, -1, 0, 0, 1];
    }
    space.copy(y, v);
    space.scale(1 / beta, v);
    yield A.of(v, y);
    if (!fresh) space.add(-beta / oldBeta, r1, y);
    const alpha = space.dot(v, y);
    space.add(-alpha / beta, r2, y);
    space.copy(r2, r1);
    space.copy(y, r2);
    if (M) yield M.of(r2, y);
    oldBeta = beta;
    const square = space.dot(r2, y);
    if (Number.isNaN(square)) fault = NOT_FINITE;
    // Rounding may leave -eps |r2|^2 where Krylov's space is exhausted.
    else if (square < -EPS * space.dot(r2, r2)) fault = BROKEN;
    // The square may leave the range where the length does not.
    beta = M || (square > TINY && square < Infinity) ? Math.sqrt(Math.max(square, 0)) : space.norm(r2);
    if (beta === Infinity) fault = NOT_FINITE;
    size = Math.max(size, Math.abs(alpha) + beta + (fresh ? 0 : oldBeta));
    fresh = 0;
    const before = epsilon;
    const delta = cs * dbar + sn * alpha;
    const gbar = sn * dbar - cs * alpha;
    epsilon = sn * beta;
    dbar = -cs * beta;
    const root = hypot(gbar, dbar);
    const gamma = Math.max(hypot(gbar, beta), EPS * size);
    cs = gbar / gamma;
    sn = beta / gamma;
    // |A r| / |r| of the x before: 0 where no x makes |r| smaller (Paige and Saunders, section 6).
    const least = !fault && root <= 10 * EPS * size;
    const phi = cs * phibar;
    if (!fault && !least) {
      phibar = sn * phibar;
      space.copy(w2, w1);
      space.copy(w, w2);
      space.copy(v, w);
      space.add(-before, w1, w);
      space.add(-delta, w2, w);
      space.scale(1 / gamma, w);
      space.add(phi, w, x);
    }
    const exhausted = beta <= EPS * size;
    const estimate = Math.abs(phibar);
    if (!fault && (estimate <= goal || exhausted || least)) {
      const verdict = yield* run.confirm();
      if (verdict === "again" && !least) again = true;
      else if (verdict !== "confirmed")
        fault = least && verdict !== NOT_FINITE ? SINGULAR : (verdict as IterativeEnd);
    }
    s.set([goal, oldBeta, beta, dbar, epsilon, phibar, cs, sn, size, fresh, again ? 1 : 0]);
    yield run.marked(M ? (estimate / goal) * bound : estimate);
    if (fault) return fault;
  }
}
