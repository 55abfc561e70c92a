// What `sample` accepts as a density, and how it is read: functions, names, and constraints as blocks of coordinates.

import type { Random } from "../random/philox.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkArray, checkKeys, optionError } from "../runtime/options.js";
import { checkConstraint } from "./constraint.js";
import { type DensityFunctions, Target } from "./target.js";
import type { Block, ConstraintKind } from "./transform.js";
import { transforms } from "./transforms.js";

/** A constraint on `size` (default 1) neighbouring coordinates. */
export interface Constraint {
  /** Names the coordinates: `name`, or `name1`, `name2` ... where there are several. */
  readonly name?: string | undefined;
  readonly size?: number | undefined;
  /**
   * "real", "positive", "lower", "upper", "interval" (default: what the bounds say), or of all coordinates together: "simplex" (positive, sum 1), "ordered",
   * "positiveOrdered", "unitVector", "correlation" (a matrix, row-major: size is its number of entries).
   */
  readonly kind?: ConstraintKind | undefined;
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

/** A log density, up to a constant, of the user's coordinates; Jacobians of constraints are added inside. */
export interface LogDensity {
  /** log density of x, which is borrowed for the call; -Infinity where the density is zero. */
  logDensity?(x: Float64Array): unknown;
  /** The same, filling `g` with its gradient. */
  logDensityGrad?(x: Float64Array, g: Float64Array): unknown;
  /** Bounds of each coordinate, -Infinity and Infinity where there is none. */
  readonly lower?: ArrayLike<number> | undefined;
  readonly upper?: ArrayLike<number> | undefined;
  /** In place of bounds: the coordinates in order, as blocks. */
  readonly constraints?: readonly Constraint[] | undefined;
  readonly names?: readonly string[] | undefined;
}

/** A density: a function x => log density, or an object with gradient, bounds, constraints and names. */
export type Density = ((x: Float64Array) => unknown) | LogDensity;

/** What compiled densities and posteriors of fits bring beside. */
export interface DensityExtras {
  /** What normalises the density and depends on no parameter, where `logDensity` leaves it out: an evidence takes it in. */
  readonly logConstant?: number;
  /** log likelihood of each datum with all its constants, for `loo` and `waic`. */
  readonly pointwise?: (x: Float64Array) => Float64Array;
  /** The model at new x, for the parameters of a draw, and a new observation there. */
  readonly predictor?: (x: unknown) => Predictor;
  /** Where chains start when nothing is given. */
  readonly start?: ArrayLike<number>;
  /** Variances at the start: chains start within two standard deviations, and the first metric has them. */
  readonly scale?: Float64Array;
  /** How they vary together there, row-major: chains start along these directions; where it is high the metric is dense, and begins as this covariance. */
  readonly correlation?: Float64Array;
}

/** What a density of a fit predicts at given x. */
export interface Predictor {
  /** Values at these x: m numbers for each draw. */
  readonly m: number;
  values(draw: ArrayLike<number>, out: Float64Array): void;
  observe(draw: ArrayLike<number>, values: Float64Array, random: Random): void;
}

const densityKeys = ["logDensity", "logDensityGrad", "lower", "upper", "constraints", "names"];

/** Reads a density of `size` coordinates (or as many as it says itself, where `size` is undefined). */
export function readDensity(
  where: string,
  density: Density,
  size: number | undefined,
  differences: boolean,
): Target {
  const functions = functionsOf(where, density);
  const given: LogDensity = typeof density === "function" ? {} : density;
  const constraints = given.constraints ?? boundsOf(where, given);
  const blocks: Block[] = [];
  const names: string[] = [];
  let at = 0;
  let freeAt = 0;
  const add = (c: Constraint): void => {
    const block: Block = { ...checkConstraint(`${where}: constraint`, c), at, freeAt };
    blocks.push(block);
    for (let k = 0; k < block.size; k++) {
      const own = c.name ?? "x";
      names.push(block.size === 1 && c.name !== undefined ? own : `${own}${(c.name ? k : at + k) + 1}`);
    }
    at += block.size;
    freeAt += transforms[block.kind].free(block.size);
  };
  if (constraints !== undefined && !Array.isArray(constraints))
    throw optionError(where, "constraints", constraints, "an array of constraints");
  for (const c of constraints ?? []) add(c);
  const length = size ?? given.names?.length ?? at;
  if (length === 0)
    throw new DownhillError("SHAPE", `${where}: the density has no coordinates`, {
      hint: "give a start, names, bounds or constraints",
    });
  while (at < length && constraints === undefined) add({});
  if (at !== length) {
    throw new DownhillError(
      "SHAPE",
      `${where}: the constraints have ${at} coordinates, the start has ${length}`,
    );
  }
  if (given.names !== undefined) {
    checkArray(where, "names", given.names as never, at);
    given.names.forEach((name, i) => {
      if (typeof name !== "string") throw optionError(where, `names[${i}]`, name, "a name");
      names[i] = name;
    });
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw optionError(where, "names", twice, "names that differ");
  return new Target(where, functions, blocks, names, differences);
}

function functionsOf(where: string, density: unknown): DensityFunctions {
  if (typeof density === "function")
    return { value: density as (x: Float64Array) => unknown, gradient: null };
  const expected = "a function x => log density, or { logDensity, logDensityGrad }";
  if (typeof density !== "object" || density === null) {
    const text = typeof density === "string" ? "compileDensity(text, {...}) makes one of a text" : undefined;
    throw optionError(where, "density", density, expected, text);
  }
  if ("redChi2" in density)
    throw optionError(where, "density", density, expected, "posterior(fit) makes one of a fit");
  // A plain object is checked key by key; classes (compiled densities) bring more.
  if (Object.getPrototypeOf(density) === Object.prototype)
    checkKeys(`${where}: density`, density, densityKeys);
  const { logDensity, logDensityGrad } = density as LogDensity;
  for (const [name, f] of Object.entries({ logDensity, logDensityGrad })) {
    if (f !== undefined && typeof f !== "function") throw optionError(where, name, f, "a function");
  }
  if (!logDensity && !logDensityGrad) throw optionError(where, "density", density, expected);
  return {
    value: logDensity ? (x) => logDensity.call(density, x) : null,
    gradient: logDensityGrad ? (x, g) => logDensityGrad.call(density, x, g) : null,
  };
}

function boundsOf(where: string, { lower, upper }: LogDensity): Constraint[] | undefined {
  if (lower === undefined && upper === undefined) return undefined;
  let length: number | undefined;
  for (const [name, bound] of Object.entries({ lower, upper })) {
    if (bound === undefined) continue;
    checkArray(where, name, bound, length);
    length = bound.length;
  }
  return Array.from({ length: length! }, (_, i) => {
    const low = lower?.[i] ?? -Infinity;
    const high = upper?.[i] ?? Infinity;
    if (!(low < high)) {
      throw new DownhillError(
        "OPTION",
        `${where}: lower[${i}] = ${quote(low)} is not < upper[${i}] = ${quote(high)}`,
        {
          details: { option: "lower", index: i },
        },
      );
    }
    const kind =
      low === -Infinity ? (high === Infinity ? "real" : "upper") : high === Infinity ? "lower" : "interval";
    return { kind, lower: low, upper: high };
  });
}
