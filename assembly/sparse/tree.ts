// What a factorisation L D L' of a sparse symmetric matrix will look like: neighbours, elimination tree, postorder, column
// counts, supernodes. All indices are i32. The matrix comes by rows; of each symmetric pair only the entry with column <= row counts.

import { getInteger as get, setInteger as set } from "../memory";

/** ptr (n + 1) and lists: the neighbours of each index, both triangles, no diagonal; lists 0 only counts. Returns their number. */
export function neighbours(n: i32, rowPtr: usize, colIdx: usize, ptr: usize, lists: usize): i32 {
  for (let i = 0; i <= n; i++) set(ptr, i, 0);
  for (let i = 0; i < n; i++) {
    for (let k = get(rowPtr, i), end = get(rowPtr, i + 1); k < end; k++) {
      const j = get(colIdx, k);
      if (j >= i) continue;
      set(ptr, i, get(ptr, i) + 1);
      set(ptr, j, get(ptr, j) + 1);
    }
  }
  let total = 0;
  for (let i = 0; i <= n; i++) {
    total += get(ptr, i);
    set(ptr, i, total);
  }
  if (lists == 0) return total;
  for (let i = 0; i < n; i++) {
    for (let k = get(rowPtr, i), end = get(rowPtr, i + 1); k < end; k++) {
      const j = get(colIdx, k);
      if (j >= i) continue;
      const p = get(ptr, i) - 1, q = get(ptr, j) - 1;
      set(ptr, i, p);
      set(ptr, j, q);
      set(lists, p, j);
      set(lists, q, i);
    }
  }
  return total;
}

/** Elimination tree of the permuted pattern (Liu 1986), with path compression. order[k] is eliminated k-th, place is its inverse. */
export function eliminationTree(n: i32, ptr: usize, lists: usize, order: usize, place: usize, parent: usize, root: usize): void {
  for (let k = 0; k < n; k++) set(place, get(order, k), k);
  for (let k = 0; k < n; k++) {
    set(parent, k, -1);
    set(root, k, -1);
    const row = get(order, k);
    for (let p = get(ptr, row), end = get(ptr, row + 1); p < end; p++) {
      let i = get(place, get(lists, p));
      while (i < k && i != -1) {
        const next = get(root, i);
        set(root, i, k);
        if (next == -1) set(parent, i, k);
        i = next;
      }
    }
  }
}

/** count[j]: entries of column j of L, its diagonal included, by the row subtrees (Gilbert, Li, Ng and Peyton 1994). */
export function columnCounts(n: i32, ptr: usize, lists: usize, order: usize, place: usize, parent: usize, count: usize, mark: usize): void {
  for (let k = 0; k < n; k++) {
    set(count, k, 1);
    set(mark, k, k);
    const row = get(order, k);
    for (let p = get(ptr, row), end = get(ptr, row + 1); p < end; p++) {
      let i = get(place, get(lists, p));
      while (i < k && get(mark, i) != k) {
        set(count, i, get(count, i) + 1);
        set(mark, i, k);
        i = get(parent, i);
      }
    }
  }
}

/**
 * Renumbers by a postorder of the tree, in which the child with the longest column comes last, beside its parent. order, place,
 * parent and count are replaced. work: 4 n.
 */
export function postorder(n: i32, order: usize, place: usize, parent: usize, count: usize, work: usize): void {
  const bytes = <usize>n << 2;
  const head = work, next = work + bytes, post = work + 2 * bytes, stack = work + 3 * bytes;
  for (let j = 0; j < n; j++) set(head, j, -1);
  for (let j = n - 1; j >= 0; j--) {
    const p = get(parent, j);
    if (p < 0) continue;
    const first = get(head, p);
    // The list is read backwards below: the first in it is visited last.
    if (first == -1 || get(count, j) >= get(count, first)) {
      set(next, j, first);
      set(head, p, j);
    } else {
      set(next, j, get(next, first));
      set(next, first, j);
    }
  }
  // A node is numbered from the end when it is first met: node before children, reversed, is a postorder.
  let to = n;
  for (let root = n - 1; root >= 0; root--) {
    if (get(parent, root) >= 0) continue;
    let top = 0;
    set(stack, top++, root);
    while (top > 0) {
      const j = get(stack, --top);
      set(post, --to, j);
      const base = top;
      for (let c = get(head, j); c != -1; c = get(next, c)) set(stack, top++, c);
      // The longest child must be popped first.
      for (let a = base, b = top - 1; a < b; a++, b--) {
        const t = get(stack, a);
        set(stack, a, get(stack, b));
        set(stack, b, t);
      }
    }
  }
  // post[k]: the old number of the new k.
  const inverse = head, moved = next;
  for (let k = 0; k < n; k++) set(inverse, get(post, k), k);
  for (let k = 0; k < n; k++) set(moved, k, get(order, get(post, k)));
  for (let k = 0; k < n; k++) set(order, k, get(moved, k));
  for (let k = 0; k < n; k++) set(place, get(order, k), k);
  for (let k = 0; k < n; k++) {
    const p = get(parent, get(post, k));
    set(moved, k, p < 0 ? -1 : get(inverse, p));
    set(stack, k, get(count, get(post, k)));
  }
  for (let k = 0; k < n; k++) {
    set(parent, k, get(moved, k));
    set(count, k, get(stack, k));
  }
}

/** Entries of a trapezoid of w columns, the first f long. */
// @ts-ignore: decorator
@inline
function trapezoid(w: i32, f: i32): f64 {
  return <f64>w * <f64>f - 0.5 * <f64>w * <f64>(w - 1);
}

/** How much of a supernode of w columns may be zeros (the rule of CHOLMOD; Ashcraft and Grimes 1989). */
// @ts-ignore: decorator
@inline
function allowed(w: i32): f64 {
  return w <= 4 ? 1 : w <= 16 ? 0.8 : w <= 48 ? 0.1 : 0.05;
}

/**
 * Columns with the same structure, and such as nearly have it, as supernodes: first[s] (one more than there are), rows[s] the length
 * of the first column. zeros: f64, n of them. Returns the number of supernodes.
 */
export function supernodes(n: i32, parent: usize, count: usize, first: usize, rows: usize, zeros: usize): i32 {
  let top = 0;
  for (let j = 0; j < n; j++) {
    let start = j, f = get(count, j), z = 0.0;
    while (top > 0 && get(parent, start - 1) >= 0 && get(parent, start - 1) <= j) {
      const s = top - 1;
      const ws = start - get(first, s), fs = get(rows, s);
      const w = j - get(first, s) + 1, all = ws + f;
      const more = trapezoid(w, all) - trapezoid(ws, fs) - trapezoid(w - ws, f);
      const sum = z + more + load<f64>(zeros + (<usize>s << 3));
      if (more > 0 && sum > allowed(w) * trapezoid(w, all)) break;
      start = get(first, s);
      f = all;
      z = sum;
      top--;
    }
    set(first, top, start);
    set(rows, top, f);
    store<f64>(zeros + (<usize>top << 3), z);
    top++;
  }
  set(first, top, n);
  return top;
}
