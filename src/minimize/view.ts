// f as a method sees it: negated where it is to be maximised, over variables divided by their typical sizes. The sizes are powers
// of two, so that going there and back rounds nothing.

import type { Box } from "../driver/bounds.js";
import { isPromise } from "../runtime/promises.js";
import type { MaybePromise, ObjectiveParts } from "./objective.js";

export interface View {
  /** -1: maximised. */
  readonly sign: number;
  /** x_j = size_j z_j; null: all 1. */
  readonly sizes: Float64Array | null;
}

/** The power of two at or below a positive number. */
export function powerOfTwo(size: number): number {
  let power = 1;
  while (power * 2 <= size) power *= 2;
  while (power > size && power > Number.MIN_VALUE) power /= 2;
  return power;
}

/**
 * Typical sizes where the caller leaves them to us: |x_j| of the start, else the width of finite bounds, else the largest of those
 * known, else 1.
 */
export function typicalSizes(start: ArrayLike<number>, box: Box | null): Float64Array {
  const sizes = Float64Array.from(start, (v, j) => {
    if (v !== 0) return Math.abs(v);
    const width = box ? box.upper[j]! - box.lower[j]! : Infinity;
    return width < Infinity ? width : 0;
  });
  const most = sizes.reduce((a, b) => Math.max(a, b), 0) || 1;
  return sizes.map((v) => v || most);
}

const after = <T, R>(value: MaybePromise<T>, then: (value: T) => R): MaybePromise<R> =>
  isPromise(value) ? (value as PromiseLike<T>).then(then) : then(value);

/** The parts of an objective in the method's variables. What a callback answers wrongly is left for the checks to see. */
export function seen(
  parts: ObjectiveParts<MaybePromise<number>>,
  { sign, sizes }: View,
  n: number,
): ObjectiveParts<MaybePromise<number>> {
  const { fun, grad, funGrad, hess, hessVec } = parts;
  const x = new Float64Array(n);
  const w = new Float64Array(n);
  const size = (j: number): number => (sizes ? sizes[j]! : 1);
  const place = (z: Float64Array): Float64Array => {
    for (let j = 0; j < n; j++) x[j] = size(j) * z[j]!;
    return x;
  };
  const signed = (value: number): number => (typeof value === "number" ? sign * value : value);
  const scaled = (g: Float64Array): void => {
    for (let j = 0; j < n; j++) g[j] = sign * size(j) * g[j]!;
  };
  const own: ObjectiveParts<MaybePromise<number>> = {};
  if (fun) own.fun = (z) => after(fun(place(z)), signed);
  if (grad) {
    own.grad = (z, out) =>
      after(grad(place(z), out), (answer) => {
        scaled(out);
        return answer;
      });
  }
  if (funGrad) {
    own.funGrad = (z, out) =>
      after(funGrad(place(z), out), (value) => {
        scaled(out);
        return signed(value);
      });
  }
  if (hess) {
    own.hess = (z, out) =>
      after(hess(place(z), out), (answer) => {
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) out[i * n + j] = sign * size(i) * size(j) * out[i * n + j]!;
        return answer;
      });
  }
  if (hessVec) {
    own.hessVec = (z, v, out) => {
      for (let j = 0; j < n; j++) w[j] = size(j) * v[j]!;
      return after(hessVec(place(z), w, out), (answer) => {
        scaled(out);
        return answer;
      });
    };
  }
  return own;
}

/** A point of the method in the caller's variables, as a copy. */
export const placed = (z: Float64Array, view: View | null): Float64Array =>
  view?.sizes ? z.map((v, j) => v * view.sizes![j]!) : z.slice();

/** A gradient there in the caller's units, as a copy. */
export const gradientOf = (g: Float64Array, view: View | null): Float64Array =>
  view ? g.map((v, j) => (view.sign * v) / (view.sizes ? view.sizes[j]! : 1)) : g.slice();

/** Bounds in the method's variables. */
export const boxSeen = (box: Box, { sizes }: View): Box =>
  sizes
    ? { lower: box.lower.map((v, j) => v / sizes[j]!), upper: box.upper.map((v, j) => v / sizes[j]!) }
    : box;
