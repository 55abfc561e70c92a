// How a solution moves with the data of a smooth program: the implicit function theorem on the sides that bind, one factorisation of the KKT
// matrix and one solve for each datum. A. V. Fiacco, Introduction to Sensitivity and Stability Analysis (1983), chapter 3.

import { ldl } from "../../linalg/ldl.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import type { ObjectiveParts } from "../../minimize/objective.js";
import { DownhillError } from "../../runtime/errors.js";
import { forget, isPromise } from "../../runtime/promises.js";
import { type Side, sideOf } from "../binding-sides.js";
import { largest } from "../program.js";
import { knowsSecond } from "./evaluator.js";
import { differenceRows } from "./extrapolated.js";
import type { NonlinearProgram } from "./problem.js";
import { gradientOf, jacobianAt } from "./recompute.js";
import { densified } from "./sparsity.js";

/** Derivatives of the solution, one column for each datum; the sides that bind are taken to stay. */
export interface ProgramSensitivity {
  /** n x n: d x / d q, where q'x is added to f. */
  readonly q: Matrix<Float64Array>;
  /** n x count: d x / d b, where c(x) = b, and where c(x) >= b; 0 for rows that do not bind. */
  readonly equality: Matrix<Float64Array>;
  readonly inequality: Matrix<Float64Array>;
  /** n x rows: d x / d (the side of the row that binds). */
  readonly linear: Matrix<Float64Array>;
  /** n x n: d x / d (the bound of x_j that binds). */
  readonly bounds: Matrix<Float64Array>;
}

export interface SolvedPoint {
  readonly program: NonlinearProgram;
  readonly x: Float64Array;
  /** Rows, unscaled, and their multipliers: positive at the lower side. */
  readonly c: Float64Array;
  readonly y: Float64Array;
  /** Multipliers of the variables. */
  readonly z: Float64Array;
  readonly maximize: boolean;
  /** In which f is measured. */
  readonly unit: number;
}

/** A slope is measured in this share of sqrt(unit of f x curvature): the slope of a parabola where it is as high as the unit. */
const SHARE = 0.1;
const LARGEST = 2000;
/** Below this the matrix counts as singular. */
const LEAST_RCOND = 1e-14;

const unsupported = (why: string, hint?: string): DownhillError =>
  new DownhillError("UNSUPPORTED", `sensitivity: ${why}`, hint ? { hint } : {});

/** Functions that answer at once. */
function synchronous<T extends object>(parts: T): T {
  const wrapped: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part !== "function") wrapped[name] = part;
    else
      wrapped[name] = (...args: unknown[]) => {
        const v: unknown = part.apply(parts, args);
        if (!isPromise(v)) return v;
        forget(v);
        throw unsupported("the functions of the program are asynchronous");
      };
  }
  return wrapped as T;
}

function slopeAt(p: NonlinearProgram, x: Float64Array): Float64Array {
  const objective = p.objective as ObjectiveParts;
  const { fun, funGrad } = objective;
  const value = (at: Float64Array) =>
    fun ? fun(at.slice()) : funGrad!(at.slice(), new Float64Array(at.length));
  return gradientOf(objective, value, x, p).slice();
}

/** The Hessian of f - y'c at x: the user's, or extrapolated differences of the gradient. */
function hessianAt(p: NonlinearProgram, x: Float64Array, y: Float64Array): Float64Array {
  const { n, m, objective, groups } = p;
  const H = new Float64Array(n * n);
  if (knowsSecond(p)) {
    const part = new Float64Array(n * n);
    const add = (
      weight: number,
      hess: ((out: Float64Array) => unknown) | undefined,
      product: (v: Float64Array, out: Float64Array) => unknown,
    ) => {
      if (hess) hess(part);
      else
        for (let j = 0; j < n; j++) {
          const v = new Float64Array(n);
          v[j] = 1;
          product(v, part.subarray(j * n, j * n + n));
        }
      for (let k = 0; k < H.length; k++) H[k]! += weight * part[k]!;
    };
    const { hess, hessVec } = objective;
    add(1, hess && ((out) => hess(x.slice(), out)), (v, out) => hessVec!(x.slice(), v, out));
    for (const { first, count, parts } of groups) {
      const w = y.slice(first, first + count);
      const own = parts!.hess;
      add(-1, own && ((out) => own(x.slice(), w, out)), (v, out) => parts!.hessVec!(x.slice(), w, v, out));
    }
  } else {
    const slope = (at: Float64Array) => {
      const g = slopeAt(p, at);
      const J = jacobianAt(p, at);
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) g[j]! -= J[i * n + j]! * y[i]!;
      return g;
    };
    differenceRows(slope, x, n, p.lower, p.upper, H);
  }
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) H[i * n + j] = H[j * n + i] = (H[i * n + j]! + H[j * n + i]!) / 2;
  return H;
}

/** What binds, of the rows and of the variables, with multipliers that are not lost in rounding; UNSUPPORTED where one is. */
function binding(
  { program: p, x, c, y, z, unit }: SolvedPoint,
  g: Float64Array,
  J: Float64Array,
  H: Float64Array,
) {
  const { n, m } = p;
  const curvature = Float64Array.from(x, (_, j) => Math.abs(H[j * n + j]!));
  const terms = Float64Array.from(x, (_, j) => {
    let most = Math.max(Math.abs(g[j]!), SHARE * Math.sqrt(Math.min(1, unit) * curvature[j]!));
    for (let i = 0; i < m; i++) most = Math.max(most, Math.abs(J[i * n + j]! * y[i]!));
    return most;
  });
  const every = [...x.keys()];
  const binds = (side: Side): boolean => {
    if (side.at === 0 || side.at === 2 || side.presses) return side.at !== 0;
    throw unsupported(
      "a side binds without a multiplier, so x has no derivative",
      "perturb the data, or remove the constraint",
    );
  };
  const at = { terms, curvature };
  // Here multipliers are positive at the lower side.
  return {
    rows: Array.from(c, (v, i) =>
      binds(sideOf(at, v, p.rowLower[i]!, p.rowUpper[i]!, -y[i]!, every, J.subarray(i * n, i * n + n))),
    ),
    fixed: Array.from(x, (v, j) => binds(sideOf(at, v, p.lower[j]!, p.upper[j]!, -z[j]!, [j], [1]))),
  };
}

/**
 * Factors of the rows and columns of the KKT matrix, so that its condition does not tell of units: of variables by their curvature, where
 * second derivatives are exact; of gradients of nonlinear rows only where they are large, as a small one may be 0 but for rounding.
 */
function scales(
  H: Float64Array,
  J: Float64Array,
  n: number,
  free: readonly number[],
  active: readonly number[],
  p: NonlinearProgram,
): Float64Array {
  const exact = knowsSecond(p);
  const own = free.map((j) => {
    const most = exact ? largest(free.map((k) => H[j * n + k]!)) : 0;
    return most > 0 ? 1 / Math.sqrt(most) : 1;
  });
  const rows = active.map((i) => {
    const most = largest(free.map((j, a) => J[i * n + j]! * own[a]!));
    return 1 / (i < p.nonlinear ? Math.max(1, most) : most || 1);
  });
  return Float64Array.of(...own, ...rows);
}

/** UNSUPPORTED where a side binds without a multiplier or x is no strict minimum; SINGULAR where the gradients of what binds depend on each other. */
export function programSensitivity(at: SolvedPoint): ProgramSensitivity {
  const { x, y, maximize } = at;
  if (x.length > LARGEST) throw unsupported(`x has ${x.length} variables, ${LARGEST} are the most`);
  const whole = densified("sensitivity", at.program);
  const p: NonlinearProgram = {
    ...whole,
    objective: synchronous(whole.objective),
    groups: whole.groups.map((group) => ({
      ...group,
      parts: group.parts && synchronous(group.parts),
      functions: group.functions.map((f) => synchronous({ f }).f),
    })),
  };
  const { n, m, equalities, nonlinear } = p;
  const H = hessianAt(p, x, y);
  const J = jacobianAt(p, x);
  const { rows, fixed } = binding({ ...at, program: p }, slopeAt(p, x), J, H);
  const free = [...x.keys()].filter((j) => !fixed[j]);
  const active = [...rows.keys()].filter((i) => rows[i]);
  const [nf, ma] = [free.length, active.length];
  const N = nf + ma;
  const scale = scales(H, J, n, free, active, p);
  const K = matrix(N, N);
  free.forEach((j, a) => {
    free.forEach((k, b) => {
      K.data[a * N + b] = scale[a]! * H[j * n + k]! * scale[b]!;
    });
    active.forEach((i, b) => {
      K.data[a * N + nf + b] = K.data[(nf + b) * N + a] = scale[a]! * J[i * n + j]! * scale[nf + b]!;
    });
  });
  const out = {
    q: matrix(n, n),
    equality: matrix(n, equalities),
    inequality: matrix(n, nonlinear - equalities),
    linear: matrix(n, m - nonlinear),
    bounds: matrix(n, n),
  };
  const rhs = new Float64Array(N);
  const factor = N > 0 ? ldl(K, { check: false }) : null;
  try {
    if (factor && !(factor.rcond > LEAST_RCOND))
      throw new DownhillError(
        "SINGULAR",
        "sensitivity: x is not unique, or the gradients of what binds depend on each other",
      );
    if (factor && factor.inertia.negative !== ma)
      throw unsupported("x is no strict minimum: the Lagrangian curves down along what binds");
    const put = (to: Matrix<Float64Array>, k: number, sign = 1) => {
      for (let a = 0; a < N; a++) rhs[a]! *= scale[a]!;
      factor?.solve(rhs, rhs);
      free.forEach((j, a) => {
        to.data[j * to.cols + k] = sign * scale[a]! * rhs[a]!;
      });
      rhs.fill(0);
    };
    free.forEach((j, a) => {
      rhs[a] = -1;
      put(out.q, j, maximize ? -1 : 1);
    });
    active.forEach((i, b) => {
      rhs[nf + b] = 1;
      if (i < equalities) put(out.equality, i);
      else if (i < nonlinear) put(out.inequality, i - equalities);
      else put(out.linear, i - nonlinear);
    });
    for (let k = 0; k < n; k++) {
      if (!fixed[k]) continue;
      free.forEach((j, a) => {
        rhs[a] = -H[j * n + k]!;
      });
      active.forEach((i, b) => {
        rhs[nf + b] = -J[i * n + k]!;
      });
      put(out.bounds, k);
      out.bounds.data[k * n + k] = 1;
    }
  } finally {
    factor?.dispose();
  }
  return out;
}
