// Packs bytes for assembly/unpack.ts: much as LZMA does (I. Pavlov's LZMA SDK, in the public domain), lc = 3, lp = pb = 0. The cheapest way through a block of positions is searched with the prices of its beginning.

const MATCH = 0;
const REP = 12;
const REP0 = 24;
const REP1 = 36;
const REP2 = 48;
const LONG = 60;
const LENGTH = 72;
const REP_LENGTH = 344;
const SLOT = 616;
const NEAR = 872;
const ALIGN = 987;
const MIDDLE = 1003;
const LITERAL = 1019;
const LONGEST = 273;
const BLOCK = 1024;
/** Candidates looked at for each position. */
const DEPTH = 500;

/** Range coder of bits; `low` takes 40 bits. */
class Encoder {
  p = new Uint16Array(LITERAL + 8 * 768).fill(1024);
  #seen = new Uint8Array(LITERAL + 8 * 768);
  bytes = [];
  #low = 0;
  #range = -1 >>> 0;
  #cache = 0;
  #pending = 0;

  #shift() {
    if (this.#low < 0xff000000 || this.#low >= 0x100000000) {
      const carry = this.#low >= 0x100000000 ? 1 : 0;
      this.bytes.push((this.#cache + carry) & 255);
      for (; this.#pending > 0; this.#pending--) this.bytes.push((255 + carry) & 255);
      this.#cache = (this.#low >>> 24) & 255;
    } else this.#pending++;
    this.#low = (this.#low & 0xffffff) * 256;
  }

  bit(at, b) {
    const chance = this.p[at];
    const bound = (this.#range >>> 11) * chance;
    // A probability moves fast at first: the modules are short.
    const seen = this.#seen[at];
    this.p[at] = chance + Math.trunc(((b ? 0 : 2048) - chance) / (seen + 4));
    if (seen < 16) this.#seen[at]++;
    if (b) {
      this.#low += bound;
      this.#range -= bound;
    } else this.#range = bound;
    while (this.#range < 0x1000000) {
      this.#range = (this.#range << 8) >>> 0;
      this.#shift();
    }
  }

  /** The first byte is always 0: the decoder begins after it. */
  done() {
    for (let i = 0; i < 5; i++) this.#shift();
    return Uint8Array.from(this.bytes.slice(1));
  }
}

/** Prices in bits, of the probability of a 0. */
const COST = Float64Array.from({ length: 2049 }, (_, chance) => -Math.log2(chance / 2048));

class Prices {
  constructor(p) {
    this.p = p;
  }

  bit(at, b) {
    return COST[b ? 2048 - this.p[at] : this.p[at]];
  }
}

/** What follows writes its bits through an encoder, or sums their prices. */
function tree(to, at, bits, value) {
  let sum = 0;
  for (let m = 1, i = bits - 1; i >= 0; i--) {
    const b = (value >> i) & 1;
    sum += to.bit(at + m, b);
    m = 2 * m + b;
  }
  return sum;
}

function reverse(to, at, bits, value) {
  let sum = 0;
  for (let m = 1, i = 0; i < bits; i++) {
    const b = (value >> i) & 1;
    sum += to.bit(at + m, b);
    m = 2 * m + b;
  }
  return sum;
}

function length(to, at, count) {
  if (count < 10) return to.bit(at, 0) + tree(to, at, 3, count - 2);
  const far = count >= 18 ? 1 : 0;
  const sum = to.bit(at, 1) + to.bit(at + 8, far);
  return sum + (far ? tree(to, at + 16, 8, count - 18) : tree(to, at + 8, 3, count - 10));
}

function distance(to, tall, value) {
  const bits = value < 4 ? 0 : 30 - Math.clz32(value);
  const slot = value < 4 ? value : 2 * (bits + 1) + ((value >> bits) & 1);
  let sum = tree(to, SLOT + 64 * Math.min(tall - 2, 3), 6, slot);
  if (slot < 4) return sum;
  const base = (2 + (slot & 1)) << bits;
  if (slot < 14) return sum + reverse(to, NEAR + base - slot, bits, value - base);
  for (let i = 4; i < bits; i++) sum += to.bit(MIDDLE + i, ((value - base) >> (bits + 3 - i)) & 1);
  return sum + reverse(to, ALIGN, 4, value & 15);
}

function literal(to, state, r0, data, at) {
  const tall = LITERAL + 768 * ((data[at - 1] ?? 0) >> 5);
  let sum = to.bit(MATCH + state, 0);
  let before = state < 7 ? -1 : data[at - r0 - 1];
  for (let m = 1, i = 7; i >= 0; i--) {
    const b = (data[at] >> i) & 1;
    const expected = (before >> 7) & 1;
    sum += to.bit(tall + m + (before < 0 ? 0 : 256 << expected), b);
    m = 2 * m + b;
    before = before < 0 || b !== expected ? -1 : (before & 127) << 1;
  }
  return sum;
}

/** All but the length of a repeated match of place k in the list of the last four; k < 0: one byte. */
function repeat(to, state, k) {
  let sum = to.bit(MATCH + state, 1) + to.bit(REP + state, 1);
  if (k <= 0) return sum + to.bit(REP0 + state, 0) + to.bit(LONG + state, k < 0 ? 0 : 1);
  sum += to.bit(REP0 + state, 1) + to.bit(REP1 + state, k > 1 ? 1 : 0);
  return k > 1 ? sum + to.bit(REP2 + state, k > 2 ? 1 : 0) : sum;
}

const afterLiteral = (state) => (state < 4 ? 0 : state < 10 ? state - 3 : state - 6);
const front = (reps, k) => [reps[k], ...reps.filter((_, i) => i !== k)];

/** For each position the nearest distance (less 1) of each reachable length, shortest first. */
function findMatches(data) {
  const chains = new Int32Array(data.length).fill(-1);
  const heads = new Int32Array(65536).fill(-1);
  return Array.from(data, (_, at) => {
    if (at + 1 >= data.length) return [];
    const key = data[at] | (data[at + 1] << 8);
    const found = [];
    let best = 1;
    for (let from = heads[key], depth = DEPTH; from >= 0 && depth > 0; from = chains[from], depth--) {
      let count = 2;
      while (count < LONGEST && at + count < data.length && data[from + count] === data[at + count]) count++;
      if (count <= best) continue;
      best = count;
      found.push({ count, back: at - from - 1 });
      if (count === LONGEST) break;
    }
    chains[at] = heads[key];
    heads[key] = at;
    return found;
  });
}

/** The cheapest steps through data[from, to). */
function plan(prices, data, matches, from, to, state, reps) {
  const nodes = Array.from({ length: to - from + 1 }, () => ({ cost: Infinity }));
  Object.assign(nodes[0], { cost: 0, state, reps });
  const lengths = [LENGTH, REP_LENGTH].map((at) => {
    const known = [];
    return (count) => (known[count] ??= length(prices, at, count));
  });
  const cheaper = (at, cost) => cost < nodes[at - from].cost;
  /** A byte that differs, and the same match again: seldom the cheapest way to what lies between. */
  const goOn = (before, at) => {
    const { cost, state, reps } = before;
    const back = reps[0] + 1;
    let count = 0;
    while (count < LONGEST && at + 1 + count < to && data[at + 1 + count - back] === data[at + 1 + count])
      count++;
    if (count < 2) return;
    const byte = { before, at, reps, count: 1, kind: "literal", state: afterLiteral(state) };
    const all =
      cost + literal(prices, state, reps[0], data, at) + repeat(prices, byte.state, 0) + lengths[1](count);
    const end = at + 1 + count;
    if (cheaper(end, all))
      nodes[end - from] = {
        cost: all,
        before: byte,
        at: at + 1,
        reps,
        count,
        kind: "repeat",
        k: 0,
        state: byte.state < 7 ? 8 : 11,
      };
  };
  for (let at = from; at < to; at++) {
    const node = nodes[at - from];
    const { cost, state, reps } = node;
    const most = Math.min(LONGEST, to - at);
    const reach = (to, cost, step) => {
      nodes[to - from] = { cost, before: node, at, reps, count: to - at, ...step };
    };
    const alone = cost + literal(prices, state, reps[0], data, at);
    if (cheaper(at + 1, alone)) reach(at + 1, alone, { kind: "literal", state: afterLiteral(state) });
    if (reps[0] < at) goOn(node, at);
    reps.forEach((back, k) => {
      if (back >= at) return;
      let count = 0;
      while (count < most && data[at + count - back - 1] === data[at + count]) count++;
      const one = k === 0 && count > 0 ? cost + repeat(prices, state, -1) : Infinity;
      if (cheaper(at + 1, one)) reach(at + 1, one, { kind: "repeat", k: -1, state: state < 7 ? 9 : 11 });
      if (count < 2) return;
      const base = cost + repeat(prices, state, k);
      const step = { before: node, at, kind: "repeat", k, state: state < 7 ? 8 : 11, reps: front(reps, k) };
      if (at + count < to) goOn({ ...step, cost: base + lengths[1](count), count }, at + count);
      for (; count >= 2; count--) {
        const all = base + lengths[1](count);
        if (cheaper(at + count, all)) reach(at + count, all, step);
      }
    });
    let shortest = 2;
    const base = cost + prices.bit(MATCH + state, 1) + prices.bit(REP + state, 0);
    for (const { count: longest, back } of matches[at]) {
      const far = [];
      const step = {
        before: node,
        at,
        kind: "match",
        back,
        state: state < 7 ? 7 : 10,
        reps: [back, ...reps.slice(0, 3)],
      };
      for (let count = shortest; count <= Math.min(longest, most); count++) {
        const tall = Math.min(count, 5);
        far[tall] ??= distance(prices, tall, back);
        const all = base + lengths[0](count) + far[tall];
        if (cheaper(at + count, all)) reach(at + count, all, step);
        if (count === longest && at + count < to) goOn({ ...step, cost: all, count }, at + count);
      }
      shortest = longest + 1;
    }
  }
  const steps = [];
  for (let node = nodes[to - from]; node.before; node = node.before) steps.push(node);
  return steps.reverse();
}

/** Packs `bytes`, which may repeat what stands in `before`; the decoder wants that and the length back. */
export function pack(bytes, before = new Uint8Array(0)) {
  const data = new Uint8Array([...before, ...bytes]);
  const encoder = new Encoder();
  const prices = new Prices(encoder.p);
  const matches = findMatches(data);
  let state = 0;
  let reps = [0, 0, 0, 0];
  for (let from = before.length; from < data.length; from += BLOCK) {
    const to = Math.min(from + BLOCK, data.length);
    const steps = plan(prices, data, matches, from, to, state, reps);
    for (const { before: node, kind, k, count, back, at } of steps) {
      if (kind === "literal") literal(encoder, node.state, node.reps[0], data, at);
      else if (kind === "repeat") {
        repeat(encoder, node.state, k);
        if (k >= 0) length(encoder, REP_LENGTH, count);
      } else {
        encoder.bit(MATCH + node.state, 1);
        encoder.bit(REP + node.state, 0);
        length(encoder, LENGTH, count);
        distance(encoder, count, back);
      }
    }
    ({ state, reps } = steps[steps.length - 1]);
  }
  return encoder.done();
}
