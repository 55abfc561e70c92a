// A stream of random words and where it stands: src/random/philox.ts, word for word. Words are made many at a time, before they are
// wanted, so that nothing waits for them.

import { BUFFER_WORDS, RANDOM_BUFFER, RANDOM_KEY } from "../../src/abi/sampling";
import { normalPair, normalTail, share, twoBlocks } from "./random";

/** Byte of the buffer's first position. */
const FROM: usize = 8;
const KEY: usize = 4 * RANDOM_KEY;
const BUFFER: usize = 4 * RANDOM_BUFFER;

/** `count` blocks from number `first` on. `out` has room for an even count. */
function blocks(random: usize, first: u64, count: i32, out: usize): void {
  const key = v128.load64_splat(random + KEY), stream = v128.load64_splat(random + KEY + 8);
  for (let k = 0; k < count; k += 2, out += 32) twoBlocks(key, stream, first + <u64>k, out, out + 16);
}

/** The buffer begins with the block of the position. */
function fill(random: usize): void {
  const first = load<u64>(random) >> 2;
  blocks(random, first, BUFFER_WORDS >> 2, random + BUFFER);
  store<u64>(random + FROM, first << 2);
}

/** Enters the stream at `position` words. */
export function enter(random: usize, position: f64): void {
  store<u64>(random, <u64>position);
  // No position lies behind it.
  store<u64>(random + FROM, <u64>position - <u64>BUFFER_WORDS);
}

/** 32 random bits. */
export function word(random: usize): u32 {
  const position = load<u64>(random);
  if (position - load<u64>(random + FROM) >= <u64>BUFFER_WORDS) fill(random);
  store<u64>(random, position + 1);
  return load<u32>(random + BUFFER + (<usize>(position - load<u64>(random + FROM)) << 2));
}

/** Uniform on [0, 1). */
export function uniform(random: usize): f64 {
  const high = word(random) >> 5;
  return (<f64>high * 67108864 + <f64>(word(random) >> 6)) / 9007199254740992;
}

/** out (n) = standard normal numbers, from word `position` of a stream on. */
export function normals(n: i32, random: usize, position: f64, words: usize, out: usize): void {
  enter(random, position);
  fillNormals(n, random, words, out);
}

/** out (n) = the next standard normal numbers; `words` has room for 2n + 12 words. */
export function fillNormals(n: i32, random: usize, words: usize, out: usize): void {
  const position = load<u64>(random);
  const end = position + 2 * <u64>n;
  store<u64>(random, end);
  let at = random + BUFFER;
  if (2 * n + 4 > BUFFER_WORDS) {
    const first = position >> 2;
    blocks(random, first, <i32>(((end + 3) >> 2) - first), words);
    at = words + ((<usize>position & 3) << 2);
  } else {
    if (end - load<u64>(random + FROM) > <u64>BUFFER_WORDS) {
      store<u64>(random, position);
      fill(random);
      store<u64>(random, end);
    }
    at += <usize>(position - load<u64>(random + FROM)) << 2;
  }
  const last = out + (<usize>n << 3);
  for (; out + 8 < last; out += 16, at += 16) v128.store(out, normalPair(at));
  if (out < last) {
    const z = normalTail(share(at));
    store<f64>(out, load<u32>(at) & 1 ? z : -z);
  }
}
