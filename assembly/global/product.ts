// C += A' B over k rows, the one matrix product of the room: steps from normal draws, and the rank-mu update. Every element
// is one sum over the rows in their order, so the bits do not depend on the tile.

// @ts-ignore: decorator
@inline
function madd(c: v128, a: f64, b: v128): v128 {
  return f64x2.add(c, f64x2.mul(f64x2.splat(a), b));
}

/** Two rows of C, eight columns: c0, c1 += sum over k of a[k] b[k]. a: two neighbours, stride lda; b: stride ldb (bytes). */
function tile2x8(k: i32, a0: usize, a1: usize, lda: usize, b: usize, ldb: usize, c0: usize, c1: usize): void {
  let r00 = v128.load(c0), r01 = v128.load(c0, 16), r02 = v128.load(c0, 32), r03 = v128.load(c0, 48);
  let r10 = v128.load(c1), r11 = v128.load(c1, 16), r12 = v128.load(c1, 32), r13 = v128.load(c1, 48);
  for (; k > 0; k--) {
    const x = load<f64>(a0), y = load<f64>(a1);
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    r00 = madd(r00, x, b0);
    r01 = madd(r01, x, b1);
    r02 = madd(r02, x, b2);
    r03 = madd(r03, x, b3);
    r10 = madd(r10, y, b0);
    r11 = madd(r11, y, b1);
    r12 = madd(r12, y, b2);
    r13 = madd(r13, y, b3);
    a0 += lda;
    a1 += lda;
    b += ldb;
  }
  v128.store(c0, r00);
  v128.store(c0, r01, 16);
  v128.store(c0, r02, 32);
  v128.store(c0, r03, 48);
  v128.store(c1, r10);
  v128.store(c1, r11, 16);
  v128.store(c1, r12, 32);
  v128.store(c1, r13, 48);
}

/** One row of C, eight columns. */
function tile1x8(k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize): void {
  let r0 = v128.load(c), r1 = v128.load(c, 16), r2 = v128.load(c, 32), r3 = v128.load(c, 48);
  for (; k > 0; k--) {
    const x = load<f64>(a);
    r0 = madd(r0, x, v128.load(b));
    r1 = madd(r1, x, v128.load(b, 16));
    r2 = madd(r2, x, v128.load(b, 32));
    r3 = madd(r3, x, v128.load(b, 48));
    a += lda;
    b += ldb;
  }
  v128.store(c, r0);
  v128.store(c, r1, 16);
  v128.store(c, r2, 32);
  v128.store(c, r3, 48);
}

/** One row of C, two columns. */
function tile1x2(k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize): void {
  let r = v128.load(c);
  for (; k > 0; k--) {
    r = madd(r, load<f64>(a), v128.load(b));
    a += lda;
    b += ldb;
  }
  v128.store(c, r);
}

function tile1x1(k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize): void {
  let r = load<f64>(c);
  for (; k > 0; k--) {
    r += load<f64>(a) * load<f64>(b);
    a += lda;
    b += ldb;
  }
  store<f64>(c, r);
}

/** One row of C from column 0 to `columns` - 1. */
function row1(columns: i32, k: i32, a: usize, lda: usize, b: usize, ldb: usize, c: usize): void {
  let j = 0;
  for (; j + 8 <= columns; j += 8) tile1x8(k, a, lda, b + (<usize>j << 3), ldb, c + (<usize>j << 3));
  for (; j + 2 <= columns; j += 2) tile1x2(k, a, lda, b + (<usize>j << 3), ldb, c + (<usize>j << 3));
  if (j < columns) tile1x1(k, a, lda, b + (<usize>j << 3), ldb, c + (<usize>j << 3));
}

/**
 * C (m x n) += sum over k of a_k b_k': a_k[i] lies at A + i * step + k * lda, all strides in bytes; B and C are row-major
 * with n columns. `lower`: only columns up to the row (rounded up to the tile, within n) of a square C.
 */
export function product(
  m: i32, n: i32, k: i32, A: usize, step: usize, lda: usize, B: usize, C: usize, lower: bool,
): void {
  const ld = <usize>n << 3;
  let i = 0;
  for (; i + 2 <= m; i += 2) {
    const a0 = A + <usize>i * step, a1 = a0 + step, c0 = C + <usize>i * ld, c1 = c0 + ld;
    const columns = lower ? min(n, i + 2) : n;
    let j = 0;
    for (; j < columns && j + 8 <= n; j += 8) {
      const at = <usize>j << 3;
      tile2x8(k, a0, a1, lda, B + at, ld, c0 + at, c1 + at);
    }
    if (j < columns) {
      const at = <usize>j << 3;
      row1(columns - j, k, a0, lda, B + at, ld, c0 + at);
      row1(columns - j, k, a1, lda, B + at, ld, c1 + at);
    }
  }
  if (i < m) row1(n, k, A + <usize>i * step, lda, B, ld, C + <usize>i * ld);
}
