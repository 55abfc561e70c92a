// When a run fails for want of a lower point, the gradient is suspect: it is compared with differences of f, component by
// component where there are few variables, otherwise along the steepest descent.

import type { Warning } from "../driver/types.js";
import type { Engine } from "./engine.js";
import { checkValue, isPromise, type MaybePromise } from "./objective.js";

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

/**
 * Evaluates f at x + h e and x - h e for two h, and yields what f returned; the answer is the slope along e where both h agree
 * on it well enough to tell it from `given`, otherwise null: f is noisy or has a kink there.
 */
function* slopeAlong(
  engine: Engine,
  e: Float64Array,
  given: number,
): Generator<unknown, number | null, unknown> {
  const { solve, input } = engine;
  const { x, f } = solve.here;
  const size = e.reduce((most, v, j) => (v === 0 ? most : Math.max(most, Math.abs(x[j] as number))), 1);
  const slopes: number[] = [];
  for (const h of [STEP * size, WIDER * STEP * size]) {
    const values: number[] = [];
    for (const step of [h, -h]) {
      const probe = x.map((v, j) => v + step * (e[j] as number));
      const outside = (v: number, j: number) =>
        input.box && (v < (input.box.lower[j] as number) || v > (input.box.upper[j] as number));
      if (probe.some(outside)) return null;
      values.push(checkValue(input.where, yield engine.fun(probe)));
    }
    const [ahead, behind] = values as [number, number];
    slopes.push((ahead - behind) / (2 * h));
  }
  const [near, far] = slopes as [number, number];
  const noise = (ROUNDING * Math.abs(f)) / (STEP * size);
  const apart = Math.abs(near - given);
  const off = apart > DOUBT * Math.max(Math.abs(near), Math.abs(given)) + noise;
  return off && Math.abs(near - far) < 0.2 * apart ? near : null;
}

function* compare(engine: Engine): Generator<unknown, Warning[], unknown> {
  const { n, here, kernels } = engine.solve;
  const g = here.g.slice();
  const warning = (message: string): Warning[] => [
    { code: "W_GRADIENT_MISMATCH", message: `${message}; checkGradient(f, x) compares every component` },
  ];
  const e = new Float64Array(n);
  if (n <= FEW) {
    const least = SMALL * kernels.amaxF64(n, here.gp);
    for (let j = 0; j < n; j++) {
      const given = g[j] as number;
      e.fill(0);
      e[j] = 1;
      const found = yield* slopeAlong(engine, e, given);
      if (found !== null && Math.max(Math.abs(given), Math.abs(found)) >= least)
        return warning(
          `gradient[${j}] is ${given.toPrecision(4)}, differences of f give ${found.toPrecision(4)}`,
        );
    }
    return [];
  }
  const norm = kernels.nrm2F64(n, here.gp);
  g.forEach((v, j) => {
    e[j] = -v / norm;
  });
  const found = yield* slopeAlong(engine, e, -norm);
  return found === null
    ? []
    : warning(
        `along -gradient the slope is ${(-norm).toPrecision(4)} by the gradient, ${found.toPrecision(4)} by differences of f`,
      );
}

/** The warning, if there is one. At most 80 evaluations, which are counted; none where a limit forbids them. */
export function mismatch(engine: Engine): MaybePromise<Warning[]> {
  const { solve, input, monitor } = engine;
  const cost = 4 * (solve.n <= FEW ? solve.n : 1);
  if (!solve.exact || input.method.definition.derivativeFree || monitor.beforeEvaluation(cost)) return [];
  const work = compare(engine);
  let next = work.next();
  while (!next.done) {
    if (isPromise(next.value)) return finish(work, next.value);
    next = work.next(next.value);
  }
  return next.value;
}

async function finish(work: Generator<unknown, Warning[], unknown>, first: unknown): Promise<Warning[]> {
  let next = work.next(await first);
  while (!next.done) next = work.next(await next.value);
  return next.value;
}
