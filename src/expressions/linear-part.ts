// The linear parameters of a model by least squares: normal equations with unit diagonal, dependent columns left out.

/** Pivots of the unit-diagonal matrix below this belong to columns that depend on others. */
const DEPENDENT = 1e-13;

export interface LinearPart {
  /** m*k, row-major. */
  readonly columns: Float64Array;
  /** y less what does not depend on the linear parameters. */
  readonly residual: Float64Array;
  readonly gram: Float64Array;
  readonly rhs: Float64Array;
  /** Fills gram = columns' columns and rhs = columns' residual. */
  normalEquations(): void;
}

/** A rss above this share of the residual's square comes from the normal equations to ten digits and more. */
const CANCELS = 1e-5;

let scale = new Float64Array(16);

/**
 * The rss of residual - columns c, both multiplied by the weights, at its least c; Infinity where something is not finite. `take` gets
 * each coefficient and answers what is used (its bounds may say otherwise). Columns and residual are changed.
 */
export function solveLinear(
  part: LinearPart,
  weights: Float64Array | null,
  take: (index: number, value: number) => number,
): number {
  const { columns, residual, gram, rhs } = part;
  const m = residual.length;
  const k = rhs.length;
  if (scale.length < k) scale = new Float64Array(k);
  if (weights) {
    for (let i = 0; i < m; i++) {
      residual[i]! *= weights[i]!;
      for (let at = i * k; at < (i + 1) * k; at++) columns[at]! *= weights[i]!;
    }
  }
  let square = 0;
  for (let i = 0; i < m; i++) square += residual[i]! * residual[i]!;
  if (k === 0) return square < Infinity ? square : Infinity;
  part.normalEquations();
  for (let a = 0; a < k; a++) {
    const size = gram[a * k + a]!;
    if (!(size < Infinity)) return Infinity;
    scale[a] = size > 0 ? 1 / Math.sqrt(size) : 0;
  }
  // Cholesky of the scaled matrix; a dependent column's row is 0, and so is its coefficient.
  for (let a = 0; a < k; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = gram[a * k + b]! * scale[a]! * scale[b]!;
      for (let c = 0; c < b; c++) sum -= gram[a * k + c]! * gram[b * k + c]!;
      if (a === b) gram[a * k + a] = sum > DEPENDENT ? Math.sqrt(sum) : 0;
      else gram[a * k + b] = gram[b * k + b]! > 0 ? sum / gram[b * k + b]! : 0;
    }
  }
  let left = square;
  for (let a = 0; a < k; a++) {
    let sum = rhs[a]! * scale[a]!;
    for (let c = 0; c < a; c++) sum -= gram[a * k + c]! * rhs[c]!;
    rhs[a] = gram[a * k + a]! > 0 ? sum / gram[a * k + a]! : 0;
    left -= rhs[a]! * rhs[a]!;
  }
  for (let a = k - 1; a >= 0; a--) {
    let sum = rhs[a]!;
    for (let c = a + 1; c < k; c++) sum -= gram[c * k + a]! * rhs[c]!;
    rhs[a] = gram[a * k + a]! > 0 ? sum / gram[a * k + a]! : 0;
  }
  let free = true;
  for (let a = 0; a < k; a++) {
    const value = rhs[a]! * scale[a]!;
    rhs[a] = take(a, value);
    if (rhs[a] !== value) free = false;
  }
  if (free && left > CANCELS * square && left < Infinity) return left;
  let rss = 0;
  for (let i = 0, at = 0; i < m; i++) {
    let r = residual[i]!;
    for (let a = 0; a < k; a++, at++) r -= columns[at]! * rhs[a]!;
    rss += r * r;
  }
  return rss < Infinity ? rss : Infinity;
}
