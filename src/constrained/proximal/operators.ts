// Proximal operators as data: prox_{t g}(v) = argmin_x g(x) + |x - v|^2 / (2 t). N. Parikh and S. Boyd, Proximal Algorithms, Found.
// Trends Optim. 1 (2014), chapter 6. Formulas stand at the line.

import { DownhillError } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkArray, checkFinite, checkWritable, numberOption } from "../../runtime/options.js";
import { nuclearProx, singularValues } from "./nuclear.js";
import { taut } from "./taut-string.js";

/** A convex function that is known by its proximal operator. */
export interface ProximalOperator {
  readonly name: string;
  /** g(x); Infinity outside of a set. */
  value(x: ArrayLike<number>): number;
  /** prox_{t g}(v), into `out` (which may be v), or a new array. Default t = 1. */
  prox(v: ArrayLike<number>, t?: number, out?: Float64Array): Float64Array;
}

type Apply = (v: Float64Array, t: number, out: Float64Array) => void;

const made = new WeakMap<object, Apply>();

/** The step of an operator of this library, without the checks of what a caller gives. */
export const applied = (operator: object): Apply | undefined => made.get(operator);

/** `to` is `from` with more methods. */
export function share(from: object, to: object): void {
  made.set(to, made.get(from)!);
}

/** `apply` gets a copy of v, so that out may be v. */
export function operator(
  name: string,
  value: (x: ArrayLike<number>) => number,
  apply: Apply,
  family = "prox",
): ProximalOperator {
  const where = `${family}.${name}`;
  let copy = new Float64Array(0);
  const step: Apply = (v, t, out) => {
    if (copy.length !== v.length) copy = new Float64Array(v.length);
    copy.set(v);
    apply(copy, t, out);
  };
  const operator = Object.freeze({
    name,
    value,
    prox(v: ArrayLike<number>, t = 1, out?: Float64Array): Float64Array {
      const own = copyNumbers(where, "v", v);
      checkFinite(where, "v", own);
      numberOption(where, "t", t, 1, { min: 0, exclusive: true });
      const to = out ?? new Float64Array(own.length);
      checkWritable(where, "out", to, own.length);
      apply(own, t, to);
      return to;
    },
  });
  made.set(operator, step);
  return operator;
}

const weight = (where: string, lambda: unknown): number =>
  numberOption(`prox.${where}`, "lambda", lambda, 1, { min: 0 });
const shrink = (v: number, by: number): number => (v > by ? v - by : v < -by ? v + by : 0);

export function norm2(x: ArrayLike<number>): number {
  let big = 0;
  for (let i = 0; i < x.length; i++) big = Math.max(big, Math.abs(x[i]!));
  if (!(big > 0) || big === Infinity) return big;
  let s = 0;
  for (let i = 0; i < x.length; i++) s += (x[i]! / big) * (x[i]! / big);
  return big * Math.sqrt(s);
}
export function norm1(x: ArrayLike<number>): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s += Math.abs(x[i]!);
  return s;
}
export function normInf(x: ArrayLike<number>): number {
  let s = 0;
  for (let i = 0; i < x.length; i++) s = Math.max(s, Math.abs(x[i]!));
  return s;
}

/** 0 everywhere. */
export const zero = (): ProximalOperator =>
  operator(
    "zero",
    () => 0,
    (v, _, out) => out.set(v),
  );

/** lambda |x|_1: soft thresholding. */
export function l1(lambda?: number): ProximalOperator {
  const w = weight("l1", lambda);
  return operator(
    "l1",
    (x) => w * norm1(x),
    (v, t, out) => {
      for (let i = 0; i < v.length; i++) out[i] = shrink(v[i]!, t * w);
    },
  );
}

/** lambda |x|_2, not squared: the whole vector shrinks, or is 0. */
export function l2(lambda?: number): ProximalOperator {
  const w = weight("l2", lambda);
  return operator(
    "l2",
    (x) => w * norm2(x),
    (v, t, out) => {
      const size = norm2(v);
      const keep = size > t * w ? 1 - (t * w) / size : 0;
      for (let i = 0; i < v.length; i++) out[i] = keep * v[i]!;
    },
  );
}

/** lambda |x - center|^2 / 2. */
export function squared(lambda?: number, center?: ArrayLike<number>): ProximalOperator {
  const w = weight("squared", lambda);
  const middle = center === undefined ? undefined : copyNumbers("prox.squared", "center", center);
  if (middle) checkFinite("prox.squared", "center", middle);
  return operator(
    "squared",
    (x) => {
      let s = 0;
      for (let i = 0; i < x.length; i++) s += (x[i]! - (middle?.[i] ?? 0)) * (x[i]! - (middle?.[i] ?? 0));
      return (w * s) / 2;
    },
    (v, t, out) => {
      if (middle) checkArray("prox.squared", "v", v, middle.length);
      for (let i = 0; i < v.length; i++) out[i] = (v[i]! + t * w * (middle?.[i] ?? 0)) / (1 + t * w);
    },
  );
}

/** lambda (l1Ratio |x|_1 + (1 - l1Ratio) |x|^2 / 2). */
export function elastic(lambda?: number, l1Ratio?: number): ProximalOperator {
  const w = weight("elastic", lambda);
  const share = numberOption("prox.elastic", "l1Ratio", l1Ratio, 0.5, { min: 0, max: 1 });
  return operator(
    "elastic",
    (x) => w * (share * norm1(x) + ((1 - share) * norm2(x) * norm2(x)) / 2),
    (v, t, out) => {
      for (let i = 0; i < v.length; i++) out[i] = shrink(v[i]!, t * w * share) / (1 + t * w * (1 - share));
    },
  );
}

/** lambda max |x_i|: v less its projection on the l1 ball of radius t lambda (Moreau). */
export function linf(lambda?: number): ProximalOperator {
  const w = weight("linf", lambda);
  return operator(
    "linf",
    (x) => w * normInf(x),
    (v, t, out) => {
      l1BallInto(v, t * w, out);
      for (let i = 0; i < v.length; i++) out[i] = v[i]! - out[i]!;
    },
  );
}

/** lambda times the sum of the lengths of groups of equal size: the group lasso. */
export function groupL2(size: number, lambda?: number): ProximalOperator {
  const w = weight("groupL2", lambda);
  const k = numberOption("prox.groupL2", "size", size, null, { min: 1, integer: true });
  const group = (x: ArrayLike<number>, from: number): Float64Array =>
    Float64Array.from({ length: k }, (_, i) => x[from + i]!);
  return operator(
    "groupL2",
    (x) => {
      let s = 0;
      for (let i = 0; i < x.length; i += k) s += norm2(group(x, i));
      return w * s;
    },
    (v, t, out) => {
      if (v.length % k !== 0)
        throw new DownhillError("SHAPE", `prox.groupL2: v has length ${v.length}, not a multiple of ${k}`, {
          details: { argument: "v", length: v.length },
        });
      for (let i = 0; i < v.length; i += k) {
        const length = norm2(v.subarray(i, i + k));
        const keep = length > t * w ? 1 - (t * w) / length : 0;
        for (let j = i; j < i + k; j++) out[j] = keep * v[j]!;
      }
    },
  );
}

/** lambda sum |x_{i+1} - x_i|, exactly: the taut string. */
export function totalVariation(lambda?: number): ProximalOperator {
  const w = weight("totalVariation", lambda);
  return operator(
    "totalVariation",
    (x) => {
      let s = 0;
      for (let i = 1; i < x.length; i++) s += Math.abs(x[i]! - x[i - 1]!);
      return w * s;
    },
    (v, t, out) => taut(v, t * w, out),
  );
}

/** lambda times the sum of the singular values of the rows x cols matrix x, row by row. */
export function nuclear(rows: number, cols: number, lambda?: number): ProximalOperator {
  const w = weight("nuclear", lambda);
  for (const [name, size] of [
    ["rows", rows],
    ["cols", cols],
  ] as const)
    numberOption("prox.nuclear", name, size, null, { min: 1, integer: true });
  return operator(
    "nuclear",
    (x) => w * singularValues(rows, cols, x).reduce((a, s) => a + s, 0),
    (v, t, out) => {
      checkArray("prox.nuclear", "v", v, rows * cols);
      nuclearProx(rows, cols, v, t * w, out);
    },
  );
}

/** Projection on |x|_1 <= radius: J. Duchi et al., ICML 2008. */
export function l1BallInto(v: Float64Array, radius: number, out: Float64Array): void {
  if (norm1(v) <= radius) {
    out.set(v);
    return;
  }
  const threshold = simplexThreshold(v.map(Math.abs), radius);
  for (let i = 0; i < v.length; i++) {
    const size = aboveThreshold(Math.abs(v[i]!), threshold);
    out[i] = v[i]! < 0 ? -size : size;
  }
}

/**
 * The most of the numbers, and how far below it lies the tau with sum max(v_i - tau, 0) = total, by sorting (M. Held, P. Wolfe,
 * H. Crowder 1974). Measured from the most, where numbers are large beside the total rounding takes nothing away.
 */
export function simplexThreshold(v: Float64Array, total: number): { most: number; below: number } {
  const sorted = v.slice().sort().reverse();
  const most = sorted[0]!;
  let sum = 0;
  let below = Infinity;
  for (let k = 0; k < sorted.length; k++) {
    const down = most - sorted[k]!;
    sum += down;
    const t = (sum + total) / (k + 1);
    if (k > 0 && down >= t) break;
    below = t;
  }
  return { most, below };
}

/** max(v - tau, 0). */
export const aboveThreshold = (v: number, { most, below }: { most: number; below: number }): number =>
  Math.max(below - (most - v), 0);
