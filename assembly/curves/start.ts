// Curves with the same x and the same start have the values, the Jacobian and J'J at the start in common: what is left for
// each of them are its residuals and J'r, with the sums of modelNormal (expressions/model.ts), so the same bits.

import {
  B_STARTS, B_START_A, B_START_J, B_START_VALUES, F_A, F_BEST, F_G, F_J, F_OTHER, M_Y,
} from "../../src/abi/least-squares";
import { copy, get, set, slot } from "../least-squares/frame";
import { modelJacobian, modelNormal } from "./kernels";

/** B_START_VALUES (m), B_START_J (n columns of m) and B_START_A (n*n) of the start; M_Y is left pointing to zeros. */
export function prepareStart(m: i32, n: i32, frame: usize, model: usize, batch: usize): void {
  const start = slot(batch, B_STARTS), J = slot(frame, F_J), columns = slot(batch, B_START_J);
  const zeros = slot(frame, F_OTHER);
  memory.fill(zeros, 0, <usize>m << 3);
  store<u32>(model + (M_Y << 2), <u32>zeros);
  modelNormal(m, n, start, slot(batch, B_START_VALUES), slot(batch, B_START_A), slot(frame, F_G), model);
  modelJacobian(m, n, start, 0, J, model);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) set(columns, j * m + i, get(J, i * n + j));
  }
}

/** F_BEST, F_A and F_G at the common start, n <= 3. A column that is not there is the first one. */
export function startCurve(m: i32, n: i32, frame: usize, y: usize, batch: usize): void {
  const width = <usize>m << 3;
  let f = slot(batch, B_START_VALUES), r = slot(frame, F_BEST);
  let c0 = slot(batch, B_START_J), c1 = n > 1 ? c0 + width : c0, c2 = n > 2 ? c1 + width : c0;
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0);
  for (const end = r + (width & ~15); r < end; r += 16, f += 16, y += 16, c0 += 16, c1 += 16, c2 += 16) {
    const e = f64x2.sub(v128.load(f), v128.load(y));
    v128.store(r, e);
    s0 = f64x2.add(s0, f64x2.mul(v128.load(c0), e));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(c1), e));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(c2), e));
  }
  if (m & 1) {
    const e = f64x2.sub(v128.load_zero<f64>(f), v128.load_zero<f64>(y));
    v128.store_lane<f64>(r, e, 0);
    s0 = f64x2.add(s0, f64x2.mul(v128.load_zero<f64>(c0), e));
    s1 = f64x2.add(s1, f64x2.mul(v128.load_zero<f64>(c1), e));
    s2 = f64x2.add(s2, f64x2.mul(v128.load_zero<f64>(c2), e));
  }
  const g = slot(frame, F_G);
  set(g, 0, f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
  if (n > 1) set(g, 1, f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1));
  if (n > 2) set(g, 2, f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1));
  copy(n * n, slot(batch, B_START_A), slot(frame, F_A));
}
