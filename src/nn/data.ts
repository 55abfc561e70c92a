// Preparing data: standardised features, and a split into training and test samples.

import { largestOf, middleScale } from "../linalg/scaling.js";
import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { booleanOption, checkKeys, numberOption, optionError } from "../runtime/options.js";
import { checkNumbers, type Features, flatRows, type TargetValues } from "./inputs.js";

export interface Standardised {
  /** (x - mean) / sd by columns; a column that does not vary becomes 0. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly cols: number;
  readonly mean: Float64Array;
  /** Standard deviation with n - 1; 1 for a column that does not vary. */
  readonly sd: Float64Array;
  /** The same shift and scale for other rows. */
  apply(x: Features): Float64Array;
  /** Back to the original units. */
  invert(z: Features): Float64Array;
}

/** Rows of numbers with their width: `cols` says it for numbers one after the other, nested rows and matrices know it. */
function readRows(
  where: string,
  x: Features,
  cols: number | undefined,
): { x: ArrayLike<number>; cols: number } {
  const { flat, cols: width } = flatRows(where, "x", x, "rows of numbers, nested or one after the other");
  if (cols !== undefined) numberOption(where, "cols", cols, 0, { min: 1, integer: true });
  const known = cols ?? width;
  if (known === null) throw optionError(where, "cols", cols, "the length of a row, for numbers in one array");
  if (known !== (width ?? known) || flat.length === 0 || flat.length % known !== 0) {
    const got = width === null ? `length ${flat.length}` : `${width} columns`;
    throw new DownhillError("SHAPE", `${where}: x has ${got}, expected rows of ${known}`, {
      details: { argument: "x", length: flat.length, cols: known },
    });
  }
  checkNumbers(where, "x", flat, width);
  return { x: flat, cols: known };
}

/**
 * Gives every column mean 0 and standard deviation 1. `cols` is the length of a row, for numbers in one array.
 *
 * @example
 * const { mean, scale } = standardise([[1, 10], [3, 30]], 2);
 * mean; // [2, 20]
 */
export function standardise(data: Features, columns?: number): Standardised {
  const where = "standardise";
  const { x, cols } = readRows(where, data, columns);
  const rows = x.length / cols;
  const columnsOf = Array.from({ length: cols }, (_, j) =>
    lawOf(Float64Array.from({ length: rows }, (_, i) => x[i * cols + j]!)),
  );
  const each = (given: Features, f: (v: number, law: Law) => number): Float64Array => {
    const { x: values } = readRows(where, given, cols);
    return Float64Array.from(values, (v, i) => f(v, columnsOf[i % cols]!));
  };
  const apply = (values: Features) => each(values, (v, { scale, mean, sd }) => (v * scale - mean) / sd);
  return {
    data: apply(x),
    rows,
    cols,
    mean: Float64Array.from(columnsOf, ({ scale, mean }) => mean / scale),
    sd: Float64Array.from(columnsOf, ({ scale, sd, varies }) => (varies ? sd / scale : 1)),
    apply,
    invert: (z) => each(z, (v, { scale, mean, sd }) => (v * sd + mean) / scale),
  };
}

/** Of a column times `scale`, a power of two near the ends of the range and 1 elsewhere, so that its squares are numbers. */
interface Law {
  readonly scale: number;
  readonly mean: number;
  readonly sd: number;
  readonly varies: boolean;
}

function lawOf(column: Float64Array): Law {
  const rows = column.length;
  const scale = middleScale(largestOf(column), "f64");
  let sum = 0;
  for (const v of column) sum += v * scale;
  const mu = sum / rows;
  let squares = 0;
  let rest = 0;
  for (const v of column) {
    const d = v * scale - mu;
    squares += d * d;
    rest += d;
  }
  const variance = (squares - (rest * rest) / rows) / Math.max(rows - 1, 1);
  const varies = variance > 0;
  // What does not vary keeps its unit.
  return { scale, mean: mu + rest / rows, sd: varies ? Math.sqrt(variance) : scale, varies };
}

export interface Split {
  readonly train: { readonly x: Float64Array; readonly y: Float64Array; readonly indices: Int32Array };
  readonly test: { readonly x: Float64Array; readonly y: Float64Array; readonly indices: Int32Array };
}

export interface SplitOptions {
  /** Share of the samples that are held back: 0.2. */
  test?: number;
  seed?: number;
  /** Keeps the share of every label of y as it is: false. Of several numbers a row, the whole row is the label. */
  stratify?: boolean;
}

/**
 * Samples drawn at random into two parts. `cols` is the length of a row of x, for numbers in one array (undefined for nested
 * rows); y may have several numbers a row.
 *
 * @example
 * const x = [[0], [1], [2], [3]];
 * trainTestSplit(x, [0, 1, 0, 1], 1, { test: 0.5, seed: 1 });
 */
export function trainTestSplit(
  features: Features,
  targets: TargetValues,
  columns?: number,
  options: SplitOptions = {},
): Split {
  const where = "trainTestSplit";
  if (typeof columns === "object" && columns !== null)
    throw optionError(
      where,
      "cols",
      columns,
      "the length of a row",
      "options come fourth: (x, y, undefined, { test: 0.2 })",
    );
  checkKeys(where, options, ["test", "seed", "stratify"], { testsize: "test", shuffle: "seed" });
  const share = numberOption(where, "test", options.test, 0.2, { min: 0, below: 1, exclusive: true });
  const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
  const random = new Random(numberOption(where, "seed", options.seed, 0, seeds));
  booleanOption(where, "stratify", options.stratify, false);
  const { x, cols } = readRows(where, features, columns);
  const { flat: y, cols: width } = flatRows(where, "y", targets, "numbers, nested or one after the other");
  checkNumbers(where, "y", y, width);
  const rows = x.length / cols;
  if (y.length === 0 || y.length % rows !== 0) {
    throw new DownhillError("SHAPE", `${where}: ${rows} rows of x do not go with ${y.length} numbers of y`, {
      details: { rows, y: y.length, cols },
    });
  }
  const order = random.shuffle(Int32Array.from({ length: rows }, (_, i) => i));
  const held =
    options.stratify === true
      ? stratified(order, y, y.length / rows, share)
      : order.slice(0, Math.round(share * rows));
  if (held.length === 0 || held.length === rows) {
    throw new DownhillError(
      "SHAPE",
      `${where}: a test share of ${share} leaves ${held.length} of ${rows} samples to test with`,
      { details: { test: share, rows } },
    );
  }
  const isHeld = new Uint8Array(rows);
  for (const i of held) isHeld[i] = 1;
  const part = (indices: Int32Array) => ({
    x: rowsOf(x, cols, indices),
    y: rowsOf(y, y.length / rows, indices),
    indices,
  });
  return { train: part(order.filter((i) => isHeld[i] === 0)), test: part(held) };
}

/** The first share of every label's samples, in the drawn order; the label of a sample is its whole row of y. */
function stratified(order: Int32Array, y: ArrayLike<number>, width: number, share: number): Int32Array {
  const label = (i: number): string => Array.from({ length: width }, (_, j) => y[i * width + j]!).join();
  const total = new Map<string, number>();
  for (const i of order) total.set(label(i), (total.get(label(i)) ?? 0) + 1);
  const taken = new Map<string, number>();
  return order.filter((i) => {
    const own = label(i);
    const before = taken.get(own) ?? 0;
    taken.set(own, before + 1);
    return before < Math.round(share * total.get(own)!);
  });
}

function rowsOf(x: ArrayLike<number>, cols: number, indices: Int32Array): Float64Array {
  const out = new Float64Array(indices.length * cols);
  for (const [i, row] of indices.entries()) {
    for (let j = 0; j < cols; j++) out[i * cols + j] = x[row * cols + j]!;
  }
  return out;
}
