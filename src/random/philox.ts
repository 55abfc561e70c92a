// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, section 3.3). The numbers are a
// function of (seed, stream, position) in integer arithmetic alone: the same stream on every engine, and any
// stream can be entered anywhere.

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** High word of the 64-bit product of two unsigned 32-bit words. */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  return (ah * bh + ((al * bh + (middle & 0xffff)) >>> 16) + Math.floor(middle / 65536)) >>> 0;
}

/** Replaces the four words of `block`, a counter, by the four random words of that counter under a key. */
export function philox(block: Uint32Array, key0: number, key1: number): void {
  let c0 = block[0] as number;
  let c1 = block[1] as number;
  let c2 = block[2] as number;
  let c3 = block[3] as number;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = mulHigh(M0, c0);
    const high1 = mulHigh(M1, c2);
    const low0 = Math.imul(M0, c0) >>> 0;
    const low1 = Math.imul(M1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0;
    key0 = (key0 + W0) >>> 0;
    key1 = (key1 + W1) >>> 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

export class Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream: number;
  readonly #block = new Uint32Array(4);
  #counter = 0;
  #left = 0;

  /** `seed`: any safe integer from 0; streams of one seed, integers below 2^53, are independent. */
  constructor(seed: number, stream = 0) {
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 2 ** 32) >>> 0;
    this.#stream = stream;
  }

  /** 32 random bits. */
  word(): number {
    if (this.#left === 0) {
      const block = this.#block;
      block[0] = this.#counter >>> 0;
      block[1] = Math.floor(this.#counter / 2 ** 32);
      block[2] = this.#stream >>> 0;
      block[3] = Math.floor(this.#stream / 2 ** 32);
      philox(block, this.#key0, this.#key1);
      this.#counter++;
      this.#left = 4;
    }
    return this.#block[4 - this.#left--] as number;
  }

  /** Uniform on [0, 1), a multiple of 2^-53. */
  uniform(): number {
    const high = this.word() >>> 5;
    return (high * 67108864 + (this.word() >>> 6)) / 2 ** 53;
  }

  /** An integer from 0 to n - 1, each equally likely; n at most 2^32 (Lemire 2019, algorithm 5). */
  below(n: number): number {
    let word = this.word();
    let low = Math.imul(word, n) >>> 0;
    if (low < n) {
      const least = (2 ** 32 - n) % n;
      while (low < least) {
        word = this.word();
        low = Math.imul(word, n) >>> 0;
      }
    }
    return n === 2 ** 32 ? word : mulHigh(word, n);
  }

  /** Fisher-Yates: every order is equally likely. */
  shuffle(values: Int32Array): Int32Array {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i] as number;
      values[i] = values[j] as number;
      values[j] = kept;
    }
    return values;
  }
}
