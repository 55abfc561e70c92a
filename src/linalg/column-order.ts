// An order of the columns of A that keeps L and U sparse whatever rows become pivots: approximate minimum degree of A'A without
// forming it, by elements and set differences as in COLAMD (Davis, Gilbert, Larimore and Ng 2004).

import type { Rows } from "./csr-parts.js";

/** order[k]: the column to eliminate k-th. */
export function columnOrder({ rows, cols, rowPtr, colIdx }: Rows): Int32Array {
  // An element is a set of columns that one row of U may have: at first the rows of A, but for dense ones.
  const dense = Math.max(16, 10 * Math.sqrt(cols));
  const elements: (Int32Array | null)[] = [];
  const size: number[] = [];
  const own: number[][] = Array.from({ length: cols }, () => []);
  for (let i = 0; i < rows; i++) {
    const columns = colIdx.slice(rowPtr[i]!, rowPtr[i + 1]!);
    if (columns.length > dense) continue;
    for (const j of columns) own[j]!.push(elements.length);
    elements.push(columns);
    size.push(columns.length);
  }
  /** Columns of a group that have the same elements; 0 for one that is ordered or joined another. */
  const weight = new Int32Array(cols).fill(1);
  const members: number[][] = Array.from({ length: cols }, (_, j) => [j]);
  const heap = new Buckets(cols);
  for (let j = 0; j < cols; j++) {
    let score = 0;
    for (const e of own[j]!) score += size[e]! - 1;
    heap.put(j, score);
  }
  const stampOf: number[] = new Array(elements.length).fill(0);
  const outside: number[] = new Array(elements.length).fill(0);
  const seen = new Int32Array(cols).fill(-1);
  const order = new Int32Array(cols);
  // Columns of a pivot row by a hash of their elements.
  const groups: number[][] = new Array(cols).fill([]);
  const groupStamp = new Int32Array(cols).fill(-1);
  const used: number[] = [];
  let count = 0;
  for (let stamp = 1; count < cols; stamp++) {
    const c = heap.takeLeast();
    for (const j of members[c]!) order[count++] = j;
    weight[c] = 0;
    // The pivot row: all columns that share an element with c.
    const union: number[] = [];
    let total = 0;
    for (const e of own[c]!) {
      for (const j of elements[e]!) {
        if (weight[j] === 0 || seen[j] === stamp) continue;
        seen[j] = stamp;
        union.push(j);
        total += weight[j]!;
      }
      elements[e] = null;
    }
    own[c] = [];
    if (union.length === 0) continue;
    // |element \ pivot row| of every element that its columns have.
    for (const j of union) {
      const list = own[j]!;
      let kept = 0;
      for (const e of list) {
        if (elements[e] === null) continue;
        list[kept++] = e;
        if (stampOf[e] !== stamp) {
          stampOf[e] = stamp;
          outside[e] = size[e]!;
        }
        outside[e] = outside[e]! - weight[j]!;
      }
      list.length = kept;
    }
    const pivot = elements.length;
    used.length = 0;
    for (const j of union) {
      // An element within the pivot row is absorbed.
      const list = own[j]!;
      let kept = 0;
      let hash = 0;
      for (const e of list) {
        if (outside[e]! > 0) {
          list[kept++] = e;
          hash = (hash + e) | 0;
        } else elements[e] = null;
      }
      list.length = kept;
      list.push(pivot);
      const slot = (hash >>> 0) % cols;
      if (groupStamp[slot] !== stamp) {
        groupStamp[slot] = stamp;
        groups[slot] = [];
        used.push(slot);
      }
      groups[slot]!.push(j);
    }
    // Columns with the same elements go together.
    for (const slot of used) {
      const same = groups[slot]!;
      for (let a = 0; a < same.length; a++) {
        const i = same[a]!;
        if (weight[i] === 0) continue;
        for (let b = a + 1; b < same.length; b++) {
          const j = same[b]!;
          if (weight[j] === 0 || !equal(own[i]!, own[j]!)) continue;
          weight[i] = weight[i]! + weight[j]!;
          weight[j] = 0;
          members[i]!.push(...members[j]!);
          members[j] = [];
          own[j] = [];
          heap.remove(j);
        }
      }
    }
    const columns = Int32Array.from(union.filter((j) => weight[j]! > 0));
    elements.push(columns);
    size.push(total);
    stampOf.push(0);
    outside.push(0);
    for (const j of columns) {
      let score = total - weight[j]!;
      for (const e of own[j]!) if (e !== pivot) score += outside[e]!;
      heap.put(j, score);
    }
  }
  return order;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

/** Columns in lists by their score, which is cut to the number of columns. */
class Buckets {
  readonly #head: Int32Array;
  readonly #next: Int32Array;
  readonly #before: Int32Array;
  readonly #score: Int32Array;
  #least = 0;

  constructor(n: number) {
    this.#head = new Int32Array(n + 1).fill(-1);
    this.#next = new Int32Array(n).fill(-1);
    this.#before = new Int32Array(n).fill(-1);
    this.#score = new Int32Array(n).fill(-1);
  }

  put(j: number, score: number): void {
    this.remove(j);
    const s = Math.min(score, this.#head.length - 1);
    const first = this.#head[s]!;
    this.#score[j] = s;
    this.#next[j] = first;
    this.#before[j] = -1;
    if (first >= 0) this.#before[first] = j;
    this.#head[s] = j;
    this.#least = Math.min(this.#least, s);
  }

  remove(j: number): void {
    const s = this.#score[j]!;
    if (s < 0) return;
    const [before, next] = [this.#before[j]!, this.#next[j]!];
    if (before >= 0) this.#next[before] = next;
    else this.#head[s] = next;
    if (next >= 0) this.#before[next] = before;
    this.#score[j] = -1;
  }

  takeLeast(): number {
    while (this.#head[this.#least]! < 0) this.#least++;
    const j = this.#head[this.#least]!;
    this.remove(j);
    return j;
  }
}
