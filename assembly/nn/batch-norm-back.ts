// Gradients of batch normalisation (Ioffe & Szegedy 2015, section 3, simplified): column sums first, four rows at a time, then
// one pass that writes dx.

import { put, take, tailOf, wholeBytes } from "../registers";
import { lanes, madd } from "../simd";

/** Adds to sums of dy and of dy (x - mean), four rows at a time, for one register of columns. */
// @ts-ignore: decorator
@inline
function gather4<T>(x: usize, dy: usize, row: usize, mean: v128, beta: usize, gamma: usize, tail: i32): void {
  const x1 = x + row, x2 = x1 + row, x3 = x2 + row, d1 = dy + row, d2 = d1 + row, d3 = d2 + row;
  const a = take<T>(dy, tail), b = take<T>(d1, tail), c = take<T>(d2, tail), d = take<T>(d3, tail);
  const sum = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
  put<T>(beta, v128.add<T>(take<T>(beta, tail), sum), tail);
  const p = madd<T>(b, v128.sub<T>(take<T>(x1, tail), mean), v128.mul<T>(a, v128.sub<T>(take<T>(x, tail), mean)));
  const q = madd<T>(d, v128.sub<T>(take<T>(x3, tail), mean), v128.mul<T>(c, v128.sub<T>(take<T>(x2, tail), mean)));
  put<T>(gamma, v128.add<T>(take<T>(gamma, tail), v128.add<T>(p, q)), tail);
}

function gatherRows4<T>(n: i32, x: usize, dy: usize, mean: usize, beta: usize, gamma: usize): void {
  const row = <usize>n * sizeof<T>();
  for (const end = x + wholeBytes<T>(n); x < end; x += 16, dy += 16, mean += 16, beta += 16, gamma += 16) {
    gather4<T>(x, dy, row, v128.load(mean), beta, gamma, 0);
  }
  const tail = tailOf<T>(n);
  if (tail) gather4<T>(x, dy, row, take<T>(mean, tail), beta, gamma, tail);
}

function gatherRow<T>(n: i32, x: usize, dy: usize, mean: usize, beta: usize, gamma: usize): void {
  for (let j = 0; j < n; j += lanes<T>(), x += 16, dy += 16, mean += 16, beta += 16, gamma += 16) {
    const tail = n - j < lanes<T>() ? n - j : 0;
    const d = take<T>(dy, tail);
    put<T>(beta, v128.add<T>(take<T>(beta, tail), d), tail);
    const h = v128.sub<T>(take<T>(x, tail), take<T>(mean, tail));
    put<T>(gamma, madd<T>(d, h, take<T>(gamma, tail)), tail);
  }
}

/** dx = a dy + s (x - mean) + t with a, s, t by column; s and t come in `work`. */
function spread<T>(
  m: i32, n: i32, x: usize, dy: usize, mean: usize, a: usize, s: usize, t: usize, dx: usize,
): void {
  for (let i = 0; i < m; i++) {
    let j: usize = 0;
    for (const end = wholeBytes<T>(n); j < end; j += 16) {
      const h = v128.sub<T>(v128.load(x + j), v128.load(mean + j));
      const u = madd<T>(v128.load(s + j), h, v128.load(t + j));
      v128.store(dx + j, madd<T>(v128.load(a + j), v128.load(dy + j), u));
    }
    const tail = tailOf<T>(n);
    if (tail) {
      const h = v128.sub<T>(take<T>(x + j, tail), take<T>(mean + j, tail));
      const u = madd<T>(take<T>(s + j, tail), h, take<T>(t + j, tail));
      put<T>(dx + j, madd<T>(take<T>(a + j, tail), take<T>(dy + j, tail), u), tail);
    }
    const row = <usize>n * sizeof<T>();
    x += row;
    dy += row;
    dx += row;
  }
}

/**
 * From dL/dy to dgamma, dbeta and dx (0: not wanted). With xh = (x - mean) inv: dbeta = sum dy, dgamma = sum dy xh, and in
 * training dx = gamma inv (dy - dbeta / m - xh dgamma / m); in evaluation the moments are constants: dx = gamma inv dy.
 * work: 3 n elements. dx may be dy.
 */
function batchNormBack<T>(
  m: i32, n: i32, x: usize, gamma: usize, dy: usize, mean: usize, inv: usize,
  dgamma: usize, dbeta: usize, dx: usize, training: bool, work: usize,
): void {
  const size = <usize>n * sizeof<T>();
  const a = work, s = work + size, t = s + size;
  memory.fill(s, 0, 2 * size);
  const step: usize = 4 * size;
  let from = x, by = dy, i = 0;
  for (; i + 4 <= m; i += 4, from += step, by += step) gatherRows4<T>(n, from, by, mean, t, s);
  for (; i < m; i++, from += size, by += size) gatherRow<T>(n, from, by, mean, t, s);
  const over = <T>(training ? -1.0 / <f64>m : 0);
  for (let j: usize = 0; j < size; j += sizeof<T>()) {
    const k = load<T>(inv + j);
    const dg = <T>(load<T>(s + j) * k), db = load<T>(t + j);
    if (dgamma) {
      store<T>(dgamma + j, dg);
      store<T>(dbeta + j, db);
    }
    const scale = gamma ? <T>(load<T>(gamma + j) * k) : k;
    store<T>(a + j, scale);
    store<T>(s + j, <T>(over * <T>(scale * <T>(k * dg))));
    store<T>(t + j, <T>(over * <T>(scale * db)));
  }
  if (dx) spread<T>(m, n, x, dy, mean, a, s, t, dx);
}

export function batchNormBackF64(
  m: i32, n: i32, x: usize, gamma: usize, dy: usize, mean: usize, inv: usize,
  dgamma: usize, dbeta: usize, dx: usize, training: bool, work: usize,
): void {
  batchNormBack<f64>(m, n, x, gamma, dy, mean, inv, dgamma, dbeta, dx, training, work);
}
export function batchNormBackF32(
  m: i32, n: i32, x: usize, gamma: usize, dy: usize, mean: usize, inv: usize,
  dgamma: usize, dbeta: usize, dx: usize, training: bool, work: usize,
): void {
  batchNormBack<f32>(m, n, x, gamma, dy, mean, inv, dgamma, dbeta, dx, training, work);
}
