// Room `unpack`: what the other rooms were packed with, much as LZMA does it (I. Pavlov's LZMA SDK, in the public domain):
// matches and adaptive bits under a range coder, here without header and end mark, with 3 bits of literal context and none
// of position. scripts/pack.mjs writes it. Deflate takes a sixth more bytes, and its decoder is larger than this one.

/** Places of the adaptive probabilities (u16); the first six hold one for each of the 12 states. */
const MATCH: i32 = 0;
const REP: i32 = 12;
const REP0: i32 = 24;
const REP1: i32 = 36;
const REP2: i32 = 48;
const LONG: i32 = 60;
const LENGTH: i32 = 72; // of matches: two choices, each followed by a tree of 3 bits, and a tree of 8
const REP_LENGTH: i32 = 344;
const SLOT: i32 = 616; // four trees of 6 bits
const NEAR: i32 = 872; // reverse trees of the slots 4 to 13
const ALIGN: i32 = 987; // a reverse tree of 4 bits
const MIDDLE: i32 = 1003; // bits of a far distance between its slot and its last four
const LITERAL: i32 = 1019; // eight contexts, each a tree of 8 bits and two more for the bytes after a match
const PROBABILITIES: i32 = 7163;

/** In the workspace of 21,504 bytes: range, code, address of the next byte, the probabilities, how often each was used. */
const RANGE: usize = 0;
const CODE: usize = 4;
const NEXT: usize = 8;
const FIRST: usize = 12;
const SEEN: usize = 14338;

function bit(work: usize, at: i32): i32 {
  let range = load<u32>(work, RANGE), code = load<u32>(work, CODE);
  const place = work + (<usize>at << 1), count = work + <usize>at;
  const chance = <i32>load<u16>(place, FIRST), seen = <i32>load<u8>(count, SEEN);
  const bound = (range >>> 11) * <u32>chance;
  const b = code < bound ? 0 : 1;
  if (b) {
    range -= bound;
    code -= bound;
  } else range = bound;
  // A probability moves fast at first: the modules are short.
  store<u16>(place, chance + ((b ? 0 : 2048) - chance) / (seen + 4), FIRST);
  store<u8>(count, min<i32>(seen + 1, 16), SEEN);
  if (range < 0x1000000) {
    const next = load<u32>(work, NEXT);
    range <<= 8;
    code = (code << 8) | load<u8>(<usize>next);
    store<u32>(work, next + 1, NEXT);
  }
  store<u32>(work, range, RANGE);
  store<u32>(work, code, CODE);
  return b;
}

/** Walks down a tree from node m, `bits` levels. */
function tree(work: usize, at: i32, m: i32, bits: i32): i32 {
  for (; bits > 0; bits--) m = 2 * m + bit(work, at + m);
  return m;
}

function reverse(work: usize, at: i32, bits: i32): i32 {
  let value = 0;
  for (let i = 0, m = 1; i < bits; i++) {
    const b = bit(work, at + m);
    m = 2 * m + b;
    value |= b << i;
  }
  return value;
}

function length(work: usize, at: i32): i32 {
  if (!bit(work, at)) return tree(work, at, 1, 3) - 6;
  return bit(work, at + 8) ? tree(work, at + 16, 1, 8) - 238 : tree(work, at + 8, 1, 3) + 2;
}

function distance(work: usize, count: i32): i32 {
  const slot = tree(work, SLOT + 64 * min<i32>(count - 2, 3), 1, 6) - 64;
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const base = (2 + (slot & 1)) << bits;
  if (slot < 14) return base + reverse(work, NEAR + base - slot, bits);
  let value = 0;
  for (let i = 4; i < bits; i++) value = 2 * value + bit(work, MIDDLE + i);
  return base + 16 * value + reverse(work, ALIGN, 4);
}

/** One byte; `before` is the one that would have made the last match longer, or -1. */
function literal(work: usize, tall: i32, before: i32): i32 {
  let m = 1;
  while (m < 256) {
    const expected = (before >> 7) & 1;
    const b = bit(work, tall + m + (before < 0 ? 0 : 256 << expected));
    m = 2 * m + b;
    // Until they differ, that byte is the context.
    before = before < 0 || b != expected ? -1 : (before & 127) << 1;
  }
  return m;
}

/** Writes the first `size` bytes of what was packed to `out`. They may repeat bytes that stand there before; one must. */
export function unpack(packed: usize, size: i32, out: usize, work: usize): void {
  store<u32>(work, -1, RANGE);
  store<u32>(work, bswap<u32>(load<u32>(packed)), CODE);
  store<u32>(work, <u32>packed + 4, NEXT);
  memory.fill(work + SEEN, 0, PROBABILITIES);
  for (let i = 0; i < PROBABILITIES; i++) store<u16>(work + (<usize>i << 1), 1024, FIRST);
  let state = 0;
  // Distances of the last four matches.
  let a: usize = 1, b: usize = 1, c: usize = 1, d: usize = 1;
  let last = <i32>load<u8>(out - 1);
  for (const end = out + <usize>size; out < end; ) {
    if (!bit(work, MATCH + state)) {
      last = literal(work, LITERAL + 768 * (last >> 5), state < 7 ? -1 : <i32>load<u8>(out - a)) & 255;
      store<u8>(out++, last);
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count = 1;
    if (!bit(work, REP + state)) {
      count = length(work, LENGTH);
      d = c;
      c = b;
      b = a;
      a = <usize>distance(work, count) + 1;
      state = state < 7 ? 7 : 10;
    } else {
      const other = bit(work, REP0 + state);
      if (other || bit(work, LONG + state)) {
        if (other) {
          let back = b;
          if (bit(work, REP1 + state)) {
            back = c;
            if (bit(work, REP2 + state)) {
              back = d;
              d = c;
            }
            c = b;
          }
          b = a;
          a = back;
        }
        count = length(work, REP_LENGTH);
        state = state < 7 ? 8 : 11;
      } else state = state < 7 ? 9 : 11;
    }
    for (; count > 0 && out < end; count--, out++) {
      last = load<u8>(out - a);
      store<u8>(out, last);
    }
  }
}
