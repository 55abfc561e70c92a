// A = L L' for symmetric positive definite A, row-major. Reads and writes the lower triangle only; the strict
// upper one is left alone. Right-looking over panels of NB columns, as LAPACK's potrf (Golub and Van Loan,
// 4th ed., 4.2.9); inside a panel left-looking, so that every sum is long and each element of the panel is
// written once.

import { packRows, unpackRows } from "../dense/pack";
import { lowerPanels } from "../dense/syrk";
import { LINE, QUAD, SCRATCH, padded, quadAt, tile, width } from "../dense/tile";
import { solveLower, solveLowerT, solveQuad, solveQuads } from "./triangular";

/** Up to this order the plain loops win (measured). */
// @ts-ignore: decorator
@inline
const PLAIN: i32 = 15;

/** Columns of a panel: a multiple of WIDTH. */
// @ts-ignore: decorator
@inline
const NB: i32 = 128;

/** Bytes of workspace that cholesky wants; 0 when it needs none. */
export function choleskyWork<T>(n: i32): usize {
  if (n <= PLAIN) return 0;
  const depth = min(padded<T>(n), NB);
  return SCRATCH + <usize>depth * sizeof<T>() + <usize>padded<T>(n) * <usize>depth * sizeof<T>();
}

/**
 * The lower triangle of A becomes L. Returns 0, or the index + 1 of the first pivot that is not positive and
 * finite (NaN included); the lower triangle is then not defined.
 */
export function cholesky<T>(n: i32, A: usize, lda: i32, work: usize): i32 {
  const ld = <usize>lda * sizeof<T>();
  if (n <= PLAIN) return factorPlain<T>(n, A, ld);
  const reciprocals = work + SCRATCH;
  const depth = min(padded<T>(n), NB);
  const panel = reciprocals + <usize>depth * sizeof<T>();
  const block = <usize>depth * LINE;
  for (let k = 0; k < n; k += NB) {
    const rows = n - k;
    const columns = min(NB, rows);
    packRows<T>(rows, columns, A, ld, panel, block);
    const failed = factorPanel<T>(rows, columns, panel, block, reciprocals, work);
    if (failed) return k + failed;
    unpackLower<T>(rows, columns, panel, block, A, ld);
    if (rows > NB) {
      const corner = A + <usize>NB * (ld + sizeof<T>());
      const below = panel + <usize>(NB / width<T>()) * block;
      lowerPanels<T>(rows - NB, NB, <T>-1, below, LINE, block, corner, ld, work);
      A = corner;
    }
  }
  return 0;
}

/**
 * Factors the packed columns of a panel, four at a time: the diagonal quad, then the four columns in all rows
 * below. The next diagonal quad comes right after the block it needs, so its divisions run while the other
 * blocks are solved. Columns beyond the last are unit columns.
 */
function factorPanel<T>(
  rows: i32, columns: i32, panel: usize, block: usize, reciprocals: usize, scratch: usize,
): i32 {
  const w = width<T>();
  const wide = padded<T>(columns);
  const blocks = padded<T>(rows) / w;
  for (let t = columns; t < wide; t++) unitLine<T>(t, panel, block);
  let failed = diagonalQuad<T>(0, panel, block, reciprocals, scratch);
  for (let j = 0; j < wide && !failed; j += QUAD) {
    const quad = quadAt<T>(panel, j, block);
    const r = reciprocals + <usize>j * sizeof<T>();
    let below = j / w + 1;
    if (j + QUAD < wide) {
      if ((j + QUAD) / w == below) {
        solveQuad<T>(j, quad, r, panel + <usize>below * block);
        below++;
      }
      failed = diagonalQuad<T>(j + QUAD, panel, block, reciprocals, scratch);
    }
    solveQuads<T>(j, quad, r, panel + <usize>below * block, block, blocks - below);
  }
  return failed;
}

/** Diagonal quad j and, where its block has rows below it (f32), these too. 0 or the failing index + 1. */
function diagonalQuad<T>(j: i32, panel: usize, block: usize, reciprocals: usize, scratch: usize): i32 {
  const quad = quadAt<T>(panel, j, block);
  const x = quadAt<T>(panel, j & -width<T>(), block);
  const y = x + <usize>j * LINE;
  if (j > 0) tile<T>(j, quad, x, LINE, y, LINE, <T>-1);
  const r = reciprocals + <usize>j * sizeof<T>();
  const failed = factorQuad<T>(quad + <usize>j * LINE, r);
  if (failed) return j + failed;
  if (sizeof<T>() == 4 && (j & (width<T>() - 1)) == 0) {
    // The solve runs over whole lines and spoils the quad itself, so it reads a copy and the quad is put
    // back.
    memory.copy(scratch, y, SCRATCH);
    solveQuad<T>(0, scratch, r, y);
    for (let t: usize = 0; t < SCRATCH; t += LINE) v128.store(y + t, v128.load(scratch + t));
  }
  return 0;
}

/**
 * Line t of the block that holds row t: 1 on the diagonal, 0 elsewhere, so that padding factors to itself.
 */
function unitLine<T>(t: i32, panel: usize, block: usize): void {
  const w = width<T>();
  const line = panel + <usize>(t / w) * block + <usize>t * LINE;
  memory.fill(line, 0, LINE);
  store<T>(line + <usize>(t & (w - 1)) * sizeof<T>(), <T>1);
}

/**
 * Cholesky of the 4 x 4 triangle whose column c is in quad line c; reciprocals of the diagonal. 0 or failing
 * index + 1.
 */
function factorQuad<T>(q: usize, reciprocals: usize): i32 {
  for (let j: usize = 0, end = <usize>QUAD * sizeof<T>(); j < end; j += sizeof<T>(), q += LINE) {
    const d = load<T>(q + j);
    if (!(d > <T>0 && d < <T>Infinity)) return <i32>(j / sizeof<T>()) + 1;
    const s = sqrt<T>(d);
    const r = <T>(<T>1 / s);
    store<T>(q + j, s);
    store<T>(reciprocals + j, r);
    for (let i = j + sizeof<T>(); i < end; i += sizeof<T>()) store<T>(q + i, <T>(load<T>(q + i) * r));
    let next = q + LINE;
    for (let c = j + sizeof<T>(); c < end; c += sizeof<T>(), next += LINE) {
      const l = load<T>(q + c);
      for (let i = c; i < end; i += sizeof<T>()) {
        store<T>(next + i, <T>(load<T>(next + i) - <T>(l * load<T>(q + i))));
      }
    }
  }
  return 0;
}

/** Writes the panel back up to and including the diagonal. */
function unpackLower<T>(rows: i32, columns: i32, panel: usize, block: usize, A: usize, ld: usize): void {
  const w = width<T>();
  for (let i = 0; i < rows; i += w) {
    const x = quadAt<T>(panel, i, block);
    const count = min(w, rows - i);
    const left = min(i, columns);
    const row = A + <usize>i * ld;
    unpackRows<T>(count, left, x, block, row, ld);
    if (i >= columns) continue;
    for (let r = 0; r < count; r++) {
      let to = row + <usize>r * ld + <usize>i * sizeof<T>();
      let from = x + <usize>i * LINE + <usize>r * sizeof<T>();
      for (let c = 0; c <= r; c++, to += sizeof<T>(), from += LINE) store<T>(to, load<T>(from));
    }
  }
}

/** Right-looking with one division a column, on the matrix itself. */
function factorPlain<T>(n: i32, A: usize, ld: usize): i32 {
  const end = A + <usize>max(n, 0) * ld;
  let row = A;
  for (let j: usize = 0; row < end; j += sizeof<T>(), row += ld) {
    const d = load<T>(row + j);
    if (!(d > <T>0 && d < <T>Infinity)) return <i32>(j / sizeof<T>()) + 1;
    const s = sqrt<T>(d);
    const r = <T>(<T>1 / s);
    store<T>(row + j, s);
    for (let p = row + ld; p < end; p += ld) store<T>(p + j, <T>(load<T>(p + j) * r));
    // Row p of the trailing triangle loses l[p][j] * l[q][j] for j < q <= p.
    for (let p = row + ld, last = j + sizeof<T>(); p < end; p += ld, last += sizeof<T>()) {
      const l = load<T>(p + j);
      let q = row + ld;
      for (let c = j + sizeof<T>(); c <= last; c += sizeof<T>()) {
        store<T>(p + c, <T>(load<T>(p + c) - <T>(l * load<T>(q + j))));
        q += ld;
      }
    }
  }
  return 0;
}

/** b = (L L')^-1 b in place. */
export function choleskySolve<T>(n: i32, L: usize, lda: i32, b: usize): void {
  solveLower<T>(n, L, lda, b);
  solveLowerT<T>(n, L, lda, b);
}
