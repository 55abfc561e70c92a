// Residuals and Jacobians of a compiled model, which is reached through the function table: (model - y) / sigma over the
// free parameters. Signature of its two functions: (m, x, ldx, p, out, jac, ldj, work).

import {
  M_FREE, M_JACOBIAN, M_LDX, M_NORMAL, M_NORMAL_WORK, M_OUT, M_P, M_SUMS, M_TOTAL, M_VALUES, M_W, M_WIDE, M_WORK, M_X, M_Y,
} from "../../src/abi/least-squares";
import { copy, get, index, set, slot } from "../least-squares/frame";

/** M_P = the fixed parameters as they are, the free ones from p. */
function spread(n: i32, p: usize, model: usize): void {
  const all = slot(model, M_P), free = slot(model, M_FREE);
  if (!free) {
    copy(n, p, all);
    return;
  }
  for (let k = 0; k < n; k++) set(all, index(free, k), get(p, k));
}

/** r = (r - y) w. */
function center(m: i32, r: usize, y: usize, w: usize): void {
  const end = r + (<usize>(m & ~1) << 3);
  const odd = m & 1;
  if (w) {
    for (; r < end; r += 16, y += 16, w += 16) v128.store(r, f64x2.mul(f64x2.sub(v128.load(r), v128.load(y)), v128.load(w)));
    if (odd) store<f64>(r, (load<f64>(r) - load<f64>(y)) * load<f64>(w));
  } else {
    for (; r < end; r += 16, y += 16) v128.store(r, f64x2.sub(v128.load(r), v128.load(y)));
    if (odd) store<f64>(r, load<f64>(r) - load<f64>(y));
  }
}

/** Columns of the free parameters out of the wide Jacobian, and rows times 1 / sigma. */
function narrow(m: i32, n: i32, J: usize, model: usize): void {
  const wide = slot(model, M_WIDE), total = <i32>slot(model, M_TOTAL), free = slot(model, M_FREE), w = slot(model, M_W);
  if (wide) {
    let from = wide, to = J;
    for (let i = 0; i < m; i++, from += <usize>total << 3, to += <usize>n << 3) {
      for (let k = 0; k < n; k++) set(to, k, get(from, index(free, k)));
    }
  }
  if (!w) return;
  for (let i = 0; i < m; i++, J += <usize>n << 3) {
    const s = get(w, i);
    for (let k = 0; k < n; k++) set(J, k, get(J, k) * s);
  }
}

/** out (m) = the residuals at p (n). */
export function modelResiduals(m: i32, n: i32, p: usize, out: usize, model: usize): void {
  spread(n, p, model);
  call_indirect<void>(
    <u32>slot(model, M_VALUES), m, slot(model, M_X), slot(model, M_LDX), slot(model, M_P), out, <usize>0, <usize>0, slot(model, M_WORK),
  );
  center(m, out, slot(model, M_Y), slot(model, M_W));
}

/** r (m; 0: not wanted) and J (m*n) at p (n). */
export function modelJacobian(m: i32, n: i32, p: usize, r: usize, J: usize, model: usize): void {
  spread(n, p, model);
  const wide = slot(model, M_WIDE);
  const out = r ? r : slot(model, M_OUT);
  call_indirect<void>(
    <u32>slot(model, M_JACOBIAN), m, slot(model, M_X), slot(model, M_LDX), slot(model, M_P), out, wide ? wide : J,
    slot(model, M_TOTAL), slot(model, M_WORK),
  );
  if (r) center(m, r, slot(model, M_Y), slot(model, M_W));
  if (wide || slot(model, M_W)) narrow(m, n, J, model);
}

// @ts-ignore: decorator
@inline
function take(sums: usize, i: i32): f64 {
  const v = v128.load(sums + (<usize>i << 4));
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/** r (m), A = J'J and g = J'r at p (n) in one pass, for models with M_NORMAL; the same sums as those of normalEquations. */
export function modelNormal(m: i32, n: i32, p: usize, r: usize, A: usize, g: usize, model: usize): void {
  const sums = slot(model, M_SUMS);
  const products = (n * (n + 1)) >> 1;
  for (let at = sums, end = sums + (<usize>(products + n) << 4); at < end; at += 16) v128.store(at, f64x2.splat(0));
  spread(n, p, model);
  const y = slot(model, M_Y), work = slot(model, M_NORMAL_WORK);
  store<u32>(work, <u32>(slot(model, M_W) - y), 4); // where its code finds the weights, if it wants any
  call_indirect<void>(<u32>slot(model, M_NORMAL), m, slot(model, M_X), slot(model, M_LDX), slot(model, M_P), r, sums, y, work);
  let k = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const t = take(sums, k++);
      set(A, i * n + j, t);
      set(A, j * n + i, t);
    }
    set(g, i, take(sums, products + i));
  }
}
