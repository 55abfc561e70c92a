// The normal equations J'J p = -J'r and their damped form (J'J + lambda D^2) p = -J'r, restricted to the
// variables that may move (`free`, k of n).

import { dot } from "../blas/level1";
import { gemvT } from "../dense/gemv";
import { syrk } from "../dense/syrk";
import { cholesky } from "../linalg/cholesky";
import { solveLower, solveLowerT } from "../linalg/triangular";
import { get, index, set } from "./frame";

/** Below this many entries of J the plain double loop beats packing. */
const SMALL: i32 = 1024;
/** Widest J for the plain loop. */
const NARROW: i32 = 12;

/** A = J'J (both triangles), g = J'r for row-major J (m x n). */
export function normalEquations(m: i32, n: i32, J: usize, r: usize, A: usize, g: usize, work: usize): void {
  if (n <= NARROW && m * n <= SMALL) {
    normalPlain(m, n, J, r, A, g);
    return;
  }
  syrk<f64>(m, n, J, n, A, n, work);
  gemvT<f64>(m, n, 1, J, n, r, 0, g);
}

function normalPlain(m: i32, n: i32, J: usize, r: usize, A: usize, g: usize): void {
  memory.fill(A, 0, <usize>(n * n) << 3);
  memory.fill(g, 0, <usize>n << 3);
  const width = <usize>n << 3;
  for (let row = J, end = J + <usize>m * width; row < end; row += width, r += 8) {
    addRow(n, row, load<f64>(r), A, g);
  }
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) set(A, j * n + i, get(A, i * n + j));
  }
}

/** Lower triangle of A += row row', g += r row. */
function addRow(n: i32, row: usize, r: f64, A: usize, g: usize): void {
  for (let j = 0; j < n; j++) {
    const a = get(row, j);
    set(g, j, get(g, j) + a * r);
    let to = A + (<usize>(j * n) << 3);
    for (let from = row, end = row + (<usize>j << 3); from <= end; from += 8, to += 8) {
      store<f64>(to, load<f64>(to) + a * load<f64>(from));
    }
  }
}

/**
 * L L' = A + lambda D^2 on the free variables (L is k x k with leading dimension n). Returns the smallest
 * pivot relative to its diagonal entry, that is the smallest pivot of the unit-diagonal matrix; 0 when the
 * factorisation fails. diagonal: n doubles of workspace.
 */
export function dampedCholesky(
  k: i32, n: i32, A: usize, d: usize, lambda: f64, free: usize, L: usize, diagonal: usize, work: usize,
): f64 {
  for (let a = 0; a < k; a++) {
    const i = index(free, a);
    const row = A + (<usize>(i * n) << 3);
    const to = L + (<usize>(a * n) << 3);
    for (let b = 0; b < a; b++) set(to, b, get(row, index(free, b)));
    const s = get(d, i);
    const full = get(row, i) + lambda * s * s;
    set(to, a, full);
    set(diagonal, a, full);
  }
  if (cholesky<f64>(k, L, n, work)) return 0;
  let least = 1.0;
  for (let a = 0; a < k; a++) {
    const l = get(L, a * n + a);
    least = min<f64>(least, (l * l) / get(diagonal, a));
  }
  return least;
}

/** p = -(L L')^-1 g on the free variables; g is indexed by variable. w: n doubles of workspace. */
export function solveNormal(k: i32, n: i32, L: usize, g: usize, free: usize, w: usize, p: usize): void {
  for (let a = 0; a < k; a++) set(w, a, -get(g, index(free, a)));
  solveLower<f64>(k, L, n, w);
  solveLowerT<f64>(k, L, n, w);
  for (let a = 0; a < k; a++) set(p, index(free, a), get(w, a));
}

/** |L^-1 D^2 p / length|^2, the denominator of Moré's Newton step on 1 / |D p| (Moré 1978, eq. 5.8). */
export function newtonNormal(k: i32, n: i32, L: usize, d: usize, free: usize, p: usize, length: f64, w: usize): f64 {
  for (let a = 0; a < k; a++) {
    const j = index(free, a);
    set(w, a, (get(d, j) * get(d, j) * get(p, j)) / length);
  }
  solveLower<f64>(k, L, n, w);
  return dot<f64>(k, w, w);
}
