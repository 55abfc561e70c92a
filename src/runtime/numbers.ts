// Numbers of the caller, taken over: they are read once, and what was read is what is checked and used. An array of the caller
// may be a Proxy or have getters, which throw, change from one reading to the next, or give what is no number.

import { DownhillError, quote } from "./errors.js";
import { lengthOf } from "./options.js";

/** A typed array, which only holds numbers and cannot answer in another way the second time. */
type Typed = Float64Array | Float32Array | Int32Array;

/** NON_FINITE_INPUT for an element that is no number, NaN and the infinities being numbers. */
function notANumber(where: string, argument: string, index: number, value: unknown): DownhillError {
  return new DownhillError(
    "NON_FINITE_INPUT",
    `${where}: ${argument}[${index}] is ${quote(value)}, expected a number`,
    {
      hint: value instanceof Date || typeof value === "string" ? `${argument}.map(Number)?` : "",
      details: { argument, index, value },
    },
  );
}

/** An element in messages and details. */
export interface Place {
  readonly name: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** NON_FINITE_INPUT for what is no finite number, or none in single precision. */
export function notFinite(
  where: string,
  value: unknown,
  { name, details }: Place,
  precision: "f64" | "f32" = "f64",
): DownhillError {
  const beyond = precision === "f32" && Number.isFinite(value);
  const expected = beyond ? "and single precision ends at 3.4e38" : "expected a finite number";
  return new DownhillError("NON_FINITE_INPUT", `${where}: ${name} is ${quote(value)}, ${expected}`, {
    hint: beyond ? 'dtype: "f64" holds it' : "",
    details: { ...details, value },
  });
}

/** Whether a number is finite in this precision. */
export const isFiniteIn = (precision: "f64" | "f32", value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(precision === "f32" ? Math.fround(value) : value);

/**
 * The same array where it is a typed one, else a copy of it, made before any memory is reserved; SHAPE, DETACHED_INPUT or
 * NON_FINITE_INPUT for what is no array of numbers.
 */
export function takeNumbers(where: string, argument: string, given: unknown, length?: number): Typed {
  const count = lengthOf(where, argument, given, length);
  if (ArrayBuffer.isView(given)) return given as unknown as Typed;
  const elements = given as ArrayLike<unknown>;
  // A length alone, without elements, is refused before so much is reserved.
  const first = count > 0 ? elements[0] : 0;
  if (typeof first !== "number") throw notANumber(where, argument, 0, first);
  const own = makeNumbers(where, argument, count);
  for (let i = 0; i < own.length; i++) {
    const value = i === 0 ? first : elements[i];
    if (typeof value !== "number") throw notANumber(where, argument, i, value);
    own[i] = value;
  }
  return own;
}

/** The same as a copy of one's own, in any case. */
export function copyNumbers(where: string, argument: string, given: unknown, length?: number): Float64Array {
  const taken = takeNumbers(where, argument, given, length);
  // The constructor copies memory; `from` would walk through its elements.
  return taken === given ? new Float64Array(taken) : (taken as Float64Array);
}

/** An array of zeros; OUT_OF_MEMORY where the engine refuses one so long. */
export function makeNumbers(where: string, argument: string, length: number): Float64Array {
  try {
    return new Float64Array(length);
  } catch (cause) {
    throw new DownhillError("OUT_OF_MEMORY", `${where}: ${argument} needs ${length} numbers`, {
      hint: "ask for less, or split the problem",
      details: { requested: 8 * length },
      cause,
    });
  }
}

/** Whether memory of one lies in the other's. */
export const overlaps = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  ArrayBuffer.isView(a) &&
  ArrayBuffer.isView(b) &&
  a.buffer === b.buffer &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength;
