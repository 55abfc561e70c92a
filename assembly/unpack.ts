// Room `unpack`: packs the other rooms and unpacks them. Each bit is predicted in six contexts by how often it was 0 and 1 there,
// weights that learn mix the predictions (as M. Mahoney's PAQ does), and an arithmetic coder takes the chance that comes of it. Five
// contexts are of the instruction being read and of those before it: so a module takes a sixth fewer bytes than by LZMA. Other
// bytes come back as well.

const CONTEXTS: usize = 6;

/** In the workspace of 1,114,112 bytes, all 0 at first: */
const LOGS: usize = 0; // f32, what a count of 0 to 255 adds to the logarithm of the odds
const INPUTS: usize = 1024; // of each context: f32 log odds,
const VALUES: usize = 1136; // u64, what it is,
const PLACE: usize = 1056; // the address of its two counts,
const LINE: usize = 1088; // and of those of half a byte, which lie side by side
const LOW: usize = 1120; // range of the coder,
const HIGH: usize = 1124;
const CODE: usize = 1128; // four bytes of what is packed,
const NEXT: usize = 1132; // and the address behind them
const WEIGHTS: usize = 2048; // f32, eight for each opcode whose operands are read
const COUNTS: usize = 65536; // pairs of u8, zeros and ones
const BITS: u64 = 19; // of the number of pairs

/** How many operands follow an opcode: numbers in LEB128, of a constant its bytes. */
function operands(op: u32): u32 {
  if (op === 0x44) return 8;
  if (op >= 0x28 && op < 0x40) return 2;
  const one = (op >= 2 && op < 5) || op === 12 || op === 13 || op === 16 || (op >= 0x20 && op < 0x25);
  return one || op === 0x41 || op === 0x42 || op === 0xfd ? 1 : 0;
}

/** The same after the first byte of a vector's opcode. */
function vectorOperands(op: u32): u32 {
  if (op < 12) return 2;
  if (op < 14) return 16;
  return op >= 128 || (op > 20 && op < 35) ? 1 : 0;
}

/** The chance of a 1, of 65,536. */
function predict(work: usize, weights: usize, node: u32): u32 {
  let sum: f32 = 0;
  for (let i: usize = 0; i < 4 * CONTEXTS; i += 4) {
    const place = load<usize>(work + i, LINE) ^ (node << 1);
    store<usize>(work + i, place, PLACE);
    const ones = <usize>load<u8>(place, COUNTS + 1), zeros = <usize>load<u8>(place, COUNTS);
    const input = load<f32>(work + 4 * ones, LOGS) - load<f32>(work + 4 * zeros, LOGS);
    store<f32>(work + i, input, INPUTS);
    sum += input * load<f32>(weights + i);
  }
  // Close to exp(-sum).
  let odds: f32 = 1 - max<f32>(min<f32>(sum, 12), -12) * 0.03125;
  for (let i = 0; i < 5; i++) odds *= odds;
  return max<u32>(16, min<u32>(65520, <u32>(<f32>65536 / (1 + odds))));
}

/** The weights follow the gradient of the bits that it took; each context counts the bit, and forgets half of the others. */
function learn(work: usize, weights: usize, bit: u32, error: f32): void {
  for (let i: usize = 0; i < 4 * CONTEXTS; i += 4) {
    store<f32>(weights + i, load<f32>(weights + i) + error * load<f32>(work + i, INPUTS));
    const place = load<usize>(work + i, PLACE);
    const seen = place + bit, missed = place + 1 - bit;
    store<u8>(seen, min<u32>(<u32>load<u8>(seen, COUNTS) + 1, 255), COUNTS);
    const others = <u32>load<u8>(missed, COUNTS);
    if (others > 5) store<u8>(missed, (others >> 1) + 2, COUNTS);
  }
}

/** Half a byte below a 1. `at`: operands to come, and the other half; `known`: the half where it is packed, else negative. */
function half(work: usize, weights: usize, ops: u64, bytes: u64, at: u64, known: i32): u32 {
  const last = (ops << 48) + at;
  store<u64>(work, at, VALUES);
  store<u64>(work, last, VALUES + 8);
  store<u64>(work, last + ((bytes & 255) << 16), VALUES + 16);
  store<u64>(work, (ops << 32) + at, VALUES + 24);
  store<u64>(work, ops * 0x2545f491 + at, VALUES + 32);
  store<u64>(work, (bytes << 40) + at, VALUES + 40);
  for (let i: usize = 0; i < CONTEXTS; i++) {
    const hash = (load<u64>(work + 8 * i, VALUES) * 8 + i) * 0x9e3779b97f4a7c15;
    store<usize>(work + 4 * i, work + (<usize>(hash >> (64 - BITS)) << 1), LINE);
  }
  let node: u32 = 1;
  while (node < 16) {
    const chance = predict(work, weights, node);
    let low = load<u32>(work, LOW), high = load<u32>(work, HIGH);
    const middle = low + <u32>((<u64>(high - low) * <u64>chance) >> 16);
    known <<= 1;
    const bit: u32 = known < 0 ? u32(load<u32>(work, CODE) <= middle) : (known >> 4) & 1;
    if (bit) high = middle;
    else low = middle + 1;
    learn(work, weights, bit, (<f32>bit - <f32>chance / 65536) * 0.012);
    while ((low ^ high) < 0x1000000) {
      const next = load<usize>(work, NEXT);
      if (known < 0) store<u32>(work, (load<u32>(work, CODE) << 8) | load<u8>(next), CODE);
      else store<u8>(next - 4, high >> 24);
      store<usize>(work, next + 1, NEXT);
      low <<= 8;
      high = (high << 8) | 255;
    }
    store<u32>(work, low, LOW);
    store<u32>(work, high, HIGH);
    node = 2 * node + bit;
  }
  return node;
}

/** Writes `size` bytes at `out` from what is packed, or with `packing` the other way round; the end of what is packed. */
export function unpack(packed: usize, size: i32, out: usize, work: usize, packing: bool): usize {
  let log: f32 = 0;
  for (let i = 0; i < 256; i++) {
    store<f32>(work + (<usize>i << 2), log, LOGS);
    log += 1 / (<f32>i + 0.5);
  }
  for (let i = 0; i < 4096; i++) store<f32>(work + (<usize>i << 2), 0.35, WEIGHTS);
  store<i32>(work, -1, HIGH);
  store<u32>(work, bswap<u32>(load<u32>(packed)), CODE);
  store<usize>(work, packed + 4, NEXT);
  // The bytes and the opcodes before, the last one lowest, and operands to come.
  let bytes: u64 = 0, ops: u64 = 0, left: u32 = 0;
  for (const end = out + <usize>size; out < end; out++) {
    const op = <u32>ops & 0xffff;
    const reading: u32 = left > 0 ? op : 0;
    const weights = work + WEIGHTS + (<usize>reading << 5);
    const known = packing ? <i32>load<u8>(out) : -1;
    const first = half(work, weights, ops, bytes, left << 5, known >> 4);
    const second = half(work, weights, ops, bytes, (left << 5) + first, known < 0 ? known : known & 15);
    const byte = ((first << 4) & 255) | (second & 15);
    store<u8>(out, byte);
    bytes = (bytes << 8) | byte;
    if (left === 0) {
      ops = (ops << 16) | byte;
      left = operands(byte);
    } else if (op === 0xfd) {
      ops += 3 + byte; // 256 + byte in its place
      left = vectorOperands(byte);
    } else if (byte < 128 || op === 0x44 || op === 268) left--;
  }
  const next = load<usize>(work, NEXT);
  if (packing) store<u32>(next - 4, bswap<u32>(load<u32>(work, HIGH)));
  return next;
}
