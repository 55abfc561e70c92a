// One entrant's run, recorded: where it went, what it paid, and how it ended. Runs in the worker.

import {
  type CompiledObjective,
  cmaes,
  minimize,
  minimizeGlobal,
  optimizer,
  simulatedAnnealing,
} from "downhill";
import { gaussian } from "../shell/noise.js";
import type { MethodInfo } from "./entrants.js";
import type { Box } from "./functions.js";
import { ruleOf, type Settings } from "./methods.js";

export interface RaceInput extends Settings {
  readonly box: Box;
  readonly start: readonly [number, number];
  /** Standard deviation of what is added to each component of a rule's gradient. */
  readonly noise: number;
  readonly seed: number;
  readonly target?: number | undefined;
}
export interface Run {
  readonly id: string;
  /** x, y of each iterate. */
  readonly path: Float32Array;
  /** Evaluations when it was reached, and the lowest f until then. */
  readonly at: Int32Array;
  readonly best: Float64Array;
  /** x, y of everything evaluated. */
  readonly trials: Float32Array;
  /** Trust radius (one a step) or simplex (three corners a step), where the method has one. */
  readonly radius: Float32Array | null;
  readonly simplex: Float32Array | null;
  readonly status: string;
  readonly reason: string;
  readonly x: readonly [number, number];
  readonly fun: number;
  readonly gradNorm: number;
  /** The smaller eigenvalue of the exact Hessian there. */
  readonly bend: number;
  readonly nfev: number;
  readonly njev: number;
  readonly nhev: number;
  readonly nit: number;
}

class Recorder {
  readonly path: number[] = [];
  readonly at: number[] = [];
  readonly best: number[] = [];
  readonly trials: number[] = [];
  readonly radius: number[] = [];
  readonly simplex: number[] = [];
  least = Infinity;
  evaluations = 0;

  value(x: ArrayLike<number>, f: number): void {
    this.evaluations++;
    this.trials.push(x[0]!, x[1]!);
    if (f < this.least) this.least = f;
  }
  iterate(x: ArrayLike<number>): void {
    this.path.push(x[0]!, x[1]!);
    this.at.push(this.evaluations);
    this.best.push(this.least);
  }
}

interface Seen {
  readonly radius?: number;
  readonly simplex?: { readonly points: readonly ArrayLike<number>[] };
}

export function runOne(f: CompiledObjective, info: MethodInfo, input: RaceInput): Run {
  const record = new Recorder();
  const { start, budget, box, target } = input;
  const goal = target === undefined ? {} : { target };
  const fun = (x: Float64Array): number => {
    const value = f.fun(x);
    record.value(x, value);
    return value;
  };
  const limits = { maxEvaluations: budget, ...goal };
  let result: {
    status: string;
    reason: string;
    x: Float64Array;
    fun: number;
    nfev: number;
    njev: number;
    nhev: number;
    nit: number;
  };
  if (info.family === "global") {
    record.value(start, f.fun(start));
    record.iterate(start);
    const width = Math.min(box[1] - box[0], box[3] - box[2]);
    const inside = [clamp(start[0], box[0], box[1]), clamp(start[1], box[2], box[3])];
    const method =
      info.id === "cmaes"
        ? cmaes({ portfolio: false, x0: inside, sigma: width / 8 })
        : info.id === "simulatedAnnealing"
          ? simulatedAnnealing()
          : (info.id as "genetic");
    result = minimizeGlobal(
      { fun },
      { lower: [box[0], box[2]], upper: [box[1], box[3]] },
      { method, seed: input.seed, polish: false, onIteration: (it) => record.iterate(it.x), ...limits },
    );
  } else if (info.family === "rule") {
    const noise = gaussian(input.seed + 17);
    const grad = (x: Float64Array, out: Float64Array): void => {
      f.grad(x, out);
      if (input.noise > 0) for (let j = 0; j < 2; j++) out[j] = out[j]! + input.noise * noise();
    };
    const follow = (x: Float64Array): number => {
      const value = fun(x);
      record.iterate(x);
      return value;
    };
    result = minimize({ fun: follow, grad }, start, { method: ruleOf(info, input), ...limits });
  } else {
    record.value(start, f.fun(start));
    record.iterate(start);
    record.evaluations = 0;
    const watch = (it: { x: Float64Array } & Seen): void => {
      record.iterate(it.x);
      record.radius.push(it.radius ?? Number.NaN);
      if (it.simplex) for (const p of it.simplex.points) record.simplex.push(p[0]!, p[1]!);
    };
    const objective = {
      fun,
      grad: (x: Float64Array, out: Float64Array) => f.grad(x, out),
      hess: (x: Float64Array, out: Float64Array) => f.hess(x, out),
    };
    result = minimize(objective, start, { method: info.id as "lbfgs", onIteration: watch, ...limits });
  }
  const [g, h] = [new Float64Array(2), new Float64Array(4)];
  f.grad(result.x, g);
  f.hess(result.x, h);
  const { status, reason, nfev, njev, nhev, nit } = result;
  return {
    id: info.id,
    path: Float32Array.from(record.path),
    at: Int32Array.from(record.at),
    best: Float64Array.from(record.best),
    trials: Float32Array.from(record.trials),
    radius: record.radius.some((r) => r > 0) ? Float32Array.from(record.radius) : null,
    simplex: record.simplex.length > 0 ? Float32Array.from(record.simplex) : null,
    status,
    reason,
    x: [result.x[0]!, result.x[1]!],
    fun: result.fun,
    gradNorm: Math.max(Math.abs(g[0]!), Math.abs(g[1]!)),
    bend: smallest(h),
    nfev,
    njev,
    nhev,
    nit,
  };
}

const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), high);

/** The smaller eigenvalue of a symmetric matrix of two rows. */
function smallest([a, b, , d]: ArrayLike<number> & Iterable<number>): number {
  const [mean, half] = [(a! + d!) / 2, (a! - d!) / 2];
  return mean - Math.hypot(half, b!);
}

/** The inner average of a rule (momentum, first moment) after each step: dx, dy for each, or null where it keeps none. */
export function velocities(f: CompiledObjective, info: MethodInfo, input: RaceInput): Float32Array | null {
  const opt = optimizer([...input.start], ruleOf(info, input));
  const found: number[] = [];
  try {
    const name = ["m", "buffer"].find((key) => {
      try {
        opt.vector(key);
        return true;
      } catch {
        return false;
      }
    });
    if (!name) return null;
    for (let k = 0; k < input.budget; k++) {
      f.grad(opt.params, opt.grads as Float64Array);
      opt.step();
      const v = opt.vector(name);
      found.push(v[0]!, v[1]!);
    }
  } finally {
    opt.dispose();
  }
  return Float32Array.from(found);
}
