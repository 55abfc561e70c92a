// A generation of CMA-ES: points from N(m, sigma^2 C), then what their ranks mean to mean, paths, covariance and step size.
// Equation numbers: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772.

import { getInteger as word, word as at, getDouble as get, setDouble as set, getDouble as item } from "../memory";
import {
  FORM_FULL, FORM_LIMITED, G_B, G_C, G_D, G_EIGEN, G_FORM, G_GAMMA, G_LIMIT, G_M, G_MEAN, G_N, G_PATHS, G_PC, G_POINTS, G_PS, G_ROWS, G_SCALE, G_USED, G_W,
  G_WORK, G_Y, G_Z, S_C1, S_CC, S_CHI, S_CMU, S_CS, S_DAMPS, S_GENERATION, S_LEARNT, S_MEAN_STEP, S_MU_EFF, S_SIGMA, S_STALL,
  S_SUM_W,
} from "../../src/abi/global";
import { axpy, dot, fill, scal } from "../blas/level1";
import { eigSym } from "../linalg/eigen";
import { exp } from "../stats/elementary";
import { copyRow, eigenRows, padded } from "./eigen";
import { limitedSteps, limitedUpdate } from "./limited";
import { product } from "./product";

/** Steps y = B D z (38), (39) for all rows of Z. */
export function cmaSteps(frame: usize): void {
  const n = word(frame, G_N), rows = word(frame, G_ROWS), form = word(frame, G_FORM);
  const Z = at(frame, G_Z), Y = at(frame, G_Y);
  if (form == FORM_LIMITED) return limitedSteps(n, rows, word(frame, G_USED), Z, Y, at(frame, G_C), at(frame, G_D));
  if (form == FORM_FULL) {
    fill<f64>(n * rows, 0, Y);
    product(rows, n, n, Z, <usize>n << 3, 8, at(frame, G_M), Y, false);
    return;
  }
  for (let k = 0; k < rows; k++) multiply(n, Z + (<usize>(k * n) << 3), at(frame, G_D), Y + (<usize>(k * n) << 3));
}

/** y = z d. */
function multiply(n: i32, z: usize, d: usize, y: usize): void {
  const end = y + (<usize>n << 3);
  for (; y + 16 <= end; y += 16, z += 16, d += 16) v128.store(y, f64x2.mul(v128.load(z), v128.load(d)));
  if (y < end) store<f64>(y, load<f64>(z) * load<f64>(d));
}

/** The points m + sigma y (40), in the box and in the unit of the cube; row k only. */
export function cmaPoint(frame: usize, sigma: f64, k: i32): void {
  const n = word(frame, G_N);
  const at0 = <usize>(k * n) << 3;
  place(n, sigma, at(frame, G_MEAN), at(frame, G_Y) + at0, at(frame, G_LIMIT), at(frame, G_SCALE), at(frame, G_POINTS) + at0);
}

/** All rows of cmaPoint. */
export function cmaPoints(frame: usize, sigma: f64): void {
  const rows = word(frame, G_ROWS);
  for (let k = 0; k < rows; k++) cmaPoint(frame, sigma, k);
}

function place(n: i32, sigma: f64, m: usize, y: usize, limit: usize, scale: usize, p: usize): void {
  const s = f64x2.splat(sigma), zero = f64x2.splat(0);
  const end = p + (<usize>n << 3);
  for (; p + 16 <= end; p += 16, m += 16, y += 16, limit += 16, scale += 16) {
    const v = f64x2.add(v128.load(m), f64x2.mul(s, v128.load(y)));
    v128.store(p, f64x2.mul(f64x2.pmin(f64x2.pmax(v, zero), v128.load(limit)), v128.load(scale)));
  }
  if (p < end) {
    const v = load<f64>(m) + sigma * load<f64>(y);
    store<f64>(p, min<f64>(max<f64>(v, 0), load<f64>(limit)) * load<f64>(scale));
  }
}

/** out[k] = sum over j of gamma_j (v_j - box)^2 / n for the point v of each row before it is put into the box. */
export function cmaPenalties(frame: usize, sigma: f64, out: usize): void {
  const n = word(frame, G_N), rows = word(frame, G_ROWS);
  for (let k = 0; k < rows; k++) {
    const y = at(frame, G_Y) + (<usize>(k * n) << 3);
    const sum = penalty(n, sigma, at(frame, G_MEAN), y, at(frame, G_LIMIT), at(frame, G_GAMMA));
    store<f64>(out + (<usize>k << 3), sum / <f64>n);
  }
}

function penalty(n: i32, sigma: f64, m: usize, y: usize, limit: usize, gamma: usize): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < n; j++) {
    const v = item(m, j) + sigma * item(y, j);
    const over = v - min<f64>(max<f64>(v, 0), item(limit, j));
    sum += item(gamma, j) * over * over;
  }
  return sum;
}

/**
 * The whole update after the ranks are known: W holds each row's weight, negative ones as they are in (53). Mean (41), path
 * and size of the step (43), (44), path (45) and covariance (47); the last pair waits where the path is long (stall).
 */
export function cmaUpdate(frame: usize, state: usize): void {
  const n = word(frame, G_N), rows = word(frame, G_ROWS), form = word(frame, G_FORM);
  const Z = at(frame, G_Z), Y = at(frame, G_Y), W = at(frame, G_W), work = at(frame, G_WORK);
  const ps = at(frame, G_PS), pc = at(frame, G_PC), mean = at(frame, G_MEAN);
  const sigma = get(state, S_SIGMA), muEff = get(state, S_MU_EFF), cs = get(state, S_CS), cc = get(state, S_CC);
  const yw = work, zw = work + (<usize>n << 3), turned = zw + (<usize>n << 3);
  fill<f64>(2 * n, 0, work);
  for (let k = 0; k < rows; k++) {
    const w = item(W, k);
    if (!(w > 0)) continue;
    axpy<f64>(n, w, Y + (<usize>(k * n) << 3), yw);
    axpy<f64>(n, w, Z + (<usize>(k * n) << 3), zw);
  }
  axpy<f64>(n, sigma, yw, mean);
  set(state, S_MEAN_STEP, sigma * sqrt(dot<f64>(n, yw, yw)));
  // C^(-1/2) y_w = B z_w.
  let path = zw;
  if (form == FORM_FULL) {
    fill<f64>(n, 0, turned);
    product(1, n, n, zw, 8, 8, at(frame, G_B), turned, false);
    path = turned;
  }
  const generation = get(state, S_GENERATION) + 1;
  set(state, S_GENERATION, generation);
  set(state, S_LEARNT, get(state, S_LEARNT) + 1);
  scal<f64>(n, 1 - cs, ps);
  axpy<f64>(n, sqrt(cs * (2 - cs) * muEff), path, ps);
  const length2 = dot<f64>(n, ps, ps);
  if (form == FORM_LIMITED) {
    limitedUpdate(n, word(frame, G_PATHS), rows, muEff, zw, at(frame, G_C));
    set(state, S_SIGMA, sigma * exp(min<f64>(1, (cs / 2) * (length2 / <f64>n - 1))));
    return;
  }
  // h_sigma: |ps|^2 / n / (1 - (1 - cs)^(2 g)) < 2 + 4 / (n + 1).
  let left: f64 = 1;
  for (let g = 0; g < 2 * <i32>min<f64>(generation, 1000); g++) left *= 1 - cs;
  const stall = !(length2 / (1 - left) < (2 + 4 / <f64>(n + 1)) * <f64>n);
  set(state, S_STALL, stall ? 1 : 0);
  scal<f64>(n, 1 - cc, pc);
  if (!stall) axpy<f64>(n, sqrt(cc * (2 - cc) * muEff), yw, pc);
  if (form == FORM_FULL) covariance(n, rows, stall, frame, state);
  else diagonal(n, rows, stall, frame, state);
  // (44), the change limited to a factor e.
  set(state, S_SIGMA, sigma * exp(min<f64>(1, (cs / get(state, S_DAMPS)) * (sqrt(length2) / get(state, S_CHI) - 1))));
}

/** What multiplies C in (47). */
// @ts-ignore: decorator
@inline
function decay(stall: bool, state: usize): f64 {
  const c1 = get(state, S_C1), cc = get(state, S_CC);
  return 1 - c1 * (1 - (stall ? cc * (2 - cc) : 0)) - get(state, S_CMU) * get(state, S_SUM_W);
}

/** (46): a negative weight is scaled to n / |C^(-1/2) y|^2, as |C^(-1/2) y| = |z|. */
// @ts-ignore: decorator
@inline
function scaled(n: i32, w: f64, z: usize): f64 {
  return w < 0 ? (w * <f64>n) / (dot<f64>(n, z, z) + 1e-300) : w;
}

/** (47), the lower triangle as one symmetric rank-(rows + 1) update, then mirrored. */
function covariance(n: i32, rows: i32, stall: bool, frame: usize, state: usize): void {
  const C = at(frame, G_C), Y = at(frame, G_Y), Z = at(frame, G_Z), W = at(frame, G_W), V = at(frame, G_WORK);
  const cmu = get(state, S_CMU);
  const bytes = <usize>n << 3;
  // V: the rows of Y times their weights.
  for (let k = 0; k < rows; k++) {
    const at0 = <usize>k * bytes;
    const w = cmu * scaled(n, item(W, k), Z + at0);
    weigh(n, w, Y + at0, V + at0);
  }
  const factor = decay(stall, state);
  for (let i = 0; i < n; i++) scal<f64>(i + 1, factor, C + <usize>i * bytes);
  product(n, n, rows, V, 8, bytes, Y, C, true);
  const pc = at(frame, G_PC), c1 = get(state, S_C1);
  for (let i = 0; i < n; i++) axpy<f64>(i + 1, c1 * item(pc, i), pc, C + <usize>i * bytes);
  mirror(n, C);
}

function weigh(n: i32, w: f64, y: usize, v: usize): void {
  const s = f64x2.splat(w);
  const end = v + (<usize>n << 3);
  for (; v + 16 <= end; v += 16, y += 16) v128.store(v, f64x2.mul(s, v128.load(y)));
  if (v < end) store<f64>(v, w * load<f64>(y));
}

function mirror(n: i32, C: usize): void {
  const bytes = <usize>n << 3;
  for (let i = 1; i < n; i++) {
    let from = C + <usize>i * bytes, to = C + (<usize>i << 3);
    for (let j = 0; j < i; j++, from += 8, to += bytes) store<f64>(to, load<f64>(from));
  }
}

/** The diagonal of (47) alone: sep-CMA-ES (Ros and Hansen, PPSN 2008). */
function diagonal(n: i32, rows: i32, stall: bool, frame: usize, state: usize): void {
  const C = at(frame, G_C), Y = at(frame, G_Y), Z = at(frame, G_Z), W = at(frame, G_W);
  const cmu = get(state, S_CMU);
  scal<f64>(n, decay(stall, state), C);
  for (let k = 0; k < rows; k++) {
    const at0 = <usize>(k * n) << 3;
    squares(n, cmu * scaled(n, item(W, k), Z + at0), Y + at0, C);
  }
  squares(n, get(state, S_C1), at(frame, G_PC), C);
  const d = at(frame, G_D);
  for (let i = 0; i < n; i++) store<f64>(d + (<usize>i << 3), sqrt(item(C, i)));
}

/** c += w y^2. */
function squares(n: i32, w: f64, y: usize, c: usize): void {
  const s = f64x2.splat(w);
  const end = c + (<usize>n << 3);
  for (; c + 16 <= end; c += 16, y += 16) {
    const v = v128.load(y);
    v128.store(c, f64x2.add(v128.load(c), f64x2.mul(s, f64x2.mul(v, v))));
  }
  if (c < end) store<f64>(c, load<f64>(c) + w * (load<f64>(y) * load<f64>(y)));
}

/** Variables from which rows are long enough for eigenRows to be the faster one. */
const LONG: i32 = 16;

/** C = B' diag(d) B with the eigenvectors in the rows of B, d ascending, and M = sqrt(d) B. Returns 0, or 1 where C is not positive. */
export function cmaDecompose(frame: usize, state: usize): i32 {
  if (word(frame, G_FORM) != FORM_FULL) return 0;
  const n = word(frame, G_N);
  const B = at(frame, G_B), d = at(frame, G_D), M = at(frame, G_M);
  set(state, S_LEARNT, 0);
  if (n < LONG) {
    memory.copy(B, at(frame, G_C), <usize>(n * n) << 3);
    if (eigSym(n, B, d, at(frame, G_WORK), true, 0)) return 1;
  } else if (longRows(n, at(frame, G_C), B, d, at(frame, G_EIGEN))) return 1;
  for (let i = 0; i < n; i++) {
    const v = item(d, i);
    if (!(v > 0 && v < Infinity)) return 1;
    const at0 = <usize>(i * n) << 3;
    weigh(n, sqrt(v), B + at0, M + at0);
  }
  return 0;
}

/** By eigenRows, in room of its own for padded rows; then in order. */
function longRows(n: i32, C: usize, B: usize, d: usize, room: usize): i32 {
  const ld = padded(n);
  const bytes = <usize>ld << 3, row = <usize>n << 3;
  const values = room + <usize>n * bytes;
  for (let i = 0; i < n; i++) {
    const at0 = room + <usize>i * bytes;
    copyRow(C + <usize>i * row, at0, at0 + row);
    for (let j = n; j < ld; j++) store<f64>(at0 + (<usize>j << 3), 0);
  }
  if (eigenRows(n, room, values, values + bytes)) return 1;
  for (let i = 0; i < n; i++) {
    let least = 0;
    for (let j = 1; j < n; j++) if (item(values, j) < item(values, least)) least = j;
    const at0 = <usize>i << 3;
    store<f64>(d + at0, item(values, least));
    // Ascending: what an odd row writes past its end, the next one writes over.
    const to = B + <usize>i * row;
    if (i < n - 1) copyRow(room + <usize>least * bytes, to, to + row);
    else memory.copy(to, room + <usize>least * bytes, row);
    store<f64>(values + (<usize>least << 3), Infinity);
  }
  return 0;
}
