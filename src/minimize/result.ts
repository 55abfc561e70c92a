// The answer of minimize: a value, built once the memory is read out.

import { Answer, type Block, type Row, type Shape } from "../driver/answer.js";
import { calledWith } from "../driver/called.js";
import { describe, measureLines, type StopMeasure, short, standing } from "../driver/report.js";
import type { Stopped } from "../driver/task.js";
import type { Termination } from "../driver/types.js";
import { quote } from "../runtime/errors.js";
import type { Minimisation } from "./minimisation.js";
import type { Point } from "./solve.js";
import { gradientOf, placed } from "./view.js";

export class Minimum extends Answer<Termination> {
  /** The best point. */
  readonly x: Float64Array;
  /** f there: calling it again gives the same bits. */
  readonly fun: number;
  /** Gradient there; NaN where the method took none, and by differences along a variable whose bounds are one. */
  readonly grad: Float64Array;
  /** Calls of the gradient, of the Hessian or its product with a vector. */
  readonly njev: number;
  readonly nhev: number;
  /** max |gradient|, of the projected gradient under bounds; with `scale` of the gradient times the typical sizes. */
  readonly optimality: number;
  /** There where f was maximised. */
  declare readonly maximize?: true;
  readonly #measures: readonly StopMeasure[];
  readonly #detail: string;

  constructor(end: Termination, run: Minimisation, point: Point) {
    const { solve, watch, input } = run;
    const { variant } = run.workspace.runtime;
    const { view } = input;
    super(end, watch, { kind: "minimum", method: input.method.name, variant, warnings: run.warnings });
    if (view?.sign === -1) this.maximize = true;
    this.x = placed(point.x, view);
    this.fun = view ? view.sign * point.f : point.f;
    this.grad = gradientOf(point.g, view);
    const { box } = input;
    // Its slope was not looked at.
    if (box && !solve.exact)
      for (let j = 0; j < this.grad.length; j++) if (box.lower[j] === box.upper[j]) this.grad[j] = NaN;
    this.njev = watch.njev;
    this.nhev = watch.nhev;
    this.optimality = solve.gradientSize(point);
    // The target of a maximum is reached from below.
    this.#measures = standing(solve.measures).map((m) =>
      this.maximize && m.name === "target"
        ? { ...m, value: -m.value, tolerance: -m.tolerance, above: true }
        : m,
    );
    this.#detail = detail(end, run);
  }

  /** Words are put together only for who reads them. */
  get message(): string {
    return describe(this, this.#measures, this.#detail);
  }

  protected get brief(): string {
    return `f = ${short(this.fun, 8)}, ${this.nit} iterations, ${this.nfev} evaluations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const gradients = `${this.njev} of the gradient${this.nhev ? `, ${this.nhev} of the Hessian` : ""}`;
    const rows: Row[] = [
      ["f", short(this.fun, 12)],
      ["max |gradient|", short(this.optimality, 4)],
      ["iterations", this.nit],
      ["evaluations", `${this.nfev} of the function, ${gradients}`],
    ];
    return [
      { title: this.maximize ? "Maximum" : "Minimum", rows },
      { title: "Stop measures", lines: measureLines(this.#measures) },
      { title: "Variables", lines: variables(this.x, this.grad) },
    ];
  }
}

export type MinimizeFields = Shape<Minimum>;
export type MinimizeResult = Termination & MinimizeFields;

const SHOWN = 20;

function variables(x: Float64Array, grad: Float64Array): string[] {
  const rows = Array.from(
    x.subarray(0, SHOWN),
    (value, j) =>
      `    ${`x[${j}]`.padEnd(24)} = ${short(value, 9).padEnd(16)} gradient ${short(grad[j]!, 3)}`,
  );
  return x.length > SHOWN ? [...rows, `    and ${x.length - SHOWN} more`] : rows;
}

function detail(end: Termination, { solve, input }: Minimisation): string {
  if (end.status !== "failed") return "";
  const sign = input.view?.sign ?? 1;
  const [lower, falls, below, Infinite] =
    sign === 1 ? ["lower", "falls", "below", "-Infinity"] : ["higher", "rises", "above", "Infinity"];
  if (end.reason === "nonFinite" && !solve.started) {
    const { g } = solve.here;
    const f = sign * solve.here.f;
    if (!(f - f === 0))
      return `at the start f is ${quote(f)}; ${calledWith(input.objective.fun, "choose another start, or bounds within the domain")}`;
    const j = g.findIndex((v) => !(v - v === 0));
    return `at the start f is finite but gradient[${j}] is ${quote(g[j])}${solve.exact ? "; does grad fill its whole argument?" : ""}`;
  }
  if (end.reason === "diverging")
    return solve.fun === -Infinity
      ? `f is ${Infinite}: it is unbounded ${below}, or not defined there`
      : `f ${falls} without bound, or its variables grow without`;
  if (end.reason === "saddle")
    return `the Hessian says that f ${falls} on both sides${solve.curved ? `, but no ${lower} point was found there` : ""}`;
  if (end.reason === "lineSearch") {
    const doubt = solve.exact
      ? "is f smooth, is the gradient right? checkGradient(f, x) compares both"
      : "is f smooth, without noise? nelderMead and minimizeGlobal need no gradient";
    return `no ${lower} point along the last direction, although max |gradient| is ${short(solve.gradNorm, 3)}; ${doubt}`;
  }
  return "";
}

/** Reads a run out before its memory goes back. A run that did not converge answers with the lowest point it saw. */
export function readResult(run: Minimisation, end: Termination | Stopped): MinimizeResult {
  const { solve } = run;
  const { here, kept } = solve;
  const settled =
    end.status === "converged" &&
    !(solve.counted(solve.gradientSize(kept), kept) <= solve.tolerances.gradTol);
  const best = kept.f < here.f && !settled ? kept : here;
  return new Minimum(end, run, best) as MinimizeResult;
}
