// The columns of many curves in one array: one after the other where all curves share them, else curve by curve.

/** Points of a curve, and curves. */
export interface Extent {
  readonly m: number;
  readonly k: number;
}

/** One after the other. */
export const join = (columns: readonly Float64Array[]): Float64Array => {
  if (columns.length === 1) return columns[0] as Float64Array;
  const out = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const column of columns) {
    out.set(column, at);
    at += column.length;
  }
  return out;
};

/** [curve][variable][point]; a column of m numbers is repeated. */
export function interleave(columns: readonly Float64Array[], { m, k }: Extent): Float64Array {
  const V = columns.length;
  if (V === 1) return columns[0] as Float64Array;
  const out = new Float64Array(k * V * m);
  columns.forEach((column, v) => {
    for (let i = 0; i < k; i++) {
      const from = column.length === m ? 0 : i * m;
      out.set(column.subarray(from, from + m), (i * V + v) * m);
    }
  });
  return out;
}
