// The orthogonal path of a sparse J: R of J S with unit columns by rotations, row after row (George and Heath 1980), in the order of
// elimination and in the panels that L of J'J has; columns that depend on those before them are found as they come (Heath 1982) and left
// out. Row k of R stands where column k of L does: one after the other, from the diagonal on.

import { EPS } from "../memory";
import { hypot2 } from "../linalg/reflector";
import {
  F_COL_IDX, F_COL_PTR, F_D, F_FROM, F_HELD, F_J, F_LDL, F_LOWER, F_M, F_MASK, F_OWNER, F_P, F_PLACE, F_QT, F_R, F_RES, F_ROW_IDX, F_ROW_ORDER, F_ROW_PTR, F_S, F_T,
  F_TAU, F_TR, F_Y, F_Z,
} from "../../src/abi/least-squares";
import { L_COUNT, L_FIRST, L_ORDER, L_ROWS, L_ROWS_AT, L_VALUES_AT } from "../../src/abi/ldl";
import { get, index, set, slot } from "./frame";
import { maskFree } from "./sparse";

/** A column whose rest is below so many roundings of m + n depends on those before it (SuiteSparseQR's, Davis 2011). */
const RANK: f64 = 20;

/** Bytes of the panels. */
function panelBytes(frame: usize): usize {
  const ldl = slot(frame, F_LDL);
  return <usize>index(slot(ldl, L_VALUES_AT), <i32>slot(ldl, L_COUNT)) << 3;
}

/** Entries of row k: from the diagonal on. */
// @ts-ignore: decorator
@inline
export function rowLength(k: i32, ldl: usize, owner: usize): i32 {
  const t = index(owner, k), at = slot(ldl, L_ROWS_AT);
  return index(at, t + 1) - index(at, t) - (k - index(slot(ldl, L_FIRST), t));
}

/** Where its numbers stand in the panels V. */
// @ts-ignore: decorator
@inline
export function rowValues(k: i32, V: usize, ldl: usize, owner: usize): usize {
  const t = index(owner, k), at = slot(ldl, L_ROWS_AT), off = k - index(slot(ldl, L_FIRST), t), long = index(at, t + 1) - index(at, t);
  return V + ((<usize>index(slot(ldl, L_VALUES_AT), t) + <usize>off * <usize>(long + 1)) << 3);
}

/** Their columns. */
// @ts-ignore: decorator
@inline
export function rowColumns(k: i32, ldl: usize, owner: usize): usize {
  const t = index(owner, k);
  return slot(ldl, L_ROWS) + (<usize>(index(slot(ldl, L_ROWS_AT), t) + k - index(slot(ldl, L_FIRST), t)) << 2);
}

/** Rotates the row in F_Z, 0 before column k, with the right-hand side b into V and rhs; F_Z is 0 afterwards. */
function rotateIn(k: i32, b: f64, V: usize, rhs: usize, frame: usize): void {
  const z = slot(frame, F_Z), ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER);
  while (true) {
    const long = rowLength(k, ldl, owner), ids = rowColumns(k, ldl, owner), w = get(z, k);
    if (w != 0) {
      const row = rowValues(k, V, ldl, owner), d = get(row, 0);
      if (d == 0) {
        // The first of its row.
        for (let i = 0; i < long; i++) {
          const c = index(ids, i);
          set(row, i, get(z, c));
          set(z, c, 0);
        }
        set(rhs, k, b);
        return;
      }
      const h = hypot2(d, w), cos = d / h, sin = w / h;
      set(row, 0, h);
      set(z, k, 0);
      for (let i = 1; i < long; i++) {
        const c = index(ids, i), u = get(row, i), v = get(z, c);
        set(row, i, cos * u + sin * v);
        set(z, c, cos * v - sin * u);
      }
      const u = get(rhs, k);
      set(rhs, k, cos * u + sin * b);
      b = cos * b - sin * u;
    }
    if (long == 1) return;
    k = index(ids, 1);
  }
}

/** 1 / |J_j| of each column, 1 where it is 0. */
export function unitColumns(n: i32, frame: usize): void {
  const J = slot(frame, F_J), s = slot(frame, F_S), colPtr = slot(frame, F_COL_PTR), from = slot(frame, F_FROM);
  for (let j = 0; j < n; j++) {
    let most = 0.0;
    const start = index(colPtr, j), end = index(colPtr, j + 1);
    for (let e = start; e < end; e++) most = max<f64>(most, abs<f64>(get(J, index(from, e))));
    let squares = 0.0;
    for (let e = start; e < end && most > 0; e++) {
      const t = get(J, index(from, e)) / most;
      squares += t * t;
    }
    set(s, j, most > 0 ? 1 / (most * sqrt<f64>(squares)) : 1);
  }
}

/** F_R: R of J S, F_QT: Q'r. Rows are taken by their first column. */
export function reduceSparse(m: i32, n: i32, frame: usize): void {
  const J = slot(frame, F_J), r = slot(frame, F_RES), z = slot(frame, F_Z), s = slot(frame, F_S), place = slot(frame, F_PLACE);
  const rowPtr = slot(frame, F_ROW_PTR), colIdx = slot(frame, F_COL_IDX), R = slot(frame, F_R), qt = slot(frame, F_QT), rows = slot(frame, F_ROW_ORDER);
  unitColumns(n, frame);
  memory.fill(R, 0, panelBytes(frame));
  memory.fill(qt, 0, <usize>n << 3);
  for (let a = 0; a < m; a++) {
    const i = index(rows, a);
    let first = n;
    for (let k = index(rowPtr, i), end = index(rowPtr, i + 1); k < end; k++) {
      const j = index(colIdx, k), c = index(place, j), v = get(J, k) * get(s, j);
      set(z, c, v);
      if (c < first) first = c;
    }
    if (first < n) rotateIn(first, get(r, i), R, qt, frame);
  }
}

/** Leaves the dependent columns of V out: their diagonal becomes 0, the rest of their row goes on. Returns the rank of those in F_MASK. */
function leaveDependent(n: i32, least: f64, V: usize, rhs: usize, frame: usize): i32 {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), z = slot(frame, F_Z), mask = slot(frame, F_MASK), order = slot(ldl, L_ORDER);
  let rank = 0;
  for (let k = 0; k < n; k++) {
    if (index(mask, index(order, k)) == 0) continue;
    const row = rowValues(k, V, ldl, owner);
    if (abs<f64>(get(row, 0)) > least) {
      rank++;
      continue;
    }
    const long = rowLength(k, ldl, owner), ids = rowColumns(k, ldl, owner);
    for (let i = 1; i < long; i++) set(z, index(ids, i), get(row, i));
    memory.fill(row, 0, <usize>long << 3);
    const b = get(rhs, k);
    set(rhs, k, 0);
    if (long > 1) rotateIn(index(ids, 1), b, V, rhs, frame);
  }
  return rank;
}

/**
 * F_T: the triangle of the k free variables, F_TR: its right-hand side, the others displaced by F_HELD. Returns the rank.
 */
export function restrictSparse(m: i32, n: i32, k: i32, tolerance: f64, frame: usize): i32 {
  const R = slot(frame, F_R), T = slot(frame, F_T), qt = slot(frame, F_QT), rhs = slot(frame, F_TR), z = slot(frame, F_Z);
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), order = slot(ldl, L_ORDER), mask = slot(frame, F_MASK);
  const held = slot(frame, F_HELD), s = slot(frame, F_S);
  maskFree(n, k, frame);
  if (k == n) {
    memory.copy(T, R, panelBytes(frame));
    memory.copy(rhs, qt, <usize>n << 3);
  } else {
    memory.fill(T, 0, panelBytes(frame));
    memory.fill(rhs, 0, <usize>n << 3);
    for (let a = 0; a < n; a++) {
      const long = rowLength(a, ldl, owner), ids = rowColumns(a, ldl, owner), row = rowValues(a, R, ldl, owner);
      let b = get(qt, a), first = n;
      for (let i = 0; i < long; i++) {
        const c = index(ids, i), j = index(order, c), v = get(row, i);
        if (index(mask, j) == 0) b += (get(held, j) / get(s, j)) * v;
        else {
          set(z, c, v);
          if (c < first) first = c;
        }
      }
      if (first < n) rotateIn(first, b, T, rhs, frame);
    }
  }
  return leaveDependent(n, max<f64>(RANK * EPS * <f64>(m + n), tolerance), T, rhs, frame);
}

/** y = -V^-1 rhs, 0 for columns that are left out. */
function solveUpper(n: i32, V: usize, rhs: usize, y: usize, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER);
  for (let k = n - 1; k >= 0; k--) {
    const row = rowValues(k, V, ldl, owner), ids = rowColumns(k, ldl, owner), d = get(row, 0);
    let sum = -get(rhs, k);
    for (let i = 1, long = rowLength(k, ldl, owner); i < long; i++) sum -= get(row, i) * get(y, index(ids, i));
    set(y, k, d == 0 ? 0 : sum / d);
  }
}

/** y = V'^-1 y in place. */
export function solveLower(n: i32, V: usize, y: usize, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER);
  for (let k = 0; k < n; k++) {
    const row = rowValues(k, V, ldl, owner), ids = rowColumns(k, ldl, owner), d = get(row, 0), t = d == 0 ? 0 : get(y, k) / d;
    set(y, k, t);
    if (t != 0) for (let i = 1, long = rowLength(k, ldl, owner); i < long; i++) set(y, index(ids, i), get(y, index(ids, i)) - get(row, i) * t);
  }
}

/** p of the free variables from y with unit columns, in the order of elimination. */
function put(n: i32, y: usize, frame: usize): void {
  const order = slot(slot(frame, F_LDL), L_ORDER), mask = slot(frame, F_MASK), p = slot(frame, F_P), s = slot(frame, F_S);
  for (let k = 0; k < n; k++) {
    const j = index(order, k);
    if (index(mask, j) != 0) set(p, j, get(y, k) * get(s, j));
  }
}

/** The Gauss-Newton step, a basic solution below full rank. */
export function solveGivens(n: i32, frame: usize): void {
  const y = slot(frame, F_Y);
  solveUpper(n, slot(frame, F_T), slot(frame, F_TR), y, frame);
  put(n, y, frame);
  memory.copy(slot(frame, F_M), slot(frame, F_T), panelBytes(frame));
}

/** Smallest over largest diagonal element of F_T, of the free variables: about 1 / cond. */
export function ratioGivens(n: i32, frame: usize): f64 {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), order = slot(ldl, L_ORDER), mask = slot(frame, F_MASK), T = slot(frame, F_T);
  let least = Infinity, most = 0.0;
  for (let k = 0; k < n; k++) {
    if (index(mask, index(order, k)) == 0) continue;
    const d = abs<f64>(get(rowValues(k, T, ldl, owner), 0));
    least = min<f64>(least, d);
    most = max<f64>(most, d);
  }
  return most > 0 ? least / most : 0;
}

/** Solves [T; sqrt(lambda) D] y = -[rhs; 0]; false when it is singular. */
export function dampedGivens(n: i32, lambda: f64, frame: usize): bool {
  const M = slot(frame, F_M), rhs = slot(frame, F_TAU), y = slot(frame, F_Y), z = slot(frame, F_Z), d = slot(frame, F_D), s = slot(frame, F_S);
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), order = slot(ldl, L_ORDER), mask = slot(frame, F_MASK);
  memory.copy(M, slot(frame, F_T), panelBytes(frame));
  memory.copy(rhs, slot(frame, F_TR), <usize>n << 3);
  const root = sqrt<f64>(lambda);
  for (let k = 0; k < n; k++) {
    const j = index(order, k);
    if (index(mask, j) == 0) continue;
    set(z, k, root * get(d, j) * get(s, j));
    rotateIn(k, 0, M, rhs, frame);
  }
  for (let k = 0; k < n; k++) if (index(mask, index(order, k)) != 0 && get(rowValues(k, M, ldl, owner), 0) == 0) return false;
  solveUpper(n, M, rhs, y, frame);
  put(n, y, frame);
  return true;
}

/** As newtonOrthogonal, from the last triangle of this path. */
export function newtonGivens(n: i32, length: f64, frame: usize): f64 {
  const y = slot(frame, F_Y), d = slot(frame, F_D), s = slot(frame, F_S), p = slot(frame, F_P), order = slot(slot(frame, F_LDL), L_ORDER), mask = slot(frame, F_MASK);
  for (let k = 0; k < n; k++) {
    const j = index(order, k);
    set(y, k, index(mask, j) != 0 ? (get(d, j) * get(d, j) * get(s, j) * get(p, j)) / length : 0);
  }
  solveLower(n, slot(frame, F_M), y, frame);
  let sum = 0.0;
  for (let k = 0; k < n; k++) sum += get(y, k) * get(y, k);
  return sum;
}

/** y = V x, or V'x. */
export function timesUpper(n: i32, V: usize, x: usize, y: usize, transposed: bool, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER);
  memory.fill(y, 0, <usize>n << 3);
  for (let k = 0; k < n; k++) {
    const row = rowValues(k, V, ldl, owner), ids = rowColumns(k, ldl, owner), long = rowLength(k, ldl, owner);
    if (transposed) {
      const t = get(x, k);
      for (let i = 0; i < long; i++) set(y, index(ids, i), get(y, index(ids, i)) + get(row, i) * t);
    } else {
      let sum = 0.0;
      for (let i = 0; i < long; i++) sum += get(row, i) * get(x, index(ids, i));
      set(y, k, sum);
    }
  }
}

/** x = V^-1 x in place, 0 for columns that are left out. */
export function backUpper(n: i32, V: usize, x: usize, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER);
  for (let k = n - 1; k >= 0; k--) {
    const row = rowValues(k, V, ldl, owner), ids = rowColumns(k, ldl, owner), d = get(row, 0);
    let sum = get(x, k);
    for (let i = 1, long = rowLength(k, ldl, owner); i < long; i++) sum -= get(row, i) * get(x, index(ids, i));
    set(x, k, d == 0 ? 0 : sum / d);
  }
}
