// Draws one by one from a stream of src/random, for moves whose next draw depends on the last one. A generator is 64 bytes: position (64
// bits), the four words of its block, key and stream (two words each), the next block and its number (64 bits).

import { normalTail, twoBlocks } from "../sampling/random";

/** Enters the stream at `position` words. */
export function enter(random: usize, position: f64): void {
  store<u64>(random, <u64>position);
  store<u64>(random, u64.MAX_VALUE, 56);
  if (load<u32>(random) & 3) refill(random);
}

/** Replaces the block by the words of number `position / 4`; the one after it is made at the same time, and kept. */
function refill(random: usize): void {
  const counter = load<u64>(random) >> 2;
  if (load<u64>(random, 56) == counter) {
    v128.store(random, v128.load(random, 40), 8);
    return;
  }
  twoBlocks(v128.load64_splat(random, 24), v128.load64_splat(random, 32), counter, random + 8, random + 40);
  store<u64>(random, counter + 1, 56);
}

/** 32 random bits. */
function draw(random: usize): u32 {
  const position = load<u64>(random);
  const at = <u32>position & 3;
  if (at == 0) refill(random);
  store<u64>(random, position + 1);
  return load<u32>(random + (<usize>at << 2), 8);
}

/** Uniform on [0, 1). */
export function uniform(random: usize): f64 {
  const high = draw(random) >> 5;
  return (<f64>high * 67108864 + <f64>(draw(random) >> 6)) / 9007199254740992;
}

/** Standard normal. */
export function normal(random: usize): f64 {
  const high = draw(random);
  const z = normalTail((<f64>(high >> 6) * 67108864 + <f64>(draw(random) >> 6) + 0.5) / 9007199254740992);
  return high & 1 ? z : -z;
}

/** An integer from 0 to n - 1 (Lemire 2019, algorithm 5). */
export function below(random: usize, n: u32): u32 {
  let m = <u64>draw(random) * <u64>n;
  if ((<u32>m) < n) {
    const least: u32 = (<u32>0 - n) % n;
    while ((<u32>m) < least) m = <u64>draw(random) * <u64>n;
  }
  return <u32>(m >> 32);
}
