// The options of `sample`, checked before anything is evaluated.

import { type Limits, limitKeys } from "../driver/types.js";
import { chosenRuntime } from "../runtime/default.js";
import { DownhillError } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import {
  booleanOption,
  checkFinite,
  checkKeys,
  checkObject,
  choiceOption,
  isArrayLike,
  isRecord,
  lengthOf,
  numberOption,
  optionError,
} from "../runtime/options.js";
import { type Around, around, isCorrelated } from "./around.js";
import type { Density, DensityExtras } from "./density.js";
import { readDensity } from "./density.js";
import { runElsewhere } from "./elsewhere.js";
import { type MetricKind, needsGradient, readMethod, type SamplingMethod } from "./methods.js";
import type { MetricState } from "./metric.js";
import { readMetric } from "./read-metric.js";
import type { Target } from "./target.js";
import type { Block } from "./transform.js";
import { transforms } from "./transforms.js";

/**
 * One point, one for each chain, values by name (at the edge of a bound it is moved inside), "random": uniform on (-2, 2) on the free scale, as Stan, or "pathfinder": for each chain a
 * draw of a path of its own from such a place (see `pathfinder`), whose variances are the first metric.
 */
export type Start =
  | ArrayLike<number>
  | readonly ArrayLike<number>[]
  | Readonly<Record<string, number>>
  | "random"
  | "pathfinder";

export interface SampleOptions extends Limits {
  /** Default "nuts" where the density has a gradient, else "metropolis". A name, or what `nuts({ ... })` and its kin make. */
  method?: SamplingMethod | SamplingMethod["name"] | undefined;
  /** Default 4; for "ensemble" the walkers: even, at least 2d, default 2(d + 1). */
  chains?: number | undefined;
  /** Transitions that learn and are not kept. Default 1000. */
  warmup?: number | undefined;
  /** Draws kept of each chain. Default 1000. */
  draws?: number | undefined;
  /** An integer from 0; the same seed gives the same bits on every engine. Default 0. */
  seed?: number | undefined;
  /**
   * What the kinetic energy of nuts, hmc and mala learns: "fisher" (default: a diagonal from draws and gradients), "diagonal" and "dense"
   * (variances and covariances, as Stan; the default for fits whose parameters correlate beyond 0.9, beginning as their covariance), "lowRank" (a diagonal and the directions that it does not explain). A metric as plain
   * data stays as it is.
   */
  metric?: MetricKind | MetricState | undefined;
  /** Chains start within this distance of the point given, uniformly, on the free scale. Default 0. */
  jitter?: number | undefined;
  /** "differences": nuts, hmc and mala of a density without gradient, at 2d + 1 evaluations for each. */
  gradient?: "exact" | "differences" | undefined;
  /** Compares the gradient with differences once, at the start. Default true. */
  checkGradient?: boolean | undefined;
}

export const sampleKeys = [
  ...limitKeys,
  "method",
  "chains",
  "warmup",
  "draws",
  "seed",
  "metric",
  "jitter",
  "gradient",
  "checkGradient",
] as const;

export interface Settings {
  readonly where: string;
  readonly target: Target;
  readonly density: Density & DensityExtras;
  readonly method: SamplingMethod;
  readonly metric: MetricKind | MetricState;
  /** Chains of the run, and which of them are run here. */
  readonly chains: number;
  readonly first: number;
  readonly count: number;
  readonly warmup: number;
  readonly draws: number;
  readonly seed: number;
  readonly jitter: number;
  readonly checkGradient: boolean;
  /** Chains begin with a path of Pathfinder, from their start. */
  readonly pathfinder: boolean;
  /** On the user's scale; null: random. One, or one for each chain. */
  readonly starts: readonly Float64Array[] | null;
  /** Around the start, on the free scale, where the density knows it. */
  readonly around: Around | null;
  readonly limits: SampleOptions;
}

export function readSettings(
  where: string,
  density: Density & DensityExtras,
  start: Start | undefined,
  options: SampleOptions,
): Settings {
  // An object at all, before its names are looked up.
  checkObject(where, options, sampleKeys);
  if ((options as { pool?: unknown }).pool !== undefined) {
    throw new DownhillError("UNSUPPORTED", `${where}: a pool answers later than a synchronous run can wait`, {
      hint: "sampleAsync takes a pool",
      details: { option: "pool" },
    });
  }
  checkKeys(where, options, sampleKeys, runElsewhere);
  if (options.runtime !== undefined) chosenRuntime(options.runtime);
  const differences =
    choiceOption(where, "gradient", options.gradient, ["exact", "differences"], "exact") === "differences";
  const from = takeStart(where, start ?? (density as DensityExtras | null | undefined)?.start ?? "random");
  if (isRecord(from) && typeof density === "function")
    throw optionError(
      where,
      "start",
      from,
      "numbers in an array",
      Object.keys(from).some((key) => key === "x0" || (sampleKeys as readonly string[]).includes(key))
        ? `options come third: ${where}(f, [0], { seed: 1 })`
        : 'names go with the density: { logDensity, names: ["a"] }',
    );
  const first = Array.isArray(from) ? from[0] : from;
  const length = first instanceof Float64Array ? first.length : undefined;
  const target = readDensity(where, density, length, differences);
  const method = readMethod(where, options.method, target.differentiable);
  if (needsGradient(method) && !target.differentiable) {
    // Pathfinder and Laplace's law have no other method.
    const [who, other] = /sample/i.test(where) ? [method.name, ', or method: "slice"'] : ["it", ""];
    throw new DownhillError("OPTION", `${where}: ${who} needs the gradient of the density`, {
      hint: `give { logDensityGrad }, or gradient: "differences"${other}`,
      details: { option: "method" },
    });
  }
  if (from === "pathfinder" && !target.differentiable)
    throw new DownhillError("OPTION", `${where}: start "pathfinder" needs the gradient of the density`, {
      hint: 'give { logDensityGrad }, or gradient: "differences", or start at "random"',
      details: { option: "start" },
    });
  const d = target.free;
  const walkers = 2 * (d + 1);
  const chains = numberOption(
    where,
    "chains",
    options.chains,
    method.name === "ensemble" ? Math.max(4, walkers) : 4,
    {
      min: 1,
      max: 100_000,
      integer: true,
    },
  );
  if (method.name === "ensemble" && (chains % 2 === 1 || chains < 2 * d))
    throw optionError(where, "chains", chains, `an even number of at least ${Math.max(2, 2 * d)} walkers`);
  const whole = { min: 1, max: 1e9, integer: true };
  const settings = {
    where,
    target,
    density,
    method,
    metric: readMetric(where, options.metric, d, isCorrelated(density as DensityExtras)),
    chains,
    first: 0,
    count: chains,
    warmup: numberOption(where, "warmup", options.warmup, 1000, { ...whole, min: 0 }),
    draws: numberOption(where, "draws", options.draws, 1000, whole),
    seed: numberOption(where, "seed", options.seed, 0, {
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      integer: true,
    }),
    jitter: numberOption(where, "jitter", options.jitter, 0, { min: 0 }),
    checkGradient: booleanOption(where, "checkGradient", options.checkGradient, true),
    pathfinder: from === "pathfinder",
    starts: readStarts(where, from, target, chains),
    around: around(target, density as DensityExtras),
    limits: options,
  };
  return settings;
}

const WORDS = ["random", "pathfinder"] as const;

/** A start as it was read, once: a word, a point, a point for each chain, or numbers by name. */
type TakenStart = (typeof WORDS)[number] | Float64Array | Float64Array[] | Readonly<Record<string, number>>;

function takeStart(where: string, from: unknown): TakenStart {
  if (typeof from === "string") return choiceOption(where, "start", from, WORDS, "random");
  if (!isArrayLike(from)) {
    if (!isRecord(from))
      throw optionError(where, "start", from, 'a point, a point for each chain, or "random"');
    return from as Readonly<Record<string, number>>;
  }
  const count = lengthOf(where, "start", from);
  const first: unknown = count > 0 ? from[0] : 0;
  if (typeof first === "number") return copyNumbers(where, "start", from, count);
  // What is neither a number nor a point is refused before so many are looked at.
  const point = (at: unknown, c: number): Float64Array => {
    if (isArrayLike(at)) return copyNumbers(where, `start[${c}]`, at);
    throw optionError(where, `start[${c}]`, at, "a number, or a point: an array of numbers");
  };
  const points = [point(first, 0)];
  for (let c = 1; c < count; c++) points.push(point(from[c], c));
  return points;
}

function readStarts(
  where: string,
  from: TakenStart,
  target: Target,
  chains: number,
): readonly Float64Array[] | null {
  if (typeof from === "string") return null;
  const { names } = target;
  const placed = (argument: string, given: ArrayLike<number>) =>
    inside(where, argument, copyNumbers(where, argument, given, target.size), target);
  if (from instanceof Float64Array) return [placed("start", from)];
  if (!Array.isArray(from)) {
    const values = from as Readonly<Record<string, number>>;
    checkKeys(`${where}: start`, values, names);
    const missing = names.find((name) => values[name] === undefined);
    if (missing !== undefined) throw optionError(where, `start.${missing}`, undefined, "a number");
    const point = names.map((name) => values[name]!);
    return [placed("start", point)];
  }
  if (from.length !== chains)
    throw new DownhillError("SHAPE", `${where}: start has ${from.length} points for ${chains} chains`);
  return from.map((point, c) => placed(`start[${c}]`, point));
}

/** How far from an edge a start at it is put: where free coordinates are 2 away from 0, as far as random starts go. */
const OFF = 0.1353352832366127;
const OFF_SHARE = 0.11920292202211755;

/** A start may lie at the edge, as that of a fit may lie at its bound; there the free coordinates have no place for it. */
function offEdge({ kind, lower, upper, at, size }: Block, x: Float64Array): void {
  const low = kind === "positive" ? 0 : kind === "lower" || kind === "interval" ? lower : -Infinity;
  const high = kind === "upper" || kind === "interval" ? upper : Infinity;
  const width = kind === "interval" ? OFF_SHARE * (upper - lower) : OFF;
  for (let k = at; k < at + size; k++) {
    if (x[k] === low) x[k] = low + width;
    else if (x[k] === high) x[k] = high - width;
  }
}

/** NON_FINITE_INPUT, or OPTION where a constraint does not hold; x is taken off the edges of bounds. */
function inside(where: string, argument: string, x: Float64Array, target: Target): Float64Array {
  checkFinite(where, argument, x);
  for (const b of target.blocks) {
    offEdge(b, x);
    const wrong = transforms[b.kind].inside(b, x);
    if (wrong === null) continue;
    const names = target.names.slice(b.at, b.at + b.size).join(", ");
    throw new DownhillError(
      "OPTION",
      `${where}: ${argument} lies outside the constraints: ${names} ${wrong}`,
      {
        hint: 'start inside them, or at "random"',
        details: { option: "start", names },
      },
    );
  }
  return x;
}
