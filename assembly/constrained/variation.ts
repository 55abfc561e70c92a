// Total variation of a picture by rows of pixels, two at a time: the dual steps of A. Chambolle (J. Math. Imaging Vis. 20, 2004) in the form
// of A. Beck and M. Teboulle (IEEE Trans. Image Process. 18, 2009). The gradient is forward, and 0 beyond the last column and row.

// @ts-ignore: decorator
@inline
const NEXT: usize = 8;

/** u = f + lambda div p. */
export function tvPicture(width: i32, height: i32, lambda: f64, f: usize, px: usize, py: usize, u: usize): void {
  const row = <usize>width << 3;
  const weight = f64x2.splat(lambda);
  for (let r = 0; r < height; r++) {
    const above = r > 0;
    const end = u + row, paired = u + NEXT + (<usize>((width - 1) & ~1) << 3);
    // The first pixel has none to its left.
    store<f64>(u, load<f64>(f) + lambda * (load<f64>(px) + load<f64>(py) - (above ? load<f64>(py - row) : 0)));
    for (u += NEXT, f += NEXT, px += NEXT, py += NEXT; u < paired; u += 16, f += 16, px += 16, py += 16) {
      let d = f64x2.add(f64x2.sub(v128.load(px), v128.load(px - NEXT)), v128.load(py));
      if (above) d = f64x2.sub(d, v128.load(py - row));
      v128.store(u, f64x2.add(v128.load(f), f64x2.mul(weight, d)));
    }
    for (; u < end; u += NEXT, f += NEXT, px += NEXT, py += NEXT) {
      let d = load<f64>(px) - load<f64>(px - NEXT) + load<f64>(py);
      if (above) d -= load<f64>(py - row);
      store<f64>(u, load<f64>(f) + lambda * d);
    }
  }
}

/** p = projection of q + tau grad u, q = p + beta (p - p before). Returns sum (q - p)'(p - p before): above 0 the step went against the momentum. */
export function tvAscend(
  width: i32, height: i32, tau: f64, beta: f64, u: usize, px: usize, py: usize, qx: usize, qy: usize,
): f64 {
  const row = <usize>width << 3;
  const one = f64x2.splat(1), step = f64x2.splat(tau), momentum = f64x2.splat(beta);
  let sums = f64x2.splat(0), sum: f64 = 0;
  for (let r = 0; r < height; r++) {
    const down = r + 1 < height ? row : 0;
    const last = u + row - NEXT, paired = u + (<usize>((width - 1) & ~1) << 3);
    for (; u < paired; u += 16, px += 16, py += 16, qx += 16, qy += 16) {
      const v = v128.load(u), bx = v128.load(qx), by = v128.load(qy);
      const ax = f64x2.add(bx, f64x2.mul(step, f64x2.sub(v128.load(u + NEXT), v)));
      const ay = f64x2.add(by, f64x2.mul(step, f64x2.sub(v128.load(u + down), v)));
      const square = f64x2.add(f64x2.mul(ax, ax), f64x2.mul(ay, ay));
      let x = ax, y = ay;
      const outside = f64x2.gt(square, one);
      if (v128.any_true(outside)) {
        const scale = v128.bitselect(f64x2.div(one, f64x2.sqrt(square)), one, outside);
        x = f64x2.mul(ax, scale);
        y = f64x2.mul(ay, scale);
      }
      const dx = f64x2.sub(x, v128.load(px)), dy = f64x2.sub(y, v128.load(py));
      sums = f64x2.add(sums, f64x2.add(f64x2.mul(f64x2.sub(bx, x), dx), f64x2.mul(f64x2.sub(by, y), dy)));
      v128.store(px, x);
      v128.store(py, y);
      v128.store(qx, f64x2.add(x, f64x2.mul(momentum, dx)));
      v128.store(qy, f64x2.add(y, f64x2.mul(momentum, dy)));
    }
    for (; u <= last; u += NEXT, px += NEXT, py += NEXT, qx += NEXT, qy += NEXT) {
      const v = load<f64>(u), bx = load<f64>(qx), by = load<f64>(qy);
      const ax = u < last ? bx + tau * (load<f64>(u + NEXT) - v) : 0;
      const ay = by + tau * (load<f64>(u + down) - v);
      const square = ax * ax + ay * ay;
      const scale: f64 = square > 1 ? 1 / Math.sqrt(square) : 1;
      const x = ax * scale, y = ay * scale;
      const dx = x - load<f64>(px), dy = y - load<f64>(py);
      sum += (bx - x) * dx + (by - y) * dy;
      store<f64>(px, x);
      store<f64>(py, y);
      store<f64>(qx, x + beta * dx);
      store<f64>(qy, y + beta * dy);
    }
  }
  return sum + f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** out = sum |grad u|, sum p'grad u, |u - f|^2. */
export function tvMeasure(width: i32, height: i32, f: usize, u: usize, px: usize, py: usize, out: usize): void {
  const row = <usize>width << 3;
  let variations = f64x2.splat(0), products = f64x2.splat(0), squares = f64x2.splat(0);
  let variation: f64 = 0, product: f64 = 0, square: f64 = 0;
  for (let r = 0; r < height; r++) {
    const down = r + 1 < height ? row : 0;
    const last = u + row - NEXT, paired = u + (<usize>((width - 1) & ~1) << 3);
    for (; u < paired; u += 16, f += 16, px += 16, py += 16) {
      const v = v128.load(u), d = f64x2.sub(v, v128.load(f));
      const gx = f64x2.sub(v128.load(u + NEXT), v), gy = f64x2.sub(v128.load(u + down), v);
      variations = f64x2.add(variations, f64x2.sqrt(f64x2.add(f64x2.mul(gx, gx), f64x2.mul(gy, gy))));
      products = f64x2.add(products, f64x2.add(f64x2.mul(v128.load(px), gx), f64x2.mul(v128.load(py), gy)));
      squares = f64x2.add(squares, f64x2.mul(d, d));
    }
    for (; u <= last; u += NEXT, f += NEXT, px += NEXT, py += NEXT) {
      const v = load<f64>(u), d = v - load<f64>(f);
      const gx: f64 = u < last ? load<f64>(u + NEXT) - v : 0, gy = load<f64>(u + down) - v;
      variation += Math.sqrt(gx * gx + gy * gy);
      product += load<f64>(px) * gx + load<f64>(py) * gy;
      square += d * d;
    }
  }
  store<f64>(out, variation + f64x2.extract_lane(variations, 0) + f64x2.extract_lane(variations, 1));
  store<f64>(out + 8, product + f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1));
  store<f64>(out + 16, square + f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
}
