// The memory that one chain works in in the core: its point, metric, random numbers, the ends and nodes of its trajectory, and the
// records of its transitions.

import * as F from "../abi/sampling.js";
import { takeWorkspace } from "../runtime/default.js";
import type { CoreRuntime } from "../runtime/runtime.js";
import type { Workspace } from "../runtime/workspace.js";
import type { Hamiltonian } from "./hamiltonian.js";
import type { DiagonalMetric } from "./metric.js";
import type { Target } from "./target.js";

const kinds: Readonly<Record<string, number>> = {
  real: F.K_REAL,
  positive: F.K_POSITIVE,
  lower: F.K_LOWER,
  upper: F.K_UPPER,
  interval: F.K_INTERVAL,
};

/** Whether the core knows the constraints. */
export function takesConstraints({ blocks }: Target): boolean {
  return blocks.every(({ kind }) => kinds[kind] !== undefined);
}

/** Whether the free coordinates are the density's own. */
export function isPlain({ blocks }: Target): boolean {
  return blocks.every(({ kind }) => kind === "real");
}

/** Doubles of a record: see R_* of the abi. */
export function recordWidth(d: number): number {
  return 2 * d + F.RECORD_EXTRA;
}

type Vectors =
  | "ends"
  | "v"
  | "inverse"
  | "q"
  | "g"
  | "divergence"
  | "x"
  | "gx"
  | "gu"
  | "nodes"
  | "bounds"
  | "eachBounds"
  | "vectors"
  | "numbers"
  | "records";

type Words = "frame" | "blocks" | "kinds" | "random" | "words";

/** The slots of a term of the density: function, points, data, value, gradient, work. */
export type PartSlots = readonly number[];

export class Seat {
  readonly #workspace: Workspace<Vectors, never, Words>;
  readonly #target: Target;

  /** `rows`: transitions that are kept at most. */
  constructor(
    runtime: CoreRuntime,
    target: Target,
    maxDepth: number,
    rows: number,
    parts: readonly PartSlots[],
  ) {
    const d = target.free;
    const nodes = maxDepth + 2;
    // The kernels of trees take two coordinates at a time.
    const even = d + (d & 1);
    const { blocks } = target;
    this.#target = target;
    this.#workspace = takeWorkspace(runtime, {
      key: `sampling ${d} ${maxDepth} ${blocks.length} ${rows}`,
      f64: {
        ends: 6 * even,
        v: even,
        inverse: even,
        q: even,
        g: even,
        divergence: even,
        x: even,
        gx: even,
        gu: even,
        nodes: (nodes * F.NODE_BYTES) / 8,
        bounds: 2 * blocks.length,
        eachBounds: 2 * d,
        vectors: 7 * even * nodes,
        numbers: F.NUMBERS,
        records: rows * recordWidth(d),
      },
      i32: {
        frame: F.FRAME_SLOTS,
        blocks: 3 * blocks.length,
        kinds: d,
        random: F.RANDOM_WORDS,
        words: 2 * d + 12,
      },
    }) as Workspace<Vectors, never, Words>;
    const { at, f64, i32 } = this.#workspace;
    const { frame } = i32;
    const slots: readonly (readonly [number, number])[] = [
      [F.F_D, d],
      [F.F_MAX_DEPTH, maxDepth],
      [F.F_NODES, at.nodes],
      [F.F_ENDS, at.ends],
      [F.F_V, at.v],
      [F.F_INVERSE, at.inverse],
      [F.F_Q, at.q],
      [F.F_G, at.g],
      [F.F_DIVERGENCE, at.divergence],
      [F.F_BLOCKS, at.blocks],
      [F.F_BLOCK_COUNT, blocks.length],
      [F.F_BOUNDS, at.bounds],
      [F.F_KINDS, at.kinds],
      [F.F_EACH_BOUNDS, at.eachBounds],
      [F.F_X, at.x],
      [F.F_GX, at.gx],
      [F.F_GU, at.gu],
      [F.F_RANDOM, at.random],
      [F.F_WORDS, at.words],
      [F.F_PARTS, parts.length],
      [F.F_PLAIN, isPlain(target) ? 1 : 0],
    ];
    for (const [k, value] of slots) frame[k] = value;
    blocks.forEach((b, k) => {
      i32.blocks.set([kinds[b.kind]!, b.at, b.size], 3 * k);
      f64.bounds.set([b.lower, b.upper], 2 * k);
      for (let j = b.at; j < b.at + b.size; j++) {
        i32.kinds[j] = kinds[b.kind]!;
        f64.eachBounds.set([b.lower, b.upper], 2 * j);
      }
    });
    const words = new Int32Array(this.#workspace.runtime.buffer, at.nodes, (nodes * F.NODE_BYTES) / 4);
    for (let node = 0, address = at.vectors; node < nodes; node++)
      for (const [k, width] of [2, 2, 1, 2].entries()) {
        words[(node * F.NODE_BYTES) / 4 + k] = address;
        address += 8 * even * width;
      }
    // What stands beside the last coordinate of an odd number stays where it is.
    f64.q[even - 1] = 0;
    f64.g[even - 1] = 0;
    f64.inverse[even - 1] = 1;
    f64.gu[even - 1] = 0;
    parts.forEach((slotsOf, k) => {
      frame.set(slotsOf, F.F_FIRST_PART + k * F.PART_SLOTS);
    });
  }

  get at(): Readonly<Record<"frame" | "numbers" | "records", number>> {
    return this.#workspace.at;
  }

  /** What is kept: one row after the other, `recordWidth` doubles each. */
  get records(): Float64Array {
    return this.#workspace.f64.records;
  }

  /** A chain sits down. */
  enter({ random, q, g, d, lp, metric, stepSize, trajectory }: Hamiltonian): void {
    const { f64, i32 } = this.#workspace;
    const { numbers, q: ownQ, g: ownG, inverse: ownInverse } = f64;
    const { inverse } = metric as DiagonalMetric;
    // A loop: `set` of a few doubles takes several times as long.
    for (let i = 0; i < d; i++) {
      ownQ[i] = q[i]!;
      ownG[i] = g[i]!;
      ownInverse[i] = inverse[i]!;
    }
    random.key(i32.random, F.RANDOM_KEY);
    numbers[F.N_LP] = lp[0]!;
    numbers[F.N_STEP] = stepSize.step;
    numbers[F.N_POSITION] = random.position;
    if (trajectory.name === "nuts") return;
    numbers[F.N_STEPS] = trajectory.steps!;
    numbers[F.N_JITTER] = trajectory.jitter!;
  }

  /** It goes on where its `count` transitions have brought it; returns their leapfrog steps. */
  leave(chain: Hamiltonian, count: number): number {
    const { f64 } = this.#workspace;
    const { random, stat, q, g, d } = chain;
    const { numbers, records, q: ownQ, g: ownG } = f64;
    random.position = numbers[F.N_POSITION]!;
    for (let i = 0; i < d; i++) {
      q[i] = ownQ[i]!;
      g[i] = ownG[i]!;
    }
    if (numbers[F.N_DIVERGENT]) chain.divergence.set(f64.divergence.subarray(0, d));
    chain.lp[0] = numbers[F.N_LP]!;
    stat.acceptance = numbers[F.N_ACCEPTANCE]!;
    stat.depth = numbers[F.N_DEPTH]!;
    stat.leaves = numbers[F.N_LEAVES]!;
    stat.divergent = numbers[F.N_DIVERGENT]!;
    stat.energy = numbers[F.N_ENERGY]!;
    const width = recordWidth(this.#target.free);
    let leaves = 0;
    for (let row = 0; row < count; row++) leaves += records[row * width + d + F.R_LEAVES]!;
    return leaves;
  }

  release(): void {
    this.#workspace.release();
  }
}
