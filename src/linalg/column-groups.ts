// Columns that share no row, in as few groups as a greedy colouring finds: one difference serves all columns of a group (Curtis,
// Powell and Reid 1974). The order decides: as they come, which is best for bands, or smallest last (Coleman and Moré 1983).

import type { JacobianPattern } from "./sparse-pattern.js";

export interface ColumnGroups {
  readonly count: number;
  /** Group g has the columns columns[k], start[g] <= k < start[g + 1], ascending. */
  readonly start: Int32Array;
  readonly columns: Int32Array;
}

/** Groups of the columns for which `wanted` is not 0; columns without an entry are in none. */
export function groupColumns(p: JacobianPattern, wanted: Uint8Array): ColumnGroups {
  const { rows, cols, rowPtr, colIdx, colPtr } = p;
  const taken = new Uint8Array(cols);
  for (let j = 0; j < cols; j++) if (wanted[j] && colPtr[j + 1]! > colPtr[j]!) taken[j] = 1;
  // The columns of one row are all in different groups.
  let least = 0;
  for (let i = 0; i < rows; i++) {
    let long = 0;
    for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) long += taken[colIdx[k]!]!;
    least = Math.max(least, long);
  }
  const natural = Int32Array.from({ length: cols }, (_, j) => j);
  let best = colour(p, taken, natural);
  if (best.count > least) {
    const other = colour(p, taken, smallestLast(p, taken));
    if (other.count < best.count) best = other;
  }
  const { count, group } = best;
  const start = new Int32Array(count + 1);
  for (let j = 0; j < cols; j++) if (taken[j]) start[group[j]! + 1]!++;
  for (let g = 0; g < count; g++) start[g + 1]! += start[g]!;
  const next = start.slice();
  const columns = new Int32Array(start[count]!);
  for (let j = 0; j < cols; j++) if (taken[j]) columns[next[group[j]!]!++] = j;
  return { count, start, columns };
}

/** Each column gets the first group in which none has a row of its own. */
function colour({ rowPtr, colIdx, colPtr, rowIdx }: JacobianPattern, taken: Uint8Array, order: Int32Array) {
  // Of all columns: `order` may be without those that are not taken.
  const n = taken.length;
  const group = new Int32Array(n).fill(-1);
  const used = new Int32Array(n + 1).fill(-1);
  let count = 0;
  for (let a = 0; a < order.length; a++) {
    const j = order[a]!;
    if (!taken[j]) continue;
    for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
      const i = rowIdx[e]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const g = group[colIdx[k]!]!;
        if (g >= 0) used[g] = j;
      }
    }
    let g = 0;
    while (used[g] === j) g++;
    group[j] = g;
    count = Math.max(count, g + 1);
  }
  return { count, group };
}

/** The column that shares rows with fewest of the others comes last, and so on with what is left (Matula and Beck 1983). */
function smallestLast({ rowPtr, colIdx, colPtr, rowIdx }: JacobianPattern, taken: Uint8Array): Int32Array {
  const n = taken.length;
  const mark = new Int32Array(n).fill(-1);
  const left = taken.slice();
  const degree = new Int32Array(n);
  // Columns of each degree, doubly linked.
  const head = new Int32Array(n + 1).fill(-1);
  const [after, before] = [new Int32Array(n).fill(-1), new Int32Array(n).fill(-1)];
  const add = (j: number): void => {
    const first = head[degree[j]!]!;
    after[j] = first;
    before[j] = -1;
    if (first >= 0) before[first] = j;
    head[degree[j]!] = j;
  };
  const remove = (j: number): void => {
    if (before[j]! >= 0) after[before[j]!] = after[j]!;
    else head[degree[j]!] = after[j]!;
    if (after[j]! >= 0) before[after[j]!] = before[j]!;
  };
  /** Each neighbour of j that is left, once. */
  const visit = (j: number, stamp: number, see: (c: number) => void): void => {
    mark[j] = stamp;
    for (let e = colPtr[j]!; e < colPtr[j + 1]!; e++) {
      const i = rowIdx[e]!;
      for (let k = rowPtr[i]!; k < rowPtr[i + 1]!; k++) {
        const c = colIdx[k]!;
        if (!left[c] || mark[c] === stamp) continue;
        mark[c] = stamp;
        see(c);
      }
    }
  };
  let total = 0;
  for (let j = 0; j < n; j++) {
    if (!left[j]) continue;
    total++;
    visit(j, j, () => {
      degree[j]!++;
    });
    add(j);
  }
  const order = new Int32Array(n);
  let low = 0;
  for (let a = total - 1; a >= 0; a--) {
    while (head[low] === -1) low++;
    const j = head[low]!;
    remove(j);
    left[j] = 0;
    order[a] = j;
    visit(j, n + a, (c) => {
      remove(c);
      degree[c]!--;
      add(c);
    });
    low = Math.max(0, low - 1);
  }
  return order.subarray(0, total);
}
