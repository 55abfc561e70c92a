// L-BFGS-B: Byrd, Lu, Nocedal and Zhu, SIAM J. Sci. Comput. 16 (1995) 1190-1208, with the projection of Morales and
// Nocedal, ACM TOMS 38 (2011) 7. The model Hessian is B = theta I - W M W', W = [Y, theta S] over the c pairs of the
// history, oldest first; M is the inverse of the 2c x 2c matrix of eq. 3.4.

import { double as slot } from "../memory";
import { axpy, dot } from "../blas/level1";
import { S_COUNT, S_FREE, S_GAMMA, S_GRADIENT, S_HEAD, S_SLOPE } from "../../src/abi/smooth";
import { difference } from "./lbfgs";
import { at, invert } from "./invert";
import { clamp } from "./project";
import { bytes, projectedGradient } from "./vector";

/** Takes the step in: a ring row of S and Y, and the products s_i's_j, s_i'y_j of all pairs (m*m each, by ring row). */
export function boxUpdate(
  n: i32, m: i32, ld: i32, x: usize, g: usize, x0: usize, g0: usize, S: usize, Y: usize, SS: usize, SY: usize,
  lower: usize, upper: usize, state: usize,
): void {
  const head = <i32>load<f64>(slot(state, S_HEAD));
  const row = <usize>head * bytes(ld);
  const sy = difference(n, x, g, x0, g0, S + row, Y + row, state);
  store<f64>(slot(state, S_GRADIENT), projectedGradient(n, x, g, lower, upper));
  if (sy == 0) return;
  const count = min<i32>(<i32>load<f64>(slot(state, S_COUNT)) + 1, m);
  store<f64>(slot(state, S_HEAD), <f64>((head + 1) % m));
  store<f64>(slot(state, S_COUNT), count);
  for (let i = 0; i < count; i++) {
    const other = <usize>i * bytes(ld);
    const ss = dot<f64>(n, S + row, S + other);
    store<f64>(at(SS, m, head, i), ss);
    store<f64>(at(SS, m, i, head), ss);
    store<f64>(at(SY, m, head, i), dot<f64>(n, S + row, Y + other));
    store<f64>(at(SY, m, i, head), dot<f64>(n, S + other, Y + row));
  }
}

/** Ring row of the pair of age i, oldest first. */
// @ts-ignore: decorator
@inline
function ring(i: i32, count: i32, head: i32, m: i32): i32 {
  return (head + m - count + i) % m;
}

/** M of eq. 3.4 into `M` (2c*2c); false when it has no inverse. */
function middle(m: i32, count: i32, head: i32, theta: f64, SS: usize, SY: usize, M: usize, work: usize): bool {
  const k = 2 * count;
  for (let i = 0; i < count; i++) {
    const a = ring(i, count, head, m);
    for (let j = 0; j < count; j++) {
      const b = ring(j, count, head, m);
      store<f64>(at(M, k, i, j), i == j ? -load<f64>(at(SY, m, a, a)) : 0);
      store<f64>(at(M, k, count + i, j), i > j ? load<f64>(at(SY, m, a, b)) : 0);
      store<f64>(at(M, k, i, count + j), j > i ? load<f64>(at(SY, m, b, a)) : 0);
      store<f64>(at(M, k, count + i, count + j), theta * load<f64>(at(SS, m, a, b)));
    }
  }
  return invert(k, M, work);
}

/** Row b of W into w. */
function rowOfW(
  b: i32, m: i32, ld: i32, count: i32, head: i32, theta: f64, S: usize, Y: usize, w: usize,
): void {
  for (let i = 0; i < count; i++) {
    const entry = <usize>ring(i, count, head, m) * bytes(ld) + bytes(b);
    store<f64>(w + bytes(i), load<f64>(Y + entry));
    store<f64>(w + bytes(count + i), theta * load<f64>(S + entry));
  }
}

/** u'M v. */
function form(k: i32, M: usize, u: usize, v: usize): f64 {
  let s: f64 = 0;
  for (let i = 0; i < k; i++) s += load<f64>(u + bytes(i)) * dot<f64>(k, at(M, k, i, 0), v);
  return s;
}

/** Sinks entry i of a heap of variables, the least breakpoint on top. */
function sink(count: i32, heap: usize, i: i32, t: usize): void {
  const v = load<i32>(heap + (<usize>i << 2));
  const key = load<f64>(t + bytes(v));
  for (;;) {
    let child = 2 * i + 1;
    if (child >= count) break;
    let c = load<i32>(heap + (<usize>child << 2));
    if (child + 1 < count) {
      const other = load<i32>(heap + (<usize>(child + 1) << 2));
      if (load<f64>(t + bytes(other)) < load<f64>(t + bytes(c))) {
        child++;
        c = other;
      }
    }
    if (load<f64>(t + bytes(c)) >= key) break;
    store<i32>(heap + (<usize>i << 2), c);
    i = child;
  }
  store<i32>(heap + (<usize>i << 2), v);
}

/** Takes the top off. */
function popLeast(count: i32, heap: usize, t: usize): i32 {
  const top = load<i32>(heap);
  store<i32>(heap, load<i32>(heap + (<usize>(count - 1) << 2)));
  if (count > 1) sink(count - 1, heap, 0, t);
  return top;
}

/**
 * The direction d = xbar - x within the box: to the generalised Cauchy point (algorithm CP), then to the minimiser of the
 * model over the variables free there (section 5.1), projected. `frame` holds 5 n-vectors and small matrices, laid out
 * below. Returns the slope, NaN when the history is of no use.
 */
export function boxDirection(
  n: i32, m: i32, ld: i32, x: usize, g: usize, d: usize, S: usize, Y: usize, SS: usize, SY: usize, lower: usize,
  upper: usize, t: usize, xc: usize, r: usize, heap: usize, small: usize, state: usize,
): f64 {
  const count = <i32>load<f64>(slot(state, S_COUNT));
  const head = <i32>load<f64>(slot(state, S_HEAD));
  const theta = 1 / load<f64>(slot(state, S_GAMMA));
  const k = 2 * count;
  const square = bytes(4 * m * m);
  const M = small, work = small + square, N = work + square, p = N + square, c = p + bytes(2 * m);
  const w = c + bytes(2 * m), v = w + bytes(2 * m), z = v + bytes(2 * m);
  if (count > 0 && !middle(m, count, head, theta, SS, SY, M, work)) return NaN;

  // Breakpoints and the first direction.
  let breaks = 0;
  let dd: f64 = 0;
  for (let i = 0; i < n; i++) {
    const o = bytes(i);
    const gi = load<f64>(g + o), xi = load<f64>(x + o);
    let ti: f64 = Infinity;
    if (gi < 0) ti = (xi - load<f64>(upper + o)) / gi;
    else if (gi > 0) ti = (xi - load<f64>(lower + o)) / gi;
    store<f64>(t + o, ti);
    store<f64>(xc + o, xi);
    const di = ti > 0 ? -gi : 0;
    store<f64>(d + o, di);
    dd += di * di;
    if (ti > 0 && ti < Infinity) {
      store<i32>(heap + (<usize>breaks << 2), i);
      breaks++;
    }
  }
  for (let i = (breaks >> 1) - 1; i >= 0; i--) sink(breaks, heap, i, t);
  for (let i = 0; i < count; i++) {
    const entry = <usize>ring(i, count, head, m) * bytes(ld);
    store<f64>(p + bytes(i), dot<f64>(n, Y + entry, d));
    store<f64>(p + bytes(count + i), theta * dot<f64>(n, S + entry, d));
  }
  memory.fill(c, 0, bytes(k));
  let slope = -dd;
  let curvature = theta * dd - form(k, M, p, p);
  const least = 2.220446049250313e-16 * theta * dd;
  let before: f64 = 0;
  let ahead = -slope / curvature;
  while (breaks > 0) {
    const b = load<i32>(heap);
    const o = bytes(b);
    const dt = load<f64>(t + o) - before;
    if (ahead < dt) break;
    popLeast(breaks, heap, t);
    breaks--;
    const gb = load<f64>(g + o);
    const bound = gb < 0 ? load<f64>(upper + o) : load<f64>(lower + o);
    store<f64>(xc + o, bound);
    store<f64>(d + o, 0);
    const zb = bound - load<f64>(x + o);
    axpy<f64>(k, dt, p, c);
    rowOfW(b, m, ld, count, head, theta, S, Y, w);
    slope += dt * curvature + gb * gb + theta * gb * zb - gb * form(k, M, w, c);
    curvature -= theta * gb * gb + 2 * gb * form(k, M, w, p) + gb * gb * form(k, M, w, w);
    curvature = max<f64>(curvature, least);
    axpy<f64>(k, gb, w, p);
    before += dt;
    ahead = -slope / curvature;
    if (!(ahead > 0)) {
      ahead = 0;
      break;
    }
  }
  if (breaks == 0 && !(ahead < Infinity)) ahead = 0;
  ahead = max<f64>(ahead, 0);
  before += ahead;
  axpy<f64>(k, ahead, p, c);
  let free = 0;
  for (let i = 0; i < n; i++) {
    const o = bytes(i);
    const di = load<f64>(d + o);
    if (di != 0) store<f64>(xc + o, clamp(load<f64>(x + o) + before * di, lower + o, upper + o));
    const xi = load<f64>(xc + o);
    if (xi > load<f64>(lower + o) && xi < load<f64>(upper + o)) {
      store<i32>(heap + (<usize>free << 2), i);
      free++;
    }
  }
  store<f64>(slot(state, S_FREE), free);
  if (count > 0 && free > 0) {
    if (!subspace(n, m, ld, x, g, d, S, Y, lower, upper, xc, r, heap, M, work, N, c, w, v, z, theta, count, head, free)) {
      return NaN;
    }
  } else {
    for (let i: usize = 0, end = bytes(n); i < end; i += 8) {
      store<f64>(d + i, load<f64>(xc + i) - load<f64>(x + i));
    }
  }
  const result = dot<f64>(n, g, d);
  store<f64>(slot(state, S_SLOPE), result);
  return result;
}

/** From the Cauchy point xc to the minimiser over the free variables; d = P(xc + that) - x, or truncated if no descent. */
function subspace(
  n: i32, m: i32, ld: i32, x: usize, g: usize, d: usize, S: usize, Y: usize, lower: usize, upper: usize, xc: usize,
  r: usize, heap: usize, M: usize, work: usize, N: usize, c: usize, w: usize, v: usize, z: usize, theta: f64,
  count: i32, head: i32, free: i32,
): bool {
  const k = 2 * count;
  // r = g + theta (xc - x) - W M c on the free variables (eq. 5.4); v = W'r and N = W'W there.
  for (let i = 0; i < k; i++) store<f64>(z + bytes(i), dot<f64>(k, at(M, k, i, 0), c));
  memory.fill(v, 0, bytes(k));
  memory.fill(N, 0, bytes(k * k));
  for (let f = 0; f < free; f++) {
    const i = load<i32>(heap + (<usize>f << 2));
    const o = bytes(i);
    rowOfW(i, m, ld, count, head, theta, S, Y, w);
    const ri = load<f64>(g + o) + theta * (load<f64>(xc + o) - load<f64>(x + o)) - dot<f64>(k, w, z);
    store<f64>(r + o, ri);
    axpy<f64>(k, ri, w, v);
    for (let a = 0; a < k; a++) axpy<f64>(k, load<f64>(w + bytes(a)), w, at(N, k, a, 0));
  }
  // v = (I - M N / theta)^-1 M v (eq. 5.11); the matrix goes to work, its inverse needs N as workspace afterwards.
  for (let i = 0; i < k; i++) {
    store<f64>(z + bytes(i), dot<f64>(k, at(M, k, i, 0), v));
    for (let j = 0; j < k; j++) {
      // N is symmetric: its row serves as its column.
      store<f64>(at(work, k, i, j), (i == j ? 1 : 0) - dot<f64>(k, at(M, k, i, 0), at(N, k, j, 0)) / theta);
    }
  }
  if (!invert(k, work, N)) return false;
  for (let i = 0; i < k; i++) store<f64>(v + bytes(i), dot<f64>(k, at(work, k, i, 0), z));
  for (let i: usize = 0, end = bytes(n); i < end; i += 8) store<f64>(d + i, load<f64>(xc + i) - load<f64>(x + i));
  let slope: f64 = 0;
  let alpha: f64 = 1;
  for (let f = 0; f < free; f++) {
    const i = load<i32>(heap + (<usize>f << 2));
    const o = bytes(i);
    rowOfW(i, m, ld, count, head, theta, S, Y, w);
    const step = -(load<f64>(r + o) + dot<f64>(k, w, v) / theta) / theta;
    store<f64>(r + o, step);
    const from = load<f64>(xc + o);
    const bound = step > 0 ? load<f64>(upper + o) : load<f64>(lower + o);
    if (abs(step) > 0) alpha = min<f64>(alpha, (bound - from) / step);
    store<f64>(d + o, clamp(from + step, lower + o, upper + o) - load<f64>(x + o));
  }
  slope = dot<f64>(n, g, d);
  if (slope < 0) return true;
  for (let f = 0; f < free; f++) {
    const o = bytes(load<i32>(heap + (<usize>f << 2)));
    store<f64>(d + o, clamp(load<f64>(xc + o) + alpha * load<f64>(r + o), lower + o, upper + o) - load<f64>(x + o));
  }
  return true;
}
