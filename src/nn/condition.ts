// How unequal the scales of a network's features are, from their second moments.

/** Of the second moments of what the first dense layer gets, with a constant 1 for the bias. */
export interface InputCondition {
  readonly layer: string;
  /** Largest eigenvalue, by power iteration. */
  readonly largest: number;
  /** Lower median over the features of a Rayleigh quotient, so no less than the least eigenvalue. */
  readonly small: number;
}

/** For v = e_j - mean_j e_constant the quotient v'Mv / v'v is var_j / (1 + mean_j^2). */
export function inputCondition(
  layer: string,
  x: ArrayLike<number>,
  rows: number,
  cols: number,
): InputCondition {
  const mean = new Float64Array(cols);
  const squares = new Float64Array(cols);
  const varies = new Uint8Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) mean[j] = mean[j]! + x[i * cols + j]! / rows;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const d = x[i * cols + j]! - mean[j]!;
      squares[j] = squares[j]! + (d * d) / rows;
      if (x[i * cols + j] !== x[j]) varies[j] = 1;
    }
  }
  // A feature that never varies says nothing about the scales of those that do; one whose squares are below all numbers does.
  const quotients = squares.map((s, j) => s / (1 + mean[j]! * mean[j]!));
  const varying = quotients.filter((q, j) => q >= 0 && varies[j]! > 0).sort();
  const small = varying[(varying.length - 1) >> 1] ?? 1;
  return { layer, largest: largestMoment(x, rows, cols), small };
}

/** Largest eigenvalue of E[z z'], z = (x, 1). */
function largestMoment(x: ArrayLike<number>, rows: number, cols: number): number {
  let v = new Float64Array(cols + 1).fill(1 / Math.sqrt(cols + 1));
  let largest = 0;
  for (let turn = 0; turn < 20; turn++) {
    const next = new Float64Array(cols + 1);
    for (let i = 0; i < rows; i++) {
      let dot = v[cols]!;
      for (let j = 0; j < cols; j++) dot += x[i * cols + j]! * v[j]!;
      for (let j = 0; j < cols; j++) next[j] = next[j]! + (dot * x[i * cols + j]!) / rows;
      next[cols] = next[cols]! + dot / rows;
    }
    let norm = 0;
    for (const value of next) norm += value * value;
    largest = Math.sqrt(norm);
    if (!(largest > 0 && largest < Infinity)) break;
    v = next.map((value) => value / largest);
  }
  return largest;
}
