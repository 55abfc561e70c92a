// Preparing data: standardised features, and a split into training and test samples.

import { Random } from "../random/philox.js";
import { DownhillError } from "../runtime/errors.js";
import { checkArray, checkFinite, checkKeys, numberOption } from "../runtime/options.js";

export interface Standardised {
  /** (x - mean) / sd by columns; a column that does not vary becomes 0. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly cols: number;
  readonly mean: Float64Array;
  /** Standard deviation with n - 1; 1 for a column that does not vary. */
  readonly sd: Float64Array;
  /** The same shift and scale for other rows. */
  apply(x: ArrayLike<number>): Float64Array;
  /** Back to the original units. */
  invert(z: ArrayLike<number>): Float64Array;
}

/** Gives every column of rows x cols numbers mean 0 and standard deviation 1. */
export function standardise(x: ArrayLike<number>, cols: number): Standardised {
  const where = "standardise";
  numberOption(where, "cols", cols ?? null, 0, { min: 1, integer: true });
  checkArray(where, "x", x);
  if (x.length === 0 || x.length % cols !== 0) {
    throw new DownhillError("SHAPE", `${where}: x has length ${x.length}, expected rows of ${cols}`, {
      details: { argument: "x", length: x.length, cols },
    });
  }
  checkFinite(where, "x", x);
  const rows = x.length / cols;
  const mean = new Float64Array(cols);
  const sd = new Float64Array(cols).fill(1);
  for (let j = 0; j < cols; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += x[i * cols + j] as number;
    const mu = sum / rows;
    let squares = 0;
    let rest = 0;
    for (let i = 0; i < rows; i++) {
      const d = (x[i * cols + j] as number) - mu;
      squares += d * d;
      rest += d;
    }
    mean[j] = mu + rest / rows;
    const variance = (squares - (rest * rest) / rows) / Math.max(rows - 1, 1);
    if (variance > 0) sd[j] = Math.sqrt(variance);
  }
  const each = (values: ArrayLike<number>, f: (v: number, mu: number, s: number) => number): Float64Array => {
    if (values.length % cols !== 0) {
      throw new DownhillError("SHAPE", `${where}: got ${values.length} numbers, expected rows of ${cols}`);
    }
    return Float64Array.from(values, (v, i) => f(v, mean[i % cols] as number, sd[i % cols] as number));
  };
  const apply = (values: ArrayLike<number>) => each(values, (v, mu, s) => (v - mu) / s);
  return { data: apply(x), rows, cols, mean, sd, apply, invert: (z) => each(z, (v, mu, s) => v * s + mu) };
}

export interface Split {
  readonly train: { readonly x: Float64Array; readonly y: Float64Array; readonly indices: Int32Array };
  readonly test: { readonly x: Float64Array; readonly y: Float64Array; readonly indices: Int32Array };
}

export interface SplitOptions {
  /** Share of the samples that are held back: 0.2. */
  test?: number;
  seed?: number;
  /** Keeps the share of every label of y as it is: false. */
  stratify?: boolean;
}

/** Samples drawn at random into two parts. y may have several numbers a row. */
export function trainTestSplit(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  cols: number,
  options: SplitOptions = {},
): Split {
  const where = "trainTestSplit";
  checkKeys(where, options, ["test", "seed", "stratify"]);
  checkArray(where, "x", x);
  checkArray(where, "y", y);
  numberOption(where, "cols", cols ?? null, 0, { min: 1, integer: true });
  const share = numberOption(where, "test", options.test, 0.2, { min: 0, below: 1, exclusive: true });
  const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };
  const random = new Random(numberOption(where, "seed", options.seed, 0, seeds));
  const rows = x.length / cols;
  if (!Number.isInteger(rows) || rows < 2 || y.length % rows !== 0) {
    throw new DownhillError(
      "SHAPE",
      `${where}: ${x.length} numbers of x in rows of ${cols} do not go with ${y.length} of y`,
      { details: { x: x.length, y: y.length, cols } },
    );
  }
  const order = random.shuffle(Int32Array.from({ length: rows }, (_, i) => i));
  const held =
    options.stratify === true ? stratified(order, y, share) : order.slice(0, Math.round(share * rows));
  const isHeld = new Uint8Array(rows);
  for (const i of held) isHeld[i] = 1;
  const part = (indices: Int32Array) => ({
    x: rowsOf(x, cols, indices),
    y: rowsOf(y, y.length / rows, indices),
    indices,
  });
  return { train: part(order.filter((i) => isHeld[i] === 0)), test: part(held) };
}

/** The first share of every label's samples, in the drawn order. */
function stratified(order: Int32Array, y: ArrayLike<number>, share: number): Int32Array {
  const total = new Map<number, number>();
  for (const i of order) total.set(y[i] as number, (total.get(y[i] as number) ?? 0) + 1);
  const taken = new Map<number, number>();
  return order.filter((i) => {
    const label = y[i] as number;
    const before = taken.get(label) ?? 0;
    taken.set(label, before + 1);
    return before < Math.round(share * (total.get(label) as number));
  });
}

function rowsOf(x: ArrayLike<number>, cols: number, indices: Int32Array): Float64Array {
  const out = new Float64Array(indices.length * cols);
  for (const [i, row] of indices.entries()) {
    for (let j = 0; j < cols; j++) out[i * cols + j] = x[row * cols + j] as number;
  }
  return out;
}
