// Chains that run away while they are drawn: a density without finite mass in some direction. Free coordinates beyond any scale, and
// those of bounded parameters that stay where the numbers of their parameter end.

import { numbersToText, textToNumbers } from "../runtime/saved.js";
import type { Target } from "./target.js";
import type { ConstraintKind } from "./transform.js";

/** A free coordinate that is so far out has left any density that has a mass: 2^100, relative to where it started. */
const ESCAPED = 1.2676506002282294e30;
/** Free coordinates that are logarithms, or logits, of what they stand for: exp(600) = 1e260 of it, or of its reciprocal. */
const FAR = 600;
/** A chain has run away when it was so far out this often, and in this share of its transitions: a tail exp(-|u|/200) is 1/20 there. */
const OFTEN = 20;
const SHARE = 0.05;

const LOGARITHMIC: ReadonlySet<ConstraintKind> = new Set([
  "positive",
  "lower",
  "upper",
  "interval",
  "simplex",
]);

/** The parameter, or the parameters, that each free coordinate stands for. */
export function freeNames({ blocks, names, free }: Target): string[][] {
  return Array.from({ length: free }, (_, i) => {
    const k = blocks.findLastIndex(({ freeAt }) => freeAt <= i);
    const { at, freeAt, size } = blocks[k]!;
    const own = names.slice(at, at + size);
    const width = (blocks[k + 1]?.freeAt ?? free) - freeAt;
    return width === size ? [own[i - freeAt]!] : own;
  });
}

export class Escapes {
  readonly #target: Target;
  readonly #first: number;
  readonly #logarithmic: readonly boolean[];
  readonly #origins: Float64Array[] = [];
  /** Of each chain: transitions seen, and those far out. */
  readonly #seen: Int32Array;
  readonly #far: Int32Array;

  /** `first`: the number of the first of `count` chains. */
  constructor(target: Target, first: number, count: number) {
    this.#target = target;
    this.#first = first;
    this.#seen = new Int32Array(count);
    this.#far = new Int32Array(count);
    this.#logarithmic = target.blocks.flatMap(({ kind, freeAt }, k) =>
      new Array<boolean>((target.blocks[k + 1]?.freeAt ?? target.free) - freeAt).fill(LOGARITHMIC.has(kind)),
    );
  }

  /** Where the next chain starts. */
  begin(q: Float64Array): void {
    this.#origins.push(q.slice());
  }

  /** After each transition: null, or what is to be said of the chain that has run away. */
  look(chain: number, q: Float64Array): string | null {
    const origin = this.#origins[chain]!;
    const seen = ++this.#seen[chain]!;
    let out = -1;
    for (let i = 0; i < q.length; i++) {
      const size = Math.abs(q[i]!);
      if (size <= FAR) continue;
      if (this.#logarithmic[i]) out = i;
      else if (!(size <= ESCAPED * Math.max(1, Math.abs(origin[i]!)))) return this.#tell(chain, q, i);
    }
    if (out < 0) return null;
    const far = ++this.#far[chain]!;
    return far >= OFTEN && far >= SHARE * seen ? this.#tell(chain, q, out) : null;
  }

  #tell(chain: number, q: Float64Array, i: number): string {
    const name = freeNames(this.#target)[i]!.join(", ");
    return ranAway(
      name,
      this.#first + chain,
      this.#logarithmic[i] ? "the end of its numbers" : "infinity",
      q[i]!,
    );
  }

  save(): unknown {
    return {
      origins: this.#origins.map(numbersToText),
      seen: [...this.#seen],
      far: [...this.#far],
    };
  }

  restore(saved: unknown): void {
    const { origins, seen, far } = saved as { origins: string[]; seen: number[]; far: number[] };
    this.#origins.push(...origins.map((text) => textToNumbers(text, this.#target.free)!));
    this.#seen.set(seen);
    this.#far.set(far);
  }
}

export const ranAway = (name: string, chain: number, to: string, u: number): string =>
  `${name} left for ${to} in chain ${chain} (${u.toPrecision(3)} on the free scale): the density has no finite mass in that direction (give it a prior, or bounds)`;
