// Random numbers by the block: the normal and uniform numbers of src/random, the same bits for the same key, stream and position. All words
// come first, then all numbers: each is one long chain, and those of neighbours overlap.

import { normalPair, twoBlocks } from "../sampling/random";

// @ts-ignore: decorator
@inline
function both(low: u32, high: u32): v128 {
  return i64x2.splat((<i64>high << 32) | <i64>low);
}

/**
 * out[0 .. n-1] = the standard normal numbers that `Random.normal` gives from word `position`, a multiple of 4, on. Key and
 * stream in two words each. out has room for n rounded up to 2, words for n + 8 numbers.
 */
export function normals(
  n: i32, key0: u32, key1: u32, stream0: u32, stream1: u32, position: f64, out: usize, words: usize,
): void {
  blocks(both(key0, key1), both(stream0, stream1), <u64>position >> 2, (n + 1) >> 1, words);
  convert(n, words, out);
}

/** The same from a generator, wherever it is, which goes on behind them. */
export function drawNormals(n: i32, random: usize, words: usize, out: usize): void {
  const position = load<u64>(random), end = position + 2 * <u64>n;
  const first = position >> 2, count = <i32>(((end + 3) >> 2) - first);
  blocks(v128.load64_splat(random, 24), v128.load64_splat(random, 32), first, count, words);
  store<u64>(random, end);
  if (end & 3) v128.store(random, v128.load(words + (<usize>(count - 1) << 4)), 8);
  convert(n, words + ((<usize>position & 3) << 2), out);
}

/** Blocks first .. first + count - 1 of a stream; room for a count that is a multiple of 4. */
function blocks(given: v128, stream: v128, first: u64, count: i32, out: usize): void {
  for (const end = out + (<usize>count << 4); out < end; out += 64, first += 4) fourBlocks(given, stream, first, out);
}

/** As twoBlocks of assembly/sampling/random.ts, twice: a round waits for the one before it, the other two blocks do not. */
function fourBlocks(given: v128, stream: v128, counter: u64, out: usize): void {
  const multipliers = i32x4(0xd2511f53, 0xd2511f53, 0xcd9e8d57, 0xcd9e8d57);
  const raise = i32x4(0x9e3779b9, 0x9e3779b9, 0xbb67ae85, 0xbb67ae85);
  let key = v128.shuffle<i32>(given, given, 0, 0, 1, 1);
  const s0 = v128.shuffle<i32>(stream, stream, 0, 0, 0, 0), s1 = v128.shuffle<i32>(stream, stream, 1, 1, 1, 1);
  let even = counted(s0, <i32>counter, <i32>(counter + 1));
  let odd = counted(s1, <i32>(counter >> 32), <i32>((counter + 1) >> 32));
  let even2 = counted(s0, <i32>(counter + 2), <i32>(counter + 3));
  let odd2 = counted(s1, <i32>((counter + 2) >> 32), <i32>((counter + 3) >> 32));
  for (let round = 0; round < 10; round++) {
    const a = i64x2.extmul_low_i32x4_u(even, multipliers), b = i64x2.extmul_high_i32x4_u(even, multipliers);
    const c = i64x2.extmul_low_i32x4_u(even2, multipliers), d = i64x2.extmul_high_i32x4_u(even2, multipliers);
    even = v128.xor(v128.xor(v128.shuffle<i32>(b, a, 1, 3, 5, 7), odd), key);
    odd = v128.shuffle<i32>(b, a, 0, 2, 4, 6);
    even2 = v128.xor(v128.xor(v128.shuffle<i32>(d, c, 1, 3, 5, 7), odd2), key);
    odd2 = v128.shuffle<i32>(d, c, 0, 2, 4, 6);
    key = i32x4.add(key, raise);
  }
  v128.store(out, v128.shuffle<i32>(even, odd, 0, 4, 2, 6));
  v128.store(out, v128.shuffle<i32>(even, odd, 1, 5, 3, 7), 16);
  v128.store(out, v128.shuffle<i32>(even2, odd2, 0, 4, 2, 6), 32);
  v128.store(out, v128.shuffle<i32>(even2, odd2, 1, 5, 3, 7), 48);
}

// @ts-ignore: decorator
@inline
function counted(words: v128, first: i32, second: i32): v128 {
  return i32x4.replace_lane(i32x4.replace_lane(words, 0, first), 1, second);
}

/** Normal numbers from two words each; room for an even count. */
function convert(n: i32, words: usize, out: usize): void {
  for (const end = out + (<usize>n << 3); out < end; out += 16, words += 16) v128.store(out, normalPair(words));
}

/** As normals, for uniform numbers on [0, 1), the ones of `Random.uniform`; room for n rounded up to a multiple of 4. */
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
