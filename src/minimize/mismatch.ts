// When a line search fails, the gradient is suspect: its slope along the last direction is compared with that of f.

import type { Warning } from "../driver/types.js";
import type { Engine } from "./engine.js";
import { isPromise, type MaybePromise } from "./objective.js";

/** Relative step and the relative difference of slopes from which the gradient is doubted. */
const STEP = 6.055454452393343e-6;
const DOUBT = 0.05;
/** Differences of f below this many units of rounding decide nothing. */
const ROUNDING = 1e-13;

function warn(given: number, found: number): Warning {
  const message = `along the last search direction the gradient gives the slope ${given.toPrecision(4)}, differences of f give ${found.toPrecision(4)}; checkGradient(f, x) names the worst component`;
  return { code: "W_GRADIENT_MISMATCH", message };
}

/** Two evaluations, which are counted. Asks `fun` through the engine, so a promise is passed on. */
export function mismatch(engine: Engine): MaybePromise<Warning[]> {
  const { solve, input, monitor } = engine;
  if (!solve.exact || input.method.definition.derivativeFree || monitor.beforeEvaluation(2)) return [];
  const { n, here, kernels } = solve;
  const x = here.x;
  const g = here.g;
  // Along -g, whatever the method searched along: the steepest slope is the clearest.
  const norm = kernels.nrm2F64(n, here.gp);
  const size = Math.max(1, kernels.nrm2F64(n, here.xp));
  const h = STEP * size;
  const slope = -norm;
  const at = (sign: number) => {
    const probe = x.map((v, j) => v - (sign * h * (g[j] as number)) / norm);
    if (input.box)
      for (let j = 0; j < n; j++) {
        const value = Math.min(probe[j] as number, input.box.upper[j] as number);
        probe[j] = Math.max(value, input.box.lower[j] as number);
      }
    return engine.fun(probe);
  };
  const judge = (ahead: unknown, behind: unknown): Warning[] => {
    const found = ((ahead as number) - (behind as number)) / (2 * h);
    const noise = (ROUNDING * Math.abs(here.f)) / h;
    const off = Math.abs(found - slope) > DOUBT * Math.max(Math.abs(slope), Math.abs(found)) + noise;
    return off && found - found === 0 ? [warn(slope, found)] : [];
  };
  const ahead = at(1);
  if (!isPromise(ahead)) {
    const behind = at(-1);
    if (!isPromise(behind)) return judge(ahead, behind);
  }
  return (async () => judge(await ahead, await at(-1)))();
}
