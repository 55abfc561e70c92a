// The room `sparse-lu`: P A Q = L U of a sparse matrix, column by column, in time proportional to the arithmetic (Gilbert and
// Peierls 1988), with partial pivoting. The slots of the frame are named in src/abi/sparse-lu.ts.

import { word } from "../memory";
import {
  F_COLUMNS, F_L_AT, F_L_ROOM, F_L_ROWS, F_L_VALUES, F_MARK, F_N, F_NEXT, F_ORDER, F_PATTERN, F_PLACE, F_RANK, F_ROWS, F_STACK,
  F_U_AT, F_U_ROOM, F_U_ROWS, F_U_VALUES, F_VALUES, F_X,
} from "../../src/abi/sparse-lu";

// @ts-ignore: decorator
@inline
function int(p: usize, i: i32): i32 {
  return load<i32>(p + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function setInt(p: usize, i: i32, v: i32): void {
  store<i32>(p + (<usize>i << 2), v);
}

// @ts-ignore: decorator
@inline
function num(p: usize, i: i32): f64 {
  return load<f64>(p + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function setNum(p: usize, i: i32, v: f64): void {
  store<f64>(p + (<usize>i << 3), v);
}

/**
 * The rows that column `col` of A reaches through the columns of L so far, topologically, at pattern[top .. n - 1]; returns
 * top. A walk in depth: stack holds rows, next where each goes on.
 */
function reach(f: usize, col: i32, stamp: i32): i32 {
  const n = <i32>word(f, F_N), rows = word(f, F_ROWS), place = word(f, F_PLACE);
  const pattern = word(f, F_PATTERN), stack = word(f, F_STACK), next = word(f, F_NEXT), mark = word(f, F_MARK);
  const lAt = word(f, F_L_AT), lRows = word(f, F_L_ROWS);
  let top = n;
  const end = int(word(f, F_COLUMNS), col + 1);
  for (let p = int(word(f, F_COLUMNS), col); p < end; p++) {
    const start = int(rows, p);
    if (int(mark, start) == stamp) continue;
    let depth = 0;
    setInt(stack, 0, start);
    setInt(mark, start, stamp);
    let j = int(place, start);
    setInt(next, 0, j < 0 ? 0 : int(lAt, j) + 1);
    while (depth >= 0) {
      const i = int(stack, depth);
      j = int(place, i);
      const stop = j < 0 ? 0 : int(lAt, j + 1);
      let q = int(next, depth);
      let deeper = false;
      for (; q < stop; q++) {
        const r = int(lRows, q);
        if (int(mark, r) == stamp) continue;
        setInt(mark, r, stamp);
        setInt(next, depth, q + 1);
        depth++;
        setInt(stack, depth, r);
        const c = int(place, r);
        setInt(next, depth, c < 0 ? 0 : int(lAt, c) + 1);
        deeper = true;
        break;
      }
      if (deeper) continue;
      depth--;
      setInt(pattern, --top, i);
    }
  }
  return top;
}

/** The row of least rank, the largest of them, whose element is at least `size`. */
function leastRank(f: usize, top: i32, size: f64): i32 {
  const n = <i32>word(f, F_N), place = word(f, F_PLACE), x = word(f, F_X), pattern = word(f, F_PATTERN), rank = word(f, F_RANK);
  let row = -1, least = i32.MAX_VALUE;
  let most: f64 = 0;
  for (let p = top; p < n; p++) {
    const i = int(pattern, p);
    const v = abs(num(x, i));
    if (int(place, i) >= 0 || !(v >= size)) continue;
    const r = int(rank, i);
    if (r > least || (r == least && v <= most)) continue;
    row = i;
    least = r;
    most = v;
  }
  return row;
}

/**
 * Eliminates the columns from `from` on. A diagonal element of at least `threshold` times the largest is the pivot; with 1
 * only where it is the largest. Where the frame has ranks of the rows, the pivot is the row of least rank among those of
 * at least that size. Returns n when done, the column for which there was no room (call again with more), or -1 - k where
 * column k has no pivot above `least`. Rows of L are those of A until luFinish.
 */
export function luColumns(f: usize, from: i32, threshold: f64, least: f64): i32 {
  const n = <i32>word(f, F_N), order = word(f, F_ORDER), place = word(f, F_PLACE), x = word(f, F_X);
  const pattern = word(f, F_PATTERN), rows = word(f, F_ROWS), values = word(f, F_VALUES), columns = word(f, F_COLUMNS);
  const lAt = word(f, F_L_AT), lRows = word(f, F_L_ROWS), lValues = word(f, F_L_VALUES);
  const uAt = word(f, F_U_AT), uRows = word(f, F_U_ROWS), uValues = word(f, F_U_VALUES), rank = word(f, F_RANK);
  for (let k = from; k < n; k++) {
    let l = int(lAt, k), u = int(uAt, k);
    if (l + n > <i32>word(f, F_L_ROOM) || u + n > <i32>word(f, F_U_ROOM)) return k;
    const col = int(order, k);
    const top = reach(f, col, k + 1);
    for (let p = int(columns, col), end = int(columns, col + 1); p < end; p++) setNum(x, int(rows, p), num(values, p));
    for (let p = top; p < n; p++) {
      const i = int(pattern, p);
      const j = int(place, i);
      if (j < 0) continue;
      const v = num(x, i);
      setInt(uRows, u, j);
      setNum(uValues, u++, v);
      if (v == 0) continue;
      for (let q = int(lAt, j) + 1, end = int(lAt, j + 1); q < end; q++) {
        const r = int(lRows, q);
        setNum(x, r, num(x, r) - num(lValues, q) * v);
      }
    }
    let largest: f64 = 0, pivotRow = -1;
    for (let p = top; p < n; p++) {
      const i = int(pattern, p);
      if (int(place, i) >= 0) continue;
      const size = abs(num(x, i));
      if (size > largest || size != size) {
        largest = size;
        pivotRow = i;
      }
    }
    if (!(largest > least && largest < Infinity)) {
      for (let p = top; p < n; p++) setNum(x, int(pattern, p), 0);
      return -1 - k;
    }
    if (rank != 0) pivotRow = leastRank(f, top, threshold * largest);
    else if (int(place, col) < 0 && abs(num(x, col)) >= threshold * largest) pivotRow = col;
    const pivot = num(x, pivotRow);
    setInt(uRows, u, k);
    setNum(uValues, u++, pivot);
    setInt(uAt, k + 1, u);
    setInt(place, pivotRow, k);
    setInt(lRows, l, pivotRow);
    setNum(lValues, l++, 1);
    for (let p = top; p < n; p++) {
      const i = int(pattern, p);
      if (int(place, i) < 0) {
        setInt(lRows, l, i);
        setNum(lValues, l++, num(x, i) / pivot);
      }
      setNum(x, i, 0);
    }
    setInt(lAt, k + 1, l);
  }
  return n;
}

/** The rows of L become those of L U. */
export function luFinish(f: usize): void {
  const place = word(f, F_PLACE), lRows = word(f, F_L_ROWS);
  for (let p = 0, end = int(word(f, F_L_AT), <i32>word(f, F_N)); p < end; p++) setInt(lRows, p, int(place, int(lRows, p)));
}

/** y = (L U)^-1 y, or (L U)'^-1 y. */
export function luSolveSparse(f: usize, y: usize, transposed: bool): void {
  const n = <i32>word(f, F_N), lAt = word(f, F_L_AT), lRows = word(f, F_L_ROWS), lValues = word(f, F_L_VALUES);
  const uAt = word(f, F_U_AT), uRows = word(f, F_U_ROWS), uValues = word(f, F_U_VALUES);
  if (transposed) {
    for (let k = 0; k < n; k++) {
      const last = int(uAt, k + 1) - 1;
      let s = num(y, k);
      for (let p = int(uAt, k); p < last; p++) s -= num(uValues, p) * num(y, int(uRows, p));
      setNum(y, k, s / num(uValues, last));
    }
    for (let k = n - 1; k >= 0; k--) {
      let s = num(y, k);
      for (let p = int(lAt, k) + 1, end = int(lAt, k + 1); p < end; p++) s -= num(lValues, p) * num(y, int(lRows, p));
      setNum(y, k, s);
    }
    return;
  }
  for (let k = 0; k < n; k++) {
    const v = num(y, k);
    if (v == 0) continue;
    for (let p = int(lAt, k) + 1, end = int(lAt, k + 1); p < end; p++) {
      const r = int(lRows, p);
      setNum(y, r, num(y, r) - num(lValues, p) * v);
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    const last = int(uAt, k + 1) - 1;
    const v = num(y, k) / num(uValues, last);
    setNum(y, k, v);
    for (let p = int(uAt, k); p < last; p++) {
      const r = int(uRows, p);
      setNum(y, r, num(y, r) - num(uValues, p) * v);
    }
  }
}

/** v = (L U)^-1 v, rows in and columns out, or (L U)'^-1 v the other way round. */
export function luApply(f: usize, v: usize, transposed: bool): void {
  const n = <i32>word(f, F_N), order = word(f, F_ORDER), place = word(f, F_PLACE), x = word(f, F_X);
  if (transposed) for (let k = 0; k < n; k++) setNum(x, k, num(v, int(order, k)));
  else for (let i = 0; i < n; i++) setNum(x, int(place, i), num(v, i));
  luSolveSparse(f, x, transposed);
  if (transposed) for (let i = 0; i < n; i++) setNum(v, i, num(x, int(place, i)));
  else for (let k = 0; k < n; k++) setNum(v, int(order, k), num(x, k));
}

/**
 * Changes of columns after the factorisation, the product form of the inverse (Dantzig and Orchard-Hays 1954): change e put the
 * column with entries indices[at[e] .. at[e + 1] - 1] at places[e], where its entry, which is not among them, is pivots[e].
 */
export function etaApply(count: i32, places: usize, pivots: usize, at: usize, indices: usize, values: usize, v: usize, transposed: bool): void {
  if (transposed) {
    for (let e = count - 1; e >= 0; e--) {
      const r = int(places, e);
      let s = num(v, r);
      for (let p = int(at, e), end = int(at, e + 1); p < end; p++) s -= num(values, p) * num(v, int(indices, p));
      setNum(v, r, s / num(pivots, e));
    }
    return;
  }
  for (let e = 0; e < count; e++) {
    const r = int(places, e);
    if (num(v, r) == 0) continue;
    const t = num(v, r) / num(pivots, e);
    setNum(v, r, t);
    for (let p = int(at, e), end = int(at, e + 1); p < end; p++) {
      const i = int(indices, p);
      setNum(v, i, num(v, i) - num(values, p) * t);
    }
  }
}
