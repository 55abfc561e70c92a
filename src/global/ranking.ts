// The order of a generation by value: a failed evaluation (NaN or Infinity) ranks last, equal values keep their order.

/** What a value counts for when values are compared. */
export const rankOf = (value: number): number =>
  value - value === 0 || value === -Infinity ? value : Infinity;

/** a is lower than b by more than a share of 1e-10 of |b|: so much lower that it counts as progress. */
export const isLower = (a: number, b: number): boolean =>
  a < b && (b === Infinity || a < b - 1e-10 * Math.abs(b));

/** Sorts order[0 .. count-1], row numbers, by keys: heap sort with the row number as the last word, nothing allocated. */
export function sortRows(count: number, keys: Float64Array, order: Int32Array): void {
  for (let i = 0; i < count; i++) order[i] = i;
  for (let root = (count >> 1) - 1; root >= 0; root--) sift(root, count, keys, order);
  for (let end = count - 1; end > 0; end--) {
    const top = order[0]!;
    order[0] = order[end]!;
    order[end] = top;
    sift(0, end, keys, order);
  }
}

/** The first `most` of what sortRows makes of order[0 .. count-1], by insertion: for a few of many. */
export function bestRows(most: number, count: number, keys: Float64Array, order: Int32Array): void {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const key = keys[i]!;
    if (kept === most && !(key < keys[order[most - 1]!]!)) continue;
    let at = kept < most ? kept++ : most - 1;
    for (; at > 0 && key < keys[order[at - 1]!]!; at--) order[at] = order[at - 1]!;
    order[at] = i;
  }
}

const after = (a: number, b: number, keys: Float64Array): boolean => {
  const x = keys[a]!;
  const y = keys[b]!;
  return x > y || (x === y && a > b);
};

function sift(root: number, end: number, keys: Float64Array, order: Int32Array): void {
  const row = order[root]!;
  let at = root;
  for (let child = 2 * at + 1; child < end; child = 2 * at + 1) {
    if (child + 1 < end && after(order[child + 1]!, order[child]!, keys)) child++;
    if (!after(order[child]!, row, keys)) break;
    order[at] = order[child]!;
    at = child;
  }
  order[at] = row;
}
