// svm: the support vector classifier by its dual, a quadratic program. C. Cortes and V. Vapnik, Machine Learning 20 (1995) 273-297.

import { Answer, type Block, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import { run, runAsync } from "../driver/run.js";
import type { Task } from "../driver/task.js";
import type { Watch } from "../driver/watch.js";
import { element, readMatrix } from "../linalg/matrix.js";
import { exp } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkArray, checkFinite, checkKeys, choiceOption, numberOption } from "../runtime/options.js";
import type { ConvexAnswer, ConvexEnd } from "./answer.js";
import { settingKeys } from "./settings.js";
import { type ConvexResult, qpTask, type SolveQPOptions } from "./solve.js";

export interface SvmOptions extends SolveQPOptions {
  /** The price of a point on the wrong side, > 0. Default 1. */
  C?: number | undefined;
  /** "linear" (default), or "rbf": exp(-gamma |a - b|^2). */
  kernel?: "linear" | "rbf" | undefined;
  /** Of "rbf", > 0. Default 1 / n. */
  gamma?: number | undefined;
}

interface Classifier {
  readonly alpha: Float64Array;
  readonly support: readonly number[];
  readonly bias: number;
  readonly fun: number;
  readonly weights: Float64Array | null;
  readonly decision: (point: ArrayLike<number>) => number;
}

export class SvmAnswer extends Answer<ConvexEnd> {
  /** Multipliers of the points, in [0, C]. */
  readonly alpha: Float64Array;
  /** Indices of the points with alpha > 0. */
  readonly support: readonly number[];
  readonly bias: number;
  /** |w|^2 / 2 + C times the sum of what the margins lack. */
  readonly fun: number;
  /** Of the linear kernel: the normal of the separating plane. */
  declare readonly weights?: Float64Array;
  /** The quadratic program's answer, with its gap. */
  readonly solution: ConvexResult;
  readonly #decision: Classifier["decision"];

  constructor(end: ConvexEnd, watch: Watch, solution: ConvexAnswer, found: Classifier) {
    const { method, variant } = solution;
    super(end, watch, { kind: "supportVectorClassifier", method, variant });
    this.alpha = found.alpha;
    this.support = found.support;
    this.bias = found.bias;
    this.fun = found.fun;
    if (found.weights) this.weights = found.weights;
    this.#decision = found.decision;
    this.solution = solution;
  }

  // A getter, so that `const { decision } = result` works, and a result still survives structuredClone.
  /** Positive on the side of label 1. */
  get decision(): (point: ArrayLike<number>) => number {
    return this.#decision;
  }

  get message(): string {
    return this.solution.message;
  }

  protected get brief(): string {
    return `${this.support.length} support vectors, ${this.nit} iterations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    return [
      {
        title: "Support vector classifier",
        rows: [
          ["f", short(this.fun, 12)],
          ["support vectors", this.support.length],
          ["bias", short(this.bias)],
          ["iterations", this.nit],
        ],
      },
    ];
  }
}
export type SvmResult = Shape<SvmAnswer>;

/** A multiplier counts as 0 within this share of the largest one, which the units of the points decide, and as C within it of C. */
const EDGE = 1e-6;

/**
 * The classifier with the widest margin: min |w|^2 / 2 + C sum max(0, 1 - y_i (w'a_i + bias)).
 *
 * @param A m x n, one point a row. @param labels 1 or -1 each, both present.
 * @throws DownhillError SHAPE, OPTION, NON_FINITE_INPUT.
 * @example
 * svm([[0], [1], [3], [4]], [-1, -1, 1, 1], { C: 10 }).decision([2]); // 0, halfway
 */
export function svm(A: unknown, labels: ArrayLike<number>, o: SvmOptions = {}): SvmResult {
  return run(svmTask("svm", A, labels, o));
}

/**
 * svm that lets the event loop go on and takes an asynchronous onIteration.
 *
 * @example
 * (await svmAsync([[0], [1], [3], [4]], [-1, -1, 1, 1], { C: 10 })).decision([2]); // 0, halfway
 */
export async function svmAsync(
  A: unknown,
  labels: ArrayLike<number>,
  o: SvmOptions = {},
): Promise<SvmResult> {
  return runAsync(svmTask("svmAsync", A, labels, o));
}

function svmTask(
  where: string,
  A: unknown,
  labels: ArrayLike<number>,
  o: SvmOptions,
): Task<ConvexEnd, SvmResult> {
  checkKeys(where, o, [...settingKeys, "method", "C", "kernel", "gamma"]);
  const C = numberOption(where, "C", o.C, 1, { min: 0, exclusive: true });
  const name = choiceOption(where, "kernel", o.kernel, ["linear", "rbf"], "linear");
  const s = readMatrix(where, "A", A);
  const [m, n] = [s.rows, s.cols];
  const gamma = numberOption(where, "gamma", o.gamma, 1 / Math.max(1, n), { min: 0, exclusive: true });
  const y = copyNumbers(where, "labels", labels, m);
  const bad = y.findIndex((v) => v !== 1 && v !== -1);
  if (bad >= 0 || !y.includes(1) || !y.includes(-1))
    throw new DownhillError(
      "OPTION",
      `${where}: labels must be 1 and -1, both present, got ${quote(labels[Math.max(0, bad)])}`,
      {
        details: { option: "labels", index: bad },
      },
    );
  const points = Array.from({ length: m }, (_, i) =>
    Float64Array.from({ length: n }, (__, j) => element(s, i, j)),
  );
  for (const point of points) checkFinite(where, "A", point);
  const kernel = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let t = 0;
    for (let j = 0; j < n; j++) t += name === "linear" ? a[j]! * b[j]! : (a[j]! - b[j]!) * (a[j]! - b[j]!);
    return name === "linear" ? t : exp(-gamma * t);
  };
  const data = new Float64Array(m * m);
  for (let i = 0; i < m; i++)
    for (let j = 0; j <= i; j++)
      data[i * m + j] = data[j * m + i] = y[i]! * y[j]! * kernel(points[i]!, points[j]!);
  const settings: SolveQPOptions & { C?: unknown; kernel?: unknown; gamma?: unknown } = { ...o };
  delete settings.C;
  delete settings.kernel;
  delete settings.gamma;
  const program = {
    P: { rows: m, cols: m, data },
    q: new Float64Array(m).fill(-1),
    A: { rows: 1, cols: m, data: y },
    l: [0],
    u: [0],
    lower: new Float64Array(m),
    upper: new Float64Array(m).fill(C),
  };
  const inner = qpTask(where, program, settings);
  return {
    watch: inner.watch,
    method: inner.method,
    look: () => inner.look(),
    out: (end) => {
      const solution = inner.out(end);
      const { status, reason } = solution;
      const found = classify({ points, y, C, kernel, linear: name === "linear" }, solution.x);
      return new SvmAnswer(
        { status, reason } as ConvexEnd,
        inner.watch,
        solution,
        found,
      ) as unknown as SvmResult;
    },
    release: () => inner.release(),
  };
}

interface Setting {
  readonly points: readonly Float64Array[];
  readonly y: Float64Array;
  readonly C: number;
  readonly kernel: (a: ArrayLike<number>, b: ArrayLike<number>) => number;
  readonly linear: boolean;
}

function classify({ points, y, C, kernel, linear }: Setting, found: Float64Array): Classifier {
  const m = points.length;
  const n = points[0]!.length;
  const least = EDGE * found.reduce((most, v) => Math.max(most, v), 0);
  const alpha = found.map((v) => (v <= least ? 0 : Math.min(v, C)));
  const support = [...alpha.keys()].filter((i) => alpha[i]! > 0);
  const plain = (point: ArrayLike<number>): number =>
    support.reduce((t, i) => t + alpha[i]! * y[i]! * kernel(points[i]!, point), 0);
  // Points between the bounds lie on the margin; where there are none, the middle of what the others allow.
  const margin = support.filter((i) => alpha[i]! < C * (1 - EDGE));
  let low = -Infinity;
  let high = Infinity;
  for (let i = 0; i < m; i++) {
    const b = y[i]! - plain(points[i]!);
    if ((alpha[i] === 0) === y[i]! > 0) low = Math.max(low, b);
    else high = Math.min(high, b);
  }
  const bias =
    margin.length > 0
      ? // By their multipliers: what is left of a point off the margin counts for nothing.
        margin.reduce((t, i) => t + alpha[i]! * (y[i]! - plain(points[i]!)), 0) /
        margin.reduce((t, i) => t + alpha[i]!, 0)
      : (low + high) / 2;
  const weights = Float64Array.from({ length: n }, (_, j) =>
    support.reduce((t, i) => t + alpha[i]! * y[i]! * points[i]![j]!, 0),
  );
  let fun = 0;
  for (let i = 0; i < m; i++) {
    const side = y[i]! * plain(points[i]!);
    fun += (alpha[i]! * side) / 2 + C * Math.max(0, 1 - side - y[i]! * bias);
  }
  return {
    alpha,
    support,
    bias,
    fun,
    weights: linear ? weights : null,
    decision(point) {
      checkArray("decision", "point", point, n);
      return plain(point) + bias;
    },
  };
}
