// The directions that leave a set of rows as they are, and the least step that moves the rows: Gram and Schmidt with pivots, twice.

/** A row is a sum of others where so small a share of it is left. */
const DEPENDENT = 1e-10;

export interface NullSpace {
  /** An orthonormal basis of the null space, each of length k. */
  readonly basis: readonly Float64Array[];
  /** The least w with row_i w = rest_i for the rows that are independent. */
  least(rest: ArrayLike<number>): Float64Array;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, j) => s + v * b[j]!, 0);

/** Takes from v its part in the span of an orthonormal set; what is left has this length. */
function reduce(v: Float64Array, set: readonly Float64Array[]): number {
  for (let round = 0; round < 2; round++)
    for (const q of set) {
      const t = dot(q, v);
      for (let j = 0; j < v.length; j++) v[j]! -= t * q[j]!;
    }
  return Math.sqrt(dot(v, v));
}

/** Of rows of length k; with more than `most` directions none are made. */
export function nullSpace(rows: readonly Float64Array[], k: number, most: number): NullSpace | null {
  const range: Float64Array[] = [];
  const taken: number[] = [];
  const left = rows.map((row) => row.slice());
  const sizes = rows.map((row) => Math.sqrt(dot(row, row)));
  for (;;) {
    let [best, size] = [-1, DEPENDENT];
    left.forEach((row, i) => {
      if (taken.includes(i) || sizes[i] === 0) return;
      const share = Math.sqrt(dot(row, row)) / sizes[i]!;
      if (share > size) [best, size] = [i, share];
    });
    if (best < 0 || range.length === k) break;
    const q = left[best]!.slice();
    const length = reduce(q, range);
    taken.push(best);
    if (!(length > DEPENDENT * sizes[best]!)) continue;
    for (let j = 0; j < k; j++) q[j]! /= length;
    range.push(q);
    left.forEach((row, i) => {
      if (!taken.includes(i)) reduce(row, [q]);
    });
  }
  const independent = taken.slice(0, range.length);
  const free = k - range.length;
  if (free > most) return null;
  const basis: Float64Array[] = [];
  const all = [...range];
  // Of the unit vectors, those that are least in the span so far.
  const shares = Float64Array.from({ length: k }, (_, j) => range.reduce((s, q) => s - q[j]! * q[j]!, 1));
  while (basis.length < free) {
    let best = 0;
    for (let j = 1; j < k; j++) if (shares[j]! > shares[best]!) best = j;
    const q = new Float64Array(k);
    q[best] = 1;
    const length = reduce(q, all);
    shares[best] = -1;
    if (!(length > DEPENDENT)) {
      if (shares.every((v) => v < 0)) break;
      continue;
    }
    for (let j = 0; j < k; j++) {
      q[j]! /= length;
      if (shares[j]! >= 0) shares[j]! -= q[j]! * q[j]!;
    }
    basis.push(q);
    all.push(q);
  }
  return {
    basis,
    least(rest) {
      // row_i = sum of (row_i q) q over the q up to its own: forward, one by one.
      const w = new Float64Array(k);
      range.forEach((q, a) => {
        const i = independent[a]!;
        const t = (rest[i]! - dot(rows[i]!, w)) / dot(rows[i]!, q);
        for (let j = 0; j < k; j++) w[j]! += t * q[j]!;
      });
      return w;
    },
  };
}
