// The frame is a table of addresses, one per vector of a solve, so that a kernel takes one pointer instead of
// twenty. The slots are named in src/least-squares/state.ts, which both sides compile.

/** Address of the vector in this slot. */
// @ts-ignore: decorator
@inline
export function slot(frame: usize, index: i32): usize {
  return <usize>load<u32>(frame + (<usize>index << 2));
}

/** Element i of a vector of doubles. */
// @ts-ignore: decorator
@inline
export function get(x: usize, i: i32): f64 {
  return load<f64>(x + (<usize>i << 3));
}

// @ts-ignore: decorator
@inline
export function set(x: usize, i: i32, value: f64): void {
  store<f64>(x + (<usize>i << 3), value);
}

/** Element i of a vector of integers. */
// @ts-ignore: decorator
@inline
export function index(x: usize, i: i32): i32 {
  return load<i32>(x + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
export function setIndex(x: usize, i: i32, value: i32): void {
  store<i32>(x + (<usize>i << 2), value);
}
