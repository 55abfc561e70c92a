// The search for starting values: a quasi-random design over the nonlinear parameters; for each of its points the linear
// ones are solved exactly (variable projection: Golub and Pereyra, SIAM J. Numer. Anal. 10 (1973) 413).

import { LINEAR } from "../abi/least-squares.js";
import { Code, prepareWork } from "../models/cache.js";
import type { Compiled } from "../models/compiled.js";
import { functionTable } from "../models/elementary.js";
import { emitModel } from "../models/emit.js";
import { modelEvaluator } from "../models/evaluate.js";
import { fillColumns, steadyCodes } from "../models/invariant.js";
import type { Tree } from "../models/parse.js";
import { type Program, program } from "../models/program.js";
import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import { room as leastSquares } from "../wasm/least-squares.js";
import { type LinearPart, solveLinear } from "./linear-part.js";
import { lossOf, medianSize } from "./robust-part.js";

/** The model's values and its derivatives by some parameters, for all points in one call. */
export interface Basis extends LinearPart {
  /** Fills `values` (m) and `columns` (m*k, row-major) at p. */
  fill(p: Float64Array): void;
  readonly values: Float64Array;
  release(): void;
}

interface Compiling {
  readonly program: Program;
  readonly steady: ReturnType<typeof steadyCodes>;
}

const compiling = new WeakMap<Tree, Map<string, Compiling>>();

function basisCode({ tree }: Compiled, linear: readonly number[]): Compiling {
  const known = compiling.get(tree) ?? new Map<string, Compiling>();
  compiling.set(tree, known);
  const key = linear.join(" ");
  let made = known.get(key);
  if (!made) {
    const only = program(tree, 1, linear);
    const plain = new Code((relaxed) => emitModel(only, { relaxed }));
    made = { program: only, steady: steadyCodes(only, plain) };
    known.set(key, made);
  }
  return made;
}

export function makeBasis(
  runtime: CoreRuntime,
  model: Compiled,
  linear: readonly number[],
  columns: readonly Float64Array[],
  m: number,
): Basis {
  const { program: only, steady: codes } = basisCode(model, linear);
  const steady = codes(runtime.variant);
  const total = model.tree.params.length;
  const k = linear.length;
  const instance = steady.code.instance(runtime);
  const core = runtime.kernels(leastSquares);
  const workspace = takeWorkspace(runtime, {
    key: `basis ${steady.code.id} ${m}`,
    f64: {
      x: m * (columns.length + steady.columns),
      p: total,
      values: m,
      columns: m * k,
      residual: m,
      gram: k * k,
      rhs: k,
      normal: Math.ceil(core.workBytes(m, k) / 8),
      work: instance ? Math.ceil(instance.work.bytes / 8) : 0,
    },
  });
  const { at, f64 } = workspace;
  columns.forEach((column, v) => {
    f64.x.set(column, v * m);
  });
  let fill: Basis["fill"];
  if (instance) {
    prepareWork(instance, runtime, at.work);
    fillColumns(steady, instance, m, at.x, at.work);
    const kernel = instance.exports.jacobian!;
    fill = (p) => {
      f64.p.set(p);
      kernel(m, at.x, m, at.p, at.values, at.columns, k, at.work);
    };
  } else {
    const evaluator = modelEvaluator(only, functionTable(runtime));
    fill = (p) => evaluator.jacobian(m, f64.x, m, p, f64.values, f64.columns, k);
  }
  return {
    ...f64,
    fill,
    normalEquations: () => core.normalEquations(m, k, at.columns, at.residual, at.gram, at.rhs, at.normal),
    release: () => workspace.release(),
  };
}

export interface Candidate {
  readonly p: Float64Array;
  /** The point of the design in the unit cube. */
  readonly u: Float64Array;
  /** What is minimised, the rss with the linear loss. */
  readonly rss: number;
}

export interface SearchProblem {
  readonly basis: Basis;
  readonly y: Float64Array;
  readonly weights: Float64Array | null;
  readonly linear: readonly number[];
  /** Bounds of all parameters. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The loss's place in lossNames. */
  readonly loss: number;
  readonly lossScale: number | "mad";
}

/** Passes of the linear part under a robust loss, and the share of the median residual below which one counts no more. */
const PASSES = 5;
const SMALL = 0.3;

/** All parameters at a point of the design: p with its linear parameters solved for, and the cost there. */
export function project(problem: SearchProblem, p: Float64Array): number {
  const { weights, loss, lossScale, linear } = problem;
  if (loss === LINEAR) return solveAt(problem, weights, p);
  // Least absolute residuals by weights 1 / |r| (Schlossmacher, J. Am. Statist. Assoc. 68 (1973) 857): no wild point leads them.
  const own = new Float64Array(problem.y.length).fill(1);
  for (let pass = 0; ; pass++) {
    if (
      linear.length > 0 &&
      !(solveAt(problem, weights ? own.map((w, i) => w * weights[i]!) : own, p) < Infinity)
    )
      return Infinity;
    problem.basis.fill(p);
    const r = problem.y.map((v, i) => (v - problem.basis.values[i]!) * (weights?.[i] ?? 1));
    const least = SMALL * medianSize(r);
    if (pass === PASSES || linear.length === 0 || !(least > 0)) {
      const cost = lossOf(r, loss, lossScale);
      return cost < Infinity ? cost : Infinity;
    }
    for (let i = 0; i < r.length; i++) own[i] = 1 / Math.sqrt(Math.max(Math.abs(r[i]!), least));
  }
}

/** Least squares with these weights. */
function solveAt(
  { basis, y, linear, lower, upper }: SearchProblem,
  weights: Float64Array | null,
  p: Float64Array,
): number {
  for (const j of linear) p[j] = 0;
  basis.fill(p);
  const { values, residual } = basis;
  for (let i = 0; i < y.length; i++) residual[i] = y[i]! - values[i]!;
  return solveLinear(basis, weights, (k, value) => {
    const j = linear[k]!;
    p[j] = Math.min(Math.max(value, lower[j]!), upper[j]!);
    return p[j]!;
  });
}

/** Two candidates this near in every coordinate of the cube count as one. */
const NEAR = 0.04;
/** So far apart, in one coordinate at least, lie valleys of their own. */
const APART = 0.2;

/**
 * The candidates to go on with, best first: the best that lie a little apart, and as many that stand at the bottom of valleys of
 * their own: far from every better one (Rodriguez and Laio, Science 344 (2014) 1492, with rss in place of density).
 */
export function bestApart(candidates: readonly Candidate[], most: number): Candidate[] {
  const sorted = candidates.filter(({ rss }) => rss < Infinity).sort((a, b) => a.rss - b.rss);
  const chosen: Candidate[] = [];
  for (const [share, near] of [
    [0.5, NEAR],
    [1, APART],
    [1, NEAR],
  ] as const)
    for (const one of sorted) {
      if (chosen.length >= most * share) break;
      if (chosen.every(({ u }) => u.some((v, i) => Math.abs(v - one.u[i]!) >= near))) chosen.push(one);
    }
  return chosen;
}
