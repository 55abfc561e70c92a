// What a model answers: the program's result by the names of the text, in the sense of the text.

import { type Block, Reported, type Row, type Shape } from "../driver/answer.js";
import { short } from "../driver/report.js";
import type { ConvexResult } from "./solve.js";

interface Named {
  readonly sense: "min" | "max";
  readonly names: readonly string[];
  readonly rowNames: readonly string[];
}

/** Names in a line, and in a report. */
const FEW = 4;
const MANY = 40;

export class ModelResult extends Reported {
  readonly status: ConvexResult["status"];
  readonly reason: ConvexResult["reason"];
  readonly success: boolean;
  readonly nit: number;
  readonly nfev: number;
  readonly sense: "min" | "max";
  /** In the sense of the model: of a maximum, the maximum. */
  readonly objective: number;
  readonly values: Readonly<Record<string, number>>;
  /** How much the objective gains for one unit more on the right-hand side of each constraint: d objective / d side. */
  readonly shadowPrices: Readonly<Record<string, number>>;
  /** d objective / d bound of each variable. */
  readonly reducedCosts: Readonly<Record<string, number>>;
  /** Of an infeasible model: a small set of constraints that contradict each other and the bounds. */
  declare readonly conflict?: readonly (string | number)[];
  /** Of the program in numbers, where a maximum is the minimum of the negative. */
  readonly result: ConvexResult;

  constructor({ sense, names, rowNames }: Named, result: ConvexResult) {
    const { method, variant, warnings } = result;
    super(result.elapsedMs, { kind: "model", method, variant, warnings });
    const sign = sense === "max" ? -1 : 1;
    const byName = (keys: readonly string[], x: ArrayLike<number>, by = 1) =>
      Object.fromEntries(keys.map((key, k) => [key, by * x[k]! + 0]));
    this.status = result.status;
    this.reason = result.reason;
    this.success = result.success;
    this.nit = result.nit;
    this.nfev = result.nfev;
    this.sense = sense;
    this.objective = sign * result.objective;
    this.values = byName(names, result.x);
    this.shadowPrices = byName(rowNames, result.y, -sign);
    this.reducedCosts = byName(names, result.z, -sign);
    if (result.conflict) this.conflict = result.conflict;
    this.result = result;
  }

  get message(): string {
    const { conflict, sense, result } = this;
    if (conflict?.length === 1) return `the constraint ${conflict[0]} cannot be met within the bounds`;
    if (conflict) return `the constraints ${conflict.join(", ")} contradict each other within the bounds`;
    if (result.status === "dualInfeasible")
      return `the objective ${sense === "max" ? "rises" : "falls"} without end: is a bound or a constraint missing?`;
    if (result.status === "nonConvex" && sense === "max")
      return "the objective of a maximum must be concave: result.certificate.d has positive curvature";
    return result.message;
  }

  protected get outcome(): string {
    return `${this.status}/${this.reason}`;
  }

  protected get brief(): string {
    if (!this.success) return this.message;
    const values = Object.entries(this.values);
    const shown = values.slice(0, FEW).map(([name, v]) => `${name} = ${short(v, 6)}`);
    return [
      `${this.sense} = ${short(this.objective)}`,
      ...shown,
      ...(values.length > FEW ? ["..."] : []),
    ].join(", ");
  }

  protected get blocks(): readonly [Block, ...Block[]] {
    const { success, objective, sense, nit } = this;
    const head: Row[] = [...(success ? [[sense, short(objective)] satisfies Row] : []), ["iterations", nit]];
    const title = "Model";
    if (!success) return [{ title, rows: head }];
    return [
      { title, rows: head },
      { title: "Variables", ...listed(this.values, (v) => short(v, 9)) },
      { title: "Shadow prices", ...listed(this.shadowPrices, (v) => short(v, 6)) },
    ];
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), result: (this.result as unknown as Reported).toJSON() };
  }
}

function listed(
  values: Readonly<Record<string, number>>,
  told: (v: number) => string,
): Pick<Block, "rows" | "lines"> {
  const rows = Object.entries(values).map(([name, v]): Row => [name, told(v)]);
  const lines = rows.length > MANY ? [`    and ${rows.length - MANY} more`] : [];
  return { rows: rows.slice(0, MANY), lines };
}

/** An answer by name. */
export type ModelAnswer = Shape<ModelResult>;
