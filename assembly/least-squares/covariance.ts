// (J'J)^-1 from a pivoted QR of J with unit columns, so that the standard errors keep the digits that J'J
// would lose (inverse.ts has it where it loses none); with it rank, condition number and the directions that the data do not determine.

import { column, EPS } from "../memory";
import { copy, dot, nrm2, scal } from "../blas/level1";
import { qrFactor, qrRank, solveR, solveRT } from "../linalg/qr";
import {
  F_E, F_J, F_JT, F_M, F_NORMS, F_PERM, F_S, F_T, F_TAU, F_W, F_Y, S_CONDITION, S_RANK, S_TOLERANCE,
} from "../../src/abi/least-squares";
import { get, index, set, slot } from "./frame";
import { normalInverse } from "./inverse";

const POWER_STEPS: i32 = 50;

/** y = R x for the leading n x n triangle. */
function timesR(n: i32, A: usize, ld: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) {
    let s = 0.0;
    for (let j = i; j < n; j++) s += get(column(A, ld, j), i) * get(x, j);
    set(y, i, s);
  }
}

/** y = R'x. */
function timesRT(n: i32, A: usize, ld: i32, x: usize, y: usize): void {
  for (let j = 0; j < n; j++) set(y, j, dot<f64>(j + 1, column(A, ld, j), x));
}

/** Largest singular value of R, or of its inverse, by power iteration on R'R. */
function largestSingular(n: i32, A: usize, ld: i32, inverse: bool, x: usize, y: usize): f64 {
  for (let j = 0; j < n; j++) set(x, j, 1 - 0.5 * <f64>j / <f64>n);
  let value = 0.0;
  for (let step = 0; step < POWER_STEPS; step++) {
    scal<f64>(n, 1 / nrm2<f64>(n, x), x);
    if (inverse) {
      copy<f64>(n, x, y);
      solveRT(n, A, ld, y);
      copy<f64>(n, y, x);
      solveR(n, A, ld, x);
    } else {
      timesR(n, A, ld, x, y);
      timesRT(n, A, ld, y, x);
    }
    const next = nrm2<f64>(n, y);
    const settled = abs<f64>(next - value) <= 1e-4 * next;
    value = next;
    if (settled && step > 2) break;
  }
  return value;
}

/** Share of each variable in the directions that J does not see, largest 1, into F_W. */
function blindDirections(n: i32, rank: i32, B: usize, ld: i32, frame: usize): void {
  const w = slot(frame, F_W), y = slot(frame, F_Y), perm = slot(frame, F_PERM);
  memory.fill(w, 0, <usize>n << 3);
  for (let c = rank; c < n; c++) {
    copy<f64>(rank, column(B, ld, c), y);
    solveR(rank, B, ld, y);
    let largest = 1.0;
    for (let a = 0; a < rank; a++) largest = max<f64>(largest, abs<f64>(get(y, a)));
    for (let a = 0; a < rank; a++) {
      const j = index(perm, a);
      set(w, j, max<f64>(get(w, j), abs<f64>(get(y, a)) / largest));
    }
    const j = index(perm, c);
    set(w, j, max<f64>(get(w, j), 1 / largest));
  }
}

/**
 * F_M = (J'J)^-1 (n x n), when S_RANK = n. Otherwise F_W tells which variables are undetermined. S_CONDITION is
 * that of the determined part. A column of zeros has scale 1 and so counts as undetermined. `summed`: F_A is J'J of this J.
 */
export function covariance(m: i32, n: i32, summed: i32, frame: usize, state: usize): void {
  const J = slot(frame, F_J), B = slot(frame, F_JT), s = slot(frame, F_S), perm = slot(frame, F_PERM);
  for (let j = 0; j < n; j++) {
    const c = column(B, m, j);
    let from = J + (<usize>j << 3);
    for (let to = c, end = c + (<usize>m << 3); to < end; to += 8, from += <usize>n << 3) store<f64>(to, load<f64>(from));
    const norm = nrm2<f64>(m, c);
    const scale = norm > 0 ? 1 / norm : 1;
    set(s, j, scale);
    scal<f64>(m, scale, c);
  }
  qrFactor(m, n, n, B, m, slot(frame, F_TAU), perm, slot(frame, F_NORMS), 1);
  const rank = get(B, 0) == 0 ? 0 : qrRank(m, n, B, m, max<f64>(EPS * <f64>max(m, n), get(state, S_TOLERANCE)));
  set(state, S_RANK, rank);
  const x = slot(frame, F_Y), y = slot(frame, F_E);
  const up = rank > 0 ? largestSingular(rank, B, m, false, x, y) * largestSingular(rank, B, m, true, x, y) : Infinity;
  set(state, S_CONDITION, up);
  if (rank < n) {
    blindDirections(n, rank, B, m, frame);
    return;
  }
  if (summed != 0 && normalInverse(n, 1, slot(frame, F_M), frame) != 0) return;
  invert(n, B, m, frame);
}

/** F_M = S P R^-1 R^-T P' S. */
function invert(n: i32, B: usize, ld: i32, frame: usize): void {
  const Z = slot(frame, F_T), C = slot(frame, F_M), s = slot(frame, F_S), perm = slot(frame, F_PERM);
  // Row a of R^-1 is column a of R^-T.
  for (let a = 0; a < n; a++) {
    const z = column(Z, n, a);
    memory.fill(z, 0, <usize>n << 3);
    set(z, a, 1);
    solveRT(n, B, ld, z);
  }
  for (let a = 0; a < n; a++) {
    const i = index(perm, a);
    for (let b = 0; b <= a; b++) {
      const j = index(perm, b);
      const value = dot<f64>(n - a, column(Z, n, a) + (<usize>a << 3), column(Z, n, b) + (<usize>a << 3)) * get(s, i) * get(s, j);
      set(C, i * n + j, value);
      set(C, j * n + i, value);
    }
  }
}
