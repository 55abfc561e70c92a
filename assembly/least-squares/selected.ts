// The diagonal of (J'J)^-1 of a sparse J from R with unit columns, R'R = S J'J S: the entries of the inverse in the pattern of R, from
// the last row to the first (Takahashi, Fagan and Chen 1973; Erisman and Tinney 1975); with it rank, condition number and shares of the
// directions that the data do not determine, as covariance.ts.

import {
  F_E, F_FREE, F_HELD, F_LDL, F_M, F_MASK, F_OWNER, F_S, F_T, F_W, F_Y, F_Z, S_CONDITION, S_RANK, S_TOLERANCE,
} from "../../src/abi/least-squares";
import { L_D, L_ORDER, L_VALUES } from "../../src/abi/ldl";
import { EPS } from "../memory";
import { get, index, set, setIndex, slot } from "./frame";
import { backUpper, ratioGivens, reduceSparse, restrictSparse, rowColumns, rowLength, rowValues, solveLower, timesUpper, unitColumns } from "./givens";
import { PIVOT_TOL } from "./normal";
import { maskFree, unitLdl } from "./sparse";

const POWER_STEPS: i32 = 50;
/** Condition number up to which J'J, and the entries of its inverse, keep the digits of standard errors. */
const LOSSLESS: f64 = 1e5;

function length(n: i32, x: usize): f64 {
  let sum = 0.0;
  for (let j = 0; j < n; j++) sum += get(x, j) * get(x, j);
  return sqrt<f64>(sum);
}

/** Largest singular value of F_T, or of its inverse, by power iteration. */
function largestSingular(n: i32, inverse: bool, x: usize, y: usize, frame: usize): f64 {
  const T = slot(frame, F_T);
  for (let j = 0; j < n; j++) set(x, j, 1 - (0.5 * <f64>j) / <f64>n);
  let value = 0.0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const size = 1 / length(n, x);
    for (let j = 0; j < n; j++) set(x, j, get(x, j) * size);
    if (inverse) {
      solveLower(n, T, x, frame);
      memory.copy(y, x, <usize>n << 3);
      backUpper(n, T, x, frame);
    } else {
      timesUpper(n, T, x, y, false, frame);
      timesUpper(n, T, y, x, true, frame);
    }
    const next = length(n, y);
    const settled = abs<f64>(next - value) <= 1e-4 * next;
    value = next;
    if (settled && step > 2) break;
  }
  return value;
}

/** Condition number of F_T; x is then along its last right singular vector. */
function condition(n: i32, x: usize, y: usize, frame: usize): f64 {
  return largestSingular(n, false, x, y, frame) * largestSingular(n, true, x, y, frame);
}

/** F_W: shares in the direction x, of which no column tells that J does not see it. */
function singularShares(n: i32, x: usize, frame: usize): void {
  const order = slot(slot(frame, F_LDL), L_ORDER), mask = slot(frame, F_MASK), w = slot(frame, F_W);
  let largest = 0.0;
  for (let k = 0; k < n; k++) largest = max<f64>(largest, abs<f64>(get(x, k)));
  for (let k = 0; k < n; k++) {
    const j = index(order, k);
    set(w, j, index(mask, j) != 0 && largest > 0 ? abs<f64>(get(x, k)) / largest : 0);
  }
}

/** F_T = D^1/2 L', from L D L' in hand. */
function fromLdl(n: i32, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), d = slot(ldl, L_D), L = slot(ldl, L_VALUES), T = slot(frame, F_T);
  for (let k = 0; k < n; k++) {
    const root = sqrt<f64>(get(d, k)), from = rowValues(k, L, ldl, owner), to = rowValues(k, T, ldl, owner);
    set(to, 0, root);
    for (let i = 1, long = rowLength(k, ldl, owner); i < long; i++) set(to, i, root * get(from, i));
  }
}

/** F_M: the entries of (R'R)^-1 where R has some. */
function selectedInverse(n: i32, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), T = slot(frame, F_T), Z = slot(frame, F_M);
  // Row k of R over its diagonal, and the row of the inverse, by columns: 0 but for those of row k.
  const u = slot(frame, F_Z), v = slot(frame, F_E);
  memory.fill(v, 0, <usize>n << 3);
  for (let k = n - 1; k >= 0; k--) {
    const row = rowValues(k, T, ldl, owner), to = rowValues(k, Z, ldl, owner), ids = rowColumns(k, ldl, owner), long = rowLength(k, ldl, owner), d = get(row, 0);
    if (d == 0) {
      memory.fill(to, 0, <usize>long << 3);
      continue;
    }
    for (let i = 1; i < long; i++) set(u, index(ids, i), get(row, i) / d);
    for (let i = 1; i < long; i++) {
      const j = index(ids, i), uj = get(u, j);
      const other = rowValues(j, Z, ldl, owner), columns = rowColumns(j, ldl, owner), count = rowLength(j, ldl, owner);
      let sum = uj * get(other, 0);
      for (let e = 1; e < count; e++) {
        const c = index(columns, e), z = get(other, e), uc = get(u, c);
        sum += uc * z;
        set(v, c, get(v, c) + uj * z);
      }
      set(v, j, get(v, j) + sum);
    }
    let own = 1 / (d * d);
    for (let i = 1; i < long; i++) own += get(u, index(ids, i)) * get(v, index(ids, i));
    set(to, 0, own);
    for (let i = 1; i < long; i++) set(to, i, -get(v, index(ids, i)));
    // What lies beyond row k was touched too.
    for (let i = 1; i < long; i++) {
      const j = index(ids, i), columns = rowColumns(j, ldl, owner);
      for (let e = 0, count = rowLength(j, ldl, owner); e < count; e++) set(v, index(columns, e), 0);
    }
    for (let i = 1; i < long; i++) set(u, index(ids, i), 0);
  }
}

/**
 * Element (a, a) of (R'R)^-1 as |R'^-1 e_a|^2, along the path from a to the root: a sum of squares keeps the digits that the entries of an
 * ill-conditioned inverse lose against each other.
 */
function ownVariance(a: i32, frame: usize): f64 {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), T = slot(frame, F_T), z = slot(frame, F_Z);
  let sum = 0.0;
  set(z, a, 1);
  let k = a;
  while (true) {
    const row = rowValues(k, T, ldl, owner), ids = rowColumns(k, ldl, owner), long = rowLength(k, ldl, owner), d = get(row, 0);
    const t = d == 0 ? 0 : get(z, k) / d;
    set(z, k, 0);
    sum += t * t;
    if (long == 1) return sum;
    if (t != 0) for (let i = 1; i < long; i++) set(z, index(ids, i), get(z, index(ids, i)) - get(row, i) * t);
    k = index(ids, 1);
  }
}

/** F_W: the share of each variable in the directions that J does not see, largest 1; by variables. */
function blindShares(n: i32, frame: usize): void {
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), order = slot(ldl, L_ORDER), mask = slot(frame, F_MASK), T = slot(frame, F_T);
  const w = slot(frame, F_W), y = slot(frame, F_Y);
  memory.fill(w, 0, <usize>n << 3);
  for (let c = 0; c < n; c++) {
    if (index(mask, index(order, c)) == 0 || get(rowValues(c, T, ldl, owner), 0) != 0) continue;
    memory.fill(y, 0, <usize>n << 3);
    set(y, c, -1);
    let largest = 1.0;
    for (let k = c - 1; k >= 0; k--) {
      const row = rowValues(k, T, ldl, owner), ids = rowColumns(k, ldl, owner), d = get(row, 0);
      if (d == 0) continue;
      let sum = 0.0;
      for (let i = 1, long = rowLength(k, ldl, owner); i < long; i++) sum -= get(row, i) * get(y, index(ids, i));
      set(y, k, sum / d);
      largest = max<f64>(largest, abs<f64>(sum / d));
    }
    for (let k = 0; k <= c; k++) {
      const j = index(order, k);
      set(w, j, max<f64>(get(w, j), abs<f64>(get(y, k)) / largest));
    }
  }
}

/**
 * F_W = diagonal of (J'J)^-1 over the k variables of F_FREE, 0 for the others, when S_RANK = k; else the shares of all in the undetermined
 * directions. `summed`: F_A is J'J of this J.
 */
export function variances(m: i32, n: i32, k: i32, summed: i32, frame: usize, state: usize): void {
  const s = slot(frame, F_S), w = slot(frame, F_W);
  memory.fill(slot(frame, F_HELD), 0, <usize>n << 3);
  unitColumns(n, frame);
  maskFree(n, k, frame);
  const x = slot(frame, F_Y), y = slot(frame, F_E);
  let rank = k, up = Infinity;
  // Unit columns leave 0 where J has none, and that is no pivot. Pivots alone do not show all that J'J lost.
  if (summed != 0 && unitLdl(n, s, frame) >= PIVOT_TOL) {
    fromLdl(n, frame);
    up = condition(n, x, y, frame);
  }
  if (!(up <= LOSSLESS)) {
    reduceSparse(m, n, frame);
    rank = restrictSparse(m, n, k, get(state, S_TOLERANCE), frame);
    up = rank > 0 ? condition(n, x, y, frame) : Infinity;
  }
  set(state, S_CONDITION, up);
  if (rank == k && k > 0 && (ratioGivens(n, frame) <= get(state, S_TOLERANCE) || up * EPS * <f64>max(m, n) >= 1)) {
    set(state, S_RANK, k - 1);
    singularShares(n, x, frame);
    return;
  }
  set(state, S_RANK, rank);
  if (rank < k) {
    blindShares(n, frame);
    return;
  }
  const lossless = up <= LOSSLESS;
  if (lossless) selectedInverse(n, frame);
  const ldl = slot(frame, F_LDL), owner = slot(frame, F_OWNER), order = slot(ldl, L_ORDER), mask = slot(frame, F_MASK), Z = slot(frame, F_M);
  for (let a = 0; a < n; a++) {
    const j = index(order, a);
    const own = index(mask, j) == 0 ? 0 : lossless ? get(rowValues(a, Z, ldl, owner), 0) : ownVariance(a, frame);
    set(w, j, own * get(s, j) * get(s, j));
  }
}
