// Adam and its family. Arguments as in momentum.ts: n, vectors, the gradient's edits, then the rule's scalars, among them
// b1, c1 = 1 - b1, b2, c2 = 1 - b2 (taken in double: in f32 the difference itself would be off by 1e-5).

import { At0, At16, At32, At48, edit, isPlain, put, putAt, tailOf, take, takeAt, wholeBytes } from "../registers";

/**
 * m = b1 m + c1 g; v = b2 v + c2 g^2; x = shrink x - step m / (root sqrt(v) + eps).
 * Adam (Kingma & Ba 2015, algorithm 1): shrink = 1, step = lr / (1 - b1^t), root = 1 / sqrt(1 - b2^t).
 * AdamW (Loshchilov & Hutter 2019, algorithm 2): shrink = 1 - lr weightDecay.
 * RAdam (Liu et al. 2020, algorithm 2): the same with the rectified step, or root = 0 and eps = 1 while it has none.
 */
function adam<T>(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: T, limit: T, decay: T,
  b1: T, c1: T, b2: T, c2: T, shrink: T, step: T, root: T, eps: T,
): void {
  if (isPlain<T>(scale, limit, decay) && shrink == <T>1) {
    adamLoop<T>(n, x, g, m, v, scale, limit, decay, b1, c1, b2, c2, shrink, step, root, eps, false);
  } else adamLoop<T>(n, x, g, m, v, scale, limit, decay, b1, c1, b2, c2, shrink, step, root, eps, true);
}

// @ts-ignore: decorator
@inline
function adamLoop<T>(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: T, limit: T, decay: T,
  b1: T, c1: T, b2: T, c2: T, shrink: T, step: T, root: T, eps: T, edited: bool,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const p = v128.splat<T>(b1), q = v128.splat<T>(c1), r = v128.splat<T>(b2), t = v128.splat<T>(c2);
  const h = v128.splat<T>(shrink), a = v128.splat<T>(step), k = v128.splat<T>(root), e = v128.splat<T>(eps);
  const end = x + wholeBytes<T>(n);
  for (const stop = x + (wholeBytes<T>(n) & ~63); x < stop; x += 64, g += 64, m += 64, v += 64) {
    adamAt<T, At0>(x, g, m, v, 0, s, l, d, p, q, r, t, h, a, k, e, edited);
    adamAt<T, At16>(x, g, m, v, 0, s, l, d, p, q, r, t, h, a, k, e, edited);
    adamAt<T, At32>(x, g, m, v, 0, s, l, d, p, q, r, t, h, a, k, e, edited);
    adamAt<T, At48>(x, g, m, v, 0, s, l, d, p, q, r, t, h, a, k, e, edited);
  }
  for (; x < end; x += 16, g += 16, m += 16, v += 16) {
    adamAt<T, At0>(x, g, m, v, 0, s, l, d, p, q, r, t, h, a, k, e, edited);
  }
  const tail = tailOf<T>(n);
  if (tail) adamAt<T, At0>(x, g, m, v, tail, s, l, d, p, q, r, t, h, a, k, e, edited);
}

// @ts-ignore: decorator
@inline
function adamAt<T, O>(
  x: usize, g: usize, m: usize, v: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  b1: v128, c1: v128, b2: v128, c2: v128, shrink: v128, step: v128, root: v128, eps: v128, edited: bool,
): void {
  let x0 = takeAt<T, O>(x, tail);
  let g0 = takeAt<T, O>(g, tail);
  if (edited) g0 = edit<T>(g0, x0, scale, limit, decay);
  const m1 = v128.add<T>(v128.mul<T>(b1, takeAt<T, O>(m, tail)), v128.mul<T>(c1, g0));
  putAt<T, O>(m, m1, tail);
  const v1 = v128.add<T>(v128.mul<T>(b2, takeAt<T, O>(v, tail)), v128.mul<T>(c2, v128.mul<T>(g0, g0)));
  putAt<T, O>(v, v1, tail);
  const d = v128.add<T>(v128.mul<T>(root, v128.sqrt<T>(v1)), eps);
  if (edited) x0 = v128.mul<T>(shrink, x0);
  putAt<T, O>(x, v128.sub<T>(x0, v128.div<T>(v128.mul<T>(step, m1), d)), tail);
}

/**
 * As `adam` with w = max(w, v) under the root: AMSGrad (Reddi, Kale & Kumar 2018, algorithm 2). As PyTorch, and unlike
 * the paper, m and w are bias-corrected; the maximum is of the raw v, as in both.
 */
function amsgrad<T>(
  n: i32, x: usize, g: usize, m: usize, v: usize, w: usize, scale: T, limit: T, decay: T,
  b1: T, c1: T, b2: T, c2: T, shrink: T, step: T, root: T, eps: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const p = v128.splat<T>(b1), q = v128.splat<T>(c1), r = v128.splat<T>(b2), t = v128.splat<T>(c2);
  const h = v128.splat<T>(shrink), a = v128.splat<T>(step), k = v128.splat<T>(root), e = v128.splat<T>(eps);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, m += 16, v += 16, w += 16) {
    amsgradAt<T>(x, g, m, v, w, 0, s, l, d, p, q, r, t, h, a, k, e);
  }
  const tail = tailOf<T>(n);
  if (tail) amsgradAt<T>(x, g, m, v, w, tail, s, l, d, p, q, r, t, h, a, k, e);
}

// @ts-ignore: decorator
@inline
function amsgradAt<T>(
  x: usize, g: usize, m: usize, v: usize, w: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  b1: v128, c1: v128, b2: v128, c2: v128, shrink: v128, step: v128, root: v128, eps: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const m1 = v128.add<T>(v128.mul<T>(b1, take<T>(m, tail)), v128.mul<T>(c1, g0));
  put<T>(m, m1, tail);
  const v1 = v128.add<T>(v128.mul<T>(b2, take<T>(v, tail)), v128.mul<T>(c2, v128.mul<T>(g0, g0)));
  put<T>(v, v1, tail);
  const w1 = v128.pmax<T>(v1, take<T>(w, tail));
  put<T>(w, w1, tail);
  const d = v128.add<T>(v128.mul<T>(root, v128.sqrt<T>(w1)), eps);
  put<T>(x, v128.sub<T>(v128.mul<T>(shrink, x0), v128.div<T>(v128.mul<T>(step, m1), d)), tail);
}

/** m = b1 m + c1 g; u = max(b2 u, |g| + eps); x -= step m / u: AdaMax (Kingma & Ba 2015, algorithm 2); eps as PyTorch. */
function adamax<T>(
  n: i32, x: usize, g: usize, m: usize, u: usize, scale: T, limit: T, decay: T,
  b1: T, c1: T, b2: T, step: T, eps: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const p = v128.splat<T>(b1), q = v128.splat<T>(c1), r = v128.splat<T>(b2);
  const a = v128.splat<T>(step), e = v128.splat<T>(eps);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, m += 16, u += 16) {
    adamaxAt<T>(x, g, m, u, 0, s, l, d, p, q, r, a, e);
  }
  const tail = tailOf<T>(n);
  if (tail) adamaxAt<T>(x, g, m, u, tail, s, l, d, p, q, r, a, e);
}

// @ts-ignore: decorator
@inline
function adamaxAt<T>(
  x: usize, g: usize, m: usize, u: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  b1: v128, c1: v128, b2: v128, step: v128, eps: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const m1 = v128.add<T>(v128.mul<T>(b1, take<T>(m, tail)), v128.mul<T>(c1, g0));
  put<T>(m, m1, tail);
  const u1 = v128.pmax<T>(v128.add<T>(v128.abs<T>(g0), eps), v128.mul<T>(b2, take<T>(u, tail)));
  put<T>(u, u1, tail);
  put<T>(x, v128.sub<T>(x0, v128.div<T>(v128.mul<T>(step, m1), u1)), tail);
}

/**
 * m and v as Adam; x -= (now g + next m) / (root sqrt(v) + eps): NAdam (Dozat 2016, algorithm 2) with the momentum
 * schedule of the caller's scalars now = lr (1 - mu_t) / (1 - prod mu) and next = lr mu_{t+1} / (1 - prod mu mu_{t+1}).
 */
function nadam<T>(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: T, limit: T, decay: T,
  b1: T, c1: T, b2: T, c2: T, now: T, next: T, root: T, eps: T,
): void {
  const s = v128.splat<T>(scale), l = v128.splat<T>(limit), d = v128.splat<T>(decay);
  const p = v128.splat<T>(b1), q = v128.splat<T>(c1), r = v128.splat<T>(b2), t = v128.splat<T>(c2);
  const i = v128.splat<T>(now), j = v128.splat<T>(next), k = v128.splat<T>(root), e = v128.splat<T>(eps);
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, g += 16, m += 16, v += 16) {
    nadamAt<T>(x, g, m, v, 0, s, l, d, p, q, r, t, i, j, k, e);
  }
  const tail = tailOf<T>(n);
  if (tail) nadamAt<T>(x, g, m, v, tail, s, l, d, p, q, r, t, i, j, k, e);
}

// @ts-ignore: decorator
@inline
function nadamAt<T>(
  x: usize, g: usize, m: usize, v: usize, tail: i32, scale: v128, limit: v128, decay: v128,
  b1: v128, c1: v128, b2: v128, c2: v128, now: v128, next: v128, root: v128, eps: v128,
): void {
  const x0 = take<T>(x, tail);
  const g0 = edit<T>(take<T>(g, tail), x0, scale, limit, decay);
  const m1 = v128.add<T>(v128.mul<T>(b1, take<T>(m, tail)), v128.mul<T>(c1, g0));
  put<T>(m, m1, tail);
  const v1 = v128.add<T>(v128.mul<T>(b2, take<T>(v, tail)), v128.mul<T>(c2, v128.mul<T>(g0, g0)));
  put<T>(v, v1, tail);
  const d = v128.add<T>(v128.mul<T>(root, v128.sqrt<T>(v1)), eps);
  const sum = v128.add<T>(v128.mul<T>(now, g0), v128.mul<T>(next, m1));
  put<T>(x, v128.sub<T>(x0, v128.div<T>(sum, d)), tail);
}

export function adamF64(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: f64, limit: f64, decay: f64,
  b1: f64, c1: f64, b2: f64, c2: f64, shrink: f64, step: f64, root: f64, eps: f64,
): void {
  adam<f64>(n, x, g, m, v, scale, limit, decay, b1, c1, b2, c2, shrink, step, root, eps);
}
export function adamF32(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: f32, limit: f32, decay: f32,
  b1: f32, c1: f32, b2: f32, c2: f32, shrink: f32, step: f32, root: f32, eps: f32,
): void {
  adam<f32>(n, x, g, m, v, scale, limit, decay, b1, c1, b2, c2, shrink, step, root, eps);
}
export function amsgradF64(
  n: i32, x: usize, g: usize, m: usize, v: usize, w: usize, scale: f64, limit: f64, decay: f64,
  b1: f64, c1: f64, b2: f64, c2: f64, shrink: f64, step: f64, root: f64, eps: f64,
): void {
  amsgrad<f64>(n, x, g, m, v, w, scale, limit, decay, b1, c1, b2, c2, shrink, step, root, eps);
}
export function amsgradF32(
  n: i32, x: usize, g: usize, m: usize, v: usize, w: usize, scale: f32, limit: f32, decay: f32,
  b1: f32, c1: f32, b2: f32, c2: f32, shrink: f32, step: f32, root: f32, eps: f32,
): void {
  amsgrad<f32>(n, x, g, m, v, w, scale, limit, decay, b1, c1, b2, c2, shrink, step, root, eps);
}
export function adamaxF64(
  n: i32, x: usize, g: usize, m: usize, u: usize, scale: f64, limit: f64, decay: f64,
  b1: f64, c1: f64, b2: f64, step: f64, eps: f64,
): void {
  adamax<f64>(n, x, g, m, u, scale, limit, decay, b1, c1, b2, step, eps);
}
export function adamaxF32(
  n: i32, x: usize, g: usize, m: usize, u: usize, scale: f32, limit: f32, decay: f32,
  b1: f32, c1: f32, b2: f32, step: f32, eps: f32,
): void {
  adamax<f32>(n, x, g, m, u, scale, limit, decay, b1, c1, b2, step, eps);
}
export function nadamF64(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: f64, limit: f64, decay: f64,
  b1: f64, c1: f64, b2: f64, c2: f64, now: f64, next: f64, root: f64, eps: f64,
): void {
  nadam<f64>(n, x, g, m, v, scale, limit, decay, b1, c1, b2, c2, now, next, root, eps);
}
export function nadamF32(
  n: i32, x: usize, g: usize, m: usize, v: usize, scale: f32, limit: f32, decay: f32,
  b1: f32, c1: f32, b2: f32, c2: f32, now: f32, next: f32, root: f32, eps: f32,
): void {
  nadam<f32>(n, x, g, m, v, scale, limit, decay, b1, c1, b2, c2, now, next, root, eps);
}
