// How good an answer to a convex program is, computed from the program and (x, y) alone: violation, stationarity, complementarity, gap. The
// multipliers of the bounds are implied: z = -(Px + q + A'y). A y with the wrong sign at an infinite side counts as 0, so every error of
// the dual shows as a z that points to an infinite bound, in the complementarity or in the gap. Solvers and `verify` share `judge`.

import type { Program } from "./program.js";

/**
 * Each residual is relative to the terms of its own component: what is large elsewhere excuses nothing. Own terms of a row: its side and its
 * largest |a_ij x_j|; of a column: |q_j|, the largest |P_jk x_k| and |a_ij y_i|; where they cancel, no more than the largest row and x, or
 * the largest q, Px and A'y. At least 1.
 */
export interface Measures {
  /** Largest violation of a row or bound, as it is and over its own terms. */
  readonly violation: number;
  readonly primal: number;
  /** Largest z that points to an infinite bound, as it is and over its own terms. */
  readonly stationarity: number;
  readonly dual: number;
  /** Largest |multiplier| times distance from its side, over the terms of both. */
  readonly complementarity: number;
  /** Objective minus dual objective, over max(1, both sizes). */
  readonly gap: number;
  readonly objective: number;
  readonly dualObjective: number;
}

/** What `judge` needs to know of a point, by whatever arithmetic. */
export interface Products {
  readonly Ax: Float64Array;
  /** Largest |a_ij x_j| of each row. */
  readonly rowTerms: Float64Array;
  readonly Px: Float64Array;
  readonly Aty: Float64Array;
  /** Px + q + A'y. */
  readonly gradient: Float64Array;
  /** Largest |P_jk x_k| and |a_ij y_i| of each column, and the sum of them all. */
  readonly columnTerms: Float64Array;
  readonly columnSums: Float64Array;
}

interface Summing {
  add(v: number): unknown;
  addProduct(a: number, b: number): unknown;
  readonly value: number;
}

/** What rounding leaves of a cancellation of terms of this sum: y and x are rounded themselves. */
const ROUNDING = 4e-16;

/** Sums with the rounding errors carried along (Neumaier 1974). */
export class Sum implements Summing {
  #s = 0;
  #c = 0;

  add(v: number): void {
    const t = this.#s + v;
    this.#c += Math.abs(this.#s) >= Math.abs(v) ? this.#s - t + v : v - t + this.#s;
    this.#s = t;
  }

  addProduct(a: number, b: number): void {
    this.add(a * b);
  }

  get value(): number {
    return this.#s + this.#c;
  }
}

/** y without signs that no side has. */
export function admissible({ l, u }: Program, given: Float64Array, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) {
    const v = given[i]!;
    y[i] = (v > 0 && u[i] === Infinity) || (v < 0 && l[i] === -Infinity) ? 0 : v;
  }
}

/** The measures of x and an admissible y; writes the implied z. */
export function judge(
  p: Program,
  x: Float64Array,
  y: Float64Array,
  z: Float64Array,
  { Ax, rowTerms, Px, Aty, gradient, columnTerms, columnSums }: Products,
  sums: () => Summing,
): Measures {
  const { n, m, q, l, u, lower, upper, constant } = p;
  let most = 1;
  for (let i = 0; i < m; i++) most = Math.max(most, Math.abs(Ax[i]!));
  for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(x[j]!));
  let steepest = 1;
  for (let j = 0; j < n; j++)
    steepest = Math.max(steepest, Math.abs(q[j]!), Math.abs(Px[j]!), Math.abs(Aty[j]!));
  let [violation, primal, stationarity, dual, complementarity] = [0, 0, 0, 0, 0];
  const miss = (v: number, lo: number, up: number, terms: number): void => {
    if (v >= lo && v <= up) return;
    const side = v < lo ? lo : up;
    const by = v < lo ? lo - v : v - up;
    violation = worse(violation, by);
    primal = worse(primal, by / Math.max(1, Math.min(Math.max(terms, Math.abs(side)), most)));
  };
  /** A multiplier with its own size, and the distance from a finite side with its own. */
  const pair = (multiplier: number, size: number, v: number, side: number, terms: number): void => {
    const distance = Math.abs(v - side) / Math.max(1, Math.abs(side), terms);
    complementarity = worse(complementarity, (Math.abs(multiplier) / Math.max(1, size)) * distance);
  };
  const support = sums();
  for (let i = 0; i < m; i++) {
    miss(Ax[i]!, l[i]!, u[i]!, rowTerms[i]!);
    const v = y[i]!;
    if (v === 0) continue;
    const side = v > 0 ? u[i]! : l[i]!;
    support.addProduct(v, side);
    pair(v, Math.abs(v), Ax[i]!, side, rowTerms[i]!);
  }
  const value = sums();
  const curvature = sums();
  for (let j = 0; j < n; j++) {
    miss(x[j]!, lower[j]!, upper[j]!, 0);
    const g = gradient[j]!;
    value.addProduct(q[j]!, x[j]!);
    curvature.addProduct(x[j]! / 2, Px[j]!);
    // What rounding leaves of a cancellation must not meet a large bound.
    const v = Math.abs(g) <= ROUNDING * (columnSums[j]! + Math.abs(q[j]!)) ? 0 : -g;
    z[j] = v;
    if (v === 0) continue;
    const bound = v > 0 ? upper[j]! : lower[j]!;
    const own = Math.max(columnTerms[j]!, Math.abs(q[j]!));
    if (Math.abs(bound) === Infinity) {
      stationarity = worse(stationarity, Math.abs(v));
      dual = worse(dual, Math.abs(v) / Math.max(1, Math.min(own, steepest)));
    } else {
      support.addProduct(v, bound);
      pair(v, own, x[j]!, bound, Math.abs(x[j]!));
    }
  }
  const half = curvature.value;
  value.add(constant);
  value.add(half);
  const objective = value.value;
  const rest = sums();
  rest.add(constant);
  rest.add(-half);
  rest.add(-support.value);
  const dualObjective = rest.value;
  const gap = Math.abs(objective - dualObjective) / Math.max(1, Math.abs(objective), Math.abs(dualObjective));
  return { violation, primal, stationarity, dual, complementarity, gap, objective, dualObjective };
}

/** Room for the vectors of a measure, kept for a whole run. */
export class Meter implements Products {
  readonly program: Program;
  readonly Ax: Float64Array;
  readonly rowTerms: Float64Array;
  readonly Px: Float64Array;
  readonly Aty: Float64Array;
  readonly gradient: Float64Array;
  readonly columnTerms: Float64Array;
  readonly columnSums: Float64Array;
  /** The implied z, and y without its wrong signs. */
  readonly z: Float64Array;
  readonly y: Float64Array;

  constructor(program: Program) {
    const { n, m } = program;
    this.program = program;
    [this.Ax, this.rowTerms, this.y] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
    [this.Px, this.Aty, this.gradient] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    [this.columnTerms, this.columnSums, this.z] = [
      new Float64Array(n),
      new Float64Array(n),
      new Float64Array(n),
    ];
  }

  measure(x: Float64Array, given: Float64Array): Measures {
    const { program, Ax, rowTerms, Px, Aty, gradient, columnTerms, columnSums, y } = this;
    const { n, m, P, q, A } = program;
    admissible(program, given, y);
    Aty.fill(0);
    columnTerms.fill(0);
    columnSums.fill(0);
    for (let i = 0, start = 0; i < m; i++) {
      const end = A.rowPtr[i + 1]!;
      const v = y[i]!;
      let s = 0;
      let terms = 0;
      for (let k = start; k < end; k++) {
        const j = A.colIdx[k]!;
        const a = A.values[k]!;
        const t = a * x[j]!;
        s += t;
        if (Math.abs(t) > terms) terms = Math.abs(t);
        if (v === 0) continue;
        const w = a * v;
        Aty[j] = Aty[j]! + w;
        const size = Math.abs(w);
        columnSums[j] = columnSums[j]! + size;
        if (size > columnTerms[j]!) columnTerms[j] = size;
      }
      Ax[i] = s;
      rowTerms[i] = terms;
      start = end;
    }
    for (let j = 0; j < n; j++) {
      let s = 0;
      if (P) {
        let terms = columnTerms[j]!;
        let sum = 0;
        for (let k = P.rowPtr[j]!; k < P.rowPtr[j + 1]!; k++) {
          const t = P.values[k]! * x[P.colIdx[k]!]!;
          s += t;
          sum += Math.abs(t);
          if (Math.abs(t) > terms) terms = Math.abs(t);
        }
        columnTerms[j] = terms;
        columnSums[j] = columnSums[j]! + sum;
      }
      Px[j] = s;
      gradient[j] = s + q[j]! + Aty[j]!;
    }
    return judge(program, x, y, this.z, this, () => new Sum());
  }
}

/** The larger, NaN being the largest of all. */
export const worse = (most: number, v: number): number => (v <= most ? most : v);

/** Whatever the tolerance, rows, bounds and stationarity are met to this: a larger one is of complementarity and gap. */
export const FEASIBLE = 1e-6;

/** Of violation and stationarity in `worst`, for a tolerance. */
export const weightOf = (tolerance: number): number => Math.max(1, tolerance / FEASIBLE);

/** The largest of the four relative measures, violation and stationarity counted `weight` times: solved where it is within the tolerance. */
export const worst = ({ primal, dual, complementarity, gap }: Measures, weight = 1): number =>
  worse(worse(weight * worse(primal, dual), complementarity), gap);
