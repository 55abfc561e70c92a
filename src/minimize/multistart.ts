// multistart: local minimisations from starts spread over a box; the lowest point and every distinct minimum.

import { checkBounds } from "../driver/bounds.js";
import { run, runAsync } from "../driver/run.js";
import type { Iteration, Method, Nested, Stopped, Task } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { iterationLimit, LEFT, Watch } from "../driver/watch.js";
import { SOBOL_VARIABLES } from "../random/sobol.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, choiceOption, numberOption } from "../runtime/options.js";
import { later } from "../runtime/promises.js";
import { isBowl, MOST_MINIMA, MOST_VARIABLES } from "./bowl.js";
import { Minimisation, type MinimizeInput } from "./minimisation.js";
import type { AsyncObjective, Objective } from "./objective.js";
import type { MinimizeResult } from "./result.js";
import { checkOptions, inputOf, type MinimizeOptions, minimizeKeys } from "./settings.js";
import { latinHypercube, sobolStarts } from "./spread.js";

export interface MultistartOptions extends Omit<MinimizeOptions, "bounds"> {
  /** Local runs. Default 10 for each variable, at least 20. `maxEvaluations` and `maxTimeMs` hold for all together. */
  starts?: number | undefined;
  /** Default 0. */
  seed?: number | undefined;
  /** How the starts are spread: "latinHypercube" (default), or "sobol" for at most 21 variables. */
  sampling?: "latinHypercube" | "sobol" | undefined;
}

export interface LocalMinimum {
  readonly x: Float64Array;
  readonly fun: number;
  /** Runs that ended there. */
  readonly hits: number;
  /**
   * Whether the point is stationary and the Hessian positive definite (of a maximum, negative), over the variables that are not at a bound: by differences
   * of a gradient from you, of the ten best minima, up to 20 variables. Otherwise null; so too after a limit or an abort.
   */
  readonly isMinimum: boolean | null;
}

/**
 * The lowest run, with the counts of all, and every distinct point that a run converged to, lowest first. Where a limit, an
 * abort or onIteration cut it short before every start had its run, that is its status, and the point is the best so far.
 */
export type MultistartResult = MinimizeResult & { readonly minima: readonly LocalMinimum[] };

/** Starts are made together, as each takes its own slice of every variable: so many fit into memory. */
const MOST_STARTS = 2 ** 24;

/** Two ends are the same minimum when they are this near, relative to the box, */
const NEAR = 1e-4;
/** and their values agree to this. */
const SAME = 1e-6;

interface Request {
  readonly input: MinimizeInput;
  readonly starts: () => Iterable<Float64Array>;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

function readRequest(
  where: string,
  f: unknown,
  box: { lower: ArrayLike<number>; upper: ArrayLike<number> },
  options: MultistartOptions,
): Request {
  checkOptions(where, options, [
    ...minimizeKeys.filter((key) => key !== "bounds"),
    "starts",
    "seed",
    "sampling",
  ]);
  const { lower, upper } = readBox(where, box);
  const n = lower.length;
  const { starts, seed, sampling, ...rest } = options;
  const count = numberOption(where, "starts", starts, Math.max(20, 10 * n), {
    min: 1,
    max: MOST_STARTS,
    integer: true,
  });
  const key = numberOption(where, "seed", seed, 0, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  const spread = choiceOption(where, "sampling", sampling, ["latinHypercube", "sobol"], "latinHypercube");
  if (spread === "sobol" && n > SOBOL_VARIABLES) {
    throw new DownhillError(
      "UNSUPPORTED",
      `${where}: "sobol" has at most ${SOBOL_VARIABLES} variables, got ${n}`,
      {
        hint: 'use sampling: "latinHypercube"',
        details: { option: "sampling", value: sampling },
      },
    );
  }
  return {
    input: inputOf(where, f, lower, { ...rest, bounds: { lower, upper } }),
    // Made when the limits have been looked at: there may be millions.
    starts: () => (spread === "sobol" ? sobolStarts : latinHypercube)(count, lower, upper, key),
    lower,
    upper,
  };
}

type Counted = Pick<Iteration, "nit" | "nfev" | "elapsedMs">;
type Found = { -readonly [K in keyof LocalMinimum]: LocalMinimum[K] };

/** A task of tasks: one minimisation after the other, under one budget. */
class Multistart implements Task<Termination, MultistartResult> {
  readonly watch: Watch;
  readonly method: Method<Termination>;
  readonly #request: Request;
  readonly #found: Found[] = [];
  readonly #maxIterations: number;
  #best: MinimizeResult | null = null;
  #grown = { njev: 0, nhev: 0 };
  /** Every iteration of every run, where that is asked for. */
  readonly #trace: Iteration[] = [];
  /** onIteration has said "stop". */
  #left = false;

  constructor(request: Request) {
    this.#request = request;
    const { where, limits } = request.input;
    // Iterations are limited in each run, evaluations and time in all of them together.
    this.#maxIterations = iterationLimit(where, limits, request.input.maxIterations);
    const { onIteration } = limits;
    const told = typeof onIteration === "function" ? { onIteration: this.#telling(onIteration) } : {};
    this.watch = new Watch(where, { ...limits, ...told, maxIterations: Infinity }, [], Infinity);
    this.method = this.#run();
  }

  /** As the caller sees it: counts of all runs, the best point of all. A "stop" holds for all of them, at the end of a run too. */
  #telling(onIteration: (iteration: Iteration) => unknown): (iteration: Iteration) => unknown {
    const heard = (answer: unknown): unknown => {
      this.#left ||= answer === "stop";
      return answer;
    };
    return (iteration) => later(onIteration(this.#seen(iteration, this.watch)), heard);
  }

  #seen(iteration: Iteration, { nit, nfev, elapsedMs }: Counted): Iteration {
    const sign = this.#request.input.view?.sign ?? 1;
    const best = this.#best;
    const lower = best && !isLower(iteration, best, sign) ? { x: best.x.slice(), fun: best.fun } : {};
    return { ...iteration, ...lower, nit: nit + iteration.nit, nfev: nfev + iteration.nfev, elapsedMs };
  }

  *#run(): Method<Termination> {
    const { input, starts, lower, upper } = this.#request;
    const sign = input.view?.sign ?? 1;
    for (const start of starts()) {
      // The first run is the answer whatever comes: a limit ends it by itself.
      const over = this.#best ? (this.#left ? LEFT : this.watch.before(1)) : null;
      if (over) return over;
      const { nit, nfev, elapsedMs } = this.watch;
      const task = new Minimisation(
        { ...input, start },
        { watch: this.watch, maxIterations: this.#maxIterations },
      );
      const nested: Nested<MinimizeResult> = { kind: "task", task };
      yield nested;
      const result = nested.result!;
      for (const one of result.trace ?? [])
        this.#trace.push(this.#seen(one, { nit, nfev, elapsedMs: elapsedMs + one.elapsedMs }));
      this.#grown.njev += result.njev;
      this.#grown.nhev += result.nhev;
      if (!this.#best || isLower(result, this.#best, sign)) this.#best = result;
      if (result.success) gather(this.#found, result, lower, upper, sign);
      if (result.status === "stopped" && result.reason !== "maxIterations")
        return { status: "stopped", reason: result.reason };
    }
    const { status, reason } = this.#best!;
    return { status, reason } as Termination;
  }

  /** The curvature at the best minima, where the search came to its end. */
  *after(end: Termination | Stopped): Generator<never, Termination | Stopped, void> {
    const { objective, view, box } = this.#request.input;
    const sign = view?.sign ?? 1;
    this.#found.sort((a, b) => sign * (a.fun - b.fun));
    const n = this.#request.lower.length;
    if (end.status === "stopped" || !box || n > MOST_VARIABLES) return end;
    const all = Array.from({ length: n }, (_, j) => j);
    for (const found of this.#found.slice(0, MOST_MINIMA)) {
      // As the method sees it: in its units, turned upside down where it maximises.
      const x = found.x.map((v, j) => v / (view?.sizes?.[j] ?? 1));
      found.isMinimum = isBowl(objective, box.lower, box.upper, all, x, this.watch, this.#grown);
    }
    return end;
  }

  look(): Iteration {
    const { watch } = this;
    const { nit, nfev, elapsedMs } = watch;
    const best = this.#best;
    const [x, fun] = [best?.x.slice() ?? this.#request.lower.slice(), best?.fun ?? NaN];
    return { nit, nfev, x, fun, gradNorm: best?.optimality ?? NaN, stepNorm: NaN, elapsedMs };
  }

  /** Where not even the first run was begun, the answer is its start. */
  out(end: Termination | Stopped): MultistartResult {
    const { nit, nfev, elapsedMs } = this.watch;
    const best = this.#best ?? this.#unbegun(end);
    const success = end.status === "converged";
    const trace = this.watch.trace ? { trace: this.#trace } : {};
    const { njev, nhev } = this.#grown;
    return Object.assign(best, end, trace, {
      success,
      nit,
      nfev,
      njev,
      nhev,
      elapsedMs,
      minima: this.#found,
    });
  }

  #unbegun(end: Termination | Stopped): MinimizeResult {
    const { input, lower, upper } = this.#request;
    const start = lower.map((low, j) => Math.min(Math.max((low + upper[j]!) / 2, low), upper[j]!));
    const task = new Minimisation({ ...input, start }, { watch: this.watch, maxIterations: 0 });
    try {
      return task.out(end);
    } finally {
      task.release();
    }
  }

  release(): void {}
}

/**
 * Minimises f locally from starts spread over a box, within it.
 *
 * @throws DownhillError as minimize does; UNSUPPORTED for a method that takes no bounds, or "sobol" beyond 21 variables.
 * @example
 * const wells = ([x, y]) => (x * x - 1) ** 2 + 0.2 * x + y * y;
 * multistart(wells, { lower: [-2, -2], upper: [2, 2] }, { starts: 20, seed: 7 }).minima; // two, the lower one first
 */
export function multistart(
  f: Objective,
  box: { lower: ArrayLike<number>; upper: ArrayLike<number> },
  options: MultistartOptions = {},
): MultistartResult {
  return run(new Multistart(readRequest("multistart", f, box, options)));
}

/**
 * As multistart; callbacks may be asynchronous, and the event loop gets a turn at least every 8 ms.
 *
 * @example
 * const wells = async ([x, y]) => (x * x - 1) ** 2 + 0.2 * x + y * y;
 * (await multistartAsync(wells, { lower: [-2, -2], upper: [2, 2] }, { starts: 20, seed: 7 })).x; // [-1.02, 0]
 */
export async function multistartAsync(
  f: AsyncObjective,
  box: { lower: ArrayLike<number>; upper: ArrayLike<number> },
  options: MultistartOptions = {},
): Promise<MultistartResult> {
  return runAsync(new Multistart(readRequest("multistartAsync", f, box, options)));
}

/** Lower, where any number is lower than NaN. */
const isLower = (a: { readonly fun: number }, b: { readonly fun: number }, sign: number): boolean =>
  sign * a.fun < sign * b.fun || (Number.isNaN(b.fun) && !Number.isNaN(a.fun));

function gather(
  found: Found[],
  { x, fun }: MinimizeResult,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  sign: number,
): void {
  const same = found.find(
    (known) =>
      Math.abs(known.fun - fun) <= SAME * Math.max(1, Math.abs(fun)) &&
      x.every((v, j) => Math.abs(v - known.x[j]!) <= NEAR * (upper[j]! - lower[j]!)),
  );
  if (!same) {
    found.push({ x, fun, hits: 1, isMinimum: null });
    return;
  }
  same.hits++;
  if (sign * fun < sign * same.fun) Object.assign(same, { x, fun });
}

function readBox(
  where: string,
  box: { lower: ArrayLike<number>; upper: ArrayLike<number> },
): { lower: Float64Array; upper: Float64Array } {
  checkBounds(where, box);
  const lower = copyNumbers(where, "lower", box.lower);
  const upper = copyNumbers(where, "upper", box.upper, lower.length);
  checkFinite(where, "lower", lower);
  checkFinite(where, "upper", upper);
  if (lower.length === 0) throw new DownhillError("SHAPE", `${where}: lower is empty`);
  lower.forEach((low, j) => {
    if (low <= upper[j]!) return;
    throw new DownhillError("OPTION", `${where}: lower[${j}] = ${low} is not <= upper[${j}] = ${upper[j]}`, {
      details: { option: "bounds", index: j },
    });
  });
  return { lower, upper };
}
