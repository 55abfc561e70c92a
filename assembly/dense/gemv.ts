// Matrix times vector for row-major A (m x n, rows `lda` elements apart). beta = 0 writes y without reading
// it. A row's sum has the same order whether it is taken alone or with three neighbours.

import { axpy, fill, scal } from "../blas/level1";
import { loadSplat, loadSplat1, loadSplat2, loadSplat3, madd, sumLanes, zero } from "../simd";

/** y = alpha A x + beta y; y has m elements. */
export function gemv<T>(m: i32, n: i32, alpha: T, A: usize, lda: i32, x: usize, beta: T, y: usize): void {
  const ld = <usize>lda * sizeof<T>();
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    rows4<T>(n, alpha, A, ld, x, beta, y);
    A += 4 * ld;
    y += 4 * sizeof<T>();
  }
  for (; i < m; i++) {
    row<T>(n, alpha, A, x, beta, y);
    A += ld;
    y += sizeof<T>();
  }
}

// @ts-ignore: decorator
@inline
function put<T>(alpha: T, s: T, beta: T, y: usize): void {
  const v = <T>(alpha * s);
  store<T>(y, beta == 0 ? v : <T>(v + <T>(beta * load<T>(y))));
}

function row<T>(n: i32, alpha: T, a: usize, x: usize, beta: T, y: usize): void {
  const end = x + <usize>max(n, 0) * sizeof<T>();
  let s0 = zero(), s1 = zero();
  let stop = x + ((end - x) & ~31);
  for (; x < stop; x += 32, a += 32) {
    s0 = madd<T>(v128.load(a), v128.load(x), s0);
    s1 = madd<T>(v128.load(a, 16), v128.load(x, 16), s1);
  }
  for (stop = x + ((end - x) & ~15); x < stop; x += 16, a += 16) s0 = madd<T>(v128.load(a), v128.load(x), s0);
  let s = sumLanes<T>(v128.add<T>(s0, s1));
  for (; x < end; x += sizeof<T>(), a += sizeof<T>()) s = <T>(s + <T>(load<T>(a) * load<T>(x)));
  put<T>(alpha, s, beta, y);
}

function rows4<T>(n: i32, alpha: T, a: usize, ld: usize, x: usize, beta: T, y: usize): void {
  const end = x + <usize>max(n, 0) * sizeof<T>();
  let b = a + ld, c = b + ld, d = c + ld;
  let a0 = zero(), a1 = zero(), b0 = zero(), b1 = zero(), c0 = zero(), c1 = zero(), d0 = zero(), d1 = zero();
  let stop = x + ((end - x) & ~31);
  for (; x < stop; x += 32, a += 32, b += 32, c += 32, d += 32) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    a0 = madd<T>(v128.load(a), x0, a0);
    a1 = madd<T>(v128.load(a, 16), x1, a1);
    b0 = madd<T>(v128.load(b), x0, b0);
    b1 = madd<T>(v128.load(b, 16), x1, b1);
    c0 = madd<T>(v128.load(c), x0, c0);
    c1 = madd<T>(v128.load(c, 16), x1, c1);
    d0 = madd<T>(v128.load(d), x0, d0);
    d1 = madd<T>(v128.load(d, 16), x1, d1);
  }
  for (stop = x + ((end - x) & ~15); x < stop; x += 16, a += 16, b += 16, c += 16, d += 16) {
    const x0 = v128.load(x);
    a0 = madd<T>(v128.load(a), x0, a0);
    b0 = madd<T>(v128.load(b), x0, b0);
    c0 = madd<T>(v128.load(c), x0, c0);
    d0 = madd<T>(v128.load(d), x0, d0);
  }
  let sa = sumLanes<T>(v128.add<T>(a0, a1)), sb = sumLanes<T>(v128.add<T>(b0, b1));
  let sc = sumLanes<T>(v128.add<T>(c0, c1)), sd = sumLanes<T>(v128.add<T>(d0, d1));
  for (; x < end; x += sizeof<T>()) {
    const t = load<T>(x);
    sa = <T>(sa + <T>(load<T>(a) * t));
    sb = <T>(sb + <T>(load<T>(b) * t));
    sc = <T>(sc + <T>(load<T>(c) * t));
    sd = <T>(sd + <T>(load<T>(d) * t));
    a += sizeof<T>();
    b += sizeof<T>();
    c += sizeof<T>();
    d += sizeof<T>();
  }
  put<T>(alpha, sa, beta, y);
  put<T>(alpha, sb, beta, y + sizeof<T>());
  put<T>(alpha, sc, beta, y + 2 * sizeof<T>());
  put<T>(alpha, sd, beta, y + 3 * sizeof<T>());
}

/** y = alpha A'x + beta y; x has m elements, y has n. Four rows of A pass over y together. */
export function gemvT<T>(m: i32, n: i32, alpha: T, A: usize, lda: i32, x: usize, beta: T, y: usize): void {
  if (beta == 0) fill<T>(n, <T>0, y);
  else if (beta != 1) scal<T>(n, beta, y);
  const ld = <usize>lda * sizeof<T>();
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    add4<T>(n, alpha, A, ld, x, y);
    A += 4 * ld;
    x += 4 * sizeof<T>();
  }
  for (; i < m; i++) {
    axpy<T>(n, <T>(alpha * load<T>(x)), A, y);
    A += ld;
    x += sizeof<T>();
  }
}

/** y += alpha (x0 a0 + x1 a1 + x2 a2 + x3 a3), added to y one after the other. */
function add4<T>(n: i32, alpha: T, a: usize, ld: usize, x: usize, y: usize): void {
  const end = y + <usize>max(n, 0) * sizeof<T>();
  let b = a + ld, c = b + ld, d = c + ld;
  const va = v128.splat<T>(alpha);
  const s0 = v128.mul<T>(va, loadSplat<T>(x)), s1 = v128.mul<T>(va, loadSplat1<T>(x));
  const s2 = v128.mul<T>(va, loadSplat2<T>(x)), s3 = v128.mul<T>(va, loadSplat3<T>(x));
  for (const stop = y + ((end - y) & ~15); y < stop; y += 16, a += 16, b += 16, c += 16, d += 16) {
    let v = madd<T>(s0, v128.load(a), v128.load(y));
    v = madd<T>(s1, v128.load(b), v);
    v = madd<T>(s2, v128.load(c), v);
    v128.store(y, madd<T>(s3, v128.load(d), v));
  }
  const t0 = v128.extract_lane<T>(s0, 0), t1 = v128.extract_lane<T>(s1, 0);
  const t2 = v128.extract_lane<T>(s2, 0), t3 = v128.extract_lane<T>(s3, 0);
  for (; y < end; y += sizeof<T>()) {
    let v = <T>(load<T>(y) + <T>(t0 * load<T>(a)));
    v = <T>(v + <T>(t1 * load<T>(b)));
    v = <T>(v + <T>(t2 * load<T>(c)));
    store<T>(y, <T>(v + <T>(t3 * load<T>(d))));
    a += sizeof<T>();
    b += sizeof<T>();
    c += sizeof<T>();
    d += sizeof<T>();
  }
}
