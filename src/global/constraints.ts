// Nonlinear constraints of a global search: what they are at each point of a generation, and the one number by which points are ranked:
// K. Deb, Comput. Methods Appl. Mech. Engrg. 186 (2000) 311, equation 4: a feasible point goes before any that is not, of two
// feasible ones the lower value, of two others the smaller sum of violations.

import { log } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { checkKeys, optionError } from "../runtime/options.js";
import { forget, isPromise } from "../runtime/promises.js";
import { checkWhole, UNWRITTEN } from "../runtime/unwritten.js";
import { rankOf } from "./ranking.js";
import { pack, unpack } from "./saving.js";

/** More constraints are no count that anybody means. */
const MOST = 2 ** 24;

/** Several constraint functions at once. Vectors are borrowed for the call. */
export interface GlobalConstraintParts<X = Float64Array> {
  /** How many functions these are. */
  count: number;
  /** Fills `out` (count). */
  fun: (x: X, out: Float64Array) => unknown;
}

/** As in minimizeConstrained: several functions at once, or an array of functions. */
export type GlobalConstraint<X = Float64Array> = GlobalConstraintParts<X> | readonly ((x: X) => number)[];

/** Keys of points that are not feasible lie above this, and so above every value. */
export const INFEASIBLE = 1e300;

/** The violation's logarithm, from -745 to 710, onto [INFEASIBLE, 2 INFEASIBLE]: it ranks as the violation does. */
const infeasibleKey = (violation: number): number => INFEASIBLE * (1 + (log(violation) + 750) / 1500);

interface Group {
  readonly name: string;
  readonly first: number;
  readonly count: number;
  readonly parts: GlobalConstraintParts<never> | null;
  readonly functions: readonly ((x: never) => unknown)[];
}

export class Constraints {
  /** Functions in all; the equalities come first. */
  readonly count: number;
  readonly equalities: number;
  /** A violation up to this is none. */
  readonly tolerance: number;
  /** Values of the generation's rows, count each. */
  c = new Float64Array(0);
  readonly #where: string;
  readonly #groups: readonly Group[];
  /** The largest violation of each in the first generation: what its violations are divided by. */
  readonly #scale: Float64Array;
  #scaled = false;
  /** Some point has satisfied them. */
  met = false;

  constructor(where: string, equality: unknown, inequality: unknown, tolerance: number) {
    this.#where = where;
    const eq = readGroup(where, "equality", equality, 0);
    const ineq = readGroup(where, "inequality", inequality, eq.count);
    this.#groups = [eq, ineq];
    this.equalities = eq.count;
    this.count = eq.count + ineq.count;
    this.tolerance = tolerance;
    this.#scale = new Float64Array(this.count).fill(1);
  }

  /** Room for so many rows. */
  begin(rows: number): void {
    if (this.c.length < rows * this.count) this.c = new Float64Array(rows * this.count);
    this.c.fill(NaN, 0, rows * this.count);
  }

  /** The constraints at x, into row `row`. */
  measure(x: never, row: number): void {
    const start = row * this.count;
    for (const { name, first, count, parts, functions } of this.#groups) {
      if (parts) {
        const out = this.c.subarray(start + first, start + first + count).fill(UNWRITTEN);
        const done = parts.fun(x, out);
        if (isPromise(done)) throw this.#refuse(`${name}.fun returned a Promise`, done);
        checkWhole(this.#where, `${name}.fun`, out);
      }
      functions.forEach((f, i) => {
        const value = f(x);
        if (typeof value !== "number")
          throw this.#refuse(`${name}[${i}] must return a number, got ${quote(value)}`, value);
        this.c[start + first + i] = value;
      });
    }
  }

  #refuse(why: string, value: unknown): DownhillError {
    if (isPromise(value)) forget(value);
    return new DownhillError("CALLBACK_RESULT", `${this.#where}: ${why}`, { details: { value } });
  }

  /** By how much one of them is violated: |c| of an equality, -c of an inequality c >= 0; Infinity where it is no number. */
  violation(row: number, i: number): number {
    const c = this.c[row * this.count + i]!;
    if (c - c !== 0 && !(c === Infinity && i >= this.equalities)) return Infinity;
    return i < this.equalities ? Math.abs(c) : Math.max(0, -c);
  }

  /** The largest violation of a row. */
  worst(row: number): number {
    let most = 0;
    for (let i = 0; i < this.count; i++) most = Math.max(most, this.violation(row, i));
    return most;
  }

  /** What the row ranks by as the best of all: as `key`, but the largest violation counts. */
  claim(row: number, f: number): number {
    const worst = this.worst(row);
    this.met ||= worst <= this.tolerance;
    return worst <= this.tolerance ? rankOf(f) : worst < Infinity ? infeasibleKey(worst) : Infinity;
  }

  /** After the first generation: the units of the sum of violations. */
  learn(rows: number): void {
    if (this.#scaled) return;
    this.#scaled = true;
    for (let i = 0; i < this.count; i++) {
      let most = 0;
      for (let k = 0; k < rows; k++) {
        const v = this.violation(k, i);
        if (v < Infinity) most = Math.max(most, v);
      }
      if (most > 0) this.#scale[i] = most;
    }
  }

  /** What the row ranks by, with the value f. */
  key(row: number, f: number): number {
    if (this.worst(row) <= this.tolerance) return rankOf(f);
    let sum = 0;
    for (let i = 0; i < this.count; i++) {
      const v = this.violation(row, i);
      if (v > this.tolerance) sum += v / this.#scale[i]!;
    }
    return sum < Infinity ? infeasibleKey(sum) : Infinity;
  }

  save(): string {
    return pack(this.#scale, [Number(this.#scaled), Number(this.met)]);
  }

  restore(saved: unknown): boolean {
    const flags = new Float64Array(2);
    const whole = unpack(saved, this.#scale, flags);
    this.#scaled = flags[0] === 1;
    this.met = flags[1] === 1;
    return whole;
  }
}

function readGroup(where: string, name: "equality" | "inequality", given: unknown, first: number): Group {
  const expected = "{ count, fun(x, out) } or an array of functions of x";
  if (given === undefined) return { name, first, count: 0, parts: null, functions: [] };
  if (typeof given === "function")
    throw new DownhillError("OPTION", `${where}: ${name} must be ${expected}, got a function`, {
      hint: `write ${name}: [c]`,
      details: { option: name, value: given },
    });
  if (typeof given !== "object" || given === null) throw optionError(where, name, given, expected);
  if (Array.isArray(given)) {
    given.forEach((f, i) => {
      if (typeof f !== "function") throw optionError(where, `${name}[${i}]`, f, "a function");
    });
    return { name, first, count: given.length, parts: null, functions: given.slice() };
  }
  checkKeys(`${where}: ${name}`, given, ["count", "fun", "jacobian", "hess", "hessVec"]);
  const { count, fun } = given as GlobalConstraintParts;
  if (!Number.isInteger(count) || count < 0 || count > MOST)
    throw optionError(where, `${name}.count`, count, "an integer >= 0 and <= 2^24");
  if (typeof fun !== "function") throw optionError(where, `${name}.fun`, fun, "a function");
  return { name, first, count, parts: given as GlobalConstraintParts<never>, functions: [] };
}
