// Averaged SGD: the rule walks, and what is drawn and scored is the average of where it was (Polyak and Juditsky 1992).

import { type CompiledObjective, optimizer } from "downhill";
import type { MethodInfo } from "./entrants.js";
import { ruleOf, type Settings } from "./methods.js";

export interface Averaged {
  readonly status: "converged" | "stopped" | "failed";
  readonly reason: string;
  readonly x: Float64Array;
  readonly fun: number;
  readonly nfev: number;
  readonly njev: number;
  readonly nhev: number;
  readonly nit: number;
}

/** The slope at which the other methods stop too. */
const FLAT = 1e-8;
/** Beyond this many widths of any picture a walk has run away. */
const AWAY = 1e8;

interface Walk {
  readonly f: CompiledObjective;
  readonly info: MethodInfo;
  readonly settings: Settings;
  readonly start: readonly number[];
  readonly evaluations: number;
  readonly grad: (x: Float64Array, out: Float64Array) => void;
  /** Puts a point back into the bounds. */
  readonly project: (x: Float64Array) => void;
  /** The value at the average, and that it was reached. */
  readonly follow: (x: Float64Array) => number;
}

export function averaged({ f, info, settings, start, evaluations, grad, project, follow }: Walk): Averaged {
  const opt = optimizer([...start], ruleOf(info, settings));
  const slope = new Float64Array(2);
  let x = Float64Array.from(start);
  let fun = follow(x);
  let n = 1;
  const end = (status: Averaged["status"], reason: string): Averaged => {
    return { status, reason, x, fun, nfev: n, njev: n, nhev: 0, nit: n - 1 };
  };
  try {
    for (; n < evaluations; n++) {
      grad(opt.params as Float64Array, opt.grads as Float64Array);
      opt.step();
      project(opt.params as Float64Array);
      const mean = Float64Array.from(opt.vector("average"));
      project(mean);
      const value = follow(mean);
      if (!Number.isFinite(value)) return end("failed", "nonFinite");
      [x, fun] = [mean, value];
      if (Math.hypot(...mean) > AWAY) return end("failed", "diverging");
      f.grad(mean, slope);
      if (Math.hypot(...slope) < FLAT) return end("converged", "gradient");
    }
    return end("stopped", "maxEvaluations");
  } finally {
    opt.dispose();
  }
}
