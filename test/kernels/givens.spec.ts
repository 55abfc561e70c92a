// Rotations of a sparse J inside the module, on patterns that are analysed here in the plainest way: every column a supernode of its own, in
// the order in which they are given. R'R must be S J'J S, and the step of the triangle solve the normal equations.

import { reduceSparse, restrictSparse, rowColumns, rowLength, rowValues, solveGivens } from "../../assembly/least-squares/givens";
import {
  F_COL_IDX, F_COL_PTR, F_FREE, F_FROM, F_HELD, F_J, F_LDL, F_M, F_MASK, F_OWNER, F_P, F_PLACE, F_QT, F_R, F_RES, F_ROW_ORDER, F_ROW_PTR, F_S, F_T,
  F_TR, F_Y, F_Z, SPARSE_SLOTS,
} from "../../src/abi/least-squares";
import { L_COUNT, L_FIRST, L_ORDER, L_ROWS, L_ROWS_AT, L_VALUES_AT, LDL_WORDS } from "../../src/abi/ldl";

const frame = new StaticArray<u32>(SPARSE_SLOTS);
const ldl = new StaticArray<u32>(LDL_WORDS);

function doubles(slot: i32, n: i32): StaticArray<f64> {
  const x = new StaticArray<f64>(n);
  frame[slot] = <u32>changetype<usize>(x);
  return x;
}

function integers(slot: i32, n: i32): StaticArray<i32> {
  const x = new StaticArray<i32>(n);
  frame[slot] = <u32>changetype<usize>(x);
  return x;
}

function words(slot: i32, n: i32): StaticArray<i32> {
  const x = new StaticArray<i32>(n);
  ldl[slot] = <u32>changetype<usize>(x);
  return x;
}

/** Whether row i has an entry in column j: tridiagonal, one dense row, one dense column, blocks, columns 1, 4, 7 ... empty. */
function has(kind: i32, i: i32, j: i32): bool {
  if (kind == 0) return j >= i - 1 && j <= i + 1;
  if (kind == 1) return i == 0 || i == j;
  if (kind == 2) return j == 0 || i == j;
  if (kind == 3) return i / 3 == j / 3;
  return (i == j || i == j + 2) && j % 3 != 1;
}

function value(i: i32, j: i32): f64 {
  return i == j ? 4 + <f64>(i % 3) : <f64>((i * 5 + j * 3) % 7) / 4 - 0.625;
}

function check(kind: i32, n: i32): void {
  const m = n + 2;
  const J = new StaticArray<f64>(m * n);
  let nnz = 0;
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) if (has(kind, i, j)) {
    J[i * n + j] = value(i, j);
    nnz++;
  }
  const rowPtr = integers(F_ROW_PTR, m + 1), colIdx = integers(F_COL_IDX, nnz), colPtr = integers(F_COL_PTR, n + 1), from = integers(F_FROM, nnz);
  const entries = doubles(F_J, nnz), r = doubles(F_RES, m), order = integers(F_ROW_ORDER, m), place = integers(F_PLACE, n), owner = integers(F_OWNER, n);
  let e = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) if (has(kind, i, j)) {
      colIdx[e] = j;
      entries[e++] = J[i * n + j];
    }
    rowPtr[i + 1] = e;
    order[i] = i;
    r[i] = <f64>(i % 5) - 1.5;
  }
  let c = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < m; i++) for (let k = rowPtr[i]; k < rowPtr[i + 1]; k++) if (colIdx[k] == j) from[c++] = k;
    colPtr[j + 1] = c;
    place[j] = owner[j] = j;
  }
  // The pattern of J'J, filled by elimination.
  const fill = new StaticArray<bool>(n * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) for (let k = j; k < n; k++) if (has(kind, i, j) && has(kind, i, k)) fill[j * n + k] = true;
  for (let k = 0; k < n; k++) {
    fill[k * n + k] = true;
    for (let a = k + 1; a < n; a++) for (let b = a; b < n; b++) if (fill[k * n + a] && fill[k * n + b]) fill[a * n + b] = true;
  }
  let stored = 0;
  for (let k = 0; k < n * n; k++) if (fill[k]) stored++;
  ldl[L_COUNT] = n;
  const first = words(L_FIRST, n + 1), at = words(L_ROWS_AT, n + 1), rows = words(L_ROWS, stored), valuesAt = words(L_VALUES_AT, n + 1), eliminated = words(L_ORDER, n);
  let t = 0;
  for (let k = 0; k < n; k++) {
    eliminated[k] = k;
    for (let j = k; j < n; j++) if (fill[k * n + j]) rows[t++] = j;
    first[k + 1] = k + 1;
    at[k + 1] = valuesAt[k + 1] = t;
  }
  frame[F_LDL] = <u32>changetype<usize>(ldl);
  const R = doubles(F_R, stored), T = doubles(F_T, stored), M = doubles(F_M, stored), s = doubles(F_S, n), z = doubles(F_Z, n), p = doubles(F_P, n);
  const qt = doubles(F_QT, n), tr = doubles(F_TR, n), held = doubles(F_HELD, n), y = doubles(F_Y, n), mask = integers(F_MASK, n), free = integers(F_FREE, n);
  for (let j = 0; j < n; j++) free[j] = j;
  const f = changetype<usize>(frame);
  reduceSparse(m, n, f);
  let wrong = 0;
  const full = new StaticArray<f64>(n * n);
  for (let k = 0; k < n; k++) {
    const long = rowLength(k, changetype<usize>(ldl), changetype<usize>(owner));
    for (let i = 0; i < long; i++) {
      const column = load<i32>(rowColumns(k, changetype<usize>(ldl), changetype<usize>(owner)) + (<usize>i << 2));
      full[k * n + column] = load<f64>(rowValues(k, changetype<usize>(R), changetype<usize>(ldl), changetype<usize>(owner)) + (<usize>i << 3));
    }
  }
  for (let a = 0; a < n; a++) {
    let dot = 0.0, turned = 0.0;
    for (let i = 0; i < m; i++) dot += s[a] * J[i * n + a] * r[i];
    for (let k = 0; k < n; k++) turned += full[k * n + a] * qt[k];
    if (!(abs(dot - turned) <= 1e-13 * <f64>(m + 1))) wrong++;
    for (let b = 0; b < n; b++) {
      let sum = 0.0, product = 0.0;
      for (let i = 0; i < m; i++) sum += s[a] * J[i * n + a] * s[b] * J[i * n + b];
      for (let k = 0; k < n; k++) product += full[k * n + a] * full[k * n + b];
      if (!(abs(sum - product) <= 1e-13)) wrong++;
    }
  }
  let empty = 0;
  for (let j = 0; j < n; j++) if (colPtr[j] == colPtr[j + 1]) empty++;
  if (restrictSparse(m, n, n, 0, f) != n - empty) wrong++;
  solveGivens(n, f);
  for (let j = 0; j < n; j++) {
    // J'(r + J p) = 0.
    let g = 0.0;
    for (let i = 0; i < m; i++) {
      let v = r[i];
      for (let k = 0; k < n; k++) v += J[i * n + k] * p[k];
      g += J[i * n + j] * v;
    }
    if (!(abs(g) <= 1e-11) || z[j] != 0) wrong++;
  }
  expect(wrong).toBe(0);
}

function sizes(kind: i32): void {
  for (let n = 0; n <= 24; n++) check(kind, n);
}

describe("rotations of a sparse matrix", () => {
  it("tridiagonal", () => sizes(0));
  it("with a dense row", () => sizes(1));
  it("with a dense column", () => sizes(2));
  it("in blocks", () => sizes(3));
  it("with empty columns", () => sizes(4));
});
