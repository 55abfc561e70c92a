// What the result of minimize or minimizeConstrained claims, recomputed from the functions alone: value, feasibility, the gradient of the
// Lagrangian, complementarity, and whether a lower point lies beside it.

import type { Objective, ObjectiveParts } from "../../minimize/objective.js";
import { MATTERS } from "../../minimize/solve.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { booleanOption, checkFinite, checkKeys, numberOption } from "../../runtime/options.js";
import { ExactSum } from "../exact-sum.js";
import { transposed } from "../program.js";
import { type CompiledProgram, isCompiledProgram } from "./compiled.js";
import { beside } from "./lower-beside.js";
import { negative } from "./negative.js";
import {
  type Constraint,
  type LinearRows,
  type NonlinearProgram,
  readProgram,
  type SparseObjective,
} from "./problem.js";
import { evaluation, gradientOf, jacobianAt, rowsAt } from "./recompute.js";

/** A problem as `minimizeConstrained` takes it, in one object. */
export interface NonlinearProblem {
  f: Objective | SparseObjective;
  equality?: Constraint | undefined;
  inequality?: Constraint | undefined;
  linear?: LinearRows | undefined;
  bounds?: { lower?: number | ArrayLike<number>; upper?: number | ArrayLike<number> } | undefined;
  /** The result is a maximum of f; its multipliers belong to the minimisation of -f. */
  maximize?: boolean | undefined;
}

/** A point with what it says about itself, of any solver. */
export interface PointClaim {
  readonly status: string;
  readonly x: ArrayLike<number>;
  readonly fun?: number | undefined;
  /** It is a maximum, as results of `minimize` say; `maximize` of the problem goes first. */
  readonly maximize?: boolean | undefined;
  /** What it was solved to. */
  readonly tolerance?: number | undefined;
  /** Signs as in `minimizeConstrained`. Left out: none, so nothing may bind. */
  readonly multipliers?:
    | {
        readonly equality?: ArrayLike<number> | undefined;
        readonly inequality?: ArrayLike<number> | undefined;
        readonly linear?: ArrayLike<number> | undefined;
      }
    | undefined;
}

export interface PointVerification {
  /**
   * The claim holds: "converged" with all measures within the tolerance, and no lower feasible point found beside it. Up to 100 variables it is
   * looked for along negative curvature of the Lagrangian on what binds (`found` is then "no minimum").
   */
  readonly ok: boolean;
  /** Why not. */
  readonly why?: string;
  readonly status: {
    readonly claimed: string;
    readonly found: "stationary" | "not stationary" | "no minimum" | "infeasible";
  };
  /** Largest violation of a row or bound over max(1, |side|). */
  readonly primal: number;
  /**
   * Largest |grad f - J'y - z|, where z is implied: it is the rest that points to a bound, where its product with the distance is small. `dual`
   * is over the larger of max(|f|, 1) / max(|x_j|, 1) and what cancels in its component, |grad f|_j + (|J|'|y|)_j; of a function alone over 1,
   * where that is larger and the slope changes f by no more than 1e-5 of itself over the size of x.
   */
  readonly stationarity: number;
  readonly dual: number;
  /** Largest |multiplier| times distance from its side, over the terms of both, each at least 1; a wrong sign counts in full. */
  readonly complementarity: number;
  /** Sum |multiplier x distance from its side| over max(1, |f|), bounds included; a multiplier of the wrong sign counts with its size. */
  readonly gap: number;
  readonly fun: number;
}

/** Steps to look for a lower point, over max(|x_j|, 1). */
const BESIDE = 1e-4;
/** Steps to see how much f changes at all, and what counts as much. */
const AROUND = 0.1;
const LOOKS = 50;
const LARGE = 100;

function problemOf(given: unknown, claim: PointClaim): { f: unknown; o: object; maximize: boolean } {
  if (isCompiledProgram(given)) {
    const { objective, equality, inequality, linear, bounds, maximize }: CompiledProgram = given;
    return { f: objective, o: { equality, inequality, linear, bounds }, maximize };
  }
  if (typeof given === "object" && given !== null && "f" in given && !("fun" in given)) {
    checkKeys("verify: problem", given, ["f", "equality", "inequality", "linear", "bounds", "maximize"]);
    const { f, maximize = claim.maximize ?? false, ...o } = given as NonlinearProblem;
    return {
      f: booleanOption("verify: problem", "maximize", maximize, false) ? negative(f) : f,
      o,
      maximize,
    };
  }
  const maximize = claim.maximize === true;
  return { f: maximize ? negative(given) : given, o: {}, maximize };
}

/** See `verify`. */
export function verifyPoint(given: unknown, claim: PointClaim, o: { tolerance?: number | undefined } = {}) {
  checkKeys("verify", o, ["tolerance"]);
  const usual = Math.max(
    1e-6,
    numberOption("verify", "tolerance of the claim", claim.tolerance, 1e-6, { min: 0 }),
  );
  const tolerance = numberOption("verify", "tolerance", o.tolerance, usual, { min: 0 });
  const { f, o: parts, maximize } = problemOf(given, claim);
  const x = copyNumbers("verify", "x", claim.x);
  checkFinite("verify", "x", x);
  const p = readProgram("verify", f, x, parts);
  const { n, m } = p;
  const value = evaluation(p.objective as ObjectiveParts);
  const fun = value(x);
  const g = gradientOf(p.objective as ObjectiveParts, value, x, p);
  const c = rowsAt(p, x);
  const values = jacobianAt(p, x);
  const columns = transposed({ rows: m, cols: n, rowPtr: p.rowPtr, colIdx: p.colIdx, values });
  const y = multipliersOf(p, claim);
  const size = Math.max(unitOf(p, value, x, fun), Math.abs(fun));
  let primal = 0;
  const miss = (v: number, lo: number, up: number) => {
    if (v >= lo && v <= up) return;
    const side = v < lo ? lo : up;
    // A value that is not finite is no value.
    const by = Number.isFinite(v) ? Math.abs(v - side) / Math.max(1, Math.abs(side)) : Infinity;
    primal = Math.max(primal, by);
  };
  let [gap, complementarity] = [0, 0];
  for (let i = 0; i < m; i++) {
    const [lo, up, v] = [p.rowLower[i]!, p.rowUpper[i]!, c[i]!];
    miss(v, lo, up);
    if (y[i] === 0 || lo === up) continue;
    const side = y[i]! > 0 ? lo : up;
    const own = Math.min(1, Math.abs(y[i]!));
    if (Math.abs(side) === Infinity) {
      gap += Math.abs(y[i]!);
      complementarity = Math.max(complementarity, own);
      continue;
    }
    let terms = Math.max(1, Math.abs(side));
    for (let k = p.rowPtr[i]!; k < p.rowPtr[i + 1]!; k++)
      terms = Math.max(terms, Math.abs(values[k]! * x[p.colIdx[k]!]!));
    gap += Math.abs(y[i]! * (v - side));
    complementarity = worse(complementarity, (own * Math.abs(v - side)) / terms);
  }
  let stationarity = 0;
  let dual = 0;
  const excused = new Float64Array(n);
  const z = new Float64Array(n);
  const sum = new ExactSum();
  for (let j = 0; j < n; j++) {
    miss(x[j]!, p.lower[j]!, p.upper[j]!);
    sum.clear().add(g[j]!);
    let cancels = 0;
    for (let k = columns.rowPtr[j]!; k < columns.rowPtr[j + 1]!; k++) {
      const [a, v] = [columns.values[k]!, y[columns.colIdx[k]!]!];
      sum.addProduct(-a, v);
      cancels += Math.abs(a * v);
    }
    const r = sum.value;
    const bound = r > 0 ? p.lower[j]! : p.upper[j]!;
    const free = Math.abs(bound) === Infinity;
    const product = free ? Infinity : Math.abs(r * (x[j]! - bound));
    const own = Math.max(1, cancels + Math.abs(g[j]!));
    const distance = Math.abs(x[j]! - bound) / Math.max(1, Math.abs(bound), Math.abs(x[j]!));
    const apart = free ? Infinity : (Math.abs(r) / own) * distance;
    if (cancels > 0) cancels += Math.abs(g[j]!);
    const unit = size / Math.max(Math.abs(x[j]!), 1);
    // What minimize claims of a function alone.
    const plain = m === 0 && Math.abs(r) <= MATTERS * unit ? 1 : 0;
    const relative = Math.abs(r) / Math.max(unit, cancels, plain);
    if (!(relative <= tolerance) && product <= tolerance * size && apart <= tolerance) {
      excused[j] = product;
      z[j] = r;
      gap += product;
      complementarity = Math.max(complementarity, apart);
      continue;
    }
    if (!(Math.abs(r) <= stationarity)) stationarity = Math.abs(r);
    if (!(relative <= dual)) dual = relative;
  }
  gap /= size;
  const lower =
    m === 0 ? lowerBeside(p, value, x, fun, (j) => 1e-3 * tolerance * size + 2 * excused[j]!) : null;
  const fits = primal <= tolerance && dual <= tolerance && gap <= tolerance && complementarity <= tolerance;
  const curved = fits && !lower ? beside(p, x, y, z, fun - 1e-3 * tolerance * size) : "minimum";
  const found = !(primal <= tolerance)
    ? "infeasible"
    : fits && !lower && curved === "minimum"
      ? "stationary"
      : "not stationary";
  const sign = maximize ? -1 : 1;
  const claimed = claim.fun === undefined ? undefined : sign * claim.fun;
  const why =
    claim.status !== "converged"
      ? `status ${claim.status} claims nothing`
      : found === "infeasible"
        ? `a row or bound is violated by ${primal}, relatively`
        : !(dual <= tolerance)
          ? `the gradient of the Lagrangian is ${stationarity}`
          : !(gap <= tolerance && complementarity <= tolerance)
            ? `multipliers and distances from their sides do not fit: ${Math.max(gap, complementarity)}`
            : lower
              ? `f is ${sign * lower.fun} at a step of ${lower.step} in x[${lower.index}], ${maximize ? "higher" : "lower"} than ${sign * fun}`
              : curved !== "minimum"
                ? `it is no minimum: ${
                    curved === "saddle"
                      ? "the Lagrangian curves downwards along what binds"
                      : `f is ${sign * curved.fun} at [${Array.from(curved.x, (v) => v.toPrecision(6)).join(", ")}], which is feasible`
                  }`
                : claimed !== undefined && !(Math.abs(claimed - fun) <= tolerance * size)
                  ? `f is ${sign * fun}, not ${claim.fun}`
                  : undefined;
  return {
    ok: why === undefined,
    ...(why === undefined ? {} : { why }),
    status: { claimed: claim.status, found: fits && curved !== "minimum" ? "no minimum" : found },
    primal,
    stationarity,
    dual,
    complementarity,
    gap,
    fun: sign * fun,
  } satisfies PointVerification as PointVerification;
}

/** The larger, NaN being the largest of all. */
const worse = (most: number, v: number): number => (v <= most ? most : v);

function multipliersOf(p: NonlinearProgram, { multipliers = {} }: PointClaim): Float64Array {
  const y = new Float64Array(p.m);
  const take = (name: "equality" | "inequality" | "linear", first: number, count: number) => {
    const given = multipliers[name];
    if (given === undefined) return;
    if (given.length !== count)
      throw new DownhillError(
        "SHAPE",
        `verify: multipliers.${name} has length ${quote(given.length)}, expected ${count}`,
        {
          details: { argument: `multipliers.${name}`, length: given.length, expected: count },
        },
      );
    y.set(Array.from(given), first);
  };
  take("equality", 0, p.equalities);
  take("inequality", p.equalities, p.nonlinear - p.equalities);
  take("linear", p.nonlinear, p.m - p.nonlinear);
  return y;
}

/**
 * The size of f that counts as 1: 1, unless f changes by less over max(1, |x_j|) in every variable, or by more than 100 over a tenth of that; so
 * a claim does not depend on the unit of f.
 */
function unitOf(
  p: NonlinearProgram,
  value: (x: Float64Array) => number,
  x: Float64Array,
  fun: number,
): number {
  const change = (share: number): number => {
    let most = 0;
    const every = Math.ceil(p.n / LOOKS);
    for (let j = 0; j < p.n; j += every)
      for (const step of [share, -share]) {
        const to = x.slice();
        to[j] = Math.min(p.upper[j]!, Math.max(p.lower[j]!, x[j]! + step * Math.max(1, Math.abs(x[j]!))));
        const by = Math.abs(value(to) - fun);
        if (by < Infinity) most = Math.max(most, by);
      }
    return most;
  };
  const wide = change(1);
  return wide > 0 && wide < 1 ? wide : Math.max(1, change(AROUND) / LARGE);
}

/** A point beside x along an axis that is lower by more than is allowed there: x is a saddle or a maximum. */
function lowerBeside(
  p: NonlinearProgram,
  value: (x: Float64Array) => number,
  x: Float64Array,
  fun: number,
  allowed: (j: number) => number,
): { index: number; step: number; fun: number } | null {
  for (let j = 0; j < p.n; j++) {
    for (const sign of [1, -1]) {
      const to = x.slice();
      to[j] = Math.min(
        p.upper[j]!,
        Math.max(p.lower[j]!, x[j]! + sign * BESIDE * Math.max(1, Math.abs(x[j]!))),
      );
      const there = value(to);
      if (there < fun - allowed(j)) return { index: j, step: to[j]! - x[j]!, fun: there };
    }
  }
  return null;
}
