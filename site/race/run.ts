// One entrant's run, recorded: where it went, what it paid, and how it ended. Runs in the worker.

import {
  type CompiledObjective,
  cmaes,
  minimize,
  minimizeConstrained,
  minimizeGlobal,
  optimizer,
  simulatedAnnealing,
} from "downhill";
import { gaussian } from "../shell/noise.js";
import { averaged } from "./averaged.js";
import type { MethodInfo } from "./entrants.js";
import type { Box } from "./functions.js";
import { ruleOf, type Settings } from "./methods.js";
import { type Push, pushes, violation, type Walls, wallsOf } from "./walls.js";

export interface RaceInput extends Settings {
  readonly box: Box;
  readonly start: readonly [number, number];
  /** Standard deviation of what is added to each component of a rule's gradient. */
  readonly noise: number;
  readonly seed: number;
  readonly target?: number | undefined;
  readonly walls: Walls;
  /** A draft for a start that is being dragged: at most so many evaluations, and only the path is kept. */
  readonly draft?: number | undefined;
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
  /** The smaller eigenvalue of the exact Hessian there; 0 where a wall is touched. */
  readonly bend: number;
  /** How far the answer is outside of what the walls allow. */
  readonly violation: number;
  readonly pushes: readonly Push[];
  readonly nfev: number;
  readonly njev: number;
  readonly nhev: number;
  readonly nit: number;
  /** Its gradients had noise: it is scored where it stands, as who sees no exact f cannot pick the lowest. */
  readonly noisy: boolean;
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
  readonly #walls: ReturnType<typeof wallsOf>;
  readonly #lean: boolean;
  readonly #noisy: boolean;
  constructor(walls: ReturnType<typeof wallsOf>, lean: boolean, noisy: boolean) {
    this.#walls = walls;
    this.#noisy = noisy;
    this.#lean = lean;
  }

  /** The lowest f (the last one, where there is noise) is that of points which the walls allow. */
  value(x: ArrayLike<number>, f: number): void {
    this.evaluations++;
    if (!this.#lean) this.trials.push(x[0]!, x[1]!);
    if (
      (this.#noisy || f < this.least) &&
      (this.#walls.length === 0 || violation(this.#walls, x) <= FEASIBLE)
    )
      this.least = f;
  }
  iterate(x: ArrayLike<number>): void {
    this.path.push(x[0]!, x[1]!);
    this.at.push(this.evaluations);
    this.best.push(this.least);
  }
}

/** Of c(x) >= 0, in units of the axes. */
export const FEASIBLE = 1e-6;

interface Seen {
  readonly radius?: number;
  readonly simplex?: { readonly points: readonly ArrayLike<number>[] };
}

export function runOne(f: CompiledObjective, info: MethodInfo, input: RaceInput): Run {
  const walls = wallsOf(input.walls);
  const noisy = info.family === "rule" && input.noise > 0;
  const record = new Recorder(walls, input.draft !== undefined, noisy);
  const { box, target } = input;
  const budget = Math.min(input.budget, input.draft ?? Infinity);
  const [x1, x2, y1, y2] = input.walls.bounds;
  // minimize refuses a start outside of its bounds.
  const start = [
    clamp(input.start[0], x1 ?? -Infinity, x2 ?? Infinity),
    clamp(input.start[1], y1 ?? -Infinity, y2 ?? Infinity),
  ];
  const bounds = y2 === undefined ? {} : { bounds: { lower: [x1!, y1!], upper: [x2!, y2] } };
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
    const lower = [x1 ?? box[0], y1 ?? box[2]];
    const upper = [x2 ?? box[1], y2 ?? box[3]];
    const width = Math.min(upper[0]! - lower[0]!, upper[1]! - lower[1]!);
    const inside = [0, 1].map((j) => clamp(start[j]!, lower[j]!, upper[j]!));
    const method =
      info.id === "cmaes"
        ? cmaes({ portfolio: false, x0: inside, sigma: width / 8 })
        : info.id === "simulatedAnnealing"
          ? simulatedAnnealing()
          : (info.id as "genetic");
    result = minimizeGlobal(
      { fun },
      { lower, upper },
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
    const project = (x: Float64Array): void => {
      for (let j = 0; y2 !== undefined && j < 2; j++) x[j] = clamp(x[j]!, [x1!, y1!][j]!, [x2!, y2][j]!);
    };
    result =
      info.id === "asgd"
        ? averaged({ f, info, settings: input, start, evaluations: budget, grad, project, follow })
        : minimize({ fun: follow, grad }, start, { method: ruleOf(info, input), ...bounds, ...limits });
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
    const curves = walls.filter((wall) => !wall.bound);
    result =
      info.family === "constrained"
        ? minimizeConstrained(objective, start, {
            method: info.id as "sqp",
            ...(curves.length > 0 ? { inequality: constraintOf(curves) } : {}),
            ...bounds,
            onIteration: watch,
            maxEvaluations: budget,
          })
        : minimize(objective, start, {
            method: info.id as "lbfgs",
            onIteration: watch,
            ...(info.id === "nonlinearCG" ? {} : bounds),
            ...limits,
          });
  }
  const [g, h] = [new Float64Array(2), new Float64Array(4)];
  const x = noisy && result.reason !== "target" ? Float64Array.from(record.path.slice(-2)) : result.x;
  f.grad(x, g);
  f.hess(x, h);
  const { pushes: pushed, rest } = pushes(walls, x, g, box);
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
    x: [x[0]!, x[1]!],
    fun: noisy ? f.fun(x) : result.fun,
    gradNorm: rest,
    bend: pushed.length > 0 ? 0 : smallest(h),
    violation: violation(walls, x),
    pushes: pushed,
    nfev,
    njev,
    nhev,
    nit,
    noisy,
  };
}

/** Walls that are no bounds, as minimizeConstrained takes them: values, rows of the Jacobian, the weighted sum of Hessians. */
function constraintOf(curves: ReturnType<typeof wallsOf>): {
  count: number;
  fun(x: Float64Array, out: Float64Array): void;
  jacobian(x: Float64Array, out: Float64Array): void;
  hess(x: Float64Array, weights: Float64Array, out: Float64Array): void;
} {
  return {
    count: curves.length,
    fun(x, out) {
      for (const [i, c] of curves.entries()) out[i] = c.value(x);
    },
    jacobian(x, out) {
      for (const [i, c] of curves.entries()) out.set(c.gradient(x), 2 * i);
    },
    hess(_, weights, out) {
      out.fill(0);
      for (const [i, c] of curves.entries()) for (const k of [0, 3]) out[k] = out[k]! + weights[i]! * c.curve;
    },
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
