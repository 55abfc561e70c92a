// The random choices of a fuzzed call: everything follows from the seed and the number of the call.

export class Draw {
  #state: number;

  constructor(seed: number, index: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  }

  readonly #owned: { dispose(): void }[] = [];

  /** What holds memory and is given back after the call, whatever became of it. */
  own<T extends { dispose(): void }>(what: T): T {
    this.#owned.push(what);
    return what;
  }

  release(): void {
    for (const one of this.#owned) one.dispose();
  }

  /** Below 1: mulberry32. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  chance(p: number): boolean {
    return this.unit() < p;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  numbers(n: number): number[] {
    return Array.from({ length: n }, () => Math.round((4 * this.unit() - 2) * 64) / 64);
  }
}
