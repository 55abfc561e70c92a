// The normal equations of a sparse J: J by rows and by columns, J'J by rows with both triangles, in a pattern that is analysed once;
// L D L' of the whole matrix, in which variables that are not solved for have rows and columns of the identity.

import {
  F_A, F_A_IDX, F_A_PTR, F_COL_IDX, F_COL_PTR, F_D, F_DIAGONAL, F_FREE, F_FROM, F_G, F_GF, F_J, F_K, F_LDL, F_MASK, F_P, F_RES, F_ROW_IDX, F_ROW_PTR,
  F_W, F_Y, F_Z,
} from "../../src/abi/least-squares";
import { L_D, L_ORDER } from "../../src/abi/ldl";
import { get, index, set, setIndex, slot } from "./frame";

// @ts-ignore: decorator
@external("ldl", "factor")
declare function factor(frame: usize, A: usize, least: f64, raise: f64): i32;
// @ts-ignore: decorator
@external("ldl", "solve")
declare function solve(frame: usize, b: usize, x: usize): void;

/** Entries of J, and of J'J. */
export function entriesOfJ(m: i32, frame: usize): i32 {
  return index(slot(frame, F_ROW_PTR), m);
}
export function entriesOfA(n: i32, frame: usize): i32 {
  return index(slot(frame, F_A_PTR), n);
}

/** F_A = J'J, F_G = J'r: by columns of J, whose rows are added up in a vector that is 0 before and after (Gustavson 1978). */
export function sparseNormal(n: i32, frame: usize): void {
  const J = slot(frame, F_J), r = slot(frame, F_RES), A = slot(frame, F_A), g = slot(frame, F_G), sum = slot(frame, F_Z);
  const rowPtr = slot(frame, F_ROW_PTR), colIdx = slot(frame, F_COL_IDX), colPtr = slot(frame, F_COL_PTR), rowIdx = slot(frame, F_ROW_IDX);
  const from = slot(frame, F_FROM), ptr = slot(frame, F_A_PTR), idx = slot(frame, F_A_IDX);
  for (let j = 0; j < n; j++) {
    let dot = 0.0;
    for (let e = index(colPtr, j), end = index(colPtr, j + 1); e < end; e++) {
      const i = index(rowIdx, e), v = get(J, index(from, e));
      dot += v * get(r, i);
      for (let k = index(rowPtr, i), last = index(rowPtr, i + 1); k < last; k++) {
        const c = index(colIdx, k);
        set(sum, c, get(sum, c) + v * get(J, k));
      }
    }
    set(g, j, dot);
    for (let k = index(ptr, j), end = index(ptr, j + 1); k < end; k++) {
      const c = index(idx, k);
      set(A, k, get(sum, c));
      set(sum, c, 0);
    }
  }
}

/** F_MASK: 1 for the k variables of F_FREE. */
export function maskFree(n: i32, k: i32, frame: usize): void {
  const mask = slot(frame, F_MASK), free = slot(frame, F_FREE);
  memory.fill(mask, 0, <usize>n << 2);
  for (let a = 0; a < k; a++) setIndex(mask, index(free, a), 1);
}

/**
 * L D L' of A + lambda D^2 on the free variables. Returns the smallest pivot relative to its diagonal entry, 0 when there is none.
 */
export function dampedLdl(n: i32, k: i32, lambda: f64, frame: usize): f64 {
  const A = slot(frame, F_A), K = slot(frame, F_K), d = slot(frame, F_D), mask = slot(frame, F_MASK), full = slot(frame, F_Y);
  const ptr = slot(frame, F_A_PTR), idx = slot(frame, F_A_IDX), diagonal = slot(frame, F_DIAGONAL);
  maskFree(n, k, frame);
  for (let i = 0; i < n; i++) {
    const own = index(mask, i);
    for (let e = index(ptr, i), end = index(diagonal, i); e < end; e++) set(K, e, own & index(mask, index(idx, e)) ? get(A, e) : 0);
    const s = get(d, i), e = index(diagonal, i);
    const value = own ? get(A, e) + lambda * s * s : 1;
    set(K, e, value);
    set(full, i, value);
  }
  const ldl = slot(frame, F_LDL);
  if (factor(ldl, K, 0, 0) < 0) return 0;
  const pivots = slot(ldl, L_D), order = slot(ldl, L_ORDER);
  let least = 1.0;
  for (let a = 0; a < n; a++) least = min<f64>(least, get(pivots, a) / get(full, index(order, a)));
  return least;
}

/** p = -(L D L')^-1 g on the free variables. */
export function solveLdl(n: i32, k: i32, frame: usize): void {
  const g = slot(frame, F_GF), w = slot(frame, F_W), p = slot(frame, F_P), free = slot(frame, F_FREE);
  memory.fill(w, 0, <usize>n << 3);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    set(w, j, -get(g, j));
  }
  solve(slot(frame, F_LDL), w, w);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    set(p, j, get(w, j));
  }
}

/** As newtonNormal: |D^-1/2 L^-1 v|^2 = v'(L D L')^-1 v. */
export function newtonLdl(n: i32, k: i32, length: f64, frame: usize): f64 {
  const d = slot(frame, F_D), w = slot(frame, F_W), v = slot(frame, F_Y), p = slot(frame, F_P), free = slot(frame, F_FREE);
  memory.fill(v, 0, <usize>n << 3);
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    set(v, j, (get(d, j) * get(d, j) * get(p, j)) / length);
  }
  solve(slot(frame, F_LDL), v, w);
  let sum = 0.0;
  for (let j = 0; j < n; j++) sum += get(v, j) * get(w, j);
  return sum;
}

/** Factors S A S with unit diagonal, variables that are not in F_MASK aside; its smallest pivot. */
export function unitLdl(n: i32, s: usize, frame: usize): f64 {
  const A = slot(frame, F_A), K = slot(frame, F_K), mask = slot(frame, F_MASK), ldl = slot(frame, F_LDL);
  const ptr = slot(frame, F_A_PTR), idx = slot(frame, F_A_IDX), diagonal = slot(frame, F_DIAGONAL);
  for (let i = 0; i < n; i++) {
    const own = index(mask, i);
    for (let e = index(ptr, i), end = index(diagonal, i); e < end; e++) {
      const j = index(idx, e);
      set(K, e, own & index(mask, j) ? get(A, e) * get(s, i) * get(s, j) : 0);
    }
    const e = index(diagonal, i);
    set(K, e, own ? get(A, e) * get(s, i) * get(s, i) : 1);
  }
  if (factor(ldl, K, 0, 0) < 0) return 0;
  const pivots = slot(ldl, L_D);
  let least = 1.0;
  for (let a = 0; a < n; a++) least = min<f64>(least, get(pivots, a));
  return least;
}
