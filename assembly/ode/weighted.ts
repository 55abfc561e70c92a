// Weighted sums of slopes, two components at a time.

/**
 * out = y + h (row_0 k_0 + ... + row_{count-1} k_{count-1}), summed in this order; k_j are the rows of a matrix of `size` columns.
 * out may be y.
 */
export function weighted(size: i32, count: i32, row: usize, k: usize, y: usize, h: f64, out: usize): void {
  const stride = <usize>size << 3;
  const last = row + (<usize>count << 3);
  const step = f64x2.splat(h);
  let i = 0;
  for (; i + 4 <= size; i += 4) {
    let a = f64x2.splat(0), b = f64x2.splat(0);
    for (let r = row, at = k; r < last; r += 8, at += stride) {
      const w = v128.load64_splat(r);
      a = f64x2.add(a, f64x2.mul(w, v128.load(at)));
      b = f64x2.add(b, f64x2.mul(w, v128.load(at, 16)));
    }
    v128.store(out, f64x2.add(v128.load(y), f64x2.mul(step, a)));
    v128.store(out, f64x2.add(v128.load(y, 16), f64x2.mul(step, b)), 16);
    k += 32;
    y += 32;
    out += 32;
  }
  for (; i < size; i++) {
    let a: f64 = 0;
    for (let r = row, at = k; r < last; r += 8, at += stride) a += load<f64>(r) * load<f64>(at);
    store<f64>(out, load<f64>(y) + h * a);
    k += 8;
    y += 8;
    out += 8;
  }
}
