// What minimizeConstrained asks of a compiled program; kept apart from the compiler, which callers of functions do not need.

import type { ObjectiveParts } from "../../minimize/objective.js";
import { DownhillError, quote } from "../../runtime/errors.js";
import type { ConstraintParts, LinearRows } from "./problem.js";

/** Names of the rows of each kind, in the order of the multipliers; "" where a row has none. */
export interface RowNames {
  readonly equality: readonly string[];
  readonly inequality: readonly string[];
  readonly linear: readonly string[];
}

/** A program compiled from text: objective, constraints and bounds, with exact first and second derivatives. */
export interface CompiledProgram extends Disposable {
  readonly source: string;
  /** Names of the variables, in the order of x. */
  readonly params: readonly string[];
  /** The text said max: the objective below is its negative. */
  readonly maximize: boolean;
  readonly rowNames: RowNames;
  /** 1, or -1 where a row falls as the number in its text rises. */
  readonly priceSigns: { readonly [kind in keyof RowNames]: readonly number[] };
  /** What is minimised, for `minimize` or for a method of one's own. */
  readonly objective: ObjectiveParts;
  /** Nonlinear rows c(x) = 0 and c(x) >= 0; absent where there are none. */
  readonly equality?: ConstraintParts;
  readonly inequality?: ConstraintParts;
  readonly linear?: LinearRows;
  readonly bounds: { readonly lower: Float64Array; readonly upper: Float64Array };
  /** A point as an array, from an array or from values by name. */
  point(x: ArrayLike<number> | Readonly<Record<string, number>>): Float64Array;
  dispose(): void;
}

const made = new WeakSet<object>();

export function brand<T extends object>(program: T): T {
  made.add(program);
  return program;
}

export const isCompiledProgram = (f: unknown): f is CompiledProgram =>
  typeof f === "object" && f !== null && made.has(f);

/** The constraints of a compiled program. OPTION where the options bring what its text says. */
export function partsOf(where: string, program: CompiledProgram, o: object) {
  for (const name of ["equality", "inequality", "linear", "bounds", "maximize"] as const) {
    const given = (o as Record<string, unknown>)[name];
    if (given === undefined) continue;
    throw new DownhillError(
      "OPTION",
      `${where}: a compiled program brings its own ${name}, got ${quote(given)}`,
      {
        hint: "write it into the text of compileProgram",
        details: { option: name, value: given },
      },
    );
  }
  const { equality, inequality, linear, bounds } = program;
  return { equality, inequality, linear, bounds };
}
