// What a run keeps: draws in the user's space and what is known of each transition, [chain][draw].

import * as F from "../abi/sampling.js";
import { numbersToText, textToNumbers } from "../runtime/saved.js";
import type { Mover } from "./mover.js";
import type { Target } from "./target.js";

/** Statistics of the transitions behind the draws, each [chain][draw]. */
export interface SamplerStats {
  /** Log density on the free scale, Jacobians included. */
  readonly logDensity: Float64Array;
  /** Mean acceptance probability. */
  readonly acceptance: Float64Array;
  readonly stepSize: Float64Array;
  /** Doublings of a NUTS trajectory. */
  readonly treeDepth: Float64Array;
  /** Leapfrog steps, or evaluations. */
  readonly leapfrogs: Float64Array;
  /** 1 where the trajectory diverged. */
  readonly divergent: Float64Array;
  readonly energy: Float64Array;
}

/** A transition that diverged: where its trajectory was. */
export interface Divergence {
  readonly chain: number;
  readonly draw: number;
  readonly x: Float64Array;
}

export interface Recorded {
  readonly chains: number;
  readonly count: number;
  readonly draws: Float64Array;
  readonly stats: SamplerStats;
  readonly divergences: readonly Divergence[];
}

const fields = [
  "logDensity",
  "acceptance",
  "stepSize",
  "treeDepth",
  "leapfrogs",
  "divergent",
  "energy",
] as const;

/** Draw by draw, then chain by chain. */
const asMet = (a: Divergence, b: Divergence): number => a.draw - b.draw || a.chain - b.chain;

/** What several runs of some chains each have kept, one after the other, as many draws of each chain as of the shortest. */
export function joinRecorded(
  parts: readonly (SamplerStats & {
    readonly kept: number;
    readonly draws: Float64Array;
    readonly divergences: readonly Divergence[];
  })[],
  chains: number,
  size: number,
): Recorded {
  const count = parts.reduce((least, { kept }) => Math.min(least, kept), parts[0]?.kept ?? 0);
  const own = parts.length > 0 ? chains / parts.length : chains;
  const join = (read: (k: number) => Float64Array, width: number): Float64Array => {
    const out = new Float64Array(chains * count * width);
    parts.forEach(({ kept }, k) => {
      const from = read(k);
      for (let c = 0; c < own; c++) {
        const begin = c * kept * width;
        out.set(from.subarray(begin, begin + count * width), (k * own + c) * count * width);
      }
    });
    return out;
  };
  const stats = Object.fromEntries(fields.map((name) => [name, join((k) => parts[k]![name], 1)]));
  return {
    chains,
    count,
    draws: join((k) => parts[k]!.draws, size),
    stats: stats as unknown as SamplerStats,
    divergences: parts
      .flatMap(({ divergences }, k) => divergences.map((d) => ({ ...d, chain: d.chain + k * own })))
      .filter(({ draw }) => draw < count)
      .sort(asMet),
  };
}

export class Recorder {
  readonly #target: Target;
  readonly #chains: number;
  readonly #length: number;
  readonly #draws: Float64Array;
  readonly #stats: SamplerStats;
  readonly #x: Float64Array;
  readonly #free: Float64Array;
  readonly divergences: Divergence[] = [];

  constructor(target: Target, chains: number, length: number) {
    this.#target = target;
    this.#chains = chains;
    this.#length = length;
    this.#draws = new Float64Array(chains * length * target.size);
    const make = () => new Float64Array(chains * length);
    this.#stats = Object.fromEntries(fields.map((name) => [name, make()])) as unknown as SamplerStats;
    this.#x = new Float64Array(target.size);
    this.#free = new Float64Array(target.free);
  }

  record(chain: number, draw: number, mover: Mover, walker: number): void {
    const { size } = this.#target;
    const at = chain * this.#length + draw;
    if (draw === 0) this.#target.forget();
    this.#target.constrain(mover.points[walker]!, this.#x);
    this.#draws.set(this.#x, at * size);
    const s = mover.stats[walker]!;
    const to = this.#stats;
    to.logDensity[at] = mover.lp[walker]!;
    to.acceptance[at] = s.acceptance;
    to.stepSize[at] = s.stepSize;
    to.treeDepth[at] = s.depth;
    to.leapfrogs[at] = s.leaves;
    to.divergent[at] = s.divergent;
    to.energy[at] = s.energy;
    if (!s.divergent || !mover.divergence) return;
    const x = new Float64Array(size);
    this.#target.constrain(mover.divergence, x);
    this.divergences.push({ chain, draw, x });
  }

  /** `count` transitions that the core has kept, the first of them draw `draw`: see R_* of the abi. */
  recordRows(
    chain: number,
    draw: number,
    rows: Float64Array,
    width: number,
    count: number,
    stepSize: number,
  ): void {
    const { size, free } = this.#target;
    const to = this.#stats;
    if (draw === 0) this.#target.forget();
    for (let k = 0; k < count; k++) {
      const at = chain * this.#length + draw + k;
      const row = k * width;
      const u = this.#free;
      for (let i = 0; i < free; i++) u[i] = rows[row + i]!;
      this.#target.constrain(u, this.#x);
      for (let i = 0; i < size; i++) this.#draws[at * size + i] = this.#x[i]!;
      const own = row + free;
      to.logDensity[at] = rows[own + F.R_LP]!;
      to.acceptance[at] = rows[own + F.R_ACCEPTANCE]!;
      to.stepSize[at] = stepSize;
      to.treeDepth[at] = rows[own + F.R_DEPTH]!;
      to.leapfrogs[at] = rows[own + F.R_LEAVES]!;
      to.divergent[at] = rows[own + F.R_DIVERGENT]!;
      to.energy[at] = rows[own + F.R_ENERGY]!;
      if (rows[own + F.R_DIVERGENT] === 0) continue;
      const x = new Float64Array(size);
      const from = own + F.RECORD_EXTRA;
      for (let i = 0; i < free; i++) u[i] = rows[from + i]!;
      this.#target.constrain(u, x);
      this.divergences.push({ chain, draw: draw + k, x });
    }
  }

  /** The first `count` draws of each chain. */
  upTo(count: number): Recorded {
    const { size } = this.#target;
    const chains = this.#chains;
    const cut = (from: Float64Array, width: number): Float64Array => {
      // A run that is complete hands out what it has kept.
      if (count === this.#length) return from;
      const to = new Float64Array(chains * count * width);
      for (let c = 0; c < chains; c++) {
        const begin = c * this.#length * width;
        to.set(from.subarray(begin, begin + count * width), c * count * width);
      }
      return to;
    };
    const stats = Object.fromEntries(fields.map((name) => [name, cut(this.#stats[name], 1)]));
    return {
      chains,
      count,
      draws: cut(this.#draws, size),
      stats: stats as unknown as SamplerStats,
      divergences: this.divergences.filter(({ draw }) => draw < count).sort(asMet),
    };
  }

  save(count: number): unknown {
    const { draws, stats, divergences } = this.upTo(count);
    const { infiniteAt } = this.#target;
    return {
      infiniteAt: infiniteAt && numbersToText(infiniteAt),
      draws: numbersToText(draws),
      stats: fields.map((name) => numbersToText(stats[name])),
      divergences: divergences.map(({ chain, draw, x }) => ({ chain, draw, x: numbersToText(x) })),
    };
  }

  restore(saved: unknown, count: number): void {
    const given = saved as {
      infiniteAt: string | null;
      draws: string;
      stats: string[];
      divergences: { chain: number; draw: number; x: string }[];
    };
    const { size } = this.#target;
    const put = (text: string, to: Float64Array, width: number): void => {
      const from = textToNumbers(text, this.#chains * count * width)!;
      for (let c = 0; c < this.#chains; c++)
        to.set(from.subarray(c * count * width, (c + 1) * count * width), c * this.#length * width);
    };
    put(given.draws, this.#draws, size);
    if (given.infiniteAt) this.#target.infiniteAt = textToNumbers(given.infiniteAt, size);
    fields.forEach((name, i) => {
      put(given.stats[i]!, this.#stats[name], 1);
    });
    for (const { chain, draw, x } of given.divergences)
      this.divergences.push({ chain, draw, x: textToNumbers(x, size)! });
  }
}
