// Reading MPS and QPS files, fixed and free form: the format of linear and quadratic programs since 1965, with every section of it.

import { csrFromTriplets, type SparseMatrix } from "../linalg/csr.js";
import { DownhillError } from "../runtime/errors.js";
import { Reader } from "./mps-reader.js";

export interface MPSOptions {
  /** "free" (the default): fields between blanks. "fixed": fields at columns 2, 5, 15, 25, 40 and 50, where names may hold blanks. */
  format?: "free" | "fixed" | undefined;
}

/** A program as solveLP takes it; a maximum is read as the minimum of the negative, and `sense` says so. */
export interface MPSProgram {
  readonly name: string;
  readonly sense: "min" | "max";
  readonly c: Float64Array;
  readonly constant: number;
  readonly A: SparseMatrix;
  readonly l: Float64Array;
  readonly u: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly names: string[];
  readonly rowNames: string[];
  /** Variables that the file wants integer; solvers here take them as real. */
  readonly integer: number[];
  /** What was read otherwise than it stands there. */
  readonly warnings: string[];
}

/** The same with the objective x'P x / 2 + q'x, as solveQP takes it. */
export interface QPSProgram extends Omit<MPSProgram, "c"> {
  readonly P: SparseMatrix;
  readonly q: Float64Array;
}

/**
 * Reads a linear program from the text of an MPS file. RHS of the objective row is minus its constant; RANGES on equalities go by their
 * sign; a negative UP bound without a lower one frees the lower side; MI keeps the upper bound. Variables that are to be integer are read as
 * real, which `warnings` says. Nothing may stand twice, and each section after those that it needs.
 *
 * @throws PARSE with `details.line` and `details.column` (from 1); UNSUPPORTED for a file with a quadratic objective (readQPS), semi-continuous
 * variables, special ordered sets and other sections of mixed-integer solvers.
 * @example
 * const program = readMPS("NAME t\nROWS\n N cost\n L cap\nCOLUMNS\n x cost -1 cap 2\nRHS\n rhs cap 8\nENDATA");
 * solveLP(program).x; // [4]
 */
export function readMPS(text: string, o: MPSOptions = {}): MPSProgram {
  const reader = new Reader("readMPS", text, o);
  const { quadratic, q, ...rest } = reader.program();
  if (quadratic.row.length > 0) {
    throw new DownhillError("UNSUPPORTED", "readMPS: the file has a quadratic objective", {
      hint: "use readQPS",
    });
  }
  return { c: q, ...rest };
}

/**
 * Reads a quadratic program (QPS): an MPS file with a section QUADOBJ (one triangle), QMATRIX or QSECTION.
 *
 * @throws PARSE with `details.line` and `details.column`.
 * @example
 * const program = readQPS("NAME t\nROWS\n N f\nCOLUMNS\n x f -2\nQUADOBJ\n x x 2\nENDATA");
 * solveQP(program).x; // [1]
 */
export function readQPS(text: string, o: MPSOptions = {}): QPSProgram {
  const { quadratic, ...rest } = new Reader("readQPS", text, o).program();
  const n = rest.q.length;
  return { P: csrFromTriplets({ rows: n, cols: n, ...quadratic }), ...rest };
}
