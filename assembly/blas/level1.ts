// Level 1 BLAS over contiguous vectors of any length and any element alignment: exact kernels, nothing past n
// is touched. Every sum runs in one fixed order: four registers side by side, joined (0 + 1) + (2 + 3), then
// lanes, then the tail. Scalars are never special-cased (a = 0 still reads x, so NaN and Infinity come
// through); n <= 0 does nothing. A `do ... while` around a main loop turns once: V8 unrolls a loop the more, the
// deeper it is nested (dot 1.05, axpy 1.15 times faster in L1).

import { madd, maxLanes, sumLanes, zero } from "../simd";

/** Bytes taken in one turn of the main loops: four registers. */
// @ts-ignore: decorator
@inline
const BLOCK: usize = 64;

/** End of the last whole group of `group` bytes. */
// @ts-ignore: decorator
@inline
function whole(start: usize, end: usize, group: usize): usize {
  return start + ((end - start) & ~(group - 1));
}

// @ts-ignore: decorator
@inline
function endOf<T>(n: i32, x: usize): usize {
  return x + (<usize>max(n, 0)) * sizeof<T>();
}

/** x'y. */
export function dot<T>(n: i32, x: usize, y: usize): T {
  const end = endOf<T>(n, x);
  let stop = whole(x, end, BLOCK);
  let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
  do {
    for (; x < stop; x += BLOCK, y += BLOCK) {
      s0 = madd<T>(v128.load(x), v128.load(y), s0);
      s1 = madd<T>(v128.load(x, 16), v128.load(y, 16), s1);
      s2 = madd<T>(v128.load(x, 32), v128.load(y, 32), s2);
      s3 = madd<T>(v128.load(x, 48), v128.load(y, 48), s3);
    }
  } while (x < stop);
  for (stop = whole(x, end, 16); x < stop; x += 16, y += 16) s0 = madd<T>(v128.load(x), v128.load(y), s0);
  let s = sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)));
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) s = <T>(s + <T>(load<T>(x) * load<T>(y)));
  return s;
}

/** Sum of x. */
export function sum<T>(n: i32, x: usize): T {
  const end = endOf<T>(n, x);
  let stop = whole(x, end, BLOCK);
  let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
  for (; x < stop; x += BLOCK) {
    s0 = v128.add<T>(s0, v128.load(x));
    s1 = v128.add<T>(s1, v128.load(x, 16));
    s2 = v128.add<T>(s2, v128.load(x, 32));
    s3 = v128.add<T>(s3, v128.load(x, 48));
  }
  for (stop = whole(x, end, 16); x < stop; x += 16) s0 = v128.add<T>(s0, v128.load(x));
  let s = sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)));
  for (; x < end; x += sizeof<T>()) s = <T>(s + load<T>(x));
  return s;
}

/** Sum of |x|. */
export function asum<T>(n: i32, x: usize): T {
  const end = endOf<T>(n, x);
  let stop = whole(x, end, BLOCK);
  let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero();
  for (; x < stop; x += BLOCK) {
    s0 = v128.add<T>(s0, v128.abs<T>(v128.load(x)));
    s1 = v128.add<T>(s1, v128.abs<T>(v128.load(x, 16)));
    s2 = v128.add<T>(s2, v128.abs<T>(v128.load(x, 32)));
    s3 = v128.add<T>(s3, v128.abs<T>(v128.load(x, 48)));
  }
  for (stop = whole(x, end, 16); x < stop; x += 16) s0 = v128.add<T>(s0, v128.abs<T>(v128.load(x)));
  let s = sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)));
  for (; x < end; x += sizeof<T>()) s = <T>(s + abs<T>(load<T>(x)));
  return s;
}

/**
 * max |x|: NaN if any element is NaN, 0 when n = 0. The IEEE maximum costs several instructions, so the bare
 * one (which forgets NaN) runs beside a flag for NaN.
 */
export function amax<T>(n: i32, x: usize): T {
  const end = endOf<T>(n, x);
  let stop = whole(x, end, BLOCK);
  let s0 = zero(), s1 = zero(), s2 = zero(), s3 = zero(), nan = zero();
  for (; x < stop; x += BLOCK) {
    const v0 = v128.abs<T>(v128.load(x)), v1 = v128.abs<T>(v128.load(x, 16));
    const v2 = v128.abs<T>(v128.load(x, 32)), v3 = v128.abs<T>(v128.load(x, 48));
    s0 = v128.pmax<T>(s0, v0);
    s1 = v128.pmax<T>(s1, v1);
    s2 = v128.pmax<T>(s2, v2);
    s3 = v128.pmax<T>(s3, v3);
    nan = v128.or(v128.or(nan, v128.ne<T>(v0, v0)), v128.ne<T>(v1, v1));
    nan = v128.or(v128.or(nan, v128.ne<T>(v2, v2)), v128.ne<T>(v3, v3));
  }
  for (stop = whole(x, end, 16); x < stop; x += 16) {
    const v = v128.abs<T>(v128.load(x));
    s0 = v128.pmax<T>(s0, v);
    nan = v128.or(nan, v128.ne<T>(v, v));
  }
  if (v128.any_true(nan)) return <T>NaN;
  let s = maxLanes<T>(v128.pmax<T>(v128.pmax<T>(s0, s1), v128.pmax<T>(s2, s3)));
  for (; x < end; x += sizeof<T>()) s = max<T>(s, abs<T>(load<T>(x)));
  return s;
}

/** Index of the first NaN, or else of the first element with the largest |x|; -1 when n = 0. */
export function iamax<T>(n: i32, x: usize): i32 {
  if (n <= 0) return -1;
  const largest = amax<T>(n, x);
  const isNaN = largest != largest;
  const start = x;
  const end = endOf<T>(n, x);
  // Skip whole blocks without a hit (nothing compares equal to NaN, and only NaN differs from itself), then
  // look closely.
  const m = v128.splat<T>(largest);
  const stop = whole(x, end, BLOCK);
  if (isNaN) {
    for (; x < stop; x += BLOCK) {
      const v0 = v128.load(x), v1 = v128.load(x, 16), v2 = v128.load(x, 32), v3 = v128.load(x, 48);
      const hit = v128.or(v128.ne<T>(v0, v0), v128.ne<T>(v1, v1));
      if (v128.any_true(v128.or(hit, v128.or(v128.ne<T>(v2, v2), v128.ne<T>(v3, v3))))) break;
    }
  } else {
    for (; x < stop; x += BLOCK) {
      const v0 = v128.abs<T>(v128.load(x)), v1 = v128.abs<T>(v128.load(x, 16));
      const v2 = v128.abs<T>(v128.load(x, 32)), v3 = v128.abs<T>(v128.load(x, 48));
      const hit = v128.or(v128.eq<T>(v0, m), v128.eq<T>(v1, m));
      if (v128.any_true(v128.or(hit, v128.or(v128.eq<T>(v2, m), v128.eq<T>(v3, m))))) break;
    }
  }
  for (; x < end; x += sizeof<T>()) {
    const v = abs<T>(load<T>(x));
    if (isNaN ? v != v : v == largest) break;
  }
  return <i32>((x - start) / sizeof<T>());
}

/** y += a x. */
export function axpy<T>(n: i32, a: T, x: usize, y: usize): void {
  const end = endOf<T>(n, x);
  const va = v128.splat<T>(a);
  let stop = whole(x, end, BLOCK);
  do {
    do {
      for (; x < stop; x += BLOCK, y += BLOCK) {
        v128.store(y, madd<T>(va, v128.load(x), v128.load(y)));
        v128.store(y, madd<T>(va, v128.load(x, 16), v128.load(y, 16)), 16);
        v128.store(y, madd<T>(va, v128.load(x, 32), v128.load(y, 32)), 32);
        v128.store(y, madd<T>(va, v128.load(x, 48), v128.load(y, 48)), 48);
      }
    } while (x < stop);
  } while (x < stop);
  for (stop = whole(x, end, 16); x < stop; x += 16, y += 16) {
    v128.store(y, madd<T>(va, v128.load(x), v128.load(y)));
  }
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) store<T>(y, <T>(load<T>(y) + <T>(a * load<T>(x))));
}

/** y = a x + b y; b = 0 writes y without reading it. */
export function axpby<T>(n: i32, a: T, x: usize, b: T, y: usize): void {
  const end = endOf<T>(n, x);
  const va = v128.splat<T>(a);
  const stop = whole(x, end, 16);
  if (b == 0) {
    for (; x < stop; x += 16, y += 16) v128.store(y, v128.mul<T>(va, v128.load(x)));
    for (; x < end; x += sizeof<T>(), y += sizeof<T>()) store<T>(y, <T>(a * load<T>(x)));
    return;
  }
  const vb = v128.splat<T>(b);
  for (const unrolled = whole(x, end, BLOCK); x < unrolled; x += BLOCK, y += BLOCK) {
    v128.store(y, madd<T>(va, v128.load(x), v128.mul<T>(vb, v128.load(y))));
    v128.store(y, madd<T>(va, v128.load(x, 16), v128.mul<T>(vb, v128.load(y, 16))), 16);
    v128.store(y, madd<T>(va, v128.load(x, 32), v128.mul<T>(vb, v128.load(y, 32))), 32);
    v128.store(y, madd<T>(va, v128.load(x, 48), v128.mul<T>(vb, v128.load(y, 48))), 48);
  }
  for (; x < stop; x += 16, y += 16) v128.store(y, madd<T>(va, v128.load(x), v128.mul<T>(vb, v128.load(y))));
  for (; x < end; x += sizeof<T>(), y += sizeof<T>()) {
    store<T>(y, <T>(<T>(b * load<T>(y)) + <T>(a * load<T>(x))));
  }
}

/** x *= a. */
export function scal<T>(n: i32, a: T, x: usize): void {
  const end = endOf<T>(n, x);
  const va = v128.splat<T>(a);
  let stop = whole(x, end, BLOCK);
  for (; x < stop; x += BLOCK) {
    v128.store(x, v128.mul<T>(va, v128.load(x)));
    v128.store(x, v128.mul<T>(va, v128.load(x, 16)), 16);
    v128.store(x, v128.mul<T>(va, v128.load(x, 32)), 32);
    v128.store(x, v128.mul<T>(va, v128.load(x, 48)), 48);
  }
  for (stop = whole(x, end, 16); x < stop; x += 16) v128.store(x, v128.mul<T>(va, v128.load(x)));
  for (; x < end; x += sizeof<T>()) store<T>(x, <T>(a * load<T>(x)));
}

/** y = x; the two may overlap. */
export function copy<T>(n: i32, x: usize, y: usize): void {
  memory.copy(y, x, (<usize>max(n, 0)) * sizeof<T>());
}

/** x = a. */
export function fill<T>(n: i32, a: T, x: usize): void {
  const end = endOf<T>(n, x);
  const va = v128.splat<T>(a);
  let stop = whole(x, end, BLOCK);
  for (; x < stop; x += BLOCK) {
    v128.store(x, va);
    v128.store(x, va, 16);
    v128.store(x, va, 32);
    v128.store(x, va, 48);
  }
  for (stop = whole(x, end, 16); x < stop; x += 16) v128.store(x, va);
  for (; x < end; x += sizeof<T>()) store<T>(x, a);
}

/**
 * Euclidean norm without spurious overflow or underflow. The plain sum of squares stands when it is finite
 * and so large that squares lost to underflow cannot matter: each is below 2^-1022 (2^-126), there are fewer
 * than 2^31 of them, and 2^-900 (2^-70) is still 2^53 (2^24) times more. Otherwise a second pass scales by a
 * power of two, which is exact. NaN wherever there is a NaN, else Infinity wherever there is one.
 */
export function nrm2<T>(n: i32, x: usize): T {
  const s = dot<T>(n, x, x);
  if (sizeof<T>() == 8) {
    if (s >= <T>8.52e-272 && s < <T>Infinity) return sqrt<T>(s); // 2^-900 = 1.18e-271, rounded down
  } else {
    if (s >= <T>8.48e-22 && s < <T>Infinity) return sqrt<T>(s); // 2^-70 = 8.47e-22
  }
  return nrm2Scaled<T>(n, x);
}

function nrm2Scaled<T>(n: i32, x: usize): T {
  const largest = amax<T>(n, x);
  if (!(largest > <T>0 && largest < <T>Infinity)) return largest;
  // up = 2^-e, down = 2^e where largest is about 2^e, both kept normal.
  let up: T, down: T;
  if (sizeof<T>() == 8) {
    const e = min<i64>(max<i64>(<i64>(reinterpret<u64>(<f64>largest) >> 52), 1), 2045);
    up = <T>reinterpret<f64>(<u64>(2046 - e) << 52);
    down = <T>reinterpret<f64>(<u64>e << 52);
  } else {
    const e = min<i32>(max<i32>(<i32>(reinterpret<u32>(<f32>largest) >> 23), 1), 253);
    up = <T>reinterpret<f32>(<u32>(254 - e) << 23);
    down = <T>reinterpret<f32>(<u32>e << 23);
  }
  const end = endOf<T>(n, x);
  const scale = v128.splat<T>(up);
  let acc = zero();
  for (const stop = whole(x, end, 16); x < stop; x += 16) {
    const v = v128.mul<T>(scale, v128.load(x));
    acc = madd<T>(v, v, acc);
  }
  let s = sumLanes<T>(acc);
  for (; x < end; x += sizeof<T>()) {
    const v = <T>(up * load<T>(x));
    s = <T>(s + <T>(v * v));
  }
  return <T>(down * sqrt<T>(s));
}
