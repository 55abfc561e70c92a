// The room `sparse`: CSR products and the iterations of Jacobi, Gauss-Seidel (SOR) and preconditioned conjugate
// gradients on dense and sparse matrices, doubles; and what iterations written in TypeScript want of level 1 and 2. A call
// runs up to `steps` iterations, so that the caller can look at limits in between. The problem stands in a frame whose
// slots are named in src/abi/iterative.ts. An iteration ends with one of the codes there; GO_ON says that all were taken.

import { word } from "../memory";
import { axpy, copy, dot, nrm2, scal } from "../blas/level1";
import { gemv, gemvT } from "../dense/gemv";
import {
  BREAKDOWN, CONVERGED, DIVERGING, F_A, F_B, F_DIAGONAL, F_HISTORY, F_KIND, F_M_OFFSETS, F_M_ROWS, F_M_VALUES, F_N,
  F_OFFSETS, F_P, F_PRECONDITIONER, F_Q, F_R, F_SCALARS, F_VALUES, F_X, F_Z, GO_ON, JACOBI, NON_FINITE,
  NOT_POSITIVE_DEFINITE, PLAIN, S_BOUND, S_MOST, S_OMEGA, S_RESIDUAL, S_RZ, SSOR,
} from "../../src/abi/iterative";
import { csrMultiply, csrSsor, csrSweep, incompleteSolve } from "./sparse";

export { csrMultiply, csrMultiplyT, incompleteCholesky } from "./sparse";

export function dotF64(n: i32, x: usize, y: usize): f64 {
  return dot<f64>(n, x, y);
}

export function nrm2F64(n: i32, x: usize): f64 {
  return nrm2<f64>(n, x);
}

export function axpyF64(n: i32, a: f64, x: usize, y: usize): void {
  axpy<f64>(n, a, x, y);
}

export function scalF64(n: i32, a: f64, x: usize): void {
  scal<f64>(n, a, x);
}

export function copyF64(n: i32, x: usize, y: usize): void {
  copy<f64>(n, x, y);
}

/** y = A x for row-major A (m x n). */
export function gemvF64(m: i32, n: i32, A: usize, x: usize, y: usize): void {
  gemv<f64>(m, n, 1, A, n, x, 0, y);
}

/** y = A'x for row-major A (m x n). */
export function gemvTF64(m: i32, n: i32, A: usize, x: usize, y: usize): void {
  gemvT<f64>(m, n, 1, A, n, x, 0, y);
}

/** Below this squares have lost their digits. */
const TINY: f64 = 1e-280;

// @ts-ignore: decorator
@inline
function scalar(f: usize, i: i32): f64 {
  return load<f64>(word(f, F_SCALARS) + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function setScalar(f: usize, i: i32, v: f64): void {
  store<f64>(word(f, F_SCALARS) + (<usize>i << 3), v);
}

/** y = A x; returns x'y. */
function multiply(f: usize, x: usize, y: usize): f64 {
  const n = <i32>word(f, F_N);
  if (word(f, F_KIND)) return csrMultiply(n, word(f, F_A), word(f, F_OFFSETS), word(f, F_VALUES), x, y);
  gemv<f64>(n, n, 1, word(f, F_A), n, x, 0, y);
  return dot<f64>(n, x, y);
}

/** r = b - A x; |r| into the scalars and the answer. */
export function residualOf(f: usize): f64 {
  const n = <i32>word(f, F_N), b = word(f, F_B), r = word(f, F_R);
  multiply(f, word(f, F_X), r);
  for (let i: usize = 0, end = <usize>n << 3; i < end; i += 8) store<f64>(r + i, load<f64>(b + i) - load<f64>(r + i));
  const norm = nrm2<f64>(n, r);
  setScalar(f, S_RESIDUAL, norm);
  return norm;
}

/** Records |r| of iteration t and judges it. */
function judge(f: usize, t: i32, norm: f64): i32 {
  store<f64>(word(f, F_HISTORY) + (<usize>t << 3), norm);
  setScalar(f, S_RESIDUAL, norm);
  if (norm <= scalar(f, S_BOUND)) return CONVERGED;
  if (norm <= scalar(f, S_MOST)) return GO_ON;
  return norm != norm ? NON_FINITE : DIVERGING;
}

/** Iterations taken | code << 24. */
// @ts-ignore: decorator
@inline
function outcome(taken: i32, code: i32): i32 {
  return taken | (code << 24);
}

/** x += w D^-1 r, r = b - A x. */
export function jacobiRun(f: usize, steps: i32): i32 {
  const n = <i32>word(f, F_N), d = word(f, F_DIAGONAL), x = word(f, F_X), r = word(f, F_R);
  const omega = f64x2.splat(scalar(f, S_OMEGA));
  const bytes = <usize>n << 3;
  for (let t = 0; t < steps; t++) {
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const step = f64x2.div(f64x2.mul(omega, v128.load(r + i)), v128.load(d + i));
      v128.store(x + i, f64x2.add(v128.load(x + i), step));
    }
    if (i < bytes) store<f64>(x + i, load<f64>(x + i) + (scalar(f, S_OMEGA) * load<f64>(r + i)) / load<f64>(d + i));
    const code = judge(f, t, residualOf(f));
    if (code) return outcome(t + 1, code);
  }
  return outcome(steps, GO_ON);
}

/** One forward sweep with relaxation, and with `symmetric` a backward one. */
export function gaussSeidelRun(f: usize, steps: i32, symmetric: bool): i32 {
  for (let t = 0; t < steps; t++) {
    sweep(f, false);
    if (symmetric) sweep(f, true);
    const code = judge(f, t, residualOf(f));
    if (code) return outcome(t + 1, code);
  }
  return outcome(steps, GO_ON);
}

function sweep(f: usize, backward: bool): void {
  const n = <i32>word(f, F_N), d = word(f, F_DIAGONAL), b = word(f, F_B), x = word(f, F_X);
  const omega = scalar(f, S_OMEGA);
  if (word(f, F_KIND)) {
    csrSweep(n, word(f, F_A), word(f, F_OFFSETS), word(f, F_VALUES), d, b, x, omega, backward);
    return;
  }
  for (let t = 0; t < n; t++) {
    const i = backward ? n - 1 - t : t;
    const at = <usize>i << 3;
    const s = load<f64>(b + at) - dot<f64>(n, word(f, F_A) + at * <usize>n, x);
    store<f64>(x + at, load<f64>(x + at) + (omega * s) / load<f64>(d + at));
  }
}

/** z = M^-1 r; returns r'z. */
function precondition(f: usize, z: usize): f64 {
  const n = <i32>word(f, F_N), r = word(f, F_R);
  const kind = <i32>word(f, F_PRECONDITIONER);
  if (kind == SSOR) csrSsor(n, word(f, F_M_ROWS), word(f, F_M_OFFSETS), word(f, F_M_VALUES), word(f, F_DIAGONAL), scalar(f, S_OMEGA), r, z);
  else incompleteSolve(n, word(f, F_M_ROWS), word(f, F_M_OFFSETS), word(f, F_M_VALUES), r, z);
  return dot<f64>(n, r, z);
}

/** Sets p and r'z from r. With none or Jacobi z is never stored: the diagonal holds reciprocals, or is not there. */
export function cgStart(f: usize): void {
  const n = <i32>word(f, F_N), r = word(f, F_R), p = word(f, F_P), d = word(f, F_DIAGONAL);
  const kind = <i32>word(f, F_PRECONDITIONER);
  if (kind == PLAIN) {
    copy<f64>(n, r, p);
    setScalar(f, S_RZ, dot<f64>(n, r, r));
  } else if (kind == JACOBI) {
    for (let i: usize = 0, end = <usize>n << 3; i < end; i += 8) store<f64>(p + i, load<f64>(d + i) * load<f64>(r + i));
    setScalar(f, S_RZ, dot<f64>(n, r, p));
  } else {
    setScalar(f, S_RZ, precondition(f, p));
  }
}

/**
 * Preconditioned conjugate gradients (Hestenes and Stiefel 1952; Golub and Van Loan, 4th ed., algorithm 11.5.1). x, r
 * and the sums take one pass, p another.
 */
export function cgRun(f: usize, steps: i32): i32 {
  const n = <i32>word(f, F_N), p = word(f, F_P), q = word(f, F_Q), z = word(f, F_Z);
  const kind = <i32>word(f, F_PRECONDITIONER);
  for (let t = 0; t < steps; t++) {
    const rz = scalar(f, S_RZ);
    const curvature = multiply(f, p, q);
    if (!(curvature > 0)) return outcome(t, curvature <= 0 ? NOT_POSITIVE_DEFINITE : NON_FINITE);
    const alpha = rz / curvature;
    const rr = kind == JACOBI ? advanceScaled(f, n, alpha) : advance(f, n, alpha);
    // |r| from the sum of squares where that is safe.
    const norm = rr > TINY && rr < Infinity ? sqrt(rr) : nrm2<f64>(n, word(f, F_R));
    const code = judge(f, t, norm);
    if (code) return outcome(t + 1, code);
    let next = rr;
    if (kind == JACOBI) next = scalar(f, S_RZ);
    else if (kind > JACOBI) next = precondition(f, z);
    // A residual whose square underflows is as good as 0: the caller looks at the true one.
    if (!(next > TINY)) return outcome(t + 1, rr < TINY ? CONVERGED : next != next ? NON_FINITE : BREAKDOWN);
    const beta = next / rz;
    if (kind == JACOBI) turnScaled(n, word(f, F_DIAGONAL), word(f, F_R), beta, p);
    else turn(n, kind == PLAIN ? word(f, F_R) : z, beta, p);
    setScalar(f, S_RZ, next);
  }
  return outcome(steps, GO_ON);
}

/** x += a p, r -= a q; r'r. */
function advance(f: usize, n: i32, alpha: f64): f64 {
  let x = word(f, F_X), r = word(f, F_R), p = word(f, F_P), q = word(f, F_Q);
  const a = f64x2.splat(alpha);
  const end = x + (<usize>n << 3);
  let s0 = f64x2.splat(0), s1 = s0;
  for (const stop = x + ((<usize>n << 3) & ~31); x < stop; x += 32, r += 32, p += 32, q += 32) {
    v128.store(x, f64x2.add(v128.load(x), f64x2.mul(a, v128.load(p))));
    v128.store(x, f64x2.add(v128.load(x, 16), f64x2.mul(a, v128.load(p, 16))), 16);
    const u = f64x2.sub(v128.load(r), f64x2.mul(a, v128.load(q)));
    const v = f64x2.sub(v128.load(r, 16), f64x2.mul(a, v128.load(q, 16)));
    v128.store(r, u);
    v128.store(r, v, 16);
    s0 = f64x2.add(s0, f64x2.mul(u, u));
    s1 = f64x2.add(s1, f64x2.mul(v, v));
  }
  s0 = f64x2.add(s0, s1);
  let s = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (; x < end; x += 8, r += 8, p += 8, q += 8) {
    store<f64>(x, load<f64>(x) + alpha * load<f64>(p));
    const u = load<f64>(r) - alpha * load<f64>(q);
    store<f64>(r, u);
    s += u * u;
  }
  return s;
}

/** As advance, and r'D^-1 r into the scalars. */
function advanceScaled(f: usize, n: i32, alpha: f64): f64 {
  let x = word(f, F_X), r = word(f, F_R), p = word(f, F_P), q = word(f, F_Q), d = word(f, F_DIAGONAL);
  const a = f64x2.splat(alpha);
  const end = x + (<usize>n << 3);
  let s0 = f64x2.splat(0), w0 = s0;
  for (const stop = x + ((<usize>n << 3) & ~15); x < stop; x += 16, r += 16, p += 16, q += 16, d += 16) {
    v128.store(x, f64x2.add(v128.load(x), f64x2.mul(a, v128.load(p))));
    const u = f64x2.sub(v128.load(r), f64x2.mul(a, v128.load(q)));
    v128.store(r, u);
    const v = f64x2.mul(u, u);
    s0 = f64x2.add(s0, v);
    w0 = f64x2.add(w0, f64x2.mul(v, v128.load(d)));
  }
  let s = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  let w = f64x2.extract_lane(w0, 0) + f64x2.extract_lane(w0, 1);
  for (; x < end; x += 8, r += 8, p += 8, q += 8, d += 8) {
    store<f64>(x, load<f64>(x) + alpha * load<f64>(p));
    const u = load<f64>(r) - alpha * load<f64>(q);
    store<f64>(r, u);
    s += u * u;
    w += u * u * load<f64>(d);
  }
  setScalar(f, S_RZ, w);
  return s;
}

/** p = z + b p. */
function turn(n: i32, z: usize, beta: f64, p: usize): void {
  const b = f64x2.splat(beta);
  const end = p + (<usize>n << 3);
  for (const stop = p + ((<usize>n << 3) & ~31); p < stop; p += 32, z += 32) {
    v128.store(p, f64x2.add(v128.load(z), f64x2.mul(b, v128.load(p))));
    v128.store(p, f64x2.add(v128.load(z, 16), f64x2.mul(b, v128.load(p, 16))), 16);
  }
  for (; p < end; p += 8, z += 8) store<f64>(p, load<f64>(z) + beta * load<f64>(p));
}

/** p = D^-1 r + b p. */
function turnScaled(n: i32, d: usize, r: usize, beta: f64, p: usize): void {
  const b = f64x2.splat(beta);
  const end = p + (<usize>n << 3);
  for (const stop = p + ((<usize>n << 3) & ~15); p < stop; p += 16, r += 16, d += 16) {
    const z = f64x2.mul(v128.load(d), v128.load(r));
    v128.store(p, f64x2.add(z, f64x2.mul(b, v128.load(p))));
  }
  for (; p < end; p += 8, r += 8, d += 8) store<f64>(p, load<f64>(d) * load<f64>(r) + beta * load<f64>(p));
}
