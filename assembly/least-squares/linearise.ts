// The local model of a fit: J'J, J'r, the scaling of the variables, which of them may move, the Gauss-Newton step.

import { EPS } from "../memory";
import {
  F_A, F_D, F_FREE, F_FREE0, F_G, F_GN, F_HELD, F_J, F_LOWER, F_P, F_RES, F_SPAN, F_UPPER, F_WORK, F_X, LEVENBERG, S_COSINE,
  S_COST, S_FACTOR, S_FREE, S_GN_LENGTH, S_GRADIENT, S_NOISE, S_OFFSET, S_ORTHOGONAL, S_PLAIN, S_RADIUS, S_RANK, S_RELATIVE, S_SIZE,
} from "../../src/abi/least-squares";
import { diagonal, get, set, setIndex, slot } from "./frame";
import { normalEquations } from "./normal";
import { gaussNewtonStep, modelGradient, scaledLength, slope } from "./quadratic";
import { lineariseSmall } from "./small";
import { entriesOfA, sparseNormal } from "./sparse";

/** 1 when all k numbers are finite. */
export function allFinite(k: i32, v: usize): i32 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0);
  const end = v + (<usize>k << 3);
  for (; v + 32 <= end; v += 32) {
    const t0 = v128.load(v), t1 = v128.load(v, 16);
    s0 = f64x2.add(s0, f64x2.sub(t0, t0));
    s1 = f64x2.add(s1, f64x2.sub(t1, t1));
  }
  s0 = f64x2.add(s0, s1);
  let s = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; v < end; v += 8) {
    const t = load<f64>(v);
    s += t - t;
  }
  return s == 0 ? 1 : 0;
}

/**
 * The model at F_X: J'J, J'r, the scaling, the variables that may move, the Gauss-Newton step and the relative
 * offset. Returns 0, or 1 when J'J overflows. `fresh`: the first linearisation of a solve.
 */
export function linearise(m: i32, n: i32, method: i32, fresh: i32, frame: usize, state: usize): i32 {
  const A = slot(frame, F_A), g = slot(frame, F_G), d = slot(frame, F_D), x = slot(frame, F_X);
  if (SPARSE) sparseNormal(n, frame);
  else normalEquations(m, n, slot(frame, F_J), slot(frame, F_RES), A, g, slot(frame, F_WORK));
  if (!allFinite(SPARSE ? entriesOfA(n, frame) : n * n, A)) return 1;
  if (!SPARSE && method != LEVENBERG && lineariseSmall(n, fresh, frame, state)) return 0;
  scaleVariables(n, method, fresh, frame, state);
  const size = get(state, S_RELATIVE) != 0 ? scaledLength(n, d, x) : sqrt<f64>(get(state, S_COST));
  set(state, S_SIZE, size);
  if (fresh) set(state, S_RADIUS, get(state, S_FACTOR) * (size > 0 ? size : 1));
  measure(m, n, frame, state);
  // Rounding of the cost, with |J_j x_j| for the size of what the residuals are differences of.
  const cost = get(state, S_COST);
  let scale = 0.0;
  for (let j = 0; j < n; j++) scale += diagonal(n, j, A, frame) * get(x, j) * get(x, j);
  set(state, S_NOISE, 4 * EPS * (cost + sqrt<f64>(cost) * sqrt<f64>(scale)));
  return 0;
}

/** Which variables may move, and the Gauss-Newton step on them; `linearise` without a new J. */
function measure(m: i32, n: i32, frame: usize, state: usize): void {
  const p = slot(frame, F_P), gn = slot(frame, F_GN);
  const k = chooseFree(n, frame, state);
  const cost = get(state, S_COST);
  memory.copy(slot(frame, F_FREE), slot(frame, F_FREE0), <usize>k << 2);
  memory.fill(slot(frame, F_HELD), 0, <usize>n << 3);
  memory.fill(p, 0, <usize>n << 3);
  set(state, S_OFFSET, 0);
  set(state, S_RANK, k);
  set(state, S_ORTHOGONAL, 0);
  set(state, S_PLAIN, 0);
  if (k > 0 && cost > 0 && get(state, S_COSINE) > 0) {
    modelGradient(n, k, frame, false);
    gaussNewtonStep(m, n, k, frame, state);
    if (get(state, S_ORTHOGONAL) == 0) set(state, S_PLAIN, 1);
    const decrease = -slope(n, slot(frame, F_G), p);
    set(state, S_OFFSET, get(state, S_RANK) > 0 ? sqrt<f64>(max<f64>(decrease, 0) / cost) : Infinity);
  }
  memory.copy(gn, p, <usize>n << 3);
  set(state, S_GN_LENGTH, scaledLength(n, slot(frame, F_D), gn));
}

/**
 * D_j = the largest |J_j| so far (Moré 1978, section 4): no column alone changes the residuals by more than the radius. Or
 * 1 / the largest |x_j| so far (1 while that is 0): steps are measured relative to the size of a variable.
 */
function scaleVariables(n: i32, method: i32, fresh: i32, frame: usize, state: usize): void {
  const x = slot(frame, F_X), d = slot(frame, F_D), span = slot(frame, F_SPAN), A = slot(frame, F_A);
  const relative = get(state, S_RELATIVE) != 0;
  let most = 0.0;
  for (let j = 0; j < n; j++) {
    const size = abs<f64>(get(x, j));
    set(span, j, fresh ? (size > 0 ? size : 1) : max<f64>(size, get(span, j)));
    const norm = relative ? 1 / get(span, j) : max<f64>(sqrt<f64>(diagonal(n, j, A, frame)), fresh ? 0 : get(d, j));
    set(d, j, method == LEVENBERG ? 1 : norm);
    most = max<f64>(most, norm);
  }
  // A column that has always been 0 says nothing: its variable does not move, and any small number will do.
  for (let j = 0; j < n; j++) if (get(d, j) == 0) set(d, j, most > 0 ? EPS * most : 1);
}

/** Variables that may move: not fixed, and not held at a bound by the gradient. Returns how many. */
function chooseFree(n: i32, frame: usize, state: usize): i32 {
  const x = slot(frame, F_X), g = slot(frame, F_G), A = slot(frame, F_A), free = slot(frame, F_FREE0);
  const lower = slot(frame, F_LOWER), upper = slot(frame, F_UPPER);
  const length = sqrt<f64>(get(state, S_COST));
  let k = 0;
  let cosine = 0.0, largest = 0.0;
  for (let j = 0; j < n; j++) {
    const gj = get(g, j);
    if (lower) {
      const xj = get(x, j), low = get(lower, j), high = get(upper, j);
      if (low == high || (xj <= low && gj >= 0) || (xj >= high && gj <= 0)) continue;
    }
    setIndex(free, k++, j);
    const norm = sqrt<f64>(diagonal(n, j, A, frame)) * length;
    if (norm > 0) cosine = max<f64>(cosine, abs<f64>(gj) / norm);
    largest = max<f64>(largest, abs<f64>(gj));
  }
  set(state, S_FREE, k);
  set(state, S_COSINE, cosine);
  set(state, S_GRADIENT, largest);
  return k;
}
