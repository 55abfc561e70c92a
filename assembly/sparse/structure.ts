// How much memory a factorisation takes, and where its panels lie. Supernode s has the columns first[s] .. first[s + 1], w of them, and
// f rows: a panel of f x w numbers, column by column.

import { getInteger as get, setInteger as set } from "../memory";

/**
 * owner[j]: supernode of column j; up[s]: its parent; rowsAt, valuesAt (one more than supernodes): where rows and panels begin.
 * totals (f64): 0 rows in all, 1 numbers of all panels, 2 numbers of the stack of update matrices, 3 the longest panel's rows, 4 the most
 * columns, 5 operations of a factorisation. stack: work.
 */
export function layout(n: i32, count: i32, first: usize, rows: usize, parent: usize, owner: usize, up: usize, rowsAt: usize, valuesAt: usize, stack: usize, totals: usize): void {
  let sumRows = 0.0, sumValues = 0.0, most = 0, widest = 0, work = 0.0;
  for (let s = 0; s < count; s++) for (let j = get(first, s); j < get(first, s + 1); j++) set(owner, j, s);
  for (let s = 0; s < count; s++) {
    const last = get(parent, get(first, s + 1) - 1);
    set(up, s, last < 0 ? -1 : get(owner, last));
    const f = get(rows, s), w = get(first, s + 1) - get(first, s);
    set(rowsAt, s, <i32>sumRows);
    set(valuesAt, s, <i32>sumValues);
    sumRows += <f64>f;
    sumValues += <f64>f * <f64>w;
    if (f > most) most = f;
    if (w > widest) widest = w;
    for (let j = 0; j < w; j++) work += <f64>(f - j) * <f64>(f - j);
  }
  set(rowsAt, count, <i32>sumRows);
  set(valuesAt, count, <i32>sumValues);
  // The update matrices of the children lie on the stack while the parent's is made above them.
  let peak = 0.0, height = 0.0, top = 0;
  for (let s = 0; s < count; s++) {
    const u = belowRows(s, first, rows);
    if (height + u * u > peak) peak = height + u * u;
    while (top > 0 && get(up, get(stack, top - 1)) == s) {
      const v = belowRows(get(stack, --top), first, rows);
      height -= v * v;
    }
    height += u * u;
    set(stack, top++, s);
  }
  store<f64>(totals, sumRows);
  store<f64>(totals + 8, sumValues);
  store<f64>(totals + 16, peak);
  store<f64>(totals + 24, <f64>most);
  store<f64>(totals + 32, <f64>widest);
  store<f64>(totals + 40, work);
}

/** Rows of a supernode below its own columns. */
// @ts-ignore: decorator
@inline
function belowRows(s: i32, first: usize, rows: usize): f64 {
  return <f64>(get(rows, s) - get(first, s + 1) + get(first, s));
}
