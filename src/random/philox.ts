// Draws from a seeded stream of random words: uniform, normal, exponential and gamma numbers, integers, orders. Nothing is
// cached between draws but the block of four words, which follows from the position: three integers are the whole state.

import { pow } from "../runtime/elementary.js";
import { DownhillError, quote } from "../runtime/errors.js";
import { numberOption } from "../runtime/options.js";
import { mulHigh, philox } from "./block.js";
import { ln, normalTail } from "./laws.js";

/** The whole state of a `Random`, plain data: the next word is word `position` of stream `stream` of `seed`. */
export interface RandomState {
  readonly seed: number;
  readonly stream: number;
  readonly position: number;
}

const INTEGER = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };

/**
 * Random numbers of one seed and stream, the same bits on every engine. Streams of one seed are independent and cost
 * nothing to enter: the words are a function of seed, stream and position (Philox4x32-10, Salmon et al. 2011).
 *
 * @param seed an integer from 0 to 2^53 - 1; anything else is OPTION.
 * @param stream an integer from 0 to 2^53 - 1. Default 0.
 * @example
 * ```ts
 * const random = new Random(7);
 * const z = random.normal();
 * const kept = random.state();                    // plain data: { seed: 7, stream: 0, position: 2 }
 * const again = Random.resume(kept);              // gives what `random` gives from here on
 * const chains = [0, 1, 2, 3].map((k) => random.stream(k));
 * ```
 */
export class Random {
  readonly #seed: number;
  readonly #key0: number;
  readonly #key1: number;
  readonly #stream: number;
  readonly #block = new Uint32Array(4);
  #counter = 0;
  #left = 0;

  constructor(seed: number, stream = 0) {
    this.#seed = numberOption("Random", "seed", seed, 0, INTEGER);
    this.#stream = numberOption("Random", "stream", stream, 0, INTEGER);
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / 2 ** 32) >>> 0;
  }

  /** A random stream that goes on where `state` was taken, to the bit. SNAPSHOT when it is not such a state. */
  static resume(state: RandomState): Random {
    const { seed, stream, position } = state ?? {};
    for (const value of [seed, stream, position]) {
      if (Number.isSafeInteger(value) && value >= 0) continue;
      throw new DownhillError("SNAPSHOT", `Random.resume: this is no state of a Random: ${quote(state)}`);
    }
    const random = new Random(seed, stream);
    random.position = position;
    return random;
  }

  /** Three integers from which `Random.resume` goes on, taken after any draw. */
  state(): RandomState {
    return { seed: this.#seed, stream: this.#stream, position: this.position };
  }

  /** Stream `index` of the same seed, from its beginning: independent of this one unless it is this one. */
  stream(index: number): Random {
    return new Random(this.#seed, index);
  }

  /** How many words have been drawn; set it to enter the stream there. */
  get position(): number {
    return 4 * this.#counter - this.#left;
  }

  set position(position: number) {
    numberOption("Random", "position", position, 0, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
    this.#counter = Math.floor(position / 4);
    this.#left = 0;
    const drawn = position - 4 * this.#counter;
    if (drawn === 0) return;
    this.#fill();
    this.#left = 4 - drawn;
  }

  /** Key and stream as a kernel takes them: four words. @internal */
  key(out: Int32Array, at: number): void {
    out[at] = this.#key0;
    out[at + 1] = this.#key1;
    out[at + 2] = this.#stream >>> 0;
    out[at + 3] = Math.floor(this.#stream / 2 ** 32);
  }

  #fill(): void {
    const block = this.#block;
    block[0] = this.#counter >>> 0;
    block[1] = Math.floor(this.#counter / 2 ** 32);
    block[2] = this.#stream >>> 0;
    block[3] = Math.floor(this.#stream / 2 ** 32);
    philox(block, this.#key0, this.#key1);
    this.#counter++;
    this.#left = 4;
  }

  /** 32 random bits. */
  word(): number {
    if (this.#left === 0) this.#fill();
    return this.#block[4 - this.#left--]!;
  }

  /** Uniform on [0, 1), a multiple of 2^-53. Takes two words. */
  uniform(): number {
    const high = this.word() >>> 5;
    return (high * 67108864 + (this.word() >>> 6)) / 2 ** 53;
  }

  /** Uniform on (0, 1): (k + 1/2) / 2^52, never an end. Takes two words. */
  open(): number {
    const high = this.word() >>> 6;
    return (high * 67108864 + (this.word() >>> 6) + 0.5) / 2 ** 52;
  }

  /** Standard normal, by inversion of (k + 1/2) / 2^53 with a sign of its own: |z| <= 8.3. Takes two words. */
  normal(): number {
    const high = this.word();
    const z = normalTail(((high >>> 6) * 67108864 + (this.word() >>> 6) + 0.5) / 2 ** 53);
    return high & 1 ? z : -z;
  }

  /** Fills `out`, or `count` places of it from `start`, with what as many calls of `normal` give. */
  normals(out: Float64Array, start = 0, count = out.length - start): Float64Array {
    for (let i = start; i < start + count; i++) out[i] = this.normal();
    return out;
  }

  /** Exponential with mean 1, by inversion: -ln u. Takes two words. */
  exponential(): number {
    return -ln(this.open());
  }

  /**
   * Gamma with this shape (> 0, else OPTION) and scale 1: squeeze and rejection, Marsaglia and Tsang, ACM TOMS 26 (2000)
   * 363, figure 1; a shape below 1 by their section 6, gamma(shape + 1) u^(1/shape).
   */
  gamma(shape: number): number {
    numberOption("Random.gamma", "shape", shape, 1, { min: 0, exclusive: true });
    if (shape < 1) {
      const boosted = this.#gamma(shape + 1);
      return boosted * pow(this.open(), 1 / shape);
    }
    return this.#gamma(shape);
  }

  #gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const t = 1 + c * x;
      if (t <= 0) continue;
      const v = t * t * t;
      const u = this.open();
      const z = x * x;
      if (u < 1 - 0.0331 * z * z || ln(u) < 0.5 * z + d * (1 - v + ln(v))) return d * v;
    }
  }

  /** An integer from 0 to n - 1, each equally likely; n from 1 to 2^32, else OPTION (Lemire 2019, algorithm 5). */
  below(n: number): number {
    if (!(n >= 1 && n <= 2 ** 32 && n === Math.floor(n)))
      numberOption("Random.below", "n", n, null, { min: 1, max: 2 ** 32, integer: true });
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
      const kept = values[i]!;
      values[i] = values[j]!;
      values[j] = kept;
    }
    return values;
  }
}
