// The same damped problem by orthogonal transformations, for J so nearly rank deficient that J'J loses its
// digits: J S = Q R with unit columns, pivoted, then one row of damping after the other is rotated into R
// (Moré 1978, section 3; Golub and Van Loan, 4th ed., section 5.1.8).

import { column, EPS } from "../memory";
import { axpy, copy, dot, nrm2, scal } from "../blas/level1";
import { qrFactor, qrRank, solveR, solveRT } from "../linalg/qr";
import { hypot2 } from "../linalg/reflector";
import { F_D, F_E, F_FREE, F_J, F_JT, F_M, F_HELD, F_NORMS, F_P, F_PERM, F_R, F_RES, F_S, F_T, F_TAU, F_Y } from "../../src/abi/least-squares";
import { get, index, set, slot } from "./frame";

/** Reduces J and r to n rows: F_R gets R in the original order of columns, its last column Q'r; F_S the scales. */
export function reduce(m: i32, n: i32, frame: usize): void {
  const J = slot(frame, F_J), B = slot(frame, F_JT), R = slot(frame, F_R), s = slot(frame, F_S), perm = slot(frame, F_PERM);
  for (let j = 0; j < n; j++) {
    const c = column(B, m, j);
    let from = J + (<usize>j << 3);
    for (let to = c, end = c + (<usize>m << 3); to < end; to += 8, from += <usize>n << 3) store<f64>(to, load<f64>(from));
    const norm = nrm2<f64>(m, c);
    const scale = norm > 0 ? 1 / norm : 1;
    set(s, j, scale);
    scal<f64>(m, scale, c);
  }
  copy<f64>(m, slot(frame, F_RES), column(B, m, n));
  qrFactor(m, n, n + 1, B, m, slot(frame, F_TAU), perm, slot(frame, F_NORMS), 1);
  memory.fill(R, 0, <usize>(n * (n + 1)) << 3);
  const rows = min(m, n);
  for (let j = 0; j < n; j++) copy<f64>(min(rows, j + 1), column(B, m, j), column(R, n, index(perm, j)));
  copy<f64>(rows, column(B, m, n), column(R, n, n));
}

/** Without bounds, straight after reduce: the triangle is the one of J. F_T as from restrict; returns the rank. */
export function whole(m: i32, n: i32, frame: usize): i32 {
  const B = slot(frame, F_JT), T = slot(frame, F_T);
  const rows = min(m, n);
  memory.fill(T, 0, <usize>(n * (n + 1)) << 3);
  for (let j = 0; j <= n; j++) copy<f64>(min(rows, j + 1), column(B, m, j), column(T, n, j));
  return qrRank(n, n, T, n, EPS * <f64>max(m, n));
}

/**
 * Sets up the problem on the k free variables, the others displaced by F_HELD: F_T gets the pivoted triangle,
 * its last column the right-hand side. Returns the rank.
 */
export function restrict(m: i32, n: i32, k: i32, frame: usize): i32 {
  const R = slot(frame, F_R), T = slot(frame, F_T), s = slot(frame, F_S), free = slot(frame, F_FREE), move = slot(frame, F_HELD);
  const rhs = column(T, n, k);
  copy<f64>(n, column(R, n, n), rhs);
  for (let j = 0; j < n; j++) {
    const moved = get(move, j);
    if (moved != 0) axpy<f64>(n, moved / get(s, j), column(R, n, j), rhs);
  }
  for (let b = 0; b < k; b++) copy<f64>(n, column(R, n, index(free, b)), column(T, n, b));
  qrFactor(n, k, k + 1, T, n, slot(frame, F_TAU), slot(frame, F_PERM), slot(frame, F_NORMS), 1);
  return qrRank(n, k, T, n, EPS * <f64>max(m, n));
}

/** p of the free variables from y in pivoted, unit-column order. */
function place(k: i32, frame: usize, y: usize): void {
  const s = slot(frame, F_S), p = slot(frame, F_P), free = slot(frame, F_FREE), perm = slot(frame, F_PERM);
  for (let a = 0; a < k; a++) {
    const j = index(free, index(perm, a));
    set(p, j, get(y, a) * get(s, j));
  }
}

/** The Gauss-Newton step; the basic solution when the rank is smaller than k. */
export function solveOrthogonal(n: i32, k: i32, rank: i32, frame: usize): void {
  const T = slot(frame, F_T), y = slot(frame, F_Y);
  const rhs = column(T, n, k);
  for (let a = 0; a < k; a++) set(y, a, a < rank ? -get(rhs, a) : 0);
  solveR(rank, T, n, y);
  place(k, frame, y);
  for (let b = 0; b < k; b++) copy<f64>(b + 1, column(T, n, b), column(slot(frame, F_M), n, b));
}

/** Solves [T; sqrt(lambda) D] y = -[rhs; 0]; false when the damped triangle is singular. */
export function dampedOrthogonal(n: i32, k: i32, lambda: f64, frame: usize): bool {
  const T = slot(frame, F_T), M = slot(frame, F_M), y = slot(frame, F_Y), row = slot(frame, F_E);
  const d = slot(frame, F_D), s = slot(frame, F_S), free = slot(frame, F_FREE), perm = slot(frame, F_PERM);
  const rhs = column(T, n, k);
  for (let b = 0; b < k; b++) copy<f64>(b + 1, column(T, n, b), column(M, n, b));
  for (let a = 0; a < k; a++) set(y, a, -get(rhs, a));
  const root = sqrt<f64>(lambda);
  for (let a = 0; a < k; a++) {
    const j = index(free, index(perm, a));
    for (let b = a + 1; b < k; b++) set(row, b, 0);
    set(row, a, root * get(d, j) * get(s, j));
    rotateIn(n, k, a, M, row, y);
  }
  for (let a = 0; a < k; a++) if (get(column(M, n, a), a) == 0) return false;
  solveR(k, M, n, y);
  place(k, frame, y);
  return true;
}

/** Rotates one row of damping, zero before column a, into the triangle M and its right-hand side y. */
function rotateIn(n: i32, k: i32, a: i32, M: usize, row: usize, y: usize): void {
  let carried = 0.0;
  for (let b = a; b < k; b++) {
    const u = get(row, b);
    if (u == 0) continue;
    const t = get(column(M, n, b), b);
    const h = hypot2(t, u);
    const cos = t / h, sin = u / h;
    for (let c = b; c < k; c++) {
      const at = column(M, n, c);
      const v = get(at, b), w = get(row, c);
      set(at, b, cos * v + sin * w);
      set(row, c, cos * w - sin * v);
    }
    const v = get(y, b);
    set(y, b, cos * v + sin * carried);
    carried = cos * carried - sin * v;
  }
}

/** As newtonNormal, from the last triangle of this path. */
export function newtonOrthogonal(n: i32, k: i32, length: f64, frame: usize): f64 {
  const M = slot(frame, F_M), y = slot(frame, F_Y), d = slot(frame, F_D), s = slot(frame, F_S), p = slot(frame, F_P);
  const free = slot(frame, F_FREE), perm = slot(frame, F_PERM);
  for (let a = 0; a < k; a++) {
    const j = index(free, index(perm, a));
    set(y, a, (get(d, j) * get(d, j) * get(s, j) * get(p, j)) / length);
  }
  solveRT(k, M, n, y);
  return dot<f64>(k, y, y);
}
