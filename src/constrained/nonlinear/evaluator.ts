// Values, first and second derivatives of a nonlinear program: the calls that a method asks for, each counted, with
// differences where the user gives no derivative. Everything is scaled by powers of two chosen at the start.

import {
  type DifferenceMemory,
  differenceCost,
  differences,
  forget,
  newMemory,
} from "../../driver/differences.js";
import type { Watch } from "../../driver/watch.js";
import { checkFilled, checkValue } from "../../minimize/objective.js";
import { checkWhole, checkWritten, UNWRITTEN } from "../../runtime/unwritten.js";
import { newPoint, type Point } from "./point.js";
import type { NonlinearProgram } from "./problem.js";
import { SecondDerivatives } from "./second-derivatives.js";

/** A walk through callbacks (driver/walk.ts): false where it was interrupted between two of them. */
export type Walk = Generator<unknown, boolean, unknown>;

/** The power of two nearest below v, for 2^-500 < v < 2^500. */
function powerBelow(v: number): number {
  let p = 1;
  while (p > v) p /= 2;
  while (2 * p <= v) p *= 2;
  return p;
}

/** Largest derivative that is left as it is (Waechter and Biegler 2006, section 3.8). */
const LARGEST_DERIVATIVE = 100;
/** A row is small where its value, its finite sides and its slopes over max(1, |x_j|) are below this; below the other it is rounding. */
const SMALL_ROW = 1e-2;
const LEAST_ROW = 1e-13;
const EPSILON = 2.220446049250313e-16;
/** Of the largest size of a row along the run: it counts for differences as so much at least. */
const LEAST_SIZE = 1e-4;

/** Every first and second derivative is the user's own. */
export const knowsSecond = ({ objective, groups }: NonlinearProgram): boolean =>
  (objective.grad ?? objective.funGrad) !== undefined &&
  (objective.hess ?? objective.hessVec) !== undefined &&
  groups.every(({ parts }) => parts?.jacobian && (parts.hess ?? parts.hessVec));

export class Evaluator {
  readonly program: NonlinearProgram;
  readonly counts: Watch;
  /** f comes as fScale f, row i as rowScale[i] c_i. */
  fScale = 1;
  readonly rowScale: Float64Array;
  /** Derivatives of the objective, of every row, and second ones, are the user's own. */
  readonly exactGradient: boolean;
  readonly exactFirst: boolean;
  readonly exactSecond: boolean;
  /** Where to evaluate. */
  at: Point;
  /** Of the Hessian: the multipliers of the rows, scaled as they are; the weight of f. */
  readonly weights: Float64Array;
  objectiveWeight = 1;
  /** The Hessian of weight f - sum weights_i c_i: n*n, or the entries of the program's pattern. */
  get H(): Float64Array {
    return this.#second.H;
  }
  readonly central: boolean;
  /** How well differences know the derivative by each variable, of f and of a row of the same size: times |value|. */
  readonly blur: Float64Array;
  readonly #where: string;
  readonly #x: Float64Array;
  readonly #second: SecondDerivatives;
  readonly #own: Float64Array;
  /** For differences: values at the point and at one and two steps, of what has no derivative. */
  readonly #rows: Int32Array;
  readonly #r: Float64Array;
  readonly #D: Float64Array;
  readonly #space: { x: Float64Array; a: Float64Array; b: Float64Array };
  readonly #memory: DifferenceMemory;
  readonly #units: Float64Array;
  /** The largest size of each along the run. */
  readonly #sizes: Float64Array;
  readonly #probeRows: Float64Array;
  readonly #differenced: boolean;
  #scaled = false;
  /** Noise beyond rounding, as it was heard: of f and of each row, scaled as they are. */
  noise = 0;
  readonly rowNoises: Float64Array;

  constructor(program: NonlinearProgram, counts: Watch, central: boolean) {
    const { n, m, objective, groups } = program;
    this.#where = counts.where;
    this.program = program;
    this.counts = counts;
    this.central = central;
    this.rowScale = new Float64Array(m).fill(1);
    this.exactGradient = (objective.grad ?? objective.funGrad) !== undefined;
    const free = groups.filter((group) => !group.parts?.jacobian);
    this.exactFirst = this.exactGradient && free.length === 0;
    this.exactSecond = knowsSecond(program);
    this.at = newPoint(0, 0, 0);
    this.weights = new Float64Array(m);
    this.rowNoises = new Float64Array(m);
    this.#second = new SecondDerivatives(this.#where, program, this.exactSecond);
    this.#x = new Float64Array(n);
    this.#own = new Float64Array(m);
    // Row -1 stands for f.
    const rows: number[] = this.exactGradient ? [] : [-1];
    for (const { first, count } of free) for (let i = 0; i < count; i++) rows.push(first + i);
    this.#rows = Int32Array.from(rows);
    this.blur = new Float64Array(n);
    this.#differenced = rows.length > 0;
    const values = () => new Float64Array(rows.length);
    this.#r = values();
    this.#D = new Float64Array(rows.length * n);
    this.#space = { x: new Float64Array(n), a: values(), b: values() };
    this.#memory = newMemory(n, this.#leastSize);
    this.#units = values();
    this.#sizes = values();
    this.#probeRows = new Float64Array(m);
  }

  /** The rows without derivatives. */
  get differencedRows(): readonly number[] {
    return Array.from(this.#rows).filter((i) => i >= 0);
  }

  /** The largest that a row without derivatives, or its terms, have been. */
  sizeOfRow(i: number): number {
    return this.#sizes[this.#rows.indexOf(i)] ?? 0;
  }

  /** The largest error of a slope of f - y'c where noise was heard; else 0. */
  slopeError(y: Float64Array): number {
    let size = 0;
    let heard = 0;
    this.#rows.forEach((i, k) => {
      const price = i < 0 ? 1 : Math.abs(y[i]!);
      heard += price * (i < 0 ? this.noise : this.rowNoises[i]!);
      size += price / this.#units[k]!;
    });
    let worst = 0;
    if (heard > 0) for (const v of this.#memory.errors) worst = Math.max(worst, v);
    return worst * size;
  }

  /** The steps of differences are looked for anew; the last slopes still tell the sizes of the terms of rows that have vanished. */
  forgetSteps(): void {
    forget(this.#memory, this.#leastSize);
    this.#sizes.fill(0);
  }

  /** Rows alone vanish together at a solution, each a sum of terms of the size of its unit, which are rounded. */
  get #leastSize(): number {
    return this.exactGradient ? 1 : NaN;
  }

  /** Evaluations that the derivatives cost at most. */
  get derivativeCost(): number {
    if (this.#differenced) return differenceCost(this.program.n, this.central);
    return this.program.objective.grad ? 0 : 1;
  }

  #input(x: Float64Array): Float64Array {
    this.#x.set(x);
    return this.#x;
  }

  /** f and every row at `at.x`. */
  *values(): Walk {
    const { at } = this;
    this.counts.nfev++;
    at.f = this.fScale * (yield* this.#objective(at));
    yield* this.#constraints(at.x, at.c, true);
    this.#linear(at.x, at.c);
    for (let i = 0; i < at.c.length; i++) at.c[i]! *= this.rowScale[i]!;
    return true;
  }

  *#objective(at: Point): Generator<unknown, number, unknown> {
    const { objective } = this.program;
    if (objective.fun) return checkValue(this.#where, yield objective.fun(this.#input(at.x)));
    this.counts.njev++;
    at.g.fill(UNWRITTEN);
    const value = checkValue(
      this.#where,
      yield (objective.funGrad as (x: Float64Array, out: Float64Array) => unknown)(this.#input(at.x), at.g),
    );
    this.#scaleSlopes("funGrad", at.g);
    return value;
  }

  #scaleSlopes(name: string, g: Float64Array): void {
    checkWhole(this.#where, name, g);
    for (let j = 0; j < g.length; j++) g[j]! *= this.fScale;
  }

  /** Unscaled rows of every group, or only of those without a Jacobian. */
  *#constraints(x: Float64Array, out: Float64Array, all: boolean): Generator<unknown, void, unknown> {
    for (const { name, first, count, parts, functions } of this.program.groups) {
      if (!all && parts?.jacobian) continue;
      if (parts) {
        const own = this.#own.subarray(0, count);
        own.fill(UNWRITTEN);
        checkFilled(this.#where, `${name}.fun`, yield parts.fun(this.#input(x), own));
        checkWhole(this.#where, `${name}.fun`, own);
        out.set(own, first);
      } else {
        for (let i = 0; i < count; i++)
          out[first + i] = checkValue(
            this.#where,
            yield (functions[i] as (x: Float64Array) => unknown)(this.#input(x)),
            `${name}[${i}]`,
          );
      }
    }
  }

  #linear(x: Float64Array, out: Float64Array): void {
    const { m, nonlinear, A, rowPtr, colIdx } = this.program;
    const from = rowPtr[nonlinear]!;
    for (let i = nonlinear; i < m; i++) {
      let s = 0;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) s += A[k - from]! * x[colIdx[k]!]!;
      out[i] = s;
    }
  }

  /** g and J at `at.x`, whose values are known. */
  *derivatives(): Walk {
    const { at, counts } = this;
    const { m, nonlinear, objective, groups, A, rowPtr } = this.program;
    counts.njev++;
    if (objective.grad) {
      at.g.fill(UNWRITTEN);
      checkFilled(this.#where, "grad", yield objective.grad(this.#input(at.x), at.g));
      this.#scaleSlopes("grad", at.g);
    } else if (objective.funGrad && objective.fun) {
      counts.nfev++;
      at.g.fill(UNWRITTEN);
      checkValue(this.#where, yield objective.funGrad(this.#input(at.x), at.g));
      this.#scaleSlopes("funGrad", at.g);
    } else if (objective.funGrad) counts.njev--;
    for (const { name, first, count, parts } of groups) {
      if (!parts?.jacobian) continue;
      const own = at.J.subarray(rowPtr[first]!, rowPtr[first + count]!);
      own.fill(UNWRITTEN);
      checkFilled(this.#where, `${name}.jacobian`, yield parts.jacobian(this.#input(at.x), own));
      checkWritten(this.#where, `${name}.jacobian`, own);
    }
    at.J.set(A, rowPtr[nonlinear]!);
    for (let i = 0; i < m; i++) {
      const s = this.rowScale[i]!;
      if (s !== 1) for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) at.J[k]! *= s;
    }
    return this.#differenced ? yield* this.#differences(at) : true;
  }

  *#differences(at: Point): Walk {
    const { n, lower, upper, rowPtr } = this.program;
    const rows = this.#rows;
    const scale = (i: number): number => (i < 0 ? this.fScale : this.rowScale[i]!);
    // Each row in units of its own size, so that the steps suit the small ones too.
    const units = this.#units;
    rows.forEach((i, k) => {
      const value = i < 0 ? at.f : at.c[i]!;
      let size = Math.abs(value);
      for (let j = 0; j < n; j++) size = Math.max(size, Math.abs(this.#D[k * n + j]! * at.x[j]!));
      if (size < Infinity) this.#sizes[k] = Math.max(size, this.#sizes[k]!);
      // A row and its variables may vanish together at the solution: what is left then is no unit.
      size = Math.max(size, LEAST_SIZE * this.#sizes[k]!);
      units[k] = size > 0 && size < Infinity ? 1 / size : 1;
      this.#r[k] = units[k]! * value;
    });
    const { noises } = this.#memory;
    let heard = 0;
    let whole = 0;
    rows.forEach((i, k) => {
      heard = Math.max(heard, units[k]! * (i < 0 ? this.noise : this.rowNoises[i]!));
      whole += this.#r[k]! * this.#r[k]!;
    });
    // Of what the values count as.
    const counted = Math.max(Math.sqrt(whole), this.#leastSize || 0);
    if (heard > 0 && counted > 0)
      for (let j = 0; j < n; j++) noises[j] = Math.max(noises[j]!, heard / counted);
    const space = this.#space;
    const box = { lower, upper };
    for (const out of differences(at.x, this.#r, this.#D, this.central, box, this.#memory, space)) {
      if (!this.program.journal?.replaying && this.counts.before(1)) return false;
      this.counts.nfev++;
      let from = 0;
      if (rows[0] === -1) {
        const fun = this.program.objective.fun as (x: Float64Array) => unknown;
        out[0] = units[0]! * this.fScale * checkValue(this.#where, yield fun(this.#input(space.x)));
        from = 1;
      }
      yield* this.#constraints(space.x, this.#probeRows, false);
      for (let k = from; k < rows.length; k++)
        out[k] = units[k]! * scale(rows[k]!) * this.#probeRows[rows[k]!]!;
    }
    const { used } = this.#memory;
    for (let j = 0; j < n; j++) this.blur[j] = used[j]! > 0 ? EPSILON / used[j]! : 0;
    rows.forEach((i, k) => {
      const row = this.#D.subarray(k * n, (k + 1) * n);
      for (let j = 0; j < n; j++) row[j]! /= units[k]!;
      if (i < 0) at.g.set(row);
      else at.J.set(row, rowPtr[i]!);
    });
    return true;
  }

  /** H at `at.x` from the user's second derivatives. */
  hessian(): Walk {
    this.counts.nhev++;
    const { at, weights, rowScale, objectiveWeight, fScale } = this;
    return this.#second.fill(at.x, objectiveWeight * fScale, weights, rowScale);
  }

  /**
   * Scales f and rows so that no derivative at the start exceeds 100, and small rows to about 1, and brings `p` to the new scales. `size`: of f, where all that is known
   * of it is smaller than 1. Once in a run.
   */
  chooseScales(p: Point, size = 1): void {
    if (this.#scaled) return;
    this.#scaled = true;
    const { n, m, rowPtr } = this.program;
    const factor = (values: Float64Array, from: number, to: number): number => {
      let big = 0;
      for (let j = from; j < to; j++) big = Math.max(big, Math.abs(values[j]!));
      return big > LARGEST_DERIVATIVE && big < 1e100 ? powerBelow(LARGEST_DERIVATIVE / big) : 1;
    };
    this.fScale = size < 1 ? powerBelow(1 / size) : factor(p.g, 0, n);
    p.f *= this.fScale;
    for (let j = 0; j < n; j++) p.g[j]! *= this.fScale;
    for (let i = 0; i < m; i++) {
      const [from, to] = [rowPtr[i]!, rowPtr[i + 1]!];
      let s = factor(p.J, from, to);
      const size = this.#sizeOf(p, i);
      if (size < SMALL_ROW && size > LEAST_ROW) s = powerBelow(1 / size);
      this.rowScale[i] = s;
      p.c[i]! *= s;
      for (let k = from; k < to; k++) p.J[k]! *= s;
      this.scaledLower[i] = this.program.rowLower[i]! * s;
      this.scaledUpper[i] = this.program.rowUpper[i]! * s;
    }
  }

  /** The largest of the value of an unscaled row, its finite sides and what it changes by over max(1, |x_j|). */
  #sizeOf(p: Point, i: number): number {
    const { rowPtr, colIdx, rowLower, rowUpper } = this.program;
    let size = Math.abs(p.c[i]!);
    for (const side of [rowLower[i]!, rowUpper[i]!])
      if (side - side === 0) size = Math.max(size, Math.abs(side));
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++)
      size = Math.max(size, Math.abs(p.J[k]!) * Math.max(1, Math.abs(p.x[colIdx[k]!]!)));
    return size;
  }

  /** Sides of the scaled rows. */
  get scaledLower(): Float64Array {
    this.#low ??= this.program.rowLower.slice();
    return this.#low;
  }
  get scaledUpper(): Float64Array {
    this.#high ??= this.program.rowUpper.slice();
    return this.#high;
  }
  #low: Float64Array | null = null;
  #high: Float64Array | null = null;
}
