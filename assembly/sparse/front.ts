// Dense part of the sparse factorisation: L D L' of a panel's first w columns, and C -= L D L' by tiles of 4 x 4 in registers.
// Matrices are column-major here: a supernode's panel is f x w with leading dimension f.

import { inner } from "../inner";
// @ts-ignore: decorator
@inline
function splat(p: usize): v128 {
  return v128.load64_splat(p);
}

/** Columns that are factored one by one before the rest of the panel is updated with all of them. */
const BLOCK: i32 = 8;
/** Columns of L that pass over C at once. */
const DEPTH: i32 = 64;

/** Numbers of the workspace W. */
export const PACKED: i32 = DEPTH * 4;

/** W[4 k + q] = d_k L[q][k] for four rows q of L. */
// @ts-ignore: decorator
@inline
function packRows(depth: i32, L: usize, ld: usize, d: usize, W: usize): void {
  for (let k = 0; k < depth; k++) {
    const s = splat(d), w = W + (<usize>k << 5);
    v128.store(w, f64x2.mul(v128.load(L), s));
    v128.store(w, f64x2.mul(v128.load(L, 16), s), 16);
    L += ld;
    d += 8;
  }
}

/** Four rows and four columns of C -= L W'. */
function tile(depth: i32, L: usize, ld: usize, W: usize, C: usize, ldc: usize): void {
  let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
  for (let k = 0; k < depth; k++) {
    const x = v128.load(L), y = v128.load(L, 16);
    const p = splat(W), q = v128.load64_splat(W, 8), r = v128.load64_splat(W, 16), s = v128.load64_splat(W, 24);
    a0 = f64x2.add(a0, f64x2.mul(x, p));
    a1 = f64x2.add(a1, f64x2.mul(y, p));
    b0 = f64x2.add(b0, f64x2.mul(x, q));
    b1 = f64x2.add(b1, f64x2.mul(y, q));
    c0 = f64x2.add(c0, f64x2.mul(x, r));
    c1 = f64x2.add(c1, f64x2.mul(y, r));
    e0 = f64x2.add(e0, f64x2.mul(x, s));
    e1 = f64x2.add(e1, f64x2.mul(y, s));
    L += ld;
    W += 32;
  }
  v128.store(C, f64x2.sub(v128.load(C), a0));
  v128.store(C, f64x2.sub(v128.load(C, 16), a1), 16);
  C += ldc;
  v128.store(C, f64x2.sub(v128.load(C), b0));
  v128.store(C, f64x2.sub(v128.load(C, 16), b1), 16);
  C += ldc;
  v128.store(C, f64x2.sub(v128.load(C), c0));
  v128.store(C, f64x2.sub(v128.load(C, 16), c1), 16);
  C += ldc;
  v128.store(C, f64x2.sub(v128.load(C), e0));
  v128.store(C, f64x2.sub(v128.load(C, 16), e1), 16);
}

/** One row and four columns. */
// @ts-ignore: decorator
@inline
function tailRow(depth: i32, L: usize, ld: usize, W: usize, C: usize, ldc: usize): void {
  let a = f64x2.splat(0), b = a;
  for (let k = 0; k < depth; k++) {
    const x = splat(L);
    a = f64x2.add(a, f64x2.mul(x, v128.load(W)));
    b = f64x2.add(b, f64x2.mul(x, v128.load(W, 16)));
    L += ld;
    W += 32;
  }
  store<f64>(C, load<f64>(C) - f64x2.extract_lane(a, 0));
  store<f64>(C + ldc, load<f64>(C + ldc) - f64x2.extract_lane(a, 1));
  store<f64>(C + 2 * ldc, load<f64>(C + 2 * ldc) - f64x2.extract_lane(b, 0));
  store<f64>(C + 3 * ldc, load<f64>(C + 3 * ldc) - f64x2.extract_lane(b, 1));
}

/** C (m x c, m >= c, its lower trapezoid; a few numbers above the diagonal change too) -= L D L', L of m rows and `depth` columns. */
function update(m: i32, c: i32, depth: i32, L: usize, ld: usize, d: usize, C: usize, ldc: usize, W: usize): void {
  let j = 0;
  for (; j + 4 <= c; j += 4) {
    const top = L + (<usize>j << 3);
    packRows(depth, top, ld, d, W);
    let at = top, to = C + <usize>j * ldc + (<usize>j << 3);
    let i = j;
    for (; i + 4 <= m; i += 4) {
      tile(depth, at, ld, W, to, ldc);
      at += 32;
      to += 32;
    }
    for (; i < m; i++) {
      tailRow(depth, at, ld, W, to, ldc);
      at += 8;
      to += 8;
    }
  }
  for (; j < c; j++) {
    const col = C + <usize>j * ldc;
    for (let k = 0; k < depth; k++) {
      const row = L + <usize>k * ld;
      const s = load<f64>(d + (<usize>k << 3)) * load<f64>(row + (<usize>j << 3));
      if (s != 0) subtract(m - j, s, row + (<usize>j << 3), col + (<usize>j << 3));
    }
  }
}

/** y -= s x. */
function subtract(n: i32, s: f64, x: usize, y: usize): void {
  const v = f64x2.splat(s);
  const end = y + (<usize>(n & ~1) << 3);
  for (; y < end; y += 16, x += 16) v128.store(y, f64x2.sub(v128.load(y), f64x2.mul(v, v128.load(x))));
  if (n & 1) store<f64>(y, load<f64>(y) - s * load<f64>(x));
}

/** U (u x u, lower triangle) -= L2 D L2', L2 the last u rows of a factored panel. */
export function schur(f: i32, w: i32, P: usize, d: usize, U: usize, W: usize): void {
  const u = f - w;
  const ld = <usize>f << 3;
  for (let k = 0; k < w; k += DEPTH) {
    const depth = min<i32>(DEPTH, w - k);
    update(u, u, depth, P + (<usize>w << 3) + <usize>k * ld, ld, d + (<usize>k << 3), U, <usize>u << 3, W);
  }
}

/**
 * Factors the w columns of the panel P: unit lower L below the diagonal, D on it and in d. A pivot that has not the sign it must have
 * (sign[j] = 1 or -1; 0: either), or is not larger than `least`, becomes that sign times `raise`; the number of such pivots is
 * returned, or -1 - j where column j has no pivot (raise = 0, or NaN).
 */
export function factorPanel(f: i32, w: i32, P: usize, d: usize, sign: usize, least: f64, raise: f64, W: usize): i32 {
  const ld = <usize>f << 3;
  let raised = 0;
  for (let j0 = 0; j0 < w; j0 += BLOCK) {
    const end = min<i32>(w, j0 + BLOCK);
    for (let j = j0; j < end; j++) {
      const col = P + <usize>j * ld + (<usize>j << 3);
      for (let k = j0; k < j; k++) {
        const row = P + <usize>k * ld + (<usize>j << 3);
        const s = load<f64>(d + (<usize>k << 3)) * load<f64>(row);
        if (s != 0) subtract(f - j, s, row, col);
      }
      let pivot = load<f64>(col);
      if (!isFinite(pivot)) return -1 - j;
      const wanted = <f64>load<i8>(sign + <usize>j);
      const size = wanted == 0 ? abs(pivot) : wanted * pivot;
      if (!(size > least)) {
        if (raise == 0) return -1 - j;
        pivot = wanted < 0 || (wanted == 0 && pivot < 0) ? -raise : raise;
        raised++;
      }
      store<f64>(col, pivot);
      store<f64>(d + (<usize>j << 3), pivot);
      scale(f - j - 1, 1 / pivot, col + 8);
    }
    if (end == w) break;
    const corner = P + (<usize>end << 3);
    update(f - end, w - end, end - j0, corner + <usize>j0 * ld, ld, d + (<usize>j0 << 3), corner + <usize>end * ld, ld, W);
  }
  return raised;
}

function scale(n: i32, s: f64, x: usize): void {
  const v = f64x2.splat(s);
  const end = x + (<usize>(n & ~1) << 3);
  for (; x < end; x += 16) v128.store(x, f64x2.mul(v, v128.load(x)));
  if (n & 1) store<f64>(x, s * load<f64>(x));
}

/** The w own columns of L y = b, y of length f: what the rows below take away is subtracted there. */
export function forward(f: i32, w: i32, P: usize, y: usize): void {
  const step = (<usize>f + 1) << 3;
  for (let j = 0; j < w; j++) {
    const v = load<f64>(y);
    if (v != 0) subtract(f - j - 1, v, P + 8, y + 8);
    P += step;
    y += 8;
  }
}

/** The w own columns of L' x = y; y holds the x of the rows below. */
export function backward(f: i32, w: i32, P: usize, y: usize): void {
  const step = (<usize>f + 1) << 3;
  P += step * <usize>(w - 1);
  y += <usize>(w - 1) << 3;
  for (let j = w - 1; j >= 0; j--) {
    store<f64>(y, load<f64>(y) - inner(f - j - 1, P + 8, y + 8));
    P -= step;
    y -= 8;
  }
}
