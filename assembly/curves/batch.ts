// Many curves of one model, fitted one after the other without leaving the core.

import {
  B_ENDS, B_LOWER, B_NIT, B_NORMAL, B_RSS, B_SCALE, B_STARTS, B_START_STRIDE, B_START_VALUES, B_STATE, B_UPPER, B_VALUES,
  B_VARIABLES, B_VARIANCE, B_W, B_X, B_Y, END_GRADIENT, END_INVALID, END_STEP, F_A, F_BEST, F_G, F_J, F_LOWER, F_M, F_RES,
  F_UPPER, F_WORK, F_X, F_Y, LINEAR, M_NORMAL, M_W, M_X, M_Y, NEXT_START, STATE_SLOTS, S_HAS_J, S_HAS_NORMAL, S_LOSS, S_LOSS_SCALE, S_NEXT, S_NFEV,
  S_NIT, S_RANK, S_STALE,
} from "../../src/abi/least-squares";
import { copy, get, point, set, setIndex, slot } from "../least-squares/frame";
import {
  allFinite, backToBest, covariance, doubt, fit, modelJacobian, modelNormal, normalEquations, normalInverse, robustVariance,
  sumOfSquares, weighAll,
} from "./kernels";
import { prepareStart, startCurve } from "./start";

/** Curves for which what they share at the start is worth computing. */
const MANY: i32 = 8;

/** The Jacobian at the answer into F_J, weighted, where it is not yet there; false when it is not finite. */
function differentiate(m: i32, n: i32, frame: usize, state: usize, model: usize): bool {
  const J = slot(frame, F_J);
  if (get(state, S_HAS_J) == 0) modelJacobian(m, n, slot(frame, F_X), 0, J, model);
  if (!allFinite(m * n, J)) return false;
  weighAll(m, n, frame, state);
  return true;
}

/** Diagonal of (J'J)^-1 into `out`; NaN where J does not have full rank. F_A belongs to the answer; `current`: F_J too. */
function variances(m: i32, n: i32, current: bool, frame: usize, state: usize, model: usize, out: usize): void {
  if (normalInverse(n, 0, out, frame)) return;
  if (!current && !differentiate(m, n, frame, state, model)) {
    blank(n, out);
    return;
  }
  covariance(m, n, 1, frame, state);
  const full = <i32>get(state, S_RANK) == n;
  const M = slot(frame, F_M);
  for (let j = 0; j < n; j++) set(out, j, full ? get(M, j * n + j) : NaN);
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
  const variance = slot(batch, B_VARIANCE) + (<usize>(i * n) << 3);
  const rss = slot(batch, B_RSS);
  memory.copy(state, slot(batch, B_STATE), <usize>STATE_SLOTS << 3);
  copy(n, start, x);
  let valid = allFinite(m, slot(model, M_Y)) & allFinite(n, x);
  if (slot(batch, B_X)) valid &= allFinite(m * <i32>slot(batch, B_VARIABLES), slot(model, M_X));
  if (slot(batch, B_W)) valid &= allFinite(m, slot(model, M_W));
  if (!valid) {
    blank(n, x);
    blank(n, variance);
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
  backToBest(m, n, frame, state);
  const best = slot(frame, F_BEST);
  const loss = <i32>get(state, S_LOSS);
  set(slot(batch, B_SCALE), i, loss == LINEAR ? NaN : robustVariance(m, n, best, loss, get(state, S_LOSS_SCALE)));
  set(rss, i, sumOfSquares(m, best));
  if (<i32>get(state, S_NEXT) == NEXT_START) {
    blank(n, variance);
    return end;
  }
  let current = get(state, S_STALE) == 0, known = true;
  const summed = current || get(state, S_HAS_NORMAL) != 0;
  if (!summed) {
    current = differentiate(m, n, frame, state, model);
    if (current) normalEquations(m, n, slot(frame, F_J), slot(frame, F_RES), slot(frame, F_A), slot(frame, F_Y), slot(frame, F_WORK));
  } else if (slot(model, M_NORMAL)) current = false;
  if (end >= END_GRADIENT && end <= END_STEP) {
    const doubtful = doubt(n, frame, state);
    if (doubtful > 0) end = doubtful;
    known = doubtful >= 0;
  }
  if (known && (summed || current)) variances(m, n, current, frame, state, model, variance);
  else blank(n, variance);
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
