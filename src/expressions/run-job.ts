// A job from its plain data to its answer: by the core where it can, else curve by curve. The same function serves the
// thread that asked and the workers of a pool, so both give the same bits.

import * as S from "../abi/least-squares.js";
import { type CurveFitOptions, fitNow } from "../least-squares/curve-fit.js";
import type { FitResult } from "../least-squares/fit-result.js";
import { compiled } from "../models/compiled.js";
import { chosenRuntime } from "../runtime/default.js";
import { inNameOf } from "../runtime/in-name-of.js";
import type { Runtime } from "../runtime/runtime.js";
import { BatchRunner, fitsInCore } from "./batch.js";
import { curveFit, type FullFitOptions } from "./curve-fit.js";
import { emptyAnswer, type ManyAnswer, type ManyData, type ManyShape, reasonNames } from "./job.js";
import { compileModel, readExpression } from "./read.js";

/** Curves have their starts. */
const TEXT = { read: readExpression, start: () => null };

/** Fits at most `most` curves from `from` on, writes their answers, returns how many. */
export interface Runner {
  run(from: number, most: number, answer: ManyAnswer): number;
  release(): void;
}

export function makeRunner(shape: ManyShape, data: ManyData, given: Runtime | undefined): Runner {
  const model = compiled(shape.source, { variables: shape.variables, params: shape.names });
  const runtime = chosenRuntime(given);
  const instance = model.instance(runtime);
  const single = (): SingleRunner => {
    const { variables, names } = shape;
    // Not the text: importing compileModel brings along what curveFit needs for it.
    const own = compileModel(shape.source, {
      variables,
      params: names,
      ...(given ? { runtime: given } : {}),
    });
    return new SingleRunner(shape, data, own, given);
  };
  return instance && !shape.each && fitsInCore(shape)
    ? new CoreRunner(new BatchRunner(shape, data, model, runtime, given, instance), single)
    : single();
}

/** All curves in the core; one that it can take no further is fitted by curveFit, which looks at what rests at 0. */
class CoreRunner implements Runner {
  readonly #batch: BatchRunner;
  readonly #make: () => SingleRunner;
  #single: SingleRunner | null = null;

  constructor(batch: BatchRunner, make: () => SingleRunner) {
    this.#batch = batch;
    this.#make = make;
  }

  run(from: number, most: number, answer: ManyAnswer): number {
    const done = this.#batch.run(from, most, answer);
    for (let i = from; i < from + done; i++) {
      if (answer.ends[i] !== S.END_STALLED && answer.ends[i] !== S.END_SINGULAR) continue;
      this.#single ??= this.#make();
      this.#single.run(i, 1, answer);
    }
    return done;
  }

  release(): void {
    this.#batch.release();
  }
}

/** The whole job in one go. */
export function runJob(shape: ManyShape, data: ManyData, given?: Runtime): ManyAnswer {
  const answer = emptyAnswer(data.count, shape);
  const runner = makeRunner(shape, data, given);
  try {
    for (let from = 0; from < data.count; ) from += runner.run(from, data.count, answer);
  } finally {
    runner.release();
  }
  return answer;
}

/** Curve by curve with curveFit: for models in JavaScript, and losses that take several passes. */
export class SingleRunner implements Runner {
  readonly #shape: ManyShape;
  readonly #data: ManyData;
  readonly #model: unknown;
  readonly #runtime: Runtime | undefined;
  readonly #keyed: boolean;

  constructor(shape: ManyShape, data: ManyData, model: unknown, runtime: Runtime | undefined, keyed = true) {
    this.#shape = shape;
    this.#data = data;
    this.#model = model;
    this.#runtime = runtime;
    this.#keyed = keyed;
  }

  run(from: number, most: number, answer: ManyAnswer): number {
    const to = Math.min(this.#data.count, from + most);
    const { each } = this.#shape;
    const fit = each ? (o: FullFitOptions) => curveFit(o) : (o: CurveFitOptions<string>) => fitNow(TEXT, o);
    return inNameOf("curveFitMany", "curveFit", () => {
      for (let i = from; i < to; i++)
        this.one(i, answer, fit as (o: CurveFitOptions<string>) => FitResult<string>);
      return to - from;
    });
  }

  /** Fits curve i by curveFit or its asynchronous form. */
  one<R extends FitResult<string> | Promise<FitResult<string>>>(
    i: number,
    answer: ManyAnswer,
    fitWith: (options: CurveFitOptions<string>) => R,
  ): Promise<void> | undefined {
    const { names, absoluteSigma, method, factor, loss, lossScale, tolerances, each } = this.#shape;
    const { maxIterations, maxEvaluations } = this.#shape;
    const input = curveInput(this.#shape, this.#data, i, this.#keyed);
    if (!input) {
      answer.ends[i] = S.END_INVALID;
      return undefined;
    }
    const { gradTol, stepTol, funTol, target } = tolerances;
    const fitted = fitWith({
      model: this.#model as string,
      ...input,
      ...(each?.params && { params: each.params as never }),
      ...(each?.starts !== undefined && { starts: each.starts as "auto" }),
      absoluteSigma,
      method: method === "gaussNewton" ? method : { name: method, factor },
      loss,
      lossScale,
      gradTol,
      stepTol,
      funTol,
      ...(target === -Infinity ? {} : { target }),
      maxIterations,
      maxEvaluations,
      ...(this.#runtime ? { runtime: this.#runtime } : {}),
    });
    const put = (fit: FitResult<string>): void => {
      names.forEach((name, j) => {
        const param = fit.params[name];
        answer.values[i * names.length + j] = param?.value ?? NaN;
        answer.stderr[i * names.length + j] = param?.stderr ?? NaN;
      });
      answer.rss[i] = fit.rss;
      answer.ends[i] = reasonNames.indexOf(fit.reason as (typeof reasonNames)[number]) + 1;
      answer.nit[i] = fit.nit;
      const { covariance, freeNames } = fit;
      if (!covariance || !answer.covariance) return;
      const at = freeNames.map((name) => names.indexOf(name));
      const n = names.length;
      at.forEach((row, a) => {
        at.forEach((column, b) => {
          answer.covariance![(i * n + row) * n + column] = covariance[a * at.length + b]!;
        });
      });
    };
    if (fitted instanceof Promise) return fitted.then(put);
    put(fitted);
    return undefined;
  }

  release(): void {}
}

/** Curve i as curveFit takes it; null where its data are not finite. */
function curveInput(shape: ManyShape, data: ManyData, i: number, keyed: boolean) {
  const { m, names, free, init, variables } = shape;
  const n = free.length;
  const V = variables.length;
  const y = data.y.subarray(i * m, i * m + m);
  const columns = data.columns
    ? data.columns.subarray(i * V * m, (i + 1) * V * m)
    : (shape.columns as Float64Array);
  const weights = data.weights ? data.weights.subarray(i * m, i * m + m) : shape.weights;
  const own = data.starts.length === data.count * n;
  const starts = own ? data.starts.subarray(i * n, i * n + n) : data.starts;
  const lower = data.lower ? data.lower.subarray(i * n, i * n + n) : shape.lower;
  const upper = data.upper ? data.upper.subarray(i * n, i * n + n) : shape.upper;
  const finite = [y, columns, starts, weights ?? []].every((values) =>
    values.every((v) => Number.isFinite(v)),
  );
  if (!finite) return null;
  const params = Object.fromEntries(
    names.map((name, j) => {
      const k = free.indexOf(j);
      if (k < 0) return [name, { init: init[j]!, fixed: true }];
      return [name, { init: starts[k]!, min: lower?.[k] ?? -Infinity, max: upper?.[k] ?? Infinity }];
    }),
  );
  const x: Float64Array | Record<string, Float64Array> = keyed
    ? Object.fromEntries(variables.map((name, v) => [name, columns.subarray(v * m, v * m + m)]))
    : columns;
  return { x: x as Float64Array, y, params, ...(weights ? { sigma: weights.map((w) => 1 / w) } : {}) };
}
