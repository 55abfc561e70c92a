// The eigendecomposition of the covariance of CMA-ES, once a generation: Householder tridiagonalisation from the last row up and implicit QL
// with Wilkinson's shift (Wilkinson and Reinsch 1971, II/2 and II/4) on rows padded with zeros, without a sum across lanes or a tail. QL is one
// long chain of quotients: the rotations go to the vectors two at a time and half a row late, while the next are on their way.

import { double as at } from "../memory";

/** Doubles of a padded row. */
export function padded(n: i32): i32 {
  return (n + 7) & ~7;
}

/**
 * A (n rows of ld = padded(n) doubles, both triangles, zeros in the padding) becomes the eigenvectors, row i that of d[i], in no order.
 * work: 4 ld doubles, d: ld. Returns 0, or 1 where 60 sweeps do not find an eigenvalue.
 */
export function eigenRows(n: i32, A: usize, d: usize, work: usize): i32 {
  const ld = padded(n);
  const e = work, tau = at(e, ld), v = at(tau, ld), p = at(v, ld);
  memory.fill(work, 0, <usize>(4 * ld) << 3);
  tridiagonal(n, ld, A, d, e, tau, v, p);
  accumulate(n, ld, A, tau, v);
  transpose(n, ld, A);
  return implicitQL(n, ld, A, d, e);
}

/**
 * Row i keeps the reflector I - t v v' that leaves only the last of its first i numbers, tau[i] its factor; d is the diagonal, e[i] the
 * element between i and i + 1. Columns are taken eight at a time, past i too: nothing is read there again.
 */
function tridiagonal(n: i32, ld: i32, A: usize, d: usize, e: usize, tau: usize, v: usize, p: usize): void {
  const bytes = <usize>ld << 3;
  for (let i = n - 1; i > 0; i--) {
    const r = A + <usize>i * bytes;
    store<f64>(at(d, i), load<f64>(at(r, i)));
    const alpha = load<f64>(at(r, i - 1));
    let tail: f64 = 0;
    for (let j = 0; j < i - 1; j++) tail += load<f64>(at(r, j)) * load<f64>(at(r, j));
    if (tail == 0) {
      store<f64>(at(tau, i), 0);
      store<f64>(at(e, i - 1), alpha);
      continue;
    }
    const beta = -copysign<f64>(sqrt(alpha * alpha + tail), alpha);
    const t = (beta - alpha) / beta, scale = 1 / (alpha - beta);
    store<f64>(at(tau, i), t);
    store<f64>(at(e, i - 1), beta);
    for (let j = 0; j < i - 1; j++) {
      const x = scale * load<f64>(at(r, j));
      store<f64>(at(r, j), x);
      store<f64>(at(v, j), x);
    }
    store<f64>(at(r, i - 1), 1);
    store<f64>(at(v, i - 1), 1);
    clear(v, i);
    // p = A v, w = t p - (t^2 / 2) (p'v) v, A -= v w' + w v'; w takes the place of p.
    let along: f64 = 0;
    for (let j = 0; j < i; j += 8) combine(i, A + (<usize>j << 3), bytes, v, at(p, j));
    for (let j = 0; j < i; j++) along += load<f64>(at(p, j)) * load<f64>(at(v, j));
    const half = 0.5 * t * t * along;
    for (let j = 0; j < i; j++) store<f64>(at(p, j), t * load<f64>(at(p, j)) - half * load<f64>(at(v, j)));
    clear(p, i);
    for (let j = 0; j < i; j += 8) rank2(i, A + (<usize>j << 3), bytes, v, p, at(v, j), at(p, j));
  }
  store<f64>(d, load<f64>(A));
}

/** Zeros from element i to the end of its eight. */
// @ts-ignore: decorator
@inline
function clear(x: usize, i: i32): void {
  for (; i & 7; i++) store<f64>(at(x, i), 0);
}

/** Eight columns: out = sum over j of v[j] A[j]. */
function combine(m: i32, a: usize, bytes: usize, v: usize, out: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (const end = at(v, m); v < end; v += 8, a += bytes) {
    const x = v128.load64_splat(v);
    s0 = f64x2.add(s0, f64x2.mul(x, v128.load(a)));
    s1 = f64x2.add(s1, f64x2.mul(x, v128.load(a, 16)));
    s2 = f64x2.add(s2, f64x2.mul(x, v128.load(a, 32)));
    s3 = f64x2.add(s3, f64x2.mul(x, v128.load(a, 48)));
  }
  v128.store(out, s0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}

/** Eight columns: A[j] -= v[j] w + w[j] v; vs and ws: those eight of v and w. */
function rank2(m: i32, a: usize, bytes: usize, v: usize, w: usize, vs: usize, ws: usize): void {
  const v0 = v128.load(vs), v1 = v128.load(vs, 16), v2 = v128.load(vs, 32), v3 = v128.load(vs, 48);
  const w0 = v128.load(ws), w1 = v128.load(ws, 16), w2 = v128.load(ws, 32), w3 = v128.load(ws, 48);
  for (const end = at(v, m); v < end; v += 8, w += 8, a += bytes) {
    const x = v128.load64_splat(v), y = v128.load64_splat(w);
    v128.store(a, f64x2.sub(v128.load(a), f64x2.add(f64x2.mul(x, w0), f64x2.mul(y, v0))));
    v128.store(a, f64x2.sub(v128.load(a, 16), f64x2.add(f64x2.mul(x, w1), f64x2.mul(y, v1))), 16);
    v128.store(a, f64x2.sub(v128.load(a, 32), f64x2.add(f64x2.mul(x, w2), f64x2.mul(y, v2))), 32);
    v128.store(a, f64x2.sub(v128.load(a, 48), f64x2.add(f64x2.mul(x, w3), f64x2.mul(y, v3))), 48);
  }
}

/** A becomes Q with A = Q T Q': reflector i acts on the first i rows of the leading block, which grows by one row and column each time. */
function accumulate(n: i32, ld: i32, A: usize, tau: usize, v: usize): void {
  const bytes = <usize>ld << 3;
  for (let i = 0; i < n; i++) {
    const r = A + <usize>i * bytes;
    const t = load<f64>(at(tau, i));
    if (t != 0) {
      copyRow(r, v, at(v, i));
      for (let j = 0; j < i; j += 8) reflect(i, t, A + (<usize>j << 3), bytes, v);
    }
    for (let a = r; a < r + bytes; a += 16) v128.store(a, f64x2.splat(0));
    store<f64>(at(r, i), 1);
    for (let a = at(A, i); a < r; a += bytes) store<f64>(a, 0);
  }
}

/** to .. end = what lies at x, and up to 8 bytes more; memory.copy costs more than a short row does. */
export function copyRow(x: usize, to: usize, end: usize): void {
  for (; to < end; x += 16, to += 16) v128.store(to, v128.load(x));
}

/** Eight columns: A[j] -= t v[j] (sum over k of v[k] A[k]). */
function reflect(m: i32, t: f64, a: usize, bytes: usize, v: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const end = at(v, m);
  for (let x = v, b = a; x < end; x += 8, b += bytes) {
    const c = v128.load64_splat(x);
    s0 = f64x2.add(s0, f64x2.mul(c, v128.load(b)));
    s1 = f64x2.add(s1, f64x2.mul(c, v128.load(b, 16)));
    s2 = f64x2.add(s2, f64x2.mul(c, v128.load(b, 32)));
    s3 = f64x2.add(s3, f64x2.mul(c, v128.load(b, 48)));
  }
  const f = f64x2.splat(t);
  s0 = f64x2.mul(f, s0);
  s1 = f64x2.mul(f, s1);
  s2 = f64x2.mul(f, s2);
  s3 = f64x2.mul(f, s3);
  for (; v < end; v += 8, a += bytes) {
    const c = v128.load64_splat(v);
    v128.store(a, f64x2.sub(v128.load(a), f64x2.mul(c, s0)));
    v128.store(a, f64x2.sub(v128.load(a, 16), f64x2.mul(c, s1)), 16);
    v128.store(a, f64x2.sub(v128.load(a, 32), f64x2.mul(c, s2)), 32);
    v128.store(a, f64x2.sub(v128.load(a, 48), f64x2.mul(c, s3)), 48);
  }
}

/** The leading n x n block, in place; what lies beyond it stays 0. */
function transpose(n: i32, ld: i32, A: usize): void {
  const bytes = <usize>ld << 3;
  for (let i = 1; i < n; i++) {
    let x = A + <usize>i * bytes, y = at(A, i);
    for (let j = 0; j < i; j++, x += 8, y += bytes) {
      const t = load<f64>(x);
      store<f64>(x, load<f64>(y));
      store<f64>(y, t);
    }
  }
}

function implicitQL(n: i32, ld: i32, Z: usize, d: usize, e: usize): i32 {
  const eps = 2.220446049250313e-16;
  store<f64>(at(e, n - 1), 0);
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      for (; m < n - 1; m++) {
        const size = abs(load<f64>(at(d, m))) + abs(load<f64>(at(d, m + 1)));
        if (abs(load<f64>(at(e, m))) <= eps * size) break;
      }
      if (m == l) break;
      if (sweep == 60) return 1;
      const el = load<f64>(at(e, l)), dl = load<f64>(at(d, l));
      let g = (load<f64>(at(d, l + 1)) - dl) / (2 * el);
      g = load<f64>(at(d, m)) - dl + el / (g + copysign<f64>(sqrt(g * g + 1), g));
      chase(ld, l, m, g, Z, d, e);
    }
  }
  return 0;
}

/**
 * One QL sweep from m down to l with the shift in g. With h = f^2 + g^2 the textbook's r = sqrt(h), s = f / r, c = g / r, q = w / r, p = s q and
 * g = c q - b are p = f w / h and g = g w / h - b: one quotient, and the square root is nobody's predecessor; s2 is s^2 the same way.
 */
function chase(ld: i32, l: i32, m: i32, g: f64, Z: usize, d: usize, e: usize): void {
  const bytes = <usize>ld << 3;
  // Half a row, in whole turns of `pair`.
  const half = ((bytes >> 1) + 63) & ~63;
  let s: f64 = 1, c: f64 = 1, s2: f64 = 1, p: f64 = 0;
  // A rotation that waits for its pair, and a pair that waits for its second half.
  let cs: f64 = 0, ss: f64 = 0, first = false;
  let ca: f64 = 0, sa: f64 = 0, cb: f64 = 0, sb: f64 = 0;
  let rows: usize = 0;
  let i = m - 1;
  for (; i >= l; i--) {
    const ei = load<f64>(at(e, i));
    const f = s * ei, b = c * ei, square = s2 * (ei * ei);
    const h = square + g * g;
    store<f64>(at(e, i + 1), sqrt(h));
    if (h == 0) break;
    const quotient = 1 / h, inverse = sqrt(h) * quotient;
    const di = load<f64>(at(d, i + 1)) - p;
    const w = (load<f64>(at(d, i)) - di) * f + 2 * g * b;
    s = f * inverse;
    c = g * inverse;
    s2 = square * quotient;
    p = f * w * quotient;
    store<f64>(at(d, i + 1), di + p);
    g = g * w * quotient - b;
    if (!first) {
      if (rows) pair(rows, bytes, 0, half, ca, sa, cb, sb);
      cs = c;
      ss = s;
    } else {
      if (rows) pair(rows, bytes, half, bytes, ca, sa, cb, sb);
      ca = cs;
      sa = ss;
      cb = c;
      sb = s;
      rows = Z + <usize>i * bytes;
    }
    first = !first;
  }
  if (i >= l) {
    store<f64>(at(d, i + 1), load<f64>(at(d, i + 1)) - p);
    store<f64>(at(e, m), 0);
  } else {
    store<f64>(at(d, l), load<f64>(at(d, l)) - p);
    store<f64>(at(e, l), g);
    store<f64>(at(e, m), 0);
  }
  // The first half of the pair is done where a rotation waits.
  if (rows) pair(rows, bytes, first ? half : 0, bytes, ca, sa, cb, sb);
  if (first) single(Z + <usize>(i + 1) * bytes, bytes, cs, ss);
}

/** Rotation a of rows x + 1 and x + 2, then b of rows x and x + 1, from byte `from` to `to`: (u, v) = (c u - s v, s u + c v). */
function pair(x: usize, bytes: usize, from: usize, to: usize, ca: f64, sa: f64, cb: f64, sb: f64): void {
  const c1 = f64x2.splat(ca), s1 = f64x2.splat(sa), c0 = f64x2.splat(cb), s0 = f64x2.splat(sb);
  let y = x + bytes + from, z = x + 2 * bytes + from;
  const end = x + to;
  for (x += from; x < end; x += 64, y += 64, z += 64) {
    twice(x, y, z, c1, s1, c0, s0, 0);
    twice(x, y, z, c1, s1, c0, s0, 16);
    twice(x, y, z, c1, s1, c0, s0, 32);
    twice(x, y, z, c1, s1, c0, s0, 48);
  }
}

// @ts-ignore: decorator
@inline
function twice(x: usize, y: usize, z: usize, c1: v128, s1: v128, c0: v128, s0: v128, at: usize): void {
  const a = v128.load(y + at), b = v128.load(z + at), u = v128.load(x + at);
  v128.store(z + at, f64x2.add(f64x2.mul(s1, a), f64x2.mul(c1, b)));
  const g = f64x2.sub(f64x2.mul(c1, a), f64x2.mul(s1, b));
  v128.store(y + at, f64x2.add(f64x2.mul(s0, u), f64x2.mul(c0, g)));
  v128.store(x + at, f64x2.sub(f64x2.mul(c0, u), f64x2.mul(s0, g)));
}

/** One rotation of rows x and x + 1. */
function single(x: usize, bytes: usize, ca: f64, sa: f64): void {
  const c = f64x2.splat(ca), s = f64x2.splat(sa);
  const end = x + bytes;
  for (let y = end; x < end; x += 16, y += 16) {
    const a = v128.load(x), b = v128.load(y);
    v128.store(x, f64x2.sub(f64x2.mul(c, a), f64x2.mul(s, b)));
    v128.store(y, f64x2.add(f64x2.mul(s, a), f64x2.mul(c, b)));
  }
}
