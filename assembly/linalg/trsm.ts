// X = op(A)^-1 X for a triangular A and many right-hand sides, row-major. Blocks of NB rows: the triangle on the
// diagonal is packed and solved in registers, the rest is one gemm. An upper triangle is read backwards, which
// makes it a lower one, so one solver serves all eight cases.

import { gemm, gemmWork } from "../dense/gemm";
import { LINE, QUAD, SCRATCH, padded, panelBytes, quadAt, width } from "../dense/tile";
import { solveLowerPanels } from "./triangular";

/** Rows of a block: a multiple of 8. */
// @ts-ignore: decorator
@inline
const NB: i32 = 64;

/** Bytes of workspace that trsm wants. */
export function trsmWork<T>(n: i32, count: i32): usize {
  const nb = min(NB, (n + 7) & -8);
  return <usize>nb * sizeof<T>() + panelBytes<T>(nb, nb) + panelBytes<T>(count, nb) + gemmWork<T>(n, count, nb);
}

/** B (n x count) becomes op(A)^-1 B. Only the named triangle of A is read; a unit diagonal is not read. */
export function trsm<T>(
  upper: bool, trans: bool, unit: bool, n: i32, count: i32, A: usize, lda: i32, B: usize, ldb: i32, work: usize,
): void {
  const nb = min(NB, (n + 7) & -8);
  const reciprocals = work;
  const packed = reciprocals + <usize>nb * sizeof<T>();
  const panel = packed + panelBytes<T>(nb, nb);
  const scratch = panel + panelBytes<T>(count, nb);
  const rowA = <usize>lda * sizeof<T>(), rowB = <usize>ldb * sizeof<T>();
  // Backwards when op(A) is upper triangular.
  const backwards = upper != trans;
  const down = trans ? sizeof<T>() : rowA, right = trans ? rowA : sizeof<T>();
  const blocks = padded<T>(count) / width<T>();
  for (let done = 0; done < n; done += nb) {
    const kb = min(nb, n - done);
    const depth = (kb + QUAD - 1) & -QUAD;
    const block = <usize>depth * LINE;
    const first = backwards ? n - done - kb : done;
    const from = backwards ? first + kb - 1 : first;
    const corner = A + <usize>from * (rowA + sizeof<T>());
    const x = B + <usize>from * rowB;
    const step: usize = backwards ? <usize>0 - rowB : rowB;
    packTriangle<T>(
      kb, corner, backwards ? <usize>0 - down : down, backwards ? <usize>0 - right : right, unit, packed, block,
      reciprocals,
    );
    packLines<T>(kb, depth, count, x, step, panel);
    solveLowerPanels<T>(depth, packed, block, reciprocals, panel, block, blocks);
    unpackLines<T>(kb, depth, count, panel, x, step);
    const rest = n - done - kb;
    if (rest <= 0) break;
    const target = backwards ? 0 : first + kb;
    const row = trans ? first : target, column = trans ? target : first;
    gemm<T>(
      rest, count, kb, <T>-1, A + <usize>row * rowA + <usize>column * sizeof<T>(), lda, trans,
      B + <usize>first * rowB, ldb, false, <T>1, B + <usize>target * rowB, ldb, scratch,
    );
  }
}

/** The lower triangle of k rows, `down` bytes apart, packed by rows and filled up with unit rows to whole quads. */
function packTriangle<T>(
  k: i32, A: usize, down: usize, right: usize, unit: bool, packed: usize, block: usize, reciprocals: usize,
): void {
  const whole = (k + QUAD - 1) & -QUAD;
  for (let i = 0; i < whole; i++) {
    let to = quadAt<T>(packed, i & -QUAD, block) + <usize>(i & (QUAD - 1)) * sizeof<T>();
    let a = A + <usize>i * down;
    for (let j = 0; j < i; j++, a += right, to += LINE) store<T>(to, i < k ? load<T>(a) : <T>0);
    const r = unit || i >= k ? <T>1 : <T>(<T>1 / load<T>(a));
    store<T>(reciprocals + <usize>i * sizeof<T>(), r);
  }
}

/** k rows of n numbers, `ldx` bytes apart, as panel blocks of `depth` lines, the last of them zero. */
function packLines<T>(k: i32, depth: i32, n: i32, x: usize, ldx: usize, panel: usize): void {
  const w = width<T>();
  for (; n > 0; n -= w, x += LINE) {
    let from = x;
    for (let t = 0; t < depth; t++, panel += LINE, from += ldx) {
      if (t < k && n >= w) {
        v128.store(panel, v128.load(from));
        v128.store(panel, v128.load(from, 16), 16);
      } else {
        memory.fill(panel, 0, LINE);
        if (t < k) memory.copy(panel, from, <usize>n * sizeof<T>());
      }
    }
  }
}

function unpackLines<T>(k: i32, depth: i32, n: i32, panel: usize, x: usize, ldx: usize): void {
  const w = width<T>();
  for (; n > 0; n -= w, x += LINE, panel += <usize>depth * LINE) {
    let to = x, line = panel;
    for (let t = 0; t < k; t++, line += LINE, to += ldx) {
      if (n >= w) {
        v128.store(to, v128.load(line));
        v128.store(to, v128.load(line, 16), 16);
      } else {
        memory.copy(to, line, <usize>n * sizeof<T>());
      }
    }
  }
}
