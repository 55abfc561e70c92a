// Random numbers by the block: the normal and uniform numbers of src/random, the same bits for the same key, stream and position.

import { normalPair, twoBlocks } from "../sampling/random";

// @ts-ignore: decorator
@inline
function both(low: u32, high: u32): v128 {
  return i64x2.splat((<i64>high << 32) | <i64>low);
}

/**
 * out[0 .. n-1] = the standard normal numbers that `Random.normal` gives from word `position`, a multiple of 4, on. Key and
 * stream in two words each. out has room for n rounded up to a multiple of 4.
 */
export function normals(n: i32, key0: u32, key1: u32, stream0: u32, stream1: u32, position: f64, out: usize): void {
  const key = both(key0, key1), stream = both(stream0, stream1);
  const end = out + (<usize>n << 3);
  // All words first, two of them in the place of each number: a block of words is one long chain, as is a number, and short turns overlap.
  let block = <u64>position >> 2;
  for (let at = out; at < end; at += 32, block += 2) twoBlocks(key, stream, block, at, at + 16);
  for (; out < end; out += 16) v128.store(out, normalPair(out));
}

/** As normals, for uniform numbers on [0, 1), the ones of `Random.uniform`. */
export function uniforms(n: i32, key0: u32, key1: u32, stream0: u32, stream1: u32, position: f64, out: usize): void {
  const key = both(key0, key1), stream = both(stream0, stream1);
  const end = out + (<usize>n << 3);
  for (let block = <u64>position >> 2; out < end; out += 32, block += 2) {
    twoBlocks(key, stream, block, out, out + 16);
    for (let k = 0; k < 32; k += 8) {
      const high = load<u32>(out + k) >> 5, low = load<u32>(out + k, 4) >> 6;
      store<f64>(out + k, (<f64>high * 67108864 + <f64>low) / 9007199254740992.0);
    }
  }
}
