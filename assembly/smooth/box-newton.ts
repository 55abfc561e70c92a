// Newton steps within a box: the quadratic model is minimised over the box by an active set, so that near a solution
// the step is Newton's on the variables that no bound holds (Bertsekas 1982; Nocedal and Wright, section 16.7).

import { copy, dot, fill } from "../blas/level1";
import { gemv } from "../dense/gemv";
import { choleskySolve } from "../linalg/cholesky";
import { S_COUNT, S_GAMMA } from "../../src/abi/smooth";
import { difference } from "./lbfgs";
import { shifted } from "./newton";
import { bytes } from "./vector";

// @ts-ignore: decorator
@inline
function f64At(base: usize, i: i32): f64 {
  return load<f64>(base + bytes(i));
}

/**
 * d: a step from x that minimises g'd + d'Hd / 2 within lower <= x + d <= upper, where H is convex on the variables that are
 * free; elsewhere the diagonal is raised. On each face Newton's step, cut at the first bound, which is then held; where the face
 * is minimised, bounds whose multiplier has the wrong sign let go. `F`, `L`: n*n; `r`, `p`: n; `held`: 2 n integers. Returns the
 * slope g'd, NaN when H is not finite.
 */
export function boxNewton(
  n: i32, H: usize, F: usize, L: usize, x: usize, g: usize, d: usize, r: usize, p: usize, lower: usize, upper: usize,
  held: usize, work: usize,
): f64 {
  const index = held + (<usize>n << 2);
  fill<f64>(n, 0, d);
  copy<f64>(n, g, r);
  for (let i = 0; i < n; i++) {
    const gi = f64At(g, i), xi = f64At(x, i);
    const holds = gi > 0 ? xi <= f64At(lower, i) : gi < 0 ? xi >= f64At(upper, i) : f64At(lower, i) == f64At(upper, i);
    store<i32>(held + (<usize>i << 2), holds ? 1 : 0);
  }
  for (let pass = 0, most = 3 * n + 10; pass < most; pass++) {
    let k = 0;
    for (let i = 0; i < n; i++) {
      if (load<i32>(held + (<usize>i << 2)) != 0) continue;
      store<i32>(index + (<usize>k << 2), i);
      k++;
    }
    let raised = false;
    if (k > 0) {
      for (let a = 0; a < k; a++) {
        const i = load<i32>(index + (<usize>a << 2));
        store<f64>(p + bytes(a), -f64At(r, i));
        for (let b = 0; b < k; b++) {
          store<f64>(F + bytes(a * k + b), f64At(H, i * n + load<i32>(index + (<usize>b << 2))));
        }
      }
      const tau = shifted(k, F, L, work);
      if (!(tau >= 0)) return NaN;
      raised = tau > 0;
      choleskySolve<f64>(k, L, k, p);
      let t: f64 = 1;
      let first = -1;
      for (let a = 0; a < k; a++) {
        const i = load<i32>(index + (<usize>a << 2));
        const v = f64At(p, a);
        if (v == 0) continue;
        const room = (v > 0 ? f64At(upper, i) : f64At(lower, i)) - f64At(x, i) - f64At(d, i);
        const share = max<f64>(room / v, 0);
        if (share < t) {
          t = share;
          first = i;
        }
      }
      for (let a = 0; a < k; a++) {
        const i = load<i32>(index + (<usize>a << 2));
        const v = f64At(p, a);
        const to = i == first ? (v > 0 ? f64At(upper, i) : f64At(lower, i)) - f64At(x, i) : f64At(d, i) + t * v;
        store<f64>(d + bytes(i), to);
      }
      copy<f64>(n, g, r);
      gemv<f64>(n, n, 1, H, n, d, 1, r);
      if (first >= 0) {
        store<i32>(held + (<usize>first << 2), 1);
        continue;
      }
    }
    // The step on a face that is not convex does not minimise it: one is enough.
    if (raised) break;
    let freed = false;
    for (let i = 0; i < n; i++) {
      if (load<i32>(held + (<usize>i << 2)) == 0 || f64At(lower, i) == f64At(upper, i)) continue;
      const ri = f64At(r, i);
      if (f64At(d, i) <= f64At(lower, i) - f64At(x, i) ? ri >= 0 : ri <= 0) continue;
      store<i32>(held + (<usize>i << 2), 0);
      freed = true;
    }
    if (!freed) break;
  }
  return dot<f64>(n, g, d);
}

/**
 * BFGS of the Hessian itself (Nocedal and Wright, eq. 6.19), as a box needs its rows: takes in the step from x0 to x; B is
 * y'y / s'y times the identity before the first update.
 */
export function bfgsHessian(
  n: i32, x: usize, g: usize, x0: usize, g0: usize, B: usize, s: usize, y: usize, u: usize, state: usize,
): void {
  const sy = difference(n, x, g, x0, g0, s, y, state);
  if (!(sy > 0)) return;
  const width = bytes(n);
  const count = load<f64>(state + (<usize>S_COUNT << 3));
  if (count == 0) {
    memory.fill(B, 0, <usize>n * width);
    const size = 1 / load<f64>(state + (<usize>S_GAMMA << 3));
    for (let i = 0; i < n; i++) store<f64>(B + <usize>i * (width + 8), size);
  }
  gemv<f64>(n, n, 1, B, n, s, 0, u);
  const sBs = dot<f64>(n, s, u);
  if (!(sBs > 0)) return;
  for (let i = 0; i < n; i++) {
    const row = B + <usize>i * width;
    const a = f64At(y, i) / sy, b = f64At(u, i) / sBs;
    for (let j = 0; j < n; j++) {
      store<f64>(row + bytes(j), f64At(row, j) + a * f64At(y, j) - b * f64At(u, j));
    }
  }
  store<f64>(state + (<usize>S_COUNT << 3), count + 1);
}

/** w = H v. */
export function timesF64(n: i32, H: usize, v: usize, w: usize): void {
  gemv<f64>(n, n, 1, H, n, v, 0, w);
}
