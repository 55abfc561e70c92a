// Residuals and Jacobians of a compiled model, which is reached through the function table: (model - y) / sigma over the
// free parameters. Signature of its two functions: (m, x, ldx, p, out, jac, ldj, work).

import {
  M_FREE, M_JACOBIAN, M_LDX, M_OUT, M_P, M_TOTAL, M_VALUES, M_W, M_WIDE, M_WORK, M_X, M_Y,
} from "../../src/least-squares/state";
import { get, index, set, slot } from "../least-squares/frame";

/** M_P = the fixed parameters as they are, the free ones from p. */
function spread(n: i32, p: usize, model: usize): void {
  const all = slot(model, M_P), free = slot(model, M_FREE);
  if (!free) {
    memory.copy(all, p, <usize>n << 3);
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
