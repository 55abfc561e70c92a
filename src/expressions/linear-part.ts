// The linear parameters of a model by least squares: normal equations with unit diagonal, dependent columns left out.

/** Pivots of the unit-diagonal matrix below this belong to columns that depend on others. */
const DEPENDENT = 1e-13;

const scratch = { gram: new Float64Array(0), rhs: new Float64Array(0), scale: new Float64Array(0) };

function room(k: number): typeof scratch {
  if (scratch.rhs.length < k) {
    scratch.gram = new Float64Array(k * k);
    scratch.rhs = new Float64Array(k);
    scratch.scale = new Float64Array(k);
  }
  return scratch;
}

/**
 * The rss of y - values - columns c, weighted, at its least c; Infinity where something is not finite. `take` gets each
 * coefficient and answers what is used (its bounds may say otherwise). `columns` is m*k, row-major.
 */
export function solveLinear(
  values: Float64Array,
  columns: Float64Array,
  y: Float64Array,
  weights: Float64Array | null,
  k: number,
  take: (index: number, value: number) => number,
): number {
  const m = y.length;
  const { gram, rhs, scale } = room(k);
  gram.fill(0, 0, k * k);
  rhs.fill(0, 0, k);
  for (let i = 0, at = 0; i < m; i++, at += k) {
    const w = weights ? weights[i]! * weights[i]! : 1;
    const r = w * (y[i]! - values[i]!);
    for (let a = 0; a < k; a++) {
      const column = columns[at + a]!;
      rhs[a]! += column * r;
      const weighted = w * column;
      for (let b = 0; b <= a; b++) gram[a * k + b]! += weighted * columns[at + b]!;
    }
  }
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
  for (let a = 0; a < k; a++) {
    let sum = rhs[a]! * scale[a]!;
    for (let c = 0; c < a; c++) sum -= gram[a * k + c]! * rhs[c]!;
    rhs[a] = gram[a * k + a]! > 0 ? sum / gram[a * k + a]! : 0;
  }
  for (let a = k - 1; a >= 0; a--) {
    let sum = rhs[a]!;
    for (let c = a + 1; c < k; c++) sum -= gram[c * k + a]! * rhs[c]!;
    rhs[a] = gram[a * k + a]! > 0 ? sum / gram[a * k + a]! : 0;
  }
  for (let a = 0; a < k; a++) rhs[a] = take(a, rhs[a]! * scale[a]!);
  let rss = 0;
  for (let i = 0, at = 0; i < m; i++, at += k) {
    let r = y[i]! - values[i]!;
    for (let a = 0; a < k; a++) r -= columns[at + a]! * rhs[a]!;
    if (weights) r *= weights[i]!;
    rss += r * r;
  }
  return rss < Infinity ? rss : Infinity;
}
