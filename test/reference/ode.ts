// Weighted sums of slopes in plain JavaScript: the oracle of assembly/ode/weighted.ts.

/** y + h (row_0 k_0 + ...), k of rows of `size` numbers. */
export function weighted(
  row: ArrayLike<number>,
  k: ArrayLike<number>,
  y: ArrayLike<number>,
  h: number,
): Float64Array {
  const size = y.length;
  return Float64Array.from(y, (value, i) => {
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += row[j]! * k[j * size + i]!;
    return value + h * sum;
  });
}
