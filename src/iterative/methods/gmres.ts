// GMRES(m) with a preconditioner on the right, so that the residual that falls is the true one (Saad and Schultz 1986; Saad,
// Iterative Methods, 2nd ed., algorithm 9.5). The basis is made orthogonal twice (Giraud, Langou and Rozložník 2005).

import type { Ask } from "../../driver/task.js";
import { type IterativeEnd, NOT_FINITE, SINGULAR, STALLED } from "../ends.js";
import type { LinearMethod, Mapped } from "../mapped.js";
import type { Steps } from "../task.js";
import { rotation } from "./rotations.js";

type Vectors = "V" | "H" | "cs" | "sn" | "g" | "z" | "w";

const EPS = 2.220446049250313e-16;

/** `restart`: directions before x is formed and the next ones start anew. */
export const generalizedResiduals = (restart: number): LinearMethod<Vectors> => ({
  lengths: ({ cols: n }) => {
    const m = Math.min(restart, n);
    return { V: (m + 1) * n, H: (m + 1) * m, cs: m, sn: m, g: m + 1, z: n, w: n };
  },
  steps: gmresSteps,
  settle: formX,
});

function* gmresSteps(run: Mapped<Vectors>, resumed: boolean): Steps {
  const { space, A, M, bound, system } = run;
  const { V, H, cs, sn, g, z, w } = space.v;
  const { scalars } = run.common;
  const n = system.cols;
  const m = cs.f64.length;
  const s = scalars.f64; // directions so far, |r| at the start of the cycle
  if (!resumed) begin(run);
  for (;;) {
    const j = s[0]!;
    const v = space.row(V, j, n);
    if (M) yield M.of(v, z);
    yield A.of(M ? z : v, w);
    const h = H.f64.subarray(j * (m + 1), (j + 1) * (m + 1));
    h.fill(0);
    const length = space.norm(w);
    for (let twice = 0; twice < 2; twice++) {
      for (let i = 0; i <= j; i++) {
        const u = space.row(V, i, n);
        const part = space.dot(u, w);
        h[i] = h[i]! + part;
        space.add(-part, u, w);
      }
    }
    let next = space.norm(w);
    // What is left is rounding: Krylov's space is exhausted.
    if (next <= 10 * EPS * length) next = 0;
    for (let i = 0; i < j; i++) {
      const [a, b] = [h[i]!, h[i + 1]!];
      h[i] = cs.f64[i]! * a + sn.f64[i]! * b;
      h[i + 1] = cs.f64[i]! * b - sn.f64[i]! * a;
    }
    const [c, q, root] = rotation(h[j]!, next);
    h[j] = root;
    cs.f64[j] = c;
    sn.f64[j] = q;
    const rest = g.f64[j]!;
    g.f64[j] = c * rest;
    g.f64[j + 1] = -q * rest;
    const estimate = Math.abs(q * rest);
    let fault: IterativeEnd | null = length < Infinity && root < Infinity ? null : NOT_FINITE;
    const degenerate = root <= EPS * length || (root === 0 && length === 0);
    // A column that adds nothing is left out.
    s[0] = degenerate ? j : j + 1;
    if (!fault && next > 0 && !degenerate && s[0] <= m - 1) {
      const u = space.row(V, j + 1, n);
      space.copy(w, u);
      space.scale(1 / next, u);
    }
    if (!fault && (estimate <= bound || next === 0 || degenerate || s[0] === m)) {
      const before = s[1]!;
      yield* formX(run);
      const claimed = estimate <= bound;
      const truth = yield* run.residual();
      if (!(truth < Infinity)) fault = NOT_FINITE;
      else if (truth <= bound) run.measure.value = truth;
      else if (degenerate || (next === 0 && !claimed)) fault = SINGULAR;
      // Where a claim was wrong, starting again must halve the residual; a whole cycle without gain would only be repeated.
      else if (claimed && run.again(truth) !== "again") fault = STALLED;
      else if (!(truth < before * (1 - 4 * EPS))) fault = STALLED;
      else begin(run);
    }
    yield run.marked(estimate);
    if (fault) return fault;
  }
}

/** A new cycle from r = b - A x. */
function begin(run: Mapped<Vectors>): void {
  const { space } = run;
  const { V, g } = space.v;
  const { r, scalars } = run.common;
  const length = space.norm(r);
  const v = space.row(V, 0, run.system.cols);
  space.copy(r, v);
  space.scale(1 / length, v);
  g.f64.fill(0);
  g.f64[0] = length;
  scalars.f64[0] = 0;
  scalars.f64[1] = length;
}

/** x += M^-1 V y with H y = g, for the directions so far; then there are none. */
function* formX(run: Mapped<Vectors>): Generator<Ask, void, void> {
  const { space, M } = run;
  const { V, H, g, z, w } = space.v;
  const { x, scalars } = run.common;
  const m = space.v.cs.f64.length;
  const count = scalars.f64[0]!;
  scalars.f64[0] = 0;
  if (count === 0) return;
  const y = g.f64.slice(0, count);
  for (let j = count - 1; j >= 0; j--) {
    const h = H.f64.subarray(j * (m + 1), (j + 1) * (m + 1));
    const value = y[j]! / h[j]!;
    y[j] = value;
    for (let i = 0; i < j; i++) y[i] = y[i]! - value * h[i]!;
  }
  w.f64.fill(0);
  for (let j = 0; j < count; j++) space.add(y[j]!, space.row(V, j, run.system.cols), w);
  if (M) yield M.of(w, z);
  space.add(1, M ? z : w, x);
}
