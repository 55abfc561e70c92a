// admm: f(x) + g(z) subject to Ax + Bz = c by alternating directions. S. Boyd et al., Found. Trends Mach. Learn. 3 (2011): steps
// (3.5)-(3.7), residual balancing (3.13), over-relaxation (3.19), stopping (3.12); operators with a matrix take linearised steps.

import { run, runAsync } from "../../driver/run.js";
import { type Call, ITERATION, type Measure, type Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import type { Watch } from "../../driver/watch.js";
import { DownhillError } from "../../runtime/errors.js";
import { copyNumbers } from "../../runtime/numbers.js";
import { checkArray, checkFinite, checkKeys, numberOption, optionError } from "../../runtime/options.js";
import { filler, readOperator } from "./callbacks.js";
import { identity, type MatrixFree, normOf, readMap } from "./linear-map.js";
import { norm2, type ProximalOperator } from "./operators.js";
import {
  ProximalAnswer,
  type ProximalEnd,
  type ProximalMethod,
  type ProximalResult,
  proximalTask,
  type State,
  shareOf,
} from "./task.js";

/** Fills out with argmin_x f(x) + |Ax - v|^2 / (2t) (for proxG with B in place of A). It knows its matrix. */
export type ProximalStep = (v: Float64Array, t: number, out: Float64Array) => unknown;

export interface AdmmProblem extends Limits {
  /** An operator such as prox.l1(1), or the step itself. With a matrix an operator takes linearised steps. */
  proxF: ProximalOperator | ProximalStep;
  proxG: ProximalOperator | ProximalStep;
  /** Default: the identity, and minus the identity: x = z + c. A matrix, a sparse one, or { rows, cols, apply, adjoint }. */
  A?: unknown;
  B?: unknown;
  /** Default 0. */
  c?: ArrayLike<number> | undefined;
  /** The start of x; needed for its length where A is left out. Default 0. */
  x0?: ArrayLike<number> | undefined;
  z0?: ArrayLike<number> | undefined;
  /** The first penalty, > 0. Default 1; it is balanced as the run goes. */
  rho?: number | undefined;
  /**
   * Of both residuals, relative to the largest of the parts they are made of, or to 1 where that is more; where no part ever was as
   * large as 1, to the largest that there was. Default 1e-8.
   */
  tolerance?: number | undefined;
}

export class AdmmAnswer extends ProximalAnswer {
  readonly z: Float64Array;
  /** Multipliers of Ax + Bz = c: the gradient of the Lagrangian f + g + y'(Ax + Bz - c) vanishes. */
  readonly y: Float64Array;
  readonly primalResidual: number;
  readonly dualResidual: number;

  constructor(base: ConstructorParameters<typeof ProximalAnswer>, split: Split) {
    super(...base);
    this.z = split.z.slice();
    this.y = split.u.map((v) => v * split.rho);
    this.primalResidual = split.primal;
    this.dualResidual = split.dual;
  }
}
export type AdmmResult = ProximalResult<AdmmAnswer>;

interface Split extends State {
  readonly z: Float64Array;
  readonly u: Float64Array;
  rho: number;
  primal: number;
  dual: number;
}

const RELAXATION = 1.6;
/** Residuals further apart than this change rho, by this. */
const APART = 10;
const FACTOR = 2;

/**
 * Minimises f(x) + g(z) subject to Ax + Bz = c.
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * // The nearest point of a simplex within a box.
 * admm({ proxF: prox.squared(1, [3, 1, 0]), proxG: project.simplex(), x0: [0, 0, 0] }).z; // [1, 0, 0]
 */
export function admm(o: AdmmProblem): AdmmResult {
  return run(admmTask("admm", o));
}

/**
 * admm that lets the event loop go on and takes asynchronous callbacks: steps that are functions may promise that they have filled `out`.
 *
 * @example
 * (await admmAsync({ proxF: prox.squared(1, [3, 1, 0]), proxG: project.simplex(), x0: [0, 0, 0] })).z; // [1, 0, 0]
 */
export async function admmAsync(o: AdmmProblem): Promise<AdmmResult> {
  return runAsync(admmTask("admmAsync", o));
}

function admmTask(where: string, o: AdmmProblem): Task<ProximalEnd, AdmmResult> {
  checkKeys(where, o, [...limitKeys, "proxF", "proxG", "A", "B", "c", "x0", "z0", "rho", "tolerance"]);
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-8, { min: 0, exclusive: true });
  const rho = numberOption(where, "rho", o.rho, 1, { min: 0, exclusive: true });
  const taken = (name: "c" | "x0" | "z0"): Float64Array | undefined =>
    o[name] === undefined ? undefined : copyNumbers(where, name, o[name]);
  const given = { c: taken("c"), x0: taken("x0"), z0: taken("z0") };
  const known = (given.x0 ?? given.c)?.length;
  if (o.A === undefined && known === undefined)
    throw optionError(where, "x0", o.x0, "given where A is left out: its length is that of x");
  const A = o.A === undefined ? identity(known!) : readMap(where, "A", o.A);
  const B = o.B === undefined ? identity(A.rows, -1) : readMap(where, "B", o.B);
  if (A.rows !== B.rows)
    throw new DownhillError("SHAPE", `${where}: A has ${A.rows} rows, B has ${B.rows}`, {
      details: { argument: "B" },
    });
  const vector = (name: "c" | "x0" | "z0", length: number): Float64Array => {
    const own = given[name] ?? new Float64Array(length);
    checkArray(where, name, own, length);
    checkFinite(where, name, own);
    return own;
  };
  const split: Split = {
    x: vector("x0", A.cols),
    z: vector("z0", B.cols),
    u: new Float64Array(A.rows),
    rho,
    fun: NaN,
    stepNorm: 0,
    primal: Infinity,
    dual: Infinity,
  };
  const c = vector("c", A.rows);
  const stepX = stepOf(where, "proxF", o.proxF, A, o.A === undefined ? 1 : 0);
  const stepZ = stepOf(where, "proxG", o.proxG, B, o.B === undefined ? -1 : 0);
  const amountOf = (name: "proxF" | "proxG", x: Float64Array): number =>
    typeof o[name] === "function" ? NaN : readOperator(where, name, o[name]).value(x);
  return proximalTask({
    where,
    limits: o,
    measure: "residual",
    tolerance,
    maxIterations: 20_000,
    state: split,
    run: (measure, watch) => alternate(A, B, c, stepX, stepZ, split, measure, watch),
    out: (end, watch, variant) => {
      split.fun = amountOf("proxF", split.x) + amountOf("proxG", split.z);
      return new AdmmAnswer(
        [end, watch, "admm", variant, "convexMinimum", split],
        split,
      ) as unknown as AdmmResult;
    },
  });
}

/** Moves w towards argmin h(w) + rho |Mw - v|^2 / 2. */
interface Move {
  (w: Float64Array, v: Float64Array, rho: number): unknown;
  /** A linearised step of length |s| misses the conditions of that minimum by no more than so many times rho |s|. */
  readonly stiffness?: number;
}

function stepOf(where: string, name: string, p: unknown, M: MatrixFree, sign: 1 | -1 | 0): Move {
  if (typeof p === "function") {
    const step = p as ProximalStep;
    const write = filler(where, name);
    return (w, v, rho) => write(w, () => step(v, 1 / rho, w));
  }
  const operator = readOperator(where, name, p, ", or a function (v, t, out)");
  if (sign !== 0) {
    const turned = new Float64Array(M.rows);
    return (w, v, rho) => {
      for (let i = 0; i < v.length; i++) turned[i] = sign * v[i]!;
      operator.prox(turned, 1 / rho, w);
    };
  }
  const size = normOf(M);
  const r = new Float64Array(M.rows);
  const back = new Float64Array(M.cols);
  const move = (w: Float64Array, v: Float64Array, rho: number): void => {
    M.apply(w, r);
    for (let i = 0; i < r.length; i++) r[i]! -= v[i]!;
    M.adjoint(r, back);
    const t = size > 0 ? 1 / (size * size) : 1;
    for (let j = 0; j < w.length; j++) back[j] = w[j]! - t * back[j]!;
    operator.prox(back, t / rho, w);
  };
  return Object.assign(move, { stiffness: size * size });
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j]! - b[j]!) * (a[j]! - b[j]!);
  return Math.sqrt(sum);
}

function* alternate(
  A: MatrixFree,
  B: MatrixFree,
  c: Float64Array,
  stepX: Move,
  stepZ: Move,
  split: Split,
  measure: Measure<ProximalEnd>,
  watch: Watch,
): ProximalMethod {
  const { x, z, u } = split;
  const m = A.rows;
  const [Ax, Bz, before, v, relaxed] = Array.from({ length: 5 }, () => new Float64Array(m)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [dual, size] = [new Float64Array(A.cols), new Float64Array(A.cols)];
  const xBefore = new Float64Array(A.cols);
  const zBefore = new Float64Array(B.cols);
  const [slackX, slackZ] = [stepX.stiffness ?? 0, stepZ.stiffness ?? 0];
  // The dual residual is in the units of A'y.
  const reach = normOf(A);
  let seen = 0;
  let seenDual = 0;
  B.apply(z, Bz);
  // Both steps are one evaluation.
  const callX: Call = {
    kind: "call",
    cost: () => 1,
    run: () => {
      watch.nfev++;
      return stepX(x, v, split.rho);
    },
  };
  const callZ: Call = { kind: "call", cost: () => 0, run: () => stepZ(z, v, split.rho) };
  for (let k = 1; ; k++) {
    xBefore.set(x);
    if (slackZ > 0) zBefore.set(z);
    for (let i = 0; i < m; i++) v[i] = c[i]! - Bz[i]! - u[i]!;
    yield callX;
    A.apply(x, Ax);
    before.set(Bz);
    for (let i = 0; i < m; i++) {
      relaxed[i] = RELAXATION * Ax[i]! - (1 - RELAXATION) * (Bz[i]! - c[i]!);
      v[i] = c[i]! - relaxed[i]! - u[i]!;
    }
    yield callZ;
    B.apply(z, Bz);
    let r = 0;
    for (let i = 0; i < m; i++) {
      u[i]! += relaxed[i]! + Bz[i]! - c[i]!;
      const e = Ax[i]! + Bz[i]! - c[i]!;
      r += e * e;
      v[i] = Bz[i]! - before[i]!;
    }
    split.primal = Math.sqrt(r);
    A.adjoint(v, dual);
    A.adjoint(u, size);
    split.stepNorm = distance(x, xBefore);
    const missed = slackX * split.stepNorm + (slackZ > 0 ? slackZ * distance(z, zBefore) : 0);
    split.dual = split.rho * (norm2(dual) + missed);
    if (!(split.primal - split.primal === 0)) return { status: "failed", reason: "nonFinite" };
    // Relative to the largest of the parts (3.12).
    const parts = Math.max(norm2(Ax), norm2(Bz), norm2(c));
    const slope = split.rho * norm2(size);
    seen = Math.max(seen, parts);
    seenDual = Math.max(seenDual, slope, split.rho * reach * parts);
    const primal = shareOf(split.primal, parts, seen);
    const dualShare = shareOf(split.dual, slope, seenDual);
    measure.value = Math.max(primal, dualShare);
    yield ITERATION;
    // Balanced ever more rarely, so that the run settles.
    if (k % 10 === 0 && k <= 2000) {
      const by = primal > APART * dualShare ? FACTOR : dualShare > APART * primal ? 1 / FACTOR : 1;
      split.rho *= by;
      for (let i = 0; i < m; i++) u[i]! /= by;
    }
  }
}
