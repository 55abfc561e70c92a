// verify: what an answer claims, recomputed from the problem alone.

import { DownhillError, quote } from "../runtime/errors.js";
import { copyNumbers } from "../runtime/numbers.js";
import { checkFinite, checkKeys, numberOption } from "../runtime/options.js";
import type { Certificate } from "./answer.js";
import { curvature, farkas, PROOF, ray } from "./certificates.js";
import { negativeCurvature } from "./convexity.js";
import { exactMeasures } from "./exact-measures.js";
import { withoutFarSides } from "./far-sides.js";
import { type LinearProgram, type QuadraticProgram, readProgram } from "./input.js";
import { largest, type Program } from "./program.js";

export interface VerifyOptions {
  /** Bound on each relative measure; default 1e-6, or the answer's own `tolerance` where that is larger. */
  tolerance?: number | undefined;
}

/** An answer to a convex program, of any solver. */
export interface ConvexClaim {
  readonly status: string;
  readonly x?: ArrayLike<number> | undefined;
  /** Multipliers of the rows, positive where the upper side binds. */
  readonly y?: ArrayLike<number> | undefined;
  /** Multipliers of the bounds, likewise. Left out: those that make the gradient of the Lagrangian 0. */
  readonly z?: ArrayLike<number> | undefined;
  readonly objective?: number | undefined;
  /** What it was solved to. */
  readonly tolerance?: number | undefined;
  readonly certificate?: Certificate | undefined;
}

export interface Verification {
  /**
   * The claim holds: "solved" with all measures within the tolerance, y and z (where given) as they must be and P positive semidefinite, or a
   * certificate that proves what it should.
   */
  readonly ok: boolean;
  /** Why not. */
  readonly why?: string;
  /** Largest violation of a row or bound over the terms of that row: max(1, |side|, |a_ij x_j|). */
  readonly primal: number;
  /** Largest multiplier that points to an infinite bound over the terms of that column: max(1, |q_j|, |P_jk x_k|, |a_ij y_i|). */
  readonly dual: number;
  /** Largest |multiplier| times distance from its side, over the terms of both. */
  readonly complementarity: number;
  /** |objective - dual objective| over max(1, both). */
  readonly gap: number;
  /** The same as `dual`, not divided. */
  readonly stationarity: number;
  readonly violation: number;
  /** Recomputed. */
  readonly objective: number;
}

const nothing = {
  primal: Number.NaN,
  dual: Number.NaN,
  complementarity: Number.NaN,
  gap: Number.NaN,
  stationarity: Number.NaN,
  violation: Number.NaN,
  objective: Number.NaN,
};

/**
 * Recomputes feasibility, stationarity, gap and objective of an answer to a linear or quadratic program from the program alone; for
 * infeasible, unbounded and non-convex ones the certificate. Sums are in twice the precision; the status is never trusted.
 *
 * @throws SHAPE, OPTION, NON_FINITE_INPUT for a program that is none.
 * @example
 * const program = { c: [-3, -5], A: [[1, 0], [0, 2], [3, 2]], u: [4, 12, 18], lower: [0, 0] };
 * verify(program, solveLP(program)).ok; // true
 */
export function verify(
  problem: LinearProgram | QuadraticProgram,
  answer: ConvexClaim,
  o: VerifyOptions = {},
): Verification {
  checkKeys("verify", o, ["tolerance"]);
  if (typeof answer !== "object" || answer === null || typeof answer.status !== "string") {
    throw new DownhillError("OPTION", `verify: the answer must have a status, got ${quote(answer)}`, {
      details: { option: "answer", value: answer },
    });
  }
  const usual = Math.max(
    1e-6,
    numberOption("verify", "answer.tolerance", answer.tolerance, 1e-6, { min: 0 }),
  );
  const tolerance = numberOption("verify", "tolerance", o.tolerance, usual, { min: 0 });
  const program = readProgram("verify", problem);
  const { status } = answer;
  const certificate: Certificate = answer.certificate ?? {};
  if (status === "primalInfeasible") {
    const y = vector("certificate.y", certificate.y, program.m);
    const proves = (p: Program) => farkas(p, y).radius >= PROOF;
    return verdict(proves(program) || proves(withoutFarSides(program)), "certificate.y contradicts nothing");
  }
  if (status === "dualInfeasible") {
    const { radius } = ray(program, vector("certificate.x", certificate.x, program.n));
    return verdict(radius >= PROOF, "certificate.x is no ray along which the objective falls");
  }
  if (status === "nonConvex") {
    const d = vector("certificate.d", certificate.d, program.n);
    return verdict(
      program.P !== null && curvature(program.P, d).negative,
      "certificate.d has no negative curvature",
    );
  }
  return point(program, answer, tolerance);
}

const verdict = (ok: boolean, why: string): Verification => ({ ...nothing, ok, ...(ok ? {} : { why }) });

function vector(name: string, given: ArrayLike<number> | undefined, length: number): Float64Array {
  const own = copyNumbers("verify", name, given, length);
  checkFinite("verify", name, own);
  return own;
}

/** A multiplier of a side that there is not. */
function wrongSign({ l, u }: Program, y: Float64Array, tolerance: number): string | undefined {
  const size = Math.max(1, largest(y));
  const i = y.findIndex(
    (v, k) => Math.abs(v) > tolerance * size && (v > 0 ? u[k] === Infinity : l[k] === -Infinity),
  );
  return i < 0 ? undefined : `y[${i}] is ${y[i]}, and the side it would belong to is infinite`;
}

/** z that is not -(Px + q + A'y), beyond the terms of its column. */
function wrongBounds(
  { q, A }: Program,
  y: Float64Array,
  z: Float64Array,
  implied: Float64Array,
  tolerance: number,
): string | undefined {
  const terms = q.map(Math.abs);
  for (let i = 0; i < A.rows; i++)
    for (let k = A.rowPtr[i]!; k < A.rowPtr[i + 1]!; k++) {
      const j = A.colIdx[k]!;
      terms[j] = Math.max(terms[j]!, Math.abs(A.values[k]! * y[i]!));
    }
  const off = (v: number, j: number) =>
    !(Math.abs(v - implied[j]!) <= tolerance * Math.max(1, terms[j]!, Math.abs(implied[j]!)));
  const j = z.findIndex(off);
  return j < 0 ? undefined : `z[${j}] is ${z[j]}, and -(Px + q + A'y) there is ${implied[j]}`;
}

function point(program: Program, answer: ConvexClaim, tolerance: number): Verification {
  const x = vector("x", answer.x, program.n);
  const y = vector("y", answer.y ?? new Float64Array(program.m), program.m);
  const implied = new Float64Array(program.n);
  const measures = exactMeasures(program, x, y, implied);
  const z = answer.z === undefined ? null : vector("z", answer.z, program.n);
  const { primal, dual, complementarity, gap, stationarity, violation, objective } = measures;
  const far = (v: number) => Math.abs(v - objective) > tolerance * Math.max(1, Math.abs(objective));
  const why =
    answer.status !== "solved"
      ? `status ${answer.status} claims nothing`
      : !(primal <= tolerance)
        ? `a row or bound is violated by ${violation}`
        : !(dual <= tolerance)
          ? `a multiplier points to an infinite bound: ${stationarity}`
          : !(gap <= tolerance)
            ? `objective and dual objective differ by ${gap}, relatively`
            : !(complementarity <= tolerance)
              ? `a multiplier times the distance from its side is ${complementarity}, relatively`
              : answer.objective !== undefined && far(answer.objective)
                ? `the objective is ${objective}, not ${answer.objective}`
                : (wrongSign(program, y, tolerance) ??
                  (z && wrongBounds(program, y, z, implied, tolerance)) ??
                  (program.P && negativeCurvature(program.P, undefined)
                    ? "P is not positive semidefinite: that x is stationary is shown, and no more"
                    : undefined));
  return {
    primal,
    dual,
    complementarity,
    gap,
    stationarity,
    violation,
    objective,
    ok: why === undefined,
    ...(why ? { why } : {}),
  };
}
