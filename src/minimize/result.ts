// The answer of minimize: a value, built once the memory is read out.

import {
  describe,
  isBrief,
  measureBlock,
  plain,
  type ReportOptions,
  type StopMeasure,
  short,
  stopMeasures,
} from "../driver/report.js";
import type { MinimizeFields, MinimizeResult } from "../driver/result.js";
import type { Iteration, Progress, Termination, Tolerances, Warning } from "../driver/types.js";
import { quote } from "../runtime/errors.js";
import type { Variant } from "../runtime/rooms.js";
import type { Engine } from "./engine.js";
import type { Point } from "./solve.js";

/** One hidden class, methods on the prototype. */
class Minimum implements MinimizeFields {
  readonly status: Termination["status"];
  readonly reason: Termination["reason"];
  readonly x: Float64Array;
  readonly fun: number;
  readonly grad: Float64Array;
  readonly success: boolean;
  readonly nit: number;
  readonly nfev: number;
  readonly njev: number;
  readonly nhev: number;
  readonly optimality: number;
  readonly method: string;
  readonly variant: Variant;
  readonly elapsedMs: number;
  readonly warnings: readonly Warning[];
  declare readonly trace?: readonly Iteration[];
  /** The measures compared, and what a failure has to say. */
  readonly #progress: Progress;
  readonly #tolerances: Tolerances;
  readonly #detail: string;

  constructor(end: Termination, engine: Engine, point: Point, warnings: readonly Warning[]) {
    const { solve, monitor, input } = engine;
    this.status = end.status;
    this.reason = end.reason;
    this.x = point.x.slice();
    this.fun = point.f;
    this.grad = point.g.slice();
    this.success = end.status === "converged";
    this.nit = monitor.nit;
    this.nfev = monitor.nfev;
    this.njev = monitor.njev;
    this.nhev = monitor.nhev;
    this.optimality = solve.gradientSize(point);
    this.method = input.method.name;
    this.variant = engine.workspace.runtime.variant;
    this.elapsedMs = monitor.elapsedMs;
    this.warnings = warnings;
    if (monitor.trace) this.trace = monitor.trace;
    const { gradNorm, stepNorm, gradient, step, decrease } = solve;
    this.#progress = { x: this.x, fun: solve.fun, gradNorm, stepNorm, gradient, step, decrease };
    this.#tolerances = input.tolerances;
    this.#detail = detail(end, engine);
  }

  get #measures(): readonly StopMeasure[] {
    return stopMeasures(this.#progress, this.#tolerances);
  }

  /** Words are put together only for who reads them. */
  get message(): string {
    return describe(this as unknown as Termination, this.#measures, this.#detail);
  }

  report(options: ReportOptions = {}): string {
    const outcome = `${this.status}/${this.reason}`;
    if (isBrief(options))
      return `${this.method}: ${outcome}, f = ${short(this.fun, 8)}, ${this.nit} iterations, ${this.nfev} evaluations, ${short(this.elapsedMs, 3)} ms`;
    const line = (name: string, value: string | number) => `    ${name.padEnd(24)} = ${value}`;
    const gradients = `${this.njev} of the gradient${this.nhev ? `, ${this.nhev} of the Hessian` : ""}`;
    return [
      "[[Minimum]]",
      line("method", `${this.method} (${this.variant})`),
      line("outcome", outcome),
      line("message", this.message),
      line("f", short(this.fun, 12)),
      line("max |gradient|", short(this.optimality, 4)),
      line("iterations", this.nit),
      line("evaluations", `${this.nfev} of the function, ${gradients}`),
      line("elapsed", `${short(this.elapsedMs, 3)} ms`),
      "[[Stop measures]]",
      measureBlock(this.#measures),
      "[[Variables]]",
      ...variables(this.x, this.grad),
      ...(this.warnings.length > 0
        ? ["[[Warnings]]", ...this.warnings.map(({ code, message }) => `    ${code}: ${message}`)]
        : []),
    ].join("\n");
  }

  toJSON(): Record<string, unknown> {
    return plain({ ...this, message: this.message });
  }
}

const SHOWN = 20;

function variables(x: Float64Array, grad: Float64Array): string[] {
  const rows = Array.from(
    x.subarray(0, SHOWN),
    (value, j) =>
      `    ${`x[${j}]`.padEnd(24)} = ${short(value, 9).padEnd(16)} gradient ${short(grad[j] as number, 3)}`,
  );
  return x.length > SHOWN ? [...rows, `    and ${x.length - SHOWN} more`] : rows;
}

function detail(end: Termination, { solve }: Engine): string {
  if (end.status !== "failed") return "";
  if (end.reason === "nonFinite" && !solve.started) {
    const { f, g } = solve.here;
    if (!(f - f === 0))
      return `at the start f is ${quote(f)}; choose another start, or bounds within the domain`;
    const j = g.findIndex((v) => !(v - v === 0));
    return `at the start f is finite but gradient[${j}] is ${quote(g[j])}${solve.exact ? "; does grad fill its whole argument?" : ""}`;
  }
  if (end.reason === "diverging")
    return solve.fun === -Infinity
      ? "f is -Infinity: it is unbounded below, or not defined there"
      : "f falls without bound, or its variables grow without";
  if (end.reason === "lineSearch") {
    const doubt = solve.exact
      ? "is f smooth, and is the gradient right? checkGradient compares it with differences"
      : "is f smooth, and free of noise?";
    return `no lower point along the last direction, although max |gradient| is ${short(solve.gradNorm, 3)}; ${doubt}`;
  }
  return "";
}

/** Reads a run out before its memory goes back. A run that did not converge answers with the lowest point it saw. */
export function readResult(engine: Engine, end: Termination, warnings: readonly Warning[]): MinimizeResult {
  const { solve } = engine;
  const { here, kept } = solve;
  const settled = end.status === "converged" && !(solve.gradientSize(kept) <= solve.tolerances.gradTol);
  const best = kept.f < here.f && !settled ? kept : here;
  return new Minimum(end, engine, best, warnings) as unknown as MinimizeResult;
}
