// Many curves of one model, fitted one after the other without leaving the core.

import { dot } from "../blas/level1";
import {
  B_COST, B_ENDS, B_LOWER, B_NIT, B_NORMAL, B_RSS, B_STARTS, B_START_STRIDE, B_START_VALUES, B_STATE, B_STDERR, B_UPPER, B_VALUES,
  B_VARIABLES, B_W, B_X, B_Y, END_GRADIENT, END_INVALID, END_SINGULAR, END_STEP, F_A, F_BEST, F_D, F_FREE, F_G, F_INFLUENCE, F_J, F_L,
  F_LOWER, F_M, F_UPPER, F_W, F_WORK, F_X, F_Y, LINEAR, M_NORMAL, M_W, M_X, M_Y, NEXT_START, S_COST, S_HAS_J, S_HAS_NORMAL,
  S_INFLUENCED, S_LOSS, S_NEXT, S_NFEV, S_NIT, S_RANK,
  S_STALE, SMALL, STATE_SLOTS,
} from "../../src/least-squares/state";
import { copy, get, influence, set, setIndex, slot } from "../least-squares/frame";
import { PIVOT_TOL } from "../least-squares/normal";
import {
  allFinite, covariance, dampedCholesky, differentiate, fit, modelJacobian, modelNormal, normalEquations, solveSmall, weighAll,
} from "./kernels";
import { prepareStart, startCurve } from "./start";

const EPS: f64 = 2.220446049250313e-16;

/** Curves for which what they share at the start is worth computing. */
const MANY: i32 = 8;

// @ts-ignore: decorator
@inline
function point(frame: usize, index: i32, address: usize): void {
  store<u32>(frame + (<usize>index << 2), <u32>address);
}

/** Diagonal of (J'J)^-1 into `out`, square roots taken, for n <= SMALL from L D L'; false where a pivot is small. */
function spreadSmall(n: i32, frame: usize, out: usize): bool {
  if (!(solveSmall(n, 0, frame) >= PIVOT_TOL)) return false;
  const L = slot(frame, F_L);
  const i1 = n > 1 ? get(L, 2) : 0, i2 = n > 2 ? get(L, 5) : 0;
  const l10 = n > 1 ? get(L, 1) : 0, l20 = n > 2 ? get(L, 3) : 0, l21 = n > 2 ? get(L, 4) : 0;
  const m20 = l10 * l21 - l20; // of L^-1
  set(out, 0, sqrt<f64>(get(L, 0) + l10 * l10 * i1 + m20 * m20 * i2));
  if (n > 1) set(out, 1, sqrt<f64>(i1 + l21 * l21 * i2));
  if (n > 2) set(out, 2, sqrt<f64>(i2));
  return true;
}

/** Diagonal of (J'J)^-1 into `out`, square roots taken; NaN where J does not have full rank. J and A belong to the answer. */
function spreadOf(m: i32, n: i32, frame: usize, state: usize, model: usize, out: usize): void {
  if (n <= SMALL && spreadSmall(n, frame, out)) return;
  const A = slot(frame, F_A), L = slot(frame, F_L), free = slot(frame, F_FREE), d = slot(frame, F_D), z = slot(frame, F_W);
  for (let j = 0; j < n; j++) {
    setIndex(free, j, j);
    set(d, j, 0);
  }
  const pivot = dampedCholesky(n, n, A, d, 0, free, L, slot(frame, F_Y), slot(frame, F_WORK));
  if (pivot >= PIVOT_TOL) {
    // Row j of the inverse is L'^-1 L^-1 e_j: its diagonal entry is |L^-1 e_j|^2.
    for (let j = 0; j < n; j++) {
      let squares = 0.0;
      for (let i = j; i < n; i++) {
        let s = i == j ? 1.0 : 0.0;
        for (let c = j; c < i; c++) s -= get(L, i * n + c) * get(z, c);
        const t = s / get(L, i * n + i);
        set(z, i, t);
        squares += t * t;
      }
      set(out, j, sqrt<f64>(squares));
    }
    return;
  }
  if (slot(model, M_NORMAL) && !differentiate(m, n, frame, state, model)) {
    blank(n, out);
    return;
  }
  covariance(m, n, frame, state);
  const full = <i32>get(state, S_RANK) == n;
  const M = slot(frame, F_M);
  for (let j = 0; j < n; j++) set(out, j, full ? sqrt<f64>(get(M, j * n + j)) : NaN);
}

/** A parameter that has gone where it no longer moves the residuals: the fit has not converged. */
function lost(n: i32, frame: usize): bool {
  const before = slot(frame, F_INFLUENCE), lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  let most = 0.0;
  for (let j = 0; j < n; j++) most = max<f64>(most, influence(n, j, frame));
  for (let j = 0; j < n; j++) {
    if (lower && get(lower, j) == get(upper, j)) continue;
    const had = get(before, j) > 0 || most == 0;
    if (had && !(influence(n, j, frame) > EPS * most)) return true;
  }
  return false;
}

function blank(n: i32, at: usize): void {
  for (let j = 0; j < n; j++) set(at, j, NaN);
}

/** Curve i of the batch. `common`: prepareStart was called. */
function fitCurve(
  i: i32, m: i32, n: i32, method: i32, common: bool, frame: usize, state: usize, model: usize, batch: usize,
): i32 {
  const x = slot(frame, F_X);
  const start = slot(batch, B_STARTS) + (<usize>(i * <i32>slot(batch, B_START_STRIDE)) << 3);
  const stderr = slot(batch, B_STDERR) + (<usize>(i * n) << 3);
  const rss = slot(batch, B_RSS);
  memory.copy(state, slot(batch, B_STATE), <usize>STATE_SLOTS << 3);
  copy(n, start, x);
  let valid = allFinite(m, slot(model, M_Y)) & allFinite(n, x);
  if (slot(batch, B_X)) valid &= allFinite(m * <i32>slot(batch, B_VARIABLES), slot(model, M_X));
  if (slot(batch, B_W)) valid &= allFinite(m, slot(model, M_W));
  if (!valid) {
    blank(n, x);
    blank(n, stderr);
    set(rss, i, NaN);
    return END_INVALID;
  }
  const fused = slot(model, M_NORMAL) != 0;
  if (common) startCurve(m, n, frame, slot(model, M_Y), batch);
  else if (fused) modelNormal(m, n, x, slot(frame, F_BEST), slot(frame, F_A), slot(frame, F_G), model);
  else modelJacobian(m, n, x, slot(frame, F_BEST), slot(frame, F_J), model);
  set(state, fused ? S_HAS_NORMAL : S_HAS_J, 1);
  set(state, S_NFEV, 1);
  let end = fit(m, n, method, frame, state, model);
  const best = slot(frame, F_BEST), cost = get(state, S_COST);
  const unstarted = <i32>get(state, S_NEXT) == NEXT_START;
  set(slot(batch, B_COST), i, cost);
  set(rss, i, <i32>get(state, S_LOSS) == LINEAR && !unstarted ? cost : dot<f64>(m, best, best));
  if (unstarted) {
    blank(n, stderr);
    return end;
  }
  const stale = get(state, S_STALE) != 0;
  if (end >= END_GRADIENT && end <= END_STEP && get(state, S_INFLUENCED) != 0 && get(state, S_COST) != 0 && lost(n, frame)) end = END_SINGULAR;
  if (stale && get(state, S_HAS_NORMAL) == 0) {
    if (!differentiate(m, n, frame, state, model)) {
      blank(n, stderr);
      return end;
    }
    weighAll(m, n, frame, state);
    normalEquations(m, n, slot(frame, F_J), best, slot(frame, F_A), slot(frame, F_Y), slot(frame, F_WORK));
  }
  spreadOf(m, n, frame, state, model, stderr);
  if (!allFinite(n, stderr)) blank(n, stderr); // beyond the range of numbers: none is known, as curveFit has it
  return end;
}

/** Curves from .. from + count - 1 of the batch in memory. */
export function fitBatch(from: i32, count: i32, m: i32, n: i32, method: i32, frame: usize, state: usize, model: usize, batch: usize): void {
  const width = <usize>n << 3;
  // Not for the few curves of a call that somebody watches: it takes two evaluations.
  const common = slot(batch, B_START_VALUES) != 0 && count >= MANY;
  point(model, M_NORMAL, slot(batch, B_NORMAL));
  if (common) prepareStart(m, n, frame, model, batch);
  const values = slot(batch, B_VALUES), ends = slot(batch, B_ENDS), nit = slot(batch, B_NIT);
  for (let i = from, end = from + count; i < end; i++) {
    const row = <usize>i * (<usize>m << 3);
    point(model, M_NORMAL, slot(batch, B_NORMAL));
    point(model, M_Y, slot(batch, B_Y) + row);
    if (slot(batch, B_X)) point(model, M_X, slot(batch, B_X) + row * slot(batch, B_VARIABLES));
    if (slot(batch, B_W)) point(model, M_W, slot(batch, B_W) + row);
    if (slot(batch, B_LOWER)) {
      point(frame, F_LOWER, slot(batch, B_LOWER) + <usize>i * width);
      point(frame, F_UPPER, slot(batch, B_UPPER) + <usize>i * width);
    }
    setIndex(ends, i, fitCurve(i, m, n, method, common, frame, state, model, batch));
    setIndex(nit, i, <i32>get(state, S_NIT));
    copy(n, slot(frame, F_X), values + <usize>i * width);
  }
}
