// multistart: local minimisations from starts spread over a box; the lowest point and every distinct minimum.

import type { Bounds } from "../driver/bounds.js";
import type { MinimizeResult } from "../driver/result.js";
import type { Termination } from "../driver/types.js";
import { Random } from "../random/philox.js";
import { SOBOL_VARIABLES, Sobol } from "../random/sobol.js";
import { DownhillError } from "../runtime/errors.js";
import {
  checkArray,
  checkFinite,
  checkKeys,
  choiceOption,
  numberOption,
  optionError,
} from "../runtime/options.js";
import { minimize } from "./minimize.js";
import type { Objective } from "./objective.js";
import { checkOptions, type MinimizeOptions, minimizeKeys } from "./settings.js";

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
  readonly count: number;
}

/**
 * The lowest run, with the counts of all, and every distinct point that a run converged to, lowest first. Where a limit, an
 * abort or onIteration cut it short before every start had its run, that is its status, and the point is the best so far.
 */
export type MultistartResult = MinimizeResult & { readonly minima: readonly LocalMinimum[] };

/** Two ends are the same minimum when they are this near, relative to the box, */
const NEAR = 1e-4;
/** and their values agree to this. */
const SAME = 1e-6;

/** One start in each of `count` slices of every variable (McKay, Beckman and Conover 1979). */
export function latinHypercube(
  count: number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  seed: number,
): Float64Array[] {
  const n = lower.length;
  const random = new Random(seed);
  const starts = Array.from({ length: count }, () => new Float64Array(n));
  const order = new Int32Array(count);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < count; i++) order[i] = i;
    random.shuffle(order);
    const [low, high] = [lower[j] as number, upper[j] as number];
    starts.forEach((x, i) => {
      const share = ((order[i] as number) + random.uniform()) / count;
      x[j] = Math.min(Math.max(low + share * (high - low), low), high);
    });
  }
  return starts;
}

/** The first points of Sobol's sequence, shifted by the seed. */
export function sobolStarts(
  count: number,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  seed: number,
): Float64Array[] {
  const sequence = new Sobol(lower.length, seed);
  return Array.from({ length: count }, () =>
    sequence.next().map((share, j) => {
      const [low, high] = [lower[j] as number, upper[j] as number];
      return Math.min(Math.max(low + share * (high - low), low), high);
    }),
  );
}

/**
 * Minimises f locally from starts spread over a box, within it.
 *
 * @throws DownhillError as minimize does; UNSUPPORTED for a method that takes no bounds, or "sobol" beyond 21 variables.
 */
export function multistart(
  f: Objective,
  box: { lower: ArrayLike<number>; upper: ArrayLike<number> },
  options: MultistartOptions = {},
): MultistartResult {
  const where = "multistart";
  checkOptions(where, options, [
    ...minimizeKeys.filter((key) => key !== "bounds"),
    "starts",
    "seed",
    "sampling",
  ]);
  const { lower, upper } = readBox(where, box);
  const n = lower.length;
  const { starts, seed, sampling, ...rest } = options;
  const count = numberOption(where, "starts", starts, Math.max(20, 10 * n), { min: 1, integer: true });
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
  const points = (spread === "sobol" ? sobolStarts : latinHypercube)(count, lower, upper, key);
  const began = performance.now();
  const total = { nit: 0, nfev: 0, njev: 0, nhev: 0 };
  const found: { x: Float64Array; fun: number; count: number }[] = [];
  let best: MinimizeResult | null = null;
  // What ended the whole before all starts were tried.
  let cut: Termination | null = null;
  for (const start of points) {
    const left = remaining(rest, total.nfev, performance.now() - began);
    if (best && left.maxEvaluations === 0) cut = { status: "stopped", reason: "maxEvaluations" };
    else if (best && left.maxTimeMs === 0) cut = { status: "stopped", reason: "maxTime" };
    if (cut) break;
    const result = minimize(f, start, { ...rest, ...left, bounds: { lower, upper } as Bounds });
    for (const name of ["nit", "nfev", "njev", "nhev"] as const) total[name] += result[name];
    if (!best || isLower(result, best)) best = result;
    if (result.success) gather(found, result, lower, upper);
    if (result.status === "stopped" && result.reason !== "maxIterations") {
      cut = { status: "stopped", reason: result.reason };
      break;
    }
  }
  found.sort((a, b) => a.fun - b.fun);
  const end = cut ? { ...cut, success: false } : {};
  const extra = { ...end, ...total, elapsedMs: performance.now() - began, minima: found };
  return Object.assign(best as MinimizeResult, extra) as MultistartResult;
}

/** Lower, where any number is lower than NaN. */
const isLower = (a: MinimizeResult, b: MinimizeResult): boolean =>
  a.fun < b.fun || (Number.isNaN(b.fun) && !Number.isNaN(a.fun));

function remaining(o: MinimizeOptions, nfev: number, elapsed: number): MinimizeOptions {
  const left: MinimizeOptions = {};
  if (o.maxEvaluations !== undefined) left.maxEvaluations = Math.max(0, o.maxEvaluations - nfev);
  if (o.maxTimeMs !== undefined) left.maxTimeMs = Math.max(0, o.maxTimeMs - elapsed);
  return left;
}

function gather(
  found: { x: Float64Array; fun: number; count: number }[],
  { x, fun }: MinimizeResult,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): void {
  const same = found.find(
    (known) =>
      Math.abs(known.fun - fun) <= SAME * Math.max(1, Math.abs(fun)) &&
      x.every(
        (v, j) =>
          Math.abs(v - (known.x[j] as number)) <= NEAR * ((upper[j] as number) - (lower[j] as number)),
      ),
  );
  if (!same) {
    found.push({ x, fun, count: 1 });
    return;
  }
  same.count++;
  if (fun < same.fun) Object.assign(same, { x, fun });
}

function readBox(
  where: string,
  box: { lower: ArrayLike<number>; upper: ArrayLike<number> },
): { lower: Float64Array; upper: Float64Array } {
  if (typeof box !== "object" || box === null || Array.isArray(box))
    throw optionError(where, "bounds", box, "an object { lower: [...], upper: [...] }");
  checkKeys(`${where}: bounds`, box, ["lower", "upper"]);
  checkArray(where, "lower", box.lower);
  checkArray(where, "upper", box.upper, box.lower.length);
  checkFinite(where, "lower", box.lower);
  checkFinite(where, "upper", box.upper);
  if (box.lower.length === 0) throw new DownhillError("SHAPE", `${where}: lower is empty`);
  const lower = Float64Array.from(box.lower);
  const upper = Float64Array.from(box.upper);
  lower.forEach((low, j) => {
    if (low <= (upper[j] as number)) return;
    throw new DownhillError("OPTION", `${where}: lower[${j}] = ${low} is not <= upper[${j}] = ${upper[j]}`, {
      details: { option: "bounds", index: j },
    });
  });
  return { lower, upper };
}
