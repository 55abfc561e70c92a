// The answer of minimizeConstrained: the point, its multipliers with documented signs, the KKT residuals recomputed there.

import { Answer, type Block, type Shape } from "../../driver/answer.js";
import { calledWith } from "../../driver/called.js";
import { describe, measureLines, type StopMeasure, short } from "../../driver/report.js";
import type { Stopped } from "../../driver/task.js";
import type { Watch } from "../../driver/watch.js";
import { DownhillError } from "../../runtime/errors.js";
import type { Variant } from "../../runtime/rooms.js";
import { isAt } from "./active.js";
import type { CompiledProgram } from "./compiled.js";
import type { HessianKind } from "./methods.js";
import type { NonlinearProgram } from "./problem.js";
import { type ProgramSensitivity, programSensitivity, type SolvedPoint } from "./program-sensitivity.js";
import type { ConstrainedEnd, ProgramSolve } from "./solve.js";

export type ConstrainedTermination = ConstrainedEnd | Stopped;

/** L = f - sum equality c_e - sum inequality c_i - sum linear a'x - sum lower (x - l) - sum upper (u - x). */
export interface ProgramMultipliers {
  readonly equality: Float64Array;
  /** >= 0. */
  readonly inequality: Float64Array;
  /** One a row: positive where its lower side binds, negative where its upper one does. */
  readonly linear: Float64Array;
  /** >= 0, of x - l and of u - x. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** What binds: indices; of linear rows the side as well. */
export interface ActiveSet {
  readonly inequality: readonly number[];
  readonly linear: readonly { readonly row: number; readonly side: "lower" | "upper" }[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

interface Source {
  readonly solve: ProgramSolve;
  readonly variant: Variant;
  readonly method: string;
  readonly hessian: HessianKind;
  readonly names: readonly string[] | null;
  readonly compiled: CompiledProgram | null;
  readonly maximize: boolean;
  /** As it was given. */
  readonly program: NonlinearProgram;
}

export class ConstrainedAnswer extends Answer<ConstrainedTermination> {
  /** The point: where the run converged, or the last one it accepted. */
  readonly x: Float64Array;
  /** f there (where it is to be maximised, not its negative). */
  readonly fun: number;
  /** Of f there; NaN by differences along a variable whose bounds are one, and so are its multipliers. */
  readonly grad: Float64Array;
  readonly njev: number;
  readonly nhev: number;
  readonly hessian: HessianKind;
  readonly multipliers: ProgramMultipliers;
  readonly active: ActiveSet;
  /** The largest amount by which a constraint or bound is missed. */
  readonly violation: number;
  /** The largest of the KKT residuals below. */
  readonly kkt: number;
  /** max |grad f - J'y - z|, and the largest |multiplier| times the distance from its side. */
  readonly stationarity: number;
  readonly complementarity: number;
  /** The same as `stationarity`. */
  readonly optimality: number;
  /** The larger of gradTol and feasTol. */
  readonly tolerance: number;
  /** There with `maximize: true`, or where a compiled program says max. */
  declare readonly maximize?: true;
  /** By name, of a compiled program. */
  declare readonly values?: Readonly<Record<string, number>>;
  /**
   * Of named rows of a compiled program: how fast the objective that was written rises with the number of the row, as prices of `model`
   * do (with the right side, where both sides have variables).
   */
  declare readonly shadowPrices?: Readonly<Record<string, number>>;
  readonly #measures: readonly StopMeasure[];
  readonly #detail: string;
  readonly #point: SolvedPoint;

  constructor(end: ConstrainedTermination, watch: Watch, source: Source) {
    const { solve, variant, method, hessian, names, compiled } = source;
    super(end, watch, { kind: "constrainedMinimum", method, variant });
    const { evaluator, here, n, tolerances } = solve;
    const { equalities, nonlinear, m } = evaluator.program;
    const unit = 1 / evaluator.fScale;
    const turn = source.maximize ? -1 : 1;
    if (source.maximize) this.maximize = true;
    this.x = here.x.slice();
    this.fun = turn * here.f * unit;
    this.grad = here.g.map((v) => turn * v * unit);
    this.njev = watch.njev;
    this.nhev = watch.nhev;
    this.hessian = hessian;
    const y = solve.y.map((v, i) => v * evaluator.rowScale[i]! * unit);
    const z = solve.z.map((v) => v * unit);
    // Differences have no room along a variable whose bounds are one: its slope is not known.
    const { objective, groups } = source.program;
    const exact = Boolean(objective.funGrad ?? objective.grad);
    solve.lower.forEach((lo, j) => {
      if (lo !== solve.upper[j]) return;
      if (!exact) this.grad[j] = NaN;
      if (!exact || groups.some(({ parts }) => !parts?.jacobian)) z[j] = NaN;
    });
    const c = here.c.map((v, i) => v / evaluator.rowScale[i]!);
    this.#point = { program: source.program, x: this.x.slice(), c, y, z, maximize: source.maximize, unit };
    this.multipliers = {
      equality: y.slice(0, equalities),
      inequality: y.slice(equalities, nonlinear).map((v) => Math.max(0, v)),
      linear: y.slice(nonlinear, m),
      lower: z.map((v) => Math.max(0, v)),
      upper: z.map((v) => Math.max(0, -v)),
    };
    this.active = activeSet(solve);
    this.violation = solve.started ? solve.violationOf(here, false) : NaN;
    this.stationarity = solve.stationarity;
    this.complementarity = solve.complementarity;
    this.optimality = solve.stationarity;
    this.tolerance = Math.max(tolerances.gradTol, tolerances.feasTol);
    this.kkt = Math.max(this.stationarity, this.complementarity, this.violation);
    if (names) this.values = Object.fromEntries(names.map((name, j) => [name, this.x[j]!]));
    if (compiled) {
      const prices: Record<string, number> = {};
      for (const kind of ["equality", "inequality", "linear"] as const)
        compiled.rowNames[kind].forEach((name, i) => {
          if (name === "") return;
          // The sides of a <= c(x) <= b bear one name, and one of them binds.
          const price = turn * compiled.priceSigns[kind][i]! * this.multipliers[kind][i]!;
          prices[name] = (prices[name] ?? 0) + price;
        });
      this.shadowPrices = prices;
    }
    const steepest = this.grad.reduce((a, v) => Math.max(a, Math.abs(v) || 0), unit);
    const row = (name: string, value: number, tolerance: number): StopMeasure => ({
      name,
      value,
      tolerance,
      met: value <= tolerance,
    });
    this.#measures = [
      row("stationary", solve.unresolved, tolerances.gradTol * (n > 0 ? steepest : 1)),
      row("violation", this.violation, tolerances.feasTol),
      row("complement", solve.unfit, tolerances.gradTol),
    ];
    this.#detail = detail(end, solve);
  }

  /**
   * d x / d data: by q where q'x is added to f, by b where c(x) = b or c(x) >= b, by the sides of linear rows and the bounds that bind. Calls
   * the functions at x for derivatives, by differences where they have none; one factorisation, one solve for each column.
   *
   * @throws UNSUPPORTED where the run has not converged, a side binds without a multiplier, x is no strict minimum, the functions are
   * asynchronous, or n > 2000; SINGULAR where the gradients of what binds depend on each other.
   */
  sensitivity(): ProgramSensitivity {
    if (this.success) return programSensitivity(this.#point);
    throw new DownhillError(
      "UNSUPPORTED",
      `sensitivity: the run has not converged, it ended as ${this.status}/${this.reason}`,
    );
  }

  get message(): string {
    if (this.status === "converged")
      return `converged: every KKT residual is within its tolerance (the largest is ${short(this.kkt, 3)})`;
    return describe(
      { status: this.status, reason: this.reason } as ConstrainedTermination,
      this.#measures,
      this.#detail,
      undefined,
      "the point where the run stood is returned, of which f and violation tell",
    );
  }

  protected get brief(): string {
    return `f = ${short(this.fun, 8)}, violation ${short(this.violation, 2)}, ${this.nit} iterations, ${this.nfev} evaluations`;
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const { multipliers, active } = this;
    const binding = [
      ...Array.from(multipliers.equality, (v, i) => [`equality ${i}`, short(v, 6)] as const),
      ...active.inequality.map((i) => [`inequality ${i}`, short(multipliers.inequality[i]!, 6)] as const),
      ...active.linear.map(
        ({ row, side }) => [`linear ${row} (${side})`, short(multipliers.linear[row]!, 6)] as const,
      ),
      ...active.lower.map((j) => [`lower bound of x[${j}]`, known(multipliers.lower[j]!)] as const),
      ...active.upper.map((j) => [`upper bound of x[${j}]`, known(multipliers.upper[j]!)] as const),
    ];
    return [
      {
        title: this.maximize ? "Constrained maximum" : "Constrained minimum",
        rows: [
          ["f", short(this.fun, 12)],
          ["violation", short(this.violation, 4)],
          ["iterations", this.nit],
          ["evaluations", `${this.nfev}, ${this.njev} of first derivatives, ${this.nhev} of the Hessian`],
          ["second derivatives", this.hessian === "exact" ? "exact" : "damped BFGS"],
        ],
      },
      { title: "Stop measures", lines: measureLines(this.#measures) },
      {
        title: "Variables",
        rows: Array.from(this.x.subarray(0, SHOWN), (v, j) => [
          Object.keys(this.values ?? {})[j] ?? `x[${j}]`,
          short(v, 9),
        ]),
      },
      ...(binding.length > 0 ? [{ title: "Binding, with multipliers", rows: binding.slice(0, SHOWN) }] : []),
    ];
  }
}

const SHOWN = 20;

const known = (multiplier: number): string =>
  Number.isNaN(multiplier) ? "not known by differences" : short(multiplier, 6);

/** A minimum under constraints. */
export type ConstrainedResult = ConstrainedTermination & Shape<ConstrainedAnswer>;

function activeSet(solve: ProgramSolve): ActiveSet {
  const { evaluator, here, n } = solve;
  const { equalities, nonlinear, m, rowLower, rowUpper, lower, upper } = evaluator.program;
  const inequality: number[] = [];
  const linear: { row: number; side: "lower" | "upper" }[] = [];
  for (let i = equalities; i < m; i++) {
    const v = here.c[i]! / evaluator.rowScale[i]!;
    if (i < nonlinear) {
      if (isAt(v, 0)) inequality.push(i - equalities);
    } else if (isAt(v, rowLower[i]!)) linear.push({ row: i - nonlinear, side: "lower" });
    else if (isAt(v, rowUpper[i]!)) linear.push({ row: i - nonlinear, side: "upper" });
  }
  const at = (side: Float64Array): number[] =>
    Array.from({ length: n }, (_, j) => j).filter((j) => isAt(here.x[j]!, side[j]!));
  return { inequality, linear, lower: at(lower), upper: at(upper) };
}

const words: Readonly<Record<string, string>> = {
  infeasible: "no feasible point near here",
  singular: "no system of equations gives a further step",
  lineSearch: "no step lowers the objective and the violation together",
  diverging: "the variables go beyond all bounds",
};

/** What is not finite at the last point: the first of values, then of derivatives. */
function culprit({ evaluator: { at, program } }: ProgramSolve): string {
  const filled = "; does it fill its whole argument?";
  if (!Number.isFinite(at.f))
    return `the objective is ${at.f}; ${calledWith(program.objective.fun, "start where it is defined")}`;
  const rowName = (i: number): string => {
    const group = program.groups.find(({ first, count }) => i >= first && i < first + count);
    return group ? `${group.name}[${i - group.first}]` : `row ${i - program.nonlinear} of linear`;
  };
  const row = at.c.findIndex((v) => !Number.isFinite(v));
  if (row >= 0) {
    const group = program.groups.find(({ first, count }) => row >= first && row < first + count);
    const one = calledWith(group?.functions[row - group.first], "start where it is defined");
    return `${rowName(row)} is ${at.c[row]}${group?.parts ? filled : `; ${one}`}`;
  }
  const j = at.g.findIndex((v) => !Number.isFinite(v));
  if (j >= 0)
    return `gradient[${j}] is ${at.g[j]}${program.objective.grad || program.objective.funGrad ? filled : ""}`;
  const k = at.J.findIndex((v) => !Number.isFinite(v));
  if (k < 0) return "the objective, a constraint or a derivative is not finite";
  const of = program.rowPtr.findLastIndex((from) => from <= k);
  return `the jacobian of ${rowName(of)} has ${at.J[k]}${filled}`;
}

function detail(end: ConstrainedTermination, solve: ProgramSolve): string {
  if (end.status !== "failed") return "";
  if (end.reason === "nonFinite") {
    const where = solve.started ? "at a point of the run" : "at the start";
    return `${where} ${culprit(solve)}`;
  }
  const word = words[end.reason] ?? "";
  return solve.detail ? [word, solve.detail].filter(Boolean).join(": ") : word;
}
