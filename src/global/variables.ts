// The variables of a global search: a box of numbers, of which some may be integers, logarithmic or choices. A search works in the
// unit cube of those that are not fixed; here a point of the cube becomes the user's, and the reverse.

import { checkBounds } from "../driver/bounds.js";
import { exp, log } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import {
  checkArray,
  checkFinite,
  checkKeys,
  isArrayLike,
  isRecord,
  optionError,
} from "../runtime/options.js";

export interface GlobalBox {
  lower: ArrayLike<number>;
  upper: ArrayLike<number>;
  /** Indices of variables that take whole numbers only. */
  integer?: readonly number[] | undefined;
  /** Indices of variables that are searched by their logarithm; their bounds are above 0. */
  log?: readonly number[] | undefined;
  /** By index: what a variable chooses among. x holds the index of the choice; the bounds of the variable do not matter. */
  choices?: Readonly<Record<number, readonly unknown[]>> | undefined;
}

/** One variable by name: two bounds, or choices. */
export interface Variable {
  lower?: number | undefined;
  upper?: number | undefined;
  integer?: boolean | undefined;
  log?: boolean | undefined;
  choices?: readonly unknown[] | undefined;
}

/** Variables by name: the function is given an object of values by the same names. */
export type NamedBox = Readonly<Record<string, Variable>>;

export type Values = Record<string, unknown>;

const REAL = 0;
const INTEGER = 1;
const LOG = 2;
const LOG_INTEGER = 3;

export class Variables {
  /** Variables of the user, and those of them that are not fixed. */
  readonly count: number;
  readonly free: Int32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Equal cells of each free variable; 0 for one that is continuous, or in cells that are not equal. */
  readonly cells: Int32Array;
  readonly smooth: boolean;
  /** Null where the box is of numbers. */
  readonly names: readonly string[] | null;
  readonly #where: string;
  readonly #kind: Uint8Array;
  readonly #choices: (readonly unknown[] | undefined)[];
  /** Logarithms of the ends of logarithmic variables. */
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(where: string, box: unknown) {
    this.#where = where;
    const given = readBox(where, box);
    const n = given.variables.length;
    this.names = given.names;
    this.count = n;
    this.lower = new Float64Array(n);
    this.upper = new Float64Array(n);
    this.#kind = new Uint8Array(n);
    this.#low = new Float64Array(n);
    this.#high = new Float64Array(n);
    this.#choices = given.variables.map(({ choices }) => choices);
    given.variables.forEach((variable, j) => {
      this.#read(variable, j, given.names?.[j] ?? String(j));
    });
    this.free = Int32Array.from({ length: n }, (_, j) => j).filter((j) => this.lower[j]! < this.upper[j]!);
    this.cells = this.free.map((j) => (this.#kind[j] === INTEGER ? this.upper[j]! - this.lower[j]! + 1 : 0));
    this.smooth = this.free.every((j) => this.#kind[j] === REAL || this.#kind[j] === LOG);
  }

  #read({ lower, upper, integer, log: logarithmic, choices }: Variable, j: number, name: string): void {
    const where = this.#where;
    const refuse = (why: string) =>
      new DownhillError("OPTION", `${where}: ${why}`, { details: { option: "bounds", index: j } });
    if (choices !== undefined) {
      if (!Array.isArray(choices) || choices.length === 0)
        throw optionError(where, `choices of ${name}`, choices, "an array of at least one value");
      this.upper[j] = choices.length - 1;
      this.#kind[j] = INTEGER;
      return;
    }
    for (const [side, value] of [
      ["lower", lower],
      ["upper", upper],
    ] as const) {
      if (typeof value === "number" && Number.isFinite(value)) continue;
      throw new DownhillError(
        "NON_FINITE_INPUT",
        `${where}: ${this.names ? `${side} of ${name}` : `${side}[${name}]`} must be a finite number, got ${quote(value)}`,
        {
          hint: "a global search needs finite bounds for every variable",
          details: { argument: side, index: j, value },
        },
      );
    }
    let [low, high] = [lower!, upper!];
    if (low > high) throw refuse(`lower[${name}] = ${low} is not <= upper[${name}] = ${high}`);
    if (high - low === Infinity) throw refuse(`the width of variable ${name} is not a finite number`);
    if (integer) {
      const whole = [Math.ceil(low), Math.floor(high)] as const;
      if (whole[0] > whole[1])
        throw refuse(`no whole number lies between ${low} and ${high}, the bounds of variable ${name}`);
      [low, high] = whole;
    }
    if (logarithmic && !(low > 0))
      throw refuse(`lower[${name}] = ${low} is not > 0, but the variable is logarithmic`);
    this.lower[j] = low;
    this.upper[j] = high;
    this.#kind[j] = (integer ? INTEGER : REAL) + (logarithmic ? LOG : 0);
    if (logarithmic) {
      this.#low[j] = log(integer ? low - 0.5 : low);
      this.#high[j] = log(integer ? high + 0.5 : high);
    }
  }

  get n(): number {
    return this.free.length;
  }

  /** The point in row `row` of `points`, to `out`, all of the user's variables. */
  decode(points: ArrayLike<number>, row: number, out: Float64Array): void {
    const { free, lower, upper } = this;
    if (free.length < lower.length) out.set(lower);
    const start = row * free.length;
    for (let k = 0; k < free.length; k++) {
      const j = free[k]!;
      const u = points[start + k]!;
      const low = lower[j]!;
      const high = upper[j]!;
      const kind = this.#kind[j];
      const x = kind === REAL ? low + u * (high - low) : this.#value(j, u);
      out[j] = u === 1 || x > high ? high : x < low ? low : x;
    }
  }

  /** Rows first to first + count - 1 of `points`, column by column: variable j of row k to out[j * stride + k - first]. */
  decodeColumns(
    points: ArrayLike<number>,
    first: number,
    count: number,
    stride: number,
    out: Float64Array,
  ): void {
    const { free, lower, upper } = this;
    if (free.length < lower.length)
      for (let j = 0; j < lower.length; j++) out.fill(lower[j]!, j * stride, j * stride + count);
    for (let k = 0; k < free.length; k++) {
      const j = free[k]!;
      const low = lower[j]!;
      const high = upper[j]!;
      const real = this.#kind[j] === REAL;
      const end = j * stride + count;
      for (let at = j * stride, i = first * free.length + k; at < end; at++, i += free.length) {
        const u = points[i]!;
        const x = real ? low + u * (high - low) : this.#value(j, u);
        out[at] = u === 1 || x > high ? high : x < low ? low : x;
      }
    }
  }

  /** A variable of another kind than real where the cube has u. */
  #value(j: number, u: number): number {
    const kind = this.#kind[j];
    if (kind === INTEGER) return this.lower[j]! + Math.floor(u * (this.upper[j]! - this.lower[j]! + 1));
    const x = exp(this.#low[j]! + u * (this.#high[j]! - this.#low[j]!));
    return kind === LOG_INTEGER ? Math.round(x) : x;
  }

  /** The point of the cube that becomes x; OPTION where x lies outside. */
  encode(name: string, given: ArrayLike<number>): Float64Array {
    const where = this.#where;
    const x = copyNumbers(where, name, given, this.count);
    checkFinite(where, name, x);
    for (let j = 0; j < this.count; j++) {
      if (x[j]! >= this.lower[j]! && x[j]! <= this.upper[j]!) continue;
      throw new DownhillError(
        "OPTION",
        `${where}: ${name}[${j}] = ${x[j]} is outside [${this.lower[j]}, ${this.upper[j]}]`,
        { details: { option: name, index: j } },
      );
    }
    return Float64Array.from(this.free, (j) => {
      const [low, high] = [this.lower[j]!, this.upper[j]!];
      const kind = this.#kind[j];
      if (kind === REAL) return (x[j]! - low) / (high - low);
      if (kind === INTEGER) return (x[j]! - low + 0.5) / (high - low + 1);
      return (log(x[j]!) - this.#low[j]!) / (this.#high[j]! - this.#low[j]!);
    });
  }

  /** The cube's size of `size` in each variable: a number or one for each; of a logarithmic one in units of ln x. */
  units(name: string, size: number | ArrayLike<number>): Float64Array {
    const where = this.#where;
    const n = this.count;
    const each =
      typeof size === "number" ? new Float64Array(n).fill(size) : copyNumbers(where, name, size, n);
    return Float64Array.from(this.free, (j) => {
      const value = each[j]!;
      if (!(value > 0 && value < Infinity)) throw optionError(where, name, value, "a finite number > 0");
      const kind = this.#kind[j];
      if (kind === REAL) return value / (this.upper[j]! - this.lower[j]!);
      if (kind === INTEGER) return value / (this.upper[j]! - this.lower[j]! + 1);
      return value / (this.#high[j]! - this.#low[j]!);
    });
  }

  /** x by the names of the box, with each choice itself. */
  named(x: ArrayLike<number>): Values {
    const values: Values = {};
    this.names?.forEach((name, j) => {
      values[name] = this.#choices[j] ? this.#choices[j]![x[j]!] : x[j]!;
    });
    return values;
  }

  /** Changes with whatever a saved state must not be resumed under. */
  get signature(): string {
    return JSON.stringify([
      this.names,
      Array.from(this.lower),
      Array.from(this.upper),
      Array.from(this.#kind),
    ]);
  }

  /** Free variables that a gradient method may move: those that are continuous and not logarithmic. */
  get plain(): Int32Array {
    return this.free.filter((j) => this.#kind[j] === REAL || this.#kind[j] === LOG);
  }
}

function readBox(where: string, box: unknown): { variables: Variable[]; names: string[] | null } {
  if (Array.isArray(box)) checkBounds(where, box);
  if (!isRecord(box))
    throw optionError(where, "bounds", box, "an object { lower: [...], upper: [...] }, or variables by name");
  const given = box as Partial<GlobalBox>;
  const byName = Object.values(box).every((v) => isRecord(v) && !isArrayLike(v));
  if (byName && Object.keys(box).length > 0 && given.lower === undefined)
    return readNamed(where, box as NamedBox);
  const own = /^(lower|upper|integer|log|choices|lb|ub|min|max)$/;
  const pair = Object.keys(box).find((name) => typeof box[name] === "object" && !own.test(name));
  if (pair !== undefined)
    throw optionError(
      where,
      pair,
      box[pair],
      "a variable { lower, upper }",
      `write { ${pair}: { lower: 0, upper: 1 } }`,
    );
  checkBounds(where, box, ["lower", "upper", "integer", "log", "choices"]);
  checkArray(where, "lower", given.lower);
  const n = given.lower.length;
  checkArray(where, "upper", given.upper, n);
  if (n === 0) throw new DownhillError("SHAPE", `${where}: lower is empty, there is nothing to search`);
  const variables = Array.from(
    { length: n },
    (_, j): Variable => ({ lower: given.lower![j], upper: given.upper![j] }),
  );
  const at = (name: "integer" | "log" | "choices", index: unknown): Variable => {
    const variable = typeof index === "number" ? variables[index] : undefined;
    if (!variable) throw optionError(where, name, index, `indices of variables, from 0 to ${n - 1}`);
    return variable;
  };
  for (const name of ["integer", "log"] as const) {
    const list: unknown = given[name] ?? [];
    if (!Array.isArray(list)) throw optionError(where, name, list, "an array of indices of variables");
    for (const index of list) at(name, index)[name] = true;
  }
  const { choices = {} } = given;
  if (!isRecord(choices) && !Array.isArray(choices))
    throw optionError(where, "choices", choices, "lists by index of the variable: { 0: [...] }");
  for (const [key, values] of Object.entries(choices))
    at("choices", /^\d+$/.test(key) ? Number(key) : key).choices = values;
  return { variables, names: null };
}

function readNamed(where: string, box: NamedBox): { variables: Variable[]; names: string[] } {
  const names = Object.keys(box);
  for (const name of names)
    checkKeys(`${where}: ${name}`, box[name]!, ["lower", "upper", "integer", "log", "choices"], {
      bounds: "write { lower: 0, upper: 1 }",
    });
  return { variables: names.map((name) => box[name]!), names };
}
