// The room `sparse`: CSR products and the iterations of Jacobi, Gauss-Seidel (SOR) and preconditioned conjugate
// gradients on dense and sparse matrices, doubles. A call runs up to `steps` iterations, so that the caller can look at
// limits in between. The problem stands in a frame of i32 words, one address or number each:
//   0 n   1 kind (0 dense, 1 CSR)   2 A or rowPtr   3 offsets   4 values   5 preconditioner (0 none, 1 Jacobi, 2 SSOR, 3 IC)
//   6 diagonal   7 .. 9 rowPtr, offsets, values of the preconditioner   10 b   11 x   12 r   13 p   14 q   15 z
//   16 history: |r| after each iteration of the call   17 scalars: omega, r'z, |r|, bound on |r|, limit of divergence
// An iteration ends with one of the codes below; 0 says that all steps were taken.

import { copy, dot, nrm2 } from "../blas/level1";
import { gemv } from "../dense/gemv";
import { csrMultiply, csrSsor, csrSweep, incompleteSolve } from "./sparse";

export { csrDiagonal, csrMultiply, csrMultiplyT, incompleteCholesky } from "./sparse";

const GO_ON: i32 = 0;
const CONVERGED: i32 = 1;
const BREAKDOWN: i32 = 2;
const NOT_POSITIVE_DEFINITE: i32 = 3;
const DIVERGING: i32 = 4;

// @ts-ignore: decorator
@inline
function word(f: usize, i: i32): usize {
  return <usize>load<u32>(f + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function scalar(f: usize, i: i32): f64 {
  return load<f64>(word(f, 17) + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
function setScalar(f: usize, i: i32, v: f64): void {
  store<f64>(word(f, 17) + (<usize>i << 3), v);
}

/** y = A x; returns x'y. */
function multiply(f: usize, x: usize, y: usize): f64 {
  const n = <i32>word(f, 0);
  if (word(f, 1)) return csrMultiply(n, word(f, 2), word(f, 3), word(f, 4), x, y);
  gemv<f64>(n, n, 1, word(f, 2), n, x, 0, y);
  return dot<f64>(n, x, y);
}

/** r = b - A x; |r| into the scalars and the answer. */
export function residualOf(f: usize): f64 {
  const n = <i32>word(f, 0), b = word(f, 10), r = word(f, 12);
  multiply(f, word(f, 11), r);
  for (let i: usize = 0, end = <usize>n << 3; i < end; i += 8) store<f64>(r + i, load<f64>(b + i) - load<f64>(r + i));
  const norm = nrm2<f64>(n, r);
  setScalar(f, 2, norm);
  return norm;
}

/** Records |r| of iteration t and judges it. */
function judge(f: usize, t: i32, norm: f64): i32 {
  store<f64>(word(f, 16) + (<usize>t << 3), norm);
  setScalar(f, 2, norm);
  if (norm <= scalar(f, 3)) return CONVERGED;
  if (!(norm <= scalar(f, 4))) return DIVERGING;
  return GO_ON;
}

/** Iterations taken | code << 24. */
// @ts-ignore: decorator
@inline
function outcome(taken: i32, code: i32): i32 {
  return taken | (code << 24);
}

/** x += w D^-1 r, r = b - A x. */
export function jacobiRun(f: usize, steps: i32): i32 {
  const n = <i32>word(f, 0), d = word(f, 6), x = word(f, 11), r = word(f, 12);
  const omega = f64x2.splat(scalar(f, 0));
  const bytes = <usize>n << 3;
  for (let t = 0; t < steps; t++) {
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const step = f64x2.div(f64x2.mul(omega, v128.load(r + i)), v128.load(d + i));
      v128.store(x + i, f64x2.add(v128.load(x + i), step));
    }
    if (i < bytes) store<f64>(x + i, load<f64>(x + i) + (scalar(f, 0) * load<f64>(r + i)) / load<f64>(d + i));
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
  const n = <i32>word(f, 0), d = word(f, 6), b = word(f, 10), x = word(f, 11);
  const omega = scalar(f, 0);
  if (word(f, 1)) {
    csrSweep(n, word(f, 2), word(f, 3), word(f, 4), d, b, x, omega, backward);
    return;
  }
  for (let t = 0; t < n; t++) {
    const i = backward ? n - 1 - t : t;
    const at = <usize>i << 3;
    const s = load<f64>(b + at) - dot<f64>(n, word(f, 2) + at * <usize>n, x);
    store<f64>(x + at, load<f64>(x + at) + (omega * s) / load<f64>(d + at));
  }
}

/** z = M^-1 r; returns r'z. */
function precondition(f: usize, z: usize): f64 {
  const n = <i32>word(f, 0), r = word(f, 12);
  const kind = <i32>word(f, 5);
  if (kind == 2) csrSsor(n, word(f, 7), word(f, 8), word(f, 9), word(f, 6), scalar(f, 0), r, z);
  else incompleteSolve(n, word(f, 7), word(f, 8), word(f, 9), r, z);
  return dot<f64>(n, r, z);
}

/** Sets p and r'z from r. With none or Jacobi z is never stored: the diagonal holds reciprocals, or is not there. */
export function cgStart(f: usize): void {
  const n = <i32>word(f, 0), r = word(f, 12), p = word(f, 13), d = word(f, 6);
  const kind = <i32>word(f, 5);
  if (kind == 0) {
    copy<f64>(n, r, p);
    setScalar(f, 1, dot<f64>(n, r, r));
  } else if (kind == 1) {
    for (let i: usize = 0, end = <usize>n << 3; i < end; i += 8) store<f64>(p + i, load<f64>(d + i) * load<f64>(r + i));
    setScalar(f, 1, dot<f64>(n, r, p));
  } else {
    setScalar(f, 1, precondition(f, p));
  }
}

/**
 * Preconditioned conjugate gradients (Hestenes and Stiefel 1952; Golub and Van Loan, 4th ed., algorithm 11.5.1). x, r
 * and the sums take one pass, p another.
 */
export function cgRun(f: usize, steps: i32): i32 {
  const n = <i32>word(f, 0), p = word(f, 13), q = word(f, 14), z = word(f, 15);
  const kind = <i32>word(f, 5);
  for (let t = 0; t < steps; t++) {
    const rz = scalar(f, 1);
    const curvature = multiply(f, p, q);
    if (!(curvature > 0)) return outcome(t, curvature <= 0 ? NOT_POSITIVE_DEFINITE : DIVERGING);
    const alpha = rz / curvature;
    const rr = kind == 1 ? advanceScaled(f, n, alpha) : advance(f, n, alpha);
    // |r| from the sum of squares where that is safe.
    const norm = rr > 1e-280 && rr < Infinity ? sqrt(rr) : nrm2<f64>(n, word(f, 12));
    const code = judge(f, t, norm);
    if (code) return outcome(t + 1, code);
    let next = rr;
    if (kind == 1) next = scalar(f, 1);
    else if (kind > 1) next = precondition(f, z);
    if (!(next > 0)) return outcome(t + 1, BREAKDOWN);
    const beta = next / rz;
    if (kind == 1) turnScaled(n, word(f, 6), word(f, 12), beta, p);
    else turn(n, kind == 0 ? word(f, 12) : z, beta, p);
    setScalar(f, 1, next);
  }
  return outcome(steps, GO_ON);
}

/** x += a p, r -= a q; r'r. */
function advance(f: usize, n: i32, alpha: f64): f64 {
  let x = word(f, 11), r = word(f, 12), p = word(f, 13), q = word(f, 14);
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
  let x = word(f, 11), r = word(f, 12), p = word(f, 13), q = word(f, 14), d = word(f, 6);
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
  setScalar(f, 1, w);
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
