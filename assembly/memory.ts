// Reading and writing memory by index: words of a frame (addresses and sizes), integers, doubles, elements of either precision.

/** Spacing of the doubles at 1. */
export const EPS: f64 = 2.220446049250313e-16;

/** A word of a frame: an address. */
// @ts-ignore: decorator
@inline
export function word(frame: usize, i: i32): usize {
  return <usize>load<u32>(frame + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function getInteger(x: usize, i: i32): i32 {
  return load<i32>(x + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function setInteger(x: usize, i: i32, v: i32): void {
  store<i32>(x + (<usize>i << 2), v);
}

// @ts-ignore: decorator
@inline
export function getDouble(x: usize, i: i32): f64 {
  return load<f64>(x + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
export function setDouble(x: usize, i: i32, v: f64): void {
  store<f64>(x + (<usize>i << 3), v);
}

/** Address of double i. */
// @ts-ignore: decorator
@inline
export function double(x: usize, i: i32): usize {
  return x + (<usize>i << 3);
}

/** Address of element i. */
// @ts-ignore: decorator
@inline
export function item<T>(x: usize, i: i32): usize {
  return x + <usize>i * sizeof<T>();
}

/** Address of column j of doubles. */
// @ts-ignore: decorator
@inline
export function column(A: usize, ld: i32, j: i32): usize {
  return A + (<usize>(j * ld) << 3);
}
