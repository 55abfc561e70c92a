// nnls: least squares with coefficients that are not negative, by the active-set method of C. Lawson and R. Hanson, Solving Least
// Squares Problems (1974), chapter 23. Zeros are exact.

import { run, runAsync } from "../../driver/run.js";
import { ITERATION, type Task } from "../../driver/task.js";
import { type Limits, limitKeys } from "../../driver/types.js";
import type { Watch } from "../../driver/watch.js";
import { lstsq } from "../../linalg/lstsq.js";
import { checkKeys, numberOption } from "../../runtime/options.js";
import type { Variant } from "../../runtime/rooms.js";
import { type Columns, dot, readColumns } from "./columns.js";
import {
  ProximalAnswer,
  type ProximalEnd,
  type ProximalMethod,
  type ProximalResult,
  type ProximalTermination,
  proximalTask,
  type State,
} from "./task.js";

export interface NnlsOptions extends Limits {
  /** max_j of the positive part of a_j'r over |a_j| |b| at coefficients that are 0. Default 1e-13. */
  tolerance?: number | undefined;
}

export class NnlsAnswer extends ProximalAnswer {
  /** |Ax - b|. */
  readonly residualNorm: number;
  /** -A'(b - Ax) >= 0: the multipliers of x >= 0, 0 where x is positive. */
  readonly multipliers: Float64Array;

  constructor(
    end: ProximalTermination,
    watch: Watch,
    variant: Variant,
    state: State,
    c: Columns,
    r: Float64Array,
  ) {
    super(end, watch, "nnls", variant, "nonNegativeLeastSquares", state);
    this.residualNorm = Math.sqrt(dot(c.m, r, 0, r, 0));
    this.multipliers = Float64Array.from(state.x, (v, j) => (v > 0 ? 0 : Math.max(0, -c.along(j, r))));
  }
}
export type NnlsResult = ProximalResult<NnlsAnswer>;

/**
 * Minimises |Ax - b|^2 / 2 subject to x >= 0.
 *
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * nnls([[1, 0], [0, 1]], [1, -1]).x; // [1, 0]
 */
export function nnls(A: unknown, b: ArrayLike<number>, o: NnlsOptions = {}): NnlsResult {
  return run(nnlsTask("nnls", A, b, o));
}

/**
 * nnls that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await nnlsAsync([[1, 0], [0, 1]], [1, -1])).x; // [1, 0]
 */
export async function nnlsAsync(A: unknown, b: ArrayLike<number>, o: NnlsOptions = {}): Promise<NnlsResult> {
  return runAsync(nnlsTask("nnlsAsync", A, b, o));
}

function nnlsTask(where: string, A: unknown, b: unknown, o: NnlsOptions): Task<ProximalEnd, NnlsResult> {
  checkKeys(where, o, [...limitKeys, "tolerance"]);
  const tolerance = numberOption(where, "tolerance", o.tolerance, 1e-13, { min: 0 });
  const { columns: c } = readColumns(where, A, b);
  const state = { x: new Float64Array(c.n), fun: 0, stepNorm: 0 };
  const r = new Float64Array(c.m);
  return proximalTask({
    where,
    limits: o,
    measure: "residual",
    tolerance,
    maxIterations: Math.max(1000, 10 * c.n),
    state,
    run: (measure) => lawsonHanson(c, state, r, measure),
    out: (end, watch, variant) => new NnlsAnswer(end, watch, variant, state, c, r) as unknown as NnlsResult,
  });
}

function* lawsonHanson(
  c: Columns,
  state: State,
  r: Float64Array,
  measure: { value: number },
): ProximalMethod {
  const { m, n, b, squares } = c;
  const { x } = state;
  const whole = Math.sqrt(dot(m, b, 0, b, 0));
  const passive: number[] = [];
  /** A variable whose own entry came out negative: rounding says that it cannot enter now. */
  let refused = -1;
  for (;;) {
    r.set(b);
    for (const j of passive) c.subtract(j, x[j]!, r);
    state.fun = dot(m, r, 0, r, 0) / 2;
    let enter = -1;
    let most = 0;
    for (let j = 0; j < n; j++) {
      if (x[j]! > 0 || squares[j] === 0 || whole === 0 || j === refused) continue;
      const slope = c.along(j, r) / (Math.sqrt(squares[j]!) * whole);
      if (slope > most) {
        most = slope;
        enter = j;
      }
    }
    measure.value = most;
    yield ITERATION;
    if (enter < 0) return { status: "failed", reason: "stalled" };
    passive.push(enter);
    for (;;) {
      const k = passive.length;
      const P = new Float64Array(m * k);
      passive.forEach((j, a) => {
        c.fill(j, P, a, k);
      });
      const s = lstsq({ rows: m, cols: k, data: P }, b).x as Float64Array;
      if (s.every((v) => v > 0)) {
        passive.forEach((j, a) => {
          x[j] = s[a]!;
        });
        refused = -1;
        break;
      }
      let alpha = 1;
      passive.forEach((j, a) => {
        if (s[a]! <= 0) alpha = Math.min(alpha, x[j]! / (x[j]! - s[a]!));
      });
      if (x[enter] === 0 && !(s[passive.indexOf(enter)]! > 0)) refused = enter;
      passive.forEach((j, a) => {
        x[j]! += alpha * (s[a]! - x[j]!);
        if (s[a]! <= 0 && x[j]! <= 1e-15 * Math.abs(s[a]!)) x[j] = 0;
      });
      for (let a = passive.length - 1; a >= 0; a--) {
        const j = passive[a]!;
        if (x[j]! > 0) continue;
        x[j] = 0;
        passive.splice(a, 1);
      }
      if (passive.length === 0) break;
    }
  }
}
