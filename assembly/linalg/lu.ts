// P A = L U with partial pivoting, row-major: unit lower L below the diagonal, U on and above it. Right-looking over
// panels of columns as LAPACK's getrf (Golub and Van Loan, 4th ed., section 3.4); a panel is packed once, factored
// where it lies, and its lower part is then the left operand of the trailing update.
// perm[i] (i32) is the row of A that stands at i.

import { axpy, dot } from "../blas/level1";
import { at } from "../dense/gemm";
import { packColumns, packRows, unpackRows } from "../dense/pack";
import { LINE, QUAD, SCRATCH, padded, quadAt, tile, tilePart, width } from "../dense/tile";
import { nmadd } from "../simd";
import { factorPanel } from "./lu-panel";
import { swap, swapRows } from "./swap";
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
      if (cols >= w && i + QUAD <= m) tile<T>(k, a, right, LINE, c, ldc, <T>-1);
      else tilePart<T>(k, a, right, LINE, c, ldc, <T>-1, min(QUAD, m - i), cols, 0, scratch);
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
