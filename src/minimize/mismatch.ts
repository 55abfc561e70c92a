// When a run fails for want of a lower point, the gradient is suspect: it is compared with differences of f, component by
// component where there are few variables, otherwise along the steepest descent.

import type { Call, Method, Stopped } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { walk } from "../driver/walk.js";
import type { Minimisation } from "./minimisation.js";
import { checkValue } from "./objective.js";

/** Relative step of the differences; they are taken a second time with so many times the step. */
const STEP = 6.055454452393343e-6;
const WIDER = 4;
/** Relative difference of slopes from which the gradient is doubted. */
const DOUBT = 0.05;
/** Differences of f below this many units of rounding decide nothing. */
const ROUNDING = 1e-13;
/** Components below this share of the largest are not looked at. */
const SMALL = 1e-3;
/** Variables up to which every component is compared. */
const FEW = 20;

/** The value of f at a point of its own. */
class Probe implements Call {
  readonly kind = "call";
  readonly #run: Minimisation;
  x = new Float64Array(0);
  f = NaN;

  constructor(run: Minimisation) {
    this.#run = run;
  }

  cost(): number {
    return 1;
  }

  run(): unknown {
    const done = walk(this.#run.watch, this.#take(), false);
    return done === true ? undefined : done;
  }

  *#take(): Generator<unknown, boolean, unknown> {
    this.f = checkValue(this.#run.input.where, yield this.#run.evaluations.fun(this.x));
    return true;
  }
}

/**
 * Asks for f at x + h e and x - h e for two h; the answer is the slope along e where both h agree on it well enough to tell it
 * from `given`, otherwise null: f is noisy or has a kink there.
 */
function* slopeAlong(
  run: Minimisation,
  probe: Probe,
  e: Float64Array,
  given: number,
): Generator<Call, number | null, void> {
  const { solve, input } = run;
  const { x, f } = solve.here;
  const size = e.reduce((most, v, j) => (v === 0 ? most : Math.max(most, Math.abs(x[j]!))), 1);
  const slopes: number[] = [];
  let [least, most] = [Infinity, -Infinity];
  for (const h of [STEP * size, WIDER * STEP * size]) {
    const values: number[] = [];
    for (const step of [h, -h]) {
      probe.x = x.map((v, j) => v + step * e[j]!);
      const { box } = input;
      if (box && probe.x.some((v, j) => v < box.lower[j]! || v > box.upper[j]!)) return null;
      yield probe;
      values.push(probe.f);
    }
    const [ahead, behind] = values as [number, number];
    slopes.push((ahead - behind) / (2 * h));
    if (slopes.length > 1) continue;
    least = Math.min((ahead - f) / h, (f - behind) / h);
    most = Math.max((ahead - f) / h, (f - behind) / h);
  }
  const [near, far] = slopes as [number, number];
  // At a kink any slope between the one-sided ones is right.
  if (given >= least && given <= most) return null;
  const noise = (ROUNDING * Math.abs(f)) / (STEP * size);
  const apart = Math.abs(near - given);
  const off = apart > DOUBT * Math.max(Math.abs(near), Math.abs(given)) + noise;
  return off && Math.abs(near - far) < 0.2 * apart ? near : null;
}

/** What a failed run asks for at its end, in case its gradient is to blame. */
export function* explain(run: Minimisation, end: Termination | Stopped): Method<Termination | Stopped> {
  yield* doubtGradient(run);
  return end;
}

/**
 * True when the gradient is in doubt: the warning goes to the run. At most 80 evaluations, which are counted; none where a limit
 * forbids them, or where the point was looked at before.
 */
export function* doubtGradient(run: Minimisation): Generator<Call, boolean, void> {
  const { solve, watch, input } = run;
  if (run.warnings.length > 0) return true;
  const { n, here, kernels } = solve;
  const few = n <= FEW;
  if (!solve.exact || input.method.definition.derivativeFree || watch.before(few ? 4 * n : 4)) return false;
  const probe = new Probe(run);
  const g = here.g.slice();
  const warn = (message: string): void => {
    run.warnings = [
      { code: "W_GRADIENT_MISMATCH", message: `${message}; checkGradient(f, x) compares every component` },
    ];
  };
  const e = new Float64Array(n);
  if (few) {
    const least = SMALL * kernels.amaxF64(n, here.gp);
    for (let j = 0; j < n; j++) {
      const given = g[j]!;
      e.fill(0);
      e[j] = 1;
      const found = yield* slopeAlong(run, probe, e, given);
      if (found === null || Math.max(Math.abs(given), Math.abs(found)) < least) continue;
      warn(`gradient[${j}] is ${given.toPrecision(4)}, differences of f give ${found.toPrecision(4)}`);
      return true;
    }
    return false;
  }
  const norm = kernels.nrm2F64(n, here.gp);
  g.forEach((v, j) => {
    e[j] = -v / norm;
  });
  const found = yield* slopeAlong(run, probe, e, -norm);
  if (found !== null) {
    warn(
      `along -gradient the slope is ${(-norm).toPrecision(4)} by the gradient, ${found.toPrecision(4)} by differences of f`,
    );
  }
  return found !== null;
}
