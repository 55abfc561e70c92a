// Preconditioned conjugate gradients (Hestenes and Stiefel 1952; Golub and Van Loan, 4th ed., algorithm 11.5.1) and Jacobi's
// iteration around products that are functions. Stored matrices have the same in WebAssembly (stored.ts).

import type { Ask } from "../../driver/task.js";
import { BROKEN, DIVERGED, INDEFINITE, type IterativeEnd, NOT_FINITE } from "../ends.js";
import type { LinearMethod, Mapped } from "../mapped.js";
import type { Steps } from "../task.js";

/** Squares below this have lost their digits: the residual counts as 0 until it is computed anew. */
export const TINY = 1e-280;

type Vectors = "p" | "q" | "z";

export const conjugateGradients: LinearMethod<Vectors> = {
  lengths: ({ cols: n }) => ({ p: n, q: n, z: n }),
  steps: cgSteps,
};

function* cgSteps(run: Mapped<Vectors>, resumed: boolean): Steps {
  const { space, A, bound } = run;
  const { p, q } = space.v;
  const { x, r, scalars } = run.common;
  const s = scalars.f64; // r'z
  if (!resumed) {
    const fault = yield* direction(run, 0);
    if (fault) return fault;
  }
  for (;;) {
    yield A.of(p, q);
    const curvature = space.dot(p, q);
    if (!(curvature > 0)) return curvature <= 0 ? INDEFINITE : NOT_FINITE;
    const rz = s[0]!;
    const alpha = rz / curvature;
    space.add(alpha, p, x);
    space.add(-alpha, q, r);
    const norm = space.norm(r);
    const verdict = norm <= bound || norm * norm < TINY ? yield* run.confirm() : "go on";
    let fault: IterativeEnd | null = null;
    if (!(norm < Infinity)) fault = NOT_FINITE;
    else if (verdict === "go on" || verdict === "again")
      fault = yield* direction(run, verdict === "again" ? 0 : rz);
    else if (verdict !== "confirmed") fault = verdict;
    yield run.marked(norm);
    if (fault) return fault;
  }
}

/** p = z + (r'z / rz) p, z = M^-1 r; with rz = 0 a first direction. */
function* direction(run: Mapped<Vectors>, rz: number): Generator<Ask, IterativeEnd | null, void> {
  const { space, M } = run;
  const { p, z } = space.v;
  const { r, scalars } = run.common;
  if (M) yield M.of(r, z);
  const from = M ? z : r;
  const next = space.dot(r, from);
  if (!(next > 0)) return Number.isNaN(next) ? NOT_FINITE : BROKEN;
  scalars.f64[0] = next;
  if (rz === 0) space.copy(from, p);
  else space.turn(from, next / rz, p);
  return null;
}

/** |r| beyond this many times |b| + |r0| is divergence. */
const GROWTH = 1e8;

export const jacobiIteration = (omega: number): LinearMethod<"z"> => ({
  lengths: ({ cols: n }) => ({ z: n }),
  steps: (run) => jacobiSteps(run, omega),
});

function* jacobiSteps(run: Mapped<"z">, omega: number): Steps {
  const { space, M, bound } = run;
  const { z } = space.v;
  const { x, r } = run.common;
  const most = GROWTH * (run.system.size + run.history[0]!);
  for (;;) {
    yield M!.of(r, z);
    space.add(omega, z, x);
    const norm = yield* run.residual();
    run.measure.value = norm;
    yield run.marked(norm);
    if (norm > most || !(norm >= bound)) return Number.isNaN(norm) ? NOT_FINITE : DIVERGED;
  }
}
