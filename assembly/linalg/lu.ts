// P A = L U with partial pivoting, row-major: unit lower L below the diagonal, U on and above it. Right-looking over
// panels of columns as LAPACK's getrf (Golub and Van Loan, 4th ed., section 3.4); a panel is packed once, factored
// where it lies, and its lower part is then the left operand of the trailing update.
// perm[i] (i32) is the row of A that stands at i.

import { axpy, dot } from "../blas/level1";
import { at } from "../dense/gemm";
import { packColumns, packRows, unpackRows } from "../dense/pack";
import { LINE, QUAD, SCRATCH, padded, quadAt, tile, tilePart, width } from "../dense/tile";
import { nmadd, zero } from "../simd";
import { solveLowerPanels } from "./triangular";

/** Up to this order the plain loops win (measured). */
// @ts-ignore: decorator
@inline
const PLAIN: i32 = 16;

/** Rows of the trailing update taken at a time: their panel stays in L1. */
// @ts-ignore: decorator
@inline
const MC: i32 = 64;

/** Columns of a panel: a multiple of 8. */
// @ts-ignore: decorator
@inline
function panelWidth(n: i32): i32 {
  return n <= 96 ? 16 : n <= 384 ? 32 : 64;
}

/** Bytes between the blocks of a panel: two lines more than it needs, so that blocks fall into different cache sets. */
// @ts-ignore: decorator
@inline
function stride(nb: i32): usize {
  return <usize>(nb + 2) * LINE;
}

/** Bytes of workspace that lu wants. */
export function luWork<T>(n: i32): usize {
  if (n <= PLAIN) return 0;
  const nb = panelWidth(n);
  const blocks = <usize>(padded<T>(n) / width<T>());
  return SCRATCH + <usize>nb * sizeof<T>() + <usize>nb * 4 + blocks * (stride(nb) + <usize>nb * LINE);
}

/** A becomes L and U. Returns 0, or the index + 1 of the first pivot that is zero or NaN; A is then not defined. */
export function lu<T>(n: i32, A: usize, lda: i32, perm: usize, work: usize): i32 {
  for (let i = 0; i < n; i++) store<i32>(perm + (<usize>i << 2), i);
  const ld = <usize>lda * sizeof<T>();
  if (n <= PLAIN) return factorPlain<T>(n, A, ld, perm);
  const nb = panelWidth(n);
  const ones = work + SCRATCH;
  const pivots = ones + <usize>nb * sizeof<T>();
  const block = stride(nb);
  const panel = pivots + <usize>nb * 4;
  const right = panel + <usize>(padded<T>(n) / width<T>()) * block;
  for (let j = 0; j < nb; j++) store<T>(ones + <usize>j * sizeof<T>(), <T>1);
  for (let k = 0; k < n; k += nb) {
    const kb = min(nb, n - k), rows = n - k, rest = rows - kb;
    const corner = at<T>(A, k, ld, k);
    packRows<T>(rows, kb, corner, ld, panel, block);
    const failed = factorPanel<T>(rows, kb, panel, block, pivots);
    if (failed) return k + failed;
    for (let j = 0; j < kb; j++) {
      const p = load<i32>(pivots + (<usize>j << 2));
      if (p == j) continue;
      swap<i32>(perm + (<usize>(k + j) << 2), perm + (<usize>(k + p) << 2));
      swapRows<T>(k, A + <usize>(k + j) * ld, A + <usize>(k + p) * ld);
      swapRows<T>(rest, at<T>(corner, j, ld, kb), at<T>(corner, p, ld, kb));
    }
    unpackRows<T>(rows, kb, panel, block, corner, ld);
    if (rest <= 0) break;
    const upper = at<T>(corner, 0, ld, kb);
    const depth = <usize>kb * LINE;
    packColumns<T>(kb, rest, upper, ld, right);
    solveLowerPanels<T>(kb, panel, block, ones, right, depth, padded<T>(rest) / width<T>());
    unpackColumns<T>(kb, rest, right, upper, ld);
    for (let i = 0; i < rest; i += MC) {
      const left = quadAt<T>(panel, kb + i, block);
      update<T>(min(MC, rest - i), rest, kb, left, block, right, at<T>(upper, kb + i, ld, 0), ld, work);
    }
  }
  return 0;
}

/** C -= L U for packed L (m rows, blocks `block` bytes apart) and packed U (n columns) of depth k. */
function update<T>(
  m: i32, n: i32, k: i32, left: usize, block: usize, right: usize, C: usize, ldc: usize, scratch: usize,
): void {
  const w = width<T>();
  const depth = <usize>k * LINE;
  for (let j = 0; j < n; j += w) {
    const cols = n - j;
    let c = C + <usize>j * sizeof<T>();
    for (let i = 0; i < m; i += QUAD) {
      const a = quadAt<T>(left, i, block);
      if (cols >= w && i + QUAD <= m) tile<T>(k, a, LINE, right, LINE, c, ldc, <T>-1);
      else tilePart<T>(k, a, LINE, right, LINE, c, ldc, <T>-1, min(QUAD, m - i), cols, 0, scratch);
      c += <usize>QUAD * ldc;
    }
    right += depth;
  }
}

/** The inverse of packColumns. */
function unpackColumns<T>(k: i32, n: i32, panel: usize, x: usize, ldx: usize): void {
  const w = width<T>();
  for (; n > 0; n -= w) {
    let to = x;
    if (n >= w) {
      for (const end = panel + <usize>k * LINE; panel < end; panel += LINE) {
        v128.store(to, v128.load(panel));
        v128.store(to, v128.load(panel, 16), 16);
        to += ldx;
      }
    } else {
      for (const end = panel + <usize>k * LINE; panel < end; panel += LINE) {
        memory.copy(to, panel, <usize>n * sizeof<T>());
        to += ldx;
      }
    }
    x += LINE;
  }
}

// @ts-ignore: decorator
@inline
function swap<T>(a: usize, b: usize): void {
  const t = load<T>(a);
  store<T>(a, load<T>(b));
  store<T>(b, t);
}

/** Exchanges n numbers of two rows. */
export function swapRows<T>(n: i32, a: usize, b: usize): void {
  const end = a + <usize>max(n, 0) * sizeof<T>();
  for (const stop = a + ((end - a) & ~15); a < stop; a += 16, b += 16) {
    const t = v128.load(a);
    v128.store(a, v128.load(b));
    v128.store(b, t);
  }
  for (; a < end; a += sizeof<T>(), b += sizeof<T>()) swap<T>(a, b);
}

/** Address of row i in the first line of its block. */
// @ts-ignore: decorator
@inline
function rowAt<T>(panel: usize, i: i32, block: usize): usize {
  const w = width<T>();
  return panel + <usize>(i / w) * block + <usize>(i & (w - 1)) * sizeof<T>();
}

/** Factors `columns` packed columns of `rows` rows; pivots[j] (i32) is the row that came to j. 0 or failing index + 1. */
function factorPanel<T>(rows: i32, columns: i32, panel: usize, block: usize, pivots: usize): i32 {
  const w = width<T>();
  const blocks = padded<T>(rows) / w;
  for (let j = 0; j < columns; j += QUAD) {
    const end = min(columns, j + QUAD);
    for (let t = j; t < end; t++) {
      const p = largest<T>(rows, t, blocks, panel, block);
      if (p < 0) return t + 1;
      store<i32>(pivots + (<usize>t << 2), p);
      if (p != t) {
        let a = rowAt<T>(panel, t, block), b = rowAt<T>(panel, p, block);
        for (let c = 0; c < columns; c++, a += LINE, b += LINE) swap<T>(a, b);
      }
      eliminate<T>(t, end, blocks, panel, block);
    }
    if (end == columns) break;
    const quad = quadAt<T>(panel, j, block);
    for (let c = end; c < columns; c++) solveUnitQuad<T>(quad + <usize>j * LINE, quad + <usize>c * LINE);
    let b = j / w;
    if (sizeof<T>() == 4 && (j & (w - 1)) == 0) subtractHalf<T>(j, columns, quad, panel + <usize>b * block + 16);
    for (b++; b < blocks; b++) subtractQuad<T>(j, columns, quad, panel + <usize>b * block);
  }
  return 0;
}

/** Row of the first largest |x| of column t on or below the diagonal; -1 if all are zero or NaN. */
function largest<T>(rows: i32, t: i32, blocks: i32, panel: usize, block: usize): i32 {
  const w = width<T>();
  const first = t / w;
  let p = panel + <usize>first * block + <usize>t * LINE;
  let most: T = 0;
  let row = -1;
  for (let i = t & (w - 1); i < w; i++) {
    const v = abs<T>(load<T>(p + <usize>i * sizeof<T>()));
    if (v > most) {
      most = v;
      row = first * w + i;
    }
  }
  let m = v128.splat<T>(most), m1 = m;
  p += block;
  const start = p;
  for (let b = first + 1; b < blocks; b++, p += block) {
    m = v128.pmax<T>(m, v128.abs<T>(v128.load(p)));
    m1 = v128.pmax<T>(m1, v128.abs<T>(v128.load(p, 16)));
  }
  m = v128.pmax<T>(m, m1);
  const over = v128.splat<T>(most);
  if (!v128.any_true(v128.gt<T>(m, over))) return row < rows ? row : -1;
  let top = v128.extract_lane<T>(m, 0);
  for (let i = 1; i < 16 / sizeof<T>(); i++) top = max<T>(top, lane<T>(m, i));
  const seek = v128.splat<T>(top);
  p = start;
  for (let b = first + 1; b < blocks; b++, p += block) {
    const hit0 = v128.eq<T>(v128.abs<T>(v128.load(p)), seek), hit1 = v128.eq<T>(v128.abs<T>(v128.load(p, 16)), seek);
    if (!v128.any_true(v128.or(hit0, hit1))) continue;
    for (let i = 0; i < w; i++) {
      if (abs<T>(load<T>(p + <usize>i * sizeof<T>())) == top) return b * w + i;
    }
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function lane<T>(v: v128, i: i32): T {
  if (sizeof<T>() == 8) return v128.extract_lane<T>(v, 1);
  return i == 1 ? v128.extract_lane<T>(v, 1) : i == 2 ? v128.extract_lane<T>(v, 2) : v128.extract_lane<T>(v, 3);
}

/** Divides column t below its pivot and takes it off the columns t+1 .. end-1. */
function eliminate<T>(t: i32, end: i32, blocks: i32, panel: usize, block: usize): void {
  const w = width<T>();
  const first = t / w;
  const diagonal = panel + <usize>first * block;
  const across = diagonal + <usize>(t & (w - 1)) * sizeof<T>();
  const pivot = load<T>(across + <usize>t * LINE);
  const r = <T>(<T>1 / pivot);
  const safe = abs<T>(r) < <T>Infinity;
  for (let i = (t & (w - 1)) + 1; i < w; i++) {
    const row = diagonal + <usize>i * sizeof<T>();
    const l = safe ? <T>(load<T>(row + <usize>t * LINE) * r) : <T>(load<T>(row + <usize>t * LINE) / pivot);
    store<T>(row + <usize>t * LINE, l);
    for (let c = t + 1; c < end; c++) {
      const x = row + <usize>c * LINE;
      store<T>(x, <T>(load<T>(x) - <T>(l * load<T>(across + <usize>c * LINE))));
    }
  }
  const vr = v128.splat<T>(r), vp = v128.splat<T>(pivot);
  const u = across + <usize>(t + 1) * LINE;
  const left = end - t - 1;
  let u0 = zero(), u1 = zero(), u2 = zero();
  if (left > 0) u0 = v128.splat<T>(load<T>(u));
  if (left > 1) u1 = v128.splat<T>(load<T>(u + LINE));
  if (left > 2) u2 = v128.splat<T>(load<T>(u + 2 * LINE));
  let x = diagonal + block + <usize>t * LINE;
  for (let b = first + 1; b < blocks; b++, x += block) {
    const l0 = safe ? v128.mul<T>(v128.load(x), vr) : v128.div<T>(v128.load(x), vp);
    const l1 = safe ? v128.mul<T>(v128.load(x, 16), vr) : v128.div<T>(v128.load(x, 16), vp);
    v128.store(x, l0);
    v128.store(x, l1, 16);
    if (left > 0) {
      v128.store(x, nmadd<T>(l0, u0, v128.load(x, 32)), 32);
      v128.store(x, nmadd<T>(l1, u0, v128.load(x, 48)), 48);
    }
    if (left > 1) {
      v128.store(x, nmadd<T>(l0, u1, v128.load(x, 64)), 64);
      v128.store(x, nmadd<T>(l1, u1, v128.load(x, 80)), 80);
    }
    if (left > 2) {
      v128.store(x, nmadd<T>(l0, u2, v128.load(x, 96)), 96);
      v128.store(x, nmadd<T>(l1, u2, v128.load(x, 112)), 112);
    }
  }
}

/** x = L^-1 x for four numbers and the unit lower triangle whose column c is in quad line c. */
// @ts-ignore: decorator
@inline
function solveUnitQuad<T>(l: usize, x: usize): void {
  const z: usize = sizeof<T>();
  const x0 = load<T>(x);
  const x1 = <T>(load<T>(x + z) - <T>(load<T>(l + z) * x0));
  store<T>(x + z, x1);
  const x2 = <T>(<T>(load<T>(x + 2 * z) - <T>(load<T>(l + 2 * z) * x0)) - <T>(load<T>(l + LINE + 2 * z) * x1));
  store<T>(x + 2 * z, x2);
  const a = <T>(<T>(load<T>(x + 3 * z) - <T>(load<T>(l + 3 * z) * x0)) - <T>(load<T>(l + LINE + 3 * z) * x1));
  store<T>(x + 3 * z, <T>(a - <T>(load<T>(l + 2 * LINE + 3 * z) * x2)));
}

/** Columns j .. j+3 of one block, times the four numbers of `quad`, off each of the columns j+4 .. columns-1. */
function subtractQuad<T>(j: i32, columns: i32, quad: usize, x: usize): void {
  const l = x + <usize>j * LINE;
  const a0 = v128.load(l), a1 = v128.load(l, 16), b0 = v128.load(l, 32), b1 = v128.load(l, 48);
  const c0 = v128.load(l, 64), c1 = v128.load(l, 80), d0 = v128.load(l, 96), d1 = v128.load(l, 112);
  const z: usize = sizeof<T>();
  let u = quad + <usize>(j + QUAD) * LINE;
  x += <usize>(j + QUAD) * LINE;
  for (let c = columns - j - QUAD; c > 0; c--, u += LINE, x += LINE) {
    let s = v128.splat<T>(load<T>(u));
    let x0 = nmadd<T>(s, a0, v128.load(x)), x1 = nmadd<T>(s, a1, v128.load(x, 16));
    s = v128.splat<T>(load<T>(u + z));
    x0 = nmadd<T>(s, b0, x0);
    x1 = nmadd<T>(s, b1, x1);
    s = v128.splat<T>(load<T>(u + 2 * z));
    x0 = nmadd<T>(s, c0, x0);
    x1 = nmadd<T>(s, c1, x1);
    s = v128.splat<T>(load<T>(u + 3 * z));
    v128.store(x, nmadd<T>(s, d0, x0));
    v128.store(x, nmadd<T>(s, d1, x1), 16);
  }
}

/** subtractQuad for the second register of the diagonal block, where a block holds two quads (f32). */
function subtractHalf<T>(j: i32, columns: i32, quad: usize, x: usize): void {
  const l = x + <usize>j * LINE;
  const a = v128.load(l), b = v128.load(l, 32), c = v128.load(l, 64), d = v128.load(l, 96);
  const z: usize = sizeof<T>();
  for (let t = j + QUAD; t < columns; t++) {
    const u = quad + <usize>t * LINE, y = x + <usize>t * LINE;
    let v = nmadd<T>(v128.splat<T>(load<T>(u)), a, v128.load(y));
    v = nmadd<T>(v128.splat<T>(load<T>(u + z)), b, v);
    v = nmadd<T>(v128.splat<T>(load<T>(u + 2 * z)), c, v);
    v128.store(y, nmadd<T>(v128.splat<T>(load<T>(u + 3 * z)), d, v));
  }
}

/** Right-looking on the matrix itself; each pass over the rows finds the next pivot on its way. */
function factorPlain<T>(n: i32, A: usize, ld: usize, perm: usize): i32 {
  const z: usize = sizeof<T>();
  const width = <usize>n * z;
  const end = A + <usize>n * ld;
  let most: T = 0;
  let best: usize = 0;
  for (let p = A; p < end; p += ld) {
    const v = abs<T>(load<T>(p));
    if (v > most) {
      most = v;
      best = p;
    }
  }
  let row = A;
  for (let here: usize = 0; here < width; here += z, row += ld) {
    if (!(most > 0)) return <i32>(here / z) + 1;
    if (best != row) {
      swap<i32>(perm + (here / z << 2), perm + (((best - A) / ld) << 2));
      let c: usize = 0;
      for (; c + 16 <= width; c += 16) {
        const t = v128.load(row + c);
        v128.store(row + c, v128.load(best + c));
        v128.store(best + c, t);
      }
      for (; c < width; c += z) swap<T>(row + c, best + c);
    }
    const pivot = load<T>(row + here);
    const r = <T>(<T>1 / pivot);
    const safe = abs<T>(r) < <T>Infinity;
    most = <T>0;
    for (let p = row + ld; p < end; p += ld) {
      const a = load<T>(p + here);
      const l = safe ? <T>(a * r) : <T>(a / pivot);
      const vl = v128.splat<T>(l);
      // One number up to a whole register: a register that was just stored in halves would wait for them.
      let c = here + z;
      for (; (c & 15) != 0 && c < width; c += z) store<T>(p + c, <T>(load<T>(p + c) - <T>(l * load<T>(row + c))));
      for (; c + 16 <= width; c += 16) v128.store(p + c, nmadd<T>(vl, v128.load(row + c), v128.load(p + c)));
      for (; c < width; c += z) store<T>(p + c, <T>(load<T>(p + c) - <T>(l * load<T>(row + c))));
      store<T>(p + here, l);
      const v = abs<T>(load<T>(p + here + z));
      if (v > most) {
        most = v;
        best = p;
      }
    }
  }
  return 0;
}

/** s - a'x for the few numbers of x before `end`. */
// @ts-ignore: decorator
@inline
function shortRest<T>(s: T, a: usize, x: usize, end: usize): T {
  for (; x < end; x += sizeof<T>(), a += sizeof<T>()) s = <T>(s - <T>(load<T>(a) * load<T>(x)));
  return s;
}

/** x = A^-1 b; x and b must not overlap. */
export function luSolve<T>(n: i32, F: usize, lda: i32, perm: usize, b: usize, x: usize): void {
  const ld = <usize>lda * sizeof<T>();
  const last = <usize>(n - 1) * sizeof<T>();
  let row = F;
  if (n <= PLAIN) {
    const end = x + <usize>n * sizeof<T>();
    for (let p = x; p < end; p += sizeof<T>(), row += ld, perm += 4) {
      store<T>(p, shortRest<T>(load<T>(b + <usize>load<i32>(perm) * sizeof<T>()), row, x, p));
    }
    for (let p = end - sizeof<T>(); p >= x; p -= sizeof<T>()) {
      row -= ld;
      const l = row + (p - x);
      // The division does not wait for the sum.
      const d = load<T>(l), r = <T>(<T>1 / d);
      const s = shortRest<T>(load<T>(p), l + sizeof<T>(), p + sizeof<T>(), end);
      store<T>(p, abs<T>(r) < <T>Infinity ? <T>(s * r) : <T>(s / d));
    }
    return;
  }
  for (let i = 0; i < n; i++, row += ld) {
    const s = load<T>(b + <usize>load<i32>(perm + (<usize>i << 2)) * sizeof<T>());
    store<T>(x + <usize>i * sizeof<T>(), <T>(s - dot<T>(i, row, x)));
  }
  for (let at = last; row > F; at -= sizeof<T>()) {
    row -= ld;
    const behind = <i32>((last - at) / sizeof<T>());
    const s = <T>(load<T>(x + at) - dot<T>(behind, row + at + sizeof<T>(), x + at + sizeof<T>()));
    store<T>(x + at, <T>(s / load<T>(row + at)));
  }
}

/** x = A'^-1 b; b is overwritten; x and b must not overlap. */
export function luSolveT<T>(n: i32, F: usize, lda: i32, perm: usize, b: usize, x: usize): void {
  const ld = <usize>lda * sizeof<T>();
  for (let i = 0; i < n; i++) {
    const at = <usize>i * sizeof<T>(), row = F + <usize>i * ld + at;
    const v = <T>(load<T>(b + at) / load<T>(row));
    store<T>(b + at, v);
    axpy<T>(n - 1 - i, <T>-v, row + sizeof<T>(), b + at + sizeof<T>());
  }
  for (let i = n - 1; i >= 0; i--) {
    const v = load<T>(b + <usize>i * sizeof<T>());
    axpy<T>(i, <T>-v, F + <usize>i * ld, b);
    store<T>(x + <usize>load<i32>(perm + (<usize>i << 2)) * sizeof<T>(), v);
  }
}
