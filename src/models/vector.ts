// The elementary functions on whole arrays: the special values of ECMAScript's Math, at most 1 ulp of error for exp, log,
// sin and cos, 2 ulp for the rest, and the same bits on every engine (variant simd).

import { chosenRuntime } from "../runtime/default.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { takeNumbers } from "../runtime/numbers.js";
import { checkKeys } from "../runtime/options.js";
import type { CoreRuntime, Runtime } from "../runtime/runtime.js";
import { type ElementaryFunctions, elementary, type Kernel, SCRATCH } from "./elementary.js";
import type { Elementary } from "./language.js";

export interface VectorOptions {
  runtime?: Runtime | undefined;
}

/** f(x) for every element into `out` (default: a new array; may share memory with x), which is returned. */
export type VectorFunction = (
  x: ArrayLike<number>,
  out?: Float64Array,
  options?: VectorOptions,
) => Float64Array;
/** As VectorFunction, of two arrays of equal length. */
export type VectorFunction2 = (
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  out?: Float64Array,
  options?: VectorOptions,
) => Float64Array;

/** Where chunk `from` of an array is for the kernels: the array itself when it lies in the runtime's memory, else scratch. */
class Operand {
  readonly #array: ArrayLike<number>;
  readonly #base: number;
  readonly #scratch: ElementaryFunctions["scratch"][number];

  constructor(
    runtime: CoreRuntime,
    array: ArrayLike<number>,
    scratch: ElementaryFunctions["scratch"][number],
  ) {
    this.#array = array;
    this.#base = array instanceof Float64Array && array.buffer === runtime.buffer ? array.byteOffset : -1;
    this.#scratch = scratch;
  }

  read(from: number, count: number): number {
    if (this.#base >= 0) return this.#base + 8 * from;
    for (let i = 0; i < count; i++) this.#scratch.view[i] = this.#array[from + i]!;
    return this.#scratch.at;
  }

  get target(): number {
    return this.#base;
  }
}

/** Whether writing out[i] could change x[j], j > i. */
const overlap = (x: ArrayLike<number>, out: Float64Array): boolean =>
  ArrayBuffer.isView(x) &&
  x.buffer === out.buffer &&
  !(x instanceof Float64Array && x.byteOffset === out.byteOffset) &&
  x.byteOffset < out.byteOffset + out.byteLength &&
  out.byteOffset < x.byteOffset + x.byteLength;

function apply(
  name: Elementary,
  inputs: readonly ArrayLike<number>[],
  given: Float64Array | undefined,
  options: VectorOptions,
): Float64Array {
  const where = `v${name}`;
  checkKeys(where, options, ["runtime"]);
  let known: number | undefined;
  inputs = inputs.map((input, i) => {
    const own = takeNumbers(where, i === 0 ? "x" : "y", input, known);
    known = own.length;
    return own;
  });
  const length = inputs[0]?.length ?? 0;
  const out = given ?? new Float64Array(length);
  if (!(out instanceof Float64Array) || out.length !== length) {
    throw new DownhillError(
      "SHAPE",
      `${where}: out must be a Float64Array of length ${length}, got ${quote(out)}`,
      {
        details: { argument: "out" },
      },
    );
  }
  const runtime = chosenRuntime(options.runtime);
  const functions = elementary(runtime);
  const { kernels, table, scratch } = functions;
  const [a, b, c] = scratch as [(typeof scratch)[0], (typeof scratch)[0], (typeof scratch)[0]];
  const operands = inputs.map(
    (input, i) => new Operand(runtime, overlap(input, out) ? Array.from(input) : input, i === 0 ? a : b),
  );
  const { target } = new Operand(runtime, out, c);
  const f = (kernels as unknown as Record<string, Kernel>)[`v${name}`]!;
  for (let from = 0; from < length; from += SCRATCH) {
    const count = Math.min(SCRATCH, length - from);
    const addresses = operands.map((operand) => operand.read(from, count));
    f(table, count, ...addresses, target >= 0 ? target + 8 * from : c.at);
    if (target < 0) out.set(count === SCRATCH ? c.view : c.view.subarray(0, count), from);
  }
  return out;
}

const unary =
  (name: Elementary): VectorFunction =>
  (x, out, options = {}) =>
    apply(name, [x], out, options);
const binary =
  (name: Elementary): VectorFunction2 =>
  (x, y, out, options = {}) =>
    apply(name, [x, y], out, options);

/**
 * @example
 * vexp([0, 1]); // [1, 2.718]
 */
export const vexp: VectorFunction = /* @__PURE__ */ unary("exp");
/**
 * @example
 * vexpm1([0, 1e-10]); // [0, 1e-10]
 */
export const vexpm1: VectorFunction = /* @__PURE__ */ unary("expm1");
/**
 * @example
 * vlog([1, Math.E]); // [0, 1]
 */
export const vlog: VectorFunction = /* @__PURE__ */ unary("log");
/**
 * @example
 * vlog1p([0, 1e-10]); // [0, 1e-10]
 */
export const vlog1p: VectorFunction = /* @__PURE__ */ unary("log1p");
/**
 * @example
 * vlog2([1, 8]); // [0, 3]
 */
export const vlog2: VectorFunction = /* @__PURE__ */ unary("log2");
/**
 * @example
 * vlog10([1, 1000]); // [0, 3]
 */
export const vlog10: VectorFunction = /* @__PURE__ */ unary("log10");
/**
 * @example
 * vcbrt([8, 27]); // [2, 3]
 */
export const vcbrt: VectorFunction = /* @__PURE__ */ unary("cbrt");
/**
 * @example
 * vsin([0, Math.PI / 2]); // [0, 1]
 */
export const vsin: VectorFunction = /* @__PURE__ */ unary("sin");
/**
 * @example
 * vcos([0, Math.PI]); // [1, -1]
 */
export const vcos: VectorFunction = /* @__PURE__ */ unary("cos");
/**
 * @example
 * vtan([0, Math.PI / 4]); // [0, 1]
 */
export const vtan: VectorFunction = /* @__PURE__ */ unary("tan");
/**
 * @example
 * vasin([0, 1]); // [0, 1.5708]
 */
export const vasin: VectorFunction = /* @__PURE__ */ unary("asin");
/**
 * @example
 * vacos([0, 1]); // [1.5708, 0]
 */
export const vacos: VectorFunction = /* @__PURE__ */ unary("acos");
/**
 * @example
 * vatan([0, 1]); // [0, 0.7854]
 */
export const vatan: VectorFunction = /* @__PURE__ */ unary("atan");
/**
 * @example
 * vsinh([0, 1]); // [0, 1.1752]
 */
export const vsinh: VectorFunction = /* @__PURE__ */ unary("sinh");
/**
 * @example
 * vcosh([0, 1]); // [1, 1.543]
 */
export const vcosh: VectorFunction = /* @__PURE__ */ unary("cosh");
/**
 * @example
 * vtanh([0, 1]); // [0, 0.7616]
 */
export const vtanh: VectorFunction = /* @__PURE__ */ unary("tanh");
/**
 * @example
 * verf([0, 1]); // [0, 0.8427]
 */
export const verf: VectorFunction = /* @__PURE__ */ unary("erf");
/**
 * x^y.
 *
 * @example
 * vpow([2, 9], [10, 0.5]); // [1024, 3]
 */
export const vpow: VectorFunction2 = /* @__PURE__ */ binary("pow");
/**
 * The angle of the point (second, first), as Math.atan2(y, x).
 *
 * @example
 * vatan2([1, -1], [0, 0]); // [1.5708, -1.5708]
 */
export const vatan2: VectorFunction2 = /* @__PURE__ */ binary("atan2");
