// The quadratic program of a step, as the active-set solver takes it.

/** A quadratic program of a step: everything relative to the point where it is made. */
export interface StepProgram {
  readonly n: number;
  readonly m: number;
  /** n*n, positive definite; the lower triangle is read. */
  readonly H: Float64Array;
  readonly g: Float64Array;
  /** m*n row-major. */
  readonly J: Float64Array;
  readonly c: Float64Array;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** How well each row is known (m): it is met when it is short by no more. */
  readonly rowNoise: Float64Array;
}

export type StepEnd = "solved" | "infeasible" | "indefinite" | "stuck";
