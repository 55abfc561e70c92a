// Sparse matrices by compressed rows (CSR), doubles. rowPtr has rows + 1 i32, columns are held as byte offsets
// (8 * column), so that an element of x is one addition away; within a row they ascend.

// @ts-ignore: decorator
@inline
export function rowStart(rowPtr: usize, i: i32): usize {
  return <usize>load<i32>(rowPtr + (<usize>i << 2));
}

/** Sum of a row's values times x. */
// @ts-ignore: decorator
@inline
function rowDot(offset: usize, value: usize, end: usize, x: usize): f64 {
  let s: f64 = 0;
  for (; offset < end; offset += 4, value += 8) s += load<f64>(value) * load<f64>(x + <usize>load<i32>(offset));
  return s;
}

/** (p[0], q[0]). */
// @ts-ignore: decorator
@inline
function both(p: usize, q: usize): v128 {
  return v128.load64_lane(q, v128.load64_zero(p), 1);
}

/**
 * y = A x; returns x'y over the first `rows` elements (for a square A). Two rows go side by side. Where the second offset
 * row starts with -1 the two have the same columns, one apart (as along a grid): their values alternate, and both read x
 * with the first row's offsets (src/iterative/stored.ts lays them so). Sums run in the same order either way.
 */
export function csrMultiply(rows: i32, rowPtr: usize, offsets: usize, values: usize, x: usize, y: usize): f64 {
  let sum = f64x2.splat(0);
  let start = rowStart(rowPtr, 0);
  let at = x;
  let i = 0;
  for (; i + 2 <= rows; i += 2) {
    const middle = <usize>load<i32>(rowPtr, 4), stop = <usize>load<i32>(rowPtr, 8);
    rowPtr += 8;
    let o = offsets + (start << 2), v = values + (start << 3);
    const end = offsets + (middle << 2), last = offsets + (stop << 2);
    let st = f64x2.splat(0);
    if (end < last && load<i32>(end) < 0) {
      for (; o < end; o += 4, v += 16) {
        st = f64x2.add(st, f64x2.mul(v128.load(v), v128.load(x + <usize>load<i32>(o))));
      }
    } else {
      let p = end, w = values + (middle << 3);
      const common = o + min(end - o, last - p);
      for (; o < common; o += 4, v += 8, p += 4, w += 8) {
        st = f64x2.add(st, f64x2.mul(both(v, w), both(x + <usize>load<i32>(o), x + <usize>load<i32>(p))));
      }
      let s = f64x2.extract_lane(st, 0), t = f64x2.extract_lane(st, 1);
      for (; o < end; o += 4, v += 8) s += load<f64>(v) * load<f64>(x + <usize>load<i32>(o));
      for (; p < last; p += 4, w += 8) t += load<f64>(w) * load<f64>(x + <usize>load<i32>(p));
      st = f64x2.replace_lane(f64x2.splat(s), 1, t);
    }
    v128.store(y, st);
    sum = f64x2.add(sum, f64x2.mul(st, v128.load(at)));
    at += 16;
    y += 16;
    start = stop;
  }
  let total = f64x2.extract_lane(sum, 0);
  if (i < rows) {
    const stop = <usize>load<i32>(rowPtr, 4);
    const s = rowDot(offsets + (start << 2), values + (start << 3), offsets + (stop << 2), x);
    store<f64>(y, s);
    total += s * load<f64>(at);
  }
  return total + f64x2.extract_lane(sum, 1);
}

/** y = A'x; y has `cols` elements. */
export function csrMultiplyT(
  rows: i32, cols: i32, rowPtr: usize, offsets: usize, values: usize, x: usize, y: usize,
): void {
  memory.fill(y, 0, <usize>cols << 3);
  let start = rowStart(rowPtr, 0);
  for (let i = 0; i < rows; i++) {
    const stop = rowStart(rowPtr, i + 1);
    const a = load<f64>(x + (<usize>i << 3));
    for (let k = start; k < stop; k++) {
      const to = y + <usize>load<i32>(offsets + (k << 2));
      store<f64>(to, load<f64>(to) + a * load<f64>(values + (k << 3)));
    }
    start = stop;
  }
}

/** One relaxed Gauss-Seidel sweep (SOR) on A x = b, from the last row up when `backward`. */
export function csrSweep(
  n: i32, rowPtr: usize, offsets: usize, values: usize, d: usize, b: usize, x: usize, omega: f64, backward: bool,
): void {
  for (let t = 0; t < n; t++) {
    const i = backward ? n - 1 - t : t;
    const start = rowStart(rowPtr, i), stop = rowStart(rowPtr, i + 1);
    const at = <usize>i << 3;
    const s = load<f64>(b + at) - rowDot(offsets + (start << 2), values + (start << 3), offsets + (stop << 2), x);
    store<f64>(x + at, load<f64>(x + at) + (omega * s) / load<f64>(d + at));
  }
}

/**
 * z = M^-1 r for SSOR, M = w/(2-w) (D/w + L) D^-1 (D/w + L'), with L the strict lower triangle of a symmetric A
 * (Saad, Iterative Methods, 2nd ed., section 10.2).
 */
export function csrSsor(
  n: i32, rowPtr: usize, offsets: usize, values: usize, d: usize, omega: f64, r: usize, z: usize,
): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    let s = load<f64>(r + at);
    for (let k = rowStart(rowPtr, i), stop = rowStart(rowPtr, i + 1); k < stop; k++) {
      const o = <usize>load<i32>(offsets + (k << 2));
      if (o >= at) break;
      s -= load<f64>(values + (k << 3)) * load<f64>(z + o);
    }
    store<f64>(z + at, (s * omega) / load<f64>(d + at));
  }
  const factor = (2 - omega) / omega;
  for (let i = n - 1; i >= 0; i--) {
    const at = <usize>i << 3;
    const diagonal = load<f64>(d + at);
    let s = factor * diagonal * load<f64>(z + at);
    for (let k = rowStart(rowPtr, i + 1), start = rowStart(rowPtr, i); k > start; ) {
      k--;
      const o = <usize>load<i32>(offsets + (k << 2));
      if (o <= at) break;
      s -= load<f64>(values + (k << 3)) * load<f64>(z + o);
    }
    store<f64>(z + at, (s * omega) / diagonal);
  }
}

/**
 * Incomplete Cholesky without fill, IC(0) (Meijerink and van der Vorst 1977): L on the pattern of A's lower triangle,
 * which stands in rowPtr, offsets, values with the diagonal last in each row; (1 + shift) times the diagonal.
 * values become L. Returns 0, or the index + 1 of the first pivot that is not positive.
 */
export function incompleteCholesky(n: i32, rowPtr: usize, offsets: usize, values: usize, shift: f64): i32 {
  for (let i = 0; i < n; i++) {
    const start = rowStart(rowPtr, i), stop = rowStart(rowPtr, i + 1) - 1;
    let d = load<f64>(values + (stop << 3)) * (1 + shift);
    for (let k = start; k < stop; k++) {
      const j = load<i32>(offsets + (k << 2)) >> 3;
      const l = (load<f64>(values + (k << 3)) - common(offsets, values, start, k, rowPtr, j)) / diagonalOf(rowPtr, values, j);
      store<f64>(values + (k << 3), l);
      d -= l * l;
    }
    if (!(d > 0 && d < Infinity)) return i + 1;
    store<f64>(values + (stop << 3), sqrt(d));
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function diagonalOf(rowPtr: usize, values: usize, j: i32): f64 {
  return load<f64>(values + ((rowStart(rowPtr, j + 1) - 1) << 3));
}

/** Sum of l_ip l_jp over the columns p < j that both rows have. */
function common(offsets: usize, values: usize, k: usize, end: usize, rowPtr: usize, j: i32): f64 {
  let q = rowStart(rowPtr, j);
  const last = rowStart(rowPtr, j + 1) - 1;
  let s: f64 = 0;
  while (k < end && q < last) {
    const a = load<i32>(offsets + (k << 2)), b = load<i32>(offsets + (q << 2));
    if (a == b) s += load<f64>(values + (k << 3)) * load<f64>(values + (q << 3));
    if (a <= b) k++;
    if (b <= a) q++;
  }
  return s;
}

/** z = (L L')^-1 r for the L of incompleteCholesky. */
export function incompleteSolve(n: i32, rowPtr: usize, offsets: usize, values: usize, r: usize, z: usize): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    const start = rowStart(rowPtr, i), stop = rowStart(rowPtr, i + 1) - 1;
    const s = rowDot(offsets + (start << 2), values + (start << 3), offsets + (stop << 2), z);
    store<f64>(z + at, (load<f64>(r + at) - s) / load<f64>(values + (stop << 3)));
  }
  for (let i = n - 1; i >= 0; i--) {
    const at = <usize>i << 3;
    const start = rowStart(rowPtr, i), stop = rowStart(rowPtr, i + 1) - 1;
    const v = load<f64>(z + at) / load<f64>(values + (stop << 3));
    store<f64>(z + at, v);
    for (let k = start; k < stop; k++) {
      const to = z + <usize>load<i32>(offsets + (k << 2));
      store<f64>(to, load<f64>(to) - v * load<f64>(values + (k << 3)));
    }
  }
}
