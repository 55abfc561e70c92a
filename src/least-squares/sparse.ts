// leastSquares with a sparse Jacobian: the same engine, driver and iteration. The room `sparse-least-squares` has the kernels; the
// Jacobian has the entries of a pattern, by differences of groups of columns where the user gives none.

import * as S from "../abi/least-squares.js";
import {
  comeNear,
  type DifferenceMemory,
  type DifferenceSpace,
  differenceCost,
  roundingOf,
} from "../driver/differences.js";
import { GroupedSpace, groupedDifferences } from "../driver/grouped-differences.js";
import type { Termination } from "../driver/types.js";
import { type Walk, walk } from "../driver/walk.js";
import { groupColumns } from "../linalg/column-groups.js";
import type { JacobianPattern } from "../linalg/sparse-pattern.js";
import { missingEntry, strayRow } from "../linalg/stray-rows.js";
import { DownhillError, quote } from "../runtime/errors.js";
import type { Workspace } from "../runtime/workspace.js";
import type { LeastSquaresKernels } from "../wasm/least-squares.js";
import { room } from "../wasm/sparse-least-squares.js";
import { LeastSquaresEngine } from "./engine.js";
import { Evaluations } from "./evaluations.js";
import { leastSquaresMethod } from "./method.js";
import type { CorePlan, CoreProblem, EngineInput, ResidualProblem, Uncertainty } from "./problem.js";
import { type FitRun, readRun } from "./run.js";
import { movePlan, planPattern, SparseLayout, type SparsePlan } from "./sparse-space.js";

/** As the engine has it. */
const FORWARD_ERROR = 1e-6;
/** Looks at the pattern beside the first differences. */
const LOOKS = 2;

function planOf(plan: SparsePlan, problem: ResidualProblem): CorePlan {
  return {
    layout: (_, parts) => new SparseLayout(plan, parts),
    attach: (workspace): CoreProblem => {
      movePlan(plan, workspace);
      workspace.f64.J.fill(NaN);
      return { ...problem, method: leastSquaresMethod, release: () => {} };
    },
  };
}

/** Nobody looks along the direction of which differences say nothing. */
class SparseEvaluations extends Evaluations {
  override get blurred(): boolean {
    return false;
  }
}

export class SparseEngine<Out> extends LeastSquaresEngine<Out> {
  readonly pattern: JacobianPattern;

  constructor(
    input: Omit<EngineInput, "core">,
    pattern: JacobianPattern,
    read: (engine: SparseEngine<Out>, end: Termination) => Out,
  ) {
    const { problem, bounds, limits } = input;
    const core = planOf(planPattern(pattern, limits.runtime), problem);
    super({ ...input, core }, (engine, end) => read(engine as SparseEngine<Out>, end));
    this.pattern = pattern;
    const { solve, workspace } = this;
    const kernels = workspace.runtime.kernels(room);
    // What a run calls has the same names and arguments in both rooms.
    solve.kernels = kernels as unknown as LeastSquaresKernels;
    this.evaluations = new SparseEvaluations(this, problem);
    this.evaluate = this.evaluations.evaluate;
    this.differentiate = this.evaluations.differentiate;
    if (problem.jacobian) return;
    const free = Uint8Array.from({ length: pattern.cols }, (_, j) =>
      bounds && bounds.lower[j] === bounds.upper[j] ? 0 : 1,
    );
    const grouped = new GroupedSpace(pattern, groupColumns(pattern, free));
    this.differentiate = {
      kind: "call",
      cost: () => differenceCost(grouped.groups.count, this.fine) + (this.watch.njev > 0 ? 0 : LOOKS),
      run: () => {
        this.watch.njev++;
        const done = walk(this.watch, this.#differences(grouped), false);
        return done === true ? undefined : done;
      },
    };
  }

  /** The Jacobian by differences; false when it was interrupted. */
  *#differences(grouped: GroupedSpace): Walk<boolean> {
    const { solve, input, fine, workspace } = this;
    const { at, a, b, J } = workspace.f64 as Record<"at" | "a" | "b" | "J", Float64Array>;
    const memory = workspace.f64 as unknown as DifferenceMemory;
    const { best, x, s } = solve;
    comeNear(x, memory, fine);
    const space = { x: at, a, b } satisfies DifferenceSpace;
    const work = groupedDifferences(x, best.view, J, fine, input.bounds, memory, space, grouped);
    for (let next = work.next(); ; next = work.next()) {
      if (next.done) {
        s[S.S_BLUR] = next.value;
        s[S.S_ROUNDED] = Math.max(next.value, roundingOf(x, memory));
        break;
      }
      if (!(yield* this.#residuals(at, next.value))) return false;
    }
    if (this.watch.njev > 1) return true;
    const look = strayRow(this.pattern, J, x, best.view, memory.used, at, a, input.bounds?.upper);
    for (let next = look.next(); ; next = look.next()) {
      if (next.done) {
        if (next.value >= 0) throw missingEntry(`${this.watch.where}: residual[${next.value}]`, next.value);
        return true;
      }
      if (!(yield* this.#residuals(at, a))) return false;
    }
  }

  *#residuals(at: Float64Array, out: Float64Array): Walk<boolean> {
    const { watch, input, workspace } = this;
    if (watch.before(1)) return false;
    watch.nfev++;
    yield input.problem.residuals(at, out);
    if (workspace.runtime.disposed)
      throw new DownhillError("DISPOSED", `${watch.where}: the runtime was disposed during the run`);
    return true;
  }

  override square(j: number): number {
    const { i32, f64 } = this.workspace as Workspace;
    return f64.A![i32.diagonal![j]!]!;
  }

  override gradient(): Float64Array {
    const { colPtr, rowIdx, from, cols } = this.pattern;
    const { best, loss } = this.solve;
    const { J, weighted } = this.workspace.f64;
    const r = loss === S.LINEAR ? best.view : weighted;
    const g = new Float64Array(cols);
    for (let j = 0; j < cols; j++) {
      let sum = 0;
      for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) sum += J[from[e]!]! * r[rowIdx[e]!]!;
      g[j] = sum;
    }
    return g;
  }

  /** The diagonal of (J'J)^-1 over the variables that are free, its rank and condition. */
  override covariance(free: readonly number[] = [...this.solve.x.keys()]): Uncertainty {
    const { m, n, frame, state, s } = this.solve;
    const { A, w } = this.workspace.f64;
    const kernels = this.workspace.runtime.kernels(room);
    const k = free.length;
    s[S.S_TOLERANCE] = this.exact ? 0 : Math.max(this.fine ? S.CENTRAL_ERROR : FORWARD_ERROR, s[S.S_BLUR]!);
    this.workspace.i32.free.set(free);
    const summed = A.every((v) => v - v === 0);
    kernels.variances(m, n, k, summed ? 1 : 0, frame, state);
    if (s[S.S_RANK] === k && this.lost.length > 0) w.fill(0);
    const rank = Math.min(s[S.S_RANK]!, k - this.lost.length);
    for (const j of this.lost) w[j] = 1;
    return {
      rank,
      conditionNumber: s[S.S_CONDITION]!,
      inverse: rank === k ? w.slice() : null,
      blind: rank === k ? null : w.slice(),
    };
  }
}

/** What a sparse run comes to; the message of a Jacobian that is not finite names the entry. */
export function readSparse<Out>(
  engine: SparseEngine<Out>,
  end: Termination,
  names: (j: number) => string,
  free: readonly number[],
): FitRun {
  const { J } = engine.workspace.f64;
  const k = end.reason === "nonFinite" && engine.solve.started ? J.findIndex((v) => !(v - v === 0)) : -1;
  const value = J[k];
  const run = readRun(engine as unknown as LeastSquaresEngine, end, names, free, (_, of) =>
    engine.covariance(of),
  );
  if (k < 0) return run;
  const { rowPtr, colIdx } = engine.pattern;
  let i = 0;
  while (rowPtr[i + 1]! <= k) i++;
  const detail = `the Jacobian is not finite: d residual[${i}] / d ${names(colIdx[k]!)} is ${quote(value)}; choose another start or bounds`;
  return { ...run, detail };
}
